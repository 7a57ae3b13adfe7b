"""One watch, and half a hundred sources that send whatever they like: the healthy ones lose nothing, and it stops.

Each name says what its source sends; the number behind the answer is how many of its four entries must be stored, where
anything can be read at all. What cannot be read is a problem of that feed, told and counted.
"""

from __future__ import annotations

import contextlib
import gzip
import itertools
import json
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec import structs

from screener.config import Http, Settings
from screener.http import Fetcher
from screener.types import FeedSpec
from tests.server.app import Reply, WireServer
from tests.server.faults import rss
from tests.server.raw import RawServer, Talk, answering, dripping, endless
from tests.watch.driving import Scene, until
from tests.watch.test_watch import Wire, brisk, scene, server

__all__ = ["brisk", "server"]

N = 4
GOOD = rss(N)
SOON = 20.0
"""Seconds in which it stops; a machine with nothing else to do needs one."""


class Sent(NamedTuple):
    """An answer, and how many entries of it must be stored (None: none need be)."""

    reply: Reply
    kept: int | None = None
    kind: str = "feed"


def one(wrong: str, place: str = "order 2<") -> bytes:
    """The good feed with something wrong in one entry."""
    assert place.encode() in GOOD
    return GOOD.replace(place.encode(), wrong.encode("utf-8", "surrogatepass"), 1)


def dated(value: str) -> bytes:
    """With one entry of that date."""
    return one(value, "Fri, 12 Dec 2025 13:02:00 GMT")


def coded(name: str, codec: str, bom: bytes = b"") -> Sent:
    """Said to be in one encoding, sent in another."""
    text = GOOD.decode().replace('<?xml version="1.0"?>', "")
    return Sent(Reply(bom + text.encode(codec), content_type=f"application/rss+xml; charset={name}"))


def json_feed(**wrong: object) -> bytes:
    """A JSON Feed with one odd entry among the good ones; raw bytes may be odd where Python's writer is not."""
    entries: list[dict[str, object]] = [
        {"id": f"urn:j:{n}", "title": f"Zephyra wins order {n}", "url": f"https://ir.example.org/{n}"} for n in range(N)
    ]
    entries[2] |= wrong
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": entries}, ensure_ascii=True
    ).encode()


def as_json(body: bytes, kept: int | None = None) -> Sent:
    return Sent(Reply(body, content_type="application/feed+json"), kept)


def headed(kept: int | None = N, status: int = 200, **headers: str) -> Sent:
    """The good feed with headers."""
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    return Sent(Reply(GOOD, status, headers=named, etag=False), kept)


