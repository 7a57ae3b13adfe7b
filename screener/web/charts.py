"""Charts as SVG made on the server: no script, no inline style, colours from the style sheet's classes.

All text in them is escaped; every number is formatted here, so nothing foreign reaches the markup unescaped.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from markupsafe import Markup, escape
from msgspec import Struct

from screener.format import short, whole_score
from screener.types import Bar, Quote, Reason
from screener.web.show import clean, count, eastern, price, time_of_day

PARTS = ("catalyst", "materiality", "confirmation", "size", "freshness")
_BAR_FULL = 110.0


class ChartMark(Struct, frozen=True, kw_only=True):
    """Something that happened on a day: ``kind`` is news, filing or halt; ``target`` is an anchor on the page."""

    day: dt.date
    kind: str
    label: str
    target: str = ""


def parts_of(reasons: Sequence[Reason], polarity_side: str = "") -> list[tuple[str, float]]:
    """Points by part of the score, catalyst first, warnings (negative points of any part) last."""
    sums: dict[str, float] = {}
    for r in reasons:
        if polarity_side and r.side and r.side != polarity_side:
            continue
        part = "warning" if r.points < 0 else r.part
        sums[part] = sums.get(part, 0.0) + r.points
    known = [(p, sums.pop(p)) for p in PARTS if sums.get(p)]
    less = sums.pop("warning", 0.0)
    return known + [(p, v) for p, v in sorted(sums.items()) if v] + ([("warning", less)] if less else [])


def score_bar(score: float, parts: Sequence[tuple[str, float]], width: int = 96, height: int = 10) -> Markup:
    """The score as a bar of its parts; what warnings took away is hatched at the end."""
    said = ", ".join(f"{name} {value:+.0f}" for name, value in parts)
    gained = sum(v for _, v in parts if v > 0)
    scale = width / max(_BAR_FULL, gained)
    out, x = [f'<rect width="{width}"/>'], 0.0
    for name, value in parts:
        size = abs(value) * scale
        if value > 0:
            known = PARTS.index(name) + 1 if name in PARTS else len(PARTS)
            out.append(f'<rect class="p{known}" x="{x:.1f}" width="{size:.1f}"/>')
            x += size
        else:
            size = min(size, x)
            out.append(f'<rect class="less" x="{x - size:.1f}" width="{size:.1f}"/>')
    name = f"score {whole_score(score)}"
    label = escape(f"{name}: {said}" if said else name)
    return Markup(  # noqa: S704  # numbers made here and an escaped label
        f'<svg class="scorebar" width="{width}" height="{height}" role="img" aria-label="{label}">{"".join(out)}</svg>'
    )


class _Plot:
    """A drawing area with a vertical scale, logarithmic when the range is wide."""

    def __init__(self, low: float, high: float, box: tuple[float, float, float, float]) -> None:
        self.left, self.top, self.right, self.bottom = box
        self.log = low > 0 and high / low > 3
        pad = (high - low) * 0.04 or abs(high) * 0.02 or 1.0
        self.low, self.high = (low * 0.97, high * 1.03) if self.log else (low - pad, high + pad)

    def y(self, value: float) -> float:
        """The height of a value."""
        if self.log:
            part = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low)
        return self.bottom - part * (self.bottom - self.top)

    def ticks(self, n: int = 4) -> list[float]:
        """Round values inside the range."""
        if self.log:
            steps = [m * 10.0**e for e in range(-4, 7) for m in (1, 2, 5)]
            inside = [s for s in steps if self.low <= s <= self.high]
            return inside if len(inside) > 1 else [self.low * 1.03, self.high / 1.03]
        raw = (self.high - self.low) / n
        size = 10.0 ** math.floor(math.log10(raw))
        step = next(size * m for m in (1, 2, 2.5, 5, 10) if size * m >= raw)
        first = math.ceil(self.low / step)
        return [round(step * i, 10) for i in range(first, math.floor(self.high / step) + 1)]


class DayCount(NamedTuple):
    """How many on one day, and the page that lists them."""

    day: dt.date
    number: int
    target: str


def price_chart(bars: Sequence[Bar], marks: Sequence[ChartMark], width: int = 960, height: int = 300) -> Markup:
    """Daily candles, or a line of closes where a bar has no more, with volume below and marks under it.

    The bars' own numbers ride along for the readout under the pointer. Empty without two closes.
    """
    known = [b for b in bars if b.close is not None]
    if len(known) < 2:
        return Markup("")
    whole = all(None not in (b.open, b.high, b.low) for b in known)
    lows = [v for b in known if (v := b.low if whole else b.close) is not None]
    highs = [v for b in known if (v := b.high if whole else b.close) is not None]
    right, bottom = width - 62.0, height - 66.0
    plot = _Plot(min(lows), max(highs), (4.0, 8.0, right, bottom - 42))
    step = (right - 4.0) / len(known)
    at = {b.day: 4.0 + step * (i + 0.5) for i, b in enumerate(known)}
    out = [_grid(plot, width), _months(known, at, bottom)]
    out += [_candle(b, at[b.day], step, plot) for b in known] if whole else [_closes(known, at, plot)]
    out += [_volume(known, at, step, bottom), _mark_row(marks, at, bottom, plot.top), _last(known[-1], plot, width)]
    first, last = known[0], known[-1]
    label = escape(f"Daily prices {first.day} to {last.day}, last {price(last.close)}; news, filings and halts marked")
    told = escape(msgspec.json.encode([_told(b, at[b.day]) for b in known]).decode())
    return Markup(  # noqa: S704  # every text in it was escaped where it was added
        f'<svg class="chart price" viewBox="0 0 {width} {height}" role="group" aria-label="{label}" data-bars="{told}" '
        f'data-box="{plot.top:.0f} {bottom:.0f}">{"".join(out)}</svg>'
    )


def _told(b: Bar, x: float) -> list[object]:
    return [round(x, 1), b.day.isoformat(), *(price(v) for v in (b.open, b.high, b.low, b.close)), count(b.volume)]


def _closes(bars: Sequence[Bar], at: dict[dt.date, float], plot: _Plot) -> str:
    path = "L".join(f"{at[b.day]:.1f} {plot.y(b.close or 0.0):.1f}" for b in bars)
    return f'<path class="line l0" d="M{path}"/>'


def _last(b: Bar, plot: _Plot, width: float) -> str:
    """The last price at the edge, on its own height."""
    y = plot.y(b.close or 0.0)
    return (
        f'<line class="lastline" x1="{plot.left}" x2="{plot.right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<rect class="lastbox" x="{plot.right + 2:.0f}" y="{y - 8:.1f}" width="{width - plot.right - 2:.0f}" height="16"/>'
        f'<text class="last" x="{width - 4:.0f}" y="{y + 4:.1f}" text-anchor="end">{price(b.close)}</text>'
    )


def day_chart(quotes: Sequence[Quote], width: int = 960, height: int = 180) -> Markup:
    """The stored prices inside one day as a line, hours in New York; empty without two."""
    known = [(q.as_of, v) for q in quotes if (v := q.last if q.last is not None else q.close) is not None]
    if len(known) < 2:
        return Markup("")
    right, bottom = width - 62.0, height - 20.0
    start, length = known[0][0], max((known[-1][0] - known[0][0]).total_seconds(), 1.0)
    plot = _Plot(min(v for _, v in known), max(v for _, v in known), (4.0, 8.0, right, bottom))

    def x(moment: dt.datetime) -> float:
        return 4.0 + (right - 4.0) * (moment - start).total_seconds() / length

    out = [_grid(plot, width)]
    hour = start.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
    while hour <= known[-1][0]:
        out.append(f'<line class="grid" x1="{x(hour):.1f}" x2="{x(hour):.1f}" y1="8" y2="{bottom:.1f}"/>')
        out.append(f'<text class="tick" x="{x(hour):.1f}" y="{bottom + 15:.1f}">{time_of_day(hour)}</text>')
        hour += dt.timedelta(hours=1)
    path = "L".join(f"{x(t):.1f} {plot.y(v):.1f}" for t, v in known)
    label = f"Prices inside the day, {eastern(start)} to {eastern(known[-1][0])}, last {price(known[-1][1])}"
    return Markup(  # noqa: S704  # numbers and times made here
        f'<svg class="chart lines" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'
        f'{"".join(out)}<path class="line l0" d="M{path}"/></svg>'
    )


def _grid(plot: _Plot, width: float) -> str:
    out = []
    for value in plot.ticks():
        y = plot.y(value)
        out.append(f'<line class="grid" x1="{plot.left}" x2="{plot.right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        out.append(f'<text class="tick" x="{width - 4}" y="{y + 4:.1f}" text-anchor="end">{price(value)}</text>')
    return "".join(out)


def _months(bars: Sequence[Bar], at: dict[dt.date, float], y: float) -> str:
    out, before = [], bars[0].day.month
    for b in bars:
        if b.day.month != before:
            before = b.day.month
            out.append(f'<line class="grid" x1="{at[b.day]:.1f}" x2="{at[b.day]:.1f}" y1="8" y2="{y:.1f}"/>')
            name = f"{b.day:%b}" + (f" {b.day:%Y}" if b.day.month == 1 else "")
            out.append(f'<text class="tick" x="{at[b.day]:.1f}" y="{y + 16:.1f}">{name}</text>')
    return "".join(out)


def _candle(b: Bar, x: float, step: float, plot: _Plot) -> str:
    o, h, low, c = (plot.y(v or 0.0) for v in (b.open, b.high, b.low, b.close))
    kind = "up" if (b.close or 0) >= (b.open or 0) else "down"
    wide = max(step * 0.64, 1.0)
    return (
        f'<path class="wick {kind}" d="M{x:.1f} {h:.1f}V{low:.1f}"/>'
        f'<rect class="candle {kind}" x="{x - wide / 2:.1f}" y="{min(o, c):.1f}" width="{wide:.1f}" '
        f'height="{max(abs(o - c), 1):.1f}"/>'
    )


def _volume(bars: Sequence[Bar], at: dict[dt.date, float], step: float, bottom: float) -> str:
    top = max((b.volume or 0 for b in bars), default=0)
    if not top:
        return ""
    wide = max(step * 0.64, 1.0)
    paths = "".join(
        f"M{at[b.day] - wide / 2:.1f} {bottom:.1f}h{wide:.1f}v{-(b.volume or 0) / top * 38:.1f}h{-wide:.1f}z"
        for b in bars
        if b.volume
    )
    scale = f'<text class="tick" x="{max(at.values()) + step / 2 + 58:.0f}" y="{bottom - 24:.1f}" text-anchor="end">'
    return f'<path class="volume" d="{paths}"/>{scale}{short(top)}</text>'


_LETTER = {"news": "N", "filing": "F", "halt": "H"}


def _mark_row(marks: Sequence[ChartMark], at: dict[dt.date, float], bottom: float, top: float) -> str:
    days = sorted(at)
    placed: dict[tuple[dt.date, str], list[ChartMark]] = {}
    for m in marks:
        day = next((d for d in days if d >= m.day), days[-1])
        if m.day >= days[0]:
            placed.setdefault((day, m.kind), []).append(m)
    rows = {"news": 28, "filing": 42, "halt": 56}
    out = []
    for (day, kind), group in sorted(placed.items()):
        x, y = at[day], bottom + rows[kind]
        more = f" and {len(group) - 1} more" if len(group) > 1 else ""
        label = escape(f"{kind} {day}: {clean(group[0].label, 90)}{more}")
        shape = (
            f'<circle class="m-{kind}" cx="{x:.1f}" cy="{y:.1f}" r="6"/>'
            f'<text class="m-letter" x="{x:.1f}" y="{y + 3.2:.1f}">{_LETTER[kind]}</text>'
        )
        line = f'<line class="m-line" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{y - 6:.1f}"/>' if kind == "news" else ""
        inner = f"<title>{label}</title>{line}{shape}"
        if group[0].target:
            out.append(f'<a href="{escape(group[0].target)}" aria-label="{label}">{inner}</a>')
        else:
            out.append(f'<g role="img" aria-label="{label}">{inner}</g>')
    return "".join(out)


def line_chart(
    series: Sequence[tuple[str, Sequence[tuple[dt.date, float]]]], label: str, width: int = 360, height: int = 116
) -> Markup:
    """Lines on one scale, the first solid, the second dashed, each with its name at the end; empty without two points."""
    points = [(d, v) for _, line in series for d, v in line]
    days = sorted({d for d, _ in points})
    if len(days) < 2:
        return Markup("")
    right = width - 70.0
    values = [v for _, v in points]
    plot = _Plot(min(values), max(values), (2.0, 6.0, right, height - 16.0))
    x = {d: 2.0 + (right - 2.0) * i / (len(days) - 1) for i, d in enumerate(days)}
    out: list[str] = []
    ends: list[tuple[float, int, str]] = []
    for n, (name, line) in enumerate(series):
        if not line:
            continue
        path = "L".join(f"{x[d]:.1f} {plot.y(v):.1f}" for d, v in line)
        out.append(f'<path class="line l{n}" d="M{path}"/>')
        ends.append((plot.y(line[-1][1]), n, f"{name} {line[-1][1]:.1f}"))
    out += [
        f'<text class="end l{n}" x="{right + 4:.0f}" y="{min(y + 4, height - 3):.1f}">{escape(t)}</text>'
        for y, n, t in _apart(ends)
    ]
    out.append(f'<text class="tick" x="2" y="{height - 3}">{days[0]:%-d %b}</text>')
    out.append(f'<text class="tick" x="{right:.0f}" y="{height - 3}" text-anchor="end">{days[-1]:%-d %b}</text>')
    return Markup(  # noqa: S704  # numbers and dates made here, names escaped
        f'<svg class="chart lines" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'
        f"{''.join(out)}</svg>"
    )


def _apart(ends: list[tuple[float, int, str]], least: float = 13.0) -> list[tuple[float, int, str]]:
    """Labels from top to bottom, moved down until none covers the one before."""
    out: list[tuple[float, int, str]] = []
    for y, n, text in sorted(ends):
        out.append((max(y, out[-1][0] + least) if out else y, n, text))
    return out


def rebased(bars: Sequence[Bar]) -> list[tuple[dt.date, float]]:
    """Closes with the first at 100."""
    closes = [(b.day, b.close) for b in bars if b.close]
    return [(d, c / closes[0][1] * 100) for d, c in closes if c] if closes else []


def column_chart(values: Sequence[DayCount], label: str, unit: str, width: int = 420, height: int = 110) -> Markup:
    """Columns of a number a day on an axis of days, each a link; days without one stay empty. Empty without values."""
    if not values:
        return Markup("")
    first, last, most = values[0].day, values[-1].day, max(v.number for v in values)
    right, bottom, top = width - 66.0, height - 20.0, 10.0
    step = min(right / ((last - first).days + 1), 26.0)
    out = [
        f'<line class="grid" x1="0" x2="{right:.0f}" y1="{y:.0f}" y2="{y:.0f}"/>'
        f'<text class="tick" x="{right + 4:.0f}" y="{y + 4:.0f}">{said}</text>'
        for y, said in ((top, f"{most:,} {escape(unit)}"), (bottom, "0"))
    ]
    for v in values:
        x, size = (v.day - first).days * step, v.number / (most or 1) * (bottom - top)
        said = escape(f"{v.day:%a %-d %b %Y}: {v.number:,} {unit}")
        out.append(
            f'<a href="{escape(v.target)}" aria-label="{said}"><title>{said}</title><rect class="column" '
            f'x="{x + step * 0.12:.1f}" y="{bottom - size:.1f}" width="{step * 0.76:.1f}" height="{max(size, 0.5):.1f}"/></a>'
        )
    for day in sorted({first, last} if (last - first).days * step > 60 else {first}):
        anchor = "start" if day == first else "end"
        edge = 0.0 if day == first else ((day - first).days + 1) * step
        out.append(f'<text class="tick" x="{edge:.0f}" y="{height - 5:.0f}" text-anchor="{anchor}">{day:%-d %b}</text>')
    return Markup(  # noqa: S704  # numbers made here, names escaped
        f'<svg class="chart columns" viewBox="0 0 {width} {height}" role="group" aria-label="{escape(label)}">'
        f"{''.join(out)}</svg>"
    )
