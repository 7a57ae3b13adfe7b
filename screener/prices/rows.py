"""One row of a table of daily bars: the columns, their other names, and what makes a value impossible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from screener import clock
from screener.language.symbols import plain_ticker
from screener.prices.base import problem
from screener.prices.cell_values import number, session_date
from screener.types import Bar, BarRow, Problem

NUMBERS = ("open", "high", "low", "close", "volume", "change_pct", "market_cap", "float_shares")
COLUMNS = ("ticker", "day", *NUMBERS, "exchange", "source", "known_at")
Row = BarRow

ALIASES = {
    "symbol": "ticker",
    "trade_date": "date",
    "day": "date",
    "vol": "volume",
    "change_percent": "change_pct",
    "pct_change": "change_pct",
    "pctchange": "change_pct",
    "change_%": "change_pct",
    "marketcap": "market_cap",
    "mktcap": "market_cap",
    "market_capitalization": "market_cap",
    "float": "float_shares",
    "floatshares": "float_shares",
    "exch": "exchange",
    "last": "close",
    "lastsale": "close",
}
# A stock does not gain a hundredfold in a day: beyond that the source differenced across a split or a relisting.
MAX_CHANGE = 10_000.0
NOT_STOCKS = frozenset({"CRYPTO", "CCC", "CRYPTOCURRENCY", "FOREX", "CCY"})
LISTED_PER_KIND = 20
FIRST_DAY = dt.date(1962, 1, 1)


def header(names: Sequence[str]) -> dict[str, int]:
    """Positions of the known columns; the first column of a name wins."""
    found: dict[str, int] = {}
    for i, name in enumerate(names):
        plain = name.strip().lstrip("\ufeff").strip().lower().replace(" ", "_")
        found.setdefault(ALIASES.get(plain, plain), i)
    return {k: v for k, v in found.items() if k in ("ticker", "date", "exchange", *NUMBERS)}


class Troubles:
    """Problems of one file: the first of each kind are listed, the rest counted; ``close`` adds the counts."""

    def __init__(self, file: str, into: list[Problem]) -> None:
        self.file, self.into = file, into
        self.counts: dict[str, int] = {}

    def add(self, line: int, message: str, kind: str) -> None:
        """Note one problem at a line (1-based)."""
        self.counts[kind] = n = self.counts.get(kind, 0) + 1
        if n <= LISTED_PER_KIND:
            self.into.append(problem("file", f"{self.file}:{line}", message, kind))

    def close(self) -> None:
        """Add one line for each kind that was cut short."""
        for kind, n in self.counts.items():
            if n > LISTED_PER_KIND:
                more = f"{n - LISTED_PER_KIND:,} more rows like this ({n:,} in all)"
                self.into.append(problem("file", self.file, more, kind))


@lru_cache(maxsize=8192)
def close_text(day: dt.date) -> str:
    """The close of a session as the text in ``known_at``."""
    return moment_text(clock.close_time(day))


def moment_text(moment: dt.datetime) -> str:
    """A moment as fixed-width UTC text, so that text order is time order."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


class Days:
    """Which dates may stand in a file, decided once for each text.

    A bar of history is known from its session's close. A bar of a session still running when the file is read is
    known from now, which marks it as partial.
    """

    def __init__(self, now: dt.datetime, known_at: Callable[[dt.date], dt.datetime] | None = None) -> None:
        self.now, self.known_at = now, known_at
        self.today = clock.new_york_date(now)
        self.seen: dict[object, tuple[str, str] | tuple[None, str]] = {}

    def look(self, cell: object) -> tuple[str, str] | tuple[None, str]:
        """(day, known_at) as text, or (None, what is wrong)."""
        found = self.seen.get(cell)
        if found is None:
            found = self.seen[cell] = self._judge(cell)
        return found

    def _judge(self, cell: object) -> tuple[str, str] | tuple[None, str]:
        try:
            day = session_date(cell)
        except ValueError as e:
            return None, str(e)
        if day > self.today:
            return None, f"{day} lies in the future; the row is left out"
        if day < FIRST_DAY:
            return None, f"{day} lies before {FIRST_DAY.year}; the row is left out"
        if not clock.is_session(day):
            return None, f"{day} is no trading day (weekend or NYSE holiday); the row is left out"
        if self.known_at is not None:
            return day.isoformat(), moment_text(self.known_at(day))
        if clock.close_time(day) > self.now:
            return day.isoformat(), moment_text(self.now)
        return day.isoformat(), close_text(day)


def build(cells: Mapping[str, object], line: int, days: Days, troubles: Troubles, source: str) -> Row | None:
    """One checked row from raw cells by column name; None when it cannot be a bar. Impossible values are unknown."""
    ticker = plain_ticker(str(cells.get("ticker") or ""))
    if not ticker:
        troubles.add(line, "no ticker; the row is left out", "no_ticker")
        return None
    exchange = str(cells.get("exchange") or "").strip()
    if exchange.upper() in NOT_STOCKS:
        troubles.add(line, f"{ticker} trades on {exchange}, which lists no stocks; the row is left out", "not_a_stock")
        return None
    day, known = days.look(cells.get("date"))
    if day is None:
        troubles.add(line, known, "bad_date")
        return None
    values = [_value(name, cells.get(name), ticker, line, troubles) for name in NUMBERS]
    high, low = values[1], values[2]
    if high is not None and low is not None and high < low:
        troubles.add(line, f"{ticker}: high {high:g} is below low {low:g}; both are unknown", "bad_price")
        values[1] = values[2] = None
    o, h, lo, c, v, ch, cap, fl = values
    return (ticker, day, o, h, lo, c, v, ch, cap, fl, exchange, source, known)


def _value(name: str, cell: object, ticker: str, line: int, troubles: Troubles) -> float | None:
    try:
        value = number(cell)
    except ValueError:
        troubles.add(line, f"{ticker}: {name} {cell!r} is no number; it is unknown", "bad_number")
        return None
    if value is None:
        return None
    wrong = impossible(name, value)
    if wrong:
        kind = "bad_volume" if name == "volume" else "bad_change" if name == "change_pct" else "bad_price"
        troubles.add(line, f"{ticker}: {name} {value:g} {wrong}; it is unknown", kind)
        return None
    return value


def impossible(name: str, value: float) -> str:
    """Why a value cannot be; empty when it can."""
    if name == "volume":
        return "is negative" if value < 0 else ""
    if name == "change_pct":
        if value < -100:
            return "is a loss of more than everything"
        return f"is above {MAX_CHANGE:,.0f} %, so a split or relisting was differenced" if value > MAX_CHANGE else ""
    return "is not above zero" if value <= 0 else ""


def to_bar(row: Row) -> Bar:
    """A Row as a Bar."""
    ticker, day, o, h, lo, c, v, ch, cap, fl, exchange, source, known = row
    return Bar(
        ticker=ticker,
        day=_day(day),
        open=o,
        high=h,
        low=lo,
        close=c,
        volume=v,
        change_pct=ch,
        market_cap=cap,
        float_shares=fl,
        exchange=exchange,
        source=source,
        known_at=_moment(known),
    )


@lru_cache(maxsize=8192)
def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@lru_cache(maxsize=8192)
def _moment(text: str) -> dt.datetime:
    return clock.parse_time(text)
