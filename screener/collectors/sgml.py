"""EDGAR submissions: the SGML file that holds a filing's header and all its documents.

Three header dialects exist: the lines of 2000 and later (``ACCEPTANCE-DATETIME`` first), the older lines inside a
privacy-enhanced message (no acceptance time, often no file names, tags such as ``<REPORTING-OWNER>`` between the
lines), and the tags of the dissemination service (``<SUBMISSION><ACCESSION-NUMBER>...``, line ends optional).
Nothing here raises for what a file holds: what is missing or cut off stands in ``Submission.notes``. One pass, linear
in the input.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from msgspec import Struct

from screener.clock import NEW_YORK, UTC
from screener.collectors.text import html_to_text
from screener.collectors.xmlforms import xml_text
from screener.limits import DOCUMENT_BYTES, DOCUMENTS, FIRST_YEAR, HEADER_BYTES, LAST_YEAR, SUBMISSION_BYTES
from screener.sec.items8k import item_numbers
from screener.types import Exhibit, Party

ROLES = {
    "FILER": "Filer",
    "ISSUER": "Issuer",
    "SUBJECT COMPANY": "Subject",
    "REPORTING OWNER": "Reporting",
    "FILED BY": "Filed by",
    "FILED FOR": "Filed for",
    "SERIAL COMPANY": "Serial company",
    "DEPOSITOR": "Depositor",
    "SECURITIZER": "Securitizer",
    "UNDERWRITER": "Underwriter",
}
_COMPANY_FIRST = ("Subject", "Issuer", "Filer")
_UNREADABLE = ("GRAPHIC", "EXCEL", "ZIP", "PDF", "XML", "JSON", "EX-101", "COVER")
_UNREADABLE_NAMES = (".jpg", ".jpeg", ".gif", ".png", ".pdf", ".xls", ".xlsx", ".zip", ".xsd", ".js", ".css", ".json")

_DOCUMENT = re.compile(rb"<DOCUMENT>\s{0,80}<TYPE>")
_END = re.compile(rb"</(?:SEC-DOCUMENT|SUBMISSION|IMS-DOCUMENT)>")
_DOC_TAG = re.compile(rb"<(TYPE|SEQUENCE|FILENAME|DESCRIPTION)>([^<\r\n]*)")
_TAG = re.compile(r"<(/?)([A-Z0-9-]{1,60})>([^<]{0,4000})")
_LINE = re.compile(r"\A[ \t]*+([A-Z][A-Z0-9 &/.-]{1,60}):[ \t]*(.*)$")
_WRAPPER = re.compile(r"\s{0,200}</?(?:XBRL|XML|PDF|PAPER)>", re.IGNORECASE)
_UUENCODED = re.compile(r"\s{0,200}(?:<PDF>\s{0,20})?begin [0-7]{3} \S", re.IGNORECASE)
_HTML = re.compile(r"<(?:html|body|div|p|font|span|tr|td|h[1-6]|br)\b[^<>]{0,2000}>", re.IGNORECASE)
_XML_FORM = re.compile(r"<(?:\w{1,20}:)?(?:edgarSubmission|ownershipDocument|notificationOfRemoval)\b")
_PAGE = re.compile(r"\s{0,80}<PAGE>[\s\d]{0,80}$", re.IGNORECASE)
_PLAIN_TAG = re.compile(r"</?(?:PAGE|CAPTION|S|C|FN|F\d{1,2}|LEGEND|MULTIPLIER)>", re.IGNORECASE)
_DASHES = re.compile(r"^[\s\-=_*.~]+$")


class FilingDocument(Struct, frozen=True, kw_only=True):
    """One document as filed. ``kind`` is its SEC type ("8-K", "EX-99.1"); ``text_raw`` is the decoded source.

    ``text_raw`` is empty for what is no text: graphics, spreadsheets, archives, PDF and uuencoded parts.
    """

    kind: str
    sequence: int = 0
    name: str = ""
    description: str = ""
    text_raw: str = ""


class Submission(Struct, frozen=True, kw_only=True):
    """A parsed submission.

    ``accepted`` is aware UTC (the header states Eastern time), None where the header has none; ``filed`` is the
    official filing date. ``item_info`` are the header's item lines as they stand, ``items`` their numbers ("3.01").
    ``company`` and ``cik`` are the subject's or issuer's before the filer's, and never a reporting person's when
    there is another. ``notes`` say what was missing, cut off or over a limit.
    """

    accession: str = ""
    form: str = ""
    filed: dt.date | None = None
    accepted: dt.datetime | None = None
    item_info: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    company: str = ""
    cik: int | None = None
    parties: tuple[Party, ...] = ()
    documents: tuple[FilingDocument, ...] = ()
    notes: tuple[str, ...] = ()


def parse_submission(
    raw: bytes, *, max_bytes: int = SUBMISSION_BYTES, max_document: int = DOCUMENT_BYTES, max_documents: int = DOCUMENTS
) -> Submission:
    """Read one submission. Never raises; limits are in bytes and what passes them is left out with a note."""
    notes: list[str] = []
    if len(raw) > max_bytes:
        notes.append(f"the submission has {len(raw):,} bytes: only the first {max_bytes:,} were read")
        raw = raw[:max_bytes]
    first = _DOCUMENT.search(raw)
    head = _decode(raw[: min(first.start() if first else len(raw), HEADER_BYTES)])
    fields, parties = _tag_header(head) if "<ACCESSION-NUMBER>" in head else _line_header(head)
    if not _END.search(raw, max(0, len(raw) - 200)):
        notes.append("the submission has no end tag: it may be cut off")
    documents = tuple(_documents(raw, max_document, max_documents, notes))
    accession, form = fields.get("accession", [""])[0], fields.get("form", [""])[0]
    filed, lead = _date(fields.get("filed", [""])[0]), _lead(parties)
    info = tuple(fields.get("items", ()))
    notes += [
        f"the header has no {what}" for what, value in (("accession number", accession), ("form", form)) if not value
    ]
    if not documents:
        notes.append("the submission holds no document")
    return Submission(
        accession=accession,
        form=form,
        filed=filed,
        accepted=_accepted(fields.get("accepted", [""])[0]),
        item_info=info,
        items=item_numbers(info, filed),
        company=lead.name if lead else "",
        cik=lead.cik if lead else None,
        parties=parties,
        documents=documents,
        notes=tuple(notes),
    )


def filing_text(submission: Submission) -> tuple[str, tuple[Exhibit, ...]]:
    """The main document and the EX-99 exhibits as plain text with paragraphs kept (blank line between them).

    The main document is the first one of the submission's own form, else the first readable one.
    """
    readable = [d for d in submission.documents if d.text_raw]
    exhibits = [d for d in readable if d.kind.upper().startswith("EX-99")]
    others = [d for d in readable if not d.kind.upper().startswith("EX-")]
    main = next((d for d in others if d.kind == submission.form), others[0] if others else None)
    texts = (Exhibit(kind=d.kind, name=d.name, text=document_text(d)) for d in exhibits)
    return (document_text(main) if main else ""), tuple(texts)


def document_text(document: FilingDocument) -> str:
    """One document as plain text: HTML through the shared cleaner, XML forms by field, plain text with its lines joined."""
    start = 0
    while wrapper := _WRAPPER.match(document.text_raw, start):
        start = wrapper.end()
    text = document.text_raw[start:]
    if "<ix:header" in text:  # inline XBRL repeats every tagged fact in a hidden block before the words
        text = _without(text, "<ix:header", "</ix:header>")
    looks_html = _HTML.search(text, 0, 20_000) is not None
    if text.lstrip()[:5] == "<?xml" and (not looks_html or _XML_FORM.search(text, 0, 2000)):
        return xml_text(text)
    if looks_html or document.name.lower().endswith((".htm", ".html")):
        return html_to_text(text)
    return plain_text(text)


def plain_text(text: str) -> str:
    """Typewriter text with each paragraph on one line; tables keep their lines."""
    out: list[str] = []
    block: list[str] = []
    table = False

    def close() -> None:
        if block:
            out.append(("\n" if table else " ").join(block))
            block.clear()

    for line in text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n").split("\n"):
        upper = line.strip().upper()
        if upper in ("<TABLE>", "</TABLE>"):
            close()
            table = upper == "<TABLE>"
            continue
        if _PAGE.match(line):
            close()
            continue
        words = " ".join(_PLAIN_TAG.sub(" ", line).split()) if not table else _PLAIN_TAG.sub(" ", line).rstrip()
        if not words.strip() or _DASHES.match(words):
            close()
        else:
            block.append(words)
    close()
    return "\n\n".join(out)


# ---- documents ---------------------------------------------------------------------------------------------------


def _documents(raw: bytes, max_document: int, max_documents: int, notes: list[str]) -> Iterator[FilingDocument]:
    starts = [m.start() for m in _DOCUMENT.finditer(raw)]
    if len(starts) > max_documents:
        notes.append(f"the submission has {len(starts):,} documents: only the first {max_documents:,} were read")
        starts = starts[:max_documents]
    sealed = b"-----BEGIN PRIVACY-ENHANCED" in raw[:2000]
    for number, start in enumerate(starts, 1):
        following = starts[number] if number < len(starts) else len(raw)
        end = raw.find(b"</DOCUMENT>", start, following)
        if end < 0:
            notes.append(f"document {number} has no end: the file is cut off")
            end = following
        yield _document(raw, start, end, max_document, sealed, notes)


def _document(raw: bytes, start: int, end: int, limit: int, sealed: bool, notes: list[str]) -> FilingDocument:
    begin = raw.find(b"<TEXT>", start, min(end, start + 8000))
    tags: dict[bytes, str] = {}
    for m in _DOC_TAG.finditer(raw, start, begin if begin >= 0 else min(end, start + 8000)):
        tags.setdefault(m.group(1), _decode(m.group(2)).strip())
    kind, name = tags.get(b"TYPE", ""), tags.get(b"FILENAME", "")
    text = ""
    if begin >= 0 and not kind.upper().startswith(_UNREADABLE) and not name.lower().endswith(_UNREADABLE_NAMES):
        close = raw.rfind(b"</TEXT>", begin, end)
        close = end if close < 0 else close
        if close - begin > limit:
            notes.append(f"document {name or kind} has {close - begin:,} bytes: only the first {limit:,} were read")
            close = begin + limit
        text = _decode(raw[begin + 6 : close])
    if _UUENCODED.match(text):
        text = ""
    if sealed:  # such messages put "- " before every line that begins with a dash
        text = text.replace("\n- -", "\n-")
    sequence = tags.get(b"SEQUENCE", "")
    return FilingDocument(
        kind=kind,
        sequence=int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) < 7 else 0,
        name=name,
        description=tags.get(b"DESCRIPTION", ""),
        text_raw=text,
    )


def _without(text: str, begin: str, end: str) -> str:
    """The text without the spans from ``begin`` to ``end``; an unclosed one stays."""
    parts, at = [], 0
    while (start := text.find(begin, at)) >= 0 and (stop := text.find(end, start)) >= 0:
        parts.append(text[at:start])
        at = stop + len(end)
    return "".join([*parts, text[at:]])


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


# ---- headers -----------------------------------------------------------------------------------------------------

_LINE_KEYS = {
    "ACCESSION NUMBER": "accession",
    "CONFORMED SUBMISSION TYPE": "form",
    "FILED AS OF DATE": "filed",
    "ITEM INFORMATION": "items",
}
_TAG_KEYS = {
    "ACCESSION-NUMBER": "accession",
    "TYPE": "form",
    "FILING-DATE": "filed",
    "ITEMS": "items",
    "ACCEPTANCE-DATETIME": "accepted",
}


def _line_header(head: str) -> tuple[dict[str, list[str]], tuple[Party, ...]]:
    fields: dict[str, list[str]] = {}
    found: list[dict[str, str]] = []
    for line in head.splitlines():
        tag = _TAG.match(line)
        if tag:
            role = ROLES.get(tag.group(2).replace("-", " "))
            if tag.group(2) == "ACCEPTANCE-DATETIME":
                fields.setdefault("accepted", []).append(tag.group(3).strip())
            elif role and not tag.group(1):
                found.append({"role": role})
            continue
        m = _LINE.match(line)
        if not m:
            continue
        key, value = m.group(1), m.group(2).strip()
        if key in _LINE_KEYS:
            fields.setdefault(_LINE_KEYS[key], []).append(value)
        elif not value and key.replace("-", " ") in ROLES:
            found.append({"role": ROLES[key.replace("-", " ")]})
        elif found and key == "COMPANY CONFORMED NAME":
            found[-1].setdefault("name", value)
        elif found and key == "CENTRAL INDEX KEY":
            found[-1].setdefault("cik", value)
    return fields, _parties(found)


def _tag_header(head: str) -> tuple[dict[str, list[str]], tuple[Party, ...]]:
    fields: dict[str, list[str]] = {}
    found: list[dict[str, str]] = []
    for m in _TAG.finditer(head):
        closing, tag, value = m.group(1), m.group(2), m.group(3).strip()
        role = ROLES.get(tag.replace("-", " "))
        if closing:
            continue
        if role:
            found.append({"role": role})
        elif tag in _TAG_KEYS:
            fields.setdefault(_TAG_KEYS[tag], []).append(value)
        elif found and tag == "CONFORMED-NAME":
            found[-1].setdefault("name", value)
        elif found and tag == "CIK":
            found[-1].setdefault("cik", value)
    return fields, _parties(found)


def _parties(found: list[dict[str, str]]) -> tuple[Party, ...]:
    out: dict[tuple[str, int], Party] = {}
    for one in found:
        cik = one.get("cik", "")
        if cik.isascii() and cik.isdigit() and len(cik) <= 10:
            party = Party(cik=int(cik), name=one.get("name", ""), role=one["role"])
            out.setdefault((party.role, party.cik), party)
    return tuple(out.values())


def _lead(parties: tuple[Party, ...]) -> Party | None:
    for role in _COMPANY_FIRST:
        for party in parties:
            if party.role == role:
                return party
    return parties[0] if parties else None


def _date(text: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text[:8], "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def _accepted(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.strptime(text[:14], "%Y%m%d%H%M%S")  # noqa: DTZ007 - Eastern, set on the next line
    except ValueError:
        return None
    return moment.replace(tzinfo=NEW_YORK).astimezone(UTC) if FIRST_YEAR <= moment.year <= LAST_YEAR else None
