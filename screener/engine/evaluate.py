"""Evaluate a rule against facts: three-valued selections, one condition, points with their reasons.

A rule matches only when its condition is True. An ``add`` whose ``if`` is unknown adds nothing and its facts are
listed as unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import msgspec

from screener.engine.condition import Expr, Truth, negate, parse, required
from screener.engine.facts import FACTS, Fact, FactSource, Value
from screener.engine.operators import OPS, bind
from screener.types import Hit, Reason, Rule

Test = Callable[[FactSource], Truth]
PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)\}")
_CLAUSE = re.compile(r"(?<=[:,;]) ")


@dataclass(frozen=True, slots=True)
class Add:
    """One entry of ``score.add``: its test, points, part of the score, and the facts it looks at."""

    test: Test
    points: float
    part: str
    why: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rule made ready to run; ``used`` are the selections its condition names, ``facts`` those each asks for.

    ``types`` are the only catalyst types it can match, None when it may match any.
    """

    rule: Rule
    selections: dict[str, Test]
    facts: dict[str, tuple[str, ...]]
    condition: Expr
    used: tuple[str, ...]
    base: float
    adds: tuple[Add, ...]
    types: frozenset[str] | None = None

    def matches(self, get: FactSource) -> Truth:
        """The condition alone, stopping as soon as it is decided."""
        selections = self.selections
        return self.condition(lambda name: selections[name](get))


@dataclass(frozen=True, slots=True)
class Verdict:
    """``selections`` by name True, False or None; ``values`` of every fact asked; ``unknown`` facts among them."""

    match: Truth
    selections: dict[str, Truth]
    values: dict[str, Value | None]
    unknown: tuple[str, ...]


def split_key(key: str) -> tuple[str, str]:
    """``"rvol|gte"`` as ("rvol", "gte"); the operator is eq when none is written."""
    fact, _, operator = key.partition("|")
    return fact.strip(), operator.strip() or "eq"


def compile_rule(rule: Rule, table: Mapping[str, Fact] = FACTS) -> Compiled:
    """Make a checked rule ready to run; ``engine.load`` has refused everything that cannot be compiled."""
    selections = {name: _selection(spec) for name, spec in rule.selections.items()}
    facts = {name: facts_of(spec) for name, spec in rule.selections.items()}
    condition, used = parse(rule.condition, rule.selections)
    adds = tuple(_add(entry, selections, facts, table) for entry in rule.score.get("add", ()))
    base = float(rule.score.get("base", 0))
    return Compiled(rule, selections, facts, condition, used, base, adds, _types(rule))


def _types(rule: Rule) -> frozenset[str] | None:
    for name in required(rule.condition):
        for key, value in rule.selections[name].items():
            if split_key(key) in (("catalyst", "eq"), ("catalyst", "in")):
                return frozenset([value] if isinstance(value, str) else value)
    return None


def types_named(rule: Rule) -> frozenset[str]:
    """Every catalyst type that a rule's selections name."""
    named = [v for spec in rule.selections.values() for key, v in spec.items() if split_key(key)[0] == "catalyst"]
    return frozenset(name for value in named for name in ([value] if isinstance(value, str) else value))


def facts_of(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """The facts a selection asks for, in order."""
    return tuple(dict.fromkeys(split_key(key)[0] for key in spec))


def _selection(spec: Mapping[str, Any]) -> Test:
    tests = tuple((fact, bind(OPS[op], value)) for key, value in spec.items() for fact, op in [split_key(key)])

    def run(get: FactSource) -> Truth:
        result: Truth = True
        for fact, test in tests:
            value = test(get(fact))
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return run


def _add(
    entry: Mapping[str, Any], selections: dict[str, Test], facts: dict[str, tuple[str, ...]], table: Mapping[str, Fact]
) -> Add:
    wanted = entry["if"]
    if isinstance(wanted, str):
        expr, used = parse(wanted, selections)
        test: Test = partial(_by_name, expr, selections)
        asked = tuple(dict.fromkeys(f for name in used for f in facts[name]))
    else:
        test, asked = _selection(wanted), facts_of(wanted)
    part = str(entry.get("part") or table[asked[0]].part)
    return Add(test, float(entry["points"]), part, str(entry.get("why", "")), asked)


def _by_name(expr: Expr, selections: dict[str, Test], get: FactSource) -> Truth:
    return expr(lambda name: selections[name](get))


def evaluate(rule: Rule | Compiled, get: FactSource) -> Verdict:
    """Evaluate every selection of a rule; the verdict's ``match`` is True, False or None (unknown)."""
    compiled = rule if isinstance(rule, Compiled) else compile_rule(rule)
    selections = {name: test(get) for name, test in compiled.selections.items()}
    values = {fact: get(fact) for facts in compiled.facts.values() for fact in facts}
    match = compiled.condition(selections.__getitem__)
    unknown = _unknown((compiled.facts[n] for n in compiled.used if selections[n] is None), get)
    return Verdict(match, selections, values, unknown)


def _unknown(groups: Iterable[tuple[str, ...]], get: FactSource) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f for facts in groups for f in facts if get(f) is None))


