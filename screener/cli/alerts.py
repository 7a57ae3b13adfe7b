"""``screener alerts``: what was alerted, what was not and why; send, test, feed files."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener import clock
from screener.cli.common import App, Moment, date_option, db_option, emit, format_option, say, write_file
from screener.errors import AlertError, InputError, ScreenerError
from screener.language.symbols import typed_ticker
from screener.types.words import ALERT_STATES

if TYPE_CHECKING:
    from screener.outputs.alerts.courier import Courier
    from screener.store import Store

PATIENCE = 5.0
TURN = 15.0
"""Seconds a watch waits for an ``alerts send`` that is just delivering."""


@click.group()
def command() -> None:
    """Alerts: what went out, what did not and why.

    Channels are [alerts] urls: Apprise addresses, jsonl:PATH, jsonl:-, webhook+https://...,
    program:PATH, bell:.

    \b
    Example:
      screener alerts test
      screener alerts why-not ABCD
    """


@contextmanager
def delivering(app: App, path: Path) -> Iterator[Sequence[Courier]]:
    """The couriers of a watch: none without channels, none while another process delivers from this database."""
    if not app.settings.alerts.urls:
        yield ()
        return
    from screener.outputs.alerts.courier import couriers
    from screener.store.sender_lock import only_sender

    with only_sender(path, TURN) as alone:
        if not alone:
            say("alerts: another screener delivers from this database; this one only stores them")
            yield ()
            return
        with couriers(app.settings, path) as found:
            say(f"alerts go to {', '.join(c.channel.shown for c in found)}")
            yield found


def _shown(store: Store) -> dict[str, str]:
    return {g.name: g.shown for g in store.outbox.gates()}


@command.command("list")
@click.option("--ticker", default="", metavar="TICKER", help="Only this ticker's.")
@click.option("--state", type=click.Choice(ALERT_STATES), help="Only these.")
@click.option("--since", type=Moment(), metavar="T", help="Only what was decided since, e.g. 2025-12-12T13:00:00Z.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@format_option("table", "json", "jsonl")
@db_option
@click.pass_obj
def list_(
    app: App, ticker: str, state: str | None, since: dt.datetime | None, limit: int, form: str, db: str | None
) -> None:
    """What went out, what is owed, what was held back and why, newest first.

    \b
    Example:
      screener alerts list --state dead
    """
    from screener.outputs.alerts.listing import alert_lines, alert_objects, channel_lines
    from screener.outputs.csvout import json_text
    from screener.store.channels import channels

    with app.store(db, readonly=True) as store:
        found = store.outbox.alerts(since, typed_ticker(ticker), state or "", limit)
        shown, gates, counts = _shown(store), store.outbox.gates(), store.outbox.counts()
    if form != "table":
        emit(json_text(alert_objects(found, shown), lines=form == "jsonl"))
        return
    for line in alert_lines(found, shown):
        click.echo(line)
    configured = {c.name: c.shown for c in channels(app.settings.alerts.urls)}
    for line in channel_lines(gates, configured, counts):
        say(line)


@command.command()
@click.option("--dead", is_flag=True, help="Also try again what was given up.")
@click.option("--wait", type=click.FloatRange(0), default=PATIENCE, show_default=True, metavar="SECONDS",
              help="Wait this long at most for a channel that is due again.")  # fmt: skip
@date_option
@db_option
@click.pass_obj
def send(app: App, dead: bool, wait: float, day: dt.date | None, db: str | None) -> None:
    """Decide on the newest stored list, and deliver what is owed.

    A watch does this by itself; this is for `screener run` from a timer.

    \b
    Example:
      screener run && screener alerts send
    """
    from screener.outputs.alerts.courier import couriers
    from screener.pipeline.alerts.decision import Arrival, adopt, queue_alerts
    from screener.store.sender_lock import only_sender

    if not app.settings.alerts.urls:
        raise InputError("no channel: set [alerts] urls in screener.toml, or SCREENER_ALERTS__URLS=jsonl:-")
    with app.store(db) as store:
        now = clock.now()
        day = day or next(iter(store.lists.days(1)), None)
        rows = store.lists.rows_as_of(day) if day else None
        with store.transaction():
            if rows:
                queue_alerts(store, app.settings, rows, Arrival(), now)
            if day:
                adopt(store, app.settings, day, now)
            if dead:
                say(f"{store.outbox.revive(now)} dead deliveries are tried again")
    with only_sender(app.path(db)) as alone:
        if not alone:
            say("another screener (a watch?) delivers from this database; what is owed is in its hands")
            return
        with couriers(app.settings, app.path(db)) as found:
            _drain(found, wait)


def _drain(found: Sequence[Courier], patience: float) -> None:
    """Deliver until nothing is due within the patience; each channel in its own thread.

    Ctrl-C does not wait for a slow receiver: what it was being handed goes out again under the same key.
    """
    import threading

    from screener.outputs.alerts.courier import drain

    left: dict[str, float | None] = {}
    errors: list[Exception] = []

    def deliver(courier: Courier) -> None:
        try:
            left[courier.channel.name] = drain(courier, patience)
        except (ScreenerError, sqlite3.Error) as e:
            errors.append(e)

    threads = [threading.Thread(target=deliver, args=(c,), daemon=True) for c in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.2)
    if errors:
        raise errors[0]
    for courier in found:
        later = left[courier.channel.name]
        waits = f"; the next try is due in {later:.0f} s" if later is not None else ""
        problem = f"; {courier.failed} failed: {courier.last_error}" if courier.failed else ""
        say(f"{courier.channel.shown}: {courier.sent} sent{problem}{waits}")
    if any(c.failed for c in found):
        raise AlertError("not everything could be delivered; it stays in the outbox (`screener alerts list`)")


@command.command()
@click.pass_obj
def test(app: App) -> None:
    """Send a marked sample to every channel, past filters and outbox.

    \b
    Example:
      screener alerts test
    """
    from screener.outputs.alerts.base import Message, hand_over
    from screener.outputs.alerts.listing import sample
    from screener.outputs.alerts.open import open_channel
    from screener.store.channels import channels, scrub

    alerts = app.settings.alerts
    if not alerts.urls:
        raise InputError("no channel: set [alerts] urls in screener.toml, or SCREENER_ALERTS__URLS=jsonl:-")
    bad = 0
    for channel in channels(alerts.urls):
        made = sample(clock.now())
        try:
            out = open_channel(channel, alerts)
            message = Message(key=f"{made.id}.{channel.name}", alerts=(made,), page_url=alerts.page_url, test=True)
            with closing(out):
                hand_over(out, message)
        except AlertError as e:
            bad += 1
            say(f"{channel.shown}: failed: {scrub(str(e), [channel.url])}")
        else:
            unsigned = " (unsigned: set [alerts] secret)" if "webhook" in channel.scheme and not alerts.secret else ""
            say(f"{channel.shown}: sent{unsigned}")
    if bad:
        raise AlertError(f"{bad} of {len(alerts.urls)} channels did not take the sample")


@command.command()
@click.argument("alert_id", metavar="ID")
@db_option
@click.pass_obj
def why(app: App, alert_id: str, db: str | None) -> None:
    """One alert in full: the message, what it told, its times, and what became of it on each channel.

    \b
    Example:
      screener alerts why 3f2a
    """
    from screener.outputs.alerts.listing import alert_text

    with app.store(db, readonly=True) as store:
        records = store.outbox.alert(alert_id)
        shown = _shown(store)
    if not records:
        raise InputError(f"no alert {alert_id!r}; `screener alerts list` shows their ids")
    click.echo(alert_text(records, shown, app.settings.alerts.page_url), nl=False)


@command.command("why-not")
@click.argument("ticker")
@date_option
@db_option
@click.pass_obj
def why_not(app: App, ticker: str, day: dt.date | None, db: str | None) -> None:
    """What stands between a ticker and an alert: every filter with its value and setting.

    \b
    Example:
      screener alerts why-not ABCD
    """
    from screener.outputs.alerts.listing import alert_lines
    from screener.pipeline.alerts.decision import why_not as checks

    ticker = typed_ticker(ticker)
    with app.store(db, readonly=True) as store:
        day = day or next(iter(store.lists.days(1)), None)
        rows = (store.lists.rows_as_of(day) if day else None) or []
        row = next((r for r in rows if r.ticker == ticker), None)
        told = list(alert_lines(store.outbox.alerts(ticker=ticker), _shown(store)))
        found = checks(store, app.settings, row, clock.now()) if row else []
    if row is None:
        say(
            f"{ticker} is not on the list of {day or 'any day'}: no news that a rule matches (`screener explain {ticker}`)"
        )
    for check in found:
        click.echo(f"{'pass' if check.passed else 'STOP'}  {check.name:<18} {check.said}")
    if row is not None and all(c.passed for c in found):
        say("nothing stands in the way: it is alerted with the next ranking, or by `screener alerts send`")
    for line in told:
        click.echo(line)


@command.command()
@click.option("--atom", type=click.Path(dir_okay=False), metavar="FILE", help="Write an Atom feed.")
@click.option("--json", "json_", type=click.Path(dir_okay=False), metavar="FILE", help="Write a JSON Feed.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@db_option
@click.pass_obj
def feed(app: App, atom: str | None, json_: str | None, limit: int, db: str | None) -> None:
    """The newest alerts as Atom and JSON Feed files; without a file, the JSON Feed on standard output.

    \b
    Example:
      screener alerts feed --atom alerts.atom --json alerts.json
    """
    from screener.outputs.feeds import atom_feed, json_feed, unique

    with app.store(db, readonly=True) as store:
        alerts = unique(store.outbox.alerts(limit=limit * 10))[:limit]
    page = app.settings.alerts.page_url
    for target, render in ((atom, atom_feed), (json_, json_feed)):
        if target:
            write_file(Path(target), render(alerts, page))
            say(f"written: {target} ({len(alerts)} alerts)")
    if not atom and not json_:
        emit(json_feed(alerts, page))


@command.command()
@click.option("--since", type=Moment(), metavar="T", help="Only alerts decided since.")
@format_option("table", "json")
@db_option
@click.pass_obj
def latency(app: App, since: dt.datetime | None, form: str, db: str | None) -> None:
    """Seconds from publication to delivery, stage by stage: p50, p95, p99.

    \b
    Example:
      screener alerts latency --since 2025-12-12T13:00:00Z
    """
    import json

    from screener.outputs.alerts.listing import latency as measure
    from screener.outputs.alerts.listing import latency_lines

    with app.store(db, readonly=True) as store:
        table = measure(store.outbox.alerts(since, limit=100_000))
    if form == "json":
        names = ("span", "n", "p50", "p95", "p99")
        emit(json.dumps([dict(zip(names, row, strict=True)) for row in table], indent=2) + "\n")
        return
    if not table:
        say("no alert was measured yet: a watch measures each")
    for line in latency_lines(table) if table else ():
        click.echo(line)
