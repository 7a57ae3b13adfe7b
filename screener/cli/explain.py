"""``screener explain``: why a ticker stands where it stands."""

from __future__ import annotations

import datetime as dt

import click

from screener import clock
from screener.cli.common import App, as_of_option, date_option, db_option, format_option, say
from screener.cli.today import chosen_day
from screener.errors import InputError
from screener.language.symbols import typed_ticker


@click.command()
@click.argument("ticker")
@date_option
@as_of_option
@click.option("--all", "everything", is_flag=True, help="All rules that did not fire, not only the near misses.")
@format_option("table", "json")
@db_option
@click.pass_obj
def command(
    app: App,
    ticker: str,
    day: dt.date | None,
    as_of: dt.datetime | None,
    everything: bool,
    form: str,
    db: str | None,
) -> None:
    """Why a ticker stands where it stands and what would change it; then numbers, evidence and rules.

    \b
    Example:
      screener explain ABCD --date 2025-12-12
    """
    from screener.clock import Clock
    from screener.outputs.explanation import explain_json, show_explanation
    from screener.pipeline.explanation import explain
    from screener.pipeline.workspace import Workspace

    ticker = typed_ticker(ticker)
    with app.store(db, readonly=True) as store:
        day = chosen_day(store, day, as_of) or clock.session_day(clock.now())
        rows = store.lists.rows_as_of(day, as_of)
        moved = None
        if rows is None and as_of and store.get_setting("archive"):
            from screener.pipeline.history.pruning import archived_rows

            moved = archived_rows(store, day, as_of)
        moment = as_of or (rows[0].as_of if rows else clock.now())
        workspace = Workspace(settings=app.settings, store=store, clock=Clock(moment))
        found = explain(workspace, ticker, day, moment, moved)
        if not found.stories and found.row is None:
            known = store.lists.history(ticker, 1)
            hint = f"; it was last on the list of {known[0][0]}" if known else "; no list of this database has it"
            say(f"{ticker} has no news in the window of {day}{hint}")
            if not known and workspace.table.by_ticker(ticker) is None and len(workspace.table):
                raise InputError(f"{ticker}: no such ticker in the table of {len(workspace.table)} tickers")
            return
        if form == "json":
            click.echo(explain_json(found), nl=False)
        else:
            show_explanation(app.console(), found, everything=everything)
