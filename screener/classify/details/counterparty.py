"""The other company in the news (``counterparty``), read from the headline's prepositions.

The story's own company is never the other one. "A and B announce ..." does not say whose news it is: B is taken, unless
the company's name or ticker, or the exchange behind a name in the text ("B (Nasdaq: ...)"), says that B is the own one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from screener.classify.details.reading import Notes, PatternMatch, Place, Reading
from screener.classify.parties import is_own
from screener.classify.rulefile import CatalystRule

_WORD = r"(?:[A-Z][\w.’'®™/+&-]{0,30}|[0-9]{1,4}[A-Z][\w-]{0,30}|[a-z]{1,2}[A-Z][\w®™-]{0,30})"
NAME = (
    rf"(?P<n>{_WORD}(?:,? (?:Inc\.?|LLC|Ltd\.?|L\.?P\.?|Corp\.?|PLC|plc|S\.A\.|AG|GmbH|A/S)(?=[\s,;.)]"
    rf"|$)|\s(?:(?:of|and|&|the|de|for the)\s)?{_WORD}){{0,7}})"
)
_LEAD = (
    r"(?:(?i:the|an?|its|new|all|remaining|majority|controlling|minority|interest|stake|shares"
    r"|stock|of|in|assets|outstanding|certain|substantially|affiliates? of|funds managed by|[0-9.]+%"
    r"|strategic partner|partner|leading [a-z]+|global leader|u\.s\.-based|[a-z]+-based)\s){0,7}"
)
_DOES = (
    r"(?i:announce|sign|enter|partner|collaborat|launch|team|expand|join|form|agree|to\b|initiate"
    r"|execute|complete|unveil|"
    r"strengthen|report|close|extend)"
)
_CUE = {
    "with": rf"(?<!ombination )(?<!ombined )(?<!atients )\b(?i:with)\s{_LEAD}{NAME}",
    "from": rf"\b(?i:from|on behalf of)\s{_LEAD}{NAME}",
    "for": rf"\b(?i:for|to)\s{_LEAD}{NAME}$",
    "sale_to": rf"\b(?i:sale|sell|sells|sold|divest\w*|licen[sc]e\w*|assets?|business)\b[^.;]{{0,90}}?\s(?i:to)\s{_LEAD}{NAME}",
    "by": rf"\b(?i:by)\s{_LEAD}{NAME}",
    "against": rf"\b(?i:against)\s{_LEAD}{NAME}",
    "acquire": (
        rf"\b(?i:acquires?|acquired|acquiring|acquisition of|purchase of|buys?|merger with|stake in"
        rf"|interest in|combine with|"
        rf"invest(?:ment|s)? in)\s{_LEAD}{NAME}"
    ),
    "deal": rf"\b(?i:closing|completion) of (?:the )?{NAME}\s(?i:acquisition|merger)",
    "and": rf"(?:^|\s)(?i:and|&)\s{NAME}\s{_DOES}",
    "partners": rf"\b(?i:joins|partner(?:s|ed)?(?: with)?|selects|engages|integrates|taps)\s{NAME}",
    "first": (
        rf"^{NAME}\s(?i:agrees to acquire|to acquire|enters? into a definitive (?:merger )?agreement to acquire"
        rf"|selects|chooses|"
        rf"awards|orders|approves)"
    ),
}
_OPENER_DOES = re.compile(
    rf"\s(?:{_DOES}|(?i:acquire|buy|purchase|merge|invest|select|award|order|receive|win|award|agrees|will|closes))"
)
_PATTERNS = {name: re.compile(body) for name, body in _CUE.items()}
#: Money comes from somebody with a name like a fund or a bank; "with Term Loan" names nobody.
_ORG = re.compile(
    r"\b(?:Capital|Partners?|Funds?|Banks?|Bancorp|LLC|L\.?P\.?|Inc|Corp\w*|Holdings?|Group|Management"
    r"|Advis\w+|Investments?|"
    r"Securities|Ventures|Company|Trust|Government|Foundation|Prime|Ltd|Equity|Labs?|Investors"
    r"|Pharma\w*|Technolog\w+)\b"
)
_TAIL = re.compile(
    r"\s(?:(?:Announces?|Enters?|Signs?|To|In|For|As|On|At|With|By|Under|Through|Over|During|Into"
    r"|Via|Following|Valued|Worth|"
    r"Agree\w*|Partnership|Partners? (?=to)|Collaborat\w+|Strategic|Definitive|Agreement|Expands?"
    r"|Launch\w*|Unlocking|Crowns|"
    r"Join|Leveraging|Groundbreaking)\b|and [A-Z]\w+(?:es|ing)\s).*$"
)
# The verb that ends "A and B Partner to ...": no name ends so, but for firms called Partners.
_ACTS = re.compile(
    r"(?<=\w) (?:Partner|Team(?: Up)?|Enter|Sign|Announce|Launch|Complete|Extend|Form|Unveil|Execute|Collaborate|Agree)\Z"
)
_NOT_NAMES_TEXT = """
    the a an new first its multi us u.s. our nasdaq nyse fda phase q1 q2 q3 q4 total gross approximately up one two
    three leading global strategic major multiple january february march april may june july august september
    october november december data positive patients immediate full additional additionally company shareholders
    stockholders rule section common stock shares offering public ai cash investors institutional market advance
    accelerate develop support strengthen drive deliver provide expand power strongest term proposed enhance design
    warehousing deployment bring launch adopt sovereign manufacturing institute national early-stage potential
    funding proceeds growth revenue initial continued multi-million-dollar
