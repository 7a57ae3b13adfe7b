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


def chart(groups: Sequence[tuple[str, Estimate]], label: str, pages: Sequence[str] = (), width: int = 620) -> Markup:
    """Medians as dots with their intervals as lines, one row a group, over an axis in percent; empty without values.

    ``pages`` are where the groups' names lead to, empty for nowhere.
    """
    linked = [*pages, *[""] * len(groups)]
    known = [(name, e, page) for (name, e), page in zip(groups, linked, strict=False) if e.value is not None]
    if not known:
        return Markup("")
    far = max(1.0, *(abs(v) for _, e, _ in known for v in (e.value, e.low, e.high) if v is not None))
    left, row, height = 190.0, 20, len(known) * 20 + 34
    middle, scale = (left + width) / 2, (width - left - 12) / 2 / far
    out = [_axis(far, middle, scale, height)]
    for n, (name, e, page) in enumerate(known):
        y = n * row + 11
        tone = "up" if (e.low or 0) > 0 else "down" if (e.high or 0) < 0 else "flat"
        text = f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{escape(name)}</text>'
        out.append(f'<a href="{escape(page)}">{text}</a>' if page else text)
        inner = f"<title>{escape(f'{name}: {interval(e)}')}</title>"
        if e.low is not None and e.high is not None:
            a, b = middle + e.low * scale, middle + e.high * scale
            out.append(f'<line class="span {tone}" x1="{a:.1f}" x2="{b:.1f}" y1="{y}" y2="{y}">{inner}</line>')
        out.append(
            f'<circle class="dot {tone}" cx="{middle + (e.value or 0) * scale:.1f}" cy="{y}" r="4">{inner}</circle>'
        )
    return Markup(  # noqa: S704  # numbers made here, names and pages escaped
        f'<svg class="chart study" viewBox="0 0 {width} {height}" role="group" aria-label="{escape(label)}">'
        f"{''.join(out)}</svg>"
    )


def _axis(far: float, middle: float, scale: float, height: int) -> str:
    """Lines and numbers at zero, the half and the whole of the range, and what they are."""
    out = []
    for value in (-far, -far / 2, 0.0, far / 2, far):
        x, anchor = middle + value * scale, "start" if value == -far else "end" if value == far else "middle"
        out.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height - 32}"/>')
        shown = f"{value:+.1f}".rstrip("0").rstrip(".") if value else "0"
        out.append(
            f'<text x="{x:.1f}" y="{height - 19}" text-anchor="{anchor}">{shown.replace("-", show.MINUS)}%</text>'
        )
    name = "abnormal move in percent, median and 95% interval"
    return "".join(out) + f'<text x="{middle:.1f}" y="{height - 4}" text-anchor="middle">{name}</text>'
