"""Lint of loaded rules: small checks with a severity, and a last step over the whole set.

An error fails ``screener rules check``; a warning is advice. What would keep a rule from running at all was refused
when it was loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from screener.engine.evaluate import Compiled
from screener.engine.load import RuleSet
from screener.engine.testing import run_tests, survivors
from screener.yamlfile import LineDict

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One finding: ``str()`` gives ``file:line: severity: rule: message``."""

    severity: str
    rule_id: str
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.severity}: {self.rule_id}: {self.message}"


class LintCheck(Protocol):
    """A lint check: yields (severity, line, message) for one rule."""

    def rule(self, compiled: Compiled) -> Iterator[tuple[str, int, str]]:
        """Look at one rule."""
        ...


class OwnTestsPass:
    """The tests inside the file must pass."""

    def rule(self, compiled: Compiled) -> Iterator[tuple[str, int, str]]:
        """One error for each failing test."""
        for result in run_tests(compiled):
            if not result.passed:
                yield ERROR, result.line, f"test {result.name!r}: {result.message}"


class NoSurvivors:
    """Every selection and add must matter to some test: flipped unseen is an error, deleted unseen a warning."""

    def rule(self, compiled: Compiled) -> Iterator[tuple[str, int, str]]:
        """One finding for each part that can change unseen."""
        for left in survivors(compiled):
            severity = ERROR if left.how == "flip" else WARNING
            verb = "turned round" if left.how == "flip" else "deleted"
            yield severity, left.line, f"{left.what} can be {verb} and no test notices; add a test that changes it"


class HasTests:
    """A rule shows at least one case that matches and one that must stay quiet."""

    def rule(self, compiled: Compiled) -> Iterator[tuple[str, int, str]]:
        """A warning for each missing kind of test."""
        matches = {test["expect"]["match"] for test in compiled.rule.tests}
        if True not in matches:
            yield WARNING, compiled.rule.line, "has no test that matches"
        if False not in matches:
            yield WARNING, compiled.rule.line, "has no test that must stay quiet"


class StatesFalsePositives:
    """A rule says what it is known to get wrong, and how often ordinary news may set it off."""

    def rule(self, compiled: Compiled) -> Iterator[tuple[str, int, str]]:
        """A warning for each thing not stated."""
        if not compiled.rule.falsepositives:
            yield WARNING, compiled.rule.line, "states no falsepositives"
        if compiled.rule.noise_budget is None and compiled.rule.kind == "catalyst":
            yield WARNING, compiled.rule.line, "states no noise_budget"


class StatusIsEarned:
    """``test`` needs a case that matches and a quiet one; ``stable`` four tests, false positives and no survivor."""

    def rule(self, compiled: Compiled) -> Iterator[tuple[str, int, str]]:
        """An error when the status claims more than the file shows."""
        rule = compiled.rule
        if rule.status not in ("test", "stable"):
            return
        lacks = []
        if len({test["expect"]["match"] for test in rule.tests}) < 2:
            lacks.append("a test that matches and one that stays quiet")
        if rule.status == "stable":
            lacks += self._stable(compiled)
        if lacks:
            line = rule.line
            yield ERROR, line, f"status {rule.status!r} is not earned: it lacks {' and '.join(lacks)}"

    def _stable(self, compiled: Compiled) -> Iterator[str]:
        rule = compiled.rule
        if len(rule.tests) < 4:
            yield "four tests"
        if not rule.falsepositives or (rule.kind == "catalyst" and rule.noise_budget is None):
            yield "falsepositives and a noise_budget"
        if survivors(compiled):
            yield "tests that hold every selection"


class NothingUnused:
    """A selection that neither the condition nor an add names is a mistake."""

    def rule(self, compiled: Compiled) -> Iterator[tuple[str, int, str]]:
        """One error for each unused selection."""
        rule = compiled.rule
        words = {w for add in rule.score.get("add", ()) if isinstance(add["if"], str) for w in _words(add["if"])}
        for name, spec in rule.selections.items():
            if name not in compiled.used and name not in words:
                line = spec.line if isinstance(spec, LineDict) else rule.line
                yield ERROR, line, f"selection {name!r} is not used by the condition"


def _words(condition: str) -> list[str]:
    return condition.replace("(", " ").replace(")", " ").split()


class FactsAreUsed:
    """A fact given by a test that the rule never asks for proves nothing."""

    def rule(self, compiled: Compiled) -> Iterator[tuple[str, int, str]]:
        """One warning for each test that only changes facts the rule does not look at."""
        rule = compiled.rule
        asked = {f for facts in compiled.facts.values() for f in facts} | {f for a in compiled.adds for f in a.facts}
        asked |= {rule.scale} - {""}
        for test in rule.tests:
            changed = {*test.get("given", {}), *test.get("without", ())}
            if changed and not changed & asked and test["expect"]["match"] is False:
                line = test.line if isinstance(test, LineDict) else rule.line
                yield WARNING, line, f"test {test['name']!r} changes only facts the rule never asks for"


class NotDeprecated:
    """A deprecated rule still runs; say so."""

    def rule(self, compiled: Compiled) -> Iterator[tuple[str, int, str]]:
        """A warning for a deprecated rule."""
        if compiled.rule.status == "deprecated":
            yield WARNING, compiled.rule.line, "is deprecated and still runs; switch it off with enabled: false"


CHECKS: tuple[LintCheck, ...] = (
    OwnTestsPass(),
    NoSurvivors(),
    HasTests(),
    StatesFalsePositives(),
    StatusIsEarned(),
    NothingUnused(),
    FactsAreUsed(),
    NotDeprecated(),
)


def check(rules: RuleSet) -> list[LintFinding]:
    """All findings over a rule set, in file order."""
    findings = [
        LintFinding(severity, compiled.rule.id, compiled.rule.path, line, message)
        for compiled in rules.compiled.values()
        for lint in CHECKS
        for severity, line, message in lint.rule(compiled)
    ]
    findings += _whole_set(rules)
    return sorted(findings, key=lambda f: (f.path, f.line, f.severity, f.message))


def _whole_set(rules: RuleSet) -> Iterator[LintFinding]:
    titles: dict[str, str] = {}
    for rule in rules.rules:
        other = titles.setdefault(rule.title.casefold(), rule.id)
        if other != rule.id:
            yield LintFinding(WARNING, rule.id, rule.path, rule.line, f"has the same title as {other}")
