"""The formulas hold for all numbers, and unknown stays unknown."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from screener.prices import formulas
from screener.prices.splits import looks_like_split

price = st.floats(0.0001, 1e6)
change = st.floats(-99.0, 9000.0)
maybe = st.none() | st.floats(-1e9, 1e9)


@given(price, price)
def test_percent_inverts(old: float, new: float) -> None:
    found = formulas.percent(new, old)
    assert found is not None and found > -100
    assert old * (1 + found / 100) == pytest.approx(new, rel=1e-6, abs=old * 1e-12)


@given(price, change)
def test_implied_previous_inverts_the_change(close: float, pct: float) -> None:
    before = formulas.implied_previous(close, pct)
    assert formulas.percent(close, before) == pytest.approx(pct, rel=1e-6, abs=1e-6)


@given(maybe, maybe, maybe)
def test_unknown_in_unknown_out(a: float | None, b: float | None, c: float | None) -> None:
    assert (formulas.true_range(a, b, c) is None) == (None in (a, b, c))
    if None in (a, b):
        assert formulas.percent(a, b) is formulas.ratio(a, b) is formulas.dollar_volume(a, b) is None
        assert formulas.abnormal(a, b) is formulas.relative_volume(a, b) is formulas.materiality(a, b) is None


def test_zero_denominators_are_unknown_not_zero() -> None:
    assert formulas.percent(1, 0) is formulas.ratio(1, 0) is formulas.relative_volume(1, 0) is None
    assert formulas.relative_volume(1, 1, 0) is formulas.implied_previous(1, -100) is None


@given(st.floats(1, 1e9), st.floats(1, 1e9), st.floats(0.01, 1))
def test_relative_volume_grows_as_less_should_have_traded(volume: float, usual: float, share: float) -> None:
    part, whole = formulas.relative_volume(volume, usual, share), formulas.relative_volume(volume, usual)
    assert part is not None and whole is not None and part >= whole * 0.999999


@given(price, price, price)
def test_true_range_covers_the_bar_and_the_gap(a: float, b: float, close: float) -> None:
    high, low = max(a, b), min(a, b)
    found = formulas.true_range(high, low, close)
    assert found == pytest.approx(max(high, close) - min(low, close), abs=1e-6)


def test_mean_wants_enough_known_values() -> None:
    assert formulas.mean([1.0, None, 3.0, 5.0, 7.0, 9.0]) == 5.0
    assert formulas.mean([1.0, None, 3.0, 5.0, 7.0]) is None


@given(st.lists(st.floats(-5, 5), min_size=20, max_size=120), st.floats(-3, 3))
def test_beta_finds_the_slope_and_shrinks_it(bench: list[float], slope: float) -> None:
    assume(max(bench) - min(bench) > 0.5)
    found = formulas.beta([(slope * b, b) for b in bench])
    weight = len(bench) / (len(bench) + 60)
    assert found == pytest.approx(weight * slope + 1 - weight, abs=1e-6)


def test_beta_is_one_when_nothing_is_known() -> None:
    assert formulas.beta([]) == formulas.beta([(1.0, 1.0)] * 19) == formulas.beta([(3.0, 0.0)] * 60) == 1.0


def test_one_jump_does_not_set_beta() -> None:
    calm = [(1.0, 1.0), (-1.0, -1.0)] * 30
    assert abs(formulas.beta([*calm, (900.0, 1.0)]) - formulas.beta([*calm, (25.0, 1.0)])) < 1e-9


def test_materiality_is_a_percentage() -> None:
    assert formulas.materiality(5e6, 50e6) == pytest.approx(10.0)


@given(st.integers(2, 250), st.floats(0.05, 500))
def test_whole_ratios_look_like_splits(n: int, before: float) -> None:
    assert looks_like_split(float(n), before) and looks_like_split(1 / n, before)


@pytest.mark.parametrize("seen", [1.7, 2.4, 0.31, 5.5, 1.0])
def test_moves_do_not_look_like_splits(seen: float) -> None:
    assert not looks_like_split(seen, 5.0)
