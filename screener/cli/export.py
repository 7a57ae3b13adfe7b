"""``screener export``: the list as a CSV file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from screener.cli.common import App, as_of_option, date_option, db_option, say, write_file
from screener.cli.today import chosen_day


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
@date_option
@as_of_option
@db_option
@click.pass_obj
def command(app: App, file: str, day: dt.date | None, as_of: dt.datetime | None, db: str | None) -> None:
    """Write the list of a day as CSV, in the columns of the README.

    \b
    Example:
      screener export watchlist.csv --date 2025-12-12
    """
    from screener.outputs.csvout import csv_text

    with app.store(db, readonly=True) as store:
        day = chosen_day(store, day, as_of)
        rows = store.lists.rows_as_of(day, as_of) if day else None
    if rows is None:
        say(f"no list stored for {day or 'any day'}: the file has the header only; `screener run` makes a list")
    write_file(Path(file), csv_text(rows or []))
    say(f"written: {file} ({len(rows or [])} rows of {day})")
