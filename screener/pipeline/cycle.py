"""One rank-and-store step: the day as it is known now becomes a list, its alerts and the record of what came.

A run calls it once, a watch again and again; both store list, alerts and record in one transaction.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import msgspec

from screener import clock
from screener.pipeline import outcomes
from screener.pipeline.alerts.decision import Arrival, queue_alerts
from screener.pipeline.intake.taking import Taken
from screener.pipeline.ranking import rank_day
from screener.pipeline.workspace import Workspace
from screener.store import Store
from screener.types import Collected, Problem, Run, WatchRow


@dataclass
class Brought:
    """What came since the last list: ``items`` and ``filings`` as the feeds gave them, ``taken`` what became of them."""

    taken: Taken = field(default_factory=Taken)
    feeds: set[str] = field(default_factory=set)
    items: int = 0
    filings: int = 0

    def add(self, other: Brought) -> None:
        """Count another batch in."""
        self.taken.add(other.taken)
        self.feeds |= other.feeds
        self.items += other.items
        self.filings += other.filings

    @property
    def is_news(self) -> bool:
        """Whether there is anything to keep a record of, a new list aside."""
        return bool(self.taken.items or self.taken.problems)

    def counts(self) -> dict[str, int]:
        """The counts of a run's record."""
        return {
            "feeds": len(self.feeds),
            "items": self.items,
            "new_items": self.taken.items,
            "known_items": self.taken.known,
            "filings": self.filings,
            "new_filings": self.taken.filings,
            "new_stories": self.taken.new_stories,
            "tagged": self.taken.tagged,
        }


def brought(
    collected: Collection[Collected], taken: Taken, feeds: Iterable[str], problems: Sequence[Problem]
) -> Brought:
    """What one pass over feeds brought."""
    taken.problems[:0] = problems
    return Brought(
        taken=taken,
        feeds=set(feeds),
        items=sum(len(c.items) for c in collected),
        filings=sum(len(c.filings) for c in collected),
    )


@dataclass(frozen=True)
class Ranked:
    """The finished run, its list, and whether that list is another one than the one before."""

    run: Run
    rows: list[WatchRow]
    stored: bool


def rank_and_store(
    workspace: Workspace,
    run: Run,
    came: Brought,
    by: str,
    *,
    rank: Callable[[Run], list[WatchRow]] | None = None,
    turn: Callable[[], AbstractContextManager[object]] = nullcontext,
    keep_quiet: bool = True,
) -> Ranked:
    """Rank the run's day as of its moment; store list, alerts and the run's record together. Raises StoreError.

    ``rank`` does the ranking where another connection is to read, ``turn`` is what a writer has to hold when others
    write too. Without ``keep_quiet`` a run that found nothing new leaves no trace.
    """
    rows = rank(run) if rank else rank_day(workspace, run.id, run.day, run.as_of, by)
    arrival = Arrival(touched=frozenset(came.taken.touched), classified=came.taken.done)
    with turn():
        store = workspace.store
        with store.transaction():
            store.runs.start(run)
            stored = save_rows(workspace, run, rows, arrival)
            done = _finished(run, came, rows, stored)
            if keep_quiet or came.is_news or stored:
                store.runs.finish(done)
            else:
                store.runs.drop(run)
        outcomes.fill_due(workspace, run.as_of)
    return Ranked(run=done, rows=rows, stored=stored)


def save_rows(workspace: Workspace, run: Run, rows: Sequence[WatchRow], arrival: Arrival) -> bool:
    """Store a run's list and its alerts, inside a transaction; whether the list differs from the one before.

    A replay alerts nobody.
    """
    stored = workspace.store.lists.save(run, rows)
    if not workspace.clock.replay:
        ranked = msgspec.structs.replace(arrival, ranked=clock.now())
        queue_alerts(workspace.store, workspace.settings, rows, ranked)
    return stored


def _finished(run: Run, came: Brought, rows: Sequence[WatchRow], stored: bool) -> Run:
    counts = {**came.counts(), "rows": len(rows), "new_list": int(stored)}
    return msgspec.structs.replace(run, finished=clock.now(), counts=counts, problems=tuple(came.taken.problems))


def new_run(workspace: Workspace) -> Run:
    """A run of this moment, with the digests of rules and model."""
    started, as_of = clock.now(), workspace.clock.now()
    salt = hashlib.sha256(f"{started.isoformat()}|{as_of.isoformat()}".encode()).hexdigest()[:6]
    return Run(
        id=f"{started:%Y%m%dT%H%M%S}-{salt}",
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
