"""Index funds against each other, volatility and rates: from a few daily bars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from statistics import fmean

from screener import clock
from screener.types import Bar

SPANS = (1, 5, 20, 60)
LINE = 50
YEAR = 252
CORRELATION, CORRELATION_NEEDS = 60, 40
STALE = 5
ALIASES = {"vix": ("VIX", "^VIX", "VIXCLS"), "ten_year": ("TNX", "^TNX", "DGS10")}


class CloseSeries:
    """One instrument's closes by session, seen from a day: place 0 is the day, 1 the session before.

    Only bars known by ``as_of`` count. Of earlier days only those known after their close, so that a price caught in
    session never stands for a close.
    """

    def __init__(self, bars: Sequence[Bar], day: dt.date, as_of: dt.datetime) -> None:
        self.bars: dict[int, Bar] = {}
        places = {day: 0}
        at = day
        for i in range(1, YEAR + 1):
            at = clock.previous_session(at)
            places[at] = i
        for bar in bars:
            place = places.get(bar.day)
            if place is None or bar.known_at > as_of or bar.close is None:
                continue
            if place == 0 or bar.known_at >= clock.close_time(bar.day):
                self.bars[place] = bar

    def close(self, place: int = 0) -> float | None:
        """The close so many sessions before the day."""
        bar = self.bars.get(place)
        return bar.close if bar else None

    @property
    def time(self) -> dt.datetime | None:
        """The moment of the day's number: the close, or when it was caught in session."""
        bar = self.bars.get(0)
        return bar.known_at if bar else None

    @property
    def complete(self) -> bool:
        """True when the day's bar is its whole session's."""
        bar = self.bars.get(0)
        return bar is not None and bar.known_at >= clock.close_time(bar.day)

    def over(self, sessions: int) -> float | None:
        """Change over so many sessions, in percent: ``close / close n sessions before - 1``."""
        new, old = self.close(), self.close(sessions)
        return None if new is None or old is None or old <= 0 else (new / old - 1) * 100

    def change(self, place: int) -> float | None:
        """The day-over-day change at a place, in percent."""
        new, old = self.close(place), self.close(place + 1)
        return None if new is None or old is None or old <= 0 else (new / old - 1) * 100

    def against_mean(self) -> float | None:
        """The close against the mean of the last 50 closes, in percent; all 50 must be known."""
        closes = [self.close(p) for p in range(LINE)]
        known = [c for c in closes if c is not None]
        if len(known) < LINE or closes[0] is None:
            return None
        return (closes[0] / fmean(known) - 1) * 100

    def from_high(self) -> float | None:
        """The close against the highest close of 252 sessions, in percent; 200 must be known."""
        known = [c for p in range(YEAR) if (c := self.close(p)) is not None]
        close = self.close()
        return None if close is None or len(known) < 200 else (close / max(known) - 1) * 100

    def liquidity(self) -> float | None:
        """Dollar volume against its mean of the 50 sessions before (20 known); unknown while the session runs."""
        if not self.complete:
            return None
        dollars = [
            b.close * b.volume if (b := self.bars.get(p)) and b.close and b.volume is not None else None
            for p in range(LINE + 1)
        ]
        before = [d for d in dollars[1:] if d is not None]
        if dollars[0] is None or len(before) < 20 or not sum(before):
            return None
        return dollars[0] / fmean(before)

    def latest(self, back: int = 0) -> float | None:
        """The newest close at most 5 sessions older than ``back`` sessions before the day."""
        return next((c for p in range(back, back + STALE) if (c := self.close(p)) is not None), None)


def correlation(a: CloseSeries, b: CloseSeries) -> float | None:
    """Pearson's correlation of daily changes over 60 sessions."""
    pairs = [(x, y) for p in range(CORRELATION) if (x := a.change(p)) is not None and (y := b.change(p)) is not None]
    if len(pairs) < CORRELATION_NEEDS:
        return None
    mean_x, mean_y = fmean(x for x, _ in pairs), fmean(y for _, y in pairs)
    xy = sum((x - mean_x) * (y - mean_y) for x, y in pairs)
    xx, yy = sum((x - mean_x) ** 2 for x, _ in pairs), sum((y - mean_y) ** 2 for _, y in pairs)
    return None if xx <= 0 or yy <= 0 else float(xy / (xx * yy) ** 0.5)


def less(a: float | None, b: float | None) -> float | None:
    """``a - b``; unknown when either is."""
    return None if a is None or b is None else a - b


def funds(iwm: CloseSeries, spy: CloseSeries) -> dict[str, float | None]:
    """IWM and SPY over 1, 5, 20 and 60 sessions, their difference, correlation and lines."""
    found: dict[str, float | None] = {}
    for n in SPANS:
        found[f"iwm_{n}d_pct"], found[f"spy_{n}d_pct"] = iwm.over(n), spy.over(n)
        found[f"rel_{n}d"] = less(iwm.over(n), spy.over(n))
    found["correlation_60d"] = correlation(iwm, spy)
    found["iwm_vs_50d_pct"], found["spy_vs_50d_pct"] = iwm.against_mean(), spy.against_mean()
    found["iwm_from_high_pct"] = iwm.from_high()
    found["liquidity_iwm"] = iwm.liquidity()
    return found


def fear(lines: Mapping[str, CloseSeries]) -> dict[str, float | None]:
    """VIX and the 10-year yield with their changes, where stored."""
    vix, ten = lines.get("vix"), lines.get("ten_year")
    rate, before = (ten.latest(), ten.latest(20)) if ten else (None, None)
    moved = less(rate, before)
    return {
        "vix": vix.latest() if vix else None,
        "vix_5d": less(vix.latest(), vix.latest(5)) if vix else None,
        "ten_year": rate,
        "ten_year_20d_bp": None if moved is None else moved * 100,
    }


def relative_line(iwm: Sequence[Bar], spy: Sequence[Bar], day: dt.date, as_of: dt.datetime) -> list[float | None]:
    """IWM against SPY over the last 61 sessions, oldest first, 100 at the start of the window; for a chart."""
    a, b = CloseSeries(iwm, day, as_of), CloseSeries(spy, day, as_of)
    ratios: list[float | None] = []
    for place in range(SPANS[-1], -1, -1):
        x, y = a.close(place), b.close(place)
        ratios.append(None if x is None or not y else x / y)
    first = next((r for r in ratios if r), None)
    return [None if r is None or first is None else r / first * 100 for r in ratios]


_BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float | None]) -> str:
    """A one-line chart of numbers; a gap is a space, a flat line stays in the middle."""
    known = [v for v in values if v is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    if high == low:
        return "".join(" " if v is None else _BLOCKS[3] for v in values)
    scale = (len(_BLOCKS) - 1) / (high - low)
    return "".join(" " if v is None else _BLOCKS[round((v - low) * scale)] for v in values)
