"""Known dates: what stored news said would happen on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from screener.format import date_name
from screener.store.occurrences import DatesWanted, Occurrence, Occurrences
from screener.store.rows import Subject
from screener.types import FactValue

LOOK_BACK = dt.timedelta(days=800)
MOST = 5000
"""So many dates are read at most."""


class KnownDate(Struct, frozen=True, kw_only=True):
    """A day that news named. ``kind`` is the fact's name (pdufa_date), ``name`` its words, ``said`` the newest news that
    named it, ``moved`` the days it shifted against older news (None: it never did)."""

    day: dt.date
    kind: str
    name: str
    said: Occurrence
    moved: int | None = None


class Calendar(Subject):
    """Reads the dates that catalysts carry as facts."""

    def dates(
        self,
        first: dt.date,
        last: dt.date,
        known_by: dt.datetime,
        *,
        ticker: str = "",
        kind: str = "",
        limit: int = MOST,
        backwards: bool = False,
    ) -> list[KnownDate]:
        """The dates from ``first`` to ``last`` that news known at a moment named, soonest first, without headlines.

        News older than ``LOOK_BACK`` is not read. ``limit`` keeps the soonest ones; ``backwards`` the last ones, last
        first.
        """
        wanted = DatesWanted(
            first=first, last=last, since=known_by - LOOK_BACK, until=known_by, ticker=ticker, kind=kind, limit=limit,
            backwards=backwards,
        )  # fmt: skip
        found = [_known(*one) for one in Occurrences(self._db).dated(wanted)]
        listed = sorted((d for d in found if d), key=lambda d: (d.day, d.said.ticker, d.kind))
        return listed[::-1] if backwards else listed

    def titled(self, listed: Sequence[KnownDate]) -> list[KnownDate]:
        """The dates with the headlines of the news that named them."""
        told = Occurrences(self._db).with_titles([d.said for d in listed])
        return [replace(d, said=said) for d, said in zip(listed, told, strict=True)]


def _known(said: Occurrence, named: str, kind: str, earlier: str) -> KnownDate | None:
    day, before = _day(named), _day(earlier)
    if day is None:
        return None
    moved = (day - before).days if before else None
    return KnownDate(day=day, kind=kind, name=date_name(kind), said=said, moved=moved)


def known_dates(said: Iterable[Occurrence], kind: str = "") -> list[KnownDate]:
    """The dates that news named, soonest first; ``said`` is in order of publication, newest first.

    When several pieces of news of one ticker and type name the same kind of date, the newest counts.
    """
    found: dict[tuple[str, str, str], KnownDate] = {}
    for one in said:
        for key, value in one.facts.items():
            day = _day(value) if key.endswith("_date") and kind in ("", key) else None
            if day is None:
                continue
            place = (one.ticker or one.story_id, one.type, key)
            newer = found.get(place)
            if newer is None:
                found[place] = KnownDate(day=day, kind=key, name=date_name(key), said=one)
            elif newer.moved is None and newer.day != day:
                found[place] = replace(newer, moved=(newer.day - day).days)
    return sorted(found.values(), key=lambda d: (d.day, d.said.ticker, d.kind))


def _day(value: FactValue) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
