"""Facts, stage and polarity of a catalyst, read from its words as its catalyst file says.

A :class:`Describer` is made once of all catalyst files; ``describe`` needs neither spaCy nor the model and takes some 20
to 50 µs for a headline. Which facts a type has stands in its file, their meaning and unit in :data:`FACT_NAMES`; every
fact has a span that quotes the words it was read from. What is not in the words stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from screener.classify.details.clause import own_clause
from screener.classify.details.finders import find_facts
from screener.classify.details.polarity import find_polarity
from screener.classify.details.reading import Notes, read
from screener.classify.details.stage import find_stage
from screener.classify.factnames import FACT_NAMES
from screener.classify.rulefile import CatalystRule
from screener.types import FactValue, Span
from screener.types.words import Polarity, Stage

__all__ = ["FACT_NAMES", "Describer", "Details"]

RELEASES = ("PR", "HALT")  # what has a headline of its own


class Details(Struct, frozen=True, kw_only=True):
    """What the words say about one catalyst; ``stage`` is "" when they say nothing of it."""

    stage: Stage
    polarity: Polarity
    facts: dict[str, FactValue]
    spans: tuple[Span, ...]


class Describer:
    """Reads the details of catalysts by their files."""

    def __init__(self, rules: Iterable[CatalystRule]) -> None:
        self._rules = {rule.id: rule for rule in rules if rule.kind == "type"}

    def describe(
        self,
        type: str,
        title: str,
        text: str,
        *,
        form: str = "PR",
        items: tuple[str, ...] = (),
        doc_types: tuple[str, ...] = (),
        company: str = "",
        tickers: tuple[str, ...] = (),
        told_at: Sequence[tuple[int, int]] = (),
    ) -> Details:
        """Read the facts, stage and polarity of a catalyst of ``type`` from its headline and text.

        ``form`` is "PR", "HALT" or the SEC form, ``items`` the 8-K item numbers, ``doc_types`` every type that the
        document holds, ``company`` and ``tickers`` whose news it is when known, ``told_at`` where the headline tells the event:
        beside other events its stage and polarity are those of its own clause. A type without a file gets no facts, no stage and
        polarity "0". Reads the first 20,000 characters of the text.
        """
        rule = self._rules.get(type)
        if rule is None:
            return Details(stage="", polarity="0", facts={}, spans=())
        reading, filing = read(title, text), form not in RELEASES
        notes = Notes(reading, rule.facts)
        beside = tuple(self._rules[name].amount for name in doc_types if name != type and name in self._rules)
        find_facts(rule, reading, notes, beside, company, tickers)
        if len(doc_types) > 1 and told_at:
            reading = notes.reading = own_clause(reading, told_at)
        stage = find_stage(rule, reading, notes, form=form if filing else "", items=items)
        sign = find_polarity(rule, stage, reading, notes, filing=filing, doc_types=doc_types)
        return Details(stage=stage, polarity=sign, facts=notes.facts, spans=tuple(notes.spans))
