"""The stored study of what prices did after each type of news, read for the page."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from screener.pipeline.study.records import Estimate, Study, StudyGroup
from screener.web import show

FEW = 5
"""Groups of fewer events stand last and in no chart."""
HORIZONS = (("0", "Day 0"), ("1", "+1 day"), ("5", "+5 days"), ("20", "+20 days"))


def lines(study: Study, by: str = "type") -> list[StudyGroup]:
    """All news first, then the groups, the wildest on day 0 first and those of few events last."""
    wild = sorted(
        (g for g in study.groups if g.by == by and g.n),
        key=lambda g: (g.n < FEW, -(g.at("0").beyond.value or 0.0), g.type, g.value),
    )
    return [g for g in study.groups if g.by == "all" and g.n] + wild


def of_type(study: Study, kind: str) -> list[StudyGroup]:
    """The groups of one type, the whole type first."""
    order = ("type", "polarity", "stage", "cap")
    own = [g for g in study.groups if g.type == kind and g.by in order and g.n]
    return sorted(own, key=lambda g: (order.index(g.by), g.value))


def interval(estimate: Estimate, unit: str = "%") -> str:
    """``+3.1% (+1.0 to +5.2)``; a dash when unknown."""
    if estimate.value is None:
        return show.UNKNOWN
    shown = f"{estimate.value:+.1f}{unit}".replace("-", show.MINUS)
    if estimate.low is None or estimate.high is None:
        return shown
    return shown + f" ({estimate.low:+.1f} to {estimate.high:+.1f})".replace("-", show.MINUS)


def share(estimate: Estimate) -> str:
    """``41% (30 to 52)``; a dash when unknown."""
    if estimate.value is None:
        return show.UNKNOWN
    inside = (
        ""
        if estimate.low is None or estimate.high is None
        else f" ({estimate.low * 100:.0f} to {estimate.high * 100:.0f})"
    )
    return f"{estimate.value * 100:.0f}%{inside}"


def chart(groups: Sequence[tuple[str, Estimate]], label: str, width: int = 620) -> Markup:
    """Medians as dots with their intervals as lines around a zero line, one row a group; empty without values."""
    known = [(name, e) for name, e in groups if e.value is not None]
    if not known:
        return Markup("")
    far = max(1.0, *(abs(v) for _, e in known for v in (e.value, e.low, e.high) if v is not None))
    left, row, height = 190.0, 20, len(known) * 20 + 20
    middle, scale = (left + width) / 2, (width - left - 12) / 2 / far
    out = [f'<line class="grid" x1="{middle:.1f}" x2="{middle:.1f}" y1="0" y2="{height - 18}"/>']
    for n, (name, e) in enumerate(known):
        y = n * row + 11
        tone = "up" if (e.low or 0) > 0 else "down" if (e.high or 0) < 0 else "flat"
        out.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{escape(name)}</text>')
        if e.low is not None and e.high is not None:
            a, b = middle + e.low * scale, middle + e.high * scale
            out.append(f'<line class="span {tone}" x1="{a:.1f}" x2="{b:.1f}" y1="{y}" y2="{y}"/>')
        out.append(f'<circle class="dot {tone}" cx="{middle + (e.value or 0) * scale:.1f}" cy="{y}" r="4"/>')
    for value, anchor in ((-far, "start"), (0.0, "middle"), (far, "end")):
        out.append(
            f'<text x="{middle + value * scale:.1f}" y="{height - 4}" text-anchor="{anchor}">{value:+.0f}%</text>'
        )
    return Markup(  # noqa: S704  # numbers made here, names escaped
        f'<svg class="chart study" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'
        f"{''.join(out)}</svg>"
    )
