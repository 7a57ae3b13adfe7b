"""Whose news is it: the issuer's ticker, CIK and name for one item.

In order, the first that answers wins:

=======  ====================================================================================  =======
how      evidence                                                                              score
=======  ====================================================================================  =======
hint     tickers the source itself attached (wire categories, halts, a user's file)            1.0
         ... unless the headline opens with another company (``opening``)
cik      the CIK the source stated (filings), when the table knows it                          1.0
title    an exchange-qualified ticker in the title                                             0.95
lead     the first one in the opening of the text                                              0.9
         ... that comes after "announced" and is not the company named before it               0.5
name     the company's name in the table, else its parent's (the fact "parent")                0.9 to 1
=======  ====================================================================================  =======

A hint the table does not know is kept, its exchange unknown: tables are a day old and listings are not. Symbols of
exchanges outside the United States are never taken for tickers here.
"""

from __future__ import annotations

import re

from msgspec import Struct

from screener.entities.lines import common_tickers_first, line_of
from screener.entities.mentions import Mention, find_mentions
from screener.entities.opening import issuer_of, says_name
from screener.entities.tickers import TickerTable
from screener.types import Item

LEAD = 1500
MOST_PARTIES = 12  # a fund family registers hundreds at once
_ANNOUNCED = re.compile(
    r"\b(?:announce[sd]?|report(?:s|ed)|sign(?:s|ed)|enter(?:s|ed)|launch(?:es|ed)|complet(?:es|ed)|select(?:s|ed)|"
    r"reminds?|investigat(?:es|ing)|partner(?:s|ed)|collaborat(?:es|ing|ion))\b",
    re.IGNORECASE,
)
_HINT_VENUE = re.compile(r"[^:]{1,40}:")
_COUNTRY_CODE = re.compile(r":US(?: Equity)?\s*\Z", re.IGNORECASE)
_NUMBER = re.compile(r"[A-Z]{2}[A-Z0-9]{9}\d|(?=[A-Z]{0,8}\d)[A-Z0-9]{8}\d")
# Endings that data services give symbols of exchanges abroad.
_ABROAD = re.compile(
    r"\.(?:TO|CN|NE|V|L|IL|AX|NZ|HK|SS|SZ|T|TW|TWO|KS|KQ|SI|KL|JK|BK|NS|BO|PA|BR|AS|LS|MC|MI|DE|F|BE|DU|HM|MU|SG|"
    r"SW|VI|CO|HE|ST|OL|IC|IR|WA|PR|BD|AT|IS|TA|SR|QA|SA|MX|BA|SN|JO|TL|RG|VS|XC|XD)\Z"
)


class Resolved(Struct, frozen=True, kw_only=True):
    """The company behind an item.

    ``tickers`` has the issuer's ticker first, then those the source attached beside it or the title names too;
    ``secondary`` are other companies' tickers from the opening (a partner, an acquirer). ``how`` is a word of the
    module's table, empty when nothing answered; ``score`` is 0 to 1.
    """

    tickers: tuple[str, ...] = ()
    cik: int | None = None
    company: str = ""
    exchange: str = ""
    how: str = ""
    score: float = 0.0
    secondary: tuple[str, ...] = ()


def resolve(item: Item, table: TickerTable) -> Resolved:
    """Find the issuer of an item. Never fails: an item of no known company gives empty ``tickers``."""
    hints = _hints(item, table)
    if hints:
        return _hinted(item, table, hints)
    if item.cik is not None:
        # co-registrants: a subsidiary's filing is its listed parent's too
        listed = [rows[0].ticker for cik in (item.cik, *item.ciks)[:MOST_PARTIES] if (rows := table.by_cik(cik))]
        if listed:
            return _answer(item, table, list(dict.fromkeys(listed)), "cik", 1.0)
    return _from_words(item, table) or _from_name(item, table) or Resolved(cik=item.cik, company=item.company)


def _hinted(item: Item, table: TickerTable, hints: list[str]) -> Resolved:
    """The hints, unless the headline opens with another company: that one is first then, the hints behind it."""
    opens = issuer_of(item.title, hints, table)
    if not opens:
        return _answer(item, table, hints, "hint", 1.0)
    tickers = list(dict.fromkeys((opens, *hints)))
    return _answer(item, table, tickers, *(("hint", 1.0) if opens in hints else ("title", 0.95)))


def _hints(item: Item, table: TickerTable) -> list[str]:
    """The hints as tickers, the issuer's common stock first.

    Bare ones are taken as given, "Nasdaq:ABCD" without its exchange; foreign ones and the numbers of bonds and funds
    (ISIN, CUSIP, "ABC28") are left out.
    """
    out: list[str] = []
    for hint in item.ticker_hints:
        if _HINT_VENUE.match(hint) and not _COUNTRY_CODE.search(hint):
            out += [table.plain(m.ticker) for m in find_mentions(hint) if m.country_us]
        elif hint.strip() and not _is_foreign(hint, table):
            out.append(table.plain(hint))
    found = table.common_first(_without_bonds([t for t in out if t], table))
    return _stated_first(found, item, table) if len(found) > 1 else found


def _is_foreign(hint: str, table: TickerTable) -> bool:
    """True for an ISIN or CUSIP, and for a symbol with the ending of an exchange abroad that the table does not know."""
    text = hint.strip().upper()
    return _NUMBER.fullmatch(text) is not None or (_ABROAD.search(text) is not None and table.by_ticker(hint) is None)


