"""The daily contract announcements, split into awards."""

from __future__ import annotations

import html
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.collectors.awards import split_awards
from screener.collectors.contracts import PLUGIN
from screener.types import Collected
from tests.collectors.driving import BROKEN, answers, collect
from tests.server.app import Reply, WireServer

RADIOS = (
    "Zephyra Dynamics Inc.,* Dayton, Ohio, was awarded a $12,345,678 firm-fixed-price contract for tactical radios. Bids "
    "were solicited via the internet with three received. Work will be performed in Dayton, Ohio, with an estimated "
    "completion date of Dec. 12, 2027. Fiscal 2026 other procurement, Army funds in the amount of $5,000,000 were "
    "obligated at the time of the award. The Contracting Command, Somewhere Proving Ground, Maryland, is the contracting "
    "activity (W99XYZ-26-C-0007)."
)
DREDGING = (
    "Quillmark Builders LLC, Tulsa, Oklahoma (W99ABC-26-D-0011); Harrow & Pine, Inc., Reston, Virginia "
    "(W99ABC-26-D-0012); and Smith, Vale and Brown JV, Washington, D.C. (W99ABC-26-D-0013), will compete for each order "
    "of the $249,000,000 firm-fixed-price contract for dredging. Work locations and funding will be determined with each "
    "order. The Corps of Engineers is the contracting activity."
)
OPTION = (
    "Norvane Systems Corp., San Diego, California, is being awarded a $7,900,000 cost-plus-fixed-fee modification (P00012) "
    "to a previously awarded contract (N99024-24-C-5301) to exercise options for engineering services. This modification "
    "brings the total cumulative face value of the contract to $31,200,000. Fiscal 2026 research, development, test and "
    "evaluation (Navy) funds in the amount of $1,200,000 (60%); and fiscal 2025 other procurement (Navy) funds in the "
    "amount of $800,000 (40%) will be obligated at the time of award, none of which will expire. The Systems Command, "
    "Washington, D.C., is the contracting activity."
)
MEDICINES = (
    "Ostrava Medical Supply, L.P., Naples, Florida, has been awarded a maximum $80,000,000 fixed-price, "
    "indefinite-delivery/indefinite-quantity contract for pharmaceuticals. Using customers are Army and Navy. No funds are "
    "obligated at this time. The contracting activity is the Logistics Agency, Philadelphia, Pennsylvania "
    "(SPE2DX-26-D-0042)."
)
DAY = [
    "CONTRACTS", "ARMY", RADIOS, DREDGING, "U.S. NAVY", OPTION, "DEFENSE LOGISTICS AGENCY", MEDICINES, "*Small business",
]  # fmt: skip


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


def test_a_whole_day_splits_into_its_awards() -> None:
    got = split_awards("\n\n".join(DAY))
    assert [(a.contractor, a.place, a.agency) for a in got] == [
        ("Zephyra Dynamics Inc.", "Dayton, Ohio", "Army"),
        ("Quillmark Builders LLC", "Tulsa, Oklahoma", "Army"),
        ("Harrow & Pine, Inc.", "Reston, Virginia", "Army"),
        ("Smith, Vale and Brown JV", "Washington, D.C.", "Army"),
        ("Norvane Systems Corp.", "San Diego, California", "U.S. Navy"),
        ("Ostrava Medical Supply, L.P.", "Naples, Florida", "Defense Logistics Agency"),
    ]
    assert [a.contract for a in got] == [
        "W99XYZ-26-C-0007",
        "W99ABC-26-D-0011",
        "W99ABC-26-D-0012",
        "W99ABC-26-D-0013",
        "N99024-24-C-5301",
        "SPE2DX-26-D-0042",
    ]


def test_a_plain_contract() -> None:
    (got,) = split_awards(RADIOS)
    assert (got.amount, got.ceiling, got.obligated, got.cumulative) == (12_345_678, False, 5_000_000, None)
    assert (got.work, got.completion, got.small_business, got.awardees) == ("tactical radios", "Dec. 12, 2027", True, 1)
    assert (got.modification, got.changed, got.option, got.text) == ("", False, False, RADIOS)


