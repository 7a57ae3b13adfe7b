"""The README's tables come from the code, and its example is a rule that passes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screener.engine.check import check
from screener.engine.docs import facts_table, operators_table, update
from screener.engine.load import load_rules
from tests.engine.make import RULES

README = RULES.parent / "README.md"


def test_tables_are_up_to_date() -> None:
    text = README.read_text(encoding="utf-8")
    assert update(text) == text, "run: python -m tests.engine.test_docs"


def test_tables_hold_every_entry() -> None:
    assert facts_table().count("\n") > 60
    assert "`between`" in operators_table()
    for row in (facts_table() + "\n" + operators_table()).splitlines():
        assert row.count("|") in (5, 6), row


def test_a_text_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="facts"):
        update("nothing")


def test_the_example_passes_its_own_tests(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    (tmp_path / "government_contract.yml").write_text(example[1], encoding="utf-8")
    errors = [f for f in check(load_rules([tmp_path])) if f.severity == "error"]
    assert errors == []


if __name__ == "__main__":
    README.write_text(update(README.read_text(encoding="utf-8")), encoding="utf-8")
