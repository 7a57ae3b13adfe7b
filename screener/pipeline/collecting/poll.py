"""Ask the feeds: one poll of each, at the same time, through one polite fetcher."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import msgspec

from screener.collectors.base import Collector, Context, FilingIndex
from screener.collectors.file import read_items
from screener.http import Fetcher
from screener.pipeline.boundary import attempt
from screener.pipeline.collecting.filing_queue import FilingQueue, fetch_filings
from screener.pipeline.workspace import Workspace
from screener.registry import discover
from screener.store import Store
from screener.types import Collected, FeedSpec, FeedState, Item, Problem


def collectors() -> dict[str, Collector]:
    """All kinds of collectors by name."""
    return discover("screener.collectors", Collector)  # type: ignore[type-abstract]


@asynccontextmanager
async def fetcher(workspace: Workspace, feeds: Sequence[FeedSpec] = ()) -> AsyncIterator[Fetcher]:
    """The process's fetcher; hosts that the user configured may be private ones."""
    settings = workspace.settings
    urls = [f.url for f in feeds] + [s.base_url for s in settings.prices.sources.values()]
    hosts = {_host(u) for u in [*urls, settings.edgar.base_url, settings.edgar.data_url] if u}
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

    async def poll() -> Collected:
        collected = await kinds[feed.kind].collect(feed, context)
        if not lists_filings(kinds[feed.kind]):
            return collected
        return await fetch_filings(workspace, collected, context, held) if queue is None else queue.take(collected)

    found = await attempt("collect", feed.name, poll)
    return found if isinstance(found, Collected) else _broken(feed, context, found)


def _broken(feed: FeedSpec, context: Context, problem: Problem) -> Collected:
    """A poll that threw: one failure more, so that it is asked less and less often, and the rest goes on."""
    state, now = context.state, context.now()
    after = msgspec.structs.replace(
        state, failures=state.failures + 1, last_error=problem.message, last_error_at=now, etag="", last_modified=""
    )
    return Collected(feed=feed.name, problems=(problem,), state=after)


def lists_filings(collector: Collector) -> bool:
    """Whether a collector gives index entries, which are known by accession and read whole afterwards."""
    return isinstance(collector, FilingIndex) and collector.lists_filings


def list_filings(feeds: Iterable[FeedSpec]) -> bool:
    """Whether any of these feeds lists filings, which name companies by CIK only."""
    kinds = collectors()
    return any(f.kind in kinds and lists_filings(kinds[f.kind]) for f in feeds)


def context_of(
    workspace: Workspace,
    feed: FeedSpec,
    get: Fetcher,
    held: Store,
    state: FeedState | None = None,
    queue: FilingQueue | None = None,
) -> Context:
    """What a collector is handed for a poll of a feed."""

    filings = list_filings([feed])

    def known(ids: Sequence[str]) -> Collection[str]:
        if filings:
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
        most = workspace.settings.limits.problems
        for found in read_items(path, workspace.clock.now(), workspace.clock.fixed, most):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                items.append(found)
    return Collected(feed="items", items=tuple(items), problems=tuple(problems))
