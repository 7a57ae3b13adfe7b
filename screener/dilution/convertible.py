"""Convertible notes and preferred: principal, conversion price, floor, fixed or following the market, and conversions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from screener.dilution import quantity
from screener.dilution.base import entry
from screener.dilution.records import Document, Entry, Status
from screener.dilution.text import TextPart, clauses
from screener.language import dates, money

_NOTE = re.compile(
    r"\bconvertible (?:senior |secured |unsecured |subordinated |promissory |exchange )*(?:notes?|debentures?|bonds?)\b",
    re.I,
)
_PREFERRED = re.compile(r"\bpreferred (?:stock|shares?)\b", re.I)
_TOPIC = re.compile(r"\bpreferred\b|\bnotes?\b|\bdebentures?\b", re.I)
_PRINCIPAL = re.compile(r"\bprincipal (?:amount)?\b|\boffering of\b|\bpurchase price\b|\boutstanding\b", re.I)
_BEHIND = re.compile(r"^\s?(?:in )?(?:of )?(?:aggregate |original |total |initial |outstanding )*principal", re.I)
_PRICE = re.compile(
    r"\bconversion price\b[^$.;]{0,90}?(?=\$)|\bconvert(?:ed|ible)?\b[^$.;]{0,90}?\bat (?:a|an"
    r"|the)? ?(?:[\w-]+ ){0,4}price (?:of )?"
    r"(?:[\w]+ ){0,3}(?=\$)|\bby (?=\$[\d.]+ \(the [“\"]Conversion Price)",
    re.I,
)
_FLOOR = re.compile(
    r"\bfloor (?:conversion )?price\b[^$.;]{0,60}?(?=\$)|\bnot (?:be )?(?:less|lower) than (?=\$)", re.I
)
_VARIABLE = re.compile(
    r"\b\d{2,3}(?:\.\d+)?\s?% of the (?:lowest|average|volume|vwap|closing)|\blowest (?:daily )?(?:vwap|closing|trading)"
    r"|\bdiscount to the (?:\w+ ){0,3}(?:vwap|market|closing)",
    re.I,
)
_RETIRED = re.compile(
    r"\b(?:exchanged|retired|repaid|redeemed|cancel(?:led|ed)?|repurchased|satisfied|were converted|was converted"
    r"|conversion of all)\b",
    re.I,
)
_MAY = re.compile(r"\b(?:may|would|will|expects? to|intends? to|could|if|can|until|prior to)\b[^.;]{0,70}$", re.I)
_CONVERTED_INTO = re.compile(r"\b(?:were|was|been) converted into\b[^.;]{0,40}$", re.I)
_INTO = re.compile(r"\bconvertible into\b[^.;]{0,60}$", re.I)
_UPON = re.compile(
    r"^[^;]{0,150}?\b(?P<done>issuable|issued)?\s?(?:upon|on)\s(?:the\s)?(?:full\s)?conversion of\b[^;]{0,140}?[Pp]referred"
)
_UPON_NOTES = re.compile(
    r"^[^;]{0,130}?\b(?:issuable|issued)?\s?(?:upon|on)\s(?:the\s)?conversion of (?:the )?(?:[\w-]+ ){0,6}?[Nn]otes\b"
)
_MATURES = re.compile(r"\bmatur\w*\b[^.;]{0,60}$|\bdue (?:on )?$", re.I)
LEAST = 10_000  # US dollars of principal


def read(document: Document, parts: Sequence[TextPart]) -> list[Entry]:
    """The convertible notes and preferred shares that sentences speak of, each kind once per count or principal."""
    parts = [p for p in parts if "onver" in p.text or _TOPIC.search(p.text)]
    return [*_preferred(document, parts), *_notes(document, parts)]


def _preferred(document: Document, parts: Sequence[TextPart]) -> list[Entry]:
    out, seen = list[Entry](), set[float]()
    for part in parts:
        for clause in clauses(part):
            found = _common_of(clause.text)
            if not found or found[0] in seen or not _PREFERRED.search(part.text):
                continue
            seen.add(found[0])
            out.append(
                entry(
                    document, "convertible_preferred", found[1], clause, shares=found[0], conversion_price=_price(parts)
                )
            )
    return out


def _common_of(text: str) -> tuple[float, Status] | None:
    """The ordinary shares that preferred shares turn into, or were turned into."""
    for count in quantity.shares(text):
        if count.preferred:
            continue
        before, behind = text[: count.start], text[count.end :]
        if _CONVERTED_INTO.search(before):
            return count.value, "converted"
        upon = _UPON.match(behind)
        if upon and upon["done"] == "issued":
            return count.value, "converted"
        if upon or (_INTO.search(before) and "referred" in before):
            return count.value, "outstanding"
    return None


def _notes(document: Document, parts: Sequence[TextPart]) -> list[Entry]:
    about = [p for p in parts if _NOTE.search(p.text)]
    if not about:
        return []
    defined = [p for p in parts if p in about or re.search(r"\b[Nn]otes?\b", p.text)]
    out, seen = list[Entry](), set[float]()
    for part in defined:
        found = _principal(part.text)
        if found is None or found in seen or (part not in about and out):
            continue
        seen.add(found)
        retired = _is_retired(part.text)
        out.append(
            entry(
                document,
                "convertible_note",
                "converted" if retired else "outstanding",
                part,
                principal_usd=found,
                amount_usd=found,
                shares=_note_shares(defined),
                conversion_price=None if retired else _price(defined),
                floor_price=None if retired else _floor(defined),
                variable=None if retired else _variable(defined),
                matures=_matures(defined),
            )
        )
    return out[:3]


def _is_retired(text: str) -> bool:
    found = _RETIRED.search(text)
    return bool(found and not _MAY.search(text[: found.start()]))


def _principal(text: str) -> float | None:
    for amount in money.find(text):
        before, after = text[max(0, amount.start - 60) : amount.start], text[amount.end : amount.end + 40]
        if amount.currency != "USD" or amount.value < LEAST or amount.per_unit:
            continue
        if _BEHIND.match(after) or (re.search(r"principal amount of[^$]{0,24}$|offering of[^$]{0,24}$", before, re.I)):
            return amount.value
    return None


def _price(parts: Sequence[TextPart]) -> float | None:
    for part in parts:
        for found in _PRICE.finditer(part.text):
            amount = quantity.dollars_at(part.text, found.end())
            if amount is not None and 0 < amount < 100_000:
                return amount
    return None


def _floor(parts: Sequence[TextPart]) -> float | None:
    return next((quantity.dollars_at(p.text, m.end()) for p in parts if (m := _FLOOR.search(p.text))), None)


def _variable(parts: Sequence[TextPart]) -> bool | None:
    if any(_VARIABLE.search(p.text) for p in parts):
        return True
    return False if _price(parts) is not None else None


def _note_shares(parts: Sequence[TextPart]) -> float | None:
    for part in parts:
        for count in quantity.shares(part.text):
            if not count.preferred and _UPON_NOTES.match(part.text[count.end :]):
                return count.value
    return None


def _matures(parts: Sequence[TextPart]) -> str | None:
    for part in parts:
        for day in dates.find([part.text])[0]:
            if _MATURES.search(part.text[max(0, day.match.start() - 80) : day.match.start()]):
                return day.iso
    return None
