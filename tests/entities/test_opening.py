"""A headline that opens with another company than the source's ticker: whose news it is. All companies are invented."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.entities.opening import _stands_alone, issuer_of
from screener.entities.resolve import resolve
from screener.entities.tickers import TickerTable
from screener.types import Item, Listing

NOW = dt.datetime(2026, 3, 12, 12, 0, tzinfo=dt.UTC)
TABLE = TickerTable(
    [
        Listing(ticker="ZRVN", name="Zorvane Therapeutics, Inc.", exchange="Nasdaq", cik=1),
        Listing(ticker="ZRVNW", name="Zorvane Therapeutics, Inc.", exchange="Nasdaq", cik=1),
        Listing(ticker="QLMK", name="Quellmark Corp", exchange="NYSE", cik=2),
        Listing(ticker="HXD", name="Halvaxid Bio, Inc.", exchange="Nasdaq", cik=3),
        Listing(ticker="SLVX", name="Silver X Corp.", exchange="OTC", cik=4),
    ]
)
EMPTY = TickerTable()


def tickers(title: str, hints: tuple[str, ...], table: TickerTable) -> tuple[str, ...]:
    return resolve(Item(source="r", source_id="1", title=title, received=NOW, ticker_hints=hints), table).tickers


@pytest.mark.parametrize("table", [TABLE, EMPTY], ids=["with a table", "without"])
@pytest.mark.parametrize(
    "title",
    [
        "ZRVN - ZORVANE Reports Record Q3 Results and Strengthened Balance Sheet",
        "ZRVN – Zorvane Celebrates 120 Days on Nasdaq With New Investors and a Quellmark Dividend",
        "ZRVN: Zorvane Therapeutics Posts Record Quarter",
        "$ZRVN Zorvane Reports Positive Topline Data",
        "[ZRVN] Zorvane Reports Positive Topline Data",
        "Zorvane Therapeutics (NASDAQ: ZRVN) Announces Pricing of Public Offering",
        "Zorvane Therapeutics, Inc. (Nasdaq:ZRVN) to Present at a Conference",
    ],
)
def test_the_ticker_a_headline_opens_with_is_the_issuer(title: str, table: TickerTable) -> None:
    assert tickers(title, ("QLMK",), table) == ("ZRVN", "QLMK")


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("Zorvane Announces Topline Results", "ZRVN"),
        ("Zorvane Therapeutics Reports Third Quarter Results", "ZRVN"),
        ("BZ: Zorvane Clocks 90% Revenue Surge", "ZRVN"),
        ("UPDATE - Zorvane Receives Nasdaq Notice", "ZRVN"),
        ("ZORVANE THERAPEUTICS, INC. ANNOUNCES REVERSE SPLIT", "ZRVN"),
        ("Zorvane (ZRVN) Announces Reverse Split", "ZRVN"),
        # the hinted company stands there too, or may under another name
        ("Zorvane and Quellmark Announce a Venture", "QLMK"),
        ("Zorvane to Acquire Quellmark", "QLMK"),
        ("Zorvane Announces Pricing of Offering by Quellmark", "QLMK"),
        ("Zorvane Announces Partnership for Sensors", "QLMK"),
        ("Zorvane Selected to Work with Arlington Sensors", "QLMK"),
        # nobody is named before the verb
        ("Silver Is a Metal for Investors", "QLMK"),
        ("Phase 3 Trial Meets Its Endpoint", "QLMK"),
        ("FDA - Food and Drug Agency Approves a Drug", "QLMK"),
        ("ICYMI: A Week of Deals", "QLMK"),
        ("Artificial Sensors (ASX) Market Projected to Grow", "QLMK"),
        ("A Leading Token (HXD) Wins Over a Community", "QLMK"),
    ],
)
def test_the_company_a_headline_opens_with(title: str, first: str) -> None:
    assert tickers(title, ("QLMK",), TABLE)[0] == first


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        (("QLMK", "ZRVN"), ("ZRVN", "QLMK")),
        (("HXD", "QLMK", "ZRVN"), ("ZRVN", "HXD", "QLMK")),
        (("ZRVN", "QLMK"), ("ZRVN", "QLMK")),
        (("ZRVNW",), ("ZRVNW",)),
    ],
)
def test_the_hint_the_headline_opens_with_goes_first(hints: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert tickers("Zorvane Reports Third Quarter Results", hints, TABLE) == expected


@pytest.mark.parametrize(
    "title",
    [
        "BZ: Brazoria Potash Tells a Desk About Its Contract",
        "AI - The Next Generation of Sensors",
        "Brand Engines Network (BEN) Is Setting the Standard",
        "Nano Tokens (NTK) Wins Over a Community",
    ],
)
def test_without_a_table_an_abbreviation_is_no_ticker(title: str) -> None:
    assert tickers(title, ("GROX",), EMPTY) == ("GROX",)


@given(st.text(max_size=500), st.lists(st.sampled_from(["ZRVN", "QLMK", "NEWX"]), min_size=1, max_size=3))
def test_any_headline_is_answered(title: str, hints: list[str]) -> None:
    for table in (TABLE, EMPTY):
        assert isinstance(issuer_of(title, hints, table), str)


@given(st.text("AB.", max_size=2), st.text("AB1é -(.", max_size=8))
def test_a_word_stands_alone_as_its_expression_says(word: str, text: str) -> None:
    said = re.search(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", text)
    assert _stands_alone(word, text) == bool(said)
