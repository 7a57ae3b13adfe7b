"""Polygon (now Massive) grouped daily bars: the whole US market of one day in one request, with a free key.

Delay: end of day on the free plan. Coverage: all US stocks and funds, open, high, low, close and volume as traded; no
market cap. The free plan allows five requests a minute, so a long history takes a while. The key goes into a header,
never into an address.

::

    [prices.polygon]
    base_url = "https://api.polygon.io"
    key = "..."         # or SCREENER_PRICES__POLYGON__KEY
"""

from __future__ import annotations

import datetime as dt

from screener import clock
from screener.errors import PriceError
from screener.language.symbols import plain_ticker
from screener.prices.base import PriceRequest, Prices, fetcher_of, key_of, problem
from screener.prices.cell_values import number
from screener.prices.per_ticker import each
from screener.prices.replies import NotThere, documented, fetch, json_of, mapping
from screener.prices.rows import impossible
from screener.types import Bar, Problem

NAME = "polygon"
BASE_URL = "https://api.polygon.io"
_FIELDS = {"open": "o", "high": "h", "low": "l", "close": "c", "volume": "v"}


def sessions(request: PriceRequest) -> list[dt.date]:
    """The request's sessions that have closed by its moment."""
    found = []
    day = request.start
    while day <= request.end:
        if clock.is_session(day) and clock.close_time(day) <= min(request.as_of, request.now()):
            found.append(day)
        day += dt.timedelta(days=1)
    return found


def parse(answer: object, day: dt.date, wanted: frozenset[str] = frozenset()) -> Prices:
    """The bars of one day's answer. Raises PriceError with the service's message when it has none."""
    top = mapping(answer, NAME, "object")
    if top.get("status") not in ("OK", "DELAYED"):
        raise PriceError(f"{NAME}: the service answered {top.get('error') or top.get('message') or 'an error'}")
    rows = top.get("results") or []
    if not rows:
        raise NotThere(f"{NAME}: no bars for {day}")
    bars: dict[str, Bar] = {}
    problems: list[Problem] = []
    for row in rows:
        ticker = plain_ticker(str(row.get("T") or "")) if isinstance(row, dict) else ""
        if not ticker:
            problems.append(problem(NAME, day.isoformat(), "a row without ticker; it is left out", "no_ticker"))
            continue
        if wanted and ticker not in wanted:
            continue
        values: dict[str, float | None] = {}
        for name, short in _FIELDS.items():
            value = number(row.get(short))
            if value is not None and (wrong := impossible(name, value)):
                problems.append(problem(NAME, ticker, f"{name} {value:g} {wrong}; it is unknown", "bad_price"))
                value = None
            values[name] = value
        bars[ticker] = Bar(ticker=ticker, day=day, exchange="", source=NAME, known_at=clock.close_time(day), **values)
    return Prices(source=NAME, bars=tuple(bars.values()), problems=tuple(problems))


class PolygonSource:
    """One request a session day."""

    name = NAME
    delay = "end of day on the free plan"
    coverage = "all US stocks and funds; open, high, low, close, volume as traded"
    licence = "Polygon/Massive terms; free key, not for redistribution"
    whole_market = True
    needs_key = True

    async def daily(self, request: PriceRequest) -> Prices:
        """The closed sessions of the request, whole market or the tickers asked for."""
        headers = {"authorization": f"Bearer {key_of(request, NAME)}"}
        wanted = frozenset(request.tickers)
        base = (request.base_url or BASE_URL).rstrip("/")

        async def ask(day: str) -> Prices:
            url = f"{base}/v2/aggs/grouped/locale/us/market/stocks/{day}?adjusted=false"
            response = await fetch(fetcher_of(request, NAME), NAME, request, url, headers)
            with documented(NAME):
                return parse(json_of(response, NAME), dt.date.fromisoformat(day), wanted)

        return await each(NAME, [d.isoformat() for d in sessions(request)], ask)


PLUGIN = PolygonSource()
