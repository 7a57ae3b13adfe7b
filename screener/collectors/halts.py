"""Nasdaq trade halts: the RSS feed of nasdaqtrader.com, all US listing markets.

The feed pads its cells with blanks, ends lines with CRLF, dates its items by the day only and links nowhere, so the
``ndaq:`` fields alone are read; their times are Eastern. Each halt gives a ``Halt`` record and an item of form "HALT"
(``source_id`` is symbol, halt time and code); its resumption, once stated, is an item of its own. Volatility pauses
(LULD, market-wide breakers) carry the fact ``volatility: true``: they follow a move and explain nothing. Exchanges'
test symbols are left out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from screener.clock import NEW_YORK, UTC
from screener.collectors.answers import ask, collected, entry_problem, refused, unchanged
from screener.collectors.apart import apart, is_small
from screener.collectors.base import Context
from screener.collectors.mend import mend_xml
from screener.collectors.text import one_line
from screener.collectors.xml import parse_xml
from screener.errors import FetchError, ParseError, ReaderEnded
from screener.fetching import Response
from screener.language import numbers
from screener.language.symbols import plain_ticker
from screener.limits import FIRST_YEAR, LAST_YEAR, ROWS
from screener.types import Collected, FactValue, FeedSpec, Halt, Item, Problem

if TYPE_CHECKING:
    from lxml.etree import _Element

# Nasdaq Trader, "Trade Halt Codes"
CODES = {
    "T1": "news pending",
    "T2": "news released",
    "T3": "news and resumption times",
    "T5": "single-stock trading pause in effect",
    "T6": "extraordinary market activity",
    "T7": "single-stock trading pause, quotation-only period",
    "T8": "exchange-traded fund",
    "T12": "additional information requested by Nasdaq",
    "H4": "non-compliance with listing requirements",
    "H9": "not current in required filings",
    "H10": "SEC trading suspension",
    "H11": "regulatory concern",
    "O1": "operations halt, contact market operations",
    "IPO1": "IPO issue not yet trading",
    "IPOQ": "IPO security released for quotation",
    "IPOE": "IPO security, positioning window extension",
    "M1": "corporate action",
    "M2": "quotation not available",
    "M": "volatility trading pause",
    "LUDP": "volatility trading pause",
    "LUDS": "volatility trading pause, straddle condition",
    "MWC0": "market-wide circuit breaker carried over from the day before",
    "MWC1": "market-wide circuit breaker, level 1",
    "MWC2": "market-wide circuit breaker, level 2",
    "MWC3": "market-wide circuit breaker, level 3",
    "MWCQ": "market-wide circuit breaker resumption",
    "R1": "new issue available",
    "R2": "issue available",
    "R4": "qualifications issues reviewed, trading to resume",
    "R9": "filing requirements satisfied, trading to resume",
    "C3": "issuer news not forthcoming, trading to resume",
    "C4": "qualifications halt ended",
    "C9": "qualifications halt concluded, filings met",
    "C11": "regulatory halt ended, trading to resume",
    "D": "security deletion from Nasdaq or CQS",
}
VOLATILITY = frozenset({"T5", "T7", "M", "LUDP", "LUDS", "MWC0", "MWC1", "MWC2", "MWC3", "MWCQ"})
_TEST = re.compile(
    r"(?:Z[A-Z]ZZT(?:\.[A-Z])?|ZXYZ\.A|ZXIET|Z?[ACNPZ]TEST(?:\.[A-Z])?|TEST[A-Z]|ZTST|ZBZX|ZBZY|CBO|CBX|IBO|IGZ|NTEST.*|MTEST.*)$"
)
_SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9.+=^$/# -]{0,14}$")


def is_test_symbol(symbol: str) -> bool:
    """True for the symbols that exchanges use to test their systems."""
    return _TEST.match(symbol) is not None


class TradingHalts:
    """Reads the trade-halts feed; needs no options."""

    name = "halts"

    async def collect(self, feed: FeedSpec, context: Context) -> Collected:
        """One request. A row that makes no sense becomes a problem."""
        problems: list[Problem] = []
        try:
            response = await ask(feed, context)
            if response.not_modified:
                return unchanged(feed, context)
            rows = await _rows(feed, context, response, problems)
        except FetchError as e:
            return refused(feed, context, e)
        halts = list(_halts(feed, context, response, rows, problems))
        items = [item for halt in halts for item in _items(feed, context, halt)]
        fresh = [i for i in items if i.source_id not in set(context.state.seen)]
        return collected(
            feed, context, response, fresh, seen=[i.source_id for i in items], problems=problems, halts=halts
        )


def _halts(
    feed: FeedSpec, context: Context, response: Response, rows: Iterable[dict[str, str]], problems: list[Problem]
) -> Iterator[Halt]:
    for row in rows:
        symbol = row.get("IssueSymbol", "").strip().upper()
        if is_test_symbol(symbol):
            continue
        halted = _moment(row.get("HaltDate", ""), row.get("HaltTime", ""))
        if halted is None or not _SYMBOL.match(symbol):
            problems.append(entry_problem(feed, symbol or "a row", "has no usable symbol, halt date or halt time"))
            continue
        if context.as_of is not None and halted > context.as_of:
            continue
        resumed = _moment(row.get("ResumptionDate", ""), row.get("ResumptionTradeTime", ""))
        if resumed is not None and (resumed < halted or (context.as_of is not None and resumed > context.as_of)):
            resumed = None
        yield Halt(
            ticker=plain_ticker(row["IssueSymbol"]),
            name=one_line(row.get("IssueName", ""), 120),
            market=one_line(row.get("Market", ""), 40),
            code=one_line(row.get("ReasonCode", ""), 12).upper(),
            halted=halted,
            resumed=resumed,
            pause_price=_price(row.get("PauseThresholdPrice", "")),
            received=halted if context.as_of is not None else response.received,
        )


def _items(feed: FeedSpec, context: Context, halt: Halt) -> Iterator[Item]:
    key = f"{halt.ticker}-{halt.halted:%Y%m%dT%H%M%SZ}-{halt.code}"
    name = f"{halt.ticker} {halt.name}".strip()
    reason = f"{halt.code} {CODES.get(halt.code, 'code unknown')}".strip()
    yield _item(feed, context, halt, key, f"Trading halt: {name} - {reason}", min(halt.halted, halt.received))
    if halt.resumed is not None:
        at = halt.resumed.astimezone(NEW_YORK).strftime("%Y-%m-%d %H:%M:%S ET")
        # a resumption is announced before it happens, at a time the feed does not state
        known = halt.resumed if context.as_of is not None else min(halt.resumed, halt.received)
        yield _item(feed, context, halt, f"{key}-resumed", f"Trading resumes: {name} at {at} - {reason}", known)


def _item(feed: FeedSpec, context: Context, halt: Halt, key: str, title: str, published: dt.datetime) -> Item:
    facts: dict[str, FactValue] = {"code": halt.code, "halted": halt.halted.isoformat(), "market": halt.market}
    if halt.code in CODES:
        facts["reason"] = CODES[halt.code]
    if halt.resumed is not None:
        facts["resumed"] = halt.resumed.isoformat()
    if halt.pause_price is not None:
        facts["pause_price"] = halt.pause_price
    if halt.code in VOLATILITY:
        facts["volatility"] = True
    replay = context.as_of is not None
    return Item(
        source=feed.name,
        source_id=key,
        url="https://www.nasdaqtrader.com/trader.aspx?id=TradeHalts",
        title=title,
        published=published,
        received=published if replay else halt.received,
        form="HALT",
        company=halt.name,
        ticker_hints=(halt.ticker,),
        facts=facts,
        replayed=replay,
    )


def _moment(day: str, time: str) -> dt.datetime | None:
    """An Eastern date (12/31/2025) and time (09:31:02, with or without fractions) as UTC."""
    try:
        moment = dt.datetime.strptime(f"{day.strip()} {time.strip()[:8]}", "%m/%d/%Y %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return None
    return moment.replace(tzinfo=NEW_YORK).astimezone(UTC) if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def _price(text: str) -> float | None:
    price = numbers.cell(text)
    return price if price is not None and 0 < price < 1e7 else None


# ---- RSS ---------------------------------------------------------------------------------------------------------


class Sheet(Struct, frozen=True, kw_only=True):
    """A halts channel as read: rows as {local tag name: text}, in order; ``refused`` says why it is none."""

    title: str = ""
    rows: tuple[dict[str, str], ...] = ()
    wrong: int = 0
    refused: str = ""


async def _rows(
    feed: FeedSpec, context: Context, response: Response, problems: list[Problem]
) -> tuple[dict[str, str], ...]:
    """The rows of an answer; what is wrong with single ones is told in ``problems``.

    Raises ParseError when it is no RSS, and when the channel's title does not contain the feed's ``expect_title``: a
    wrong path often serves another feed.
    """
    body = response.body
    try:
        sheet = read_sheet(body) if is_small(body) else await apart(context.limits, len(body), read_sheet, body)
    except ReaderEnded as e:
        raise ParseError(response.url, str(e)) from e
    if sheet.refused:
        raise ParseError(response.url, f"{sheet.refused}; check the address")
    if feed.expect_title.lower() not in sheet.title.lower():
        raise ParseError(
            response.url, f"is the feed {sheet.title!r}; {feed.expect_title!r} was expected: correct the address"
        )
    if sheet.wrong:
        message = f"{response.url}: {sheet.wrong} wrong characters were taken out; the rows are kept"
        problems.append(entry_problem(feed, "channel", message, "bad_character"))
    return sheet.rows


def read_sheet(body: bytes) -> Sheet:
    """Read a channel, here and now: no entities, no network, no huge trees. Never raises."""
    root, wrong = parse_xml(body.strip()), 0
    if root is None and (mended := mend_xml(body)) is not None:
        root, wrong = parse_xml(mended[0]), mended[1]
    if root is None:
        return Sheet(refused="is not a feed: it is not well-formed XML")
    channel = root.find("channel") if _local(root) == "rss" else None
    if channel is None:
        return Sheet(refused=f"is a <{_local(root)[:40]}>, not an RSS feed")
    rows = tuple(dict(_fields(item)) for item in islice(channel.iterfind("item"), ROWS))
    return Sheet(title=" ".join((channel.findtext("title") or "").split()), rows=rows, wrong=wrong)


def _fields(item: _Element) -> Iterator[tuple[str, str]]:
    for child in item:
        yield _local(child), "".join(child.itertext()).strip()


def _local(element: _Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


PLUGIN = TradingHalts()
