"""EDGAR's current filings: pages, joins, where a walk stops and how it goes on."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest

from screener.collectors.base import Context
from screener.collectors.dailyindex import parse_index
from screener.collectors.edgar import PLUGIN
from screener.collectors.getcurrent import parse_getcurrent
from screener.http import Fetcher
from screener.types import Collected, FeedSpec, FeedState
from tests.contracts import check_collected
from tests.server.app import Reply, Request, WireServer
from tests.server.fixture import fault_server, wire_server

__all__ = ["fault_server", "wire_server"]
NOON = dt.datetime(2026, 3, 12, 16, 0, tzinfo=dt.UTC)
AFTER = dt.datetime(2025, 12, 12, 23, 10, tzinfo=dt.UTC)
HEAD = '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>Latest Filings</title>'


def entry(number: int, form: str = "8-K", role: str = "Filer", name: str = "Zephyra, Inc.", items: str = "8.01") -> str:
    accession = f"0009990001-26-{number:06d}"
    when = (NOON - dt.timedelta(minutes=1000 - number)).isoformat()
    headings = "".join(f"\n&lt;br&gt;Item {i}: Heading of {i}; and more" for i in items.split())
    return (
        f"<entry><title>{form} - {name} ({9990000 + len(name):010d}) ({role})</title>"
        f'<link rel="alternate" type="text/html" href="https://www.sec.gov/Archives/edgar/data/1/{accession}-index.htm"/>'
        f'<summary type="html"> &lt;b&gt;AccNo:&lt;/b&gt; {accession}{headings}</summary><updated>{when}</updated>'
        f'<category scheme="https://www.sec.gov/" label="form type" term="{form}"/>'
        f"<id>urn:tag:sec.gov,2008:accession-number={accession}</id></entry>\n"
    )


def page(*entries: str) -> bytes:
    return (HEAD + "".join(entries) + "</feed>").encode("latin-1", "xmlcharrefreplace")


class Edgar:
    """Serves a list of entries, newest first, in pages of five; ``faults`` maps a start to another answer."""

    def __init__(self, server: WireServer) -> None:
        self.entries: list[str] = []
        self.faults: dict[int, Reply] = {}
        self.starts: list[int] = []
        self.url = server.url
        server.route("/cgi-bin/browse-edgar", self)

    def __call__(self, request: Request) -> Reply:
        start, count = int(request.query["start"]), int(request.query["count"])
        self.starts.append(start)
        if start in self.faults:
            return self.faults[start]
        shown = self.entries[start : start + count]
        return Reply(page(*shown)) if shown else Reply(b"<html>gone</html>", 503, "text/html", etag=False)


def walk(
    url: str,
    state: FeedState | None = None,
    known: Collection[str] = (),
    now: dt.datetime = NOON,
    as_of: dt.datetime | None = None,
    **options: object,
) -> Collected:
    feed = FeedSpec(name="edgar", kind="edgar", url=url, options={"count": 5, **options})

    async def run() -> Collected:
        async with Fetcher(attempts=2, wait_initial=0.001, wait_max=0.001, paces={"*": 0}, now=lambda: now) as fetcher:
            start = state or FeedState(name="edgar")
            answer = lambda ids: [i for i in ids if i in known]  # noqa: E731
            context = Context(fetcher=fetcher, now=lambda: now, state=start, as_of=as_of, known=answer)
            return await PLUGIN.collect(feed, context)

    found = asyncio.run(run())
    check_collected(found, feed, as_of)
    return found


@pytest.fixture
def edgar(fault_server: WireServer) -> Edgar:
    return Edgar(fault_server)


def newest_first(numbers: Sequence[int]) -> list[str]:
    return [entry(n) for n in sorted(numbers, reverse=True)]


# ---- pages -------------------------------------------------------------------------------------------------------


def test_an_entry_in_full() -> None:
    found = parse_getcurrent(
        page(entry(7, "8-K/A", "Filer", "A - B & Co (Old) Ltd".replace("&", "&amp;"), "3.01 9.01"))
    )
    one = found.entries[0]
    assert not found.problems
    assert (one.accession, one.form, one.name, one.role) == (
        "0009990001-26-000007",
        "8-K/A",
        "A - B & Co (Old) Ltd",
        "Filer",
    )
    assert one.items == (("3.01", "Heading of 3.01; and more"), ("9.01", "Heading of 9.01; and more"))
    assert one.accepted == NOON - dt.timedelta(minutes=993) and one.accepted.tzinfo is dt.UTC


def test_latin_1_names() -> None:
    body = page(entry(1, name="Société Zéphyra"))
    assert parse_getcurrent(body).entries[0].name == "Société Zéphyra"


def test_one_bad_entry_is_one_problem() -> None:
    bad = entry(2).replace("accession-number", "nothing")
    naive = re.sub(r"\+00:00</updated>", "</updated>", entry(3))
    found = parse_getcurrent(page(entry(1), bad, naive, entry(4)))
    assert [e.accession[-1] for e in found.entries] == ["1", "4"]
    assert [p.kind for p in found.problems] == ["bad_entry", "bad_entry"] and "entry 2" in found.problems[0].message


def test_a_page_cut_in_the_middle_keeps_what_is_whole() -> None:
    body = page(*newest_first(range(1, 6)))
    found = parse_getcurrent(body[: body.rindex(b"<updated>")])
    assert len(found.entries) == 4 and found.problems[0].kind == "cut_off"


@pytest.mark.parametrize("body", [b"", b"<html><body>maintenance</body></html>", b"\x00\x01", b"<rss/>", b"<feed/>"])
def test_what_is_no_page(body: bytes) -> None:
    found = parse_getcurrent(body)
    assert not found.entries and found.problems[-1].kind == "not_a_feed"


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE f [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    body = page(entry(1).replace("Zephyra", "&b;Zephyra")).replace(b"<feed", bomb.encode() + b"<feed", 1)
    assert not any("aaaa" in e.name for e in parse_getcurrent(body).entries)


# ---- joins -------------------------------------------------------------------------------------------------------


def test_roles_of_an_accession_join_across_pages(edgar: Edgar) -> None:
    edgar.entries = [
        entry(9, "4", "Reporting", "Ann Example"),
        *newest_first([5, 6, 7, 8]),
        entry(9, "4", "Issuer", "Zephyra, Inc."),
        entry(8),
    ]
    found = walk(edgar.url)
    four = next(f for f in found.filings if f.form == "4")
    assert [(p.name, p.role) for p in four.parties] == [("Ann Example", "Reporting"), ("Zephyra, Inc.", "Issuer")]
    assert (four.company, four.role, four.cik) == ("Zephyra, Inc.", "Issuer", 9990013)
    assert len(found.filings) == 5  # the second entry of 8 is the page shift, not a filing


def test_titles_name_form_company_and_headings(edgar: Edgar) -> None:
    edgar.entries = [entry(2, items="3.01 3.01 9.01"), entry(1, "424B5", items="")]
    assert [i.title for i in walk(edgar.url).items] == [
        "8-K: Zephyra, Inc. - Heading of 3.01",
        "424B5: Zephyra, Inc. - Prospectus",
    ]


def test_every_accession_is_a_filing_and_chosen_forms_are_items(edgar: Edgar) -> None:
    edgar.entries = [entry(3, "8-K/A"), entry(2, "144", "Subject"), entry(1, "424B2")]
    found = walk(edgar.url, forms=["8-K", "424B*", "!424B2"])
    assert [f.form for f in found.filings] == ["8-K/A", "144", "424B2"] and [i.form for i in found.items] == ["8-K/A"]
    assert found.items[0].published == found.filings[0].accepted and found.items[0].received == NOON


# ---- where a walk stops ------------------------------------------------------------------------------------------


def accessions(numbers: range) -> set[str]:
    return {f"0009990001-26-{n:06d}" for n in numbers}


def test_the_end_of_the_list_is_503_and_no_problem(edgar: Edgar) -> None:
    edgar.entries = newest_first(range(1, 13))
    found = walk(edgar.url)
    assert len(found.filings) == 12 and not found.problems and edgar.starts == [0, 5, 10, 15]
    assert found.state is not None and found.state.last_item == NOON - dt.timedelta(minutes=988)


def test_a_walk_stops_where_half_of_a_page_is_known(edgar: Edgar) -> None:
    edgar.entries = newest_first(range(1, 31))
    walk(edgar.url, known=accessions(range(1, 24)))
    assert edgar.starts == [0, 5]
    edgar.starts.clear()
    walk(edgar.url, known={"0009990001-26-000029"} | accessions(range(1, 20)))  # one old one listed again
    assert edgar.starts == [0, 5, 10]


def test_a_walk_stops_at_the_look_back_limit(edgar: Edgar) -> None:
    edgar.entries = newest_first(range(1, 31))
    walk(edgar.url, lookback_days=980 / 1440)
    assert edgar.starts == [0, 5, 10, 15]


def test_503_on_the_first_page_is_a_failed_poll(edgar: Edgar) -> None:
    found = walk(edgar.url)
    assert [p.kind for p in found.problems] == ["http_503"] and found.state is not None and found.state.failures == 1
    assert edgar.starts == [0, 0]  # worth a second try


@pytest.mark.parametrize("fault", [Reply(b"", 500, etag=False), Reply(b"<html>busy</html>")])
def test_after_a_hole_the_next_walk_reads_past_what_is_known(edgar: Edgar, fault: Reply) -> None:
    edgar.entries = newest_first(range(1, 16))
    first = walk(edgar.url)
    edgar.entries = newest_first(range(1, 31))
    edgar.faults[10] = fault
    second = walk(edgar.url, first.state, accessions(range(1, 16)))
    assert len(second.filings) == 10 and len(second.problems) == 1 and second.state is not None
    assert second.state.gaps == 1 and second.state.last_item == first.state.last_item  # type: ignore[union-attr]
    edgar.faults.clear()
    edgar.entries = newest_first(range(1, 32))
    known = accessions(range(1, 16)) | accessions(range(21, 31))
    soon = walk(edgar.url, second.state, known, now=NOON + dt.timedelta(minutes=9))
    assert len(soon.filings) == 5 and soon.state is not None  # nothing deep yet, and nothing forgotten
    assert (soon.state.seen, soon.state.last_item) == (second.state.seen, second.state.last_item)
    third = walk(edgar.url, soon.state, known, now=NOON + dt.timedelta(minutes=10))
    seen = {f.accession for f in second.filings} | {f.accession for f in third.filings}
    assert accessions(range(16, 32)) <= seen, "the hole was closed"
    assert third.state is not None and not third.state.unfinished and not third.problems
    assert third.state.last_item == NOON - dt.timedelta(minutes=969)


def test_the_page_limit_is_a_hole_too(edgar: Edgar) -> None:
    edgar.entries = newest_first(range(1, 31))
    found = walk(edgar.url, max_pages=2)
    assert [p.kind for p in found.problems] == ["page_limit"] and found.state is not None and found.state.unfinished


def test_a_replay_ignores_what_was_accepted_later(edgar: Edgar) -> None:
    edgar.entries = newest_first(range(1, 13))
    as_of = NOON - dt.timedelta(minutes=996)
    found = walk(edgar.url, as_of=as_of)
    assert {f.accession for f in found.filings} == accessions(range(1, 5))
    assert all(f.replayed and f.received == f.accepted for f in found.filings)
    assert all(i.replayed and i.received == i.published for i in found.items)


# ---- after downtime: the daily index -----------------------------------------------------------------------------

INDEX = """Description:           Master Index of EDGAR Dissemination Feed
Last Data Received:    March 11, 2026

