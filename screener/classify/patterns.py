"""Find the wordings of all catalyst files in a text, with what they prove and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from screener.classify.rulefile import CatalystRule
from screener.classify.wording import Wording, fold, word_keys

TEXT_LIMIT = 40_000  # characters of the text that are searched: what a filing announces stands near its front
_COMMON = frozenset(
    "anno the of to and in with for from repo rece sign ente comp laun prov new on by at a an its is secu complete "
    "agre awar gran appr phas data resu mark stoc shar publ first stra agen us (".split()
)


@dataclass(frozen=True, slots=True)
class Match:
    """A stretch of the title or text that a wording matched."""

    start: int
    end: int
    wording: str


@dataclass(slots=True)
class RuleHits:
    """What one catalyst file found in one field: decisive matches, hints, and how many matches were cancelled."""

    patterns: list[Match] = field(default_factory=list)
    hints: list[Match] = field(default_factory=list)
    cancelled: int = 0


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
        for key in min(wording.keys, key=lambda gate: (len(gate & _COMMON), len(gate))):
            self._index.setdefault(key, []).append(at)

    def scan(self, text: str, *, headline: bool) -> dict[int, RuleHits]:
        """Hits by rule number in one field. Vetoes count only in a headline."""
        folded = fold(text[:TEXT_LIMIT])
        keys = word_keys(folded)
        found: dict[int, RuleHits] = {}
        for at in sorted({at for key in keys if key in self._index for at in self._index[key]}):
            number, strong, wording = self._wordings[at]
            if wording.possible(keys):
                matches = [Match(m.start(), m.end(), wording.text) for m in _few(wording, folded)]
                if matches:
                    hits = found.setdefault(number, RuleHits())
                    (hits.patterns if strong else hits.hints).extend(matches)
        for number, hits in found.items():
            if hits.patterns:
                self._cancel(self.rules[number], hits, folded, keys, headline)
        return found

    @staticmethod
    def _cancel(rule: CatalystRule, hits: RuleHits, folded: str, keys: set[str], headline: bool) -> None:
        before = len(hits.patterns)
        if headline and any(v.possible(keys) and v.pattern.search(folded) for v in rule.vetoes):
            hits.patterns = []
        else:
            bars = [m.span() for x in rule.exclusions if x.possible(keys) for m in x.pattern.finditer(folded)]
            hits.patterns = [m for m in hits.patterns if not any(a < m.end and m.start < b for a, b in bars)]
        hits.cancelled = before - len(hits.patterns)


def _few(wording: Wording, folded: str, most: int = 3) -> Iterator[re.Match[str]]:
    for i, match in enumerate(wording.pattern.finditer(folded)):
        if i >= most:
            return
        yield match
