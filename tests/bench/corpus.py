"""Put every file of a folder of feeds through the feed collector: ``python -m tests.bench.corpus FOLDER``.

Made for feedparser's own test files (``pip download --no-binary :all: --no-deps feedparser``, unpacked). An exception
or a file that takes longer than ``SLOW`` seconds is shown and makes the exit code 1.
"""

from __future__ import annotations

import asyncio
import collections
import datetime as dt
import sys
import time
import traceback
from pathlib import Path

from screener.collectors.base import Context
from screener.collectors.feed import PLUGIN
from screener.collectors.rss import read_xml
from screener.collectors.saved import SavedAnswers
from screener.types import FeedSpec, FeedState
from tests.contracts import check_collected

NOW = dt.datetime(2026, 3, 12, 15, 0, tzinfo=dt.UTC)
SLOW = 2.0


def read(path: Path) -> tuple[str, float]:
    """What a file gave (items, nothing, or kinds of problems) and the seconds it took."""
    feed = FeedSpec(name="corpus", kind="feed", url="https://feed.invalid/x")
    start = time.perf_counter()
    context = Context(SavedAnswers([path.read_bytes()], NOW), lambda: NOW, FeedState(name="corpus"))
    found = asyncio.run(PLUGIN.collect(feed, context))
    check_collected(found, feed)
    told = "+".join(sorted({p.kind for p in found.problems}))
    given = "items" if found.items else "nothing"
    return f"{given}, {told}" if told else given, time.perf_counter() - start


def main(folder: str) -> int:
    """Print the counts; 1 when a file raised or was slow."""
    counts: collections.Counter[str] = collections.Counter()
    bad, fast, took = [], 0, 0.0
    files = sorted(p for p in Path(folder).rglob("*") if p.is_file() and p.suffix in (".xml", ".json"))
    for path in files:
        try:
            outcome, seconds = read(path)
        except Exception:  # the question is whether any file does this
            bad.append(f"{path}\n{traceback.format_exc()}")
            outcome, seconds = "EXCEPTION", 0.0
        if seconds > SLOW:
            bad.append(f"{path}: {seconds:.1f} s")
        counts[outcome] += 1
        took += seconds
        fast += read_xml(path.read_bytes()) is not None
    print(f"{len(files)} files in {took:.1f} s, {fast} of them by the fast reader")
    for outcome, n in counts.most_common():
        print(f"{n:6d}  {outcome}")
    print("\n".join(bad))
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
