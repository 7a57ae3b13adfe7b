"""Whose news it is: hints, the stated CIK, the title, the opening, the name; all companies are invented."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from screener.entities.resolve import resolve
from screener.entities.tickers import TickerTable
from screener.types import Item, Listing

NOW = dt.datetime(2025, 12, 12, 14, 0, tzinfo=dt.UTC)
TABLE = TickerTable(
    [
        Listing(ticker="ZORV", name="Zorvane Therapeutics, Inc.", exchange="Nasdaq", cik=1001),
        Listing(ticker="ZORVW", name="Zorvane Therapeutics, Inc.", exchange="Nasdaq", cik=1001),
        Listing(ticker="QLM", name="Quellmark Corp", exchange="NYSE", cik=1002),
    ]
)


def item(title: str = "News", **fields: Any) -> Item:
    return Item(**{"source": "wire", "source_id": "1", "title": title, "received": NOW, **fields})


def test_hints_come_first() -> None:
    found = resolve(item("Quellmark (NYSE: QLM) and Zorvane", ticker_hints=("Nasdaq:ZORV",)), TABLE)
    assert (found.tickers, found.cik, found.how, found.score) == (("ZORV",), 1001, "hint", 1.0)
    assert found.company == "Zorvane Therapeutics, Inc." and found.exchange == "Nasdaq"


def test_warrants_stand_behind_the_stock() -> None:
    assert resolve(item(ticker_hints=("ZORVW", "ZORV")), TABLE).tickers == ("ZORV", "ZORVW")


def test_an_unknown_hint_is_kept() -> None:
    for table in (TABLE, TickerTable()):
        found = resolve(item(ticker_hints=("nwco",)), table)
        assert (found.tickers, found.exchange, found.cik, found.how) == (("NWCO",), "", None, "hint")


def test_a_foreign_hint_is_no_ticker() -> None:
    assert resolve(item(ticker_hints=("TSX:ZORV", "Frankfurt:1ZV")), TABLE).tickers == ()
    assert resolve(item(ticker_hints=("TSX Venture:ZRX", "Other OTC:ZRVF")), TABLE).tickers == ("ZRVF",)


def test_the_stated_cik() -> None:
    found = resolve(item("8-K", form="8-K", cik=1001, body="with Quellmark (NYSE: QLM)"), TABLE)
    assert (found.tickers, found.how) == (("ZORV",), "cik")


def test_an_unknown_cik_is_kept() -> None:
    found = resolve(item("8-K", form="8-K", cik=77, company="Elsewhere Fund"), TABLE)
    assert (found.tickers, found.cik, found.company, found.how) == ((), 77, "Elsewhere Fund", "")


def test_the_title() -> None:
    found = resolve(item("Zorvane (NASDAQ: ZORV) expands", body="Quellmark (NYSE: QLM)"), TABLE)
    assert (found.tickers, found.how, found.secondary) == (("ZORV",), "title", ("QLM",))


def test_the_opening_names_the_issuer_before_its_partner() -> None:
    text = "OSLO -- Zorvane Therapeutics (NASDAQ: ZORV, ZORVW) today announced a pact with Quellmark (NYSE: QLM)."
    found = resolve(item("Zorvane signs", body=text), TABLE)
    assert (found.tickers, found.how, found.secondary) == (("ZORV", "ZORVW"), "lead", ("QLM",))


def test_a_partner_is_not_the_issuer() -> None:
    text = "LYON -- Privately held Dravik Labs today announced a supply pact with Quellmark Corp (NYSE: QLM)."
    found = resolve(item("Dravik Labs wins supply pact", body=text), TABLE)
    assert (found.tickers, found.secondary) == ((), ("QLM",))


def test_the_issuer_after_the_verb() -> None:
    text = "LYON -- Positive results were announced today by Zorvane (NASDAQ: ZORV)."
    assert resolve(item("Zorvane trial meets endpoint", body=text), TABLE).tickers == ("ZORV",)
    unknown = resolve(item("Trial", body="It was announced by Newco (NASDAQ: NWCO)."), TABLE)
    assert (unknown.tickers, unknown.score) == (("NWCO",), 0.5)


def test_the_name() -> None:
    found = resolve(item("Approval", company="ZORVANE THERAPS INC"), TABLE)
    assert (found.tickers, found.cik, found.how) == (("ZORV",), 1001, "name")


def test_the_parents_name() -> None:
    found = resolve(item("Award", company="Dravik Marine LLC", facts={"parent": "Quellmark Corporation"}), TABLE)
    assert (found.tickers, found.company, found.how) == (("QLM",), "Dravik Marine LLC", "name")


def test_nobody() -> None:
    found = resolve(item("Weather is fine"), TABLE)
    assert (found.tickers, found.cik, found.how, found.score) == ((), None, "", 0.0)


@given(st.text(max_size=80), st.text(max_size=300), st.lists(st.text(max_size=12), max_size=3))
def test_any_item_is_answered(title: str, body: str, hints: list[str]) -> None:
    found = resolve(item(title, body=body, ticker_hints=tuple(hints)), TABLE)
    assert 0.0 <= found.score <= 1.0
    assert all(t.strip() for t in found.tickers) and len(set(found.tickers)) == len(found.tickers)


def test_recorded_releases_resolve_from_their_words(shared: Any) -> None:
    """Hints taken away, the ticker found in the words is the one the source had attached."""
    import gzip
    import json

    from screener.entities.tickers import parse_table

    table = TickerTable(parse_table((shared / "tickers" / "company_tickers_exchange.json").read_bytes(), "recorded"))
    right = found = 0
    with gzip.open(shared / "wires" / "releases.jsonl.gz", "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            answer = resolve(item(record["title"], body=record["body"]), table)
            found += bool(answer.tickers)
            right += bool(answer.tickers) and answer.tickers[0] in record["tickers"]
    assert found > 1_950
    assert right / found > 0.99
