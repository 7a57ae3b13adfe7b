"""An invented company on a local server: its list of filings, the filings, and its company facts."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field

from screener.limits import Limits
from tests.server.app import Reply, Request, WireServer

CIK = 4_711_042
TICKER = "ZORV"
PATIENT = Limits(parse_seconds=20)  # a reader is a process: on a busy machine its start alone takes seconds


@dataclass(frozen=True)
class Paper:
    """One filing: ``accepted`` is Eastern, as EDGAR's own header has it."""

    number: int
    form: str
    accepted: str
    text: str = "Nothing of note."
    items: str = ""
    file_number: str = ""
    size: int = 5_000

    @property
    def accession(self) -> str:
        return f"0009999999-{self.accepted[2:4]}-{self.number:06d}"

    @property
    def folder(self) -> str:
        return f"/Archives/edgar/data/{CIK}/{self.accession.replace('-', '')}"

    def submission(self) -> bytes:
        moment = dt.datetime.fromisoformat(self.accepted)
        items = "".join(f"ITEM INFORMATION:\t\t{i}\n" for i in self.items.split(",") if i)
        return (
            f"<SEC-DOCUMENT>{self.accession}.txt\n<SEC-HEADER>\n<ACCEPTANCE-DATETIME>{moment:%Y%m%d%H%M%S}\n"
            f"ACCESSION NUMBER:\t\t{self.accession}\nCONFORMED SUBMISSION TYPE:\t{self.form}\n{items}"
            f"FILED AS OF DATE:\t\t{moment:%Y%m%d}\n\nFILER:\n\tCOMPANY DATA:\n\t\tCOMPANY CONFORMED NAME:\t\tZorvane Corp\n"
            f"\t\tCENTRAL INDEX KEY:\t\t{CIK:010d}\n</SEC-HEADER>\n<DOCUMENT>\n<TYPE>{self.form}\n<SEQUENCE>1\n"
            f"<FILENAME>main.htm\n<TEXT>\n<html><body><p>{self.text}</p></body></html>\n</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>\n"
        ).encode()


def columns(papers: list[Paper]) -> dict[str, list[object]]:
    """The list as SEC serves it: columns, newest first, its times in UTC that says so."""
    rows = sorted(papers, key=lambda p: p.accepted, reverse=True)
    return {
        "accessionNumber": [p.accession for p in rows],
        "filingDate": [p.accepted[:10] for p in rows],
        "acceptanceDateTime": [f"{p.accepted}.000Z" for p in rows],
        "form": [p.form for p in rows],
        "fileNumber": [p.file_number for p in rows],
        "items": [p.items for p in rows],
        "size": [p.size for p in rows],
        "primaryDocument": ["main.htm" for _ in rows],
    }


FACTS = {
    "cik": CIK,
    "entityName": "Zorvane Corp",
    "facts": {
        "dei": {
            "EntityCommonStockSharesOutstanding": {
                "units": {
                    "shares": [
                        {"end": "2024-11-01", "filed": "2024-11-08", "val": 8_000_000, "accn": "f0", "form": "10-Q"},
                        {"end": "2025-10-30", "filed": "2025-11-07", "val": 12_400_000, "accn": "f1", "form": "10-Q"},
                    ]
                }
            }
        },
        "us-gaap": {
            "CashAndCashEquivalentsAtCarryingValue": {
                "units": {
                    "USD": [{"end": "2025-09-30", "filed": "2025-11-07", "val": 9e6, "accn": "f1", "form": "10-Q"}]
                }
            },
            "NetCashProvidedByUsedInOperatingActivities": {
                "units": {
                    "USD": [
                        {"start": "2025-01-01", "end": "2025-09-30", "filed": "2025-11-07", "val": -9e6, "form": "10-Q"}
                    ]
                }
            },
        },
    },
}


@dataclass
class Company:
    """The company's pages; ``broken`` accessions answer 404."""

    papers: list[Paper]
    older: list[Paper] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    facts: bool = True

    def serve(self, server: WireServer) -> None:
        server.route(f"/submissions/CIK{CIK:010d}.json", self._list)
        server.route(f"/submissions/CIK{CIK:010d}-submissions-001.json", self._older)
        server.route(f"/api/xbrl/companyfacts/CIK{CIK:010d}.json", self._facts)
        server.route(f"/Archives/edgar/data/{CIK}/", self._paper)

    def _list(self, _: Request) -> Reply:
        files = []
        if self.older:
            last = max(p.accepted for p in self.older)[:10]
            files = [{"name": f"CIK{CIK:010d}-submissions-001.json", "filingTo": last}]
        return _json({"cik": str(CIK), "filings": {"recent": columns(self.papers), "files": files}})

    def _older(self, _: Request) -> Reply:
        return _json(columns(self.older))

    def _facts(self, _: Request) -> Reply:
        return _json(FACTS) if self.facts else Reply(b"no such key", 404, "text/plain", etag=False)

    def _paper(self, request: Request) -> Reply:
        for paper in (*self.papers, *self.older):
            if paper.accession in self.broken:
                continue
            if request.path == f"{paper.folder}/{paper.accession}.txt":
                return Reply(paper.submission(), content_type="text/plain")
            if request.path == f"{paper.folder}/main.htm":
                return Reply(f"<html><body><p>{paper.text}</p></body></html>".encode(), content_type="text/html")
        return Reply(b"not here", 404, "text/plain", etag=False)


def _json(value: object) -> Reply:
    return Reply(json.dumps(value).encode(), content_type="application/json")
