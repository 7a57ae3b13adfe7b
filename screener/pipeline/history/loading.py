"""A span of an archive into a store: stories with their past, items, catalysts and filings, as a live run stored them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from screener import clock
from screener.pipeline.history.archive import months, read_filings, read_pasts
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
    for month in months(archive):
        if not _may_hold(month.month, since, until):
            continue
        for part in read_pasts(archive, month):
            wanted = [p for p in part if _within(p.story.first_seen, since, until)]
            for at in range(0, len(wanted), BATCH):
                new, size = _load(store, wanted[at : at + BATCH])
                stories, known = stories + new, known + size - new
                progress("stories", size)
        for found in read_filings(archive, month):
            with store.transaction():
                filings += store.filings.add(f for f in found if _within(f.accepted, since, until))
            progress("filings", len(found))
    return Loaded(stories=stories, known=known, filings=filings)


def _load(store: Store, pasts: list[Past]) -> tuple[int, int]:
    with store.transaction():
        return store.spans.load(pasts), len(pasts)


def _within(moment: dt.datetime, since: dt.date | None, until: dt.date | None) -> bool:
    day = clock.new_york_date(moment)
    return (since is None or day >= since) and (until is None or day <= until)


def _may_hold(month: str, since: dt.date | None, until: dt.date | None) -> bool:
    """Whether a month of UTC can hold New York dates of the span."""
    first, last = since and (since - dt.timedelta(days=1)), until and (until + dt.timedelta(days=1))
    return (first is None or month >= f"{first:%Y-%m}") and (last is None or month <= f"{last:%Y-%m}")
