"""The Nasdaq screener snapshot: text numbers, sessions, replays, and answers that are not it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from screener import clock
from screener.errors import PriceError
from screener.prices.nasdaq import PLUGIN, parse, snapshot_day
from tests.prices.serving import Service, ask, serving

DAY = dt.date(2025, 12, 11)
EVENING = dt.datetime(2025, 12, 12, 0, 27, tzinfo=dt.UTC)
NOON = dt.datetime(2025, 12, 11, 17, tzinfo=dt.UTC)


def row(symbol: str = "QZAA", **parts: Any) -> dict[str, Any]:
    base = {"lastsale": "$1.23", "pctchange": "-4.5%", "volume": "12,300", "marketCap": "45000000.00"}
    return {"symbol": symbol, "name": "Quillzap Inc. Common Stock", **base, **parts}


def answer(*rows: Any) -> dict[str, Any]:
    return {"data": {"rows": list(rows)}, "message": None, "status": {"rCode": 200}}


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as running:
        yield running


def get(service: Service, **parts: Any) -> Any:
    as_of = parts.pop("as_of", None) or clock.now()
    return ask(PLUGIN, service, start=DAY, end=DAY, as_of=as_of, **parts)


def test_text_numbers() -> None:
    prices = parse(answer(row()), EVENING)
    (bar,) = prices.bars
    assert (bar.close, bar.change_pct, bar.volume, bar.market_cap) == (1.23, -4.5, 12300.0, 45e6)
    assert bar.day == DAY and bar.known_at == EVENING and bar.source == "nasdaq" and not prices.quotes


@pytest.mark.parametrize("blank", ["N/A", "", None, "UNCH", "NA"])
def test_unknown_cells(blank: str | None) -> None:
    (bar,) = parse(answer(row(lastsale=blank, pctchange=blank, volume=blank, marketCap=blank)), EVENING).bars
    assert (bar.close, bar.change_pct, bar.volume, bar.market_cap) == (None,) * 4


def test_impossible_cells_are_unknown_and_told() -> None:
    prices = parse(answer(row(lastsale="$0.00", pctchange="lots", volume="-5", marketCap="0.00")), EVENING)
    (bar,) = prices.bars
    assert (bar.close, bar.change_pct, bar.volume, bar.market_cap) == (None,) * 4
    assert sorted(p.kind for p in prices.problems) == ["bad_number", "bad_price", "bad_price"]


def test_share_classes_and_repeats() -> None:
    prices = parse(
        answer(row("QZA/B"), row("QZ", lastsale="$1"), row("QZ", lastsale="$2"), {"name": "none"}, 5), EVENING
    )
    assert {b.ticker: b.close for b in prices.bars} == {"QZA-B": 1.23, "QZ": 2.0}
    assert sorted(p.kind for p in prices.problems) == ["duplicate", "no_ticker", "no_ticker"]


@pytest.mark.parametrize(
    ("received", "day", "state"),
    [
        ("2025-12-11T12:00:00Z", "2025-12-10", "final"),  # before the bell: still yesterday
        ("2025-12-11T17:00:00Z", "2025-12-11", "open"),
        ("2025-12-11T21:05:00Z", "2025-12-11", "settling"),
        ("2025-12-11T21:30:00Z", "2025-12-11", "final"),
        ("2025-12-13T15:00:00Z", "2025-12-12", "final"),  # Saturday
        ("2025-11-28T17:59:00Z", "2025-11-28", "open"),  # half day
        ("2025-11-28T18:30:00Z", "2025-11-28", "final"),
    ],
)
def test_which_session_a_snapshot_describes(received: str, day: str, state: str) -> None:
    assert snapshot_day(clock.parse_time(received)) == (dt.date.fromisoformat(day), state)


def test_in_session_there_is_a_quote_and_a_partial_bar() -> None:
    prices = parse(answer(row()), NOON)
    assert prices.quotes[0].last == 1.23 and prices.quotes[0].session == "regular"
    assert prices.bars[0].known_at == NOON < clock.close_time(DAY)


def test_one_request_and_the_filter(service: Service) -> None:
    service.says("/api/screener/stocks", answer(row("QZAA"), row("QZBB")))
    prices = get(service, tickers=("QZBB",))
    assert {b.ticker for b in prices.bars} | {q.ticker for q in prices.quotes} == {"QZBB"}
    assert [path for path, _ in service.seen] == ["/api/screener/stocks?tableonly=true&download=true"]


def test_a_replay_never_asks_for_the_present(service: Service) -> None:
    service.says("/api/screener/stocks", answer(row()))
    with pytest.raises(PriceError, match="only the present"):
        get(service, as_of=EVENING)
    assert not service.seen


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ("", 200, "empty answer"),
        ("<html><body>Access denied</body></html>", 200, "web page"),
        ("{", 200, "no JSON"),
        ([], 200, "no object"),
        ({"data": None, "status": {"rCode": 400, "bCodeMessage": "Bad symbol"}}, 200, "400"),
        ({"data": None}, 200, "no data"),
        ({"data": {"rows": []}, "status": {"rCode": 200}}, 200, "no rows"),
        ("slow down", 429, "rate limit"),
        ("no", 403, "403"),
        ("broken", 503, "503"),
        ("gone", 404, "404"),
    ],
)
def test_answers_that_are_not_the_table(service: Service, body: Any, status: int, message: str) -> None:
    service.says("/api/screener/stocks", body, status)
    with pytest.raises(PriceError, match=message):
        get(service)


def test_recorded_rows_equal_the_recorded_day(shared: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    rows: list[Any] = []
    for path in sorted((shared / "prices" / "nasdaq_rows").glob("*_2025-12-12T*.zst")):
        with path.open("rb") as f:
            rows += json.loads(zstandard.ZstdDecompressor().stream_reader(f).read())
    import polars as pl

    prices = parse(answer(*rows), EVENING)
    table = pl.read_parquet(shared / "prices" / "daily_2025H2.parquet").filter(pl.col("date") == DAY)
    day = {r["ticker"].replace(".", "-").replace("/", "-"): r for r in table.iter_rows(named=True)}
    assert len(prices.bars) == len(rows) and {b.day for b in prices.bars} == {DAY}
    compared = 0
    for bar in prices.bars:
        other = day.get(bar.ticker)
        if other and bar.change_pct is not None:
            assert bar.close == pytest.approx(other["close"], rel=1e-5)
            assert bar.change_pct == pytest.approx(other["change_pct"], abs=1e-3)
            compared += 1
    assert compared > 6500
