"""Addresses in, filters out, and back."""

from __future__ import annotations

import contextlib
import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.engine.selection import Beside, order, select
from screener.types import WatchRow
from screener.web.query import (
    NUMBERS,
    POLARITIES,
    SESSIONS,
    SIDES,
    SORTS,
    BadQuery,
    Filters,
    address,
    read_filters,
    read_ticker,
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
    side=st.lists(st.sampled_from(list(SIDES)), max_size=3, unique=True).map(tuple),
    session=st.lists(st.sampled_from(SESSIONS), max_size=3, unique=True).map(tuple),
    source=st.lists(words, max_size=3, unique=True).map(tuple),
    action=st.lists(words, max_size=3, unique=True).map(tuple),
    exchange=st.lists(st.sampled_from(["Nasdaq", "NYSE", "NYSE American"]), max_size=2, unique=True).map(tuple),
    sector=st.lists(st.sampled_from(["Health Care", "Finance, Insurance"]), max_size=2, unique=True).map(tuple),
    ticker=st.lists(st.sampled_from(["QBLA", "BRK-B"]), max_size=2, unique=True).map(tuple),
    own=st.booleans(),
    all=st.booleans(),
    apart=st.booleans(),
    max_age=numbers,
    **dict.fromkeys(NUMBERS, numbers),
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
    assert address(Filters(page=3, sort="score"), session=("pre",)) == "/?session=pre&sort=score"


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
    assert len(select(listed, Filters(catalyst=(wanted,)).wanted())) == kept


@pytest.mark.parametrize(
    ("given", "value"),
    [("300M", 3e8), ("1.5bn", 1.5e9), ("$250k", 250_000.0), ("-5", -5.0), ("12%", 12.0), ("50e6", 5e7)],
)
def test_amounts_are_read_as_people_write_them(given: str, value: float) -> None:
    assert read_filters({"max_cap": [given]}).max_cap == value


def test_every_filter_counts_and_none_drops_another() -> None:
    f = read_filters({"action": ["avoid", "watch"], "max_cap": ["1e9"], "catalyst": ["earnings", "reverse_split"]})
    assert (f.action, f.max_cap, f.catalyst) == (("avoid", "watch"), 1e9, ("earnings", "reverse_split"))
    assert (
        address(f, max_cap=5e8)
        == "/?action=avoid&action=watch&catalyst=earnings&catalyst=reverse_split&max_cap=500000000"
    )


def test_limits_on_every_number_and_the_age() -> None:
    told = row(
        price=2.0, float_shares=5e6, dollar_volume=2e6, since_news_pct=-4.0, published=NOW - dt.timedelta(hours=3)
    )
    for name, low, high in (("price", 1, 3), ("float", 1e6, 1e7), ("dollar_volume", 1e6, 3e6), ("since_news", -5, 0)):
        for value, kept in ((low, 1), (high, 0)):
            limit = read_filters({f"min_{name}": [str(value)]}).wanted()
            assert len(select([told], limit)) == kept, (name, value)
            assert len(select([row()], limit)) == 0
    young = [read_filters({"max_age": [text]}).wanted() for text in ("2", "179 min", "3h", "1day")]
    assert [len(select([told, row()], w, Beside(moment=NOW))) for w in young] == [0, 0, 1, 1]
    for text in ("soon", "4M", "nan", "-1h", "1e999"):
        with pytest.raises(BadQuery, match="span of time"):
            read_filters({"max_age": [text]})


def test_the_old_name_of_a_sort_still_works() -> None:
    assert read_filters({"sort": ["-volume"]}).sort == "-dollar_volume"
