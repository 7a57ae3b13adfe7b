"""My desk: the own watchlist, what changed since a moment, alerts, outcomes of past lists, movers without news, the brief."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from msgspec import Struct

from screener import clock
from screener.engine.selection import shown
from screener.store.marks import Marked
from screener.store.outcomes import HORIZONS, Outcome
from screener.types import WatchRow
from screener.web import marking
from screener.web.listing import Chosen, chosen
from screener.web.query import Filters, read_day, read_moment
from screener.web.site import Answer, PageView

TOP, FAR = 10, 10.0
_DAYS = 25
_ALERTS = 40
_STEP = 5.0


class OwnTicker(Struct, frozen=True, kw_only=True):
    """One ticker of the user's, with its row on the newest list."""

    ticker: str
    marks: Marked
    row: WatchRow | None
    company: str = ""


class RowChange(Struct, frozen=True, kw_only=True):
    """What became of a row between two lists; ``before`` or ``after`` is None for a new or a gone one."""

    ticker: str
    before: WatchRow | None
    after: WatchRow | None

    @property
    def size(self) -> float:
        """How much the score moved; all of it for a row that came or went."""
        return (self.after.score if self.after else 0.0) - (self.before.score if self.before else 0.0)


class DayOfOutcomes(Struct, frozen=True, kw_only=True):
    """How the first rows of a past list did: by horizon, how many are known and how many moved far."""

    day: dt.date
    rows: int
    known: Mapping[str, int]
    far: Mapping[str, int]


def page(view: PageView) -> Answer:
    """The page ``/desk``."""
    found = chosen(view, Filters())
    own = [o for o in _own(view, found) if o.marks.listed or o.marks.pinned or o.marks.muted]
    since, changed = changes(view, found)
    return view.render(
        "desk.html",
        nav="desk",
        part="desk",
        found=found,
        own=own,
        since=since,
        changed=changed,
        alerts=view.store.outbox.alerts(limit=_ALERTS),
        token=marking.token(view.site),
    )


def _own(view: PageView, found: Chosen) -> list[OwnTicker]:
    marks = view.store.marks.standing()
    out = []
    for ticker, m in marks.items():
        listing = view.store.listings.get(ticker)
        out.append(OwnTicker(ticker=ticker, marks=m, row=found.row_of(ticker), company=listing.name if listing else ""))
    return sorted(out, key=lambda o: (not o.marks.pinned, o.row.rank if o.row else 10_000, o.ticker))


def changes(view: PageView, found: Chosen) -> tuple[dt.datetime | None, list[RowChange]]:
    """What came, went and moved since ``since`` (else the day's first list), the largest step first."""
    if found.day is None:
        return None, []
    args = dict(view.args) | ({"at": view.args["since"]} if view.args.get("since") else {})
    since = read_moment(args, found.day) or next((t for t, _ in view.store.lists.times(found.day)), None)
    if since is None:
        return None, []
    before = {r.ticker: r for r in shown(view.store.lists.rows_as_of(found.day, since) or [])}
    after = {r.ticker: r for r in found.rows or ()}
    every = [RowChange(ticker=t, before=before.get(t), after=after.get(t)) for t in {**before, **after}]
    moved = [c for c in every if c.before is None or c.after is None or _moved(c.before, c.after)]
    return since, sorted(moved, key=lambda c: (-abs(c.size), c.ticker))


def _moved(a: WatchRow, b: WatchRow) -> bool:
    return abs(a.score - b.score) >= _STEP or (a.action, a.catalyst, a.side) != (b.action, b.catalyst, b.side)


def outcomes_page(view: PageView) -> Answer:
    """The page ``/desk/outcomes``: every past day in a line, or the rows of one day with what they did."""
    day = read_day(view.args)
    store = view.store
    if day is not None:
        rows = shown(store.lists.rows_as_of(day) or [])
        later = store.outcomes.of_day(day)
        listed = [(r, later.get(r.ticker)) for r in rows]
        return view.render(
            "outcomes.html", nav="desk", part="outcomes", day=day, rows=listed, days=[], top=TOP, far=FAR
        )
    days = [_of_day(view, d) for d in store.lists.days(_DAYS)]
    return view.render("outcomes.html", nav="desk", part="outcomes", day=None, rows=[], days=days, top=TOP, far=FAR)


def _of_day(view: PageView, day: dt.date) -> DayOfOutcomes:
    run_id = view.store.lists.list_id(day)
    rows = shown(view.site.rows(view.store, day, run_id) if run_id else [])
    later = view.store.outcomes.of_day(day)
    known, far = _count([o for r in rows[:TOP] if (o := later.get(r.ticker))])
    return DayOfOutcomes(day=day, rows=len(rows), known=known, far=far)


def _count(held: Sequence[Outcome]) -> tuple[dict[str, int], dict[str, int]]:
    moves = {h: [m for o in held if (m := getattr(o, h)) is not None] for h in HORIZONS}
    return {h: len(v) for h, v in moves.items()}, {h: sum(abs(m) >= FAR for m in v) for h, v in moves.items()}


def movers_page(view: PageView) -> Answer:
    """The page ``/desk/movers``: the day's movers by whether news of them is known."""
    from screener.clock import Clock
    from screener.pipeline.movers import movers, split_by_news
    from screener.pipeline.workspace import Workspace

    site, store = view.site, view.store
    day = read_day(view.args) or store.bars.last_day(view.now)
    wanted = site.settings.movers
    found = []
    if day is not None:
        moment = min(view.now, clock.news_window(day)[1])
        workspace = Workspace(settings=site.settings, store=store, clock=Clock(moment))
        found = movers(workspace, day, moment, wanted.min_change, wanted.min_dollar_volume)
    return view.render(
        "movers.html", nav="desk", part="movers", day=day, groups=split_by_news(found), wanted=wanted, moment=view.now
    )


def brief_page(view: PageView) -> Answer:
    """The page ``/desk/brief``: the day as ``screener brief`` writes it, to be copied. Raises LookupError."""
    make = view.site.brief
    found = chosen(view, Filters(day=read_day(view.args), as_of=read_moment(view.args)))
    if make is None or found.day is None or found.rows is None:
        raise LookupError("No list is stored yet, so there is nothing to write about.")
    title, text = make(view.store, view.site.settings, found.day, found.filters.as_of)
    return view.render("brief.html", nav="desk", part="brief", day=found.day, title=title, text=text)
