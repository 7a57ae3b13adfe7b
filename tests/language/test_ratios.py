"""Split ratios in every style: a generator writes a pair of numbers, the reader must give it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.language import ratios
from screener.language.wording import compile_wording, fold
from tests.language.writing import word

REVERSE = [
    "1-for-{n} reverse stock split", "one-for-{w} reverse split", "1-for-{w} reverse split", "1:{n} reverse split",
    "reverse split at a ratio of 1/{n}", "{n}-for-1 reverse split", "{n}:1 share consolidation", "{n} to 1 reverse split",
    "1-to-{n} reverse split", "{n} into 1 share consolidation", "reverse split of 1 for {n}",
    "one new share for every {w} ({n}) old shares", "consolidation: {w} ({n}) old shares for one (1) new",
    "one new for {w} old shares", "a ratio of 1 share for {n} shares", "consolidate {n} old shares to 1 new share",
    "every {w} ({n}) shares of common stock will be combined into one share of common stock",
    "each {n} issued and outstanding ordinary shares will be consolidated into one ordinary share",
    "{n} pre-consolidation common shares for 1 post-consolidation common share",
    "one post-consolidation share for each {n} pre-consolidation shares", "a one (1)-for-{w} ({n}) reverse stock split",
    "share consolidation on a {n}-for-one basis", "1‑for‑{n} reverse stock split", "1 – for – {n} reverse stock split",
]  # fmt: skip


@given(st.integers(2, 999), st.sampled_from(REVERSE))
def test_reverse_styles(n: int, style: str) -> None:
    text = "Zorvane Inc. announced " + style.format(n=n, w=word(n))
    found = ratios.find(text)
    assert found, text
    assert ratios.form(found[0].a, found[0].b, forward=False) == f"1-for-{n}", text


@given(st.decimals("1.01", "99.99", places=2))
def test_fractions(n: object) -> None:
    found = ratios.find(f"a 1-for-{n} reverse split")
    assert [(r.a, r.b) for r in found] == [(1, pytest.approx(float(str(n))))]


@given(st.integers(1, 10), st.integers(1, 20), st.sampled_from(["{a}-for-{b} stock split", "{x}-for-{y} stock split",
       "{a}:{b} stock split", "{a} for {b} stock split", "a {x} for {y} split", "a stock split of {a}-for-{b}"]))  # fmt: skip
def test_forward_styles(low: int, more: int, style: str) -> None:
    high = low + more
    text = "Zorvane declares " + style.format(a=high, b=low, x=word(high), y=word(low))
    found = ratios.find(text)
    assert found, text
    assert ratios.form(found[0].a, found[0].b, forward=True) == f"{high}-for-{low}", text


@pytest.mark.parametrize(
    ("text", "form"),
    [("a 100% stock dividend", "2-for-1"), ("a 50% stock dividend", "3-for-2"), ("a stock dividend of 5%", "21-for-20"),
     ("a 25 percent stock dividend", "5-for-4")],
)  # fmt: skip
def test_stock_dividends(text: str, form: str) -> None:
    assert [ratios.form(r.a, r.b, forward=True) for r in ratios.find(text)] == [form]


@pytest.mark.parametrize(
    "text",
    ["open 24/7 after the split", "on November 3/4 the split was discussed", "at 9:30 am the stock split",
     "from 10 to 20 people work there", "a 2:1 lead in the trial", "paid 5 for 4 tickets", "$1.00 for 30 days",
     "rose 3 for 3", "revenue grew 10 to 1,000"],
)  # fmt: skip
def test_no_ratio(text: str) -> None:
    assert ratios.find(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a range of 1-for-5 to 1-for-50", [(5, 50)]),
        ("a ratio between 1-for-2 and 1-for-40", [(2, 40)]),
        ("not less than 1-for-5 and not more than 1-for-50", [(5, 50)]),
        ("from 1:10 to 1:100 in a reverse split", [(10, 100)]),
        ("a reverse split of up to 1-for-50", [(None, 50)]),
        ("a reverse split not to exceed 1-for-50", [(None, 50)]),
        ("a 1-for-20 reverse split. Trading begins at a ratio of 1-for-20", []),
    ],
)
def test_ranges(text: str, expected: list[tuple[int | None, int]]) -> None:
    spans = ratios.ranges(text, ratios.find(text))
    assert [(s.low and max(s.low.a, s.low.b), max(s.high.a, s.high.b)) for s in spans] == expected


@given(
    st.integers(1, 10), st.integers(1, 10), st.sampled_from(["{a}-for-{b}", "{a}:{b}", "{x}-for-{y}", "{a} for {b}"])
)
def test_direction_elements(a: int, b: int, style: str) -> None:
    text = fold("a " + style.format(a=a, b=b, x=word(a), y=word(b)) + " split")
    up = any(compile_wording("<more-for-less> split").find(text))
    down = any(compile_wording("<less-for-more> split").find(text))
    assert (up, down) == (a > b, a < b), text


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    found = ratios.find(text)
    assert all(0 <= r.start < r.end <= len(text) for r in found)
    ratios.ranges(text, found)
