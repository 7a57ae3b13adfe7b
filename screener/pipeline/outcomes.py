"""Fill in what listed tickers did later: to the close, and to the closes one and five sessions after it.

The base is where the ticker stood when it was first listed that day: the previous close for a list made before the
open, the listed price inside the session, the day's close for a list made after it (then there is no move to the
close). Days are chained by the source's own changes, so that splits do not show; a missing session leaves a move
unknown. Each move carries the moment its last bar was known, and no query as of an earlier moment sees it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import groupby

import msgspec

from screener import clock
from screener.pipeline.pricing import announced_splits
from screener.pipeline.workspace import Workspace
from screener.prices.formulas import compounded
from screener.prices.history import Series, build, frame
from screener.store.outcomes import Outcome
from screener.types import Bar

AFTER = {"close": 0, "next": 1, "week": 5}
LOOK_BACK = dt.timedelta(days=30)
SETTING = "outcomes"


def fill_due(workspace: Workspace, as_of: dt.datetime) -> int:
    """Fill the last month once a finished session, and only when its bars are there; a watch calls this each cycle."""
    finished = finished_session(as_of)
    last = workspace.store.bars.last_day(as_of)
    if last is None or last < finished or workspace.store.get_setting(SETTING) == finished.isoformat():
        return 0
    added = fill(workspace, as_of)
    with workspace.store.transaction():
        workspace.store.set_setting(SETTING, finished.isoformat())
    return added


def fill(
    workspace: Workspace, as_of: dt.datetime, since: dt.date | None = None, tick: Callable[[int], None] = lambda _: None
) -> int:
    """Fill all open lines since a day (a month back when None) from bars known at ``as_of``; returns the moves added."""
    until = clock.new_york_date(as_of)
    added = 0
    lines = workspace.store.outcomes.unfilled(since or until - LOOK_BACK, until)
    for day, group in groupby(lines, key=lambda o: o.day):
        found = _of_day(workspace, day, list(group), as_of)
        with workspace.store.transaction():
            added += workspace.store.outcomes.fill(found)
        tick(len(found))
    return added


def finished_session(moment: dt.datetime) -> dt.date:
    """The last session whose regular close lies at or before a moment."""
    day = clock.new_york_date(moment)
    if clock.is_session(day) and moment >= clock.close_time(day):
        return day
    return clock.previous_session(day)


def _of_day(workspace: Workspace, day: dt.date, lines: Sequence[Outcome], as_of: dt.datetime) -> list[Outcome]:
    last = clock.next_session(day, AFTER["week"])
    tickers = [o.ticker for o in lines]
    prefer = workspace.settings.prices.source
    bars = workspace.store.bars.history(tickers, clock.previous_session(day, 2), last, as_of, prefer)
    splits, announced = workspace.store.bars.splits(tickers, as_of), announced_splits(workspace.store, tickers, as_of)
    at = frame(last, as_of)
    return [
        _moves(o, build(o.ticker, bars[o.ticker], at, splits.get(o.ticker), announced=announced.get(o.ticker, ())))
        for o in lines
        if o.ticker in bars
    ]


def _moves(line: Outcome, series: Series) -> Outcome:
    by_place = _complete(series)
    top = AFTER["week"]
    start = _start(line, by_place.get(top))
    found: dict[str, object] = {}
    for name, sessions in AFTER.items():
        places = range(top - 1, top - 1 - sessions, -1)
        used = [by_place.get(p) for p in (top, *places)]
        if start is None or any(u is None for u in used) or (name == "close" and start[1]):
            continue
        move = compounded([start[0], *(u[1] for u in used[1:] if u)])
        if move is not None:
            found |= {name: round(move, 4), f"{name}_known": max(u[0].known_at for u in used if u)}
    return msgspec.structs.replace(line, **found)


def _complete(series: Series) -> dict[int, tuple[Bar, float | None]]:
    """Finished bars with their changes in percent, by sessions before the last."""
    found: dict[int, tuple[Bar, float | None]] = {
        place: (bar, change) for place, bar, change in zip(series.places, series.bars, series.changes, strict=True)
    }
    if series.today is not None and series.complete:
        found[0] = (series.today, series.change)
    return found


def _start(line: Outcome, own: tuple[Bar, float | None] | None) -> tuple[float, bool] | None:
    """Percent from the listing to the close of its day, and whether it was listed after that close."""
    if line.listed >= clock.close_time(line.day):
        return 0.0, True
    if own is None:
        return None
    bar, change = own
    if line.listed < clock.open_time(line.day):
        return None if change is None else (change, False)
    if not line.price or bar.close is None:
        return None
    return (bar.close / line.price - 1) * 100, False
