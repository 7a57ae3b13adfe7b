"""Run the tests that stand inside rule files, and test those tests: no condition may be deletable unseen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from screener.engine.evaluate import Compiled, evaluate, hit, mutants, show
from screener.engine.facts import FactSource, Value
from screener.types import Hit
from screener.yamlfile import LineDict

# Points are sums of decimals typed by people; two sums closer than this are the same.
_SAME = 1e-6


@dataclass(frozen=True, slots=True)
class RuleTestResult:
    """One test of one rule: ``message`` says what differed, with the reasons of a wrong score; empty when it passed."""

    rule_id: str
    name: str
    path: str
    line: int
    message: str = ""

    @property
    def passed(self) -> bool:
        """True when the rule did what the test expects."""
        return not self.message


@dataclass(frozen=True, slots=True)
class Survivor:
    """A part of a rule that can be flipped or dropped (``how``) without a test noticing."""

    rule_id: str
    path: str
    line: int
    what: str
    how: str


def facts_of_test(compiled: Compiled, test: dict[str, Any]) -> FactSource:
    """The facts of a test: the rule's own, with ``given`` on top and ``without`` taken away (unknown)."""
    merged = {**compiled.rule.facts, **test.get("given", {})}
    without = test.get("without", ())
    facts: dict[str, Value] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in merged.items()
        if name not in without
    }
    return facts.get


def run_tests(compiled: Compiled) -> list[RuleTestResult]:
    """Run every test of a rule."""
    rule = compiled.rule
    results = []
    for test in rule.tests:
        line = test.line if isinstance(test, LineDict) else rule.line
        message = _difference(compiled, test)
        results.append(RuleTestResult(rule.id, str(test["name"]), rule.path, line, message))
    return results


def _difference(compiled: Compiled, test: dict[str, Any]) -> str:
    get = facts_of_test(compiled, test)
    expect = test["expect"]
    found = hit(compiled, get)
    if (found is not None) != expect["match"]:
        wanted = "match" if expect["match"] else "no match"
        return f"expected {wanted}: {_selections(compiled, get)}"
    if found is None:
        return ""
    return "; ".join(m for m in _details(found, expect) if m)


def _details(found: Hit, expect: dict[str, Any]) -> Iterator[str]:
    if "score" in expect and abs(found.points - expect["score"]) > _SAME:
        parts = ", ".join(f"{show(r.points)} {r.part} ({r.text})" for r in found.reasons)
        yield f"expected score {show(expect['score'])}, got {show(found.points)} = {parts}"
    for words in expect.get("warnings", ()):
        if words.lower() not in found.warning.lower():
            yield f"expected the warning {words!r}, got {found.warning!r}"
    for key, value in expect.get("card", {}).items():
        if found.card.get(key) != value:
            yield f"expected card {key} {value!r}, got {found.card.get(key)!r}"
    for name in expect.get("unknown", ()):
        if name not in found.unknown:
            yield f"expected {name} among the unknown facts, got {', '.join(found.unknown) or 'none'}"


def _selections(compiled: Compiled, get: FactSource) -> str:
    verdict = evaluate(compiled, get)
    words = {True: "true", False: "false", None: "unknown"}
    return ", ".join(f"{name} is {words[value]}" for name, value in verdict.selections.items())


def survivors(compiled: Compiled) -> list[Survivor]:
    """The parts of a rule that no test holds in place; a rule without tests has none to judge by."""
    rule = compiled.rule
    if not rule.tests:
        return []
    found = []
    for what, how, mutant in mutants(compiled):
        if not any(_difference(mutant, test) for test in rule.tests):
            found.append(Survivor(rule.id, rule.path, _line(compiled, what), what, how))
    return found


def _line(compiled: Compiled, what: str) -> int:
    spec = compiled.rule.selections.get(what)
    if isinstance(spec, LineDict):
        return spec.line
    score = compiled.rule.score
    return score.lines.get("add", score.line) if isinstance(score, LineDict) else compiled.rule.line
