"""Every spelling of an exchange-qualified ticker that releases and feeds use; names and tickers are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.entities.mentions import find_mentions

ONE = [
    ("Zorvane Inc. (NASDAQ: ZORV) today", "ZORV", "Nasdaq"),
    ("(Nasdaq:ZORV)", "ZORV", "Nasdaq"),
    ("( NASDAQ : ZORV )", "ZORV", "Nasdaq"),
    ("(NYSE American: ZRV)", "ZRV", "NYSE American"),
    ("NYSE-American: ZRV rose", "ZRV", "NYSE American"),
    ("(NYSEAMERICAN:ZRV)", "ZRV", "NYSE American"),
    ("(NYSE MKT: ZRV)", "ZRV", "NYSE American"),
    ("(NYSE American – ZRV)", "ZRV", "NYSE American"),
    ("(AMEX: ZRV)", "ZRV", "NYSE American"),
    ("(NYSE: ZRV.A)", "ZRV-A", "NYSE"),
    ("(NYSE:ZRV/B)", "ZRV-B", "NYSE"),
    ("(NYSE: ZRV-PD)", "ZRV-PD", "NYSE"),
    ("(NYSE: ZRV.WS)", "ZRV-WT", "NYSE"),
    ("(New York Stock Exchange: ZRV)", "ZRV", "NYSE"),
    ("(NYSE Arca: ZRVX)", "ZRVX", "NYSE Arca"),
    ("(Cboe: ZRV)", "ZRV", "Cboe"),
    ("(Nasdaq Capital Market: ZORV)", "ZORV", "Nasdaq"),
    ("(Nasdaq Global Select Market: ZORV)", "ZORV", "Nasdaq"),
    ("(NASDAQ-CM: ZORV)", "ZORV", "Nasdaq"),
    ("(NasdaqGS: ZORV)", "ZORV", "Nasdaq"),
    ("(NasdaqCM: ZORV)", "ZORV", "Nasdaq"),
    ("(OTCQB: ZRVF)", "ZRVF", "OTC"),
    ("(OTCQX Best Market: ZRVF)", "ZRVF", "OTC"),
    ("(OTCQB Venture Market: ZRVF)", "ZRVF", "OTC"),
    ("(OTC Pink: ZRVF)", "ZRVF", "OTC"),
    ("(OTC Pink Current: ZRVF)", "ZRVF", "OTC"),
    ("(OTC Markets: OTCQB: ZRVF)", "ZRVF", "OTC"),
    ("(OTC Pink: OPEN)", "OPEN", "OTC"),
    ("(OTCPK: ZRVF)", "ZRVF", "OTC"),
    ("(OTC.PK: ZRVF)", "ZRVF", "OTC"),
    ("(OTCMKTS: ZRVF)", "ZRVF", "OTC"),
    ("(OTCID: ZRVF)", "ZRVF", "OTC"),
    ("Other OTC:ZRVF", "ZRVF", "OTC"),
    ("Nasdaq:ZORV", "ZORV", "Nasdaq"),
    ('Zorvane Inc. (the "Company") (NASDAQ: ZORV), a maker', "ZORV", "Nasdaq"),
    ("Zorvane [NASDAQ: ZORV]", "ZORV", "Nasdaq"),
    ("（ＮＡＳＤＡＱ：ＺＯＲＶ）", "ZORV", "Nasdaq"),
    ("(NASDAQ:\u00a0ZORV)", "ZORV", "Nasdaq"),
    ("<b>NASDAQ:</b> ZORV", "ZORV", "Nasdaq"),
    ("(<strong>NASDAQ</strong>: <a href='x'>ZORV</a>)", "ZORV", "Nasdaq"),
    ("(NASDAQ:&nbsp;ZORV)", "ZORV", "Nasdaq"),
    ("**(NASDAQ: ZORV)**", "ZORV", "Nasdaq"),
    ("(nasdaq: zorv)", "ZORV", "Nasdaq"),
    ("(nyse american: ZRV)", "ZRV", "NYSE American"),
    ("nasdaq:zorv", "ZORV", "Nasdaq"),
    ("(NASDAQ ZORV)", "ZORV", "Nasdaq"),
    ("(NASDAQ: $ZORV)", "ZORV", "Nasdaq"),
    ("(Nasdaq: “ZORV”)", "ZORV", "Nasdaq"),
    ("(Nasdaq ticker: ZORV)", "ZORV", "Nasdaq"),
    ("(“Zorvane”; Nasdaq: ZORV)", "ZORV", "Nasdaq"),
    ("(Zorvane, Nasdaq: ZORV)", "ZORV", "Nasdaq"),
    ("(Nasdaq: ZORV, “Zorvane” or the “Company”)", "ZORV", "Nasdaq"),
    ("(Nasdaq: ZORV, ISIN: US0000000000)", "ZORV", "Nasdaq"),
    ("shares trade on the Nasdaq Capital Market under the symbol “ZORV”.", "ZORV", "Nasdaq"),
    ("to trade on NYSE American under the new ticker symbol ZRV", "ZRV", "NYSE American"),
    ("(Euronext & NASDAQ: ZORV)", "ZORV", "Nasdaq"),
    ("(NYSE and TSX: ZRV)", "ZRV", "NYSE"),
    ("(TSX/NYSE: ZRV)", "ZRV", "NYSE"),
    ("(Nasdaq: NA)", "NA", "Nasdaq"),
    ("(NYSE: NAN)", "NAN", "NYSE"),
    ("(Nasdaq: ON)", "ON", "Nasdaq"),
    ("(Nasdaq: TRUE)", "TRUE", "Nasdaq"),
    ("Zorvane (NYSE: Z) and", "Z", "NYSE"),
]


@pytest.mark.parametrize(("text", "ticker", "exchange"), ONE)
def test_one_ticker(text: str, ticker: str, exchange: str) -> None:
    found = [m for m in find_mentions(text) if m.country_us]
    assert [(m.ticker, m.exchange) for m in found] == [(ticker, exchange)]


SEVERAL = [
    ("(NASDAQ: ZORV, ZORVW)", ["ZORV", "ZORVW"], []),
    ("(NYSE: ZRV, ZRV.U, ZRV.WS, and ZRV.RT)", ["ZRV", "ZRV-UN", "ZRV-WT", "ZRV-RI"], []),
    ("(OTCQB: ZRVF; TSX.V: ZRX)", ["ZRVF"], ["ZRX"]),
    ("(TSX-V: ZRX)(OTCQX: ZRVF)", ["ZRVF"], ["ZRX"]),
    ("(TSX Venture: ZRX) (Frankfurt: 1ZV)", [], ["ZRX", "1ZV"]),
    ("(CSE: ZRX) (FSE: 1ZV) (OTC Pink: ZRVF)", ["ZRVF"], ["ZRX", "1ZV"]),
    ("(Cboe CA: ZRX) (OTCQX: ZRVF)", ["ZRVF"], ["ZRX"]),
    ("(ASX: ZRX; NASDAQ: ZORV)", ["ZORV"], ["ZRX"]),
    ("(Nasdaq : ZORV ; Euronext Paris : ZRX)", ["ZORV"], ["ZRX"]),
    ("(Nasdaq: ZORV / TSX: ZR.B)", ["ZORV"], ["ZR-B"]),
    ("Nasdaq: ZORV and TSX: ZRX", ["ZORV"], ["ZRX"]),
    ("(Nasdaq: ZORV NASDAQ: ZORVW)", ["ZORV", "ZORVW"], []),
    ("(Nasdaq Stockholm: ZRX)", [], ["ZRX"]),
    ("(NASDAQ: ZORV) and Quellmark (NYSE: QLM)", ["ZORV", "QLM"], []),
]


@pytest.mark.parametrize(("text", "us", "other"), SEVERAL)
def test_several(text: str, us: list[str], other: list[str]) -> None:
    found = find_mentions(text)
    assert [m.ticker for m in found if m.country_us] == us
    assert [m.ticker for m in found if not m.country_us] == other
    assert [m.country_us for m in found] == sorted((m.country_us for m in found), reverse=True)


NONE = [
    "Nasdaq: A strong day for small caps",
    "notice under Nasdaq Listing Rule 5550(a)(2)",
    "listed on the NYSE American (“NYSE American”)",
    "(formerly NASDAQ: ZOLD)",
    "Nasdaq Composite: 20,000",
    "the aim: ABC of investing",
    "The NYSE: Open for business",
    "(NASDAQ)",
    "(Nasdaq: the Company)",
    "",
]


@pytest.mark.parametrize("text", NONE)
def test_not_a_ticker(text: str) -> None:
    assert [m.ticker for m in find_mentions(text) if m.country_us] == []


VENUES = ["NASDAQ", "Nasdaq CM", "NYSE", "NYSE American", "OTCQB", "OTC Pink", "TSX.V", "CSE", "nasdaq", "Euronext"]
WORDS = st.sampled_from([*VENUES, "(", ")", ":", ";", ",", " and ", "ZORV", "ZORVW", "Zrv.A", " ", "<b>", "“", "\n"])


@given(st.one_of(st.text(), st.lists(WORDS, max_size=60).map("".join)))
def test_offsets_always_hold(text: str) -> None:
    for m in find_mentions(text):
        assert 0 <= m.start < m.end <= len(text)
        assert m.ticker[:1].isalnum() and m.ticker == m.ticker.upper()
        assert len({(x.start, x.end) for x in find_mentions(text)}) == len(find_mentions(text))


@given(st.text("ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=2, max_size=5), st.sampled_from(["NASDAQ", "NYSE", "OTCQB"]))
def test_any_ticker_in_brackets(ticker: str, venue: str) -> None:
    from screener.entities.mentions import NOT_SYMBOLS

    found = [m.ticker for m in find_mentions(f"Zorvane, Inc. ({venue}: {ticker}), a maker of valves")]
    assert found == ([] if ticker in NOT_SYMBOLS else [ticker])


def _steps(text: str) -> int:
    """Count lines run inside the scan, a measure of work that no clock disturbs."""
    import sys

    count = 0

    def trace(frame: object, event: str, arg: object) -> object:
        nonlocal count
        count += 1
        return trace

    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        find_mentions(text)
    finally:
        sys.settrace(None)
    return count


@pytest.mark.parametrize(
    "unit",
    ["NASDAQ ", "(NASDAQ: ", "(NASDAQ: ZORV, ", "NYSE and ", "((((", "formerly ", "<b", "Symbol: ZORV ", "ticker: "],
)
def test_work_grows_linearly(unit: str) -> None:
    small, large = _steps(unit * 200), _steps(unit * 2000)
    assert large <= small * 11 + 500


@pytest.mark.parametrize(
    "text",
    [
        "Zorvane, Inc. (Nasdaq; ZORV) said",
        "Zorvane, Inc. (NASDAQ, ZORV) said",
        "Zorvane, Inc. (Nasdaq CM; ZORV), a maker",
        'Zorvane, Inc., Nasdaq Symbol "ZORV", said',
        "Zorvane, Inc., Nasdaq ticker symbol: ZORV",
        "Zorvane, Inc. (Nasdaq Symbol ZORV)",
        "Zorvane (NYSE American symbol “ZORV”)",
        "Zorvane (NASDAQ Capital Market: ZORV)",
    ],
)
def test_exchange_and_symbol_in_other_words(text: str) -> None:
    assert [(m.ticker, m.country_us) for m in find_mentions(text)] == [("ZORV", True)]


@pytest.mark.parametrize(
    "text",
    ["(Ticker: ZORV)", "(Symbol: ZORV)", "Stock Symbol: ZORV", "Trading symbol: “ZORV”", "(ticker symbol: ZORV)"],
)
def test_a_symbol_without_its_exchange(text: str) -> None:
    (found,) = find_mentions(f"Zorvane, Inc. {text}")
    assert (found.ticker, found.exchange, found.country_us) == ("ZORV", "", False)


@pytest.mark.parametrize(
    "text",
    [
        "NASDAQ SYMBOL CHANGE",
        "(NYSE, LSE)",
        "(Nasdaq, the Exchange)",
        "the Zorv token (Symbol: ZORV)",
        "Symbol: zorv",
        "Ticker: A",
        "a symbol: THE end",
        "(Symbol: ZORV.TO)",
    ],
)
def test_words_about_symbols_are_none(text: str) -> None:
    assert find_mentions(text) == []
