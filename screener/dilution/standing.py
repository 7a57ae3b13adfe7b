"""What a company's ledger and facts come to at a moment: the numbers that rules ask for and people read.

``MEASURES`` names them all. None is unknown: "no" is said only when the company's filings have been read over the span in
which the thing could still be open. Shares are those of today.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from msgspec import Struct

from screener.clock import new_york_date
from screener.dilution.facts import Burn, FactCount, Money
from screener.dilution.facts_asof import months_of_cash
from screener.dilution.formulas import BABY_FLOAT, baby_shelf_limit
from screener.dilution.records import Entry, Kind, Ledger, Line
from screener.dilution.small_float import FloatPrices, float_now, stated_float

MeasureKind = Literal["number", "bool"]
YEAR = dt.timedelta(days=365)
TWO_YEARS, THREE_YEARS = dt.timedelta(days=730), dt.timedelta(days=1096)
SPAN = dt.timedelta(days=1065)
"""Filings must reach back so far for a "no": three years less a month, since a fetch reads three years."""
CONVERTIBLES: tuple[Kind, ...] = ("convertible_note", "convertible_preferred")
_RAISES: tuple[Kind, ...] = ("offering", "registered_direct", "placement", "inducement")


class Measure(NamedTuple):
    """``unit`` and ``doc`` are for people who write rules."""

    kind: MeasureKind
    unit: str
    doc: str


MEASURES: dict[str, Measure] = {
    "filings_days": Measure("number", "days", "over which the company's filings have been read without a gap"),
    "resale_open": Measure("bool", "", "shares of holders registered for resale"),
    "convertible_open": Measure("bool", "", "convertible notes or preferred shares not known to be converted"),
    "convertible_variable": Measure("bool", "", "of these or an equity line, one whose price follows the market"),
    "shelf_left_pct": Measure(
        "number", "% of market cap", "what the open shelves can still sell, in twelve months if the float is small"
    ),
    "atm_left_pct": Measure("number", "% of market cap", "what the at-the-market programme can still sell"),
    "equity_line_left_pct": Measure("number", "% of market cap", "what the equity line can still take"),
    "baby_shelf": Measure("bool", "", "a float under $75 million: a third of it a year is all a shelf may sell"),
    "warrants_pct": Measure("number", "% of shares", "shares that outstanding warrants buy"),
    "warrants_in_money_pct": Measure("number", "% of shares", "of these, with a strike below the price"),
    "overhead_pct": Measure("number", "% of shares", "shares that warrants, notes, preferred and resale can bring"),
    "raises_12m": Measure("number", "count", "raises of the last 12 months by the ledger"),
    "days_since_raise": Measure("number", "days", "since the last raise by the ledger"),
    "reverse_splits_36m": Measure("number", "count", "reverse splits of the last three years"),
    "share_growth_pct": Measure("number", "%", "more shares than twelve months ago, splits taken off"),
    "authorised_left_pct": Measure("number", "% of shares", "shares the charter allows beyond those outstanding"),
    "burns_cash": Measure("bool", "", "operations take money"),
    "months_of_cash": Measure("number", "months", "that cash lasts from today; unknown when operations bring money"),
}


class Cost(Struct, frozen=True, kw_only=True):
    """Shares that somebody holds or may take at ``price``: above it he profits from selling."""

    price: float
    shares: float | None
    what: str
    entry: str


class DilutionStanding(Struct, frozen=True, kw_only=True):
    """The measures of ``MEASURES`` and what stands behind them.

    ``since`` and ``until`` say over which time the company's filings have been read without a gap, None when they have
    not; ``stored_since`` is the day of the oldest filing stored at all.
    ``float_usd`` is what non-affiliates hold, as stated on ``float_day``, at the highest price of 60 days when
    ``float_repriced``; ``shelf_limit_usd`` is what shelves may sell of it in twelve months, None without a limit.
    ``profit_price`` is the highest price below today's (without a price: of all) at which somebody profits from selling.
    """

    as_of: dt.datetime
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    stored_since: dt.datetime | None = None
    price: float | None = None
    market_cap: float | None = None
    shares: float | None = None
    filings_days: int | None = None
    shelf_open: bool | None = None
    atm_open: bool | None = None
    equity_line_open: bool | None = None
    warrants_outstanding: bool | None = None
    resale_open: bool | None = None
    convertible_open: bool | None = None
    convertible_variable: bool | None = None
    shelf_left_pct: float | None = None
    atm_left_pct: float | None = None
    equity_line_left_pct: float | None = None
    baby_shelf: bool | None = None
    float_usd: float | None = None
    float_day: dt.date | None = None
    float_repriced: bool = False
    shelf_limit_usd: float | None = None
    warrants_pct: float | None = None
    warrants_in_money_pct: float | None = None
    overhead_pct: float | None = None
    raises_12m: int | None = None
    raises_24m: int | None = None
    days_since_raise: int | None = None
    reverse_splits_36m: int | None = None
    share_growth_pct: float | None = None
    authorised_left_pct: float | None = None
    burns_cash: bool | None = None
    months_of_cash: float | None = None
    profit_price: float | None = None
    costs: tuple[Cost, ...] = ()


class BesideLedger(Struct, frozen=True, kw_only=True):
    """What is known of a company beside its ledger; ``year_ago`` counts its shares a year before, on today's basis."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    stored_since: dt.datetime | None = None
    price: float | None = None
    market_cap: float | None = None
    shares: FactCount | None = None
    year_ago: FactCount | None = None
    authorised: FactCount | None = None
    money: Money | None = None
    burn: Burn | None = None
    splits: tuple[dt.date, ...] = ()
    public_float: FactCount | None = None
    float_prices: FloatPrices = FloatPrices()


