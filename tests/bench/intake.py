"""Measure intake: ``python -m tests.bench.intake``.

Prints EDGAR entries a second parsed (the recorded day when there, else invented pages), feed items a second parsed, and
items a second from 200 feeds over local HTTP (a server process of its own) into the store by the parts that a watch is
made of, without and with classification, the time from received to stored, and the peak memory. All feed content is
invented.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from screener import clock
from screener.collectors.base import Context
from screener.collectors.feed import PLUGIN, parse_feed
from screener.collectors.getcurrent import filing, join, parse_getcurrent
from screener.collectors.openweb import read_lenient
from screener.config import load
from screener.http import Fetcher
from screener.pipeline.watch import QUEUE
from screener.pipeline.watch_writer import WatchWriter
from screener.pipeline.workspace import Workspace
from screener.store.db import open_store
from screener.types import Collected, FeedSpec, FeedState
from tests.collectors.test_edgar import entry, page
from tests.conftest import SHARED
from tests.server.app import WireServer

FEEDS, ITEMS, AT_ONCE = 200, 50, 16
NOW = dt.datetime(2026, 3, 12, 15, 0, tzinfo=dt.UTC)
WORDS = "crane harbour valve polymer turbine sensor antenna reactor lens vaccine cargo fibre pump drone satellite"


def feed_of(number: int) -> bytes:
    """An invented wire feed of ``ITEMS`` entries of about 700 characters, each of another company."""
    draw, entries = random.Random(number), []
    for n in range(ITEMS):
        ticker = "".join(chr(65 + (number * ITEMS + n) // 26**k % 26) for k in range(4))
        name, words = f"{ticker.title()} Corp", " ".join(draw.choices(WORDS.split(), k=70))
        entries.append(
            f"<item><guid>urn:{number}:{n}</guid><title>{name} Announces {' '.join(draw.sample(WORDS.split(), 4))}</title>"
            f"<link>https://ir.example.org/{number}/{n}</link><description><![CDATA[<p>TULSA -- {name} (Nasdaq: {ticker}) "
            f"said:</p><p>{words}</p>]]></description><pubDate>Thu, 12 Mar 2026 13:{n % 60:02d} GMT</pubDate></item>"
        )
    return f'<rss version="2.0"><channel><title>IR {number}</title>{"".join(entries)}</channel></rss>'.encode()


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


async def poll_all(url: str, get: Fetcher, send: MemoryObjectSendStream[Collected]) -> None:
    """Poll each feed once, some at a time, as a watch would."""
    limit = anyio.CapacityLimiter(AT_ONCE)

    async def one(number: int) -> None:
        async with limit:
            spec = FeedSpec(name=f"f{number}", kind="feed", url=f"{url}/{number}")
            found = await PLUGIN.collect(spec, Context(get, clock.now, FeedState(name=spec.name)))
        assert len(found.items) == ITEMS, found.problems
        await send.send(found)

    async with send, anyio.create_task_group() as group:
        for number in range(FEEDS):
            group.start_soon(one, number)


async def keep_all(receive: MemoryObjectReceiveStream[Collected], writer: WatchWriter, lags: list[float]) -> None:
    """Store what comes in the watch's own batches, and note the seconds from received to stored of each feed."""
    async with receive:
        async for first in receive:
            batch = [first]
            while len(batch) < QUEUE and receive.statistics().current_buffer_used:
                batch.append(receive.receive_nowait())
            await anyio.to_thread.run_sync(writer.store, batch)
            lags += [(clock.now() - c.items[0].received).total_seconds() for c in batch]


async def intake(url: str, writer: WatchWriter) -> list[float]:
    """From 200 feeds into the store, by the watch's own parts; the lags in order."""
    lags: list[float] = []
    send, receive = anyio.create_memory_object_stream[Collected](QUEUE)
    async with Fetcher(paces={"*": 0}) as get, anyio.create_task_group() as group:
        group.start_soon(poll_all, url, get, send)
        group.start_soon(keep_all, receive, writer, lags)
    return sorted(lags)


def over_http(folder: Path, url: str) -> None:
    """Print items a second stored, then classified."""
    path, total = folder / "bench.db", FEEDS * ITEMS
    with open_store(path) as store, open_store(path, readonly=True) as ranker:
        workspace = Workspace(settings=load(None, {}), store=store)
        workspace.classifier, workspace.rules  # noqa: B018  loading is not intake
        writer = WatchWriter(workspace, ranker, "both", print)
        start, worked = time.perf_counter(), time.process_time()
        lags = asyncio.run(intake(url, writer))
        span, worked = time.perf_counter() - start, time.process_time() - worked
        began, cpu = time.perf_counter(), time.process_time()
        while writer.tag():
            pass
        tagging, cpu = time.perf_counter() - began, time.process_time() - cpu
        stored = store.counts()
    print(f"{FEEDS} feeds over HTTP into the store: {total:,} items in {span:.2f} s, {total / span:,.0f} items/s")
    print(f"  CPU of this process {worked:.2f} s: {total / worked:,.0f} items a CPU second")
    print(
        f"  received to stored: median {lags[len(lags) // 2] * 1e3:.0f} ms, p99 {lags[-len(lags) // 100] * 1e3:.0f} ms"
    )
    print(f"  stored: {stored['items']} items, {stored['stories']} stories")
    print(f"  classified afterwards: {total / tagging:,.0f} items/s ({total / cpu:,.0f} a CPU second)")
    print(f"  with classification: {total / (span + tagging):,.0f} items/s")


def main() -> None:
    """Print all measurements."""
    parsing()
    with tempfile.TemporaryDirectory() as folder, server() as url:
        over_http(Path(folder), url)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    print(f"  peak memory {peak:.0f} MB; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
