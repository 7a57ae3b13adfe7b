"""``screener calendar``: known dates ahead."""

from __future__ import annotations

import datetime as dt

import click

from screener import clock
from screener.cli.common import App, as_of_option, db_option, emit, format_option, output_option, say, screen_width
from screener.language.symbols import typed_ticker


@click.command()
@click.option("--days", type=click.IntRange(1, 760), default=60, show_default=True, help="So many days ahead.")
@click.option("--ticker", default="", metavar="TICKER", help="Only dates of this ticker.")
@as_of_option
@format_option("table", "json")
@output_option
@db_option
@click.pass_obj
def command(
    app: App, days: int, ticker: str, as_of: dt.datetime | None, form: str, output: str | None, db: str | None
) -> None:
    """Dates that stored news named: FDA decisions, splits taking effect, meetings, compliance deadlines, lock-ups.

    Without --as-of they are those ahead of now, or of the newest list where the store has slept longer than a month.

    \b
    Example:
      screener calendar --days 30
      screener calendar --ticker ABCD --format json
    """
    from screener.outputs.csvout import json_text
    from screener.outputs.movers import date_lines

    with app.store(db, readonly=True) as store:
        moment = as_of or clock.now()
        newest = None if as_of else store.lists.newest()
        if newest and moment - newest.as_of > dt.timedelta(days=30):
            moment = newest.as_of
        first = clock.new_york_date(moment)
        dates = store.calendar.dates(first, first + dt.timedelta(days=days), moment, ticker=typed_ticker(ticker))
        dates = store.calendar.titled(dates)
    if form == "json":
        emit(json_text(dates), output)
    elif dates:
        emit("\n".join(date_lines(dates, screen_width())) + "\n", output)
    if not dates:
        say(f"no date is known for the {days} days from {first}")
