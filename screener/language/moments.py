"""The moment a feed states: dates as the world's feeds write them, read into aware UTC.

RFC 822 and ISO 8601 with every habit met in the wild: ``-0000``, ``GMT+0000``, ``+00:00``, zone names, fractions and
leap seconds, AM and PM, month names in full and in the neighbours' languages, the year at the end, week dates, numbers of
seconds or milliseconds since 1970. A zone that is stated is kept. A zone that is stated and not known, a date that cannot
be read or lies before EDGAR and the wires: the moment is unknown, and None says so. A numeric day is month first
(03/12/2026), as in the US, unless written with points (12.03.2026).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil import parser as dateparser

from screener.language.zones import split_zone, zone_of

EARLIEST = dt.datetime(1993, 1, 1, tzinfo=dt.UTC)  # before EDGAR and the wires' feeds: a 1970 date is no date
SKEW = dt.timedelta(minutes=10)  # a publisher's clock may run ahead of ours this far
LONGEST = 80  # characters of a date
# Where a day without an hour ends last on earth: when it is over there, it is over everywhere.
_LAST_ZONE = dt.timezone(dt.timedelta(hours=-12))
_DAY = dt.timedelta(days=1)

_MONTHS = {
    n: i for i, n in enumerate(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1)
}
# The one style of nearly all feeds, read without dateutil: a twentieth of the time, and a busy feed's poll is full of it.
_MAIL = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) ([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))? ([A-Z]{1,4}|[+-]\d{4})$"
)
_EPOCH = re.compile(r"(?:/Date\()?(\d{9,10}|\d{12,13})(?:\.\d+)?(?:[+-]\d{4})?(?:\)/)?$")
_COMMENT = re.compile(r"(?<!\s)\s*+\(([^()]*)\)\s*+$")
_FRACTION = re.compile(r"(?<=:\d\d)[.,](\d{1,12})")
_DOTTED_TIME = re.compile(r"(?<=\s)(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?=\s|$)")
_HALF = re.compile(r"\b([ap])\.?\s?m\b\.?", re.IGNORECASE)
_FRENCH_TIME = re.compile(r"\b(\d{1,2})h(\d\d)\b", re.IGNORECASE)
_GLUED_HALF = re.compile(r"(?<=\d)(?=[AP]M\b)", re.IGNORECASE)
_LATE_HALF = re.compile(r"(?<![:\d])(1[3-9]|2[0-3]|00)(:\d\d(?::\d\d)?)\s?[AP]M\b", re.IGNORECASE)
_LEAP = re.compile(r"(?<=:\d\d):60\b")
_MIDNIGHT = re.compile(r"(?<=[\sT])24:00(:00)?\b")
_POINTS = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}\b")
_CLEAN = re.compile(r"\A[\w\s:.,/+-]++$")
_YEAR = re.compile(r"\b(?:19|20)\d\d|\b\d\d\b")


class _Words(dateparser.parserinfo):  # type: ignore[misc]
    """Months as the neighbours' feeds name them, too."""

    JUMP = [*dateparser.parserinfo.JUMP, "de", "um", "à", "le"]
    MONTHS = [
        ("Jan", "January", "Janv", "Janvier", "Januar", "Enero", "Ene"),
        ("Feb", "February", "Févr", "Février", "Februar", "Febrero", "Fev"),
        ("Mar", "March", "Mars", "März", "Marzo", "Mrz"),
        ("Apr", "April", "Avr", "Avril", "Abril", "Abr"),
        ("May", "Mai", "Mayo"),
        ("Jun", "June", "Juin", "Juni", "Junio"),
        ("Jul", "July", "Juil", "Juillet", "Juli", "Julio"),
        ("Aug", "August", "Août", "Aout", "Agosto", "Ago"),
        ("Sep", "Sept", "September", "Septembre", "Septiembre"),
        ("Oct", "October", "Octobre", "Oktober", "Okt", "Octubre"),
        ("Nov", "November", "Novembre", "Noviembre"),
        ("Dec", "December", "Déc", "Décembre", "Dezember", "Dez", "Diciembre", "Dic"),
    ]
    WEEKDAYS = [
        ("Mon", "Monday", "Lun", "Lundi", "Montag"),
        ("Tue", "Tues", "Tuesday", "Mardi", "Dienstag"),
        ("Wed", "Weds", "Wednesday", "Mer", "Mercredi", "Mittwoch"),
        ("Thu", "Thur", "Thurs", "Thursday", "Jeu", "Jeudi", "Donnerstag"),
        ("Fri", "Friday", "Ven", "Vendredi", "Freitag"),
        ("Sat", "Saturday", "Sam", "Samedi", "Samstag"),
        ("Sun", "Sunday", "Dim", "Dimanche", "Sonntag"),
    ]


_WORDS = _Words()


class Stated(NamedTuple):
    """What a date says: a moment in UTC; or only a day; or, both None, nothing that can be read."""

    moment: dt.datetime | None = None
    day: dt.date | None = None


NOTHING = Stated()


