"""When a row of a day's list last came to say something else, so that readers of its feed show it anew.

Lists are only stored when they differ, and are never changed; so each is looked at once, in order, and what was found
is kept. Of a day with very many lists only the last ones are looked at: a row that is the same in all of them counts as
unchanged.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict

from screener.store import Store
from screener.types import WatchRow
from screener.web.listing import key_of

_DAYS = 4
_LISTS = 60


def said(row: WatchRow) -> tuple[object, ...]:
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
        """By key of a row, when it last changed; rows that never did are left out."""
        with self._lock:
            held = self._days.setdefault(day, _DayChanges())
            self._days.move_to_end(day)
            while len(self._days) > _DAYS:
                self._days.popitem(last=False)
            held.look(store, day)
            return dict(held.moments)


class _DayChanges:
    """One day's rows as they stood in the last list that was looked at."""

    def __init__(self) -> None:
        self.seen: dt.datetime | None = None
        self.said: dict[str, tuple[object, ...]] = {}
        self.moments: dict[str, dt.datetime] = {}

    def look(self, store: Store, day: dt.date) -> None:
        """Take in the lists that were stored since."""
        lists = [(at, run) for at, run in store.lists.times(day) if self.seen is None or at > self.seen]
        for at, run in lists[-_LISTS:]:
            for row in store.lists.of_run(day, run) or ():
                key, now = key_of(row), said(row)
                if key in self.said and self.said[key] != now:
                    self.moments[key] = at
                self.said[key] = now
            self.seen = at
