"""Ask the feeds: one poll of each, at the same time, through one polite fetcher."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path

import anyio

from screener.collectors.base import Collector, Context
from screener.collectors.file import read_items
from screener.entities.tickers import parse_table
from screener.errors import FetchError, InputError, ScreenerError, StoreError
from screener.http import Fetcher
from screener.pipeline.collecting.filing_queue import FilingQueue, fetch_filings
from screener.pipeline.workspace import Workspace, age_of
from screener.registry import discover
from screener.store import Store
from screener.types import Collected, FeedSpec, FeedState, Item, Problem

TABLE_PATH = "/files/company_tickers_exchange.json"
TABLE_AGE = dt.timedelta(days=1)


def collectors() -> dict[str, Collector]:
    """All kinds of collectors by name."""
    return discover("screener.collectors", Collector)  # type: ignore[type-abstract]


@asynccontextmanager
async def fetcher(workspace: Workspace, feeds: Sequence[FeedSpec] = ()) -> AsyncIterator[Fetcher]:
    """The process's fetcher; hosts that the user configured may be private ones."""
    settings = workspace.settings
    urls = [f.url for f in feeds] + [s.base_url for s in settings.prices.sources.values()]
    hosts = {_host(u) for u in [*urls, settings.edgar.base_url] if u}
    async with Fetcher(
        contact=settings.edgar.contact,
        paces=dict(settings.http.pace) or None,
        timeout=settings.http.timeout,
        max_bytes=settings.limits.body_bytes,
        total_timeout=settings.limits.fetch_seconds,
        allowed_hosts=hosts,
    ) as opened:
        yield opened


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(url).netloc.rpartition("@")[2]


async def collect_all(
    workspace: Workspace, feeds: Sequence[FeedSpec], get: Fetcher, done: Callable[[Collected], None] = lambda _: None
) -> list[Collected]:
    """Poll all feeds at the same time; the answers in the order of ``feeds``."""
    kinds = collectors()
    found: dict[str, Collected] = {}

    async def one(feed: FeedSpec) -> None:
        found[feed.name] = await collect_one(workspace, feed, get, kinds)
        done(found[feed.name])

    async with anyio.create_task_group() as group:
        for feed in feeds:
            group.start_soon(one, feed)
    return [found[f.name] for f in feeds]


async def collect_one(
    workspace: Workspace,
    feed: FeedSpec,
    get: Fetcher,
    kinds: dict[str, Collector],
    held: Store | None = None,
    state: FeedState | None = None,
    queue: FilingQueue | None = None,
) -> Collected:
    """Poll one feed and fetch its filings of the chosen forms whole, here or, when there is one, through ``queue``.

    ``held`` is where to look up what is known (the workspace's own store unless given), ``state`` what the last poll left.
    """
    if feed.kind not in kinds:
        message = f"{feed.path or 'settings'}: kind {feed.kind!r} is none of {', '.join(sorted(kinds))}"
        wrong = Problem(stage="collect", subject=feed.name, message=message, kind="unknown_kind")
        return Collected(feed=feed.name, problems=(wrong,))
    held = held or workspace.store
    context = context_of(workspace, feed, get, held, state, queue)
    collected = await kinds[feed.kind].collect(feed, context)
    if feed.kind != "edgar":
        return collected
    return await fetch_filings(workspace, collected, context, held) if queue is None else queue.take(collected)


def context_of(
    workspace: Workspace,
    feed: FeedSpec,
    get: Fetcher,
    held: Store,
    state: FeedState | None = None,
    queue: FilingQueue | None = None,
) -> Context:
    """What a collector is handed for a poll of a feed."""

    def known(ids: Sequence[str]) -> Collection[str]:
        if feed.kind == "edgar":
            return queue.known(ids) if queue else held.filings.known(ids)
        return held.items.known(feed.name, ids)

    as_of = workspace.clock.fixed
    return Context(
        fetcher=get,
        now=workspace.clock.now,
        # A replay must not depend on what a poll at another moment left behind.
        state=FeedState(name=feed.name) if as_of else state or held.feeds.state(feed.name),
        as_of=as_of,
        known=known,
        options={**feed.options, "base_url": feed.url},
        limits=workspace.settings.limits,
    )


def file_items(workspace: Workspace, paths: Sequence[Path]) -> Collected:
    """The items of ``--items`` files; a broken line is a problem, a missing file an InputError."""
    items: list[Item] = []
    problems: list[Problem] = []
    for path in paths:
        for found in read_items(path, workspace.clock.now(), workspace.clock.fixed):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                items.append(found)
    return Collected(feed="items", items=tuple(items), problems=tuple(problems))


async def refresh_table(
    workspace: Workspace, get: Fetcher, turn: Callable[[], AbstractContextManager[object]] = nullcontext
) -> Problem | None:
    """Fetch SEC's ticker table when the stored copy is older than a day. A failure keeps the old copy and says so.

    ``turn`` is what a writer has to hold when others write too.
    """
    store, now = workspace.store, workspace.clock.now() if not workspace.clock.replay else dt.datetime.now(dt.UTC)
    checked = store.get_setting("table_checked")
    if checked and age_of(dt.datetime.fromisoformat(checked), now) < TABLE_AGE:
        return None
    url = workspace.settings.edgar.base_url.rstrip("/") + TABLE_PATH
    try:
        answer = await get.get(url, etag=store.get_setting("table_etag") or "")
        with turn():
            if not answer.not_modified:
                load_table(workspace, answer.body, url, now)
            with store.transaction():
                store.set_setting("table_checked", now.isoformat())
                store.set_setting("table_etag", answer.etag)
    except (FetchError, InputError, StoreError) as e:
        size = len(workspace.table)
        kept = f"the stored table of {size} tickers is used" if size else "tickers are taken from the news alone"
        return Problem(stage="resolve", subject="ticker table", message=f"{e}; {kept}", kind="table")
    return None


def load_table(workspace: Workspace, raw: bytes, name: str, now: dt.datetime) -> int:
    """Replace the ticker table by one in SEC's format. Raises InputError when it is none."""
    listings = parse_table(raw, name)
    with workspace.store.transaction():
        size = workspace.store.listings.replace(listings, now)
        workspace.store.set_setting("table_digest", hashlib.sha256(raw).hexdigest())
    workspace.forget_table()
    return size


def as_problem(stage: str, subject: str, error: ScreenerError) -> Problem:
    """An error of one subject as a Problem, so that the rest goes on."""
    return Problem(stage=stage, subject=subject, message=str(error), kind=type(error).__name__)
