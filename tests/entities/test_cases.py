"""The recorded small inputs of symbols and venues, and variants of each kind. All companies are invented."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from screener.entities.mentions import find_mentions
from screener.entities.resolve import resolve
from screener.entities.tickers import TickerTable, parse_table
from screener.types import Item, Listing

NOW = dt.datetime(2026, 3, 12, 12, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def cases(shared: Path) -> Path:
    return shared.parent / "cases" / "facts"


def tickers_of(
    body: str = "",
    table: TickerTable | None = None,
    title: str = "News",
    hints: tuple[str, ...] = (),
    cik: int | None = None,
) -> tuple[str, ...]:
    item = Item(source="t", source_id="1", title=title, body=body, received=NOW, ticker_hints=hints, cik=cik)
    return resolve(item, table or TickerTable()).tickers


def read(cases: Path, name: str) -> dict[str, dict[str, str]]:
    return {r["source_id"]: r for r in map(json.loads, (cases / name).read_text().splitlines())}


def test_ticker_order(cases: Path) -> None:
    table = TickerTable(parse_table((cases / "01_tickers.json").read_bytes(), "t"))
    found = []
    for r in map(json.loads, filter(None, (cases / "01_ticker_order.jsonl").read_text().splitlines())):
        item = Item(
            source="t",
            source_id="1",
            title=r["title"],
            received=NOW,
            cik=int(r["cik"]) if "cik" in r else None,
            company=r.get("company", ""),
        )
        found.append(resolve(item, table).tickers[0])
    assert found == ["SVR", "SEGQ", "TBHQ", "MQTT", "UAQA"]


def test_symbol_lists(cases: Path) -> None:
    table = TickerTable(parse_table((cases / "tickers.json").read_bytes(), "t"))
    found = [tickers_of(r["body"], table) for r in read(cases, "14_symbol_lists.jsonl").values()]
    assert found == [
        ("FQXA", "FQX"),
        ("LZTYA", "LZTYB", "LZTYK"),
        ("UVCA", "UVCAU", "UVCAW"),
        ("ZORV", "ZORVW"),
        ("QHL-B", "QHL-A"),
    ]


def test_venues(cases: Path) -> None:
    for r in read(cases, "15_venues.jsonl").values():
        found = [m.ticker for m in find_mentions(r["body"]) if m.country_us]
        if (
            any(v in r["body"] for v in ("NYSE", "PINK", "Pink", "OTC", "LTSE", "CBOE", "Expert", "XNAS"))
            and "UVC)" in r["body"]
        ):
            assert found == ["UVC"], r["body"]


@pytest.mark.parametrize(
    "venue",
    [
        "NYSE-A", "NYSE - A", "NYSE AMER", "NYSE Amer.", "NYSE American LLC", "NYSE American, LLC", "NYSEAMERICAN", "NYSEAM",
        "NYSE: American", "NYSE American Exchange", "NYSE/American", "NYSE MKT LLC",
        "PINK", "Pinks", "Pink Limited Market", "Pink Current",
        "Other OTC", "OTC Other", "USOTC", "US OTC", "U.S. OTC", "OTCQB", "OTC-QB", "OTC Pink No Information", "Grey Market",
        "Expert Market", "OTCBB", "OTC Markets Group", "XNAS", "XNYS", "XASE", "ARCX", "XOTC", "PINX", "NASD", "NasdaqGSM",
        "Nasdaq Stock Market, LLC", "The Nasdaq Capital Market LLC", "NASDAQ-NMS", "Nasdaq Ticker", "NASDAQ symbol", "LTSE",
        "Long-Term Stock Exchange", "CBOE BZX", "NYSEARCA", "NYSE Texas",
    ],
)  # fmt: skip
@pytest.mark.parametrize("colon", [": ", ":", " : "])
def test_venues_of_the_united_states(venue: str, colon: str) -> None:
    assert tickers_of(f"Umber Vale Corp ({venue}{colon}UVC) announced a contract.") == ("UVC",)


@pytest.mark.parametrize(
    "venue",
    [
        "TSXV",
        "TSX-V",
        "TSX.V",
        "TSX Venture",
        "CSE",
        "XTSX",
        "XTSE",
        "XLON",
        "XASX",
        "AIM",
        "FSE",
        "Cboe CA",
        "XETR",
        "NEOE",
    ],
)
def test_venues_abroad(venue: str) -> None:
    assert tickers_of(f"Umber Vale Corp ({venue}: UVC) announced a contract.") == ()
    assert tickers_of(f"Umber Vale Corp ({venue}: UVC; OTCQB: UVCFF) announced a contract.") == ("UVCFF",)


@pytest.mark.parametrize(
    ("listed", "tickers"),
    [
        ("NYSE: KLMA, KLMB", ("KLMA", "KLMB")),
        ("NYSE: KLM.A and KLM.B", ("KLM-A", "KLM-B")),
        ("Nasdaq: KLMNW, KLMN", ("KLMN", "KLMNW")),
        ("Nasdaq: KLMNU, KLMN, KLMNR", ("KLMN", "KLMNU", "KLMNR")),
        ("NYSE American: KLM.WS; KLM", ("KLM", "KLM-WT")),
        ("NYSE: KLM.U, KLM, KLM.WS", ("KLM", "KLM-UN", "KLM-WT")),
        ("NYSE: KLM PRA, KLM", ("KLM", "KLM-PA")),
        ("NYSE: KLMpB / KLM", ("KLM", "KLM-PB")),
        ("Nasdaq: KLMNP | KLMN", ("KLMN", "KLMNP")),
        ("Nasdaq: KLMN; Nasdaq: KLMNZ; Nasdaq: KLMNW", ("KLMN", "KLMNZ", "KLMNW")),
        ("NASDAQ | KLMN", ("KLMN",)),
        ("NASDAQ/KLMN", ("KLMN",)),
        ('NASDAQ="KLMN"', ("KLMN",)),
        ("NYSE American (KLM)", ("KLM",)),
    ],
)
def test_symbol_list_variants(listed: str, tickers: tuple[str, ...]) -> None:
    assert tickers_of(f"Klemmer Works Inc. ({listed}) announced a contract.") == tickers
    assert tickers_of(title=f"Klemmer Works ({listed}) Wins Contract") == tickers


TABLE = TickerTable(
    Listing(ticker=t, name=n, exchange=e, cik=c)
    for c, n, t, e in [
        (1, "Sarvello Investment Corp.", "SVR", "NYSE"),
        (1, "Sarvello Investment Corp.", "SVJ", "NYSE"),
        (2, "Klemmer Works Inc.", "KLM", "NYSE"),
        (2, "Klemmer Works Inc.", "KLM-WT", "NYSE"),
        (2, "Klemmer Works Inc.", "KLM-PD", "NYSE"),
        (3, "Listed Parent Holdings", "LPH", "Nasdaq"),
    ]
)


@pytest.mark.parametrize(
    ("hints", "tickers"),
    [
        (("NYSE:SVJ", "NYSE:SVR"), ("SVR", "SVJ")),
        (("SVJ", "SVR"), ("SVR", "SVJ")),
        (("NYSE:SVR28", "SVR"), ("SVR",)),
        (("US80349A2087", "SVR"), ("SVR",)),
        (("SVQ", "SVR"), ("SVR", "SVQ")),
        (("KLM.WS", "KLM"), ("KLM", "KLM-WT")),
        (("KLM-D",), ("KLM-PD",)),
        (("SVR US",), ("SVR",)),
        (("SVR:US",), ("SVR",)),
        (("XNYS:SVR",), ("SVR",)),
        (("SVX.TO", "SVR"), ("SVR",)),
        (("NEWCO",), ("NEWCO",)),
        (("ORPH.CO",), ()),
    ],
)
def test_hints(hints: tuple[str, ...], tickers: tuple[str, ...]) -> None:
    assert tickers_of("Sarvello (NYSE: SVR) announced a contract.", TABLE, hints=hints) == (tickers or ("SVR",))


def test_a_warrant_alone_brings_the_common_stock() -> None:
    assert tickers_of("Klemmer Works (NYSE: KLM.WS) announced a contract.", TABLE) == ("KLM", "KLM-WT")
