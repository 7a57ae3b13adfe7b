"""Time zones as feeds write them: offsets, names and abbreviations.

An abbreviation that several countries use is decided for the one whose press a screener of US stocks reads:

* ``BST`` is British Summer Time, not Bangladesh or Bougainville;
* ``CST`` and ``CDT`` are US Central, not China or Cuba; ``AST`` is Atlantic, not Arabia; ``EST`` is US Eastern;
* ``IST`` is India, not Ireland or Israel; ``MST`` is US Mountain, not Malaysia; ``SST`` is Samoa, not Singapore.

An abbreviation states its offset: EST in July is five hours behind UTC. ``ET``, ``Eastern`` and ``EST5EDT`` name a zone,
whose offset depends on the day.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple
from zoneinfo import ZoneInfo

_HOURS: dict[str, float] = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0,
    "BST": 1, "WEST": 1, "CET": 1, "MET": 1, "WAT": 1, "CEST": 2, "MEST": 2, "EET": 2, "CAT": 2, "SAST": 2,
    "EEST": 3, "IDT": 3, "MSK": 3, "TRT": 3, "EAT": 3, "GST": 4, "PKT": 5, "IST": 5.5, "ICT": 7, "WIB": 7,
    "HKT": 8, "SGT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10, "ACDT": 10.5, "AEDT": 11,
    "NZST": 12, "NZDT": 13,
    "NDT": -2.5, "NST": -3.5, "BRT": -3, "ART": -3, "ADT": -3, "AST": -4, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6,
    "MDT": -6, "MST": -7, "PDT": -7, "PST": -8, "AKDT": -8, "AKST": -9, "HST": -10, "SST": -11,
}  # fmt: skip
_PLACES = {
    "America/New_York": ("ET", "EASTERN", "EST5EDT", "US/EASTERN", "NEW YORK"),
    "America/Chicago": ("CT", "CENTRAL", "CST6CDT", "US/CENTRAL"),
    "America/Denver": ("MT", "MOUNTAIN", "MST7MDT", "US/MOUNTAIN"),
    "America/Los_Angeles": ("PT", "PACIFIC", "PST8PDT", "US/PACIFIC"),
}
_PLACE_OF = {name: place for place, names in _PLACES.items() for name in names}
_LONG = {"EASTERN": "E", "CENTRAL": "C", "MOUNTAIN": "M", "PACIFIC": "P"}
_OFFSET = re.compile(r"(?:GMT|UTC|UT|Z)?\s?([+-])(\d{1,2})(?::?(\d{2}))?$")
_LONG_NAME = re.compile(r"(EASTERN|CENTRAL|MOUNTAIN|PACIFIC)(?: (STANDARD|DAYLIGHT))?(?: TIME)?$")
_AREA = re.compile(r"\A[A-Za-z]++(?:/[A-Za-z_+-]++){1,2}$")
MOST = dt.timedelta(hours=14)
# At the end of what is left of a date; or, as the Unix date command writes it, before the year. An offset without a name
# must follow a time, or the 12 of 2026-03-12 would be one.
_TAIL = re.compile(
    r"""(?P<zone>
        \s?(?:GMT|UTC|UT|Z)\s?[+-]\d{1,2}(?::?\d{2})?
      | (?<=\d)\s?[+-]\d{1,2}:?\d{2} | (?<=:\d\d)[+-]\d\d | (?<=\s)[+-]\d\d
      | (?<=\d)Z
      | \s(?:EASTERN|CENTRAL|MOUNTAIN|PACIFIC)(?:\s(?:STANDARD|DAYLIGHT))?(?:\sTIME)?
      | \s[A-Z]{3}\d[A-Z]{3}
      | \s[A-Z]+(?:/[A-Z_+-]+){1,2}
      | (?<=[\dM])\s?(?!AM\b|PM\b)[A-Z]{1,5}
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
_BEFORE_YEAR = re.compile(r"(?<=\d)\s(?!AM\b|PM\b)(?P<zone>[A-Z]{1,5}|[+-]\d{4})(?=\s\d{4}$)", re.IGNORECASE)
_TIMED = re.compile(r"\d[:.]\d\d|\d\s?[AP]M\b|T\d{2,6}(?!\d)|\dh\d\d|^\d{14}", re.IGNORECASE)


class UnzonedDate(NamedTuple):
    """A date without its zone; ``zone`` is as written, empty when none is stated."""

    text: str
    zone: str


def split_zone(text: str) -> UnzonedDate:
    """Take the stated zone off a date that has a time of day."""
    if not _TIMED.search(text):
        return UnzonedDate(text, "")
    found = _TAIL.search(text) or _BEFORE_YEAR.search(text)
    if found is None:
        return UnzonedDate(text, "")
    start, end = found.span("zone")
    left = UnzonedDate(f"{text[:start]}{text[end:]}".strip(), found["zone"].strip())
    # a time that went with the zone, or a month: the zone was none
    return left if _TIMED.search(left.text) else UnzonedDate(text, "")


def zone_of(name: str) -> dt.tzinfo | None:
    """The zone of a name, an abbreviation or an offset ("GMT-4", "+0530", "Eastern", "Europe/Paris"); None if unknown."""
    plain = " ".join(name.upper().split())
    if plain in _HOURS:
        return _fixed(dt.timedelta(hours=_HOURS[plain]))
    if plain in _PLACE_OF:
        return ZoneInfo(_PLACE_OF[plain])
    if found := _OFFSET.match(plain):
        shift = dt.timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return _fixed(shift if found[1] == "+" else -shift) if int(found[3] or 0) < 60 and shift <= MOST else None
    if found := _LONG_NAME.match(plain):
        which = {"STANDARD": "ST", "DAYLIGHT": "DT"}.get(found[2] or "", "T")
        return zone_of(_LONG[found[1]] + which)
    return _area(name.strip())


def _fixed(shift: dt.timedelta) -> dt.timezone:
    return dt.timezone(shift)


def _area(name: str) -> ZoneInfo | None:
    if not _AREA.match(name):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
