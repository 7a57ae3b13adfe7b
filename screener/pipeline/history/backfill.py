"""A backfill: sources are read, joined month by month, classified and written, by whoever does the steps.

Reading and classifying are spread over all workers. Joining is one chain of months, each a step, because a story may
come in two of them; classifying is by far the longer work and goes on beside it. A month whose manifest stands and
whose input is the same is not touched.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from screener.errors import InputError
from screener.limits import at_most
from screener.pipeline.history.archive import SCHEMA, TABLES, describe
from screener.pipeline.history.engine import Engine
from screener.pipeline.history.joining import carry_file, join_month, span_of
from screener.pipeline.history.reading import missing, month_of, read_unit
from screener.pipeline.history.records import (
    CODE,
    FROM_STORE,
    Job,
    JoinedMonth,
    MonthDone,
    PartDone,
    Slice,
    Unit,
    UnitDone,
)
from screener.pipeline.history.sources import remember
from screener.pipeline.history.tagging import PART_CHUNKS, model_of, tag_part, write_month_filings
from screener.pipeline.history.workfiles import digest_of, load, save
from screener.types import Problem

Progress = Callable[[str, int], None]
MOST_PROBLEMS = 2_000


@dataclass
class BackfillOutcome:
    """What a backfill did: months done in all and made anew now, and what went wrong in any of its steps."""

    months: list[MonthDone] = field(default_factory=list)
    fresh: int = 0
    problems: list[Problem] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)


@dataclass
class _Month:
    """A month under way: its keys, slices, and the parts that came back."""

    name: str
    join_key: str
    key: str
    items: tuple[Slice, ...]
    filings: tuple[Slice, ...]
    carry: str
    follows: bool
    joined: JoinedMonth | None = None
    waiting: int = 0
    parts: dict[int, PartDone] = field(default_factory=dict)
    failed: bool = False


def backfill(job: Job, units: Sequence[Unit], table: bytes, engine: Engine, progress: Progress) -> BackfillOutcome:
    """Bring the archive up to what the units hold; ``table`` is the ticker table as JSON. Raises InputError."""
    describe(job.archive)
    remember(job.archive, units)
    run = _Backfill(job, engine, progress)
    run.write_table(table)
    done = run.read(units)
    months = run.plan(done)
    todo = [m for m in months if not run.stands(m)]
    if todo:
        months = months[run.first_step(months, months.index(todo[0])) :]
        run.read_again(units, done, frozenset(n for m in months for n in (m.name, _after(m.name))))
        run.make(months)
    return run.outcome([m.name for m in months if not run.stands(m)])


class _Backfill:
    def __init__(self, job: Job, engine: Engine, progress: Progress) -> None:
        self._job, self._engine, self._progress = job, engine, progress
        self._model = model_of(job)
        self._table = self._table_name = ""
        self._problems: list[Problem] = []
        self._fresh = 0

    def write_table(self, table: bytes) -> None:
        """Put the ticker table where every worker sees it."""
        self._table = digest_of(table)
        self._table_name = f"table-{self._table}.json"
        self._job.work.mkdir(parents=True, exist_ok=True)
        (self._job.work / self._table_name).write_bytes(table)

    # ---- reading ----

    def read(self, units: Sequence[Unit]) -> list[UnitDone]:
        """What the units hold, by month."""
        return self._read(units, None)

    def read_again(self, units: Sequence[Unit], done: Sequence[UnitDone], needed: frozenset[str]) -> None:
        """Read once more the units of which runs are gone that are needed again."""
        keys = {d.key for d in done if missing(self._job, d, needed)}
        again = [u for u in units if u.key in keys]
        for path in (p for u in again for p in u.paths if not Path(p).is_file()):
            raise InputError(f"{path}: is needed again, for months that changed, and is gone; put it back")
        self._read(again, needed)

    def _read(self, units: Sequence[Unit], needed: frozenset[str] | None) -> list[UnitDone]:
        for unit in units:
            self._engine.submit(unit.key, read_unit, self._job, unit, needed)
        found: dict[str, UnitDone] = {}
        for _ in units:
            name, done = self._engine.next_done()
            if isinstance(done, UnitDone):
                found[name] = done
                self._progress("items", sum(s.count for slices in done.items.values() for s in slices))
            elif isinstance(done, Problem):
                self._problems.append(done)
        if needed is None:
            self._problems += [p for key in sorted(found) for p in found[key].problems]
        return [found[key] for key in sorted(found)]

    # ---- planning ----

    def plan(self, done: Sequence[UnitDone]) -> list[_Month]:
        """All months in order, with keys that follow from their input and from the months before."""
        names = sorted({m for d in done for m in (*d.items, *d.filings)})
        months: list[_Month] = []
        carry, before = "", ""
        for name in names:
            items = [tuple(s for d in done for s in d.items.get(m, ())) for m in (name, _after(name))]
            filings = tuple(s for d in done for s in d.filings.get(name, ()))
            digests = ["|".join(s.digest for s in part) for part in (*items, filings)]
            follows = before != "" and _after(before) == name
            join_key = digest_of(str(CODE), carry, str(follows), self._table, name, digests[0], digests[1])
            key = digest_of(join_key, digests[2], self._model, str(SCHEMA))
            months.append(_Month(name, join_key, key, items[0] + items[1], filings, carry, follows))
            carry, before = join_key, name
        return months

    def stands(self, month: _Month) -> bool:
        """Whether a month's manifest says that it is done, from the same input."""
        held = load(self._place(month.name), MonthDone)
        if held is not None and held.key.startswith(FROM_STORE):
            what = f"{self._job.archive}: {month.name} holds what `db prune` moved there"
            raise InputError(f"{what}: backfill into another folder")
        return held is not None and held.key == month.key and all(self._is_there(f.path) for f in held.files)

    def _is_there(self, path: str) -> bool:
        return (self._job.archive / path).is_file()

    def first_step(self, months: Sequence[_Month], first: int) -> int:
        """Where the chain of joins has to begin so that a month can be joined: after the last carry that is there."""
        while first > 0 and not carry_file(self._job, months[first].carry).is_file():
            first -= 1
        return first

    # ---- making ----

    def make(self, months: Sequence[_Month]) -> None:
        """Join, classify and write the months."""
        by_name = {m.name: m for m in months}
        order = list(months)
        self._join(order[0])
        busy = 1
        while busy:
            name, done = self._engine.next_done()
            what, _, rest = name.partition(" ")
            month, number = by_name[rest.split(" ")[0]], int(rest.rpartition(" ")[2]) if what == "part" else -1
            if isinstance(done, JoinedMonth):
                busy += self._joined(month, done) - 1
                at = order.index(month) + 1
                if at < len(order):
                    self._join(order[at])
                    busy += 1
            else:
                busy -= 1
                self._part(month, number, done)
            if month.joined is not None and month.waiting == 0:
                self._finish(month)

    def _join(self, month: _Month) -> None:
        self._engine.submit(
            f"join {month.name}", join_month, self._job, month.name, month.join_key, month.carry, month.items,
            self._table_name, follows=month.follows,
        )  # fmt: skip

    def _joined(self, month: _Month, done: JoinedMonth) -> int:
        """Have the parts of a joined month made; how many steps that is."""
        month.joined = done
        if self.stands(month):
            return 0
        chunks = done.chunks
        for number, at in enumerate(range(0, len(chunks), PART_CHUNKS)):
            part = chunks[at : at + PART_CHUNKS]
            name = f"part {month.name} {number}"
            self._engine.submit(name, tag_part, self._job, month.name, number, part, self._model)
            month.waiting += 1
        if month.filings:
            self._engine.submit(f"filings {month.name}", write_month_filings, self._job, month.name, month.filings)
            month.waiting += 1
        return month.waiting

    def _part(self, month: _Month, number: int, done: object) -> None:
        month.waiting -= 1
        if isinstance(done, PartDone):
            month.parts[number] = done
            self._progress("stories", sum(f.rows for f in done.files if f.path.startswith("stories/")))
            return
        month.failed = True
        month.waiting = max(0, month.waiting)
        if isinstance(done, Problem):
            self._problems.append(done)

    def _finish(self, month: _Month) -> None:
        """Write the manifest; drop what the month's older self left behind."""
        joined = month.joined
        if joined is None or month.failed or self.stands(month):
            return
        parts = [month.parts[n] for n in sorted(month.parts)]
        files = tuple(f for p in sorted(month.parts) for f in month.parts[p].files)
        problems = [*joined.problems, *(x for p in parts for x in p.problems)]
        manifest = MonthDone(
            month=month.name, schema=SCHEMA, key=month.key, model_id=self._model, stories=joined.stories,
            items=joined.items, filings=sum(f.rows for f in files if f.path.startswith("filings/")),
            tagged=sum(p.tagged for p in parts), files=tuple(sorted(files, key=lambda f: f.path)),
            problems=at_most(problems, MOST_PROBLEMS, _more),
        )  # fmt: skip
        kept = {self._job.archive / f.path for f in files}
        for table in TABLES:
            for path in (self._job.archive / table / f"month={month.name}").glob("*.parquet"):
                if path not in kept:
                    path.unlink()
        save(self._place(month.name), manifest)
        self._fresh += 1
        self._progress("months", 1)

    def _place(self, month: str) -> Path:
        return self._job.archive / "months" / f"{month}.json"

    # ---- the end ----

    def outcome(self, unfinished: list[str]) -> BackfillOutcome:
        """What was done; when nothing is left to do, what only served the steps is dropped."""
        place = self._job.archive / "months"
        months = [m for p in sorted(place.glob("*.json")) if (m := load(p, MonthDone)) is not None]
        if not unfinished:
            self._tidy()
        told = [*self._problems, *(p for m in months for p in m.problems)]
        return BackfillOutcome(months=months, fresh=self._fresh, problems=told, unfinished=unfinished)

    def _tidy(self) -> None:
        """Keep what tells a later call that nothing changed, and the last carries; drop runs and chunks."""
        for name in ("runs", "joined", "parts"):
            shutil.rmtree(self._job.work / name, ignore_errors=True)
        carries = sorted((self._job.work / "carry").glob("*.db"), key=lambda p: p.stat().st_mtime_ns)
        for path in carries[:-2]:
            path.unlink()


def _after(month: str) -> str:
    return month_of(span_of(month)[1])


def _more(count: int) -> Problem:
    return Problem(stage="backfill", subject="months", message=f"and {count:,} more", kind="more")
