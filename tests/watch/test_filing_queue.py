"""Filings fetched whole, beside the polls of their index and in one pass."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from screener.pipeline import watch
from screener.pipeline.collecting import filing_queue
from screener.pipeline.collecting.filing_queue import FilingQueue, priorities, weight
from screener.store import open_store
from screener.types import Bar, Collected, FeedSpec, FeedState, Filing, Item, Listing
from tests.server.app import Reply, Request, WireServer
from tests.watch.driving import Scene, until

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)


class Edgar:
    """An invented EDGAR: filings listed newest first, each with its submission; ``archive`` answers instead of those."""

    def __init__(self, server: WireServer) -> None:
        self.filings: list[tuple[int, str]] = []
        self.archive: Reply | None = None
        self.fetched: list[int] = []
        server.route("/cgi-bin/browse-edgar", self.listing)
        server.route("/Archives/edgar/data/", self.submission)
        self.url = server.url

    def file(self, *numbers: int, form: str = "8-K") -> None:
        self.filings += [(n, form) for n in numbers]

    def listing(self, request: Request) -> Reply:
        start, count = int(request.query["start"]), int(request.query["count"])
        shown = sorted(self.filings, reverse=True)[start : start + count]
        if start and not shown:
            return Reply(b"", 503, etag=False)
        head = '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>Filings</title>'
        return Reply((head + "".join(entry(*f) for f in shown) + "</feed>").encode(), etag=False)

    def submission(self, request: Request) -> Reply:
        number = int(request.path[-10:-4])
        self.fetched.append(number)
        return self.archive or Reply(submission(number, dict(self.filings)[number]), content_type="text/plain")


def accession(number: int) -> str:
    return f"0009990001-26-{number:06d}"


def entry(number: int, form: str) -> str:
    cik, when = 9_990_000 + number, NOW - dt.timedelta(minutes=600 - number)
    folder = f"https://www.sec.gov/Archives/edgar/data/{cik}/{accession(number).replace('-', '')}"
    return (
        f"<entry><title>{form} - Zephyra {number} Inc. ({cik:010d}) (Filer)</title>"
        f'<link rel="alternate" type="text/html" href="{folder}/{accession(number)}-index.htm"/>'
        f'<summary type="html"> &lt;b&gt;AccNo:&lt;/b&gt; {accession(number)}\n&lt;br&gt;Item 8.01: Other Events</summary>'
        f'<updated>{when.isoformat()}</updated><category scheme="https://www.sec.gov/" label="form type" term="{form}"/>'
        f"<id>urn:tag:sec.gov,2008:accession-number={accession(number)}</id></entry>\n"
    )


def submission(number: int, form: str) -> bytes:
    return (
        f"<SEC-DOCUMENT>{accession(number)}.txt : 20260112\n<SEC-HEADER>{accession(number)}.hdr.sgml : 20260112\n"
        f"<ACCEPTANCE-DATETIME>20260112161503\nACCESSION NUMBER:\t\t{accession(number)}\n"
        f"CONFORMED SUBMISSION TYPE:\t{form}\nITEM INFORMATION:\t\tOther Events\n\nFILER:\n\n\tCOMPANY DATA:\t\n"
        f"\t\tCOMPANY CONFORMED NAME:\t\t\tZephyra {number} Inc.\n\t\tCENTRAL INDEX KEY:\t\t\t{9_990_000 + number:010d}\n"
        f"</SEC-HEADER>\n<DOCUMENT>\n<TYPE>{form}\n<SEQUENCE>1\n<FILENAME>a.htm\n<TEXT>\n<html><body><p>Item 8.01 Other "
        "Events.</p><p>The Company told.</p></body></html>\n</TEXT>\n</DOCUMENT>\n<DOCUMENT>\n<TYPE>EX-99.1\n<SEQUENCE>2\n"
        f"<FILENAME>b.htm\n<TEXT>\n<html><body><p>Zephyra {number} Wins Order Number {number} for Harbour Cranes</p>"
        f"<p>AUSTIN, Jan. 12, 2026 -- Zephyra {number} Inc. won order {number}.</p></body></html>\n</TEXT>\n</DOCUMENT>\n"
        "</SEC-DOCUMENT>\n"
    ).encode()


@pytest.fixture
def edgar() -> Iterator[Edgar]:
    with WireServer() as running:
        yield Edgar(running)


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "PACE", dict.fromkeys(watch.PACE, 1.0))
    monkeypatch.setattr(watch, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(filing_queue, "REST", 0.1)


def scene(tmp_path: Path, edgar: Edgar, **fields: object) -> Scene:
    feed = FeedSpec(name="edgar", kind="edgar", url=edgar.url, every=0.1)
    return Scene(path=tmp_path / "s.db", feeds={"edgar": feed}, edgar=edgar.url, **fields)  # type: ignore[arg-type]


def accessions(shown: Scene) -> list[str]:
    return [str(r[0]) for r in shown.query("SELECT accession FROM filings ORDER BY accession")]


def wins(*numbers: int) -> list[str]:
    return sorted(f"Zephyra {n} Wins Order Number {n} for Harbour Cranes" for n in numbers)


def test_filings_are_fetched_once_and_stored_whole(edgar: Edgar, tmp_path: Path) -> None:
    edgar.file(*range(1, 31))
    edgar.file(31, form="10-Q")
    shown = scene(tmp_path, edgar)

    async def acts() -> None:
        await until(lambda: len(accessions(shown)) == 31)
        edgar.file(40, 41)
        await until(lambda: len(accessions(shown)) == 33)
        await until(lambda: shown.query("SELECT 1 FROM feeds WHERE seen = '[]'"))

    shown.run(acts)
    assert shown.titles() == wins(*range(1, 31), 40, 41)
    assert sorted(edgar.fetched) == [*range(1, 31), 40, 41]
    assert shown.query("SELECT count(*) FROM items WHERE received < published") == [(0,)]


def test_what_was_being_fetched_at_a_stop_is_fetched_by_the_next_watch(edgar: Edgar, tmp_path: Path) -> None:
    edgar.file(*range(1, 13))
    edgar.archive = Reply(b"later", 404, "text/plain", etag=False)
    shown = scene(tmp_path, edgar)

    with open_store(shown.path) as store, store.transaction():
        # a hole of the list itself, tried in vain a moment ago, must not keep this one from being read
        store.feeds.save(FeedState(name="edgar", unfinished=True, last_error_at=NOW))

    async def first() -> None:
        await until(lambda: len(edgar.fetched) >= 12)
        # two pages of newer ones that are stored: reading on from what is known would stop there
        edgar.file(*range(100, 260), form="10-Q")
        await until(lambda: len(accessions(shown)) == 160)

    shown.run(first)
    assert accession(1) not in accessions(shown)
    assert shown.query("SELECT unfinished, seen FROM feeds") == [(1, "[]")]
    edgar.archive = None
    shown.run(lambda: until(lambda: len(accessions(shown)) == 172))
    assert shown.titles() == wins(*range(1, 13))


def test_index_entries_stand_in_while_the_archive_is_away_and_gain_their_text(edgar: Edgar, tmp_path: Path) -> None:
    edgar.file(*range(1, 8))
    edgar.file(8, form="4")
    edgar.archive = Reply(b"away", 404, "text/plain", etag=False)
    shown = scene(tmp_path, edgar)

    async def acts() -> None:
        await until(lambda: len(shown.titles()) == 7)
        assert shown.titles() == sorted(f"8-K: Zephyra {n} Inc. - Other Events" for n in range(1, 8))
        edgar.archive = None
        await until(lambda: shown.titles() == wins(*range(1, 8)))

    shown.run(acts)
    bodies = shown.query("SELECT title, text FROM stories")
    assert len(bodies) == 7 and all("won order" in str(text) for _, text in bodies)
    assert shown.query("SELECT count(*) FROM story_versions") == [(7,)]  # the entry stays readable as of its time


def test_a_filing_that_never_comes_is_given_up(edgar: Edgar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing_queue, "TRIES", 2)
    monkeypatch.setattr(filing_queue, "RETRY", 0.05)
    edgar.file(1, 2)
    edgar.archive = Reply(b"away", 404, "text/plain", etag=False)
    shown = scene(tmp_path, edgar)
    given_up = "SELECT 1 FROM problems WHERE kind = 'http_404' AND subject LIKE '8-K %'"
    shown.run(lambda: until(lambda: len(accessions(shown)) == 2 and len(shown.query(given_up)) == 2))
    assert len(edgar.fetched) == 4 and len(shown.titles()) == 2


def test_more_than_the_limit_go_on_as_index_entries(edgar: Edgar, tmp_path: Path) -> None:
    edgar.file(*range(1, 21))
    shown = scene(tmp_path, edgar, max_filings=5)
    shown.run(lambda: until(lambda: len(accessions(shown)) == 20))
    assert len(shown.titles()) == 20 and len(edgar.fetched) == 5


def test_only_the_chosen_forms_are_fetched(edgar: Edgar, tmp_path: Path) -> None:
    edgar.file(1, form="8-K")
    edgar.file(2, form="FWP")
    shown = scene(tmp_path, edgar, whole_forms=("FWP",))
    shown.run(lambda: until(lambda: len(accessions(shown)) == 2))
    assert edgar.fetched == [2]


def filing(number: int, form: str = "8-K", *items: str, cik: int = 0) -> Filing:
    return Filing(
        accession=accession(number), form=form, company="Zephyra", cik=cik or number, role="Filer", items=items,
        accepted=NOW + dt.timedelta(seconds=number), received=NOW,
    )  # fmt: skip


def test_small_known_companies_and_deciding_forms_come_first(tmp_path: Path) -> None:
    shown = Scene(path=tmp_path / "s.db", feeds={})
    with open_store(shown.path) as store:
        with store.transaction():
            store.listings.replace(
                [Listing(ticker="ZPSM", name="Small", cik=1), Listing(ticker="ZPBG", name="Big", cik=2)], NOW
            )
            day = NOW.date() - dt.timedelta(days=1)
            store.bars.save(
                Bar(ticker=t, day=day, close=2.0, market_cap=cap, source="t", known_at=NOW - dt.timedelta(hours=20))
                for t, cap in (("ZPSM", 4e7), ("ZPBG", 9e10))
            )
        rows = [
            filing(1, "4", cik=1), filing(2, "8-K", "8.01", cik=3), filing(3, "8-K", "8.01", cik=2),
            filing(4, "S-3", cik=1), filing(5, "8-K", "5.02", cik=1), filing(6, "8-K", "3.01", "9.01", cik=1),
            filing(7, "8-K", "3.01", cik=1),
        ]  # fmt: skip
        order = priorities(shown.workspace(store), store, rows)
    assert [int(a[-6:]) for a in sorted(order, key=order.__getitem__)] == [7, 6, 5, 4, 1, 3, 2]


def test_every_form_has_a_weight() -> None:
    assert (
        weight(filing(1, "8-K/A", "1.01")) == 0 and weight(filing(1, "6-K")) == 0 and weight(filing(1, "25-NSE")) == 0
    )
    assert weight(filing(1, "8-K", "5.07")) == 1 and weight(filing(1, "S-1/A")) == 1
    assert weight(filing(1, "15-12G")) == 2 and weight(filing(1, "4")) == 3


def test_the_state_stays_unfinished_while_something_is_fetched(tmp_path: Path) -> None:
    shown = Scene(path=tmp_path / "s.db", feeds={})

    async def go() -> None:
        with open_store(shown.path) as store:
            sent: list[Collected] = []

            async def send(found: Collected) -> None:
                sent.append(found)

            queue = FilingQueue(shown.workspace(store), store, "edgar", send)
            floor = FeedState(name="edgar", last_item=NOW)
            after = FeedState(name="edgar", last_item=NOW + dt.timedelta(hours=1))
            queue.starts_from(floor)
            what = filing(1)
            item = Item(source="edgar", source_id=what.accession, title="8-K: Zephyra", form="8-K", received=NOW)
            rest = queue.take(Collected(feed="edgar", items=(item,), filings=(what,), state=after))
            assert not rest.items and not rest.filings and set(queue.known([what.accession])) == {what.accession}
            kept = queue.kept(after)
            assert kept is not None and (kept.unfinished, kept.last_item) == (True, NOW)
            queue.starts_from(after)  # the next poll: still being fetched, so the floor stays
            kept = queue.kept(after)
            assert kept is not None and kept.last_item == NOW
            queue.stored({what.accession})
            assert queue.kept(after) == after

    anyio.run(go)
