"""The user's marks as the command line shows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from screener.clock import eastern
from screener.store.marks import Marked


class MarkedTicker(Struct, frozen=True, kw_only=True):
    """One ticker's marks as they stand; ``notes`` are (time, text), oldest first."""

    ticker: str
    marks: tuple[str, ...]
    notes: tuple[tuple[dt.datetime, str], ...] = ()


def marked_tickers(standing: Mapping[str, Marked]) -> list[MarkedTicker]:
    """The tickers with a mark or a note."""
    found = []
    for ticker, m in standing.items():
        held = tuple(name for name, on in (("own", m.listed), ("pinned", m.pinned), ("muted", m.muted)) if on)
        if held or m.notes:
            found.append(MarkedTicker(ticker=ticker, marks=held, notes=m.notes))
    return found


def mark_lines(marked: Sequence[MarkedTicker]) -> Iterator[str]:
    """One line a ticker, and one a note."""
    for m in marked:
        yield f"{m.ticker:<8} {', '.join(m.marks) or '-'}"
        for made, text in m.notes:
            yield f"         {eastern(made)}: {text}"