def publication(stated: Stated, received: dt.datetime) -> dt.datetime | None:
    """When a source published by its own word, as aware UTC; None when that is unknown.

    A moment a little after receipt is a clock that runs ahead and becomes receipt; one further ahead is unknown. A day
    without an hour is an unknown moment while it may be that of receipt or the day before; an older one is taken at its
    end, so that old news stays old.
    """
    if stated.day is not None:
        end = dt.datetime.combine(stated.day, dt.time.max, _LAST_ZONE).astimezone(dt.UTC)
        return end if EARLIEST < end <= received - _DAY else None
    return plausible(stated.moment, received)


def is_later(stated: Stated, as_of: dt.datetime) -> bool:
    """Whether what is stated lies after a moment: for a replay, which leaves out what was published later."""
    if stated.day is not None:
        return stated.day > as_of.astimezone(_LAST_ZONE).date() + _DAY
    return stated.moment is not None and stated.moment > as_of


def plausible(published: dt.datetime | None, received: dt.datetime) -> dt.datetime | None:
    """A publication time that is not later than receipt: a little later is taken as receipt, more as unknown."""
    if published is None or published <= received:
        return published
    return received if published - received <= SKEW else None


def read(text: str, zone: str = "") -> Stated:
    """What a feed's date says. Never raises.

    A moment without a stated zone is read in ``zone`` and is nothing when none is given.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text[:LONGEST]).split())
    if not (_CLEAN.match(_COMMENT.sub("", plain)) or _EPOCH.match(plain)):
        return NOTHING
    if found := _EPOCH.match(plain):
        return _within(_since_1970(found[1]))
    if found := _MAIL.match(plain):
        return _mailed(found)
    body, named = _zoned(_HALF.sub(lambda m: f"{m[1]}m", plain))
    naive, whole = _naive(body)
    if naive is None:
        return NOTHING
    if not whole:
        return Stated(day=naive.date())
    tz = zone_of(named) if named else ZoneInfo(zone) if zone else None
    return _within(naive.replace(tzinfo=tz)) if tz else NOTHING


def _mailed(found: re.Match[str]) -> Stated:
    day, month, year, hour, minute, second, named = found.groups()
    zone = zone_of(named)
    if month not in _MONTHS or zone is None:
        return NOTHING
    try:
        clock = (int(hour), int(minute), int(second or 0))
        return _within(dt.datetime(int(year), _MONTHS[month], int(day), *clock, tzinfo=zone))
    except ValueError:
        return NOTHING


def _since_1970(digits: str) -> dt.datetime:
    seconds = int(digits) / (1000 if len(digits) > 10 else 1)
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _within(moment: dt.datetime) -> Stated:
    try:
        moment = moment.astimezone(dt.UTC)
    except OverflowError:
        return NOTHING
    return Stated(moment) if moment >= EARLIEST else NOTHING


def _zoned(text: str) -> tuple[str, str]:
    """A date and its zone; a comment behind it is the zone when nothing else is ("12:00 (EDT)")."""
    comment = _COMMENT.search(text)
    split = split_zone(text[: comment.start()] if comment else text)
    return split.text, split.zone or (comment[1].strip() if comment else "")


def _naive(text: str) -> tuple[dt.datetime | None, bool]:
    """The date and time on the clock of its zone, and whether a time of day is stated."""
    iso = _iso(text)
    if iso is not None:
        return iso
    text = _tidied(text)
    late = dt.timedelta(days=1) if _MIDNIGHT.search(text) else dt.timedelta()
    text = _MIDNIGHT.sub("00:00", text)
    # What a text leaves out is taken from the default: what differs between two defaults was left out.
    first = _parsed(text, dt.datetime(2001, 2, 3, 4))  # noqa: DTZ001 - the clock of a zone that is set later
    second = _parsed(text, dt.datetime(2004, 6, 8, 9))  # noqa: DTZ001
    if first is None or second is None or first.date() != second.date():
        return None, False
    try:
        return first + late, first.hour == second.hour
    except OverflowError:
        return None, False


def _iso(text: str) -> tuple[dt.datetime, bool] | None:
    if not text[:4].isdigit():
        return None
    if len(text) == 14 and text.isdigit():
        text = f"{text[:8]}T{text[8:]}"
    try:
        return dt.datetime.fromisoformat(text), len(text) > 10 or text[8:9] == "T"
    except ValueError:
        return None


def _tidied(text: str) -> str:
    text = text.replace(",", ", ")
    text = _FRACTION.sub(lambda m: f".{m[1][:6]}", text)
    text = _DOTTED_TIME.sub(lambda m: ":".join(p for p in m.groups() if p), text)
    text = _FRENCH_TIME.sub(r"\1:\2", _GLUED_HALF.sub(" ", text))
    text = _LATE_HALF.sub(r"\1\2", text)
    return " ".join(_LEAP.sub(":59", text).split())


def _parsed(text: str, default: dt.datetime) -> dt.datetime | None:
    if not _YEAR.search(text):
        return None
    try:
        found = dateparser.parse(text, _WORDS, default=default, ignoretz=True, dayfirst=bool(_POINTS.match(text)))
    except (ValueError, OverflowError, TypeError, ArithmeticError, IndexError, AttributeError):
        return None
    return found if isinstance(found, dt.datetime) else None
