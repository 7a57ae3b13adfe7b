"""Which process delivers alerts from a database: one at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def only_sender(path: Path, patience: float = 0.0) -> Iterator[bool]:
    """Whether this process may deliver from a database; another one that does holds a lock, which dies with it.

    ``patience`` is how many seconds to wait for the other one to be done.
    """
    lock = sqlite3.connect(path.with_name(path.name + "-sender"), timeout=patience, isolation_level=None)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            yield False
        else:
            yield True
    finally:
        lock.close()
