"""Numbers of a deal: how many shares, at what price.

Counts are of ordinary shares unless the words say ADSs or units. "1.5 million shares", "12,000 (in thousands)" and
"twelve shares" are read; a count that stands in a table head is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from screener.language import money
from screener.language.numbers import DIGITS, number, scaled

_N = rf"(?P<n>{DIGITS})(?:\s(?P<mag>million|billion|thousand))?"
_CLASS = (
    r"(?:additional |new |newly[ -]issued |issued and outstanding |restricted |unregistered |registered |total |fully paid "
    r"|non-assessable |whole |authorized |our |the Company[’']s |its )?"
    r"(?:(?:Class|Series) [A-Z](?:-\d)? )?(?:[Cc]ommon |[Oo]rdinary |[Vv]oting |[Ss]ubordinate |[Cc]apital |[Pp]referred )*"
)
_OF = (
    r"(?:American Depositary Shares?|ADSs?|(?:[A-Z][\w-]+ ){0,5}?Warrant Shares|(?:[A-Z][\w-]+ )?Units?"
    rf"|{_CLASS}(?:[Ss]hares?|stock|[Uu]nits?)|Shares?)"
)
SHARES = re.compile(rf"(?<![\w.,$€£¥-]){_N}\s(?:\([^)]{{1,30}}\)\s)?(?P<of>{_OF})(?![\w-])")
_PREFERRED = re.compile(
    r"^\s*of (?:the Company[’']s |our |its |the )?(?:(?![Cc]ommon|[Oo]rdinary|issu|upon)[\w\s%.,’'-]){0,80}?\b[Pp]referred",
    re.S,
)
_THOUSANDS = re.compile(r"\bin thousands\b|\bin ['‘’]?000['’]?s\b", re.I)
EXERCISE_PRICE = re.compile(
    r"(?:exercise|strike) prices? (?:for (?:the|each) [\w\s-]{1,40})?"
    r"(?:\([^)]{0,60}\)\s?)?"
    r"(?:per (?:\w+[\s-]){0,3}?share |per (?:whole )?warrant )?"
    r"(?:of|equal to|is|was|at|will be|will equal|shall be|remains)?\s?"
    r"(?:(?:equal to )?\d{1,3}(?:\.\d{1,2})?% of (?:the )?[^.;$%]{3,80}?,? (?:or|which is|being) )?"
    r"(?:approximately |initially |only )?"
    r"(?=(?:US|U\.S\.\s?)?\$\s?[\d.])",
    re.I,
)
_AT = re.compile(
    r"(?:exercisable|exercise|strike)[^.;$]{0,60}?\bat (?:a price of |an initial price of )?(?=(?:US)?\$)", re.I
)
_WEIGHTED = re.compile(
    r"weighted[\s-]average (?:exercise|strike) price (?:of|is|was|equal to)?\s?(?:approximately )?(?=(?:US)?\$)", re.I
)
_BEFORE_PRICE = re.compile(r"(?=\$[\d.]+ (?:per (?:\w+ ){0,2}share )?(?:exercise|strike) price)", re.I)
NOMINAL = re.compile(r"nominal (?:remaining )?exercise price", re.I)
_PRICE = re.compile(
    r"(?:offering|purchase|sale|subscription|issue|unit|public|share|combined|effective) price (?:to the public )?"
    r"(?:for|per|of|is|was|equal to|being)?\s?(?:each |one |per |a )?(?:\w+[\s-]){0,8}?(?:of |is |was |equal to |equals )?"
    r"(?:approximately )?(?=(?:US|U\.S\.\s?|C|CAD\s?)?\$?\s?\d)"
    r"|\bprice to the public (?:of|is|was) (?=(?:US)?\$\s?\d)|\b(?:offering|purchase) price: (?=(?:US)?\$\s?\d)"
    r"|\bat (?:a price of |a |an )?(?=(?:US)?\$[\d.]+ (?:per|a) (?:share|unit|ADS|ordinary|common))"
    r"|\bor (?=(?:US)?\$[\d.]+ per (?:share|unit|ADS))|\bvalued at (?=(?:US)?\$[\d.]+ per share)"
    r"|\bprice of (?=(?:US)?\$[\d.]+ per (?:common |ordinary )?(?:share|unit|ADS))",
    re.I,
)
_BARE_PRICE = re.compile(r"\s?(\d{1,4}\.\d{2,5})\b")
_NO_DEAL = re.compile(
    r"(?:exercise|conversion|strike)\s(?:purchase )?$|(?:last|closing|reported)\s(?:\w+\s){0,2}$", re.I
)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s?%")
PENNY = 0.01  # US dollars: a strike up to it is a formality, its warrants are shares in all but name


class CountMention(NamedTuple):
    """A number of shares at ``start`` to ``end``; ``of`` are the words of what is counted."""

    value: float
    start: int
    end: int
    of: str
    preferred: bool


def shares(text: str) -> Iterator[CountMention]:
    """The counts of shares, units or ADSs in a text, in order."""
    thousands = 1000.0 if _THOUSANDS.search(text) else 1.0
    for found in SHARES.finditer(text):
        value = scaled(found["n"], found["mag"])
        if not found["mag"]:
            value *= thousands
        of = found["of"]
        preferred = "referred" in of or bool(_PREFERRED.match(text[found.end() : found.end() + 120]))
        yield CountMention(value, found.start(), found.end(), of, preferred)


def strike(text: str) -> float | None:
    """The exercise price of warrants in US dollars per share, weighted averages included."""
    for pattern in (_WEIGHTED, EXERCISE_PRICE, _BEFORE_PRICE, _AT):
        for found in pattern.finditer(text):
            amount = dollars_at(text, found.end())
            if amount is not None and amount < 100_000:
                return amount
    return None


def is_weighted(text: str) -> bool:
    """Whether a text gives the weighted average of several exercise prices."""
    return bool(re.search(r"weighted[\s-]average", text, re.I))


def dollars_at(text: str, at: int) -> float | None:
    """The US dollars that begin at a place of a text."""
    amount = amount_at(text, at)
    return amount.value if amount and amount.currency == "USD" else None


def amount_at(text: str, at: int) -> money.Amount | None:
    """The amount whose sign or digits begin at a place; letters before the sign ("C$") belong to it."""
    lead = max(0, at - 4)
    for amount in money.find(text[lead : at + 40]):
        if amount.start <= at - lead + 1 < amount.end:
            return amount
    return None


def price(text: str) -> float | None:
    """The price per share or unit in US dollars that a deal is done at."""
    for found in _PRICE.finditer(text):
        if _NO_DEAL.search(text[max(0, found.start() - 30) : found.start()]):
            continue
        amount = dollars_at(text, found.end())
        if amount is None and (bare := _BARE_PRICE.match(text, found.end())):
            amount = number(bare[1])
        if amount is not None and 0 < amount < 10_000:
            return amount
    return None


def percents(text: str) -> list[float]:
    """The percentages of a text."""
    return [float(p) for p in _PERCENT.findall(text)]
