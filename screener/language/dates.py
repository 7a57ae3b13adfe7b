"""Days in prose: "March 20, 2026", "20th of March, 2026", "Mar. 20", "2026-03-20", "3/20/2026", "20.03.2026".

All are ISO days. A date without a year takes the year of the nearest full date before it, or of the first full date in
the document, and rolls over at New Year; without any it stays unknown. Moments with a time and a zone are read elsewhere.
"""

from __future__ import annotations

import datetime as dt
import re
from itertools import islice
from typing import NamedTuple

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may\.?|june?\.?|july?\.?|aug(?:ust|\.)?|"
    r"sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)"
)
DATE = re.compile(
    rf"\b(?P<m>{MONTH})\s?(?P<d>[0-3]?[0-9])(?:st|nd|rd|th)?(?![0-9%])(?:\s?,?\s(?P<y>20[0-9]{{2}}))?"
    rf"|\b(?P<d2>[0-3]?[0-9])(?:st|nd|rd|th)?(?:\s(?:day\s)?(?:of\s)?|-)(?P<m2>{MONTH}),?[\s-](?P<y2>20[0-9]{{2}})"
    r"|\b(?P<y3>20[0-9]{2})[-/](?P<m3>[01]?[0-9])[-/](?P<d3>[0-3]?[0-9])\b"
    r"|\b(?P<m4>[01]?[0-9])[/-](?P<d4>[0-3]?[0-9])[/-](?P<y4>20[0-9]{2})\b"
    r"|\b(?P<d5>[0-3]?[0-9])\.\s?(?P<m5>[01]?[0-9])\.\s?(?P<y5>20[0-9]{2})\b",
    re.I,
)
MONTH_ONLY = re.compile(rf"\b(?:effective(?: in| as of)?|in|from)\s(?P<m>{MONTH})\s(?P<y>20[0-9]{{2}})\b", re.I)
_BACK, _AHEAD = -90, 275  # days around the last full date that a date without a year lies in


class DateMention(NamedTuple):
    """One date at ``start`` to ``end``; ``match`` has the text around it."""

    iso: str
    match: re.Match[str]


def month_number(word: str) -> int:
    """1 to 12 for a month's name or its abbreviation. Raises ValueError."""
    return MONTHS.index(word[:3].lower()) + 1


def iso(match: re.Match[str], year: int | None = None) -> str | None:
    """The ISO day of a match of ``DATE``; None when it is no day of the calendar or has no year."""
    group = match.groupdict()
    month = group["m"] or group["m2"]
    number = month_number(month) if month else int(group["m3"] or group["m4"] or group["m5"])
    day = int(group["d"] or group["d2"] or group["d3"] or group["d4"] or group["d5"])
    stated = _year(match)
    if not month and group["m4"] and number > 12 >= day:  # 20/03/2026: no month has that number
        number, day = day, number
    try:
        return dt.date(int(stated) if stated else (year or 0), number, day).isoformat()
    except ValueError:
        return None


def find(texts: list[str], most: int = 30) -> list[list[DateMention]]:
    """Every date that can be resolved, by text in order; the texts are parts of one document."""
    hits = [list(islice(DATE.finditer(text), most)) for text in texts]
    full = [day for group in hits for match in group if _year(match) and (day := iso(match))]
    last, out = (full[0] if full else None), list[list[DateMention]]()
    for group in hits:
        days = list[DateMention]()
        for match in group:
            if _year(match):
                day = iso(match)
                last = day or last
            else:
                day = _roll(match, last) if last else None
            if day:
                days.append(DateMention(day, match))
        out.append(days)
    return out


def _year(match: re.Match[str]) -> str | None:
    group = match.groupdict()
    return group["y"] or group["y2"] or group["y3"] or group["y4"] or group["y5"]


def _roll(match: re.Match[str], last: str) -> str | None:
    """A date without a year is within three months before to nine months after the last full date."""
    base, year = dt.date.fromisoformat(last), int(last[:4])
    for other in (year, year + 1, year - 1):
        day = iso(match, other)
        if day and _BACK <= (dt.date.fromisoformat(day) - base).days <= _AHEAD:
            return day
    return None
