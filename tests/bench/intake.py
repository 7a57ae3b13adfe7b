"""Measure intake: ``python -m tests.bench.intake``.

Prints EDGAR entries a second parsed (the recorded day when there, else invented pages), feed items a second parsed, and
items a second from 200 feeds over local HTTP (a server process of its own) into the store, with the time from the last
byte received to stored and the peak memory. All feed content is invented.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import anyio

from screener.collectors.base import Context
from screener.collectors.feed import PLUGIN, parse_feed
from screener.collectors.getcurrent import filing, join, parse_getcurrent
from screener.collectors.openweb import read_lenient
from screener.http import Fetcher, Response
from screener.store.db import Store, open_store
from screener.types import Collected, FeedSpec, FeedState, Item, SourceRef, Story
from tests.collectors.test_edgar import entry, page
from tests.conftest import SHARED
from tests.server.app import WireServer

FEEDS, ITEMS, AT_ONCE = 200, 50, 16
NOW = dt.datetime(2026, 3, 12, 15, 0, tzinfo=dt.UTC)
BODY = " ".join(["The company said that demand for its invented products grew in the quarter."] * 6)


def feed_of(number: int) -> bytes:
    """An invented wire feed of ``ITEMS`` entries of about 700 characters."""
    entries = "".join(
        f"<item><guid>urn:{number}:{n}</guid><title>Company {number} Announces Order {n}</title>"
        f"<link>https://ir.example.org/{number}/{n}</link><description><![CDATA[<p>TULSA -- Company (Nasdaq: ZP{n:02d}) "
        f"said:</p><p>{BODY}</p>]]></description><pubDate>Thu, 12 Mar 2026 13:{n % 60:02d} GMT</pubDate></item>"
        for n in range(ITEMS)
    )
    return f'<rss version="2.0"><channel><title>IR {number}</title>{entries}</channel></rss>'.encode()


def best(job: Callable[[], object], times: int = 5) -> float:
    """The shortest of some runs, in seconds."""
    spans = []
    for _ in range(times):
        start = time.perf_counter()
        job()
        spans.append(time.perf_counter() - start)
    return min(spans)


def parsing() -> None:
    """EDGAR pages and feeds, in memory."""
    folder = SHARED / "edgar" / "getcurrent" / "2025-12-12T2303Z"
    pages = [f.read_bytes() for f in sorted(folder.glob("*.atom.xml"))]
    told = "recorded" if pages else "invented"
    pages = pages or [page(*(entry(n) for n in range(i, i + 100))) for i in range(0, 5000, 100)]
    entries = [e for p in pages for e in parse_getcurrent(p).entries]
    span = best(lambda: [parse_getcurrent(p) for p in pages])
    print(f"EDGAR, {told}: {len(entries)} entries, {len(entries) / span:,.0f} entries/s parsed")
    span = best(lambda: [filing(roles, NOW) for roles in join(entries).values()])
    print(f"  joined into {len(join(entries))} filings, {len(entries) / span:,.0f} entries/s")
    spec, body = FeedSpec(name="wire", kind="feed", url="https://wire.example/"), feed_of(1)
    span = best(lambda: parse_feed(body, spec, NOW))
    slow = best(lambda: read_lenient(body))
    print(f"feeds: {ITEMS / span:,.0f} items/s to Items; feedparser alone {ITEMS / slow:,.0f} entries/s")


def serve(pipe: Connection) -> None:
    """The server process: one path a feed."""
    with WireServer() as server:
        for number in range(FEEDS):
            server.route(f"/{number}", feed_of(number))
        pipe.send(server.url)
        pipe.recv()


@contextmanager
def server() -> Iterator[str]:
    """The address of a running server process."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("stop")
        process.join()


def story_of(item: Item) -> Story:
    """The least a story can be: the store's share of the work without resolving and classifying."""
    source = SourceRef(source=item.source, url=item.url, received=item.received, source_id=item.source_id)
    return Story(
        id=f"{item.source}:{item.source_id}", title=item.title, text=item.summary, published=item.published or NOW,
        first_seen=item.received, sources=(source,), tickers=(item.source.upper(),),
    )  # fmt: skip


def save(store: Store, found: Collected) -> None:
    """One poll in one transaction, its state last."""
    with store.transaction():
        for item in found.items:
            store.news.save_story(story_of(item), item.received)
        store.news.add_items((i, f"{i.source}:{i.source_id}") for i in found.items)
        assert found.state is not None
        store.news.save_feed_state(found.state)


class Timed:
    """A getter that notes when each answer was complete."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher, self.done = fetcher, 0.0

    async def get(self, url: str, **options: object) -> Response:
        response = await self._fetcher.get(url, **options)  # type: ignore[arg-type]
        self.done = time.perf_counter()
        return response


async def intake(url: str, store: Store) -> list[float]:
    """Poll all feeds; the seconds from received to stored of each."""
    lags: list[float] = []
    limit = anyio.CapacityLimiter(AT_ONCE)

    async def one(number: int, fetcher: Fetcher) -> None:
        async with limit:
            timed = Timed(fetcher)
            spec = FeedSpec(name=f"f{number}", kind="feed", url=f"{url}/{number}")
            found = await PLUGIN.collect(spec, Context(timed, lambda: NOW, FeedState(name=spec.name)))
            assert len(found.items) == ITEMS, found.problems
            save(store, found)
            lags.append(time.perf_counter() - timed.done)

    async with Fetcher(paces={"*": 0}) as fetcher, anyio.create_task_group() as group:
        for number in range(FEEDS):
            group.start_soon(one, number, fetcher)
    return sorted(lags)


def main() -> None:
    """Print all measurements."""
    parsing()
    with tempfile.TemporaryDirectory() as folder, server() as url, open_store(Path(folder) / "bench.db") as store:
        start, worked = time.perf_counter(), time.process_time()
        lags = asyncio.run(intake(url, store))
        span, worked = time.perf_counter() - start, time.process_time() - worked
        stored = store.counts()
    total = FEEDS * ITEMS
    print(f"{FEEDS} feeds over HTTP into the store: {total:,} items in {span:.2f} s, {total / span:,.0f} items/s")
    print(f"  CPU of this process {worked:.2f} s: {total / worked:,.0f} items a CPU second")
    print(
        f"  received to stored: median {lags[len(lags) // 2] * 1e3:.1f} ms, p99 {lags[-len(lags) // 100] * 1e3:.1f} ms"
    )
    print(f"  stored: {stored.get('items')} items, {stored.get('stories')} stories")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    print(f"  peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
