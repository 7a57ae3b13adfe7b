"""Whatever a file or a service holds, it ends in bars, problems or one of our errors."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screener.errors import InputError, PriceError
from screener.prices import alpaca, nasdaq, polygon, tiingo, yahoo
from screener.prices.base import PriceRequest
from screener.prices.cell_values import number, session_date
from screener.prices.file import read_bars
from screener.prices.replies import documented
from screener.prices.splits import parse_ratio, read_splits
from screener.types import Bar, Problem
from tests.prices.builders import AFTER_CLOSE, DAY

REQUEST = PriceRequest(tickers=("QZAA",), start=DAY, end=DAY, as_of=AFTER_CLOSE)
scalars = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=8)
anything = st.recursive(
    scalars, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=5), x, max_size=3)
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$1.23", 1.23),
        ("-4.5%", -4.5),
        ("+2.5%", 2.5),
        ("1,234,567", 1234567.0),
        ("($2.50)", -2.5),
        ("2.1M", 2.1e6),
        ("1.5B", 1.5e9),
        ("1e3", 1000.0),
        ("  7 ", 7.0),
        ("N/A", None),
        ("--", None),
        ("inf", None),
        (float("nan"), None),
        (3, 3.0),
    ],
)
def test_numbers_as_tables_write_them(text: object, value: float | None) -> None:
    assert number(text) == value


@given(scalars)
def test_a_number_is_finite_unknown_or_refused(cell: object) -> None:
    try:
        found = number(cell)
    except (ValueError, OverflowError):
        return
    assert found is None or math.isfinite(found)


@given(st.text(max_size=30))
def test_a_date_is_a_date_or_refused(cell: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(session_date(cell), dt.date)


cell = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(
    ["2025-12-11", "QZAA", "1.5", "0001-01-01", "-3", "1e999"]
)


@given(st.lists(st.lists(cell, max_size=5), max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_rows_under_a_good_header(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "bars.csv"
    path.write_text("ticker,date,close,volume,change_pct\n" + "\n".join(",".join(r) for r in rows), encoding="utf-8")
    for found in read_bars(path, now=AFTER_CLOSE):
        if isinstance(found, Bar):
            assert found.ticker and (found.close is None or found.close > 0)


@given(st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("name", ["bars.csv", "bars.csv.gz", "bars.parquet"])
def test_any_bytes(tmp_path: Path, name: str, body: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    with contextlib.suppress(InputError):
        assert all(isinstance(found, (Bar, Problem)) for found in read_bars(path, now=AFTER_CLOSE))


def shaken(base: Any) -> st.SearchStrategy[Any]:
    """An answer with one of its parts replaced by anything."""
    paths = [p for p in walk(base) if p]

    def replace(path: tuple[Any, ...], value: Any) -> Any:
        copy = json.loads(json.dumps(base))
        at = copy
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value
        return copy

    return st.builds(replace, st.sampled_from(paths), anything)


def walk(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for k, v in items for p in walk(v, (*path, k)))]


CHART = {
    "chart": {
        "result": [
            {
                "meta": {
                    "currency": "USD",
                    "instrumentType": "EQUITY",
                    "regularMarketTime": 1765483200,
                    "regularMarketPrice": 2.0,
                },
                "timestamp": [1765463400, 1765549800],
                "events": {"splits": {"1": {"date": 1765549800, "numerator": 1, "denominator": 20}}},
                "indicators": {
                    "quote": [{"close": [1, 2], "open": [1, 2], "high": [1, 2], "low": [1, 2], "volume": [1, 2]}]
                },
            }
        ],
        "error": None,
    }
}
ROWS = {
    "data": {"rows": [{"symbol": "QZAA", "lastsale": "$1", "volume": "5", "pctchange": "1%", "marketCap": "9"}]},
    "status": {"rCode": 200},
}
GROUPED = {"status": "OK", "results": [{"T": "QZAA", "o": 1, "h": 1, "l": 1, "c": 1, "v": 1}]}
TIINGO = [
    {"date": "2025-12-11T00:00:00.000Z", "open": 1, "high": 1, "low": 1, "close": 1, "volume": 1, "splitFactor": 1.0}
]
PAGE = {"bars": {"QZAA": [{"t": "2025-12-11T05:00:00Z", "o": 1, "h": 1, "l": 1, "c": 1, "v": 1}]}}
SNAPS = {"QZAA": {"latestTrade": {"t": "2025-12-11T15:00:00Z", "p": 1.0}, "latestQuote": {"bp": 1, "ap": 2},
                  "dailyBar": {"t": "2025-12-11T05:00:00Z", "c": 1}, "prevDailyBar": {"c": 1}}}  # fmt: skip


def read_chart(answer: Any) -> None:
    result = yahoo.result_of(answer, "QZAA")
    yahoo._answer(result, "QZAA", REQUEST, minutes=False)
    yahoo._answer(result, "QZAA", REQUEST, minutes=True)
    yahoo.snapshot(result, "QZAA", [])


READERS: dict[str, tuple[Any, Any]] = {
    "yahoo": (CHART, read_chart),
    "nasdaq": (ROWS, lambda a: nasdaq.parse(a, AFTER_CLOSE)),
    "polygon": (GROUPED, lambda a: polygon.parse(a, DAY)),
    "tiingo": (TIINGO, lambda a: tiingo.parse(a, "QZAA", REQUEST)),
    "alpaca bars": (PAGE, lambda a: alpaca.bars_of(a, "alpaca", REQUEST)),
    "alpaca snapshots": (SNAPS, lambda a: list(alpaca.quotes_of(a, "alpaca"))),
}


@pytest.mark.parametrize("name", list(READERS))
@given(data=st.data())
def test_an_answer_of_another_shape_is_a_price_error_or_bars(name: str, data: st.DataObject) -> None:
    base, read = READERS[name]
    answer = data.draw(shaken(base))
    with contextlib.suppress(PriceError), documented(name):
        read(answer)


@pytest.mark.parametrize(
    ("text", "ratio"), [("20", 20.0), ("1-for-20", 20.0), ("1:20", 20.0), ("4:1", 0.25), ("6.66", 6.66)]
)
def test_split_ratios(text: str, ratio: float) -> None:
    assert parse_ratio(text) == pytest.approx(ratio)


@pytest.mark.parametrize("text", ["", "x", "0", "-5", "1:0", "0:5", "1:2:3", "nan"])
def test_no_split_ratios(text: str) -> None:
    with pytest.raises(ValueError):
        parse_ratio(text)


def test_a_table_of_splits(tmp_path: Path) -> None:
    path = tmp_path / "splits.csv"
    path.write_text(
        "Symbol,Effective_Date,Split_Ratio\nqz.a,2025-12-11,20\nQZBB,soon,5\nQZCC,2025-12-11,0:5\n", encoding="utf-8"
    )
    found, problems = read_splits(path)
    assert found == {"QZ-A": {dt.date(2025, 12, 11): 20.0}}
    assert [p.subject for p in problems] == [f"{path}:3", f"{path}:4"]
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="no table of splits"):
        read_splits(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_splits(tmp_path / "absent.csv")
