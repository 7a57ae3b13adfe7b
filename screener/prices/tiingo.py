"""Tiingo end-of-day bars, one request a ticker, with a free key.

Delay: evening of the day. Coverage: US stocks and funds, decades back, as traded with the split factor of the day; the
free plan allows about 50 requests an hour and 500 tickers a month. Attribution to Tiingo is required. The key goes
into a header, never into an address.

::

    [prices.tiingo]
    key = "..."         # or SCREENER_PRICES__TIINGO__KEY
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote as escaped

from screener import clock
from screener.errors import PriceError
from screener.prices.base import PriceRequest, Prices, fetcher_of, key_of, problem
from screener.prices.cell_values import number, session_date
from screener.prices.per_ticker import each
from screener.prices.replies import JsonObject, NotThere, documented, fetch, json_of
from screener.prices.rows import impossible
from screener.types import Bar, Problem

NAME = "tiingo"
BASE_URL = "https://api.tiingo.com"
_NUMBERS = ("open", "high", "low", "close", "volume")


def parse(answer: object, ticker: str, request: PriceRequest) -> Prices:
    """The bars of one answer. Raises PriceError when it is not the documented list."""
    if isinstance(answer, dict):
        raise PriceError(f"{NAME}: the service answered: {answer.get('detail') or 'an error'}")
    if not isinstance(answer, list) or not answer:
        raise NotThere(f"{NAME}: {ticker}: no bars; is the ticker right?")
    bars: list[Bar] = []
    problems: list[Problem] = []
    splits: dict[dt.date, float] = {}
    before: Bar | None = None
    for row in answer:
        try:
            bar, factor = _bar(row, ticker, request, before)
        except (KeyError, TypeError, ValueError) as e:
            problems.append(problem(NAME, ticker, f"a bar that cannot be read ({e}); it is left out", "bad_row"))
            continue
        before = bar
        if factor != 1:
            splits[bar.day] = 1 / factor
        if request.start <= bar.day <= request.end:
            bars.append(bar)
    found = {ticker: splits} if splits else {}
    return Prices(source=NAME, bars=tuple(bars), problems=tuple(problems), splits=found)


def _bar(row: JsonObject, ticker: str, request: PriceRequest, before: Bar | None) -> tuple[Bar, float]:
    """One bar and its split factor (new shares for one old: 0.05 for a 1-for-20)."""
    day = session_date(row["date"])
    factor = number(row.get("splitFactor")) or 1.0
    values: dict[str, float | None] = {}
    for name in _NUMBERS:
        value = number(row.get(name))
        values[name] = None if value is not None and impossible(name, value) else value
    change = None
    if before is not None and before.day == clock.previous_session(day) and before.close and values["close"]:
        change = round((values["close"] * factor / before.close - 1) * 100, 6)
    known = min(request.now(), clock.close_time(day))
    return Bar(ticker=ticker, day=day, change_pct=change, exchange="", source=NAME, known_at=known, **values), factor


class TiingoSource:
    """One request a ticker."""

    name = NAME
    delay = "evening of the day"
    coverage = "US stocks and funds; daily bars as traded with split factors"
    licence = "Tiingo terms; free key, attribution required"
    needs_key = True

    async def daily(self, request: PriceRequest) -> Prices:
        """Bars of the request's tickers."""
        if not request.tickers:
            raise PriceError(f"{NAME}: answers single tickers only; name another source first in [prices] source")
        headers = {"authorization": f"Token {key_of(request, NAME)}"}
        base = (request.base_url or BASE_URL).rstrip("/")
        first = clock.previous_session(request.start)

        async def ask(ticker: str) -> Prices:
            url = f"{base}/tiingo/daily/{escaped(ticker)}/prices?startDate={first}&endDate={request.end}&format=json"
            response = await fetch(fetcher_of(request, NAME), NAME, request, url, headers)
            with documented(NAME):
                return parse(json_of(response, NAME), ticker, request)

        return await each(NAME, request.tickers, ask)


PLUGIN = TiingoSource()
