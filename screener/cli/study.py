"""``screener study``: what small caps did after each kind of news."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from screener.cli.common import App, DayParam, db_option, emit, format_option, say, say_problems

GROUPS = ("type", "stage", "polarity", "cap")


@click.command()
@click.option(
    "--items", multiple=True, type=click.Path(), metavar="FILE", help="JSON lines of items (.gz too); may repeat."
)
@click.option("--prices", multiple=True, type=click.Path(), metavar="FILE", help="Daily bars for them; may repeat.")
@click.option("--since", type=DayParam(), metavar="D", help="Only news that first traded on or after this session.")
@click.option("--until", type=DayParam(), metavar="D", help="Only news that first traded on or before this session.")
@click.option("--by", type=click.Choice(GROUPS), default="type", show_default=True, help="Split the types further.")
@click.option("--least", type=click.IntRange(1), default=20, show_default=True, help="Smallest group to show.")
@format_option("table", "json", "chart")
@db_option
@click.pass_obj
def command(
    app: App,
    items: tuple[str, ...],
    prices: tuple[str, ...],
    since: dt.date | None,
    until: dt.date | None,
    by: str,
    least: int,
    form: str,
    db: str | None,
) -> None:
    """What small caps did after each kind of news: medians, means, intervals, with their limits.

    Studies the stored history, or the files given with --items and --prices. The result is kept in the database.

    \b
    Example:
      screener study --since 2025-10-01
      screener study --items releases.jsonl.gz --prices bars.csv.gz --format chart
    """
    from screener.outputs.csvout import json_text
    from screener.outputs.study import chart_lines, study_lines
    from screener.pipeline.study.files import study_files
    from screener.pipeline.study.records import save
    from screener.pipeline.study.study import run_study
    from screener.pipeline.workspace import Workspace

    with app.store(db) as store:
        workspace = Workspace(settings=app.settings, store=store)
        if items or prices:
            study, problems = study_files(workspace, [Path(i) for i in items], [Path(p) for p in prices], since, until)
            say_problems(problems)
        else:
            study = run_study(workspace, since, until)
        if study.events:
            save(workspace.store, study)
    if not study.events:
        say("nothing to study: it needs stored news of small caps and their daily bars (or --items and --prices)")
    if form == "json":
        emit(json_text(study))
        return
    lines = chart_lines(study, by, least) if form == "chart" else study_lines(study, by, least)
    emit("\n".join(lines) + "\n")
