"""Exchange-qualified tickers in text: ``(NASDAQ: ABCD)``, ``(OTCQB: ABCD; TSX.V: ABC)``, ``Nasdaq:ABCD``.

A mention is an exchange, a separator and one or more symbols. Several exchanges may share a symbol ("Euronext &
Nasdaq: ABCD") and one exchange several symbols ("NASDAQ: ABCD, ABCDW"). What is taken depends on whether the words
stand in brackets, since releases bracket their tickers and headlines do not:

===========================================  ===========================  =========================
seen                                         in ( ) or [ ]                in running text
===========================================  ===========================  =========================
EXCHANGE: ABCD                               yes                          yes
EXCHANGE – ABCD, EXCHANGE ABCD               yes                          no
EXCHANGE | ABCD, EXCHANGE/ABCD               yes                          no
EXCHANGE: ABCD, XYZ and PQR                  all symbols                  only ABCDW-like relatives
exchange: abcd                               yes                          only as the whole text
EXCHANGE under the symbol "ABCD"             yes                          yes
EXCHANGE; ABCD, EXCHANGE, ABCD               yes                          no
EXCHANGE symbol "ABCD"                       yes                          only in quotes
Ticker: ABCD, Stock Symbol: ABCD             exchange and country unknown exchange and country unknown
formerly EXCHANGE: ABCD                      no                           no
===========================================  ===========================  =========================

The scan is linear: each exchange name is followed by a bounded look ahead, and no pattern repeats without bound.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from msgspec import Struct

from screener.entities.names import word_set
from screener.entities.venues import VENUE, venue_of
from screener.language.symbols import plain_ticker

# Width-preserving repairs, so that offsets stay those of the given text.
_REPAIR = {0xFF01 + i: chr(0x21 + i) for i in range(94)} | dict.fromkeys(
    (0xA0, 0x2007, 0x2009, 0x200B, 0x202F, 0x2060, 0x3000, 0xFEFF), " "
)
_REPAIR |= {0x2236: ":", 0xA789: ":", 0xFE55: ":", 0x3010: "[", 0x3011: "]", 0x2010: "-", 0x2011: "-"}

_DIRT = r"(?:[\s*_\"'“”„‟‘’«»$]|<[^<>]{1,200}>|&(?:nbsp|quot|ldquo|rdquo|\#160|\#8220|amp);|&\#xa0;)"
_JUNK = re.compile(_DIRT + "{0,12}")
_COLON = re.compile(
    _DIRT + r"{0,6}(?:(?:ticker|trading)?\s?(?:ticker|symbols?))?" + _DIRT + "{0,4}[:：]", re.IGNORECASE
)
_DASH = re.compile(r"\s{0,2}(?:[–—\-]\s{1,2}|\s[–—\-])")
_UNDER = re.compile(
    r"[^.;:()\n]{0,60}?\bunder (?:the )?(?:new |current |existing |ticker |trading |stock ){0,3}(?:symbols?|tickers?)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"[\s,]{1,3}(?:stock |trading |ticker ){0,2}(?:ticker|symbol)"
    + _DIRT
    + r"{0,3}(?=[A-Z]{1,5}"
    + _DIRT
    + r"{0,3}[)\]])"
    r"|[\s,]{1,3}(?:stock |trading |ticker ){0,2}(?:ticker|symbol)\s{0,2}(?:of |is )?[\"'“”‘’«„]{1,2}(?=[A-Z]{1,5})",
    re.IGNORECASE,
)
_UNNAMED = re.compile(
    r"(?<![A-Za-z])(?:(?:stock|trading|ticker)\s)?(?:ticker|symbol)\s?[:：]" + _DIRT + "{0,3}", re.IGNORECASE
)
_NO_SHARE = re.compile(r"token|coin|crypto|blockchain|currency|bond|warrant", re.IGNORECASE)
_JOIN = re.compile(
    _DIRT + r"{0,4}(?:/|&amp;|&|,|;|\+|\||\band\b|\bor\b)" + _DIRT + r"{0,4}(?:(?:and|or)\b" + _DIRT + "{1,4})?",
    re.IGNORECASE,
)
_CLASS = r"(?:[.\-/^ ](?:WSA|WSB|WS|WT|W|UN|U|RT|R|PR[A-Z]?|P[A-Z]?|[A-E](?:\.[A-C])?|V)(?![A-Za-z0-9])|p[A-Z](?![A-Za-z0-9]))?"
_US_SYMBOL = re.compile(r"(?P<root>[A-Z]{1,6})(?P<cls>" + _CLASS + r")(?![A-Za-z0-9])(?!\.[A-Za-z])")
_US_LOWER = re.compile(r"(?P<root>[a-z]{1,5})(?P<cls>)(?=\s?[)\];,])")
_US_LOWER_END = re.compile(r"(?P<root>[a-z]{1,5})(?P<cls>)\Z")
_OTHER_SYMBOL = re.compile(r"(?P<root>[A-Z0-9]{1,8})(?P<cls>(?:[.\-][A-Z]{1,2})?)(?![A-Za-z0-9])")
_BARE = re.compile(r"(?:\s{1,2}|\s?[|/=(\-;,]\s?|\s[|=]\s)" + _DIRT + r"{0,3}(?=[A-Z]{2,5}" + _DIRT + r"{0,3}[)\]])")
_WORD_FOLLOWS = re.compile(r"\s{1,2}[a-z]")
_FORMER = re.compile(r"(?:formerly|previously|former|f/k/a|fka)[\s\w]{0,16}[:,]?\s*\Z", re.IGNORECASE)
_ANCHOR = re.compile(r"[:(\[]|\b(?:symbol|ticker)\b|\bunder (?:the|new|ticker|symbol|trading)", re.IGNORECASE)
_BRACKET = re.compile(r"[()\[\]{}]")

NOT_SYMBOLS = word_set(
    "INC LLC LTD PLC CORP CO LP SA NV AG AND OR THE OF FOR TO IN AS ISIN WKN CUSIP SEDOL USA US UK EU CEO CFO IPO ETF "
    "ADS ADR ADRS SEC FDA MKT AMEX ARCA AMERICAN LISTED TICKER SYMBOL MARKET EXCHANGE COMPANY NYSE NASDAQ OTC TSX"
)
_MAX_LIST = 8


class Mention(Struct, frozen=True, kw_only=True):
    """One exchange-qualified symbol: ``text[start:end]`` is the symbol as written, ``ticker`` its plain form.

    Classes and warrants are written with a hyphen as SEC does ("BRK-A"). ``exchange`` is a name of ``venues.VENUES``,
    empty when none is said; ``country_us`` says whether that exchange lies in the United States. Symbols of one list
    ("Nasdaq: ABCD, ABCDW") share ``list_start``, the place of their exchange's name.
    """

    ticker: str
    exchange: str
    start: int
    end: int
    country_us: bool
    list_start: int = 0


def find_mentions(text: str) -> list[Mention]:
    """All exchange-qualified symbols of a text, United States exchanges first, then in order of place.

    A symbol that stands under several exchanges counts once, for the first United States one if there is any.
    """
    if not text.isascii():
        text = text.translate(_REPAIR)
    venues = [m for start, end in _windows(text) for m in VENUE.finditer(text, start, end)]
    brackets = _Brackets(text)
    found: dict[tuple[int, int], Mention] = {}
    for i in range(len(venues)):
        for mention in _after(text, venues, i, brackets):
            old = found.get((mention.start, mention.end))
            if old is None or (mention.country_us and not old.country_us):
                found[mention.start, mention.end] = mention
    taken = {m.ticker for m in found.values()}
    unnamed = [m for m in _unnamed(text, {v.end() for v in venues}) if m.ticker not in taken]
    return sorted([*found.values(), *unnamed], key=lambda m: (not m.country_us, m.start))


def _unnamed(text: str, after_venue: set[int]) -> list[Mention]:
    """``(Ticker: ABCD)``: a symbol of which no exchange is said, and so no country; those of tokens and bonds are none."""
    out: list[Mention] = []
    for label in _UNNAMED.finditer(text):
        before = text[max(0, label.start() - 4) : label.start()]
        venue_end = label.start() - len(before) + len(before.rstrip(" ,"))
        symbol = _US_SYMBOL.match(text, label.end())
        if (
            symbol is None
            or venue_end in after_venue
            or _NO_SHARE.search(text, max(0, label.start() - 40), label.start())
        ):
            continue
        ticker = plain_ticker(symbol.group("root") + symbol.group("cls"))
        if symbol.group("root") in NOT_SYMBOLS or len(ticker) < 2 or any(m.ticker == ticker for m in out):
            continue
        place = {"start": symbol.start(), "end": symbol.end(), "list_start": label.start()}
        out.append(Mention(ticker=ticker, exchange="", country_us=False, **place))
        if len(out) == _MAX_LIST:
            break
    return out


def _windows(text: str) -> list[tuple[int, int]]:
    """The stretches where a mention can begin: before a colon or "under the", and after a bracket opens.

    Looking for exchange names there alone makes ordinary prose some ten times cheaper to scan.
    """
    out: list[tuple[int, int]] = []
    for m in _ANCHOR.finditer(text):
        start, end = (m.start(), m.end() + 30) if m.group() in "([" else (max(0, m.start() - 80), m.end() + 2)
        if out and start <= out[-1][1]:
            start, end = out[-1][0], max(end, out.pop()[1])
        out.append((start, end))
    return out


class _Brackets:
    """Which bracket, if any, a place stands in; looked up by bisection so that the scan stays linear."""

    def __init__(self, text: str) -> None:
        self._places: list[int] = []
        self._open: list[bool] = []
        for m in _BRACKET.finditer(text):
            self._places.append(m.start())
            self._open.append(m.group() in "([{")

    def inside(self, place: int) -> bool:
        i = bisect_right(self._places, place) - 1
        return i >= 0 and self._open[i] and place - self._places[i] < 300


def _after(text: str, venues: list[re.Match[str]], i: int, brackets: _Brackets) -> list[Mention]:
    """The mentions whose exchange is ``venues[i]``, looking through exchanges joined to it."""
    venue = venues[i]
    if _FORMER.search(text, max(0, venue.start() - 30), venue.start()):
        return []
    bracketed = brackets.inside(venue.start())
    last = i
    for step in range(4):
        at = _symbol_place(text, venues[last].end(), bracketed)
        if at is not None:
            if step and venues[last].start() == venue.start():
                return []
            return _symbols(text, at, venue, bracketed)
        join = _JOIN.match(text, venues[last].end())
        if join is None or last + 1 >= len(venues) or venues[last + 1].start() != join.end():
            return []
        last += 1
    return []


def _symbol_place(text: str, end: int, bracketed: bool) -> int | None:
    """Where the symbol should begin after an exchange name that ends at ``end``; None without a separator."""
    sep = _COLON.match(text, end) or _UNDER.match(text, end) or _NAMED.match(text, end)
    if sep is None and bracketed:
        sep = _DASH.match(text, end) or _bare(text, end)
    if sep is None:
        return None
    junk = _JUNK.match(text, sep.end())
    return junk.end() if junk else sep.end()


def _bare(text: str, end: int) -> re.Match[str] | None:
    """``(NASDAQ ABCD)``, ``(NASDAQ | ABCD)``: no colon, and the bracket closes right after the symbol."""
    found = _BARE.match(text, end)
    return None if found is None or VENUE.match(text, found.end()) else found


def _symbols(text: str, at: int, venue: re.Match[str], bracketed: bool) -> list[Mention]:
    """The symbol at ``at`` and those listed after it, under one exchange."""
    exchange, us = venue_of(venue)
    lower_ok = venue.group().islower() and (bracketed or len(text) < 30)
    out: list[Mention] = []
    while len(out) < _MAX_LIST:
        symbol = _symbol(text, at, us, lower_ok)
        if symbol is None or not _plausible(text, symbol, bracketed, out):
            break
        ticker = plain_ticker(symbol.group("root").upper() + symbol.group("cls"))
        place = {"start": symbol.start(), "end": symbol.end(), "list_start": venue.start()}
        out.append(Mention(ticker=ticker, exchange=exchange, country_us=us, **place))
        join = _JOIN.match(text, symbol.end())
        if join is None or VENUE.match(text, join.end()):
            break
        at = join.end()
    return out


def _symbol(text: str, at: int, us: bool, lower_ok: bool) -> re.Match[str] | None:
    match = (_US_SYMBOL if us else _OTHER_SYMBOL).match(text, at)
    if match is None and us and lower_ok:
        match = _US_LOWER.match(text, at) or _US_LOWER_END.match(text, at)
    if match is not None and match.group("root").isdigit() and us:
        return None
    return match


def _plausible(text: str, symbol: re.Match[str], bracketed: bool, before: list[Mention]) -> bool:
    root = symbol.group("root").upper()
    if root in NOT_SYMBOLS:
        return False
    if before and not bracketed:
        return root.startswith(before[0].ticker) or before[0].ticker.startswith(root)
    if bracketed:
        return True
    # "Nasdaq: A strong day" is a sentence, "NYSE: F rose" hardly is one
    return not (root in ("A", "I") and _WORD_FOLLOWS.match(text, symbol.end()))
