"""Dates as feeds write them: a writer for every style, read back to the moment it was given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.language.moments import NOTHING, Stated, is_later, publication, read
from screener.language.zones import zone_of

NEW_YORK = ZoneInfo("America/New_York")
NOON = dt.datetime(2026, 3, 12, 12, 0, tzinfo=dt.UTC)
MONTHS = [
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
SHIFTS = {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AST": -4, "BST": 1, "CET": 1,
    "CEST": 2, "EET": 2, "EEST": 3, "IST": 5.5, "JST": 9, "HKT": 8, "SGT": 8, "AEST": 10, "AEDT": 11, "NZDT": 13,
    "GMT": 0, "UTC": 0, "UT": 0, "Z": 0, "WET": 0, "MSK": 3,
}  # fmt: skip


def offset(moment: dt.datetime, colon: str = "") -> str:
    """ "+0530", or "+05:30"."""
    minutes = round((moment.utcoffset() or dt.timedelta()).total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{colon}{abs(minutes) % 60:02}"


def in_named(moment: dt.datetime, name: str) -> dt.datetime:
    return moment.astimezone(dt.timezone(dt.timedelta(hours=SHIFTS[name])))


def mail(m: dt.datetime, zone: str, time: str = "%H:%M:%S") -> str:
    return f"{DAYS[m.weekday()][:3]}, {m.day:02} {MONTHS[m.month - 1][:3]} {m.year} {m.strftime(time)} {zone}"


def twelve(m: dt.datetime) -> str:
    return f"{m.hour % 12 or 12}:{m.minute:02}:{m.second:02} {'AM' if m.hour < 12 else 'PM'}"


def small(time: str) -> str:
    return time.replace("AM", "a.m.").replace("PM", "p.m.")


def sept(text: str) -> str:
    return text.replace(" Sep ", " Sept ")


# Each writes a moment that it is given in some zone; the name of a zone comes separately.
Style = Callable[[dt.datetime, str], str]
BY_OFFSET: dict[str, Style] = {
    "mail": lambda m, _: mail(m, offset(m)),
    "mail with a colon": lambda m, _: mail(m, offset(m, ":")),
    "GMT and an offset": lambda m, _: mail(m, "GMT" + offset(m)),
    "UTC and an offset": lambda m, _: mail(m, "UTC" + offset(m, ":")),
    "an offset with a comment": lambda m, _: mail(m, f"{offset(m)} (Somewhere)"),
    "ISO": lambda m, _: m.isoformat(),
    "ISO with a blank": lambda m, _: m.isoformat(" "),
    "ISO without a colon": lambda m, _: m.strftime("%Y-%m-%dT%H:%M:%S") + offset(m),
    "ISO, blank, blank": lambda m, _: m.strftime("%Y-%m-%d %H:%M:%S ") + offset(m),
    "ISO, far offset": lambda m, _: m.strftime("%Y-%m-%dT%H:%M:%S ") + offset(m, ":"),
    "ISO with thousandths": lambda m, _: m.strftime("%Y-%m-%dT%H:%M:%S.000") + offset(m, ":"),
    "ISO with seven digits": lambda m, _: m.strftime("%Y-%m-%dT%H:%M:%S.0000000") + offset(m, ":"),
    "ISO basic": lambda m, _: m.strftime("%Y%m%dT%H%M%S") + offset(m),
    "ISO week": lambda m, _: "{}-W{:02}-{}".format(*m.isocalendar()) + m.strftime("T%H:%M:%S") + offset(m, ":"),
    "slashes, year first": lambda m, _: m.strftime("%Y/%m/%d %H:%M:%S ") + offset(m),
    "month first in words": lambda m, _: f"{DAYS[m.weekday()][:3]}, {m:%b %d %Y %H:%M:%S} {offset(m)}",
}
BY_NAME: dict[str, Style] = {
    "mail": mail,
    "mail with thousandths": lambda m, z: mail(m, z, "%H:%M:%S.000"),
    "mail in capitals": lambda m, z: mail(m, z).upper().replace(", ", ","),
    "Sept": lambda m, z: sept(mail(m, z)),
    "names in full": lambda m, z: f"{DAYS[m.weekday()]}, {m.day} {MONTHS[m.month - 1]} {m.year} {m:%H:%M:%S} {z}",
    "no day of the week": lambda m, z: f"{m.day} {MONTHS[m.month - 1][:3]} {m.year} {m:%H:%M:%S} {z}",
    "hyphens": lambda m, z: f"{m.day:02}-{MONTHS[m.month - 1][:3]}-{m.year} {m:%H:%M:%S} {z}",
    "points in the time": lambda m, z: mail(m, z, "%H.%M.%S"),
    "ISO and a name": lambda m, z: f"{m:%Y-%m-%d %H:%M:%S} {z}",
    "ISO, T and a name": lambda m, z: f"{m:%Y-%m-%dT%H:%M:%S} {z}",
    "the American way": lambda m, z: f"{MONTHS[m.month - 1]} {m.day}, {m.year} {twelve(m)} {z}",
    "the American way, at": lambda m, z: f"{MONTHS[m.month - 1]} {m.day}, {m.year} at {twelve(m)} {z}",
    "slashes": lambda m, z: f"{m:%m/%d/%Y %H:%M:%S} {z}",
    "slashes with halves": lambda m, z: f"{m:%m/%d/%Y} {twelve(m)} {z}",
    "small halves": lambda m, z: f"{MONTHS[m.month - 1]} {m.day}, {m.year} {small(twelve(m))} {z}",
    "glued halves": lambda m, z: f"{MONTHS[m.month - 1][:3]} {m.day} {m.year} {twelve(m).replace(' ', '')} {z}",
    "points in the date": lambda m, z: f"{m:%d.%m.%Y %H:%M:%S} {z}",
    "the year at the end": lambda m, z: f"{DAYS[m.weekday()][:3]} {MONTHS[m.month - 1][:3]} {m.day:2} {m:%H:%M:%S} {z} {m.year}",
    "the name in brackets": lambda m, z: mail(m, f"({z})"),
}  # fmt: skip
UNZONED: dict[str, Callable[[dt.datetime], str]] = {
    "mail": lambda m: mail(m, "").strip(),
    "ISO": lambda m: m.strftime("%Y-%m-%dT%H:%M:%S"),
    "ISO with a blank": lambda m: m.strftime("%Y-%m-%d %H:%M:%S"),
    "digits": lambda m: m.strftime("%Y%m%d%H%M%S"),
    "the American way": lambda m: f"{MONTHS[m.month - 1]} {m.day}, {m.year} {twelve(m)}",
    "slashes": lambda m: m.strftime("%m/%d/%Y %H:%M:%S"),
}
EPOCH: dict[str, Callable[[int], str]] = {
    "seconds": str,
    "thousandths": lambda s: f"{s}000",
    "with a point": lambda s: f"{s}.25",
    "of a script": lambda s: f"/Date({s}000)/",
}

PIECES = [*MONTHS, *DAYS, *SHIFTS]
PIECES += ["12", "2026", "8:00", "AM", "24:00", "+0000", ",", "W11", "-", "T", "(", ")", "31/12", "1e9", "."]
moments = st.datetimes(min_value=dt.datetime(2001, 9, 10), max_value=dt.datetime(2099, 12, 30)).map(  # noqa: DTZ001
    lambda m: m.replace(microsecond=0, tzinfo=dt.UTC)
)
minutes = st.integers(-12 * 4, 14 * 4).map(lambda q: dt.timezone(dt.timedelta(minutes=15 * q)))


@pytest.mark.parametrize("style", sorted(BY_OFFSET))
@given(moment=moments, zone=minutes)
def test_a_stated_offset_is_kept(style: str, moment: dt.datetime, zone: dt.timezone) -> None:
    text = BY_OFFSET[style](moment.astimezone(zone), "")
    assert read(text, "America/New_York").moment == moment, text


@pytest.mark.parametrize("style", sorted(BY_NAME))
@given(moment=moments, name=st.sampled_from(sorted(SHIFTS)))
def test_a_stated_name_is_kept(style: str, moment: dt.datetime, name: str) -> None:
    text = BY_NAME[style](in_named(moment, name), name)
    assert read(text, "Asia/Tokyo").moment == moment, text


@pytest.mark.parametrize("style", sorted(UNZONED))
@given(moment=moments)
def test_without_a_zone_the_feeds_own_is_taken(style: str, moment: dt.datetime) -> None:
    local = moment.astimezone(NEW_YORK)
    text = UNZONED[style](local)
    expected = local.replace(fold=0).astimezone(dt.UTC)
    assert read(text, "America/New_York").moment == expected, text
    assert read(text).moment is None and read(text).day is None


@pytest.mark.parametrize("style", sorted(EPOCH))
@given(moment=moments)
def test_numbers_since_1970(style: str, moment: dt.datetime) -> None:
    assert read(EPOCH[style](round(moment.timestamp()))).moment == moment


@pytest.mark.parametrize("place", ["ET", "Eastern", "Eastern Time", "EST5EDT", "America/New_York", "US/Eastern"])
@given(moment=moments)
def test_a_place_knows_its_summer(place: str, moment: dt.datetime) -> None:
    local = moment.astimezone(NEW_YORK)
    assert read(mail(local, place)).moment == local.replace(fold=0).astimezone(dt.UTC)


@given(st.text(max_size=90))
def test_anything_is_read_or_nothing(text: str) -> None:
    stated = read(text, "America/New_York")
    assert stated.moment is None or stated.moment.tzinfo is dt.UTC
    assert publication(stated, NOON) is None or publication(stated, NOON) <= NOON  # type: ignore[operator]


@given(st.lists(st.sampled_from(PIECES), max_size=9))
def test_words_of_dates_in_any_order_never_raise(words: list[str]) -> None:
    assert isinstance(read(" ".join(words), "Europe/Paris"), Stated)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Thu, 12 Mar 2026 12:00:00 -0000", "2026-03-12T12:00:00+00:00"),
        ("Thu, 12 Mar 2026 24:00:00 GMT", "2026-03-13T00:00:00+00:00"),
        ("Thu, 12 Mar 2026 12:00:60 GMT", "2026-03-12T12:00:59+00:00"),
        ("Thu, 12 Mar 2026 02:00:00 PM EDT", "2026-03-12T18:00:00+00:00"),
        ("Thu, 12 Mar 2026 14:00:00 PM EDT", "2026-03-12T18:00:00+00:00"),
        ("Thu, 12 Mars 2026 12:00:00 GMT", "2026-03-12T12:00:00+00:00"),
        ("jeudi 12 mars 2026 13:00 CET", "2026-03-12T12:00:00+00:00"),
        ("12. März 2026 um 13:00 CET", "2026-03-12T12:00:00+00:00"),
        ("12 March 2026 14h30 CET", "2026-03-12T13:30:00+00:00"),
        ("Thu, 12 Mar 26 12:00:00 GMT", "2026-03-12T12:00:00+00:00"),
        ("Thursday, March 12, 2026 8 AM Eastern Daylight Time", "2026-03-12T12:00:00+00:00"),
        ("12 Mar 2026 08:00 GMT-4", "2026-03-12T12:00:00+00:00"),
        ("Thu, 12 Mar 2026 08:00:00 -4:00", "2026-03-12T12:00:00+00:00"),
        ("2026-03-12T12Z", "2026-03-12T12:00:00+00:00"),
        ("2026-03-12T12:00:00,5Z", "2026-03-12T12:00:00.500000+00:00"),
        ("Thu, 12 Mar 2026 12:00:00 EST".replace(" ", "\u00a0"), "2026-03-12T17:00:00+00:00"),
    ],
)  # fmt: skip
def test_what_no_style_covers(text: str, moment: str) -> None:
    assert read(text).moment == dt.datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "soon", "yesterday 12:00 GMT", "12:00 GMT", "Thu 12:00", "Mar 12 12:00 GMT", "2026", "0", "12",
        "Thu, 12 Mar 2026 12:00:00 XYZ", "Thu, 12 Mar 2026 12:00:00 A", "Thu, 12 Mar 2026 12:00:00 +9999",
        "Thu, 12 Mar 2026 12:00:00 +0075", "Thu, 12 Mar 2026 12:00:00 Mars/Olympus", "Thu, 32 Mar 2026 12:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT", "0001-01-01T00:00:00Z", "1970-01-01", "Thu, 12 Mar 2026 25:00:00 GMT",
        "99999999999999999999", "2026-03-12T12:00:00Z; DROP", "Thu, 12 Mar 2026 12:00:00",
    ],
)  # fmt: skip
def test_what_says_nothing(text: str) -> None:
    stated = read(text)
    assert publication(stated, NOON) is None and stated.moment is None


@pytest.mark.parametrize(
    "text",
    ["2026-03-10", "Tue, 10 Mar 2026", "10 March 2026", "March 10, 2026", "03/10/2026", "2026-W11-2", "20260310"],
)
def test_a_day_without_an_hour(text: str) -> None:
    stated = read(text, "America/New_York")
    assert stated == Stated(day=dt.date(2026, 3, 10))
    for hours in (0, 30, 47):  # it may be from this very day
        assert publication(stated, dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC) + dt.timedelta(hours=hours)) is None
    old = publication(stated, dt.datetime(2026, 3, 31, tzinfo=dt.UTC))
    assert old is not None and old.date() == dt.date(2026, 3, 11), "old news stays old"


def test_a_clock_that_runs_ahead() -> None:
    ahead = Stated(NOON + dt.timedelta(minutes=9))
    assert publication(ahead, NOON) == NOON
    assert publication(Stated(NOON + dt.timedelta(minutes=11)), NOON) is None
    assert publication(Stated(day=dt.date(2031, 1, 1)), NOON) is None and publication(NOTHING, NOON) is None


def test_what_a_replay_leaves_out() -> None:
    assert is_later(Stated(NOON + dt.timedelta(seconds=1)), NOON) and not is_later(Stated(NOON), NOON)
    assert is_later(Stated(day=dt.date(2026, 3, 14)), NOON) and not is_later(Stated(day=dt.date(2026, 3, 12)), NOON)
    assert not is_later(NOTHING, NOON)


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("GMT+1", 1),
        ("UTC-04:00", -4),
        ("+0530", 5.5),
        ("-3", -3),
        ("est", -5),
        ("NST", -3.5),
        ("Central Standard Time", -6),
    ],
)
def test_zones(name: str, hours: float) -> None:
    zone = zone_of(name)
    assert zone is not None and zone.utcoffset(NOON) == dt.timedelta(hours=hours)


@pytest.mark.parametrize("name", ["", "XYZ", "+25", "+0061", "../../etc/passwd", "Europe", "Europe/Nowhere", "GMT+"])
def test_what_is_no_zone(name: str) -> None:
    assert zone_of(name) is None
