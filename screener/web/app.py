"""The server: Datasette over the store, opened read-only, with the page's routes in front."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import datasette.app
from datasette.app import Datasette
from datasette.plugins import pm

from screener import config, limits
from screener.errors import ConfigError
from screener.store import open_store
from screener.web import live, marking, plugin
from screener.web.guard import Guard, Scope, is_loopback, tables_policy
from screener.web.site import DATABASE, HERE, Site
from screener.web.tables import BoundedDatabase, neutral_writer

SETTINGS = {
    "sql_time_limit_ms": limits.SQL_MS,
    "max_returned_rows": limits.SQL_ROWS,
    "default_page_size": 100,
    "num_sql_threads": limits.SQL_THREADS,
    "max_csv_mb": limits.CSV_MEGABYTES,
    "facet_time_limit_ms": 200,
    "facet_suggest_time_limit_ms": 50,
    # The store holds the text of releases for the user's own search; a copy of the whole file is `screener db backup`.
    "allow_download": False,
    "default_cache_ttl": 0,
}
_QUIET = (
    "_sqlite_migrations", "settings", "item_versions", "story_versions", "bars_revised", "alert_events", "alert_channels",
    "deliveries", "lists", "company_reads", "company_facts",
)  # fmt: skip
"""Tables that are the machine's own: shown last, below the others."""
_METADATA = {
    "title": "screener",
    "databases": {DATABASE: {"tables": {name: {"hidden": True} for name in _QUIET}}},
    "description": "The screener's own tables, read-only. Times are UTC, days are New York dates, NULL means unknown.",
}


class Tables(Datasette):  # type: ignore[misc]
    """Datasette that knows the site its plug-in serves."""

    def __init__(self, site: Site, **settings: object) -> None:
        self.site = site
        super().__init__(files=[], metadata=_METADATA, settings={**SETTINGS, **settings}, pdb=False,
                         template_dir=str(HERE / "pages" / "tables"))  # fmt: skip
        self.remove_database("_memory")
        self.add_database(BoundedDatabase(self, path=str(site.path), is_mutable=True), name=DATABASE)


class Served(NamedTuple):
    """The ASGI application, its site, and what ends its open streams when the server stops."""

    app: Guard
    site: Site
    stop: Callable[[], None]


def build(
    settings: config.Settings, path: Path, *, host: str = "127.0.0.1", password: str = "", **limits: object
) -> Served:
    """The application over a database file. Raises ConfigError, StoreError, NewerDatabase.

    A file of an older schema is migrated first; after that the server only reads. ``limits`` are Datasette settings.
    """
    if not is_loopback(host) and not password:
        raise ConfigError(
            f"{host}: an address other machines can reach needs a password: give --password, or set [web] password"
        )
    open_store(path).close() if path.is_file() else open_store(path, readonly=True)
    if not pm.is_registered(plugin):
        pm.register(plugin, "screener")
    # Where rich is installed, Datasette prints every 404 with all local variables to standard output. Imported here
    # because a circular import leaves Datasette without its handler when this module comes first.
    importlib.import_module("datasette.handle_exception").rich = None  # type: ignore[attr-defined]
    # Datasette's own CSV would carry formulas; its only use of the module ``csv`` is to make a writer.
    importlib.import_module("datasette.views.base").csv = SimpleNamespace(writer=neutral_writer)  # type: ignore[attr-defined]
    site = Site(settings, path, host=host, password=password)
    tables = Tables(site, **limits)
    inner = tables.app()
    watcher = live.Watcher(tables)
    site.__dict__["watcher"] = watcher

    async def app(scope: Scope, receive: object, send: object) -> None:
        scope["screener.site"] = site
        await inner(scope, receive, send)

    guard = Guard(
        app,
        loopback_only=is_loopback(host),
        password=password,
        tables=(DATABASE, "-", "_internal"),
        tables_policy=tables_policy(Path(datasette.app.__file__).parent / "templates"),
        queried=DATABASE,
        writes=marking.PATH,
    )
    return Served(guard, site, watcher.stop)
