"""The first step: one unit of a source becomes sorted runs of items and filings, parted by month.

A run is a file of JSON lines in order of receipt, at most ``RUN_ITEMS`` or ``RUN_BYTES`` of them, so that a file of any
size is read in little memory. Receipt is taken as publication, as in a replay; a line that states when it was received
and not when it was published stands at its receipt, and one that states neither has no place in history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import anyio
import msgspec

from screener.collectors.base import Context, nothing_known
from screener.collectors.file import read_items
from screener.collectors.saved import SavedAnswers, read_saved
from screener.errors import InputError
from screener.pipeline.history.filingfiles import read_submissions
from screener.pipeline.history.itemtable import read_item_table
from screener.pipeline.history.records import CODE, Job, Slice, Unit, UnitDone
from screener.pipeline.history.workfiles import DigestWriter, digest_of, load, save, whole
from screener.pipeline.intake.taking import order_of
from screener.pipeline.workspace import all_feeds, feed_named
from screener.types import FeedState, Filing, Item, Problem

RUN_ITEMS, RUN_BYTES = 20_000, 64_000_000
MOST_PROBLEMS = 1_000
Found = Item | Filing | Problem


def read_unit(job: Job, unit: Unit, needed: frozenset[str] | None = None) -> UnitDone:
    """Read a unit, or say what an earlier call made of it. Nothing in it stops the rest: what is wrong is a Problem.

    The runs of the ``needed`` months (none when None) are there afterwards.
    """
    place = job.work / "units" / f"{unit.key}.json"
    done = load(place, UnitDone)
    if done is not None and not missing(job, done, needed or frozenset()):
        return done
    sorter = _Sorter(job, unit)
    try:
        for found in _found(job, unit):
            sorter.add(found)
    except InputError as e:
        sorter.add(Problem(stage="collect", subject=unit.paths[0], message=str(e), kind="file"))
    done = sorter.done()
    save(place, done)
    return done


def missing(job: Job, done: UnitDone, needed: Collection[str]) -> bool:
    """Whether a run of one of these months is not there any more."""
    slices = [s for months in (done.items, done.filings) for m in needed for s in months.get(m, ())]
    return not all((job.work / s.run).is_file() for s in slices)


def unit_key(kind: str, paths: Iterable[Path], feed: str = "") -> str:
    """What a unit is remembered by: names, sizes and times of change of its files. Raises InputError."""
    parts = [str(CODE), kind, feed]
    for path in paths:
        try:
            stat = path.stat()
        except OSError as e:
            raise InputError(f"{path}: cannot be read ({e.strerror}); check the path") from e
        parts.append(f"{path.resolve()}|{stat.st_size}|{stat.st_mtime_ns}")
    return digest_of(*parts)


def _found(job: Job, unit: Unit) -> Iterator[Found]:
    paths = [Path(p) for p in unit.paths]
    if unit.kind == "filings":
        yield from read_submissions(paths, job.now)
    elif unit.kind == "saved":
        yield from _saved(job, unit.feed, paths)
    else:
        for path in paths:
            rows = read_item_table if path.suffix == ".parquet" else read_items
            yield from rows(path, job.now, job.now, MOST_PROBLEMS)


def _saved(job: Job, name: str, paths: list[Path]) -> Iterator[Found]:
    """A saved answer, read by the collector of its feed."""
    feed = feed_named(all_feeds(job.settings), name)
    options = {**feed.options, "paths": [str(p.resolve()) for p in paths], "payload": feed.kind}
    context = Context(
        fetcher=SavedAnswers([], job.now),
        now=lambda: job.now,
        state=FeedState(name=feed.name),
        as_of=job.now,
        known=nothing_known,
        options={**options, "base_url": feed.url},
        limits=job.limits,
    )
    found = anyio.run(read_saved, msgspec.structs.replace(feed, options=options), context)
    yield from found.problems
    yield from found.filings
    yield from found.items


class _Sorter:
    """Gathers what was read into runs."""

    def __init__(self, job: Job, unit: Unit) -> None:
        self._job, self._unit = job, unit
        self._items: list[tuple[Item, bytes]] = []
        self._filings: list[tuple[Filing, bytes]] = []
        self._bytes = self._runs = self._timeless = 0
        self._found = UnitDone(key=unit.key)
        self._of: dict[str, dict[str, list[Slice]]] = {"items": {}, "filings": {}}
        self._problems: list[Problem] = []

    def add(self, found: Found) -> None:
        """Take one thing that was read."""
        if isinstance(found, Problem):
            if len(self._problems) < MOST_PROBLEMS:
                self._problems.append(found)
            return
        if isinstance(found, Item) and (found.received >= self._job.now):
            self._timeless += 1
            return
        line = msgspec.json.encode(found) + b"\n"
        if isinstance(found, Item):
            self._items.append((found, line))
        else:
            self._filings.append((found, line))
        self._bytes += len(line)
        if self._bytes >= RUN_BYTES or len(self._items) + len(self._filings) >= RUN_ITEMS:
            self._flush()

    def _flush(self) -> None:
        items = sorted(self._items, key=lambda p: (order_of(p[0]), p[1]))
        filings = sorted(self._filings, key=lambda p: (p[0].accepted, p[0].accession, p[1]))
        self._write("items", [(i.received, line) for i, line in items])
        self._write("filings", [(f.accepted, line) for f, line in filings])
        self._items, self._filings, self._bytes = [], [], 0

    def _write(self, what: str, rows: list[tuple[dt.datetime, bytes]]) -> None:
        if not rows:
            return
        name = f"runs/{self._unit.key}-{what}-{self._runs:05d}.jsonl"
        self._runs += 1
        with whole(self._job.work / name) as part, part.open("wb") as stream:
            writer = DigestWriter(stream)
            month = month_of(rows[0][0])
            for moment, line in rows:
                if month_of(moment) != month:
                    self._note(what, month, name, writer)
                    month = month_of(moment)
                    writer.mark()
                writer.write(line)
            self._note(what, month, name, writer)

    def _note(self, what: str, month: str, name: str, writer: DigestWriter) -> None:
        part = Slice(
            run=name, start=writer.start, size=writer.at - writer.start, digest=writer.digest, count=writer.count
        )
        self._of[what].setdefault(month, []).append(part)

    def done(self) -> UnitDone:
        """Write what is left; what the unit gave."""
        self._flush()
        if self._timeless:
            message = f"{self._timeless:,} items that state no time, or one to come, have no place in history: left out"
            self._problems.append(
                Problem(stage="collect", subject=self._unit.paths[0], message=message, kind="no_time")
            )
        parts = {w: {m: tuple(s) for m, s in sorted(months.items())} for w, months in self._of.items()}
        return UnitDone(
            key=self._unit.key, items=parts["items"], filings=parts["filings"], problems=tuple(self._problems)
        )


def month_of(moment: dt.datetime) -> str:
    """``2025-12``, in UTC."""
    return f"{moment.astimezone(dt.UTC):%Y-%m}"
