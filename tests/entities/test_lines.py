"""Which of a company's lines is its common stock: by mark, name, exchange and the table's own order. All are invented."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from screener.entities.lines import common_first, line_of
from screener.entities.tickers import TickerTable, parse_table
from screener.types import Listing


@pytest.mark.parametrize(
    ("ticker", "name", "beside", "line"),
    [
        ("QHL-WTA", "", (), "warrant"),
        ("QHL-UN", "", (), "unit"),
        ("QHL-RI", "", (), "right"),
        ("QHL-P", "", (), "preferred"),
        ("QHL-PR", "", (), "preferred"),
        ("QHL-WI", "", (), "when issued"),
        ("QHL-B", "Quillan Holdings Class B Common Stock", (), "common"),
        ("QHLDW", "", ("QHLD",), "warrant"),
        ("QHLDW", "", (), "common"),
        ("QHLDP", "", ("QHLD",), "preferred"),
        ("QHLDL", "", ("QHLD",), "common"),
        ("QHLZ", "Quillan Holdings 7.50% Senior Notes due 2029", ("QHL",), "note"),
        ("QHLM", "Quillan Holdings Notes 2031", ("QHL",), "note"),
        ("QHLX", "Quillan Warrants to purchase one share of Common Stock", ("QHL",), "warrant"),
        ("QHL", "Quillan Common Stock and attached Preferred Rights", (), "common"),
        ("QHL", "Quillan Common Units representing limited partner interests", (), "common"),
        ("QRA", "Quillan Rite Aid Partners", (), "common"),
    ],
)
def test_line(ticker: str, name: str, beside: tuple[str, ...], line: str) -> None:
    assert line_of(ticker, name, beside) == line


def first(*tickers: str, exchange: str = "NYSE") -> str:
    rows = [Listing(ticker=t, name="Quillan Holdings", exchange=exchange, cik=1) for t in tickers]
    return common_first(rows)[0].ticker


@pytest.mark.parametrize(
    ("tickers", "common"),
    [
        (("QHR", "QHJ", "QHT"), "QHR"),
        (("QHJ", "QHR"), "QHJ"),
        (("QHLDU", "QHLD", "QHLDW"), "QHLD"),
        (("ZZKDW", "QHL"), "QHL"),
        (("QHL-PA", "QHL-WT", "QHL"), "QHL"),
        (("QHLA", "QHL"), "QHLA"),
        (("QHLDL", "QHLD"), "QHLDL"),
    ],
)
def test_the_tables_order_ranks_what_no_mark_tells(tickers: tuple[str, ...], common: str) -> None:
    assert first(*tickers) == common


def test_an_exchange_before_the_counter() -> None:
    rows = [Listing(ticker=t, name="Q", exchange=e, cik=1) for t, e in (("QHLFF", "OTC"), ("QHL", "Nasdaq"))]
    assert common_first(rows)[0].ticker == "QHL"


def test_the_recorded_table_keeps_its_order(shared: Path) -> None:
    rows = parse_table((shared / "tickers" / "company_tickers_exchange.json").read_bytes(), "table")
    kept, lost = TickerTable(rows), TickerTable(sorted(rows, key=lambda r: r.ticker))
    ciks = dict.fromkeys(r.cik for r in rows if r.cik is not None)
    changed = [c for c in ciks if kept.by_cik(c)[0].ticker != lost.by_cik(c)[0].ticker]
    assert len(changed) > 150
    assert {kept.by_cik(c)[0].ticker for c in changed} >= {"SAR", "HTGC", "MITT", "GOOGL"}


def test_the_recorded_lists_common_stock_is_common(shared: Path) -> None:
    """Of the companies with several lines, SEC's first is ours unless a mark, or the exchange, says otherwise."""
    rows = json.loads((shared / "tickers" / "company_tickers_exchange.json").read_text())["data"]
    table = TickerTable(
        parse_table(json.dumps({"fields": ["cik", "name", "ticker", "exchange"], "data": rows}).encode(), "t")
    )
    sec_first: dict[int, str] = {}
    for cik, _, ticker, _ in rows:
        sec_first.setdefault(cik, ticker)
    other = [t for c, t in sec_first.items() if table.by_cik(c)[0].ticker != t]
    assert len(other) < 10
