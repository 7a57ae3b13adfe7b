"""``screener rules``: look at ranking rules, try them, start new ones."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener import clock, config
from screener.cli.common import (
    App,
    DayParam,
    as_of_option,
    date_option,
    db_option,
    emit,
    format_option,
    say,
    write_file,
)
from screener.cli.today import chosen_day
from screener.errors import InputError
from screener.language.symbols import typed_ticker

if TYPE_CHECKING:
    from screener.selftest import SelftestReport


@click.group()
def command() -> None:
    """The ranking rules: list, check, test, explain, start a new one, compare two sets.

    \b
    Example:
      screener rules test
    """


def _places(app: App, names: tuple[str, ...]) -> tuple[list[Path], tuple[str, ...]]:
    """Files and folders named on the command line, else the configured ones; the rest are ids."""
    paths = [Path(n) for n in names if n.endswith((".yml", ".yaml")) or Path(n).is_dir()]
    missing = [p for p in paths if not p.exists()]
    if missing:
        raise InputError(f"{missing[0]}: no such file or folder")
    folders = [p / "ranking" if (p / "ranking").is_dir() else p for p in paths]
    return folders or config.rule_folders(app.settings, "ranking"), tuple(n for n in names if Path(n) not in paths)


@command.command("list")
@format_option("table", "json")
@click.pass_obj
def list_(app: App, form: str) -> None:
    """All ranking rules: id, kind, status, level, title.

    \b
    Example:
      screener rules list
    """
    from screener.engine.load import load_rules
    from screener.outputs.csvout import json_text

    rules = load_rules(config.rule_folders(app.settings, "ranking"))
    if form == "json":
        emit(json_text(rules.rules))
        return
    for rule in rules.rules:
        click.echo(f"{rule.id:<28} {rule.kind:<9} {rule.status:<13} {rule.level:<9} {rule.title}")
    for name in rules.off:
        click.echo(f"{name:<28} off")
    say(f"{len(rules.rules)} rules, digest {rules.digest}")


@command.command()
@click.argument("names", nargs=-1)
@click.pass_obj
def check(app: App, names: tuple[str, ...]) -> None:
    """Load rules (all, or these ids, files or folders) and list every problem as file:line: key: message.

    \b
    Example:
      screener rules check my-rules/
    """
    from screener.engine.load import load_rules

    folders, ids = _places(app, names)
    rules = load_rules(folders)
    for name in ids:
        rules.rule(name)
    say(f"{len(ids) or len(rules.rules)} rules load, digest {rules.digest}")


@command.command()
@click.argument("names", nargs=-1)
@click.option(
    "--quiet-news",
    "quiet",
    nargs=2,
    type=click.Path(),
    metavar="LABELS ITEMS",
    help="Also count hits on news labelled as noise.",
)
@click.option(
    "--only", type=click.Choice(["ranking", "regime", "dilution", "catalysts"]), help="Only this kind of file."
)
@click.pass_obj
def test(app: App, names: tuple[str, ...], quiet: tuple[str, str] | None, only: str | None) -> None:
    """Run the tests inside rule and catalyst files, and flip every selection to see that a test notices.

    \b
    Example:
      screener rules test
      screener rules test fda_approval_volume.yml
      screener rules test --quiet-news labels.jsonl releases.jsonl.gz
    """
    from screener.selftest import test_ranking

    folders, ids = _places(app, names)
    reports = []
    if only in (None, "ranking"):
        reports.append(test_ranking(folders, ids))
    if not names:
        reports += _others(app, only)
    for report in reports:
        for line in report.lines:
            click.echo(line)
        for line in report.advice:
            say(f"consider: {line}")
        say(report.summary)
    bad = any(r.lines for r in reports)
    if quiet:
        bad = _quiet(app, folders, Path(quiet[0]), Path(quiet[1])) or bad
    if bad:
        raise SystemExit(1)


def _others(app: App, only: str | None) -> list[SelftestReport]:
    from screener.selftest import test_catalysts, test_dilution, test_regime

    reports = []
    if only in (None, "regime"):
        from screener.market import MEASURES

        reports.append(test_regime(config.rule_folders(app.settings, "regime"), MEASURES, ()))
    if only in (None, "dilution"):
        reports.append(test_dilution(config.rule_folders(app.settings, "dilution"), ()))
    if only in (None, "catalysts"):
        from screener.classify.pipeline import classifier_of

        classifier = classifier_of(app.settings)
        reports.append(test_catalysts(config.rule_folders(app.settings, "catalysts"), classifier, ()))
    return reports


def _quiet(app: App, folders: list[Path], labels: Path, items: Path) -> bool:
    from screener.engine.load import load_rules
    from screener.pipeline.ordinary_news import quiet_counts

    over = False
    for found in quiet_counts(app.settings, load_rules(folders), labels, items):
        over = over or not found.within
        mark = "" if found.within else "  OVER ITS BUDGET"
        budget = "none" if found.budget is None else f"{found.budget:g}"
        click.echo(
            f"{found.rule_id:<28} {found.matches:>4} hits, {found.per_1000:6.1f} in 1,000 (budget {budget}){mark}"
        )
    return over


@command.command()
@click.argument("rule_id")
@click.argument("ticker")
@date_option
@as_of_option
@db_option
@click.pass_obj
def explain(
    app: App, rule_id: str, ticker: str, day: dt.date | None, as_of: dt.datetime | None, db: str | None
) -> None:
    """Each selection of a rule on a ticker: true, false or unknown, with the values it looked at.

    \b
    Example:
      screener rules explain regulatory_approval ABCD --date 2025-12-12
    """
    from screener.clock import Clock
    from screener.engine.explain import explain as lines_of
    from screener.pipeline.ranking import candidates
    from screener.pipeline.workspace import Workspace

    ticker = typed_ticker(ticker)
    with app.store(db, readonly=True) as store:
        day = chosen_day(store, day, as_of) or clock.session_day(clock.now())
        rows = store.lists.rows_as_of(day, as_of)
        moment = as_of or (rows[0].as_of if rows else clock.now())
        workspace = Workspace(settings=app.settings, store=store, clock=Clock(moment))
        compiled = workspace.rules.rule(rule_id)
        group = candidates(workspace, day, moment, [ticker]).get(ticker, [])
    if not group:
        raise InputError(f"{ticker} has no catalyst in the window of {day}; `screener explain {ticker}` says more")
    for candidate in group:
        click.echo(f"{candidate.catalyst.type} in {candidate.story.title!r}")
        click.echo("\n".join(lines_of(compiled, candidate)))


@command.command()
@click.argument("rule_id")
@click.option("--folder", type=click.Path(file_okay=False), default=".", show_default=True, help="Where to write it.")
def new(rule_id: str, folder: str) -> None:
    """Write a starting file for a rule, with tests that already hold its conditions.

    \b
    Example:
      screener rules new my_uplisting --folder my-rules/ranking
    """
    from screener.engine.starter import new_rule_text

    place = Path(folder)
    path = place / f"{rule_id}.yml"
    text = new_rule_text(rule_id)
    if path.exists():
        raise InputError(f"{path}: exists already; choose another id or folder")
    place.mkdir(parents=True, exist_ok=True)
    write_file(path, text)
    say(f"written: {path}; try `screener rules test {path}`")


@command.command()
@click.argument("old", type=click.Path(exists=True))
@click.argument("new", type=click.Path(exists=True))
@click.option("--since", type=DayParam(), required=True, metavar="D", help="Rank the stored days from this one on.")
@db_option
@click.pass_obj
def diff(app: App, old: str, new: str, since: dt.date, db: str | None) -> None:
    """Rank the stored days under two folders of rules: which rows enter, leave, move, and what followed both.

    What followed is the share of each list's first ten that moved 10 % or more (after the close: on real money), with
    intervals over days; `screener backtest` says more.

    \b
    Example:
      screener rules diff rules/ranking my-rules/ranking --since 2025-12-01
    """
    from screener.engine.compare import diff as compare
    from screener.engine.compare import summary
    from screener.engine.load import load_rules
    from screener.outputs.backtest import compared_lines
    from screener.pipeline.history.replay import PastList, reranked
    from screener.pipeline.history.scoring import backtest
    from screener.pipeline.ranking import rank_stored_day
    from screener.pipeline.workspace import Workspace

    sets = [load_rules([Path(old)]), load_rules([Path(new)])]
    with app.store(db, readonly=True) as store:
        workspace = Workspace(settings=app.settings, store=store)
        days = sorted(d for d in store.lists.days() if d >= since)
        if not days:
            say(f"no list stored since {since}")
        lists: tuple[list[PastList], list[PastList]] = ([], [])
        for day in days:
            before, after = (rank_stored_day(workspace, day, rules) for rules in sets)
            for held, rows, rules in zip(lists, (before, after), sets, strict=True):
                held.append(reranked(workspace, day, rows, rules))
            changes = compare(before, after)
            click.echo(f"{day}: {summary(changes)}")
            for c in changes[:20]:
                click.echo(f"  {c.kind:<6} {c.ticker:<8} {c.old_rank or '-'} -> {c.new_rank or '-'}")
        for line in compared_lines(*(backtest(workspace, held) for held in lists)):
            click.echo(line)
