"""Taking stories back, so that their items can be taken again in another order."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from screener.store.rows import chunks, iso, marks, moment, moment_or_none
from screener.types import Item

_item = msgspec.json.Decoder(Item)
_texts = msgspec.json.Decoder(tuple[str, ...])
_COLUMNS = "s.id, s.tickers, s.cik, s.first_seen, s.known_at"


class Known(Struct, frozen=True):
    """Whose story it is, and from its first to its newest source."""

    story_id: str
    tickers: tuple[str, ...]
    cik: int | None
    first_seen: dt.datetime
    known_at: dt.datetime


class Rewind:
    """Finds and drops stories by when they were known; writing belongs inside ``Store.transaction``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def newest_known(self) -> dt.datetime | None:
        """When the newest source of any story was received; None without stories."""
        return moment_or_none(self._db.execute("SELECT max(known_at) FROM stories").fetchone()[0])

    def known_after(self, tickers: Sequence[str], ciks: Sequence[int], since: dt.datetime) -> list[Known]:
        """The stories of these companies with a source received after a moment."""
        found: dict[str, Known] = {}
        for part in chunks(tickers):
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM story_tickers t JOIN stories s ON s.id = t.story_id "
                f"WHERE t.ticker IN ({marks(part)}) AND s.known_at > ?",
                (*part, iso(since)),
            )
            found.update((r[0], _known(r)) for r in rows)
        for part in chunks(ciks):
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM stories s WHERE s.cik IN ({marks(part)}) AND s.known_at > ?",
                (*part, iso(since)),
            )
            found.update((r[0], _known(r)) for r in rows)
        return list(found.values())

    def take_back(self, story_ids: Sequence[str]) -> list[Item]:
        """Drop stories with all that hangs on them; gives their items as they came.

        A filing that gained its text after its index entry comes twice: bare when it was first received, then whole.
        """
        items: list[Item] = []
        for part in chunks(story_ids):
            rows = self._db.execute(f"SELECT record, received FROM items WHERE story_id IN ({marks(part)})", part)
            for record, received in rows:
                item, first = _item.decode(record), moment(received)
                if iso(item.received) > received:
                    items.append(msgspec.structs.replace(item, body="", exhibits=(), received=first))
                items.append(item)
            self._db.execute(f"DELETE FROM stories WHERE id IN ({marks(part)})", part)
        return items


def _known(r: Sequence[object]) -> Known:
    cik = r[2] if isinstance(r[2], int) else None
    return Known(str(r[0]), _texts.decode(str(r[1])), cik, moment(str(r[3])), moment(str(r[4])))
