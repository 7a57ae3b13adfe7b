"""Every exchange's, tape's and service's spelling of one line gives one ticker; tickers are invented."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.language.symbols import plain_ticker, root_of, typed_ticker

LINES = {
    "QHL-B": ["QHL.B", "QHL-B", "QHL/B", "QHL B", "qhl.b", " qhl b ", "$QHL.B", "QHL.B US", "QHL/B US Equity"],
    "QHL-PB": [
        "QHL.PRB",
        "QHL PRB",
        "QHLpB",
        "QHL-PB",
        "QHL^B",
        "QHL.PR.B",
        "QHL PR B",
        "QHL-P-B",
        "QHLprB",
        "QHL/PRB",
    ],
    "QHL-PR": ["QHL-PR", "QHL^R", "QHLpR", "QHL.PRR"],
    "QHL-P": ["QHL.PR", "QHL PR", "QHLp", "QHL^", "QHL-P", "QHL.PFD"],
    "QHL-WT": ["QHL.WS", "QHL/WS", "QHL WS", "QHL+", "QHL-WT", "QHL.W", "QHL-WS", "QHL.WT"],
    "QHL-WTA": ["QHL.WS.A", "QHL+A", "QHL WSA", "QHL-WTA", "QHL/WS/A", "QHL.WSA"],
    "QHL-UN": ["QHL.U", "QHL U", "QHL=", "QHL-UN", "QHL/U", "QHL.UN"],
    "QHL-RI": ["QHL.RT", "QHL RT", "QHLr", "QHL-RI", "QHL.R", "QHL-R"],
    "QHL-WI": ["QHL.WI", "QHL#", "QHLw", "QHL-WI", "QHL WI"],
    "QHL-WD": ["QHL$", "QHL.WD"],
    "QHL": ["QHL", "qhl", "$QHL", "QHL US", "QHL:US", "QHL-US", "QHL UW Equity", "QHL.OQ", "QHL.PK"],
    "^VIX": ["^VIX", "^vix"],
    "QHLW": ["QHLW", "qhlw"],
}


@pytest.mark.parametrize(("text", "plain"), [(t, p) for p, texts in LINES.items() for t in texts])
def test_one_line_one_ticker(text: str, plain: str) -> None:
    assert plain_ticker(text) == plain


@given(st.text(max_size=12) | st.from_regex(r"[A-Z]{1,5}[.\-/^ +=#$pwr]{0,2}[A-Z]{0,3}", fullmatch=True))
def test_the_normal_form_is_its_own(text: str) -> None:
    once = plain_ticker(text)
    assert plain_ticker(once) == once


def test_the_recorded_table_is_written_in_it(shared: Path) -> None:
    rows = json.loads((shared / "tickers" / "company_tickers_exchange.json").read_text())["data"]
    tickers = [r[2] for r in rows]
    assert len(tickers) > 10_000 and [plain_ticker(t) for t in tickers] == tickers


def test_the_root_is_the_company() -> None:
    assert {root_of(plain_ticker(t)) for texts in LINES.values() for t in texts} == {"QHL", "^VIX", "QHLW"}


@pytest.mark.parametrize(
    ("typed", "ticker"),
    [
        ("qzaa", "QZAA"),
        (" $qzaa ", "QZAA"),
        ("NASDAQ:QZAA", "QZAA"),
        ("nyse american: qhl/b", "QHL-B"),
        ("OTCQB:QZAAF", "QZAAF"),
        ("XNAS:QZAA", "QZAA"),
        ("QHLpD", "QHL-PD"),
        ("QZAA:US", "QZAA"),
        ("", ""),
    ],
)
def test_typed(typed: str, ticker: str) -> None:
    assert typed_ticker(typed) == ticker
