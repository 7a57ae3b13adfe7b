"""``screener run``: one pass, or watch until stopped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from screener.cli.common import App, as_of_option, db_option, say, say_problems


@click.command()
@click.option("--watch", is_flag=True, help="Keep reading until stopped (Ctrl-C).")
@click.option("--feeds", multiple=True, metavar="NAME", help="Only this feed; may repeat.")
@click.option(
    "--items", multiple=True, type=click.Path(), metavar="FILE", help="JSON lines of items (.gz too); may repeat."
)
@click.option(
    "--prices",
    multiple=True,
    metavar="NAME|FILE",
    help="A price source, or a CSV or Parquet file of daily bars; may repeat.",
)
@as_of_option
@db_option
@click.pass_obj
def command(
    app: App,
    watch: bool,
    feeds: tuple[str, ...],
    items: tuple[str, ...],
    prices: tuple[str, ...],
    as_of: dt.datetime | None,
    db: str | None,
) -> None:
    """Read feeds and files, classify, price, rank, and store the list.

    Without --feeds and --items all enabled feeds are read. With --as-of the run is a replay: the clock stands at that
    moment, and what was published later is left out.

    \b
    Example:
      screener run --prices bars.csv.gz
      screener run --feeds edgar --items releases.jsonl.gz --as-of 2025-12-12T23:10:00Z
    """
    from screener.clock import Clock
    from screener.outputs.runs import counts_line
    from screener.pipeline.run import Plan, run_once
    from screener.pipeline.workspace import Workspace

    if watch and as_of:
        raise click.UsageError("--watch follows the present and --as-of the past: give one of them")
    plan = Plan(feeds=feeds, items=tuple(Path(i) for i in items), prices=prices)
    with app.store(db) as store:
        workspace = Workspace(settings=app.settings, store=store, clock=Clock(as_of))
        if watch:
            from screener.cli.alerts import delivering
            from screener.outputs.lines import change_line
            from screener.pipeline.watch import watch_forever

            with delivering(app, store.path) as senders:
                watch_forever(workspace, replace(plan, line=change_line), say, senders)
            return
        try:
            with progress_bar() as progress:
                outcome = run_once(workspace, plan, progress)
        except KeyboardInterrupt:
            say(f"stopped: {counts_line(store.runs.newest(1)[0])}")
            raise
    say_problems(outcome.run.problems)
    say(counts_line(outcome.run))
    say(f"stored in {store.path}; `screener today` shows the list")
    if outcome.collected and all(c.problems and not (c.items or c.filings or c.halts) for c in outcome.collected):
        say("no source gave anything; the list is made from what was stored before")
        raise SystemExit(1)


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int], None]]:
    """Counters on a terminal; silence anywhere else."""
    import sys

    if not sys.stderr.isatty():
        yield lambda _what, _n: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, object] = {}

        def tick(what: str, n: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=None)
            bar.advance(tasks[what], n)  # type: ignore[arg-type]

        yield tick