def standing(ledger: Ledger, known: BesideLedger) -> DilutionStanding:
    """The measures of a ledger as of its moment."""
    today = new_york_date(ledger.as_of)
    shares = _shares(ledger, known)
    cap = known.market_cap or (shares * known.price if shares and known.price else None)
    held = float_now(stated_float(ledger.public_float, known.public_float), known.float_prices, shares, today)
    limit = baby_shelf_limit(held.usd) if held else None
    look = _Look(ledger, known, today, shares, cap)
    warrants = look.open("warrants")
    costs = tuple(costs_of(ledger, today))
    below = [c.price for c in costs if known.price is None or c.price < known.price]
    raised = [d for line in ledger.raises if (d := line_day(line)) is not None and d <= today]
    return DilutionStanding(
        as_of=ledger.as_of,
        since=known.since,
        until=known.until,
        stored_since=known.stored_since or known.since,
        price=known.price,
        market_cap=cap,
        shares=shares,
        filings_days=(ledger.as_of - known.since).days if known.since else None,
        shelf_open=look.is_open("shelf"),
        atm_open=look.is_open("atm"),
        equity_line_open=look.is_open("equity_line"),
        warrants_outstanding=look.is_open("warrants"),
        resale_open=look.is_open("resale"),
        convertible_open=look.is_open(*CONVERTIBLES),
        convertible_variable=look.variable(),
        shelf_left_pct=look.left_pct("shelf", most=limit),
        atm_left_pct=look.left_pct("atm"),
        equity_line_left_pct=look.left_pct("equity_line"),
        baby_shelf=held.usd < BABY_FLOAT if held else _stated_limit(ledger),
        float_usd=held.usd if held else None,
        float_day=held.day if held else None,
        float_repriced=held.repriced if held else False,
        shelf_limit_usd=limit,
        warrants_pct=look.of_shares(warrants, "warrants"),
        warrants_in_money_pct=look.in_money(warrants),
        overhead_pct=look.overhead(),
        raises_12m=look.count(raised, YEAR),
        raises_24m=look.count(raised, TWO_YEARS),
        days_since_raise=(today - max(raised)).days if raised else None,
        reverse_splits_36m=look.count(_splits(ledger, known, today), THREE_YEARS),
        share_growth_pct=_growth(known, shares),
        authorised_left_pct=(known.authorised.value / shares - 1) * 100 if known.authorised and shares else None,
        burns_cash=known.burn.usd_a_month > 0 if known.burn else None,
        months_of_cash=months_of_cash(known.money, known.burn, today, raised_since(ledger, known.money)),
        profit_price=max(below, default=None),
        costs=costs,
    )


class _Look:
    """Questions to one ledger."""

    def __init__(
        self, ledger: Ledger, known: BesideLedger, today: dt.date, shares: float | None, cap: float | None
    ) -> None:
        self.ledger, self.known, self.today, self.shares, self.cap = ledger, known, today, shares, cap
        self.reaches = known.since is not None and known.since <= ledger.as_of - SPAN

    def open(self, *kinds: Kind) -> list[Line]:
        return [line for line in self.ledger.lines if line.kind in kinds and line.open]

    def is_open(self, *kinds: Kind) -> bool | None:
        """True when a line is open; False when none is, and the filings reach back far enough to say so."""
        if self.open(*kinds):
            return True
        doubtful = any(line.kind in kinds and line.open is None for line in self.ledger.lines)
        return False if self.reaches and not doubtful else None

    def variable(self) -> bool | None:
        kinds: tuple[Kind, ...] = (*CONVERTIBLES, "equity_line")
        if any(line.entry.variable for line in self.open(*kinds)):
            return True
        stated = all(line.entry.variable is False for line in self.open(*kinds))
        return False if self.is_open(*kinds) is False or (self.reaches and stated) else None

    def left_pct(self, *kinds: Kind, most: float | None = None) -> float | None:
        """What open lines can still sell, of the market cap; 0 when none is open, None when an amount is not stated.

        ``most`` is what may be sold of them in all.
        """
        lines = self.open(*kinds)
        if not lines:
            return 0.0 if self.is_open(*kinds) is False else None
        left = [left_usd(line) for line in lines]
        known = [v for v in left if v is not None]
        if not self.cap or not (known or most is not None):
            return None
        total = sum(known) if known else most or 0.0
        return min(total, total if most is None else most) / self.cap * 100

    def of_shares(self, lines: Sequence[Line], *kinds: Kind) -> float | None:
        if not lines:
            return 0.0 if self.is_open(*kinds) is False else None
        counts = [n for line in lines if (n := shares_of(line)) is not None]
        return sum(counts) / self.shares * 100 if self.shares and counts else None

    def in_money(self, warrants: Sequence[Line]) -> float | None:
        price = self.known.price
        if warrants and price is None:
            return None
        return self.of_shares_or_none([w for w in warrants if in_the_money(w, price)], bool(warrants))

    def of_shares_or_none(self, lines: Sequence[Line], some: bool) -> float | None:
        if lines:
            return self.of_shares(lines, "warrants")
        return 0.0 if some or self.is_open("warrants") is False else None

    def overhead(self) -> float | None:
        kinds: tuple[Kind, ...] = ("warrants", "prefunded_warrants", "resale", *CONVERTIBLES)
        return self.of_shares(self.open(*kinds), *kinds)

    def count(self, days: Iterable[dt.date], span: dt.timedelta) -> int | None:
        """How many of the days lie in a span back from today; None when there is none and the filings reach less far."""
        found = sum(self.today - span < day <= self.today for day in days)
        reaches = self.known.since is not None and self.known.since <= self.ledger.as_of - min(span, SPAN)
        return found if found or reaches else None


