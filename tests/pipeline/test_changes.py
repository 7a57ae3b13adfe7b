"""What a running watch prints of a new list: one line for each row that says something new, never the same twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from screener.outputs.lines import change_line
from screener.pipeline.changes import MOST, Changes
from screener.types import WatchRow

MOMENT = dt.datetime(2026, 3, 12, 13, 31, 5, tzinfo=dt.UTC)


def row(ticker: str = "ZORV", score: float = 60.0, **given: Any) -> WatchRow:
    plain = {"run_id": "r", "day": MOMENT.date(), "rank": 1, "as_of": MOMENT, "story_id": "s1", "action": "Avoid"}
    return WatchRow(**{**plain, "ticker": ticker, "score": score, "catalyst": "reverse_split", "side": "-", **given})


def told(changes: Changes, *rows: WatchRow) -> list[str]:
    return [r.ticker for r in changes.of(rows)]


def test_a_row_is_told_once_until_it_says_something_else() -> None:
    changes = Changes()
    assert told(changes, row()) == ["ZORV"]
    assert told(changes, row()) == []
    assert told(changes, row(score=64)) == [], "a small step is no news"
    assert told(changes, row(score=71)) == ["ZORV"], "counted from what was told, not from the list before"
    assert told(changes, row(score=71, action="Alert")) == ["ZORV"]
    assert told(changes, row(score=71, action="Alert", story_id="s2")) == ["ZORV"]
    assert told(changes, row(score=71, action="Alert", story_id="s2", side="+")) == ["ZORV"]


def test_steps_add_up() -> None:
    changes = Changes([row(score=30)])
    assert [bool(told(changes, row(score=s))) for s in (34, 38, 41, 45)] == [False, False, True, False]


def test_what_stood_at_the_start_and_what_nobody_reads_is_not_told() -> None:
    changes = Changes([row("OLDD")])
    rows = [row("OLDD"), row("BIGG", outside="too large"), row("LOWW", score=12.0), row("NEWW")]
    assert told(changes, *rows) == ["NEWW"]
    assert told(changes, row("LOWW", score=25.0)) == ["LOWW"], "told once it is worth reading"


def test_what_left_and_comes_back_is_told_again() -> None:
    changes = Changes()
    assert told(changes, row()) and told(changes) == [] and told(changes, row()) == ["ZORV"]


def test_a_flood_is_counted() -> None:
    lines = Changes().lines([row(f"Z{n}") for n in range(MOST + 3)], change_line)
    assert len(lines) == MOST + 1 and lines[-1].startswith("and 3 more")


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.floats(0, 99.9)), max_size=30))
def test_the_same_list_again_is_silent(rows: list[tuple[str, float]]) -> None:
    held = [row(t, s) for t, s in dict(rows).items()]
    changes = Changes()
    changes.of(held)
    assert changes.of(held) == []


def test_a_line_has_time_ticker_catalyst_price_and_score() -> None:
    line = change_line(row(price=1.2, change_pct=-12.0, score=99.9, stage="effective"))
    assert line == "09:31:05 ET  ZORV   - reverse split, effective  $1.20  -12.0 %  score 99  Avoid"
    assert "\n" not in change_line(row(ticker="Z\nX", action="")) and "?" in change_line(row())
