"""What small caps did after the news, by catalyst type, from stored news and stored prices.

An event is one ticker, one catalyst type, one session: the surest catalyst of the day counts. Day 0 is the session in
which the news first trades: its own date, or the next session when it came after the close or on a closed day. Moves
are compounded from each source's own day-over-day changes, never from differenced closes, so that splits do not show
as moves; a missing session leaves the move unknown. ``move 0`` is day 0 itself; ``move 1, 5, 20`` go from the close of
day 0 over so many sessions, so that they show what was still to come. Abnormal is the move less the benchmark's over
the same sessions: IWM where its bars are stored for every event day, else the median small cap of each day.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from screener import clock
from screener.pipeline.pricing import BENCHMARK, announced_splits
from screener.pipeline.study.estimates import median, spread
from screener.pipeline.study.records import Spread, Study, StudyGroup
from screener.pipeline.workspace import Workspace
from screener.prices.formulas import compounded
from screener.prices.history import Series, build, frame
from screener.prices.measures import compute_moves
from screener.types import Catalyst, Move, Story

HORIZONS = (0, 1, 5, 20)
BY = ("type", "stage", "polarity", "cap")
NONE = "(none found)"
SURE = 0.5
MEDIAN = "median small cap"
_LAST = max(HORIZONS)
_WEEK = dt.timedelta(days=7)


class StudyEvent(Struct, frozen=True, kw_only=True):
    """One ticker's catalyst and what followed; ``moves`` are abnormal, in percentage points, by horizon."""

    ticker: str
    story_id: str
    day: dt.date
    published: dt.datetime
    type: str
    stage: str = ""
    polarity: str = "0"
    confidence: float = 0.0
    cap: str = ""
    moves: dict[int, float | None] = {}
    rvol: float | None = None


def day_zero(published: dt.datetime) -> dt.date:
    """The session in which news first trades: its New York date, after the close or on a closed day the next one."""
    day = clock.new_york_date(published)
    if not clock.is_session(day) or published >= clock.close_time(day):
        return clock.next_session(day)
    return day


def run_study(
    workspace: Workspace,
    since: dt.date | None = None,
    until: dt.date | None = None,
    tick: Callable[[int], None] = lambda _: None,
) -> Study:
    """Study the store's news with day 0 in [since, until] against its bars. Empty stores give an empty study."""
    skipped: Counter[str] = Counter()
    models: set[str] = set()
    found = _events(workspace, since, until, skipped, models)
    stories = {e.story_id for e in found}
    index = _benchmark(workspace, found)
    measured = list(_measured(workspace, found, index, skipped, tick))
    days = [e.day for e in measured]
    return Study(
        made=workspace.clock.now(),
        since=since,
        until=until,
        first=min(days, default=None),
        last=max(days, default=None),
        benchmark=BENCHMARK if index is not None else MEDIAN,
        models=tuple(sorted(models)),
        stories=len(stories),
        events=len(measured),
        companies=len({e.ticker for e in measured}),
        skipped=dict(sorted(skipped.items())),
        groups=tuple(groups(measured)),
    )


# ---- which events ------------------------------------------------------------------------------------------------


def _events(
    workspace: Workspace, since: dt.date | None, until: dt.date | None, skipped: Counter[str], models: set[str]
) -> list[StudyEvent]:
    best: dict[tuple[str, dt.date, str], StudyEvent] = {}
    for story, catalysts, model in _stories(workspace, since, until):
        if clock.publication_of(story) is None:
            skipped["no publication time"] += 1
            continue
        day = day_zero(story.published)
        if (since and day < since) or (until and day > until):
            continue
        if not story.tickers:
            skipped["no ticker"] += 1
            continue
        models.add(model)
        sure = [c for c in catalysts if c.confidence >= SURE]
        for event in _of_story(story, day, sure):
            key = (event.ticker, event.day, event.type)
            held = best.get(key)
            if held is None or event.confidence > held.confidence:
                best[key] = event
    busy = {(t, d) for t, d, kind in best if kind != NONE}
    return [e for (t, d, kind), e in best.items() if kind != NONE or (t, d) not in busy]


def _of_story(story: Story, day: dt.date, catalysts: Sequence[Catalyst]) -> Iterator[StudyEvent]:
    bare = StudyEvent(ticker=story.tickers[0], type=NONE, story_id=story.id, day=day, published=story.published)
    for c in catalysts:
        yield msgspec.structs.replace(
            bare,
            ticker=c.ticker or bare.ticker,
            type=c.type,
            stage=c.stage,
            polarity=c.polarity,
            confidence=c.confidence,
        )
    if not catalysts:
        yield bare


def _stories(
    workspace: Workspace, since: dt.date | None, until: dt.date | None
) -> Iterator[tuple[Story, tuple[Catalyst, ...], str]]:
    """Stories with their stored catalysts, a week at a time: a long history does not fit into memory at once."""
    store, now = workspace.store, workspace.clock.now()
    span = store.stories.span()
    if span is None:
        return
    start, end = span
    if since:
        start = max(start, clock.close_time(clock.previous_session(since)))
    if until:
        end = min(end, clock.close_time(until))
    while start <= end:
        # Both ends of the window are included, so the next one starts a millisecond later.
        stop = min(start + _WEEK, end)
        window = list(store.stories.window(start, stop, now))
        found = store.catalysts.of_stories([s.id for s, _, _ in window])
        for story, _, model in window:
            yield story, found[story.id].catalysts, model
        start = stop + dt.timedelta(milliseconds=1)


