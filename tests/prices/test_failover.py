"""Falling over from one source to the next, and not fetching what is stored."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from screener.errors import PriceError
from screener.prices.base import PriceRequest, Prices, missing
from screener.prices.failover import Configured, fetch_first
from tests.prices.builders import AFTER_CLOSE, DAY, bar, sessions


@dataclass
class Fake:
    """A source that knows some tickers, or fails."""

    name: str
    knows: tuple[str, ...] = ()
    error: Exception | None = None
    asked: list[PriceRequest] = field(default_factory=list)
    delay = coverage = licence = "none at all"
    needs_key = False

    async def daily(self, request: PriceRequest) -> Prices:
        self.asked.append(request)
        if self.error:
            raise self.error
        wanted = [t for t in self.knows if not request.tickers or t in request.tickers]
        return Prices(source=self.name, bars=tuple(bar(DAY, ticker=t, source=self.name) for t in wanted))


def request(**parts: Any) -> PriceRequest:
    return PriceRequest(**{"tickers": ("QZAA", "QZBB"), "start": DAY, "end": DAY, "as_of": AFTER_CLOSE, **parts})


def go(*sources: Any, **parts: Any) -> Any:
    return anyio.run(fetch_first, sources, request(**parts))


def test_the_first_that_answers_is_enough() -> None:
    one, two = Fake("one", ("QZAA", "QZBB")), Fake("two")
    prices, problems = go(one, two)
    assert prices.source == "one" and not problems and not two.asked


def test_a_failure_falls_over_and_says_so() -> None:
    one, two = Fake("one", error=PriceError("one: rate limit reached")), Fake("two", ("QZAA", "QZBB"))
    prices, problems = go(one, two)
    assert prices.source == "two" and problems[0].message == "one: rate limit reached; asking two instead"


def test_only_the_missing_tickers_are_asked_of_the_next() -> None:
    one, two = Fake("one", ("QZAA",)), Fake("two", ("QZAA", "QZBB"))
    prices, problems = go(one, two)
    assert two.asked[0].tickers == ("QZBB",)
    assert {b.ticker: b.source for b in prices.bars} == {"QZAA": "one", "QZBB": "two"}
    assert prices.source == "one, two" and "1 of 2" in problems[0].message


def test_when_none_answers_every_reason_is_given() -> None:
    with pytest.raises(PriceError, match=r"first gone.*second gone"):
        go(Fake("one", error=PriceError("first gone")), Fake("two", error=PriceError("second gone")))
    with pytest.raises(PriceError, match="no price source"):
        go()


def test_keys_are_handed_to_their_source_only_and_hidden() -> None:
    one = Fake("one", error=PriceError("one: bad key abc123"))
    two = Fake("two", ("QZAA", "QZBB"))
    _, problems = go(Configured(source=one, key="abc123", options={"feed": "x"}), two)
    assert one.asked[0].key == "abc123" and two.asked[0].key == "" and one.asked[0].options == {"feed": "x"}
    assert "abc123" not in problems[0].message and "abc123" not in repr(one.asked[0])
    assert "abc123" not in repr(Configured(source=two, key="abc123"))


class TestMissing:
    start = sessions(3)[0]

    def test_what_is_stored_is_not_fetched_again(self) -> None:
        assert missing(request(), {"QZAA": DAY, "QZBB": DAY}, DAY) is None
        left = missing(request(start=self.start), {"QZAA": DAY, "QZBB": sessions(2)[0]}, DAY)
        assert left is not None and left.tickers == ("QZBB",) and left.start == sessions(1)[0]

    def test_a_new_ticker_is_fetched_from_the_start(self) -> None:
        left = missing(request(start=self.start), {"QZAA": DAY}, DAY)
        assert left is not None and (left.tickers, left.start) == (("QZBB",), self.start)

    def test_the_whole_market_goes_by_its_newest_day(self) -> None:
        whole = request(tickers=(), start=self.start)
        left = missing(whole, {"QZAA": sessions(1)[0]}, DAY)
        assert left is not None and left.start == DAY
        assert missing(whole, {"QZAA": DAY}, DAY) is None
        assert missing(whole, {}, DAY) == whole

    def test_a_day_that_is_not_over_is_not_missing(self) -> None:
        assert missing(request(), {"QZAA": sessions(1)[0], "QZBB": sessions(1)[0]}, sessions(1)[0]) is None


def test_live_and_replay() -> None:
    now = AFTER_CLOSE
    assert not request(now=lambda: now + dt.timedelta(minutes=5)).replay
    assert request(now=lambda: now + dt.timedelta(hours=1)).replay
