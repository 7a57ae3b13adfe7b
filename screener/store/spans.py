"""Whole stories with their past, in bulk: what a history of years and an archive read and write."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import msgspec
from msgspec import Struct

from screener.store.catalysts import Catalysts
from screener.store.items import Items
from screener.store.rows import Subject, iso, marks, moment
from screener.store.stories import Stories, columns, to_story
from screener.types import Classified, Item, Story

_story = msgspec.json.Decoder(Story)
_PAGE = 500
LOAD_CACHE = 512 * 2**20
_STORY_TRIGGERS = ("stories_ai", "stories_ad", "stories_au")


class Past(Struct, frozen=True, kw_only=True):
    """A story with everything that led to it.

    ``versions`` are the superseded ones (known at, story), oldest first; ``items`` all wordings of its items in order
    of receipt; ``model_id`` the classifier that found what is ``found``, empty when none has looked.
    """

    story: Story
    known_at: dt.datetime
    versions: tuple[tuple[dt.datetime, Story], ...] = ()
    items: tuple[Item, ...] = ()
    found: Classified | None = None
    model_id: str = ""


class Spans(Subject):
    """Reads, writes and drops spans of stories; writing belongs inside ``Store.transaction``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._stories, self._items, self._catalysts = Stories(connection), Items(connection), Catalysts(connection)

    def first_seen(self, start: dt.datetime, end: dt.datetime) -> Iterator[Past]:
        """The stories first seen in [start, end), by that moment and id."""
        yield from self._paged("first_seen", start, end)

    def published(self, start: dt.datetime, end: dt.datetime) -> Iterator[Past]:
        """The stories published in [start, end), by that moment and id."""
        yield from self._paged("published", start, end)

    def _paged(self, time: str, start: dt.datetime, end: dt.datetime) -> Iterator[Past]:
        after = (iso(start), "")
        while True:
            rows = self._rows(
                f"SELECT {columns('s')}, s.model_id FROM stories s WHERE s.{time} < ?1 AND (s.{time}, s.id) > (?2, ?3) "
                f"ORDER BY s.{time}, s.id LIMIT {_PAGE}",
                (iso(end), *after),
            ).fetchall()
            if not rows:
                return
            found = self._catalysts.of_stories([r["id"] for r in rows if r["model_id"]])
            for row in rows:
                yield self._past(row, found.get(row["id"]))
            after = (rows[-1][time], rows[-1]["id"])

    def _past(self, row: sqlite3.Row, found: Classified | None) -> Past:
        versions = self._rows(
            "SELECT known_at, record FROM story_versions WHERE story_id = ? ORDER BY known_at", (row["id"],)
        )
        return Past(
            story=to_story(row),
            known_at=moment(row["known_at"]),
            versions=tuple((moment(r["known_at"]), _story.decode(r["record"])) for r in versions),
            items=tuple(self._items.of_story(row["id"])),
            found=found,
            model_id=row["model_id"],
        )

    def load(self, pasts: Sequence[Past]) -> list[Past]:
        """Store stories that are not there, nor any item of theirs; returns those that were new."""
        held = self._known("SELECT id FROM stories WHERE id IN", [p.story.id for p in pasts]) | self._carried(pasts)
        fresh = [p for p in pasts if p.story.id not in held]
        with self._words_at_once():
            self._stories.add_new([(p.story, p.known_at, p.model_id if p.found else "") for p in fresh])
        self._stories.add_versions((p.story.id, at, s) for p in fresh for at, s in p.versions)
        self._catalysts.add((p.found, p.story, p.known_at) for p in fresh if p.found)
        self._items.add((i, p.story.id) for p in fresh for i in p.items)
        return fresh

    @contextmanager
    def _words_at_once(self) -> Iterator[None]:
        """Index the words of what is stored meanwhile by one statement: a trigger's write to the full-text index is
        flushed with every row, which took half the time of a load. Both changes stand or fall with the transaction."""
        trigger = self._row("SELECT sql FROM sqlite_master WHERE name = ?", (_STORY_TRIGGERS[0],))
        last = self._row("SELECT coalesce(max(rowid), 0) AS rowid FROM stories")
        assert last is not None
        if trigger is not None:
            self._db.execute(f"DROP TRIGGER {_STORY_TRIGGERS[0]}")
        yield
        if trigger is not None:
            self._db.execute(
                "INSERT INTO stories_fts(rowid, title, text) SELECT rowid, title, text FROM stories WHERE rowid > ?",
                (last["rowid"],),
            )
            self._db.execute(trigger["sql"])

    @contextmanager
    def much_memory(self) -> Iterator[None]:
        """Hold ``LOAD_CACHE`` of pages meanwhile: keys are hashes, so a load writes all over the indexes."""
        before = self._db.execute("PRAGMA cache_size").fetchone()[0]
        self._db.execute(f"PRAGMA cache_size = -{LOAD_CACHE // 1024}")
        try:
            yield
        finally:
            self._db.execute(f"PRAGMA cache_size = {before}")

    def _carried(self, pasts: Sequence[Past]) -> set[str]:
        """Stories of which an item is stored already, as part of another story."""
        owner = {(i.source, i.source_id): p.story.id for p in pasts for i in p.items}
        by_source: dict[str, list[str]] = {}
        for source, source_id in owner:
            by_source.setdefault(source, []).append(source_id)
        return {owner[source, i] for source, ids in by_source.items() for i in self._items.known(source, ids)}

    def drop(self, ids: Collection[str]) -> None:
        """Delete stories with their items, versions and catalysts."""
        listed = list(ids)
        for start in range(0, len(listed), _PAGE):
            part = listed[start : start + _PAGE]
            self._db.execute(f"DELETE FROM stories WHERE id IN ({marks(part)})", part)

    def drop_first_seen_before(self, limit: dt.datetime, keep: int) -> int:
        """Delete the stories first seen before a moment but the newest ``keep`` of each ticker; returns how many."""
        return self._db.execute(
            "DELETE FROM stories WHERE first_seen < ?1 AND id NOT IN (SELECT story_id FROM (SELECT story_id, row_number() "
            "OVER (PARTITION BY ticker ORDER BY published DESC, story_id) AS n FROM story_tickers) WHERE n <= ?2)",
            (iso(limit), keep),
        ).rowcount

    def without_search(self) -> None:
        """Make a scratch database of this one: no full-text index, nothing synced; a crash may cost all of it."""
        for name in _STORY_TRIGGERS:
            self._db.execute(f"DROP TRIGGER IF EXISTS {name}")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("PRAGMA journal_mode = MEMORY")  # one file, which can be copied as it lies
