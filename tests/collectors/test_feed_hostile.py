"""Feeds that are broken or mean harm, over real HTTP, and the parsers under random input."""

from __future__ import annotations

import datetime as dt
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.collectors.channel import read_channel
from screener.collectors.feed import parse_feed
from screener.collectors.getcurrent import parse_getcurrent
from screener.collectors.openweb import read_lenient
from screener.collectors.rss import read_xml
from screener.types import FeedSpec
from tests.collectors.test_feed import item, parse, poll
from tests.contracts import check_item
from tests.server.app import Reply, WireServer
from tests.server.faults import rss
from tests.server.fixture import fault_server

__all__ = ["fault_server"]
NOW = dt.datetime(2026, 3, 12, 15, 0, tzinfo=dt.UTC)
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "haha">'
    + "".join(f'<!ENTITY {n} "{f"&{p};" * 10}">' for p, n in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("html", "not_a_feed"),
        ("empty", "empty"),
        ("404", "http_404"),
        ("503", "http_503"),
        ("huge", "too_large"),
        ("announced", "too_large"),
        ("gzipbomb", "too_large"),
        ("loop", "fetch"),
        ("far/9", "fetch"),
        ("private", "blocked"),
        ("metadata", "blocked"),
        ("notgzip", "fetch"),
    ],
)
def test_faults_give_one_problem_with_a_kind(fault_server: WireServer, fault: str, kind: str) -> None:
    found = poll(f"{fault_server.url}/fault/{fault}")
    assert [p.kind for p in found.problems] == [kind] and "\n" not in found.problems[0].message
    assert (
        f"/fault/{fault.split('/')[0]}" in found.problems[0].message or fault_server.host in found.problems[0].message
    )


@pytest.mark.parametrize("fault", ["cut", "brokenoff", "cutgzip"])
def test_cut_feeds_keep_their_whole_entries(fault_server: WireServer, fault: str) -> None:
    found = poll(f"{fault_server.url}/fault/{fault}")
    whole = poll(f"{fault_server.url}/fault/good")
    assert 0 < len(found.items) < 20 and {p.kind for p in found.problems} == {"cut_off"}
    assert [i.source_id for i in found.items] == [i.source_id for i in whole.items][: len(found.items)]
    if fault != "cut":
        assert found.state is not None and found.state.etag == ""  # to be fetched again in full


def test_ten_thousand_items(fault_server: WireServer) -> None:
    found = poll(fault_server.url + "/fault/many")
    assert len(found.items) == 10_000 and not found.problems
    assert found.state is not None and len(found.state.seen) == 5_000


def test_a_wrong_charset_header(fault_server: WireServer) -> None:
    assert poll(fault_server.url + "/fault/wrongcharset").items[0].title == "Café ouvert – 5 €"


def test_a_byte_order_mark(fault_server: WireServer) -> None:
    assert len(poll(fault_server.url + "/fault/bom").items) == 20


@pytest.mark.parametrize(
    ("declared", "coded", "title"),
    [
        ("iso-8859-1", "utf-8", "Société €"),  # the declaration lies
        ("utf-8", "windows-1252", "Société"),  # and here
        ("iso-8859-1", "iso-8859-1", "Société"),
        ("utf-16", "utf-16", "Société €"),
        ("no-such-charset", "utf-8", "Société €"),
    ],
)
def test_encodings(declared: str, coded: str, title: str) -> None:
    body = f'<?xml version="1.0" encoding="{declared}"?>' + item(f"<title>{title}</title>")
    assert parse(body.encode(coded)).items[0].title == title


def test_entity_bombs_are_not_expanded() -> None:
    body = LAUGHS + item("<title>Zephyra &j; wins</title><description>&j;</description>")
    found = parse(body)
    assert sum(len(i.title) + len(i.summary) for i in found.items) < 10_000


def test_external_entities_are_not_read(tmp_path: object) -> None:
    body = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + item("<title>Z &f;</title>")
    assert "root:" not in "".join(i.title for i in parse(body).items)


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("&lt;b&gt;Zephyra&lt;/b&gt; wins", "Zephyra wins"),
        ("<![CDATA[<a href='x' onclick=alert(1)>Zephyra</a> &amp; Co]]>", "Zephyra & Co"),
        ("<b>Zephyra</b> wins", "Zephyra wins"),
        ("&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;Zephyra", "Zephyra"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Zephyra", "Zephyra"),
        ("Zephyra&#8203;\u202e wins&#x85;now", "Zephyra winsnow"),
        ("p &lt; 0.05 and n &gt; 100", "p < 0.05 and n > 100"),
        ("  many\n  lines\there ", "many lines here"),
        ("AT&amp;T", "AT&T"),
    ],
)
def test_titles_become_plain_text(title: str, plain: str) -> None:
    assert parse(item(f"<title>{title}</title>")).items[0].title == plain


