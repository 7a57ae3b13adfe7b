"""One wrong character costs at most its own entry, and is told once; over real HTTP."""

from __future__ import annotations

import json

import pytest

from screener.collectors.mend import NotJson, mend_xml, read_json
from tests.collectors.test_feed import poll
from tests.server.app import Reply, WireServer
from tests.server.faults import rss
from tests.server.fixture import fault_server

__all__ = ["fault_server"]
GOOD = rss(20)

XML = {
    "half an emoji": b"&#xD83D;",
    "the other half": b"&#56832;",
    "a pair of halves": b"&#xD83D;&#xDE00;",
    "beyond Unicode": b"&#x110000;",
    "far beyond": b"&#99999999999999999999;",
    "thousands of digits": b"&#" + b"9" * 5000 + b";",
    "thousands of hexadecimal digits": b"&#x" + b"f" * 9000 + b";",
    "nothing": b"&#;",
    "zero": b"&#0;",
    "a control reference": b"&#x1;",
    "a control character": b"\x07",
    "a null": b"\x00",
    "an escape": b"\x1b[31m",
    "no character": "\uffff".encode(),
    "a byte of Latin-1": b"caf\xe9 ",
    "a lone continuation": b"\x80",
    "a cut sequence": b"\xe2\x82",
    "an overlong form": b"\xc0\xaf",
    "a surrogate as bytes": b"\xed\xa0\xbd",
    "beyond Unicode as bytes": b"\xf4\x90\x80\x80",
}


@pytest.mark.parametrize("wrong", XML.values(), ids=list(XML))
@pytest.mark.parametrize("place", [b"wins order 7<", b"<title>"], ids=["entry", "channel"])
def test_xml(fault_server: WireServer, wrong: bytes, place: bytes) -> None:
    body = GOOD.replace(place, wrong + place if place.startswith(b"w") else place + wrong, 1)
    found = poll(fault_server.route("/one.xml", lambda _: Reply(body)))
    assert len(found.items) == 20 and [p.kind for p in found.problems] == ["bad_character"]
    for one in found.items:
        one.title.encode()
    whole = poll(fault_server.route("/good.xml", lambda _: Reply(GOOD)))
    assert sum(a.title == b.title for a, b in zip(found.items, whole.items, strict=True)) >= 19


def test_other_letters_stay_as_they_are(fault_server: WireServer) -> None:
    body = GOOD.replace(b"wins order 3<", "gewinnt Aufträge – 3 €<".encode()).replace(b"order 7<", b"caf\xe9 7<")
    titles = [i.title for i in poll(fault_server.route("/mixed.xml", lambda _: Reply(body))).items]
    assert any("gewinnt Aufträge – 3 €" in t for t in titles) and any("café 7" in t for t in titles)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("R&D", "R&D"),
        ("A&nbsp;B", "A B"),
        ("&eacute;t&eacute;", "été"),
        ("&unknown; x", "&unknown; x"),
        ("a &#38; b", "a & b"),
    ],
)
def test_what_the_open_web_writes_is_no_problem(fault_server: WireServer, given: str, kept: str) -> None:
    body = GOOD.replace(b"order 7<", given.encode() + b" 7<")
    found = poll(fault_server.route("/web.xml", lambda _: Reply(body)))
    assert len(found.items) == 20 and not found.problems
    assert any(i.title.endswith(f"{kept} 7") for i in found.items)


def test_cdata_stays_verbatim() -> None:
    mended = mend_xml(b"<a>&#xD83D;<![CDATA[ & &#xD83D; ]]>&</a>")
    assert mended == (b"<a><![CDATA[ & &#xD83D; ]]>&amp;</a>", 1)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe<\x00", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"])
def test_what_cannot_be_mended_is_left_alone(body: bytes) -> None:
    assert mend_xml(body) in (None, (b"", 0))


JSON = {
    "half an emoji": b"\\ud83d",
    "the other half": b"\\uDE00",
    "halves the wrong way round": b"\\ude00\\ud83d",
    "a control character": b"\x07",
    "a byte of Latin-1": b"\xe9",
    "a surrogate as bytes": b"\xed\xa0\xbd",
    "a cut sequence": b"\xf0\x9f\x98",
}


def json_feed(extra: bytes = b"") -> bytes:
    rows = b",".join(b'{"id": "%d", "title": "Zephyra wins order %d"%s}' % (n, n, extra * (n == 7)) for n in range(20))
    return b'{"version": "https://jsonfeed.org/version/1.1", "title": "IR", "items": [' + rows + b"]}"


@pytest.mark.parametrize("wrong", JSON.values(), ids=list(JSON))
def test_json(fault_server: WireServer, wrong: bytes) -> None:
    body = json_feed().replace(b"order 7", b"order " + wrong + b"7")
    found = poll(fault_server.route("/one.json", lambda _: Reply(body)))
    assert len(found.items) == 20 and [p.kind for p in found.problems] == ["bad_character"]


@pytest.mark.parametrize("value", [b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b"1" * 5000 + b".5"])
def test_numbers_that_json_does_not_have(fault_server: WireServer, value: bytes) -> None:
    found = poll(fault_server.route("/n.json", lambda _: Reply(json_feed(b', "size": ' + value))))
    assert len(found.items) == 20 and len(found.problems) == 1


def test_sound_escapes_stay() -> None:
    found, wrong = read_json(b'{"a": "\\\\ud83d \\ud83d\\ude00 \\" \xff"}')
    assert (found, wrong) == ({"a": '\\ud83d \U0001f600 " \xff'}, 1)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 100_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b"\xff", b"<html>"]
)
def test_what_is_no_json_says_so(body: bytes) -> None:
    with pytest.raises(NotJson):
        read_json(body)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\\\\\\ud83d", "\\\\"),  # an escaped backslash, then half an emoji
        ("\\\\ud83d", "\\\\ud83d"),  # no escape at all
        ("\\ud83d\\ude00\\ude00", "\\ud83d\\ude00"),
        ("\\n\\udfffx", "\\nx"),
        ("\\ud83d\\ud83d\\ude00", "\\ud83d\\ude00"),
    ],
)
def test_half_an_emoji_beside_backslashes(text: str, kept: str) -> None:
    found, _ = read_json(f'["{text}\x01"]'.encode())
    assert found == json.loads(f'["{kept} "]')


@pytest.mark.parametrize("many", [b"\\\\" * 300_000, b"\\n" * 300_000, b"\\ud83d" * 100_000])
def test_many_escapes_are_read_or_refused_and_a_huge_broken_answer_is_refused(many: bytes) -> None:
    assert read_json(b'["' + many + b'\x01"]')[1] >= 1
    with pytest.raises(NotJson):
        read_json(b'["' + many * 10 + b'\x01"]')


@pytest.mark.parametrize(
    "name", ["unicode_escape", "Unicode-Escape", "punycode", "idna", "raw_unicode_escape", "utf-7"]
)
def test_a_charset_that_is_none_is_not_believed(fault_server: WireServer, name: str) -> None:
    body = rss(4).replace(b'<?xml version="1.0"?>', f'<?xml version="1.0" encoding="{name}"?>'.encode())
    body = body.replace(b"order 2", b"order \\d \xe9 2")
    found = poll(fault_server.route("/c.xml", lambda _: Reply(body, content_type="application/rss+xml")))
    assert len(found.items) == 4 and any("order \\d \xe9 2" in i.title for i in found.items)
