"""Catalyst files: what loads, and that every mistake names file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from screener.classify.rulefile import load_folder, load_folders, load_rule
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
        ("  must:", "  maybe:", 14, "must"),
    ],
)
def test_mistakes_name_their_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in GOOD
    with pytest.raises(YamlError, match=message) as caught:
        load_rule(write(tmp_path, GOOD.replace(old, new, 1)))
    assert caught.value.line == line


WHOLE = GOOD.replace(
    'items: {"1.01": 0.4}',
    """turns:
  - to: "-"
    words:
      - <called-off>
    unless:
      - not called off
stages:
  - closed:
      - <closed>
stage: announced
filing_stages: {"424B*": priced}
facts: [money, counterparty]
amount:
  called:
    - toy deal
counterparty: [with, by]
reports:
  words:
    - entered into .... toy agreement
  instead_of: [earnings]
items: {"1.01": 0.4}""",
)


def test_everything_about_a_type_stands_in_its_file(tmp_path: Path) -> None:
    rule = load_rule(write(tmp_path, WHOLE))
    assert [(turn.to, len(turn.phrases.words), len(turn.phrases.unless)) for turn in rule.turns] == [("-", 1, 1)]
    assert [row.stage for row in rule.stages] == ["closed"]
    assert rule.facts[:2] == ("amount_usd", "amount_high_usd")
    assert list(rule.others()) == [("reports", "earnings")]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('  - to: "-"', "  - to: down", r":13: turns\.to: is 'down'; write one of"),
        ("    unless:", "    unles:", r":16: turns\.unles: is not known here; did you mean unless\?"),
        ("      - <called-off>", "      - <called-of>", r":15: words: .*did you mean <called-off>\?"),
        ("  - closed:", "  - closd:", r":19: stages\.closd: .*did you mean closed\?"),
        ("stage: announced", "stage: told", r":21: stage: is 'told'"),
        ("facts: [money, counterparty]", "facts: [mony]", r":23: facts: 'mony' is not known; did you mean money\?"),
        (
            "counterparty: [with, by]",
            "counterparty: [wit]",
            r":27: counterparty: 'wit' is not known; did you mean with\?",
        ),
        ("reports:\n  words:", "reports:\n  wordss:", r":29: reports\.wordss: is not known here; did you mean words\?"),
        ("  called:", "  caled:", r":25: amount\.caled: is not known here; did you mean called\?"),
        ('{"424B*": priced}', '{"424B*": prized}', r":22: filing_stages\.424B\*: is 'prized'; write one of"),
    ],
)
def test_mistakes_name_line_key_and_the_nearest_name(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in WHOLE
    with pytest.raises(YamlError, match=message):
        load_rule(write(tmp_path, WHOLE.replace(old, new, 1)))


def test_a_later_folder_replaces_and_switches_off(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
    write(first, GOOD)
    write(first, GOOD.replace("toy_deal", "toy_sale"), "toy_sale.yml")
    write(second, GOOD.replace("title: Toy deal", "title: My toy deal"))
    write(second, "id: toy_sale\nenabled: false\n", "toy_sale.yml")
    assert [(rule.id, rule.title) for rule in load_folders((first, second))] == [("toy_deal", "My toy deal")]


def test_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(YamlError, match="no catalyst file"):
        load_folder(tmp_path)
