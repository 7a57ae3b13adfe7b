"""``dilution fetch`` of a recorded company: real documents and company facts through real HTTP, and what is known after."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from screener.clock import Clock
from screener.config import Edgar, Http, Settings
from screener.outputs.dilution import dilution_text
from screener.pipeline.dilution.company import dilution
from screener.pipeline.dilution.fetching import fetch_companies
from screener.pipeline.workspace import Workspace
from screener.store import open_store
from screener.types import Listing
from tests.dilution.company import PATIENT
from tests.server.app import Reply, Route, WireServer

NOW = dt.datetime(2026, 1, 20, 22, 0, tzinfo=dt.UTC)
TICKER, CIK = "GAME", 1714562


def day_of(row: dict[str, str]) -> str:
    """The day of a filing; one row of the index has none, and its number says the summer of 2025."""
    return row["filed"] or "2025-07-09"


def items_of(row: dict[str, str]) -> str:
    return ",".join(row["items"].split())


def submission(row: dict[str, str], body: bytes) -> bytes:
    """A recorded document as EDGAR serves it: a whole submission as it is, a main document behind a header."""
    if b"<ACCEPTANCE-DATETIME>" in body[:2_000]:
        return body
    stamp = day_of(row).replace("-", "") + "163100"
    items = "".join(f"ITEM INFORMATION:\t\t{i}\n" for i in row["items"].split())
    head = (
        f"<SEC-DOCUMENT>{row['accession']}.txt\n<SEC-HEADER>\n<ACCEPTANCE-DATETIME>{stamp}\n"
        f"ACCESSION NUMBER:\t\t{row['accession']}\nCONFORMED SUBMISSION TYPE:\t{row['form']}\n{items}"
        f"FILED AS OF DATE:\t\t{stamp[:8]}\n\nFILER:\n\tCOMPANY DATA:\n\t\tCENTRAL INDEX KEY:\t\t{CIK:010d}\n</SEC-HEADER>\n"
        f"<DOCUMENT>\n<TYPE>{row['form']}\n<SEQUENCE>1\n<FILENAME>main.htm\n<TEXT>\n"
    )
    return head.encode() + body + b"\n</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>\n"


def served(body: bytes, kind: str) -> Route:
    return lambda _: Reply(body, content_type=kind)


@pytest.fixture(scope="module")
def server(shared: Path) -> Iterator[WireServer]:
    folder = shared / "edgar" / "main_documents"
    with (folder / "index.csv").open(encoding="utf-8") as lines:
        rows = sorted((r for r in csv.DictReader(lines) if r["ticker"] == TICKER), key=day_of, reverse=True)
    columns = {
        "accessionNumber": [r["accession"] for r in rows],
        "filingDate": [day_of(r) for r in rows],
        "acceptanceDateTime": [f"{day_of(r)}T16:31:00.000Z" for r in rows],
        "form": [r["form"] for r in rows],
        "items": [items_of(r) for r in rows],
        "primaryDocument": ["main.htm" for _ in rows],
    }
    listing = json.dumps({"cik": f"{CIK:010d}", "filings": {"recent": columns, "files": []}}).encode()
    facts = gzip.decompress((shared / "edgar" / "companyfacts" / f"CIK{CIK:010d}.json.gz").read_bytes())
    with WireServer() as server:
        server.route(f"/submissions/CIK{CIK:010d}.json", served(listing, "application/json"))
        server.route(f"/api/xbrl/companyfacts/CIK{CIK:010d}.json", served(facts, "application/json"))
        for row in rows:
            body = submission(row, gzip.decompress((folder / row["file"]).read_bytes()))
            path = f"/Archives/edgar/data/{CIK}/{row['accession'].replace('-', '')}/{row['accession']}.txt"
            server.route(path, served(body, "text/plain"))
        yield server


@pytest.fixture(scope="module")
def workspace(server: WireServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    settings = Settings(edgar=Edgar(base_url=server.url, data_url=server.url), http=Http(pace={"*": 0}), limits=PATIENT)
    with open_store(tmp_path_factory.mktemp("recorded") / "s.db") as store:
        with store.transaction():
            store.listings.replace([Listing(ticker=TICKER, name="GameSquare", exchange="Nasdaq", cik=CIK)], NOW)
        yield Workspace(settings=settings, store=store, clock=Clock(NOW))


def test_a_recorded_company_is_read_once_and_answers(workspace: Workspace, server: WireServer) -> None:
    first = fetch_companies(workspace, [TICKER])[0]
    assert (first.problems, first.facts) == ([], True)
    assert first.documents == sum(".txt" in r.path for r in server.log)
    again = fetch_companies(workspace, [TICKER])[0]
    assert (again.documents, again.requests, again.problems) == (0, 1, [])

    found = dilution(workspace, TICKER, NOW)
    assert found is not None and found.held.documents == first.documents
    s = found.held.standing
    assert (s.float_usd, s.float_day) == (
        None,
        None,
    )  # five times the shares since, and no price: the old float says nothing
    assert found.held.shares is not None and found.held.shares.value == pytest.approx(98_380_767)
    assert any(line.kind == "prefunded_warrants" for line in found.held.ledger.lines)
    text = dilution_text(found)
    assert max(len(line) for line in text.splitlines() if "http" not in line) <= 80
    assert "among the filings since" in " ".join(text.split())
