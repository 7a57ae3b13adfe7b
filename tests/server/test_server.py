"""The stand-in server against its recordings: what it serves is what the sources gave."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from screener.collectors.base import Context
from screener.collectors.feed import PLUGIN
from screener.collectors.text import one_line
from screener.http import Fetcher
from screener.types import Collected, FeedSpec, FeedState
from tests.contracts import check_collected
from tests.server.app import WireServer
from tests.server.fixture import wire_server
from tests.server.wires import BW, GNW, PATHS, PRN, add_wires

__all__ = ["wire_server"]
ROOT = Path(__file__).resolve().parents[2]
AFTER = dt.datetime(2025, 12, 12, 23, 10, tzinfo=dt.UTC)


def poll(url: str, state: FeedState | None = None, now: dt.datetime = AFTER, replay: bool = False) -> Collected:
    feed = FeedSpec(name="wire", kind="feed", url=url, options={"languages": ["en"]})

    async def run() -> Collected:
        async with Fetcher(attempts=1, paces={"*": 0}, now=lambda: now) as fetcher:
            as_of = now if replay else None
            return await PLUGIN.collect(
                feed, Context(fetcher, lambda: now, state or FeedState(name="wire"), as_of=as_of)
            )

    found = asyncio.run(run())
    check_collected(found, feed, now if replay else None)
    return found


def fetch(url: str, **options: Any) -> Any:
    async def run() -> Any:
        async with Fetcher(attempts=1, paces={"*": 0}) as fetcher:
            return await fetcher.get(url, **options)

    return asyncio.run(run())


@pytest.mark.parametrize("wire", [GNW, PRN, BW])
def test_every_release_of_the_two_days_comes_through(shared: Path, wire: str) -> None:
    with WireServer() as server:
        wires = add_wires(server, shared, ["2025-12-11", "2025-12-12"])
        rows = wires.shown(wire)
        found = poll(server.url + PATHS[wire], replay=True)
    assert [i.title for i in found.items] == [one_line(r["title"]) for r in rows] and len(rows) > 5
    for item, row in zip(found.items, rows, strict=True):
        exact = dt.datetime.fromisoformat(row["published"])
        assert item.published == (exact.replace(second=0) if wire == GNW else exact)  # GlobeNewswire writes no seconds
        told = " ".join(item.ticker_hints) + item.title + item.summary
        assert not row["tickers"] or row["tickers"][0] in told
        assert "feedref" not in item.url


def test_the_three_wires_share_the_thirty_releases(shared: Path) -> None:
    with WireServer() as server:
        wires = add_wires(server, shared, ["2025-12-11", "2025-12-12"])
        assert sum(len(wires.shown(w)) for w in PATHS) == 30


def test_undated_releases_come_without_a_date(shared: Path) -> None:
    with WireServer() as server:
        wires = add_wires(server, shared, ["2025-12-12"], undated=True)
        items = [i for w in PATHS for i in poll(server.url + PATHS[w], replay=True).items]
        assert (
            sum(i.published is None for i in items)
            == sum(not r["published"] for w in PATHS for r in wires.shown(w))
            == 5
        )


def test_small_windows_through_the_days_lose_nothing_unnoticed(shared: Path) -> None:
    days = [f"2025-12-{d:02d}" for d in range(1, 13)]
    with WireServer() as server:
        wires = add_wires(server, shared, days, window=8)
        state, got, gaps = FeedState(name="wire"), set[str](), 0
        for hours in range(0, 12 * 24, 3):
            wires.at = dt.datetime(2025, 12, 1, tzinfo=dt.UTC) + dt.timedelta(hours=hours)
            found = poll(server.url + PATHS[GNW], state, wires.at)
            assert found.state is not None
            got |= {i.source_id for i in found.items}
            gaps += any(p.kind == "gap" for p in found.problems)
            state = found.state
        wires.window = 0
        everything = len(wires.shown(GNW))
    lost = everything - len(got)
    assert everything > 50 and (lost == 0 or gaps > 0), (everything, lost, gaps)


def test_edgar_pages_are_byte_for_byte(wire_server: WireServer, shared: Path) -> None:
    folder = shared / "edgar" / "getcurrent" / "2025-12-12T2303Z"
    recorded = next(folder.glob("050__*.atom.xml"))
    url = f"{wire_server.url}/cgi-bin/browse-edgar?action=getcurrent&start=5000&count=100&output=atom"
    got = fetch(url)
    assert got.body == recorded.read_bytes() and got.headers["x-content-type-options"] == "nosniff"
    assert fetch(url, etag=got.etag).not_modified


def test_the_ticker_table(wire_server: WireServer) -> None:
    table = json.loads(fetch(wire_server.url + "/files/company_tickers_exchange.json").body)
    assert table["fields"] == ["cik", "name", "ticker", "exchange"] and len(table["data"]) > 9000


def test_it_starts_from_the_command_line(shared: Path) -> None:
    command = [sys.executable, "-u", "-m", "tests.server", "--data", str(shared), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(5)]
        finally:
            process.terminate()
    assert "SCREENER_EDGAR__BASE_URL=http://127.0.0.1:" in lines[1]
    assert "SCREENER_FEEDS__BUSINESSWIRE__URL=" in "".join(lines)
