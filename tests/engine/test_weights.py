"""The base points that follow the study are the ones in the files, and follow from its numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screener.engine.curve import points_of
from screener.engine.load import load_rules
from tests.engine.make import RULES

README = (Path(RULES).parent / "README.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| (\d+) \| (0\.\d+) \| (0\.\d+) \| (-?\d+) \| (\d+) \|$", README, re.M)
OVERALL = float(re.findall(r"(0\.\d+) overall", README)[0])
LOADED = load_rules([RULES])


def test_the_table_is_there() -> None:
    assert len(ROWS) >= 5


@pytest.mark.parametrize("row", ROWS, ids=[r[0] for r in ROWS])
def test_base_points_follow_the_study(row: tuple[str, str, str, str, str, str]) -> None:
    name, events, share, drawn, adds, base = row[0], int(row[1]), *(float(x) for x in row[2:])
    assert events >= 20
    assert LOADED.rule(name).rule.score["base"] == base
    assert drawn == pytest.approx((events * share + 30 * OVERALL) / (events + 30), abs=0.01)
    # The table is rounded to two digits and whole points.
    assert base == pytest.approx(33 + points_of(100 * drawn) - points_of(100 * OVERALL) - adds, abs=2)
