"""The measures of one ticker as of a moment: windows, splits, sessions, news, and what may not be known yet."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener import clock
from screener.prices.curve import Curve
from screener.prices.measures import compute_moves
from screener.types import Bar, Move, Quote
from tests.prices.builders import AFTER_CLOSE, DAY, bar, flat, series, sessions

NOON = dt.datetime(2025, 12, 12, 17, tzinfo=dt.UTC)
BEFORE_OPEN = dt.datetime(2025, 12, 12, 12, tzinfo=dt.UTC)


def move(bars: list[Bar], as_of: dt.datetime = AFTER_CLOSE, **parts: Any) -> Move:
    return compute_moves({"QZAA": bars}, as_of, **parts)["QZAA"]


def quote(as_of: dt.datetime = NOON, **parts: Any) -> Quote:
    parts.setdefault("session", clock.session_at(as_of))
    return Quote(ticker=parts.pop("ticker", "QZAA"), as_of=as_of, source="live", **parts)


def test_a_plain_day() -> None:
    today = bar(DAY, 1.2, 5000.0, change_pct=20.0, open=1.1, market_cap=6e6, float_shares=2e6, exchange="nasdaq")
    m = move([*flat(20, high=1.1, low=0.9), today])
    assert m.price == 1.2 and m.change_pct == 20.0
    assert m.gap_pct == pytest.approx(10.0)
    assert m.rvol == pytest.approx(5.0)
    assert m.dollar_volume == pytest.approx(6000.0) and m.avg_dollar_volume == pytest.approx(1000.0)
    assert m.turnover == pytest.approx(0.0025)
    assert (m.market_cap, m.exchange, m.session, m.day) == (6e6, "nasdaq", "after", DAY)
    assert m.sources["price"] == "test" and m.high_52w_pct is None


def test_without_volume_or_history_it_is_unknown_not_zero() -> None:
    m = move([bar(DAY, 1.2, None)])
    assert m.price == 1.2
    assert [m.change_pct, m.rvol, m.dollar_volume, m.avg_dollar_volume, m.abnormal_pct, m.market_cap] == [None] * 6


def test_usual_volume_leaves_today_out_and_wants_five_sessions() -> None:
    assert move([*flat(4), bar(DAY, 1, 9000)]).rvol is None
    assert move([*flat(5), bar(DAY, 1, 9000)]).rvol == pytest.approx(9.0)
    assert move([*flat(60, volume=1.0)[:40], *flat(20), bar(DAY, 1, 9000)]).rvol == pytest.approx(9.0)


def test_a_reused_ticker_does_not_inherit_the_old_companys_volume() -> None:
    old = flat(60, close=50.0, volume=1e6)[:30]
    assert move([*old, *flat(3), bar(DAY, 1, 9000)]).rvol is None


def test_missing_days_shrink_the_window_and_stop_differencing() -> None:
    bars = [b for i, b in enumerate(flat(20)) if i % 2]
    assert move([*bars, bar(DAY, 2, 9000)]).rvol == pytest.approx(9.0)
    gap = [*flat(20)[:-1], bar(DAY, 2.0)]
    assert move(gap).change_pct is None
    assert move([*flat(20), bar(DAY, 2.0)]).change_pct == pytest.approx(100.0)


def test_a_reverse_split_overnight_is_no_gain() -> None:
    today = bar(DAY, 4.4, 100.0, change_pct=10.0, open=4.2)
    m = move([*flat(20, close=0.2, volume=2000.0), today])
    assert m.change_pct == 10.0 and m.gap_pct == pytest.approx(5.0)
    assert m.rvol == pytest.approx(1.0)  # 2000 old shares are 100 new ones
    assert m.days_since_reverse_split == 0
    assert m.avg_dollar_volume == pytest.approx(400.0)


def test_the_source_says_nothing_and_the_table_of_splits_does() -> None:
    bars = [*flat(20, close=0.2), bar(DAY, 4.4, 100.0)]
    assert move(bars, splits={"QZAA": {DAY: 20.0}}).change_pct == pytest.approx(10.0)
    assert move(bars, splits={"QZAA": [DAY]}).change_pct is None
    found = move(bars)  # nobody knows of a split
    assert found.change_pct is None and found.gap_pct is None and "looks like a split" in found.doubt


def test_a_source_that_differenced_across_a_listed_split_is_not_believed() -> None:
    bars = [*flat(20, close=0.24), bar(DAY, 2.4, change_pct=900.0)]
    assert move(bars, splits={"QZAA": {DAY: 10.0}}).change_pct == pytest.approx(0.0)
    assert move(bars, splits={"QZAA": [DAY]}).change_pct is None
    assert move(bars).change_pct is None  # ten times as much on the usual volume: a split that nobody listed
    busy = [*bars[:-1], bar(DAY, 2.4, 50_000.0, change_pct=900.0)]
    assert move(busy).change_pct == 900.0


def test_a_split_table_that_is_a_day_early_changes_nothing() -> None:
    bars = [*flat(20, close=1.46), bar(DAY, 1.36, change_pct=-6.849)]
    assert move(bars, splits={"QZAA": {DAY: 5.0}}).change_pct == -6.849


def test_a_forward_split_is_no_reverse_split() -> None:
    m = move([*flat(20, close=90.0, volume=100.0), bar(DAY, 30.0, 300.0, change_pct=0.0)])
    assert m.days_since_reverse_split is None and m.rvol == pytest.approx(1.0)


def test_a_row_that_repeats_the_session_before_tells_no_change() -> None:
    # The source's change still compares with the close two sessions ago: it is yesterday's change.
    bars = [*flat(19), bar(sessions(1)[0], 3.0, change_pct=200.0), bar(DAY, 3.1, change_pct=210.0)]
    assert move(bars).change_pct is None


def test_days_since_a_listed_split() -> None:
    listed = {"QZAA": [DAY - dt.timedelta(days=30), DAY + dt.timedelta(days=3), DAY - dt.timedelta(days=800)]}
    assert move([*flat(20), bar(DAY)], splits=listed).days_since_reverse_split == 30


def test_abnormal_takes_out_the_market() -> None:
    iwm = series([100 * 1.001 ** (i % 3) for i in range(121)], ticker="IWM")
    own = series([10 * 1.001 ** (i % 3) for i in range(121)])
    m = move(own, benchmark=iwm)
    assert m.abnormal_pct == pytest.approx(0.0, abs=1e-9)
    assert move(own[-3:], benchmark=iwm).abnormal_pct == pytest.approx(0.0, abs=1e-9)  # beta 1 when unknown
    assert move(own, benchmark=iwm[:-1]).abnormal_pct is None


def test_range_against_the_usual_range() -> None:
    bars = flat(20, high=1.05, low=0.95)
    m = move([*bars, bar(DAY, 1.3, high=1.4, low=1.0)])
    assert m.atr_multiple == pytest.approx(4.0)
    assert move([*flat(20), bar(DAY, 1.3)]).atr_multiple is None


def test_a_year_is_only_claimed_with_a_year_of_bars() -> None:
    closes = [2.0, *[1.0] * 250, 1.5]
    m = move(series(closes))
    assert m.high_52w_pct == pytest.approx(-25.0) and m.low_52w_pct == pytest.approx(50.0)
    assert move(series(closes)[-150:]).high_52w_pct is None


@given(st.lists(st.floats(0.5, 1.4), min_size=205, max_size=230))
@settings(max_examples=20, deadline=None)
def test_distances_have_their_signs(closes: list[float]) -> None:
    m = move(series(closes))
    assert m.high_52w_pct is not None and m.low_52w_pct is not None
    assert m.high_52w_pct <= 1e-9 and m.low_52w_pct >= -1e-9


def test_the_session_before_and_how_unsettled_it_was() -> None:
    closes = [1.0] * 20 + [1.1, 1.1]
    bars = [*series(closes)[:-2], bar(sessions(1)[0], 1.1, 3000.0, change_pct=10.0), bar(DAY, 1.1, change_pct=0.0)]
    m = move(bars)
    assert m.prev_change_pct == 10.0 and m.prev_rvol == pytest.approx(3.0)
    assert m.volatility_pct == pytest.approx(0.5)
    assert move(bars[-1:]).prev_change_pct is move(bars[-1:]).prev_rvol is move(bars[-1:]).volatility_pct is None


def test_the_run_up_is_that_of_the_five_sessions_before() -> None:
    bars = series([1.0, 1.0, 1.1, 1.21, 1.21, 1.331, 1.4641, 9.0])
    assert move(bars).run_up_pct == pytest.approx(46.41)  # the day's own 9.0 is no part of it
    assert move(bars[-5:]).run_up_pct is None
    assert move([*bars[:4], *bars[5:]]).run_up_pct is None
    before_open = move(bars, BEFORE_OPEN)
    assert before_open.change_pct is None and before_open.run_up_pct == pytest.approx(46.41)


def test_the_run_up_crosses_a_split() -> None:
    old = series([0.1] * 8)[:-3]
    days = sessions(2)
    new = [bar(days[0], 2.2, 50.0, change_pct=10.0), bar(days[1], 2.2, 50.0, change_pct=0.0), bar(DAY, 2.0, 50.0)]
    assert move([*old, *new]).run_up_pct == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("changes", "share"),
    [
        ([10.0, -10.0, 9.99, 0.0, -50.0], 0.6),
        ([9.9] * 5, 0.0),
        ([12.0] * 4, None),
        ([12.0] * 15 + [1.0] * 15, 5 / 20),  # only the last twenty count
    ],
)
def test_the_share_of_far_days(changes: list[float], share: float | None) -> None:
    days = sessions(len(changes))
    bars = [bar(d, 1.0, change_pct=c) for d, c in zip(days, changes, strict=True)]
    found = move([*bars, bar(DAY, 1.0, change_pct=90.0)]).far_days_share
    assert found == (share if share is None else pytest.approx(share))


class TestPointInTime:
    def test_before_the_day_trades_only_the_last_close_stands(self) -> None:
        m = move([*flat(20), bar(DAY, 9.9, change_pct=890.0)], BEFORE_OPEN)
        assert (m.price, m.day, m.session) == (1.0, sessions(1)[0], "pre")
        assert [m.change_pct, m.rvol, m.gap_pct, m.dollar_volume, m.atr_multiple] == [None] * 5
        assert m.avg_dollar_volume is not None

    def test_later_bars_change_nothing(self) -> None:
        bars = [*flat(20), bar(DAY, 2.0, change_pct=100.0)]
        later = bar(clock.next_session(DAY), 7.0, change_pct=250.0)
        revised = bar(DAY, 3.0, change_pct=200.0, known_at=AFTER_CLOSE + dt.timedelta(days=1))
        assert move([*bars, later, revised]) == move(bars)

    def test_a_weekend_looks_at_the_coming_session_unless_told(self) -> None:
        saturday = dt.datetime(2025, 12, 13, 15, tzinfo=dt.UTC)
        bars = [*flat(20), bar(DAY, 2.0, change_pct=100.0)]
        assert move(bars, saturday).change_pct is None and move(bars, saturday).price == 2.0
        assert move(bars, saturday, day=DAY).change_pct == 100.0

    def test_a_bar_caught_in_session_is_no_close_of_its_day(self) -> None:
        caught = bar(sessions(1)[0], 5.0, known_at=clock.close_time(sessions(1)[0]) - dt.timedelta(hours=2))
        m = move([*flat(20)[:-1], caught, bar(DAY, 2.0)])
        assert m.change_pct is None


class TestInSession:
    curve = Curve(((0.0, 0.0), (150.0, 0.25), (390.0, 1.0)), 99)

    def test_volume_is_compared_along_the_curve(self) -> None:
        q = quote(last=1.5, volume=1000.0, open=1.2, high=1.6, low=1.1, change_pct=50.0, market_cap=7e6)
        m = move(flat(20), NOON, quotes={"QZAA": q}, minute_curve=self.curve)
        assert m.rvol == pytest.approx(4.0)  # a quarter of the day has usually traded at noon
        assert (m.price, m.change_pct, m.market_cap, m.session) == (1.5, 50.0, 7e6, "regular")
        assert m.gap_pct == pytest.approx(20.0) and m.sources["price"] == "live"

    def test_a_partial_bar_counts_the_same(self) -> None:
        caught = bar(DAY, 1.5, 1000.0, change_pct=50.0, known_at=NOON)
        assert move([*flat(20), caught], NOON, minute_curve=self.curve).rvol == pytest.approx(4.0)

    def test_the_newer_of_quote_and_partial_bar_wins(self) -> None:
        caught = bar(DAY, 1.4, 900.0, known_at=NOON - dt.timedelta(minutes=20))
        m = move([*flat(20), caught], NOON, quotes={"QZAA": quote(last=1.5, volume=1000.0)})
        assert m.price == 1.5

    def test_a_quote_from_later_is_not_known(self) -> None:
        m = move(flat(20), BEFORE_OPEN, quotes={"QZAA": quote(last=1.5)})
        assert m.price == 1.0

    def test_a_minute_bar_gives_a_price_but_no_days_volume(self) -> None:
        m = move(flat(20), NOON, quotes={"QZAA": quote(close=1.5, volume=50.0)})
        assert (m.price, m.rvol, m.dollar_volume) == (1.5, None, None)

    def test_the_benchmark_must_stand_at_the_same_point(self) -> None:
        iwm = flat(20, 100.0, ticker="IWM")
        quotes = {"QZAA": quote(last=1.5, change_pct=50.0)}
        assert move(flat(20), NOON, quotes=quotes, benchmark=iwm).abnormal_pct is None
        quotes["IWM"] = quote(ticker="IWM", last=101.0, change_pct=1.0)
        assert move(flat(20), NOON, quotes=quotes, benchmark=iwm).abnormal_pct == pytest.approx(49.0)

    def test_only_a_quote_is_enough(self) -> None:
        m = compute_moves({}, NOON, quotes={"QZAA": quote(last=1.5, change_pct=3.0)})["QZAA"]
        assert (m.price, m.change_pct, m.rvol) == (1.5, 3.0, None)


class TestSinceNews:
    bars = [*flat(20), bar(DAY, 1.5, change_pct=50.0, market_cap=9e6)]

    def since(self, news: str, **parts: Any) -> float | None:
        bars = parts.pop("bars", self.bars)
        return move(bars, news_times={"QZAA": clock.parse_time(news)}, **parts).since_news_pct

    def test_news_before_the_open_counts_from_the_close_before(self) -> None:
        assert self.since("2025-12-12T12:00:00Z") == pytest.approx(50.0)
        assert self.since("2025-12-11T22:00:00Z") == pytest.approx(50.0)

    def test_news_in_the_session_needs_a_quote(self) -> None:
        assert self.since("2025-12-12T15:00:00Z") is None
        minutes = [
            quote(clock.parse_time(t), close=p) for t, p in [("2025-12-12T14:58:00Z", 1.2), ("2025-12-12T15:01:00Z", 9)]
        ]
        assert self.since("2025-12-12T15:00:00Z", trails={"QZAA": minutes}) == pytest.approx(25.0)
        old = [quote(clock.parse_time("2025-12-12T14:20:00Z"), close=1.2)]
        assert self.since("2025-12-12T15:00:00Z", trails={"QZAA": old}) is None

    def test_news_after_the_last_price_has_no_answer_yet(self) -> None:
        assert self.since("2025-12-12T22:00:00Z") is None
        late = quote(clock.parse_time("2025-12-12T22:30:00Z"), last=1.8)
        assert self.since("2025-12-12T22:00:00Z", quotes={"QZAA": late}) == pytest.approx(20.0)

    def test_older_news_counts_all_sessions_since_across_a_split(self) -> None:
        bars = [*flat(20, close=0.1), bar(DAY, 3.0, change_pct=50.0)]
        assert self.since("2025-12-09T22:00:00Z", bars=bars) == pytest.approx(50.0)

    def test_a_missing_close_before_the_news_is_unknown(self) -> None:
        assert self.since("2025-12-11T22:00:00Z", bars=[*self.bars[:-2], self.bars[-1]]) is None

    def test_the_cap_as_of_the_news_is_from_before_the_jump(self) -> None:
        bars = [*flat(20, market_cap=5e6), self.bars[-1]]
        m = move(bars, news_times={"QZAA": BEFORE_OPEN})
        assert (m.market_cap, m.market_cap_at_news) == (9e6, 5e6)
        assert move(bars).market_cap_at_news is None


@given(st.lists(st.tuples(st.floats(0.01, 100), st.floats(0, 1e9)), min_size=1, max_size=25))
@settings(max_examples=40, deadline=None)
def test_scaling_all_volumes_leaves_relative_volume(rows: list[tuple[float, float]]) -> None:
    days = [*sessions(len(rows) - 1), DAY]
    one = [bar(d, c, v) for d, (c, v) in zip(days, rows, strict=True)]
    ten = [bar(d, c, v * 10) for d, (c, v) in zip(days, rows, strict=True)]
    a, b = move(one).rvol, move(ten).rvol
    assert (a is None) == (b is None)
    if a is not None:
        assert a == pytest.approx(b, rel=1e-9)