CIK|Company Name|Form Type|Date Filed|File Name
--------------------------------------------------------------------------------
9990001|Zephyra, Inc.|8-K|20260311|edgar/data/9990001/0009990001-26-000003.txt
9990002|Ann Example|4|20260311|edgar/data/9990002/0009990001-26-000004.txt
9990001|Zephyra, Inc.|4|20260311|edgar/data/9990001/0009990001-26-000004.txt
9990003|Lumivar Bio|8-K|20260311|edgar/data/9990003/0009990001-26-000020.txt
"""


def test_days_the_list_no_longer_reaches_come_from_the_daily_index(edgar: Edgar, fault_server: WireServer) -> None:
    asked: list[str] = []

    def index(request: Request) -> Reply:
        asked.append(request.path)
        if request.path.endswith(".20260311.idx"):
            return Reply(INDEX.encode("latin-1"), content_type="text/plain")
        return Reply(b"", 404, etag=False)

    fault_server.route("/Archives/edgar/daily-index/", index)
    edgar.entries = newest_first(range(20, 24))  # the oldest was accepted on 11 March, in New York
    state = FeedState(name="edgar", last_item=NOON - dt.timedelta(days=5))
    found = walk(edgar.url, state, {"0009990001-26-000003"}, lookback_days=4.5)
    assert [p.rpartition("/")[2] for p in asked] == [
        "master.20260309.idx",
        "master.20260310.idx",
        "master.20260311.idx",
    ]
    assert asked[0].startswith("/Archives/edgar/daily-index/2026/QTR1/")
    assert {f.accession[-2:] for f in found.filings} == {"20", "21", "22", "23", "04"}
    four = next(f for f in found.filings if f.form == "4")
    assert [p.name for p in four.parties] == ["Ann Example", "Zephyra, Inc."]
    assert four.accepted == dt.datetime(2026, 3, 12, 2, 0, tzinfo=dt.UTC)
    assert four.link == f"{edgar.url}/Archives/edgar/data/9990002/000999000126000004/0009990001-26-000004-index.htm"
    # a session without an index is a hole that the next poll tries again
    assert [p.kind for p in found.problems] == ["no_index", "no_index"] and found.state is not None
    assert found.state.last_item == state.last_item and found.state.unfinished


@pytest.mark.parametrize("dialect", ["form", "company"])
def test_indexes_in_columns(dialect: str) -> None:
    row = ("8-K", "A Company With A Name So Long That It Fills Its Whole Column  ")
    head = ("Form Type".ljust(12), "Company Name".ljust(62))
    if dialect == "company":
        row, head = (row[1].ljust(62), row[0].ljust(12)), (head[1], head[0])
    line = f"{row[0]:12}{row[1]:62}9990001     20260311    edgar/data/9990001/0009990001-26-000003.txt         "
    found = parse_index(f"Description: x\n{''.join(head)}CIK         Date Filed  File Name\n-----\n{line}\n".encode())
    (one,) = found.entries
    assert (one.form, one.cik, one.accession) == ("8-K", 9990001, "0009990001-26-000003") and not found.problems
    assert one.name == "A Company With A Name So Long That It Fills Its Whole Column"


def test_what_is_no_index() -> None:
    assert [p.kind for p in parse_index(b"<html>").problems] == ["not_an_index"]
    bad = parse_index(INDEX.encode() + b"9990001|x\n1|b|4|2026-99-01|edgar/data/1/0009990001-26-000009.txt\n")
    assert len(bad.entries) == 4 and "2 rows" in bad.problems[0].message and "line 10" in bad.problems[0].message


@pytest.mark.parametrize(("name", "rows"), [("form.20200318.idx", 4084), ("company.20221003.idx", 4925)])
def test_recorded_indexes(shared: Path, name: str, rows: int) -> None:
    body = (shared / "edgar" / "index" / name).read_bytes()
    found = parse_index(body)
    assert len(found.entries) == rows == body.count(b"edgar/data/") and not found.problems


# ---- the recorded day --------------------------------------------------------------------------------------------


def test_the_recorded_day_is_read_exactly(wire_server: WireServer, shared: Path) -> None:
    folder = shared / "edgar" / "getcurrent" / "2025-12-12T2303Z"
    text = "".join(f.read_text("latin-1") for f in sorted(folder.glob("*.atom.xml")))
    distinct = set(re.findall(r"accession-number=([\d-]+)", text))
    found = walk(wire_server.url, as_of=AFTER, now=AFTER, count=100)
    assert not found.problems
    assert {f.accession for f in found.filings} == distinct and len(distinct) == 3315
    roles = len(set(re.findall(r"\((\d{10})\) \(([^()]+)\)</title>(?s:.*?)accession-number=([\d-]+)", text)))
    assert sum(len(f.parties) for f in found.filings) == roles
    again = walk(wire_server.url, found.state, distinct, as_of=AFTER, now=AFTER, count=100)
    assert len(again.filings) < 100


def test_item_numbers_of_the_recorded_day(wire_server: WireServer, shared: Path) -> None:
    folder = shared / "edgar" / "getcurrent" / "2025-12-12T2303Z"
    text = "".join(f.read_text("latin-1") for f in sorted(folder.glob("*.atom.xml")))
    found = walk(wire_server.url, as_of=AFTER, now=AFTER, count=100)
    for filing in (f for f in found.filings if f.form in ("8-K", "8-K/A")):
        start = text.index(f"AccNo:&lt;/b&gt; {filing.accession}")
        summary = text[start : text.index("</summary>", start)]
        assert filing.items == tuple(re.findall(r"Item (\d\.\d\d):", summary))
        assert filing.items, filing


def test_polls_through_the_day_lose_and_repeat_nothing(shared: Path) -> None:
    from tests.server.day import add_edgar

    with WireServer() as server:
        day = add_edgar(server, shared)
        state, known = FeedState(name="edgar"), set[str]()
        for hour in (15, 17, 20, 21, 21.5, 22, 23.2):
            day.at = dt.datetime(2025, 12, 12, tzinfo=dt.UTC) + dt.timedelta(hours=hour)
            found = walk(server.url, state, known, now=day.at, count=100, max_pages=60)
            assert found.state is not None and not found.problems
            state, known = found.state, known | {f.accession for f in found.filings}
        assert len(known) == 3315
