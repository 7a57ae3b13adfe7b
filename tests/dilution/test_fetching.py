"""``dilution fetch`` against a local server: what is asked for, what is kept, what a stop costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from screener.clock import Clock
from screener.config import Edgar, Http, Settings
from screener.errors import InputError
from screener.pipeline.dilution.company import dilution
from screener.pipeline.dilution.fetching import Fetched, fetch_companies
from screener.pipeline.workspace import Workspace
from screener.store import Store, open_store
from screener.types import Listing
from tests.dilution.company import CIK, PATIENT, TICKER, Company, Paper
from tests.server.app import WireServer

NOW = dt.datetime(2025, 12, 12, 22, 0, tzinfo=dt.UTC)
SHELF = Paper(1, "S-3", "2025-03-04T16:31:00", "A shelf.", file_number="333-291234")
EFFECT = Paper(2, "EFFECT", "2025-03-14T00:15:00", file_number="333-291234")
ATM = Paper(3, "424B5", "2025-11-03T17:02:11", "A programme.", file_number="333-291234")
DEAL = Paper(4, "8-K", "2025-11-03T17:05:00", items="1.01,9.01")
CHAIR = Paper(5, "8-K", "2025-09-02T09:00:00", items="5.02")
REPORT = Paper(6, "10-Q", "2025-11-07T16:10:00")
INSIDER = Paper(7, "4", "2025-11-10T18:00:00")
ANCIENT = Paper(8, "S-3", "2019-05-01T12:00:00")
OLD = Paper(9, "S-1", "2023-02-01T12:00:00")
READ = (SHELF, EFFECT, ATM, DEAL)


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as server:
        yield server


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "s.db") as store:
        with store.transaction():
            store.listings.replace([Listing(ticker=TICKER, name="Zorvane Corp", exchange="Nasdaq", cik=CIK)], NOW)
        yield store


def company(*papers: Paper, **more: object) -> Company:
    return Company([*(papers or (*READ, CHAIR, REPORT, INSIDER, ANCIENT))], **more)  # type: ignore[arg-type]


def fetch(store: Store, server: WireServer, *names: str, now: dt.datetime = NOW, again: bool = False) -> Fetched:
    settings = Settings(edgar=Edgar(base_url=server.url, data_url=server.url), http=Http(pace={"*": 0}), limits=PATIENT)
    workspace = Workspace(settings=settings, store=store, clock=Clock(now))
    return fetch_companies(workspace, names or (TICKER,), again=again)[0]


def asked(server: WireServer) -> list[str]:
    paths = [r.path.rpartition("/")[2] for r in server.log]
    server.log.clear()
    return sorted(paths)


def test_the_forms_that_matter_are_read_once(store: Store, server: WireServer) -> None:
    company().serve(server)
    done = fetch(store, server)
    assert not done.problems and done.documents == 4 and done.facts
    expected = [f"{p.accession}.txt" for p in READ] + [f"CIK{CIK:010d}.json"] * 2
    assert asked(server) == sorted(expected) and done.requests == 6
    assert store.dilution.documents(CIK, TICKER, NOW)[0] == 4
    again = fetch(store, server, now=NOW + dt.timedelta(hours=1))
    assert (again.documents, again.requests, again.problems) == (0, 1, [])
    assert asked(server) == [f"CIK{CIK:010d}.json"]


def test_a_new_filing_costs_itself_and_a_new_report_the_facts(store: Store, server: WireServer) -> None:
    pages = company()
    pages.serve(server)
    fetch(store, server)
    asked(server)
    pages.papers.append(late := Paper(10, "424B5", "2025-12-11T08:00:00"))
    fetch(store, server)
    assert asked(server) == sorted([f"{late.accession}.txt", f"CIK{CIK:010d}.json"])
    pages.papers.append(Paper(11, "10-K", "2025-12-12T08:00:00"))
    fetch(store, server)
    assert asked(server) == [f"CIK{CIK:010d}.json"] * 2


def test_older_pages_of_the_list_are_asked_as_far_as_needed(store: Store, server: WireServer) -> None:
    pages = company(older=[OLD])
    pages.serve(server)
    done = fetch(store, server)
    assert done.documents == 5 and done.requests == 8
    asked(server)
    pages.papers.append(Paper(10, "S-3", "2025-12-11T08:00:00"))
    assert fetch(store, server).requests == 2
    assert not [p for p in asked(server) if "submissions-001" in p]


def test_what_failed_is_asked_again_and_the_rest_is_kept(store: Store, server: WireServer) -> None:
    pages = company()
    pages.broken.add(ATM.accession)
    pages.serve(server)
    first = fetch(store, server)
    assert first.documents == 3 and [p.kind for p in first.problems] == ["FetchError"]
    assert store.dilution.reach(CIK) is None
    asked(server)
    pages.broken.clear()
    second = fetch(store, server)
    assert second.documents == 1 and not second.problems
    assert f"{SHELF.accession}.txt" not in asked(server)
    assert store.dilution.reach(CIK) is not None


def test_an_archive_that_is_away_is_left_alone(store: Store, server: WireServer) -> None:
    papers = [Paper(n, "S-1", f"2025-03-{n:02d}T10:00:00") for n in range(1, 29)]
    pages = company(*papers)
    pages.broken |= {p.accession for p in papers}
    pages.serve(server)
    done = fetch(store, server)
    assert done.documents == 0 and len([p for p in asked(server) if p.endswith(".txt")]) < 12


def test_a_huge_submission_is_read_by_its_main_document(store: Store, server: WireServer) -> None:
    company(Paper(1, "S-1", "2025-03-04T16:31:00", size=90_000_000)).serve(server)
    assert fetch(store, server).documents == 1
    assert "main.htm" in asked(server)


def test_a_company_without_xbrl(store: Store, server: WireServer) -> None:
    company(facts=False).serve(server)
    done = fetch(store, server)
    assert not done.problems and not done.facts
    assert fetch(store, server).requests == 1


def test_by_cik_and_again(store: Store, server: WireServer) -> None:
    company().serve(server)
    assert fetch(store, server, str(CIK)).ticker == TICKER
    assert fetch(store, server, again=True).documents == 4
    assert store.dilution.documents(CIK, TICKER, NOW)[0] == 4


def test_a_ticker_that_nobody_knows(store: Store, server: WireServer) -> None:
    with pytest.raises(InputError, match="NOPE: not in the stored table"):
        fetch(store, server, "NOPE")


@pytest.mark.parametrize("body", [b"<html>busy</html>", b"{}", b'{"filings": {"recent": []}}'])
def test_a_list_that_is_none(store: Store, server: WireServer, body: bytes) -> None:
    server.route(f"/submissions/CIK{CIK:010d}.json", body)
    done = fetch(store, server)
    assert len(done.problems) == 1 and "list of filings" in done.problems[0].message


def test_what_is_known_says_since_when(store: Store, server: WireServer) -> None:
    company().serve(server)
    fetch(store, server)
    workspace = Workspace(settings=Settings(), store=store, clock=Clock(NOW))
    found = dilution(workspace, TICKER, NOW)
    assert found is not None and found.held.standing.filings_days == 1096
    assert found.held.shares and found.held.shares.value == 12_400_000
    assert found.held.standing.share_growth_pct == pytest.approx(55.0)
    assert found.held.standing.months_of_cash == pytest.approx(6.6, abs=0.2)
    assert found.ratings[0].name == "overall_risk" and len(found.ratings) == 5
    before = dilution(workspace, TICKER, dt.datetime(2025, 11, 1, tzinfo=dt.UTC))
    assert before is not None and before.held.documents == 2 and before.held.shares
    assert before.held.shares.value == 8_000_000


def test_a_known_company_of_which_nothing_was_read(store: Store) -> None:
    workspace = Workspace(settings=Settings(), store=store, clock=Clock(NOW))
    found = dilution(workspace, TICKER, NOW)
    assert found is not None and {r.level for r in found.ratings} == {None} and not found.in_play
    assert "have been read" in found.absent[0]
    assert dilution(workspace, "NOPE", NOW) is None
