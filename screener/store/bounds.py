"""Bounds on what a query from outside may take: bytes of a value, of the answer, of SQLite itself.

SQLite can be interrupted between two steps. A row may still be as large as it allows (a gigabyte), and a value may be
made by one step that nothing interrupts.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from screener import limits

Value = str | bytes | int | float | None
_BOUNDS = (
    (sqlite3.SQLITE_LIMIT_LENGTH, limits.SQL_VALUE_BYTES),
    (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, limits.SQL_PATTERN_CHARS),
    (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
)
_WIDE = re.compile(r"\*|[0-9]{5}")


class TooMuch(sqlite3.OperationalError):
    """A query from outside asks for more than it may."""


def prepare(conn: sqlite3.Connection) -> None:
    """Make a connection ready for queries from outside: SQLite keeps to a part of the process's memory."""
    conn.execute(f"PRAGMA hard_heap_limit = {limits.SQL_HEAP_BYTES}")
    for name in ("printf", "format"):
        conn.create_function(name, -1, _Printf(), deterministic=True)


@contextmanager
def within_bounds(conn: sqlite3.Connection) -> Iterator[None]:
    """Hold what is asked of a connection meanwhile to the bounds. Raises TooMuch or sqlite3.DataError."""
    before = [(category, conn.setlimit(category, most)) for category, most in _BOUNDS]
    factory, conn.row_factory = conn.row_factory, _Counting()
    try:
        yield
    except MemoryError as e:
        raise TooMuch("the query takes more memory than it may") from e
    finally:
        conn.row_factory = factory
        for category, most in before:
            conn.setlimit(category, most)


class _Printf:
    """SQLite's own ``printf`` without what makes one step take minutes: ``%.*c`` with a width of a billion."""

    def __init__(self) -> None:
        self._own = sqlite3.connect(":memory:", check_same_thread=False)

    def __call__(self, *given: Value) -> Value:
        if given and _WIDE.search(str(given[0])):
            # Too long for a value, which SQLite then says; an exception here would only be "raised exception".
            return " " * (limits.SQL_VALUE_BYTES + 1)
        made: Value = self._own.execute(f"SELECT printf({', '.join('?' * len(given))})", given).fetchone()[0]
        return made


class _Counting:
    """Makes rows, and stops when they hold more than one answer may."""

    def __init__(self) -> None:
        self._held = 0

    def __call__(self, cursor: sqlite3.Cursor, row: tuple[Value, ...]) -> sqlite3.Row:
        self._held += sum(len(value) for value in row if isinstance(value, str | bytes))
        if self._held > limits.SQL_ANSWER_BYTES:
            megabytes = limits.SQL_ANSWER_BYTES // 1_000_000
            raise TooMuch(f"the answer is larger than {megabytes} MB: ask for fewer rows or columns")
        return sqlite3.Row(cursor, row)
