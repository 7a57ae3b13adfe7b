"""``screener backfill``: years of news into an archive of Parquet files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener.cli.common import App, DayParam, db_option, say, say_problems

if TYPE_CHECKING:
    from screener.pipeline.history.backfill import BackfillOutcome


@click.command()
@click.argument("archive", type=click.Path(file_okay=False))
@click.option(
    "--items", multiple=True, type=click.Path(), metavar="FILE", help="JSON lines (.gz too) or Parquet; may repeat."
)
@click.option(
    "--filings", multiple=True, type=click.Path(), metavar="PATH", help="EDGAR submissions: folder, file, tar."
)
@click.option(
    "--edgar",
    nargs=2,
    type=DayParam(),
    metavar="FROM TO",
    help="Fetch EDGAR's daily indexes and filings of these days.",
)
@click.option(
    "--saved", multiple=True, nargs=2, type=(str, click.Path()), metavar="FEED FILE", help="A saved answer of a feed."
)
@click.option("--tickers", type=click.Path(), metavar="FILE", help="SEC's ticker table (default: the database's).")
@click.option(
    "--workers", type=click.IntRange(0, 512), metavar="N", help="Processes (default: one a processor; 0: none)."
)
@click.option("--scheduler", metavar="ADDRESS", help="Your own Dask cluster, e.g. tcp://10.0.0.1:8786.")
@click.option("--memory", default="2GB", show_default=True, metavar="SIZE", help="Of one worker, at most.")
@click.option(
    "--wordings-only", is_flag=True, help="Classify by wordings alone, without the model: faster, less exact."
)
@click.option("--into", type=click.Path(), metavar="DB", help="Load the archive (--since, --until) into this database.")
@click.option("--since", type=DayParam(), metavar="D", help="Of --into: only stories first seen on or after this date.")
@click.option(
    "--until", type=DayParam(), metavar="D", help="Of --into: only stories first seen on or before this date."
)
@db_option
@click.pass_obj
def command(
    app: App,
    archive: str,
    items: tuple[str, ...],
    filings: tuple[str, ...],
    edgar: tuple[dt.date, dt.date] | None,
    saved: tuple[tuple[str, str], ...],
    tickers: str | None,
    workers: int | None,
    scheduler: str | None,
    memory: str,
    wordings_only: bool,
    into: str | None,
    since: dt.date | None,
    until: dt.date | None,
    db: str | None,
) -> None:
    """Read years of news into ARCHIVE, a folder of Parquet files: stories, sources, catalysts, noise, filings.

    Stopped or killed, the same command goes on where it was. The same input gives the same bytes, whatever the number
    of workers. Without a source only --into is done.

    \b
    Example:
      screener backfill archive --items releases.jsonl.gz --filings edgar/ --workers 4
      screener backfill archive --edgar 2025-11-03 2025-11-28
      screener backfill archive --into history.db --since 2025-11-01
    """
    from screener.cli.run import progress_bar
    from screener.pipeline.history.call import Call, run_backfill
    from screener.pipeline.history.loading import load_span
    from screener.pipeline.history.sources import BackfillSources
    from screener.pipeline.workspace import Workspace
    from screener.store import open_store

    if not (items or filings or edgar or saved or into):
        raise click.UsageError("name a source (--items, --filings, --edgar, --saved), or --into DB to load the archive")
    if items or filings or edgar or saved:
        call = Call(
            sources=BackfillSources(
                items=tuple(map(Path, items)),
                filings=tuple(map(Path, filings)),
                saved=tuple((feed, Path(path)) for feed, path in saved),
            ),
            days=edgar,
            tickers=Path(tickers) if tickers else None,
            workers=workers,
            scheduler=scheduler or "",
            memory=memory,
            wordings_only=wordings_only,
        )
        with app.store(db) as store, progress_bar() as progress:
            outcome = run_backfill(Workspace(settings=app.settings, store=store), Path(archive), call, progress)
        _say_outcome(outcome, archive)
    if into:
        with open_store(Path(into)) as target, progress_bar() as progress:
            loaded = load_span(Path(archive), target, since, until, progress)
        say(
            f"{loaded.stories:,} stories and {loaded.filings:,} filings loaded into {into}; {loaded.known:,} were there"
        )


def _say_outcome(outcome: BackfillOutcome, archive: str) -> None:
    say_problems(outcome.problems)
    months = outcome.months
    stories, filings = sum(m.stories for m in months), sum(m.filings for m in months)
    say(
        f"{len(months)} months, {outcome.fresh} of them made now: {stories:,} stories, "
        f"{sum(m.tagged for m in months):,} with catalysts, {filings:,} filings; written to {archive}"
    )
    if outcome.unfinished:
        say(f"not finished: {', '.join(outcome.unfinished)}; give the same command again")
        raise SystemExit(1)
