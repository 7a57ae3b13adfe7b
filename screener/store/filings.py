"""Every accession seen on EDGAR."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from screener.store.rows import Subject, dump, iso, moment, texts_of
from screener.types import Filing, Party

_parties = msgspec.json.Decoder(tuple[Party, ...])
_COLUMNS = "accession, form, company, cik, role, accepted, items, link, parties, received, replayed"
_INSERT = (
    f"INSERT INTO filings({_COLUMNS}) VALUES (:accession, :form, :company, :cik, :role, :accepted, :items, :link, "
    ":parties, :received, :replayed) ON CONFLICT(accession) DO NOTHING"
)
# A page boundary can cut an accession's roles in two; the longer list of roles wins.
_MORE_ROLES = (
    "UPDATE filings SET parties = :parties, company = :company, cik = :cik, role = :role "
    "WHERE accession = :accession AND json_array_length(parties) < json_array_length(:parties)"
)


class Filings(Subject):
    """Reads and writes filings."""

    def known(self, accessions: Sequence[str]) -> set[str]:
        """Which of these accession numbers are stored."""
        return self._known("SELECT accession FROM filings WHERE accession IN", accessions)

    def add(self, filings: Iterable[Filing]) -> int:
        """Store accessions; one that is known already keeps its first receipt and gains roles. Returns the new ones."""
        before = self._db.total_changes
        rows = [_to_row(f) for f in filings]
        self._db.executemany(_INSERT, rows)
        added = self._db.total_changes - before
        if added < len(rows):
            self._db.executemany(_MORE_ROLES, rows)
        return added

    def oldest(self, as_of: dt.datetime) -> dt.datetime | None:
        """The acceptance of the oldest filing received by a moment; None when none is stored."""
        row = self._row("SELECT accepted FROM filings WHERE received <= ? ORDER BY accepted LIMIT 1", (iso(as_of),))
        return None if row is None else moment(row["accepted"])

    def accepted_before(self, limit: dt.datetime) -> Iterator[Filing]:
        """The filings accepted before a moment, in order of acceptance."""
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM filings WHERE accepted < ? ORDER BY accepted, accession", (iso(limit),)
        )
        return map(_filing, rows)

    def of_company(self, cik: int, since: dt.datetime, until: dt.datetime) -> list[Filing]:
        """A company's filings accepted and received in a span, newest first."""
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM filings "
            "WHERE cik = ? AND accepted >= ? AND accepted <= ? AND received <= ? ORDER BY accepted DESC, accession",
            (cik, iso(since), iso(until), iso(until)),
        )
        return [_filing(r) for r in rows]


def _to_row(f: Filing) -> dict[str, str | int]:
    return {
        "accession": f.accession,
        "form": f.form,
        "company": f.company,
        "cik": f.cik,
        "role": f.role,
        "accepted": iso(f.accepted),
        "items": dump(f.items),
        "link": f.link,
        "parties": dump(f.parties),
        "received": iso(f.received),
        "replayed": int(f.replayed),
    }


def _filing(r: sqlite3.Row) -> Filing:
    return Filing(
        accession=r["accession"],
        form=r["form"],
        company=r["company"],
        cik=r["cik"],
        role=r["role"],
        accepted=moment(r["accepted"]),
        items=texts_of(r["items"]),
        link=r["link"],
        parties=_parties.decode(r["parties"]),
        received=moment(r["received"]),
        replayed=bool(r["replayed"]),
    )
