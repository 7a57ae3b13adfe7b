"""Items that come later than their receipt says: a file of older news, or a poll that was stored after a faster one.

What a story became depends on what was known before it: which story an item joined, how new it was, what the versions
said. So the stories of the same companies that were known after the late item's receipt are taken back, and their items
taken again, in order of receipt, together with the late one. The list as of any moment is then the one that would have
been made had everything come in order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from screener.entities.resolve import Resolved
from screener.store.rewind import KnownStory, Rewind
from screener.types import Item

Company = str | int
"""A ticker or a CIK."""


def take_back(rewind: Rewind, pairs: Sequence[tuple[Item, Resolved]]) -> tuple[list[Item], list[str]]:
    """Drop the stories that late items may change; gives their items, and the ids of the stories.

    An item received at the same moment as a stored one is not late. To be called inside a transaction.
    """
    newest = rewind.newest_known()
    if newest is None or not pairs or min(i.received for i, _ in pairs) >= newest:
        return [], []
    since: dict[Company, dt.datetime] = {}
    for item, resolved in pairs:
        _earlier(since, _companies(resolved.tickers, resolved.cik), item.received)
    gone = _affected(rewind, since)
    return rewind.take_back(gone), gone


def _affected(rewind: Rewind, since: dict[Company, dt.datetime]) -> list[str]:
    """Ids of all stories to be made anew: one that began before the late item draws in what was known since it began."""
    gone: dict[str, KnownStory] = {}
    todo = dict(since)
    while todo:
        tickers = [c for c in todo if isinstance(c, str)]
        ciks = [c for c in todo if isinstance(c, int)]
        found = rewind.known_after(tickers, ciks, min(todo.values()))
        todo = {}
        for span in found:
            companies = _companies(span.tickers, span.cik)
            late = any(c in since and span.known_at > since[c] for c in companies)
            if span.story_id in gone or not late:
                continue
            gone[span.story_id] = span
            for company in _earlier(since, companies, span.first_seen):
                todo[company] = since[company]
    return list(gone)


def _companies(tickers: Sequence[str], cik: int | None) -> list[Company]:
    return [*tickers, *([cik] if cik is not None else [])]


def _earlier(since: dict[Company, dt.datetime], companies: Sequence[Company], moment: dt.datetime) -> list[Company]:
    """Note the earliest moment of each company; gives those for which it is new."""
    changed = [c for c in companies if c not in since or moment < since[c]]
    since.update(dict.fromkeys(changed, moment))
    return changed
