"""Whether an event is good for a holder of the ticker's shares: +, -, ± (mixed) or 0 (neutral or unclear).

Order of decision: what several types of one document say together (an acquisition paid with new shares); the rules of
the type (:mod:`~screener.classify.details.signs`); an endpoint met or missed; the tone of results
(:mod:`~screener.classify.details.tone`); the prior of the type. A filing's title is only its form: there a terminated
event reverses the prior, and the rules that read texts read on behind the cover page.
"""

from __future__ import annotations

import re

from screener.classify.details.clinic import find_endpoint
from screener.classify.details.reading import Hit, Notes, Reading
from screener.classify.details.signs import PRIOR, RULES, TRIAL_BAD, Sign
from screener.classify.details.tone import READOUT, RESULTS, tone

FILING_DEPTH = 6_000
_REVERSED = {"+": "-", "-": "+"}
_RAISES = frozenset(("equity_offering", "private_placement", "equity_line_convertible"))
_READOUT_BAD = Sign("-", re.compile(TRIAL_BAD, re.I), 500)
#: The types whose sign is the tone of their words: pattern, and how far into the text it reads.
_TONES = {
    "clinical_readout": (READOUT, 600),
    "preclinical_data": (READOUT, 300),
    "earnings": (RESULTS, 300),
    "guidance": (RESULTS, 300),
}


def find_polarity(
    kind: str, stage: str, reading: Reading, notes: Notes, *, form: str = "PR", doc_types: tuple[str, ...] = ()
) -> str:
    """The sign of the event, with a span of fact "polarity" on the words that decided."""
    together = _together(kind, doc_types)
    if together:
        return together
    filing = form not in ("PR", "HALT")
    for rule in RULES.get(kind, ()):
        hit = first(rule, reading, filing=filing)
        if hit:
            notes.mark("polarity", hit.place())
            return rule.sign
    if filing and stage == "terminated":
        return _REVERSED.get(PRIOR.get(kind, "0"), "0")
    if kind in ("clinical_readout", "preclinical_data"):
        sign = _readout(kind, reading, notes, filing=filing)
        if sign:
            return sign
    if kind in _TONES:
        return _by_tone(kind, reading, notes, filing=filing)
    return PRIOR.get(kind, "0")


def first(rule: Sign, reading: Reading, *, filing: bool = False) -> Hit | None:
    """The rule's match in the headline, else in the opening of the text if the rule reads texts.

    In a filing the cover page stands before the news, so such a rule reads further.
    """
    match = rule.pattern.search(reading.title)
    if match:
        return Hit("title", match)
    reach = max(rule.depth, FILING_DEPTH) if filing and rule.depth else rule.depth
    match = rule.pattern.search(reading.text, 0, reach) if reach and reading.text else None
    return Hit("text", match) if match else None


def _together(kind: str, doc_types: tuple[str, ...]) -> str:
    """What a catalyst is worth beside another of the same document."""
    if kind == "acquisition" and _RAISES.intersection(doc_types):
        return "±"
    if kind == "equity_offering" and "buyback" in doc_types:
        return "±"
    if kind == "regulatory_approval" and "regulatory_rejection" in doc_types:
        return "±"
    return ""


def _readout(kind: str, reading: Reading, notes: Notes, *, filing: bool) -> str:
    """The endpoint decides, then words of failure; empty when neither is there."""
    found = find_endpoint(reading, notes) if kind == "clinical_readout" else None
    if found:
        notes.mark("polarity", found[1])
        return "+" if found[0] else "-"
    bad = first(_READOUT_BAD, reading, filing=filing)
    # A side remark in the text ("did not differ in tolerability") does not undo a good headline.
    if bad and (bad.field == "title" or tone(reading, READOUT, 0).score <= 0):
        notes.mark("polarity", bad.place())
        return "-"
    return ""


def _by_tone(kind: str, reading: Reading, notes: Notes, *, filing: bool) -> str:
    pattern, depth = _TONES[kind]
    result = tone(reading, pattern, max(depth, FILING_DEPTH) if filing else depth)
    if result.place is None:
        return "+" if kind == "preclinical_data" else "0"
    notes.mark("polarity", result.place)
    return "+" if result.score > 0 else "-"
