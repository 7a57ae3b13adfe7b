"""A burst over HTTP: ``python -m tests.bench.burst [SECONDS]``.

1,000 invented filings and 500 releases on five wires of 20 items come out within a minute (or SECONDS); the collectors
poll and store them. Prints the time from the last byte received to stored, how late polls began, and what was lost.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import anyio

from screener.clock import now
from screener.collectors.base import Collector, Context
from screener.collectors.edgar import PLUGIN as EDGAR
from screener.collectors.feed import PLUGIN as FEED
from screener.http import Fetcher
from screener.store.db import Store, open_store
from screener.types import Collected, FeedSpec, FeedState
from tests.bench.intake import Timed, story_of
from tests.collectors.test_edgar import entry, page
from tests.server.app import Reply, Request, WireServer
from tests.server.faults import rss

FILINGS, WIRES, RELEASES, WINDOW = 1000, 5, 100, 20
EVERY = {"edgar": 5.0, "wire": 3.0}


def serve(pipe: Connection, seconds: float) -> None:
    """The server process; its minute begins with the word on the pipe."""
    entries = [entry(n) for n in range(FILINGS)]
    with WireServer() as server:
        begun = float("inf")

        def share(total: int) -> int:
            return max(0, min(total, int(total * (time.monotonic() - begun) / seconds)))

        def edgar(request: Request) -> Reply:
            start, out = int(request.query["start"]), share(FILINGS)
            shown = entries[:out][::-1][start : start + 100]
            return Reply(page(*shown)) if shown or start == 0 else Reply(b"", 503, etag=False)

        def wire(_: Request) -> Reply:
            out = share(RELEASES)
            return Reply(rss(min(out, WINDOW), start=max(0, out - WINDOW)))

        server.route("/cgi-bin/browse-edgar", edgar)
        for number in range(WIRES):
            server.route(f"/{number}", wire)
        pipe.send(server.url)
        pipe.recv()
        begun = time.monotonic()
        pipe.recv()


class Burst:
    """The polls of one burst and what they measured."""

    def __init__(self, store: Store, fetcher: Fetcher, end: float) -> None:
        self.store, self.fetcher, self.end = store, fetcher, end
        self.lags: list[float] = []
        self.late: list[float] = []
        self.problems: list[str] = []

    async def poll(self, collector: Collector, spec: FeedSpec) -> None:
        """Poll a feed on its cadence until the end."""
        state, due = FeedState(name=spec.name), time.perf_counter()
        while due < self.end:
            await anyio.sleep(max(0.0, due - time.perf_counter()))
            self.late.append(time.perf_counter() - due)
            timed = Timed(self.fetcher)
            known = self.store.news.known_accessions
            found = await collector.collect(spec, Context(timed, now, state, known=known))
            state = found.state or state
            self.save(found)
            self.lags += [time.perf_counter() - timed.done] * (len(found.items) or 1)
            self.problems += [p.kind for p in found.problems]
            due += spec.every

    def save(self, found: Collected) -> None:
        """One poll in one transaction."""
        with self.store.transaction():
            for item in found.items:
                self.store.news.save_story(story_of(item), item.received)
            self.store.news.add_items((i, f"{i.source}:{i.source_id}") for i in found.items)
            self.store.news.add_filings(found.filings)
            if found.state:
                self.store.news.save_feed_state(found.state)


async def run(url: str, store: Store, seconds: float) -> Burst:
    """Poll EDGAR and the wires until a little after the burst."""
    async with Fetcher(paces={"*": 0}) as fetcher:
        burst = Burst(store, fetcher, time.perf_counter() + seconds + max(EVERY.values()))
        async with anyio.create_task_group() as group:
            edgar = FeedSpec(name="edgar", kind="edgar", url=url, every=EVERY["edgar"], options={"lookback_days": 3650})
            group.start_soon(burst.poll, EDGAR, edgar)
            for number in range(WIRES):
                spec = FeedSpec(name=f"w{number}", kind="feed", url=f"{url}/{number}", every=EVERY["wire"])
                group.start_soon(burst.poll, FEED, spec)
    return burst


def main(seconds: float = 60.0) -> None:
    """Run the burst and print."""
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=serve, args=(theirs, seconds), daemon=True)
    process.start()
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "bench.db") as store:
        url = ours.recv()
        ours.send("begin")
        burst = asyncio.run(run(url, store, seconds))
        ours.send("end")
        process.join()
        counts = store.counts()
    lags, late = sorted(burst.lags), sorted(burst.late)
    print(f"burst of {seconds:g} s: {counts['filings']} filings of {FILINGS}, {counts['items']} items stored")
    print(
        f"  received to stored: median {lags[len(lags) // 2] * 1e3:.1f} ms, p99 {lags[-len(lags) // 100] * 1e3:.1f} ms"
    )
    print(
        f"  polls: {len(late)}, begun late by p99 {late[-len(late) // 100] * 1e3:.1f} ms, at most {late[-1] * 1e3:.1f} ms"
    )
    print(f"  problems: {dict.fromkeys(burst.problems) or 'none'}")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))
