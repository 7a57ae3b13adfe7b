"""The user's own watchlist: what was added, removed, pinned, muted and noted, in order."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from screener.store.rows import Subject, iso, moment


class Mark(NamedTuple):
    """One action of the user on a ticker: add, remove, pin, unpin, mute, unmute or note."""

    ticker: str
    action: str
    note: str
    made: dt.datetime


class Marks(Subject):
    """Reads and writes the user's marks; writing belongs inside ``Store.transaction``."""

    def add(self, ticker: str, action: str, note: str, made: dt.datetime) -> None:
        """Store one of the user's marks."""
        self._db.execute(
            "INSERT INTO marks(ticker, action, note, made) VALUES (?, ?, ?, ?)", (ticker, action, note, iso(made))
        )

    def all(self, as_of: dt.datetime | None = None) -> list[Mark]:
        """All marks made by a moment, in order."""
        rows = self._rows(
            "SELECT ticker, action, note, made FROM marks WHERE made <= ? ORDER BY id",
            (iso(as_of) if as_of else "9999",),
        )
        return [Mark(r["ticker"], r["action"], r["note"], moment(r["made"])) for r in rows]
