"""Invented bars for tests: a ticker's history by session, ending the session before a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from screener import clock
from screener.types import Bar

DAY = dt.date(2025, 12, 12)
AFTER_CLOSE = dt.datetime(2025, 12, 12, 23, 10, tzinfo=dt.UTC)


def bar(day: dt.date, close: float | None = 1.0, volume: float | None = 1000.0, **parts: Any) -> Bar:
    parts.setdefault("ticker", "QZAA")
    parts.setdefault("source", "test")
    parts.setdefault("known_at", clock.close_time(day))
    return Bar(day=day, close=close, volume=volume, **parts)


def sessions(n: int, day: dt.date = DAY) -> list[dt.date]:
    """The n sessions before a day, ascending."""
    return [clock.previous_session(day, i) for i in range(n, 0, -1)]


def flat(n: int, close: float = 1.0, volume: float = 1000.0, day: dt.date = DAY, **parts: Any) -> list[Bar]:
    return [bar(d, close, volume, **parts) for d in sessions(n, day)]


def series(closes: Sequence[float], day: dt.date = DAY, **parts: Any) -> list[Bar]:
    """Bars with these closes on consecutive sessions, the last one on ``day``, with the source's change."""
    days = [*sessions(len(closes) - 1, day), day]
    changes = [None, *((b / a - 1) * 100 for a, b in pairwise(closes))]
    return [bar(d, c, change_pct=ch, **parts) for d, c, ch in zip(days, closes, changes, strict=True)]
