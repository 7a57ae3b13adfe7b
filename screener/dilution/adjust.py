"""Splits applied: entries stated before a split are worth fewer shares at higher prices after it.

A split counts from the day it takes effect. Several filings tell of one split: equal ratios within six weeks are one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from msgspec import structs

from screener.clock import NEW_YORK
from screener.dilution.records import Entry, public_at

_SAME = dt.timedelta(days=45)
_COUNTS = ("shares", "sold_shares", "remaining_shares", "option_shares")
_PRICES = ("price", "strike", "conversion_price", "floor_price")


def stated_on(entry: Entry) -> dt.date:
    """The New York day on which an entry was public."""
    return public_at(entry).astimezone(NEW_YORK).date()


def effective_on(entry: Entry) -> dt.date | None:
    """The day a split takes effect; the day it was told when it is told as done; None while only announced."""
    if entry.effective:
        return dt.date.fromisoformat(entry.effective)
    return stated_on(entry) if entry.status == "effective" else None


def splits(known: Iterable[Entry], day: dt.date) -> tuple[Entry, ...]:
    """The splits in effect on a day, oldest first, each once; ``effective`` is set on all."""
    out = list[Entry]()
    for entry in known:
        on = effective_on(entry)
        if entry.kind != "split" or entry.ratio is None or entry.status == "proposed" or on is None or on > day:
            continue
        same = next((i for i, s in enumerate(out) if _same(s, entry, on)), None)
        told = structs.replace(entry, effective=on.isoformat())
        if same is None:
            out.append(told)
        elif entry.effective:  # a stated day outdoes the day of a report
            out[same] = told
    return tuple(sorted(out, key=lambda e: (e.effective or "", e.id)))


def _same(a: Entry, b: Entry, on: dt.date) -> bool:
    before = effective_on(a)
    return a.ratio == b.ratio and before is not None and abs(before - on) <= _SAME


def factor(entry: Entry, taken: Sequence[Entry]) -> float:
    """How many shares of the entry's day make one share now: 20.0 after a later 1-for-20."""
    out = 1.0
    for split in taken:
        on = effective_on(split)
        if on is not None and stated_on(entry) < on and split.ratio:
            out *= split.ratio
    return out


def adjusted(entry: Entry, by: float) -> Entry:
    """An entry in shares of now: counts divided, prices multiplied."""
    if by == 1.0:
        return entry
    changes: dict[str, float] = {}
    for name in _COUNTS:
        value = getattr(entry, name)
        if value is not None:
            changes[name] = round(value / by, 4)
    for name in _PRICES:
        value = getattr(entry, name)
        if value is not None:
            changes[name] = round(value * by, 6)
    return structs.replace(entry, **changes)
