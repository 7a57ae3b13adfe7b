"""Ratings from LOW to SEVERE: what a rule's points come to, and how sure that is.

A rule of ``rules/dilution`` adds points for what is known. No points are LOW, one is MEDIUM, two are HIGH, three and more
SEVERE. What is unknown adds nothing; where it could have raised the level, the level is the least it can be, and a LOW
that could be more is no answer at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from screener.engine.evaluate import Compiled, hit
from screener.engine.facts import RATINGS, FactSource, Value
from screener.engine.load import RuleSet

Level = Literal["LOW", "MEDIUM", "HIGH", "SEVERE"]
LEVELS: tuple[Level, ...] = ("LOW", "MEDIUM", "HIGH", "SEVERE")
OVERALL = "overall_risk"


class Rating(Struct, frozen=True, kw_only=True):
    """One rating. ``level`` is None when unknown; ``at_least``: what is ``unknown`` could make it higher."""

    name: str
    title: str
    level: Level | None
    at_least: bool = False
    reasons: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def rate(compiled: Compiled, get: FactSource) -> Rating:
    """The rating of one rule; its reasons are those of the points it gave."""
    rule = compiled.rule
    found = hit(compiled, get)
    if found is None:
        asked = dict.fromkeys(f for add in compiled.adds for f in add.facts if get(f) is None)
        return Rating(name=rule.id, title=rule.title, level=None, unknown=tuple(asked))
    missing = [add for add in compiled.adds if add.points > 0 and add.test(get) is None]
    level = level_of(found.points)
    more = level_of(found.points + sum(add.points for add in missing)) != level
    return Rating(
        name=rule.id,
        title=rule.title,
        level=None if more and level == "LOW" else level,
        at_least=more,
        reasons=tuple(r.text for r in found.reasons if r.points),
        unknown=tuple(dict.fromkeys(f for add in missing for f in add.facts if get(f) is None)),
    )


def level_of(points: float) -> Level:
    """The level of a sum of points."""
    return LEVELS[max(0, min(len(LEVELS) - 1, int(points)))]


def rate_all(rules: RuleSet, values: Mapping[str, Value | None]) -> list[Rating]:
    """All ratings, the overall one first; it is asked last, from the others."""
    rated = {name: rate(rules.rule(name), values.get) for name in RATINGS if name in rules.compiled}
    known: dict[str, Value | None] = {
        **values,
        **{name: None if r.level is None else float(LEVELS.index(r.level)) for name, r in rated.items()},
    }
    first = [rate(rules.rule(OVERALL), known.get)] if OVERALL in rules.compiled else []
    more = [rate(c, known.get) for name, c in rules.compiled.items() if name not in (*RATINGS, OVERALL)]
    return [*first, *rated.values(), *more]
