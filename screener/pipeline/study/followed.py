"""What followed a session: a ticker's own move in it and the abnormal moves after it, from stored bars.

Moves are compounded from each source's own day-over-day changes, never from differenced closes, so that splits do not
show as moves; a missing session leaves the move unknown. Abnormal is the move less the benchmark's over the same
sessions: IWM where its bars are stored for every day asked for, else the median small cap of each day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import NamedTuple

from screener import clock
from screener.pipeline.pricing import BENCHMARK, announced_splits
from screener.pipeline.study.estimates import median
from screener.pipeline.workspace import Workspace
from screener.prices.formulas import compounded
from screener.prices.history import Series, build, frame
from screener.prices.measures import compute_moves
from screener.types import Move

HORIZONS = (0, 1, 5, 20)
MEDIAN = "median small cap"
_LAST = max(HORIZONS)


class Followed(NamedTuple):
    """A ticker's measures at the close of a day, and its abnormal moves in percentage points by horizon: 0 is the day
    itself, the others go from its close over so many sessions."""

    move: Move
    after: Mapping[int, float | None]


class Following:
    """Reads what followed sessions, with one benchmark for all ``days``."""

    def __init__(self, workspace: Workspace, days: Collection[dt.date]) -> None:
        self._workspace = workspace
        self._index = benchmark(workspace, days)
        self._medians = Medians(workspace)

    @property
    def benchmark(self) -> str:
        """What moves are measured against."""
        return BENCHMARK if self._index is not None else MEDIAN

    def of(self, day: dt.date, first_news: Mapping[str, dt.datetime]) -> dict[str, Followed]:
        """What followed a session, by ticker, for those that have bars; ``first_news`` names the tickers."""
        bars, now, prefer = (
            self._workspace.store.bars,
            self._workspace.clock.now(),
            self._workspace.settings.prices.source,
        )
        tickers, last = sorted(first_news), clock.next_session(day, _LAST)
        history = bars.history(tickers, clock.previous_session(day, 25), last, now, prefer)
        splits, announced = bars.splits(tickers, now), announced_splits(self._workspace.store, tickers, now)
        moves = compute_moves(
            history, clock.close_time(day), news_times=first_news, splits=splits, announced=announced, day=day
        )
        end = frame(last, clock.close_time(last))
        series = {t: build(t, b, end, splits.get(t), announced=announced.get(t, ())) for t, b in history.items()}
        index = self._medians if self._index is None else self._index
        return {t: Followed(moves[t], _after(s, index)) for t, s in series.items() if t in moves}


def _after(series: Series, index: Mapping[dt.date, float] | Medians) -> dict[int, float | None]:
    """Abnormal moves of a ticker by horizon."""
    changes = dict(zip(series.places, series.changes, strict=True)) | {0: series.change}
    days = {place: d for d, place in series.frame.place.items() if place <= _LAST}
    found: dict[int, float | None] = {}
    for horizon in HORIZONS:
        places = [_LAST] if horizon == 0 else range(_LAST - 1, _LAST - 1 - horizon, -1)
        own = compounded(changes.get(p) for p in places)
        other = compounded(index.get(days[p]) for p in places) if own is not None else None
        found[horizon] = None if own is None or other is None else round(own - other, 4)
    return found


def benchmark(workspace: Workspace, wanted: Collection[dt.date]) -> dict[dt.date, float] | None:
    """IWM's changes in percent by day; None unless they cover all but the newest of the days.

    A fund has no small-cap splits, so its closes may be compared where the source gave no change.
    """
    if not wanted:
        return None
    first, last = min(wanted), max(wanted)
    start, end = clock.previous_session(first, 3), clock.next_session(last, _LAST)
    now = workspace.clock.now()
    bars = workspace.store.bars.history([BENCHMARK], start, end, now, workspace.settings.prices.source).get(
        BENCHMARK, []
    )
    found: dict[dt.date, float] = {}
    for before, bar in zip([None, *bars], bars, strict=False):
        change = bar.change_pct
        if change is None and before and before.day == clock.previous_session(bar.day) and before.close and bar.close:
            change = (bar.close / before.close - 1) * 100
        if change is not None:
            found[bar.day] = change
    newest = workspace.store.bars.last_day(now) or last
    return found if {d for d in wanted if d <= newest} <= found.keys() else None


class Medians:
    """The median change of the small caps of a day, in percent, read when it is first asked for."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: dict[dt.date, float | None] = {}
        self._limit = workspace.universe.limit

    def get(self, day: dt.date) -> float | None:
        """The median of a day; None without bars."""
        if day not in self._known:
            rows = self._workspace.store.bars.raw_days(day, day, self._workspace.clock.now())
            self._known[day] = median([r[7] for r in rows if r[7] is not None and r[8] and r[8] < self._limit])
        return self._known[day]
