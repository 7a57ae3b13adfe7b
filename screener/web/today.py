"""Today: the market's state on top, then the ranked list with its filters."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from markupsafe import Markup
from msgspec import Struct

from screener import clock
from screener.format import safe_link
from screener.store.marks import Marked
from screener.types import Reason, SourceRef, WatchRow
from screener.web import charts, market, show
from screener.web.query import (
    PAGE_SIZE,
    POLARITIES,
    SESSIONS,
    Filters,
    address,
    read_filters,
    select,
)
from screener.web.site import Answer, PageView, live_moment

TITLE_LIMIT = 240
_WHY = 3


class Chosen(Struct, frozen=True, kw_only=True):
    """The list an address asks for; ``rows`` is None when none was stored by then."""

    filters: Filters
    day: dt.date | None
    run_id: str = ""
    stood: dt.datetime | None = None
    rows: list[WatchRow] | None = None
    moment: dt.datetime


def chosen(view: PageView, filters: Filters) -> Chosen:
    """Find the list: the day asked for, else the session of the moment asked for, else the newest with a list."""
    day, as_of = filters.day, filters.as_of
    if day is None and as_of is not None:
        day = clock.session_day(as_of)
    if day is None:
        newest = view.store.lists.newest()
        day = newest.day if newest else None
    if day is None:
        return Chosen(filters=filters, day=None, moment=view.now)
    store = view.store
    run_id = store.lists.list_id(day, as_of)
    if run_id is None:
        return Chosen(filters=filters, day=day, moment=as_of or view.now)
    stood = next((t for t, r in store.lists.times(day) if r == run_id), None)
    rows = view.site.rows(store, day, run_id)
    return Chosen(
        filters=filters, day=day, run_id=run_id, stood=stood, rows=rows, moment=live_moment(as_of, day, stood)
    )


class ListLine(Struct, frozen=True, kw_only=True):
    """One row as the template shows it."""

    row: WatchRow
    key: str
    title: str
    url: str
    bar: Markup
    why: tuple[tuple[str, str], ...]
    sources: list[SourceRef]
    own: Marked


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


def line(row: WatchRow, sources: Sequence[SourceRef], own: Marked | None) -> ListLine:
    """A row made ready: cut title, safe address, score bar, the strongest reasons besides the catalyst itself."""
    reasons = side_reasons(row)
    lead = next((r.rule_id for r in reasons if r.part == "catalyst"), "")
    others = sorted((g for g in by_rule(reasons) if g.rule_id != lead and g.points > 0), key=lambda g: -g.points)
    return ListLine(
        row=row,
        key=f"{row.ticker}:{row.story_id}",
        title=show.clean(row.headline, TITLE_LIMIT),
        url=safe_link(row.url),
        bar=charts.score_bar(row.score, charts.parts_of(reasons)),
        why=tuple((show.points(g.points), show.words(g.rule_id) or show.clean(g.text, 60)) for g in others[:_WHY]),
        sources=list(sources),
        own=own or Marked(),
    )


def stamp(view: PageView) -> object:
    """What the page depends on: the list, the regime, the marks, the minute while the list is live, the ticker's sources."""
    found = chosen(view, read_filters(view.args))
    day = found.day
    if day is None:
        return None
    store = view.store
    before, marks, regime = store.lists.days_beside(day), store.marks.newest_id(), store.regimes.newest_moment(day)
    live = int(found.moment.timestamp() // 60) if found.filters.as_of is None else 0
    return (found.run_id, marks, regime, live, before)


def page(view: PageView) -> Answer:
    """The page ``/``."""
    filters = read_filters(view.args)
    found = chosen(view, filters)
    rows = found.rows or []
    known = view.store.outlines.sources([r.story_id for r in rows], found.moment)
    names = {s: [x.source for x in refs] for s, refs in known.items()}
    kept = select(rows, filters, names)
    own = view.store.marks.standing(filters.as_of)
    begin = (filters.page - 1) * PAGE_SIZE
    shown = [line(r, known.get(r.story_id, ()), own.get(r.ticker)) for r in kept[begin : begin + PAGE_SIZE]]
    regime = view.store.regimes.of_day(found.day, filters.as_of) if found.day else None
    return view.render(
        "today.html",
        nav="today",
        found=found,
        f=filters,
        lines=shown,
        kept=len(kept),
        total=len(rows),
        pages=(len(kept) + PAGE_SIZE - 1) // PAGE_SIZE,
        tally=_tally(rows),
        choices=_choices(rows, names),
        chips=_chips(filters),
        days=_days(view, found),
        market=market.card(view, regime, found.day, filters.as_of or found.moment),
        link=lambda **changes: address(filters, **changes),
        sorting=_sorting(filters),
        caps=[(limit, show.money(limit)) for _, limit in view.site.universe.bands],
        feed_address=address(filters.only(), "/feed.atom"),
    )


def _tally(rows: Sequence[WatchRow]) -> list[tuple[str, int]]:
    order = ("Alert", "Watch", "Avoid", "No Action")
    counts: Counter[str] = Counter(r.action or "No Action" for r in rows)
    return [(a, counts[a]) for a in order if counts[a]] + [(a, n) for a, n in counts.items() if a not in order]


def _choices(rows: Sequence[WatchRow], names: Mapping[str, Sequence[str]]) -> dict[str, list[tuple[str, int]]]:
    """What the filters offer, with how many rows each has."""
    catalysts = Counter(r.catalyst for r in rows)
    sources = Counter(s for r in rows for s in set(names.get(r.story_id, (r.source,))))
    signs: Counter[str] = Counter(r.polarity for r in rows)
    sessions = Counter(r.session for r in rows)
    return {
        "catalyst": sorted(catalysts.items(), key=lambda x: (-x[1], x[0])),
        "source": sorted(sources.items()),
        "polarity": [(p, signs[s]) for p, s in POLARITIES.items() if signs[s]],
        "session": [(s, sessions[s]) for s in SESSIONS if sessions[s]],
    }


def _chips(f: Filters) -> list[tuple[str, str]]:
    """The filters that are on, each with the address without it."""
    chips = [(show.words(c), address(f, catalyst=tuple(x for x in f.catalyst if x != c))) for c in f.catalyst] + [
        (f"{p} news", address(f, polarity=tuple(x for x in f.polarity if x != p))) for p in f.polarity
    ]
    chips += [
        (f"{getattr(f, n)} {w}".strip(), address(f, **{n: ""}))
        for n, w in (("session", "session"), ("action", ""))
        if getattr(f, n)
    ]
    if f.source:
        chips.append((f"from {f.source}", address(f, source="")))
    if f.min_score is not None:
        chips.append((f"score ≥ {f.min_score:g}", address(f, min_score=None)))
    if f.max_cap is not None:
        chips.append((f"cap ≤ {show.money(f.max_cap)}", address(f, max_cap=None)))
    if f.min_rvol is not None:
        chips.append((f"volume ≥ {f.min_rvol:g}×", address(f, min_rvol=None)))
    return chips


def _days(view: PageView, found: Chosen) -> dict[str, object]:
    """Where the day stands: the lists before and after it, and the moments at which its list changed."""
    if found.day is None:
        return {"before": "", "after": "", "times": []}
    plain = Filters()
    before, after = view.store.lists.days_beside(found.day)
    times = view.store.lists.times(found.day)
    return {
        "before": (before, address(plain, day=before)) if before else None,
        "after": (after, address(plain, day=after)) if after else None,
        "times": [(t, address(found.filters, day=found.day, as_of=t), r == found.run_id) for t, r in times[-40:]],
    }


def _sorting(f: Filters) -> dict[str, tuple[str, str]]:
    """For each column its address and ``aria-sort``."""
    out = {}
    for name in ("rank", "ticker", "age", "price", "change", "rvol", "volume", "cap", "materiality", "score"):
        current = f.sort.removeprefix("-") == name
        turned = f.sort.startswith("-")
        falls = (name not in ("rank", "ticker", "age")) != turned
        target = f"-{name}" if current and not turned else name
        out[name] = (address(f, sort=target), ("descending" if falls else "ascending") if current else "")
    return out
