"""A study of files: the same code as a study of the store, on a database that lives as long as the study."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path

from screener.collectors.file import read_items
from screener.pipeline.intake.taking import Intake
from screener.pipeline.pricing import load_file
from screener.pipeline.study.records import Study
from screener.pipeline.study.study import run_study
from screener.pipeline.workspace import Workspace
from screener.store import open_store
from screener.types import Item, Problem


def study_files(
    workspace: Workspace, items: Sequence[Path], prices: Sequence[Path], since: dt.date | None, until: dt.date | None
) -> tuple[Study, list[Problem]]:
    """Study items and bars from files with the workspace's rules, classifier and ticker table. Raises InputError.

    Items without a publication time are left out and counted among the problems: what moved after them is unknown.
    """
    with tempfile.TemporaryDirectory(prefix="screener-study-") as folder, open_store(Path(folder) / "s.db") as store:
        own = workspace.reading(store)
        with store.transaction():
            store.listings.replace(workspace.store.listings.all(), workspace.clock.now())
        problems = fill(own, items, prices, since, until)
        return run_study(own, since, until), problems


def fill(
    workspace: Workspace,
    items: Sequence[Path],
    prices: Sequence[Path],
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> list[Problem]:
    """Take items and bars from files into a workspace's store, as a replay would: received when published."""
    now, problems, taken = workspace.clock.now(), [], []
    for path in items:
        unknown = 0
        for found in read_items(path, now, now):
            if isinstance(found, Problem):
                problems.append(found)
            elif found.published is None:
                unknown += 1
            elif _within(found, since, until):
                taken.append(found)
        if unknown:
            message = f"{unknown} items without a publication time left out"
            problems.append(Problem(stage="collect", subject=str(path), message=message, kind="no_time"))
    Intake(workspace).take(taken)
    for path in prices:
        problems += load_file(workspace, path)[1]
    return problems


def _within(item: Item, since: dt.date | None, until: dt.date | None) -> bool:
    """Whether an item can belong to a span of days; a few days of slack keep the copies of one story together."""
    if item.published is None:
        return False
    day, slack = item.published.date(), dt.timedelta(days=6)
    return (since is None or day >= since - slack) and (until is None or day <= until + slack)
