"""Feeds: formats, wires' own fields, identity between polls, gaps."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from typing import Any

import pytest

from screener.collectors.base import Context
from screener.collectors.feed import PLUGIN, Parsed, parse_feed
from screener.http import Fetcher
from screener.types import Collected, FeedSpec, FeedState
from tests.contracts import check_collected
from tests.server.app import Reply, WireServer
from tests.server.faults import rss
from tests.server.fixture import fault_server

__all__ = ["fault_server"]
NOW = dt.datetime(2026, 3, 12, 15, 0, tzinfo=dt.UTC)


def parse(body: str | bytes, **fields: Any) -> Parsed:
    given = {"name": "wire", "kind": "feed", "url": "https://wire.example/feed"} | fields
    return parse_feed(body.encode() if isinstance(body, str) else body, FeedSpec(**given), NOW)


def item(inner: str, spaces: str = "") -> str:
    return f'<rss version="2.0" {spaces}><channel><title>Wire</title><item>{inner}</item></channel></rss>'


def poll(url: str, state: FeedState | None = None, as_of: dt.datetime | None = None, **fields: Any) -> Collected:
    feed = FeedSpec(**{"name": "wire", "kind": "feed", "url": url} | fields)

    async def run() -> Collected:
        async with Fetcher(attempts=1, paces={"*": 0}, now=lambda: NOW) as fetcher:
            start = state or FeedState(name="wire")
            context = Context(fetcher=fetcher, now=lambda: as_of or NOW, state=start, as_of=as_of)
            return await PLUGIN.collect(feed, context)

    found = asyncio.run(run())
    check_collected(found, feed, as_of)
    return found


# ---- formats -----------------------------------------------------------------------------------------------------


def test_atom_with_every_kind_of_text() -> None:
    body = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://ir.example/"><title type="html">A &amp;amp; B</title>
    <entry><id>tag:1</id><title type="html">Zephyra &lt;i>wins&lt;/i> &amp;amp; more</title>
      <link rel="self" href="/self"/><link rel="alternate" href="news/1?utm_source=x&amp;id=2#top"/>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p><p>Two</p></div></content>
      <category term="Orders" scheme="x"/>
      <published>2026-03-12T08:00:00-05:00</published><updated>2026-03-12T14:00:00Z</updated></entry>
    <entry><id>tag:2</id><title>Plain</title><updated>2026-03-11T14:00:00Z</updated><summary>Short</summary></entry></feed>"""
    found = parse(body)
    assert found.title == "A & B" and found.entries == 2
    one, two = found.items
    assert one.title == "Zephyra wins & more" and one.body == "One\n\nTwo"
    assert one.url == "https://ir.example/news/1?id=2" and one.subjects == ("Orders",)
    assert one.published == dt.datetime(2026, 3, 12, 13, 0, tzinfo=dt.UTC)
    assert two.summary == "Short" and two.published == dt.datetime(2026, 3, 11, 14, 0, tzinfo=dt.UTC)


def test_json_feed() -> None:
    entries = [
        {"id": "1", "url": "https://ir.example/1", "title": "Zephyra wins", "content_html": "<p>A</p><p>B</p>",
         "date_published": "2026-03-12T08:00:00-05:00", "tags": ["orders"]},
        {"id": 2, "content_text": "No title, only words"},
        "not an object",
    ]  # fmt: skip
    found = parse(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "IR", "items": entries}))
    assert [i.title for i in found.items] == ["Zephyra wins", "No title, only words"]
    assert found.items[0].body == "A\n\nB" and found.items[0].subjects == ("orders",)
    assert found.items[1].source_id == "2" and found.items[1].published is None


def test_rss_of_other_kinds_goes_through_feedparser() -> None:
    body = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
    <channel rdf:about="x"><title>Old</title></channel>
    <item rdf:about="https://x.example/1"><title>Zephyra</title><link>https://x.example/1</link></item></rdf:RDF>"""
    found = parse(body)
    assert found.title == "Old" and found.items[0].url == "https://x.example/1"


def test_a_document_type_goes_through_feedparser() -> None:
    body = '<!DOCTYPE rss SYSTEM "http://my.netscape.com/publish/formats/rss-0.91.dtd">' + item(
        "<title>Z &eacute;</title>"
    )
    assert parse(body).items[0].title == "Z é"


def test_not_well_formed_goes_through_feedparser() -> None:
    found = parse(item("<title>Research & development</title><link>https://x.example/1</link>"))
    assert found.items[0].title == "Research & development" and not found.refused


# ---- wires -------------------------------------------------------------------------------------------------------


