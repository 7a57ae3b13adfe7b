"""``screener backtest``: what past lists were worth."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from screener.cli.common import App, db_option, emit, format_option, output_option, say, say_problems
from screener.cli.replay import span_options


@click.command()
@span_options
@click.option(
    "--lists", type=click.Path(), metavar="FILE", help="Lists that `screener replay` wrote, instead of making them."
)
@click.option("--stored", is_flag=True, help="The lists as they were stored at the time.")
@click.option("--least", type=click.IntRange(1), default=10, show_default=True, help="Smallest group to show.")
@format_option("table", "json", "html")
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
    lists: str | None,
    stored: bool,
    least: int,
    form: str,
    output: str | None,
    db: str | None,
) -> None:
    """Score lists and rules against what followed: calibration, precision at ten, turnover, decay, against plain orders.

    It replays the sessions (see `screener replay`), or takes lists that were stored or written before. The intervals
    are over days and companies. It claims no profit: its limits stand in the report.

    \b
    Example:
      screener backtest --from 2025-11-03 --to 2025-12-18 --archive history --prices bars.parquet
      screener backtest --from 2025-11-03 --to 2025-12-18 --stored --format html --output report.html
    """
    from screener.cli.run import progress_bar
    from screener.engine.load import load_rules
    from screener.outputs.backtest import backtest_lines, backtest_page
    from screener.outputs.csvout import json_text
    from screener.pipeline.history.replay import past_workspace, phases_of, read_lists, replay, sessions, stored_lists
    from screener.pipeline.history.scoring import backtest
    from screener.pipeline.workspace import Workspace

    if bool(lists) + stored + bool(rules) > 1:
        raise click.UsageError("--lists, --stored and --rules say each where the lists come from: give one of them")
    days, phases = sessions(first, last), phases_of(phase)
    chosen = load_rules([Path(rules)]) if rules else None
    with app.store(db) as store, progress_bar() as progress:
        own = Workspace(settings=app.settings, store=store)
        files = [Path(p) for p in prices]
        with past_workspace(own, days[0], days[-1], Path(archive) if archive else None, files, progress) as (
            past,
            wrong,
        ):
            say_problems(wrong)
            if lists:
                made = [one for one in read_lists(Path(lists)) if one.day in set(days) and one.phase in phases]
            else:
                made = list(stored_lists(own, days, phases) if stored else replay(past, days, phases, chosen, progress))
            found = backtest(past, made, progress)
    if not any(p.rows for p in found.phases):
        say("nothing to score: no row of these sessions has a known move; it needs their daily bars (--prices)")
    if form == "json":
        emit(json_text(found), output)
    elif form == "html":
        emit(backtest_page(found, least), output)
    else:
        emit("\n".join(backtest_lines(found, least)) + "\n", output)
