"""EDGAR's list of current filings: one Atom page in, entries out; entries of an accession joined into a filing.

A page holds one entry for each role of each filing (Filer, Issuer, Reporting, Subject, Filed by). The acceptance time is
``updated`` with its offset; item numbers stand in the summary. Pages are read with lxml, without entities, network or
huge trees; a damaged page gives the entries that can be read and a Problem for the rest.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from itertools import islice

from lxml import etree
from msgspec import Struct

from screener.collectors.apart import apart, is_small
from screener.collectors.mend import mend_xml
from screener.collectors.xml import parse_xml
from screener.errors import ReaderEnded
from screener.language.letters import whole
from screener.limits import DEFAULT, FIRST_YEAR, LAST_YEAR, Limits, at_most
from screener.sec.forms import first_of
from screener.types import Filing, Party, Problem

_ATOM = "{http://www.w3.org/2005/Atom}"
_ENTRY, _TITLE, _LINK, _SUMMARY = (_ATOM + n for n in ("entry", "title", "link", "summary"))
_UPDATED, _CATEGORY, _ID = (_ATOM + n for n in ("updated", "category", "id"))
_NAME = re.compile(r"\A(.*) \((\d{1,10})\) \(([^()]+)\)\s*+$", re.S)
_ACCESSION = re.compile(r"accession-number=(\d{10}-\d{2}-\d{6})\s*$")
_ITEM = re.compile(r"Item ([0-9A-Z.]{1,6}): ([^\n<]*)")
# Whose filing it is, best first: a person who reports or an investor who files is not the company.
COMPANIES = ("Subject", "Issuer", "Filer", "")
ROLES = ("Subject", "Issuer", "Filer", "Filed by", "Reporting")


class IndexEntry(Struct, frozen=True, kw_only=True):
    """One role of one filing. ``items`` are (number, heading) pairs."""

    accession: str
    form: str
    name: str
    cik: int
    role: str
    accepted: dt.datetime
    link: str
    items: tuple[tuple[str, str], ...] = ()


class Page(Struct, frozen=True, kw_only=True):
    """What one page held, in its own order (newest first)."""

    entries: tuple[IndexEntry, ...] = ()
    problems: tuple[Problem, ...] = ()


REFUSED = ("not_a_feed", "timeout", "out_of_memory", "unreadable")


async def read_page(body: bytes, subject: str, bounds: Limits = DEFAULT) -> Page:
    """Read one page without holding up the loop: in place when it is small and sound, else in a process of its own."""
    if is_small(body):
        root = parse_xml(body)
        if root is not None and root.tag == _ATOM + "feed":
            return _page(root, subject, bounds)
    try:
        return await apart(bounds, len(body), parse_getcurrent, body, subject, bounds)
    except ReaderEnded as e:
        return Page(problems=(_problem(subject, e.kind, f"the page {e}"),))


def parse_getcurrent(body: bytes, subject: str = "edgar", bounds: Limits = DEFAULT) -> Page:
    """Read one page. Never raises: what is not a page of filings gives no entries and one Problem ("not_a_feed")."""
    root, problems = parse_xml(body), []
    mended = mend_xml(body) if root is None else None
    if mended is not None and (root := parse_xml(mended[0])) is not None and mended[1]:
        message = f"{mended[1]} wrong characters were taken out of the page; the entries are kept"
        problems.append(_problem(subject, "bad_character", message))
    if root is None:
        root = parse_xml(mended[0] if mended else body, recover=True)
        problems.append(_problem(subject, "cut_off", "the page is damaged or cut off; kept what could be read"))
    if root is None or root.tag != _ATOM + "feed":
        return Page(problems=(_problem(subject, "not_a_feed", f"not a page of filings: {_looks_like(body)}"),))
    page = _page(root, subject, bounds)
    return Page(entries=page.entries, problems=(*problems, *page.problems))


def _page(root: etree._Element, subject: str, bounds: Limits) -> Page:
    entries: list[IndexEntry] = []
    problems: list[Problem] = []
    for number, element in enumerate(islice(root.iterchildren(_ENTRY), bounds.entries), 1):
        try:
            entries.append(_entry(element))
        except (ValueError, OverflowError) as e:
            problems.append(_problem(subject, "bad_entry", f"entry {number} of the page left out: {whole(str(e))}"))
    more = at_most(problems, bounds.problems, lambda n: _problem(subject, "bad_entry", f"and {n} more like these"))
    return Page(entries=tuple(entries), problems=more)


def _looks_like(body: bytes) -> str:
    head = body[:200].decode("latin-1").strip()
    return "the answer is empty" if not head else f"it starts with {head[:60]!r}"


def _problem(subject: str, kind: str, message: str) -> Problem:
    return Problem(stage="collect", subject=subject, kind=kind, message=message)


def _entry(element: etree._Element) -> IndexEntry:
    texts: dict[str, str] = {}
    link = form = ""
    for child in element:
        tag = child.tag
        if tag == _LINK:
            link = child.get("href") or ""
        elif tag == _CATEGORY:
            form = (child.get("term") or "").strip()
        elif isinstance(tag, str):
            texts[tag] = child.text or ""
    title = texts.get(_TITLE, "")
    name = _NAME.match(title.removeprefix(f"{form} - "))
    accession = _ACCESSION.search(texts.get(_ID, ""))
    if not form or name is None or accession is None:
        raise ValueError(f"title, form or accession number missing in {title[:80]!r}")
    accepted = dt.datetime.fromisoformat(texts.get(_UPDATED, "").strip())
    if accepted.tzinfo is None:
        raise ValueError(f"acceptance time without a zone in {title[:80]!r}")
    if not FIRST_YEAR <= accepted.year <= LAST_YEAR:
        raise ValueError(f"acceptance time of the year {accepted.year} in {title[:80]!r}")
    summary = texts.get(_SUMMARY, "")
    return IndexEntry(
        accession=accession[1],
        form=form,
        name=" ".join(name[1].split()),
        cik=int(name[2]),
        role=name[3],
        accepted=accepted.astimezone(dt.UTC),
        link=link,
        items=tuple((n, " ".join(h.split())) for n, h in _ITEM.findall(summary)) if "Item " in summary else (),
    )


def join(entries: Iterable[IndexEntry]) -> dict[str, list[IndexEntry]]:
    """Entries by accession in the order first seen; a role that stands on two pages (paging shifts) counts once."""
    joined: dict[str, list[IndexEntry]] = {}
    for entry in entries:
        roles = joined.setdefault(entry.accession, [])
        if not any((e.cik, e.role, e.form) == (entry.cik, entry.role, entry.form) for e in roles):
            roles.append(entry)
    return joined


def companies(what: Filing) -> tuple[int, ...]:
    """The CIKs of all whose filing it is, the leading one first: co-registrants, not who reports or bids."""
    mine = (p.cik for p in what.parties if p.role in COMPANIES)
    return tuple(dict.fromkeys((what.cik, *mine)))


def filing(entries: Sequence[IndexEntry], received: dt.datetime, replayed: bool = False) -> Filing:
    """One filing from the entries of one accession (at least one); the leading party as ``ROLES`` orders them.

    Of several forms the one that says most names the filing; each party keeps the form that it stands under.
    """
    forms = list(dict.fromkeys(e.form for e in entries))
    lead = min(entries, key=lambda e: ROLES.index(e.role) if e.role in ROLES else len(ROLES))
    numbers = dict.fromkeys(number for e in entries for number, _ in e.items)
    return Filing(
        accession=lead.accession,
        form=first_of(forms),
        company=lead.name,
        cik=lead.cik,
        role=lead.role,
        accepted=lead.accepted,
        items=tuple(numbers),
        link=lead.link,
        parties=tuple(
            Party(cik=e.cik, name=e.name, role=e.role, form=e.form if len(forms) > 1 else "") for e in entries
        ),
        received=lead.accepted if replayed else received,
        replayed=replayed,
    )
