"""Prices and volume: bars and quotes as a source gave them, and the measures made of them."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct, field


class Bar(Struct, frozen=True, kw_only=True):
    """One ticker-day as traded (never adjusted for later splits).

    ``change_pct`` is the source's own change against the previous close, correct across splits. ``known_at`` is when
    the bar could first be known: the close of that session for history, the receipt for a snapshot in session.
    """

    ticker: str
    day: dt.date
    open: float | None = None
    high: float | None = None
    low: float | None = None
    close: float | None = None
    volume: float | None = None
    change_pct: float | None = None
    market_cap: float | None = None
    float_shares: float | None = None
    exchange: str = ""
    source: str
    known_at: dt.datetime


BarRow = tuple[
    str,
    str,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    str,
    str,
    str,
]
"""A bar as plain values, for bulk work: ticker, day (ISO), open, high, low, close, volume, change_pct, market_cap,
float_shares, exchange, source, known_at (UTC, ``2025-12-12T21:00:00.000Z``)."""


class Quote(Struct, frozen=True, kw_only=True):
    """A price at a moment: ``session`` is pre, regular, after or closed."""

    ticker: str
    as_of: dt.datetime
    open: float | None = None
    high: float | None = None
    low: float | None = None
    close: float | None = None
    volume: float | None = None
    bid: float | None = None
    ask: float | None = None
    last: float | None = None
    change_pct: float | None = None
    market_cap: float | None = None
    session: str = ""
    source: str


class Move(Struct, frozen=True, kw_only=True):
    """Price and volume measures of one ticker as of a moment; meanings in ``prices.measures``.

    ``sources`` maps a field's name to the price source it came from. ``doubt`` says why numbers that the prices seem to
    give are unknown (a jump like a split's of which nothing is listed); empty when there is no doubt.
    """

    ticker: str
    as_of: dt.datetime
    price: float | None = None
    change_pct: float | None = None
    gap_pct: float | None = None
    since_news_pct: float | None = None
    abnormal_pct: float | None = None
    rvol: float | None = None
    dollar_volume: float | None = None
    avg_dollar_volume: float | None = None
    atr_multiple: float | None = None
    turnover: float | None = None
    high_52w_pct: float | None = None
    low_52w_pct: float | None = None
    days_since_reverse_split: int | None = None
    volatility_pct: float | None = None
    far_days_share: float | None = None
    run_up_pct: float | None = None
    prev_change_pct: float | None = None
    prev_rvol: float | None = None
    market_cap: float | None = None
    market_cap_at_news: float | None = None
    float_shares: float | None = None
    exchange: str = ""
    session: str = ""
    day: dt.date | None = None
    sources: dict[str, str] = field(default_factory=dict)
    doubt: str = ""
