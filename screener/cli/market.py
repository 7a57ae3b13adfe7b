"""``screener market``: the state of the market for small caps."""

from __future__ import annotations

import datetime as dt

import click

from screener import clock
from screener.cli.common import App, as_of_option, date_option, db_option, emit, format_option, say
from screener.cli.today import priced_day


@click.command()
@date_option
@as_of_option
@format_option("table", "json")
@db_option
@click.pass_obj
def command(app: App, day: dt.date | None, as_of: dt.datetime | None, form: str, db: str | None) -> None:
    """Are small caps following the S&P 500, is breadth broadening, is volume there?

    The card is computed from stored prices as known at the end of the day (or at --as-of), stored, and the same
    whenever it is asked for again.

    \b
    Example:
      screener market --date 2025-12-12
    """
    from screener.clock import Clock
    from screener.outputs.csvout import json_text
    from screener.outputs.market import show_market
    from screener.pipeline.market_state import market_of, relative
    from screener.pipeline.workspace import Workspace

    with app.store(db) as store:
        day = day or priced_day(store, as_of)
        moment = as_of or (clock.news_window(day)[1] if day else clock.now())
        workspace = Workspace(settings=app.settings, store=store, clock=Clock(moment))
        found = market_of(workspace, day, moment) if day else None
        line = relative(workspace, day, moment) if found and day else []
    if form == "json":
        emit(json_text(found) if found else "null\n")
    elif found:
        show_market(app.console(), found, line)
    if found is None:
        missing = "no bars of IWM, SPY or small caps are stored; `screener run --prices FILE`"
        say(f"the market of {day or 'any day'} is unknown: {missing}")
