"""Addresses in, filters out, and back."""

from __future__ import annotations

import contextlib
import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.types import WatchRow
from screener.web.query import (
    POLARITIES,
    SESSIONS,
    SORTS,
    BadQuery,
    Filters,
    address,
    order,
    read_filters,
    read_ticker,
    select,
)

NOW = dt.datetime(2026, 3, 12, 22, tzinfo=dt.UTC)
words = st.text("abcdefghijklmnopqrstuvwxyz_0123456789", min_size=1, max_size=20)
numbers = st.none() | st.floats(-1e12, 1e12).map(lambda x: float(f"{x:.6g}"))
moments = st.integers(631_200_000, 4_070_900_000).map(lambda s: dt.datetime.fromtimestamp(s, dt.UTC))
filters = st.builds(
    Filters,
    day=st.none() | st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)),
    as_of=st.none() | moments,
    catalyst=st.lists(words, max_size=3, unique=True).map(tuple),
    polarity=st.lists(st.sampled_from(list(POLARITIES)), max_size=3, unique=True).map(tuple),
    session=st.sampled_from(["", *SESSIONS]),
    source=st.just("") | words,
    action=st.just("") | words,
    min_score=numbers,
    max_cap=numbers,
    min_rvol=numbers,
    sort=st.sampled_from([*SORTS, *(f"-{s}" for s in SORTS)]),
    page=st.integers(1, 10_000),
)


@given(filters)
def test_an_address_reads_back_as_it_was_written(f: Filters) -> None:
    args = parse_qs(urlsplit(address(f, page=f.page)).query)
    assert read_filters(args) == f


NAMES = ["day", "at", "as_of", "catalyst", "polarity", "session", "source", "min_score", "sort", "page"]


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.text(max_size=30), max_size=3)))
def test_any_address_is_read_or_refused(args: dict[str, list[str]]) -> None:
    with contextlib.suppress(BadQuery):
        assert read_filters(args).sort.removeprefix("-") in SORTS


def row(**values: object) -> WatchRow:
    known: dict[str, object] = {
        "run_id": "r", "day": NOW.date(), "rank": 1, "ticker": "AAAA", "score": 1.0, "catalyst": "earnings", "as_of": NOW
    }  # fmt: skip
    return WatchRow(**(known | values))  # type: ignore[arg-type]


def test_unknown_numbers_stand_last_both_ways() -> None:
    rows = [row(rank=1, ticker="A"), row(rank=2, ticker="B", rvol=2.0), row(rank=3, ticker="C", rvol=9.0)]
    assert [r.ticker for r in order(rows, "rvol")] == ["C", "B", "A"]
    assert [r.ticker for r in order(rows, "-rvol")] == ["B", "C", "A"]


def test_equal_rows_keep_their_rank() -> None:
    rows = [row(rank=2, ticker="B", rvol=2.0), row(rank=1, ticker="A", rvol=2.0)]
    assert [r.ticker for r in order(rows, "rvol")] == ["A", "B"]
    assert [r.ticker for r in order(rows, "-rvol")] == ["A", "B"]


def test_a_change_of_filter_goes_to_the_first_page() -> None:
    assert address(Filters(page=3, sort="score"), session="pre") == "/?session=pre&sort=score"


@pytest.mark.parametrize("text", ["", "TOOLONGTICKER", "A B", "<B>", "é", "..", "-A"])
def test_no_ticker(text: str) -> None:
    with pytest.raises(BadQuery):
        read_ticker(text)


def test_tickers() -> None:
    assert read_ticker("brk.b") == "BRK-B"


@pytest.mark.parametrize(("wanted", "kept"), [("reverse_split", 1), ("trading_halt", 1), ("split", 0), ("s2", 0)])
def test_filter_finds_a_further_catalyst_of_a_row(wanted: str, kept: int) -> None:
    from tests.alerts.making import row

    listed = [row(others=("s2 reverse_split", "s:3 trading_halt"))]
    assert len(select(listed, Filters(catalyst=(wanted,)), {})) == kept
