"""The page's own part of the server: templates, the cache of rendered answers, and what is loaded once.

An answer is kept for a second and shared by all who ask for the same address meanwhile; after that its stamp (what the
page depends on) decides whether it is made anew. So fifty readers cost as much as one, and a writer is seen at once.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import hashlib
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from screener import __version__, config
from screener.config import Settings
from screener.format import DISCLAIMER
from screener.prices.universe import Universe, load_universe
from screener.store import Store
from screener.types import FeedSpec, WatchRow
from screener.web import show, status

if TYPE_CHECKING:
    from screener.classify.pipeline import Classifier
    from screener.engine.load import RuleSet
    from screener.web.changed import Changed
    from screener.web.views import SavedViews, Views

HERE = Path(__file__).resolve().parent
DATABASE = "data"
"""The name of the store's tables in addresses, whatever the file is called."""
FRESH_SECONDS = 1.0
_KEEP = 200
_LISTS = 24
_PACK_FROM = 1000
_ASKED = 40
"""How many tickers of the newest list are asked for their newest quote."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished response."""

    body: bytes
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    packed: bytes = b""
    etag: str = ""


def finished(text: str | bytes, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str) -> Answer:
    """An answer with its compressed form and ETag."""
    body = text.encode() if isinstance(text, str) else text
    packed = gzip.compress(body, 5, mtime=0) if len(body) >= _PACK_FROM else b""
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"' if status == 200 else ""
    return Answer(body, kind, status, {k.replace("_", "-"): v for k, v in headers.items()}, packed, tag)


@dataclass(slots=True)
class PageView:
    """One request as the page functions see it; ``db`` is a read-only connection that belongs to this thread."""

    site: Site
    db: sqlite3.Connection
    args: Mapping[str, Sequence[str]]
    names: Mapping[str, str]
    now: dt.datetime
    origin: str = ""

    @property
    def store(self) -> Store:
        """The store over the read-only connection."""
        return Store(self.site.path, self.db)

    def render(self, template: str, status: int = 200, **values: object) -> Answer:
        """A page from its template."""
        line = self.site.status(self.store, self.now)
        text = self.site.templates.get_template(template).render(now=self.now, status=line, **values)
        return finished(text, status=status)


