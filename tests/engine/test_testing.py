"""Rules judge facts, tests judge rules, and mutants judge tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.engine.check import LintFinding, check
from screener.engine.evaluate import Compiled, evaluate, fill, hit, judge, show
from screener.engine.explain import explain, explain_facts
from screener.engine.facts import number_facts
from screener.engine.load import load_rules
from screener.engine.starter import new_rule_text
from screener.engine.testing import run_tests, survivors
from screener.errors import InputError, YamlError
from tests.engine.make import candidate, move
from tests.engine.test_load import GOOD


def rule(folder: Path, text: str = GOOD) -> Compiled:
    (folder / "invented.yml").write_text(text, encoding="utf-8")
    return load_rules([folder]).rule("invented")


def findings(folder: Path, text: str) -> list[LintFinding]:
    rule(folder, text)
    return check(load_rules([folder]))


def test_verdicts(tmp_path: Path) -> None:
    compiled = rule(tmp_path)
    facts: dict[str, Any] = {"catalyst": "partnership", "age_hours": 1}
    verdict = evaluate(compiled, facts.get)
    assert verdict.match is True
    assert verdict.selections == {"kind": True, "fresh": True}
    assert evaluate(compiled.rule, facts.get) == verdict
    found = hit(compiled, facts.get)
    assert found is not None
    assert (found.points, found.unknown) == (40, ("rvol",))
    missing = evaluate(compiled, {"catalyst": "partnership"}.get)
    assert (missing.match, missing.unknown) == (None, ("age_hours",))
    assert hit(compiled, {"catalyst": "partnership"}.get) is None
    assert evaluate(compiled, {"catalyst": "patent"}.get).match is False


@given(st.dictionaries(st.sampled_from(["catalyst", "age_hours", "rvol"]), st.none(), max_size=3))
def test_more_knowledge_never_turns_a_decided_verdict(tmp_path_factory: pytest.TempPathFactory, hidden: Any) -> None:
    compiled = rule(tmp_path_factory.getbasetemp())
    full = {"catalyst": "partnership", "age_hours": 1, "rvol": 6}
    partial = {k: v for k, v in full.items() if k not in hidden}
    before, after = evaluate(compiled, partial.get), evaluate(compiled, full.get)
    for name, value in before.selections.items():
        assert value is None or value == after.selections[name]
    assert before.match is None or before.match == after.match


def test_a_wrong_score_prints_its_reasons(tmp_path: Path) -> None:
    outcomes = run_tests(rule(tmp_path, GOOD.replace("score: 55", "score: 50")))
    assert [o.passed for o in outcomes] == [False, True, True, True]
    assert "expected score 50, got 55 = 40 catalyst (Invented rule), 15 confirmation (rvol 6)" in outcomes[0].message
    assert outcomes[0].line == 19


def test_a_wrong_verdict_prints_the_selections(tmp_path: Path) -> None:
    outcomes = run_tests(rule(tmp_path, GOOD.replace("given: {age_hours: 40}", "given: {age_hours: 4}")))
    assert outcomes[2].message == "expected no match: kind is true, fresh is true"
    text = GOOD.replace("given: {}, expect", "without: [age_hours], expect")
    assert "fresh is unknown" in run_tests(rule(tmp_path, text))[0].message


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ("card: {action: Watch}", "expected card action 'Watch', got 'Alert'"),
        ("warnings: [halted]", "expected the warning 'halted'"),
        ("unknown: [rvol]", "expected rvol among the unknown facts, got none"),
    ],
)
def test_other_expectations(tmp_path: Path, expect: str, message: str) -> None:
    text = GOOD.replace("{match: true, score: 55}", "{match: true, " + expect + "}")
    assert message in run_tests(rule(tmp_path, text))[0].message


def test_a_condition_no_test_holds_is_found(tmp_path: Path) -> None:
    assert survivors(rule(tmp_path)) == []
    only_add = GOOD.replace("score: 55", "score: 55").replace(", score: 40", "").replace(", score: 55", "")
    left = survivors(rule(tmp_path, only_add))
    assert {(s.what, s.how) for s in left} == {("score.add[0]", "flip"), ("score.add[0]", "drop")}
    no_old = "\n".join(line for line in GOOD.splitlines() if "name: old" not in line) + "\n"
    assert {(s.what, s.how, s.line) for s in survivors(rule(tmp_path, no_old))} == {("fresh", "drop", 7)}


def test_a_flip_unseen_is_an_error_and_a_deletion_a_warning(tmp_path: Path) -> None:
    text = GOOD[: GOOD.index("  - {name: old")].replace("kind and fresh", "kind or fresh")
    found = findings(tmp_path, text)
    assert any(f.severity == "error" and "fresh can be turned round" in f.message for f in found)
    no_old = "\n".join(line for line in GOOD.splitlines() if "name: old" not in line) + "\n"
    assert any(f.severity == "warning" and "fresh can be deleted" in f.message for f in findings(tmp_path, no_old))


def test_a_selection_behind_not_is_held_too(tmp_path: Path) -> None:
    text = GOOD.replace("kind and fresh", "kind and fresh and not paper").replace(
        "  fresh:", "  paper: {form|in: [S-1]}\n  fresh:"
    )
    text = text.replace("facts: {", "facts: {form: PR, ")
    assert {(s.what, s.how) for s in survivors(rule(tmp_path, text))} == {("paper", "drop")}
    held = text + "  - {name: filing, given: {form: S-1}, expect: {match: false}}\n"
    assert survivors(rule(tmp_path, held)) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("status: experimental", "status: stable", ""),
        ("status: experimental\n", "status: deprecated\n", "is deprecated and still runs"),
        ("kind and fresh", "kind", "selection 'fresh' is not used"),
        ("falsepositives:\n  - Everything\n", "", "states no falsepositives"),
        ("noise_budget: 3\n", "", "states no noise_budget"),
        ("given: {age_hours: 40}", "given: {price: 40, catalyst: patent}", ""),
        (
            "given: {age_hours: 40}, expect: {match: false}",
            "given: {price: 4}, expect: {match: false}",
            "never asks for",
        ),
    ],
)
def test_lint(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    found = [f.message for f in findings(tmp_path, GOOD.replace(old, new))]
    assert any(message in m for m in found) if message else True


def test_status_is_earned(tmp_path: Path) -> None:
    assert findings(tmp_path, GOOD.replace("experimental", "stable")) == []
    bare = GOOD[: GOOD.index("tests:")]
    found = [f.message for f in findings(tmp_path, bare.replace("experimental", "test"))]
    assert any("status 'test' is not earned: it lacks a test that matches" in m for m in found)
    assert "has no test that matches" in found
    found = [f.message for f in findings(tmp_path, bare.replace("experimental", "stable"))]
    assert any("four tests" in m for m in found)


def test_findings_read_as_file_line_severity(tmp_path: Path) -> None:
    found = findings(tmp_path, GOOD.replace("score: 55", "score: 50"))
    assert str(found[0]).startswith(f"{tmp_path / 'invented.yml'}:19: error: invented: test 'textbook case':")


def test_two_rules_with_one_title(tmp_path: Path) -> None:
    (tmp_path / "second.yml").write_text(GOOD.replace("id: invented", "id: second"), encoding="utf-8")
    found = findings(tmp_path, GOOD)
    assert [f.message for f in found] == ["has the same title as invented"]


def test_explain_shows_each_selection_with_values(tmp_path: Path) -> None:
    compiled = rule(tmp_path)
    lines = explain(compiled, candidate(move=move(rvol=6.0)))
    assert lines[0] == "invented: Invented rule: matches"
    assert any(
        "kind" in line and "true" in line and "catalyst eq partnership (is partnership)" in line for line in lines
    )
    assert any("+15  confirmation: rvol 6" in line for line in lines)
    assert explain(compiled.rule, candidate(move=move(rvol=6.0))) == lines
    unsure = explain(compiled, candidate())
    assert "  unknown: rvol" in unsure
    facts: dict[str, Any] = {"catalyst": "partnership"}
    undecided = explain_facts(compiled, facts.get)
    assert "cannot be decided" in undecided[0]
    assert any("unknown  age_hours lt 24 (is unknown)" in line for line in undecided)


def test_a_new_rule_passes_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "my_rule.yml").write_text(new_rule_text("my_rule"), encoding="utf-8")
    assert check(load_rules([tmp_path])) == []
    for bad in ("My Rule", "", "../x", "9a"):
        with pytest.raises(InputError, match="cannot name a rule"):
            new_rule_text(bad)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "unknown"), (True, "yes"), (4e6, "4.0M"), (1.5e9, "1.5B"), (12_000, "12.0K"), (1500, "1500"), (0.05, "0.05"),
     (12.34, "12.3"), (-20.0, "-20"), (("a", "b"), "a, b"), ((), "none"), ("", "none"), ("x", "x")],
)  # fmt: skip
def test_values_as_people_write_them(value: Any, text: str) -> None:
    assert show(value) == text


def test_placeholders_are_filled_and_unknown_parts_left_out() -> None:
    facts: dict[str, Any] = {"rvol": 6.0}
    assert fill("volume {rvol}, float {float_shares}", facts.get) == "volume 6"


def test_rules_about_another_subject_have_their_own_facts(tmp_path: Path) -> None:
    table = number_facts({"vix": "volatility index", "breadth": "share of stocks above their mean"})
    text = """\
title: Calm
id: calm
when:
  quiet: {vix|lt: 18}
  condition: quiet
score:
  base: 10
  add:
    - {if: {breadth|gte: 60}, points: 5}
card: {action: Watch, recommendation: Small caps on, timeframe: Weeks, risk: Medium}
facts: {vix: 14, breadth: 70}
tests:
  - {name: calm, expect: {match: true, score: 15}}
  - {name: narrow, given: {breadth: 40}, expect: {match: true, score: 10}}
  - {name: fear, given: {vix: 30}, expect: {match: false}}
"""
    (tmp_path / "calm.yml").write_text(text, encoding="utf-8")
    rules = load_rules([tmp_path], table)
    assert [f for f in check(rules) if f.severity == "error"] == []
    facts: dict[str, Any] = {"vix": 15}
    assert [(h.rule_id, h.points, h.unknown) for h in judge(rules.compiled.values(), facts.get)] == [
        ("calm", 10, ("breadth",))
    ]
    assert "vix lt 18 (is 15)" in explain_facts(rules.rule("calm"), facts.get)[2]
    with pytest.raises(YamlError, match="'vix' is no fact"):
        load_rules([tmp_path])
