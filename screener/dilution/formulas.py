"""What the rules allow, as formulas; each names its source.

Amounts are US dollars, days are ISO.
"""

from __future__ import annotations

import datetime as dt

BABY_FLOAT = 75_000_000.0
YEARS = 3


def baby_shelf_limit(float_usd: float | None) -> float | None:
    """What a small issuer may sell on Form S-3 within twelve months, from the market value held by non-affiliates.

    General Instruction I.B.6 of Form S-3 (I.B.5 of Form F-3): one third of the float while the float is below
    $75 million. None when the float is unknown or large enough that the limit does not apply.
    """
    if float_usd is None or float_usd >= BABY_FLOAT:
        return None
    return float_usd / 3


def shelf_expiry(effective: str | None) -> str | None:
    """The last day on which securities may be sold from a shelf: three years after its initial effective date.

    Rule 415(a)(5) of the Securities Act. (The 180 days of grace for a replaced shelf are not counted.)
    """
    if effective is None:
        return None
    day = dt.date.fromisoformat(effective)
    try:
        return day.replace(year=day.year + YEARS).isoformat()
    except ValueError:  # 29 February
        return day.replace(year=day.year + YEARS, day=28).isoformat()


def added_years(day: str | None, years: float | None) -> str | None:
    """The day that many years (5, 1.5) after another; None when either is unknown."""
    if day is None or years is None:
        return None
    start = dt.date.fromisoformat(day)
    months = start.month - 1 + round(years * 12)
    year, month = start.year + months // 12, months % 12 + 1
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        return None
    last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month, min(start.day, last)).isoformat()
