"""Small payloads of kinds that feeds were read wrong in, from a real server where the address matters."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from screener.collectors.edgar import filings_and_items
from screener.collectors.getcurrent import parse_getcurrent
from screener.entities.resolve import resolve
from screener.entities.tickers import TickerTable
from screener.types import FeedSpec, FeedState, Item, Listing
from tests.collectors.test_feed import NOW, fault_server, parse, poll
from tests.server.app import Reply, WireServer

__all__ = ["fault_server"]
NOON = dt.datetime(2026, 3, 12, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def cases(shared: Path) -> Path:
    return shared.parent / "cases" / "facts"


def entries(body: str) -> str:
    return f'<rss version="2.0"><channel><title>Wire</title>{body}</channel></rss>'


def entry(title: str, guid: str = "g", link: str = "https://ir.example/news") -> str:
    return f"<item><title>{title}</title><guid>{guid}</guid><link>{link}</link></item>"


def test_every_stated_zone_is_kept(cases: Path) -> None:
    body = (cases / "02_datestz.xml").read_bytes()
    found = {i.title: i.published for i in parse(body, options={"timezone": "America/New_York"}).items}
    other = {  # those that state another moment, or one that has not come
        "Zorvane Note 8": None, "Zorvane Note 14": None, "Zorvane Note 29": None, "Zorvane Note 31": NOON.replace(hour=15),
        "Zorvane Note 30": NOON.replace(second=59), "Zorvane Note 34": NOON.replace(year=2025, month=9),
        "Zorvane Note 20": NOON.replace(microsecond=123456),
    }  # fmt: skip
    assert len(found) == 46
    assert {t: p for t, p in found.items() if p != other.get(t, NOON)} == {}


@pytest.mark.parametrize("number", range(1, 6))
def test_old_news_is_old(cases: Path, number: int) -> None:
    received = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)
    from screener.collectors.feed import parse_feed

    body = (cases / f"02_old{number}.xml").read_bytes()
    (item,) = parse_feed(body, FeedSpec(name="w", kind="feed", url="https://x.example/f"), received).items
    assert item.published is not None and item.published.date() == dt.date(2026, 11, 5)


def test_co_registrants_and_forms(cases: Path) -> None:
    page = parse_getcurrent((cases / "03_edgar_coregistrant_forms.atom.xml").read_bytes())
    filings, items = filings_and_items(page.entries, FeedSpec(name="edgar", kind="edgar"), NOW, False)
    by_number = {int(i.source_id[-2:]): i for i in items}
    assert by_number[1].ciks[:2] == (9899001, 9800001)
    forms = {n: by_number[n].form for n in (4, 7, 9, 17, 18)}
    assert forms == {4: "SC TO-T/A", 7: "NT 20-F", 9: "8-K12B", 17: "SC 14D9", 18: "SC 13E3"}
    two = next(f for f in filings if f.accession.endswith("000004"))
    assert {p.form for p in two.parties} == {"SC TO-T/A", "SC 13D/A"} and two.form == "SC TO-T/A"
    table = TickerTable([Listing(ticker="ZORV", name="Zorvane Biosciences, Inc.", exchange="Nasdaq", cik=9800001)])
    assert resolve(by_number[1], table).tickers == ("ZORV",)


def filed(**fields: object) -> Item:
    values = {"source": "edgar", "source_id": "1", "title": "8-K: X", "received": NOW, "form": "8-K", **fields}
    return Item(**values)  # type: ignore[arg-type]


def test_all_companies_of_a_filing_are_asked() -> None:
    rows = [Listing(ticker="AAAA", name="A", cik=1), Listing(ticker="BBBB", name="B", cik=2)]
    table = TickerTable(rows)
    assert resolve(filed(cik=9, ciks=(9, 2)), table).tickers == ("BBBB",)
    assert resolve(filed(cik=2, ciks=(2, 9, 1)), table).tickers == ("BBBB", "AAAA")
    assert resolve(filed(cik=9, ciks=(9,)), table).tickers == () == resolve(filed(), table).tickers


def test_one_id_for_three_headlines(cases: Path) -> None:
    found = parse((cases / "09_same_guid_link.xml").read_bytes())
    assert len(found.items) == 3 == len({i.source_id for i in found.items})


def test_one_id_for_several_headlines_over_several_polls(fault_server: WireServer) -> None:
    url = fault_server.url + "/same.xml"
    fault_server.route("/same.xml", lambda _: Reply(entries(entry("One") + entry("Two")).encode(), etag=False))
    first = poll(url)
    fault_server.route(
        "/same.xml", lambda _: Reply(entries(entry("Three") + entry("One") + entry("Two")).encode(), etag=False)
    )
    second = poll(url, first.state)
    assert [i.title for i in first.items] == ["One", "Two"] and [i.title for i in second.items] == ["Three"]
    assert poll(url, second.state or FeedState(name="wire")).items == ()


def test_a_byte_order_mark(cases: Path) -> None:
    (item,) = parse((cases / "10_json_bom.json").read_bytes()).items
    assert item.published == NOON


@pytest.mark.parametrize("name", ["11_content_only_atom.xml", "11_content_only_rss.xml", "11_json_untitled.json"])
def test_a_headline_from_the_content(cases: Path, name: str) -> None:
    found = parse((cases / name).read_bytes())
    assert found.items[0].title.startswith("Zorvane") and "<" not in found.items[0].title and not found.problems


def test_links_after_a_redirect(cases: Path, fault_server: WireServer) -> None:
    body = (cases / "12_redirect_target.xml").read_bytes()
    fault_server.route("/moved.xml", lambda _: Reply(b"", 301, headers={"Location": "/sub/final.xml"}))
    fault_server.route("/sub/final.xml", lambda _: Reply(body, etag=False))
    assert [i.url for i in poll(fault_server.url + "/moved.xml").items] == [fault_server.url + "/sub/n/1.html"]


def test_links_of_a_base_and_behind_a_mark(cases: Path) -> None:
    assert parse((cases / "12_xml_base.xml").read_bytes()).items[0].url == "https://ir.zorvane.example/press/1.html"
    urls = [i.url for i in parse((cases / "12_hash_links.xml").read_bytes()).items]
    assert urls == [f"https://ir.zorvane.example/#!/news/{n}" for n in (1, 2)]


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://x.example/a#/news/2", "https://x.example/a#/news/2"),
        ("https://x.example/a?utm_source=y&b=1#top", "https://x.example/a?b=1"),
        ("../b.html", "https://wire.example/b.html"),
    ],
)
def test_links(link: str, url: str) -> None:
    assert parse(entries(entry("T", link=link.replace("&", "&amp;")))).items[0].url == url


def test_a_bare_ampersand(cases: Path) -> None:
    (item,) = parse((cases / "13_bare_ampersand.xml").read_bytes()).items
    assert item.title.endswith("R&D") and item.url.endswith("?a=1&b=2")


@pytest.mark.parametrize("title", ["Prices O\ufb00ering", "Pro\ufb01t", "E\ufb03cacy", "In\ufb02ow"])
def test_a_ligature_hides_no_word(title: str) -> None:
    found = parse(entries(entry(title))).items[0].title
    assert re.fullmatch(r"[A-Za-z ]+", found) and len(found) > len(title)


@pytest.mark.parametrize(
    ("pattern", "kept", "of"), [("bw_*.xml", 5, 6), ("gnw_*.xml", None, 5), ("prn_*.xml", None, 5)]
)
def test_the_wires_as_they_are(shared: Path, pattern: str, kept: int | None, of: int) -> None:
    (path,) = (shared / "feeds" / "wires").glob(pattern)
    found = parse(path.read_bytes(), options={"languages": ["en"]})
    assert found.entries == of and not found.problems and (kept is None or len(found.items) == kept)
    for item in found.items:
        assert "&amp;" not in item.title + item.summary and "feedref" not in item.url


def test_subjects_as_words_and_as_codes(shared: Path) -> None:
    (path,) = (shared / "feeds" / "wires").glob("prn_*.xml")
    subjects = [s for i in parse(path.read_bytes()).items for s in i.subjects]
    assert any(s.startswith("prn:") for s in subjects) and any(" " in s for s in subjects)
    assert not [s for s in subjects if re.fullmatch(r"[A-Z]{3}", s)], "codes carry the wire's prefix"