def test_globenewswire_fields() -> None:
    base = "https://www.globenewswire.com/rss"
    found = parse(
        item(
            f'<title>T</title><guid isPermaLink="true">https://x.example/9</guid>'
            f'<category domain="{base}/stock">Nasdaq:ZPHQ</category><category domain="{base}/stock">TSX:ZPH</category>'
            f'<category domain="{base}/ISIN">US0000000ZP1</category><category domain="{base}/keyword">robots</category>'
            "<dc:subject>Corporate Action</dc:subject><dc:contributor>Zephyra Robotics, Inc.</dc:contributor>"
            "<dc:keyword>split, shares</dc:keyword><pubDate>Thu, 12 Mar 2026 13:01 GMT</pubDate>",
            'xmlns:dc="http://dublincore.org/documents/dcmi-namespace/"',
        ),
        options={"subjects": ["Business Contracts"], "source": "globenewswire"},
    )
    one = found.items[0]
    assert one.ticker_hints == ("Nasdaq:ZPHQ", "TSX:ZPH") and one.company == "Zephyra Robotics, Inc."
    assert one.subjects == (
        *("Business Contracts", "ISIN:US0000000ZP1", "Corporate Action"),
        *("keyword:split", "keyword:shares", "keyword:robots"),
    )
    assert one.source == "globenewswire" and one.url == "https://x.example/9"
    assert one.published == dt.datetime(2026, 3, 12, 13, 1, tzinfo=dt.UTC)


def test_prnewswire_repeated_codes_are_all_kept() -> None:
    inner = "<title>T</title><prn:industry>FIN</prn:industry><prn:industry>Banking</prn:industry><prn:subject>ERN</prn:subject>"
    found = parse(item(inner, 'xmlns:prn="http://www.prnewswire.com/rss/"'))
    assert found.items[0].subjects == ("prn:FIN", "Banking", "prn:ERN")


def test_businesswire_links_lose_their_tracking() -> None:
    found = parse(
        item("<title>T</title><link>https://www.businesswire.com/a/?feedref=AbC&amp;x=1&amp;utm_medium=rss</link>")
    )
    assert found.items[0].url == "https://www.businesswire.com/a/?x=1"


def test_options_of_a_companys_own_feed() -> None:
    options = {"company": "Zephyra", "ticker": "ZPHQ", "cik": 9990001, "timezone": "America/New_York"}
    one = parse(item("<title>T</title><pubDate>Thu, 12 Mar 2026 08:30:00</pubDate>"), options=options).items[0]
    assert (one.company, one.ticker_hints, one.cik) == ("Zephyra", ("ZPHQ",), 9990001)
    assert one.published == dt.datetime(2026, 3, 12, 12, 30, tzinfo=dt.UTC)


def test_other_languages_are_left_out_when_asked() -> None:
    inner = "<title>A</title><dc:language>fr</dc:language></item><item><title>B</title><dc:language>en-US</dc:language>"
    two = item(inner, 'xmlns:dc="http://purl.org/dc/elements/1.1/"')
    assert [i.title for i in parse(two, options={"languages": ["en"]}).items] == ["B"]
    assert len(parse(two).items) == 2


# ---- what is wrong with the document -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        (b"", "empty", "empty"),
        (b"<!DOCTYPE html><title>Please wait</title>", "not_a_feed", "'Please wait'"),
        (b"hello", "not_a_feed", "not a feed"),
        (b'{"error": "no key"}', "not_a_feed", "JSON Feed"),
        (rss(3, "All News Releases"), "wrong_channel", "'All News Releases'"),
    ],
)
def test_refused_documents(body: bytes, kind: str, says: str) -> None:
    found = parse(body, expect_title="Biotech")
    assert found.refused == kind and not found.items and says in found.problems[-1].message


def test_a_cut_feed_keeps_its_whole_entries() -> None:
    body = rss(20)
    found = parse(body[: body.rindex(b"</item>") - 30])
    assert len(found.items) == 19 and [p.kind for p in found.problems] == ["cut_off"]
    assert parse(body).items[:19] == found.items


def test_an_entry_without_title_and_text_is_one_problem() -> None:
    found = parse(item("<title>&lt;b&gt;&lt;/b&gt;</title></item><item><title>B</title>"))
    assert [i.title for i in found.items] == ["B"]
    assert [p.kind for p in found.problems] == ["bad_entry"] and "entry 1" in found.problems[0].message


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Fri, 12 Mar 2126 13:00:00 GMT", None),
        ("Thu, 12 Mar 2026 15:08:00 GMT", NOW),  # a clock a little ahead of ours: not later than receipt
        ("soon", None),
        ("Thu, 12 Mar 2026 13:00:00", None),  # no zone
        ("Thu, 12 Mar 2026 09:00 EDT", dt.datetime(2026, 3, 12, 13, 0, tzinfo=dt.UTC)),
        ("Thu, 12 Mar 2026 09:00:00 ET", dt.datetime(2026, 3, 12, 13, 0, tzinfo=dt.UTC)),
        ("2026-03-12T13:00:00Z", dt.datetime(2026, 3, 12, 13, 0, tzinfo=dt.UTC)),
        ("Thu, 12 Mar 2026 13:00:00 UT", dt.datetime(2026, 3, 12, 13, 0, tzinfo=dt.UTC)),
    ],
)
def test_dates(date: str, published: dt.datetime | None) -> None:
    assert parse(item(f"<title>T</title><pubDate>{date}</pubDate>")).items[0].published == published


