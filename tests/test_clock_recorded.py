"""The NYSE calendar against days that are on record: closings, early closes, sessions, changes of the clocks."""

from __future__ import annotations

import datetime as dt

import pytest

from screener import clock


@pytest.mark.parametrize(
    "day",
    ["2012-10-29", "2012-10-30", "2018-12-05", "2025-01-09", "2025-04-18", "2025-06-19", "2025-11-27", "2024-03-29"],
)
def test_closed_days(day: str) -> None:
    assert not clock.is_session(dt.date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2025-10-13", "2025-11-11", "2021-12-31", "2025-12-26", "2021-06-18"])
def test_sessions_on_days_that_others_have_off(day: str) -> None:
    assert clock.is_session(dt.date.fromisoformat(day))


@pytest.mark.parametrize(
    ("day", "close"),
    [
        ("2024-07-03", "17:00"),  # one o'clock in New York
        ("2024-11-29", "18:00"),
        ("2025-11-28", "18:00"),
        ("2025-12-24", "18:00"),
        ("2025-12-31", "21:00"),
        ("2025-03-07", "21:00"),  # the last session before the clocks go forward
        ("2025-03-10", "20:00"),
        ("2025-10-31", "20:00"),
        ("2025-11-03", "21:00"),
    ],
)
def test_closing_times(day: str, close: str) -> None:
    assert f"{clock.close_time(dt.date.fromisoformat(day)):%H:%M}" == close