def _without_bonds(tickers: list[str], table: TickerTable) -> list[str]:
    """Symbols with digits ("ABC28") beside those of shares are bonds; alone they may be anything."""
    plain = [t for t in tickers if not any(c.isdigit() for c in t) or table.by_ticker(t) is not None]
    return plain or tickers


def _stated_first(tickers: list[str], item: Item, table: TickerTable) -> list[str]:
    """Symbols that neither table nor words know (a bond's) go behind those that the words name."""
    strange = {t for t in tickers if table.by_ticker(t) is None}
    if not strange or len(strange) == len(tickers):
        return tickers
    said = {m.ticker for m in find_mentions(f"{item.title}\n{item.summary or item.body}"[:LEAD])}
    return sorted(tickers, key=lambda t: t in strange and t not in said)


def _answer(item: Item, table: TickerTable, tickers: list[str], how: str, score: float) -> Resolved:
    listing = table.by_ticker(tickers[0])
    cik = item.cik if item.cik is not None else (listing.cik if listing else None)
    return Resolved(
        tickers=tuple(tickers),
        cik=cik,
        company=item.company or (listing.name if listing else ""),
        exchange=listing.exchange if listing else "",
        how=how,
        score=score,
    )


def _from_words(item: Item, table: TickerTable) -> Resolved | None:
    title = _ours(find_mentions(item.title), item, table)
    lead = (item.summary + "\n" + item.body if item.summary else item.body)[:LEAD]
    opening = _ours(find_mentions(lead), item, table)
    if title:
        found = _answer(item, table, _common_first(_unique(title), table), "title", 0.95)
    elif opening:
        found = _from_lead(item, table, lead, opening)
    else:
        return None
    if not found.tickers:  # only a partner was named: the issuer may still be known by its name
        named = _from_name(item, table)
        found = found if named is None else named
    others = tuple(t for t in _unique(opening) if t not in found.tickers)
    return _with_secondary(found, others)


def _with_secondary(found: Resolved, others: tuple[str, ...]) -> Resolved:
    return Resolved(
        tickers=found.tickers,
        cik=found.cik,
        company=found.company,
        exchange=found.exchange,
        how=found.how,
        score=found.score,
        secondary=others,
    )


def _ours(mentions: list[Mention], item: Item, table: TickerTable) -> list[Mention]:
    """The mentions on United States exchanges; one without an exchange when the table has it for a company so named."""
    said = " ".join((item.title, item.company, item.summary or item.body[:LEAD]))
    return [m for m in mentions if m.country_us or (not m.exchange and _is_of(m.ticker, said, table))]


def _is_of(ticker: str, said: str, table: TickerTable) -> bool:
    if not len(table):
        return True  # no table to ask: the words stand alone
    listing = table.by_ticker(ticker)
    return listing is not None and says_name(listing.name, said)


def _unique(mentions: list[Mention]) -> list[str]:
    return list(dict.fromkeys(m.ticker for m in mentions))


def _from_lead(item: Item, table: TickerTable, lead: str, mentions: list[Mention]) -> Resolved:
    """The first mention of the opening, unless it is plainly somebody else's.

    When the announcing verb stands before the mention, the issuer is whoever stands before the verb. If the table
    gives the mentioned company a name and none of its words is there, the news is another company's.
    """
    first = mentions[0]
    verb = _ANNOUNCED.search(lead, 0, first.start)
    tickers = _common_first(_together(mentions), table)
    if verb is None:
        return _answer(item, table, tickers, "lead", 0.9)
    listing = table.by_ticker(tickers[0])
    if listing is None:
        return _answer(item, table, tickers, "lead", 0.5)
    if says_name(listing.name, item.title + " " + lead[: verb.start()] + " " + item.company):
        return _answer(item, table, tickers, "lead", 0.9)
    return Resolved(cik=item.cik, company=item.company)


def _together(mentions: list[Mention]) -> list[str]:
    """The symbols listed with the first mention, and its relatives right behind: "(Nasdaq: ABCD; Nasdaq: ABCDW)"."""
    first = mentions[0]
    root = first.ticker.partition("-")[0]
    listed = [m for m in mentions if m.list_start == first.list_start]
    near = [m for m in mentions if m.start - first.end < 40 and m.ticker.startswith(root)]
    return list(dict.fromkeys(m.ticker for m in (*listed, *near)))


def _common_first(tickers: list[str], table: TickerTable) -> list[str]:
    """Warrants and units behind the common stock; a line that stands alone brings its company's common stock along."""
    found = common_tickers_first(tickers)
    known = table.by_ticker(found[0])
    if known is None or line_of(known.ticker, known.name) == "common":
        return found
    return list(dict.fromkeys([table.first(known).ticker, *found]))


def _from_name(item: Item, table: TickerTable) -> Resolved | None:
    """By the company the source names, else by the parent it names beside it (contractors are often subsidiaries)."""
    parent = item.facts.get("parent")
    for name in (item.company, parent if isinstance(parent, str) else ""):
        match = table.by_name(name) if name else None
        if match is not None:
            row = match.listing
            return Resolved(
                tickers=(row.ticker,),
                cik=item.cik if item.cik is not None else row.cik,
                company=item.company,
                exchange=row.exchange,
                how="name",
                score=round(match.score / 100, 3),
            )
    return None
