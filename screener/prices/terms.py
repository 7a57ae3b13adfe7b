"""The terms of a move: each a function of what it is computed from, unknown in, unknown out.

A term takes a ticker's ``Series`` (its bars by session on the day's share basis) and whatever else its parameters name;
``screener.prices.measures`` computes them in one pass and says what each means.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from screener.prices import formulas
from screener.prices.curve import Curve, share_at
from screener.prices.history import YEAR, Series

VOLUME_SESSIONS = 20
ATR_SESSIONS = 14
BETA_SESSIONS = 120
YEAR_NEEDS = 200
FAR_PCT = 10.0
RUN_UP_SESSIONS = 5


class Market:
    """The benchmark's changes by day, in percent, and its change of the day so far."""

    def __init__(self, series: Series | None) -> None:
        self.change = series.change if series else None
        self.complete = bool(series and series.complete)
        self.source = series.today.source if series and series.today else ""
        self.by_place = dict(zip(series.places, series.changes, strict=True)) if series else {}

    def beta(self, own: Series) -> float:
        pairs = []
        for place, change in zip(own.places, own.changes, strict=True):
            if place > BETA_SESSIONS:
                break
            other = self.by_place.get(place)
            if change is not None and other is not None:
                pairs.append((change, other))
        return formulas.beta(pairs)


def price(s: Series) -> float | None:
    """The day's last price, else the last close on the day's share basis."""
    if s.today is not None and s.today.close is not None:
        return s.today.close
    if not s.bars or s.bars[0].close is None or not s.scale:
        return None
    return s.bars[0].close * s.scale[0] if s.today is None else None


def basis(s: Series) -> float | None:
    """The previous close on the day's share basis: what the source's change implies, else the stored one."""
    if s.today is not None and s.change is not None and s.change == s.today.change_pct:
        return formulas.implied_previous(s.today.close, s.change)
    return s.previous_close


def abnormal(s: Series, market: Market) -> float | None:
    """The day's change less beta times the benchmark's."""
    # The whole day of one against a part of the other would be no comparison.
    if s.change is None or market.change is None or s.complete != market.complete:
        return None
    return formulas.abnormal(s.change, market.change, market.beta(s))


def rvol(s: Series, curve: Curve) -> float | None:
    """The day's volume against the mean of the sessions before, along the day's usual curve while it runs."""
    if s.today is None:
        return None
    n = s.within(VOLUME_SESSIONS)
    usual = formulas.mean(
        b.volume / k if b.volume is not None else None for b, k in zip(s.bars[:n], s.scale, strict=False)
    )
    share = 1.0 if s.complete else share_at(s.today.known_at, s.frame.day, curve)
    return formulas.relative_volume(s.today.volume, usual, share)


def previous_rvol(s: Series) -> float | None:
    """The volume of the session before against the mean of the 20 before that one."""
    if not s.scale or s.places[0] != 1 or s.bars[0].volume is None:
        return None
    n = s.within(VOLUME_SESSIONS + 1)
    volumes = [b.volume / k if b.volume is not None else None for b, k in zip(s.bars[:n], s.scale, strict=False)]
    return formulas.relative_volume(volumes[0], formulas.mean(volumes[1:]))


def atr_multiple(s: Series) -> float | None:
    """The day's true range against the mean true range of the sessions before."""
    n = s.within(ATR_SESSIONS)
    ranges: list[float | None] = []
    for i in range(n):
        adjacent = i + 1 < len(s.scale) and s.places[i + 1] == s.places[i] + 1
        before = s.bars[i + 1].close if adjacent else None
        if before is None or s.bars[i].high is None:
            continue
        k = s.scale[i]
        found = formulas.true_range(_times(s.bars[i].high, k), _times(s.bars[i].low, k), before * s.scale[i + 1])
        ranges.append(found)
    today = s.today
    own = formulas.true_range(today.high, today.low, s.previous_close) if today else None
    return formulas.ratio(own, formulas.mean(ranges))


def _times(price: float | None, scale: float) -> float | None:
    return None if price is None else price * scale


def distance(s: Series, price: float | None, *, high: bool) -> float | None:
    """The price against the highest (or lowest) of the year, in percent."""
    n = s.within(YEAR)
    if price is None or n < YEAR_NEEDS:
        return None
    seen = [price]
    for bar, k in zip(s.bars[:n], s.scale, strict=False):
        edge = bar.high if high else bar.low
        edge = bar.close if edge is None else edge
        if edge is not None:
            seen.append(edge * k)
    if s.today is not None:
        edge = s.today.high if high else s.today.low
        seen.append(price if edge is None else edge)
    return formulas.percent(price, max(seen) if high else min(seen))


def float_shares(s: Series) -> float | None:
    """The float on the day's share basis, as last stated."""
    if s.today is not None and s.today.float_shares is not None:
        return s.today.float_shares
    for bar, k in zip(s.bars, s.scale, strict=False):
        if bar.float_shares is not None:
            return bar.float_shares / k
    return None


def since_reverse_split(s: Series, listed: Mapping[dt.date, float | None]) -> int | None:
    """Days since the last reverse split that is listed or seen in the prices, within a year."""
    day = s.frame.day
    days = [d for d, ratio in listed.items() if d <= day and (ratio is None or ratio > 1)]
    days += [d for d, ratio in s.splits if ratio is not None and ratio > 1]
    recent = [(day - d).days for d in days if (day - d).days <= 366]
    return min(recent) if recent else None


def gap(s: Series) -> float | None:
    """The day's open against the previous close, in percent."""
    return formulas.percent(s.today.open, basis(s)) if s.today else None


def turnover(s: Series) -> float | None:
    """The day's volume against the float."""
    return formulas.ratio(s.today.volume, float_shares(s)) if s.today else None


def dollar_volume(s: Series) -> float | None:
    """Dollars traded in the day so far."""
    return formulas.dollar_volume(price(s), s.today.volume) if s.today else None


def usual_dollar_volume(s: Series) -> float | None:
    """Mean dollars a session over the 20 before the day."""
    return formulas.mean(formulas.dollar_volume(b.close, b.volume) for b in s.bars[: s.within(VOLUME_SESSIONS)])


def volatility(s: Series) -> float | None:
    """Mean size of the daily change over the 20 sessions before the day."""
    changes = s.changes[: s.count(VOLUME_SESSIONS)]
    return formulas.mean(None if c is None else abs(c) for c in changes)


def far_days_share(s: Series) -> float | None:
    """Which share of the 20 sessions before the day changed by 10 % or more."""
    return formulas.share_far(s.changes[: s.count(VOLUME_SESSIONS)], FAR_PCT)


def run_up(s: Series) -> float | None:
    """The change of the five sessions before the day, compounded; unknown when one of them is."""
    n = s.count(RUN_UP_SESSIONS)
    return formulas.compounded(s.changes[:n]) if n == RUN_UP_SESSIONS else None


def previous_change(s: Series) -> float | None:
    """The change of the session before the day."""
    return s.changes[0] if s.bars and s.places[0] == 1 else None
