"""Runs, watchlists, regimes and the user's marks in the store.

A list is stored whole and only when it differs from the one before it on that day; ``rows_as_of`` gives the list as it
stood at any past moment, the same bytes whatever has arrived since. The table ``watchlist`` repeats the newest list of
each day as plain rows for SQL and the page.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
import zlib
from collections.abc import Iterable, Sequence

import msgspec

from screener.store.outcomes import note_listed
from screener.store.rows import dump, encoder, iso, iso_or_none, moment, moment_or_none
from screener.types import Problem, Regime, Run, WatchRow

_rows = msgspec.json.Decoder(tuple[WatchRow, ...])
_regime = msgspec.json.Decoder(Regime)
_counts = msgspec.json.Decoder(dict[str, int])
MAX_LIST_BYTES = 200_000_000


class Lists:
    """Reads and writes runs and lists; writing belongs inside ``Store.transaction``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    # ---- runs ----

    def start_run(self, run: Run) -> None:
        """Store a run before its work, so that a killed one leaves a trace."""
        self._db.execute(
            "INSERT INTO runs(id, started, finished, as_of, day, replayed, rules_digest, model_id, list_id, counts) "
            "VALUES (?, ?, NULL, ?, ?, ?, ?, ?, NULL, '{}')",
            (
                run.id,
                iso(run.started),
                iso(run.as_of),
                run.day.isoformat(),
                int(run.replayed),
                run.rules_digest,
                run.model_id,
            ),
        )

    def finish_run(self, run: Run) -> None:
        """Store what a run did and its problems."""
        self._db.execute(
            "UPDATE runs SET finished = ?, as_of = ?, day = ?, counts = ? WHERE id = ?",
            (iso_or_none(run.finished), iso(run.as_of), run.day.isoformat(), dump(run.counts), run.id),
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO problems(run_id, n, stage, subject, message, kind) VALUES (?, ?, ?, ?, ?, ?)",
            ((run.id, n, p.stage, p.subject, p.message, p.kind) for n, p in enumerate(run.problems)),
        )

    def drop_run(self, run: Run) -> None:
        """Forget a run that found nothing new, so that a quiet watch leaves no trace."""
        self._db.execute(
            "DELETE FROM runs WHERE id = ? AND NOT EXISTS (SELECT 1 FROM lists WHERE run_id = id)", (run.id,)
        )

    def collecting_since(self, as_of: dt.datetime) -> dt.datetime | None:
        """Since when live runs have collected news; None when there was none by then (a replay says nothing of it)."""
        row = self._db.execute(
            "SELECT min(started) FROM runs WHERE replayed = 0 AND started <= ?", (iso(as_of),)
        ).fetchone()
        return moment_or_none(row[0])

    def runs(self, limit: int = 20) -> list[Run]:
        """The newest runs with their problems."""
        rows = self._db.execute(
            "SELECT id, started, finished, as_of, day, replayed, rules_digest, model_id, counts FROM runs "
            "ORDER BY started DESC, id DESC LIMIT ?",
            (limit,),
        ).fetchall()
        return [
            Run(
                id=r[0],
                started=moment(r[1]),
                finished=moment_or_none(r[2]),
                as_of=moment(r[3]),
                day=dt.date.fromisoformat(r[4]),
                replayed=bool(r[5]),
                rules_digest=r[6],
                model_id=r[7],
                counts=_counts.decode(r[8]),
                problems=tuple(self.problems(r[0])),
            )
            for r in rows
        ]

    def problems(self, run_id: str) -> list[Problem]:
        """The problems of a run in the order they came."""
        rows = self._db.execute(
            "SELECT stage, subject, message, kind FROM problems WHERE run_id = ? ORDER BY n", (run_id,)
        )
        return [Problem(stage=s, subject=u, message=m, kind=k) for s, u, m, k in rows]

    # ---- watchlists ----

    def save_list(self, run: Run, rows: Sequence[WatchRow]) -> bool:
        """Store a run's list if it differs from the list that stood at its as-of time. Returns whether it was stored."""
        digest = _digest(rows)
        before = self._at(run.day, run.as_of)
        if before is not None and before[1] == digest:
            self._db.execute("UPDATE runs SET list_id = ? WHERE id = ?", (before[0], run.id))
            return False
        self._db.execute(
            "INSERT OR REPLACE INTO lists(day, as_of, run_id, digest, rules_digest, model_id, rows) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                run.day.isoformat(),
                iso(run.as_of),
                run.id,
                digest,
                run.rules_digest,
                run.model_id,
                zlib.compress(encoder.encode(tuple(rows)), 6),
            ),
        )
        self._db.execute("UPDATE runs SET list_id = ? WHERE id = ?", (run.id, run.id))
        note_listed(self._db, run.day, run.as_of, rows)
        newest = self._db.execute(
            "SELECT run_id FROM lists WHERE day = ? ORDER BY as_of DESC, run_id DESC LIMIT 1", (run.day.isoformat(),)
        ).fetchone()
        if newest[0] == run.id:
            self._show(run.day, rows)
        return True

    def rows_as_of(self, day: dt.date, as_of: dt.datetime | None = None) -> list[WatchRow] | None:
        """The list of a day as it stood at a moment (now when None); None when none was stored by then."""
        found = self._at(day, as_of)
        return None if found is None else self.rows_of_run(day, found[0])

    def rows_of_run(self, day: dt.date, run_id: str) -> list[WatchRow] | None:
        """The list a run stored for a day; None when it stored none."""
        row = self._db.execute(
            "SELECT rows FROM lists WHERE day = ? AND run_id = ?", (day.isoformat(), run_id)
        ).fetchone()
        if row is None:
            return None
        return list(_rows.decode(zlib.decompressobj().decompress(row[0], MAX_LIST_BYTES)))

    def list_times(self, day: dt.date) -> list[tuple[dt.datetime, str]]:
        """When lists of a day were stored, ascending: (as-of, run id)."""
        rows = self._db.execute(
            "SELECT as_of, run_id FROM lists WHERE day = ? ORDER BY as_of, run_id", (day.isoformat(),)
        )
        return [(moment(a), r) for a, r in rows]

    def list_id(self, day: dt.date, as_of: dt.datetime | None = None) -> str | None:
        """The run whose list stood at a moment; None when none was stored by then."""
        found = self._at(day, as_of)
        return None if found is None else found[0]

    def days(self, limit: int = 400) -> list[dt.date]:
        """Days with a list, newest first."""
        rows = self._db.execute("SELECT DISTINCT day FROM lists ORDER BY day DESC LIMIT ?", (limit,))
        return [dt.date.fromisoformat(r[0]) for r in rows]

    def day_by(self, day: dt.date, as_of: dt.datetime) -> dt.date | None:
        """The newest day up to ``day`` with a list stored by a moment; None when there is none."""
        row = self._db.execute(
            "SELECT day FROM lists WHERE day <= ? AND as_of <= ? ORDER BY day DESC LIMIT 1",
            (day.isoformat(), iso(as_of)),
        ).fetchone()
        return None if row is None else dt.date.fromisoformat(row[0])

    def history(self, ticker: str, limit: int = 100) -> list[tuple[dt.date, int, float, str, str, str]]:
        """A ticker's rows across days, newest first: (day, rank, score, action, catalyst, headline)."""
        rows = self._db.execute(
            "SELECT day, rank, score, action, catalyst, headline FROM watchlist WHERE ticker = ? ORDER BY day DESC LIMIT ?",
            (ticker, limit),
        )
        return [(dt.date.fromisoformat(r[0]), r[1], r[2], r[3], r[4], r[5]) for r in rows]

    def _at(self, day: dt.date, as_of: dt.datetime | None) -> tuple[str, str] | None:
        row = self._db.execute(
            "SELECT run_id, digest FROM lists WHERE day = ? AND as_of <= ? ORDER BY as_of DESC, run_id DESC LIMIT 1",
            (day.isoformat(), iso(as_of) if as_of else "9999"),
        ).fetchone()
        return None if row is None else (row[0], row[1])

    def _show(self, day: dt.date, rows: Iterable[WatchRow]) -> None:
        self._db.execute("DELETE FROM watchlist WHERE day = ?", (day.isoformat(),))
        self._db.executemany(
            "INSERT INTO watchlist(day, rank, ticker, company, score, bullish, bearish, action, catalyst, stage, polarity, "
            "headline, url, story_id, published, price, change_pct, rvol, dollar_volume, market_cap, materiality_pct, "
            "warnings, as_of, run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    day.isoformat(),
                    r.rank,
                    r.ticker,
                    r.company,
                    r.score,
                    r.bullish,
                    r.bearish,
                    r.action,
                    r.catalyst,
                    r.stage,
                    r.polarity,
                    r.headline,
                    r.url,
                    r.story_id,
                    iso_or_none(r.published),
                    r.price,
                    r.change_pct,
                    r.rvol,
                    r.dollar_volume,
                    r.market_cap,
                    r.materiality_pct,
                    dump(r.warnings),
                    iso(r.as_of),
                    r.run_id,
                )
                for r in rows
            ),
        )

    # ---- regimes and marks ----

    def save_regime(self, regime: Regime) -> None:
        """Store a regime; one that was stored for the same day and moment stays."""
        self._db.execute(
            "INSERT OR IGNORE INTO regimes(day, as_of, record) VALUES (?, ?, ?)",
            (regime.day.isoformat(), iso(regime.as_of), dump(regime)),
        )

    def regime(self, day: dt.date, as_of: dt.datetime | None = None) -> Regime | None:
        """The regime of a day as it stood at a moment; None when none was stored by then."""
        row = self._db.execute(
            "SELECT record FROM regimes WHERE day = ? AND as_of <= ? ORDER BY as_of DESC LIMIT 1",
            (day.isoformat(), iso(as_of) if as_of else "9999"),
        ).fetchone()
        return None if row is None else _regime.decode(row[0])

    def add_mark(self, ticker: str, action: str, note: str, made: dt.datetime) -> None:
        """Store one of the user's marks."""
        self._db.execute(
            "INSERT INTO marks(ticker, action, note, made) VALUES (?, ?, ?, ?)", (ticker, action, note, iso(made))
        )

    def marks(self, as_of: dt.datetime | None = None) -> list[tuple[str, str, str, dt.datetime]]:
        """All marks made by a moment in order: (ticker, action, note, made)."""
        rows = self._db.execute(
            "SELECT ticker, action, note, made FROM marks WHERE made <= ? ORDER BY id",
            (iso(as_of) if as_of else "9999",),
        )
        return [(t, a, n, moment(m)) for t, a, n, m in rows]


def _digest(rows: Sequence[WatchRow]) -> str:
    fixed = [msgspec.structs.replace(r, run_id="", as_of=dt.datetime(1, 1, 1, tzinfo=dt.UTC)) for r in rows]
    return hashlib.sha256(encoder.encode(fixed)).hexdigest()
