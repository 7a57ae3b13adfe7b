"""A backtest as a table for the terminal and as one page with charts, its limits beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from screener.outputs.study import points, share
from screener.pipeline.history.scoring import FAR, REAL, Backtest, BacktestLine, Band, PhaseReport
from screener.pipeline.study.records import Estimate

_MEANING = {
    "before": f"before the open; a hit moved {FAR:g} % or more in the session",
    "after": f"after the close; a hit is a real mover, {FAR:g} % or more on ${REAL:,.0f} or more",
}
_WIDTH, _HEIGHT, _EDGE = 520, 260, 40


def backtest_lines(found: Backtest, least: int) -> Iterator[str]:
    """The report as lines of text; groups of fewer than ``least`` rows are left out."""
    yield f"{found.first} to {found.last}, rules {found.rules_digest or 'as stored'}, model {found.model_id or 'as stored'}"
    for phase in found.phases:
        yield ""
        yield f"{_MEANING[phase.phase]}"
        yield f"  {_counted(phase)}"
        yield f"  share of hits {share(phase.share)}"
        yield ""
        yield f"  {'score':<12}{'rows':>6}{'mean':>7}  share (95 %)"
        yield from (f"  {_name(b):<12}{b.rows:>6}{b.mean:>7.0f}  {share(b.share)}" for b in phase.bands)
        yield ""
        yield f"  {'precision at 10':<34}(95 % over days)"
        yield from (f"  {o.name:<34}{share(o.precision)}" for o in phase.orders)
        yield f"  turnover of the first ten         {share(phase.turnover)}"
        yield f"  first ten after the close, against {found.benchmark}, the way they pointed: {_later(phase.top_later)}"
        for title, lines in (("catalyst", phase.catalysts), ("rule", phase.rules)):
            yield ""
            yield f"  {title:<34}{'rows':>6}{'firms':>7}  {'share (95 %)':<20}  {'+1':<20}{'+5':<20}+20"
            yield from (_line(line) for line in lines if line.rows >= least)
    yield ""
    yield from (f"- {limit}" for limit in found.limits)


def compared_lines(old: Backtest, new: Backtest) -> Iterator[str]:
    """Precision at ten of two rankings of the same days, phase by phase; nothing where no move is known."""
    for before, after in zip(old.phases, new.phases, strict=False):
        if before.phase == after.phase and before.rows and after.rows:
            told = [share(p.orders[0].precision) for p in (before, after)]
            days = min(before.days, after.days)
            yield f"{_MEANING[before.phase]}: precision at 10 old {told[0]}, new {told[1]} over {days} days"


def _counted(phase: PhaseReport) -> str:
    return (
        f"{phase.days} lists, {phase.rows} rows of {phase.companies} companies with a known move "
        f"({phase.unpriced} without, {phase.halted} halted that session)"
    )


def _name(band: Band) -> str:
    return f"{band.low} to {band.low + 10}"


def _later(found: dict[str, Estimate]) -> str:
    return "; ".join(f"+{h} {points(e)}" for h, e in found.items())


def _line(line: BacktestLine) -> str:
    later = "".join(f"{points(e):<20}" for e in line.later.values())
    return f"  {line.name:<34}{line.rows:>6}{line.companies:>7}  {share(line.share):<20}  {later}".rstrip()


# ---- the page ----------------------------------------------------------------------------------------------------

_STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
table{border-collapse:collapse;margin:1rem 0}td,th{padding:.25rem .75rem;border-bottom:1px solid #d8dee4;text-align:right}
td:first-child,th:first-child{text-align:left}svg{max-width:100%;height:auto}.m{color:#57606a}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}td,th{border-color:#30363d}.m{color:#9198a1}}"""


def backtest_page(found: Backtest, least: int) -> str:
    """One page of HTML that needs nothing else: tables, and charts as SVG with their numbers in words."""
    body = "".join(_phase_html(p, found.benchmark, least) for p in found.phases)
    limits = "".join(f"<li>{escape(limit)}</li>" for limit in found.limits)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Backtest</title><style>{_STYLE}</style>'
        f"<h1>Lists against what followed</h1><p>{found.first} to {found.last}; rules "
        f"{escape(found.rules_digest or 'as stored')}, model {escape(found.model_id or 'as stored')}</p>{body}"
        f"<h2>What this does not say</h2><ul>{limits}</ul></html>\n"
    )