def left_usd(line: Line) -> float | None:
    """Dollars that a line can still sell: what is left where stated, else its whole amount."""
    return line.remaining_usd if line.remaining_usd is not None else line.entry.amount_usd


def shares_of(line: Line) -> float | None:
    """Shares that a line can bring: as stated, or a note's principal at its conversion price."""
    entry = line.entry
    stated = line.remaining_shares if line.remaining_shares is not None else entry.shares
    if stated is None and entry.principal_usd and (price := entry.conversion_price or entry.floor_price):
        return entry.principal_usd / price
    return stated


def in_the_money(line: Line, price: float | None) -> bool:
    """Whether a warrant's strike lies below a price."""
    return price is not None and line.entry.strike is not None and line.entry.strike < price


def line_day(line: Line) -> dt.date | None:
    """The day of a line: when it opened, else its entry's own day or publication."""
    text = line.opened or line.entry.day
    try:
        return dt.date.fromisoformat(text) if text else _published(line.entry)
    except ValueError:
        return _published(line.entry)


def _published(entry: Entry) -> dt.date:
    return new_york_date(entry.published or entry.received)


def costs_of(ledger: Ledger, today: dt.date) -> Iterable[Cost]:
    """What open warrants and notes cost their holders, and what the buyers of a year's raises paid; highest first."""
    found = []
    for line in ledger.lines:
        entry = line.entry
        price = entry.strike if line.kind == "warrants" else entry.conversion_price
        if line.open and price and line.kind in ("warrants", *CONVERTIBLES):
            found.append(Cost(price=price, shares=shares_of(line), what=line.kind.replace("_", " "), entry=entry.id))
    for line in ledger.raises:
        day = line_day(line)
        if line.entry.price and line.kind in _RAISES and day is not None and today - YEAR < day <= today:
            what = f"{line.kind.replace('_', ' ')} of {day.isoformat()}"
            found.append(Cost(price=line.entry.price, shares=line.entry.shares, what=what, entry=line.entry.id))
    return sorted(found, key=lambda c: (-c.price, c.entry))


def raised_since(ledger: Ledger, money: Money | None) -> float:
    """Gross dollars of the raises after a balance sheet's day."""
    if money is None:
        return 0.0
    later = (line for line in ledger.raises if (day := line_day(line)) is not None and day > money.day)
    return sum(line.entry.amount_usd or 0.0 for line in later)


def _shares(ledger: Ledger, known: BesideLedger) -> float | None:
    """The newer count: that of SEC's company facts, or one that a filing of the ledger states."""
    stated = ledger.shares_outstanding
    if stated is not None and stated.shares:
        day = stated.day or _published(stated).isoformat()
        if known.shares is None or day > known.shares.day.isoformat():
            return stated.shares
    return known.shares.value if known.shares else None


def _growth(known: BesideLedger, shares: float | None) -> float | None:
    """None too for a count that has halved: companies buy back little, and splits are not always known."""
    growth = (shares / known.year_ago.value - 1) * 100 if shares and known.year_ago else None
    return growth if growth is not None and growth > -50 else None


def _stated_limit(ledger: Ledger) -> bool | None:
    limits = [line.entry.limit_usd for line in ledger.lines if line.kind in ("shelf", "atm") and line.open]
    return True if any(v is not None for v in limits) else None


def _splits(ledger: Ledger, known: BesideLedger, today: dt.date) -> list[dt.date]:
    """Days of reverse splits, those of the prices and those of the filings, each once."""
    days = {d for d in known.splits if d <= today}
    for entry in ledger.splits:
        if (entry.ratio or 0.0) > 1 and entry.status != "proposed":
            text = entry.effective or entry.day
            day = dt.date.fromisoformat(text) if text else _published(entry)
            if day <= today and not any(abs((day - d).days) <= 10 for d in days):
                days.add(day)
    return sorted(days)
