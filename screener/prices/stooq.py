"""Daily bars from stooq.com as CSV, one request a ticker.

Delay: end of day. Coverage: US stocks, funds and world indices (``^SPX``), decades back; the site counts requests and
stops at a daily limit. Its prices are adjusted for later splits and dividends, so days before a split are not as
traded there; the change from day to day is right across splits. For personal use. No key.

::

    [prices]
    source = ["file", "stooq"]
    [prices.stooq]
    base_url = "https://stooq.com"
"""

from __future__ import annotations

import csv
from urllib.parse import urlencode

from screener import clock
from screener.errors import PriceError
from screener.prices.base import PriceRequest, Prices, fetcher_of, problem
from screener.prices.cell_values import number, session_date
from screener.prices.per_ticker import each
from screener.prices.replies import NotThere, RateLimited, fetch
from screener.prices.rows import header, impossible
from screener.types import Bar, Problem

NAME = "stooq"
BASE_URL = "https://stooq.com"
_NUMBERS = ("open", "high", "low", "close", "volume")


def their_symbol(ticker: str) -> str:
    """``BRK-B`` as ``brk-b.us``; indices keep their name."""
    return ticker.lower() if ticker.startswith("^") else f"{ticker.lower()}.us"


def parse(text: str, ticker: str, request: PriceRequest) -> Prices:
    """The bars of one CSV answer. Raises PriceError for the site's messages and for anything that is not CSV."""
    lines = text.strip().splitlines()
    head = lines[0].strip() if lines else ""
    if not lines or "no data" in head.lower():
        raise NotThere(f"{NAME}: {ticker}: no data; is the ticker right?")
    if "limit" in head.lower():
        raise RateLimited(f"{NAME}: {head[:80]}")
    where = header(next(csv.reader(lines[:1])))
    if "date" not in where or "close" not in where:
        raise PriceError(f"{NAME}: {ticker}: came {head[:60]!r} instead of a table; is the address right?")
    bars: list[Bar] = []
    problems: list[Problem] = []
    before: Bar | None = None
    for i, cells in enumerate(csv.reader(lines[1:]), start=2):
        try:
            bar = _bar(cells, where, ticker, request, before)
        except (ValueError, IndexError) as e:
            problems.append(problem(NAME, f"{ticker}:{i}", f"{e}; the row is left out", "bad_row"))
            continue
        before = bar
        if request.start <= bar.day <= request.end:
            bars.append(bar)
    return Prices(source=NAME, bars=tuple(bars), problems=tuple(problems))


def _bar(cells: list[str], where: dict[str, int], ticker: str, request: PriceRequest, before: Bar | None) -> Bar:
    day = session_date(cells[where["date"]])
    if not clock.is_session(day):
        raise ValueError(f"{day} is no trading day")
    if day > clock.new_york_date(request.now()):
        raise ValueError(f"{day} lies in the future")
    values: dict[str, float | None] = {n: number(cells[where[n]]) if n in where else None for n in _NUMBERS}
    wrong = [f"{n} {impossible(n, v)}" for n, v in values.items() if v is not None and impossible(n, v)]
    if wrong:
        raise ValueError("; ".join(wrong))
    change = None
    if before is not None and before.day == clock.previous_session(day) and before.close and values["close"]:
        change = round((values["close"] / before.close - 1) * 100, 6)
    known = min(request.now(), clock.close_time(day))
    return Bar(ticker=ticker, day=day, change_pct=change, exchange="", source=NAME, known_at=known, **values)


class StooqSource:
    """One CSV a ticker."""

    name = NAME
    delay = "end of day"
    coverage = "US stocks, funds, indices; daily bars adjusted for later splits and dividends"
    licence = "free for personal use, see stooq.com"
    needs_key = False

    async def daily(self, request: PriceRequest) -> Prices:
        """Bars of the request's tickers."""
        if not request.tickers:
            raise PriceError(f"{NAME}: answers single tickers only; name another source first in [prices] source")

        async def ask(ticker: str) -> Prices:
            first = clock.previous_session(request.start)
            query = {"s": their_symbol(ticker), "d1": f"{first:%Y%m%d}", "d2": f"{request.end:%Y%m%d}", "i": "d"}
            url = f"{(request.base_url or BASE_URL).rstrip('/')}/q/d/l/?{urlencode(query)}"
            response = await fetch(fetcher_of(request, NAME), NAME, request, url)
            return parse(response.body.decode("utf-8", "replace"), ticker, request)

        return await each(NAME, request.tickers, ask)


PLUGIN = StooqSource()
