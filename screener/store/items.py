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

    def wordings(self, source: str, source_id: str) -> list[Item]:
        """An item's wordings in order of receipt, the newest last; nothing for an unknown item."""
        rows = self._rows(
            "SELECT record FROM item_versions WHERE source = ?1 AND source_id = ?2 UNION ALL "
            "SELECT record FROM items WHERE source = ?1 AND source_id = ?2",
            (source, source_id),
        )
        return sorted((item_of(r["record"]) for r in rows), key=lambda i: i.received)

    def story_of(self, source: str, source_id: str) -> str:
        """The id of the story that an item's newest wording belongs to; empty for an unknown item."""
        row = self._row("SELECT story_id FROM items WHERE source = ? AND source_id = ?", (source, source_id))
        return "" if row is None else str(row["story_id"])

    def add(self, pairs: Iterable[tuple[Item, str]]) -> None:
        """Store items with the id of their story.

        Of an item that came in other words the newest received stands here, the others in ``item_versions``.
        """
        listed = list(pairs)
        held = self._held(listed)
        self._insert([p for p in listed if self._is_newest(p, held)])

    def _held(self, pairs: Sequence[tuple[Item, str]]) -> dict[tuple[str, str], tuple[Item, str]]:
        """What is stored under the keys of these items."""
        by_source: dict[str, list[str]] = {}
        for item, _ in pairs:
            by_source.setdefault(item.source, []).append(item.source_id)
        found: dict[tuple[str, str], tuple[Item, str]] = {}
        for source, ids in by_source.items():
            for part in chunks(ids):
                rows = self._rows(
                    f"SELECT source_id, story_id, record FROM items WHERE source = ? AND source_id IN ({marks(part)})",
                    (source, *part),
                )
                found.update(((source, r["source_id"]), (item_of(r["record"]), r["story_id"])) for r in rows)
        return found

    def _is_newest(self, pair: tuple[Item, str], held: dict[tuple[str, str], tuple[Item, str]]) -> bool:
        """Whether an item is to stand as the newest of its wordings; the older of the two is kept as a version."""
        key = (pair[0].source, pair[0].source_id)
        old = held.get(key)
        newest = old is None or pair[0].received >= old[0].received
        if old is not None and old[0].received != pair[0].received:
            self._keep(*(old if newest else pair))
        if newest:
            held[key] = pair
        return newest

    def _keep(self, item: Item, story_id: str) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO item_versions(source, source_id, received, story_id, record) VALUES (?, ?, ?, ?, ?)",
            (item.source, item.source_id, iso(item.received), story_id, dump(item)),
        )

    def _insert(self, pairs: Iterable[tuple[Item, str]]) -> None:
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
        """The items of a story in all their wordings, in order of receipt."""
        rows = self._rows(
            "SELECT record FROM items WHERE story_id = ?1 UNION ALL SELECT record FROM item_versions WHERE story_id = ?1",
            (story_id,),
        )
        items = (item_of(r["record"]) for r in rows)
        known = (i for i in items if known_by is None or i.received <= known_by)
        return sorted(known, key=lambda i: (i.received, i.source, i.source_id))

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
