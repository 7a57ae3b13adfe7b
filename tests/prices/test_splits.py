"""Splits seen in the prices themselves, beside the recorded table of splits."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from screener import clock
from screener.prices.file import iter_rows
from screener.prices.rows import to_bar
from screener.prices.splits import link, read_splits
from screener.types import Bar, Problem

FIRST, LAST = dt.date(2025, 6, 4), dt.date(2025, 12, 30)


def seen(bars: list[Bar]) -> dict[dt.date, float]:
    """Reverse splits told by the source's changes alone, without any table."""
    found = {}
    for i in range(1, len(bars)):
        before, after = bars[i - 1], bars[i]
        adjacent = clock.previous_session(after.day) == before.day
        ratio, _ = link(before, after, adjacent, {}, bars[i - 2] if i > 1 else None)
        if ratio is not None and ratio > 1:
            found[after.day] = ratio
    return found


def test_most_listed_reverse_splits_are_seen_without_the_table(shared: Path) -> None:
    """Not seen are odd ratios (1-for-6.66), days of the file that are a session late, and tables a day off."""
    problems: list[Problem] = []
    table, bad = read_splits(shared / "prices" / "reverse_splits.csv")
    assert len(table) > 1000 and not bad
    history: dict[str, list[Bar]] = {}
    for row in iter_rows(shared / "prices" / "daily_2025H2.parquet", problems):
        if row[0] in table:
            history.setdefault(row[0], []).append(to_bar(row))
    listed = right = unlisted = 0
    for ticker, bars in history.items():
        found, days = seen(bars), {b.day for b in bars}
        for day, ratio in table[ticker].items():
            if FIRST <= day <= LAST and day in days and clock.previous_session(day) in days:
                listed += 1
                near = [r for d, r in found.items() if abs((d - day).days) <= 4]
                right += any(abs(r / ratio - 1) < 0.02 for r in near)
        unlisted += sum(all(abs((d - day).days) > 7 for day in table[ticker]) for d in found)
    assert listed > 240 and right / listed > 0.88, (listed, right)
    assert unlisted <= 10, unlisted
