"""Replay the recorded day 2025-12-12 in order of time and list its alerts: ``python -m tests.bench.replay_day``.

Items come in the order of their publication, each at its own minute; the day is ranked whenever something came and at
the open and the close, as a watch would, and the outbox decides with the clock of that minute. Prices are daily bars:
before the close a row is measured against the day before (the recording has no prices inside the day). At the end: what
each alerted ticker did that day, and what moved on the list without an alert. Reads ``../shared/data``; prints only.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import anyio
import msgspec

from screener import clock
from screener.clock import Clock, eastern
from screener.config import Alerts, Edgar, FeedSettings, Settings
from screener.outputs.alerts.content import label, news_text
from screener.pipeline import pricing
from screener.pipeline.alerts.decision import Arrival, queue_alerts
from screener.pipeline.collecting import poll, ticker_table
from screener.pipeline.intake.taking import Intake
from screener.pipeline.ranking import rank_day
from screener.pipeline.workspace import Workspace
from screener.store import open_store
from screener.types import Alert, Item, WatchRow
from tests.conftest import SHARED
from tests.server.app import WireServer
from tests.server.day import add_edgar
from tests.server.wires import add_wires

DAY = dt.date(2025, 12, 12)
END = dt.datetime(2025, 12, 12, 23, 10, tzinfo=dt.UTC)
DAYS = ["2025-12-11", "2025-12-12"]
MOVED, TRADED = 15.0, 3.0


def releases() -> Iterator[Item]:
    """The day's releases with a publication time, received when they were published."""
    with gzip.open(SHARED / "wires" / "releases.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            r = json.loads(line)
            if r["published"][:10] in DAYS:
                at = clock.parse_time(r["published"].replace("Z", "+00:00"))
                yield Item(
                    source=r["wire"], source_id=r["id"], url=r["url"] or "", title=r["title"], body=r["body"] or "",
                    published=at, received=at, ticker_hints=tuple(r["tickers"]), subjects=tuple(r["subjects"]), replayed=True,
                )  # fmt: skip


def collected(workspace: Workspace) -> list[Item]:
    """Everything of the day: EDGAR, three wires over HTTP, and the releases of no known wire."""

    async def read() -> list[Item]:
        feeds = workspace.chosen_feeds(("edgar", "globenewswire", "prnewswire", "businesswire"))
        async with poll.fetcher(workspace, feeds) as get:
            await ticker_table.refresh(workspace, get)
            found = await poll.collect_all(workspace, feeds, get)
        return [i for c in found for i in c.items]

    return [*anyio.run(read), *releases()]


def replay(workspace: Workspace, items: Iterable[Item], prices: Path, say: bool) -> list[WatchRow]:
    """Feed the items minute by minute; returns the list at the end."""
    pricing.load_file(workspace, prices)
    start, _ = clock.news_window(DAY)
    ordered = sorted((i for i in items if i.received <= END), key=lambda i: i.received)
    extra = [clock.open_time(DAY), clock.close_time(DAY) + dt.timedelta(minutes=1), END]
    moments = {m: list(g) for m, g in groupby(ordered, lambda i: i.received.replace(second=0, microsecond=0))}
    intake, rows, began = Intake(workspace), [], time.perf_counter()
    for moment in sorted({*moments, *extra}):
        now = moment + dt.timedelta(minutes=1)
        workspace.clock = Clock(now)
        taken = intake.take(moments.get(moment, []))
        if now <= start or not (taken.items or moment in extra):
            continue
        rows = rank_day(workspace, "replay", clock.session_day(now), now)
        with workspace.store.transaction():
            arrival = Arrival(touched=frozenset(taken.touched), classified=now, ranked=now)
            made = queue_alerts(workspace.store, workspace.settings, rows, arrival, now)
        for alert in made if say else ():
            print(line(alert), flush=True)
    print(f"# {len(ordered)} items, {len(moments)} minutes in {time.perf_counter() - began:.0f} s")
    return rows


def line(alert: Alert) -> str:
    """One alert as one line."""
    row = alert.row
    lag = (alert.created - row.published).total_seconds() / 60 if row.published else 0.0
    what = f"update {alert.update}: {news_text(alert)}" if alert.update else label(row)
    held = f" HELD {alert.reason}" if alert.reason else ""
    return (
        f"{eastern(alert.created)[5:16]} {row.ticker:<6}{row.polarity} {row.score:>4.0f} {row.level:<8} "
        f"{row.confidence:.2f} {lag:>5.0f} min  {what}{held}"
        f" | {row.headline[:90]} | {'; '.join(alert.words)[:60]} | {'; '.join(row.warnings)[:90]}"
    )


def judge(alerts: list[Alert], rows: list[WatchRow]) -> None:
    """What the alerted did, and what moved on the list unalerted."""
    told = {a.row.ticker for a in alerts if a.state != "muted"}
    last = {r.ticker: r for r in rows}
    print(f"# {len(alerts)} alerts of {len(told)} tickers; {sum(bool(a.update) for a in alerts)} updates")
    print("# alerted, by the day's move:")
    for t in sorted(told, key=lambda t: -abs(last[t].change_pct or 0) if t in last else 0):
        r = last.get(t)
        print(f"   {t:<6} " + ("left the list" if r is None else f"{_move(r)} {label(r)} | {r.headline[:80]}"))
    print(f"# on the list, moved {MOVED:g} % or {TRADED:g} times the volume, not alerted:")
    for r in rows:
        if r.ticker not in told and (abs(r.change_pct or 0) >= MOVED or (r.rvol or 0) >= TRADED):
            print(f"   {r.ticker:<6} {_move(r)} score {r.score:.0f} {r.level} {label(r)} | {r.headline[:80]}")


def _move(r: WatchRow) -> str:
    cap = f"{r.market_cap / 1e6:.0f}M" if r.market_cap else "?"
    return f"{r.change_pct if r.change_pct is not None else float('nan'):+7.1f} % rvol {r.rvol or float('nan'):5.1f} cap {cap}"


def main() -> None:
    """Replay and print."""
    if not SHARED.is_dir():
        raise SystemExit(f"the recorded day is not at {SHARED}")
    changes = {k: msgspec.json.decode(v) for k, _, v in (a.partition("=") for a in sys.argv[1:] if "=" in a)}
    alerts = Alerts(**{"urls": ("jsonl:-",), **changes})
    with tempfile.TemporaryDirectory() as folder, WireServer() as server:
        add_edgar(server, SHARED)
        add_wires(server, SHARED, DAYS)
        urls = {n: FeedSettings(url=f"{server.url}/{n}.xml") for n in ("globenewswire", "prnewswire", "businesswire")}
        edgar = Edgar(base_url=server.url, fetch_filings=False, contact="replay replay@example.com")
        settings = Settings(edgar=edgar, feeds=urls, alerts=alerts)
        with open_store(Path(folder) / "day.db") as store:
            workspace = Workspace(settings=settings, store=store, clock=Clock(END))
            items = collected(workspace)
            rows = replay(workspace, items, SHARED / "prices" / "daily_2025-11-10_2025-12-12.csv.gz", True)
            judge(store.outbox.alerts(limit=10_000), rows)


if __name__ == "__main__":
    main()
