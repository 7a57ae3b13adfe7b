"""Formatting, cleaning and addresses."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.format import safe_link
from screener.web import show


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0.0, "$0.00"), (310_000, "$310K"), (999_960, "$1M"), (45e6, "$45M"), (1.234e9, "$1.23B"), (-2.5e6, "−$2.5M"),
     (999.4e6, "$999M"), (2e12, "$2T")],
)  # fmt: skip
def test_money(value: float | None, text: str) -> None:
    assert show.money(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (4.5, "+4.5%"),
        (-12.34, "−12.3%"),
        (0.0, "0.0%"),
        (-0.01, "0.0%"),
        (123.4, "+123%"),
        (1234.0, "+1,234%"),
    ],
)
def test_percent(value: float | None, text: str) -> None:
    assert show.percent(value) == text


def test_price_times_count_age() -> None:
    assert (show.price(0.1369), show.price(3.1), show.price(1234.5), show.price(None)) == (
        "0.1369",
        "3.10",
        "1,234.50",
        "–",
    )
    assert (show.times(6.04), show.times(250.2), show.times(None)) == ("6.0×", "250×", "–")
    now = dt.datetime(2026, 3, 12, 22, tzinfo=dt.UTC)
    ages = [show.age(now - dt.timedelta(minutes=m), now) for m in (-5, 0, 4, 185, 3000)]
    assert ages == ["now", "now", "4m", "3h 05m", "2d"]
    assert show.eastern(now) == "12 Mar 18:00 ET"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("amount_usd", 9_000_000, "$9M"), ("price", 2.5, "$2.50"), ("premium_pct", 62.0, "62%"), ("endpoint_met", False, "no"),
        ("ratio", "1-for-20", "1-for-20"), ("halted", "2026-03-12T10:21:00+00:00", "12 Mar 06:21 ET"),
        ("shares", 1_000_000, "1,000,000"),
    ],
)  # fmt: skip
def test_facts(name: str, value: str | float | bool, text: str) -> None:
    assert show.fact(name, value) == text


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "data:text/html,x", "//evil.example", "/local", "ftp://a.example",
     "http:///nohost", "https://user:word@a.example", "https://a.example/\u202egnp", 'https://a.example/"onclick=', "https://a.example/\n",
     "vbscript:x", "http://[::1", ""],
)  # fmt: skip
def test_addresses_that_are_no_links(address: str) -> None:
    assert safe_link(address) == ""


@pytest.mark.parametrize(
    "address", ["https://a.example/b?c=d&e=f#g", "http://a.example:8080/", "https://bücher.example/ä"]
)
def test_addresses_that_are(address: str) -> None:
    assert safe_link(address) == address


@given(st.text())
def test_clean_text_keeps_its_length_and_hides_nothing(text: str) -> None:
    cleaned = show.clean(text)
    assert len(cleaned) == len(text)
    assert all(c.isprintable() or c == "\n" for c in cleaned)


@given(st.text(), st.integers(2, 50))
def test_cut_text_is_short(text: str, limit: int) -> None:
    assert len(show.clean(text, limit)) <= limit


def test_words_and_signs() -> None:
    assert show.words("pdufa_date") == "PDUFA date"
    assert [show.polarity(p) for p in "+-±0?"] == ["good", "bad", "mixed", "neutral", "neutral"]
    assert show.tone(None) == show.tone(0.01) == "flat" and show.tone(1) == "up" and show.tone(-1) == "down"
