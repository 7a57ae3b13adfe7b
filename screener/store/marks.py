"""The user's own watchlist: what was added, removed, pinned, muted and noted, in order."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from screener.store.rows import Subject, iso, moment


class Mark(NamedTuple):
    """One action of the user on a ticker: add, remove, pin, unpin, mute, unmute or note."""

    ticker: str
    action: str
    note: str
    made: dt.datetime


class Marked(Struct, frozen=True, kw_only=True):
    """What the user's marks of a ticker come to; ``notes`` are (made, text), oldest first."""

    listed: bool = False
    pinned: bool = False
    muted: bool = False
    notes: tuple[tuple[dt.datetime, str], ...] = ()


_SWITCH = {"add": ("listed", True), "remove": ("listed", False), "pin": ("pinned", True), "unpin": ("pinned", False),
           "mute": ("muted", True), "unmute": ("muted", False)}  # fmt: skip


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

    def standing(self, as_of: dt.datetime | None = None) -> dict[str, Marked]:
        """By ticker, in order of its name, what the marks made by a moment come to."""
        found: dict[str, Marked] = {}
        for mark in self.all(as_of):
            stands = found.get(mark.ticker, Marked())
            if mark.action in _SWITCH:
                name, on = _SWITCH[mark.action]
                stands = replace(stands, **{name: on})
            if mark.note:
                stands = replace(stands, notes=(*stands.notes, (mark.made, mark.note)))
            found[mark.ticker] = stands
        return dict(sorted(found.items()))

    def newest_id(self) -> int:
        """The number of the last mark; 0 without any."""
        row = self._row("SELECT max(id) AS newest FROM marks")
        return 0 if row is None else row["newest"] or 0
