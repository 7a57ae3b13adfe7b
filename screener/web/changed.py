"""When the rows of a day's list last came to say something else, so that readers of its feed show it anew.

Lists are only stored when they differ, and are never changed; so each is looked at once, in order, and what was found
is kept. What is found depends on the lists alone: a server that is started again finds the same.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict

from screener.store import Store
from screener.store.lists import SaidRow
from screener.web.listing import key_of

_DAYS = 4


def said(row: SaidRow) -> tuple[object, ...]:
    """What the feed says of a row."""
    return (
        row.action,
        round(row.score),
        row.headline,
        row.catalyst,
        row.stage,
        row.warnings,
        sorted(row.facts.items()),
    )


class Changed:
    """The moments by day; safe for use in several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._days: OrderedDict[dt.date, _DayChanges] = OrderedDict()

    def moments(self, store: Store, day: dt.date) -> dict[str, dt.datetime]:
        """By key of a row, when it last changed: the moment of the list that first said it so."""
        with self._lock:
            held = self._days.setdefault(day, _DayChanges())
            self._days.move_to_end(day)
            while len(self._days) > _DAYS:
                self._days.popitem(last=False)
            held.look(store, day)
            return {k: at for k, (at, _) in held.said.items()}


class _DayChanges:
    """One day's rows, each with what it says and since when, by the lists that were looked at."""

    def __init__(self) -> None:
        self.looked: list[tuple[dt.datetime, str]] = []
        self.said: dict[str, tuple[dt.datetime, tuple[object, ...]]] = {}

    def look(self, store: Store, day: dt.date) -> None:
        """Take in the lists that were stored since; all of them anew when one came before those."""
        lists = store.lists.times(day)
        if lists[: len(self.looked)] != self.looked:
            self.looked, self.said = [], {}
        for at, run in lists[len(self.looked) :]:
            for row in store.lists.said(day, run):
                key, now = key_of(row), said(row)
                if key not in self.said or self.said[key][1] != now:
                    self.said[key] = (at, now)
        self.looked = lists
