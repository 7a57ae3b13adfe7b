"""``screener doctor``: is everything in order?"""

from __future__ import annotations

import click

from screener.cli.common import App, db_option


@click.command()
@db_option
@click.pass_obj
def command(app: App, db: str | None) -> None:
    """Check settings, database, ticker table, feeds, rules and model; say what to do about each finding.

    Nothing is fetched. The exit code is 1 when something is broken, 0 for mere advice.

    \b
    Example:
      screener doctor
    """
    from screener.pipeline.health import BAD, GOOD, examine

    worst = False
    marks = {GOOD: "ok  ", BAD: "BAD "}
    for finding in examine(app.settings, app.path(db)):
        click.echo(f"{marks.get(finding.level, 'note')} {finding.subject}: {finding.message}")
        worst = worst or finding.level == BAD
    if worst:
        raise SystemExit(1)
