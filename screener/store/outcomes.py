"""What listed tickers did later, each number with the moment it became known.

A ticker's line starts when it is first listed on a day (``note_listed``, called by every stored list); ``fill`` adds
the later moves. A query as of T sees only lines listed by T, and in them only the moves known by T.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from screener.store.rows import Subject, iso, iso_or_none, moment, moment_or_none
from screener.types import WatchRow

HORIZONS = ("close", "next", "week")
"""To the close of the list's day, one session after that, five sessions after that."""


class Outcome(Struct, frozen=True, kw_only=True):
    """A ticker's later moves in percent since it was first listed on a day.

    ``price`` is the price of that day's trading when it was listed, None before the open or when unknown. Each move is
    None while it is not known, or when it cannot be told; then its ``known`` time is None too.
    """

    day: dt.date
    ticker: str
    listed: dt.datetime
    price: float | None = None
    close: float | None = None
    close_known: dt.datetime | None = None
    next: float | None = None
    next_known: dt.datetime | None = None
    week: float | None = None
    week_known: dt.datetime | None = None


_COLUMNS = "day, ticker, listed, price, " + ", ".join(f"{h}_pct, {h}_known" for h in HORIZONS)
_NOTE = (
    "INSERT INTO outcomes(day, ticker, listed, price) VALUES (?, ?, ?, ?) ON CONFLICT(day, ticker) DO UPDATE SET "
    "listed = excluded.listed, price = excluded.price, close_pct = NULL, close_known = NULL, next_pct = NULL, "
    "next_known = NULL, week_pct = NULL, week_known = NULL WHERE excluded.listed < outcomes.listed"
)


def note_listed(db: sqlite3.Connection, day: dt.date, as_of: dt.datetime, rows: Iterable[WatchRow]) -> None:
    """Open a line for each row; an earlier listing than the known one takes its place, with its own price."""
    db.executemany(
        _NOTE,
        (
            # A price without a change is the last close of an earlier session.
            (day.isoformat(), r.ticker, iso(as_of), r.price if r.change_pct is not None else None)
            for r in rows
        ),
    )


class Outcomes(Subject):
    """Reads and writes outcomes; writing belongs inside ``Store.transaction``."""

    def unfilled(self, since: dt.date, until: dt.date) -> list[Outcome]:
        """The lines of [since, until] whose last move is not known yet, by day and ticker."""
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM outcomes WHERE week_known IS NULL AND day >= ? AND day <= ? ORDER BY day, ticker",
            (since.isoformat(), until.isoformat()),
        )
        return [_outcome(r) for r in rows]

    def fill(self, found: Sequence[Outcome]) -> int:
        """Store moves that became known; one that was stored before stays as it was. Returns the moves added."""
        added = 0
        for name in HORIZONS:
            added += self._db.executemany(
                f"UPDATE outcomes SET {name}_pct = ?, {name}_known = ? "
                f"WHERE day = ? AND ticker = ? AND listed = ? AND {name}_known IS NULL",
                [
                    (getattr(o, name), iso_or_none(getattr(o, f"{name}_known")), o.day.isoformat(), o.ticker, iso(o.listed))
                    for o in found
                    if getattr(o, f"{name}_known") is not None
                ],
            ).rowcount  # fmt: skip
        return max(added, 0)

    def of_day(self, day: dt.date, as_of: dt.datetime | None = None) -> dict[str, Outcome]:
        """The lines of a day by ticker, as they were known at a moment (now when None)."""
        rows = self._rows(f"SELECT {_COLUMNS} FROM outcomes WHERE day = ? ORDER BY ticker", (day.isoformat(),))
        return {o.ticker: o for r in rows if (o := known_by(_outcome(r), as_of)) is not None}

    def of_ticker(self, ticker: str, as_of: dt.datetime | None = None) -> dict[dt.date, Outcome]:
        """A ticker's lines by day, newest first, as they were known at a moment (now when None)."""
        rows = self._rows(f"SELECT {_COLUMNS} FROM outcomes WHERE ticker = ? ORDER BY day DESC", (ticker,))
        return {o.day: o for r in rows if (o := known_by(_outcome(r), as_of)) is not None}


def known_by(o: Outcome, as_of: dt.datetime | None) -> Outcome | None:
    """The line as it stood at a moment; None when the ticker was not listed by then."""
    if as_of is None:
        return o
    if o.listed > as_of:
        return None
    unknown = {
        field: None
        for name in HORIZONS
        if (known := getattr(o, f"{name}_known")) is None or known > as_of
        for field in (name, f"{name}_known")
    }
    return msgspec.structs.replace(o, **unknown) if unknown else o


def _outcome(r: sqlite3.Row) -> Outcome:
    return Outcome(
        day=dt.date.fromisoformat(r["day"]),
        ticker=r["ticker"],
        listed=moment(r["listed"]),
        price=r["price"],
        close=r["close_pct"],
        close_known=moment_or_none(r["close_known"]),
        next=r["next_pct"],
        next_known=moment_or_none(r["next_known"]),
        week=r["week_pct"],
        week_known=moment_or_none(r["week_known"]),
    )
