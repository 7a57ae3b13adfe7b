"""Dates in words: when a split takes effect, when a cure period ends, when a regulator decides.

All are ISO days ("2025-12-15"). A date without a year takes the year of the nearest full date before it, or of the
first full date in the document, and rolls over at New Year; without any the fact stays unknown.
"""

from __future__ import annotations

import datetime as dt
import re

from screener.classify.details.reading import Hit, Notes, Reading

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?\.?|july?\.?|aug(?:ust|\.)?|"
    r"sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)"
)
DATE = re.compile(
    rf"\b(?P<m>{_MONTH})\s?(?P<d>[0-3]?[0-9])(?:st|nd|rd|th)?(?![0-9%])(?:\s?,?\s(?P<y>20[0-9]{{2}}))?"
    rf"|\b(?P<d2>[0-3]?[0-9])(?:st|nd|rd|th)?\s(?:of\s)?(?P<m2>{_MONTH}),?\s(?P<y2>20[0-9]{{2}})"
    r"|\b(?P<y3>20[0-9]{2})-(?P<m3>[01][0-9])-(?P<d3>[0-3][0-9])\b"
    r"|\b(?P<m4>[01]?[0-9])/(?P<d4>[0-3]?[0-9])/(?P<y4>20[0-9]{2})\b",
    re.I,
)
EFFECTIVE = re.compile(
    r"(?:effective(?:ness)?\b|effective (?:date|time)|(?:begin|start|commence)s?(?:\s\w+){0,3} (?:trading|to trade)|"
    r"(?:trading|trade) (?:on|at)|split[- ]adjusted|as of the (?:opening|commencement)|opening of"
    r"|opens?(?: for trading)? on|"
    r"at the open|market open|after (?:the )?(?:u\.?s\.? )?market(?:s)? (?:open|close)|prior to the open|take effect|"
    r"go into effect|becom\w+ effective|last day|suspend\w*|commenc\w+ on)",
)
_ABBREVIATED = re.compile(r"\b(?:[ap]\.m\.|u\.s\.|inc\.|corp\.|ltd\.|co\.)")
MONTH_ONLY = re.compile(rf"\b(?:effective(?: in| as of)?|in|from)\s(?P<m>{_MONTH})\s(?P<y>20[0-9]{{2}})\b", re.I)
TODAY = re.compile(r"\beffective (?:as of )?(?:today|immediately)\b|\beffective\b[^.;]{0,40}\btoday\b", re.I)
CURE = re.compile(
    r"(?:until|by|or until|through|no later than|expir\w+ on|extension (?:to|until|through)|deadline of"
    r"|period (?:to|ending))"
    r"(?:[^.;]{0,25})$"
)
PDUFA = re.compile(r"pdufa|target action date|action date|goal date|user fee|decision (?:date )?(?:by|on|expected)")


def iso(hit: Hit, year: int | None = None) -> str | None:
    """The ISO day of a match; None when it is no day of the calendar or has no year."""
    group = hit.match.groupdict()
    month = group["m"] or group["m2"]
    number = MONTHS.index(month[:3].lower()) + 1 if month else int(group["m3"] or group["m4"])
    day = int(group["d"] or group["d2"] or group["d3"] or group["d4"])
    stated = group["y"] or group["y2"] or group["y3"] or group["y4"]
    try:
        return dt.date(int(stated) if stated else (year or 0), number, day).isoformat()
    except ValueError:
        return None


def dates(reading: Reading) -> list[tuple[Hit, str]]:
    """Every date that can be resolved, in order of the document."""
    hits = list(reading.all(DATE, 30))
    full = [day for day in (iso(hit) for hit in hits if _year(hit)) if day]
    last = full[0] if full else None
    found: list[tuple[Hit, str]] = []
    for hit in hits:
        if _year(hit):
            day = iso(hit)
            last = day or last
        else:
            day = _roll(hit, last) if last else None
        if day:
            found.append((hit, day))
    return found


def _year(hit: Hit) -> str | None:
    group = hit.match.groupdict()
    return group["y"] or group["y2"] or group["y3"] or group["y4"]


def _roll(hit: Hit, last: str) -> str | None:
    """A date without a year is within three months before to nine months after the last full date."""
    year = int(last[:4])
    day = iso(hit, year)
    if day is None:
        return None
    gap = (dt.date.fromisoformat(day) - dt.date.fromisoformat(last)).days
    return iso(hit, year + 1) if gap < -90 else iso(hit, year - 1) if gap > 275 else day


def find_effective(reading: Reading, notes: Notes) -> None:
    """Put ``effective_date``: the first date whose words before it say that something takes effect.

    A headline that names only a month gives the month ("2026-02").
    """
    if not reading.has(
        "effective", " in ", " from ", "trading", "take effect", "into effect", "open", "last day", "market", "commenc"
    ):
        return
    found = dates(reading)
    for hit, day in found:
        if EFFECTIVE.search(_clause(hit)):
            notes.put("effective_date", day, hit.place())
            return
    month = None if found else MONTH_ONLY.search(reading.title)
    if month:
        number = MONTHS.index(month["m"][:3].lower()) + 1
        notes.put("effective_date", f"{month['y']}-{number:02d}", Hit("title", month).place())
        return
    today = reading.find(TODAY)
    dateline = next((day for hit, day in found if hit.field == "text" and hit.match.start() < 120), None)
    if today and dateline:
        notes.put("effective_date", dateline, today.place())


def _clause(hit: Hit) -> str:
    """The words of the sentence before a date; the dots of "12:01 a.m." and "U.S." end no sentence."""
    before = _ABBREVIATED.sub(lambda match: match.group().replace(".", " "), hit.before(120))
    return before[max(before.rfind(". "), before.rfind("; ")) + 1 :]


def find_cure(reading: Reading, notes: Notes) -> None:
    """Put ``cure_date``: until when compliance must be regained, or a plan is allowed to work."""
    for hit, day in dates(reading):
        if CURE.search(hit.before(60)):
            notes.put("cure_date", day, hit.place())
            return


def find_pdufa(reading: Reading, notes: Notes) -> None:
    if not reading.has("pdufa", "action date", "goal date", "user fee"):
        return
    for hit, day in dates(reading):
        if PDUFA.search(hit.before(110)) or PDUFA.search(hit.after(40)):
            notes.put("pdufa_date", day, hit.place())
            return
