"""What small caps did after the news, by catalyst type, from stored news and stored prices.

An event is one ticker, one catalyst type, one session: the surest catalyst of the day counts. Day 0 is the session in
which the news first trades: its own date, or the next session when it came after the close or on a closed day.
``move 0`` is day 0 itself; ``move 1, 5, 20`` go from the close of day 0 over so many sessions, so that they show what
was still to come. How moves are measured, and against what, stands in ``followed``.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import msgspec
from msgspec import Struct

from screener import clock
from screener.pipeline.study.estimates import median, spread
from screener.pipeline.study.followed import HORIZONS, Followed, Following
from screener.pipeline.study.records import Spread, Study, StudyGroup
from screener.pipeline.workspace import Workspace
from screener.types import Catalyst, Story

BY = ("type", "stage", "polarity", "cap")
NONE = "(none found)"
SURE = 0.5
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
    following = Following(workspace, {e.day for e in found})
    measured = list(_measured(workspace, found, following, skipped, tick))
    days = [e.day for e in measured]
    return Study(
        made=workspace.clock.now(),
        since=since,
        until=until,
        first=min(days, default=None),
        last=max(days, default=None),
        benchmark=following.benchmark,
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
    following: Following,
    skipped: Counter[str],
    tick: Callable[[int], None],
) -> Iterator[StudyEvent]:
    bands = workspace.universe.bands
    by_day: dict[dt.date, list[StudyEvent]] = {}
    for event in events:
        by_day.setdefault(event.day, []).append(event)
    for day, group in sorted(by_day.items()):
        first_news: dict[str, dt.datetime] = {}
        for event in group:
            first_news[event.ticker] = min(event.published, first_news.get(event.ticker, event.published))
        found = following.of(day, first_news)
        for event in group:
            done = _fill(event, found.get(event.ticker), bands, skipped)
            if done is not None:
                yield done
        tick(len(group))


def _fill(
    event: StudyEvent,
    followed: Followed | None,
    bands: Sequence[tuple[str, float]],
    skipped: Counter[str],
) -> StudyEvent | None:
    if followed is None or followed.after[0] is None:
        skipped["no move on day 0"] += 1
        return None
    move = followed.move
    cap = move.market_cap_at_news or move.market_cap
    if cap is None:
        skipped["market cap unknown"] += 1
        return None
    band = next((name for name, limit in bands if cap < limit), "")
    if not band:
        skipped["no small cap"] += 1
        return None
    return msgspec.structs.replace(event, cap=band, moves=dict(followed.after), rvol=move.rvol)


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
