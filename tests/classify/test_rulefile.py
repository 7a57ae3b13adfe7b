"""Catalyst files: what loads, and that every mistake names file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from screener.classify.rulefile import load_folder, load_rule
from screener.errors import YamlError

GOOD = """id: toy_deal
kind: type
title: Toy deal
description: A deal about toys.
polarity: "+"
patterns:
  - toy deal
hints:
  - toy
exclusions:
  - no toy deal
items: {"1.01": 0.4}
tests:
  must:
    - Brightway Signs Toy Deal
  must_not:
    - {title: No Toy Deal, form: "8-K", items: ["1.01"]}
"""


def write(folder: Path, text: str, name: str = "toy_deal.yml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_loads_patterns_items_and_samples(tmp_path: Path) -> None:
    rule = load_rule(write(tmp_path, GOOD))
    assert (rule.id, rule.kind, rule.polarity, rule.items) == ("toy_deal", "type", "+", {"1.01": 0.4})
    assert [(s.must, s.title, s.form, s.items) for s in rule.samples] == [
        (True, "Brightway Signs Toy Deal", "PR", ()),
        (False, "No Toy Deal", "8-K", ("1.01",)),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("id: toy_deal", "id: other", 1, "file's name"),
        ("kind: type", "kind: thing", 2, "write one of"),
        ('polarity: "+"', "polarity: up", 5, "polarity"),
        ("  - toy deal\n", "  - toy (deal\n", 7, "closing"),
        ("hints:", "hint:", 8, "not known"),
        ('{"1.01": 0.4}', '{"1.01": 4}', 12, "0 to 1"),
        ("    - Brightway Signs Toy Deal", "    - {text: only}", 15, "needs a title"),
        ("  must:", "  maybe:", 13, "must and must_not"),
    ],
)
def test_mistakes_name_their_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in GOOD
    with pytest.raises(YamlError, match=message) as caught:
        load_rule(write(tmp_path, GOOD.replace(old, new, 1)))
    assert caught.value.line == line


def test_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(YamlError, match="no catalyst file"):
        load_folder(tmp_path)
