"""Backfill of many items: ``python -m tests.bench.backfill [ITEMS] [WORKERS]...`` (100,000 items; 0 and 2 workers).

The recorded releases (without them the invented items of the labels) are repeated with other companies, amounts and
dates, over as many months as they need. Printed for
each number of workers: items a second by the wall and by processor time, the peak memory of one process, and whether
the bytes are the same. ``--wordings`` leaves the model out.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import re
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from screener import config
from screener.pipeline.history.call import Call, run_backfill
from screener.pipeline.history.sources import BackfillSources
from screener.pipeline.workspace import Workspace
from screener.store import open_store
from tests.conftest import SHARED

START = dt.datetime(2019, 1, 2, 12, tzinfo=dt.UTC)
_NAME = re.compile(r"[A-Z][a-z]{3,}")
_AMOUNT = re.compile(r"(?<=\.)[0-9]{1,2}\b")
A_DAY = 400
"""Items a day: what the wires and EDGAR's news forms bring of small caps."""


def corpus() -> list[dict[str, object]]:
    """The recorded releases that name a ticker; where they are not at hand, the invented items of the labels."""
    place = SHARED / "wires" / "releases.jsonl.gz"
    if place.is_file():
        with gzip.open(place, "rt", encoding="utf-8") as lines:
            return [row for row in map(json.loads, lines) if row["tickers"]]
    labels = (Path(__file__).parents[2] / "data" / "labels" / "invented.jsonl").read_text(encoding="utf-8")
    rows = map(json.loads, labels.splitlines())
    return [
        {"wire": "examplewire", "id": r["id"], "title": r["title"], "body": r["text"], "subjects": [], "url": ""}
        for r in rows
        if not r["title"].startswith(("8-K", "6-K", "424B", "S-", "SC "))
    ]


def another(text: str, old: str, new: str, again: int) -> str:
    """A text of another company with other amounts, so that none is read twice and nothing can be remembered."""
    told = text.replace(old, new) if old else text
    return _AMOUNT.sub(lambda m: f"{m.group()}{again % 90 + 10}", told)


def invented(count: int) -> Iterator[bytes]:
    """As many items, each one of the corpus of another company at another time."""
    rows = corpus()
    for n in range(count):
        row, again = rows[n % len(rows)], n // len(rows)
        code = hashlib.sha256(f"{row['id']}{again}".encode()).hexdigest()[:4]
        ticker = "Q" + code[:3].upper().translate(str.maketrans("0123456789", "GHIJKLMNOP"))
        title = str(row["title"])
        first = _NAME.match(title)
        old = first.group() if first else ""
        new = f"{ticker.title()}{code.translate(str.maketrans('0123456789', 'ghijklmnop'))}"
        at = START + dt.timedelta(days=n // A_DAY, minutes=(n % A_DAY) * 3)
        yield msgspec.json.encode(
            {
                "source": row["wire"], "source_id": f"{row['id']}-{again}", "title": another(title, old, new, again),
                "body": another(str(row["body"]), old, new, again), "published": at, "ticker_hints": [ticker],
                "subjects": row["subjects"], "url": row["url"],
            }
        ) + b"\n"  # fmt: skip


def measure(items: Path, archive: Path, workers: int, count: int, *, wordings: bool) -> dict[str, str]:
    """Backfill once and print what it took; the bytes of the tables."""
    with open_store(archive.parent / "own.db") as store:
        workspace = Workspace(settings=config.Settings(), store=store)
        call = Call(sources=BackfillSources(items=(items,)), workers=workers, wordings_only=wordings)
        before, start = _used(), time.perf_counter()
        outcome = run_backfill(workspace, archive, call)
        wall, cpu = time.perf_counter() - start, _used() - before
    who = resource.RUSAGE_CHILDREN if workers else resource.RUSAGE_SELF
    peak = resource.getrusage(who).ru_maxrss / 1024
    size = sum(p.stat().st_size for p in archive.rglob("*.parquet")) / 1e6
    print(
        f"{workers} workers: {count:,} items, {sum(m.stories for m in outcome.months):,} stories in {wall:,.1f} s "
        f"({count / wall:,.0f} a second), {cpu:,.1f} s of processor ({count / cpu:,.0f} a second), "
        f"peak {peak:,.0f} MB, {size:,.1f} MB of Parquet",
        flush=True,
    )
    return {str(p.relative_to(archive)): hashlib.sha256(p.read_bytes()).hexdigest() for p in archive.rglob("*.parquet")}


def _used() -> float:
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(f.ru_utime + f.ru_stime for f in found)


def main(arguments: Sequence[str] = ()) -> None:
    """Measure every number of workers on the same items."""
    numbers = [int(a) for a in arguments if a.isdigit()]
    count, workers = (numbers or [100_000])[0], numbers[1:] or [0, 2]
    with tempfile.TemporaryDirectory() as folder:
        items = Path(folder) / "items.jsonl"
        with items.open("wb") as out:
            out.writelines(invented(count))
        print(f"{count:,} items, {items.stat().st_size / 1e6:,.1f} MB", flush=True)
        found = [
            measure(items, Path(folder) / f"archive-{n}", n, count, wordings="--wordings" in arguments) for n in workers
        ]
    print("the same bytes" if all(f == found[0] for f in found) else "NOT the same bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
