"""Rule files as people type them: every mistake with file, line and the nearest name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screener.engine.check import check
from screener.engine.load import RuleProblems, load_rules
from screener.errors import InputError, YamlError

GOOD = """\
title: Invented rule
id: invented
status: experimental
level: high
when:
  kind:  {catalyst: partnership}
  fresh: {age_hours|lt: 24}
  condition: kind and fresh
score:
  base: 40
  add:
    - {if: {rvol|gte: 5.0}, points: 15}
card: {action: Alert, recommendation: Speculative Buy, timeframe: Short-Term, risk: High}
falsepositives:
  - Everything
noise_budget: 3
facts: {catalyst: partnership, age_hours: 1, rvol: 6}
tests:
  - {name: textbook case, given: {}, expect: {match: true, score: 55}}
  - {name: quiet volume, given: {rvol: 1}, expect: {match: true, score: 40}}
  - {name: old, given: {age_hours: 40}, expect: {match: false}}
  - {name: other, given: {catalyst: patent}, expect: {match: false}}
"""


def write(folder: Path, text: str = GOOD, name: str = "invented") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.yml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path) -> list[str]:
    with pytest.raises(RuleProblems) as caught:
        load_rules([folder])
    return [str(p) for p in caught.value.problems]


def test_a_good_file_loads_clean(tmp_path: Path) -> None:
    write(tmp_path)
    rules = load_rules([tmp_path])
    assert [r.id for r in rules.rules] == ["invented"]
    assert check(rules) == []


def test_the_example_of_the_format_loads_and_passes(tmp_path: Path) -> None:
    write(tmp_path, EXAMPLE, "fda_approval_volume")
    findings = check(load_rules([tmp_path]))
    assert [str(f) for f in findings if f.severity == "error"] == []


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("age_hours|lt: 24", "age_hour|lt: 24", 7, "'age_hour' is no fact; did you mean 'age_hours'?"),
        ("age_hours|lt: 24", "age_hours|lte_: 24", 7, "'lte_' is no operator; did you mean 'lte'?"),
        ("age_hours|lt: 24", "age_hours|lt: soon", 7, "must be a number, not 'soon'"),
        ("age_hours|lt: 24", "age_hours|contains: 24", 7, "does not work on a number"),
        ("{age_hours|lt: 24}", "{}", 7, "must be a mapping"),
        ("kind and fresh", "kind and frsh", 8, "names 'frsh', which is no selection; did you mean 'fresh'?"),
        ("kind and fresh", "kind and", 8, "is not a condition"),
        ("  condition: kind and fresh\n", "", 6, "is missing or no text"),
        ("base: 40", "base: forty", 10, "must be a number"),
        ("base: 40", "base: 40\n  why: 5", 11, "must be text"),
        ("base: 40", 'base: 40\n  why: "{rvl} times"', 11, "names {rvl}, which is no fact; did you mean 'rvol'?"),
        ("points: 15", "points: many", 12, "must be a number"),
        ("points: 15", "point: 15", 12, "must be {if:"),
        ("rvol|gte: 5.0", "rvoll|gte: 5.0", 12, "did you mean 'rvol'?"),
        ("action: Alert", "action: Alarm", 13, "'Alarm' is not one of Alert"),
        ("risk: High", "risks: High", 13, "did you mean 'risk'?"),
        ("status: experimental", "status: exprimental", 3, "did you mean 'experimental'?"),
        ("level: high", "level: hihg", 4, "did you mean 'high'?"),
        ("status: experimental", "statsu: experimental", 3, "did you mean 'status'?"),
        ("id: invented", "id: other", 2, "must be the file's name"),
        ("id: invented\n", "", 1, "id: is missing"),
        ("noise_budget: 3", "noise_budget: -1", 16, "must not be negative"),
        ("noise_budget: 3", "noise_budget: few", 16, "must be a number"),
        ("rvol: 6}", "rvol: high}", 17, "facts.rvol: must be a number"),
        ("rvol: 6}", "rvol: }", 17, "leave an unknown fact out"),
        ("{rvol: 1}", "{rvl: 1}", 20, "tests[1].given.rvl: is no fact; did you mean 'rvol'?"),
        ("expect: {match: false}", "expect: {score: 3}", 21, "is missing: true or false"),
        ("expect: {match: true, score: 55}", "expekt: {match: true}", 19, "did you mean 'expect'?"),
        ("{match: true, score: 55}", "{match: true, scores: 55}", 19, "did you mean 'score'?"),
        ("given: {}", "without: [rvool]", 19, "did you mean 'rvol'?"),
        ("title: Invented rule", "title: 5", 1, "must be text"),
        ("title: Invented rule", "title: ''", 1, "is empty"),
        ("kind:  {", "not:  {", 6, "cannot name a selection"),
        ("level: high", "level: high\nkind: boost", 5, "is not one of catalyst, booster, warning"),
        ("level: high", "level: high\nkind: warning", 0, "warning: is missing"),
        ("level: high", "level: high\nkind: warning\nwarning: w {rvo}", 6, "names {rvo}, which is no fact"),
        ("level: high", "level: high\nkind: warning\nwarning: w", 12, "takes points away"),
    ],
)
def test_mistakes_have_a_line_and_a_name(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))
    found = problems(tmp_path)
    at = f"{path}:{line}: " if line else f"{path}:"
    assert any(p.startswith(at) and message in p for p in found), found


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("age_hours|lt", "age|lt").replace("base: 40", "base: x"))
    write(tmp_path, "title: [", "broken")
    with pytest.raises(RuleProblems) as caught:
        load_rules([tmp_path])
    assert len(caught.value.problems) == 3
    assert len(str(caught.value).splitlines()) == 3
    assert isinstance(caught.value, YamlError) and isinstance(caught.value, InputError)


def test_one_id_in_two_files_of_a_folder(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, name="second")
    found = problems(tmp_path)
    assert any("stands in invented.yml too" in p for p in found)


def test_the_users_folder_overrides_extends_and_switches_off(tmp_path: Path) -> None:
    built, mine = tmp_path / "built", tmp_path / "mine"
    write(built)
    write(built, GOOD.replace("id: invented", "id: second"), "second")
    write(
        mine, GOOD.replace("base: 40", "base: 41").replace("score: 55", "score: 56").replace("score: 40", "score: 41")
    )
    write(mine, "id: second\nstatus: off\n", "second")
    write(mine, GOOD.replace("id: invented", "id: third"), "third")
    rules = load_rules([built, mine])
    assert [r.id for r in rules.rules] == ["invented", "third"]
    assert rules.rule("invented").base == 41
    assert rules.off == ("second",)
    with pytest.raises(InputError, match="switched off"):
        rules.rule("second")
    with pytest.raises(InputError, match="did you mean 'third'"):
        rules.rule("thirdd")


def test_enabled_false_switches_off(tmp_path: Path) -> None:
    write(tmp_path, "id: invented\nenabled: false\n")
    assert load_rules([tmp_path]).rules == ()


def test_the_digest_follows_the_content(tmp_path: Path) -> None:
    write(tmp_path)
    first = load_rules([tmp_path]).digest
    assert load_rules([tmp_path]).digest == first
    write(tmp_path, GOOD.replace("points: 15", "points: 16"))
    assert load_rules([tmp_path]).digest != first


def test_missing_folders_and_no_rules(tmp_path: Path) -> None:
    assert load_rules([tmp_path / "none"]).rules == ()


def test_unreadable_text_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_bytes(b"title: \xff\xfe")
    assert "cannot be read as UTF-8" in problems(tmp_path)[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(GOOD.splitlines()) - 1), st.text(alphabet="abz {}[]:|'\"-#,&*!0.9\n", max_size=20))
def test_any_change_of_a_line_loads_or_says_where(tmp_path: Path, index: int, text: str) -> None:
    lines = GOOD.splitlines()
    lines[index] = text
    path = write(tmp_path, "\n".join(lines) + "\n")
    found: list[YamlError] = []
    try:
        check(load_rules([tmp_path]))
    except RuleProblems as e:
        found = list(e.problems)
    assert all(p.path == str(path) and p.message for p in found)


EXAMPLE = """\
title: FDA approval or clearance, small cap, real volume
id: fda_approval_volume            # the file's name
status: experimental               # experimental | test | stable | deprecated: earned, not declared
description: A fresh approval or clearance at a small company, when trading confirms it.
level: high                        # decides where an alert goes; it is not the score
when:                              # named selections; keys inside one are joined by "and"
  catalyst:  {catalyst: regulatory_approval, confidence|gte: 0.6}
  fresh:     {age_hours|lt: 24}
  small_cap: {market_cap|lt: 2_000_000_000, price|gte: 0.5}
  traded:    {rvol|gte: 2.0, dollar_volume|gte: 1_000_000}
  offering:  {form|in: [424B5, S-1, S-3]}
  condition: catalyst and fresh and small_cap and traded and not offering
score:
  base: 60
  add:
    - {if: {rvol|gte: 5.0}, points: 15}
    - {if: {float_shares|lt: 20_000_000}, points: 10}
card: {action: Alert, recommendation: Speculative Buy, timeframe: Short-Term, risk: High}
falsepositives:
  - Label changes and tentative approvals of generics, worded like approvals
facts: {catalyst: regulatory_approval, confidence: 0.9, age_hours: 1, form: PR, market_cap: 120_000_000, price: 3.10,
  rvol: 6.0, dollar_volume: 4_000_000, float_shares: 12_000_000}
tests:                             # each changes one thing
  - {name: textbook case,            given: {},                          expect: {match: true, score: 85}}
  - {name: bigger float scores less, given: {float_shares: 60_000_000},  expect: {match: true, score: 75}}
  - {name: yesterday's news,         given: {age_hours: 30},             expect: {match: false}}
  - {name: no volume data,           without: [rvol],                    expect: {match: false}}
"""
