"""Watchlists in the store.

A list is stored whole and only when it differs from the one before it on that day; ``rows_as_of`` gives the list as it
stood at any past moment, the same bytes whatever has arrived since. The table ``watchlist`` repeats the newest list of
each day as plain rows for SQL and the page.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from screener.store.outcomes import note_listed
from screener.store.rows import Subject, dump, encoder, iso, iso_or_none, marks, moment
from screener.types import FactValue, Run, WatchRow

_rows = msgspec.json.Decoder(tuple[WatchRow, ...])


class SaidRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a list, what a feed says of it alone; read many times faster than the whole."""

    ticker: str
    score: float
    catalyst: str
    action: str = ""
    stage: str = ""
    story_id: str = ""
    headline: str = ""
    warnings: tuple[str, ...] = ()
    facts: dict[str, FactValue] = {}


_said = msgspec.json.Decoder(tuple[SaidRow, ...])
MAX_LIST_BYTES = 200_000_000
SUPERSEDED = "day < ? AND EXISTS (SELECT 1 FROM lists l WHERE l.day = lists.day AND l.as_of > lists.as_of)"
"""The lists of days before one that are not the last of their day."""


class WholeList(NamedTuple):
    """A stored list with everything that is known of it."""

    day: dt.date
    as_of: dt.datetime
    run_id: str
    rules_digest: str
    model_id: str
    rows: list[WatchRow]


class Newest(NamedTuple):
    """Which list is the newest of all."""

    day: dt.date
    as_of: dt.datetime
    run_id: str


class ListPlace(NamedTuple):
    """A ticker's place on one day's newest list."""

    day: dt.date
    rank: int
    score: float
    action: str
    catalyst: str
    headline: str


class Lists(Subject):
    """Reads and writes lists; writing belongs inside ``Store.transaction``."""

    def save(self, run: Run, rows: Sequence[WatchRow]) -> bool:
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
        newest = self._at(run.day, None)
        if newest is not None and newest[0] == run.id:
            self._show(run.day, rows)
        return True

    def rows_as_of(self, day: dt.date, as_of: dt.datetime | None = None) -> list[WatchRow] | None:
        """The list of a day as it stood at a moment (now when None); None when none was stored by then."""
        found = self._at(day, as_of)
        return None if found is None else self.of_run(day, found[0])

    def of_run(self, day: dt.date, run_id: str) -> list[WatchRow] | None:
        """The list a run stored for a day; None when it stored none."""
        found = self._text(day, run_id)
        return None if found is None else list(_rows.decode(found))

    def said(self, day: dt.date, run_id: str) -> tuple[SaidRow, ...]:
        """What the list that a run stored for a day says in short; empty when it stored none."""
        found = self._text(day, run_id)
        return () if found is None else _said.decode(found)

    def _text(self, day: dt.date, run_id: str) -> bytes | None:
        row = self._row("SELECT rows FROM lists WHERE day = ? AND run_id = ?", (day.isoformat(), run_id))
        return None if row is None else zlib.decompressobj().decompress(row["rows"], MAX_LIST_BYTES)

    def superseded(self, before: dt.date) -> Iterator[WholeList]:
        """The lists of days before one that are not the last of their day, in order."""
        keys = self._rows(
            f"SELECT day, as_of, run_id, rules_digest, model_id FROM lists WHERE {SUPERSEDED} ORDER BY day, as_of, run_id",
            (before.isoformat(),),
        ).fetchall()
        for r in keys:
            day = dt.date.fromisoformat(r["day"])
            rows = self.of_run(day, r["run_id"]) or []
            yield WholeList(day, moment(r["as_of"]), r["run_id"], r["rules_digest"], r["model_id"], rows)

    def times(self, day: dt.date) -> list[tuple[dt.datetime, str]]:
        """When lists of a day were stored, ascending: (as-of, run id)."""
        rows = self._rows("SELECT as_of, run_id FROM lists WHERE day = ? ORDER BY as_of, run_id", (day.isoformat(),))
        return [(moment(r["as_of"]), r["run_id"]) for r in rows]

    def list_id(self, day: dt.date, as_of: dt.datetime | None = None) -> str | None:
        """The run whose list stood at a moment; None when none was stored by then."""
        found = self._at(day, as_of)
        return None if found is None else found[0]

    def newest(self) -> Newest | None:
        """The newest list of all; None in an empty store."""
        r = self._row("SELECT day, as_of, run_id FROM lists ORDER BY day DESC, as_of DESC, run_id DESC LIMIT 1")
        return None if r is None else Newest(dt.date.fromisoformat(r["day"]), moment(r["as_of"]), r["run_id"])

    def days_beside(self, day: dt.date) -> tuple[dt.date | None, dt.date | None]:
        """The days before and after one that have a list."""
        row = self._row(
            "SELECT (SELECT max(day) FROM lists WHERE day < ?) AS before, (SELECT min(day) FROM lists WHERE day > ?) AS after",
            (day.isoformat(), day.isoformat()),
        )
        assert row is not None
        before, after = row["before"], row["after"]
        return (before and dt.date.fromisoformat(before)), (after and dt.date.fromisoformat(after))

    def days(self, limit: int = 400) -> list[dt.date]:
        """Days with a list, newest first."""
        rows = self._rows("SELECT DISTINCT day FROM lists ORDER BY day DESC LIMIT ?", (limit,))
        return [dt.date.fromisoformat(r["day"]) for r in rows]

    def day_by(self, day: dt.date, as_of: dt.datetime) -> dt.date | None:
        """The newest day up to ``day`` with a list stored by a moment; None when there is none."""
        row = self._row(
            "SELECT day FROM lists WHERE day <= ? AND as_of <= ? ORDER BY day DESC LIMIT 1",
            (day.isoformat(), iso(as_of)),
        )
        return None if row is None else dt.date.fromisoformat(row["day"])

    def history(self, ticker: str, limit: int = 100) -> list[ListPlace]:
        """A ticker's rows across days, newest first."""
        rows = self._rows(
            "SELECT day, rank, score, action, catalyst, headline FROM watchlist WHERE ticker = ? ORDER BY day DESC LIMIT ?",
            (ticker, limit),
        )
        return [
            ListPlace(dt.date.fromisoformat(r["day"]), r["rank"], r["score"], r["action"], r["catalyst"], r["headline"])
            for r in rows
        ]

    def _at(self, day: dt.date, as_of: dt.datetime | None) -> tuple[str, str] | None:
        row = self._row(
            "SELECT run_id, digest FROM lists WHERE day = ? AND as_of <= ? ORDER BY as_of DESC, run_id DESC LIMIT 1",
            (day.isoformat(), iso(as_of) if as_of else "9999"),
        )
        return None if row is None else (row["run_id"], row["digest"])

    def _show(self, day: dt.date, rows: Iterable[WatchRow]) -> None:
        self._db.execute("DELETE FROM watchlist WHERE day = ?", (day.isoformat(),))
        self._db.executemany(
            "INSERT INTO watchlist(day, rank, ticker, company, score, bullish, bearish, action, catalyst, stage, polarity, "
            "headline, url, story_id, published, price, change_pct, rvol, dollar_volume, market_cap, materiality_pct, "
            f"warnings, as_of, run_id) VALUES ({marks(range(24))})",
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


def _digest(rows: Sequence[WatchRow]) -> str:
    fixed = [msgspec.structs.replace(r, run_id="", as_of=dt.datetime(1, 1, 1, tzinfo=dt.UTC)) for r in rows]
    return hashlib.sha256(encoder.encode(fixed)).hexdigest()
