"""Resale registrations: shares registered for their holders to sell.

What the company may get from the cash exercise of warrants is no offering amount, so a resale has none.
"""

from __future__ import annotations

import re

from screener.dilution import quantity
from screener.dilution.base import Page, at, entry, registered
from screener.dilution.records import Document, Entry
from screener.dilution.text import Part, sentences

_COVERS = re.compile(
    r"\b(?:relates? to|covers?|registers?|registration of|may offer|offering|concerns)\b[^.]{0,500}?\b(?:resale|resell"
    r"|resold|offer|sell|sale|dispos)",
    re.I | re.S,
)
_TITLE = re.compile(r"^\s*(?:up to )?(?:an aggregate of )?[\d,]{5,15}\s[^.\n]{0,120}$", re.I | re.M)
_LIST = re.compile(r"\bconsist\w*|\binclud\w*|\bcomposed|\bas follows", re.I)


def read(document: Document, page: Page) -> Entry | None:
    """The resale of a cover page: how many shares in all."""
    cover = Part(page.start, page.end, document.text[page.start : page.end])
    title = _titled(cover.text)
    told, proof = _told(document, page)
    if told is None and title is None:
        return None
    offer = page.offer
    part = proof or (at(document, offer.start, offer.end) if offer else at(document, page.start, page.start + 300))
    return entry(document, "resale", registered(document), part, shares=max(title or 0.0, told or 0.0))


def _titled(cover: str) -> float | None:
    """The count of the title lines: the largest, because a second line may be a part of the first."""
    for line in _TITLE.finditer(cover[:3_000]):
        counts = [c.value for c in quantity.shares(line.group())]
        if counts:
            return counts[0]
    return None


def _told(document: Document, page: Page) -> tuple[float | None, Part | None]:
    for sentence in sentences(document.text, page.start, page.end):
        if _COVERS.search(sentence.text):
            counts = [c for c in quantity.shares(sentence.text) if not c.preferred]
            if counts:
                return counts[0].value, sentence
    return None, None