# ---- what followed -----------------------------------------------------------------------------------------------


def _measured(
    workspace: Workspace,
    events: Sequence[StudyEvent],
    index: Mapping[dt.date, float] | None,
    skipped: Counter[str],
    tick: Callable[[int], None],
) -> Iterator[StudyEvent]:
    bands = workspace.universe.bands
    by_day: dict[dt.date, list[StudyEvent]] = {}
    for event in events:
        by_day.setdefault(event.day, []).append(event)
    medians = _Medians(workspace)
    for day, group in sorted(by_day.items()):
        last = clock.next_session(day, _LAST)
        tickers = sorted({e.ticker for e in group})
        first_news = {t: min(e.published for e in group if e.ticker == t) for t in tickers}
        bars = workspace.store.bars.history(
            tickers, clock.previous_session(day, 25), last, workspace.clock.now(), workspace.settings.prices.source
        )
        now = workspace.clock.now()
        splits, announced = workspace.store.bars.splits(tickers, now), announced_splits(workspace.store, tickers, now)
        moves = compute_moves(
            bars, clock.close_time(day), news_times=first_news, splits=splits, announced=announced, day=day
        )
        end = frame(last, clock.close_time(last))
        series = {t: build(t, b, end, splits.get(t), announced=announced.get(t, ())) for t, b in bars.items()}
        followed = {t: _after(s, index or medians) for t, s in series.items()}
        for event in group:
            done = _fill(event, moves.get(event.ticker), followed.get(event.ticker), bands, skipped)
            if done is not None:
                yield done
        tick(len(group))


def _fill(
    event: StudyEvent,
    move: Move | None,
    followed: Mapping[int, float | None] | None,
    bands: Sequence[tuple[str, float]],
    skipped: Counter[str],
) -> StudyEvent | None:
    if move is None or followed is None or followed[0] is None:
        skipped["no move on day 0"] += 1
        return None
    cap = move.market_cap_at_news or move.market_cap
    if cap is None:
        skipped["market cap unknown"] += 1
        return None
    band = next((name for name, limit in bands if cap < limit), "")
    if not band:
        skipped["no small cap"] += 1
        return None
    return msgspec.structs.replace(event, cap=band, moves=dict(followed), rvol=move.rvol)


def _after(series: Series, index: Mapping[dt.date, float] | _Medians) -> dict[int, float | None]:
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


# ---- benchmarks --------------------------------------------------------------------------------------------------


def _benchmark(workspace: Workspace, events: Sequence[StudyEvent]) -> dict[dt.date, float] | None:
    """IWM's changes in percent by day; None unless they cover all but the newest days of the study.

    A fund has no small-cap splits, so its closes may be compared where the source gave no change.
    """
    if not events:
        return None
    first, last = min(e.day for e in events), max(e.day for e in events)
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
    return found if {e.day for e in events if e.day <= newest} <= found.keys() else None


class _Medians:
    """The median change of the small caps of a day, in percent, read when it is first asked for."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: dict[dt.date, float | None] = {}
        self._limit = workspace.universe.limit

    def get(self, day: dt.date) -> float | None:
        if day not in self._known:
            rows = self._workspace.store.bars.raw_days(day, day, self._workspace.clock.now())
            self._known[day] = median([r[7] for r in rows if r[7] is not None and r[8] and r[8] < self._limit])
        return self._known[day]


# ---- groups ------------------------------------------------------------------------------------------------------


def groups(events: Sequence[StudyEvent]) -> Iterator[StudyGroup]:
    """All events, then each type, then each type by stage, polarity and cap band, largest groups first."""
    first: dict[tuple[str, dt.date], StudyEvent] = {}
    for event in sorted(events, key=lambda e: (e.day, e.ticker, -e.confidence)):
        first.setdefault((event.ticker, event.day), event)
    yield _group("all", "", "", list(first.values()))
    for band in sorted({e.cap for e in first.values()}):
        yield _group("cap", "", band, [e for e in first.values() if e.cap == band])
    keys: dict[str, Callable[[StudyEvent], str]] = {
        "type": lambda e: "",
        "stage": lambda e: e.stage,
        "polarity": lambda e: e.polarity,
        "cap": lambda e: e.cap,
    }
    for by in BY:
        parts: dict[tuple[str, str], list[StudyEvent]] = {}
        for event in events:
            parts.setdefault((event.type, keys[by](event)), []).append(event)
        for (kind, value), members in sorted(parts.items(), key=lambda p: (-len(p[1]), p[0])):
            yield _group(by, kind, value, members)


def _group(by: str, kind: str, value: str, events: Sequence[StudyEvent]) -> StudyGroup:
    moves: dict[str, Spread] = {}
    for horizon in HORIZONS:
        known = [(m, e.ticker) for e in events if (m := e.moves.get(horizon)) is not None]
        moves[str(horizon)] = spread([m for m, _ in known], [t for _, t in known])
    return StudyGroup(
        by=by,
        type=kind,
        value=value,
        n=len(events),
        companies=len({e.ticker for e in events}),
        moves=moves,
        rvol=median([e.rvol for e in events if e.rvol is not None]),
    )
