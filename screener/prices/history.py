"""One ticker's stored bars before a day, laid out by session so that windows are counted in sessions, not in rows."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from screener import clock
from screener.prices.splits import Announced, Splits, link, placed
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

    def place_of(self, moment: dt.datetime) -> int:
        """How many sessions before the day the last close before a moment was."""
        return next((i for i, close in enumerate(self.closes) if close <= moment), YEAR + 1)


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
    doubt: str = ""
    """Why the day's own change is unknown though both closes are stored; empty when nothing is wrong."""

    @property
    def complete(self) -> bool:
        """True when the day's own bar was known at or after its session's close."""
        return self.today is not None and self.today.known_at >= self.frame.closes[0]

    def closed(self) -> list[tuple[Bar, int]]:
        """Complete bars with their places, newest first, the day's own included."""
        own = [(self.today, 0)] if self.today is not None and self.complete else []
        return own + list(zip(self.bars, self.places, strict=True))

    def within(self, sessions: int) -> int:
        """How many of ``bars`` lie within the previous so many sessions and on a known share basis."""
        return bisect_right(self.places, sessions, 0, len(self.scale))

    def count(self, sessions: int) -> int:
        """How many of ``bars`` lie within the previous so many sessions, whatever their share basis."""
        return bisect_right(self.places, sessions)


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


def build(
    ticker: str,
    bars: Iterable[Bar],
    f: Frame,
    listed: Splits | None = None,
    now: Bar | None = None,
    announced: Sequence[Announced] = (),
) -> Series:
    """Lay out a ticker's bars. ``now`` replaces the day's own bar when that is missing or older (a quote as a bar);
    ``announced`` are splits as the company stated them, where ``listed`` has none."""
    found, today = _slots(bars, f)
    if now is not None and (today is None or (now.known_at > today.known_at and today.known_at < f.closes[0])):
        today = now
    listed = listed or {}
    places = sorted(found)
    past = [found[p] for p in places]
    if announced:
        listed = placed(announced, [*reversed(past), *([today] if today else [])], f.day, listed)
    ratios, changes = _links(past, places, today, listed)
    scale = _scales(ratios)
    if today is None and past and listed:
        first = _listed_since(past[0].day, f.day, listed)
        scale = [k * first for k in scale] if first is not None else []
    newer = [today, *past]
    return Series(
        frame=f,
        ticker=ticker,
        bars=tuple(past),
        places=tuple(places),
        scale=tuple(scale),
        changes=tuple(changes[1:]),
        today=today,
        change=changes[0],
        previous_close=_previous(past, places, scale),
        splits=tuple((n.day, r) for n, r in zip(newer, ratios, strict=False) if n is not None and r != 1.0),
        doubt=_doubt(past, places, today, ratios),
    )


def _doubt(past: list[Bar], places: list[int], today: Bar | None, ratios: list[float | None]) -> str:
    if today is None or not past or places[0] != 1 or ratios[0] is not None:
        return ""
    return (
        f"price {today.close:g} after {past[0].close:g} the session before looks like a split of which nothing is "
        "listed: change unknown"
    )


def _links(
    past: list[Bar], places: list[int], today: Bar | None, listed: Splits
) -> tuple[list[float | None], list[float | None]]:
    """Ratios (from each of ``past`` to the next newer bar) and changes (of the day, then of each of ``past``)."""
    ratios: list[float | None] = []
    changes: list[float | None] = []
    newer, at, last = today, 0, len(past) - 1
    for i, bar in enumerate(past):
        place = places[i]
        ratio: float | None = 1.0
        change: float | None = None
        if newer is not None:
            earlier = past[i + 1] if i < last and places[i + 1] == place + 1 else None
            ratio, change = link(bar, newer, place == at + 1, listed, earlier, past[i : i + 5])
        ratios.append(ratio)
        changes.append(change)
        newer, at = bar, place
    changes.append(newer.change_pct if newer is not None else None)
    return ratios, changes


def _scales(ratios: list[float | None]) -> list[float]:
    """Running products, up to the first unknown ratio."""
    scale: list[float] = []
    factor = 1.0
    for ratio in ratios:
        if ratio is None:
            break
        factor *= ratio
        scale.append(factor)
    return scale


def _listed_since(bar_day: dt.date, day: dt.date, listed: Splits) -> float | None:
    factor = 1.0
    for when, ratio in listed.items():
        if bar_day < when <= day:
            if ratio is None:
                return None
            factor *= ratio
    return factor


def _previous(past: list[Bar], places: list[int], scale: list[float]) -> float | None:
    if not past or places[0] != 1 or not scale or past[0].close is None:
        return None
    return past[0].close * scale[0]
