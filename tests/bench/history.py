"""Queries on a long history: ``python -m tests.bench.history [STORIES]...`` (10,000 and 100,000).

Stories are invented, ``A_DAY`` a day, so more of them reach further back. Printed for each size: how fast they load, how
large the database is, and the median time of what people ask: a day's stories, a ticker's past, the calendar, a search
for a common and a rare word, the newest of a catalyst type.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from screener import clock
from screener.store import Store, open_store
from screener.store.spans import Past
from screener.types import Catalyst, Classified, Item, SourceRef, Span, Story

END = dt.datetime(2026, 3, 12, 20, tzinfo=dt.UTC)
A_DAY, TICKERS, ROUNDS = 400, 4_000, 15
TYPES = ("reverse_split", "equity_offering", "commercial_contract", "clinical_readout", "regulatory_date", "results")
WORDS = (
    "crane", "harbour", "valve", "polymer", "turbine", "sensor", "antenna", "reactor", "lens", "vaccine", "cargo", "fibre",
    "pump", "drone", "satellite",
)  # fmt: skip


def pasts(count: int) -> Iterator[Past]:
    """Invented stories, oldest first, each with one catalyst; one in eight names a date some weeks ahead."""
    draw = random.Random(7)
    for n in range(count):
        at = END - dt.timedelta(minutes=(count - n) * 1440 / A_DAY)
        ticker = f"Q{draw.randrange(TICKERS):04d}".translate(str.maketrans("0123456789", "ABCDEFGHIJ"))
        kind, rare = TYPES[n % len(TYPES)], "zyzzyva" if n % 5_000 == 0 else "maker"
        title = f"{ticker.title()} Corp Announces {' '.join(draw.sample(WORDS, 3)).title()} {n}"
        text = f"{title}. The {rare} said: " + " ".join(draw.choices(WORDS, k=60))
        ref = SourceRef(source="wire", source_id=str(n), received=at, published=at)
        ahead = (at.date() + dt.timedelta(days=draw.randrange(5, 90))).isoformat()
        key = hashlib.sha256(b"%d" % n).hexdigest()[:16]  # as real ids are: nothing is stored in their order
        story = Story(id=key, title=title, text=text, published=at, first_seen=at, sources=(ref,), tickers=(ticker,))
        catalyst = Catalyst(
            story_id=story.id, ticker=ticker, type=kind, confidence=0.9, facts={"pdufa_date": ahead} if n % 8 == 0 else {},
            evidence=(Span(field="title", start=0, end=5, text=title[:5]),), made_by="patterns",
        )  # fmt: skip
        item = Item(source="wire", source_id=str(n), title=title, body=text, published=at, received=at)
        found = Classified(story_id=story.id, catalysts=(catalyst,))
        yield Past(story=story, known_at=at, items=(item,), found=found, model_id="bench")


def load(store: Store, count: int) -> None:
    """Load them and print how it went."""
    stream, start, cpu = pasts(count), time.perf_counter(), time.process_time()
    while batch := list(islice(stream, 2_000)):
        with store.transaction():
            store.spans.load(batch)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    size = store.path.stat().st_size / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count:,} stories loaded in {wall:,.1f} s ({count / cpu:,.0f} a second of processor), {size:,.0f} MB, "
        f"{size * 1e3 / count:.1f} kB a story, peak {peak:,.0f} MB",
        flush=True,
    )


def questions(store: Store) -> dict[str, Callable[[], object]]:
    """What people ask, by name."""
    start, end = clock.news_window(dt.date(2026, 3, 12))
    ticker = "QABCD"
    day = END.date()
    return {
        "stories of a day": lambda: list(store.stories.window(start, min(end, END), END)),
        "past of a ticker": lambda: store.catalysts.past_of(ticker, END - dt.timedelta(days=1096), END),
        "calendar, 45 days": lambda: store.calendar.dates(day, day + dt.timedelta(days=45), END),
        "search, common word": lambda: store.search.stories("announces"),
        "search, two common": lambda: store.search.stories("announces crane"),
        "search, rare word": lambda: store.search.stories("zyzzyva"),
        "newest of a type": lambda: store.occurrences.of_type("reverse_split", END, 50),
    }


def main(arguments: Sequence[str] = ()) -> None:
    """Measure every size in a database of its own."""
    found: dict[int, dict[str, float]] = {}
    for count in [int(a) for a in arguments] or [10_000, 100_000]:
        with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "h.db") as store:
            load(store, count)
            found[count] = {name: _median(ask) for name, ask in questions(store).items()}
    print("milliseconds".ljust(24) + "".join(f"{n:>14,}" for n in found))
    for name in next(iter(found.values())):
        print(name.ljust(24) + "".join(f"{times[name]:>14.1f}" for times in found.values()))


def _median(ask: Callable[[], object]) -> float:
    """Of processor time: others may be at work."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        ask()
        times.append((time.process_time() - start) * 1e3)
    return statistics.median(times)


if __name__ == "__main__":
    main(sys.argv[1:])