LAUGHS = '<!DOCTYPE r [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 20}">' for a, b in itertools.pairwise("abcdefghi")
) + "]>"  # fmt: skip
XML = {
    "comments_in_comments": Sent(Reply(b"<!-- <!-- " * 5_000 + GOOD)),
    "comments_before_html": Sent(Reply(b"<!-- a -->\n" * 2_000 + b"<html>" + b"<!---->" * 2_000 + b"back soon")),
    "half_comment_openings": Sent(Reply(b"<!-" * 5_000 + b"->")),
    "cdata_in_cdata": Sent(Reply(one("<![CDATA[" * 400 + "order" + "]]>" * 400 + "<")), 1),
    "entity_bomb": Sent(Reply(GOOD.replace(b"<rss", LAUGHS.encode() + b"<rss").replace(b"order 2<", b"&i; order 2<"))),
    "entity_of_a_file": Sent(
        Reply(
            GOOD.replace(b"<rss", b'<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/hostname">]><rss').replace(
                b"order 2<", b"&f; order 2<"
            )
        )
    ),
    "parameter_entities": Sent(Reply(b'<!DOCTYPE r [<!ENTITY % a "<!ENTITY &#37; b \'%a;\'>"> %a; %b;]>' + GOOD)),
    "a_thousand_namespaces": Sent(Reply(one('order 2</title><x xmlns:a="&#xDFFF;"/><title>', "order 2<"))),
    "deep_nesting": Sent(Reply(one("<b>" * 3_000 + "order 2<"))),
    "attributes_without_end": Sent(Reply(one("<b" + " a='1'" * 2_000 + ">order 2<"))),
    "half_characters": Sent(Reply(one("\ud83d order 2<")), N),
    "noncharacters": Sent(Reply(one("&#xFFFE;&#xFFFF;&#x1FFFF;&#0;&#x8; order 2<")), N),
    "reference_of_many_digits": Sent(Reply(one("&#" + "9" * 9_000 + "; &#x" + "f" * 9_000 + "; order 2<")), N),
    "authors_of_brackets": Sent(Reply(one("order 2</title><author>" + "((((a@" * 2_000 + "</author><title>"))),
    "year_0": Sent(Reply(dated("Fri, 00 Dec 0000 00:00:00 GMT")), N),
    "year_99999": Sent(Reply(dated("99999-12-31T23:59:59Z")), N),
    "year_9999_far_west": Sent(Reply(dated("Fri, 31 Dec 9999 23:59:59 -2359")), N),
    "year_1_far_east": Sent(Reply(dated("0001-01-01T00:00:00+23:59")), N),
    "offset_of_days": Sent(Reply(dated("Fri, 12 Dec 2025 13:02:00 -9999")), N),
    "arabic_digits": Sent(Reply(dated("Fri, ١٢ Dec ٢٠٢٥ ١٣:٠٧:٠٠ GMT")), N),
    "negative_year": Sent(Reply(dated("-0044-03-15T12:00:00Z")), N),
    "date_of_a_megabyte": Sent(Reply(dated("Fri, 12 Dec 2025 " + "1" * 300_000)), N),
    "id_of_a_megabyte": Sent(Reply(one("<guid>" + "x" * 1_000_000 + "</guid>", "<guid>urn:x:2</guid>")), N - 1),
    "the_same_id_a_thousand_times": Sent(
        Reply(GOOD.replace(b"</channel>", GOOD[GOOD.index(b"<item>") :][:300].partition(b"\n")[0] * 1_000 + b"</channel>")), N
    ),
    "title_without_a_blank": Sent(Reply(one("meet" * 5_000 + "<")), N),
    "title_of_blanks": Sent(Reply(one(" " * 100_000 + "order 2" + " " * 100_000 + "<")), N),
    "text_of_one_word": Sent(Reply(GOOD.replace(b"won an order.", b"acqui" * 3_000, 1)), N),
    "link_of_brackets": Sent(Reply(one("http://[" + "[" * 20_000, "https://ir.example.org/2<"[:-1])), N - 1),
}  # fmt: skip
ENCODED = {
    "utf_16_without_a_mark": coded("utf-16", "utf-16-le"),
    "utf_7": coded("utf-7", "utf-7"),
    "utf_32": coded("utf-32", "utf-32"),
    "utf_8_with_the_mark_of_utf_16": coded("utf-8", "utf-8", b"\xff\xfe"),
    "ebcdic": coded("cp037", "cp037"),
    "charset_of_a_codec_that_is_none": coded("rot13", "utf-8"),
    "charset_that_runs_a_program": coded("zip", "utf-8"),
    "charset_of_nul": coded("\x00utf-8", "utf-8"),
}
JSON = {
    "json_half_key": as_json(json_feed().replace(b'"url"', b'"\\ud83d"', 1), N),
    "json_half_title": as_json(json_feed(title="\udfff order"), N),
    "json_id_is_a_list": as_json(json_feed(id=[1, {"a": []}])),
    "json_date_is_a_number": as_json(json_feed(date_published=10**300), N),
    "json_everything_is_null": as_json(json_feed(id=None, title=None, url=None), N - 1),
    "json_nan": as_json(json_feed(size=float("nan")), N),
    "json_in_brackets": as_json(b"[" * 100_000 + json_feed() + b"]" * 100_000),
    "json_of_a_number": as_json(b"9" * 6_000),
    "json_with_two_keys": as_json(json_feed().replace(b'"title": "J"', b'"title": "J", "title": 5, "items": 3', 1)),
}
HTTP = {
    "etag_of_200_kb": headed(None, ETag='"' + "x" * 60_000 + '"'),
    "etag_of_latin_1": headed(ETag='"\xe9\xff"'),
    "modified_of_arabic_digits": headed(Last_Modified=b"Fri, 12 Dec ".decode() + "\xb2\xb3\xb9"),
    "gzip_in_gzip": Sent(Reply(gzip.compress(gzip.compress(GOOD)), headers={"Content-Encoding": "gzip"})),
    "gzip_said_twice": Sent(Reply(gzip.compress(gzip.compress(GOOD)), headers={"Content-Encoding": "gzip, gzip"})),
    "gzip_of_gzip_bombs": Sent(
        Reply(gzip.compress(gzip.compress(bytes(5_000_000))), headers={"Content-Encoding": "gzip"}, etag=False)
    ),
    "encodings_without_end": Sent(Reply(GOOD, headers={"Content-Encoding": ", ".join(["gzip"] * 500)})),
    "too_large_413": headed(None, 413),
    "too_many_429": headed(None, 429),
    **{
        f"retry_after_{name}": headed(None, 429, Retry_After=value)
        for name, value in {
            "infinite": "1e400", "nan": "nan", "negative": "-5", "far": "Thu, 31 Dec 2099 23:59:59 GMT", "superscript": "\xb2",
            "digits": "9" * 5_000, "plus": "+5", "hex": "0x10", "date_without_zone": "Thu, 31 Dec 2099 23:59:59",
        }.items()
    },
    "redirect_to_itself": Sent(Reply(status=302, headers={"Location": "?again"}, etag=False)),
    "redirect_to_nowhere": Sent(Reply(status=302, etag=False)),
    "redirect_of_a_megabyte": Sent(Reply(status=302, headers={"Location": "/" + "x" * 60_000}, etag=False)),
    **{
        f"redirect_private_{n}": Sent(Reply(status=307, headers={"Location": f"http://{host}/x"}, etag=False))
        for n, host in enumerate(
            ["0x7f.1:9", "2130706433:9", "017700000001:9", "[::127.0.0.1]:9", "[::ffff:7f00:1]:9", "[64:ff9b::7f00:1]:9",
             "127.1:9", "0:9", "localhost.:9", "[fe80::1%25lo]:9", "\u2460\u2461.0.0.1:9".encode().decode("latin-1")]
        )
    },
    "redirect_to_a_script": Sent(Reply(status=301, headers={"Location": "javascript:alert(1)"}, etag=False)),
}  # fmt: skip
KINDS = {
    f"{kind}_{name}": Sent(Reply(body, content_type=content), None, kind)
    for kind, content in {
        "halts": "application/rss+xml", "openfda": "application/json", "usaspending": "application/json",
        "clinicaltrials": "application/json", "fda_press": "application/rss+xml", "dod_contracts": "text/html",
    }.items()
    for name, body in {
        "rows_of_years": b'{"results": [{"a": "9999-12-31", "submission_status_date": "99991231", "Award ID": "\\ud83d"}]}',
        "xml_of_odd_rows": b'<rss xmlns:ndaq="&#xD83D;"><channel><item><title>X</title><ndaq:HaltDate>13/45/99999</ndaq:HaltDate>'
        b"<ndaq:HaltTime>25:61:61</ndaq:HaltTime></item></channel></rss>",
        "csv": b'"Halt Date","Halt Time"\n"=1+1","\xff\xfe"\n' * 2_000,
        "open_tags": b"<tr><td><a href=" * 40_000,
    }.items()
}  # fmt: skip
SENT = XML | ENCODED | JSON | HTTP | KINDS
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nTransfer-Encoding: chunked\r\n\r\n"
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
RAW: dict[str, bytes] = {
    "chunk_of_a_terabyte": CHUNKED + b"FFFFFFFFFF\r\n" + GOOD,
    "chunk_of_minus_one": CHUNKED + b"-1\r\n" + GOOD,
    "chunk_of_too_many_digits": CHUNKED + b"0" * 100_000 + b"1\r\nx\r\n",
    "chunk_that_is_none": CHUNKED + b"zz\r\n" + GOOD,
    "length_of_minus_one": PLAIN + b"Content-Length: -1\r\n\r\n" + GOOD,
    "length_twice": PLAIN + b"Content-Length: 5\r\nContent-Length: 50\r\n\r\n" + GOOD,
    "length_too_short": PLAIN + b"Content-Length: 100\r\n\r\n" + GOOD,
    "length_of_digits": PLAIN + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n" + GOOD,
    "length_and_chunks": CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\n") + b"5\r\nabcde\r\n0\r\n\r\n",
    "ten_thousand_headers": PLAIN + b"".join(b"X-%d: y\r\n" % n for n in range(10_000)) + b"\r\n" + GOOD,
    "header_of_a_megabyte": PLAIN + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n" + GOOD,
    "header_without_a_colon": PLAIN + b"nothing here\r\n\r\n" + GOOD,
    "header_of_nul": PLAIN + b"X: a\x00b\r\n\r\n" + GOOD,
    "validator_in_two_lines": PLAIN + b'ETag: "a\r\n b"\r\n\r\n' + GOOD,
    "hundreds_of_continues": b"HTTP/1.1 100 Continue\r\n\r\n" * 5_000 + PLAIN + b"\r\n" + GOOD,
    "switching_protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n" + GOOD,
    "no_status": b"HTTP/1.1\r\n\r\n" + GOOD,
    "status_of_five_digits": b"HTTP/1.1 20000 OK\r\n\r\n" + GOOD,
    "http_9": b"HTTP/9.9 200 OK\r\n\r\n" + GOOD,
    "tls_on_a_plain_port": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) * 4,
    "mail": b"220 mail.example.org ESMTP\r\n",
    "nothing": b"",
    "broken_off": PLAIN + b"Content-Length: 90000\r\n\r\n" + GOOD[:1500],
    "not_modified_unasked": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "no_content": b"HTTP/1.1 204 No Content\r\n\r\n",
}
TALKS: dict[str, Talk] = {
    **{name: answering(raw) for name, raw in RAW.items()},
    "drip_of_the_status": dripping(b"HTTP/1.", b"1"),
    "drip_of_headers": dripping(PLAIN, b"X: y\r\n"),
    "drip_of_chunks": dripping(CHUNKED, b"1\r\n \r\n"),
}


