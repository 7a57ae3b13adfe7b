"""The user's marks, folded from the log of actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from screener.clock import eastern

_ON = {"add": "own", "pin": "pinned", "mute": "muted"}
_OFF = {"remove": "own", "unpin": "pinned", "unmute": "muted"}


class Marked(Struct, frozen=True, kw_only=True):
    """One ticker's marks as they stand; ``notes`` are (time, text), oldest first."""

    ticker: str
    marks: tuple[str, ...]
    notes: tuple[tuple[dt.datetime, str], ...] = ()


def fold(log: Iterable[tuple[str, str, str, dt.datetime]]) -> list[Marked]:
    """The marks that stand after a log of (ticker, action, note, made), by ticker."""
    marks: dict[str, dict[str, None]] = {}
    notes: dict[str, list[tuple[dt.datetime, str]]] = {}
    for ticker, action, note, made in log:
        held = marks.setdefault(ticker, {})
        if action in _ON:
            held[_ON[action]] = None
        elif action in _OFF:
            held.pop(_OFF[action], None)
        if note:
            notes.setdefault(ticker, []).append((made, note))
    return [
        Marked(ticker=t, marks=tuple(m), notes=tuple(notes.get(t, ())))
        for t, m in sorted(marks.items())
        if m or t in notes
    ]


def mark_lines(marked: Sequence[Marked]) -> Iterator[str]:
    """One line a ticker, and one a note."""
    for m in marked:
        yield f"{m.ticker:<8} {', '.join(m.marks) or '-'}"
        for made, text in m.notes:
            yield f"         {eastern(made)}: {text}"
