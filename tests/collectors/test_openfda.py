"""openFDA approvals and complete response letters over loopback HTTP."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.collectors.openfda import PLUGIN
from screener.types import Collected
from tests.collectors.driving import BROKEN, NOW, answers, assert_survives, collect
from tests.server.app import Reply, Request, WireServer


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


def submission(**fields: str) -> dict[str, str]:
    return {
        "submission_type": "ORIG",
        "submission_number": "1",
        "submission_status": "AP",
        "submission_status_date": "20260302",
        "review_priority": "PRIORITY",
        "submission_class_code_description": "Type 1 - New Molecular Entity",
        **fields,
    }


def drug(*submissions: dict[str, str], **fields: Any) -> dict[str, Any]:
    product = {"brand_name": "EXAMPLEX", "active_ingredients": [{"name": "EXAMPLIMAB"}], "route": "ORAL"}
    return {
        "application_number": "NDA219999",
        "sponsor_name": "NORVANE THERAPEUTICS",
        "products": [product],
        "submissions": list(submissions),
        **fields,
    }


def letter(**fields: Any) -> dict[str, Any]:
    return {
        "file_name": "CRL_NDA219998_20260227.pdf",
        "application_number": ["NDA 219998"],
        "letter_type": "COMPLETE RESPONSE",
        "letter_date": "02/27/2026",
        "company_name": "Quillmark Bio, Inc.",
        "approver_center": ["Center for Drug Evaluation and Research"],
        "approval_status": "Unapproved",
        "text": "NDA 219998\n\nCOMPLETE RESPONSE\n\nWe cannot approve   this application.",
        **fields,
    }


def body(*rows: Any) -> bytes:
    return json.dumps({"meta": {"results": {"total": len(rows)}}, "results": list(rows)}).encode()


def read(server: WireServer, *pages: bytes, dataset: str = "approvals", **options: Any) -> Collected:
    server.route("/api", answers(*pages))
    return collect(PLUGIN, server, "/api", dataset=dataset, **options)


def test_an_approval(server: WireServer) -> None:
    (item,) = read(server, body(drug(submission()))).items
    assert item.title == "NORVANE THERAPEUTICS receives FDA approval of EXAMPLEX (examplimab)"
    assert item.summary == "Application NDA219999, submission ORIG-1, decided 2026-03-02."
    assert (item.form, item.company, item.source_id) == ("FDA", "NORVANE THERAPEUTICS", "NDA219999-ORIG-1-AP")
    assert item.published == dt.datetime(2026, 3, 3, 5, tzinfo=dt.UTC), "known for certain when the day ended"
    assert item.received == NOW
    assert item.facts["decision"] == "approval"
    assert item.facts["effective_date"] == "2026-03-02"
    assert item.facts["review_priority"] == "PRIORITY"
    assert item.ticker_hints == ()


def test_the_search_asks_for_the_window(server: WireServer) -> None:
    read(server, body(drug(submission())), look_back_days=10, key="k1")
    query = server.log[-1].query
    assert query["search"] == 'submissions.submission_status_date:["20260222" TO "20260304"]'
    assert (query["limit"], query["api_key"]) == ("100", "k1")


def test_only_decisions_count(server: WireServer) -> None:
    rows = drug(
        submission(submission_status="PN"),
        submission(submission_number="2", submission_status_date="20190101"),
        submission(submission_number="3", submission_status_date="nonsense"),
        submission(submission_type="SUPPL", submission_number="4", submission_class_code_description="Efficacy"),
        submission(submission_number="5", submission_status="TA"),
    )
    got = read(server, body(rows))
    assert [i.facts["submission"] for i in got.items] == ["ORIG-5"]
    assert "receives tentative FDA approval of EXAMPLEX" in got.items[0].title
    assert read(server, body(rows), tentative=False).items == ()


def test_efficacy_supplements_on_request(server: WireServer) -> None:
    rows = drug(
        submission(submission_type="SUPPL", submission_number="4", submission_class_code_description="Efficacy"),
        submission(submission_type="SUPPL", submission_number="5", submission_class_code_description="Labeling"),
    )
    got = read(server, body(rows), submission_types=["ORIG", "SUPPL"])
    assert [i.facts["submission"] for i in got.items] == ["SUPPL-4"]
    assert "a new use of EXAMPLEX" in got.items[0].title


def test_a_letter(server: WireServer) -> None:
    (item,) = read(server, body(letter()), dataset="crl").items
    assert item.title == (
        "Quillmark Bio, Inc. receives complete response letter from FDA (NDA 219998, dated 2026-02-27)"
    )
    assert item.body == "NDA 219998\n\nCOMPLETE RESPONSE\n\nWe cannot approve this application."
    assert (item.facts["decision"], item.facts["status_now"], item.company) == (
        "complete_response",
        "Unapproved",
        "Quillmark Bio, Inc.",
    )
    assert server.log[-1].query["search"] == 'letter_date:["02/02/2026" TO "03/04/2026"]'


def test_other_letters_are_left_out(server: WireServer) -> None:
    rows = [letter(letter_type="TENTATIVE APPROVAL"), letter(letter_date="?"), letter(letter_date="01/01/2020")]
    assert read(server, body(*rows), dataset="crl").items == ()


def test_nothing_comes_twice(server: WireServer) -> None:
    first = read(server, body(drug(submission())))
    again = collect(PLUGIN, server, "/api", state=first.state, dataset="approvals")
    assert again.items == ()
    assert again.state is not None and again.state.failures == 0


def test_pages_are_followed(server: WireServer) -> None:
    rows = [drug(submission(), application_number=f"NDA2000{n:02d}") for n in range(5)]
    got = read(server, body(*rows[:2]), body(*rows[2:4]), body(rows[4]), limit=2)
    assert len(got.items) == 5
    assert [r.query.get("skip") for r in server.log] == [None, "2", "4"]


def test_a_later_page_that_fails_keeps_the_first(server: WireServer) -> None:
    rows = [drug(submission(), application_number=f"NDA2000{n:02d}") for n in range(2)]
    got = read(server, body(*rows), b"<html>", limit=2)
    assert len(got.items) == 2
    assert [p.kind for p in got.problems] == ["cut_off"]


def test_no_matches_is_an_empty_answer(server: WireServer) -> None:
    def route(request: Request) -> Reply:
        missing = b'{"error": {"code": "NOT_FOUND", "message": "No matches found!"}}'
        return Reply(missing, 404) if "search" in request.query else Reply(body(drug()))

    server.route("/api", route)
    got = collect(PLUGIN, server, "/api", dataset="approvals")
    assert (got.items, got.problems) == ((), ())
    assert got.state is not None and got.state.failures == 0


@pytest.mark.parametrize("case", sorted(BROKEN))
@pytest.mark.parametrize("dataset", ["approvals", "crl"])
def test_broken_sources(server: WireServer, case: str, dataset: str) -> None:
    assert_survives(PLUGIN, server, case, dataset=dataset)


def test_replay(server: WireServer) -> None:
    rows = body(drug(submission()), drug(submission(submission_status_date="20260303"), application_number="BLA1"))
    server.route("/api", answers(rows))
    got = collect(PLUGIN, server, "/api", dataset="approvals", as_of=dt.datetime(2026, 3, 3, 20, tzinfo=dt.UTC))
    assert [(i.source_id, i.replayed, i.received == i.published) for i in got.items] == [
        ("NDA219999-ORIG-1-AP", True, True)
    ], "a decision dated that very day is not known for certain until the day is over"


WEIRD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["submissions", "products", "active_ingredients", "submission_status", "letter_date", "text", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(rows=st.lists(WEIRD, max_size=4))
def test_any_json_is_survived(rows: list[Any]) -> None:
    from screener.collectors import openfda
    from screener.collectors.base import Context
    from screener.types import FeedSpec, FeedState

    class Answer:
        received = NOW

    context = Context(fetcher=None, now=lambda: NOW, state=FeedState(name="f"))  # type: ignore[arg-type]
    for row in rows:
        if isinstance(row, dict):
            for read_row in (openfda._approvals, openfda._letters):
                list(read_row(FeedSpec(name="f", kind="openfda"), context, Answer(), row, []))  # type: ignore[arg-type]


@pytest.mark.parametrize("date", ["", "soon", "99991231", "2026-13-01", "31.02.2026"])
def test_a_record_whose_date_cannot_be_read_is_a_problem(server: WireServer, date: str) -> None:
    got = read(
        server, body(drug(submission(submission_status_date=date)), drug(submission(), application_number="NDA2"))
    )
    assert [i.facts["application"] for i in got.items] == ["NDA2"]
    (problem,) = got.problems
    assert "NDA219999" in problem.subject and "cannot be read" in problem.message
    letters = read(server, body(letter(letter_date=date), letter(file_name="b.pdf")), dataset="crl")
    assert [i.source_id for i in letters.items] == ["b.pdf"]
    assert ["CRL_NDA219998" in p.subject for p in letters.problems] == [True]


def test_the_recorded_answer(server: WireServer, shared: Path) -> None:
    (path,) = (shared / "feeds" / "openfda").glob("drugsfda_*.json")
    got = read(server, path.read_bytes(), look_back_days=365 * 30)
    (item,) = got.items
    assert not got.problems and item.published == dt.datetime(2003, 4, 19, 4, tzinfo=dt.UTC)
    assert item.source_id == "NDA021588-ORIG-1-AP" and item.facts["route"] == "ORAL" and item.company == "NOVARTIS"
    assert read(server, path.read_bytes()).items == (), "decided long before the window"
