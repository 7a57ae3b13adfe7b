"""How much of a day's volume has usually traded by a minute of the session: never linear, U-shaped.

The default is a rounded picture of US stocks: a busy first half hour, a quiet noon, and a fifth of the volume in the
last half hour with its closing auction. ``learn`` replaces it from stored minute bars.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from screener import clock
from screener.types import Quote

MIN_DAYS = 20
MIN_MINUTES = 200
_DEFAULT = (
    (0, 0.0),
    (5, 0.045),
    (15, 0.09),
    (30, 0.145),
    (60, 0.225),
    (90, 0.29),
    (120, 0.345),
    (180, 0.44),
    (240, 0.525),
    (300, 0.615),
    (330, 0.67),
    (360, 0.755),
    (375, 0.82),
    (385, 0.88),
    (390, 1.0),
)
LENGTH = 390.0


@dataclass(frozen=True, slots=True)
class Curve:
    """Cumulative share of a day's volume by minute after the open (of 390), growing from 0 to 1; ``days`` learned."""

    points: tuple[tuple[float, float], ...] = _DEFAULT
    days: int = 0

    def share(self, minute: float) -> float:
        """The share traded by that minute, 0 before the open and 1 after the close; linear between points."""
        at = bisect_right(self.points, (minute, float("inf")))
        if at == 0:
            return 0.0
        if at == len(self.points):
            return 1.0
        (x0, y0), (x1, y1) = self.points[at - 1], self.points[at]
        return y0 + (y1 - y0) * (minute - x0) / (x1 - x0)


DEFAULT = Curve()


def minute_of(moment: dt.datetime, day: dt.date) -> float:
    """Minutes after the open on a scale of 390: a half day's minutes are stretched to a whole day's."""
    opened, closed = clock.open_time(day), clock.close_time(day)
    return (moment - opened) / (closed - opened) * LENGTH


def share_at(moment: dt.datetime, day: dt.date, curve: Curve = DEFAULT) -> float:
    """The usual share of the day's volume traded by a moment of that session day."""
    return curve.share(minute_of(moment, day))


def learn(minutes: Iterable[Quote], step: int = 5) -> Curve:
    """A curve from minute bars: the mean over ticker-days of the cumulative share, every ``step`` minutes.

    Only the regular session counts, and only ticker-days with at least 200 minutes; with fewer than 20 such days the
    default stays.
    """
    days: dict[tuple[str, dt.date], list[tuple[float, float]]] = {}
    for q in minutes:
        day = clock.new_york_date(q.as_of)
        if q.volume is None or q.volume <= 0 or not clock.is_session(day):
            continue
        minute = minute_of(q.as_of, day)  # of the bar's end, so the first minute of the session is 1
        if 0 < minute <= LENGTH:
            days.setdefault((q.ticker, day), []).append((minute, q.volume))
    whole = [bars for bars in days.values() if len(bars) >= MIN_MINUTES]
    if len(whole) < MIN_DAYS:
        return DEFAULT
    grid = [float(m) for m in range(step, int(LENGTH), step)]
    shares = [_cumulative(bars, grid) for bars in whole]
    means = [sum(column) / len(whole) for column in zip(*shares, strict=True)]
    return Curve(((0.0, 0.0), *zip(grid, means, strict=True), (LENGTH, 1.0)), len(whole))


def _cumulative(bars: list[tuple[float, float]], grid: list[float]) -> list[float]:
    total = sum(v for _, v in bars)
    return [sum(v for m, v in bars if m <= at) / total for at in grid]
