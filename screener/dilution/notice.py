"""Notices of the registration itself: declared effective (EFFECT), withdrawn (RW), unsold securities deregistered (POS AM)."""

from __future__ import annotations

import re

from screener.dilution.base import LEAST, at, entry, file_number
from screener.dilution.records import Document, Entry
from screener.language import dates, money

_DEREGISTERS = re.compile(
    r"\b(?:de-?register|removes? (?:and withdraws? )?from registration|terminat\w+ the effectiveness)\b", re.I
)
_NUMBER = re.compile(r"\b(333-\d{5,6})\b")
_DAY = re.compile(r"<effectiveDate>\s?(\d{4}-\d{2}-\d{2})|effective(?:ness)? date:?\s?", re.I)
_REGISTERED = re.compile(r"\bup to\b[^$]{0,40}$|\baggregate\b[^$]{0,60}$", re.I)


def effect(document: Document) -> list[Entry]:
    """The file number that a notice of effectiveness names, with the day."""
    text = document.text
    number = file_number(document) or (m[1] if (m := _NUMBER.search(text)) else "")
    if not number:
        return []
    found = _DAY.search(text)
    day = found[1] if found and found[1] else None
    if day is None:
        days = dates.find([text[found.end() : found.end() + 60] if found else text])[0]
        day = days[0].iso if days else None
    if day is None and document.published:
        day = document.published.date().isoformat()
    whole = at(document, 0, min(len(text), 300))
    return [entry(document, "effectiveness", "effective", whole, file_number=number, effective=day, day=day)]


def withdrawn(document: Document) -> list[Entry]:
    """A withdrawal request, or a post-effective amendment that takes the unsold securities out of registration."""
    found = _DEREGISTERS.search(document.text)
    if document.form.startswith("POS") and not found:
        return []
    numbers = tuple(dict.fromkeys([n for n in (file_number(document),) if n] + _NUMBER.findall(document.text)))
    part = at(document, found.start(), found.start() + 300) if found else at(document, 0, 300)
    amount = next(
        (a.value for a in money.find(document.text) if a.currency == "USD" and a.value >= LEAST
         and _REGISTERED.search(document.text[max(0, a.start - 80) : a.start])),
        None,
    )  # fmt: skip
    number = numbers[0] if numbers else ""
    return [entry(document, "withdrawal", "withdrawn", part, file_number=number, ends=numbers, amount_usd=amount)]
