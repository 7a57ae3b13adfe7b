"""What a watch does with what comes: store it at once, classify it, rank the day, each without waiting for the next.

Two threads work here. One stores and classifies; one ranks, reading through a connection of its own. They share the
one connection that writes, in turns (``turn``). Nothing is given up when the store cannot be written for a while: what
was collected is held and tried again, and the polls wait once the queue is full.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import msgspec

from screener import clock, config
from screener.errors import InputError, ScreenerError
from screener.pipeline import outcomes
from screener.pipeline.alerts.decision import Arrival
from screener.pipeline.intake.taking import Intake, Taken, in_order
from screener.pipeline.ranking import rank_day
from screener.pipeline.run import new_run, save_rows
from screener.pipeline.workspace import Workspace
from screener.store import Store
from screener.types import Collected, Problem, WatchRow

PART = 200
"""Items in one transaction: what a stop signal waits for."""
FORGET_EVERY, MEMORY = 1000, dt.timedelta(days=12)
_SHARED = ("classifier", "rules", "regime_rules", "feeds", "table")

Say = Callable[[str], None]


class WatchWriter:
    """Stores, classifies and ranks for one watch. ``ranker`` is a read-only store of the ranking thread's own."""

    def __init__(self, workspace: Workspace, ranker: Store, by: str, say: Say) -> None:
        self.workspace, self._ranker, self._by, self._say = workspace, ranker, by, say
        self._turn = threading.Lock()
        self._intake = Intake(workspace)
        self._rules_seen = rules_stamp(workspace)
        self._mark = threading.Lock()
        self._told, self._tally, self._feeds = Taken(), dict[str, int](), set[str]()
        self._batches = 0

    @contextmanager
    def turn(self) -> Iterator[Workspace]:
        """The writing connection, for one short piece of work."""
        with self._turn:
            yield self.workspace

    # ---- storing ----

    def store(self, batch: Sequence[Collected], stopped: Callable[[], bool] = lambda: False) -> None:
        """Store what polls brought: their items, then their filings, halts and states. Raises StoreError.

        When ``stopped`` says so between two parts, the rest is left for the next start, states too.
        Doing it again after an error stores nothing twice.
        """
        items = in_order(i for c in batch for i in c.items)
        for start in range(0, len(items), PART):
            if stopped():
                return
            with self._turn:
                taken = self._intake.store(items[start : start + PART])
            self._count(taken, {"items": taken.items + taken.known})
        filings = 0
        if any(c.state or c.filings or c.halts for c in batch):
            with self._turn, self.workspace.store.transaction():
                filings = sum(self._intake.note(c) for c in batch)
        told = Taken(filings=filings, problems=[p for c in batch for p in c.problems])
        self._count(told, {"filings": sum(len(c.filings) for c in batch)}, {c.feed for c in batch})
        self._batches += 1
        if self._batches % FORGET_EVERY == 0:
            self._intake.forget(clock.now() - MEMORY)

    def tag(self) -> int:
        """Classify some of what is stored; how many stories are left. Raises StoreError."""
        if self._intake.untagged:
            with self._turn:
                taken = self._intake.tag()
            self._count(taken, {})
        return self._intake.untagged

    @property
    def untagged(self) -> int:
        """How many stories are stored and not classified yet."""
        return self._intake.untagged

    def tell(self, problems: Sequence[Problem]) -> None:
        """Problems for the next run's record."""
        self._count(Taken(problems=list(problems)), {})

    def _count(self, taken: Taken, counts: dict[str, int], feeds: Collection[str] = ()) -> None:
        with self._mark:
            self._told.add(taken)
            self._feeds.update(feeds)
            for name, n in counts.items():
                self._tally[name] = self._tally.get(name, 0) + n

    # ---- ranking ----

    def rank(self) -> bool:
        """Rank the day as it is stored, and store the list when it is another one, with a record of what came.

        Returns whether a list was stored. An error is said and costs this ranking only.
        """
        told, tally, feeds = self._taken_over()
        try:
            return self._rank(told, tally, feeds)
        except ScreenerError as e:
            self._say(f"the list was not renewed: {e}")
            self._count(told, tally, feeds)
            return False

    def _rank(self, told: Taken, tally: dict[str, int], feeds: set[str]) -> bool:
        run = new_run(self.workspace)
        rows = self._read(lambda workspace: rank_day(workspace, run.id, run.day, run.as_of, self._by))
        arrival = Arrival(touched=frozenset(told.touched), classified=told.done)
        with self._turn:
            with self.workspace.store.transaction():
                runs = self.workspace.store.runs
                runs.start(run)
                stored = save_rows(self.workspace, run, rows, arrival)
                if told.items or told.problems or stored:
                    counts = _counts(told, tally, feeds, rows, stored)
                    runs.finish(
                        msgspec.structs.replace(run, finished=clock.now(), counts=counts, problems=tuple(told.problems))
                    )
                else:
                    runs.drop(run)
            outcomes.fill_due(self.workspace, run.as_of)
        if told.new_stories:
            what = f"{told.new_stories} new stories, {told.tagged} tagged, {len(rows)} rows"
            self._say(f"{clock.eastern(clock.now())}: {what}")
        return stored

    def _taken_over(self) -> tuple[Taken, dict[str, int], set[str]]:
        with self._mark:
            found = self._told, self._tally, self._feeds
            self._told, self._tally, self._feeds = Taken(), {}, set()
        return found

    def _read(self, work: Callable[[Workspace], list[WatchRow]]) -> list[WatchRow]:
        """Work on one unchanging view of the store, while others write."""
        workspace = replace(self.workspace, store=self._ranker)
        workspace.__dict__.update({k: v for k, v in self.workspace.__dict__.items() if k in _SHARED})
        connection = self._ranker.connection
        connection.execute("BEGIN")
        try:
            return work(workspace)
        finally:
            connection.execute("COMMIT")

    def renew_rules(self) -> bool:
        """Pick up changed rule files, True when there were; when the new ones do not load, say why and keep the old."""
        stamp = rules_stamp(self.workspace)
        if stamp == self._rules_seen:
            return False
        self._rules_seen = stamp
        try:
            digest = self.workspace.reload_rules()
        except InputError as e:
            self._say(f"changed rules do not load, the old ones stay: {e}")
            self.tell([Problem(stage="rank", subject="rules", message=str(e), kind="rules")])
        else:
            self._say(f"rules loaded anew ({digest[:8]})")
        return True


def _counts(
    told: Taken, tally: dict[str, int], feeds: set[str], rows: Sequence[WatchRow], stored: bool
) -> dict[str, int]:
    return {
        "feeds": len(feeds),
        "items": tally.get("items", 0),
        "new_items": told.items,
        "known_items": told.known,
        "filings": tally.get("filings", 0),
        "new_filings": told.filings,
        "new_stories": told.new_stories,
        "tagged": told.tagged,
        "rows": len(rows),
        "new_list": int(stored),
    }


def rules_stamp(workspace: Workspace) -> str:
    """Changes whenever a ranking rule file is added, removed or saved."""
    found = hashlib.sha256()
    for folder in config.rule_folders(workspace.settings, "ranking"):
        for path in sorted(folder.glob("*.yml")):
            try:
                stat = path.stat()
            except OSError:  # gone since the folder was listed
                continue
            found.update(f"{path}:{stat.st_mtime_ns}:{stat.st_size};".encode())
    return found.hexdigest()
