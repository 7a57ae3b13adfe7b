"""What a company can sell as of a moment: its ledger, its facts, the measures of both, and the ratings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from screener import clock
from screener.dilution.facts import Burn, CompanyFacts, FactCount, Money, Split
from screener.dilution.facts_asof import FactsAsOf
from screener.dilution.fold import ledger
from screener.dilution.phrases import absent, in_play
from screener.dilution.records import Ledger
from screener.dilution.small_float import WINDOW, FloatPrices, stated_float
from screener.dilution.standing import BesideLedger, DilutionStanding, standing
from screener.engine.facts import Value, rating_facts
from screener.engine.load import RuleSet
from screener.engine.rating import Rating, rate_all
from screener.pipeline.pricing import measure
from screener.pipeline.workspace import Workspace
from screener.types import Move

# A list read yesterday still answers today: over a weekend nothing is accepted.
_FRESH = dt.timedelta(days=4)
_YEAR = dt.timedelta(days=365)
_BEFORE = dt.timedelta(days=7)
_REPORTED = dt.timedelta(days=60)  # after which the report of a quarter's end is filed


class CompanyKey(NamedTuple):
    """A company as the ledger finds it: by CIK, and by ticker what came without one."""

    cik: int | None
    ticker: str


class CompanyRecord(Struct, frozen=True, kw_only=True):
    """What is stored of a company as of a moment, put together."""

    ledger: Ledger
    standing: DilutionStanding
    documents: int = 0
    shares: FactCount | None = None
    authorised: FactCount | None = None
    money: Money | None = None
    burn: Burn | None = None


class DilutionAnswer(Struct, frozen=True, kw_only=True):
    """The answer to ``screener dilution TICKER``: ratings, what is open in words, what was not found, the ledger."""

    ticker: str
    company: str
    cik: int | None
    as_of: dt.datetime
    ratings: tuple[Rating, ...]
    in_play: tuple[str, ...]
    absent: tuple[str, ...]
    held: CompanyRecord


def held(workspace: Workspace, key: CompanyKey, as_of: dt.datetime, move: Move | None = None) -> CompanyRecord | None:
    """A company's ledger and measures as of a moment; None when nothing of it has been read.

    ``move`` gives price and market cap.
    """
    store = workspace.store.dilution
    documents, oldest = store.documents(key.cik, key.ticker, as_of)
    facts = store.facts(key.cik) if key.cik else None
    since, until = _reach(workspace, key.cik, as_of)
    if not documents and facts is None and since is None:
        return None
    entries = store.entries(key.cik, key.ticker, as_of)
    book = ledger(entries, as_of)
    basis = _splits(workspace, key, book, as_of)
    shares = year_ago = authorised = money = burn = public = None
    if facts is not None:
        now = FactsAsOf(facts, as_of, basis)
        shares, authorised, money, burn = now.shares_outstanding(), now.authorised(), now.money(), now.burn()
        public = now.public_float()
        year_ago = _on_todays_basis(FactsAsOf(facts, as_of - _YEAR).shares_outstanding(), basis)
    known = BesideLedger(
        since=since,
        until=until,
        stored_since=since or workspace.store.filings.oldest(as_of) or oldest,
        price=move.price if move else None,
        market_cap=move.market_cap if move else None,
        shares=shares,
        year_ago=year_ago,
        authorised=authorised,
        money=money,
        burn=burn,
        splits=tuple(x.day for x in basis if x.ratio > 1),
        public_float=public,
        float_prices=_float_prices(workspace, key.ticker, stated_float(book.public_float, public), basis, as_of, facts),
    )
    return CompanyRecord(
        ledger=book,
        standing=standing(book, known),
        documents=documents,
        shares=shares,
        authorised=authorised,
        money=money,
        burn=burn,
    )


def _float_prices(
    workspace: Workspace,
    ticker: str,
    stated: FactCount | None,
    basis: Sequence[Split],
    as_of: dt.datetime,
    facts: CompanyFacts | None,
) -> FloatPrices:
    """The highest close of 60 days, the last close up to the float's day and the shares of then, in today's shares."""
    if stated is None:
        return FloatPrices()
    today = clock.new_york_date(as_of)

    def closes(first: dt.date, last: dt.date) -> list[float]:
        bars = workspace.store.bars.history([ticker], first, last, as_of).get(ticker, [])
        return [b.close * _since(basis, b.day) for b in bars if b.close]

    then = closes(stated.day - _BEFORE, stated.day)
    half = dt.datetime.combine(stated.day + _REPORTED, dt.time(), dt.UTC)
    count = FactsAsOf(facts, half).shares_outstanding() if facts and half < as_of else None
    shares = _on_todays_basis(count, basis)
    return FloatPrices(
        highest=max(closes(today - WINDOW, today), default=None),
        then=then[-1] if then else None,
        shares_then=shares.value if shares else None,
    )


def _since(basis: Sequence[Split], day: dt.date) -> float:
    """How many shares of a day make one of today."""
    factor = 1.0
    for split in basis:
        if split.day > day:
            factor *= split.ratio
    return factor


def _unread(workspace: Workspace, as_of: dt.datetime, move: Move | None) -> CompanyRecord:
    """What is known of a company of which nothing has been read: its price, and since when filings are stored."""
    known = BesideLedger(
        stored_since=workspace.store.filings.oldest(as_of),
        price=move.price if move else None,
        market_cap=move.market_cap if move else None,
    )
    book = Ledger(as_of=as_of)
    return CompanyRecord(ledger=book, standing=standing(book, known))


def _splits(workspace: Workspace, key: CompanyKey, book: Ledger, as_of: dt.datetime) -> list[Split]:
    """Splits by the prices, and those of filings that the prices do not have."""
    priced = workspace.store.bars.splits([key.ticker], as_of).get(key.ticker, {})
    found = [Split(day, ratio) for day, ratio in priced.items()]
    for entry in book.splits:
        day = _day(entry.effective or entry.day)
        if day is not None and entry.ratio and not any(abs((day - s.day).days) <= 10 for s in found):
            found.append(Split(day, entry.ratio))
    return found


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None


def _on_todays_basis(count: FactCount | None, splits: Sequence[Split]) -> FactCount | None:
    """A count of a year ago in today's shares."""
    if count is None:
        return None
    return FactCount(
        value=count.value / _since(splits, count.day), day=count.day, filed=count.filed, concept=count.concept
    )