def judge(compiled: Iterable[Compiled], get: FactSource) -> list[Hit]:
    """The hits of all rules that match, most points first, then by id."""
    found = (hit(c, get) for c in compiled)
    return sorted((h for h in found if h is not None), key=lambda h: (-h.points, h.rule_id))


def hit(compiled: Compiled, get: FactSource) -> Hit | None:
    """The points of a rule and their reasons; None when it does not match or its scale leaves nothing of it."""
    if compiled.matches(get) is not True:
        return None
    rule = compiled.rule
    scale = _scale(rule, get)
    if scale <= 0:
        return None
    why = fill(str(rule.score.get("why") or rule.title), get)
    reasons = [Reason(part=rule.part, text=why, points=compiled.base, rule_id=rule.id)]
    missing = []
    for add in compiled.adds:
        truth = add.test(get)
        if truth:
            why = fill(add.why, get) if add.why else describe(add.facts, get)
            reasons.append(Reason(part=add.part, text=why, points=add.points, rule_id=rule.id))
        elif truth is None:
            missing.append(add.facts)
    if scale < 1:
        reasons = [msgspec.structs.replace(r, points=round(r.points * scale, 1)) for r in reasons]
    return Hit(
        rule_id=rule.id,
        points=sum(r.points for r in reasons),
        reasons=tuple(reasons),
        card=rule.card,
        level=rule.level,
        warning=fill(rule.warning, get),
        unknown=_unknown(missing, get),
    )


def _scale(rule: Rule, get: FactSource) -> float:
    """What the points of a rule are multiplied by; a scale that is unknown counts nothing."""
    if not rule.scale:
        return 1.0
    value = get(rule.scale)
    return float(value) if isinstance(value, (int, float)) else 0.0


def mutants(compiled: Compiled) -> Iterable[tuple[str, str, Compiled]]:
    """The rule with one selection or add changed: (what, how, changed rule); ``how`` is flip or drop.

    Flipped, True and False change places and unknown stays. Dropped, a selection is always True, or always False
    (which is how one behind a ``not`` is deleted), and an add adds nothing.
    """
    for name in compiled.used:
        test = compiled.selections[name]
        yield name, "flip", _with_selection(compiled, name, partial(_flipped, test))
        yield name, "drop", _with_selection(compiled, name, _always)
        yield name, "drop", _with_selection(compiled, name, _never)
    for i, add in enumerate(compiled.adds):
        what = f"score.add[{i}]"
        yield what, "flip", _with_add(compiled, i, partial(_flipped, add.test))
        yield what, "drop", _with_add(compiled, i, _never)


def _flipped(test: Test, get: FactSource) -> Truth:
    return negate(test(get))


def _always(get: FactSource) -> Truth:
    return True


def _never(get: FactSource) -> Truth:
    return False


def _with_selection(compiled: Compiled, name: str, test: Test) -> Compiled:
    return replace(compiled, selections={**compiled.selections, name: test})


def _with_add(compiled: Compiled, index: int, test: Test) -> Compiled:
    changed = replace(compiled.adds[index], test=test)
    return replace(compiled, adds=(*compiled.adds[:index], changed, *compiled.adds[index + 1 :]))


def fill(text: str, get: FactSource) -> str:
    """Put facts into a text: ``{days_since_reverse_split}`` becomes the value.

    A part between colons, commas and semicolons that names an unknown fact is left out; where nothing would be left,
    the value is "unknown".
    """
    if "{" not in text:
        return text
    parts = _CLAUSE.split(text)
    known = [p for p in parts if all(get(name) is not None for name in PLACEHOLDER.findall(p))]
    return PLACEHOLDER.sub(lambda m: show(get(m[1])), " ".join(known or parts)).rstrip(" :,;")


def describe(facts: Iterable[str], get: FactSource) -> str:
    """Facts with their values, as a reason: ``rvol 6.0, dollar_volume 4.0M``."""
    return ", ".join(f"{fact} {show(get(fact))}" for fact in facts)


def show(value: Value | None) -> str:
    """A value as a person writes it: 4.0M, 12.5, yes, 8-K."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(v.replace("_", " ") for v in value) or "none"
    if isinstance(value, str):
        return value or "none"
    return _show_number(value)


def _show_number(value: float) -> str:
    for unit, letter in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if abs(value) >= max(unit, 1e4):
            return f"{value / unit:.1f}{letter}"
    if value == int(value):
        return str(int(value))
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
