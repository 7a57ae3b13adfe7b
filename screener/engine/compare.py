"""Compare rules with ordinary news, and two rankings with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from screener.engine.candidate import Candidate
from screener.engine.facts import KnownFacts
from screener.engine.load import RuleSet
from screener.types import WatchRow


@dataclass(frozen=True, slots=True)
class Quiet:
    """How often a rule fired on ordinary news; ``budget`` is its allowance per 1,000 items, None when unstated."""

    rule_id: str
    matches: int
    per_1000: float
    budget: float | None
    examples: tuple[str, ...] = ()

    @property
    def within(self) -> bool:
        """True when the rule keeps to its budget; a rule without one is never over it."""
        return self.budget is None or self.per_1000 <= self.budget


def quiet_news(rules: RuleSet, candidates: Iterable[Candidate], items: int) -> list[Quiet]:
    """Run every catalyst rule over candidates made from ``items`` ordinary news items; the loudest rule first.

    A story counts once for a rule, however many of its catalysts match. ``examples`` are up to three story ids.
    """
    stories: dict[str, dict[str, None]] = {r.id: {} for r in rules.rules if r.kind == "catalyst"}
    for candidate in candidates:
        get = KnownFacts(candidate).__getitem__
        for compiled in rules.by_kind.get("catalyst", ()):
            if compiled.matches(get) is True:
                stories[compiled.rule.id][candidate.story.id] = None
    found = [
        Quiet(
            rule_id=rule_id,
            matches=len(ids),
            per_1000=len(ids) / items * 1000 if items else 0.0,
            budget=rules.rule(rule_id).rule.noise_budget,
            examples=tuple(ids)[:3],
        )
        for rule_id, ids in stories.items()
    ]
    return sorted(found, key=lambda q: (-q.matches, q.rule_id))


@dataclass(frozen=True, slots=True)
class Change:
    """One ticker under two rankings: ``kind`` is enter, leave, move or score (same rank, other score)."""

    kind: str
    ticker: str
    old_rank: int | None = None
    new_rank: int | None = None
    old_score: float | None = None
    new_score: float | None = None
    old_action: str = ""
    new_action: str = ""


_ORDER = {"enter": 0, "leave": 1, "move": 2, "score": 3}


def diff(old: Sequence[WatchRow], new: Sequence[WatchRow]) -> list[Change]:
    """What changed from one list to another of the same day: entered, left, moved, scored otherwise."""
    before, after = {r.ticker: r for r in old}, {r.ticker: r for r in new}
    changes = [c for t in before.keys() | after.keys() if (c := _change(t, before.get(t), after.get(t)))]
    return sorted(changes, key=lambda c: (_ORDER[c.kind], c.new_rank or c.old_rank or 0, c.ticker))


def _change(ticker: str, old: WatchRow | None, new: WatchRow | None) -> Change | None:
    if old is None:
        return None if new is None else Change("enter", ticker, None, new.rank, None, new.score, "", new.action)
    if new is None:
        return Change("leave", ticker, old.rank, None, old.score, None, old.action, "")
    if (old.rank, old.score, old.action) == (new.rank, new.score, new.action):
        return None
    kind = "move" if old.rank != new.rank else "score"
    return Change(kind, ticker, old.rank, new.rank, old.score, new.score, old.action, new.action)


def summary(changes: Sequence[Change]) -> str:
    """One line: how many entered, left, moved."""
    counts = Counter(c.kind for c in changes)
    return f"{counts['enter']} enter, {counts['leave']} leave, {counts['move']} move, {counts['score']} rescored"
