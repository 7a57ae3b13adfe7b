"""Splits that no table lists: told by the company, by the source's own change, or by nobody. All are invented."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener import clock
from screener.prices.measures import compute_moves
from screener.prices.splits import Announced
from screener.types import Bar, Move

DAY = dt.date(2025, 12, 12)
AS_OF = clock.close_time(DAY)


def bar(back: int, close: float, volume: float | None = 1000.0, change: float | None = None, **more: Any) -> Bar:
    day = clock.previous_session(DAY, back) if back else DAY
    known = clock.close_time(day)
    return Bar(
        ticker="QZAA", day=day, close=close, volume=volume, change_pct=change, source="file", known_at=known, **more
    )


def old(close: float, volume: float = 1000.0, **more: float) -> list[Bar]:
    return [bar(n, close, volume, **more) for n in range(25, 0, -1)]


def move(bars: list[Bar], *announced: Announced, splits: dict[dt.date, float] | None = None) -> Move:
    listed = {"QZAA": splits} if splits else None
    return compute_moves(bars, AS_OF, splits=listed, announced={"QZAA": announced})["QZAA"]


def said(ratio: float, effective: dt.date | None = None, announced: dt.date | None = None) -> Announced:
    return Announced(ratio=ratio, announced=announced or clock.previous_session(DAY, 3), effective=effective)


@pytest.mark.parametrize("ratio", [2.0, 3.0, 10.0, 17.85, 20.0, 250.0, 0.5, 0.1, 2 / 3])
@pytest.mark.parametrize("effective", [DAY, None, DAY + dt.timedelta(days=1), DAY - dt.timedelta(days=2)])
def test_the_companys_own_ratio_is_used(ratio: float, effective: dt.date | None) -> None:
    bars = [
        *old(1.0, 20_000.0, high=1.1, low=0.9),
        bar(0, ratio * 1.05, 20_000 / ratio * 3, open=ratio, high=1.1 * ratio, low=0.9 * ratio),
    ]
    found = move(bars, said(ratio, effective))
    assert found.change_pct == pytest.approx(5.0) and found.gap_pct == pytest.approx(0.0)
    assert found.rvol == pytest.approx(3.0) and found.atr_multiple == pytest.approx(1.0)
    assert found.doubt == "" and (found.days_since_reverse_split == 0) == (ratio > 1)


def test_a_split_of_weeks_ago_is_on_todays_basis() -> None:
    bars = [bar(n, 0.1 if n > 10 else 2.0, 20_000.0 if n > 10 else 1000.0) for n in range(25, 0, -1)]
    found = move([*bars, bar(0, 2.2, 1000.0)], said(20.0, clock.previous_session(DAY, 10)))
    assert found.change_pct == pytest.approx(10.0) and found.rvol == pytest.approx(1.0)


def test_a_split_that_was_put_off_or_adjusted_for_changes_nothing() -> None:
    found = move([*old(1.0), bar(0, 1.1)], said(20.0, DAY))
    assert found.change_pct == pytest.approx(10.0) and found.doubt == ""


def test_before_the_first_trade_the_last_close_is_brought_to_the_new_basis() -> None:
    found = compute_moves(
        old(0.1), clock.open_time(DAY) - dt.timedelta(hours=1), announced={"QZAA": [said(20.0, DAY)]}, day=DAY
    )["QZAA"]
    assert found.price == pytest.approx(2.0) and found.change_pct is None


@given(st.floats(2.2, 300.0), st.floats(-55.0, 80.0))
def test_a_ratio_that_is_not_whole_keeps_the_sources_change(ratio: float, change: float) -> None:
    close = 0.2 * ratio * (1 + change / 100)
    found = move([*old(0.2, 20_000.0), bar(0, close, 20_000.0 / ratio, change)])
    assert found.change_pct == pytest.approx(change)
    assert found.rvol == pytest.approx(1.0, rel=0.01)


def test_a_warrants_stale_quote_is_no_split() -> None:
    assert move([*old(0.06), bar(0, 0.06, 1000.0, 150.0)]).change_pct == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("close", "volume", "change"),
    [
        (21.0, 50.0, None),
        (21.0, 50.0, 2000.0),
        (21.0, 500_000.0, 2000.0),
        (5.0, 1500.0, None),
        (5.0, 1500.0, 400.0),
        (5.0, None, None),
        (0.1, 9000.0 / 9, None),
        (0.2, None, None),
    ],
)
def test_a_jump_that_nothing_explains_is_unknown_with_its_reason(
    close: float, volume: float | None, change: float | None
) -> None:
    found = move([*old(1.0), bar(0, close, volume, change, open=close)])
    assert found.change_pct is found.gap_pct is found.abnormal_pct is found.rvol is None
    assert "looks like a split" in found.doubt and found.price == close


@pytest.mark.parametrize(
    ("close", "volume", "change"),
    [(5.0, 40_000.0, None), (5.0, 40_000.0, 400.0), (0.2, 9000.0, None), (0.2, 1200.0, -80.0), (2.5, 900.0, None)],
)
def test_a_jump_on_volume_is_a_move(close: float, volume: float, change: float | None) -> None:
    found = move([*old(1.0), bar(0, close, volume, change)])
    assert found.change_pct == pytest.approx((close - 1) * 100) and found.doubt == ""


def test_a_listed_day_that_the_closes_do_not_show_is_not_applied() -> None:
    assert move([*old(1.0), bar(0, 1.1)], splits={DAY: 20.0}).change_pct == pytest.approx(10.0)


def test_no_recorded_small_cap_gains_a_thousand_percent(shared: Path) -> None:
    """In half a year of all stocks, what is left of day-over-day gains above 200 % stands on at least twice the volume."""
    polars = pytest.importorskip("polars")
    wanted = {"WOLF", "SQNS", "EPSM"}
    frame = polars.read_parquet(shared / "prices" / "daily_2025H2_corrected.parquet")
    rows = frame.filter(polars.col("ticker").is_in(list(wanted))).sort("date").to_dicts()
    for ticker in wanted:
        bars = [
            Bar(
                ticker=ticker,
                day=r["date"],
                close=r["close"],
                volume=r["volume"],
                change_pct=r["change_pct"],
                source="file",
                known_at=clock.close_time(r["date"]),
            )
            for r in rows
            if r["ticker"] == ticker
        ]
        top = max(bars, key=lambda b: b.change_pct or 0)
        found = compute_moves(bars, clock.close_time(top.day), day=top.day)[ticker]
        assert found.change_pct is None and found.doubt, ticker


def caps(*values: float | None, closes: list[float] | None = None) -> list[Bar]:
    prices = closes or [2.0] * len(values)
    days = range(len(values) - 1, -1, -1)
    return [bar(n, p, market_cap=c) if c else bar(n, p) for n, p, c in zip(days, prices, values, strict=True)]


def test_a_market_cap_that_jumps_without_the_price_is_questioned() -> None:
    found = move(caps(*[10e6] * 8, 493e6))
    assert found.market_cap is None and "49.3 times" in found.doubt and found.change_pct == pytest.approx(0.0)


def test_a_market_cap_that_moves_with_the_price_stands() -> None:
    found = move([*caps(*[10e6] * 8)[:-1], bar(0, 5.0, 90_000.0, market_cap=25e6)])
    assert found.market_cap == 25e6 and found.doubt == ""


def test_new_shares_are_believed_when_the_source_keeps_saying_so() -> None:
    assert move(caps(*[10e6] * 8, *[60e6] * 4)).market_cap == 60e6
    assert move(caps(*[10e6] * 8, *[60e6] * 2)).market_cap is None


def test_shares_of_before_a_split_are_not_believed() -> None:
    closes = [0.1] * 8 + [2.0] * 5
    found = move(caps(*[10e6] * 8, *[200e6] * 5, closes=closes), said(20.0, clock.previous_session(DAY, 4)))
    assert found.market_cap is None and "times what the days before imply" in found.doubt
