"""A filing or a release to its entries: which reader reads what.

A prospectus is read on its cover, its list of what the share count leaves out, and the statement of the count; what it
tells of older deals is left to their own filings. A report or release is read whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import structs

from screener.dilution import (
    convertible,
    counts,
    deal,
    equity_line,
    notice,
    programme,
    resale,
    shelf,
    split,
    warrant_table,
    warrants,
)
from screener.dilution.base import ProspectusPage, at, entry, page
from screener.dilution.quantity import PENNY
from screener.dilution.records import Document, Entry, Kind
from screener.dilution.text import TextPart, sentences
from screener.dilution.warrant_names import NAMED, name_of
from screener.sec import forms

LONGEST = 2_000_000  # characters of a document
REPORT = 120_000  # characters of a report or release: main document and exhibits
_LEAVES_OUT = re.compile(r"\b(?:exclud\w*|do(?:es)? not (?:include|take into account))\b", re.I)
_LIST = 3_500  # characters of what a share count leaves out
_SUMMARY = 150_000  # characters behind the cover in which the offering is summed up
_STOCK = re.compile(r"\bwarrants? outstanding\b|\boutstanding warrants to purchase\b", re.I)


def read_filing(document: Document) -> tuple[Entry, ...]:
    """What a filing says of shares to come, in the order of its text. Pure; never raises for what a text holds."""
    document = structs.replace(document, text=document.text[:LONGEST])
    return _numbered(document, _filing(document))


def read_release(document: Document) -> tuple[Entry, ...]:
    """What a press release says; ``document.form`` is "PR". Pure; never raises for what a text holds."""
    document = structs.replace(document, text=document.text[:REPORT])
    return _numbered(document, _report(document))


def _filing(document: Document) -> list[Entry]:
    form = document.form
    if forms.of_family(form, "effective"):
        return notice.effect(document)
    if form.startswith("RW"):
        return notice.withdrawn(document)
    if form.startswith("POS"):
        return notice.withdrawn(document) or _prospectus(document)
    if forms.of_family(form, "registration", "shelf", "prospectus"):
        return _prospectus(document)
    if forms.of_family(form, "current_report", "foreign_report", "free_writing"):
        return _report(document)
    if forms.of_family(form, "annual", "quarterly"):
        return counts.read(document, list(sentences(document.text, 0, 15_000)))
    return []


def _report(document: Document) -> list[Entry]:
    parts = list(sentences(document.text, 0, REPORT))
    own = [p for p in parts if not _is_boilerplate(p.text)]
    lines = equity_line.read(document, own)
    programmes = programme.read(document, own)
    rest = [p for p in own if not programme.AGREEMENT.search(p.text) and not programme.MARKET.search(p.text)]
    deals = deal.read(document, rest) if not lines else []
    return [
        *shelf.told(document, own),
        *programmes,
        *lines,
        *deals,
        *warrants.read(document, own),
        *convertible.read(document, own),
        *split.read(document, own),
        *counts.read(document, own),
    ]


def _prospectus(document: Document) -> list[Entry]:
    found = page(document.text)
    cover = list(sentences(document.text, found.start, found.end))
    kind = found.offer.kind if found.offer else None
    out = list[Entry]()
    if kind == "resale":
        held = resale.read(document, found)
        out += [held] if held else _shelf(document, found) if forms.of_family(document.form, "shelf") else []
        out += equity_line.read(document, cover)
    elif kind == "programme":
        out += programme.read(document, cover)
    elif kind == "sale":
        whole = TextPart(found.start, found.end, document.text[found.start : found.end])
        out += deal.read(document, cover, cover=whole)
    elif kind is None and forms.of_family(document.form, "prospectus"):
        out += deal.read(
            document, cover, cover=TextPart(found.start, found.end, document.text[found.start : found.end])
        )
    elif kind == "shelf" or forms.of_family(document.form, "shelf"):
        out += _shelf(document, found)
    named = warrants.read(document, cover, later=list(sentences(document.text, found.end, found.end + _SUMMARY)))
    return [*out, *named, *convertible.read(document, cover), *_stock(document, found, named)]


def _shelf(document: Document, found: ProspectusPage) -> list[Entry]:
    base = shelf.read(document, found)
    sold = [p for p in sentences(document.text, max(0, found.start - 12_000), found.start) if "prospectus" in p.text]
    programmes = programme.read(document, sold)
    return [*([base] if base else []), *programmes]


def _stock(document: Document, found: ProspectusPage, named: Sequence[Entry]) -> list[Entry]:
    """Shares outstanding, and the warrants that the count leaves out."""
    parts = list(sentences(document.text, found.start))
    left_out = next((i for i, p in enumerate(parts) if _LEAVES_OUT.search(p.text) and "outstanding" in p.text), None)
    listed = list[TextPart]()
    if left_out is not None:
        first = parts[left_out]
        listed = [p for p in parts[left_out : left_out + 14] if p.start - first.start < _LIST]
    else:
        listed = [p for p in parts if _STOCK.search(p.text) and "as of" in p.text.lower()][:1]
    exist = [p for p in listed if "arrant" in p.text and re.search(r"outstanding|weighted", p.text)]
    known = {(e.shares, e.strike) for e in named}
    more = [e for e in warrants.read(document, exist, outstanding=True) if (e.shares, e.strike) not in known]
    known |= {(e.shares, e.strike) for e in more}
    rows = [e for e in _tabled(document, found.start) if (e.shares, e.strike) not in known]
    return [*more, *rows, *counts.read(document, parts)]


def _tabled(document: Document, start: int) -> list[Entry]:
    """The warrants of a table."""
    out = list[Entry]()
    for row in warrant_table.read(document.text, start, start + _SUMMARY):
        kind: Kind = "prefunded_warrants" if row.strike <= PENNY else "warrants"
        about = (name_of(named) if (named := NAMED.search(row.name)) else row.name.removesuffix(" Warrants"))[:40]
        out.append(
            entry(
                document,
                kind,
                "outstanding",
                at(document, row.start, row.end),
                shares=row.shares,
                strike=row.strike,
                expires=row.expires,
                term_years=row.term_years,
                about="" if kind == "prefunded_warrants" else about,
            )
        )
    return out


def _is_boilerplate(text: str) -> bool:
    return "orward-looking statement" in text or text.startswith("Indicate by check mark")


def _numbered(document: Document, found: Iterable[Entry]) -> tuple[Entry, ...]:
    ordered = sorted(found, key=lambda e: (e.evidence[0].start if e.evidence else 0, e.kind))
    return tuple(structs.replace(e, id=f"{document.id}#{n}") for n, e in enumerate(ordered, 1))
