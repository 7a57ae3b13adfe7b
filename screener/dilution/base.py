"""What every reader of a document needs: an entry with its proof, its file number, and whether words retell old news."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from msgspec import structs

from screener.dilution import quantity
from screener.dilution.records import Document, Entry, Kind, Status
from screener.dilution.text import TextPart
from screener.language import money
from screener.sec import cover, forms
from screener.types import Span

PROOF = 700  # characters of a sentence that are kept as proof
COVER = 12_000  # characters of a cover page at most
FRONT = 8_000  # characters before the cover in which the form's own facts stand
_FILE_NUMBER = re.compile(
    r"\b(?:Registration|File)\s+(?:Statement\s+)?(?:File\s+)?Nos?\.?\s{0,3}:?\s{0,3}(333-\d{5,6})\b", re.I
)
_COVER_END = re.compile(
    r"\bThe date of this (?:preliminary )?prospectus(?: supplement)?(?: \w+){0,3}? is\b"
    r"|\bTABLE OF CONTENTS\s{1,6}(?:Page|(?:Preliminary )?Prospectus\b|About this prospectus|[^\n]{3,60}\s(?:i|ii|1|S-\d)\b)",
    re.I,
)
_LINE = re.compile(r"^\s{0,40}(?:up to )?(?=(?:US)?\$[\d,.]{1,30}(?: (?:million|billion))?\s{0,9}$)", re.I | re.M)
_TITLE = re.compile(r"^\s{0,40}(?:up to )?(?:an aggregate of )?[\d,]{5,15}\s[^.\n]{0,120}$", re.I | re.M)
_PARTED = re.compile(r"^(\s{0,40}(?:up to )?[\d,]{7,15})(?=\s{0,9}\n)\s{1,40}(?=[A-Z])", re.I | re.M)
_HEAD = 4_500  # characters of a cover in which its title lines stand
LEAST = 100_000  # US dollars of an amount; less is a price
_AMENDMENT = re.compile(r"\b(?:pre-effective )?amendment no\.? ?\d+", re.I)
RETOLD = re.compile(
    r"\b(?:as previously (?:reported|disclosed|announced)|previously (?:reported|disclosed|announced)|as (?:reported"
    r"|disclosed) in"
    r"|prior to the date hereof)\b",
    re.I,
)


class ProspectusPage(NamedTuple):
    """A prospectus: where its cover begins and ends, and what it offers (``cover.Offer``), None when it does not say."""

    start: int
    end: int
    offer: cover.Offer | None


def entry(document: Document, kind: Kind, status: Status, part: TextPart, **fields: Any) -> Entry:
    """An entry proven by the words of ``part``; its id is set when all entries of the document are known."""
    text = document.text[part.start : min(part.end, part.start + PROOF)]
    blank = Entry(
        id=document.id,
        kind=kind,
        status=status,
        form=document.form,
        document=document.id,
        url=document.url,
        published=document.published,
        received=document.received,
        file_number=file_number(document),
        evidence=(Span(field="text", start=part.start, end=part.start + len(text), text=text),),
    )
    return structs.replace(blank, **fields)


def file_number(document: Document) -> str:
    """The Securities Act file number of a registration or prospectus: of its envelope, else of its first page."""
    if document.file_number.startswith("333-"):
        return document.file_number
    of_it = forms.of_family(document.form, "registration", "shelf", "prospectus", "free_writing", "effective")
    if not of_it and not document.form.startswith(("POS", "RW")):
        return ""
    found = _FILE_NUMBER.search(document.text, 0, FRONT)
    return found[1] if found else ""


def file_number_in(text: str) -> str:
    """The first Securities Act file number that words name."""
    found = _FILE_NUMBER.search(text)
    return found[1] if found else ""


def page(text: str) -> ProspectusPage:
    """The cover page of a prospectus."""
    start = cover.begins(text)
    end = _COVER_END.search(text, start + 600, start + COVER)
    return ProspectusPage(start, end.start() if end else min(len(text), start + COVER), cover.read(text))


def title_amount(cover: str) -> float | None:
    """The amount in US dollars that fills a title line of a cover ("$150,000,000")."""
    line = _LINE.search(cover, 0, _HEAD)
    amount = money.first(cover[line.end() : line.end() + 40]) if line else None
    return amount.value if amount and amount.currency == "USD" and amount.value >= LEAST else None


def title_count(cover: str) -> float | None:
    """The number of shares or units that begins a title line of a cover ("Up to 1,250,000 Shares of Common Stock")."""
    for line in _TITLE.finditer(_PARTED.sub(r"\1 ", cover[:_HEAD])):
        counts = [c.value for c in quantity.shares(line.group())]
        if counts:
            return counts[0]
    return None


def registered(document: Document) -> Status:
    """How far a registration is by the form alone: filed, amended, or in use (a filed prospectus is effective)."""
    if forms.of_family(document.form, "prospectus"):
        return "effective"
    if document.form.startswith("POS"):
        return "effective"
    if forms.is_automatic(document.form):
        return "effective"  # automatic upon filing: Rule 462(e)
    amended = forms.is_amendment(document.form) or _AMENDMENT.search(document.text, 0, 2_500)
    return "amended" if amended else "registered"


def at(document: Document, start: int, end: int) -> TextPart:
    """The words of a document between two places."""
    return TextPart(start, end, document.text[start:end])
