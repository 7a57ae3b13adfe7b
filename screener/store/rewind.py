"""Taking stories back, so that their items can be taken again in another order."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from screener.store.rows import Subject, chunks, iso, item_of, marks, moment, moment_or_none, texts_of
from screener.types import Item

_COLUMNS = "s.id, s.tickers, s.cik, s.first_seen, s.known_at"


class KnownStory(Struct, frozen=True):
    """Whose story it is, and from its first to its newest source."""

    story_id: str
    tickers: tuple[str, ...]
    cik: int | None
    first_seen: dt.datetime
    known_at: dt.datetime


class Rewind(Subject):
    """Finds and drops stories by when they were known; writing belongs inside ``Store.transaction``."""

    def newest_known(self) -> dt.datetime | None:
        """When the newest source of any story was received; None without stories."""
        row = self._row("SELECT max(known_at) AS newest FROM stories")
        return None if row is None else moment_or_none(row["newest"])

    def known_after(self, tickers: Sequence[str], ciks: Sequence[int], since: dt.datetime) -> list[KnownStory]:
        """The stories of these companies with a source received after a moment."""
        found: dict[str, KnownStory] = {}
        for names in chunks(tickers):
            rows = self._rows(
                f"SELECT {_COLUMNS} FROM story_tickers t JOIN stories s ON s.id = t.story_id "
                f"WHERE t.ticker IN ({marks(names)}) AND s.known_at > ?",
                (*names, iso(since)),
            )
            found.update((r["id"], _known(r)) for r in rows)
        for numbers in chunks(ciks):
            rows = self._rows(
                f"SELECT {_COLUMNS} FROM stories s WHERE s.cik IN ({marks(numbers)}) AND s.known_at > ?",
                (*numbers, iso(since)),
            )
            found.update((r["id"], _known(r)) for r in rows)
        return list(found.values())

    def take_back(self, story_ids: Sequence[str]) -> list[Item]:
        """Drop stories with all that hangs on them; gives their items as they came.

        What came in several wordings comes in each of them; a filing that gained its text before its bare index entry
        was kept comes bare when it was first received, then whole.
        """
        items: list[Item] = []
        for part in chunks(story_ids):
            old = self._rows(f"SELECT record FROM item_versions WHERE story_id IN ({marks(part)})", part)
            items += (worded := [item_of(r["record"]) for r in old])
            reworded = {(i.source, i.source_id) for i in worded}
            rows = self._rows(f"SELECT record, received FROM items WHERE story_id IN ({marks(part)})", part)
            for r in rows:
                item, first = item_of(r["record"]), moment(r["received"])
                bare = iso(item.received) > r["received"] and item.form != "PR"
                if bare and (item.source, item.source_id) not in reworded:
                    items.append(msgspec.structs.replace(item, body="", exhibits=(), received=first))
                items.append(item)
            self._db.execute(f"DELETE FROM stories WHERE id IN ({marks(part)})", part)
        return items


def _known(r: sqlite3.Row) -> KnownStory:
    return KnownStory(r["id"], texts_of(r["tickers"]), r["cik"], moment(r["first_seen"]), moment(r["known_at"]))
