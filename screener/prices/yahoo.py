"""Yahoo's chart service (v8): daily bars back for decades, one-minute bars with pre and after hours for seven days.

Delay: real time to 15 minutes. Coverage: US stocks, funds and indices (``^VIX``), one request a ticker; it answers
"too many requests" after some hundred tickers. Unofficial: for personal use, and it may stop. No key. The service
adjusts prices for later splits; here they are brought back to prices as traded with its own list of splits, so the
request always runs to the present.

::

    [prices]
    source = ["nasdaq", "yahoo"]
    [prices.yahoo]
    base_url = "https://query1.finance.yahoo.com"
    options = { interval = "1m" }      # minute bars instead of daily ones
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from urllib.parse import quote as escaped
from urllib.parse import urlencode

from screener import clock
from screener.errors import PriceError
from screener.prices.base import PriceRequest, Prices, fetcher_of
from screener.prices.cell_values import number
from screener.prices.per_ticker import each
from screener.prices.replies import JsonObject, NotThere, RateLimited, documented, fetch, json_of, mapping
from screener.prices.rows import impossible
from screener.types import Bar, Quote

NAME = "yahoo"
BASE_URL = "https://query1.finance.yahoo.com"
_KINDS = frozenset({"EQUITY", "ETF", "INDEX", "MUTUALFUND"})
_PRICES = ("open", "high", "low", "close")
MINUTE = dt.timedelta(minutes=1)


def result_of(answer: object, ticker: str) -> JsonObject:
    """The one result of a chart answer. Raises PriceError with the service's own words when it has none."""
    chart = mapping(mapping(answer, NAME, "object").get("chart"), NAME, "chart")
    error = chart.get("error")
    if isinstance(error, dict):
        said = f"{error.get('code', 'error')}: {error.get('description', 'no description')}"
        if "too many" in said.lower():
            raise RateLimited(f"{NAME}: {said}")
        raise NotThere(f"{NAME}: {ticker}: {said}")
    results = chart.get("result")
    if not isinstance(results, list) or not results:
        raise NotThere(f"{NAME}: {ticker}: an empty answer; is the ticker right?")
    result = mapping(results[0], NAME, "result")
    meta = mapping(result.get("meta"), NAME, "meta")
    if meta.get("instrumentType") not in _KINDS or meta.get("currency") != "USD":
        what = f"{meta.get('instrumentType')} in {meta.get('currency')}"
        raise NotThere(f"{NAME}: {ticker} is {what} there, not a US stock with these letters; it is left out")
    return result


def _table(result: JsonObject) -> list[tuple[int, dict[str, float | None]]]:
    """(timestamp, values) of each bar; impossible values are unknown."""
    stamps = result.get("timestamp") or []
    indicators = mapping(result.get("indicators"), NAME, "indicators")
    columns = (indicators.get("quote") or [{}])[0] or {}
    found = []
    for i, stamp in enumerate(stamps):
        values: dict[str, float | None] = {}
        for name in (*_PRICES, "volume"):
            column = columns.get(name) or []
            value = column[i] if i < len(column) else None
            known = number(value)
            values[name] = None if known is None or impossible(name, known) else known
        found.append((int(stamp), values))
    return found


def splits_of(result: JsonObject) -> dict[dt.date, float]:
    """Old shares for one new share by effective day, from the ``events`` of an answer."""
    events = (result.get("events") or {}).get("splits") or {}
    found = {}
    for event in events.values():
        new, old = float(event.get("numerator") or 0), float(event.get("denominator") or 0)
        if new > 0 and old > 0 and new != old:
            found[clock.new_york_date(dt.datetime.fromtimestamp(int(event["date"]), dt.UTC))] = old / new
    return found


def as_traded(value: float | None, day: dt.date, splits: Mapping[dt.date, float], *, shares: bool) -> float | None:
    """Undo the adjustment for splits after a day: prices are divided by old-for-new, share counts multiplied."""
    if value is None:
        return None
    factor = 1.0
    for when, ratio in splits.items():
        if day < when:
            factor *= ratio
    if shares:
        return float(round(value * factor))
    price = value / factor
    return round(price, 4 if price >= 1 else 6)


