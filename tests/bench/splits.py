"""What reverse splits did: ``python -m tests.bench.splits``, the recorded list of 2019 to 2025 against recorded bars.

Day 0 is the day the split took effect. Bars are recorded for the second half of 2025 only, so the other years give their
number and nothing else. Moves are abnormal, in percentage points, with intervals over companies.
"""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from screener import clock, config
from screener.pipeline.pricing import load_file
from screener.pipeline.study.estimates import spread
from screener.pipeline.study.followed import HORIZONS, Followed, Following
from screener.pipeline.workspace import Workspace
from screener.store import open_store
from tests.conftest import SHARED

PRICED = dt.date(2025, 6, 20), dt.date(2025, 12, 31)


def splits() -> list[tuple[str, dt.date]]:
    """The recorded splits: ticker and effective day."""
    with (SHARED / "prices" / "reverse_splits.csv").open(encoding="utf-8") as lines:
        return [(r["symbol"], dt.date.fromisoformat(r["effective_date"])) for r in csv.DictReader(lines)]


def main(_: Sequence[str] = ()) -> None:
    """Print the number of each year and what followed where bars are there."""
    listed = splits()
    print("splits a year:", dict(sorted(Counter(day.year for _, day in listed).items())))
    priced = [(t, d) for t, d in listed if PRICED[0] <= d <= PRICED[1] and clock.is_session(d)]
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "splits.db") as store:
        workspace = Workspace(settings=config.Settings(), store=store)
        load_file(workspace, SHARED / "prices" / "daily_2025H2_corrected.parquet")
        following = Following(workspace, {d for _, d in priced})
        found: list[tuple[str, Followed]] = []
        for day in sorted({d for _, d in priced}):
            names = {t: clock.open_time(day) for t, d in priced if d == day}
            found += following.of(day, names).items()
    print(f"{len(priced)} in the priced span, {len(found)} with bars, against {following.benchmark}")
    for horizon in HORIZONS:
        known = [(m, t) for t, f in found if (m := f.after[horizon]) is not None]
        told = spread([m for m, _ in known], [t for t, _ in known])
        print(
            f"  {'day 0' if not horizon else f'+{horizon}':<6} n {told.n:>4}  median {told.median.value} "
            f"[{told.median.low}, {told.median.high}]  mean {told.mean.value} [{told.mean.low}, {told.mean.high}]  "
            f"beyond 10 % {told.beyond.value} [{told.beyond.low}, {told.beyond.high}]",
            flush=True,
        )


if __name__ == "__main__":
    main()
