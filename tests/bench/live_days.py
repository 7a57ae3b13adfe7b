"""Lists made live against their replay: ``python -m tests.bench.live_days [FROM TO]`` (2025-11-03 2025-12-18).

The recorded relay headlines and bars. Live: one database, `run --items --as-of` before each open and after each close,
each time with the news and the bars that were there by then. Replay: the same items through `backfill` into an archive,
all bars at once, and the lists made afterwards. Printed: how many rows are the same in every field, and the others.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

import msgspec

from screener import clock, config
from screener.classify.pipeline import Classifier
from screener.clock import Clock
from screener.entities.tickers import parse_table
from screener.parquet import polars
from screener.pipeline.history.call import Call, run_backfill
from screener.pipeline.history.replay import (
    PHASES,
    PastList,
    Phase,
    moment_of,
    past_workspace,
    replay,
    sessions,
    stored_lists,
)  # fmt: skip
from screener.pipeline.history.sources import BackfillSources
from screener.pipeline.run import Plan, run_once
from screener.pipeline.workspace import Workspace
from screener.store import Store, open_store
from screener.types import WatchRow
from tests.bench.ranking import releases
from tests.conftest import SHARED

Bars = Callable[[dt.date, Phase], Path]
BEFORE = dt.timedelta(days=60)


def make_live(
    store: Store, days: Sequence[dt.date], items: Path, bars: Bars, classifier: Classifier | None = None
) -> None:
    """Do the runs of these days one after the other, as somebody would who sat there; ``bars`` gives what is new."""
    for day in days:
        for phase in PHASES:
            moment = Clock(moment_of(day, phase))
            workspace = Workspace(settings=config.Settings(), store=store, clock=moment, classifier=classifier)
            run_once(workspace, Plan(items=(items,), prices=(str(bars(day, phase)),)))


def differences(live: Sequence[PastList], again: Sequence[PastList]) -> Iterator[tuple[PastList, str, list[str]]]:
    """What differs, by list and ticker: the fields, all but the run's own id."""
    stood = {(one.day, one.phase): one for one in live}
    for one in again:
        made = stood.get((one.day, one.phase))
        for a, b in zip_longest(made.rows if made else (), one.rows):
            if (told := _changed(a, b)) != []:
                row = b or a
                assert row is not None
                yield one, row.ticker, told


def _changed(live: WatchRow | None, again: WatchRow | None) -> list[str]:
    if live is None or again is None:
        return ["only replayed" if live is None else "only live"]
    names = (n for n in WatchRow.__struct_fields__ if n not in ("run_id", "as_of", "day"))
    return [
        f"{n}: {getattr(live, n)!r} / {getattr(again, n)!r}" for n in names if getattr(live, n) != getattr(again, n)
    ]


def day_files(folder: Path, days: Sequence[dt.date], prices: Path) -> Bars:
    """Bars by session as CSV files; before the first open, those of the weeks before."""
    pl = polars()
    frame = pl.read_parquet(prices)
    early = frame.filter((pl.col("date") < days[0]) & (pl.col("date") >= days[0] - BEFORE))
    early.write_csv(folder / "early.csv")
    for day in days:
        frame.filter(pl.col("date") == day).write_csv(folder / f"{day}.csv")

    def of(day: dt.date, phase: Phase) -> Path:
        told = day if phase == "after" else clock.previous_session(day)
        return folder / ("early.csv" if told < days[0] else f"{told}.csv")

    return of


def main(arguments: Sequence[str] = ()) -> None:
    """Make both and print how they compare."""
    first, last = (dt.date.fromisoformat(a) for a in arguments or ("2025-11-03", "2025-12-18"))
    days = sessions(first, last)
    prices = SHARED / "prices" / "daily_2025H2_corrected.parquet"
    with tempfile.TemporaryDirectory() as name, open_store(Path(name) / "live.db") as live:
        folder = Path(name)
        with live.transaction():
            table = (SHARED / "tickers" / "company_tickers_exchange.json").read_bytes()
            live.listings.replace(parse_table(table, "company_tickers_exchange.json"), moment_of(first, "before"))
        items = folder / "items.jsonl"
        items.write_bytes(
            b"".join(msgspec.json.encode(i) + b"\n" for i in releases(SHARED / "wires" / "releases.jsonl.gz"))
        )
        bars, start = day_files(folder, days, prices), time.process_time()
        make_live(live, days, items, bars)
        print(f"{2 * len(days)} runs, {time.process_time() - start:,.0f} s of processor", flush=True)
        own = Workspace(settings=config.Settings(), store=live)
        made, start = list(stored_lists(own, days)), time.process_time()
        run_backfill(own, folder / "archive", Call(sources=BackfillSources(items=(items,)), workers=0))
        later = folder / "later.csv"  # from the same day on as the live store: what is older counts in averages
        polars().read_parquet(prices).filter(polars().col("date") >= first - BEFORE).write_csv(later)
        with past_workspace(own, first, last, folder / "archive", [later]) as (past, _):
            again = list(replay(past, days))
        print(f"backfill and replay, {time.process_time() - start:,.0f} s of processor", flush=True)
    found = list(differences(made, again))
    rows = sum(len(one.rows) for one in again)
    print(f"{len(made)} live lists, {len(again)} replayed, {rows:,} rows: {len(found)} differ")
    for one, ticker, told in found[:40]:
        print(f"   {one.day} {one.phase} {ticker}: {'; '.join(told)[:600]}")


if __name__ == "__main__":
    main(sys.argv[1:])
