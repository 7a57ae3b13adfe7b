"""What a watch does with what comes: store it at once, classify it, rank the day, each without waiting for the next.

Two threads work here. One stores and classifies; one ranks, reading through a connection of its own. They share the
one connection that writes, in turns (``turn``). Nothing is given up when the store cannot be written for a while: what
was collected is held and tried again, and the polls wait once the queue is full. An item, a filing or a halt that cannot
be stored for another reason is tried again for a while (``held``), then left out with a Problem.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from screener import clock, config
from screener.errors import InputError, StoreError
from screener.pipeline.boundary import attempt_now
from screener.pipeline.changes import Changes, Line
from screener.pipeline.cycle import Brought, Ranked, new_run, rank_and_store
from screener.pipeline.held import Held, key_of
from screener.pipeline.intake.notes import unstorable
from screener.pipeline.intake.taking import Intake, LeftOut, Taken, in_order
from screener.pipeline.ranking import rank_day
from screener.pipeline.workspace import Workspace
from screener.store import Store
from screener.types import Collected, FeedState, Item, Problem, Run, WatchRow

PART = 200
"""Items in one transaction: what a stop signal waits for."""
FORGET_EVERY, MEMORY = 1000, dt.timedelta(days=12)

Say = Callable[[str], None]


class WatchWriter:
    """Stores, classifies and ranks for one watch. ``ranker`` is a read-only store of the ranking thread's own."""

    def __init__(self, workspace: Workspace, ranker: Store, by: str, say: Say, line: Line | None = None) -> None:
        self.workspace, self._ranker, self._by, self._say, self._line = workspace, ranker, by, say, line
        self._changes: Changes | None = None
        self._turn = threading.Lock()
        self._intake = Intake(workspace)
        self.held = Held()
        self._rules_seen = rules_stamp(workspace)
        self._mark = threading.Lock()
        self._came = Brought()
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
        done = attempt_now("save", "order", lambda: in_order(i for c in batch for i in c.items))
        items = [i for c in batch for i in c.items] if isinstance(done, Problem) else done
        left: list[LeftOut] = []
        stored = 0
        for start in range(0, len(items), PART):
            if stopped():
                return
            taken = self._take(items[start : start + PART])
            left += taken.left_out
            stored += taken.items
            self._count(Brought(taken=taken, items=taken.items + taken.known))
        batch, failed = self.held.settle(batch, left, stored)
        self.tell(failed)
        filings, broken = self._note([c for c in batch if c.state or c.filings or c.halts])
        told = Taken(filings=filings, problems=[*(p for c in batch for p in c.problems), *broken])
        self._count(Brought(taken=told, feeds={c.feed for c in batch}, filings=sum(len(c.filings) for c in batch)))
        self._batches += 1
        if self._batches % FORGET_EVERY == 0:
            self._intake.forget(clock.now() - MEMORY)

    def _take(self, items: Sequence[Item]) -> Taken:
        """Store a part; when that fails as a whole, its items one by one."""

        def take() -> Taken:
            with self._turn:
                return self._intake.store(items)

        done = attempt_now("save", f"{items[0].source} {items[0].source_id}"[:200], take, (StoreError,))
        if not isinstance(done, Problem):
            return done
        if len(items) == 1:
            return Taken(left_out=[LeftOut(items[0], done)])
        taken = Taken()
        for item in items:
            taken.add(self._take([item]))
        return taken

    def _note(self, batch: Sequence[Collected]) -> tuple[int, list[Problem]]:
        """Store filings, halts and states together; a feed whose own cannot be stored is held."""
        if not batch:
            return 0, []

        def note() -> int:
            with self._turn, self.workspace.store.transaction():
                return sum(self._intake.note(c) for c in batch)

        done = attempt_now("save", batch[0].feed, note, (StoreError,))
        if not isinstance(done, Problem):
            self.held.noted(batch)
            return done, []
        if len(batch) == 1:
            return 0, self._hold(batch[0], done)
        parts = [self._note([c]) for c in batch]
        return sum(n for n, _ in parts), [p for _, problems in parts for p in problems]

    def _hold(self, one: Collected, problem: Problem) -> list[Problem]:
        """Hold a feed's notes to be tried again; the problems of what is given up, or fails for long."""
        with self._turn:
            broken = {key_of(p): said for p, said in unstorable(self.workspace.store, self._intake.note, one)}
        whole = key_of(one.state or FeedState(name=one.feed))
        return self.held.hold(one, broken or {whole: problem})

    def tag(self) -> bool:
        """Classify some of what is stored; whether there was anything. Raises StoreError."""
        with self._turn:
            taken = self._intake.tag()
        self._count(Brought(taken=taken))
        return bool(taken.touched)

    @property
    def behind(self) -> bool:
        """Whether stories may be stored that are not classified yet."""
        return self._intake.behind

    def tell(self, problems: Sequence[Problem]) -> None:
        """Problems for the next run's record."""
        self._count(Brought(taken=Taken(problems=list(problems))))

    def _count(self, came: Brought) -> None:
        with self._mark:
            self._came.add(came)

    # ---- ranking ----

    def rank(self) -> bool:
        """Rank the day as it is stored, and store the list when it is another one, with a record of what came.

        Returns whether a list was stored. An error is said and costs this ranking only.
        """
        with self._mark:
            came, self._came = self._came, Brought()
        run = new_run(self.workspace)
        before = self._stood(run) if self._changes is None else ()
        done = attempt_now("rank", "list", lambda: self._rank(run, came))
        if isinstance(done, Problem):
            self._say(f"the list was not renewed: {done.message.removeprefix('list: ')}")
            # What could not be recorded is told by the next record; the error once, however long it lasts.
            if done not in came.taken.problems:
                came.taken.problems.append(done)
            self._count(came)
            return False
        self._say_changes(before, came, done.rows)
        return done.stored

    def _say_changes(self, before: Sequence[WatchRow], came: Brought, rows: Sequence[WatchRow]) -> None:
        """One line of counts when there was news, and one for each row that says something new."""
        if self._changes is None:
            self._changes = Changes(before)
        if came.taken.new_stories or came.taken.tagged:
            small = sum(not r.outside for r in rows)
            what = f"{came.taken.new_stories} new stories, {came.taken.tagged} tagged, {small} small caps listed"
            self._say(f"{clock.eastern(clock.now())}: {what}")
        for text in self._changes.lines(rows, self._line) if self._line else ():
            self._say(text)

    def _stood(self, run: Run) -> Sequence[WatchRow]:
        """The list that stood when this watch began; none when it cannot be read now."""
        held = attempt_now("rank", "list", lambda: self._ranker.lists.rows_as_of(run.day) or [])
        return () if isinstance(held, Problem) else held

    def _rank(self, run: Run, came: Brought) -> Ranked:
        return rank_and_store(
            self.workspace, run, came, self._by, rank=self._ranked, turn=lambda: self._turn, keep_quiet=False
        )

    def _ranked(self, run: Run) -> list[WatchRow]:
        """The day's list from one unchanging view of the store, while others write."""
        with self._ranker.snapshot():
            return rank_day(self.workspace.reading(self._ranker), run.id, run.day, run.as_of, self._by)

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
