"""Load rule files from folders: built-in ones first, the user's after them.

A later folder's file overrides the rule of the same id, or switches it off with ``status: off`` or
``enabled: false``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from screener.engine.condition import nearest
from screener.engine.evaluate import Compiled, compile_rule, types_named
from screener.engine.facts import FACTS, Fact
from screener.engine.schema import RuleFile, read_file, to_rule
from screener.errors import InputError, YamlError
from screener.types import Rule
from screener.types.words import RuleKind
from screener.yamlfile import walk


class RuleProblems(YamlError):
    """Everything that is wrong in the rule files, one ``file:line: key: message`` a line; see ``problems``."""

    def __init__(self, problems: Sequence[YamlError]) -> None:
        first = problems[0]
        super().__init__(first.path, first.line, first.key, first.message)
        self.problems = tuple(problems)
        self.args = ("\n".join(str(p) for p in problems),)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules ready to run, by id; ``digest`` changes with any content, ``off`` are the ids switched off.

    ``named`` are the catalyst types that some catalyst rule names: all others go by the rules of kind ``default``.
    """

    rules: tuple[Rule, ...]
    digest: str
    off: tuple[str, ...] = ()
    compiled: dict[str, Compiled] = field(default_factory=dict)
    by_kind: dict[RuleKind, tuple[Compiled, ...]] = field(default_factory=dict)
    named: frozenset[str] = frozenset()

    def leading(self, type: str) -> tuple[Compiled, ...]:
        """The rules that can give a catalyst of this type its points."""
        if type not in self.named:
            return (*self.by_kind.get("default", ()), *self.by_kind.get("catalyst", ()))
        return tuple(c for c in self.by_kind.get("catalyst", ()) if c.types is None or type in c.types)

    def rule(self, rule_id: str) -> Compiled:
        """The rule of that id. Raises InputError with the nearest known id."""
        if rule_id not in self.compiled:
            switched = " (it is switched off)" if rule_id in self.off else nearest(rule_id, self.compiled)
            raise InputError(f"no ranking rule {rule_id!r}{switched}; `screener rules list` shows them all")
        return self.compiled[rule_id]


def load_rules(folders: Sequence[Path | str], facts: Mapping[str, Fact] = FACTS) -> RuleSet:
    """Load the ``*.yml`` of each folder in order; a missing folder has none, and a file stands for itself.

    ``facts`` is the table the rules may ask from (``facts.number_facts`` makes one for other subjects than news).
    Raises RuleProblems with every problem of every file.
    """
    chosen: dict[str, RuleFile] = {}
    problems: list[YamlError] = []
    for folder in folders:
        for file in _folder(Path(folder), problems, facts):
            chosen[file.id] = file
    if problems:
        raise RuleProblems(problems)
    return rule_set(
        [to_rule(f) for _, f in sorted(chosen.items()) if not f.off],
        off=tuple(sorted(name for name, f in chosen.items() if f.off)),
        facts=facts,
    )


def _folder(folder: Path, problems: list[YamlError], facts: Mapping[str, Fact]) -> list[RuleFile]:
    seen: dict[str, RuleFile] = {}
    for path in [folder] if folder.is_file() else walk(folder):
        file = read_file(path, facts)
        if file.id and file.id in seen:
            file.say(file.data, "id", f"{file.id!r} stands in {seen[file.id].path.name} too; ids are unique")
        seen.setdefault(file.id, file)
        problems.extend(file.problems)
    return list(seen.values())


def rule_set(rules: Sequence[Rule], off: tuple[str, ...] = (), facts: Mapping[str, Fact] = FACTS) -> RuleSet:
    """A rule set from records; the digest covers ids and contents."""
    digest = hashlib.sha256("\n".join(f"{r.id}:{r.digest}" for r in rules).encode()).hexdigest()[:16]
    compiled = {r.id: compile_rule(r, facts) for r in rules}
    kinds = sorted({r.kind for r in rules})
    by_kind = {kind: tuple(c for c in compiled.values() if c.rule.kind == kind) for kind in kinds}
    named = frozenset().union(*(types_named(r) for r in rules if r.kind == "catalyst"))
    return RuleSet(tuple(rules), digest, off, compiled, by_kind, named)
