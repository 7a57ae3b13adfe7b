"""Say why a rule fired or did not: every selection true, false or unknown, with the values it looked at."""

from __future__ import annotations

from typing import Any

from screener.engine.candidate import Candidate
from screener.engine.condition import Truth
from screener.engine.evaluate import Compiled, compile_rule, evaluate, hit, show, split_key
from screener.engine.facts import FACTS, FactSource, KnownFacts
from screener.types import Rule

_WORDS = {True: "true", False: "false", None: "unknown"}
_MATCH = {True: "matches", False: "does not match", None: "cannot be decided"}


def word(value: Truth) -> str:
    """True, false or unknown as a word."""
    return _WORDS[value]


def explain(rule: Rule | Compiled, candidate: Candidate) -> list[str]:
    """The lines that show how a rule judges a candidate: verdict, selections with values, points, what is unknown."""
    compiled = rule if isinstance(rule, Compiled) else compile_rule(rule)
    return explain_facts(compiled, KnownFacts(candidate).__getitem__)


def explain_facts(compiled: Compiled, get: FactSource) -> list[str]:
    """The same over any source of facts."""
    verdict, own = evaluate(compiled, get), compiled.rule
    lines = [f"{own.id}: {own.title}: {_MATCH[verdict.match]}", f"  condition: {own.condition}"]
    width = max(map(len, verdict.selections), default=0)
    for name, value in verdict.selections.items():
        asked = ", ".join(_asked(key, wanted, get) for key, wanted in own.selections[name].items())
        lines.append(f"  {name:<{width}}  {word(value):<7}  {asked}")
    found = hit(compiled, get)
    if found is not None:
        lines.append(f"  score: {show(found.points)}")
        lines += [f"    {r.points:+g}  {r.part}: {r.text}" for r in found.reasons]
        if found.warning:
            lines.append(f"  warning: {found.warning}")
    unknown = dict.fromkeys((*verdict.unknown, *(found.unknown if found else ())))
    if unknown:
        lines.append(f"  unknown: {', '.join(unknown)}")
    return lines


def _asked(key: str, wanted: Any, get: FactSource) -> str:
    fact, operator = split_key(key)
    values = [show(v) for v in wanted] if isinstance(wanted, list) else [show(wanted)]
    unit = f" {FACTS[fact].unit}" if fact in FACTS and FACTS[fact].unit in ("%", "hours", "days", "times") else ""
    known = get(fact)
    shown = show(known) + (unit if known is not None else "")
    return f"{fact} {operator} {' | '.join(values)} (is {shown})"
