"""Universal shelves: what may be sold over three years, and what a new one carries over.

The amount is the ceiling of the cover ("up to an aggregate of $X"); an automatic shelf (Form S-3ASR) has none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from screener.dilution.base import LEAST, RETOLD, ProspectusPage, at, entry, file_number_in, registered, title_amount
from screener.dilution.records import Document, Entry
from screener.dilution.text import TextPart
from screener.language import money

_UP_TO = re.compile(
    r"\b(?:up to|aggregate|total|maximum)\b[^$.]{0,120}$|\boffering price (?:of|not to exceed|that will not exceed)\b[^$]{0,40}$",
    re.I,
)
_CARRIED = re.compile(
    r"(?:Rule 415\(a\)\((?:5|6)\)|unsold (?:securities|shares)|carried? (?:over|forward))[^.]{0,600}?(333-\d{5,6})",
    re.I,
)
_FILED = re.compile(
    r"\bfiled (?:with [^.;]{0,60}?)?an? (?:new |universal |automatic |mixed )*shelf registration statement\b", re.I
)
_READ = 4_500  # characters of a cover in which the ceiling stands


def read(document: Document, page: ProspectusPage) -> Entry | None:
    """The shelf of a registration statement or base prospectus."""
    text = document.text
    offer = page.offer
    part = at(document, offer.start, offer.end) if offer else at(document, page.start, page.start + 300)
    carried = tuple(dict.fromkeys(_CARRIED.findall(text[: page.start + 20_000])))
    return entry(document, "shelf", registered(document), part, amount_usd=ceiling(text, page), ends=carried)


def told(document: Document, parts: Sequence[TextPart]) -> list[Entry]:
    """A shelf that a report or release says was filed."""
    for part in parts:
        found = _FILED.search(part.text)
        if found and not RETOLD.search(part.text):
            amount = next(
                (a for a in money.find(part.text) if a.value >= LEAST and a.currency == "USD" and not a.per_unit), None
            )
            number = file_number_in(part.text)
            return [
                entry(
                    document,
                    "shelf",
                    "registered",
                    part,
                    amount_usd=amount.value if amount else None,
                    file_number=number,
                )
            ]
    return []


def ceiling(text: str, page: ProspectusPage) -> float | None:
    """The amount that the cover names as a ceiling, in US dollars."""
    cover = text[page.start : min(page.end, page.start + _READ)]
    titled = title_amount(cover)
    if titled is not None:
        return titled
    for amount in money.find(cover):
        before = cover[max(0, amount.start - 160) : amount.start]
        if amount.currency == "USD" and amount.value >= LEAST and (amount.is_max or _UP_TO.search(before)):
            return amount.value
    return None
