"""Hours in which nothing is delivered, and the day that the daily cap counts."""

from __future__ import annotations

import datetime as dt

from screener import clock
from screener.config import Alerts
from screener.errors import ConfigError


def midnight(now: dt.datetime) -> dt.datetime:
    """The beginning of the New York date of a moment, as UTC."""
    return dt.datetime.combine(clock.new_york_date(now), dt.time(0), clock.NEW_YORK).astimezone(dt.UTC)


def quiet_end(wanted: Alerts, now: dt.datetime) -> dt.datetime | None:
    """When the quiet hours that a moment lies in end, as UTC; None outside of them. Raises ConfigError."""
    if not wanted.quiet_from or not wanted.quiet_until:
        return None
    start, end = _clock_time("quiet_from", wanted.quiet_from), _clock_time("quiet_until", wanted.quiet_until)
    local = now.astimezone(clock.NEW_YORK)
    time = local.time()
    inside = start <= time < end if start <= end else time >= start or time < end
    if not inside:
        return None
    day = local.date() + dt.timedelta(days=int(time >= end))
    return dt.datetime.combine(day, end, clock.NEW_YORK).astimezone(dt.UTC)


def _clock_time(name: str, text: str) -> dt.time:
    try:
        return dt.time.fromisoformat(text)
    except ValueError as e:
        raise ConfigError(f"[alerts] {name}: {text!r} is no time of day; write 22:00 (Eastern)") from e