"""
_NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split())
_OWN_FIRST = re.compile(rf"^(?:[^:]{{1,40}}: )?{NAME},?$")
#: From a name to its exchange: "Acme Bio, Inc. (“Acme”) (Nasdaq: ACMX)", without another name between.
_LISTED = r"(?:(?! and )[^;]){0,60}\((?:nasdaq|nyse|otc|tsx|cboe|amex|euronext)"


def find_counterparty(
    rule: CatalystRule, reading: Reading, notes: Notes, company: str = "", tickers: tuple[str, ...] = ()
) -> None:
    """Put ``counterparty`` and ``acquirer`` by the file's cues; ``company`` and ``tickers`` are those of the story's own
    company when known, which is never the other one: where a cue names it, whoever opens the headline is."""
    own = Own(reading.title, company, tickers)
    for cue in rule.counterparty:
        for match in _PATTERNS[cue].finditer(reading.title):
            name, place = _clean(match["n"]), PatternMatch("title", match).place("n")
            if not name or (rule.organisation and not _ORG.search(name)):
                continue
            place = place._replace(end=place.start + len(name))
            if cue == "and":
                name, place = _other(reading, name, place, match.start(), own)
            if own.is_named(name):
                name, place = _opener(reading, own)
            if name:
                notes.put("counterparty", name, place)
                notes.put("acquirer", name, place)
                return


class Own(NamedTuple):
    """The story's own company: its headline, its name and its tickers, the latter two empty when unknown."""

    headline: str
    company: str
    tickers: tuple[str, ...]

    def is_named(self, name: str) -> bool:
        return bool(self.company or self.tickers) and is_own(name, self.headline, self.tickers, self.company)


def _opener(reading: Reading, own: Own) -> tuple[str, Place]:
    """Whoever opens the headline ("Bolt to Acquire Acme"), empty when that is the own company or nobody."""
    verb = _OPENER_DOES.search(reading.title)
    match = _OWN_FIRST.match(reading.title[: verb.start()].rstrip()) if verb else None
    name = _clean(match["n"]) if match else ""
    if match is None or not name or own.is_named(name):
        return "", Place("title", 0, 0)
    start = match.start("n")
    return name, Place("title", start, start + len(name))


def _other(reading: Reading, second: str, place: Place, joint: int, own: Own) -> tuple[str, Place]:
    """The one of "first and second" that is not the ticker's company."""
    match = _OWN_FIRST.match(reading.title[:joint].rstrip())
    first = _clean(match["n"]) if match else ""
    if not match or not first:
        return second, place
    swapped = own.is_named(second) and not own.is_named(first)
    if not own.company and not swapped:
        swapped = _listed(reading, second) and not _listed(reading, first)
    start = match.start("n")
    return (first, Place("title", start, start + len(first))) if swapped else (second, place)


def _listed(reading: Reading, name: str) -> bool:
    return bool(reading.text) and bool(re.search(re.escape(name) + _LISTED, reading.text[:2_000], re.I))


def _clean(raw: str) -> str:
    """The name without the words of the headline behind it; empty when it is no name."""
    raw = raw.removesuffix(" and")
    name = _ACTS.sub("", _TAIL.sub("", raw)).rstrip(" ,-&’'")
    for ending in ("’s", "'s"):
        name = name.removesuffix(ending)
    words = name.split(" ")
    first = words[0].lower().rstrip(",.")
    if first in ("us", "u.s") and len(words) > 1:
        return name
    return "" if first in _NOT_NAMES or len(name) < 2 or first.startswith(("$", "us$")) else name
