"""How far an event has come: proposed, announced, upsized, priced, effective, closed, terminated, or nothing.

The headline decides, by the ``stages`` of the catalyst file in their order; in a filing, whose title is only its form, the
form, the item numbers and the opening do. A type without a word of it has the file's ``stage``; results, decisions and
notices just happen and have none.
"""

from __future__ import annotations

import re

from screener.classify.details.reading import Notes, PatternMatch, Place, Reading
from screener.classify.rulefile import CatalystRule
from screener.types.words import Stage

FILING_DEPTH = 6_000
#: In the text of a filing "may be terminated" and "upon completion" are boilerplate: only what has happened counts.
_DONE: tuple[tuple[Stage, re.Pattern[str]], ...] = (
    (
        "terminated",
        re.compile(
            r"\b(?:has|have|had|was|were|been|company|parties|mutually) (?:mutually )?terminated\b|\bterminated (?:the|its)\b|"
            r"\bnotice of termination\b|\btermination of (?:the )?(?:merger|material|purchase)",
            re.I,
        ),
    ),
    (
        "closed",
        re.compile(
            r"\b(?:completed|consummated|closed) (?:its|the|on the|on its)\b|\bthe (?:offering|merger) closed\b", re.I
        ),
    ),
    ("priced", re.compile(r"\bpriced\b", re.I)),
    ("proposed", re.compile(r"\bletter of intent\b|\bnon-binding\b|\bunsolicited (?:proposal|offer)", re.I)),
)


def find_stage(
    rule: CatalystRule,
    reading: Reading,
    notes: Notes,
    *,
    form: str = "",
    items: tuple[str, ...] = (),
) -> Stage:
    """The stage of the event, with a span of fact "stage" on the words that decided; ``form`` is empty for a release."""
    for row in rule.stages:
        span = row.phrases.first(reading.folded_title)
        if span:
            notes.mark("stage", Place("title", *span))
            return row.stage
    stage = _of_filing(rule, form, items, reading, notes) if form else ""
    if stage:
        return stage
    return rule.stage_with_price if rule.stage_with_price and "price" in notes.facts else rule.stage


def _of_filing(rule: CatalystRule, form: str, items: tuple[str, ...], reading: Reading, notes: Notes) -> Stage:
    """What form, item number and the opening of a filing say; empty when they say nothing."""
    plain = _of_code(rule, form, items)
    if plain:
        return plain if plain != "priced" or "price" in notes.facts else rule.stage
    possible = {row.stage for row in rule.stages}
    for stage, pattern in _DONE:
        match = pattern.search(reading.text, 0, FILING_DEPTH) if stage in possible else None
        if match:
            notes.mark("stage", PatternMatch("text", match).place())
            return stage
    return ""


def _of_code(rule: CatalystRule, form: str, items: tuple[str, ...]) -> Stage:
    plain = form.split("/", maxsplit=1)[0]
    for code, stage in rule.filing_stages.items():
        if code in items or plain == code or (code.endswith("*") and form.startswith(code[:-1])):
            return stage
    return ""
