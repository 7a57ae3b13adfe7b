"""``screener universe``: what counts as a small cap on a day, and why a ticker does not."""

from __future__ import annotations

import datetime as dt

import click

from screener import clock
from screener.cli.common import App, as_of_option, date_option, db_option, emit, format_option, say
from screener.cli.today import priced_day
from screener.language.symbols import typed_ticker


@click.command()
@click.argument("tickers", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="List the excluded ones too, with reasons.")
@date_option
@as_of_option
@format_option("table", "json")
@db_option
@click.pass_obj
def command(
    app: App,
    tickers: tuple[str, ...],
    everything: bool,
    day: dt.date | None,
    as_of: dt.datetime | None,
    form: str,
    db: str | None,
) -> None:
    """The small caps of a day by ``rules/universe.yml``; with TICKERS, why each is in or out.

    \b
    Example:
      screener universe QBKR --date 2026-03-12
    """
    from collections import Counter

    from screener.clock import Clock
    from screener.outputs.csvout import json_text
    from screener.pipeline.market_state import universe
    from screener.pipeline.workspace import Workspace

    with app.store(db, readonly=True) as store:
        day = day or priced_day(store, as_of)
        moment = as_of or (clock.news_window(day)[1] if day else clock.now())
        workspace = Workspace(settings=app.settings, store=store, clock=Clock(moment))
        found = universe(workspace, day, moment) if day else {}
    wanted = [typed_ticker(t) for t in tickers]
    chosen = [m for t, m in sorted(found.items()) if (t in wanted if wanted else everything or m.included)]
    if form == "json":
        emit(json_text(chosen))
        return
    for m in chosen:
        click.echo(
            f"{m.ticker:<8} {'in ' if m.included else 'out'}  {m.band or '-':<6} {m.kind:<12} {'; '.join(m.reasons)}"
        )
    for ticker in wanted:
        if ticker not in found:
            click.echo(f"{ticker:<8} unknown: no bar of {day} is stored")
    bands = Counter(m.band for m in found.values() if m.included)
    counted = ", ".join(f"{n:,} {band}" for band, n in bands.most_common())
    say(f"{day}: {sum(bands.values()):,} of {len(found):,} tickers are in ({counted or 'none'})")
