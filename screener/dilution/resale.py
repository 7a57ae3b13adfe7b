"""Resale registrations: shares registered for their holders to sell.

What the company may get from the cash exercise of warrants is no offering amount, so a resale has none.
"""

from __future__ import annotations

import re

from screener.dilution import quantity
from screener.dilution.base import ProspectusPage, at, entry, registered, title_count
from screener.dilution.records import Document, Entry
from screener.dilution.text import TextPart, sentences

_COVERS = re.compile(
    r"\b(?:relates? to|covers?|registers?|registration of|may offer|offering|concerns)\b[^.]{0,500}?\b(?:resale|resell"
    r"|resold|offer|sell|sale|dispos)",
    re.I | re.S,
)


def read(document: Document, page: ProspectusPage) -> Entry | None:
    """The resale of a cover page: how many shares in all."""
    cover = TextPart(page.start, page.end, document.text[page.start : page.end])
    title = title_count(cover.text)
    told, proof = _told(document, page)
    if told is None and title is None:
        return None
    offer = page.offer
    part = proof or (at(document, offer.start, offer.end) if offer else at(document, page.start, page.start + 300))
    return entry(document, "resale", registered(document), part, shares=max(title or 0.0, told or 0.0))


def _told(document: Document, page: ProspectusPage) -> tuple[float | None, TextPart | None]:
    for sentence in sentences(document.text, page.start, page.end):
        if _COVERS.search(sentence.text):
            counts = [c for c in quantity.shares(sentence.text) if not c.preferred]
            if counts:
                return counts[0].value, sentence
    return None, None
