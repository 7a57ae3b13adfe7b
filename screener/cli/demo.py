"""``screener demo``: the whole job on the embedded, invented market day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from screener.cli.common import App, db_option, say, say_problems

SHOWN = 25


@click.command()
@db_option
@click.pass_obj
def command(app: App, db: str | None) -> None:
    """The whole job on an invented market day: saved feeds and filings to the ranked list.

    Every company, ticker and word of that day is invented. The database is a file of its own, made anew each time.

    \b
    Example:
      screener demo
      screener explain QBKR --db DEMO.db
    """
    import platformdirs

    from screener import yamlfile
    from screener.cli.run import progress_bar
    from screener.clock import Clock, parse_time
    from screener.config import Settings, built_in
    from screener.outputs.runs import counts_line
    from screener.outputs.table import show_list
    from screener.pipeline.collecting import ticker_table
    from screener.pipeline.run import Plan, run_once
    from screener.pipeline.workspace import Workspace
    from screener.store import open_store

    folder = built_in("data") / "demo"
    about = yamlfile.load(folder / "demo.yml")
    as_of, files = parse_time(about["as_of"]), about["files"]
    path = Path(db) if db else Path(platformdirs.user_data_dir("screener")) / "demo.db"
    _start_anew(path, chosen=db is not None)
    with open_store(path) as store, progress_bar() as progress:
        # The user's own settings and rules stay out: the demo shows the same list everywhere.
        workspace = Workspace(
            settings=Settings(), store=store, clock=Clock(as_of), feeds_folder=folder / files["feeds"]
        )
        ticker_table.load(workspace, (folder / files["tickers"]).read_bytes(), str(folder / files["tickers"]), as_of)
        ticker_table.load_sectors(workspace, (folder / files["sectors"]).read_bytes(), files["sectors"], as_of)
        with store.transaction():
            store.set_setting("demo", "yes")
        outcome = run_once(workspace, Plan(prices=(str(folder / files["prices"]),)), progress)
        regime = store.regimes.of_day(outcome.run.day, as_of)
    say_problems(outcome.run.problems)
    click.echo(f"{about['title']}. All companies, tickers and news are invented.")
    show_list(app.console(), outcome.rows[:SHOWN], dt.date.fromisoformat(about["day"]), as_of, regime)
    if len(outcome.rows) > SHOWN:
        click.echo(f"The first {SHOWN} of {len(outcome.rows)} rows; all of them: screener today --db {path}")
    click.echo(counts_line(outcome.run))
    click.echo(f"Database: {path}")
    click.echo(f"Next: screener explain {outcome.rows[0].ticker if outcome.rows else 'TICKER'} --db {path}")


def _start_anew(path: Path, *, chosen: bool) -> None:
    """Remove the last demo's database; a file the user names is only replaced when it is a demo's."""
    from screener.errors import InputError

    if not path.exists():
        return
    if chosen:
        from screener.store import open_store

        with open_store(path, readonly=True) as store:
            if store.get_setting("demo") != "yes" and store.counts()["stories"]:
                raise InputError(f"{path}: holds something else than a demo; give a new file with --db")
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    say(f"made anew: {path}")
