"""Splits: prices as traded are never differenced across one.

The ratio is old shares for one new share: 20 for a 1-for-20 reverse split, 0.5 for a 2-for-1. It comes from the table
of splits, from the company's own announcement, or from the source's own change: yesterday's close as traded was 0.20,
and today's 4.40 is "+10 %", so the close that the source compares with is 4.00, twenty times as high. That ratio need not
be whole (1-for-17.85, a stock dividend, a change in what one ADS stands for).

Where none of these tells, a jump that no trading explains is taken for an unknown split, never for a move: a price that
triples on no more volume than usual, or one twenty times as high on any. In the half year of recorded small caps the
triplings that stood up to a look had at least 2.6 times their usual volume, and three that had less were a change of ADS
ratio, a bankruptcy's new shares and a wrong price; that is one market over six months, so a quiet true tripling elsewhere
would be taken as unknown.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import log
from pathlib import Path

from msgspec import Struct

from screener.errors import InputError
from screener.language.symbols import plain_ticker
from screener.limits import JUMP_CONFIRMS as CONFIRMS
from screener.limits import JUMP_EVER as EVER
from screener.limits import JUMP_UNSEEN as UNSEEN
from screener.limits import JUMP_UP as UP
from screener.prices.base import problem
from screener.prices.formulas import mean
from screener.types import Bar, Problem

Splits = Mapping[dt.date, float | None]
"""One ticker's splits by effective day; the ratio is None when only the day is known."""


class Announced(Struct, frozen=True, kw_only=True):
    """A split as the company stated it: old shares for one new, the day it was announced, and its effective day where
    stated (companies postpone, and say the day before or after the first on the new basis)."""

    ratio: float
    announced: dt.date
    effective: dt.date | None = None


_TOLERANCE = 0.002
_HALF_TICK = 0.00005
_LARGE = 1.8
_DOWN = 1 / 3
_CRASHES = 5.0
_MISSED = dt.timedelta(days=7)
_OPEN_DAY = dt.timedelta(days=270)
_FITS = 0.75  # natural logarithm: a stock that moves by less than half or double on the day of its split


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
    before: Bar, after: Bar, adjacent: bool, listed: Splits, earlier: Bar | None = None, recent: Sequence[Bar] = ()
) -> tuple[float | None, float | None]:
    """How a bar follows the one before it: (old shares for one new, change in percent).

    The ratio is 1.0 without a split and None when it cannot be told. The change is the source's own, unless it was
    differenced across a listed split; without it the closes are compared, on one share basis and only between
    consecutive sessions. ``adjacent`` says that the bars are of consecutive sessions. ``earlier`` is the bar one
    session before ``before``: a change that compares with that one is a late repeat of the session before, so the
    day's own change is unknown. ``recent`` are the last bars before ``after``, whose volume is the usual one.
    """
    seen = _seen(before, after) if adjacent else None
    change = after.change_pct
    if seen is not None and not listed and 0.995 < seen < 1.005 and change is not None and -60 < change < 190:
        return 1.0, change  # nearly all links, and they are millions
    inside = [d for d in listed if before.day < d <= after.day] if listed else []
    ratio = _ratio(before, after, seen, inside, listed, earlier)
    if ratio == 1.0 and implausible(before, after, seen, recent):
        return None, None
    return ratio, None if ratio is None else _change(before, after, adjacent, seen, ratio, listed, earlier)


def implausible(before: Bar, after: Bar, seen: float | None, recent: Sequence[Bar]) -> bool:
    """True when closes as traded jump by what trading does not explain.

    Three times as much needs twice the usual volume, twenty times as much is believed on no volume. A third or less is
    believed where the source says so itself, else on five times the usual volume: a forward split multiplies the
    volume by its ratio.
    """
    if not after.close or not before.close or (seen is None and after.change_pct is not None):
        return False
    jump = after.close / before.close
    stated = seen is not None and 1 / UNSEEN < seen < UNSEEN
    if seen is not None and not stated:
        return False  # the source compares with another close than the stored one: its own change is right
    if _DOWN < jump < UP:
        return False
    usual = mean((b.volume for b in recent), least=1)
    busy = after.volume / usual if usual and after.volume is not None else None
    if jump >= UP:
        return jump >= EVER or (busy is None and not stated) or (busy is not None and busy < CONFIRMS)
    return not stated and (busy is None or busy < _CRASHES)


def placed(
    stated: Iterable[Announced], bars: Sequence[Bar], day: dt.date, listed: Splits
) -> dict[dt.date, float | None]:
    """The listed splits and those the company announced, each at the day from which the prices show it.

    ``bars`` ascend by day. An announced split is put where the closes jump by about its ratio, within a week of the
    stated day or, where none is stated, within nine months; on its stated day when no bar is stored from then on, and
    nowhere when the prices never jump (it was put off, or they are adjusted already).
    """
    found = dict(listed)
    for split in stated:
        if any(abs(d - (split.effective or d)) <= _MISSED and r is not None for d, r in found.items()):
            continue
        at = _where(split, bars)
        if at is None and split.effective and bars and bars[-1].day < split.effective <= day:
            at = split.effective
        if at is not None:
            found[at] = split.ratio
    return found


def _where(split: Announced, bars: Sequence[Bar]) -> dt.date | None:
    first = split.effective - _MISSED if split.effective else split.announced
    last = split.effective + _MISSED if split.effective else split.announced + _OPEN_DAY
    best: tuple[float, dt.date] | None = None
    for before, after in pairwise(bars):
        if not first <= after.day <= last or not before.close or not after.close:
            continue
        seen = _seen(before, after)
        shown = seen if seen is not None and not 1 / UNSEEN < seen < UNSEEN else after.close / before.close
        miss = abs(log(shown / split.ratio))
        if miss < min(_FITS, abs(log(shown))) and (best is None or miss < best[0]):
            best = miss, after.day
    return best[1] if best else None


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
        return _by_closes(before, after, listed, inside)
    if 1 / UNSEEN < seen < UNSEEN:
        return _unadjusted(before, after, listed, inside) if inside else 1.0
    if inside or any(abs((d - after.day).days) <= 3 for d in listed):
        return seen
    if _repeats(earlier, after):
        return 1.0
    return seen if looks_like_split(seen, before.close or 1.0) or _own_basis(before, after, seen) else 1.0


def _own_basis(before: Bar, after: Bar, seen: float) -> bool:
    """True when the source's own change can be believed, so that its basis is a split's, whole or not.

    Of a warrant that has not traded a source may state some change of its quotes: then the close stays what it was. And a
    change that is wild where the closes are calm was differenced by the source itself.
    """
    jump = (after.close or 1.0) / (before.close or 1.0)
    calmer = abs(log(jump / seen)) < abs(log(jump))
    return calmer or (jump != 1.0 and _DOWN < jump / seen < UP)


def _by_closes(before: Bar, after: Bar, listed: Splits, inside: list[dt.date]) -> float | None:
    """Without a change of the source: the listed ratio where the closes show it, 1.0 where they plainly do not."""
    ratio = _product(listed, inside)
    if not inside or not before.close or not after.close:
        return ratio
    jump = after.close / before.close
    if ratio is None:
        return 1.0 if 1 / UNSEEN < jump < UNSEEN else None
    return ratio if abs(log(jump / ratio)) <= abs(log(jump)) else 1.0


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
