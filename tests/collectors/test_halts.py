"""Trade halts over loopback HTTP."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from screener.collectors.halts import CODES, PLUGIN, VOLATILITY, is_test_symbol
from screener.language.symbols import plain_ticker
from screener.types import Collected, FeedState
from tests.collectors.driving import BROKEN, NOW, answers, assert_survives, collect
from tests.server.app import WireServer

HEAD = """<?xml version="1.0" encoding="utf-8"?>\r
<rss version="2.0" xmlns:ndaq="http://www.nasdaqtrader.com/">\r
<channel><title>NASDAQTrader.com</title><pubDate>Wed, 04 Mar 2026 15:00:00 GMT</pubDate>"""


def row(
    symbol: str = "ZPHR",
    time: str = "09:41:07",
    code: str = "T1",
    resume: str = "",
    price: str = "",
    date: str = "03/04/2026",
) -> str:
    day = date if resume else ""
    return (
        f"<item><title>{symbol}</title><pubDate>Wed, 04 Mar 2026 05:00:00 GMT</pubDate>"
        f"<ndaq:HaltDate>{date}          </ndaq:HaltDate><ndaq:HaltTime>{time}      </ndaq:HaltTime>"
        f"<ndaq:IssueSymbol>{symbol}  </ndaq:IssueSymbol><ndaq:IssueName>Zephyra Robotics &amp; Co</ndaq:IssueName>"
        f"<ndaq:Market>NASDAQ</ndaq:Market><ndaq:ReasonCode>{code}</ndaq:ReasonCode>"
        f"<ndaq:PauseThresholdPrice>{price}</ndaq:PauseThresholdPrice><ndaq:ResumptionDate>{day}</ndaq:ResumptionDate>"
        f"<ndaq:ResumptionQuoteTime /><ndaq:ResumptionTradeTime>{resume}</ndaq:ResumptionTradeTime>"
        "<description><![CDATA[<table><tr><td>x</td></tr></table>]]></description></item>\r\n"
    )


def page(*rows: str) -> bytes:
    return (HEAD + "".join(rows) + "</channel></rss>").encode()


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


def read(
    server: WireServer, *pages: bytes, state: FeedState | None = None, as_of: dt.datetime | None = None
) -> Collected:
    server.route("/halts", answers(*pages, content_type="text/xml"))
    return collect(PLUGIN, server, "/halts", state=state, as_of=as_of, expect_title="NASDAQTrader")


def test_a_halt_gives_a_record_and_an_item(server: WireServer) -> None:
    got = read(server, page(row()))
    halted = dt.datetime(2026, 3, 4, 14, 41, 7, tzinfo=dt.UTC)
    (halt,), (item,) = got.halts, got.items
    assert (halt.ticker, halt.code, halt.halted, halt.resumed, halt.pause_price) == ("ZPHR", "T1", halted, None, None)
    assert (halt.name, halt.market, halt.received) == ("Zephyra Robotics & Co", "NASDAQ", NOW)
    assert item.title == "Trading halt: ZPHR Zephyra Robotics & Co - T1 news pending"
    assert (item.form, item.source_id, item.published, item.received) == (
        "HALT",
        "ZPHR-20260304T144107Z-T1",
        halted,
        NOW,
    )
    assert item.ticker_hints == ("ZPHR",)
    assert "volatility" not in item.facts
    assert got.problems == ()


def test_a_resumption_is_an_update_and_nothing_comes_twice(server: WireServer) -> None:
    first = read(server, page(row()))
    second = read(server, page(row(resume="10:30:00")), state=first.state)
    assert [i.source_id for i in second.items] == ["ZPHR-20260304T144107Z-T1-resumed"]
    assert second.items[0].title == (
        "Trading resumes: ZPHR Zephyra Robotics & Co at 2026-03-04 10:30:00 ET - T1 news pending"
    )
    assert second.items[0].published == NOW, "it was announced for later: known since now"
    assert second.halts[0].resumed == dt.datetime(2026, 3, 4, 15, 30, tzinfo=dt.UTC)
    assert read(server, page(row(resume="10:30:00")), state=second.state).items == ()


def test_volatility_pauses_are_flagged(server: WireServer) -> None:
    got = read(server, page(row(code="LUDP", price="1.2345", resume="09:46:07")))
    assert [i.facts.get("volatility") for i in got.items] == [True, True]
    assert got.halts[0].pause_price == 1.2345
    assert got.items[0].facts["pause_price"] == 1.2345


def test_summer_and_winter_time(server: WireServer) -> None:
    got = read(server, page(row(date="07/01/2025"), row(date="01/05/2026")))
    assert [h.halted.hour for h in got.halts] == [13, 14]


@pytest.mark.parametrize(
    "symbol", ["ZVZZT", "ZWZZT", "ZXZZT", "ZJZZT", "ZXYZ.A", "ZTEST", "NTEST.A", "ATEST", "CBO", "TESTA"]
)
def test_test_symbols_are_left_out(server: WireServer, symbol: str) -> None:
    got = read(server, page(row(symbol=symbol), row()))
    assert [h.ticker for h in got.halts] == ["ZPHR"]
    assert got.problems == ()


@pytest.mark.parametrize("symbol", ["TEST1", "ZZT", "ATE", "CBOE", "TSTA", "BRK.A", "NA", "ON", "TRUE"])
def test_real_looking_symbols_stay(symbol: str) -> None:
    assert not is_test_symbol(symbol)


def test_rows_without_sense_become_problems(server: WireServer) -> None:
    got = read(server, page(row(symbol=""), row(time="25:00:00"), row(date="0/0/0"), row(symbol="A*B"), row()))
    assert len(got.problems) == 4
    assert {p.kind for p in got.problems} == {"broken_entry"}
    assert [h.ticker for h in got.halts] == ["ZPHR"]


def test_replay_cuts_at_its_moment(server: WireServer) -> None:
    rows = page(row(resume="10:30:00"), row(symbol="LATE", time="11:00:00"))
    at = dt.datetime(2026, 3, 4, 15, 0, tzinfo=dt.UTC)
    got = read(server, rows, as_of=at)
    assert [h.ticker for h in got.halts] == ["ZPHR"]
    assert got.halts[0].resumed is None, "10:30 had not come"
    assert [(i.replayed, i.received == i.published) for i in got.items] == [(True, True)]
    later = read(server, rows, as_of=at + dt.timedelta(hours=2))
    assert [i.source_id.rpartition("-")[2] for i in later.items] == ["T1", "resumed", "T1"]


def test_a_clock_that_runs_ahead_is_not_believed(server: WireServer) -> None:
    got = read(server, page(row(time="10:00:09")))
    assert got.halts[0].halted == NOW + dt.timedelta(seconds=9)
    assert got.items[0].published == NOW


def test_unknown_codes_are_kept(server: WireServer) -> None:
    got = read(server, page(row(code="Q7")))
    assert got.items[0].title.endswith("- Q7 code unknown")
    assert "reason" not in got.items[0].facts


def test_unchanged(server: WireServer) -> None:
    server.route("/etag", page(row()))
    first = collect(PLUGIN, server, "/etag")
    again = collect(PLUGIN, server, "/etag", state=first.state)
    assert again.not_modified
    assert again.items == ()


@pytest.mark.parametrize("case", [c for c in BROKEN if c != "another JSON"])
def test_broken_sources(server: WireServer, case: str) -> None:
    assert_survives(PLUGIN, server, case)


def test_another_feed_at_the_address(server: WireServer) -> None:
    server.route("/halts", page(row()).replace(b"NASDAQTrader.com", b"Weather"))
    got = collect(PLUGIN, server, "/halts", expect_title="NASDAQTrader")
    assert got.halts == ()
    assert "'Weather'" in got.problems[0].message


def test_entity_bomb_is_refused(server: WireServer) -> None:
    bomb = b'<!DOCTYPE rss [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'
    server.route("/halts", bomb)
    assert collect(PLUGIN, server, "/halts").halts == ()


def test_the_recorded_feed(server: WireServer, shared: Path) -> None:
    got = read(server, (shared / "feeds/nasdaqtrader_tradehalts_2023-06-19.xml").read_bytes())
    assert len(got.halts) == len(got.items) == 14
    assert got.problems == ()
    assert {h.code for h in got.halts} == {"T12"}
    assert got.halts[0].halted == dt.datetime(2023, 6, 16, 23, 50, 1, tzinfo=dt.UTC)
    assert all(h.resumed is None and h.pause_price is None for h in got.halts)


def test_codes_that_mean_volatility_are_known() -> None:
    assert set(CODES) >= VOLATILITY


def test_every_halt_of_the_recorded_year(server: WireServer, shared: Path) -> None:
    """What an aggregator kept of 3,332 halts, served as the exchange serves them: each is read under its normal form."""
    with gzip.open(shared / "feeds" / "halts_2026.jsonl.gz", "rt", encoding="utf-8") as lines:
        recorded = [json.loads(line) for line in lines]
    served = [
        row(
            r["symbol"], r["haltTime"], r.get("reasonCode", ""), date=f"{dt.date.fromisoformat(r['haltDate']):%m/%d/%Y}"
        )
        for r in recorded
    ]
    got = [read(server, page(*served[start : start + 500])) for start in range(0, len(served), 500)]
    assert not [p for part in got for p in part.problems]
    halts = [h for part in got for h in part.halts]
    assert len(halts) == len(recorded) == 3_332
    assert {h.ticker for h in halts} == {plain_ticker(r["symbol"]) for r in recorded}
    assert {h.ticker for h in halts} >= {"BIO-B", "WSO-B", "AHT-PF", "TEST"} and not [
        h for h in halts if " " in h.ticker or "." in h.ticker
    ]
    assert {h.code for h in halts} - {""} <= set(CODES)
