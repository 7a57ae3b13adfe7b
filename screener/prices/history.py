"""One ticker's stored bars before a day, laid out by session so that windows are counted in sessions, not in rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from screener import clock
from screener.prices.splits import Splits, change_between, ratio_between
from screener.types import Bar

YEAR = 252
History = Sequence[Bar] | Mapping[str, Sequence[Bar]]


@dataclass(frozen=True, slots=True)
class Frame:
    """A session day and the 252 sessions before it. ``place`` counts back: 0 is the day, 1 the session before."""

    day: dt.date
    as_of: dt.datetime
    place: Mapping[dt.date, int]
    closes: tuple[dt.datetime, ...]


@lru_cache(maxsize=64)
def _sessions(day: dt.date) -> tuple[tuple[dt.date, ...], tuple[dt.datetime, ...]]:
    days = [day]
    for _ in range(YEAR):
        days.append(clock.previous_session(days[-1]))
    return tuple(days), tuple(clock.close_time(d) for d in days)


def frame(day: dt.date, as_of: dt.datetime) -> Frame:
    """The sessions a day's measures look at."""
    days, closes = _sessions(day)
    return Frame(day, as_of, {d: i for i, d in enumerate(days)}, closes)


@dataclass(frozen=True, slots=True)
class Series:
    """A ticker's complete bars before the day, newest first.

    ``places`` are sessions before the day (1 and more). ``scale`` brings an as-traded price to the day's share basis
    by multiplication, a volume by division; it ends (is shorter than ``bars``) at a split of unknown ratio. ``changes``
    are day-over-day in percent. ``today`` is the day's own bar when known by ``as_of``, complete or not;
    ``previous_close`` is the close of the session right before, on the day's basis.
    """

    frame: Frame
    ticker: str
    bars: tuple[Bar, ...]
    places: tuple[int, ...]
    scale: tuple[float, ...]
    changes: tuple[float | None, ...]
    today: Bar | None
    change: float | None
    previous_close: float | None
    splits: tuple[tuple[dt.date, float | None], ...]

    @property
    def complete(self) -> bool:
        """True when the day's own bar was known at or after its session's close."""
        return self.today is not None and self.today.known_at >= self.frame.closes[0]

    def within(self, sessions: int) -> int:
        """How many of ``bars`` lie within the previous so many sessions and on a known share basis."""
        n = 0
        while n < len(self.scale) and self.places[n] <= sessions:
            n += 1
        return n


def group(history: History) -> Mapping[str, Sequence[Bar]]:
    """Bars by ticker."""
    if isinstance(history, Mapping):
        return history
    found: dict[str, list[Bar]] = {}
    for bar in history:
        found.setdefault(bar.ticker, []).append(bar)
    return found


def _slots(bars: Iterable[Bar], f: Frame) -> tuple[dict[int, Bar], Bar | None]:
    """Complete bars by place, and the day's own. Of several bars of a day the last given wins."""
    place, as_of, closes = f.place, f.as_of, f.closes
    found: dict[int, Bar] = {}
    today = None
    for bar in bars:
        at = place.get(bar.day)
        if at is None or bar.known_at > as_of:
            continue
        if at == 0:
            today = bar
        elif bar.known_at >= closes[at]:  # a bar caught in session is no close of its day
            found[at] = bar
    return found, today


def build(ticker: str, bars: Iterable[Bar], f: Frame, listed: Splits | None = None, now: Bar | None = None) -> Series:
    """Lay out a ticker's bars. ``now`` replaces the day's own bar when that is missing or older (a quote as a bar)."""
    found, today = _slots(bars, f)
    if now is not None and (today is None or (now.known_at > today.known_at and today.known_at < f.closes[0])):
        today = now
    listed = listed or {}
    places = sorted(found)
    past = [found[p] for p in places]
    scale: list[float] = []
    changes: list[float | None] = []
    splits: list[tuple[dt.date, float | None]] = []
    factor: float | None = 1.0
    newer, at = today, 0
    for i, (bar, place) in enumerate(zip(past, places, strict=True)):
        if newer is not None:
            below = past[i + 1] if i + 1 < len(past) and places[i + 1] == place + 1 else None
            step = ratio_between(bar, newer, place == at + 1, listed, below)
            if step != 1.0:
                splits.append((newer.day, step))
            factor = None if factor is None or step is None else factor * step
        elif listed:
            factor = _listed_since(bar.day, f.day, listed)
        if factor is not None:
            scale.append(factor)
        older = past[i + 1] if i + 1 < len(past) and places[i + 1] == place + 1 else None
        two_back = past[i + 2] if older is not None and i + 2 < len(past) and places[i + 2] == place + 2 else None
        changes.append(change_between(older, bar, True, listed, two_back) if older is not None else bar.change_pct)
        newer, at = bar, place
    return Series(
        frame=f,
        ticker=ticker,
        bars=tuple(past),
        places=tuple(places),
        scale=tuple(scale),
        changes=tuple(changes),
        today=today,
        change=_change(today, past, places, listed),
        previous_close=_previous(past, places, scale),
        splits=tuple(splits),
    )


def _listed_since(bar_day: dt.date, day: dt.date, listed: Splits) -> float | None:
    factor = 1.0
    for when, ratio in listed.items():
        if bar_day < when <= day:
            if ratio is None:
                return None
            factor *= ratio
    return factor


def _change(today: Bar | None, past: list[Bar], places: list[int], listed: Splits) -> float | None:
    if today is None:
        return None
    if not past or places[0] != 1:
        return change_between(past[0], today, False, listed) if past else today.change_pct
    earlier = past[1] if len(past) > 1 and places[1] == 2 else None
    return change_between(past[0], today, True, listed, earlier)


def _previous(past: list[Bar], places: list[int], scale: list[float]) -> float | None:
    if not past or places[0] != 1 or not scale or past[0].close is None:
        return None
    return past[0].close * scale[0]
