"""The records that stages hand to each other.

All are frozen ``msgspec.Struct`` with keyword-only fields and no behaviour. Times are aware UTC; days are New York
session dates. An unknown number is None, never 0 or False. Money is US dollars as stated; percentages are in percent
(2.5 means 2.5 %). CIKs are integers. What a source said (``sources``, ``prices``) is kept apart from what we added
(``news``, ``lists``).
"""

from __future__ import annotations

from screener.types.lists import Alert, Hit, Reason, Regime, Rule, Run, WatchRow
from screener.types.news import Catalyst, Classified, Noise, SourceRef, Span, Story
from screener.types.prices import Bar, BarRow, Move, Quote
from screener.types.sources import (
    Collected,
    Exhibit,
    FactValue,
    FeedSpec,
    FeedState,
    Filing,
    Halt,
    Item,
    Listing,
    Party,
    Problem,
    Sector,
)

__all__ = [
    "Alert",
    "Bar",
    "BarRow",
    "Catalyst",
    "Classified",
    "Collected",
    "Exhibit",
    "FactValue",
    "FeedSpec",
    "FeedState",
    "Filing",
    "Halt",
    "Hit",
    "Item",
    "Listing",
    "Move",
    "Noise",
    "Party",
    "Problem",
    "Quote",
    "Reason",
    "Regime",
    "Rule",
    "Run",
    "Sector",
    "SourceRef",
    "Span",
    "Story",
    "WatchRow",
]
