"""Filters, orders and amounts: what is understood, what is refused, and with which words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.config import RowFilter
from screener.engine.selection import NUMBERS, ORDERS, Beside, amount, order, prepared, select, shown
from screener.errors import InputError
from screener.types import WatchRow

IDS = {"reverse_split", "clinical_readout", "takeover_target"}


def row(ticker: str, rank: int = 1, **given: Any) -> WatchRow:
    moment = dt.datetime(2026, 3, 12, 22, tzinfo=dt.UTC)
    plain = {"run_id": "r", "day": moment.date(), "score": 100.0 - rank, "catalyst": "reverse_split", "as_of": moment}
    return WatchRow(**{**plain, "ticker": ticker, "rank": rank, **given})


def tickers(rows: list[WatchRow], **wanted: Any) -> list[str]:
    return [
        r.ticker
        for r in select(rows, prepared(RowFilter(**wanted), IDS), Beside(own={"OWN"}, sectors={"BIO": "Health"}))
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("300M", 300e6), ("2B", 2e9), ("1.5bn", 1.5e9), ("300e6", 300e6), ("$45m", 45e6), ("2,000,000", 2e6),
        ("2_000", 2000.0), ("250k", 250e3), (".5", 0.5), ("-12.5", -12.5), ("1 billion", 1e9), ("3T", 3e12),
    ],
)  # fmt: skip
def test_amounts_are_understood(text: str, value: float) -> None:
    assert amount(text) == value


@pytest.mark.parametrize(
    "text", ["", "M", "lots", "12,34", "1.2.3", "3x", "1e999", "nan", "inf", "--1", "300MM$", "1e"]
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"amount|too large"):
        amount(text)


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        value = amount(text)
    except InputError:
        return
    assert value == value and abs(value) != float("inf")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"catalyst": ("reverse_splt",)}, "did you mean reverse_split"),
        ({"side": ("upp",)}, "did you mean up"),
        ({"action": ("wach",)}, "did you mean watch"),
        ({"sort": "-chnge"}, "did you mean change"),
        ({"max_cap": "300 cows"}, "max_cap"),
        ({"max_cap": "-5"}, "below zero"),
        ({"min_price": 5.0, "max_price": "2"}, "no row can pass"),
    ],
)
def test_what_cannot_be_meant_is_named(wanted: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        prepared(RowFilter(**wanted), IDS)


def test_each_filter_keeps_what_it_says() -> None:
    rows = [
        row("UP", 1, side="+", action="Alert", change_pct=40.0, rvol=9.0, market_cap=50e6, exchange="NASDAQ"),
        row("OWN", 2, side="-", action="No Action", change_pct=-30.0, market_cap=900e6, catalyst="takeover_target"),
        row("BIO", 3, others=("abc123 clinical_readout",), price=0.4, session="pre", exchange="NYSE"),
    ]
    assert tickers(rows, side=("up",)) == ["UP"]
    assert tickers(rows, side=("unclear", "down")) == ["OWN", "BIO"]
    assert tickers(rows, action=("No Action",)) == ["OWN"]
    assert tickers(rows, catalyst=("clinical-readout",)) == ["BIO"]
    assert tickers(rows, min_change="10%") == ["UP"] and tickers(rows, max_change=-10.0) == ["OWN"]
    assert tickers(rows, max_cap="300M") == ["UP"] and tickers(rows, min_cap="300M", max_cap="2B") == ["OWN"]
    assert tickers(rows, exchange=("nasdaq",)) == ["UP"] and tickers(rows, session=("pre",)) == ["BIO"]
    assert tickers(rows, own=True) == ["OWN"] and tickers(rows, sector=("health",)) == ["BIO"]
    assert tickers(rows, ticker=("$bio", "NASDAQ:UP")) == ["UP", "BIO"]
    assert tickers(rows, max_price=1.0) == ["BIO"] and tickers(rows, limit=1) == ["UP"]


def test_the_lists_own_ids_of_further_catalysts_are_found() -> None:
    """Further catalysts are written "STORYID TYPE"; a type that is part of another's name must not match."""
    rows = [row("A", others=("s1 takeover_target",)), row("B", 2, others=("reverse_split_x takeover_target_2",))]
    assert tickers(rows, catalyst=("takeover_target",)) == ["A"]


