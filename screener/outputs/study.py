"""A study as a table and as a chart of text bars, with its limits under it."""

from __future__ import annotations

from collections.abc import Iterator

from screener.pipeline.study.records import Estimate, Study, StudyGroup

_COLUMNS = (
    ("n", 5), ("firms", 6), ("day 0 median", 22), ("day 0 mean", 22), ("beyond 10 %", 18), ("up/down", 12),
    ("rvol", 6), ("+1 median", 20), ("+5 median", 20), ("+20 median", 20),
)  # fmt: skip
_BAR = 40


def shown(study: Study, by: str, least: int) -> list[StudyGroup]:
    """The groups to print: all news first, then the groups of at least so many events."""
    kept = [g for g in study.groups if g.by == by and g.n >= least]
    return [g for g in study.groups if g.by == "all" and g.n] + sorted(kept, key=lambda g: (-far(g), g.type, g.value))


def far(group: StudyGroup) -> float:
    """The share of a group's day-0 moves beyond 10 %."""
    return group.moves["0"].beyond.value or 0.0


def name(group: StudyGroup) -> str:
    """``clinical_readout +``; ``all small-cap news`` for the whole."""
    return f"{group.type} {group.value}".strip() if group.by != "all" else "all small-cap news"


def points(e: Estimate) -> str:
    """``+3.1 [+1.0, +5.2]``."""
    if e.value is None:
        return "?"
    return f"{e.value:+.1f}" + (f" [{e.low:+.1f}, {e.high:+.1f}]" if e.low is not None and e.high is not None else "")


def share(e: Estimate) -> str:
    """``0.41 [0.30, 0.52]``."""
    if e.value is None:
        return "?"
    return f"{e.value:.2f}" + (f" [{e.low:.2f}, {e.high:.2f}]" if e.low is not None and e.high is not None else "")


def cells(group: StudyGroup) -> list[str]:
    """The values of one line, in the order of the columns."""
    zero = group.moves["0"]
    return [
        str(group.n),
        str(group.companies),
        points(zero.median),
        points(zero.mean),
        share(zero.beyond),
        f"{zero.up or 0:.2f}/{zero.down or 0:.2f}",
        "?" if group.rvol is None else f"{group.rvol:.1f}",
        *(points(group.moves[h].median) for h in ("1", "5", "20")),
    ]


def study_lines(study: Study, by: str = "type", least: int = 20) -> Iterator[str]:
    """A plain table: percentage points, 95 % intervals in brackets."""
    groups = shown(study, by, least)
    yield from _heading(study)
    if groups:
        width = max(len(name(g)) for g in groups) + 2
        yield "".ljust(width) + "".join(f"{title:>{size}}" for title, size in _COLUMNS)
        for group in groups:
            row = zip(cells(group), _COLUMNS, strict=True)
            yield name(group).ljust(width) + "".join(f"{cell:>{size}}" for cell, (_, size) in row)
    yield from _limits(study)


def chart_lines(study: Study, by: str = "type", least: int = 20) -> Iterator[str]:
    """Text bars of the share that moved 10 % or more on day 0; ``|`` marks the ends of the interval."""
    groups = shown(study, by, least)
    yield from _heading(study)
    width = max((len(name(g)) for g in groups), default=0) + 2
    for group in groups:
        e = group.moves["0"].beyond
        yield f"{name(group).ljust(width)}{_bar(e)} {share(e)}  n={group.n}"
    yield from _limits(study)


def _bar(e: Estimate) -> str:
    drawn = ["█" if i < round((e.value or 0.0) * _BAR) else " " for i in range(_BAR + 1)]
    for edge in (e.low, e.high):
        if edge is not None:
            drawn[round(edge * _BAR)] = "|"
    return "".join(drawn)


def markdown_lines(study: Study, by: str = "type", least: int = 20) -> Iterator[str]:
    """The table in Markdown, shorter: share beyond 10 %, medians."""
    yield "| catalyst | n | companies | beyond ±10 % | up / down | median day 0 | +5 sessions | volume |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for g in shown(study, by, least):
        zero = g.moves["0"]
        volume = "?" if g.rvol is None else f"{g.rvol:.1f}x"
        yield (
            f"| {name(g)} | {g.n} | {g.companies} | {share(zero.beyond)} | {zero.up or 0:.2f} / {zero.down or 0:.2f} "
            f"| {points(zero.median)} | {points(g.moves['5'].median)} | {volume} |"
        )


def _heading(study: Study) -> Iterator[str]:
    yield (
        f"{study.events} events of {study.companies} companies, {study.first or '?'} to {study.last or '?'}, "
        f"abnormal moves in percentage points against the {study.benchmark}"
    )
    yield "day 0: the session the news first trades in; +1, +5, +20: from the close of day 0; [95 % interval]"
    yield ""


def _limits(study: Study) -> Iterator[str]:
    yield ""
    if study.skipped:
        yield "left out: " + ", ".join(f"{n} {reason}" for reason, n in study.skipped.items())
    for limit in study.limits:
        yield f"limit: {limit}"
