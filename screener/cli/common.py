"""What commands share: settings, the store, option groups, and exit codes."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from screener import clock, config
from screener.errors import ConfigError, InputError, ScreenerError

if TYPE_CHECKING:
    from rich.console import Console

    from screener.config import Settings
    from screener.store import Store
    from screener.types import Problem

F = TypeVar("F", bound=Callable[..., Any])


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

    def console(self, *, stderr: bool = False) -> Console:
        """A rich console; plain text where the output is no terminal."""
        from rich.console import Console

        return Console(stderr=stderr, highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else 160)


class Moment(click.ParamType[dt.datetime]):
    """An ISO time with its zone."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        """Aware UTC, or a usage error."""
        if isinstance(value, dt.datetime):
            return value
        try:
            return clock.parse_time(value)
        except ValueError as e:
            self.fail(f"{value!r} is no time with a zone ({e}); write 2025-12-12T23:10:00Z", param, ctx)


class Day(click.ParamType[dt.date]):
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
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date; write 2025-12-12", param, ctx)


def db_option(function: F) -> F:
    """``--db FILE``."""
    return click.option(
        "--db", type=click.Path(), metavar="FILE", help="Database file (default: see `screener db path`)."
    )(function)


def date_option(function: F) -> F:
    """``--date D``."""
    return click.option(
        "--date", "day", type=Day(), metavar="D", help="New York session date (default: the newest with a list)."
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
    """Write a file whole or not at all. Raises InputError."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(path)
    except OSError as e:
        part.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written ({e.strerror}); choose another file") from e


def say_problems(problems: Sequence[Problem], limit: int = 10) -> None:
    """The problems of a run, one line each."""
    for p in problems[:limit]:
        say(f"problem: {p.stage}: {p.subject}: {p.message}")
    if len(problems) > limit:
        say(f"problem: and {len(problems) - limit} more; `screener runs` shows them all")
