"""What polls left behind, and how feeds are doing."""

from __future__ import annotations

import datetime as dt
import sqlite3

from screener.store.rows import Subject, dump, iso, iso_or_none, marks, moment_or_none, texts_of
from screener.types import FeedState

_COLUMNS = (
    "name, etag, last_modified, last_success, last_error, last_error_at, failures, last_item, seen, gaps, disabled, "
    "unfinished"
)


class Feeds(Subject):
    """Reads and writes feed states."""

    def state(self, name: str) -> FeedState:
        """What the last poll of a feed left behind; empty for a new feed."""
        row = self._row(f"SELECT {_COLUMNS} FROM feeds WHERE name = ?", (name,))
        return FeedState(name=name) if row is None else _state(row)

    def states(self) -> dict[str, FeedState]:
        """All feeds ever polled, by name."""
        return {r["name"]: _state(r) for r in self._rows(f"SELECT {_COLUMNS} FROM feeds")}

    def health(self) -> dict[str, FeedState]:
        """All feeds ever polled, by name, without what they have seen: enough to tell whether they work."""
        rows = self._rows("SELECT name, last_success, last_error, last_error_at, failures, disabled FROM feeds")
        return {
            r["name"]: FeedState(
                name=r["name"],
                last_success=moment_or_none(r["last_success"]),
                last_error=r["last_error"],
                last_error_at=moment_or_none(r["last_error_at"]),
                failures=r["failures"],
                disabled=r["disabled"],
            )
            for r in rows
        }

    def save(self, s: FeedState) -> None:
        """Remember a feed's state, in the same transaction as its items."""
        self._db.execute(
            f"INSERT OR REPLACE INTO feeds({_COLUMNS}) VALUES ({marks(range(12))})",
            (
                s.name,
                s.etag,
                s.last_modified,
                iso_or_none(s.last_success),
                s.last_error,
                iso_or_none(s.last_error_at),
                s.failures,
                iso_or_none(s.last_item),
                dump(s.seen),
                s.gaps,
                s.disabled,
                int(s.unfinished),
            ),
        )

    def activity(self, since: dt.datetime) -> dict[str, list[tuple[str, str]]]:
        """Per source, (published, received) texts of the items received since, for lag and rate."""
        found: dict[str, list[tuple[str, str]]] = {}
        rows = self._rows(
            "SELECT source, published, received FROM items WHERE received >= ? AND published IS NOT NULL", (iso(since),)
        )
        for r in rows:
            found.setdefault(r["source"], []).append((r["published"], r["received"]))
        return found


def _state(r: sqlite3.Row) -> FeedState:
    return FeedState(
        name=r["name"],
        etag=r["etag"],
        last_modified=r["last_modified"],
        last_success=moment_or_none(r["last_success"]),
        last_error=r["last_error"],
        last_error_at=moment_or_none(r["last_error_at"]),
        failures=r["failures"],
        last_item=moment_or_none(r["last_item"]),
        seen=texts_of(r["seen"]),
        gaps=r["gaps"],
        disabled=r["disabled"],
        unfinished=bool(r["unfinished"]),
    )
