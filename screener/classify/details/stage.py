"""How far an event has come: proposed, announced, upsized, priced, effective, closed, terminated, or nothing.

The headline decides, by type; in a filing, whose title is only its form, the opening of the text does. Each type has a
ladder of patterns, the most final stage first, and a stage for an event that is simply told. Money raised is priced
when a price is stated. Results, decisions and notices just happen: they have no stage.
"""

from __future__ import annotations

import re

from screener.classify.details.ladders import LADDERS, TOLD
from screener.classify.details.reading import Hit, Notes, Reading

FILING_DEPTH = 4_000


def find_stage(kind: str, reading: Reading, notes: Notes, *, form: str = "PR", doc_types: tuple[str, ...] = ()) -> str:
    """The stage of the event, with a span of fact "stage" on the words that decided."""
    depth = 0 if form in ("PR", "HALT") else FILING_DEPTH
    for stage, pattern in LADDERS.get(kind, ()):
        hit = _first(pattern, reading, depth)
        if hit:
            notes.mark("stage", hit.place())
            return stage
    if kind == "equity_offering" and "price" in notes.facts:
        return "priced"
    return "announced" if kind in TOLD else ""


def _first(pattern: re.Pattern[str], reading: Reading, depth: int) -> Hit | None:
    match = pattern.search(reading.title)
    if match:
        return Hit("title", match)
    match = pattern.search(reading.text, 0, depth) if depth and reading.text else None
    return Hit("text", match) if match else None
