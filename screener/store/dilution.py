"""What can be sold: documents read for the dilution ledger and their entries, company facts, and how far back they reach.

A document counts from ``known`` on. For what a run takes in that is its receipt; for what is fetched afterwards it is its
publication, since EDGAR shows when each filing became public. A document read again later (an index entry that gained
its text) keeps its earlier reading, so that a past moment is answered as it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from screener.dilution.facts import CompanyFacts
from screener.dilution.records import Entry
from screener.store.rows import Subject, chunks, dump, iso, iso_or_none, marks, moment, moment_or_none

_entry = msgspec.json.Decoder(Entry).decode
_facts = msgspec.json.Decoder(CompanyFacts).decode
# A company is its CIK; what came under its ticker alone (a release without a known filer) counts too.
_COMPANY = "(cik = :cik OR (cik IS NULL AND ticker <> '' AND ticker = :ticker))"
_NEWEST = f"""SELECT id, max(known) AS known, published, form FROM dilution_documents
    WHERE {_COMPANY} AND known <= :as_of GROUP BY id"""


class ReadDocument(Struct, frozen=True, kw_only=True):
    """One document as it was read; ``known`` is the moment from which it counts."""

    id: str
    known: dt.datetime
    cik: int | None
    ticker: str
    form: str
    url: str = ""
    published: dt.datetime | None = None


class Reach(Struct, frozen=True, kw_only=True):
    """How far a company's filings have been read: all that matter from ``since`` to ``until``."""

    since: dt.datetime
    until: dt.datetime
    etag: str = ""
    last_modified: str = ""
    newest_report: str = ""


class Dilution(Subject):
    """Reads and writes ledger entries and company facts; writing belongs inside ``Store.transaction``."""

    def known(self, ids: Sequence[str]) -> set[str]:
        """Which of these documents have been read."""
        return self._known("SELECT id FROM dilution_documents WHERE id IN", ids)

    def add(self, document: ReadDocument, entries: Sequence[Entry]) -> None:
        """Store a reading of a document with its entries; the same reading stored again changes nothing."""
        key = (document.id, iso(document.known))
        added = self._db.execute(
            "INSERT INTO dilution_documents(id, known, cik, ticker, form, url, published) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id, known) DO NOTHING",
            (*key, document.cik, document.ticker, document.form, document.url, iso_or_none(document.published)),
        )
        if not added.rowcount:
            return
        self._db.executemany(
            "INSERT INTO dilution_entries(document, known, n, kind, status, amount_usd, shares, price, record) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((*key, n, e.kind, e.status, e.amount_usd, e.shares, e.price, dump(e)) for n, e in enumerate(entries)),
        )

    def forget(self, ids: Sequence[str]) -> None:
        """Drop all readings of these documents, to read them anew."""
        for part in chunks(ids):
            self._db.execute(f"DELETE FROM dilution_documents WHERE id IN ({marks(part)})", part)

    def entries(self, cik: int | None, ticker: str, as_of: dt.datetime) -> list[Entry]:
        """A company's entries as known at a moment, each document by its newest reading of then."""
        rows = self._rows(
            f"SELECT e.record FROM ({_NEWEST}) d JOIN dilution_entries e ON e.document = d.id AND e.known = d.known "
            "ORDER BY d.published, d.id, e.n",
            {"cik": cik, "ticker": ticker, "as_of": iso(as_of)},
        )
        return [_entry(r["record"]) for r in rows]

    def documents(self, cik: int | None, ticker: str, as_of: dt.datetime) -> tuple[int, dt.datetime | None]:
        """How many documents of a company were read by a moment, and the publication of the oldest."""
        row = self._row(
            f"SELECT count(*) AS n, min(published) AS oldest FROM ({_NEWEST})",
            {"cik": cik, "ticker": ticker, "as_of": iso(as_of)},
        )
        return (0, None) if row is None else (int(row["n"]), moment_or_none(row["oldest"]))

    def companies(self) -> list[tuple[int, str]]:
        """All companies with entries, by CIK and the ticker they were last read under."""
        rows = self._rows(
            "SELECT cik, ticker, max(known) FROM dilution_documents WHERE cik IS NOT NULL GROUP BY cik ORDER BY cik"
        )
        return [(int(r["cik"]), str(r["ticker"])) for r in rows]

    def reach(self, cik: int) -> Reach | None:
        """How far a company's filings have been read; None when nobody fetched them."""
        row = self._row(
            "SELECT since, until, etag, last_modified, newest_report FROM company_reads WHERE cik = ?", (cik,)
        )
        if row is None:
            return None
        return Reach(
            since=moment(row["since"]),
            until=moment(row["until"]),
            etag=row["etag"],
            last_modified=row["last_modified"],
            newest_report=row["newest_report"],
        )

    def set_reach(self, cik: int, reach: Reach) -> None:
        """Note how far a company's filings have been read."""
        self._db.execute(
            "INSERT OR REPLACE INTO company_reads(cik, since, until, etag, last_modified, newest_report) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (cik, iso(reach.since), iso(reach.until), reach.etag, reach.last_modified, reach.newest_report),
        )

    def facts(self, cik: int) -> CompanyFacts | None:
        """A company's XBRL facts; each value in them carries the day it was filed."""
        row = self._row("SELECT record FROM company_facts WHERE cik = ?", (cik,))
        return None if row is None else _facts(row["record"])

    def save_facts(self, cik: int, facts: CompanyFacts, received: dt.datetime) -> None:
        """Store a company's facts in place of an older copy."""
        self._db.execute(
            "INSERT OR REPLACE INTO company_facts(cik, received, record) VALUES (?, ?, ?)",
            (cik, iso(received), dump(facts)),
        )
