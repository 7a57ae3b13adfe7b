"""How long warrants last: "five years from issuance", "until the fifth anniversary", "eighteen months", or a date.

A sentence about warrants often has two durations: when they begin ("exercisable beginning six months after issuance")
and when they end ("will expire five and one-half years from issuance"). The nearest word before a duration says which it
is; only an end counts. "Exercisable until exercised in full" and "no expiration date" are no term.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from screener.language import dates
from screener.language.numbers import WORDS, number

_UNIT = r"(?P<unit>years?|months?)"
_HALF = r"(?:\sand\s(?:(?:a|one)[\s-]half|1/2))"
_BRACKET = r"(?:\s\((?P<d>\d{1,3}(?:\.\d{1,2})?|\d{1,2}\s1/2)\))"
_LENGTH = re.compile(
    rf"(?<![\w.,$-])(?P<n>{WORDS}|\d{{1,3}}(?:\.\d{{1,2}})?)(?P<half>{_HALF})?{_BRACKET}?[\s-]{{1,2}}{_UNIT}\b"
    rf"(?:\sand\s(?P<more>{WORDS}|\d{{1,2}})(?:\s\(\d{{1,2}}\))?[\s-]months?\b)?(?P<after>[\s-]anniversary)?"
    r"|\b(?P<ord>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d{1,2}(?:st|nd|rd|th))"
    r"(?:\s\([^)]{1,9}\))?[\s-](?:year\s)?anniversary",
    re.I,
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ENDS = (
    r"expir\w*|terminat\w*|lapse\w*|until|through|matur\w*|(?:on or )?(?:before|prior to)|no later than|ending|ends?\b"
    r"|terms?\b|periods?\b|li(?:fe|ves)\b|valid|within|duration"
)
_FOR = r"\bfor(?: up to)?(?: an?| the)?(?: \w+)?\s?$"
_BEGINS = (
    r"begin\w*|commenc\w*|start\w*|becom\w+ exercisable|be(?:en)? exercisable|first exercis\w*|initial\w* exercis\w*"
    r"|are exercisable|is exercisable|exercisable (?:on|from|after|upon|at|as of|immediately|six|\d)|not exercisable"
    r"|no earlier than|not until|not be exercis\w*"
)
_WORD = re.compile(rf"\b(?P<begins>{_BEGINS})|\b(?P<ends>{_ENDS})", re.I)
_FOR_LONG = re.compile(_FOR, re.I)
_NAMES_TERM = re.compile(r"[\s-]?(?:terms?\b|li(?:fe|ves)\b|(?:[\w-]{1,40}\s){0,2}warrants?\b|exercise period)", re.I)
_REMAINS = re.compile(r"\b(?:remaining|weighted|average)\b[^.;]{0,50}$", re.I)
_NEAR = 110  # characters before a duration in which the word that governs it stands
_MOST = 30.0  # years
_TO_DATE = re.compile(
    r"(?:[\W\d]|\b(?:on|of|at|the|is|was|be|will|shall|date|close|business|and|including|earlie(?:r|st)|later|to|occur|i|a|p|m"
    r"|am|pm|new|york|city|eastern|pacific|standard|daylight|local|vancouver|toronto|time|edt|est|et|midnight|common|series|class|any"
    r"|private|public|placement|agent|agents?’|investor|such|these|[a-h]|warrants?|initially|day)\b)*",
    re.I,
)
_TO_DATE_MOST = 90


class Length(NamedTuple):
    """A duration at ``start`` to ``end`` of a text, in years."""

    years: float
    start: int
    end: int
    anniversary: bool


def lengths(text: str) -> Iterator[Length]:
    """The durations of a text, in order: years, months, years and months, anniversaries."""
    for found in _LENGTH.finditer(text):
        years = _years(found)
        if years and years <= _MOST:
            anniversary = bool(found["ord"] or found["after"])
            yield Length(round(years, 4), found.start(), found.end(), anniversary)


def _years(found: re.Match[str]) -> float | None:
    if found["ord"]:
        word = found["ord"].lower()
        return float(_ORDINALS.index(word) + 1 if word in _ORDINALS else int(re.sub(r"\D", "", word)))
    value = number(found["n"])
    if not value:
        return None
    value += 0.5 if found["half"] else 0.0
    years = value / 12 if found["unit"].lower().startswith("month") else value
    return years + (number(found["more"]) or 0.0) / 12 if found["more"] else years


def term_years(text: str) -> float | None:
    """For how many years something lasts, as far as words say that it ends then."""
    return next((length.years for length in ending(text)), None)


def ending(text: str) -> Iterator[Length]:
    """The durations of a text at whose end something ends, in order."""
    for length in lengths(text):
        before = text[max(0, length.start - _NEAR) : length.start]
        if _is_end(before, text[length.end : length.end + 40], length):
            yield length


def _is_end(before: str, after: str, length: Length) -> bool:
    if _REMAINS.search(before):
        return False
    if not length.anniversary and _NAMES_TERM.match(after):
        return True
    before = before[before.rfind(";") + 1 :]
    if _FOR_LONG.search(before) and "exercis" in before.lower():
        return True
    words = list(_WORD.finditer(before))
    return bool(words) and words[-1]["ends"] is not None


def expires(text: str) -> str | None:
    """The ISO day on which something ends, when it is stated as a date."""
    for day in dates.find([text])[0]:
        at = day.match.start()
        low = max(0, at - _TO_DATE_MOST - 30)
        words = [w for w in _WORD.finditer(text, low, at) if w["ends"]]
        if words and at - words[-1].end() <= _TO_DATE_MOST and _TO_DATE.fullmatch(text, words[-1].end(), at):
            return day.iso
    return None
