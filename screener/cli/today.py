"""``screener today``: the stored list, filtered, sorted, in groups."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence

import click
import msgspec

from screener import clock
from screener.cli.common import App, as_of_option, date_option, db_option, emit, format_option, output_option, say
from screener.cli.filtering import add_filters, chosen_filter, columns_of
from screener.config import RowFilter
from screener.errors import InputError
from screener.store import Store
from screener.types import Regime, WatchRow


class StoredList(msgspec.Struct, frozen=True, kw_only=True):
    """A stored list and what is needed to show it; ``rows`` is None when none was stored by then."""

    day: dt.date | None
    rows: list[WatchRow] | None
    regime: Regime | None
    own: frozenset[str]
    pinned: frozenset[str]
    sectors: dict[str, str]
    sources: dict[str, list[str]]
    moment: dt.datetime | None


@click.command()
@click.argument("saved", nargs=-1, metavar="[@NAME]...")
@date_option
@as_of_option
@add_filters
@click.option("--all", "everything", is_flag=True, help="Also what is no small cap of the universe.")
@click.option("--wide", is_flag=True, help="All numbers, reasons, warnings and links of each row.")
@format_option("table", "json", "jsonl", "csv")
@output_option
@db_option
@click.pass_obj
def command(
    app: App,
    saved: tuple[str, ...],
    day: dt.date | None,
    as_of: dt.datetime | None,
    wanted: RowFilter,
    everything: bool,
    wide: bool,
    form: str,
    output: str | None,
    db: str | None,
) -> None:
    """The ranked list of a day: small caps of the universe, those that point up, down and neither.

    With --as-of the list is the one that stood at that moment, the same bytes whatever has arrived since. @NAME uses
    the filter [filters.NAME] of the settings; options given beside it come on top. Amounts are written 300M, 1.5bn,
    250k or 300e6; an unknown number passes no limit. In a terminal your pinned tickers come first and are always there.

    \b
    Example:
      screener today --catalyst reverse_split --max-cap 300M
      screener today --side up --min-rvol 3 --sort change
      screener today @gappers --format csv --output list.csv
    """
    wanted = chosen_filter(app, saved, wanted, db)
    columns = columns_of(wanted, form)
    listed = read_list(app, db, day, as_of, wanted)
    if wanted.sector and not listed.sectors:
        raise InputError(
            "--sector: no ticker's sector is known: `screener db update-tickers LIST.csv` or `run --prices nasdaq`"
        )
    if listed.rows is None:
        say(f"no list stored for {listed.day or 'any day'}{' by then' if as_of else ''}: `screener run` makes one")
    rows = visible(listed.rows or [], everything=everything or wanted.all)
    kept = pick(rows, wanted, listed)
    if form != "table":
        from screener.outputs.csvout import csv_text, json_text

        text = csv_text(kept, columns, listed.sectors) if form == "csv" else json_text(kept, lines=form == "jsonl")
        emit(text, output)
    elif listed.rows is not None and listed.day:
        hidden = len(listed.rows) - len(rows)
        kept = with_pinned(kept, listed)
        if output:
            with io.StringIO() as page:
                _show(app, page, listed, kept, as_of, wide=wide, hidden=hidden, columns=columns)
                emit(page.getvalue(), output)
        else:
            _show(app, None, listed, kept, as_of, wide=wide, hidden=hidden, columns=columns)
        if not kept:
            say(
                f"none of the {len(rows)} rows of {listed.day} passes the filters"
                if rows
                else f"{listed.day}: no catalysts"
            )


def read_list(
    app: App, db: str | None, day: dt.date | None, as_of: dt.datetime | None, wanted: RowFilter | None = None
) -> StoredList:
    """The stored list of a day as of a moment, with the marks and the market that stood then.

    Sectors and sources are read where the filter asks for them.
    """
    from screener.engine.selection import SECTOR, age_moment

    wanted = wanted or RowFilter()
    with app.store(db, readonly=True) as store:
        day = chosen_day(store, day, as_of)
        rows = store.lists.rows_as_of(day, as_of) if day else None
        if rows is None and day and as_of and store.get_setting("archive"):
            from screener.pipeline.history.pruning import archived_rows

            rows = archived_rows(store, day, as_of)
        marks = store.marks.standing(as_of)
        moment = age_moment(as_of, day, rows[0].as_of if rows else None) if day else None
        asked = [r.story_id for r in rows or ()] if wanted.source and moment else []
        return StoredList(
            day=day,
            rows=rows,
            regime=store.regimes.of_day(day, as_of) if day else None,
            own=frozenset(t for t, m in marks.items() if m.listed),
            pinned=frozenset(t for t, m in marks.items() if m.pinned),
            sectors=store.sectors.all() if _asks_sector(wanted, SECTOR) else {},
            sources=store.outlines.source_names(asked, moment) if asked and moment else {},
            moment=moment,
        )


def _asks_sector(wanted: RowFilter, name: str) -> bool:
    """Whether a filter, its order or one of its columns needs the sectors."""
    columns = [c.strip() for part in wanted.columns for c in part.split(",")]
    return bool(wanted.sector) or wanted.sort.removeprefix("-") == name or name in columns


def visible(rows: Sequence[WatchRow], *, everything: bool) -> list[WatchRow]:
    """The rows of the universe, or all, ranked among themselves."""
    from screener.engine.selection import shown

    return shown(rows, everything=everything)


def pick(rows: Sequence[WatchRow], wanted: RowFilter, listed: StoredList) -> list[WatchRow]:
    """The rows that pass the filter, in its order."""
    from screener.engine.selection import Beside, select

    beside = Beside(own=listed.own, sectors=listed.sectors, sources=listed.sources, moment=listed.moment)
    return select(rows, wanted, beside)


def with_pinned(kept: Sequence[WatchRow], listed: StoredList) -> list[WatchRow]:
    """The rows with the pinned tickers of the list among them, whatever the filter and the universe say."""
    there = {r.ticker for r in kept}
    missing = [r for r in listed.rows or () if r.ticker in listed.pinned and r.ticker not in there]
    return [*missing, *kept]


def _show(
    app: App,
    page: io.StringIO | None,
    listed: StoredList,
    kept: Sequence[WatchRow],
    as_of: dt.datetime | None,
    *,
    wide: bool,
    hidden: int,
    columns: Sequence[str],
) -> None:
    from screener.outputs.table import show_columns, show_list

    console = app.console(file=page)
    if columns:
        show_columns(console, kept, columns, listed.sectors)
        return
    assert listed.day is not None
    stood = listed.rows[0].as_of if listed.rows else as_of
    show_list(console, kept, listed.day, stood, listed.regime, wide=wide, pinned=listed.pinned, hidden=hidden)


def chosen_day(store: Store, day: dt.date | None, as_of: dt.datetime | None) -> dt.date | None:
    """The day asked for, else the newest day with a list (one stored by the as-of moment, else that moment's session).

    On a weekend or before the first run of a day that is the last session's list, as it was on the screen then.
    """
    if day is not None:
        return day
    if as_of is not None:
        session = clock.session_day(as_of)
        held = store.lists.day_by(session, as_of)
        if held != session and store.get_setting("archive"):
            from screener.pipeline.history.pruning import archived_day

            return max((d for d in (held, archived_day(store, session, as_of)) if d), default=session)
        return held or session
    return next(iter(store.lists.days(1)), None)


def priced_day(store: Store, as_of: dt.datetime | None) -> dt.date | None:
    """The session of the as-of moment, or the last one before it with bars where that moment is no session's."""
    if as_of is None:
        return store.bars.last_day(clock.now())
    day = clock.new_york_date(as_of)
    return day if clock.is_session(day) else store.bars.last_day(as_of) or clock.session_day(as_of)
