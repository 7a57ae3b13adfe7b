"""Cells of price tables: numbers written as text, dates in several shapes."""

from __future__ import annotations

import datetime as dt
import math
import re

from screener import clock

_UNKNOWN = frozenset({"", "n/a", "na", "nan", "null", "none", "-", "--", "unch", "inf", "-inf"})
_PLAIN_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:$|[T ])")
_SCALE = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def number(text: object) -> float | None:
    """A number from a cell: ``$1.23``, ``-4.5%``, ``1,234``, ``(1.5)``, ``2.1M``; None for empty, ``N/A`` and the like.

    Raises ValueError for text that is no number. Values that are not finite are unknown.
    """
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return float(text) if math.isfinite(text) else None
    if text is None:
        return None
    cell = str(text).strip()
    if cell.lower() in _UNKNOWN:
        return None
    negative = cell.startswith("(") and cell.endswith(")")
    cell = cell.strip("()").replace("$", "").replace(",", "").rstrip("%").strip()
    scale = _SCALE.get(cell[-1:].upper(), 1.0)
    value = float(cell[:-1] if scale != 1.0 else cell) * scale
    if not math.isfinite(value):
        return None
    return -value if negative else value


def session_date(text: object) -> dt.date:
    """The New York session date a cell names. Raises ValueError when it names none.

    A plain date or midnight of any zone is the date as written (that is how tables label a day); another time with a
    zone is converted to New York, so that ``2025-12-12T02:00Z`` is 11 December.
    """
    if isinstance(text, dt.datetime):
        moment = text
    elif isinstance(text, dt.date):
        return text
    else:
        cell = str(text).strip()
        match = _PLAIN_DATE.match(cell)
        if not match:
            raise ValueError(f"{cell!r} is no date: write 2025-12-12")
        if match.end() == len(cell) and len(cell) in (8, 10):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        moment = dt.datetime.fromisoformat(cell)
    if moment.time() == dt.time(0) or moment.tzinfo is None:
        return moment.date()
    return clock.new_york_date(moment)
