"""Splits: prices as traded are never differenced across one.

The ratio is old shares for one new share: 20 for a 1-for-20 reverse split, 0.5 for a 2-for-1. It comes from the table
of splits or, without a table, from the source's own change: yesterday's close as traded was 0.20, and today's 4.40 is
"+10 %", so the close that the source compares with is 4.00, twenty times as high.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from screener.errors import InputError
from screener.language.symbols import plain_ticker
from screener.prices.base import problem
from screener.types import Bar, Problem

Splits = Mapping[dt.date, float | None]
"""One ticker's splits by effective day; the ratio is None when only the day is known."""
_TOLERANCE = 0.002
_HALF_TICK = 0.00005
_UNSEEN = 1.45
_LARGE = 1.8


def looks_like_split(seen: float, previous_close: float) -> bool:
    """True when a ratio of closes is a whole number (or 3-for-2) within what rounding of the prices allows.

    A price of 0.05 is only known to 0.1 %, hence the half tick on top of the tolerance of 0.2 %.
    """
    size = max(seen, 1 / seen)
    allowed = (_TOLERANCE + _HALF_TICK / previous_close) * size
    if size >= _LARGE:
        return abs(size - round(size)) <= allowed
    return abs(size - 1.5) <= allowed


def link(
    before: Bar, after: Bar, adjacent: bool, listed: Splits, earlier: Bar | None = None
) -> tuple[float | None, float | None]:
    """How a bar follows the one before it: (old shares for one new, change in percent).

    The ratio is 1.0 without a split and None when it cannot be told. The change is the source's own, unless it was
    differenced across a listed split; without it the closes are compared, on one share basis and only between
    consecutive sessions. ``adjacent`` says that the bars are of consecutive sessions. ``earlier`` is the bar one
    session before ``before``: a change that compares with that one is a late repeat of the session before, so the
    day's own change is unknown.
    """
    seen = _seen(before, after) if adjacent else None
    if seen is not None and not listed and 0.995 < seen < 1.005:
        return 1.0, after.change_pct  # nearly all links, and they are millions
    inside = [d for d in listed if before.day < d <= after.day] if listed else []
    ratio = _ratio(before, after, seen, inside, listed, earlier)
    return ratio, None if ratio is None else _change(before, after, adjacent, seen, ratio, listed, earlier)


def _seen(before: Bar, after: Bar) -> float | None:
    """The close that the source's change compares with, against the close that is stored."""
    close, change, old = after.close, after.change_pct, before.close
    if close is None or change is None or old is None or change <= -100:
        return None
    return close / (1 + change / 100) / old


def _ratio(
    before: Bar, after: Bar, seen: float | None, inside: list[dt.date], listed: Splits, earlier: Bar | None
) -> float | None:
    if seen is None:
        return _product(listed, inside)
    if 1 / _UNSEEN < seen < _UNSEEN:
        return _unadjusted(before, after, listed, inside) if inside else 1.0
    if inside or any(abs((d - after.day).days) <= 3 for d in listed):
        return seen
    return seen if looks_like_split(seen, before.close or 1.0) and not _repeats(earlier, after) else 1.0


def _product(listed: Splits, days: list[dt.date]) -> float | None:
    total = 1.0
    for day in days:
        ratio = listed[day]
        if ratio is None:
            return None
        total *= ratio
    return total


def _unadjusted(before: Bar, after: Bar, listed: Splits, inside: list[dt.date]) -> float | None:
    """A listed split that the source's change does not show.

    Either the table is a day off and the price says so (no jump), or the source differenced across the split.
    """
    jump = (after.close or 0.0) / (before.close or 1.0)
    ratio = _product(listed, inside)
    if ratio is None:
        return 1.0 if 1 / _LARGE < jump < _LARGE else None
    return ratio if 0.5 < jump / ratio < 2 else 1.0


def _change(
    before: Bar,
    after: Bar,
    adjacent: bool,
    seen: float | None,
    ratio: float,
    listed: Splits,
    earlier: Bar | None,
) -> float | None:
    if after.change_pct is not None:
        if seen is None:
            return None if _jumped(after, listed) else after.change_pct
        if abs(seen / ratio - 1) < 0.005:
            return after.change_pct
        if ratio == 1.0 and _repeats(earlier, after):
            return None
        if abs(seen / ratio - 1) < 0.5:
            return after.change_pct
    if not adjacent or after.close is None or before.close is None:
        return None
    return (after.close / (before.close * ratio) - 1) * 100


def _repeats(earlier: Bar | None, after: Bar) -> bool:
    """True when a bar's change compares with the close two sessions before: it is a late copy of the session before."""
    seen = _seen(earlier, after) if earlier is not None else None
    return seen is not None and abs(seen - 1) < 0.002


def _jumped(after: Bar, listed: Splits) -> bool:
    """True when the split of that very day could be inside the source's change and nothing tells."""
    return after.day in listed and (after.change_pct or 0.0) >= (_LARGE - 1) * 100


def read_splits(path: Path) -> tuple[dict[str, dict[dt.date, float]], list[Problem]]:
    """Read a CSV table of splits: ``symbol|ticker, effective_date|date, split_ratio|ratio`` (old shares for one new).

    Ratios may be ``20``, ``1-for-20`` or ``1:20``. Raises InputError when the file is no such table.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(f"{path}: cannot be read ({e}); check the path") from e
    reader = csv.DictReader(text.splitlines())
    names = {n.strip().lower(): n for n in reader.fieldnames or ()}
    ticker = names.get("ticker") or names.get("symbol")
    day = names.get("effective_date") or names.get("date") or names.get("day")
    ratio = names.get("split_ratio") or names.get("ratio")
    if not (ticker and day and ratio):
        raise InputError(f"{path}:1: is no table of splits: it needs the columns ticker, date and ratio")
    found: dict[str, dict[dt.date, float]] = {}
    problems: list[Problem] = []
    for row in reader:
        try:
            when, value = dt.date.fromisoformat(row[day].strip()), parse_ratio(row[ratio])
            found.setdefault(plain_ticker(row[ticker]), {})[when] = value
        except (ValueError, AttributeError, TypeError) as e:
            problems.append(problem("splits", f"{path}:{reader.line_num}", f"{e}; the row is left out", "bad_split"))
    return found, problems


def parse_ratio(text: str) -> float:
    """``20``, ``1-for-20`` or ``1:20`` as old shares for one new share. Raises ValueError."""
    parts = text.strip().lower().replace("-for-", ":").replace(" for ", ":").split(":")
    new, old = (1.0, float(parts[0])) if len(parts) == 1 else (float(parts[0]), float(parts[1]))
    value = old / new if new > 0 else 0.0
    if len(parts) > 2 or not 0 < value < 1e6:
        raise ValueError(f"{text!r} is no split ratio")
    return value
