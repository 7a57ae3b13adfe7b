"""``screener replay``: the lists of past sessions, walking forward."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from screener.cli.common import App, DayParam, db_option, emit, output_option, say, say_problems

F = TypeVar("F", bound=Callable[..., Any])


def span_options(function: F) -> F:
    """``--from``, ``--to``, ``--archive``, ``--prices``, ``--rules``, ``--phase``: which sessions, from what."""
    options = (
        click.option("--from", "first", type=DayParam(), required=True, metavar="D", help="First session."),
        click.option("--to", "last", type=DayParam(), required=True, metavar="D", help="Last session."),
        click.option("--archive", type=click.Path(file_okay=False), metavar="FOLDER", help="News from a backfill's archive."),
        click.option("--prices", multiple=True, type=click.Path(), metavar="FILE", help="Daily bars; may repeat."),
        click.option("--rules", type=click.Path(exists=True), metavar="FOLDER", help="Ranking rules in place of yours."),
        click.option("--phase", type=click.Choice(("both", "before", "after")), default="both", show_default=True,
                     help="Lists before the open, after the close, or both."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


@click.command()
@span_options
@output_option
@db_option
@click.pass_obj
def command(
    app: App,
    first: dt.date,
    last: dt.date,
    archive: str | None,
    prices: tuple[str, ...],
    rules: str | None,
    phase: str,
    output: str | None,
    db: str | None,
) -> None:
    """Build each session's list as it would have stood before the open and after the close: one JSON line a list.

    News and prices come from the database, or from an archive and files of bars; nothing that came later is looked at.
    The database is only read.

    \b
    Example:
      screener replay --from 2025-11-03 --to 2025-11-28 --archive history --prices bars.parquet --output lists.jsonl
    """
    from screener.cli.run import progress_bar
    from screener.engine.load import load_rules
    from screener.outputs.csvout import json_text
    from screener.pipeline.history.replay import past_workspace, phases_of, replay, sessions
    from screener.pipeline.workspace import Workspace

    days = sessions(first, last)
    chosen = load_rules([Path(rules)]) if rules else None
    with app.store(db) as store, progress_bar() as progress:
        own = Workspace(settings=app.settings, store=store)
        files = [Path(p) for p in prices]
        with past_workspace(own, days[0], days[-1], Path(archive) if archive else None, files, progress) as (
            past,
            wrong,
        ):
            say_problems(wrong)
            lists = list(replay(past, days, phases_of(phase), chosen, progress))
    emit(json_text(lists, lines=True), output)
    say(f"{len(lists)} lists of {len(days)} sessions, {sum(len(one.rows) for one in lists):,} rows")
