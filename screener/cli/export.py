"""``screener export``: the list as a CSV file."""

from __future__ import annotations

import datetime as dt

import click

from screener.cli.common import App, as_of_option, date_option, db_option, emit, say
from screener.cli.today import read_list, visible


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@date_option
@as_of_option
@click.option("--all", "everything", is_flag=True, help="Also what is no small cap of the universe.")
@db_option
@click.pass_obj
def command(
    app: App, file: str, day: dt.date | None, as_of: dt.datetime | None, everything: bool, db: str | None
) -> None:
    """Write the list of a day as CSV, in the columns of the README; ``-`` is standard output.

    \b
    Example:
      screener export watchlist.csv --date 2025-12-12
      screener export - | column -s, -t
    """
    from screener.outputs.csvout import csv_text

    listed = read_list(app, db, day, as_of)
    if listed.rows is None:
        say(f"no list stored for {listed.day or 'any day'}: there is the header only; `screener run` makes a list")
    rows = visible(listed.rows or [], everything=everything)
    emit(csv_text(rows), None if file == "-" else file)
    if file != "-":
        say(f"{len(rows)} rows of {listed.day}")
