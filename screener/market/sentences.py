"""The lines of the regime card: what is known, with its time; an unknown part is left out, and so is an empty line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from screener import clock

Values = Mapping[str, float | None]


def describe(values: Values, times: Mapping[str, str]) -> list[str]:
    """The lines in reading order; ``times`` is the moment of each known measure (ISO)."""
    lines = (
        _line("Small caps against the S&P 500", _index(values), times, "iwm_1d_pct"),
        _line("Breadth", _breadth(values), times, "up_pct"),
        _line("Liquidity against 50 sessions", _liquidity(values), times, "liquidity_small", "liquidity_iwm"),
        _line("Rates and fear", _fear(values), times, "vix", "ten_year"),
        _line("What moves", _movers(values), times),
    )
    return [line for line in lines if line]


def _line(name: str, parts: list[str], times: Mapping[str, str], *stamps: str) -> str:
    at = next((times[s] for s in stamps if s in times), "")
    stamp = f" ({clock.eastern(dt.datetime.fromisoformat(at))})" if at else ""
    return f"{name}: {', '.join(parts)}{stamp}" if parts else ""


def _parts(values: Values, *wanted: tuple[str, str]) -> list[str]:
    """Each wording whose measure is known, with its number."""
    return [words.format(value) for name, words in wanted if (value := values.get(name)) is not None]


def _index(v: Values) -> list[str]:
    found = _parts(v, ("iwm_1d_pct", "IWM {:+.1f} %"), ("spy_1d_pct", "SPY {:+.1f} %"))
    spans = [f"{n} sessions {points:+.1f}" for n in (5, 20, 60) if (points := v.get(f"rel_{n}d")) is not None]
    if spans:
        found.append(f"IWM less SPY in points: {', '.join(spans)}")
    return found + _parts(v, ("correlation_60d", "correlation {:.2f}"))


def _breadth(v: Values) -> list[str]:
    if not v.get("small_caps"):
        return []
    rose = f"{{:.1f}} % of {v['small_caps']:,.0f} small caps rose"
    return _parts(
        v,
        ("up_pct", rose),
        ("above_50d_pct", "{:.1f} % stand above their 50-day line"),
        ("highs_less_lows_pct", "new highs less new lows {:+.1f} %"),
        ("up_volume_pct", "{:.1f} % of volume in risen shares"),
    )


def _liquidity(v: Values) -> list[str]:
    return _parts(v, ("liquidity_small", "small caps {:.2f} times"), ("liquidity_iwm", "IWM {:.2f} times"))


def _fear(v: Values) -> list[str]:
    words = (
        ("vix", "VIX {:.1f}", "vix_5d", " ({:+.1f} in 5 sessions)"),
        ("ten_year", "10-year yield {:.2f} %", "ten_year_20d_bp", " ({:+.0f} basis points in 20 sessions)"),
    )
    return [
        "".join(_parts(v, (name, text), (change, more))) for name, text, change, more in words if v[name] is not None
    ]


def _movers(v: Values) -> list[str]:
    share, n = v.get("movers_with_news_pct"), v.get("movers")
    if share is None or not n:
        return []
    return [f"{share * n / 100:.0f} of the {n:.0f} top movers have a catalyst of their own"]
