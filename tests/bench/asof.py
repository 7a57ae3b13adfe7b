"""CPU of ``screener today`` and ``--as-of`` on a store of 1,000,000 stories and 5 years of lists, beside one of 10,000.

``python -m tests.bench.asof [FOLDER]``; with a folder the stores are kept there and used again. All content is
invented. Building the large store takes some minutes.
"""

from __future__ import annotations

import datetime as dt
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from screener import clock
from screener.store import Store, open_store
from screener.types import Reason, Run, WatchRow

LAST = dt.date(2026, 3, 12)
SIZES = {"small": (10_000, 13), "large": (1_000_000, 1260)}
ROWS, LISTS_A_DAY, RUNS = 150, 2, 9
LIMIT, RATIO = 0.3, 1.2
TEXT = "The company said that its invented product passed another step, which it expects to matter to holders. " * 4
_STORY = (
    "INSERT INTO stories(id, title, text, form, published, first_seen, known_at, company, cik, tickers, items, subjects, "
    "sources, novelty, repeats, confirmed_by, source_facts, replayed, model_id) "
    "VALUES (?, ?, ?, 'PR', ?, ?, ?, 'Invented', NULL, ?, '[]', '[]', '[]', NULL, '', '', '{}', 0, 'bench')"
)
_CATALYST = (
    "INSERT INTO catalysts VALUES (?, 0, ?, 'commercial_contract', 'announced', '+', 0.9, '[]', '{}', 'patterns', ?, ?)"
)


def sessions(count: int) -> list[dt.date]:
    """The last so many sessions, oldest first."""
    days = [LAST]
    while len(days) < count:
        days.append(clock.previous_session(days[-1]))
    return days[::-1]


def stories(count: int, days: list[dt.date]) -> Iterator[tuple[str, str, str, str]]:
    """Id, title, time and ticker of invented stories, spread evenly over the days."""
    for n in range(count):
        day = days[n * len(days) // count]
        moment = clock.open_time(day) + dt.timedelta(seconds=n % 20_000)
        yield f"s{n}", f"Company {n % 6000} wins contract {n}", f"{moment:%Y-%m-%dT%H:%M:%S}.000Z", f"Z{n % 6000}"


def row(run_id: str, day: dt.date, as_of: dt.datetime, n: int) -> WatchRow:
    """A row about as long as a real one."""
    why = tuple(
        Reason(part="catalyst", text=f"reason {i} of {n}, with a few words to it", points=5.0) for i in range(8)
    )
    return WatchRow(
        run_id=run_id, day=day, rank=n + 1, ticker=f"Z{(n * 37 + day.toordinal()) % 6000}", company=f"Invented {n} Inc.",
        exchange="NASDAQ", score=90.0 - n / 2, bullish=50.0, action="Watch", catalyst="commercial_contract",
        polarity="+", headline=f"Invented {n} wins a contract of day {day} worth some words", story_id=f"s{n}",
        url="https://wire.example/1", published=as_of, price=2.0, change_pct=n / 7, reasons=why,
        warnings=("unconfirmed by a filing",), as_of=as_of,
    )  # fmt: skip


def build(path: Path, count: int, days: int) -> None:
    """A store with so many stories and days of lists."""
    span = sessions(days)
    with open_store(path) as store:
        store.connection.execute("PRAGMA synchronous = OFF")
        with store.transaction():
            for i, title, moment, ticker in stories(count, span):
                store.connection.execute(_STORY, (i, title, TEXT, moment, moment, moment, f'["{ticker}"]'))
                store.connection.execute("INSERT INTO story_tickers VALUES (?, ?, ?, 0)", (ticker, moment, i))
                store.connection.execute(_CATALYST, (i, ticker, moment, moment))
        for day in span:
            lists(store, day)


def lists(store: Store, day: dt.date) -> None:
    """The day's lists, from the open on."""
    with store.transaction():
        for n in range(LISTS_A_DAY):
            as_of = clock.open_time(day) + dt.timedelta(hours=n)
            run = Run(id=f"{day}-{n}", started=as_of, as_of=as_of, day=day, rules_digest="r", model_id="bench")
            store.runs.start(run)
            store.lists.save(run, [row(run.id, day, as_of, i + n) for i in range(ROWS)])


def cpu(*args: str) -> float:
    """Median CPU seconds of a command."""
    taken = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "screener", *args], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(taken)


def measure(folder: Path) -> bool:
    """Print the figures; whether all keep to their limits."""
    paths = {name: folder / f"{name}.db" for name in SIZES}
    for name, (count, days) in SIZES.items():
        if not paths[name].is_file():
            start = time.perf_counter()
            build(paths[name], count, days)
            print(f"   {name}: {count:,} stories, {days} days of lists, {time.perf_counter() - start:.0f} s to build, "
                  f"{paths[name].stat().st_size / 1e6:,.0f} MB")  # fmt: skip
    old = clock.previous_session(LAST, 6)
    moment = (clock.open_time(old) + dt.timedelta(minutes=30)).isoformat()
    queries = {
        "today": ("today", "--format", "csv"),
        "today, as a table": ("today",),
        "today --as-of": ("today", "--date", str(old), "--as-of", moment, "--format", "csv"),
    }  # fmt: skip
    good = True
    for title, args in queries.items():
        found = {name: cpu(*args, "--db", str(path)) for name, path in paths.items()}
        ratio = found["large"] / found["small"]
        good &= found["large"] < LIMIT and ratio <= RATIO
        print(f"   {title:<22} {found['small']:.3f} s CPU small, {found['large']:.3f} s large, ratio {ratio:.2f}")
    return good


def main(folder: str = "") -> None:
    """Build what is missing and measure."""
    if folder:
        good = measure(Path(folder))
    else:
        with tempfile.TemporaryDirectory() as made:
            good = measure(Path(made))
    if not good:
        raise SystemExit(f"over the limit of {LIMIT} s or {RATIO} times the small store")


if __name__ == "__main__":
    main(*sys.argv[1:])
