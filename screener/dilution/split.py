"""Splits: old shares per new share, when they take effect, and how far they are.

A range that a board may choose from has no ratio. ADS ratio changes are splits of the ADS.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from screener.dilution.base import RETOLD, entry
from screener.dilution.records import Document, Entry, Status
from screener.dilution.text import TextPart
from screener.language import dates, ratios

_REVERSE = re.compile(
    r"\b(?:reverse (?:stock |share )?splits?|share consolidations?|reverse splits?|consolidation of (?:its|the|our))\b",
    re.I,
)
_FORWARD = re.compile(
    r"\b(?:forward (?:stock |share )?split|stock split|share split|split of (?:its|our|the) (?:common|ordinary))\b",
    re.I,
)
_EFFECTIVE = re.compile(
    r"\b(?:effective|effectuated|effected|take effect|effectiveness|effective (?:time|date)|split[- ]adjusted)\b[^;]{0,90}$",
    re.I,
)
_DONE = re.compile(r"\b(?:became effective|was effected|effected a|has effected|completed|began trading on a)\b", re.I)
_VOTE = re.compile(
    r"\b(?:proposal|stockholders? (?:\w+ ){0,3}(?:approv|vot)|shareholders? (?:\w+ ){0,3}(?:approv|vot)"
    r"|authori[sz]e\w* (?:the |its |our )?board|in its discretion)",
    re.I,
)
_ASIDE = re.compile(
    r"\b(?:in (?:the event|connection with any)|such as|including|subject to (?:\w+ ){0,3}adjust|adjust\w*)\b[^.;]{0,90}$",
    re.I,
)
_EVERY = re.compile(r"^(?:as a result[^,]{0,60}, )?(?:every|each)\b[^.;]{0,200}\b(?:into|become|exchanged)\b", re.I)
_HISTORY = re.compile(r"\b(?:retroactively|reflect\w*|giving effect to|adjusted for)\b", re.I)


def read(document: Document, parts: Sequence[TextPart]) -> list[Entry]:
    """The split that a document announces, effects or proposes; none for a mere mention."""
    about = [p for p in parts if _is_about(p.text)]
    if not about:
        return []
    found = next((r for p in about if (r := _ratio(p.text)) is not None), None)
    if found is None:
        found = next(
            (r for p in _after(parts, about) if (r := _ratio(p.text, reverse=_is_reverse(about))) is not None), None
        )
    effective = next((d for p in about if (d := _effective(p.text))), None)
    voted = any(_VOTE.search(p.text) for p in about)
    if found is None and not voted:
        return []
    status = _status(about, found is not None, effective)
    proof = next((p for p in about if _ratio(p.text) is not None), about[0])
    if status == "effective" and effective is None:
        # told as done without a day of its own: the day that the sentence names, which may be long ago
        days = dates.find([proof.text])[0]
        effective = days[0].iso if days else None
        if effective is None and not {"3.03", "5.03"} & set(document.items):
            status = "announced"
    return [entry(document, "split", status, proof, ratio=found, effective=effective, day=effective)]


def _is_about(text: str) -> bool:
    found = _REVERSE.search(text) or _FORWARD.search(text)
    if not found or _ASIDE.search(text[: found.start()]):
        return False
    return not (_HISTORY.search(text) or RETOLD.search(text))


def _is_reverse(about: Sequence[TextPart]) -> bool:
    return any(_REVERSE.search(p.text) for p in about)


def _after(parts: Sequence[TextPart], about: Sequence[TextPart]) -> list[TextPart]:
    """The sentences that go on after one about the split: "Every fifteen shares were converted into one"."""
    starts = {p.start for p in about}
    next_ones = [b for a, b in pairwise(parts) if a.start in starts and b.start not in starts]
    return [p for p in next_ones if _EVERY.search(p.text)]


def _ratio(text: str, *, reverse: bool = False) -> float | None:
    """Old shares per new share; None for a range, an example or no ratio."""
    found = [r for r in ratios.find(text) if not ratios.hypothetical(text, r)]
    if not found or ratios.ranges(text, found):
        return None
    one = found[0]
    high, low = max(one.a, one.b), min(one.a, one.b)
    if not low:
        return None
    return high / low if reverse or _REVERSE.search(text) else low / high


def _effective(text: str) -> str | None:
    for day in dates.find([text])[0]:
        start = day.match.start()
        if _EFFECTIVE.search(text[max(0, start - 130) : start]):
            return day.iso
    return None


def _status(about: Sequence[TextPart], known: bool, effective: str | None) -> Status:
    if not known:
        return "proposed"
    if any(_DONE.search(p.text) for p in about):
        return "effective"
    return "announced" if effective or not any(_VOTE.search(p.text) for p in about) else "proposed"
