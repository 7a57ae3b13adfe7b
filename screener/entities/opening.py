"""Whom a headline opens with, against the ticker that a source attached.

A relay files a headline under every ticker it follows, so a partner's ticker may come with another company's news:
``ABCD - Abcadon Reports Record Quarter`` under ``XYZQ``. What the headline opens with is then the issuer, told by (the
first that answers):

====================================================  =============================================================
seen                                                  is taken when
====================================================  =============================================================
``ABCD - Abcadon ...``, ``$ABCD: ...``, ``[ABCD]``    the words behind spell the ticker, or are its company's name
``Abcadon (Nasdaq: ABCD) Reports``, ``... (ABCD)``    it stands before the verb; without an exchange as above
``Abcadon Reports ...``                               the table knows that name, no name of the hints is said, and
                                                      it is no deal with somebody
====================================================  =============================================================

Where the hinted company is itself named before the verb, or its ticker anywhere, the source is believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from screener.entities import names
from screener.entities.mentions import NOT_SYMBOLS, find_mentions
from screener.entities.tickers import TickerTable
from screener.language.symbols import plain_ticker, root_of, spells

_OPENS = re.compile(
    r"\s{0,9}(?:\$(?P<cash>[A-Za-z]{2,5})\b|[(\[](?P<boxed>[A-Z]{2,5})[)\]]|(?P<bare>[A-Z]{2,5})(?=\s?[:|]|\s[-–—~]{1,2}\s))"
    r"\s{0,2}[-–—:|~]{0,2}\s{0,2}"
)
_BEHIND = re.compile(r"(?P<name>[^()\[\]:;]{3,60})[(\[]\$?(?P<ticker>[A-Z]{2,5})[)\]]")
# "BZ: Abcadon ...", "UPDATE - Abcadon ...": a desk's mark before the headline proper.
_DESK = re.compile(r"\s{0,9}(?:[A-Z]{2,10}|[A-Z][a-z]{1,20} (?:News|Alert|Update|Wire))(?:\s?[:|]|\s[-–—]{1,2})\s")
# A deal of two, where the hinted one may stand under a name that the table does not have.
_SHARED = re.compile(
    r"\b(?i:partnership|collaboration|agreement|alliance|deal|contract|licen[sc]e|joint|merger)\b|\b(?i:with)\s[A-Z]"
)
_VERB = re.compile(
    r"\b(?:announc|report|sign|enter|launch|complet|select|remind|investigat|partner|collaborat|receiv|secur|achiev|"
    r"provid|appoint|present|expand|fil|clos|pric|begin|initiat|acquir|declar|unveil|celebrat|regain|win|land|award|"
    r"introduc|deliver|advanc|publish|submit|deploy|join|execut|commenc|issu|host|strengthen|reiterat|rais|lower|"
    r"post|record|surg|clock|tell|highlight|confirm|obtain|gain|grant|enroll|dos|treat|plan|set|schedul|nam|hir)"
    r"(?:s|es|e|ed|ing|ion of)?\b|\b(?P<helper>to|will|has|is|are|was)\b|\b(?:says?|gets?|takes?|begins?|wins?)\b",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"[’']s\Z")
_WORD = re.compile(r"[A-Za-z0-9][\w.&’'-]*")
_LONGEST = 400
_SUBJECT = 90  # characters, where no verb ends it
_NAME_WORDS = 6


def issuer_of(title: str, hints: Sequence[str], table: TickerTable) -> str:
    """The ticker of the company that the headline opens with, empty when it is the first hint's or cannot be told."""
    title, first = title[:_LONGEST], hints[0]
    subject = subject_of(title)
    if _said(first, title, subject, table):
        return ""
    for found in _stated(title, subject, table):
        if not _one_company(found, first, table):
            return found
        return ""
    named = _named(subject, title, table)
    if not named or _one_company(named, first, table) or named in hints:
        return named if named in hints else ""
    known = table.by_ticker(first)
    unsaid = known is not None and not says_name(known.name, title)
    return named if unsaid and not _SHARED.search(title, len(subject)) else ""