def _phase_html(phase: PhaseReport, benchmark: str, least: int) -> str:
    orders = _table(("order", "precision at 10 (95 % over days)"), ((o.name, share(o.precision)) for o in phase.orders))
    bands = _table(
        ("score", "rows", "mean", "share (95 %)"),
        ((_name(b), str(b.rows), f"{b.mean:.0f}", share(b.share)) for b in phase.bands),
    )
    groups = "".join(
        f"<h3>By {title}</h3>" + _table((title, "rows", "firms", "share", "+1", "+5", "+20"), _cells(lines, least))
        for title, lines in (("catalyst", phase.catalysts), ("rule", phase.rules))
    )
    return (
        f"<h2>{escape(_MEANING[phase.phase])}</h2><p>{escape(_counted(phase))}; share of hits {share(phase.share)}; "
        f"turnover of the first ten {share(phase.turnover)}</p><h3>Calibration</h3>{calibration_svg(phase.bands)}{bands}"
        f"<h3>Against plain orders</h3>{orders}<h3>After the close</h3>"
        f'<p class="m">mean move of the first ten against {escape(benchmark)}, the way they pointed</p>'
        f"{decay_svg(phase.top_later)}<p>{escape(_later(phase.top_later))}</p>{groups}"
    )


def _cells(lines: Iterable[BacktestLine], least: int) -> Iterator[tuple[str, ...]]:
    for line in lines:
        if line.rows >= least:
            later = (points(e) for e in line.later.values())
            yield line.name or "(none)", str(line.rows), str(line.companies), share(line.share), *later


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    lines = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def calibration_svg(bands: Iterable[Band]) -> str:
    """Mean score against share of hits, with intervals; on the diagonal a score is the chance that it says."""
    marks = []
    for band in bands:
        x, value = _x(band.mean / 100), band.share.value or 0.0
        low, high = band.share.low, band.share.high
        if low is not None and high is not None:
            marks.append(f'<path d="M{x:.1f} {_y(low):.1f}V{_y(high):.1f}" stroke="#57606a"/>')
        told = f"score {_name(band)}: {band.rows} rows, mean {band.mean:.0f}, {value:.0%} hits"
        marks.append(f'<circle cx="{x:.1f}" cy="{_y(value):.1f}" r="5" fill="#0969da"><title>{told}</title></circle>')
    diagonal = f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="#9198a1" stroke-dasharray="4"/>'
    axes = "".join(
        f'<text x="{_x(t):.0f}" y="{_HEIGHT - 10}" text-anchor="middle">{t * 100:.0f}</text>'
        f'<text x="{_EDGE - 8}" y="{_y(t) + 4:.0f}" text-anchor="end">{t * 100:.0f} %</text>'
        for t in (0.0, 0.5, 1.0)
    )
    return _svg("Share of hits by score", diagonal + axes + "".join(marks))


def decay_svg(later: dict[str, Estimate]) -> str:
    """Mean later moves as bars with intervals."""
    known = [(h, e) for h, e in later.items() if e.value is not None]
    most = max((abs(v) for _, e in known for v in (e.value, e.low, e.high) if v is not None), default=1.0) or 1.0
    middle, step = _HEIGHT / 2, (_WIDTH - 2 * _EDGE) / max(1, len(known))
    bars = []
    for n, (horizon, e) in enumerate(known):
        x, tall = _EDGE + step * (n + 0.5), (e.value or 0.0) / most * (middle - 30)
        bars.append(
            f'<rect x="{x - 20:.1f}" y="{middle - max(tall, 0):.1f}" width="40" height="{abs(tall):.1f}" fill="#0969da">'
            f"<title>+{horizon}: {points(e)}</title></rect>"
            f'<text x="{x:.1f}" y="{_HEIGHT - 6}" text-anchor="middle">+{horizon}</text>'
        )
        if e.low is not None and e.high is not None:
            low, high = (middle - v / most * (middle - 30) for v in (e.low, e.high))
            bars.append(f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="#57606a"/>')
    line = f'<path d="M{_EDGE} {middle}H{_WIDTH - _EDGE}" stroke="#9198a1"/>'
    return _svg("Mean move after the close by sessions", line + "".join(bars))


def _x(share_: float) -> float:
    return _EDGE + share_ * (_WIDTH - 2 * _EDGE)


def _y(share_: float) -> float:
    return _HEIGHT - _EDGE - share_ * (_HEIGHT - 2 * _EDGE)


def _svg(title: str, inside: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img" font-size="12" fill="currentColor">'
        f"<title>{title}</title>{inside}</svg>"
    )