def test_control_characters_that_xml_forbids() -> None:
    found = parse(item("<title>Zeph\x07yra\x00 wins</title><guid>1</guid>"))
    assert [i.title for i in found.items] == ["Zephyra wins"]


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "http://[bad", "//", "http://a@b/"]
)
def test_links_that_are_no_web_addresses_are_dropped(link: str) -> None:
    assert parse(item(f"<title>T</title><link>{link}</link>")).items[0].url in ("", "https://wire.example/feed")


MARKS = [b"<a ", b"<item>", b"<a>", b"x<", b"<item", b"<![CDATA[", b"&", b"<a b='", b"<!ENTITY a 'b'>"]


@pytest.mark.parametrize("mark", MARKS)
def test_large_broken_documents_never_reach_feedparser(mark: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("this would keep it busy for minutes")

    monkeypatch.setattr("feedparser.parse", refuse)
    found = parse(b"<rss><channel><item><title>" + mark * (2_500_000 // len(mark)))
    assert not found.items or found.items[0].title


def test_a_large_feed_with_a_mistake_in_it_is_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screener.collectors.openweb.LENIENT_MARKS", 100)
    body = rss(50).replace(b"wins order 7<", b"wins R&D order 7<")
    found = parse(body)
    assert len(found.items) == 50 and not found.refused


def test_deep_nesting() -> None:
    found = parse(item("<title>T</title><description>" + "<a>" * 3000 + "x" + "</a>" * 3000 + "</description>"))
    assert len(found.items) <= 1


def test_json_of_the_wrong_shape(fault_server: WireServer) -> None:
    url = fault_server.route(
        "/json", lambda _: Reply(b'{"items": [{"id": {}, "title": [1]}, {"title": "Z", "tags": 5}]}')
    )
    assert [i.title for i in poll(url).items] == ["Z"]


# ---- both readers say the same -----------------------------------------------------------------------------------

WORDS = st.text(string.ascii_letters + " &<>\"'é€–0123456789.,$%", min_size=1, max_size=40)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@given(st.lists(st.tuples(WORDS, WORDS, st.integers(1, 10**6)), min_size=1, max_size=4))
def test_the_fast_reader_agrees_with_feedparser(rows: list[tuple[str, str, int]]) -> None:
    inner = "</item><item>".join(
        f"<title>{escaped(t)}</title><description>{escaped(d)}</description><guid isPermaLink='false'>{n}</guid>"
        f"<link>https://x.example/{n}</link><category domain='d'>C{n}</category><pubDate>Thu, 12 Mar 2026 13:00 GMT</pubDate>"
        for t, d, n in rows
    )
    body = item(inner).encode()
    fast, slow = read_xml(body), read_lenient(body)
    assert fast is not None
    for one, two in zip(fast.entries, slow.entries, strict=True):
        assert (one.id, one.link, one.when, one.categories) == (two.id, two.link, two.when, two.categories)


def test_the_fast_reader_agrees_with_feedparser_on_words() -> None:
    body = item("<title>A &amp;amp; B</title><description>&lt;p&gt;C &amp;amp; D&lt;/p&gt;</description>").encode()
    from screener.collectors.text import html_to_text, one_line

    fast, slow = read_xml(body), read_lenient(body)
    assert fast is not None
    assert one_line(fast.entries[0].title) == one_line(slow.entries[0].title) == "A & B"
    assert html_to_text(fast.entries[0].summary) == html_to_text(slow.entries[0].summary) == "C & D"


# ---- random input ------------------------------------------------------------------------------------------------

GOOD = rss(4)
SPEC = FeedSpec(name="wire", kind="feed", url="https://wire.example/feed")


@given(st.data())
def test_damaged_feeds_never_raise(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 200)))
    body = GOOD[:start] + data.draw(st.binary(max_size=20)) + GOOD[end:]
    found = parse_feed(body, SPEC, NOW)
    assert found.items or found.problems
    for one in found.items:
        check_item(one)


@given(st.binary(max_size=300), st.sampled_from([b"", b"<rss><channel>", b"<feed>", b"{", b"<?xml "]))
def test_random_bytes_never_raise(body: bytes, start: bytes) -> None:
    read_channel(start + body)
    parse_getcurrent(start + body)
