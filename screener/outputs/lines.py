"""The ranked list in a terminal: at most three lines a row, none wider than the screen.

::

      1 ABCD      97 Alert     + takeover target       $12.80  +58.0 %  42.1x  $202M
        Abacedo Software Agrees to Be Taken Private for $21 a Share
        ! no filing confirms it yet · also mixed 91: trading halt · +44 Takeover target

Line one has the numbers, line two the headline, line three the catch (after "!"), news of another side (after "also")
and the strongest reasons, as far as they fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec
from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from rich.text import Text

from screener.format import catalyst_label, dollars, percent, short, time_of_day
from screener.format import whole_score as score
from screener.types import Reason, WatchRow

UNKNOWN = "?"
DOT = " · "
MARGIN = 4
NARROW = 72
"""Below this width relative volume and market cap stand on line three."""
QUIET = 20.0
"""Below this score a row takes one line: it is kept for the audit, not for reading."""
ENOUGH = 24
"""Room that reasons need beside a catch and news of another side."""
_TONE = {"+": "green", "-": "red", "": "yellow"}
"""By where a row points; its sign stands before the catalyst, so that colour never carries it alone."""
_ACTION = {"Alert": "bold green", "Watch": "cyan", "Avoid": "bold red", "No Action": "dim"}


class Cell(Struct, frozen=True, kw_only=True):
    """One column of line one: its heading, width (0 takes what is left), side and writer."""

    name: str
    width: int
    right: bool
    write: Callable[[WatchRow], tuple[str, str]]


def money(value: float | None) -> str:
    """``$1.2B``, ``$45M``, ``$310K``; ``?`` when unknown."""
    if value is None:
        return UNKNOWN
    return f"${short(value)}" if abs(value) >= 1000 else f"${value:.2f}"


def change(value: float | None) -> str:
    """As ``percent``, without decimals from 1,000 on."""
    return percent(value) if value is None or abs(value) < 1000 else f"{value:+,.0f} %"


def times(value: float | None) -> str:
    """``6.0x``, ``385x``; ``?`` when unknown."""
    return UNKNOWN if value is None else f"{value:.1f}x" if value < 100 else f"{value:,.0f}x"


def price(value: float | None) -> str:
    """As ``dollars``; ``?`` when unknown."""
    return UNKNOWN if value is None else dollars(value)


def label(row: WatchRow) -> str:
    """``reverse split, effective``."""
    return catalyst_label(row.catalyst, row.stage).replace("_", " ")


def clean(text: str) -> str:
    """Text without control and direction characters, which a feed could use to garble a terminal."""
    return "".join(
        c if c.isprintable() and not "\u202a" <= c <= "\u202e" and not "\u2066" <= c <= "\u2069" else " " for c in text
    )


def cut(text: str, width: int) -> str:
    """Text in at most so many columns, with an ellipsis where something is missing."""
    text = " ".join(clean(text).split())
    return text if cell_len(text) <= width else set_cell_size(text, max(width - 1, 0)).rstrip() + "…"


def _change(row: WatchRow) -> tuple[str, str]:
    value = row.change_pct
    return change(value), "" if value is None else "green" if value >= 0 else "red"


CELLS = (
    Cell(name="#", width=3, right=True, write=lambda r: (str(r.rank), "")),
    Cell(name="Ticker", width=6, right=False, write=lambda r: (r.ticker, "bold")),
    Cell(name="Score", width=5, right=True, write=lambda r: (score(r.score), "bold")),
    Cell(name="Action", width=9, right=False, write=lambda r: (r.action, _ACTION.get(r.action, ""))),
    Cell(
        name="Catalyst", width=0, right=False,
        write=lambda r: (f"{r.side or '~'} {label(r)}", _TONE[r.side]),
    ),
    Cell(name="Price", width=8, right=True, write=lambda r: (price(r.price), "")),
    Cell(name="Change", width=8, right=True, write=_change),
    Cell(name="RVol", width=6, right=True, write=lambda r: (times(r.rvol), "")),
    Cell(name="Cap", width=6, right=True, write=lambda r: (money(r.market_cap), "")),
)  # fmt: skip


def cells_for(width: int) -> tuple[Cell, ...]:
    """The columns of line one that a screen has room for."""
    return CELLS if width >= NARROW else CELLS[:-2]


def heading(width: int) -> Text:
    """The names of the columns."""
    return _join([(c, (c.name, "bold")) for c in cells_for(width)], width)


def row_lines(row: WatchRow, width: int) -> Iterator[Text]:
    """A row's lines: numbers, headline, and why or the catch; a row under ``QUIET`` has the first alone."""
    yield _join([(c, c.write(row)) for c in cells_for(width)], width)
    if row.score < QUIET:
        return
    yield Text(" " * MARGIN + cut(row.headline, width - MARGIN))
    third = why_line(row, width - MARGIN, numbers=width < NARROW)
    if third:
        yield Text(" " * MARGIN) + third


