"""Time: the one caller of ``datetime.now``, and New York trading sessions.

All times are aware UTC; days are New York dates. Holidays and half days come from the ``holidays`` package's NYSE
calendar. The trading day: pre-market 04:00, regular 09:30 to 16:00 (13:00 on half days), after-hours until 20:00
(17:00 on half days), all Eastern.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from screener.types import SourceRef, Story

UTC = dt.UTC
NEW_YORK = ZoneInfo("America/New_York")
PRE, REGULAR, AFTER, CLOSED = "pre", "regular", "after", "closed"
_PRE_OPEN, _OPEN, _CLOSE, _AFTER_CLOSE = dt.time(4), dt.time(9, 30), dt.time(16), dt.time(20)
_HALF_CLOSE, _HALF_AFTER = dt.time(13), dt.time(17)


@dataclass(frozen=True, slots=True)
class Clock:
    """Gives the time; a replay's clock stands still at ``fixed`` (aware)."""

    fixed: dt.datetime | None = None

    @property
    def replay(self) -> bool:
        """True when the clock stands still."""
        return self.fixed is not None

    def now(self) -> dt.datetime:
        """The moment, aware UTC."""
        return self.fixed.astimezone(UTC) if self.fixed else now()


def now() -> dt.datetime:
    """The real moment, aware UTC."""
    return dt.datetime.now(UTC)


@lru_cache(maxsize=64)
def _calendar(year: int) -> tuple[frozenset[dt.date], frozenset[dt.date]]:
    import holidays

    full = holidays.financial_holidays("NYSE", years=[year])
    half = holidays.financial_holidays("NYSE", years=[year], categories=("half_day",))
    return frozenset(full), frozenset(half)


def is_session(day: dt.date) -> bool:
    """True when the NYSE opens on that date."""
    return day.weekday() < 5 and day not in _calendar(day.year)[0]


def is_half_day(day: dt.date) -> bool:
    """True when the NYSE closes at 13:00 Eastern on that date."""
    return is_session(day) and day in _calendar(day.year)[1]


def previous_session(day: dt.date, n: int = 1) -> dt.date:
    """The n-th session before ``day`` (n >= 1); ``day`` itself need not be a session."""
    for _ in range(n):
        day -= dt.timedelta(days=1)
        while not is_session(day):
            day -= dt.timedelta(days=1)
    return day


def next_session(day: dt.date, n: int = 1) -> dt.date:
    """The n-th session after ``day`` (n >= 1)."""
    for _ in range(n):
        day += dt.timedelta(days=1)
        while not is_session(day):
            day += dt.timedelta(days=1)
    return day


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, NEW_YORK).astimezone(UTC)


def open_time(day: dt.date) -> dt.datetime:
    """09:30 Eastern of that date, as UTC."""
    return _at(day, _OPEN)


def close_time(day: dt.date) -> dt.datetime:
    """The regular close of that date (16:00, half days 13:00 Eastern), as UTC."""
    return _at(day, _HALF_CLOSE if is_half_day(day) else _CLOSE)


def new_york_date(moment: dt.datetime) -> dt.date:
    """The calendar date in New York at that moment."""
    return moment.astimezone(NEW_YORK).date()


def session_at(moment: dt.datetime) -> str:
    """Which session a moment lies in: pre, regular, after or closed."""
    local = moment.astimezone(NEW_YORK)
    day, time = local.date(), local.time()
    if not is_session(day):
        return CLOSED
    half = is_half_day(day)
    close, after = (_HALF_CLOSE, _HALF_AFTER) if half else (_CLOSE, _AFTER_CLOSE)
    if time < _PRE_OPEN or time >= after:
        return CLOSED
    if time < _OPEN:
        return PRE
    return REGULAR if time < close else AFTER


def session_day(moment: dt.datetime) -> dt.date:
    """The session date a moment's list belongs to: its New York date, or the next session on a closed day."""
    day = new_york_date(moment)
    return day if is_session(day) else next_session(day)


def news_window(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The news of a session day's list: from the previous session's close to midnight Eastern, as UTC.

    News after the close stands on that evening's list and again on the next session's, which is when it first trades
    in the regular session.
    """
    return close_time(previous_session(day)), _at(day + dt.timedelta(days=1), dt.time(0))


def parse_time(text: str) -> dt.datetime:
    """Read an ISO 8601 time with its zone. Raises ValueError when it has none or is no time."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone: write 2025-12-12T23:10:00Z")
    return moment.astimezone(UTC)


def eastern(moment: dt.datetime) -> str:
    """A moment as people in New York write it: ``2025-12-12 18:10 ET``."""
    return moment.astimezone(NEW_YORK).strftime("%Y-%m-%d %H:%M ET")


def publication_of(story: Story) -> dt.datetime | None:
    """When a story came out; None when no source said so and its ``published`` is only when we first received it."""
    return publication(story.published, story.sources)


def publication(moment: dt.datetime, sources: Sequence[SourceRef]) -> dt.datetime | None:
    """As ``publication_of``, of the moment that a story is listed at and its sources."""
    undated = bool(sources) and all(s.published is None for s in sources)
    # the store keeps a story's moment to the millisecond, its sources' to the microsecond
    received = any(abs(s.received - moment) < dt.timedelta(milliseconds=1) for s in sources)
    return None if undated and received else moment
