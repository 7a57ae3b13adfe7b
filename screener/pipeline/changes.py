"""What a new list changed: the rows a watcher has not seen, or that say something else now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from screener.types import WatchRow

Line = Callable[[WatchRow], str]
SHOWN_FROM = 20.0
"""Below this score a row is kept for the audit and is no change to tell."""
STEP = 10.0
"""A score that moved by so much since it was told is told again."""
MOST = 20
"""Lines after one ranking; the rest is counted."""


class Changes:
    """Remembers what was told of each ticker; not stored, so a new watch begins with the list that stands."""

    def __init__(self, rows: Sequence[WatchRow] = ()) -> None:
        self._told = {r.ticker: r for r in rows}

    def of(self, rows: Sequence[WatchRow]) -> list[WatchRow]:
        """The rows of a list to tell, best first: small caps that are new, have other news, another action or score.

        What left the list is forgotten, so it is told when it comes back.
        """
        found = [r for r in rows if not r.outside and r.score >= SHOWN_FROM and self._is_news(r)]
        there = {r.ticker for r in rows}
        self._told = {t: r for t, r in self._told.items() if t in there} | {r.ticker: r for r in found}
        return found

    def lines(self, rows: Sequence[WatchRow], line: Line) -> list[str]:
        """What to print of a list: one line a changed row, and how many more there are."""
        found = self.of(rows)
        more = [f"and {len(found) - MOST} more: `screener today` shows them"] if len(found) > MOST else []
        return [*(line(r) for r in found[:MOST]), *more]

    def _is_news(self, row: WatchRow) -> bool:
        told = self._told.get(row.ticker)
        return (
            told is None
            or (told.story_id, told.catalyst, told.action, told.side)
            != (row.story_id, row.catalyst, row.action, row.side)
            or abs(told.score - row.score) >= STEP
        )
