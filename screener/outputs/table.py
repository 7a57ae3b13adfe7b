"""What people see in a terminal: the day's list in groups, wide or narrow, and a story with its evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.text import Text

from screener.format import DISCLAIMER, eastern, percent
from screener.outputs.csvout import cell_text
from screener.outputs.lines import (
    clean,
    cut,
    heading,
    label,
    money,
    price,
    row_lines,
    times,
)
from screener.types import Regime, Story, WatchRow

__all__ = ["DISCLAIMER", "clean", "evidence_text", "label", "money", "percent", "price", "show_list", "times"]

GROUPS = (("+", "Up"), ("-", "Down"), ("", "Unclear"))
MOST_WIDE = 40


def groups(rows: Sequence[WatchRow], pinned: Collection[str] = ()) -> Iterator[tuple[str, list[WatchRow]]]:
    """The rows by where they point, pinned tickers before all; empty groups left out."""
    top = [r for r in rows if r.ticker in pinned]
    if top:
        yield "Pinned", top
    for side, name in GROUPS:
        found = [r for r in rows if r.side == side and r.ticker not in pinned]
        if found:
            yield name, found


def regime_line(regime: Regime | None) -> str:
    """The regime card in one line; what is unknown is left out and counted."""
    if regime is None:
        return "Market: unknown (no index prices stored for this day)"
    card = " / ".join(p for p in (regime.action, regime.recommendation, regime.timeframe, regime.risk) if p)
    unknown = f"{len(regime.unknown)} measures unknown" if regime.unknown else ""
    why = "; ".join(p for p in (*regime.reasons[:3], unknown) if p)
    return f"Market: {regime.label}" + (f" ({card})" if card else "") + (f": {why}" if why else "")


def show_list(
    console: Console,
    rows: Sequence[WatchRow],
    day: dt.date,
    as_of: dt.datetime | None,
    regime: Regime | None,
    *,
    wide: bool = False,
    pinned: Collection[str] = (),
    hidden: int = 0,
) -> None:
    """Print heading, market, the list in groups and the disclaimer; ``hidden`` rows are not small caps."""
    width = console.width
    moment = f", as of {eastern(as_of)}" if as_of else ""
    _say(console, Text(cut(f"Catalysts of {day:%A %Y-%m-%d}{moment}", width), style="bold"))
    market = clean(regime_line(regime))
    _say(console, Text(market if wide else cut(market, width)))
    for name, found in groups(rows, pinned):
        _say(console, Text())
        _say(console, Text(f"{name} ({len(found)})", style="bold underline"))
        _say(console, heading(width))
        for row in found:
            for line in row_lines(row, width):
                _say(console, line)
            for line in _everything(row) if wide else ():
                _say(console, line)
    _say(console, Text())
    if hidden:
        _say(
            console, Text(cut(f"{hidden} more are no small caps of the universe: --all shows them", width), style="dim")
        )
    _say(console, Text(cut(DISCLAIMER, width), style="dim"))


def _say(console: Console, line: Text) -> None:
    console.print(line, soft_wrap=True)


def _everything(row: WatchRow) -> Iterator[Text]:
    """What the three lines had no room for: every number, reason, warning and what is unknown."""
    names = (
        f"since news {percent(row.since_news_pct)}", f"gap {percent(row.gap_pct)}",
        f"abnormal {percent(row.abnormal_pct)}", f"traded {money(row.dollar_volume)}",
        f"float {money(row.float_shares).replace('$', '')}", f"materiality {percent(row.materiality_pct)}",
    )  # fmt: skip
    card = " / ".join(p for p in (row.recommendation, row.timeframe, row.risk) if p)
    yield Text(f"    {clean(row.company)} ({row.exchange or 'exchange ?'}); {card}")
    yield Text(f"    {', '.join(n for n in names if not n.endswith('?'))}")
    yield Text(
        f"    {eastern(row.published) if row.published else 'no time'}, {row.source}: {clean(row.url)}", style="dim"
    )
    for reason in row.reasons:
        points = f"{reason.points:+g} " if reason.points else ""
        yield Text(f"      {points}{clean(reason.text)}", style="dim")
    for warning in row.warnings:
        yield Text(f"      ! {clean(warning)}", style="yellow")
    for also in row.also:
        yield Text(f"      also {clean(also)}", style="magenta")
    if row.unknown:
        yield Text(f"      unknown: {', '.join(row.unknown)}", style="dim")


def show_columns(
    console: Console, rows: Sequence[WatchRow], columns: Sequence[str], sectors: Mapping[str, str]
) -> None:
    """One line a row with the chosen columns, as wide as their longest value; names as in the CSV, ``sectors`` by ticker."""
    written = [[cut(cell_text(row, name, sectors), MOST_WIDE) for name in columns] for row in rows]
    widths = [max([len(name), *(len(line[n]) for line in written)]) for n, name in enumerate(columns)]
    _say(console, Text("  ".join(n.ljust(w) for n, w in zip(columns, widths, strict=True)).rstrip(), style="bold"))
    for line in written:
        _say(console, Text("  ".join(v.ljust(w) for v, w in zip(line, widths, strict=True)).rstrip()))


def evidence_text(story: Story, spans: Iterable[tuple[str, int, int, str]]) -> RenderableType:
    """A story with the words that prove something highlighted; ``spans`` are (field, start, end, style)."""
    listed = list(spans)
    parts = []
    for name, value in (("title", story.title), ("text", story.text)):
        text = Text(value)
        for field, start, end, style in listed:
            if field == name:
                text.stylize(style, start, end)
        parts.append(_around(text, [(s, e) for f, s, e, _ in listed if f == name]) if name == "text" else text)
    return Group(*parts)


def _around(text: Text, spans: Sequence[tuple[int, int]], margin: int = 160) -> Text:
    """The neighbourhood of the spans, so that a long filing shows only the words that matter."""
    if len(text) <= 4 * margin:
        return text
    if not spans:
        return text[: 2 * margin] + Text(" …")
    out, end = Text(), 0
    for start, stop in sorted(spans):
        left = max(end, start - margin)
        right = min(len(text), stop + margin)
        if right > end:
            out += Text(" … " if left > end else "") + text[left:right]
            end = right
    return out + Text(" …" if end < len(text) else "")
