"""Datasette's database with bounds around queries from outside; and its CSV without formulas.

Datasette bounds time and rows; ``store.bounds`` does the rest. The page's own reads are small and go unbounded.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any, TypeVar

from datasette.database import Database, Results
from datasette.views.base import DatasetteError

from screener.format import neutral
from screener.store import bounds

T = TypeVar("T")
_outside: ContextVar[bool] = ContextVar("outside", default=False)


class BoundedDatabase(Database):  # type: ignore[misc]
    """The store's tables as readers may query them."""

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """A connection prepared for queries from outside."""
        conn: sqlite3.Connection = super().connect(write)
        bounds.prepare(conn)
        return conn

    async def execute(self, sql: str, params: object = None, **more: object) -> Results:
        """A query from outside. Raises DatasetteError for one that takes too much, which every view shows as 400."""
        token = _outside.set(True)
        try:
            return await super().execute(sql, params, **more)
        except sqlite3.DatabaseError as e:
            if isinstance(e, bounds.TooMuch | sqlite3.DataError) or "too complex" in str(e):
                raise DatasetteError(str(e), status=400, title="Too much") from e
            raise
        finally:
            _outside.reset(token)

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Call a function with a connection, in a thread."""
        if not _outside.get():
            return await super().execute_fn(fn)  # type: ignore[no-any-return]

        def bounded(conn: sqlite3.Connection) -> T:
            with bounds.within_bounds(conn):
                return fn(conn)

        return await super().execute_fn(bounded)  # type: ignore[no-any-return]


class _Neutral:
    """A CSV writer whose text runs in no spreadsheet; numbers stay numbers."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def writerow(self, row: Iterable[Any]) -> Any:
        return self._writer.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in row])


def neutral_writer(*args: Any, **options: Any) -> _Neutral:
    """In place of ``csv.writer``."""
    return _Neutral(csv.writer(*args, **options))
