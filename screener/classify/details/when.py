"""Which date is which: when a split takes effect, when a cure period ends, when a regulator decides."""

from __future__ import annotations

import re

from screener.classify.details.reading import Notes, PatternMatch, Reading
from screener.language.dates import MONTH_ONLY, month_number

EFFECTIVE = re.compile(
    r"(?:effective(?:ness)?\b|effective (?:date|time)|(?:begin|start|commence)s?(?:\s\w+){0,3} (?:trading|to trade)|"
    r"(?:trading|trade) (?:on|at)|split[- ]adjusted|as of the (?:opening|commencement)|opening of"
    r"|opens?(?: for trading)? on|"
    r"at the open|market open|after (?:the )?(?:u\.?s\.? )?market(?:s)? (?:open|close)|prior to the open|take effect|"
    r"go into effect|becom\w{1,6} effective|last day|suspend\w*|commenc\w{1,6} on)",
)
_ABBREVIATED = re.compile(r"\b(?:[ap]\.m\.|u\.s\.|inc\.|corp\.|ltd\.|co\.)")
TODAY = re.compile(r"\beffective (?:as of )?(?:today|immediately)\b|\beffective\b[^.;]{0,40}\btoday\b", re.I)
CURE = re.compile(
    r"(?:until|by|or until|through|no later than|expir\w{1,6} on|extension (?:to|until|through)|deadline of"
    r"|period (?:to|ending))"
    r"(?:[^.;]{0,25})$"
)
PDUFA = re.compile(r"pdufa|target action date|action date|goal date|user fee|decision (?:date )?(?:by|on|expected)")


def find_effective(reading: Reading, notes: Notes) -> None:
    """Put ``effective_date``: the first date whose words before it say that something takes effect.

    A headline that names only a month gives the month ("2026-02").
    """
    if not reading.has(
        "effective", " in ", " from ", "trading", "take effect", "into effect", "open", "last day", "market", "commenc"
    ):
        return
    found = reading.days
    for hit, day in found:
        if EFFECTIVE.search(_clause(hit)):
            notes.put("effective_date", day, hit.place())
            return
    month = None if found else MONTH_ONLY.search(reading.title)
    if month:
        number = month_number(month["m"])
        notes.put("effective_date", f"{month['y']}-{number:02d}", PatternMatch("title", month).place())
        return
    today = reading.find(TODAY)
    dateline = next((day for hit, day in found if hit.field == "text" and hit.match.start() < 120), None)
    if today and dateline:
        notes.put("effective_date", dateline, today.place())


def _clause(hit: PatternMatch) -> str:
    """The words of the sentence before a date; the dots of "12:01 a.m." and "U.S." end no sentence."""
    before = _ABBREVIATED.sub(lambda match: match.group().replace(".", " "), hit.before(120))
    return before[max(before.rfind(". "), before.rfind("; ")) + 1 :]


def find_cure(reading: Reading, notes: Notes) -> None:
    """Put ``cure_date``: until when compliance must be regained, or a plan is allowed to work."""
    for hit, day in reading.days:
        if CURE.search(hit.before(60)):
            notes.put("cure_date", day, hit.place())
            return


def find_pdufa(reading: Reading, notes: Notes) -> None:
    if not reading.has("pdufa", "action date", "goal date", "user fee"):
        return
    for hit, day in reading.days:
        if PDUFA.search(hit.before(110)) or PDUFA.search(hit.after(40)):
            notes.put("pdufa_date", day, hit.place())
            return
