"""One event, one story: every row of the decision table, on invented news of invented companies."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from screener.entities.resolve import Resolved
from screener.entities.stories import Joiner, compose, novelty
from screener.types import Exhibit, Item, Story

T0 = dt.datetime(2025, 12, 11, 13, 0, tzinfo=dt.UTC)
ZORV = Resolved(tickers=("ZORV",), cik=1001, company="Zorvane Therapeutics, Inc.")
BODY = (
    "LEEDS, Dec. 11, 2025 (EXAMPLE WIRE) -- Zorvane Therapeutics, Inc. (NASDAQ: ZORV), a maker of inhaled antibodies, "
    "today said that its registered direct offering of 4,000,000 shares at 2.50 dollars a share will raise ten million "
    "dollars before fees, which the company will use for its second trial in cystic fibrosis and for general purposes. "
    "The offering is expected to close on or about the twelfth of December, subject to the customary conditions of sale."
)


def item(title: str, hours: float = 0.0, **fields: Any) -> Item:
    at = T0 + dt.timedelta(hours=hours)
    base: dict[str, Any] = {"source": "gnw", "source_id": f"{title}@{hours}", "published": at, "received": at}
    return Item(**{**base, "title": title, **fields})


def nothing(tickers: Collection[str], ciks: Collection[int], since: dt.datetime) -> Sequence[Story]:
    return ()


def join(*items: Item, resolved: Resolved = ZORV) -> list[Story]:
    """The stories that these items end in, in order of their first receipt."""
    joiner = Joiner(nothing)
    stories: dict[str, Story] = {}
    for i in items:
        story = joiner.add(i, resolved).story
        stories[story.id] = story
    return sorted(stories.values(), key=lambda s: (s.first_seen, s.id))


DIRECT = "Zorvane Therapeutics Announces $10.0 Million Registered Direct Offering"

ONE = {
    "the same title on two wires": (item(DIRECT), item(DIRECT, 0.5, source="prn")),
    "an IR feed's copy a day later": (item(DIRECT), item(DIRECT, 20, source="ir")),
    "a correction": (item(DIRECT), item("CORRECTION -- " + DIRECT, 30)),
    "an update under another marker": (item(DIRECT), item("UPDATE - " + DIRECT, 2)),
    "corrected and replaced": (item(DIRECT), item("Correcting and Replacing: " + DIRECT, 2)),
    "with the ticker in the title": (
        item(DIRECT),
        item(DIRECT.replace(" Ann", " (NASDAQ: ZORV) Ann"), 1, source="prn"),
    ),
    "a late copy with the same text": (item(DIRECT, body=BODY), item(DIRECT, 47, body=BODY, source="ir")),
    "a cut title": (
        item("Zorvane Wins Multi-Million Dollar Contract Expansion from Quellmark", source="relay"),
        item("Million Dollar Contract Expansion from Quellmark", 0, source="relay"),
    ),
    "a title cut with dots": (item(DIRECT), item(DIRECT[:55] + "...", 3, source="ir")),
    "a title with the company behind it": (
        item(DIRECT),
        item(DIRECT + " | Zorvane Therapeutics, Inc.", 3, source="ir"),
    ),
    "two parties to one deal": (
        item("Zorvane Therapeutics to Be Acquired by Quellmark Corp"),
        item("Quellmark Agrees to Acquire Zorvane Therapeutics", 2, source="prn"),
    ),
    "a newsroom's wording": (
        item("Zorvane Selected by Major Telecom Provider to Modernize Emergency Warning Network"),
        item(
            "BZ: Zorvane Wins $1 Million+ Contract To Modernize Federal Emergency Warning Network", 0.1, source="relay"
        ),
    ),
    "another wording with the same amount": (
        item("Zorvane Therapeutics Secures $1.145 Million Data Contract for County Hospital Network"),
        item("Zorvane Wins Data Contract of $1.1 Million from County Hospital Network", 3, source="prn"),
    ),
    "a translation": (
        item("Zorvane expands digital inhaler portfolio for biopharma customers"),
        item("Zorvane erweitert Portfolio an digitalen Inhalatoren für die Biopharma-Branche", 0),
    ),
    "proposed, left out on the other wire": (
        item("Zorvane Therapeutics Announces Proposed Public Offering of Common Stock"),
        item("Zorvane Therapeutics Announces Public Offering of Common Stock", 1, source="prn"),
    ),
}

TWO = {
    "proposed, then priced": (
        item("Zorvane Therapeutics Announces Proposed Public Offering of Common Stock"),
        item("Zorvane Therapeutics Announces Pricing of Public Offering of Common Stock", 9),
    ),
    "announced, then closed": (item(DIRECT), item(DIRECT.replace("$10", "Closing of $10"), 28)),
    "to present, then presents": (
        item("Zorvane Therapeutics to Present Phase 2 Data of ZV-101 at the Lung Congress"),
        item("Zorvane Therapeutics Presents Phase 2 Data of ZV-101 at the Lung Congress", 20),
    ),
    "two partners on one day": (
        item("Zorvane Therapeutics Announces Collaboration with Dravik on Phase III Study"),
        item("Zorvane Therapeutics Announces Collaboration with Ostrander on Phase III Study", 0.1),
    ),
    "two drugs": (
        item("Zorvane Therapeutics Presents Preclinical Data on ZV-101 at the Lung Congress"),
        item("Zorvane Therapeutics Presents Preclinical Data on ZV-202 at the Lung Congress", 3, source="prn"),
    ),
    "two quarters": (
        item("Zorvane Therapeutics Reports Second Quarter 2025 Financial Results"),
        item("Zorvane Therapeutics Reports Third Quarter 2025 Financial Results", 1, source="prn"),
    ),
    "two ratios": (
        item("Zorvane Therapeutics Announces 1-for-10 Reverse Stock Split"),
        item("Zorvane Therapeutics Announces 1-for-20 Reverse Stock Split", 4, source="prn"),
    ),
    "two amounts": (item(DIRECT), item(DIRECT.replace("$10.0", "$25.0"), 4, source="prn")),
    "other news of the same day": (
        item("Zorvane Therapeutics Reports Third Quarter 2025 Financial Results"),
        item("Zorvane Therapeutics Announces Departure of Chief Financial Officer", 0),
    ),
    "a monthly notice under one title": (
        item("Zorvane Therapeutics Reports Inducement Grants under Listing Rule 5635(c)(4)"),
        item("Zorvane Therapeutics Reports Inducement Grants under Listing Rule 5635(c)(4)", 30 * 24),
    ),
    "a notice under one title two days later": (
        item("Zorvane Therapeutics Receives Transparency Notification"),
        item("Zorvane Therapeutics Receives Transparency Notification", 48),
    ),
    "a halt": (item(DIRECT), item("ZORV halted: news pending (T1)", 0.1, form="HALT", source="halts")),
    "a registration statement": (item(DIRECT), item("S-3 - Zorvane", 1, form="S-3", source="edgar", body=BODY)),
}


@pytest.mark.parametrize("case", ONE)
def test_one_story(case: str) -> None:
    a, b = ONE[case]
    for order in ((a, b), (b, a)):
        (story,) = join(*order)
        assert [s.source_id for s in story.sources] == [
            i.source_id for i in sorted((a, b), key=lambda i: (i.received, i.source, i.source_id))
        ]
        assert story.first_seen == T0


@pytest.mark.parametrize("case", TWO)
def test_two_stories(case: str) -> None:
    a, b = TWO[case]
    assert len(join(a, b)) == len(join(b, a)) == 2


def test_the_same_news_of_another_company_is_another_story() -> None:
    joiner = Joiner(nothing)
    first = joiner.add(item(DIRECT), ZORV)
    other = joiner.add(item(DIRECT, 0.1, source="prn"), Resolved(tickers=("QLM",), cik=1002))
    assert other.new and other.story.id != first.story.id


# ---- filings -----------------------------------------------------------------------------------------------------


def filing(form: str, hours: float, accession: str = "0009999999-25-000001", **fields: Any) -> Item:
    return item(f"{form} - Zorvane", hours, form=form, source="edgar", source_id=accession, cik=1001, **fields)


CONFIRMING = {
    "8-K with the release as EX-99": filing(
        "8-K",
        3,
        items=("8.01", "9.01"),
        body="Item 8.01 Other Events.",
        exhibits=(Exhibit(kind="EX-99.1", text=f"{DIRECT}\n{BODY}"),),
    ),
    "8-K with the text alone": filing("8-K", 26, items=("1.01",), body="See below. " + BODY),
    "6-K with the title": filing("6-K", 1, body=f"Exhibit 99.1 {DIRECT}."),
    "8-K of a deal": filing("8-K", 30, items=("1.01", "9.01")),
    "8-K of a deal with its amount": filing("8-K", 30, items=("1.01",), body="Gross proceeds are $10,000,000. " * 9),
    "8-K about anything within two hours": filing("8-K", 1, items=("8.01", "9.01")),
    "6-K without text within two hours": filing("6-K", 0.2),
    "prospectus without text": filing("424B5", 20),
    "prospectus with the amount": filing("424B5", 20, body="We are offering shares for $10,000,000 in gross proceeds."),
}


@pytest.mark.parametrize("case", CONFIRMING)
def test_a_filing_confirms(case: str) -> None:
    release = item(DIRECT, body=BODY)
    for order in ((release, CONFIRMING[case]), (CONFIRMING[case], release)):
        (story,) = join(*order)
        assert story.confirmed_by == "0009999999-25-000001"
        assert (story.title, story.form, len(story.sources)) == (DIRECT, "PR", 2)
        assert story.items == CONFIRMING[case].items


NOT_CONFIRMING = {
    "8-K of another subject": filing("8-K", 3, items=("5.02",)),
    "8-K whose items say nothing": filing("8-K", 3, items=("8.01", "9.01")),
    "8-K of a deal with another amount": filing(
        "8-K", 3, items=("1.01",), body="A loan of $3,000,000 was agreed. " * 9
    ),
    "8-K long after": filing("8-K", 120, items=("1.01",)),
    "6-K a day later": filing("6-K", 25),
    "8-K with other text": filing("8-K", 3, items=("8.01",), body="The annual meeting was held. " * 20),
    "prospectus before the news": filing("424B5", -30),
    "shelf": filing("S-3", 3),
    "insider": filing("4", 3),
    "transfer of listing": filing("25", 3),
}


@pytest.mark.parametrize("case", NOT_CONFIRMING)
def test_a_filing_of_its_own(case: str) -> None:
    stories = join(item(DIRECT, body=BODY), NOT_CONFIRMING[case])
    assert len(stories) == 2
    assert not any(s.confirmed_by for s in stories)


@pytest.mark.parametrize(
    ("number", "title"),
    [
        ("2.02", "Zorvane Therapeutics Reports Third Quarter 2025 Financial Results"),
        ("3.01", "Zorvane Therapeutics Receives Nasdaq Notification Regarding Minimum Bid Price"),
        ("3.03", "Zorvane Therapeutics Announces 1-for-20 Reverse Stock Split"),
        ("5.02", "Zorvane Therapeutics Appoints Ada Example as Chief Executive Officer"),
    ],
)
def test_item_numbers_name_the_subject(number: str, title: str) -> None:
    (story,) = join(item(title), filing("8-K", 4, items=(number, "9.01")))
    assert story.confirmed_by and story.items == (number, "9.01")


def test_filings_without_text_stay_apart() -> None:
    numbers = [f"0009999999-25-{n:06d}" for n in range(40)]
    assert len(join(*(filing("424B2", n / 10, number) for n, number in enumerate(numbers)))) == 40


def test_the_same_accession_is_one_story() -> None:
    joiner = Joiner(nothing)
    first = joiner.add(filing("8-K", 0), ZORV)
    other_filer = joiner.add(
        filing("8-K", 0, "urn:tag:sec.gov,2008:accession-number=0009999999-25-000001"),
        Resolved(tickers=("QLM",), cik=1002),
    )
    assert other_filer.story.id == first.story.id and not other_filer.new
    assert other_filer.story.tickers == ("ZORV", "QLM")


def test_an_amendment_with_the_same_text() -> None:
    amended = filing("8-K/A", 30, "0009999999-25-000002", body=BODY)
    assert len(join(filing("8-K", 0, body=BODY), amended)) == 1
    assert len(join(filing("8-K", 0), filing("8-K/A", 30, "0009999999-25-000002"))) == 2


def test_a_filing_with_two_releases_does_not_make_them_one() -> None:
    second = "Zorvane Therapeutics Appoints Ada Example as Chief Executive Officer"
    both = filing("8-K", 2, body=f"{DIRECT}. {BODY} {second}.")
    for order in ((both, item(DIRECT), item(second, 0.1)), (item(DIRECT), item(second, 0.1), both)):
        stories = join(*order)
        assert len(stories) == 2
        assert [bool(s.confirmed_by) for s in stories].count(True) == 1


RECORDS = {
    "approval": (
        item("Zorvane Therapeutics Receives FDA Approval of Zorvex for Cystic Fibrosis"),
        item("FDA approves Zorvex (zorvanimab), BLA 999", 20, form="FDA", source="openfda_approvals"),
    ),
    "rejection": (
        item("Zorvane Therapeutics Receives Complete Response Letter for Zorvex"),
        item("FDA complete response letter to Zorvane (BLA 999)", -20, form="FDA", source="openfda_crl"),
    ),
    "award": (
        item("Zorvane Wins Navy Contract for Inhaled Antidotes", body="The award is worth up to $12.4 million."),
        item("Zorvane awarded $12,345,678 Navy contract", 8, form="DOD", source="dod_contracts"),
    ),
}


@pytest.mark.parametrize("case", RECORDS)
def test_an_agency_record_confirms(case: str) -> None:
    release, record = RECORDS[case]
    for order in ((release, record), (record, release)):
        (story,) = join(*order)
        assert (story.confirmed_by, story.title) == (record.source_id, release.title)


@pytest.mark.parametrize("case", RECORDS)
def test_a_record_of_something_else(case: str) -> None:
    _, record = RECORDS[case]
    assert (
        len(join(item("Zorvane Reports Third Quarter 2025 Financial Results", body="Revenue was $9 million."), record))
        == 2
    )
    assert len(join(item("Zorvane Wins Contract for Masks", body="It is worth $3 million."), record)) == 2


def test_a_trial_registry_entry_is_its_own_story() -> None:
    release = item("Zorvane Therapeutics Completes Enrollment of Phase 2 Trial of ZV-101 in Asthma")
    entry = item("NCT00000000 completed: ZV-101 in Asthma (Zorvane, phase 2)", 1, form="CTGOV", source="clinicaltrials")
    assert len(join(release, entry)) == 2


def test_feeds_of_one_wire_are_one_wire() -> None:
    a, b = TWO["two partners on one day"]
    other = item(b.title, 0.1, source="gnw_partnerships")
    assert len(join(a, other)) == 2
    assert len(join(a, item(a.title, 0, source="gnw_partnerships"))) == 1


# ---- identity, order, storage ------------------------------------------------------------------------------------


def test_adding_twice_changes_nothing() -> None:
    joiner = Joiner(nothing)
    first = joiner.add(item(DIRECT, body=BODY), ZORV)
    again = joiner.add(item(DIRECT, body=BODY), ZORV)
    assert first.new and not again.new and not again.changed and again.story == first.story


def test_newer_words_of_one_item() -> None:
    joiner = Joiner(nothing)
    joiner.add(item(DIRECT, source_id="g1"), ZORV)
    again = joiner.add(item(DIRECT, source_id="g1", body=BODY), ZORV)
    assert again.changed and again.story.text == BODY and len(again.story.sources) == 1


def test_a_guid_used_again_for_other_news() -> None:
    a = item(DIRECT, source_id="g1")
    b = item("Zorvane Appoints Ada Example to Board of Directors", 2, source_id="g1")
    first, second = join(a, b)
    assert first.id != second.id
    assert [s.id for s in join(a, b, a, b)] == [first.id, second.id]


def test_ids_are_the_first_sources() -> None:
    assert join(item(DIRECT))[0].id == join(item(DIRECT, 5, source_id=f"{DIRECT}@0.0"))[0].id
    assert join(item(DIRECT))[0].id != join(item(DIRECT, source="prn"))[0].id


def test_stored_stories_are_joined() -> None:
    (stored,) = join(item(DIRECT, body=BODY))
    asked = []

    def recent(tickers: Collection[str], ciks: Collection[int], since: dt.datetime) -> Sequence[Story]:
        asked.append((sorted(tickers), sorted(ciks), since))
        return [stored]

    joiner = Joiner(recent)
    assert not joiner.add(item(DIRECT, body=BODY), ZORV).changed
    copy = joiner.add(item(DIRECT, 2, source="prn"), ZORV)
    assert copy.story.id == stored.id and copy.changed and not copy.new
    assert [(t, c) for t, c, _ in asked] == [(["ZORV"], [1001])]
    assert asked[0][2] <= T0 - dt.timedelta(days=5)


def test_a_batch_asks_the_store_once() -> None:
    asked = []

    def recent(tickers: Collection[str], ciks: Collection[int], since: dt.datetime) -> Sequence[Story]:
        asked.append((set(tickers), set(ciks)))
        return ()

    batch = [(item(f"News {n}", n), Resolved(tickers=(f"T{n}",), cik=n)) for n in range(50)]
    joiner = Joiner(recent)
    joiner.prime(batch)
    for i, resolved in batch:
        joiner.add(i, resolved)
    assert asked == [({f"T{n}" for n in range(50)}, set(range(50)))]
    joiner.prime([(item("Nobody's news", 1), Resolved()), (item("Nobody's other news"), Resolved())])
    joiner.add(item("Nobody's news", 1), Resolved())
    assert asked[1:] == [(set(), set())]


def test_nobodys_news() -> None:
    title = "Ministry of Example opens review of inhaled medicines in twelve regions"
    near = (item(title), item(title + " today", 1, source="prn"))
    assert len(join(*near, resolved=Resolved())) == 1
    assert len(join(item(title), item(title, 30), resolved=Resolved())) == 2
    assert join(*near, resolved=Resolved())[0].tickers == ()


def test_a_flood_of_one_ticker_is_bounded() -> None:
    from screener.entities import stories as module

    joiner = Joiner(nothing)
    compared = []
    original = module.same_event
    module.same_event = lambda a, b: compared.append(1) or original(a, b)  # type: ignore[func-returns-value,assignment]
    try:
        for n in range(module.MOST + 50):
            joiner.add(item(f"Zorvane {n} sells {n} sensors of type {n} to buyer {n}", source_id=str(n)), ZORV)
            at_most, compared[:] = len(compared), []
    finally:
        module.same_event = original
    assert at_most == module.MOST


def test_forgotten_stories_are_joined_no_more() -> None:
    joiner = Joiner(nothing)
    joiner.add(item(DIRECT), ZORV)
    joiner.forget(T0 + dt.timedelta(days=1))
    assert joiner.add(item(DIRECT, 2, source="prn"), ZORV).new


def test_the_head_is_the_best_headline() -> None:
    cut, whole = ONE["a cut title"]
    assert join(whole, cut)[0].title == join(cut, whole)[0].title == cut.title
    english, german = ONE["a translation"]
    assert join(german, english)[0].title == english.title
    own, relay = ONE["a newsroom's wording"]
    assert join(relay, own)[0].title == own.title


def test_a_correction_brings_its_text() -> None:
    first, second = ONE["a correction"]
    (story,) = join(first, item(second.title, 30, body="In a release issued earlier the price was wrong. " + BODY))
    assert story.title == first.title and story.text.startswith("In a release issued earlier")


EVENTS = [
    ("{c} Announces ${n}.0 Million Registered Direct Offering", "1.01"),
    ("{c} Reports Third Quarter 2025 Financial Results and Business Highlights", "2.02"),
    ("{c} Appoints Ada Example as Chief Executive Officer", "5.02"),
    ("{c} Announces Positive Topline Results from Phase 2 Trial of ZV-{n}01 in Asthma", "8.01"),
    ("{c} Receives Purchase Order for {n} Sensors from Quellmark Rail", "8.01"),
]
NAMES = ["Zorvane", "Brixham", "Ostrander", "Halverton"]


def corpus(picks: list[tuple[int, int, int]]) -> list[tuple[Item, Resolved, str]]:
    """Copies, corrections and filings of invented events, each with the name of its event."""
    out, minute = [], 0
    for name_no, event_no, copies in picks:
        name, (title, number) = NAMES[name_no], EVENTS[event_no]
        resolved = Resolved(tickers=(name[:4].upper(),), cik=name_no + 1, company=f"{name} Inc")
        text = title.format(c=name, n=name_no + 2)
        event = f"{name_no}/{event_no}"
        variants: list[dict[str, Any]] = [{"title": text, "source": "gnw"}, {"title": text, "source": "prn"}]
        variants.append({"title": "CORRECTION -- " + text, "source": "gnw"})
        words = f"{text}. {BODY}"
        accession = f"{name_no:010d}-25-{event_no:06d}"
        variants.append(
            {
                "title": "8-K",
                "form": "8-K",
                "items": (number,),
                "body": words,
                "source": "edgar",
                "source_id": accession,
            }
        )
        for v in variants[:copies]:
            minute += 7
            at = T0 + dt.timedelta(minutes=minute)
            fields = {"source_id": f"{event}/{v['source']}/{v['title']}", "published": at, "received": at, **v}
            out.append((Item(**fields), resolved, event))
    return out


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(1, 4)), max_size=8, unique_by=lambda p: p[:2]),
    st.randoms(use_true_random=False),
)
def test_order_of_arrival_does_not_matter(picks: list[tuple[int, int, int]], rng: random.Random) -> None:
    news = corpus(picks)
    rng.shuffle(news)
    joiner = Joiner(nothing)
    found: dict[str, set[str]] = {}
    for i, resolved, event in news:
        found.setdefault(joiner.add(i, resolved).story.id, set()).add(event)
    assert all(len(events) == 1 for events in found.values())
    assert len(found) == len({event for _, _, event in news})


@pytest.mark.parametrize("case", ONE)
def test_versions_of_a_known_story(case: str) -> None:
    items = ONE[case]
    versions = compose([(i, ZORV) for i in items], "s1")
    assert [len(v.sources) for v in versions] == [1, 2] and {v.id for v in versions} == {"s1"}
    assert replace(versions[-1], id="") == replace(join(*items)[0], id="")


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60), st.integers(0, 200)), max_size=6))
def test_any_words_join_or_do_not(news: list[tuple[str, str, int]]) -> None:
    items = [item(title, hours, body=body, source_id=str(n)) for n, (title, body, hours) in enumerate(news)]
    stories = join(*items)
    assert sum(len(s.sources) for s in stories) == len(items)
    assert all(list(s.sources) == sorted(s.sources, key=lambda r: (r.received, r.source, r.source_id)) for s in stories)
    assert [s.id for s in join(*items)] == [s.id for s in stories]


# ---- novelty -----------------------------------------------------------------------------------------------------


def story(title: str, days: float, text: str = "") -> Story:
    return join(item(title, days * 24, body=text))[0]


def test_novelty() -> None:
    old = [story(DIRECT, -2, BODY), story("Zorvane Therapeutics Appoints Ada Example as Chief Executive Officer", -9)]
    fresh, of = novelty(story("Zorvane Therapeutics Receives Orphan Designation for ZV-101 in Asthma", 0), old)
    assert fresh is not None and fresh > 0.7 and of == ""
    repeat, of = novelty(
        story("Zorvane Therapeutics Announces Closing of $10.0 Million Registered Direct Offering", 0), old
    )
    assert repeat is not None and repeat < 0.4 and of == old[0].id
    assert novelty(story(DIRECT, 0), []) == (None, "")


def test_novelty_passes_over_itself_and_later_news() -> None:
    one = story(DIRECT, 0)
    assert novelty(one, [one]) == (None, "")
    assert novelty(one, [story(DIRECT, 3)]) == (None, "")


@given(st.text(max_size=50), st.lists(st.text(max_size=50), max_size=12))
def test_novelty_is_a_share(title: str, earlier: list[str]) -> None:
    value, of = novelty(story(title, 0), [story(t, -n - 1) for n, t in enumerate(earlier)])
    assert value is None or 0.0 <= value <= 1.0
    assert value is not None or of == ""
