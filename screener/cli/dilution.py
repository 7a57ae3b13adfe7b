"""``screener dilution``: what a company can sell, at what price, and who else can; ``fetch`` reads its filings."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from screener import clock
from screener.cli.common import (
    App,
    as_of_option,
    db_option,
    emit,
    format_option,
    output_option,
    say,
    say_problems,
    screen_width,
)
from screener.errors import InputError
from screener.language.symbols import typed_ticker

if TYPE_CHECKING:
    from screener.pipeline.dilution.fetching import Fetched


class TickerOrCommand(click.Group):
    """``screener dilution ABCD`` is short for ``screener dilution show ABCD``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; what is no command is a ticker."""
        if args and args[0] not in self.commands:
            args = ["show", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=TickerOrCommand, invoke_without_command=False)
def command() -> None:
    """What a company can sell into a rise, at what price, and who else can.

    \b
    Example:
      screener dilution fetch ABCD
      screener dilution ABCD
    """


@command.command()
@click.argument("ticker")
@as_of_option
@format_option("text", "json", default="text")
@output_option
@db_option
@click.pass_obj
def show(app: App, ticker: str, as_of: dt.datetime | None, form: str, output: str | None, db: str | None) -> None:
    """Five ratings, what is open, who profits from selling, cash, and the ledger with its proofs.

    \b
    Example:
      screener dilution ABCD --as-of 2025-12-12T23:10:00Z
      screener dilution show ABCD --format json
    """
    from screener.clock import Clock
    from screener.outputs.csvout import json_text
    from screener.outputs.dilution import dilution_text
    from screener.pipeline.dilution.company import dilution
    from screener.pipeline.workspace import Workspace

    ticker = typed_ticker(ticker)
    moment = as_of or clock.now()
    with app.store(db, readonly=True) as store:
        if as_of is None and store.get_setting("demo") == "yes" and (newest := store.lists.newest()):
            moment = newest.as_of
        workspace = Workspace(settings=app.settings, store=store, clock=Clock(moment))
        found = dilution(workspace, ticker, moment)
    if found is None:
        raise InputError(
            f"{ticker}: not in the ticker table, and nothing of it has been read; `screener dilution fetch {ticker}` "
            "reads three years of a company's filings"
        )
    emit(json_text(found) if form == "json" else dilution_text(found, min(screen_width(80), 100)), output)


@command.command()
@click.argument("tickers", nargs=-1)
@click.option("--watchlist", "own", is_flag=True, help="The tickers of your own watchlist.")
@click.option("--list", "listed", is_flag=True, help="The tickers of the newest list.")
@click.option("--again", is_flag=True, help="Read filings once more that have been read before.")
@db_option
@click.pass_obj
def fetch(app: App, tickers: tuple[str, ...], own: bool, listed: bool, again: bool, db: str | None) -> None:
    """Read three years of companies' filings: shelves, programmes, prospectuses, deals, and SEC's company facts.

    What has been read is kept: a fetch that was stopped goes on where it stood, and a second one asks for the list of
    filings only. Companies are named by ticker or CIK.

    \b
    Example:
      screener dilution fetch ABCD WXYZ
      screener dilution fetch --watchlist
    """
    from screener.cli.run import progress_bar
    from screener.pipeline.dilution.fetching import fetch_companies
    from screener.pipeline.workspace import Workspace

    with app.store(db) as store:
        names = [typed_ticker(t) for t in tickers]
        names += [t for t, m in store.marks.standing(None).items() if m.listed] if own else []
        if listed and (newest := store.lists.newest()):
            names += [r.ticker for r in store.lists.rows_as_of(newest.day, None) or [] if not r.outside]
        if not names and not (own or listed):
            raise click.UsageError("name tickers, or give --watchlist or --list")
        if not names:
            say("nothing to read: the list asked for is empty")
            return
        workspace = Workspace(settings=app.settings, store=store)
        with progress_bar() as progress:
            done = fetch_companies(workspace, names, progress, again=again)
    for one in done:
        say(_line(one))
        say_problems(one.problems)
    if any(one.problems for one in done):
        raise SystemExit(1)


def _line(one: Fetched) -> str:
    what = f"{one.documents} filings read, {one.entries} entries" if one.documents else "nothing new"
    facts = ", company facts" if one.facts else ""
    return f"{one.ticker or one.cik}: {what}{facts}; {one.requests} request{'s' if one.requests != 1 else ''}"