def test_a_shared_ceiling() -> None:
    got = split_awards(DREDGING)
    assert {(a.amount, a.ceiling, a.obligated, a.awardees) for a in got} == {(249_000_000, True, None, 3)}


def test_an_exercised_option() -> None:
    (got,) = split_awards(OPTION)
    assert (got.amount, got.ceiling, got.obligated, got.cumulative) == (7_900_000, False, 2_000_000, 31_200_000)
    assert (got.modification, got.option, got.work) == ("P00012", True, "engineering services")


def test_options_that_may_be_exercised_are_no_modification() -> None:
    text = "Acme Inc., Salem, Oregon, has been awarded a contract (HQ009926DE016) with a value of $9,000,000 for studies. The"
    (got,) = split_awards(text + " total if all options are exercised is $20,000,000.")
    assert (got.amount, got.changed, got.option, got.contract) == (9_000_000, False, False, "HQ009926DE016")


def test_the_work_ends_where_the_terms_begin() -> None:
    head = "Acme Inc., Salem, Oregon, is awarded a $9,000,000 modification to contract N99024-24-C-5301 for "
    (got,) = split_awards(
        head + "heavy boots, bringing the total cumulative face value of the contract to $95,000,000."
    )
    assert (got.work, got.cumulative, got.changed, got.modification) == ("heavy boots", 95_000_000, True, "")


def test_a_maximum_without_funds() -> None:
    (got,) = split_awards(MEDICINES)
    assert (got.amount, got.ceiling, got.obligated) == (80_000_000, True, 0.0)


@pytest.mark.parametrize(
    ("head", "name", "parent", "place"),
    [
        ("Acme Air Corp., a Big Holding Co., Salem, Oregon,", "Acme Air Corp.", "Big Holding Co.", "Salem, Oregon"),
        ("Acme Inc., doing business as Acme Air, Salem, Oregon,", "Acme Inc.", "Acme Air", "Salem, Oregon"),
        ("Acme Corp., Rotary Systems, Salem, Oregon,", "Acme Corp.", "", "Salem, Oregon"),
        ("UPDATE: Acme, LLC, Salem, Oregon,", "Acme, LLC", "", "Salem, Oregon"),
        ("Acme & Co. Inc., Oslo, Norway (FA9999-26-C-B001),", "Acme & Co. Inc.", "", "Oslo, Norway"),
    ],
)  # fmt: skip
def test_names_places_and_parents(head: str, name: str, parent: str, place: str) -> None:
    (got,) = split_awards(f"{head} was awarded a $9,000,000 contract for boots.")
    assert (got.contractor, got.parent, got.place) == (name, parent, place)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Acme Inc., Salem, Oregon, is awarded $26,625,622 for towing.", 26_625_622),
        ("Acme Inc., Salem, Oregon, has been awarded a not-to-exceed $1.25 billion contract for ships.", 1_250_000_000),
        (
            "Acme Inc., Salem, Oregon (SPE2DF-26-D-0020, $49,500,000) has been added as an awardee to the contract.",
            49_500_000,
        ),
        (
            "Acme Inc., Salem, Oregon; and Bolt Co., Bend, Oregon, are each awarded a $90,000,000 contract for bolts.",
            90_000_000,
        ),
    ],
)
def test_amounts(text: str, amount: float) -> None:
    assert {a.amount for a in split_awards(text)} == {amount}


@pytest.mark.parametrize(
    "text",
    [
        "CONTRACTS",
        "*Small business in historically underutilized business zone",
        "Today's contracts valued at $7.5 million or more are now live.",
        "There are no contracts to announce today.",
        "ACME INC.",
        "",
    ],
)
def test_what_is_no_award(text: str) -> None:
    assert split_awards(text) == []


@given(st.text(st.sampled_from("Acme Inc., was awarded a $1,000 (W99XYZ-26-C-0007); and obligated.\n*"), max_size=400))
def test_any_text_is_survived(text: str) -> None:
    split_awards(text)


