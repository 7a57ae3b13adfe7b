"""What people see in a terminal: the ranked list, one ticker's explanation, runs and feeds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from screener.format import DISCLAIMER, catalyst_label, dollars, eastern, percent, short
from screener.types import Regime, Story, WatchRow

UNKNOWN = "?"
_TONE = {"+": "green", "-": "red", "±": "yellow", "0": "dim"}
_ACTION = {"Alert": "bold green", "Watch": "cyan", "Avoid": "bold red", "No Action": "dim"}


def money(value: float | None) -> str:
    """``$1.2B``, ``$45M``, ``$310K``; ``?`` when unknown."""
    if value is None:
        return UNKNOWN
    return f"${short(value)}" if abs(value) >= 1000 else f"${value:.2f}"


def times(value: float | None) -> str:
    """``6.0x``; ``?`` when unknown."""
    return UNKNOWN if value is None else f"{value:.1f}x"


def price(value: float | None) -> str:
    """As ``dollars``; ``?`` when unknown."""
    return UNKNOWN if value is None else dollars(value)


def label(row: WatchRow) -> str:
    """``reverse split, effective``."""
    return catalyst_label(row.catalyst, row.stage)


def clean(text: str) -> str:
    """Text without control and direction characters, which a feed could use to garble a terminal."""
    return "".join(
        c if c.isprintable() and not "\u202a" <= c <= "\u202e" and not "\u2066" <= c <= "\u2069" else " " for c in text
    )


def list_table(rows: Sequence[WatchRow], reasons: int = 0) -> Table:
    """The ranked list; ``reasons`` adds that many lines of reasons under each headline."""
    table = Table(box=None, pad_edge=False, expand=True, header_style="bold", row_styles=["", ""])
    for name, kind in (
        ("#", {"justify": "right"}), ("Ticker", {}), ("Score", {"justify": "right"}), ("Action", {}),
        ("Catalyst", {"max_width": 22}), ("Headline and why", {"ratio": 1}), ("Price", {"justify": "right"}),
        ("Change", {"justify": "right"}), ("RVol", {"justify": "right"}), ("Cap", {"justify": "right"}),
    ):  # fmt: skip
        table.add_column(name, no_wrap=name not in ("Headline and why", "Catalyst"), **kind)
    for row in rows:
        table.add_row(
            str(row.rank),
            Text(clean(row.ticker), style="bold"),
            f"{row.score:.0f}",
            Text(row.action, style=_ACTION.get(row.action, "")),
            Text(f"{row.polarity} {label(row)}", style=_TONE.get(row.polarity, "")),
            _why(row, reasons),
            price(row.price),
            Text(
                percent(row.change_pct),
                style="" if row.change_pct is None else "green" if row.change_pct >= 0 else "red",
            ),
            times(row.rvol),
            money(row.market_cap),
        )
    return table


def _why(row: WatchRow, reasons: int) -> Text:
    text = Text(clean(row.headline), overflow="fold")
    for reason in row.reasons[:reasons]:
        text.append(f"\n  {reason.points:+g} {clean(reason.text)}", style="dim")
    for warning in row.warnings:
        text.append(f"\n  ! {clean(warning)}", style="yellow")
    return text


def regime_line(regime: Regime | None) -> str:
    """The regime card in one line."""
    if regime is None:
        return "Market: unknown (no index prices stored for this day)"
    card = " / ".join(p for p in (regime.action, regime.recommendation, regime.timeframe, regime.risk) if p)
    why = "; ".join(regime.reasons[:3])
    return f"Market: {regime.label}" + (f" — {card}" if card else "") + (f" ({why})" if why else "")


def show_list(
    console: Console,
    rows: Sequence[WatchRow],
    day: dt.date,
    as_of: dt.datetime | None,
    regime: Regime | None,
    reasons: int = 2,
) -> None:
    """Print the heading, the regime line, the list and the disclaimer."""
    moment = f", as of {eastern(as_of)}" if as_of else ""
    console.print(Text(f"Catalysts of {day:%A %Y-%m-%d}{moment}", style="bold"))
    console.print(Text(clean(regime_line(regime))))
    console.print()
    console.print(list_table(rows, reasons))
    console.print()
    console.print(Text(DISCLAIMER, style="dim"))


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
