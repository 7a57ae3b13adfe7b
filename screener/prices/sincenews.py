"""The move since the news: the last price before it against the newest one after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from screener import clock
from screener.prices import formulas
from screener.prices.history import Series
from screener.types import Quote

QUOTE_AGE = dt.timedelta(minutes=30)


def since_news(s: Series, quote: Quote | None, news: dt.datetime, trail: Sequence[Quote]) -> float | None:
    """Percent from the last price before the news to the newest price after it; unknown when either is not stored."""
    latest = _latest(s, quote)
    base = _base(s, news, trail)
    if latest is None or base is None or latest[1] <= news:
        return None
    return formulas.percent(latest[0], base)


def _latest(s: Series, quote: Quote | None) -> tuple[float, dt.datetime] | None:
    """The newest known price on the day's share basis, and its moment."""
    found: list[tuple[float, dt.datetime]] = []
    if s.today is not None and s.today.close is not None:
        moment = s.frame.closes[0] if s.complete else s.today.known_at
        found.append((s.today.close, moment))
    if quote is not None and clock.new_york_date(quote.as_of) == s.frame.day:
        price = quote.last if quote.last is not None else quote.close
        if price is not None:
            found.append((price, quote.as_of))
    if not found and s.bars and s.scale and s.bars[0].close is not None:
        found.append((s.bars[0].close * s.scale[0], s.frame.closes[s.places[0]]))
    return max(found, key=lambda f: f[1]) if found else None


def _base(s: Series, news: dt.datetime, trail: Sequence[Quote]) -> float | None:
    """The last price before the news, on the day's share basis.

    A quote of the same date at most 30 minutes older, else the last regular close when no regular trading lay between
    that close and the news. News inside the regular session without such a quote has no base: the open or the
    previous close would count what moved before it.
    """
    date = clock.new_york_date(news)
    place = s.frame.place.get(date, -1)
    for q in sorted(trail, key=lambda q: q.as_of, reverse=True):
        price = q.last if q.last is not None else q.close
        if q.as_of <= news and price is not None:
            if news - q.as_of <= QUOTE_AGE and clock.new_york_date(q.as_of) == date:
                return _scaled(s, price, place)
            break
    if clock.session_at(news) == clock.REGULAR:
        return None
    at = s.frame.place_of(news)
    for bar, bar_place in s.closed():
        if bar_place == at:
            return None if bar.close is None else _scaled(s, bar.close, at)
    return None


def _scaled(s: Series, price: float, place: int) -> float | None:
    if place == 0:
        return price
    for i, p in enumerate(s.places[: len(s.scale)]):
        if p == place:
            return price * s.scale[i]
    return None
