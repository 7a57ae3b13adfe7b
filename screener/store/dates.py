"""Known dates: what stored news said would happen on a day."""

from __future__ import annotations

import datetime as dt

import msgspec
from msgspec import Struct

from screener.store.db import Store
from screener.store.rows import iso
from screener.types import FactValue

_facts = msgspec.json.Decoder(dict[str, FactValue])


class KnownDate(Struct, frozen=True, kw_only=True):
    """A day that news named: ``kind`` is the fact's name (pdufa_date), ``headline`` the newest news that named it."""

    day: dt.date
    kind: str
    ticker: str
    catalyst: str
    story_id: str
    headline: str


def known_dates(
    store: Store, first: dt.date, last: dt.date, known_by: dt.datetime, look_back: int = 800
) -> list[KnownDate]:
    """The dates from ``first`` to ``last`` that news known at a moment named, soonest first.

    When several pieces of news of one ticker and type name the same kind of date, the newest counts. News older than
    ``look_back`` days is not read.
    """
    rows = store.connection.execute(
        "SELECT c.facts, c.ticker, c.type, c.story_id, s.title FROM catalysts c INDEXED BY catalysts_dated "
        "JOIN stories s ON s.id = c.story_id WHERE instr(c.facts, '_date\"') > 0 AND c.published >= ? "
        "AND c.published <= ? AND c.known_at <= ? ORDER BY c.published DESC, c.story_id LIMIT 5000",
        (iso(known_by - dt.timedelta(days=look_back)), iso(known_by), iso(known_by)),
    )
    found: dict[tuple[str, str, str], KnownDate] = {}
    for facts, ticker, catalyst, story_id, title in rows:
        for kind, value in _facts.decode(facts).items():
            day = _day(value) if kind.endswith("_date") else None
            if day is not None:
                known = KnownDate(
                    day=day, kind=kind, ticker=ticker, catalyst=catalyst, story_id=story_id, headline=title
                )
                found.setdefault((ticker or story_id, catalyst, kind), known)
    near = [d for d in found.values() if first <= d.day <= last]
    return sorted(near, key=lambda d: (d.day, d.ticker, d.kind))


def _day(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
