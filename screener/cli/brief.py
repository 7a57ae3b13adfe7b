"""``screener brief``: the day on one page of Markdown."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

import click

from screener.cli.common import App, as_of_option, date_option, db_option, emit, output_option, say
from screener.cli.today import chosen_day
from screener.errors import AlertError, InputError


@click.command()
@date_option
@as_of_option
@click.option("--top", type=click.IntRange(1), default=8, show_default=True, help="Rows of each kind.")
@click.option("--send", is_flag=True, help="Send it to the [alerts] urls that people read.")
@output_option
@db_option
@click.pass_obj
def command(
    app: App, day: dt.date | None, as_of: dt.datetime | None, top: int, send: bool, output: str | None, db: str | None
) -> None:
    """The day in Markdown for a newsletter: market, best rows with one sentence each, trouble, known dates.

    \b
    Example:
      screener brief --output brief.md
      screener brief --send        (from a timer, before the open and after the close)
    """
    from screener.outputs.brief import day_brief

    with app.store(db, readonly=True) as store:
        day = chosen_day(store, day, as_of)
        if day is None:
            raise InputError("no list stored for any day: `screener run` makes one")
        title, text = day_brief(store, app.settings, day, as_of, top)
    if send:
        _send(app, title, text)
    if output or not send:
        emit(text, output)


def _send(app: App, subject: str, text: str) -> None:
    from screener.outputs.alerts.service import Service, is_service
    from screener.store.channels import channels

    wanted = [c for c in channels(app.settings.alerts.urls) if is_service(c)]
    if not wanted:
        raise InputError("no channel for people: set [alerts] urls to a mail or chat address of Apprise")
    bad = 0
    for channel in wanted:
        try:
            with closing(Service(channel, 0.0, app.settings.alerts.timeout)) as service:
                service.write(subject, text)
        except AlertError as e:
            bad += 1
            say(f"{channel.shown}: failed: {e}")
        else:
            say(f"{channel.shown}: sent")
    if bad:
        raise AlertError(f"{bad} of {len(wanted)} channels did not take the brief")