Page = Callable[[PageView], Answer]
Brief = Callable[[Store, Settings, dt.date, "dt.datetime | None"], tuple[str, str]]
"""Writes the day on one page, title and text; given from outside, since it belongs to the outputs."""
Stamp = Callable[[PageView], object]


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer with when it was last known to be right, what it depended on, and the generation of the store."""

    answer: Answer
    made: float
    stamp: object
    generation: int


class Site:
    """What the routes share. ``path`` is the database file; ``host`` and ``password`` as the guard needs them."""

    def __init__(self, settings: Settings, path: Path, *, host: str = "127.0.0.1", password: str = "") -> None:
        self.settings, self.path, self.host, self.password = settings, path, host, password
        self.brief: Brief | None = None
        self._kept: OrderedDict[object, _Kept] = OrderedDict()
        self._making: dict[object, asyncio.Task[_Kept]] = {}
        self._generation = 0
        self._file = _identity(path)
        self._lock = threading.Lock()
        self._lists: OrderedDict[tuple[dt.date, str], list[WatchRow]] = OrderedDict()
        self._views: SavedViews | None = None
        self._status: tuple[float, tuple[status.StatusPart, ...]] = (0.0, ())

    @cached_property
    def templates(self) -> Environment:
        """The page's own templates: everything escaped, a missing value is an error."""
        env = Environment(
            loader=FileSystemLoader(HERE / "pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        env.filters.update(show.FILTERS)
        env.globals.update(
            assets=self.assets_tag, database=DATABASE, version=__version__, age=show.age, disclaimer=DISCLAIMER,
            status=(), writes=bool(self.password),
        )  # fmt: skip
        return env

    @cached_property
    def assets_tag(self) -> str:
        """Changes with the content of style and script, so that browsers may keep them."""
        content = b"".join(p.read_bytes() for p in sorted((HERE / "assets").iterdir()))
        return hashlib.sha256(content).hexdigest()[:10]

    @cached_property
    def feeds(self) -> Mapping[str, FeedSpec]:
        """The configured feeds by name."""
        from screener.pipeline.workspace import all_feeds

        return all_feeds(self.settings)

    @cached_property
    def rules(self) -> RuleSet:
        """The ranking rules, built-in and the user's."""
        from screener.engine.load import load_rules

        return load_rules(config.rule_folders(self.settings, "ranking"))

    @cached_property
    def universe(self) -> Universe:
        """What counts as a small cap, by the user's own file where there is one."""
        return load_universe(config.universe_file(self.settings))

    @cached_property
    def classifier(self) -> Classifier:
        """The classifier, loaded when the first page of rule verdicts is asked for."""
        from screener.classify.pipeline import classifier_of

        return classifier_of(self.settings)

    @property
    def replaced(self) -> bool:
        """True when another file stands at the path than the one that is open, as after a demo made anew."""
        return _identity(self.path) != self._file

    def warm(self) -> None:
        """Load what the first visits would wait for, templates and rules; meant for a thread.

        The classifier is left to the first page of verdicts: loading it would slow down everyone for two seconds.
        """
        for name in self.templates.list_templates(filter_func=lambda name: "/" not in name):
            self.templates.get_template(name)
        _ = self.rules, self.feeds

    def rows(self, store: Store, day: dt.date, run_id: str) -> list[WatchRow]:
        """A stored list; lists never change, so the last ones are kept in memory."""
        key = (day, run_id)
        with self._lock:
            found = self._lists.get(key)
        if found is None:
            found = store.lists.of_run(day, run_id) or []
            with self._lock:
                self._lists[key] = found
                while len(self._lists) > _LISTS:
                    self._lists.popitem(last=False)
        return found

    @cached_property
    def changed(self) -> Changed:
        """When the rows of a day's list last changed."""
        from screener.web.changed import Changed

        return Changed()

    def views(self) -> Views:
        """The saved filters of the settings, by name."""
        from screener.web.views import SavedViews

        self._views = self._views or SavedViews(self.settings)
        return self._views()

    def status(self, store: Store, now: dt.datetime) -> tuple[status.StatusPart, ...]:
        """The line on top of every page; made once a second for all who ask."""
        made, parts = self._status
        if not parts or time.monotonic() - made >= FRESH_SECONDS:
            newest = store.lists.newest()
            listed = self.rows(store, newest.day, newest.run_id)[:_ASKED] if newest else []
            parts = status.parts(store, self.feeds, ["IWM", "SPY", *(r.ticker for r in listed)], now)
            self._status = (time.monotonic(), parts)
        return parts

    def forget(self) -> None:
        """Something new was stored: check every kept answer before it is given again; to be called in the loop."""
        self._generation += 1
        self._making.clear()

    async def answer(
        self, key: object, run: Callable[[Callable[[sqlite3.Connection], _Kept]], Any], make: Page, stamp: Stamp | None,
        view: Callable[[sqlite3.Connection], PageView],
    ) -> Answer:  # fmt: skip
        """The answer for an address: kept, checked or made. ``run`` calls a function with a connection in a thread."""
        kept, generation = self._kept.get(key), self._generation
        if kept and kept.generation == generation and time.monotonic() - kept.made < FRESH_SECONDS:
            return kept.answer
        task = self._making.get(key)
        if task is None:

            def work(db: sqlite3.Connection) -> _Kept:
                return _checked_or_made(kept, make, stamp, view(db), generation)

            task = self._making[key] = asyncio.ensure_future(run(work))
            task.add_done_callback(lambda done: self._keep(key, done))
        # One reader going away must not take the answer from the others.
        return (await asyncio.shield(task)).answer

    def _keep(self, key: object, done: asyncio.Task[_Kept]) -> None:
        if self._making.get(key) is done:
            del self._making[key]
        if done.cancelled() or done.exception() is not None or done.result().answer.status != 200:
            return
        self._kept[key] = done.result()
        self._kept.move_to_end(key)
        while len(self._kept) > _KEEP:
            self._kept.popitem(last=False)


def _identity(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)


def _checked_or_made(kept: _Kept | None, make: Page, stamp: Stamp | None, view: PageView, generation: int) -> _Kept:
    began = time.monotonic()
    mark = stamp(view) if stamp else None
    same = kept is not None and mark is not None and kept.stamp == mark
    return _Kept(kept.answer if kept is not None and same else make(view), began, mark, generation)
