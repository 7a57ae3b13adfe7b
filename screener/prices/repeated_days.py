"""Days of a file that describe the session before: a snapshot taken, or dated, a session late.

Each row's own change says which close it compares with. When on some day most tickers compare with the close of two
sessions before, that day's rows are the session before's, and the dates that follow may be one session late until the
file catches up. Nothing is changed; it becomes a problem that names the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from screener.prices.base import problem
from screener.prices.rows import Row
from screener.types import Problem

SHARE = 0.5
LEAST = 50


def watch(rows: Iterable[Row], file: str, problems: list[Problem]) -> Iterator[Row]:
    """Pass rows on and, at the end, add one problem for each late day. Works on files in date order by ticker."""
    closes: dict[str, tuple[str, float | None, float | None]] = {}
    counts: dict[str, list[int]] = {}
    for row in rows:
        ticker, day, close, change = row[0], row[1], row[5], row[7]
        before = closes.get(ticker)
        if close is not None and change is not None and before is not None and before[0] < day:
            _, last, earlier = before
            if last and earlier and change > -100 and abs(last / earlier - 1) > 0.005:
                count = counts.get(day)
                if count is None:
                    count = counts[day] = [0, 0]
                count[0] += 1
                if abs(close / (1 + change / 100) / earlier - 1) < 0.002:
                    count[1] += 1
        if before is None or before[0] < day:
            closes[ticker] = (day, close, before[1] if before else None)
        yield row
    for day, (n, late) in sorted(counts.items()):
        if n >= LEAST and late > SHARE * n:
            problems.append(problem("file", file, _message(day, late / n), "late_day"))


def _message(day: str, share: float) -> str:
    return (
        f"on {day} {share:.0%} of the moving tickers state a change against the close of two sessions before: these "
        "rows look like the session before's, and later dates may be one session late too; compare with another source"
    )
