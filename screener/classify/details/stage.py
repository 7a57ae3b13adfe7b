"""How far an event has come: proposed, announced, upsized, priced, effective, closed, terminated, or nothing.

The headline decides, by type; in a filing, whose title is only its form, the form, the item numbers and the opening
do. Each type has a
ladder of patterns, the most final stage first, and a stage for an event that is simply told. Money raised is priced
when a price is stated. Results, decisions and notices just happen: they have no stage.
"""

from __future__ import annotations

import re

from screener.classify.details.ladders import LADDERS, TOLD
from screener.classify.details.reading import Hit, Notes, Reading
from screener.sec.forms import of_family
from screener.sec.items8k import COMPLETED, TERMINATED

FILING_DEPTH = 6_000
_OFFERS = ("equity_offering", "private_placement", "equity_line_convertible", "shelf_or_atm")
_BOUGHT = ("acquisition", "takeover_target", "divestiture", "spac_reverse_merger")
#: In the text of a filing "may be terminated" and "upon completion" are boilerplate: only what has happened counts.
_DONE: tuple[tuple[str, re.Pattern[str]], ...] = (
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
    kind: str,
    reading: Reading,
    notes: Notes,
    *,
    form: str = "PR",
    items: tuple[str, ...] = (),
) -> str:
    """The stage of the event, with a span of fact "stage" on the words that decided."""
    for stage, pattern in LADDERS.get(kind, ()):
        match = pattern.search(reading.title)
        if match:
            notes.mark("stage", Hit("title", match).place())
            return stage
    if form not in ("PR", "HALT"):
        stage = _of_filing(kind, form, items, reading, notes)
        if stage:
            return stage
    if kind == "equity_offering" and "price" in notes.facts:
        return "priced"
    return "announced" if kind in TOLD else ""


def _of_filing(kind: str, form: str, items: tuple[str, ...], reading: Reading, notes: Notes) -> str:
    """What form, item number and the opening of a filing say; empty when they say nothing."""
    plain = _of_form(kind, form, items, "price" in notes.facts)
    if plain:
        return plain
    possible = {stage for stage, _ in LADDERS.get(kind, ())}
    for stage, pattern in _DONE:
        match = pattern.search(reading.text, 0, FILING_DEPTH) if stage in possible else None
        if match:
            notes.mark("stage", Hit("text", match).place())
            return stage
    return ""


def _of_form(kind: str, form: str, items: tuple[str, ...], priced: bool) -> str:
    if kind in _OFFERS and of_family(form, "prospectus"):
        return "priced" if priced else "announced"
    if kind in _OFFERS and of_family(form, "registration", "shelf"):
        return "proposed"
    if kind in ("reverse_split", "forward_split") and of_family(form, "proxy", "merger_proxy"):
        return "proposed"
    if TERMINATED in items and kind in LADDERS:
        return "terminated"
    return "closed" if COMPLETED in items and kind in _BOUGHT else ""
