"""The options that choose, order and lay out the rows of a list, and saved filters."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click
import msgspec

from screener import clock, config
from screener.cli.common import App
from screener.config import RowFilter
from screener.errors import InputError, ScreenerError

F = TypeVar("F", bound=Callable[..., Any])
WORDS = (
    ("--side", "SIDE", "Only rows that point up, down or unclear; may repeat."),
    ("--action", "ACTION", "Only alert, watch, avoid or no_action; may repeat."),
    ("--catalyst", "TYPE", "Only rows with this catalyst, first or beside others; may repeat."),
    ("--polarity", "NEWS", "Only news that is good, bad, mixed or neutral for a holder; may repeat."),
    ("--source", "NAME", "Only news that this source had, first or after others; may repeat."),
    ("--exchange", "NAME", "Only this exchange; may repeat."),
    ("--sector", "NAME", "Only this sector, where it is known; may repeat."),
    ("--ticker", "TICKER", "Only this ticker; may repeat."),
)
LIMITS = (
    ("score", "Score from 0 to 100."),
    ("change", "Change on the day in percent."),
    ("rvol", "Volume against the usual."),
    ("price", "Price in dollars."),
    ("dollar-volume", "Dollars traded on the day."),
    ("float", "Shares that trade freely."),
    ("cap", "Market cap in dollars: 300M, 1.5bn."),
)
MORE_COLUMNS = (
    "side",
    "session",
    "sector",
    "since_news_pct",
    "abnormal_pct",
    "bullish",
    "bearish",
    "confidence",
    "outside",
    "also",
)


def add_filters(function: F) -> F:
    """Every filter option; the command gets them as one ``wanted`` (not checked yet)."""

    @functools.wraps(function)
    def gathered(*args: Any, **given: Any) -> Any:
        fields = {f: given.pop(f) for f in RowFilter.__struct_fields__ if f in given}
        return function(*args, wanted=RowFilter(**fields), **given)

    wrapped: Any = gathered
    for add in reversed(_options()):
        wrapped = add(wrapped)
    return wrapped  # type: ignore[no-any-return]


def _options() -> list[Callable[[Any], Any]]:
    sessions = (clock.PRE, clock.REGULAR, clock.AFTER)
    found = [click.option(name, multiple=True, metavar=kind, help=text) for name, kind, text in WORDS]
    found.append(
        click.option("--session", type=click.Choice(sessions), multiple=True, help="Only news of this session.")
    )
    found.append(click.option("--own", is_flag=True, help="Only tickers of your own watchlist."))
    for name, text in LIMITS:
        found.append(click.option(f"--min-{name}", metavar="N", help=f"{text} At least this."))
        found.append(click.option(f"--max-{name}", metavar="N", help=f"{text} At most this."))
    found.append(click.option("--max-age", metavar="HOURS", help="Only news not older than this: 4, 90min or 2days."))
    found.append(click.option("--sort", default="", metavar="KEY", help=_sort_help()))
    found.append(click.option("--columns", multiple=True, metavar="A,B,...", help="One line a row with these columns."))
    found.append(click.option("--limit", type=click.IntRange(1), metavar="N", help="At most so many rows."))
    return found


def _sort_help() -> str:
    return "rank, score, change, rvol, price, dollar_volume, float, cap, age, sector, ticker ...; -KEY reverses."


def chosen_filter(app: App, saved: Sequence[str], given: RowFilter, db: str | None = None) -> RowFilter:
    """The saved filters named ``@NAME`` with the given options on top, checked. Raises InputError.

    A name stands in the settings, else among the views that were saved on the page over this database.
    """
    from screener.engine.selection import catalyst_ids, prepared

    ids = catalyst_ids(config.rule_folders(app.settings, "catalysts"))
    held = RowFilter()
    for name in saved:
        held = _over(held, prepared(_saved(app, name, db), ids, f"[filters.{name.removeprefix('@')}] "))
    return prepared(_over(held, given), ids, "--")


def _saved(app: App, name: str, db: str | None) -> RowFilter:
    known = app.settings.filters
    plain = name.removeprefix("@")
    if not name.startswith("@"):
        raise click.UsageError(
            f"{name!r} is no option and no saved filter; a filter of the settings is written @{name}"
        )
    if plain not in known:
        known = {**_on_the_page(app, db), **known}
    if plain not in known:
        close = difflib.get_close_matches(plain, list(known), 1)
        hint = f"did you mean @{close[0]}?" if close else f"write [filters.{plain}] into screener.toml"
        raise InputError(f"no saved filter {name}; {hint}")
    return known[plain]


def _on_the_page(app: App, db: str | None) -> dict[str, RowFilter]:
    try:
        with app.store(db, readonly=True) as store:
            return store.views.all()
    except ScreenerError:
        return {}


def _over(below: RowFilter, above: RowFilter) -> RowFilter:
    """One filter with what another states put on top."""
    default = RowFilter()
    stated = {f: v for f in RowFilter.__struct_fields__ if (v := getattr(above, f)) != getattr(default, f)}
    return msgspec.structs.replace(below, **stated)


def columns_of(wanted: RowFilter, form: str) -> tuple[str, ...]:
    """The chosen columns, checked; all of the CSV when none is chosen. Raises InputError with the nearest name."""
    from screener.outputs.csvout import COLUMNS

    names = [n.strip() for part in wanted.columns for n in part.split(",") if n.strip()]
    if names and form not in ("table", "csv"):
        raise click.UsageError(f"--columns goes with the table and csv; {form} has all fields")
    known = [*COLUMNS, *MORE_COLUMNS]
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(known)}"
            raise InputError(f"--columns: {name!r} is unknown; {hint}")
    return tuple(names) or (COLUMNS if form == "csv" else ())
