"""``screener db``: the database file itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from screener import clock
from screener.cli.common import App, db_option, say
from screener.errors import InputError


@click.group()
def command() -> None:
    """The database: where it is, copies of it, what to drop, and the ticker table.

    \b
    Example:
      screener db path
    """


@command.command()
@db_option
@click.pass_obj
def path(app: App, db: str | None) -> None:
    """Where the database is.

    \b
    Example:
      screener db path
    """
    click.echo(app.path(db))


@command.command()
@click.argument("file", type=click.Path(dir_okay=False))
@db_option
@click.pass_obj
def backup(app: App, file: str, db: str | None) -> None:
    """Write a consistent copy, also while a watch is running.

    \b
    Example:
      screener db backup screener-copy.db
    """
    target = Path(file)
    if target.exists():
        raise InputError(f"{target}: exists already; name a new file")
    with app.store(db, readonly=True) as store:
        store.backup(target)
    say(f"written and checked: {target} ({target.stat().st_size:,} bytes)")


@command.command()
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    metavar="D",
    help="Drop what was published before this date.",
)
@click.option("--archive", type=click.Path(file_okay=False), metavar="FOLDER", help="Move them there instead.")
@click.option("--yes", is_flag=True, help="Do it; without this only the counts are shown.")
@db_option
@click.pass_obj
def prune(app: App, before: dt.datetime, archive: str | None, yes: bool, db: str | None) -> None:
    """Drop stories, filings and superseded lists from before a date; the last list of each day stays.

    With --archive they move into a folder of Parquet files, where --as-of still finds the lists, and from where
    `screener backfill FOLDER --into DB` brings the news back.

    \b
    Example:
      screener db prune --before 2025-01-01 --yes
    """
    day = before.date()
    with app.store(db) as store:
        if archive and yes:
            from screener.cli.run import progress_bar
            from screener.pipeline.history.pruning import move_before

            with progress_bar() as progress:
                counts = move_before(store, Path(archive), day, progress)
        else:
            with store.transaction():
                counts = store.prune(day, dry=not yes)
            if yes:
                store.compact()
    word = ("moved or dropped" if archive else "dropped") if yes else "would drop"
    say("; ".join(f"{word} {n:,} {name}" for name, n in counts.items()) + ("" if yes else "; add --yes to do it"))


@command.command("update-tickers")
@click.argument("file", required=False, type=click.Path(dir_okay=False))
@db_option
@click.pass_obj
def update_tickers(app: App, file: str | None, db: str | None) -> None:
    """Load SEC's ticker table, from FILE or fetched from {base_url}/files/company_tickers_exchange.json.

    FILE may also be a securities list as CSV (.gz too) with the columns ticker or symbol, sector and industry, such as
    the one that the stock screener of nasdaq.com offers: its sectors are kept for --sector and movers.

    \b
    Example:
      screener db update-tickers company_tickers_exchange.json
      screener db update-tickers nasdaq_screener.csv
    """
    import anyio

    from screener.pipeline.collecting import poll, ticker_table
    from screener.pipeline.workspace import Workspace

    with app.store(db) as store:
        workspace = Workspace(settings=app.settings, store=store)
        if file:
            try:
                raw = Path(file).read_bytes()
            except OSError as e:
                raise InputError(f"{file}: cannot be read ({e.strerror})") from e
            if raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"[", b"<", b""):
                say(f"{ticker_table.load_sectors(workspace, raw, file, clock.now()):,} tickers have a sector")
                return
            ticker_table.load(workspace, raw, file, clock.now())
        else:
            with store.transaction():
                store.set_setting("table_checked", "")

            async def fetch() -> None:
                async with poll.fetcher(workspace) as get:
                    problem = await ticker_table.refresh(workspace, get)
                    if problem:
                        say(f"problem: {problem.message}")
                        raise SystemExit(1)

            anyio.run(fetch)
        say(f"{len(workspace.table):,} tickers in {store.path}")
