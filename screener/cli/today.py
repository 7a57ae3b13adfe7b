"""``screener today``: the stored list, filtered."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence

import click

from screener import clock
from screener.cli.common import App, as_of_option, date_option, db_option, emit, format_option, output_option, say
from screener.errors import InputError
from screener.store import Store
from screener.types import WatchRow

SESSIONS = (clock.PRE, clock.REGULAR, clock.AFTER)


@click.command()
@date_option
@as_of_option
@click.option("--catalyst", multiple=True, metavar="TYPE", help="Only rows with this catalyst; may repeat.")
@click.option("--min-score", type=float, metavar="N", help="Only rows with at least this score.")
@click.option("--max-cap", type=float, metavar="USD", help="Only rows with a known market cap up to this.")
@click.option("--session", type=click.Choice(SESSIONS), help="Only news published in this session.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most so many rows.")
@format_option("table", "json", "jsonl", "csv")
@output_option
@db_option
@click.pass_obj
def command(
    app: App,
    day: dt.date | None,
    as_of: dt.datetime | None,
    catalyst: tuple[str, ...],
    min_score: float | None,
    max_cap: float | None,
    session: str | None,
    limit: int | None,
    form: str,
    output: str | None,
    db: str | None,
) -> None:
    """The ranked list of a day.

    With --as-of the list is the one that stood at that moment, the same bytes whatever has arrived since.

    \b
    Example:
      screener today --catalyst reverse_split --max-cap 300e6
      screener today --date 2025-12-12 --format csv --output list.csv
    """
    with app.store(db, readonly=True) as store:
        day = chosen_day(store, day, as_of)
        rows = store.lists.rows_as_of(day, as_of) if day else None
        regime = store.regimes.of_day(day, as_of) if day else None
    if rows is None:
        say(f"no list stored for {day or 'any day'}{' by then' if as_of else ''}: `screener run` makes one")
    kept = select(rows or [], catalyst, min_score, max_cap, session)[:limit]
    if form == "table":
        from screener.outputs.table import show_list

        if rows is not None and day:
            stood = rows[0].as_of if rows else as_of
            if output:
                with io.StringIO() as page:
                    show_list(app.console(file=page), kept, day, stood, regime)
                    emit(page.getvalue(), output)
            else:
                show_list(app.console(), kept, day, stood, regime)
            if not kept:
                say(f"none of the {len(rows)} rows of {day} passes the filters" if rows else f"{day}: no catalysts")
        return
    from screener.outputs.csvout import csv_text, json_text

    emit(csv_text(kept) if form == "csv" else json_text(kept, lines=form == "jsonl"), output)


def chosen_day(store: Store, day: dt.date | None, as_of: dt.datetime | None) -> dt.date | None:
    """The day asked for, else the newest day with a list (one stored by the as-of moment, else that moment's session).

    On a weekend or before the first run of a day that is the last session's list, as it was on the screen then.
    """
    if day is not None:
        return day
    if as_of is not None:
        session = clock.session_day(as_of)
        return store.lists.day_by(session, as_of) or session
    return next(iter(store.lists.days(1)), None)


def priced_day(store: Store, as_of: dt.datetime | None) -> dt.date | None:
    """The session of the as-of moment, or the last one before it with bars where that moment is no session's."""
    if as_of is None:
        return store.bars.last_day(clock.now())
    day = clock.new_york_date(as_of)
    return day if clock.is_session(day) else store.bars.last_day(as_of) or clock.session_day(as_of)


def select(
    rows: Sequence[WatchRow],
    catalysts: Sequence[str] = (),
    min_score: float | None = None,
    max_cap: float | None = None,
    session: str | None = None,
) -> list[WatchRow]:
    """The rows that pass; a row whose market cap is unknown does not pass a cap filter. Raises InputError."""
    known = {r.catalyst for r in rows} | {o for r in rows for o in r.others}
    if any(not c.replace("_", "").isalnum() for c in catalysts):
        raise InputError(
            f"--catalyst takes ids such as reverse_split; on this list: {', '.join(sorted(known)) or 'none'}"
        )
    return [
        r
        for r in rows
        if (not catalysts or r.catalyst in catalysts or any(c in o.split(":") for o in r.others for c in catalysts))
        and (min_score is None or r.score >= min_score)
        and (max_cap is None or (r.market_cap is not None and r.market_cap <= max_cap))
        and (session is None or r.session == session)
    ]