class Patient(Scene):
    """With the deadlines of a user in a hurry."""

    def settings(self) -> Settings:
        given = super().settings()
        return structs.replace(
            given,
            http=Http(timeout=4.0, pace={"*": 0.0}),
            limits=structs.replace(given.limits, fetch_seconds=5.0),
        )


def test_healthy_feeds_lose_nothing_beside_it(
    server: WireServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(Fetcher.__init__.__kwdefaults__ or {}, "attempts", 1)  # asking again only takes longer
    good = Wire(server, "/good.xml", count=3)
    specs = [good.spec()]
    for name, sent in SENT.items():
        url = server.route(f"/{name}", lambda _, reply=sent.reply: reply)  # type: ignore[misc]
        if name.startswith("retry_after"):  # which holds all feeds of a host
            url = url.replace("127.0.0.1", "localhost")
        specs.append(FeedSpec(name=name, kind=sent.kind, url=url, every=0.3))
    with contextlib.ExitStack() as stack:
        raws = {name: stack.enter_context(RawServer(talk)) for name, talk in TALKS.items()}
        raws["endless"] = stack.enter_context(RawServer(endless(lambda: raws["endless"], PLAIN + b"\r\n")))
        specs += [FeedSpec(name=n, kind="feed", url=f"http://{raw.host}/x", every=0.3) for n, raw in raws.items()]
        plain = scene(tmp_path, *specs)
        shown = Patient(path=plain.path, feeds=plain.feeds, edgar=plain.edgar)
        stopping = []

        async def acts() -> None:
            await until(lambda: not silent(shown, *SENT, *raws))
            good.count = 7
            await until(lambda: stored(shown, "good") == 7)
            await until(lambda: all(stored(shown, n) >= s.kept for n, s in SENT.items() if s.kept))
            stopping.append(time.monotonic())

        shown.run(acts)
        assert time.monotonic() - stopping[0] < SOON


def silent(shown: Scene, *names: str) -> list[str]:
    """Feeds of which neither an item nor a problem is stored."""
    heard = shown.query("SELECT source FROM items UNION SELECT subject FROM problems")
    subjects = {str(subject).partition(":")[0] for (subject,) in heard}
    return [n for n in names if n not in subjects]


def stored(shown: Scene, name: str) -> int:
    return int(str(shown.query("SELECT count(*) FROM items WHERE source = ?", name)[0][0]))
