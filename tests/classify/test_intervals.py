"""Intervals over companies: they hold the figure, shrink with more companies, and items of one company count as one."""

from __future__ import annotations

from screener.classify.evaluate import Label
from screener.classify.intervals import Interval, intervals
from screener.types import Catalyst, Classified


def row(want: bool, got: bool) -> tuple[Label, Classified]:
    label = Label(id="i", types=("buyback",) if want else (), noise=() if want else ("award",))
    found = (Catalyst(story_id="i", type="buyback", confidence=0.9),) if got else ()
    return label, Classified(story_id="i", catalysts=found)


def width(found: Interval | None) -> float:
    assert found is not None
    return found.high - found.low


MIXED = [row(True, True), row(True, False), row(False, True), row(False, False)]


def test_the_figure_lies_within() -> None:
    found = intervals(MIXED * 50, [f"C{i}" for i in range(200)])
    assert found.micro_f1 is not None
    assert found.micro_f1.low < 0.5 < found.micro_f1.high
    assert found.false_alarm_rate is not None
    assert found.false_alarm_rate.low < 0.5 < found.false_alarm_rate.high
    assert set(found.types) == {"buyback"}


def test_more_companies_say_more_and_copies_say_nothing() -> None:
    few = intervals(MIXED * 5, [f"C{i}" for i in range(20)])
    many = intervals(MIXED * 50, [f"C{i}" for i in range(200)])
    copies = intervals(MIXED * 50, [f"C{i % 20}" for i in range(200)])
    assert width(many.micro_f1) < 0.6 * width(few.micro_f1)
    assert width(copies.micro_f1) > 1.5 * width(many.micro_f1)


def test_nothing_to_judge_is_no_figure() -> None:
    assert intervals([], []).micro_f1 is None
    assert intervals([row(False, False)], ["A"]).micro_f1 is None
