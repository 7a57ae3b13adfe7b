"""One contract for every source of prices, over local HTTP; then what is particular to each."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from screener import clock
from screener.errors import PriceError
from screener.prices import alpaca, polygon, stooq, tiingo, yahoo
from screener.prices.base import PriceSource
from screener.prices.replies import NotThere
from screener.registry import discover
from screener.types import Bar
from tests.prices.serving import Service, ask, serving

DAY = dt.date(2025, 12, 11)
BEFORE = dt.date(2025, 12, 10)
LATER = dt.datetime(2025, 12, 20, 12, tzinfo=dt.UTC)
KEY, SECRET = "k3y-of-the-user", "s3cret-of-the-user"
ALL: dict[str, PriceSource] = discover("screener.prices", PriceSource)  # type: ignore[type-abstract]
NETWORK = sorted(set(ALL) - {"file", "nasdaq"})  # nasdaq: a table of its own in test_nasdaq


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as running:
        yield running


def stamp(day: dt.date, hour: int = 14, minute: int = 30) -> int:
    return int(dt.datetime.combine(day, dt.time(hour, minute), dt.UTC).timestamp())


def chart(rows: list[tuple[int, float | None, float | None]], **meta: Any) -> dict[str, Any]:
    """A chart answer from (timestamp, close, volume)."""
    events = meta.pop("events", None)
    closes, volumes = [r[1] for r in rows], [r[2] for r in rows]
    quote = {"open": closes, "high": closes, "low": closes, "close": closes, "volume": volumes}
    head = {"currency": "USD", "symbol": "QZAA", "instrumentType": "EQUITY", "exchangeName": "NMS", **meta}
    result = {"meta": head, "timestamp": [r[0] for r in rows], "indicators": {"quote": [quote]}}
    return {"chart": {"result": [{**result, **({"events": events} if events else {})}], "error": None}}


def good(name: str) -> Any:
    """A documented answer with QZAA at 1.00 on the 10th and 1.50 on the 11th, 1,000 shares a day."""
    if name == "yahoo":
        return chart([(stamp(BEFORE), 1.0, 1000), (stamp(DAY), 1.5, 1000)])
    if name == "stooq":
        return "Date,Open,High,Low,Close,Volume\n2025-12-10,1,1,1,1,1000\n2025-12-11,1,1.6,0.9,1.5,1000\n"
    if name == "tiingo":
        row = {"open": 1, "high": 1.6, "low": 0.9, "volume": 1000, "splitFactor": 1.0}
        days = [("2025-12-10T00:00:00.000Z", 1.0), ("2025-12-11T00:00:00.000Z", 1.5)]
        return [{**row, "date": d, "close": c} for d, c in days]
    if name == "polygon":
        return {
            "status": "OK",
            "results": [{"T": "QZAA", "o": 1, "h": 1.6, "l": 0.9, "c": 1.5, "v": 1000}, {"T": "QZ.B"}],
        }
    bars = [
        {"t": f"2025-12-{d}T05:00:00Z", "o": 1, "h": 1.6, "l": 0.9, "c": c, "v": 1000}
        for d, c in ((10, 1.0), (11, 1.5))
    ]
    return {"bars": {"QZAA": bars}, "next_page_token": None}


def get(name: str, service: Service, **parts: Any) -> Any:
    settings: dict[str, Any] = {
        "tickers": ("QZAA",),
        "start": DAY,
        "end": DAY,
        "as_of": LATER,
        "key": KEY,
        "secret": SECRET,
    }
    return ask(ALL[name], service, **{**settings, **parts})


def test_all_sources_are_found() -> None:
    assert set(ALL) == {"file", "nasdaq", "yahoo", "stooq", "alpaca", "tiingo", "polygon"}


@pytest.mark.parametrize("name", sorted(ALL))
def test_each_states_delay_coverage_and_licence(name: str) -> None:
    source = ALL[name]
    assert all(isinstance(text, str) and len(text) > 5 for text in (source.delay, source.coverage, source.licence))
    assert source.needs_key is (name in {"alpaca", "tiingo", "polygon"})


@pytest.mark.parametrize("name", NETWORK)
class TestContract:
    def test_a_day_comes_as_a_bar(self, name: str, service: Service) -> None:
        service.says("*", good(name))
        prices = get(name, service)
        bar: Bar = next(b for b in prices.bars if b.day == DAY)
        assert (bar.ticker, bar.close, bar.volume) == ("QZAA", 1.5, 1000.0)
        assert bar.known_at == clock.close_time(DAY) and bar.source.startswith(name)
        assert bar.change_pct in (None, pytest.approx(50.0))
        assert {b.ticker for b in prices.bars} == {"QZAA"}

    @pytest.mark.parametrize(
        ("body", "status", "message"),
        [
            ("slow down", 429, "rate limit|limit"),
            ("<html><title>Sign in</title></html>", 200, "web page|instead of a table"),
            ("", 200, "empty|no data"),
            ("broken", 503, "503"),
            ("denied", 403, "403"),
            ("nothing", 404, "404"),
        ],
    )
    def test_answers_that_are_no_data(self, name: str, service: Service, body: str, status: int, message: str) -> None:
        service.says("*", body, status)
        try:
            prices = get(name, service)
        except PriceError as e:
            said = str(e)
        else:
            assert not prices.bars
            said = " ".join(p.message for p in prices.problems)
        import re

        assert re.search(message, said), said
        assert KEY not in said and SECRET not in said

    def test_an_error_in_json_is_told_in_its_own_words(self, name: str, service: Service) -> None:
        errors: dict[str, Any] = {
            "yahoo": {"chart": {"result": None, "error": {"code": "Not Found", "description": "No data found"}}},
            "stooq": "No data",
            "alpaca": {"message": "No data found"},
            "tiingo": {"detail": "No data found"},
            "polygon": {"status": "ERROR", "error": "No data found"},
        }
        service.says("*", errors[name])
        try:
            prices = get(name, service)
        except PriceError as e:
            said = str(e)
        else:
            assert not prices.bars
            said = " ".join(p.message for p in prices.problems)
        assert "no data" in said.lower()

    def test_the_key_travels_in_a_header_and_never_in_an_address(self, name: str, service: Service) -> None:
        service.says("*", good(name))
        get(name, service)
        for path, headers in service.seen:
            assert KEY not in path and SECRET not in path
            assert any(KEY in v for v in headers.values()) is ALL[name].needs_key

    def test_no_key_names_the_setting(self, name: str, service: Service) -> None:
        if not ALL[name].needs_key:
            service.says("*", good(name))
            assert get(name, service, key="").bars
            return
        with pytest.raises(PriceError, match=rf"\[prices\.{name}\] key"):
            get(name, service, key="")
        assert not service.seen

    def test_an_impossible_value_is_unknown(self, name: str, service: Service) -> None:
        text = json.dumps(good(name)) if name != "stooq" else good(name)
        service.says("*", text.replace("1.5", "-1.5") if name != "stooq" else text.replace("1.5,1000", "-1.5,1000"))
        bars = [b for b in get(name, service).bars if b.day == DAY]
        assert all(b.close is None for b in bars)

    def test_without_network_it_says_so(self, name: str, service: Service) -> None:
        import anyio

        from screener.prices.base import PriceRequest

        request = PriceRequest(tickers=("QZAA",), start=DAY, end=DAY, as_of=LATER, key=KEY, secret=SECRET)
        try:
            prices = anyio.run(ALL[name].daily, request)
        except PriceError as e:
            said = str(e)
        else:
            said = " ".join(p.message for p in prices.problems)
        assert "needs the network" in said


class TestYahoo:
    def test_a_split_after_the_day_is_undone(self, service: Service) -> None:
        split = {"splits": {"1": {"date": stamp(DAY), "numerator": 1, "denominator": 20, "splitRatio": "1:20"}}}
        service.says("*", chart([(stamp(BEFORE), 4.0, 50), (stamp(DAY), 4.4, 60)], events=split))
        prices = get("yahoo", service, start=BEFORE)
        before, after = prices.bars
        assert (before.close, before.volume) == (0.2, 1000.0)
        assert (after.close, after.change_pct) == (4.4, pytest.approx(10.0))
        assert prices.splits == {"QZAA": {DAY: 20.0}}

    def test_it_asks_until_the_present_so_that_no_split_is_missed(self, service: Service) -> None:
        service.says("*", good("yahoo"))
        get("yahoo", service)
        path = service.seen[0][0]
        end = int(path.split("period2=")[1].split("&")[0])
        assert dt.datetime.fromtimestamp(end, dt.UTC) > clock.now()

    @pytest.mark.parametrize("meta", [{"instrumentType": "CRYPTOCURRENCY"}, {"currency": "GBp"}])
    def test_other_things_with_the_same_letters_are_left_out(self, meta: dict[str, str], service: Service) -> None:
        service.says("*", chart([(stamp(DAY), 1.5, 1000)], **meta))
        prices = get("yahoo", service)
        assert not prices.bars and "not a US stock" in prices.problems[0].message

    def test_minutes_with_pre_and_after_hours(self, service: Service) -> None:
        rows = [
            (stamp(DAY, 12, 0), 1.0, 10),
            (stamp(DAY, 15, 0), 1.1, 20),
            (stamp(DAY, 15, 1), None, None),
            (stamp(DAY, 22, 0), 1.2, 5),
        ]
        service.says("*", chart(rows))
        prices = get("yahoo", service, options={"interval": "1m"})
        assert [m.session for m in prices.minutes] == ["pre", "regular", "after"]
        assert (
            prices.minutes[0].as_of == dt.datetime(2025, 12, 11, 12, 1, tzinfo=dt.UTC)
            and prices.minutes[0].last is None
        )
        assert "interval=1m" in service.seen[0][0] and "includePrePost=true" in service.seen[0][0]
        cut = get("yahoo", service, options={"interval": "1m"}, as_of=dt.datetime(2025, 12, 11, 16, tzinfo=dt.UTC))
        assert len(cut.minutes) == 2

    def test_a_live_run_gets_the_session_so_far(self, service: Service) -> None:
        moment = int(clock.now().timestamp())
        service.says("*", chart([], regularMarketTime=moment, regularMarketPrice=2.5, regularMarketVolume=77))
        live = get("yahoo", service, as_of=clock.now())
        assert live.quotes[0].last == 2.5 and live.quotes[0].volume == 77
        assert not get("yahoo", service).quotes

    def test_a_rate_limit_keeps_what_came(self, service: Service) -> None:
        service.says("/v8/finance/chart/QZAA", good("yahoo"))
        service.says("/v8/finance/chart/QZBB", "Too Many Requests", 429)
        prices = get("yahoo", service, tickers=("QZAA", "QZBB", "QZCC"))
        assert {b.ticker for b in prices.bars} == {"QZAA"} and prices.problems[-1].kind == "stopped"
        assert "2 not asked" in prices.problems[-1].message

    def test_recorded_replies(self, shared: Path, service: Service) -> None:
        for path in sorted((shared / "prices" / "yahoo_chart").glob("*.json")):
            recorded = json.loads(path.read_text(encoding="utf-8"))["response"]
            result = recorded["bodyJson"]["chart"]["result"][0]
            symbol, stamps = result["meta"]["symbol"], result.get("timestamp") or []
            service.says("*", recorded["bodyJson"], recorded["status"])
            days = [clock.new_york_date(dt.datetime.fromtimestamp(s, dt.UTC)) for s in stamps] or [DAY]
            prices = get("yahoo", service, tickers=(symbol,), start=days[0], end=days[0])
            if result["meta"]["currency"] != "USD":
                assert not prices.bars and prices.problems, path.name
                continue
            quote = result["indicators"]["quote"][0]
            assert [b.close for b in prices.bars] == [pytest.approx(c, abs=1e-4) for c in quote.get("close", ())]
            assert all(b.ticker == symbol for b in prices.bars), path.name


class TestStooq:
    def test_its_limit_is_a_rate_limit(self, service: Service) -> None:
        service.says("*", "Exceeded the daily hits limit")
        with pytest.raises(PriceError, match="limit"):
            get("stooq", service)

    def test_symbols(self, service: Service) -> None:
        service.says("*", good("stooq"))
        get("stooq", service, tickers=("QZ-B", "^QZX"))
        assert "s=qz-b.us&" in service.seen[0][0] and "s=%5Eqzx&" in service.seen[1][0]

    def test_a_bad_row_is_named(self, service: Service) -> None:
        service.says("*", good("stooq").replace("2025-12-10", "2025-12-13"))
        prices = get("stooq", service)
        assert len(prices.bars) == 1 and "QZAA:2" in prices.problems[0].subject


class TestAlpaca:
    def test_it_says_that_volumes_are_iex_only(self, service: Service) -> None:
        service.says("*", good("alpaca"))
        prices = get("alpaca", service)
        assert prices.bars[0].source == "alpaca-iex"
        assert any("IEX only" in p.message for p in prices.problems)
        paid = get("alpaca", service, options={"feed": "sip"})
        assert paid.bars[0].source == "alpaca" and not paid.problems

    def test_pages_are_followed(self) -> None:
        with serving() as service:
            service.says("/v2/stocks/bars", {**good("alpaca"), "next_page_token": "p2"})
            seen: list[str] = []
            original = alpaca.AlpacaSource._get

            async def stepping(self: Any, request: Any, what: str, query: dict[str, str], headers: Any) -> Any:
                answer = await original(self, request, what, query, headers)
                seen.append(query.get("page_token", ""))
                return {**answer, "next_page_token": None} if query.get("page_token") else answer

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(alpaca.AlpacaSource, "_get", stepping)
                get("alpaca", service)
            assert seen == ["", "p2"]

    def test_snapshots_in_a_live_run(self, service: Service) -> None:
        now = clock.now()
        snap = {
            "latestTrade": {"t": now.isoformat().replace("+00:00", "Z"), "p": 3.0},
            "latestQuote": {"bp": 2.9, "ap": 3.1},
            "dailyBar": {"t": clock.new_york_date(now).isoformat(), "o": 2.5, "h": 3.2, "l": 2.4, "c": 3.0, "v": 500},
            "prevDailyBar": {"c": 2.0},
        }
        service.says("/v2/stocks/bars", {"bars": {}, "next_page_token": None})
        service.says("/v2/stocks/snapshots", {"QZ.B": snap, "QZCC": None})
        (quote,) = get("alpaca", service, tickers=("QZ-B", "QZCC"), as_of=now).quotes
        assert (quote.ticker, quote.last, quote.bid, quote.ask, quote.volume) == ("QZ-B", 3.0, 2.9, 3.1, 500.0)
        assert quote.change_pct == pytest.approx(50.0)


class TestPolygon:
    def test_one_request_a_session_and_none_for_what_has_not_closed(self, service: Service) -> None:
        service.says("*", good("polygon"))
        get(
            "polygon",
            service,
            start=dt.date(2025, 12, 11),
            end=dt.date(2025, 12, 16),
            as_of=dt.datetime(2025, 12, 15, 15, tzinfo=dt.UTC),
        )
        assert [p.split("/")[-1].split("?")[0] for p, _ in service.seen] == ["2025-12-11", "2025-12-12"]
        assert all("adjusted=false" in p for p, _ in service.seen)

    def test_the_whole_market_when_no_tickers_are_named(self, service: Service) -> None:
        service.says("*", good("polygon"))
        assert {b.ticker for b in get("polygon", service, tickers=()).bars} == {"QZAA", "QZ-B"}


class TestTiingo:
    def test_the_split_factor_gives_change_and_split(self, service: Service) -> None:
        rows = good("tiingo")
        rows[1].update(close=22.0, splitFactor=0.05)
        service.says("*", rows)
        prices = get("tiingo", service)
        assert prices.bars[0].change_pct == pytest.approx(10.0)
        assert prices.splits == {"QZAA": {DAY: pytest.approx(20.0)}}


@pytest.mark.parametrize(
    "parse", [lambda: yahoo.result_of([], "Q"), lambda: polygon.parse([], DAY), lambda: tiingo.parse({}, "Q", None)]
)
def test_wrong_shapes_are_price_errors(parse: Callable[[], Any]) -> None:
    with pytest.raises(PriceError):
        parse()


def test_no_rows_is_not_there() -> None:
    with pytest.raises(NotThere):
        stooq.parse("", "QZAA", None)  # type: ignore[arg-type]