def says_name(name: str, text: str) -> bool:
    """True when the telling word of a company's name occurs in the text."""
    telling = names.core(names.key(name))[0].split()
    return bool(telling) and telling[0] in names.words(text[:600])


def subject_of(title: str) -> str:
    """The headline up to its verb."""
    verb = _VERB.search(title, _desk(title))
    return title[: verb.start() if verb and verb.start() > 1 else _SUBJECT]


def _desk(title: str) -> int:
    """Where the headline proper begins."""
    found = _DESK.match(title)
    return found.end() if found else 0


def _said(ticker: str, title: str, subject: str, table: TickerTable) -> bool:
    """Whether the headline names the hinted company: its ticker anywhere, its name before the verb."""
    if _stands_alone(root_of(ticker), title):
        return True
    known = table.by_ticker(ticker)
    if known is not None and says_name(known.name, subject):
        return True
    words = [w.lower() for w in _WORD.findall(subject)]
    return any(spells(root_of(ticker), words[at : at + 4]) for at in range(len(words)))


def _stands_alone(word: str, text: str) -> bool:
    """Whether a word occurs with no letter or digit of ASCII beside it. An expression of each ticker would be compiled
    for each item, which took a fifth of a backfill's joining."""
    at = text.find(word)
    while at >= 0:
        beside = text[max(at - 1, 0) : at] + text[at + len(word) : at + len(word) + 1]
        if not any(c.isascii() and c.isalnum() for c in beside):
            return True
        at = text.find(word, at + 1)
    return False


def _stated(title: str, subject: str, table: TickerTable) -> Iterator[str]:
    """Tickers that stand with the subject, in order of how plainly."""
    opens = _OPENS.match(title)
    if opens is not None:
        ticker = plain_ticker(opens["cash"] or opens["boxed"] or opens["bare"])
        if _fits(ticker, title[opens.end() :], table):
            yield ticker
    yield from (m.ticker for m in find_mentions(title) if m.country_us and m.start <= len(subject))
    behind = _BEHIND.match(subject)
    # a bracket behind words is an abbreviation more often than a ticker: only the table tells
    known = table.by_ticker(behind["ticker"]) if behind else None
    if behind is not None and known is not None and says_name(known.name, behind["name"]):
        yield known.ticker


def _fits(ticker: str, words: str, table: TickerTable) -> bool:
    """Whether a bare symbol is the ticker of the company named in ``words``, and not an agency or a word in capitals."""
    if ticker in NOT_SYMBOLS:
        return False
    known = table.by_ticker(ticker)
    if known is not None and says_name(known.name, words[:_SUBJECT]):
        return True
    named = [w.lower() for w in _WORD.findall(words[:_SUBJECT])][:4]
    least = 3 if not len(table) else 4 if known is not None else 6
    return len(ticker) >= least and spells(ticker, named)


def _named(subject: str, title: str, table: TickerTable) -> str:
    """The ticker of the longest beginning of the subject that is a company's name in the table."""
    verb = _VERB.match(title, len(subject))
    if verb is None or verb["helper"]:
        return ""  # "Silver is ..." is a sentence about silver
    opening = subject[_desk(title) :]
    words = list(_WORD.finditer(opening))[:_NAME_WORDS]
    for last in reversed(words):
        if (found := table.same_name(_POSSESSIVE.sub("", opening[: last.end()]))) is not None:
            rest = opening[last.end() :].strip(" ,.")
            return found.ticker if not rest or rest.startswith(("(", "Inc", "Corp", "Ltd", "plc", "PLC")) else ""
    return ""


def _one_company(ticker: str, other: str, table: TickerTable) -> bool:
    """Whether two symbols are lines of one company."""
    if root_of(ticker) == root_of(other) or ticker.startswith(other) or other.startswith(ticker):
        return True
    a, b = table.by_ticker(ticker), table.by_ticker(other)
    return a is not None and b is not None and a.cik is not None and a.cik == b.cik
