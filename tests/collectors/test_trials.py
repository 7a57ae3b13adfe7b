"""ClinicalTrials.gov: only changes are news."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.collectors.trials import PLUGIN, read_study
from screener.types import Collected, FeedState
from tests.collectors.driving import BROKEN, NOW, answers, assert_survives, collect
from tests.server.app import WireServer


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


def study(
    number: int = 1,
    status: str = "RECRUITING",
    primary: str = "2026-09",
    results: str = "",
    updated: str = "2026-03-03",
    registered: str = "2024-01-05",
    why: str = "",
) -> dict[str, Any]:
    dates: dict[str, Any] = {
        "overallStatus": status,
        "primaryCompletionDateStruct": {"date": primary, "type": "ESTIMATED"},
        "lastUpdatePostDateStruct": {"date": updated, "type": "ACTUAL"},
        "studyFirstPostDateStruct": {"date": registered},
    }
    if results:
        dates["resultsFirstPostDateStruct"] = {"date": results}
    if why:
        dates["whyStopped"] = why
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": f"NCT9900{number:04d}",
                "briefTitle": "A Study of Examplimab in Examplitis",
            },
            "statusModule": dates,
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Norvane Therapeutics", "class": "INDUSTRY"}},
            "designModule": {"phases": ["PHASE1", "PHASE2"], "enrollmentInfo": {"count": 120}},
            "conditionsModule": {"conditions": ["Examplitis"]},
            "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": "Examplimab"}]},
        },
        "hasResults": bool(results),
    }


def body(*studies: Any, token: str = "") -> bytes:
    return json.dumps({"studies": list(studies), **({"nextPageToken": token} if token else {})}).encode()


def read(server: WireServer, *pages: bytes, state: FeedState | None = None, **options: Any) -> Collected:
    server.route("/studies", answers(*pages))
    return collect(PLUGIN, server, "/studies", state=state, **options)


def test_the_first_sight_sets_the_baseline(server: WireServer) -> None:
    got = read(server, body(study()))
    assert got.items == ()
    assert got.state is not None and got.state.seen == ("NCT99000001:RECRUITING:2026-09:-",)


def test_a_change_of_status_is_news_once(server: WireServer) -> None:
    base = read(server, body(study()))
    changed = body(study(status="TERMINATED", why="Lack of efficacy"))
    (item,) = (got := read(server, changed, state=base.state)).items
    assert item.title == (
        "Norvane Therapeutics: trial NCT99000001 terminated (was recruiting): A Study of Examplimab in Examplitis (phase 1/2)"
    )
    assert (item.form, item.company, item.summary) == ("CTGOV", "Norvane Therapeutics", "Lack of efficacy")
    assert item.url == "https://clinicaltrials.gov/study/NCT99000001"
    wanted = {
        "previous_status": "RECRUITING",
        "status": "TERMINATED",
        "phase": "1/2",
        "enrollment": 120.0,
        "has_results": False,
    }
    assert {k: item.facts.get(k) for k in wanted} == wanted
    assert item.published == dt.datetime(2026, 3, 4, 5, tzinfo=dt.UTC)
    assert got.state is not None and len(got.state.seen) == 1
    assert read(server, changed, state=got.state).items == ()


def test_a_moved_date_says_by_how_much(server: WireServer) -> None:
    base = read(server, body(study(primary="2026-09-01")))
    (item,) = read(server, body(study(primary="2026-12-01")), state=base.state).items
    assert "primary completion moved from 2026-09-01 to 2026-12-01 (+91 days)" in item.title
    assert item.facts["shift_days"] == 91


def test_a_month_made_a_day_has_no_shift(server: WireServer) -> None:
    base = read(server, body(study(primary="2026-09")))
    (item,) = read(server, body(study(primary="2026-09-30")), state=base.state).items
    assert "shift_days" not in item.facts


def test_results_posted(server: WireServer) -> None:
    base = read(server, body(study()))
    (item,) = read(server, body(study(results="2026-03-03")), state=base.state).items
    assert "results posted" in item.title and item.facts["has_results"] is True


def test_changes_that_the_record_itself_proves(server: WireServer) -> None:
    got = read(
        server,
        body(study(1, results="2026-03-03"), study(2, registered="2026-03-03"), study(3, results="2025-01-01")),
    )
    assert [i.title.split(":")[1] for i in got.items] == [
        " trial NCT99000001 results posted",
        " trial NCT99000002 registered, recruiting",
    ]


def test_a_study_that_left_the_window_is_remembered(server: WireServer) -> None:
    first = read(server, body(study(1), study(2)))
    second = read(server, body(study(2)), state=first.state)
    third = read(server, body(study(1, status="COMPLETED")), state=second.state)
    assert [i.facts["nct"] for i in third.items] == ["NCT99000001"]


def test_a_status_that_goes_and_comes_back_is_told_both_times(server: WireServer) -> None:
    state = read(server, body(study())).state
    titles = []
    for status in ("SUSPENDED", "RECRUITING"):
        got = read(server, body(study(status=status)), state=state)
        state = got.state
        titles += [i.facts["status"] for i in got.items]
    assert titles == ["SUSPENDED", "RECRUITING"]


def test_pages_and_query(server: WireServer) -> None:
    got = read(
        server, body(study(1), token="t1"), body(study(2), token="t2"), body(study(3)), sponsors=["Norvane", "Zephyra"]
    )
    assert got.state is not None and len(got.state.seen) == 3
    assert [r.query.get("pageToken") for r in server.log] == [None, "t1", "t2"]
    assert server.log[0].query["query.spons"] == '"Norvane" OR "Zephyra"'
    assert server.log[0].query["filter.advanced"] == "AREA[LastUpdatePostDate]RANGE[2026-02-27,MAX]"


def test_a_token_that_repeats_ends_the_pages(server: WireServer) -> None:
    read(server, body(study(1), token="same"))
    assert len(server.log) == 2


def test_a_broken_later_page_keeps_the_others(server: WireServer) -> None:
    got = read(server, body(study(1), token="t1"), b"<html>")
    assert [p.kind for p in got.problems] == ["cut_off"]
    assert got.state is not None and len(got.state.seen) == 1


def test_broken_studies_become_problems(server: WireServer) -> None:
    got = read(server, body(study(1), {}, {"protocolSection": None}, study(2, updated="soon"), "text"))
    assert [p.kind for p in got.problems] == ["broken_entry"] * 4
    assert got.state is not None and len(got.state.seen) == 1


def test_replay_cuts_at_its_moment(server: WireServer) -> None:
    base = read(server, body(study()))
    server.route("/studies", answers(body(study(status="COMPLETED", updated="2026-03-04"))))
    assert collect(PLUGIN, server, "/studies", state=base.state, as_of=NOW).items == ()
    later = collect(PLUGIN, server, "/studies", state=base.state, as_of=NOW + dt.timedelta(days=1))
    assert [(i.replayed, i.received == i.published) for i in later.items] == [(True, True)]


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_broken_sources(server: WireServer, case: str) -> None:
    got = assert_survives(PLUGIN, server, case)
    assert got.state is not None and got.state.seen == ()


KEYS = ["protocolSection", "statusModule", "identificationModule", "nctId", "x"]
WEIRD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@given(WEIRD)
def test_any_record_is_survived(row: Any) -> None:
    if isinstance(row, dict):
        read_study(row)


def test_the_recorded_answers(server: WireServer, shared: Path) -> None:
    """They were asked for with fewer fields: without the date of the update each is a Problem, with it each is read."""
    paths = sorted((shared / "feeds" / "clinicaltrials").glob("search_*.json"))
    assert len(paths) == 7
    for path in paths:
        answer = json.loads(path.read_bytes())
        answer.pop("nextPageToken", None)
        numbers = {s["protocolSection"]["identificationModule"]["nctId"] for s in answer["studies"]}
        bare = read(server, json.dumps(answer).encode())
        assert not bare.items and len(bare.problems) == len(answer["studies"])
        for found in answer["studies"]:
            found["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"] = {"date": "2026-03-03"}
        whole = read(server, json.dumps(answer).encode())
        assert whole.state is not None and not whole.problems
        assert {key.partition(":")[0] for key in whole.state.seen} == numbers
        for found in answer["studies"]:
            made, status = read_study(found), found["protocolSection"]["statusModule"]
            assert made is not None and made.status == status["overallStatus"] and made.sponsor
