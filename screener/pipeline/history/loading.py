"""A span of an archive into a store: stories with their past, items, catalysts and filings, as a live run stored them.

The dilution ledger is no part of an archive: it is read from the items anew, with the ticker table of the store.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from screener import clock
from screener.entities.resolve import resolve
from screener.entities.tickers import TickerTable
from screener.pipeline.history.archive import months, read_filings, read_pasts
from screener.pipeline.intake.ledger_entries import may_tell, reading_of
from screener.store import Store
from screener.store.spans import Past

BATCH = 2_000


class Loaded(Struct, frozen=True, kw_only=True):
    """What was loaded; ``known`` are stories that the store held already, or an item of theirs."""

    stories: int = 0
    known: int = 0
    filings: int = 0


def load_span(
    archive: Path,
    store: Store,
    since: dt.date | None = None,
    until: dt.date | None = None,
    progress: Callable[[str, int], None] = lambda _what, _n: None,
) -> Loaded:
    """Load the stories first seen, and filings accepted, from ``since`` to ``until`` (New York dates). Raises InputError.

    What is stored already stays; so a load that was stopped may be begun again.
    """
    with store.spans.much_memory():
        return _load_months(archive, store, since, until, progress)


def _load_months(
    archive: Path, store: Store, since: dt.date | None, until: dt.date | None, progress: Callable[[str, int], None]
) -> Loaded:
    stories = known = filings = 0
    table = TickerTable(store.listings.all())
    for month in months(archive):
        if not _may_hold(month.month, since, until):
            continue
        for part in read_pasts(archive, month):
            wanted = [p for p in part if _within(p.story.first_seen, since, until)]
            for at in range(0, len(wanted), BATCH):
                new, size = _load(store, wanted[at : at + BATCH], table)
                stories, known = stories + new, known + size - new
                progress("stories", size)
        for found in read_filings(archive, month):
            with store.transaction():
                filings += store.filings.add(f for f in found if _within(f.accepted, since, until))
            progress("filings", len(found))
    return Loaded(stories=stories, known=known, filings=filings)


def _load(store: Store, pasts: list[Past], table: TickerTable) -> tuple[int, int]:
    with store.transaction():
        fresh = store.spans.load(pasts)
        for item in (i for p in fresh for i in p.items if may_tell(i)):
            if (reading := reading_of(item, resolve(item, table), table)) is not None:
                store.dilution.add(*reading)
        return len(fresh), len(pasts)


def _within(moment: dt.datetime, since: dt.date | None, until: dt.date | None) -> bool:
    day = clock.new_york_date(moment)
    return (since is None or day >= since) and (until is None or day <= until)


def _may_hold(month: str, since: dt.date | None, until: dt.date | None) -> bool:
    """Whether a month of UTC can hold New York dates of the span."""
    first, last = since and (since - dt.timedelta(days=1)), until and (until + dt.timedelta(days=1))
    return (first is None or month >= f"{first:%Y-%m}") and (last is None or month <= f"{last:%Y-%m}")
