"""The filing itself, over loopback HTTP."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import gzip
from pathlib import Path
from typing import Any

import pytest

from screener.collectors.base import Context
from screener.collectors.filings import fetch_filing, form_title, submission_url
from screener.collectors.headline import headline, is_release
from screener.types import FeedState, Filing, Item, Party, Problem
from tests.collectors.driving import NOW, fetcher
from tests.collectors.test_ownership import form4, lot
from tests.collectors.test_sgml import LINES
from tests.collectors.test_xmlforms import STAKE
from tests.server.app import Reply, WireServer

LINK = "https://www.sec.gov/Archives/edgar/data/9900001/000999999926000001/0009999999-26-000001-index.htm"
PATH = "/Archives/edgar/data/9900001/000999999926000001/0009999999-26-000001.txt"
FILING = Filing(
    accession="0009999999-26-000001",
    form="8-K",
    company="Zephyra Robotics, Inc.",
    cik=9900001,
    role="Filer",
    accepted=dt.datetime(2026, 1, 12, 21, 15, 3, tzinfo=dt.UTC),
    link=LINK,
    received=NOW,
)


def changed(**fields: Any) -> Filing:
    return Filing(**{**{f: getattr(FILING, f) for f in FILING.__struct_fields__}, **fields})


def fetch(server: WireServer, filing: Filing = FILING, **options: Any) -> Item | Problem | None:
    async def run() -> Item | Problem | None:
        async with fetcher(server) as getter:
            options.setdefault("base_url", server.url)
            context = Context(fetcher=getter, now=lambda: NOW, state=FeedState(name="edgar"), options=options)
            return await fetch_filing(filing, context)

    return asyncio.run(run())


@pytest.fixture
def server() -> Any:
    with WireServer() as running:
        yield running


def test_8k_with_its_release(server: WireServer) -> None:
    server.route(PATH, LINES)
    got = fetch(server)
    assert isinstance(got, Item)
    assert got.title == "Zephyra Robotics Gets Nasdaq Letter on Bid Price"
    assert got.items == ("3.01", "9.01")
    assert got.body.startswith("Item 3.01. Notice of Delisting.\n\nOn January 9")
    assert got.body.endswith("AUSTIN, Jan. 12, 2026 -- It did.")
    assert [(e.kind, e.name) for e in got.exhibits] == [("EX-99.1", "zr-ex99.htm")]
    assert (got.source, got.source_id, got.url, got.cik) == ("edgar", FILING.accession, LINK, 9900001)
    assert (got.published, got.received, got.form) == (FILING.accepted, NOW, "8-K")


def test_read_whole_it_still_counts_for_all_its_companies(server: WireServer) -> None:
    server.route(PATH, LINES)
    parties = (
        Party(cik=9900001, name="Zephyra Robotics, Inc.", role="Filer"),
        Party(cik=9900007, name="Zephyra Parent Corp", role="Filer"),
        Party(cik=9900009, name="Doe Jane", role="Reporting"),
    )
    got = fetch(server, changed(parties=parties))
    assert isinstance(got, Item)
    assert got.ciks == (9900001, 9900007)


def test_without_a_release_the_title_says_what_the_form_is(server: WireServer) -> None:
    server.route(PATH, LINES.replace(b"EX-99.1", b"EX-10.1"))
    got = fetch(server)
    assert isinstance(got, Item)
    assert got.title.startswith("8-K: Zephyra Robotics, Inc. - Notice of Delisting or Failure")
    assert got.exhibits == ()


def test_body_and_exhibits_are_cut_at_the_options(server: WireServer) -> None:
    server.route(PATH, LINES)
    got = fetch(server, max_body=50, max_exhibit=10)
    assert isinstance(got, Item)
    assert len(got.body) <= 50
    assert got.exhibits[0].text == "Exhibit 99"


def insider(*lots: str) -> bytes:
    header = LINES.partition(b"<DOCUMENT>")[0].replace(b"8-K", b"4")
    text = form4(*lots).encode()
    return (
        header
        + b"<DOCUMENT>\n<TYPE>4\n<SEQUENCE>1\n<FILENAME>f4.xml\n<TEXT>\n"
        + text
        + b"\n</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>"
    )


def test_insider_purchase(server: WireServer) -> None:
    server.route(PATH, insider(lot(), lot(code="S")))
    got = fetch(server, changed(form="4", company="Doe Jane", cik=9900009))
    assert isinstance(got, Item)
    assert got.title == (
        "Form 4: Doe Jane (Director, Chief Executive Officer) bought 1,000 shares of Zephyra Robotics, Inc. at $2.50"
    )
    assert (got.cik, got.company, got.ticker_hints, got.form) == (9900001, "Zephyra Robotics, Inc.", ("ZPHR",), "4")
    wanted = {"insider_name": "Doe Jane", "shares": 1000.0, "price": 2.5, "amount_usd": 2500.0}
    assert {k: got.facts.get(k) for k in wanted} == wanted
    assert "planned" not in got.facts, "unknown is left out, not false"


def test_insider_without_purchase_gives_nothing(server: WireServer) -> None:
    server.route(PATH, insider(lot(code="A")))
    assert fetch(server, changed(form="4")) is None


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(b"no", 404), "http_404"),
        (Reply(b"busy", 503), "http_503"),
        (Reply(b"<html>Your Request Originates from an Undeclared Automated Tool</html>"), "not_the_filing"),
        (Reply(b""), "not_the_filing"),
        (Reply(LINES[:60]), "not_the_filing"),
        (Reply(LINES[:900].partition(b"<DOCUMENT>")[0]), "no_text"),
        (Reply(LINES.replace(b"26-000001", b"26-000009")), "not_the_filing"),
        (Reply(LINES, length=len(LINES) + 50), "fetch"),
    ],
)
def test_what_edgar_may_answer(server: WireServer, reply: Reply, kind: str) -> None:
    server.route(PATH, lambda _: reply)
    got = fetch(server)
    assert isinstance(got, Problem)
    assert (got.kind, got.stage, got.subject) == (kind, "collect", "8-K 0009999999-26-000001")


def test_schedule_13d_gives_the_stake(server: WireServer) -> None:
    header = LINES.partition(b"<DOCUMENT>")[0].replace(b"8-K", b"SCHEDULE 13D/A")
    document = b"<DOCUMENT>\n<TYPE>SCHEDULE 13D/A\n<SEQUENCE>1\n<FILENAME>primary_doc.xml\n<TEXT>\n<XML>\n"
    server.route(PATH, header + document + STAKE.encode() + b"\n</XML>\n</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>")
    got = fetch(server, changed(form="SCHEDULE 13D/A"))
    assert isinstance(got, Item)
    assert got.title == "SCHEDULE 13D/A: Quillmark Partners LP and 1 more reports 7.9 % of Zephyra Robotics, Inc."
    assert got.facts == {
        "holder": "Quillmark Partners LP",
        "percent_of_class": 7.9,
        "shares": 4_200_000.0,
        "event_date": "02/27/2026",
        "purpose": "The holders intend to nominate two directors.",
    }
    assert "Transaction purpose: The holders intend to nominate two directors." in got.body


def test_old_form_4_without_xml(server: WireServer) -> None:
    server.route(PATH, LINES)
    got = fetch(server, changed(form="4"))
    assert isinstance(got, Problem)
    assert got.kind == "no_ownership_document"


def test_bad_link_is_a_problem(server: WireServer) -> None:
    got = fetch(server, changed(link="https://example.org/x"))
    assert isinstance(got, Problem)
    assert got.kind == "bad_link"


def test_addresses() -> None:
    assert submission_url(FILING) == "https://www.sec.gov" + PATH
    assert submission_url(FILING, "http://127.0.0.1:9/edgar/") == "http://127.0.0.1:9/edgar" + PATH
    assert submission_url(changed(link="https://www.sec.gov" + PATH)) == "https://www.sec.gov" + PATH


def test_form_titles() -> None:
    assert form_title(changed(form="S-3/A")) == "S-3/A: Zephyra Robotics, Inc. - Shelf registration statement"
    assert form_title(changed(form="NT 10-Q")) == "NT 10-Q: Zephyra Robotics, Inc. - Notice of late filing"
    assert form_title(FILING, ["9.01"]) == "8-K: Zephyra Robotics, Inc. - Financial Statements and Exhibits"
    assert form_title(changed(form="X-9", company="")) == "X-9: 9900001"


DATED = "Exhibit 99.1\n\nFOR IMMEDIATE RELEASE\n\nMarch 3, 2026\n\nAcme Wins an Order\n\nDENVER, March 3, 2026 -- Yes."
TWO_LINES = "EX-99.1\nNews Release\nInvestor Contact: Jane Doe\nAcme Prices Offering of\nCommon Stock\nDENVER"
NO_HEADLINE = "Exhibit 99.1\n\nAcme Inc.\n\nDENVER, March 3, 2026 (GLOBE NEWSWIRE) -- Acme today announced it."
LOGO = "[Acme Logo]\n1Q 2026 Earnings Release\nAcme Reports First Quarter Results"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (DATED, "Acme Wins an Order"),
        (TWO_LINES, "Acme Prices Offering of Common Stock"),
        (NO_HEADLINE, ""),
        (LOGO, "Acme Reports First Quarter Results"),
        ("", ""),
    ],
)
def test_headlines(text: str, wanted: str) -> None:
    assert headline(text) == wanted


def test_a_charter_is_no_release() -> None:
    assert not is_release("Charter of the Audit Committee\n\nPurpose\n\nThe principal purpose is oversight.")
    assert is_release("Acme (Nasdaq: ACMQ) today announced")


def test_every_recorded_submission_over_http(server: WireServer, shared: Path) -> None:
    """All 67, whole form or not: an item, or a problem that says why (two hold no document, two old Forms 4 no XML)."""
    folder = shared / "edgar" / "submissions"
    kinds: dict[str, int] = {}
    titles = 0
    for row in csv.DictReader((folder / "index.csv").read_text(encoding="utf-8").splitlines()):
        accession = row["accession"]
        path = f"/Archives/edgar/data/{int(row['cik'])}/{accession.replace('-', '')}/{accession}.txt"
        server.route(path, gzip.decompress((folder / f"{row['file'].split('/', 1)[1]}.gz").read_bytes()))
        filing = changed(
            accession=accession, form=row["form"], cik=int(row["cik"]), company=row["company"], link=server.url + path
        )
        got = fetch(server, filing)
        kind = got.kind if isinstance(got, Problem) else type(got).__name__
        kinds[kind] = kinds.get(kind, 0) + 1
        if isinstance(got, Item):
            assert got.title and got.body, accession
            assert bool(got.exhibits) or row["has_ex99"] == "False", accession
            titles += not got.title.startswith(f"{row['form']}: ")
    assert kinds == {"Item": 63, "NoneType": 1, "no_text": 1, "no_ownership_document": 2}
    assert titles >= 5, "releases give the title"
