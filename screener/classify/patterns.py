"""Find the wordings of all catalyst files in a text, with what they prove and where they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from screener.classify.rulefile import CatalystRule
from screener.language.wording import Wording, commonness, fold, word_keys

MOST = 3  # matches kept of one wording in one field


@dataclass(frozen=True, slots=True)
class Match:
    """A stretch of the title or text that a wording matched."""

    start: int
    end: int
    wording: str


@dataclass(slots=True)
class RuleHits:
    """What one catalyst file found in one field: decisive matches, hints, how many matches were cancelled, whether the
    file takes back all that a headline has of the type (no match is left, and no hint outside its exclusions), and
    whether by a veto."""

    patterns: list[Match] = field(default_factory=list)
    hints: list[Match] = field(default_factory=list)
    cancelled: int = 0
    barred: bool = False
    vetoed: bool = False


class PatternBank:
    """All wordings of all catalyst files behind one gate of word beginnings."""

    def __init__(self, rules: Iterable[CatalystRule]) -> None:
        self.rules = tuple(rules)
        self._wordings: list[tuple[int, bool, Wording]] = []
        self._index: dict[str, list[int]] = {}
        for number, rule in enumerate(self.rules):
            for strong, group in ((True, rule.patterns), (False, rule.hints)):
                for wording in group:
                    self._add(number, strong, wording)

    def _add(self, number: int, strong: bool, wording: Wording) -> None:
        at = len(self._wordings)
        self._wordings.append((number, strong, wording))
        for key in min(wording.keys, key=commonness):
            self._index.setdefault(key, []).append(at)

    def scan(self, text: str, *, headline: bool) -> dict[int, RuleHits]:
        """Hits by rule number in one field. Hints and vetoes are read only in a headline."""
        folded = fold(text)
        keys = word_keys(folded)
        found: dict[int, RuleHits] = {}
        for at in sorted({at for key in keys if key in self._index for at in self._index[key]}):
            number, strong, wording = self._wordings[at]
            if (strong or headline) and wording.possible(keys):
                matches = [Match(*span, wording.text) for span in islice(wording.find(folded), MOST)]
                if matches:
                    hits = found.setdefault(number, RuleHits())
                    (hits.patterns if strong else hits.hints).extend(matches)
        for number, hits in found.items():
            if hits.patterns or headline:
                self._cancel(self.rules[number], hits, folded, keys, headline)
        return found

    @staticmethod
    def _cancel(rule: CatalystRule, hits: RuleHits, folded: str, keys: set[str], headline: bool) -> None:
        before, hints = len(hits.patterns), hits.hints
        if headline and any(v.possible(keys) and any(True for _ in v.find(folded)) for v in rule.vetoes):
            hits.patterns, hints, hits.vetoed = [], [], True
        else:
            bars = [span for x in rule.exclusions if x.possible(keys) for span in x.find(folded)]
            hits.patterns, hints = _outside(hits.patterns, bars), _outside(hints, bars)
        hits.cancelled = before - len(hits.patterns)
        hits.barred = headline and not hits.patterns and not hints


def _outside(matches: list[Match], bars: list[tuple[int, int]]) -> list[Match]:
    return [m for m in matches if not any(a < m.end and m.start < b for a, b in bars)]
