"""Filters that were saved on the page, by name."""

from __future__ import annotations

import datetime as dt

import msgspec

from screener.config import RowFilter
from screener.store.rows import Subject, iso

_filter = msgspec.json.Decoder(RowFilter)


class Views(Subject):
    """Reads and writes saved filters; writing belongs inside ``Store.transaction``."""

    def all(self) -> dict[str, RowFilter]:
        """The saved filters in order of their names; one that can no longer be read is left out."""
        found = {}
        for r in self._rows("SELECT name, filter FROM views ORDER BY name COLLATE NOCASE, name"):
            try:
                found[r["name"]] = _filter.decode(r["filter"])
            except msgspec.MsgspecError:
                continue
        return found

    def save(self, name: str, wanted: RowFilter, made: dt.datetime) -> None:
        """Keep a filter under a name, in place of what had it."""
        record = msgspec.json.encode(wanted).decode()
        self._db.execute("INSERT OR REPLACE INTO views(name, filter, made) VALUES (?, ?, ?)", (name, record, iso(made)))

    def drop(self, name: str) -> bool:
        """Forget a filter; False when there was none of this name."""
        return self._db.execute("DELETE FROM views WHERE name = ?", (name,)).rowcount > 0
