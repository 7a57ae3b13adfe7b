"""The market's state as a card: words, a small table of returns, breadth and the rest, and charts."""

from __future__ import annotations

import datetime as dt

from markupsafe import Markup
from msgspec import Struct

from screener.types import Regime
from screener.web import charts, show
from screener.web.site import PageView

_SPANS = ("1d", "5d", "20d", "60d")
_RETURNS = (("IWM", "iwm_{}_pct"), ("SPY", "spy_{}_pct"), ("IWM less SPY", "rel_{}"))
# name of the measure, label, unit: signed (percent with a sign), share (percent without), times, count, plain
_MORE = (
    ("up_pct", "Small caps up", "share"),
    ("above_50d_pct", "Above 50-day", "share"),
    ("median_change_pct", "Median change", "signed"),
    ("highs_less_lows_pct", "Highs less lows", "signed"),
    ("up_volume_pct", "Volume in risers", "share"),
    ("up10", "Up 10%+", "count"),
    ("down10", "Down 10%+", "count"),
    ("liquidity_small", "$ volume", "times"),
    ("movers_with_news_pct", "Movers with news", "share"),
    ("vix", "VIX", "plain"),
    ("ten_year", "10-year yield", "plain"),
)
_DRAWN = "above_50d_pct"
_CHART_DAYS = 90


class Number(Struct, frozen=True, kw_only=True):
    """One measure ready to show; ``at`` is its own time as stored."""

    label: str
    text: str
    tone: str = ""
    at: str = ""


def card(view: PageView, regime: Regime | None, day: dt.date | None, known_by: dt.datetime) -> dict[str, object]:
    """What the template shows; without a regime only the chart of the funds."""
    if day is None:
        return {"regime": None, "returns": [], "numbers": [], "chart": "", "breadth": "", "spans": _SPANS}
    return {
        "regime": regime,
        "returns": _returns(regime),
        "numbers": _numbers(regime),
        "chart": _funds(view, day, known_by),
        "breadth": _breadth(view, day, known_by),
        "spans": _SPANS,
    }


def _returns(regime: Regime | None) -> list[tuple[str, list[Number]]]:
    if regime is None or not any(regime.measures.get(f"iwm_{s}_pct") is not None for s in _SPANS):
        return []
    rows = []
    for label, pattern in _RETURNS:
        cells = []
        for span in _SPANS:
            value = regime.measures.get(pattern.format(span))
            at = regime.times.get(pattern.format(span), "")
            cells.append(Number(label=span, text=show.percent(value), tone=show.tone(value), at=at))
        rows.append((label, cells))
    return rows


def _numbers(regime: Regime | None) -> list[Number]:
    """The known measures besides the returns; those of other rules than the built-in ones by their own names."""
    if regime is None:
        return []
    told = {name for name, _, _ in _MORE} | {p.format(s) for _, p in _RETURNS for s in _SPANS} | _QUIET
    listed = [*_MORE, *((n, show.words(n), "plain") for n in regime.measures if n not in told)]
    return [
        Number(label=label, text=_shown(value, unit), tone=show.tone(value) if unit == "signed" else "", at=at)
        for name, label, unit in listed
        if (value := regime.measures.get(name)) is not None
        for at in (regime.times.get(name, ""),)
    ]


_QUIET = frozenset(
    (
        "correlation_60d", "iwm_vs_50d_pct", "spy_vs_50d_pct", "iwm_from_high_pct", "small_caps", "high_low_sessions",
        "liquidity_iwm", "vix_5d", "ten_year_20d_bp", "movers",
    )
)  # fmt: skip
"""Measures that the reasons tell in words."""


def _shown(value: float, unit: str) -> str:
    if unit == "signed":
        return show.percent(value)
    if unit == "share":
        return f"{value:.0f}%"
    return show.times(value) if unit == "times" else show.count(value) if unit == "count" else f"{value:,.4g}"


def _funds(view: PageView, day: dt.date, known_by: dt.datetime) -> Markup:
    bars = view.store.bars.history(["IWM", "SPY"], day - dt.timedelta(days=_CHART_DAYS), day, known_by)
    lines = [(t, charts.rebased(bars[t])) for t in ("IWM", "SPY") if bars.get(t)]
    told = "; ".join(f"{t} {v[-1][1] - 100:+.1f}% since {v[0][0]}" for t, v in lines if v)
    return charts.line_chart(lines, f"IWM against SPY, start at 100: {told}")


def _breadth(view: PageView, day: dt.date, known_by: dt.datetime) -> Markup:
    """Breadth over the last days, from the regimes as they were stored; empty with fewer than two days."""
    past = view.store.regimes.last_of_days(day, known_by)
    points = [(r.day, v) for r in past if (v := r.measures.get(_DRAWN)) is not None]
    label = f"Small caps above their 50-day line over {len(points)} sessions"
    return charts.line_chart([("%", points)], label, height=64)