def daily_bars(result: JsonObject, ticker: str, request: PriceRequest) -> list[Bar]:
    """The bars of the request's days, as traded, with the change that is right across splits."""
    splits = splits_of(result)
    now = request.now()
    bars: dict[dt.date, Bar] = {}
    before: tuple[dt.date, float] | None = None
    for stamp, values in _table(result):
        day = clock.new_york_date(dt.datetime.fromtimestamp(stamp, dt.UTC))
        if not clock.is_session(day) or values["close"] is None:
            continue
        close = values["close"]
        linked = before is not None and before[0] == clock.previous_session(day)
        change = (close / before[1] - 1) * 100 if linked and before is not None else None
        if request.start <= day <= request.end:
            prices: dict[str, float | None] = {n: as_traded(values[n], day, splits, shares=False) for n in _PRICES}
            bars[day] = Bar(
                ticker=ticker,
                day=day,
                volume=as_traded(values["volume"], day, splits, shares=True),
                change_pct=None if change is None else round(change, 6),
                exchange="",
                source=NAME,
                known_at=min(now, clock.close_time(day)),
                **prices,
            )
        if before is None or before[0] != day:
            before = (day, close)
    return list(bars.values())


def snapshot(result: JsonObject, ticker: str, bars: list[Bar]) -> Quote | None:
    """The regular session so far, from the answer's ``meta``."""
    meta = result["meta"]
    stamp, price = meta.get("regularMarketTime"), meta.get("regularMarketPrice")
    if not stamp or not price:
        return None
    moment = dt.datetime.fromtimestamp(int(stamp), dt.UTC)
    day = clock.new_york_date(moment)
    own = next((b for b in bars if b.day == day), None)
    return Quote(
        ticker=ticker,
        as_of=moment,
        open=own.open if own else None,
        high=meta.get("regularMarketDayHigh"),
        low=meta.get("regularMarketDayLow"),
        last=float(price),
        volume=meta.get("regularMarketVolume"),
        change_pct=own.change_pct if own else None,
        session=clock.session_at(moment),
        source=NAME,
    )


def minute_bars(result: JsonObject, ticker: str) -> list[Quote]:
    """One-minute bars, pre and after hours included; ``as_of`` is the minute's end."""
    found = []
    for stamp, values in _table(result):
        if values["close"] is None:
            continue
        begun = dt.datetime.fromtimestamp(stamp, dt.UTC)
        session = clock.session_at(begun)
        found.append(Quote(ticker=ticker, as_of=begun + MINUTE, session=session, source=NAME, **values))
    return found


def _answer(result: JsonObject, ticker: str, request: PriceRequest, minutes: bool) -> Prices:
    if minutes:
        known = [q for q in minute_bars(result, ticker) if not request.replay or q.as_of <= request.as_of]
        return Prices(source=NAME, minutes=tuple(known))
    bars = daily_bars(result, ticker, request)
    quote = None if request.replay else snapshot(result, ticker, bars)
    splits = splits_of(result)
    return Prices(
        source=NAME,
        bars=tuple(bars),
        quotes=(quote,) if quote else (),
        splits={ticker: splits} if splits else {},
    )


class YahooSource:
    """One chart request a ticker."""

    name = NAME
    delay = "real time to 15 minutes"
    coverage = "US stocks, funds, indices; daily bars, minute bars of the last 7 days with pre and after hours"
    licence = "unofficial service of finance.yahoo.com; for personal use, see its terms"
    needs_key = False

    async def daily(self, request: PriceRequest) -> Prices:
        """Bars of the request's tickers; a snapshot of the running session too when the run is live."""
        if not request.tickers:
            raise PriceError(f"{NAME}: answers single tickers only; name another source first in [prices] source")

        async def ask(ticker: str) -> Prices:
            return await self._one(ticker, request)

        return await each(NAME, request.tickers, ask)

    async def _one(self, ticker: str, request: PriceRequest) -> Prices:
        minutes = request.options.get("interval") == "1m"
        first = request.start if minutes else clock.previous_session(request.start)
        # Up to the present: prices are adjusted for every split until today, and only then are all of them listed.
        last = request.end if minutes else max(request.end, clock.new_york_date(request.now()))
        midnight = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(0), clock.NEW_YORK)
        query = {
            "period1": int(dt.datetime.combine(first, dt.time(0), clock.NEW_YORK).timestamp()),
            "period2": int(midnight.timestamp()),
            "interval": "1m" if minutes else "1d",
            "includePrePost": "true" if minutes else "false",
            "events": "div,split",
        }
        base = (request.base_url or BASE_URL).rstrip("/")
        url = f"{base}/v8/finance/chart/{escaped(ticker)}?{urlencode(query)}"
        response = await fetch(fetcher_of(request, NAME), NAME, request, url)
        with documented(NAME):
            return _answer(result_of(json_of(response, NAME), ticker), ticker, request, minutes)


PLUGIN = YahooSource()
