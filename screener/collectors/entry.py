"""What every feed reader produces: entries as the feed wrote them, dates read, nothing interpreted yet."""

from __future__ import annotations

import datetime as dt
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

EARLIEST = dt.datetime(1993, 1, 1, tzinfo=dt.UTC)  # before EDGAR and the wires' feeds: a 1970 date is no date
SKEW = dt.timedelta(minutes=10)  # a publisher's clock may run ahead of ours this far
_ZONES = {"EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500", "PST": "-0800", "PDT": "-0700", "ET": ""}


class Entry(Struct, kw_only=True):
    """One entry. ``title``, ``summary`` and ``content`` may hold HTML; ``categories`` are (domain, term) pairs.

    ``codes`` are a wire's own labels (``prn:industry``, ``prn:subject``); ``when`` is the date as written.
    """

    id: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    when: str = ""
    company: str = ""
    language: str = ""
    categories: list[tuple[str, str]]
    keywords: list[str]
    codes: list[str]


class Channel(Struct, kw_only=True):
    """A feed as read: ``broken`` says what is wrong with the document as a whole, empty when nothing is.

    ``wrong`` is how many single characters were taken out of it to make it readable.
    """

    title: str = ""
    description: str = ""
    entries: list[Entry]
    broken: str = ""
    version: str = ""
    wrong: int = 0


def empty_entry() -> Entry:
    """An entry to fill in."""
    return Entry(categories=[], keywords=[], codes=[])


def read_date(text: str, zone: str = "") -> dt.datetime | None:
    """A feed's date as aware UTC: RFC 822 (seconds may be missing) or ISO 8601.

    A date without a zone is read in ``zone`` (an IANA name) and is unknown when none is given; so is a date that
    cannot be read or lies before ``EARLIEST``.
    """
    text = text.strip()[:60]
    if not text:
        return None
    moment = _iso(text) if text[:4].isdigit() else _rfc822(text)
    if moment is None:
        return None
    if moment.tzinfo is None:
        if not zone:
            return None
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    try:
        moment = moment.astimezone(dt.UTC)
    except OverflowError:
        return None
    return moment if moment >= EARLIEST else None


def plausible(published: dt.datetime | None, received: dt.datetime) -> dt.datetime | None:
    """A publication time that is not later than receipt: a little later is taken as receipt, more as unknown."""
    if published is None or published <= received:
        return published
    return received if published - received <= SKEW else None


def _iso(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _rfc822(text: str) -> dt.datetime | None:
    name = text.rpartition(" ")[2].upper()
    if name in _ZONES:  # the standard library knows most of these, but not ET
        offset = _ZONES[name]
        text = f"{text.rpartition(' ')[0]} {offset}".strip()
        if not offset:
            moment = _rfc822(text)
            return moment.replace(tzinfo=ZoneInfo("America/New_York")) if moment else None
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
