"""Facts, stage and polarity of a catalyst, read from its words.

``describe`` is pure regular expressions: no spaCy, no model, some 20 to 50 µs for a headline. Facts by type stand in
:data:`FACTS_OF`, their meaning and unit in :data:`FACT_NAMES`; every fact has a span that quotes the words it was
read from. What is not in the words stays unknown.
"""

from __future__ import annotations

from msgspec import Struct

from screener.classify.details.finders import find_facts
from screener.classify.details.polarity import find_polarity
from screener.classify.details.reading import Notes, read
from screener.classify.details.stage import find_stage
from screener.classify.details.table import FACT_NAMES, FACTS_OF
from screener.types import FactValue, Span

__all__ = ["FACTS_OF", "FACT_NAMES", "Details", "describe"]


class Details(Struct, frozen=True, kw_only=True):
    """What the words say about one catalyst; ``stage`` is "" when they say nothing of it."""

    stage: str
    polarity: str
    facts: dict[str, FactValue]
    spans: tuple[Span, ...]


def describe(
    type: str,
    title: str,
    text: str,
    *,
    form: str = "PR",
    items: tuple[str, ...] = (),
    doc_types: tuple[str, ...] = (),
    company: str = "",
) -> Details:
    """Read the facts, stage and polarity of a catalyst of ``type`` from its headline and text.

    ``form`` is "PR", "HALT" or the SEC form, ``items`` the 8-K item numbers, ``doc_types`` every type that the document
    holds, ``company`` the ticker's company when known. An unknown type gets no facts, no stage and
    polarity "0". Reads the first 20,000 characters of the text.
    """
    reading = read(title, text)
    notes = Notes(reading, FACTS_OF.get(type, ()))
    find_facts(type, reading, notes, company)
    stage = find_stage(type, reading, notes, form=form, items=items)
    polarity = find_polarity(type, stage, reading, notes, form=form, doc_types=doc_types)
    return Details(stage=stage, polarity=polarity, facts=notes.facts, spans=tuple(notes.spans))
