"""``screener runs``: what was run, and what went wrong."""

from __future__ import annotations

import click

from screener.cli.common import App, db_option, emit, format_option, say


@click.command()
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="How many of the newest.")
@click.option("--problems", is_flag=True, help="All problems, not the first three of each run.")
@format_option("table", "json", "jsonl")
@db_option
@click.pass_obj
def command(app: App, limit: int, problems: bool, form: str, db: str | None) -> None:
    """The newest runs: when, as of when, what they read and stored, and their problems.

    \b
    Example:
      screener runs --limit 3 --problems
    """
    with app.store(db, readonly=True) as store:
        runs = store.runs.newest(limit)
    if form != "table":
        from screener.outputs.csvout import json_text

        emit(json_text(runs, lines=form == "jsonl"))
        return
    if not runs:
        say("no run stored yet: `screener run` or `screener demo` makes one")
    from screener.outputs.runs import show_runs

    show_runs(app.console(), runs, 10_000 if problems else 3)
