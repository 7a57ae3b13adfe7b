"""The usual share of a day's volume by minute: U-shaped, never linear, learned when there is enough to learn from."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener import clock
from screener.prices.curve import DEFAULT, Curve, learn, minute_of, share_at
from screener.types import Quote
from tests.prices.builders import DAY, sessions

HALF = dt.date(2025, 11, 28)


@given(st.floats(-100, 500), st.floats(-100, 500))
def test_shares_grow_from_nothing_to_all(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert 0.0 <= DEFAULT.share(low) <= DEFAULT.share(high) <= 1.0


def test_the_default_is_u_shaped() -> None:
    first, noon, last = DEFAULT.share(30), DEFAULT.share(210) - DEFAULT.share(180), 1 - DEFAULT.share(360)
    assert first > 1.5 * noon and last > 2 * noon
    assert DEFAULT.share(195) != pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(
    ("moment", "day", "minute"),
    [
        ("2025-12-12T14:30:00Z", DAY, 0.0),
        ("2025-12-12T15:30:00Z", DAY, 60.0),
        ("2025-12-12T21:00:00Z", DAY, 390.0),
        ("2025-11-28T16:15:00Z", HALF, 195.0),  # the middle of a half day
        ("2025-11-28T18:00:00Z", HALF, 390.0),
    ],
)
def test_minutes_of_whole_and_half_days(moment: str, day: dt.date, minute: float) -> None:
    assert minute_of(clock.parse_time(moment), day) == pytest.approx(minute)


def test_before_the_open_nothing_and_after_the_close_all() -> None:
    assert share_at(clock.parse_time("2025-12-12T13:00:00Z"), DAY) == 0.0
    assert share_at(clock.parse_time("2025-12-12T22:00:00Z"), DAY) == 1.0


def minutes(day: dt.date, ticker: str = "QZAA", step: int = 1) -> list[Quote]:
    """Half of the volume in the first minute, the rest even; one pre-market bar that must not count."""
    opened = clock.open_time(day)
    found = [
        Quote(ticker=ticker, as_of=opened - dt.timedelta(minutes=20), volume=1e9, close=1.0, session="pre", source="t")
    ]
    for i in range(1, 391, step):
        volume = 389.0 if i == 1 else 1.0
        at = opened + dt.timedelta(minutes=i)
        found.append(Quote(ticker=ticker, as_of=at, volume=volume, close=1.0, session="regular", source="t"))
    return found


def test_a_curve_is_learned_from_whole_days() -> None:
    curve = learn(q for d in sessions(20, HALF) for q in minutes(d))
    assert curve.days == 20 and curve.share(5) == pytest.approx((389 + 4) / 778)
    assert curve.share(195) == pytest.approx((389 + 194) / 778) and curve.share(390) == 1.0


def test_too_little_to_learn_from_keeps_the_default() -> None:
    assert learn([]) is DEFAULT
    assert learn(q for d in sessions(19) for q in minutes(d)) is DEFAULT
    assert learn(q for d in sessions(40) for q in minutes(d, step=3)) is DEFAULT


def test_a_learned_curve_is_a_curve() -> None:
    assert Curve(((0.0, 0.0), (390.0, 1.0))).share(39.0) == pytest.approx(0.1)
