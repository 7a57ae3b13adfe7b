"""Opening the database: one SQLite file in WAL mode, migrated on opening, refused when a newer screener wrote it.

``open_store`` is what the rest uses; it gives a ``Store`` whose parts, one a subject, read and write records of
``screener.types``. sqlite-utils is imported only when there is something to migrate, so that reading a stored list
starts fast.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from screener.errors import NewerDatabase, RowRefused, StoreError
from screener.store.bars import Bars
from screener.store.calendar import Calendar
from screener.store.catalysts import Catalysts
from screener.store.dilution import Dilution
from screener.store.feeds import Feeds
from screener.store.filings import Filings
from screener.store.halts import Halts
from screener.store.items import Items
from screener.store.listings import Listings
from screener.store.lists import SUPERSEDED, Lists
from screener.store.marks import Marks
from screener.store.occurrences import Occurrences
from screener.store.outbox import Outbox
from screener.store.outcomes import Outcomes
from screener.store.outlines import Outlines
from screener.store.regimes import Regimes
from screener.store.rewind import Rewind
from screener.store.runs import Runs
from screener.store.search import Search
from screener.store.sectors import Sectors
from screener.store.spans import Spans
from screener.store.stories import Stories
from screener.store.views import Views

SCHEMA_VERSION = 16
"""How many migrations this version of the code knows; ``PRAGMA user_version`` of the file."""


class Store:
    """An open database. Use as a context manager; writes go through ``transaction``."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = connection
        self.listings = Listings(connection)
        self.sectors = Sectors(connection)
        self.feeds = Feeds(connection)
        self.filings = Filings(connection)
        self.halts = Halts(connection)
        self.items = Items(connection)
        self.stories = Stories(connection)
        self.catalysts = Catalysts(connection)
        self.search = Search(connection)
        self.calendar = Calendar(connection)
        self.bars = Bars(connection)
        self.runs = Runs(connection)
        self.lists = Lists(connection)
        self.regimes = Regimes(connection)
        self.marks = Marks(connection)
        self.outbox = Outbox(connection)
        self.outcomes = Outcomes(connection)
        self.occurrences = Occurrences(connection)
        self.outlines = Outlines(connection)
        self.rewind = Rewind(connection)
        self.spans = Spans(connection)
        self.dilution = Dilution(connection)
        self.views = Views(connection)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: what is written inside is stored together or, on any error, not at all."""
        with storing(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                # A full disk makes SQLite roll back by itself.
                if self.connection.in_transaction:
                    self.connection.rollback()
                raise
            self.connection.commit()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """One unchanging view of the database for several reads, while others write."""
        self.connection.execute("BEGIN")
        try:
            yield
        finally:
            self.connection.execute("COMMIT")

    def wait_at_most(self, milliseconds: int) -> None:
        """How long to wait for another writer before an error."""
        self.connection.execute(f"PRAGMA busy_timeout = {milliseconds:d}")

    def get_setting(self, key: str) -> str | None:
        """A small stored value, None when it was never set."""
        row = self.connection.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_setting(self, key: str, value: str) -> None:
        """Store a small value; to be called inside a transaction."""
        self.connection.execute("INSERT OR REPLACE INTO settings(key, value) VALUES (?, ?)", (key, value))

    def counts(self) -> dict[str, int]:
        """How many rows the main tables hold."""
        tables = ("filings", "items", "stories", "catalysts", "noise", "bars", "lists", "runs", "listings", "halts")
        return {t: int(self.connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0]) for t in tables}

    def backup(self, target: Path) -> None:
        """Write a consistent, checked copy while others may be writing. Raises StoreError.

        The copy grows beside its place and takes it only when it is whole and sound; a damaged database gives none.
        """
        part = target.with_name(target.name + ".part")
        try:
            with storing(target):
                state = self._copied(part)
            if state != "ok":
                raise StoreError(f"{self.path}: the database is damaged ({state}); no backup was written: {_RESTORE}")
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(target)
        finally:
            for suffix in ("", "-journal", "-wal", "-shm"):
                part.with_name(part.name + suffix).unlink(missing_ok=True)

    def _copied(self, part: Path) -> str:
        """Copy to a new file; what SQLite's full check of the copy, and so of what was copied, found."""
        part.unlink(missing_ok=True)
        copy = sqlite3.connect(part, isolation_level=None)
        try:
            # Held by a snapshot the copy need not begin again with every write; a page of Python lets a signal in.
            with self.snapshot():
                self.connection.execute("SELECT count(*) FROM sqlite_master")
                self.connection.backup(copy, pages=_PAGES, progress=lambda *_: None)
            copy.execute("PRAGMA journal_mode = DELETE")
            with stoppable(copy):
                rows = copy.execute("PRAGMA integrity_check(3)").fetchall()
        except sqlite3.DatabaseError as e:
            if isinstance(e, sqlite3.OperationalError):
                raise
            return str(e)
        finally:
            copy.close()
        return "; ".join(str(r[0]) for r in rows)

    def prune(self, before: dt.date, *, dry: bool) -> dict[str, int]:
        """Drop what was published before a New York date, and all but the last list of each earlier day.

        Returns what was (or with ``dry`` would be) dropped, by name.
        """
        limit, done = before.isoformat(), {}
        for name, table, where in (
            ("stories", "stories", "published < ?"),
            ("filings", "filings", "accepted < ?"),
            ("halts", "halts", "halted < ?"),
            ("quotes", "quotes", "as_of < ?"),
            ("alerts", "alerts", "created < ?"),
            ("alert events", "alert_events", "last_at < ?"),
            ("superseded lists", "lists", SUPERSEDED),
        ):
            count = self.connection.execute(f"SELECT count(*) FROM {table} WHERE {where}", (limit,)).fetchone()[0]
            if not dry:
                with stoppable(self.connection):
                    self.connection.execute(f"DELETE FROM {table} WHERE {where}", (limit,))
            done[name] = int(count)
        return done

    def compact(self) -> None:
        """Give freed pages back to the disk."""
        with storing(self.path), stoppable(self.connection):
            self.connection.execute("VACUUM")

    def integrity(self) -> str:
        """``ok``, or what SQLite's quick check found."""
        with storing(self.path):
            return str(self.connection.execute("PRAGMA quick_check(3)").fetchone()[0])


