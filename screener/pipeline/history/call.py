"""One call of a backfill: what the user asked for becomes a job, its units, and an engine that does them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import anyio
import msgspec

from screener import clock
from screener.config import Rules
from screener.entities.tickers import parse_table
from screener.errors import InputError
from screener.pipeline.history.backfill import BackfillOutcome, Progress, backfill
from screener.pipeline.history.edgardays import fetch_days
from screener.pipeline.history.engine import default_workers, engine
from screener.pipeline.history.records import Job
from screener.pipeline.history.sources import BackfillSources, units_of, with_remembered
from screener.pipeline.workspace import Workspace
from screener.types import Problem


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What the user asked for. ``days`` are the first and last day to be fetched from EDGAR; ``tickers`` is a file in
    SEC's format, by default the table in the database; ``workers`` None means one a processor."""

    sources: BackfillSources
    days: tuple[dt.date, dt.date] | None = None
    tickers: Path | None = None
    workers: int | None = None
    scheduler: str = ""
    memory: str = "2GB"
    wordings_only: bool = False


def run_backfill(
    workspace: Workspace, archive: Path, call: Call, progress: Progress = lambda _w, _n: None
) -> BackfillOutcome:
    """Do a backfill. Raises InputError for what the user named, ClusterError when the scheduler is not there."""
    archive = archive.resolve()
    sources, problems = _fetched(workspace, archive, call, progress)
    units = with_remembered(archive, units_of(sources))
    job = Job(
        archive=archive,
        now=clock.now(),
        rules=_absolute(workspace),
        limits=workspace.settings.limits,
        wordings_only=call.wordings_only,
    )
    workers = 0 if call.scheduler else default_workers() if call.workers is None else call.workers
    with engine(workers, call.scheduler, call.memory) as who:
        outcome = backfill(job, units, _table(workspace, call.tickers), who, progress)
    outcome.problems[:0] = problems
    return outcome


def _fetched(
    workspace: Workspace, archive: Path, call: Call, progress: Progress
) -> tuple[BackfillSources, list[Problem]]:
    if call.days is None:
        return call.sources, []
    if call.days[0] > call.days[1]:
        raise InputError(f"--edgar {call.days[0]} {call.days[1]}: the first day is after the last")
    tars, problems = anyio.run(fetch_days, workspace, archive, *call.days, progress)
    return msgspec.structs.replace(call.sources, spooled=tuple(tars)), problems


def _absolute(workspace: Workspace) -> Rules:
    rules = workspace.settings.rules
    return msgspec.structs.replace(rules, folders=tuple(str(Path(f).expanduser().resolve()) for f in rules.folders))


def _table(workspace: Workspace, path: Path | None) -> bytes:
    """The ticker table as JSON."""
    if path is None:
        return msgspec.json.encode(workspace.store.listings.all())
    try:
        raw = path.read_bytes()
    except OSError as e:
        raise InputError(f"{path}: cannot be read ({e.strerror})") from e
    return msgspec.json.encode(parse_table(raw, str(path)))
