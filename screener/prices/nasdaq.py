"""The public stock screener of nasdaq.com: price, change, volume and market cap of all US stocks in one call.

Delay: about 15 minutes in session. Coverage: Nasdaq, NYSE and NYSE American, units, warrants and preferred shares
included; no funds, no highs and lows. The service is undocumented and meant for browsers; it may change or refuse.
No key. It only knows the present, so it is never used in a replay.

::

    screener run --prices nasdaq
    [prices.nasdaq]
    base_url = "https://api.nasdaq.com"
"""

from __future__ import annotations

import datetime as dt

from screener import clock
from screener.errors import PriceError
from screener.language.symbols import plain_ticker
from screener.prices.base import PriceRequest, Prices, fetcher_of, problem
from screener.prices.cell_values import number
from screener.prices.replies import JsonObject, documented, fetch, json_of, mapping
from screener.prices.rows import impossible
from screener.types import Bar, Problem, Quote, Sector

NAME = "nasdaq"
BASE_URL = "https://api.nasdaq.com"
PATH = "/api/screener/stocks?tableonly=true&download=true"
# The figures run 15 minutes late, so right after the bell they are neither of the session nor of the close.
SETTLED = dt.timedelta(minutes=20)
_HEADERS = {"accept": "application/json, text/plain, */*", "accept-language": "en-US,en;q=0.9"}
_FIELDS = {"close": "lastsale", "volume": "volume", "change_pct": "pctchange", "market_cap": "marketCap"}


def table(answer: object) -> list[JsonObject]:
    """The rows of an answer. Raises PriceError with the service's own message when it has none."""
    top = mapping(answer, NAME, "object")
    status = top.get("status") or {}
    if isinstance(status, dict) and status.get("rCode") not in (None, 200):
        said = status.get("bCodeMessage") or status.get("developerMessage") or "no message"
        raise PriceError(f"{NAME}: the service answered {status.get('rCode')}: {said}; try again later")
    data = mapping(top.get("data"), NAME, "data")
    inner = data.get("table")
    rows = data.get("rows") or (inner.get("rows") if isinstance(inner, dict) else None)
    if not isinstance(rows, list) or not rows:
        raise PriceError(f"{NAME}: the answer has no rows; try again later")
    return rows


def snapshot_day(received: dt.datetime) -> tuple[dt.date, str]:
    """Which session a snapshot describes, and whether it is ``open`` (partial), ``settling`` or ``final``.

    Before the opening bell the figures are still the session before.
    """
    day = clock.new_york_date(received)
    if not clock.is_session(day) or received < clock.open_time(day):
        return clock.previous_session(day), "final"
    close = clock.close_time(day)
    if received < close:
        return day, "open"
    return day, "settling" if received < close + SETTLED else "final"


def _numbers(row: JsonObject, ticker: str, problems: list[Problem]) -> dict[str, float | None]:
    values: dict[str, float | None] = {}
    for name, theirs in _FIELDS.items():
        cell = row.get(theirs)
        try:
            value = number(cell)
        except ValueError:
            problems.append(problem(NAME, ticker, f"{theirs} {cell!r} is no number; it is unknown", "bad_number"))
            value = None
        if name == "market_cap" and value == 0:
            value = None  # how the service writes an unknown cap
        if value is not None and (wrong := impossible(name, value)):
            problems.append(problem(NAME, ticker, f"{theirs} {value:g} {wrong}; it is unknown", "bad_price"))
            value = None
        values[name] = value
    return values


def parse(answer: object, received: dt.datetime) -> Prices:
    """Bars (and, while the session runs or settles, quotes) from a decoded answer received at that moment.

    Bars are known from ``received``; one from a running session is partial and marked so by that time. Raises
    PriceError when the answer is not the documented table.
    """
    day, state = snapshot_day(received)
    bars: dict[str, Bar] = {}
    quotes: dict[str, Quote] = {}
    sectors: list[Sector] = []
    problems: list[Problem] = []
    for row in table(answer):
        ticker = plain_ticker(str(row.get("symbol") or "")) if isinstance(row, dict) else ""
        if not ticker:
            problems.append(problem(NAME, "", "a row without symbol; it is left out", "no_ticker"))
            continue
        if ticker in bars or ticker in quotes:
            problems.append(problem(NAME, ticker, "listed twice; the last row wins", "duplicate"))
        values = _numbers(row, ticker, problems)
        sectors += _sector(row, ticker)
        if state != "final":
            session = clock.REGULAR if state == "open" else clock.AFTER
            quotes[ticker] = Quote(
                ticker=ticker, as_of=received, last=values["close"], session=session, source=NAME, **values
            )
        if state != "settling":
            bars[ticker] = Bar(
                ticker=ticker, day=day, known_at=received, exchange=_exchange(row), source=NAME, **values
            )
    return Prices(
        source=NAME,
        bars=tuple(bars.values()),
        quotes=tuple(quotes.values()),
        problems=tuple(problems),
        sectors=tuple(sectors),
    )


def _sector(row: JsonObject, ticker: str) -> list[Sector]:
    said = str(row.get("sector") or "").strip()
    return [Sector(ticker=ticker, sector=said, industry=str(row.get("industry") or "").strip())] if said else []


def _exchange(row: JsonObject) -> str:
    return str(row.get("exchange") or "").strip().lower()


class NasdaqSource:
    """One snapshot of the whole market."""

    name = NAME
    delay = "about 15 minutes in session"
    coverage = "all stocks listed on Nasdaq, NYSE and NYSE American; close, change, volume, market cap"
    licence = "undocumented public page of nasdaq.com; for personal use, see its terms"
    whole_market = True
    needs_key = False

    async def daily(self, request: PriceRequest) -> Prices:
        """The snapshot of now. In a replay it answers nothing and says so."""
        if request.replay:
            raise PriceError(
                f"{NAME}: knows only the present, and this run looks at {clock.eastern(request.as_of)}; "
                "use stored prices or --prices FILE"
            )
        url = (request.base_url or BASE_URL).rstrip("/") + PATH
        response = await fetch(fetcher_of(request, NAME), NAME, request, url, _HEADERS)
        with documented(NAME):
            prices = parse(json_of(response, NAME), response.received)
        if not request.tickers:
            return prices
        wanted = frozenset(request.tickers)
        return Prices(
            source=NAME,
            bars=tuple(b for b in prices.bars if b.ticker in wanted),
            quotes=tuple(q for q in prices.quotes if q.ticker in wanted),
            problems=tuple(p for p in prices.problems if p.subject in wanted),
            sectors=prices.sectors,
        )


PLUGIN = NasdaqSource()
