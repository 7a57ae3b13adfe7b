"""A symbol without its exchange counts for the company the table has under it; a subsidiary's filing for its parent."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from screener.entities.resolve import resolve
from screener.entities.tickers import TickerTable
from screener.types import Item, Listing

NOW = dt.datetime(2025, 12, 12, 14, 0, tzinfo=dt.UTC)
TABLE = TickerTable(
    [
        Listing(ticker="ZORV", name="Zorvane Therapeutics, Inc.", exchange="Nasdaq", cik=1001),
        Listing(ticker="QLM", name="Quellmark Corp", exchange="NYSE", cik=1002),
    ]
)


def item(title: str = "News", **fields: Any) -> Item:
    return Item(**{"source": "wire", "source_id": "1", "title": title, "received": NOW, **fields})


@pytest.mark.parametrize("words", ["(Ticker: ZORV)", "(Stock Symbol: ZORV)", "Trading Symbol: ZORV"])
def test_of_a_company_so_named(words: str) -> None:
    text = f"Zorvane Therapeutics {words} said today that it priced its offering."
    assert resolve(item("Zorvane prices offering", body=text), TABLE).tickers == ("ZORV",)


def test_of_another_company_or_of_nobody() -> None:
    other = item("Zorrilla Minerals drills", body="Zorrilla Minerals (Symbol: ZORV) drilled.")
    assert resolve(other, TABLE).tickers == ()
    unknown = item("Blorp drills", body="Blorp Minerals (Symbol: BLRP) drilled.")
    assert resolve(unknown, TABLE).tickers == () and resolve(unknown, TickerTable()).tickers == ("BLRP",)


@pytest.mark.parametrize(
    ("ciks", "tickers"),
    [
        ((7001, 1001), ("ZORV",)),  # a subsidiary first, its listed parent behind
        ((1002, 7001, 1001), ("QLM", "ZORV")),
        ((7001, 7002), ()),
        ((1001, 1001), ("ZORV",)),
    ],
)
def test_all_parties_of_a_filing(ciks: tuple[int, ...], tickers: tuple[str, ...]) -> None:
    found = resolve(item("8-K", cik=ciks[0], ciks=ciks[1:], company="Zorvane Operating LLC", form="8-K"), TABLE)
    assert found.tickers == tickers
