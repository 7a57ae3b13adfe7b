"""Datasette's database with bounds on what one query may take: bytes of a value, of the answer, of SQLite itself.

Datasette bounds time and rows. A row may still be as large as SQLite allows (a gigabyte), and a value may be made by
one step that nothing interrupts. The bounds stand around queries from outside only; the page's own reads are small.
"""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from datasette.database import Database, Results
from datasette.views.base import DatasetteError

from screener import limits
from screener.format import neutral

T = TypeVar("T")
_WIDE = re.compile(r"\*|[0-9]{5}")
_outside: ContextVar[bool] = ContextVar("outside", default=False)
_BOUNDS = (
    (sqlite3.SQLITE_LIMIT_LENGTH, limits.SQL_VALUE_BYTES),
    (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, limits.SQL_PATTERN_CHARS),
    (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
)


class BoundedDatabase(Database):  # type: ignore[misc]
    """The store's tables as readers may query them."""

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """A connection whose SQLite keeps to a part of the process's memory."""
        conn: sqlite3.Connection = super().connect(write)
        conn.execute(f"PRAGMA hard_heap_limit = {limits.SQL_HEAP_BYTES}")
        for name in ("printf", "format"):
            conn.create_function(name, -1, _Printf(), deterministic=True)
        return conn

    async def execute(self, sql: str, params: Any = None, **more: Any) -> Results:
        """A query from outside. Raises DatasetteError for one that takes too much, which every view shows as 400."""
        token = _outside.set(True)
        try:
            return await super().execute(sql, params, **more)
        except sqlite3.DatabaseError as e:
            if isinstance(e, _TooMuch | sqlite3.DataError) or "too complex" in str(e):
                raise DatasetteError(str(e), status=400, title="Too much") from e
            raise
        finally:
            _outside.reset(token)

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Call a function with a connection, in a thread."""
        if not _outside.get():
            return await super().execute_fn(fn)  # type: ignore[no-any-return]

        def bounded(conn: sqlite3.Connection) -> T:
            with _within_bounds(conn):
                return fn(conn)

        return await super().execute_fn(bounded)  # type: ignore[no-any-return]


class _TooMuch(sqlite3.OperationalError):
    """A query from outside asks for more than it may."""


class _Printf:
    """SQLite's own ``printf`` without what makes one step take minutes: ``%.*c`` with a width of a billion."""

    def __init__(self) -> None:
        self._own = sqlite3.connect(":memory:", check_same_thread=False)

    def __call__(self, *given: Any) -> Any:
        if given and _WIDE.search(str(given[0])):
            # Too long for a value, which SQLite then says; an exception here would only be "raised exception".
            return " " * (limits.SQL_VALUE_BYTES + 1)
        return self._own.execute(f"SELECT printf({', '.join('?' * len(given))})", given).fetchone()[0]


@contextmanager
def _within_bounds(conn: sqlite3.Connection) -> Iterator[None]:
    before = [(category, conn.setlimit(category, most)) for category, most in _BOUNDS]
    factory, conn.row_factory = conn.row_factory, _Counting()
    try:
        yield
    except MemoryError as e:
        raise _TooMuch("the query takes more memory than it may") from e
    finally:
        conn.row_factory = factory
        for category, most in before:
            conn.setlimit(category, most)


class _Counting:
    """Makes rows, and stops when they hold more than one answer may."""

    def __init__(self) -> None:
        self._held = 0

    def __call__(self, cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> sqlite3.Row:
        self._held += sum(len(value) for value in row if isinstance(value, str | bytes))
        if self._held > limits.SQL_ANSWER_BYTES:
            raise _TooMuch(
                f"the answer is larger than {limits.SQL_ANSWER_BYTES // 1_000_000} MB: ask for fewer rows or columns"
            )
        return sqlite3.Row(cursor, row)


class _Neutral:
    """A CSV writer whose text runs in no spreadsheet; numbers stay numbers."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def writerow(self, row: Iterable[Any]) -> Any:
        return self._writer.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in row])


def neutral_writer(*args: Any, **options: Any) -> _Neutral:
    """In place of ``csv.writer``."""
    return _Neutral(csv.writer(*args, **options))
