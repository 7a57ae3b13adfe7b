"""The formulas behind the measures, each a pure function of plain numbers; unknown in, unknown out.

Percentages are in percent. Prices are as traded; whatever compares two days takes prices brought to the same share
basis (see ``screener.prices.splits``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite

MIN_SESSIONS = 5
MIN_BETA = 20
BETA_PRIOR_SESSIONS = 60
BETA_CLIP = 25.0


def percent(new: float | None, old: float | None) -> float | None:
    """``(new / old - 1) * 100``, in percent; unknown when either is, or ``old`` is not above zero."""
    if new is None or old is None or old <= 0:
        return None
    value = (new / old - 1) * 100
    return value if isfinite(value) else None


def implied_previous(close: float | None, change_pct: float | None) -> float | None:
    """The previous close on today's share basis that a source's own change implies: ``close / (1 + change / 100)``."""
    if close is None or change_pct is None or change_pct <= -100:
        return None
    return close / (1 + change_pct / 100)


def mean(values: Iterable[float | None], least: int = MIN_SESSIONS) -> float | None:
    """The mean of the known values; unknown when fewer than ``least`` are known."""
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known and len(known) >= least else None


def relative_volume(volume: float | None, usual: float | None, share: float = 1.0) -> float | None:
    """``volume / (usual * share)``, a multiple.

    ``usual`` is the mean volume of the previous 20 sessions without today; ``share`` the part of a day's volume that
    has usually traded by this minute (1 after the close).
    """
    if volume is None or usual is None or usual <= 0 or share <= 0:
        return None
    return volume / (usual * share)


def dollar_volume(price: float | None, volume: float | None) -> float | None:
    """``price * volume`` in dollars: the last price stands for the day's average."""
    return None if price is None or volume is None else price * volume


def true_range(high: float | None, low: float | None, previous_close: float | None) -> float | None:
    """Wilder's true range: ``max(high - low, |high - previous close|, |low - previous close|)``, in dollars."""
    if high is None or low is None or previous_close is None:
        return None
    return max(high - low, abs(high - previous_close), abs(low - previous_close))


def ratio(part: float | None, whole: float | None) -> float | None:
    """``part / whole``; unknown when either is, or ``whole`` is not above zero."""
    if part is None or whole is None or whole <= 0:
        return None
    return part / whole


def beta(pairs: Sequence[tuple[float, float]]) -> float:
    """Market beta from (own change, benchmark change) pairs in percent, shrunk towards 1.

    The least-squares slope over n pairs, own changes clipped to +-25 % so that one jump does not set it, weighted
    ``n / (n + 60)`` against the prior of 1 (at 120 pairs two thirds, Blume's weight). 1.0 with fewer than 20 pairs or
    a benchmark that did not move.
    """
    n = len(pairs)
    if n < MIN_BETA:
        return 1.0
    own = [max(-BETA_CLIP, min(BETA_CLIP, a)) for a, _ in pairs]
    own_mean, bench_mean = sum(own) / n, sum(b for _, b in pairs) / n
    spread = sum((b - bench_mean) ** 2 for _, b in pairs)
    if spread <= 1e-12:
        return 1.0
    slope = sum((a - own_mean) * (b - bench_mean) for a, (_, b) in zip(own, pairs, strict=True)) / spread
    weight = n / (n + BETA_PRIOR_SESSIONS)
    return weight * slope + (1 - weight)


def abnormal(change_pct: float | None, benchmark_pct: float | None, slope: float = 1.0) -> float | None:
    """``change - beta * benchmark change``, in percentage points."""
    if change_pct is None or benchmark_pct is None:
        return None
    return change_pct - slope * benchmark_pct


def compounded(changes: Iterable[float | None]) -> float | None:
    """Daily changes in percent as one change in percent; unknown when any of them is, 0 for none."""
    total = 1.0
    for change in changes:
        if change is None:
            return None
        total *= 1 + change / 100
    return (total - 1) * 100


def share_far(changes: Iterable[float | None], far: float, least: int = MIN_SESSIONS) -> float | None:
    """Which share (0 to 1) of the known changes is ``far`` percent or more either way; unknown with too few known."""
    return mean((None if c is None else float(abs(c) >= far) for c in changes), least)


def materiality(amount_usd: float | None, market_cap: float | None) -> float | None:
    """A stated amount against the market cap as of the news, in percent."""
    share = ratio(amount_usd, market_cap)
    return None if share is None else share * 100
