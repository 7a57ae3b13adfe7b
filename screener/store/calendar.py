"""Known dates: what stored news said would happen on a day."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from screener.store.rows import Subject, iso
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


class Calendar(Subject):
    """Reads the dates that catalysts carry as facts."""

    def dates(self, first: dt.date, last: dt.date, known_by: dt.datetime, look_back: int = 800) -> list[KnownDate]:
        """The dates from ``first`` to ``last`` that news known at a moment named, soonest first.

        When several pieces of news of one ticker and type name the same kind of date, the newest counts. News older
        than ``look_back`` days is not read.
        """
        rows = self._rows(
            "SELECT c.facts, c.ticker, c.type, c.story_id, s.title FROM catalysts c INDEXED BY catalysts_dated "
            "JOIN stories s ON s.id = c.story_id WHERE instr(c.facts, '_date\"') > 0 AND c.published >= ? "
            "AND c.published <= ? AND c.known_at <= ? ORDER BY c.published DESC, c.story_id LIMIT 5000",
            (iso(known_by - dt.timedelta(days=look_back)), iso(known_by), iso(known_by)),
        )
        found: dict[tuple[str, str, str], KnownDate] = {}
        for row in rows:
            for known in _named(row):
                found.setdefault((known.ticker or known.story_id, known.catalyst, known.kind), known)
        near = [d for d in found.values() if first <= d.day <= last]
        return sorted(near, key=lambda d: (d.day, d.ticker, d.kind))


def _named(r: sqlite3.Row) -> Iterator[KnownDate]:
    for kind, value in _facts.decode(r["facts"]).items():
        day = _day(value) if kind.endswith("_date") else None
        if day is not None:
            yield KnownDate(
                day=day,
                kind=kind,
                ticker=r["ticker"],
                catalyst=r["type"],
                story_id=r["story_id"],
                headline=r["title"],
            )


def _day(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