@pytest.mark.parametrize("name", [*NUMBERS])
def test_an_unknown_number_passes_no_limit_and_sorts_last(name: str) -> None:
    field = {"change": "change_pct", "gap": "gap_pct", "float": "float_shares", "cap": "market_cap"}
    key = {"materiality": "materiality_pct", **field}.get(name, name)
    rows = [
        row("NONE", 1, **({key: None} if name != "score" else {})),
        row("LOW", 2, **{key: 1.0}),
        row("HIGH", 3, **{key: 9.0}),
    ]
    ordered = [r.ticker for r in order(rows, name)]
    back = [r.ticker for r in order(rows, f"-{name}")]
    if name == "score":
        assert ordered == ["NONE", "HIGH", "LOW"]
        return
    assert ordered == ["HIGH", "LOW", "NONE"] and back == ["LOW", "HIGH", "NONE"]
    for end in (f"min_{name}", f"max_{name}"):
        if end in RowFilter.__struct_fields__:
            assert "NONE" not in tickers(rows, **{end: 5.0})


def test_only_small_caps_are_shown_and_ranked_from_one() -> None:
    rows = [row("BIG", 3, outside="market cap", score=99.0), row("A", 1, score=90.0), row("B", 2, score=80.0)]
    assert [(r.ticker, r.rank) for r in shown(rows)] == [("A", 1), ("B", 2)]
    assert [(r.ticker, r.rank) for r in shown(rows, everything=True)] == [("BIG", 1), ("A", 2), ("B", 3)]


def test_every_sort_key_orders_rows_with_nothing_known() -> None:
    rows = [row("A", 1), row("B", 2)]
    for name in ORDERS:
        assert {r.ticker for r in order(rows, name)} == {"A", "B"}


def test_the_change_since_the_news_has_limits_and_an_order() -> None:
    rows = [row("NONE", 1), row("LOW", 2, since_news_pct=-5.0), row("HIGH", 3, since_news_pct=9.0)]
    assert tickers(rows, min_since_news="-6%", sort="since_news") == ["HIGH", "LOW"]
    assert tickers(rows, max_since_news=0.0) == ["LOW"]
    assert tickers(rows, sort="-since_news") == ["LOW", "HIGH", "NONE"]


def test_a_sector_by_its_name_or_a_part_of_it_and_as_an_order() -> None:
    rows = [row("A"), row("B", 2), row("C", 3), row("D", 4)]
    held = Beside(sectors={"A": "Technology", "B": "Biotechnology", "C": "Health Care"})

    def kept(*names: str, sort: str = "") -> list[str]:
        return [r.ticker for r in select(rows, prepared(RowFilter(sector=names, sort=sort), IDS), held)]

    assert kept("technology") == ["A"] and kept("tech") == ["A", "B"]  # a whole name means that sector alone
    assert kept("HEALTH", "Technology") == ["A", "C"] and kept("mining") == []
    assert kept(sort="sector") == ["B", "C", "A", "D"] and kept(sort="-sector") == ["A", "C", "B", "D"]


def test_news_source_and_age_are_filters_of_the_settings_too() -> None:
    moment = dt.datetime(2026, 3, 12, 22, tzinfo=dt.UTC)
    rows = [
        row("GOOD", 1, polarity="+", story_id="s1", source="wire", published=moment - dt.timedelta(minutes=30)),
        row("BAD", 2, polarity="-", story_id="s2", source="edgar", published=moment - dt.timedelta(hours=5)),
        row("UNDATED", 3, polarity="±", source="wire"),
    ]
    held = Beside(sources={"s1": ["edgar", "wire"]}, moment=moment)

    def kept(**wanted: Any) -> list[str]:
        return [r.ticker for r in select(rows, prepared(RowFilter(**wanted), IDS), held)]

    assert kept(polarity=("Good", "mixed")) == ["GOOD", "UNDATED"]
    assert kept(source=("edgar",)) == ["GOOD", "BAD"] and kept(source=("wire",)) == ["GOOD", "UNDATED"]
    assert kept(max_age=1.0) == kept(max_age="45 min") == ["GOOD"] and kept(max_age="2 days") == ["GOOD", "BAD"]
    for wrong in ({"polarity": ("god",)}, {"max_age": "-1"}, {"max_age": "1 year"}):
        with pytest.raises(InputError, match=r"good|span of time|below zero"):
            kept(**wrong)
