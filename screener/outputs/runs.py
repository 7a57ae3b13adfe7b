"""Runs and their problems in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from screener.clock import eastern
from screener.outputs.table import clean
from screener.types import Run


def counts_line(run: Run) -> str:
    """What a run did, in words."""
    c = run.counts
    if not c:
        return "did not finish (killed or still running); its stored batches are kept"
    return (
        f"{c.get('feeds', 0)} feeds, {c.get('items', 0):,} items ({c.get('new_items', 0):,} new), "
        f"{c.get('filings', 0):,} filings ({c.get('new_filings', 0):,} new), {c.get('new_stories', 0):,} new stories, "
        f"{c.get('tagged', 0):,} tagged, " + _listed(run)
    )


def _listed(run: Run) -> str:
    rows = run.counts.get("rows")
    if rows is None:
        return "no list made"
    return f"{rows:,} rows" + ("" if run.counts.get("new_list") else ", list unchanged")


def show_runs(console: Console, runs: Sequence[Run], problems: int) -> None:
    """Print runs, newest first, each with at most so many problems."""
    for run in runs:
        seconds = f"{(run.finished - run.started).total_seconds():.1f} s" if run.finished else "unfinished"
        kind = f"replay as of {eastern(run.as_of)}" if run.replayed else "live"
        console.print(Text(f"{run.id}  {eastern(run.started)}  {kind}, {seconds}", style="bold"))
        console.print(Text(f"  {counts_line(run)}"))
        for p in run.problems[:problems]:
            console.print(Text(clean(f"  ! {p.stage}: {p.subject}: {p.message}"), style="yellow"))
        if len(run.problems) > problems:
            console.print(Text(f"  ! and {len(run.problems) - problems} more: --problems shows them", style="yellow"))
