"""Every piece of news as each source gave it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from msgspec import Struct

from screener.store.rows import Subject, chunks, dump, iso, iso_or_none, item_of, marks, moment
from screener.types import Item


class Activity(Struct, frozen=True, kw_only=True):
    """What a source brought since a moment; lags are seconds from publication to receipt, None when nothing came."""

    items: int
    median_lag: float | None
    last: dt.datetime | None


class Items(Subject):
    """Reads and writes items."""

    def known(self, source: str, ids: Sequence[str]) -> set[str]:
        """Which source ids of a source are stored."""
        found: set[str] = set()
        for part in chunks(ids):
            rows = self._rows(
                f"SELECT source_id FROM items WHERE source = ? AND source_id IN ({marks(part)})",
                (source, *part),
            )
            found.update(r["source_id"] for r in rows)
        return found

    def get(self, source: str, source_id: str) -> Item | None:
        """One stored item."""
        row = self._row("SELECT record FROM items WHERE source = ? AND source_id = ?", (source, source_id))
        return None if row is None else item_of(row["record"])

    def add(self, pairs: Iterable[tuple[Item, str]]) -> None:
        """Store items with the id of their story; an item that came again in other words replaces its first form."""
        self._db.executemany(
            "INSERT INTO items(source, source_id, story_id, url, title, published, received, form, record) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(source, source_id) DO UPDATE SET "
            "story_id = excluded.story_id, title = excluded.title, record = excluded.record",
            (
                (i.source, i.source_id, s, i.url, i.title, iso_or_none(i.published), iso(i.received), i.form, dump(i))
                for i, s in pairs
            ),
        )

    def of_story(self, story_id: str, known_by: dt.datetime | None = None) -> list[Item]:
        """The items of a story in order of receipt."""
        rows = self._rows(
            "SELECT record FROM items WHERE story_id = ? AND received <= ? ORDER BY received, source, source_id",
            (story_id, iso(known_by) if known_by else "9999"),
        )
        return [item_of(r["record"]) for r in rows]

    def activity(self, source: str, since: dt.datetime) -> Activity:
        """A source's items received since a moment; replayed ones say nothing of lag and count without it."""
        rows = self._rows(
            "SELECT published, received FROM items WHERE source = ? AND received >= ? ORDER BY received DESC LIMIT 5000",
            (source, iso(since)),
        ).fetchall()
        lags = sorted(
            (moment(r["received"]) - moment(r["published"])).total_seconds()
            for r in rows
            if r["published"] and r["received"] > r["published"]
        )
        return Activity(
            items=len(rows),
            median_lag=lags[len(lags) // 2] if lags else None,
            last=moment(rows[0]["received"]) if rows else None,
        )
