"""``screener movers``: what moved, with and without news."""

from __future__ import annotations

import datetime as dt

import click

from screener import clock
from screener.cli.common import (
    App,
    as_of_option,
    date_option,
    db_option,
    emit,
    format_option,
    output_option,
    say,
    screen_width,
)
from screener.cli.today import priced_day


@click.command()
@date_option
@as_of_option
@click.option("--min-change", type=click.FloatRange(0), metavar="PCT", help="Up or down at least this [movers].")
@click.option("--min-dollar-volume", metavar="USD", help="Dollars traded at least, e.g. 1M [movers].")
@format_option("table", "json", "csv")
@output_option
@db_option
@click.pass_obj
def command(
    app: App,
    day: dt.date | None,
    as_of: dt.datetime | None,
    min_change: float | None,
    min_dollar_volume: str | None,
    form: str,
    output: str | None,
    db: str | None,
) -> None:
    """The day's small-cap movers: 15 % or more, up or down, on a million dollars or more.

    Those on the list come with their row; apart stand those that moved with no news found, with the last known news
    of theirs and its age.

    \b
    Example:
      screener movers --date 2025-12-12
      screener movers --min-change 30 --min-dollar-volume 5M --format csv
    """
    from screener.clock import Clock
    from screener.engine.selection import amount
    from screener.outputs.csvout import json_text
    from screener.outputs.movers import mover_lines, movers_csv
    from screener.pipeline.movers import movers
    from screener.pipeline.workspace import Workspace

    wanted = app.settings.movers
    least = wanted.min_change if min_change is None else min_change
    traded = wanted.min_dollar_volume if min_dollar_volume is None else amount(min_dollar_volume)
    with app.store(db, readonly=True) as store:
        day = day or priced_day(store, as_of)
        moment = as_of or (clock.news_window(day)[1] if day else clock.now())
        workspace = Workspace(settings=app.settings, store=store, clock=Clock(moment))
        found = movers(workspace, day, moment, least, traded) if day else []
    if form != "table":
        emit(json_text(found) if form == "json" else movers_csv(found), output)
    elif found:
        emit("\n".join(mover_lines(found, screen_width())), output)
    if not found:
        say(f"no small cap moved {least:g} % on {traded:,.0f} dollars on {day or 'any day with prices'}")
