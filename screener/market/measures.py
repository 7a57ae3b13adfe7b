"""The numbers that describe the market, by name: what regime rules may ask for.

Units: ``pct`` is percent (2.5 means 2.5 %), ``points`` are percentage points, ``times`` a multiple. All are of one
session day and of what was known by a moment. A small cap is a member of the universe of that day.
"""

from __future__ import annotations

MEASURES: dict[str, str] = {
    "iwm_1d_pct": "pct; IWM (Russell 2000 fund), close against the close one session before",
    "iwm_5d_pct": "pct; the same over 5 sessions",
    "iwm_20d_pct": "pct; the same over 20 sessions",
    "iwm_60d_pct": "pct; the same over 60 sessions",
    "spy_1d_pct": "pct; SPY (S&P 500 fund), close against the close one session before",
    "spy_5d_pct": "pct; the same over 5 sessions",
    "spy_20d_pct": "pct; the same over 20 sessions",
    "spy_60d_pct": "pct; the same over 60 sessions",
    "rel_1d": "points; IWM less SPY over 1 session",
    "rel_5d": "points; IWM less SPY over 5 sessions",
    "rel_20d": "points; IWM less SPY over 20 sessions",
    "rel_60d": "points; IWM less SPY over 60 sessions",
    "correlation_60d": "-1 to 1; daily changes of IWM and SPY over 60 sessions, at least 40 of them known",
    "iwm_vs_50d_pct": "pct; IWM's close against the mean of its last 50 closes",
    "spy_vs_50d_pct": "pct; SPY's close against the mean of its last 50 closes",
    "iwm_from_high_pct": "pct, 0 or below; IWM's close against the highest close of 252 sessions",
    "small_caps": "number of small caps with a known change on the day",
    "up_pct": "pct of small caps that rose (unchanged ones count as not)",
    "median_change_pct": "pct; change of the small cap in the middle",
    "above_50d_pct": "pct of small caps above the mean of their last 50 closes (on one share basis)",
    "highs_less_lows_pct": "pct of small caps at a new closing high less those at a new low, over high_low_sessions",
    "high_low_sessions": "sessions of stored history behind highs_less_lows_pct, at most 252 and at least 60",
    "up_volume_pct": "pct of the share volume of risen and fallen small caps that traded in risen ones",
    "up10": "number of small caps up 10 % or more",
    "down10": "number of small caps down 10 % or more",
    "liquidity_small": "times; dollar volume of all small caps against its mean of the 50 sessions before",
    "liquidity_iwm": "times; IWM's dollar volume against its mean of the 50 sessions before",
    "vix": "index points; the S&P 500's expected volatility",
    "vix_5d": "index points; change of vix over 5 sessions",
    "ten_year": "pct; yield of the 10-year US Treasury",
    "ten_year_20d_bp": "basis points; change of ten_year over 20 sessions",
    "movers": "number of top movers looked at: the 20 largest changes of small caps that traded 1 million dollars",
    "movers_with_news_pct": "pct of those movers with a catalyst of their own in the day's news",
}
