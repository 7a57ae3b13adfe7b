"""One pass: collect, take in, price, rank, save. The replay of a moment and the live run are the same code."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import msgspec

from screener import clock
from screener.errors import InputError
from screener.pipeline import outcomes, pricing
from screener.pipeline.alerts.decision import Arrival, queue_alerts
from screener.pipeline.collecting import poll
from screener.pipeline.intake.taking import Intake, Taken
from screener.pipeline.market_state import refresh_regime
from screener.pipeline.ranking import rank_day
from screener.pipeline.workspace import Workspace
from screener.store import Store
from screener.types import Collected, FeedSpec, Problem, Run, WatchRow

Progress = Callable[[str, int], None]
"""Told what is being done and how many more are done: ``("items", 250)``."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one pass is to do. Without feeds and items all enabled feeds are read."""

    feeds: tuple[str, ...] = ()
    items: tuple[Path, ...] = ()
    prices: tuple[str, ...] = ()
    table: bytes | None = None
    rank_by: str = "both"


@dataclass
class Outcome:
    """What a pass gave: the run, its list, and whether that list is new."""

    run: Run
    rows: list[WatchRow]
    stored: bool
    collected: list[Collected] = field(default_factory=list)


def run_once(workspace: Workspace, plan: Plan, progress: Progress = lambda _what, _n: None) -> Outcome:
    """Do one pass and store it. Raises ScreenerError only for what makes the whole pass pointless."""
    return anyio.run(_run, workspace, plan, progress)


async def _run(workspace: Workspace, plan: Plan, progress: Progress) -> Outcome:
    # Rules and model are loaded first: a rule that does not load stops the run before anything is fetched.
    run = new_run(workspace)
    feeds = [] if plan.items and not plan.feeds else workspace.chosen_feeds(plan.feeds)
    with workspace.store.transaction():
        workspace.store.runs.start(run)
    try:
        return await _pass(workspace, plan, progress, run, feeds)
    except InputError as e:
        # It was not killed: the run says what was wrong with what it was given.
        problem = Problem(stage="run", subject="stopped", message=str(e), kind="misuse")
        with workspace.store.transaction():
            workspace.store.runs.finish(
                msgspec.structs.replace(run, finished=clock.now(), counts={"feeds": len(feeds)}, problems=(problem,))
            )
        raise


async def _pass(workspace: Workspace, plan: Plan, progress: Progress, run: Run, feeds: list[FeedSpec]) -> Outcome:
    problems: list[Problem] = []
    collected: list[Collected] = []
    async with poll.fetcher(workspace, feeds) as get:
        if any(f.kind == "edgar" for f in feeds) or (not plan.items and workspace.feeds_folder is None):
            found = await poll.refresh_table(workspace, get)
            problems += [found] if found else []
        if plan.items:
            collected.append(poll.file_items(workspace, plan.items))
        collected += await poll.collect_all(workspace, feeds, get, lambda c: progress("feeds", 1))
        taken = take_in(workspace, Intake(workspace), collected, progress)
        problems += [p for c in collected for p in c.problems] + taken.problems
        names = plan.prices or workspace.settings.prices.source
        tickers = tickers_of_day(workspace.store, run.as_of) if names else ()
        problems += await pricing.refresh(workspace, names, tickers, get, lambda n: progress("bars", n))
    if not workspace.clock.replay:
        # The list's moment is now: what was just collected and priced is known.
        moment = workspace.clock.now()
        run = msgspec.structs.replace(run, as_of=moment, day=clock.session_day(moment))
    rows, stored = save_day(
        workspace, run, plan.rank_by, Arrival(touched=frozenset(taken.touched), classified=taken.done)
    )
    refresh_regime(workspace, run.day, run.as_of)
    done = msgspec.structs.replace(
        run,
        finished=clock.now(),
        counts=_counts(collected, taken, feeds, rows, stored),
        problems=tuple(problems),
    )
    with workspace.store.transaction():
        workspace.store.runs.finish(done)
    return Outcome(run=done, rows=rows, stored=stored, collected=collected)


def take_in(workspace: Workspace, intake: Intake, collected: Sequence[Collected], progress: Progress) -> Taken:
    """Store what the feeds gave: items of all feeds in order of receipt, then each feed's filings and state."""
    taken = intake.take((i for c in collected for i in c.items), lambda n: progress("items", n))
    for found in collected:
        taken.filings += intake.finish(found)
    return taken


def save_day(
    workspace: Workspace, run: Run, by: str = "both", arrival: Arrival | None = None
) -> tuple[list[WatchRow], bool]:
    """Rank the run's day as of its moment and store list and alerts together; a replay alerts nobody."""
    rows = rank_day(workspace, run.id, run.day, run.as_of, by)
    with workspace.store.transaction():
        stored = save_rows(workspace, run, rows, arrival)
    outcomes.fill_due(workspace, run.as_of)
    return rows, stored


def save_rows(workspace: Workspace, run: Run, rows: Sequence[WatchRow], arrival: Arrival | None = None) -> bool:
    """Store a run's list and its alerts, inside a transaction; whether the list differs from the one before."""
    stored = workspace.store.lists.save(run, rows)
    if not workspace.clock.replay:
        queue_alerts(
            workspace.store, workspace.settings, rows, msgspec.structs.replace(arrival or Arrival(), ranked=clock.now())
        )
    return stored


def new_run(workspace: Workspace) -> Run:
    """A run of this moment, with the digests of rules and model."""
    started, as_of = clock.now(), workspace.clock.now()
    return Run(
        id=_run_id(started, as_of),
        started=started,
        as_of=as_of,
        day=clock.session_day(as_of),
        replayed=workspace.clock.replay,
        rules_digest=workspace.rules.digest,
        model_id=workspace.classifier.model_id,
    )


def tickers_of_day(store: Store, as_of: dt.datetime) -> list[str]:
    """The issuers in the news window of a moment's session day."""
    start, end = clock.news_window(clock.session_day(as_of))
    found = (s.tickers[0] for s, _, _ in store.stories.window(start, min(end, as_of), as_of) if s.tickers)
    return list(dict.fromkeys(found))


def _run_id(started: dt.datetime, as_of: dt.datetime) -> str:
    salt = hashlib.sha256(f"{started.isoformat()}|{as_of.isoformat()}".encode()).hexdigest()[:6]
    return f"{started:%Y%m%dT%H%M%S}-{salt}"


def _counts(
    collected: Sequence[Collected], taken: Taken, feeds: Sequence[FeedSpec], rows: Sequence[WatchRow], stored: bool
) -> dict[str, int]:
    return {
        "feeds": len(feeds),
        "items": sum(len(c.items) for c in collected),
        "new_items": taken.items,
        "known_items": taken.known,
        "filings": sum(len(c.filings) for c in collected),
        "new_filings": taken.filings,
        "new_stories": taken.new_stories,
        "tagged": taken.tagged,
        "rows": len(rows),
        "new_list": int(stored),
    }
