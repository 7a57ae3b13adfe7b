"""FDA's press feed: which entries are decisions, and whose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from screener.collectors.fda import PLUGIN, decision_of, sponsor_of
from tests.collectors.driving import BROKEN, collect
from tests.server.app import Reply, WireServer


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


def entry(title: str, text: str = "The agency today announced it.", number: int = 1) -> str:
    return (
        f"<item><title>{title}</title><link>http://www.fda.example/news/{number}</link><description>{text}</description>"
        f"<pubDate>Tue, 03 Mar 2026 16:18:{number:02d} EST</pubDate>"
        f'<guid isPermaLink="true">http://www.fda.example/news/{number}</guid></item>'
    )


def page(*entries: str) -> bytes:
    head = (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>FDA Press Releases RSS Feed</title>'
    )
    return f"{head}<link>http://www.fda.example/</link>{''.join(entries)}</channel></rss>".encode()


DECISIONS = [
    ("FDA Approves First Drug to Treat Example Disease", "approval"),
    ("FDA Grants Accelerated Approval to a New Lung Cancer Treatment", "accelerated_approval"),
    ("FDA Issues Emergency Use Authorization for a Vaccine", "emergency_use"),
    ("FDA Clears First Blood Test for Examplitis", "clearance"),
    ("FDA Authorizes Marketing of New Device for Snoring", "authorization"),
    ("FDA Sends Complete Response Letter for a Gene Therapy", "complete_response"),
    ("FDA Places Clinical Hold on Trials of a Cell Therapy", "clinical_hold"),
    ("FDA Withdraws Approval of a Drug for Premature Birth", "withdrawal"),
    ("FDA Tentatively Approves a Generic Inhaler", "tentative_approval"),
    ("FDA Licenses First Freeze-Dried Platelet Product", "approval"),
    ("FDA Grants Breakthrough Device Designation for an Implant", "designation"),
]
OTHERS = [
    "FDA Seeks Public Input to Advance Development of Botanical Drug Products",
    "FDA Approves Color Additives From Natural Sources",
    "FDA Issues Draft Guidance on Approval of Biosimilars",
    "FDA Names New Director of the Center for Drug Evaluation",
    "FDA Roundup: March 3, 2026",
    "FDA Authorizes Marketing of E-Cigarettes",
    "FDA Takes Steps to Keep Infant Formula Available",
]


@pytest.mark.parametrize(("title", "decision"), DECISIONS)
def test_decisions_stay(server: WireServer, title: str, decision: str) -> None:
    server.route("/press", page(entry(title)))
    got = collect(PLUGIN, server, "/press", expect_title="FDA Press")
    assert [(i.facts["decision"], i.form, i.facts["agency"]) for i in got.items] == [(decision, "FDA", "FDA")]
    assert got.items[0].published == dt.datetime(2026, 3, 3, 21, 18, 1, tzinfo=dt.UTC)
    assert got.items[0].ticker_hints == ()


@pytest.mark.parametrize("title", OTHERS)
def test_other_news_is_left_out(server: WireServer, title: str) -> None:
    server.route("/press", page(entry(title)))
    got = collect(PLUGIN, server, "/press")
    assert got.items == ()
    assert got.problems == ()
    kept = collect(PLUGIN, server, "/press", all=True)
    assert [i.facts for i in kept.items] == [{"agency": "FDA"}]


def test_the_sponsor_stands_in_company_and_facts(server: WireServer) -> None:
    text = "The FDA granted approval of Examplex (examplimab) to Norvane Therapeutics Inc."
    server.route("/press", page(entry("FDA Approves Treatment for Example Disease", text)))
    (item,) = collect(PLUGIN, server, "/press").items
    assert item.company == "Norvane Therapeutics Inc."
    assert item.facts["sponsor"] == "Norvane Therapeutics Inc."


@pytest.mark.parametrize(
    ("text", "sponsor"),
    [
        ("The FDA granted the approval of Examplex to Norvane Pharmaceuticals.", "Norvane Pharmaceuticals"),
        ("The device is manufactured by Zephyra Medical, Inc. of Ohio.", "Zephyra Medical, Inc."),
        ("Examplex is marketed by Quillmark Bio and sold widely.", "Quillmark Bio"),
        ("The agency sent a complete response letter to Norvane Corp. on Monday.", "Norvane Corp."),
        ("The approval gives access to Patients With Rare Diseases.", ""),
        ("FDA approved the drug to treat adults.", ""),
    ],
)
def test_sponsors_are_named_only_when_certain(text: str, sponsor: str) -> None:
    assert sponsor_of(text) == sponsor


def test_words_without_decision() -> None:
    assert decision_of("FDA holds a meeting on drug shortages") == ""


@pytest.mark.parametrize("case", sorted(set(BROKEN) - {"cut off", "another JSON", "deep", "binary"}))
def test_broken_sources(server: WireServer, case: str) -> None:
    server.route("/press", lambda _: BROKEN[case][0])
    got = collect(PLUGIN, server, "/press")
    assert len(got.problems) == 1
    assert got.items == ()
    assert got.state is not None and got.state.failures == 1


def test_a_replay_leaves_out_later_entries(server: WireServer) -> None:
    server.route("/press", page(entry(DECISIONS[0][0]), entry(DECISIONS[1][0], number=30)))
    got = collect(PLUGIN, server, "/press", as_of=dt.datetime(2026, 3, 3, 21, 18, 10, tzinfo=dt.UTC))
    assert [i.replayed for i in got.items] == [True]


def test_the_recorded_feed(server: WireServer, shared: Path) -> None:
    body = (shared / "feeds/fda_press_releases_2026-09-04.xml").read_bytes()
    server.route("/press", lambda _: Reply(body))
    now = dt.datetime(2026, 9, 5, tzinfo=dt.UTC)
    everything = collect(PLUGIN, server, "/press", expect_title="FDA Press Releases", as_of=now, all=True)
    got = collect(PLUGIN, server, "/press", expect_title="FDA Press Releases", as_of=now)
    assert (len(everything.items), got.problems) == (20, ())
    assert len(got.items) == 15, "read by eye: fifteen decisions, five other announcements"
    assert all(i.published and i.facts["decision"] for i in got.items)
