"""USAspending's award search over loopback HTTP."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from screener.collectors.usaspending import PLUGIN
from screener.types import Collected
from tests.collectors.driving import BROKEN, NOW, answers, assert_survives, collect
from tests.server.app import Reply, WireServer


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


def award(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "internal_id": number,
        "Award ID": f"47QX{number:04d}",
        "Recipient Name": "ZEPHYRA FEDERAL LLC",
        "Recipient UEI": "ZZZZZZZZZZZ1",
        "recipient_id": "aaaa-1-C",
        "Award Amount": 4_250_000.5,
        "Description": "RADIO   REPAIR",
        "Start Date": "2026-03-01",
        "End Date": "2027-02-28",
        "Awarding Agency": "General Services Administration",
        "Awarding Sub Agency": "Federal Acquisition Service",
        "Contract Award Type": "DEFINITIVE CONTRACT",
        "Base Obligation Date": "2026-03-01",
        "Last Modified Date": "2026-03-03",
        "generated_internal_id": f"CONT_AWD_47QX{number:04d}_4732",
        **fields,
    }


def body(*rows: Any, more: bool = False) -> bytes:
    return json.dumps({"limit": 100, "results": list(rows), "page_metadata": {"page": 1, "hasNext": more}}).encode()


def read(server: WireServer, *pages: bytes, **options: Any) -> Collected:
    server.route("/search", answers(*pages))
    return collect(PLUGIN, server, "/search", **options)


def test_an_award(server: WireServer) -> None:
    (item,) = read(server, body(award())).items
    assert (
        item.title
        == "ZEPHYRA FEDERAL LLC awarded $4.25 million Federal Acquisition Service contract 47QX0001: RADIO REPAIR"
    )
    assert (item.form, item.company, item.source_id) == ("USASPENDING", "ZEPHYRA FEDERAL LLC", "CONT_AWD_47QX0001_4732")
    assert item.published == dt.datetime(2026, 3, 4, 5, tzinfo=dt.UTC)
    assert item.url == "https://www.usaspending.gov/award/CONT_AWD_47QX0001_4732"
    assert (item.facts["amount_usd"], item.facts["amount_is_ceiling"]) == (4_250_000.5, False)
    assert item.facts["department"] == "General Services Administration"


def test_the_search_is_posted(server: WireServer) -> None:
    read(server, body(award()), look_back_days=7, min_amount=500_000, recipients=["Zephyra"])
    request = server.log[-1]
    sent = json.loads(request.body)
    assert request.method == "POST"
    assert sent["filters"] == {
        "award_type_codes": ["A", "B", "C", "D"],
        "time_period": [{"start_date": "2026-02-25", "end_date": "2026-03-04"}],
        "award_amounts": [{"lower_bound": 500_000.0}],
        "recipient_search_text": ["Zephyra"],
    }
    assert (sent["page"], sent["limit"], sent["sort"]) == (1, 100, "Last Modified Date")


def test_pages_are_followed_and_a_broken_one_keeps_the_others(server: WireServer) -> None:
    got = read(server, body(award(1), more=True), body(award(2), more=True), b"<html>")
    assert len(got.items) == 2
    assert [p.kind for p in got.problems] == ["cut_off"]
    assert [json.loads(r.body)["page"] for r in server.log] == [1, 2, 3]


def test_max_pages(server: WireServer) -> None:
    read(server, body(award(), more=True), max_pages=2)
    assert len(server.log) == 2


def test_a_changed_amount_comes_again(server: WireServer) -> None:
    first = read(server, body(award()))
    assert collect(PLUGIN, server, "/search", state=first.state).items == ()
    server.route("/search", answers(body(award(**{"Award Amount": 9_000_000}))))
    assert [i.facts["amount_usd"] for i in collect(PLUGIN, server, "/search", state=first.state).items] == [9_000_000.0]


def test_parents_are_looked_up_once_a_recipient(server: WireServer) -> None:
    server.route("/recipient/", answers(b'{"name": "ZEPHYRA FEDERAL LLC", "parent_name": "ZEPHYRA ROBOTICS, INC."}'))
    got = read(server, body(award(1), award(2)), recipient_url=server.url + "/recipient")
    assert [i.facts["parent"] for i in got.items] == ["ZEPHYRA ROBOTICS, INC."] * 2
    assert [r.path for r in server.log if "recipient" in r.path] == ["/recipient/aaaa-1-C/"]


def test_a_recipient_that_is_its_own_parent(server: WireServer) -> None:
    server.route("/recipient/", answers(b'{"parent_name": "Zephyra Federal LLC"}'))
    got = read(server, body(award()), recipient_url=server.url + "/recipient")
    assert "parent" not in got.items[0].facts


def test_unknown_parents_stop_nothing(server: WireServer) -> None:
    server.route("/recipient/", lambda _: Reply(b"no", 404))
    got = read(server, body(award(1), award(2, recipient_id="bbbb-2-C")), recipient_url=server.url + "/recipient")
    assert len(got.items) == 2
    assert [p.kind for p in got.problems] == ["no_parent"]


@pytest.mark.parametrize(
    "fields",
    [
        {"Recipient Name": None},
        {"Award Amount": "much"},
        {"Award Amount": True},
        {"Last Modified Date": None, "Base Obligation Date": "?"},
    ],
)
def test_rows_without_sense_are_left_out(server: WireServer, fields: dict[str, Any]) -> None:
    got = read(server, body(award(**fields), award(2), "text", None, 7))
    assert [i.source_id for i in got.items] == ["CONT_AWD_47QX0002_4732"]


def test_replay(server: WireServer) -> None:
    server.route("/search", answers(body(award(1), award(2, **{"Last Modified Date": "2026-03-04"}))))
    got = collect(PLUGIN, server, "/search", as_of=NOW)
    assert [(i.facts["contract_number"], i.replayed) for i in got.items] == [("47QX0001", True)]


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_broken_sources(server: WireServer, case: str) -> None:
    if case == "another JSON":
        case = "html"
    assert_survives(PLUGIN, server, case)


def test_a_filter_that_was_ignored_is_no_result(server: WireServer, shared: Path) -> None:
    found = read(server, (shared / "feeds" / "usaspending" / "usaspending_ignored_filter_2026-08.json").read_bytes())
    assert not found.items and "was ignored" in found.problems[0].message
    assert found.state is not None and found.state.failures == 1


def test_another_message_is_no_reason_to_drop_a_result(server: WireServer) -> None:
    answer = {**json.loads(body(award())), "messages": ["For searches, dates are limited to 2007-10-01."]}
    assert len(read(server, json.dumps(answer).encode()).items) == 1
