"""Whether an event is good for a holder of the ticker's shares: +, -, ± (mixed) or 0 (neutral or unclear).

Order of decision: what the catalyst file says of the type beside another of the same document (an acquisition paid with
new shares); the file's ``turns``; an endpoint met or missed; the tone of results; the file's own ``polarity``. A filing's
title is only its form: there a terminated event reverses the prior, and words looked for in texts are looked for behind
the cover page too.
"""

from __future__ import annotations

from screener.classify.details.clinic import find_endpoint
from screener.classify.details.reading import Notes, PatternMatch, Place, Reading
from screener.classify.details.tone import LEXICONS, TRIAL_BAD, tone
from screener.classify.rulefile import CatalystRule, ToneRule, Turn
from screener.types.words import Polarity

FILING_DEPTH = 6_000
_BAD_DEPTH = 500
_REVERSED: dict[Polarity, Polarity] = {"+": "-", "-": "+"}
_ENDPOINT = "endpoint_met"


def find_polarity(
    rule: CatalystRule,
    stage: str,
    reading: Reading,
    notes: Notes,
    *,
    filing: bool = False,
    doc_types: tuple[str, ...] = (),
) -> Polarity:
    """The sign of the event, with a span of fact "polarity" on the words that decided."""
    together = next((sign for other, sign in rule.beside.items() if other in doc_types), None)
    if together:
        return together
    for turn in rule.turns:
        place = turned(turn, reading, filing=filing)
        if place:
            notes.mark("polarity", place)
            return turn.to
    if filing and stage == "terminated":
        return _REVERSED.get(rule.polarity, "0")
    if rule.tone:
        return _by_tone(rule, rule.tone, reading, notes, filing=filing)
    return rule.polarity


def turned(turn: Turn, reading: Reading, *, filing: bool = False) -> Place | None:
    """Where the words of a turn stand. In a filing the cover page stands before the news, so it is read further."""
    return reading.phrase(turn.phrases, max(turn.depth, FILING_DEPTH) if filing and turn.depth else turn.depth)


def _by_tone(rule: CatalystRule, how: ToneRule, reading: Reading, notes: Notes, *, filing: bool) -> Polarity:
    if how.words == "readout":
        sign = _readout(rule, reading, notes, filing=filing)
        if sign:
            return sign
    result = tone(reading, LEXICONS[how.words], max(how.depth, FILING_DEPTH) if filing else how.depth)
    if result.place is None:
        return how.otherwise
    notes.mark("polarity", result.place)
    return "+" if result.score > 0 else "-"


def _readout(rule: CatalystRule, reading: Reading, notes: Notes, *, filing: bool) -> Polarity | None:
    """The endpoint decides, then words of failure; None when neither is there."""
    found = find_endpoint(reading, notes) if _ENDPOINT in rule.facts else None
    if found:
        notes.mark("polarity", found[1])
        return "+" if found[0] else "-"
    bad = _failure(reading, FILING_DEPTH if filing else _BAD_DEPTH)
    # A side remark in the text ("did not differ in tolerability") does not undo a good headline.
    if bad and (bad.field == "title" or tone(reading, LEXICONS["readout"], 0).score <= 0):
        notes.mark("polarity", bad.place())
        return "-"
    return None


def _failure(reading: Reading, depth: int) -> PatternMatch | None:
    match = TRIAL_BAD.search(reading.title)
    if match:
        return PatternMatch("title", match)
    match = TRIAL_BAD.search(reading.text, 0, depth) if reading.text else None
    return PatternMatch("text", match) if match else None
