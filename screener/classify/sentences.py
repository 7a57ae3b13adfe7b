"""How reports tell their news: the ``reports`` wordings of the catalyst files, which no headline uses.

They are searched only in the news sentences of 8-K and 6-K (see ``passages``), where the past tense and the names of
agreements decide. ``unless`` cancels the wordings of a type in the same sentence; ``instead_of`` names the types that
headline wordings find wrongly in a sentence that says this one.
"""

from __future__ import annotations

from collections.abc import Sequence

from screener.classify.rulefile import CatalystRule
from screener.language.wording import Wording, commonness, fold, word_keys


class SentenceBank:
    """The wordings by rule number behind one gate of word beginnings."""

    def __init__(self, rules: Sequence[CatalystRule]) -> None:
        at = {rule.id: number for number, rule in enumerate(rules)}
        self.instead = {n: [at[o] for o in rule.reports.instead_of if o in at] for n, rule in enumerate(rules)}
        self._wordings: list[tuple[int, Wording]] = []
        self._bars = [rule.reports.phrases.unless for rule in rules]
        self._index: dict[str, list[int]] = {}
        for number, rule in enumerate(rules):
            for wording in rule.reports.phrases.words:
                for key in min(wording.keys, key=commonness):
                    self._index.setdefault(key, []).append(len(self._wordings))
                self._wordings.append((number, wording))

    def scan(self, sentence: str) -> dict[int, tuple[int, int]]:
        """Where the first wording of each rule stands in a sentence, by rule number."""
        folded = fold(sentence)
        keys = word_keys(folded)
        found: dict[int, tuple[int, int]] = {}
        for at in sorted({at for key in keys if key in self._index for at in self._index[key]}):
            number, wording = self._wordings[at]
            if number not in found and wording.possible(keys):
                span = next(wording.find(folded), None)
                if span and not any(b.possible(keys) and any(b.find(folded)) for b in self._bars[number]):
                    found[number] = span
        return found
