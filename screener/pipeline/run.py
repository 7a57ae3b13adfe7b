"""One pass: collect, take in, price, rank, save. The replay of a moment and the live run are the same code.

Only what waits for the network runs in the event loop; the rest runs outside, where Ctrl-C stops it at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import anyio
import msgspec

from screener import clock
from screener.errors import InputError, StoreError
from screener.pipeline import pricing
from screener.pipeline.boundary import attempt_now
from screener.pipeline.changes import Line
from screener.pipeline.collecting import poll, ticker_table
from screener.pipeline.cycle import Brought, brought, new_run, rank_and_store, tickers_of_day
from screener.pipeline.intake.notes import unstorable
from screener.pipeline.intake.taking import Intake, Taken
from screener.pipeline.market_state import refresh_regime
from screener.pipeline.workspace import Workspace
from screener.prices.base import Prices
from screener.types import Collected, FeedSpec, Problem, Run, WatchRow

Progress = Callable[[str, int], None]
"""Told what is being done and how many more are done: ``("items", 250)``."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one pass is to do. Without feeds and items all enabled feeds are read; ``line`` writes a row that changed
    while watching."""

    feeds: tuple[str, ...] = ()
    items: tuple[Path, ...] = ()
    prices: tuple[str, ...] = ()
    rank_by: str = "both"
    line: Line | None = None


@dataclass
class PassResult:
    """What a pass gave: the run, its list, and whether that list is new."""

    run: Run
    rows: list[WatchRow]
    stored: bool
    collected: list[Collected] = field(default_factory=list)


def run_once(workspace: Workspace, plan: Plan, progress: Progress = lambda _what, _n: None) -> PassResult:
    """Do one pass and store it. Raises ScreenerError only for what makes the whole pass pointless.

    Stopped by KeyboardInterrupt, the run's record says so and what it had stored by then.
    """
    # Rules and model are loaded first: a rule that does not load stops the run before anything is fetched.
    run = new_run(workspace)
    feeds = [] if plan.items and not plan.feeds else workspace.chosen_feeds(plan.feeds)
    came = Brought(feeds={f.name for f in feeds})
    with workspace.store.transaction():
        workspace.store.runs.start(run)
    try:
        # A missing file or a misspelt source is found before any feed is asked.
        pricing.file_paths(workspace, plan.prices or workspace.settings.prices.source)
        return _pass(workspace, plan, progress, run, feeds, came)
    except InputError as e:
        # It was not killed: the run says what was wrong with what it was given.
        _stopped(workspace, run, came, Problem(stage="run", subject="stopped", message=str(e), kind="misuse"))
        raise
    except KeyboardInterrupt:
        message = f"stopped with {came.taken.items} new items in {came.taken.new_stories} stories stored"
        _stopped(workspace, run, came, Problem(stage="run", subject="stopped", message=message, kind="stopped"))
        raise


def _stopped(workspace: Workspace, run: Run, came: Brought, problem: Problem) -> None:
    with workspace.store.transaction():
        done = msgspec.structs.replace(run, finished=clock.now(), counts=came.counts(), problems=(problem,))
        workspace.store.runs.finish(done)


def _pass(
    workspace: Workspace, plan: Plan, progress: Progress, run: Run, feeds: list[FeedSpec], came: Brought
) -> PassResult:
    files = [poll.file_items(workspace, plan.items)] if plan.items else []
    collected, problems = anyio.run(_collect, workspace, plan, feeds, progress)
    collected = [*files, *collected]
    take_in(workspace, Intake(workspace), collected, progress, came.taken)
    problems += [p for c in collected for p in c.problems]
    came = brought(collected, came.taken, (f.name for f in feeds), problems)
    came.taken.problems += _prices(workspace, plan, run, progress)
    if not workspace.clock.replay:
        # The list's moment is now: what was just collected and priced is known.
        moment = workspace.clock.now()
        run = msgspec.structs.replace(run, as_of=moment, day=clock.session_day(moment))
    ranked = rank_and_store(workspace, run, came, plan.rank_by)
    refresh_regime(workspace, run.day, run.as_of)
    return PassResult(run=ranked.run, rows=ranked.rows, stored=ranked.stored, collected=collected)


async def _collect(
    workspace: Workspace, plan: Plan, feeds: list[FeedSpec], progress: Progress
) -> tuple[list[Collected], list[Problem]]:
    problems: list[Problem] = []
    async with poll.fetcher(workspace, feeds) as get:
        if poll.list_filings(feeds) or (not plan.items and workspace.feeds_folder is None):
            found = await ticker_table.refresh(workspace, get)
            problems += [found] if found else []
        return await poll.collect_all(workspace, feeds, get, lambda c: progress("feeds", 1)), problems


def _prices(workspace: Workspace, plan: Plan, run: Run, progress: Progress) -> list[Problem]:
    """Bring the store's prices up to date from each of the plan's names (files or sources)."""
    names = plan.prices or workspace.settings.prices.source
    if not names:
        return []
    tickers = tickers_of_day(workspace.store, run.as_of)

    async def ask() -> tuple[list[Prices], list[Problem]]:
        async with poll.fetcher(workspace) as get:
            return await pricing.fetch(workspace, names, tickers, get)

    answers, problems = anyio.run(ask) if pricing.asks_sources(workspace.settings, names) else ([], [])
    pricing.store(workspace, answers)
    for path in pricing.file_paths(workspace, names):
        problems += pricing.load_file(workspace, path, lambda n: progress("bars", n))[1]
    return problems


def take_in(
    workspace: Workspace, intake: Intake, collected: Sequence[Collected], progress: Progress, taken: Taken
) -> None:
    """Store what the feeds gave: items of all feeds in order of receipt, then each feed's filings and state.

    What is done is added to ``taken`` as it is done.
    """
    intake.take((i for c in collected for i in c.items), lambda n: progress("items", n), taken)
    for found in collected:
        done = attempt_now("save", found.feed, partial(intake.finish, found), (StoreError,))
        if isinstance(done, Problem):
            _finish_rest(workspace, intake, found, taken, done)
        else:
            taken.filings += done


def _finish_rest(workspace: Workspace, intake: Intake, found: Collected, taken: Taken, whole: Problem) -> None:
    """Once more, without what breaks it; when that fails too the feed's state stays, so the next run asks again."""
    broken = dict(unstorable(workspace.store, intake.note, found))
    rest = msgspec.structs.replace(
        found,
        filings=tuple(f for f in found.filings if f not in broken),
        halts=tuple(h for h in found.halts if h not in broken),
    )
    done = attempt_now("save", found.feed, partial(intake.finish, rest), (StoreError,))
    taken.problems += broken.values()
    if isinstance(done, Problem):
        taken.problems.append(whole)
    else:
        taken.filings += done