# ---- identity ----------------------------------------------------------------------------------------------------


def test_missing_guids_get_ids_that_stay() -> None:
    body = item("<title>A</title><link>https://x.example/1</link></item><item><title>B</title>")
    ids = [i.source_id for i in parse(body).items]
    assert ids == [i.source_id for i in parse(body).items] and len(set(ids)) == 2


def test_a_guid_that_stands_for_two_items_gives_two_ids() -> None:
    inner = "<guid>1</guid><title>A</title><link>https://x.example/1</link></item><item><guid>1</guid><title>B</title><link>https://x.example/2</link>"
    ids = [i.source_id for i in parse(item(inner)).items]
    assert ids[0] != ids[1] and all(i.startswith("1#") for i in ids)


def test_a_repeated_entry_counts_once() -> None:
    inner = "<guid>1</guid><title>A</title><link>https://x.example/1</link>"
    assert len(parse(item(f"{inner}</item><item>{inner}")).items) == 1


def entry(guid: str, title: str, link: str) -> str:
    return f"<guid>{guid}</guid><title>{title}</title><link>https://x.example/{link}</link>"


def polls(server: WireServer, *bodies: str, **fields: Any) -> list[Collected]:
    state: FeedState | None = None
    found = []
    for body in bodies:
        url = server.route("/feed", lambda _, body=body: Reply(body.encode()))  # type: ignore[misc]
        found.append(poll(url, state, **fields))
        state = found[-1].state
    return found


def test_the_second_poll_brings_only_what_is_new(fault_server: WireServer) -> None:
    one, two = entry("1", "A", "1"), entry("2", "B", "2")
    found = polls(fault_server, item(one), item(one), item(f"{two}</item><item>{one}"))
    assert [len(f.items) for f in found] == [1, 0, 1]
    assert found[1].not_modified and not any(f.problems for f in found)
    assert found[2].items[0].title == "B"


def test_an_edited_entry_comes_again_under_its_id(fault_server: WireServer) -> None:
    found = polls(fault_server, item(entry("1", "A", "1")), item(entry("1", "A (corrected)", "1")))
    assert [f.items[0].source_id for f in found] == ["1", "1"] and found[1].items[0].title == "A (corrected)"


def test_a_guid_given_to_other_news_is_another_item_and_stays_it(fault_server: WireServer) -> None:
    found = polls(
        fault_server, item(entry("1", "A", "1")), item(entry("1", "B", "2")), item(entry("1", "B", "2") + "<x/>")
    )
    assert found[0].items[0].source_id == "1" and found[1].items[0].source_id.startswith("1#")
    assert not found[2].items


def test_a_window_that_rolled_over_is_a_gap(fault_server: WireServer) -> None:
    first, later = rss(5).decode(), rss(5, start=50).decode()
    found = polls(fault_server, first, rss(5, start=3).decode(), later)
    assert [[p.kind for p in f.problems] for f in found] == [[], [], ["gap"]]
    assert "oldest item is newer" in found[2].problems[0].message
    assert found[2].state is not None and found[2].state.gaps == 1 and len(found[2].items) == 5


def test_a_feed_that_finds_nothing_takes_itself_out_and_comes_back(fault_server: WireServer) -> None:
    options = {"disable_when_empty": 2}
    empty, full = rss(0).decode(), rss(2).decode()
    found = polls(fault_server, full, empty, empty, full, options=options)
    states = [f.state for f in found if f.state]
    assert [bool(s.disabled) for s in states] == [False, False, True, False]
    assert "found nothing 2 times" in states[2].disabled
    assert [p.kind for p in found[1].problems] == ["empty"]
    assert not found[3].problems  # the window before the empty ones is remembered: no gap


def test_an_empty_answer_says_what_the_channel_says(fault_server: WireServer) -> None:
    body = "<rss><channel><title>W</title><description>channel ID is not available</description></channel></rss>"
    found = polls(fault_server, body, options={"disable_when_empty": 3})
    assert "channel ID is not available" in found[0].problems[0].message


def test_a_quiet_company_feed_is_no_problem(fault_server: WireServer) -> None:
    assert polls(fault_server, rss(0).decode())[0].problems == ()


# ---- replay ------------------------------------------------------------------------------------------------------


def test_a_replay_leaves_out_what_came_later_and_keeps_no_etag(fault_server: WireServer) -> None:
    as_of = dt.datetime(2025, 12, 12, 13, 9, 30, tzinfo=dt.UTC)
    url = fault_server.route("/feed", lambda _: Reply(rss(20)))
    first = poll(url, as_of=as_of)
    assert len(first.items) == 10 and all(i.replayed and i.received == i.published for i in first.items)
    assert first.state is not None and first.state.etag == ""
    later = poll(url, first.state, as_of=as_of + dt.timedelta(minutes=2))
    assert [i.source_id for i in later.items] == ["urn:x:11", "urn:x:10"]
