"""Between records and rows: rows by name, times as fixed-width text, collections as JSON."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from screener.types import Item, Span

T = TypeVar("T")
Values = Sequence[object] | Mapping[str, object]

encoder = msgspec.json.Encoder()
item_of = msgspec.json.Decoder(Item).decode
texts_of = msgspec.json.Decoder(tuple[str, ...]).decode
spans_of = msgspec.json.Decoder(tuple[Span, ...]).decode


class Subject:
    """The statements about one subject; its rows are read by column name. Writing belongs inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def _rows(self, query: str, values: Values = ()) -> sqlite3.Cursor:
        cursor = self._db.cursor()
        cursor.row_factory = sqlite3.Row
        return cursor.execute(query, values)

    def _row(self, query: str, values: Values = ()) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._rows(query, values).fetchone()
        return found

    def _known(self, query: str, ids: Collection[str]) -> set[str]:
        """The ids that a query ending in ``IN`` finds among these."""
        found: set[str] = set()
        for part in chunks(ids):
            found.update(r[0] for r in self._db.execute(f"{query} ({marks(part)})", part))
        return found


def iso(moment: dt.datetime) -> str:
    """``2025-12-12T23:10:00.000Z``: fixed width, so that text order is time order."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_or_none(moment: dt.datetime | None) -> str | None:
    """As ``iso``; None stays None."""
    return None if moment is None else iso(moment)


def moment(text: str) -> dt.datetime:
    """The time that ``iso`` wrote."""
    return dt.datetime.fromisoformat(text)


def moment_or_none(text: str | None) -> dt.datetime | None:
    """As ``moment``; None stays None."""
    return None if text is None else dt.datetime.fromisoformat(text)


def dump(value: object) -> str:
    """JSON text."""
    return encoder.encode(value).decode()


def marks(values: Collection[object] | range) -> str:
    """``?,?,?`` for as many parameters as there are values."""
    return ",".join("?" * len(values))


def chunks(values: Iterable[T], size: int = 500) -> Iterator[list[T]]:
    """Slices below SQLite's limit of parameters."""
    listed = list(values)
    return (listed[i : i + size] for i in range(0, len(listed), size))
