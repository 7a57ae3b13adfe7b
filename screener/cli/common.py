"""What commands share: settings, the store, option groups, and exit codes."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

from screener import clock, config
from screener.errors import ConfigError, InputError, ScreenerError

if TYPE_CHECKING:
    from rich.console import Console

    from screener.config import Settings
    from screener.store import Store
    from screener.types import Problem

F = TypeVar("F", bound=Callable[..., Any])
# Room for a session before and after on the calendar; nothing a person means lies outside.
YEARS = range(1900, 2200)
MIN_WIDTH = 50


def exit_code(error: ScreenerError) -> int:
    """2 for misuse (settings, arguments, files given by the user), 1 for everything that failed."""
    return 2 if isinstance(error, ConfigError | InputError) else 1


class App:
    """What the group hands to every command; settings and store are opened at first use."""

    def __init__(self, config: str | None = None) -> None:
        self._config = config

    @cached_property
    def settings(self) -> Settings:
        """The settings."""
        return config.load(self._config)

    def path(self, db: str | None) -> Path:
        """The database file."""
        return config.database_path(self.settings, db)

    def store(self, db: str | None, *, readonly: bool = False) -> Store:
        """The open database."""
        from screener.store import open_store

        return open_store(self.path(db), readonly=readonly)

    def console(self, *, stderr: bool = False, file: IO[str] | None = None) -> Console:
        """A rich console; plain text where the output is no terminal."""
        from rich.console import Console

        class Screen(Console):
            def on_broken_pipe(self) -> None:
                # Rich would exit with 1 here; a reader that went away is no failure (see LazyGroup.invoke).
                raise BrokenPipeError

        width = None if file is None and sys.stdout.isatty() else screen_width()
        return Screen(stderr=stderr, file=file, highlight=False, soft_wrap=False, width=width)


def screen_width(default: int = 160) -> int:
    """How wide to write where the output is no terminal: ``$COLUMNS``, else the screen that messages go to."""
    with contextlib.suppress(OSError, ValueError):
        default = os.get_terminal_size(sys.stderr.fileno()).columns
    return max(MIN_WIDTH, shutil.get_terminal_size((default, 24)).columns)


class Moment(click.ParamType[dt.datetime]):
    """An ISO time with its zone."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        """Aware UTC, or a usage error."""
        if isinstance(value, dt.datetime):
            return value
        try:
            moment = clock.parse_time(value)
        except (ValueError, OverflowError) as e:
            self.fail(f"{value!r} is no time with a zone ({e}); write 2025-12-12T23:10:00Z", param, ctx)
        if moment.year not in YEARS:
            self.fail(f"{value!r} lies outside the years {YEARS[0]} to {YEARS[-1]}", param, ctx)
        return moment


class DayParam(click.ParamType[dt.date]):
    """A New York date, ``today`` or ``yesterday`` (the previous session)."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """A date, or a usage error."""
        if isinstance(value, dt.date):
            return value
        today = clock.session_day(clock.now())
        if value in ("today", "yesterday"):
            return today if value == "today" else clock.previous_session(today)
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date; write 2025-12-12", param, ctx)
        if day.year not in YEARS:
            self.fail(f"{value!r} lies outside the years {YEARS[0]} to {YEARS[-1]}", param, ctx)
        return day


def db_option(function: F) -> F:
    """``--db FILE``."""
    return click.option(
        "--db", type=click.Path(), metavar="FILE", help="Database file (default: see `screener db path`)."
    )(function)


def date_option(function: F) -> F:
    """``--date D``."""
    return click.option(
        "--date", "day", type=DayParam(), metavar="D", help="New York session date (default: the newest with a list)."
    )(function)


def as_of_option(function: F) -> F:
    """``--as-of T``."""
    return click.option(
        "--as-of", type=Moment(), metavar="T", help="Only what was known then, e.g. 2025-12-12T23:10:00Z."
    )(function)


def format_option(*formats: str, default: str = "table") -> Callable[[F], F]:
    """``--format``."""

    def add(function: F) -> F:
        return click.option("--format", "form", type=click.Choice(formats), default=default, show_default=True)(
            function
        )

    return add


def output_option(function: F) -> F:
    """``--output FILE``."""
    return click.option(
        "--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write there instead of standard output."
    )(function)


def say(message: str) -> None:
    """A message for people, on standard error."""
    click.echo(message, err=True)


def emit(text: str, output: str | None = None) -> None:
    """The result, on standard output or whole into a file."""
    if not output:
        click.echo(text, nl=False)
        return
    write_file(Path(output), text)
    say(f"written: {output}")


def write_file(path: Path, text: str) -> None:
    """Write a file whole or not at all; a link keeps pointing where it did. Raises InputError."""
    target = path.resolve()
    part = target.with_name(target.name + ".part")
    try:
        if target.exists() and not target.is_file():
            # A device or pipe such as /dev/stdout is written to, never replaced by a file.
            target.write_text(text, encoding="utf-8", errors="replace", newline="")
            return
        part.write_text(text, encoding="utf-8", errors="replace", newline="")
        part.replace(target)
    except OSError as e:
        part.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written ({e.strerror}); choose another file") from e


def say_problems(problems: Sequence[Problem], limit: int = 10) -> None:
    """The problems of a run, one line each."""
    for p in problems[:limit]:
        # Many messages begin with their file and line already.
        say(f"problem: {p.stage}: {p.message if p.message.startswith(p.subject) else f'{p.subject}: {p.message}'}")
    if len(problems) > limit:
        say(f"problem: and {len(problems) - limit} more; `screener runs` shows them all")
