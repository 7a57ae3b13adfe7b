"""The ticker table: SEC's two files, lookups by ticker, CIK and name; all companies are invented."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.entities.tickers import TickerTable, parse_table, plain_ticker
from screener.errors import InputError
from screener.types import Listing

ROWS = [
    [1001, "Zorvane Therapeutics, Inc.", "ZORV", "Nasdaq"],
    [1001, "Zorvane Therapeutics, Inc.", "ZORVW", "Nasdaq"],
    [1002, "QUELLMARK CORP /DE/", "QLM-PA", "NYSE"],
    [1002, "QUELLMARK CORP /DE/", "QLM-WT", "NYSE"],
    [1002, "QUELLMARK CORP /DE/", "QLMFF", "OTC"],
    [1002, "QUELLMARK CORP /DE/", "QLM", "NYSE"],
    [1003, "Vantry Acquisition Corp II", "VTAC", "Nasdaq"],
    [1004, "Vantry Acquisition Corp III", "VTAD", "Nasdaq"],
    [1005, "Brixham Pharmaceuticals plc", "BRXP", "Nasdaq"],
    [1006, "Ostrander Bancorp", "OSTA", "OTC"],
    [1007, "Ostrander Bancorp, Inc.", "OSTB", "Nasdaq"],
    [1008, "Nano Labs Example Ltd", "NA", "Nasdaq"],
    [1009, "Municipal Example Fund", "NAN", None],
    [1010, "ON Example Corp", "ON", "Nasdaq"],
    [1011, "True Example Inc", "TRUE", "Nasdaq"],
    [1012, "Brown & Tarrant Industries Inc.", "BT-B", "NYSE"],
    [1013, "Sölvik Marine A/S", "SLVK", "NYSE"],
    [1014, "Halverton Dynamics Corp", "HVD", "NYSE"],
]
EXCHANGE_FILE = json.dumps({"fields": ["cik", "name", "ticker", "exchange"], "data": ROWS}).encode()
PLAIN_FILE = json.dumps({str(i): {"cik_str": r[0], "ticker": r[2], "title": r[1]} for i, r in enumerate(ROWS)}).encode()


@pytest.fixture(scope="module")
def table() -> TickerTable:
    return TickerTable(parse_table(EXCHANGE_FILE, "test"))


def test_both_files_give_the_same_companies() -> None:
    with_exchange, plain = parse_table(EXCHANGE_FILE, "a"), parse_table(PLAIN_FILE, "b")
    assert [(r.ticker, r.cik, r.name) for r in with_exchange] == [(r.ticker, r.cik, r.name) for r in plain]
    assert with_exchange[0].exchange == "Nasdaq" and plain[0].exchange == ""


@pytest.mark.parametrize("ticker", ["NA", "NAN", "ON", "TRUE"])
def test_words_that_are_tickers(table: TickerTable, ticker: str) -> None:
    found = table.by_ticker(ticker)
    assert found is not None and found.ticker == ticker


def test_an_unknown_exchange_is_empty(table: TickerTable) -> None:
    found = table.by_ticker("NAN")
    assert found is not None and found.exchange == ""


@pytest.mark.parametrize("text", ["BT-B", "BT.B", "bt/b", " BT B "])
def test_class_spellings(table: TickerTable, text: str) -> None:
    found = table.by_ticker(text)
    assert found is not None and found.ticker == "BT-B"


@pytest.mark.parametrize(
    ("text", "plain"),
    [("zorv", "ZORV"), ("$ZORV", "ZORV"), ("BT.B", "BT-B"), ("QLM^A", "QLM-PA"), ("QLM.WS", "QLM-WT"), ("A.U", "A-UN")],
)
def test_plain_ticker(text: str, plain: str) -> None:
    assert plain_ticker(text) == plain


def test_common_stock_first(table: TickerTable) -> None:
    assert [r.ticker for r in table.by_cik(1001)] == ["ZORV", "ZORVW"]
    assert [r.ticker for r in table.by_cik(1002)][:2] == ["QLM", "QLMFF"]
    assert table.by_cik(9999) == ()


@pytest.mark.parametrize(
    ("name", "ticker"),
    [
        ("Zorvane Therapeutics", "ZORV"),
        ("ZORVANE THERAPEUTICS, INC.", "ZORV"),
        ("The Quellmark Company", "QLM"),
        ("Quellmark Corporation (Ohio)", "QLM"),
        ("Quellmark Systems LLC", "QLM"),
        ("Vantry Acquisition Corporation II", "VTAC"),
        ("Vantry Acquisition Corp. III", "VTAD"),
        ("BRIXHAM PHARMS USA INC", "BRXP"),
        ("Brixham Pharmaceutical Plc", "BRXP"),
        ("Zorvane Therapeutcs Inc", "ZORV"),
        ("Brown and Tarrant Industries", "BT-B"),
        ("Solvik Marine AS", "SLVK"),
        ("Halverton Dynamics Rotary Mission Boats", "HVD"),
        ("Example Research Labs Div Zorvane Therapeutics", "ZORV"),
    ],
)
def test_names(table: TickerTable, name: str, ticker: str) -> None:
    found = table.by_name(name)
    assert found is not None and found.listing.ticker == ticker
    assert 90 <= found.score <= 100


@pytest.mark.parametrize(
    "name",
    [
        "Ostrander Bancorp",  # two companies
        "Vantry Acquisition Corp",  # a sister without numeral
        "Vantry Acquisition Corp IV",
        "Brixham Mining Ltd",  # another business
        "Zorvex Therapeutics Inc",
        "Quell",
        "ON",
        "Inc",
        "",
        "Unheard Of Things Inc",
    ],
)
def test_names_refused(table: TickerTable, name: str) -> None:
    assert table.by_name(name) is None


def test_an_exact_name_scores_full(table: TickerTable) -> None:
    found = table.by_name("Zorvane Therapeutics Inc")
    assert found is not None and found.score == 100


BROKEN = [
    (b"", "is empty"),
    (b"<html>Request Rate Threshold Exceeded</html>", "web page"),
    (EXCHANGE_FILE[:200], "cut off"),
    (b"\xff\xfe\x00\x01", "cut off or no JSON"),
    (b'{"fields": ["cik", "name"], "data": []}', "columns missing: ticker"),
    (b'{"fields": ["cik", "name", "ticker"], "data": []}', "holds no ticker"),
    (b'{"0": {"title": "x"}}', "lack ticker"),
    (b"[1, 2]", "not SEC's ticker table"),
    (b'"text"', "not SEC's ticker table"),
]


@pytest.mark.parametrize(("raw", "message"), BROKEN)
def test_broken_tables(raw: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as e:
        parse_table(raw, "table.json")
    assert str(e.value).startswith("table.json: ")


@given(st.binary(max_size=200))
def test_any_bytes_give_a_table_or_a_clear_error(raw: bytes) -> None:
    with contextlib.suppress(InputError):
        assert parse_table(raw, "table.json")


def test_rows_with_holes_are_left_out() -> None:
    raw = b'{"fields": ["ticker", "cik", "name"], "data": [["ZORV"], [null, 5, "x"], ["", 6, "y"], 7, ["QLM", "12", "Q"]]}'
    assert [(r.ticker, r.cik, r.name) for r in parse_table(raw, "t")] == [("ZORV", None, ""), ("QLM", 12, "Q")]


@given(st.text(max_size=40))
def test_any_name_is_answered(name: str) -> None:
    table = TickerTable([Listing(ticker="ZORV", name="Zorvane Therapeutics, Inc.", cik=1)])
    found = table.by_name(name)
    assert found is None or found.listing.ticker == "ZORV"


def test_the_recorded_table(shared: object) -> None:
    raw = (shared / "tickers" / "company_tickers_exchange.json").read_bytes()  # type: ignore[operator]
    rows = parse_table(raw, "recorded")
    table = TickerTable(rows)
    assert len(rows) == len(table) == 10_069
    assert all(table.by_ticker(t) for t in ("NA", "NAN", "ON", "TRUE"))
    firsts = [table.by_cik(r.cik)[0] for r in rows if r.cik is not None]
    assert not [r.ticker for r in firsts if r.ticker.endswith("-WT") and len(table.by_cik(r.cik or 0)) > 1]


def test_units_beside_warrants_or_rights_are_told() -> None:
    lines = {1: ["QHLD", "QHLDU", "QHLDW"], 2: ["ZRV", "ZRV-UN", "ZRV-RI"], 3: ["ABX", "ABXU"], 4: ["CDX", "CDXW"]}
    table = TickerTable(
        Listing(ticker=t, name="Example Inc", exchange="Nasdaq", cik=cik) for cik, found in lines.items() for t in found
    )
    assert table.with_units() == {"QHLD", "ZRV"}
