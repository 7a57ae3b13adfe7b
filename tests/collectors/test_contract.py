"""Every collector the registry finds, against what sources do wrong, over real HTTP."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from screener.collectors.base import Collector, Context
from screener.http import Fetcher
from screener.registry import discover
from screener.types import Collected, FeedSpec, FeedState
from tests.contracts import check_collected, check_failed
from tests.server.app import WireServer
from tests.server.fixture import fault_server

__all__ = ["fault_server"]
NOW = dt.datetime(2026, 3, 12, 15, 0, tzinfo=dt.UTC)
COLLECTORS = discover("screener.collectors", Collector)  # type: ignore[type-abstract]
LOCAL = {"file", "folder"}  # these read no network
REMOTE = sorted(set(COLLECTORS) - LOCAL)
REFUSED = ["html", "404", "503", "429", "announced", "gzipbomb", "loop", "private", "empty", "brotli", "notgzip"]


def call(name: str, feed: FeedSpec, as_of: dt.datetime | None = None) -> Collected:
    async def run() -> Collected:
        async with Fetcher(attempts=1, total_timeout=10, paces={"*": 0}, now=lambda: NOW) as fetcher:
            state = FeedState(name=feed.name)
            context = Context(fetcher=fetcher, now=lambda: as_of or NOW, state=state, as_of=as_of)
            return await COLLECTORS[name].collect(feed, context)

    return asyncio.run(run())


def test_the_documented_collectors_are_found() -> None:
    assert {"feed", "edgar", "file", "halts"} <= set(COLLECTORS)
    assert all(plugin.name == name for name, plugin in COLLECTORS.items())


@pytest.mark.parametrize("name", REMOTE)
@pytest.mark.parametrize("fault", REFUSED)
def test_a_source_that_fails_is_a_problem(fault_server: WireServer, name: str, fault: str) -> None:
    feed = FeedSpec(name=f"my_{name}", kind=name, url=f"{fault_server.url}/fault/{fault}")
    if name == "edgar":  # its address is a base: serve the fault where the pages would be
        fault_server.routes["/cgi-bin/browse-edgar"] = fault_server.routes[f"/fault/{fault}"]
        feed = FeedSpec(name="my_edgar", kind=name, url=fault_server.url)
    check_failed(call(name, feed), feed)


@pytest.mark.parametrize("name", REMOTE)
@pytest.mark.parametrize("fault", ["cut", "wrongcharset", "many", "noitems", "bom"])
@pytest.mark.parametrize("as_of", [None, dt.datetime(2025, 12, 12, 13, 30, tzinfo=dt.UTC)])
def test_a_strange_answer_is_never_an_exception(
    fault_server: WireServer, name: str, fault: str, as_of: dt.datetime | None
) -> None:
    feed = FeedSpec(name=f"my_{name}", kind=name, url=f"{fault_server.url}/fault/{fault}")
    check_collected(call(name, feed, as_of), feed, as_of)


@pytest.mark.parametrize("name", sorted(LOCAL & set(COLLECTORS)))
def test_a_missing_file_is_a_problem_that_names_it(name: str) -> None:
    feed = FeedSpec(name="mine", kind=name, options={"path": "/nonexistent/inbox.jsonl"})
    found = call(name, feed)
    check_failed(found, feed)
    assert "/nonexistent/inbox.jsonl" in found.problems[0].message
