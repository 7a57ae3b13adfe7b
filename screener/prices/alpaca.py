"""Alpaca market data (v2): daily bars and snapshots for many tickers in one request, with a free key.

Delay: real time. Coverage on the free plan: trades on the IEX exchange only, about 2.5 % of all volume, so volumes
from here compare with each other and with nothing else; such bars carry the source ``alpaca-iex`` and the answer says
"IEX only". With the option ``feed = "sip"`` (paid) they cover the whole market. Prices are as traded.

::

    [prices.alpaca]
    key = "..."         # or SCREENER_PRICES__ALPACA__KEY
    secret = "..."
    options = { feed = "iex" }
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from urllib.parse import urlencode

from screener import clock
from screener.errors import PriceError
from screener.prices.base import PriceRequest, Prices, fetcher_of, key_of, problem
from screener.prices.cell_values import number, session_date
from screener.prices.per_ticker import merged
from screener.prices.replies import JsonObject, documented, fetch, json_of, mapping
from screener.prices.rows import impossible
from screener.types import Bar, Problem, Quote

NAME = "alpaca"
BASE_URL = "https://data.alpaca.markets"
BATCH = 100
_FIELDS = {"open": "o", "high": "h", "low": "l", "close": "c", "volume": "v"}


def _values(row: JsonObject) -> dict[str, float | None]:
    values: dict[str, float | None] = {}
    for name, short in _FIELDS.items():
        value = number(row.get(short))
        values[name] = None if value is not None and impossible(name, value) else value
    return values


def bars_of(answer: JsonObject, source: str, request: PriceRequest) -> tuple[list[Bar], list[Problem]]:
    """The bars of one page, and a problem for each row that is none."""
    bars: list[Bar] = []
    problems: list[Problem] = []
    for ticker, rows in (answer.get("bars") or {}).items():
        for row in rows or ():
            try:
                day = session_date(row["t"])
                known = min(request.now(), clock.close_time(day))
                bars.append(
                    Bar(ticker=_ours(ticker), day=day, source=source, known_at=known, exchange="", **_values(row))
                )
            except (KeyError, TypeError, ValueError) as e:
                problems.append(problem(NAME, ticker, f"a bar that cannot be read ({e}); it is left out", "bad_row"))
    return bars, problems


def quotes_of(answer: JsonObject, source: str) -> Iterator[Quote]:
    """Snapshots: the day's bar so far, the last trade and the best bid and ask."""
    for ticker, snap in answer.items():
        trade, day = (snap or {}).get("latestTrade") or {}, (snap or {}).get("dailyBar") or {}
        best, before = (snap or {}).get("latestQuote") or {}, (snap or {}).get("prevDailyBar") or {}
        if not trade.get("t") or not trade.get("p"):
            continue
        moment = dt.datetime.fromisoformat(trade["t"]).astimezone(dt.UTC)
        values = _values(day) if day and session_date(day["t"]) == clock.new_york_date(moment) else {}
        last, close = float(trade["p"]), number(before.get("c"))
        yield Quote(
            ticker=_ours(ticker),
            as_of=moment,
            last=last,
            bid=best.get("bp") or None,
            ask=best.get("ap") or None,
            change_pct=(last / close - 1) * 100 if close and values else None,
            session=clock.session_at(moment),
            source=source,
            **values,
        )


def _ours(ticker: str) -> str:
    return ticker.replace(".", "-")


class AlpacaSource:
    """Bars by pages and, in a live run, snapshots; up to 100 tickers a request."""

    name = NAME
    delay = "real time"
    coverage = "US stocks and funds; free plan: IEX only, about 2.5 % of volume"
    licence = "Alpaca market data agreement; free key, not for redistribution"
    needs_key = True

    async def daily(self, request: PriceRequest) -> Prices:
        """Daily bars as traded, and the newest snapshot when the run is live."""
        if not request.tickers:
            raise PriceError(f"{NAME}: needs tickers; name another source first in [prices] source")
        key = key_of(request, NAME)
        if not request.secret:
            raise PriceError(f"{NAME}: needs a secret: set [prices.{NAME}] secret or SCREENER_PRICES__ALPACA__SECRET")
        headers = {"APCA-API-KEY-ID": key, "APCA-API-SECRET-KEY": request.secret}
        feed = str(request.options.get("feed") or "iex")
        source = NAME if feed == "sip" else f"{NAME}-{feed}"
        parts = [
            await self._batch(request, request.tickers[i : i + BATCH], headers, feed, source)
            for i in range(0, len(request.tickers), BATCH)
        ]
        said = "IEX only: volumes are about 2.5 % of the market's and compare only with each other"
        notes = [problem(NAME, "", said, "iex_only")] if feed == "iex" else []
        return merged(NAME, parts, notes)

    async def _batch(
        self, request: PriceRequest, tickers: tuple[str, ...], headers: dict[str, str], feed: str, source: str
    ) -> Prices:
        names = ",".join(t.replace("-", ".") for t in tickers)
        query = {
            "symbols": names,
            "timeframe": "1Day",
            "start": request.start.isoformat(),
            "end": request.end.isoformat(),
            "adjustment": "raw",
            "feed": feed,
            "limit": "10000",
        }
        bars: list[Bar] = []
        problems: list[Problem] = []
        page: str | None = ""
        while page is not None:
            answer = await self._get(request, "bars", {**query, **({"page_token": page} if page else {})}, headers)
            with documented(NAME):
                more, bad = bars_of(answer, source, request)
            bars += more
            problems += bad
            page = answer.get("next_page_token") or None
        quotes: tuple[Quote, ...] = ()
        if not request.replay:
            answer = await self._get(request, "snapshots", {"symbols": names, "feed": feed}, headers)
            with documented(NAME):
                quotes = tuple(quotes_of(answer.get("snapshots") or answer, source))
        return Prices(source=NAME, bars=tuple(bars), quotes=quotes, problems=tuple(problems))

    async def _get(
        self, request: PriceRequest, what: str, query: dict[str, str], headers: dict[str, str]
    ) -> JsonObject:
        url = f"{(request.base_url or BASE_URL).rstrip('/')}/v2/stocks/{what}?{urlencode(query)}"
        answer = json_of(await fetch(fetcher_of(request, NAME), NAME, request, url, headers), NAME)
        found = mapping(answer, NAME, "object")
        if "message" in found and "bars" not in found:
            raise PriceError(f"{NAME}: the service answered: {found['message']}")
        return found


PLUGIN = AlpacaSource()
