"""The one writer of values and feeds."""

from __future__ import annotations

import datetime as dt
import json
from xml.etree import ElementTree as Xml

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener import format as fmt
from screener.format.feed import FeedEntry, FeedHead, atom, json_feed

AT = dt.datetime(2026, 3, 12, 22, 10, 5, tzinfo=dt.UTC)
anything = st.text(st.characters(codec=None), max_size=60)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1+2",
        "@SUM(A1)",
        "|calc",
        "\t=1",
        "\r1",
        "\n1",
        "  =1",
        "\u200b=1",
        "\ufeff@x",
        "\uff1d1",
        "\x00=1",
        "\u202e-1",
    ],
)
def test_formula_is_neutral(text: str) -> None:
    assert fmt.neutral(text).startswith("'")


@pytest.mark.parametrize("text", ["", "+", "-", "±", "0", "ABCD", "1-for-20", "a=b", "(555) 1", "–", "'=1"])
def test_other_text_stays(text: str) -> None:
    assert fmt.neutral(text) == text


@given(anything)
def test_neutral_twice_is_neutral_once(text: str) -> None:
    once = fmt.neutral(text)
    assert fmt.neutral(once) == once


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (999.4, "999"), (999.6, "1K"), (45_200_000, "45.2M"), (999_960, "1M"), (-3e6, "-3M")],
)
def test_short(value: float, text: str) -> None:
    assert fmt.short(value) == text


def test_times_and_dates() -> None:
    assert (fmt.utc(AT), fmt.time_of_day(AT), fmt.eastern(AT)) == (
        "2026-03-12T22:10:05Z",
        "18:10:05 ET",
        "2026-03-12 18:10 ET",
    )
    assert (fmt.date_name("pdufa_date"), fmt.date_name("vote_date")) == ("FDA decision (PDUFA)", "Vote")


@given(anything)
def test_link_is_a_web_address_or_nothing(text: str) -> None:
    for address in (text, f"https://{text}", f"javascript:{text}"):
        link = fmt.safe_link(address)
        assert link == "" or (link == address and link.startswith(("http://", "https://")) and '"' not in link)


@given(title=anything, summary=anything, tag=anything)
def test_feeds_can_be_read_whatever_the_text(title: str, summary: str, tag: str) -> None:
    head = FeedHead(
        id="urn:x",
        title="T" + title,
        description=summary,
        home="https://page.example/",
        own="https://page.example/feed",
    )
    entry = FeedEntry(
        id="urn:x:1", title="t" + title, summary=summary, published=AT, updated=AT + dt.timedelta(hours=1),
        page="https://page.example/1", source="https://wire.example/1", tags=(tag,) if tag.isprintable() else (),
    )  # fmt: skip
    root = Xml.fromstring(atom(head, [entry]))
    assert root[2].tag.endswith("updated") and root[2].text == "2026-03-12T23:10:05Z"
    feed = json.loads(json_feed(head, [entry]))
    assert feed["items"][0]["date_modified"] == "2026-03-12T23:10:05Z"
    assert (feed["items"][0]["url"], feed["items"][0]["external_url"]) == (
        "https://page.example/1",
        "https://wire.example/1",
    )


def test_a_reader_understands_the_atom_feed() -> None:
    head = FeedHead(id="urn:x", title="Alerts", description="d")
    entry = FeedEntry(
        id="urn:x:1", title="A & <b>", summary="s", published=AT, updated=AT, source="https://wire.example/1"
    )
    read = feedparser.parse(atom(head, [entry]))
    assert not read.bozo and read.entries[0].link == "https://wire.example/1"
    assert json.loads(json_feed(head, []))["items"] == []


@pytest.mark.parametrize(
    ("value", "cell", "said"),
    [
        (0.000045, "0.000045", "$0.00004500"),
        (0.0000001234567, "0.0000001235", "$0.0000001235"),
        (0.0123, "0.0123", "$0.0123"),
        (0.5, "0.5", "$0.5000"),
        (3.1, "3.1", "$3.10"),
        (0.0, "0", "$0.0000"),
        (-0.00002, "-0.00002", "$-0.00002000"),
    ],
)
def test_a_tiny_price_is_not_zero(value: float, cell: str, said: str) -> None:
    assert fmt.plain_number(value) == cell and fmt.dollars(value) == said
