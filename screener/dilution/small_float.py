"""The float that decides what a shelf may sell: below $75 million, a third of it in twelve months.

General Instruction I.B.6 of Form S-3 counts the shares that non-affiliates hold at the highest price of the last 60 days.
An annual report states a float of the middle of its year; prices bring it to today where both days have one.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from screener.dilution.facts import FactCount
from screener.dilution.records import Entry, public_at

WINDOW = dt.timedelta(days=60)
_TOO_MUCH = 2.0  # times as many shares as on the day of the float
_DEAREST = 2_000.0  # US dollars a share


class PublicFloat(NamedTuple):
    """US dollars that non-affiliates hold, as stated on ``day``; ``repriced`` at the highest price of 60 days."""

    usd: float
    day: dt.date
    repriced: bool


class FloatPrices(NamedTuple):
    """In today's shares: the highest close of the last 60 days, the close of the float's day, and the shares of then."""

    highest: float | None = None
    then: float | None = None
    shares_then: float | None = None


def stated_float(told: Entry | None, facts: FactCount | None) -> FactCount | None:
    """The newer of what a filing's text and SEC's company facts state."""
    if told is None or told.float_usd is None:
        return facts
    filed = public_at(told).date()
    try:
        day = dt.date.fromisoformat(told.day) if told.day else filed
    except ValueError:
        day = filed
    if facts is not None and facts.day > day:
        return facts
    return FactCount(value=told.float_usd, day=day, filed=filed, concept="text")


def float_now(
    stated: FactCount | None, prices: FloatPrices, shares: float | None, today: dt.date
) -> PublicFloat | None:
    """The float at the highest price of 60 days; without prices as stated; never more than all shares at that price."""
    most = shares * prices.highest if shares and prices.highest else None
    if stated is None:
        return None
    usd, repriced = stated.value, False
    if stated.concept == "text" and today - stated.day <= WINDOW:
        return PublicFloat(usd, stated.day, False)  # a prospectus takes the 60 days itself
    grown = shares / prices.shares_then if shares and prices.shares_then else 1.0
    if prices.highest and prices.then:
        # what was issued since is held by the public, all but a little
        usd, repriced = usd * max(1.0, grown) * prices.highest / prices.then, True
    elif grown > _TOO_MUCH or (not prices.highest and shares and usd / shares > _DEAREST):
        return None  # of another company in all but name, or stated a thousand times too large
    if most is not None and usd > most:
        usd, repriced = most, True
    return PublicFloat(usd, stated.day, repriced)
