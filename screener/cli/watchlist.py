"""``screener watchlist``: your own marks, and a ticker's history."""

from __future__ import annotations

import datetime as dt
import re

import click

from screener import clock
from screener.cli.common import App, Moment, as_of_option, date_option, db_option, emit, format_option, say
from screener.cli.today import chosen_day
from screener.errors import InputError
from screener.language.symbols import typed_ticker

PAIRS = {"pin": "unpin", "mute": "unmute", "add": "remove"}


@click.group()
def command() -> None:
    """Your own marks on tickers, and how a ticker or a list changed.

    \b
    Example:
      screener watchlist add ABCD --note "watching the PDUFA date"
    """


# "not a ticker!" comes out of the normal form as a line of a line of NOT.
_TICKER = re.compile(r"[A-Z0-9]{1,8}(?:[.-][A-Z0-9]{1,4}){0,2}")


def _mark(
    app: App, db: str | None, tickers: tuple[str, ...], action: str, note: str = "", *, force: bool = True
) -> None:
    cleaned = [typed_ticker(t) for t in tickers]
    bad = [t for t in cleaned if not _TICKER.fullmatch(t)]
    if bad:
        raise InputError(
            f"{', '.join(b.strip() or 'an empty word' for b in bad)}: no ticker; write letters such as ABCD or BRK-B"
        )
    with app.store(db) as store, store.transaction():
        known = set() if force else {x.ticker for x in store.listings.all()}
        strange = [t for t in cleaned if t not in known] if known else []
        if strange:
            raise InputError(
                f"{', '.join(strange)}: not in the table of {len(known):,} tickers; --force marks it anyway"
            )
        for ticker in cleaned:
            store.marks.add(ticker, action, note, clock.now())
    say(f"{action}: {', '.join(cleaned)}")


def _command(action: str, text: str) -> None:
    @command.command(action, help=f"{text}\n\n\b\nExample:\n  screener watchlist {action} ABCD")
    @click.argument("tickers", nargs=-1, required=True)
    @click.option("--note", default="", help="A note kept with it.")
    @click.option("--force", is_flag=True, help="Also a ticker that the ticker table does not know.")
    @db_option
    @click.pass_obj
    def run(app: App, tickers: tuple[str, ...], note: str, force: bool, db: str | None) -> None:
        _mark(app, db, tickers, action, note, force=force or action not in ("add", "pin"))


for _action, _text in (
    ("add", "Put tickers on your own watchlist."),
    ("remove", "Take tickers off your own watchlist."),
    ("pin", "Keep tickers on top of `screener today`, whatever its filters."),
    ("unpin", "Undo a pin."),
    ("mute", "No alerts about these tickers."),
    ("unmute", "Undo a mute."),
):
    _command(_action, _text)


@command.command()
@click.argument("ticker")
@click.argument("text")
@db_option
@click.pass_obj
def note(app: App, ticker: str, text: str, db: str | None) -> None:
    """Write a note about a ticker.

    \b
    Example:
      screener watchlist note ABCD "cash until March"
    """
    _mark(app, db, (ticker,), "note", text)


@command.command("list")
@format_option("table", "json")
@as_of_option
@db_option
@click.pass_obj
def list_(app: App, form: str, as_of: dt.datetime | None, db: str | None) -> None:
    """Your own tickers with their marks and notes.

    \b
    Example:
      screener watchlist list
    """
    from screener.outputs.csvout import json_text
    from screener.outputs.marks import mark_lines, marked_tickers

    with app.store(db, readonly=True) as store:
        marks = marked_tickers(store.marks.standing(as_of))
    if form == "json":
        emit(json_text(marks))
        return
    if not marks:
        say("nothing marked yet: `screener watchlist add ABCD`")
    for line in mark_lines(marks):
        click.echo(line)


@command.command()
@click.argument("ticker")
@click.option("--limit", type=click.IntRange(1), default=30, show_default=True)
@format_option("table", "json")
@db_option
@click.pass_obj
def history(app: App, ticker: str, limit: int, form: str, db: str | None) -> None:
    """A ticker's places on the lists, newest day first, and what it did later.

    \b
    Example:
      screener watchlist history ABCD
    """
    from screener.outputs.csvout import json_text
    from screener.outputs.outcomes import history_lines, history_records

    ticker = typed_ticker(ticker)
    with app.store(db, readonly=True) as store:
        rows = store.lists.history(ticker, limit)
        later = store.outcomes.of_ticker(ticker, clock.now())
    if form == "json":
        emit(json_text(history_records(rows, later)))
        return
    if not rows:
        say(f"{ticker} was on no stored list")
    for line in history_lines(rows, later):
        click.echo(line)


@command.command()
@date_option
@as_of_option
@click.option("--fill", is_flag=True, help="First fill in what became known since, for all stored days.")
@format_option("table", "json")
@db_option
@click.pass_obj
def outcomes(app: App, day: dt.date | None, as_of: dt.datetime | None, fill: bool, form: str, db: str | None) -> None:
    """What the tickers of a day's list did later: to the close, one and five sessions on, since first listed.

    With --as-of the list and the moves are those known at that moment. Runs fill in the last month by themselves.

    \b
    Example:
      screener watchlist outcomes --date 2025-12-12
    """
    from screener.outputs.csvout import json_text
    from screener.outputs.outcomes import outcome_lines, outcome_records

    with app.store(db, readonly=not fill) as store:
        if fill:
            from screener.pipeline.outcomes import fill as fill_all
            from screener.pipeline.workspace import Workspace

            workspace = Workspace(settings=app.settings, store=store)
            say(f"{fill_all(workspace, clock.now(), since=dt.date.min)} moves filled in")
        day = chosen_day(store, day, as_of)
        rows = store.lists.rows_as_of(day, as_of) if day else None
        later = store.outcomes.of_day(day, as_of) if day else {}
    if rows is None:
        say(f"no list stored for {day or 'any day'}{' by then' if as_of else ''}: `screener run` makes one")
    if form == "json":
        emit(json_text(outcome_records(rows or [], later)))
        return
    for line in outcome_lines(rows or [], later):
        click.echo(line)


@command.command()
@click.option("--since", type=Moment(), required=True, metavar="T", help="Compare with the list that stood then.")
@date_option
@as_of_option
@db_option
@click.pass_obj
def changes(app: App, since: dt.datetime, day: dt.date | None, as_of: dt.datetime | None, db: str | None) -> None:
    """What entered, left or moved on a day's list since a moment.

    \b
    Example:
      screener watchlist changes --since 2025-12-12T20:00:00Z --date 2025-12-12
    """
    from screener.engine.compare import diff, summary

    with app.store(db, readonly=True) as store:
        day = chosen_day(store, day, as_of)
        old = store.lists.rows_as_of(day, since) if day else None
        new = store.lists.rows_as_of(day, as_of) if day else None
    click.echo(summary(diff(old or [], new or [])))
