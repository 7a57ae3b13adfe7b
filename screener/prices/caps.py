"""The market cap as a source last stated it, and whether it can be believed."""

from __future__ import annotations

import datetime as dt
from math import log
from statistics import median
from typing import NamedTuple

from screener.prices.history import YEAR, Series

STALE_SESSIONS = 20
CAP_JUMP, CAP_NEAR, CAP_AGREES = 3.0, 0.3, 3
SAME_DOUBT = 0.67, 1.5


class MarketCap(NamedTuple):
    """Dollars now and before the news, the source of the newest, and why it is unknown though one is stated."""

    now: float | None
    at_news: float | None
    source: str = ""
    doubt: str = ""


def market_cap(s: Series, news: dt.datetime | None) -> MarketCap:
    """The cap as last stated, at most 20 sessions old, and as last stated before the news."""
    cap, source = _last_known(s)
    at_news = _cap_before(s, news) if news else None
    doubt = _cap_doubt(s)
    if not doubt:
        return MarketCap(cap, at_news, source)
    least, most = SAME_DOUBT
    doubtful_too = at_news and cap and least < at_news / cap < most
    return MarketCap(None, None if doubtful_too else at_news, doubt=doubt)


def _last_known(s: Series) -> tuple[float | None, str]:
    recent = [b for b, p in zip(s.bars, s.places, strict=True) if p <= STALE_SESSIONS]
    for bar in ([s.today] if s.today else []) + recent:
        if bar.market_cap is not None:
            return float(bar.market_cap), bar.source
    return None, ""


def _cap_doubt(s: Series) -> str:
    """Why the newest market cap cannot be believed: the shares it implies are a multiple of those of the days before.

    Sources count the shares of before a split for weeks after it, and take another company's for a day.
    """
    implied = [
        (b.market_cap, b.market_cap / (b.close * k))
        for b, k in zip(
            [*([s.today] if s.today else []), *s.bars], [*([1.0] if s.today else []), *s.scale], strict=False
        )
        if b.market_cap and b.close
    ][: STALE_SESSIONS + 1]
    if len(implied) <= CAP_AGREES:
        return ""
    (cap, shares), usual = implied[0], median(n for _, n in implied[1:])
    factor = shares / usual
    split = any(r and abs(log(factor / r)) < CAP_NEAR for d, r in s.splits)
    agreeing = sum(1 / CAP_JUMP < n / shares < CAP_JUMP for _, n in implied)
    if 1 / CAP_JUMP <= factor <= CAP_JUMP or (agreeing > CAP_AGREES and not split):
        return ""
    return f"market cap {cap:,.0f} is {factor:.3g} times what the days before imply at this price: taken as unknown"


def _cap_before(s: Series, news: dt.datetime) -> float | None:
    """The market cap as last stated at a close before the news, at most 20 sessions old."""
    for bar, place in s.closed():
        if place <= YEAR and s.frame.closes[place] <= news and bar.market_cap is not None:
            age = place - s.frame.place_of(news)
            return bar.market_cap if age <= STALE_SESSIONS else None
    return None
