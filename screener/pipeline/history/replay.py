"""Past sessions again, walking forward: the list before each open and after each close, with nothing from the future.

A replay reads a store and writes nothing into it: what the lists were when they were made stays what it was. Stories,
prices and history are taken as they were known at the list's own moment; rules, classifier and ticker table are today's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import msgspec
from msgspec import Struct

from screener import clock
from screener.clock import Clock
from screener.engine.load import RuleSet
from screener.errors import InputError
from screener.limits import LINE_BYTES
from screener.pipeline.history.archive import months
from screener.pipeline.history.loading import load_span
from screener.pipeline.history.tagging import classifier_for
from screener.pipeline.pricing import load_file
from screener.pipeline.ranking import LOOK_BACK, candidates, rank_grouped
from screener.pipeline.workspace import Workspace
from screener.store import open_store
from screener.types import Problem, WatchRow

Phase = Literal["before", "after"]
PHASES: tuple[Phase, ...] = ("before", "after")
SETTLED = dt.timedelta(hours=1)
"""After the close: by then the day's own bar is known."""
MOST_LINE = LINE_BYTES * 20


class PastList(Struct, frozen=True, kw_only=True):
    """One session's list as it would have stood before its open or after its close."""

    day: dt.date
    phase: Phase
    as_of: dt.datetime
    rules_digest: str
    model_id: str
    rows: tuple[WatchRow, ...]


def phases_of(word: str) -> tuple[Phase, ...]:
    """The phases that ``before``, ``after`` or ``both`` means."""
    return tuple(p for p in PHASES if word in (p, "both"))


def moment_of(day: dt.date, phase: Phase) -> dt.datetime:
    """The moment of a list: the open, or an hour after the close."""
    return clock.open_time(day) if phase == "before" else clock.close_time(day) + SETTLED


def sessions(first: dt.date, last: dt.date) -> list[dt.date]:
    """The sessions from one date to another. Raises InputError when there is none."""
    day = first if clock.is_session(first) else clock.next_session(first)
    found = []
    while day <= last:
        found.append(day)
        day = clock.next_session(day)
    if not found:
        raise InputError(f"no session of the New York exchanges from {first} to {last}")
    return found


def replay(
    workspace: Workspace,
    days: Sequence[dt.date],
    phases: Sequence[Phase] = PHASES,
    rules: RuleSet | None = None,
    progress: Callable[[str, int], None] = lambda _what, _n: None,
) -> Iterator[PastList]:
    """The lists of these sessions in order, under the workspace's rules unless others are given."""
    for day in days:
        for phase in phases:
            yield list_at(workspace, day, phase, rules)
        progress("sessions", 1)


def list_at(workspace: Workspace, day: dt.date, phase: Phase, rules: RuleSet | None = None) -> PastList:
    """One list."""
    as_of = moment_of(day, phase)
    then = workspace.reading(workspace.store)
    then.clock = Clock(as_of)
    chosen = rules or workspace.rules
    rows = rank_grouped(then, candidates(then, day, as_of), f"replay-{day}-{phase}", day, chosen)
    return PastList(
        day=day, phase=phase, as_of=as_of, rules_digest=chosen.digest, model_id=workspace.classifier.model_id,
        rows=tuple(rows),
    )  # fmt: skip


def stored_lists(workspace: Workspace, days: Sequence[dt.date], phases: Sequence[Phase] = PHASES) -> Iterator[PastList]:
    """The lists that were stored of these sessions, as they stood at the same moments; a day without one is left out."""
    for day in days:
        for phase in phases:
            as_of = moment_of(day, phase)
            rows = workspace.store.lists.rows_as_of(day, as_of)
            if rows is not None:
                yield PastList(
                    day=day, phase=phase, as_of=as_of, rules_digest="", model_id="", rows=tuple(rows)
                )  # fmt: skip


def reranked(workspace: Workspace, day: dt.date, rows: Sequence[WatchRow], rules: RuleSet) -> PastList:
    """A stored day that was ranked under other rules, as of its newest list; a list made before the open is ``before``."""
    as_of = workspace.store.lists.times(day)[-1][0]
    phase: Phase = "before" if as_of <= clock.open_time(day) else "after"
    return PastList(day=day, phase=phase, as_of=as_of, rules_digest=rules.digest, model_id="", rows=tuple(rows))


def read_lists(path: Path) -> list[PastList]:
    """The lists that ``screener replay --output`` wrote. Raises InputError with the line that is none."""
    found: list[PastList] = []
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(iter(lambda: stream.readline(MOST_LINE), b""), 1):
                try:
                    found.append(msgspec.json.decode(line, type=PastList))
                except msgspec.DecodeError as e:
                    raise InputError(f"{path}:{number}: is no list of a replay ({e})") from e
    except OSError as e:
        raise InputError(f"{path}: cannot be read ({e.strerror})") from e
    return found


@contextmanager
def past_workspace(
    workspace: Workspace,
    first: dt.date,
    last: dt.date,
    archive: Path | None,
    prices: Sequence[Path],
    progress: Callable[[str, int], None] = lambda _what, _n: None,
) -> Iterator[tuple[Workspace, list[Problem]]]:
    """A workspace on the news and prices of a span: the workspace's own store, or one made of archive and price files.

    From an archive the three years before ``first`` come too, for what the history of a ticker says.
    """
    if archive is None and not prices:
        yield workspace, []
        return
    problems: list[Problem] = []
    with TemporaryDirectory(prefix="screener-replay-") as folder, open_store(Path(folder) / "past.db") as store:
        past = workspace.reading(store)
        with store.transaction():
            store.listings.replace(workspace.store.listings.all(), workspace.clock.now())
        if archive is None:
            workspace.store.backup(Path(folder) / "own.db")
            with open_store(Path(folder) / "own.db") as own:
                yield _priced(workspace.reading(own), prices, problems), problems
            return
        past.use_classifier(classifier_for(workspace, {m.model_id for m in months(archive)}))
        load_span(archive, store, first - LOOK_BACK, last, progress)
        yield _priced(past, prices, problems), problems


def _priced(workspace: Workspace, prices: Sequence[Path], problems: list[Problem]) -> Workspace:
    for path in prices:
        problems += load_file(workspace, path)[1]
    return workspace