_PAGES = 2000
_RESTORE = "restore an older one"
_STEPS = 200_000


@contextmanager
def stoppable(connection: sqlite3.Connection) -> Iterator[None]:
    """Long statements that Ctrl-C stops: without this it would wait inside SQLite until they are done."""
    connection.set_progress_handler(lambda: 0, _STEPS)  # the signal is raised when Python runs, inside the handler
    try:
        yield
    except sqlite3.OperationalError as e:
        if str(e) == "interrupted":
            raise KeyboardInterrupt from e
        raise
    finally:
        connection.set_progress_handler(None, 0)


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into StoreError with the file and what to do, RowRefused where it is a row's fault."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError, sqlite3.ProgrammingError) as e:
        raise RowRefused(f"{path}: {type(e).__name__}: {e}") from e
    except sqlite3.Error as e:
        text = str(e)
        advice = next((a for word, a in _ADVICE if word in text), "see the message; `screener doctor` checks the file")
        raise StoreError(f"{path}: {text}: {advice}") from e


_ADVICE = (
    ("full", "free some space and run again; what was stored before is intact"),
    ("readonly", "the file or its folder is read-only: choose another with --db, or change its permissions"),
    ("unable to open", "check that the folder exists and can be written, or choose another file with --db"),
    ("not a database", "this file is something else; choose another with --db"),
    ("malformed", "the file is damaged: restore a backup (`screener db backup` makes them)"),
    ("locked", "another screener is writing; try again when it is done"),
    ("disk I/O", "check the disk; what was stored before is intact"),
)


def open_store(path: Path, *, readonly: bool = False, on_migrate: Callable[[], None] | None = None) -> Store:
    """Open (and create, and migrate) the database. Raises StoreError or NewerDatabase.

    ``readonly`` opens an existing file without writing to it. ``on_migrate`` is called before a migration runs.
    """
    with storing(path):
        if readonly and not path.is_file():
            raise StoreError(
                f"{path}: no database there yet: run `screener run` or `screener demo` first, or give --db"
            )
        if not readonly:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as e:
                raise StoreError(
                    f"{path.parent}: cannot be created ({e.strerror}); choose another file with --db"
                ) from e
        connection = _connect(path, readonly)
        try:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version > SCHEMA_VERSION:
                raise NewerDatabase(
                    f"{path}: was written by a newer screener (schema {version}, this one knows {SCHEMA_VERSION}): "
                    "update the screener, or choose another file with --db"
                )
            if version < SCHEMA_VERSION:
                if readonly:
                    # A reader migrates too: nobody should have to know that the schema has grown.
                    connection.close()
                    open_store(path, on_migrate=on_migrate).close()
                    return open_store(path, readonly=True)
                _migrate(path, connection, on_migrate)
        except BaseException:
            connection.close()
            raise
        return Store(path, connection)


def _connect(path: Path, readonly: bool) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={'ro' if readonly else 'rwc'}"
    # A watch writes from one worker thread at a time, which need not be the thread that opened the file.
    connection = sqlite3.connect(
        uri, uri=True, timeout=10.0, isolation_level=None, cached_statements=256, check_same_thread=False
    )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    if not readonly:
        connection.execute("PRAGMA journal_mode = WAL")
        # With WAL, NORMAL can lose the last commits on power loss but never damages the file; a killed process
        # loses nothing.
        connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _migrate(path: Path, connection: sqlite3.Connection, on_migrate: Callable[[], None] | None) -> None:
    import sqlite_utils

    from screener.store.migrations import migration

    if on_migrate:
        on_migrate()
    db = sqlite_utils.Database(connection)
    migration.apply(db)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