@pytest.mark.parametrize(
    "piece", ["Acme, ", "was awarded ", "$1,000 ", "(", "funds in the amount of ", "; and A", "option "]
)
def test_long_paragraphs_stay_quick(piece: str) -> None:
    split_awards(f"Acme Inc., Salem, Oregon, was awarded a $9,000,000 contract for {piece * 1500}")


def page(*days: tuple[str, str], link: str = "") -> bytes:
    entries = "".join(
        f"<item><title>{title}</title><link>{link or 'http://war.example/' + str(n)}</link>"
        f"<description>{html.escape(text)}</description><pubDate>Tue, 03 Mar 2026 22:0{n}:00 GMT</pubDate>"
        f"<guid>day-{n}</guid></item>"
        for n, (title, text) in enumerate(days)
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Contracts</title>{entries}</channel></rss>'.encode()
    )


def paragraphs(texts: list[str]) -> str:
    return "".join(f"<p>{html.escape(t)}</p>" for t in texts)


def read(server: WireServer, body: bytes, **options: object) -> Collected:
    server.route("/rss", answers(body, content_type="text/xml"))
    return collect(PLUGIN, server, "/rss", **options)


def test_items_of_a_day(server: WireServer) -> None:
    got = read(server, page(("Contracts For March 3, 2026", paragraphs(DAY))))
    assert got.problems == ()
    assert [i.company for i in got.items][:2] == ["Zephyra Dynamics Inc.", "Quillmark Builders LLC"]
    first = got.items[0]
    assert first.title == "Zephyra Dynamics Inc. awarded $12.35 million Army contract for tactical radios"
    assert (first.form, first.url, first.body) == ("DOD", "http://war.example/0", RADIOS)
    wanted = {
        "amount_usd": 12_345_678.0,
        "amount_is_ceiling": False,
        "obligated_usd": 5_000_000.0,
        "agency": "Army",
        "contract_number": "W99XYZ-26-C-0007",
        "small_business": True,
        "work": "tactical radios",
    }
    assert {k: first.facts.get(k) for k in wanted} == wanted
    assert got.items[1].title == (
        "Quillmark Builders LLC awarded $249 million ceiling Army contract shared with 2 others for dredging"
    )
    assert len({i.source_id for i in got.items}) == len(got.items) == 6


def test_small_awards_can_be_left_out(server: WireServer) -> None:
    got = read(server, page(("Contracts", paragraphs(DAY))), min_amount=50_000_000)
    assert len(got.items) == 4


def test_a_teaser_leads_to_the_page(server: WireServer) -> None:
    link = server.route("/article", f"<html><body><nav>Menu</nav>{paragraphs(DAY)}</body></html>".encode())
    got = read(server, page(("Contracts", "Today's contracts are now live."), link=link))
    assert len(got.items) == 6
    assert got.items[0].facts["agency"] == "Army"


def test_a_refused_page_is_told_and_tried_again(server: WireServer) -> None:
    replies = [Reply(b"Access Denied", 403), Reply(f"<html>{paragraphs(DAY)}</html>".encode())]
    link = server.route("/article", lambda _: replies.pop(0))
    body = page(("Contracts", "Today's contracts are now live."), link=link)
    first = read(server, body)
    assert [p.kind for p in first.problems] == ["http_403"]
    assert "--items" in first.problems[0].message
    assert first.items == ()
    second = collect(PLUGIN, server, "/rss", state=first.state)
    assert len(second.items) == 6
    third = collect(PLUGIN, server, "/rss", state=second.state)
    assert (third.items, third.problems) == ((), ())


def test_a_page_without_awards(server: WireServer) -> None:
    link = server.route("/article", b"<html><p>There are no contracts to announce today.</p></html>")
    got = read(server, page(("Contracts", "Live."), link=link))
    assert [p.kind for p in got.problems] == ["no_awards"]


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_broken_sources(server: WireServer, case: str) -> None:
    server.route("/rss", lambda _: BROKEN[case][0])
    got = collect(PLUGIN, server, "/rss")
    assert len(got.problems) == 1 and got.items == ()
    assert got.state is not None and got.state.failures == 1
