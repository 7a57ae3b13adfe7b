"""A company's own list of filings (``{data_url}/submissions/CIK##########.json``), and a filing read for its ledger.

The list's ``acceptanceDateTime`` always ends in Z and is sometimes Eastern time; it is taken as Eastern, the later of
the two, until the header of the filing itself says it. Filings before the newest thousand stand in further files that
the list names.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from msgspec import Struct, structs

from screener.clock import NEW_YORK, UTC
from screener.collectors.answers import day_end
from screener.collectors.sgml import FilingDocument, document_text, filing_text, parse_submission
from screener.dilution.facts import CompanyFacts, read_facts
from screener.dilution.read import read_filing
from screener.dilution.records import Document, Entry
from screener.limits import FIRST_YEAR, LAST_YEAR, LEDGER_TEXT_CHARS
from screener.sec import forms, items8k

_FORMS = forms.Choice(forms.LEDGER)


class Listed(Struct, frozen=True, kw_only=True):
    """One filing as the company's list has it; ``accepted`` may be up to five hours late, never early."""

    accession: str
    form: str
    filed: dt.date
    accepted: dt.datetime
    items: tuple[str, ...] = ()
    file_number: str = ""
    size: int = 0
    main: str = ""


class Older(Struct, frozen=True, kw_only=True):
    """A further file of the list, with the day of the newest filing in it."""

    name: str
    last: dt.date


class FilingList(Struct, frozen=True, kw_only=True):
    """A company's list of filings, newest first; ``broken`` counts the entries that could not be read."""

    filings: tuple[Listed, ...] = ()
    older: tuple[Older, ...] = ()
    broken: int = 0


class _Columns(Struct):
    accessionNumber: list[str]
    filingDate: list[str]
    form: list[str]
    acceptanceDateTime: list[str | None] = []
    items: list[str | None] = []
    fileNumber: list[str | None] = []
    size: list[int | None] = []
    primaryDocument: list[str | None] = []


class _OlderFile(Struct):
    name: str
    filingTo: dt.date


class _Filings(Struct):
    recent: _Columns
    files: list[_OlderFile] = []


class _Company(Struct):
    filings: _Filings


_company, _columns = msgspec.json.Decoder(_Company), msgspec.json.Decoder(_Columns)


def read_list(body: bytes) -> FilingList:
    """Read a company's list. Raises ValueError when it is something else."""
    try:
        found = _company.decode(body).filings
    except (msgspec.DecodeError, RecursionError) as e:
        raise ValueError(f"is no list of a company's filings: {e}") from e
    filings, broken = _listed(found.recent)
    return FilingList(
        filings=filings, older=tuple(Older(name=f.name, last=f.filingTo) for f in found.files), broken=broken
    )


def read_older(body: bytes) -> FilingList:
    """Read a further file of a company's list. Raises ValueError when it is something else."""
    try:
        filings, broken = _listed(_columns.decode(body))
    except (msgspec.DecodeError, RecursionError) as e:
        raise ValueError(f"is no list of a company's filings: {e}") from e
    return FilingList(filings=filings, broken=broken)


def _listed(columns: _Columns) -> tuple[tuple[Listed, ...], int]:
    found: list[Listed] = []
    for i, accession in enumerate(columns.accessionNumber):
        filed = _day(_cell(columns.filingDate, i))
        form = _cell(columns.form, i)
        if not filed or not form or not _is_accession(accession):
            continue
        size = columns.size[i] if i < len(columns.size) else 0
        found.append(
            Listed(
                accession=accession,
                form=form,
                filed=filed,
                accepted=_moment(_cell(columns.acceptanceDateTime, i), filed),
                items=tuple(n.strip() for n in _cell(columns.items, i).split(",") if n.strip()),
                file_number=_cell(columns.fileNumber, i),
                size=size or 0,
                main=_cell(columns.primaryDocument, i),
            )
        )
    found.sort(key=lambda f: (f.filed, f.accepted, f.accession), reverse=True)
    return tuple(found), len(columns.accessionNumber) - len(found)


def _cell(column: Sequence[str | None], i: int) -> str:
    return (column[i] or "") if i < len(column) else ""


def _is_accession(text: str) -> bool:
    parts = text.split("-")
    return [len(p) for p in parts] == [10, 2, 6] and all(p.isascii() and p.isdigit() for p in parts)


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _moment(text: str, filed: dt.date) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text[:19])
    except ValueError:
        return day_end(filed)
    return moment.replace(tzinfo=NEW_YORK).astimezone(UTC) if FIRST_YEAR <= moment.year <= LAST_YEAR else day_end(filed)


def matters(filing: Listed) -> bool:
    """Whether a filing is read for the ledger: its form, and of a current report its items."""
    if filing.form not in _FORMS:
        return False
    if forms.of_family(filing.form, "current_report"):
        return not filing.items or any(i in items8k.LEDGER for i in filing.items)
    return True


# ---- one filing ------------------------------------------------------------------------------------------------------


class LedgerReading(Struct, frozen=True, kw_only=True):
    """A filing read for the ledger; ``published`` is EDGAR's acceptance. ``note`` says why there is nothing to read."""

    published: dt.datetime
    entries: tuple[Entry, ...] = ()
    note: str = ""


def read_submission(body: bytes, listed: Listed, url: str, received: dt.datetime) -> LedgerReading:
    """Read a whole submission file, here and now; ``url`` is what a person follows."""
    submission = parse_submission(body)
    if submission.accession != listed.accession:
        return LedgerReading(published=listed.accepted, note=f"holds {submission.accession or 'no accession number'}")
    accepted = submission.accepted or listed.accepted
    main, exhibits = filing_text(submission)
    text = "\n\n".join([main, *(e.text for e in exhibits)])
    items = submission.items or listed.items
    return _reading(text, structs.replace(listed, accepted=accepted, items=items), url, received)


def read_main(body: bytes, listed: Listed, url: str, received: dt.datetime) -> LedgerReading:
    """Read the main document alone, which is fetched when the submission is too large."""
    part = FilingDocument(kind=listed.form, name=listed.main, text_raw=body.decode("utf-8", "replace"))
    return _reading(document_text(part), listed, url, received)


def _reading(text: str, listed: Listed, url: str, received: dt.datetime) -> LedgerReading:
    document = Document(
        id=listed.accession,
        form=listed.form,
        text=text[:LEDGER_TEXT_CHARS],
        items=listed.items,
        file_number=listed.file_number if listed.file_number.startswith("333-") else "",
        url=url,
        published=listed.accepted,
        received=received,
    )
    return LedgerReading(published=listed.accepted, entries=read_filing(document))


def company_facts(body: bytes) -> CompanyFacts:
    """Read company facts, here and now. Raises ValueError."""
    return read_facts(body)
