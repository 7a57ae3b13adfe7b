"""Run the tests that stand inside rule, catalyst and feed files.

Each function looks at the files of one kind in its folders and gives a ``Report``: a line for everything that is wrong
(``file:line: message``), advice, and a summary. No ids means every file. Nothing is fetched and nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from screener.engine.check import ERROR, check
from screener.engine.facts import FACTS, Fact, number_facts, rating_facts
from screener.engine.load import RuleProblems, RuleSet, load_rules
from screener.errors import InputError, YamlError
from screener.yamlfile import walk

if TYPE_CHECKING:
    from screener.classify.pipeline import Classifier

Finding = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class SelftestReport:
    """What the tests of one kind of file showed; ``lines`` is empty when all passed."""

    kind: str
    files: int
    tests: int
    lines: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """True when nothing is wrong; advice does not count."""
        return not self.lines

    @property
    def summary(self) -> str:
        """One line: ``ranking: 86 files, 371 tests, all passed``."""
        tests = f", {self.tests} tests" if self.tests else ""
        wrong = f"{len(self.lines)} problem{'s' if len(self.lines) != 1 else ''}" if self.lines else "all passed"
        advice = f", {len(self.advice)} to consider" if self.advice else ""
        return f"{self.kind}: {self.files} files{tests}, {wrong}{advice}"


def test_ranking(folders: Sequence[Path], ids: Sequence[str]) -> SelftestReport:
    """Check ranking rules, run their tests, and test those tests. Raises InputError for an unknown id."""
    return _rules("ranking", folders, ids, FACTS)


def test_regime(folders: Sequence[Path], measures: Mapping[str, str], ids: Sequence[str]) -> SelftestReport:
    """The same for regime rules; ``measures`` are the market's measures by name with their descriptions."""
    return _rules("regime", folders, ids, number_facts(measures))


def test_dilution(folders: Sequence[Path], ids: Sequence[str]) -> SelftestReport:
    """The same for the rules of the dilution ratings."""
    return _rules("dilution", folders, ids, rating_facts())


def _rules(kind: str, folders: Sequence[Path], ids: Sequence[str], facts: Mapping[str, Fact]) -> SelftestReport:
    files = sum(folder.is_file() or sum(1 for _ in walk(folder)) for folder in folders)
    try:
        rules = load_rules(folders, facts)
    except RuleProblems as e:
        return SelftestReport(kind, files, 0, tuple(str(p) for p in e.problems))
    chosen = _chosen(rules, ids)
    found = [f for f in check(rules) if not ids or f.rule_id in chosen]
    return SelftestReport(
        kind=kind,
        files=len(chosen),
        tests=sum(len(rules.rule(rule_id).rule.tests) for rule_id in chosen),
        lines=tuple(str(f) for f in found if f.severity == ERROR),
        advice=tuple(str(f) for f in found if f.severity != ERROR),
    )


def _chosen(rules: RuleSet, ids: Sequence[str]) -> list[str]:
    return [rules.rule(rule_id).rule.id for rule_id in ids] if ids else list(rules.compiled)


def test_catalysts(folders: Sequence[Path], classifier: Classifier, ids: Sequence[str]) -> SelftestReport:
    """Give every headline of the catalyst files to the classifier; spaCy is imported here only."""
    from screener.classify.check import run_catalyst_tests

    return _found("catalysts", folders, ids, (f for folder in folders for f in run_catalyst_tests(classifier, folder)))


def test_feeds(folders: Sequence[Path], names: Sequence[str]) -> SelftestReport:
    """Read each feed file's own sample and compare with what it expects. Raises InputError for an unknown name."""
    from screener.collectors.samples import run_feed_tests

    return _found("feeds", folders, names, run_feed_tests(folders))


def _found(kind: str, folders: Sequence[Path], names: Sequence[str], findings: Iterable[Finding]) -> SelftestReport:
    files = {path.stem for folder in folders for path in walk(folder)}
    unknown = next((n for n in names if n not in files), None)
    if unknown is not None:
        raise InputError(f"no {kind} file {unknown!r}; known: {', '.join(sorted(files))}")
    try:
        found = list(findings)
    except YamlError as e:
        found = [(e.path, e.line, f"{e.key}: {e.message}" if e.key else e.message)]
    lines = tuple(f"{path}:{line}: {message}" for path, line, message in found if not names or Path(path).stem in names)
    return SelftestReport(kind, len(names) or len(files), 0, lines)
