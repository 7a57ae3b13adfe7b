"""The command line: one module per command group, imported only when its command runs."""

from __future__ import annotations

import importlib
import io
import os
import signal
import sqlite3
import sys
from typing import Any

import click

from screener import __version__
from screener.cli.common import App, exit_code
from screener.errors import ScreenerError

# name: (module, one line of help). The list stands here so that --help imports no command.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "The whole job on an invented market day."),
    "run": ("run", "Read feeds and files, classify, price, rank, store."),
    "today": ("today", "The ranked list of a day, as of any moment."),
    "explain": ("explain", "Why a ticker stands where it stands."),
    "watchlist": ("watchlist", "Your own marks: add, remove, pin, mute, note; a ticker's history."),
    "export": ("export", "The list as a CSV file."),
    "movers": ("movers", "The day's movers, with and without news."),
    "calendar": ("calendar", "Known dates ahead: decisions, splits, meetings, deadlines."),
    "dilution": ("dilution", "What a company can sell, at what price, and who else can; read its filings."),
    "market": ("market", "The state of the market for small caps."),
    "universe": ("universe", "What counts as a small cap on a day, and why not."),
    "alerts": ("alerts", "What was alerted, what was not and why; send, test, feed files."),
    "brief": ("brief", "The day in Markdown: market, best rows, known dates; --send mails it."),
    "backfill": ("backfill", "Years of news into an archive of Parquet files, on one machine or a cluster."),
    "replay": ("replay", "The lists of past sessions, before the open and after the close."),
    "backtest": ("backtest", "What past lists and rules were worth, against what followed."),
    "study": ("study", "What small caps did after each kind of news."),
    "classify": ("classify", "Tag any text with catalysts."),
    "evaluate": ("evaluate", "Measure the classifier against labels."),
    "rules": ("rules", "List, check, test, explain and start ranking rules."),
    "feeds": ("feeds", "List, check, test, add and remove feeds."),
    "serve": ("serve", "The page: list, tickers, calendar, feeds, rules, tables."),
    "runs": ("runs", "What was run, and what went wrong."),
    "doctor": ("doctor", "Check settings, database, feeds, rules and model."),
    "db": ("db", "The database: path, backup, prune, ticker table."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import the command's module."""
        if name not in COMMANDS:
            return None
        command: Any = importlib.import_module(f"screener.cli.{COMMANDS[name][0]}").command
        return command  # type: ignore[no-any-return]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest command in the error."""
        import difflib

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            close = difflib.get_close_matches(args[0], COMMANDS, 1)
            raise click.UsageError(f"no command {args[0]!r}{f'; did you mean {close[0]}?' if close else ''}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a reader that went away (head, less) is no failure, which click would make it."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--config", type=click.Path(), metavar="FILE", help="Settings file (default: screener.toml in the config folder)."
)
@click.version_option(__version__, prog_name="screener")
@click.pass_context
def cli(ctx: click.Context, config: str | None) -> None:
    """Which small caps moved on news, why, and what is the catch.

    \b
    Example:
      screener demo
      screener run --prices bars.csv && screener today
    """
    ctx.obj = App(config=config)


def _write_anything() -> None:
    """Let the terminal show a mark for what its encoding lacks: a headline in another script is no reason to stop."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def main() -> None:
    """Run the command line; errors become one line and an exit code.

    SIGTERM stops a command as Ctrl-C does: what is begun in the store is finished or undone, and the exit code is 130.
    """
    # Sent on as Ctrl-C, which an event loop takes between two steps instead of in the middle of one.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    _write_anything()
    try:
        sys.exit(cli.main(prog_name="screener", standalone_mode=False) or 0)
    except click.exceptions.Exit as e:
        sys.exit(e.exit_code)
    except click.ClickException as e:
        e.show()
        sys.exit(e.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("screener: stopped; what was stored is kept, and the next run goes on from there", err=True)
        sys.exit(130)
    except ScreenerError as e:
        click.echo(f"screener: {e}", err=True)
        sys.exit(exit_code(e))
    except sqlite3.Error as e:
        click.echo(f"screener: the database: {e}: `screener doctor` checks the file", err=True)
        sys.exit(1)
    except UnicodeEncodeError as e:
        click.echo(f"screener: {e.object[:60]!r}: is no text that can be stored or written", err=True)
        sys.exit(2)
    except OSError as e:
        click.echo(f"screener: {e.filename or 'reading or writing'}: {e.strerror or e}", err=True)
        sys.exit(1)