def _reach(workspace: Workspace, cik: int | None, as_of: dt.datetime) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Over which time a company's filings are known without a gap up to ``as_of``; None, None when they are not.

    They are known from a fetch of its list, and from the first live run on, which reads every filing as it comes.
    """
    filings = workspace.store.filings.oldest(as_of) is not None
    collecting = workspace.store.runs.collecting_since(as_of) if filings else None
    reach = workspace.store.dilution.reach(cik) if cik else None
    if reach is not None and reach.since <= as_of:
        until = min(reach.until, as_of)
        if collecting is not None and collecting <= until + _FRESH:
            return min(reach.since, collecting), as_of
        if as_of - until <= _FRESH:
            return reach.since, until
    return (collecting, as_of) if collecting is not None else (None, None)


def values_of(found: DilutionStanding) -> Mapping[str, Value | None]:
    """The measures by name, as the rating rules ask for them."""
    return {name: getattr(found, name) for name in rating_facts() if hasattr(found, name)}


def dilution(
    workspace: Workspace,
    ticker: str,
    as_of: dt.datetime,
    cik: int | None = None,
    rules: RuleSet | None = None,
) -> DilutionAnswer | None:
    """Everything about one ticker as of a moment, at the last price of then.

    None for a ticker that the table does not know and of which nothing has been read. ``rules`` are those of the ratings,
    the workspace's unless given.
    """
    move = measure(workspace, clock.session_day(as_of), as_of, [ticker], {}).get(ticker)
    listing = workspace.table.by_ticker(ticker)
    key = CompanyKey(cik or (listing.cik if listing else None), ticker)
    found = held(workspace, key, as_of, move)
    if found is None and listing is None:
        return None
    found = found or _unread(workspace, as_of, move)
    return DilutionAnswer(
        ticker=ticker,
        company=listing.name if listing else "",
        cik=key.cik,
        as_of=as_of,
        ratings=tuple(rate_all(rules or workspace.dilution_rules, values_of(found.standing))),
        in_play=in_play(found.ledger, found.standing),
        absent=absent(found.standing),
        held=found,
    )
