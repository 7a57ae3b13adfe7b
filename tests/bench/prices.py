"""Half a year of the whole market into the store, and the measures of one day's universe."""

from __future__ import annotations

import datetime as dt
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from screener import clock
from screener.prices.file import count_rows, iter_rows
from screener.prices.measures import compute_moves
from screener.store import open_store
from screener.types import Bar, Problem

ROOT = Path(__file__).resolve().parents[2]
RECORDED = (
    Path(os.environ.get("SCREENER_TEST_DATA", ROOT.parent / "shared" / "data")) / "prices" / "daily_2025H2.parquet"
)
DAY = dt.date(2025, 12, 12)
TICKERS, SESSIONS, BATCH = 4_000, 252, 20_000


def invented(path: Path) -> Path:
    """A Parquet file of the recorded one's size with invented tickers and prices."""
    import polars as pl

    draw = random.Random(7)
    days = [DAY]
    while len(days) < 148:
        days.append(clock.previous_session(days[-1]))
    tickers = [f"Q{i:04d}".translate(str.maketrans("0123456789", "ABCDEFGHIJ")) for i in range(7_000)]
    rows = {"ticker": tickers * len(days), "date": [d for d in days for _ in tickers]}
    n = len(rows["ticker"])
    frame = pl.DataFrame(rows).with_columns(
        close=pl.Series([draw.uniform(0.5, 90) for _ in range(n)]),
        change_pct=pl.Series([draw.gauss(0, 3) for _ in range(n)]),
        volume=pl.Series([draw.randrange(1_000_000) for _ in range(n)]),
        market_cap=pl.Series([draw.randrange(10**6, 10**10) for _ in range(n)]),
    )
    frame.write_parquet(path)
    return path


def load(source: Path, database: Path) -> None:
    """Load the file twice and print time, size and peak memory; runs in a process of its own."""
    for turn in ("first load", "second load"):
        started, problems = time.perf_counter(), list[Problem]()
        with open_store(database) as store, store.transaction():
            rows, changed = iter_rows(source, problems), 0
            while batch := list(islice(rows, BATCH)):
                changed += store.bars.save_rows(batch)
        took = time.perf_counter() - started
        size = sum(p.stat().st_size for p in database.parent.glob(database.name + "*")) / 1e6
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"   {turn}: {took:.1f} s, {changed:,} changed, {size:.0f} MB on disk, peak memory {peak:.0f} MB")


def universe() -> dict[str, list[Bar]]:
    """A year of invented bars for 4,000 tickers, one reverse split in forty of them."""
    draw = random.Random(11)
    days = [DAY]
    while len(days) < SESSIONS + 1:
        days.append(clock.previous_session(days[-1]))
    days.reverse()
    ends = [clock.close_time(d) for d in days]
    found = {}
    for i in range(TICKERS):
        close, bars = draw.uniform(1, 50), []
        split = draw.randrange(SESSIONS) if i % 40 == 0 else -1
        for n, (day, end) in enumerate(zip(days, ends, strict=True)):
            change = draw.gauss(0, 4)
            close *= (1 + change / 100) * (20 if n == split else 1)
            bars.append(
                Bar(ticker=f"Q{i}", day=day, open=close, high=close * 1.02, low=close * 0.98, close=close,
                    volume=draw.uniform(1e4, 1e6), change_pct=change, market_cap=close * 1e7, source="bench", known_at=end)
            )  # fmt: skip
        found[f"Q{i}"] = bars
    return found


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        source = RECORDED if RECORDED.is_file() else invented(Path(folder) / "bars.parquet")
        started, problems = time.perf_counter(), list[Problem]()
        n = sum(1 for _ in iter_rows(source, problems))
        took = time.perf_counter() - started
        print(f"   reading {n:,} of {count_rows(source):,} rows: {took:.1f} s, {len(problems)} problems", flush=True)
        command = [sys.executable, "-m", "tests.bench.prices", str(source), str(Path(folder) / "bench.db")]
        subprocess.run(command, check=True, cwd=ROOT)
    history = universe()
    started = time.process_time()
    moves = compute_moves(history, clock.close_time(DAY), benchmark=history["Q1"], day=DAY)
    took = time.process_time() - started
    known = sum(
        m.rvol is not None and m.abnormal_pct is not None and m.high_52w_pct is not None for m in moves.values()
    )
    print(f"   measures of {len(moves):,} tickers over {SESSIONS} sessions: {took:.2f} s of CPU, {known:,} complete")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        load(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        main()