def change_line(row: WatchRow) -> str:
    """A row in one line for the running watch: ``09:31 ET  ABCD    + reverse split  $1.20  -12.0 %  score 71  Avoid``."""
    moved = f"  {change(row.change_pct)}" if row.change_pct is not None else ""
    name = f"{row.side or '~'} {label(row)}"
    return clean(
        f"{time_of_day(row.as_of)}  {row.ticker:<6} {name}  {price(row.price)}{moved}  "
        f"score {score(row.score)}  {row.action}"
    )


def _join(cells: Sequence[tuple[Cell, tuple[str, str]]], width: int) -> Text:
    rest = max(4, width - sum(c.width for c, _ in cells) - len(cells) + 1)
    out = Text()
    for n, (cell, (text, style)) in enumerate(cells):
        room = cell.width or rest
        shown = cut(text, room)
        gap = " " * (room - cell_len(shown))
        out.append(" " if n else "")
        out.append(gap + shown if cell.right else shown, style=style)
        if not cell.right and n < len(cells) - 1:
            out.append(gap)
    return out


def why_line(row: WatchRow, width: int, *, numbers: bool = False) -> Text:
    """The catch, news of another side and the strongest reasons in one line; long parts share the room."""
    parts = [("", f"rvol {times(row.rvol)}, cap {money(row.market_cap)}")] if numbers else []
    if row.outside:
        parts.append(("dim", f"outside: {row.outside}"))
    if row.warnings:
        more = f" (+{len(row.warnings) - 1})" if len(row.warnings) > 1 else ""
        parts.append(("yellow", f"! {row.warnings[0]}{more}"))
    if row.also:
        parts.append(("magenta", f"also {row.also[0]}"))
    told = DOT.join(reason_text(r) for r in strongest(row))
    left = width - sum(cell_len(text) + len(DOT) for _, text in parts)
    if told and (len(parts) < 2 + numbers or left >= ENOUGH):
        parts.append(("dim", told))
    rooms = shares([cell_len(text) for _, text in parts], width - len(DOT) * (len(parts) - 1))
    out = Text()
    for n, ((style, text), room) in enumerate(zip(parts, rooms, strict=True)):
        out.append(DOT if n else "", style="dim")
        out.append(cut(text, room), style=style)
    return out


def shares(lengths: Sequence[int], room: int) -> list[int]:
    """How much of a room each part gets: short parts what they need, the long ones the rest in equal shares."""
    given = [0] * len(lengths)
    for done, n in enumerate(sorted(range(len(lengths)), key=lambda i: lengths[i])):
        given[n] = max(0, min(lengths[n], room // (len(lengths) - done)))
        room -= given[n]
    return given


def strongest(row: WatchRow) -> list[Reason]:
    """One reason for each rule with all its points: the catalyst first, what line one does not show, then the tape."""
    by_rule: dict[str, list[Reason]] = {}
    for r in row.reasons:
        if r.points and r.part not in ("curve", "card"):
            by_rule.setdefault(r.rule_id, []).append(r)
    found = [_summed(group) for group in by_rule.values()]
    places = {"catalyst": 0, "confirmation": 2}
    return sorted(found, key=lambda r: (places.get(r.part, 1), -abs(r.points)))


def _summed(group: Sequence[Reason]) -> Reason:
    first = group[0]
    text = first.text
    if first.part == "catalyst" and ": " in text:
        # The rule's title and what was added; type, words and confidence stand in `explain`.
        text = ", ".join([text.partition(": ")[0], *(r.text for r in group[1:3])])
    return msgspec.structs.replace(first, text=text, points=sum(r.points for r in group))


def reason_text(reason: Reason) -> str:
    """``+12 volume 14 times its usual``."""
    return f"{reason.points:+.0f} {' '.join(clean(reason.text).split())}"
