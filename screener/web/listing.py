"""The list an address asks for, and its rows made ready to be shown."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Mapping, Sequence

from msgspec import Struct

from screener import clock
from screener.engine.selection import Beside, age_moment, select, shown
from screener.format import safe_link
from screener.store.lists import SaidRow
from screener.store.marks import Marked
from screener.types import Reason, SourceRef, WatchRow
from screener.web import show
from screener.web.query import Filters
from screener.web.site import PageView

TITLE_LIMIT = 200
_WHY = 3


class Chosen(Struct, frozen=True, kw_only=True):
    """The list an address asks for; ``rows`` is None when none was stored by then.

    ``rows`` are those of the universe, ranked among themselves, or all when the filters say so; ``every`` are all.
    """

    filters: Filters
    day: dt.date | None
    run_id: str = ""
    stood: dt.datetime | None = None
    every: Sequence[WatchRow] = ()
    rows: Sequence[WatchRow] | None = None
    moment: dt.datetime
    today: dt.date

    @property
    def outside(self) -> int:
        """How many rows are no small caps of the universe."""
        return sum(bool(r.outside) for r in self.every)

    @property
    def other_day(self) -> bool:
        """True when the list is not the current session's."""
        return self.day is not None and self.day != self.today

    def row_of(self, ticker: str) -> WatchRow | None:
        """A ticker's row, also one that is not shown."""
        return next((r for part in (self.rows or (), self.every) for r in part if r.ticker == ticker), None)


def chosen(view: PageView, filters: Filters) -> Chosen:
    """Find the list: the day asked for, else the session of the moment asked for, else the newest with a list."""
    day, as_of, today = filters.day, filters.as_of, clock.session_day(view.now)
    if day is None and as_of is not None:
        day = clock.session_day(as_of)
    if day is None:
        newest = view.store.lists.newest()
        day = newest.day if newest else None
    if day is None:
        return Chosen(filters=filters, day=None, moment=view.now, today=today)
    store = view.store
    run_id = store.lists.list_id(day, as_of)
    if run_id is None:
        return Chosen(filters=filters, day=day, moment=as_of or view.now, today=today)
    stood = next((t for t, r in store.lists.times(day) if r == run_id), None)
    every = view.site.rows(store, day, run_id)
    return Chosen(
        filters=filters, day=day, run_id=run_id, stood=stood, every=every, rows=shown(every, everything=filters.all),
        moment=age_moment(as_of, day, stood), today=today,
    )  # fmt: skip


class Picked(Struct, frozen=True, kw_only=True):
    """The rows of a list that pass its filters, with the user's marks and the sources.

    Pinned tickers stand first in the order of rank; an order by a column is that column's alone.
    """

    kept: Sequence[WatchRow]
    sources: Mapping[str, list[SourceRef]]
    own: Mapping[str, Marked]
    sectors: Mapping[str, str]

    @property
    def names(self) -> dict[str, list[str]]:
        """The names of the sources by story id."""
        return {s: [x.source for x in refs] for s, refs in self.sources.items()}


def picked(view: PageView, found: Chosen) -> Picked:
    """Apply the filters to the list."""
    rows, f = found.rows or (), found.filters
    sources = view.store.outlines.sources([r.story_id for r in rows], found.moment)
    own = view.store.marks.standing(f.as_of)
    names = {s: [x.source for x in refs] for s, refs in sources.items()}
    listed = {t for t, m in own.items() if m.listed or m.pinned}
    sectors = view.store.sectors.of([r.ticker for r in rows])
    beside = Beside(own=listed, sectors=sectors, sources=names, moment=found.moment)
    kept = select(rows, f.wanted(), beside)
    pinned = {t for t, m in own.items() if m.pinned}
    first = [r for r in kept if r.ticker in pinned] if f.sort == "rank" else []
    if first:
        kept = [*first, *(r for r in kept if r.ticker not in pinned)]
    return Picked(kept=kept, sources=sources, own=own, sectors=sectors)


def key_of(row: WatchRow | SaidRow) -> str:
    """Short and the same as long as a row tells the same event: its ticker, lead story and catalyst."""
    return f"{zlib.crc32(f'{row.ticker}:{row.story_id}:{row.catalyst}'.encode()):08x}"


class ListLine(Struct, frozen=True, kw_only=True):
    """One row as the template shows it; ``why`` are points and words, ``heard`` says where the story came from."""

    row: WatchRow
    key: str
    title: str
    url: str
    why: tuple[tuple[str, str], ...]
    made_of: str
    first: str
    more_sources: int
    heard: str
    own: Marked
    sector: str = ""


def side_reasons(row: WatchRow) -> list[Reason]:
    """The reasons that make up the row's score: those of its lead's side, which add up to it."""
    sides = list(dict.fromkeys(r.side for r in row.reasons))
    if len(sides) < 2:
        return list(row.reasons)
    sums = {s: sum(r.points for r in row.reasons if r.side == s) for s in sides}
    lead = min(sides, key=lambda s: abs(sums[s] - row.score))
    return [r for r in row.reasons if r.side == lead]


class RulePoints(Struct, frozen=True, kw_only=True):
    """What one rule gave: its points in all, its first reason, and the details after it."""

    rule_id: str
    points: float
    text: str
    details: tuple[str, ...] = ()


def by_rule(reasons: Sequence[Reason]) -> list[RulePoints]:
    """Reasons grouped by their rule, in the order of first appearance."""
    found: dict[str, list[Reason]] = {}
    for n, r in enumerate(reasons):
        found.setdefault(r.rule_id or str(n), []).append(r)
    return [
        RulePoints(
            rule_id=g[0].rule_id,
            points=sum(r.points for r in g),
            text=g[0].text,
            details=tuple(r.text for r in g[1:]),
        )
        for g in found.values()
    ]


def line(row: WatchRow, sources: Sequence[SourceRef], own: Marked | None, sector: str = "") -> ListLine:
    """A row made ready: cut title, safe address, the strongest reasons besides the catalyst itself, who was first."""
    reasons = side_reasons(row)
    lead = next((r.rule_id for r in reasons if r.part == "catalyst"), "")
    groups = by_rule(reasons)
    others = sorted((g for g in groups if g.rule_id and g.rule_id != lead and g.points > 0), key=lambda g: -g.points)
    return ListLine(
        row=row,
        key=key_of(row),
        title=show.clean(row.headline, TITLE_LIMIT),
        url=safe_link(row.url),
        why=tuple((show.points(round(g.points, 1)), show.words(g.rule_id)) for g in others[:_WHY]),
        made_of=made_of(groups),
        first=show.clean(sources[0].source, 20) if sources else "",
        more_sources=max(len(sources) - 1, 0),
        heard="; ".join(f"{show.clean(s.source, 24)} {show.time_of_day(s.received)} ET" for s in sources[:6]),
        own=own or Marked(),
        sector=show.clean(sector, 60),
    )


def made_of(groups: Sequence[RulePoints]) -> str:
    """What a score is made of in a line: ``+72 takeover target, +12 volume confirms, −3 unconfirmed``."""
    told = [f"{show.points(round(g.points, 1))} {show.words(g.rule_id) or show.clean(g.text, 60)}" for g in groups]
    return ", ".join(told)
