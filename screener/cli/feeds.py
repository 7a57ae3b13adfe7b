"""``screener feeds``: what is read, how well, and how to add to it."""

from __future__ import annotations

import click

from screener.cli.common import App, db_option, emit, format_option, say
from screener.errors import InputError


@click.group()
def command() -> None:
    """The feeds: list with health, check one, test their samples, add and remove your own.

    \b
    Example:
      screener feeds list
    """


@command.command("list")
@format_option("table", "json")
@db_option
@click.pass_obj
def list_(app: App, form: str, db: str | None) -> None:
    """All feeds: state, last success and error, items an hour, lag from publication to receipt, gaps.

    \b
    Example:
      screener feeds list
    """
    from screener.outputs.csvout import json_text
    from screener.outputs.health import feed_health, health_table
    from screener.pipeline.collecting.administration import known_feeds

    feeds = known_feeds(app.settings)
    if app.path(db).is_file():
        with app.store(db, readonly=True) as store:
            health = feed_health(feeds, store)
    else:
        health = feed_health(feeds, None)
    if form == "json":
        emit(json_text(health))
        return
    app.console().print(health_table(health))


@command.command()
@click.argument("names", nargs=-1)
@db_option
@click.pass_obj
def check(app: App, names: tuple[str, ...], db: str | None) -> None:
    """Fetch feeds once (all enabled ones without NAMES), store nothing, and say what came.

    \b
    Example:
      screener feeds check globenewswire
    """
    from screener.pipeline.collecting.administration import check_feeds

    bad = set()
    for name, line, good in check_feeds(app.settings, names):
        click.echo(line)
        if not good:
            bad.add(name)
    if bad:
        say(f"{len(bad)} feed{'s' * (len(bad) > 1)} of those have problems: {', '.join(sorted(bad))}")
        raise SystemExit(1)


@command.command()
@click.argument("names", nargs=-1)
@click.pass_obj
def test(app: App, names: tuple[str, ...]) -> None:
    """Read each feed file's own sample and compare with what it expects.

    \b
    Example:
      screener feeds test
    """
    from screener import config
    from screener.selftest import test_feeds

    report = test_feeds(config.rule_folders(app.settings, "feeds"), names)
    for line in report.lines:
        click.echo(line)
    say(report.summary)
    if report.lines:
        raise SystemExit(1)


@command.command()
@click.argument("url")
@click.option("--name", help="The feed's name (default: from the host).")
@click.option(
    "--folder", type=click.Path(file_okay=False), help="Your rules folder (default: the first of [rules] folders)."
)
@click.pass_obj
def add(app: App, url: str, name: str | None, folder: str | None) -> None:
    """Try a feed's address, show what was understood, and write its file.

    \b
    Example:
      screener feeds add https://ir.example.com/rss/news.xml --name example_ir --folder ~/my-rules
    """
    from screener.pipeline.collecting.administration import add_feed

    for line in add_feed(app.settings, url, name, folder):
        click.echo(line)


@command.command()
@click.argument("name")
@click.option(
    "--folder", type=click.Path(file_okay=False), help="Your rules folder (default: the first of [rules] folders)."
)
@click.pass_obj
def remove(app: App, name: str, folder: str | None) -> None:
    """Remove a feed file of your own; a built-in feed is switched off in the settings instead.

    \b
    Example:
      screener feeds remove example_ir
    """
    from screener.pipeline.collecting.administration import own_folder

    path = own_folder(app.settings, folder) / f"{name}.yml"
    if not path.is_file():
        raise InputError(
            f"{path}: no such feed of yours; a built-in one is switched off with [feeds.{name}] enabled = false"
        )
    path.unlink()
    say(f"removed: {path}")
