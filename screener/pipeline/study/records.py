"""A finished study: its records, and where the newest one is kept."""

from __future__ import annotations

import datetime as dt

import msgspec
from msgspec import Struct

from screener.store import Store

KEY = "study"
"""The setting under which the newest study stands in the database, as JSON."""
_LIMITS = (
    "survivorship: only tickers with stored bars are seen; one that was delisted has no later move",
    "timing: a daily bar cannot tell what moved before the news of that day, and free feeds are minutes late",
    "types come from the screener's own classifier; news it was trained on is in-sample",
    "intervals are 95 % bootstrap intervals over companies; a group of few companies proves little",
    "many groups are compared at once: one in twenty intervals misses by chance",
)


class Estimate(Struct, frozen=True, kw_only=True):
    """A number with its 95 % interval; low and high are None when there are too few companies for one."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


class Spread(Struct, frozen=True, kw_only=True):
    """Moves of one group at one horizon, in percentage points; ``beyond`` is the share of +-10 and more (0 to 1)."""

    n: int = 0
    companies: int = 0
    median: Estimate = Estimate()
    mean: Estimate = Estimate()
    beyond: Estimate = Estimate()
    up: float | None = None
    down: float | None = None


class StudyGroup(Struct, frozen=True, kw_only=True):
    """One line of the study: ``by`` is type, stage, polarity or cap; ``moves`` by horizon ("0", "1", "5", "20")."""

    by: str
    type: str
    value: str = ""
    n: int
    companies: int
    moves: dict[str, Spread]
    rvol: float | None = None

    def at(self, horizon: str) -> Spread:
        """The moves at a horizon; empty when it was not measured."""
        return self.moves.get(horizon, Spread())


class Study(Struct, frozen=True, kw_only=True):
    """A finished study. ``skipped`` counts events left out, by reason."""

    made: dt.datetime
    since: dt.date | None
    until: dt.date | None
    first: dt.date | None = None
    last: dt.date | None = None
    benchmark: str
    models: tuple[str, ...] = ()
    stories: int = 0
    events: int = 0
    companies: int = 0
    skipped: dict[str, int] = {}
    groups: tuple[StudyGroup, ...] = ()
    limits: tuple[str, ...] = _LIMITS


def save(store: Store, study: Study) -> None:
    """Keep the study in the store, for the page."""
    with store.transaction():
        store.set_setting(KEY, msgspec.json.encode(study).decode())


def load(store: Store) -> Study | None:
    """The newest study; None when there is none or it is of another form."""
    text = store.get_setting(KEY)
    try:
        return None if text is None else msgspec.json.decode(text, type=Study)
    except msgspec.MsgspecError:
        return None
