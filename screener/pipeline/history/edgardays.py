"""EDGAR's past days, fetched politely: a day's index and the filings in it that are read whole, as one tar a day.

The tars stay in ``ARCHIVE/fetched``: a day that is there is not asked for again, and a stopped backfill goes on with the
first day that is missing. One process asks, at the pace that SEC allows, however many workers there are.
"""

from __future__ import annotations

import datetime as dt
import io
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

import anyio

from screener import clock
from screener.collectors.base import error_kind
from screener.collectors.dailyindex import index_days, index_url, parse_index
from screener.collectors.filings import submission_url
from screener.collectors.getcurrent import filing, join
from screener.errors import FetchError
from screener.http import Fetcher
from screener.pipeline.collecting import poll
from screener.pipeline.collecting.filing_queue import AT_ONCE, GIVES_UP_AFTER, forms_fetched
from screener.pipeline.history.filingfiles import INDEX, UNSEEN
from screener.pipeline.history.workfiles import whole
from screener.pipeline.workspace import Workspace
from screener.sec.forms import Choice
from screener.types import Filing, Problem


async def fetch_days(
    workspace: Workspace, archive: Path, first: dt.date, last: dt.date, progress: Callable[[str, int], None]
) -> tuple[list[Path], list[Problem]]:
    """The tars of all weekdays from ``first`` to ``last`` that have an index, fetched where they are missing.

    A day of which too much cannot be had is left for the next call, with a Problem.
    """
    tars: list[Path] = []
    problems: list[Problem] = []
    start, end = (dt.datetime.combine(d, dt.time(12), clock.NEW_YORK) for d in (first, last))
    async with poll.fetcher(workspace) as get:
        for day in index_days(start, end):
            path = archive / "fetched" / f"{day.isoformat()}.tar.gz"
            if not path.is_file():
                found = await _Day(workspace, get, day).fetch(path)
                problems += found
                if len(found) >= GIVES_UP_AFTER:
                    break
            if path.is_file():
                tars.append(path)
                progress("days", 1)
    return tars, problems


class _Day:
    """One day being fetched."""

    def __init__(self, workspace: Workspace, get: Fetcher, day: dt.date) -> None:
        self._workspace, self._get, self._day = workspace, get, day
        self._base = workspace.settings.edgar.base_url
        self._bodies: dict[str, bytes] = {}
        self._problems: list[Problem] = []
        self._row = 0

    async def fetch(self, path: Path) -> list[Problem]:
        """Write the day's tar; nothing on a day without an index, or when too much is missing."""
        try:
            index = (await self._get.get(index_url(self._base, self._day))).body
        except FetchError as e:
            if e.status != 404:  # a holiday has no index
                self._failed(str(self._day), e)
            return self._problems
        entries = parse_index(index, self._base).entries
        chosen = Choice(forms_fetched(self._workspace))
        filings = [filing(roles, UNSEEN, True) for roles in join(entries).values()]
        await self._fetch_all([f for f in filings if f.form in chosen])
        if self._row < GIVES_UP_AFTER:
            with whole(path) as part:
                _write(part, [*sorted(self._bodies.items()), (f"{self._day}{INDEX}", index)])
        return self._problems

    async def _fetch_all(self, filings: Sequence[Filing]) -> None:
        limit = anyio.CapacityLimiter(AT_ONCE)

        async def one(what: Filing) -> None:
            async with limit:
                if self._row >= GIVES_UP_AFTER:
                    return
                try:
                    answer = await self._get.get(submission_url(what, self._base))
                except (FetchError, ValueError) as e:
                    self._failed(f"{what.form} {what.accession}", e)
                    return
            self._row = 0
            self._bodies[f"{what.accession}.txt"] = answer.body

        async with anyio.create_task_group() as group:
            for what in filings:
                group.start_soon(one, what)

    def _failed(self, subject: str, error: Exception) -> None:
        self._row += 1
        self._problems.append(
            Problem(stage="collect", subject=f"edgar {subject}", message=str(error), kind=error_kind(error))
        )


def _write(path: Path, members: Sequence[tuple[str, bytes]]) -> None:
    with tarfile.open(path, "w:gz", compresslevel=6) as tar:
        for name, body in members:
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
