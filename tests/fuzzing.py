"""Mutated answers for every kind of collector: what a hostile or broken world may send, from a seed.

The bases are the samples in ``rules/feeds`` (invented) and, for the long run, the recorded answers. ``one`` hands a
mutated answer to its collector as the network would and gives the seconds it took; whatever is raised goes through.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from screener import yamlfile
from screener.collectors.base import Collector, Context
from screener.collectors.filings import fetch_filing
from screener.collectors.load import plain, read_file, spec_of
from screener.collectors.saved import SavedAnswers
from screener.registry import discover
from screener.types import Collected, FeedSpec, FeedState, Filing

NOW = dt.datetime(2026, 3, 12, 15, 0, tzinfo=dt.UTC)
ROOT = Path(__file__).resolve().parents[1]
HOSTILE = (
    *(b"&#xD83D;", b"&#x110000;", b"&#99999999999999999999;", b"&#" + b"9" * 5000 + b";", b"\x00", b"\xff", b"\xed\xa0\xbd"),
    *(b"\\ud83d", b"\\u0000", b"NaN", b"1e999", b"9" * 5000, b"-" + b"9" * 400, b"null", b"{}", b"[" * 2000, b'"' * 50),
    *(b"9999-12-31", b"0001-01-01", b"99991231", b"12/31/9999", b"0000-00-00", b"2026-02-30", b"9999-12-31T23:59:59-12:00"),
    *(b"0001-01-01T00:00:00+14:00", b"Fri, 31 Dec 9999 23:59:59 -1200", b"Mon, 01 Jan 0001 00:00:00 +1400", b"24:61:61"),
    *(b"<!--" * 200, b"<![CDATA[" * 200, b"]]>", b"<!DOCTYPE html>", b"<!ENTITY a 'b'>&a;", b"<" * 500),
    *(b"&" * 500, b"&lt;" * 500),
    *(b"<p>" * 500, b"<b" + b" a=1" * 500 + b">", b"</item>", b"</entry>", b"<item>", b'xmlns="\xed\xa0\x80"'),
    *(b' xmlns:x="&#xD83D;"', b"\xef\xbb\xbf", b"\xff\xfe", b"\xe2\x80\xae"),
    *(b"<author>" + b"a (" * 500, b"<dc:creator>" + b"(" * 2000 + b"</dc:creator>"),
    *(b"a" * 20_000, b" " * 20_000, b"\n" * 5000, b"Inc. " * 2000, b"$1," * 2000, b"http://[::1"),
    *(b"javascript:alert(1)", b"\xc2\xb2"),
)  # fmt: skip


class Base(NamedTuple):
    """An answer to start from: the feed it belongs to, and all answers of one poll."""

    spec: FeedSpec
    bodies: tuple[bytes, ...]


def samples() -> Iterator[Base]:
    """The samples of the project's own feeds, one for each file."""
    for path in yamlfile.walk(ROOT / "rules" / "feeds"):
        data = read_file(path)
        if "sample" in data and data["kind"] not in ("file", "folder"):
            given = [data["sample"]] if isinstance(data["sample"], str) else list(data["sample"])
            bodies = tuple(s.encode() if isinstance(s, str) else msgspec.json.encode(plain(s)) for s in given)
            yield Base(spec_of(data, path), bodies)


def mutated(body: bytes, chance: random.Random) -> bytes:
    """The body with one to four things wrong with it."""
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        at = chance.randrange(len(body) + 1)
        end = min(len(body), at + chance.choice((0, 0, 1, 2, 8, 40, 200)))
        way = chance.randrange(8)
        if way <= 3:
            body = body[:at] + chance.choice(HOSTILE) + body[end:]
        elif way == 4:
            body = body[:at] + body[end:]
        elif way == 5:
            body = body[:at] + bytes(chance.randrange(256) for _ in range(chance.randrange(1, 6))) + body[end:]
        elif way == 6:
            body = body[:end] + body[at:end] * chance.choice((1, 2, 50)) + body[end:]
        else:
            body = body[:at]
        body = body[:200_000]
    return body


async def one(base: Base, collectors: dict[str, Collector], chance: random.Random) -> tuple[float, Collected]:
    """One poll with a mutated answer: the seconds it took, and what came out."""
    bodies = list(base.bodies)
    which = chance.randrange(len(bodies))
    bodies[which] = mutated(bodies[which], chance)
    as_of = NOW if chance.random() < 0.2 else None
    context = Context(
        fetcher=SavedAnswers(bodies, NOW),
        now=lambda: NOW,
        state=FeedState(name=base.spec.name),
        as_of=as_of,
        options=dict(base.spec.options),
    )
    began = time.perf_counter()
    found = await collectors[base.spec.kind].collect(base.spec, context)
    return time.perf_counter() - began, found


SUBMISSION = b"""<SEC-DOCUMENT>0000000001-26-000001.txt : 20260312
<SEC-HEADER>0000000001-26-000001.hdr.sgml : 20260312
<ACCEPTANCE-DATETIME>20260312081500
ACCESSION NUMBER:\t\t0000000001-26-000001
CONFORMED SUBMISSION TYPE:\t8-K
ITEM INFORMATION:\t\tOther Events
FILED AS OF DATE:\t\t20260312
FILER:
\tCOMPANY DATA:
\t\tCOMPANY CONFORMED NAME:\t\tZEPHYRA INC
\t\tCENTRAL INDEX KEY:\t\t0000000001
</SEC-HEADER>
<DOCUMENT>
<TYPE>8-K
<SEQUENCE>1
<FILENAME>a.htm
<TEXT>
<html><body><p>Item 8.01 Other Events</p><p>On March 12, 2026, Zephyra Inc. announced an order.</p></body></html>
</TEXT>
</DOCUMENT>
<DOCUMENT>
<TYPE>EX-99.1
<SEQUENCE>2
<FILENAME>b.htm
<TEXT>
<html><body><p>Zephyra Inc. Wins an Order for Its Pumps</p><p>DAYTON, Ohio, March 12, 2026 (Wire) -- Zephyra Inc. today
announced an order of $5 million.</p><table><tr><td>a</td><td>b</td></tr></table></body></html>
</TEXT>
</DOCUMENT>
</SEC-DOCUMENT>
"""
FILING = Filing(
    accession="0000000001-26-000001",
    form="8-K",
    company="Zephyra Inc",
    cik=1,
    role="Filer",
    accepted=NOW,
    link="https://www.sec.gov/Archives/edgar/data/1/000000000126000001/0000000001-26-000001-index.htm",
    received=NOW,
)


async def one_filing(body: bytes, chance: random.Random) -> float:
    """One submission file, mutated, read as a filing: the seconds it took."""
    context = Context(
        fetcher=SavedAnswers([mutated(body, chance)], NOW), now=lambda: NOW, state=FeedState(name="edgar")
    )
    began = time.perf_counter()
    await fetch_filing(FILING, context)
    return time.perf_counter() - began


def all_collectors() -> dict[str, Collector]:
    return discover("screener.collectors", Collector)  # type: ignore[type-abstract]
