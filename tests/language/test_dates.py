"""Days in prose, in every style."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.language import dates

DAYS = st.dates(dt.date(2001, 1, 1), dt.date(2099, 12, 31))


def suffix(n: int) -> str:
    return "th" if 10 <= n <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")


STYLES = [
    "{B} {d}, {Y}", "{B} {d}{s}, {Y}", "{d} {B} {Y}", "{d}{s} of {B}, {Y}", "{d}{s} {B} {Y}", "{b}. {d}, {Y}", "{b} {d}, {Y}",
    "{Y}-{m:02}-{d:02}", "{Y}/{m:02}/{d:02}", "{m}/{d}/{Y}", "{m:02}/{d:02}/{Y}", "{d}-{b}-{Y}", "{d:02}.{m:02}.{Y}",
    "Friday, {B} {d}, {Y}", "the {d}{s} day of {B}, {Y}", "{B} {d} {Y}", "{U} {d}, {Y}",
]  # fmt: skip


@given(DAYS, st.sampled_from(STYLES))
def test_styles(day: dt.date, style: str) -> None:
    name = day.strftime("%B")
    written = style.format(B=name, b=name[:3], U=name.upper(), d=day.day, m=day.month, Y=day.year, s=suffix(day.day))
    (found,) = dates.find([f"The split takes effect on {written} at the open."])
    assert [d.iso for d in found] == [day.isoformat()], written


@given(DAYS, st.integers(-80, 260))
def test_a_day_without_a_year_takes_it_from_the_last_full_date(day: dt.date, gap: int) -> None:
    other = day + dt.timedelta(days=gap)
    if other.year > 2099 or other.year < 2001 or other == day:
        return
    first, second = dates.find([f"{day:%B} {day.day}, {day.year}", f"effective {other:%B} {other.day}"])
    assert [d.iso for d in first + second] == [day.isoformat(), other.isoformat()]


@pytest.mark.parametrize("text", ["February 30, 2026", "on 2026-13-40", "March 5", "may 5% rise", "45/45/2026"])
def test_what_is_no_day_stays_unknown(text: str) -> None:
    assert dates.find([text]) == [[]]


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    dates.find([text])
