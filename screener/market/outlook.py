"""What would change the view: the nearest value of one measure at a time that gives another label."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from screener.types import Hit

Judge = Callable[[Callable[[str], float | None]], Sequence[Hit]]
# How far a measure can move within days, and how it is said. Only what a reader can watch is tried.
WATCHED: dict[str, tuple[float, str, str]] = {
    "rel_20d": (6.0, "IWM less SPY over 20 sessions", " points"),
    "rel_5d": (4.0, "IWM less SPY over 5 sessions", " points"),
    "iwm_20d_pct": (8.0, "IWM over 20 sessions", " %"),
    "iwm_vs_50d_pct": (6.0, "IWM against its 50-day line", " %"),
    "above_50d_pct": (25.0, "the share of small caps above their 50-day line", " %"),
    "up_pct": (50.0, "the share of small caps that rose", " %"),
    "up_volume_pct": (50.0, "the share of volume in risen small caps", " %"),
    "highs_less_lows_pct": (10.0, "new highs less new lows", " %"),
    "vix": (12.0, "VIX", ""),
    "liquidity_small": (1.0, "small-cap dollar volume against 50 sessions", " times"),
}
STEPS = 40
SENTENCES = 3


def label_of(hits: Sequence[Hit]) -> str:
    """The title of the best rule; empty without one."""
    return hits[0].reasons[0].text if hits and hits[0].reasons else ""


def turning_point(
    values: Mapping[str, float | None], name: str, reach: float, judge: Judge
) -> tuple[float, str] | None:
    """The value of one measure nearest to today's that gives another label, and that label.

    Searched up and down within ``reach``, then narrowed by halving; None when the label holds all the way.
    """
    now = values.get(name)
    if now is None:
        return None
    today = label_of(judge(values.get))

    def label(value: float) -> str:
        changed = {**values, name: value}
        return label_of(judge(changed.get))

    for step in range(1, STEPS + 1):
        for sign in (1, -1):
            far = now + sign * reach * step / STEPS
            if label(far) != today:
                near = now + sign * reach * (step - 1) / STEPS
                for _ in range(12):
                    middle = (near + far) / 2
                    near, far = (middle, far) if label(middle) == today else (near, middle)
                return far, label(far)
    return None


def paragraph(values: Mapping[str, float | None], judge: Judge) -> str:
    """At most three sentences, the nearest change (in parts of its reach) first."""
    if not judge(values.get):
        return "Too little is stored for a view; load prices of IWM, SPY and the small caps."
    found = []
    for name, (reach, words, unit) in WATCHED.items():
        point = turning_point(values, name, reach, judge)
        now = values.get(name)
        if point is None or now is None:
            continue
        value, label = point
        way = "rose" if value > now else "fell"
        sentence = f'If {words} {way} from {now:.1f} to {value:.1f}{unit}, the label would be "{label or "Unknown"}".'
        found.append((abs(value - now) / reach, name, sentence))
    if not found:
        return "No single measure within its usual reach would change the label."
    return " ".join(sentence for _, _, sentence in sorted(found)[:SENTENCES])
