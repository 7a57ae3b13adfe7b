"""Today: the market in one line, then the ranked list with its filters, as a page, as CSV, as JSON and to copy."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from screener.format import watch_csv
from screener.types import WatchRow
from screener.web import market, marking, show
from screener.web.listing import Chosen, ListLine, Picked, chosen, key_of, line, picked
from screener.web.query import (
    NUMBERS,
    PAGE_SIZE,
    POLARITIES,
    SESSIONS,
    SIDES,
    Filters,
    address,
    read_filters,
    toggled,
)
from screener.web.site import Answer, PageView, finished
from screener.web.views import snippet, view_links

_LABELS = {
    "score": "Score", "change": "Change %", "since_news": "Since news %", "rvol": "RVol ×", "price": "Price $",
    "dollar_volume": "$ volume", "float": "Float", "cap": "Cap", "materiality": "Materiality %", "age": "Age, hours",
}  # fmt: skip
_ORDERS = (
    ("rank", "rank"), ("age", "newest"), ("change", "change"), ("-change", "fall"), ("since_news", "since news"),
    ("rvol", "RVol"), ("dollar_volume", "$ volume"), ("price", "price"), ("-cap", "smallest"), ("-float", "smallest float"),
    ("materiality", "materiality"), ("score", "score"), ("sector", "sector"), ("ticker", "ticker"),
)  # fmt: skip
_SIDE_NAMES = {"+": "Up", "-": "Down", "": "Unclear"}
_COLUMNS = (
    "rank", "ticker", "sector", "age", "price", "change", "since_news", "rvol", "dollar_volume", "cap", "float",
    "materiality", "score",
)  # fmt: skip


def stamp(view: PageView) -> object:
    """What the page depends on: list, regime, marks, the line on top, saved views, the minute while the list is live."""
    found = chosen(view, read_filters(view.args))
    line_on_top = tuple((p.text, p.tone) for p in view.site.status(view.store, view.now))
    saved = (view.site.views(), view.store.views.all())
    day = found.day
    if day is None:
        return (line_on_top, saved)
    store = view.store
    before, marks, regime = store.lists.days_beside(day), store.marks.newest_id(), store.regimes.newest_moment(day)
    live = int(found.moment.timestamp() // 60) if found.filters.as_of is None else 0
    return (found.run_id, marks, regime, live, before, line_on_top, found.today, saved)


def page(view: PageView) -> Answer:
    """The page ``/``."""
    filters = read_filters(view.args)
    found = chosen(view, filters)
    rows = found.rows or ()
    held = picked(view, found)
    begin = (filters.page - 1) * PAGE_SIZE
    here = held.kept[begin : begin + PAGE_SIZE]
    regime = view.store.regimes.of_day(found.day, filters.as_of) if found.day else None
    return view.render(
        "today.html",
        nav="today",
        found=found,
        f=filters,
        groups=_groups(here, held, apart=filters.apart),
        shown=len(here),
        kept=len(held.kept),
        total=len(rows),
        pages=(len(held.kept) + PAGE_SIZE - 1) // PAGE_SIZE,
        tally=_tally(rows),
        sides=_sides(rows),
        menus=_menus(rows, held, filters),
        sectors=bool(held.sectors),
        limits=_limits(filters),
        caps=[(f"{limit:.0f}", show.money(limit)) for _, limit in view.site.universe.bands],
        orders=_ORDERS,
        chips=_chips(filters),
        days=_days(view, found),
        keys=_keys(found),
        market=market.card(view, regime, found.day, filters.as_of or found.moment),
        link=lambda **changes: address(filters, **changes),
        toggle=lambda name, value: address(filters, **{name: toggled(getattr(filters, name), value)}),
        sorting=_sorting(filters),
        views=view_links(view.store, view.site.views(), filters),
        token=marking.token(view.site),
        query=address(msgspec.structs.replace(filters, page=1), ""),
        snippet=snippet(filters),
        one_second=dt.timedelta(seconds=1),
        settings_file=view.site.settings.path,
        clear=address(Filters(day=filters.day, as_of=filters.as_of, sort=filters.sort)),
        files={kind: address(msgspec.structs.replace(filters, page=1), f"/list.{kind}") for kind in _KINDS},
        feed_address=address(filters.only(), "/feed.atom"),
    )


_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "json": "application/json",
}


def as_file(view: PageView) -> Answer:
    """``/list.csv``, ``.tsv`` and ``.json``: every row of exactly this view, in its order."""
    found = chosen(view, read_filters(view.args))
    kept, kind = picked(view, found).kept, view.names["kind"]
    name = f"screener-{found.day or 'empty'}.{kind}"
    if kind == "json":
        body: str | bytes = msgspec.json.encode(kept)
    else:
        body = watch_csv.csv_text(kept) if kind == "csv" else watch_csv.tab_text(kept)
    return finished(body, _KINDS[kind], content_disposition=f'attachment; filename="{name}"')


def _keys(found: Chosen) -> str:
    """The keys of every row of the list, so that the browser can tell what is new; those not shown with a ``~``."""
    inside = {r.ticker for r in found.rows or ()}
    return " ".join(("" if r.ticker in inside else "~") + key_of(r) for r in found.every)


def _groups(here: Sequence[WatchRow], held: Picked, *, apart: bool) -> list[tuple[str, list[ListLine]]]:
    """The rows with a heading each: one without a word, or up, down and unclear."""
    lines = [
        line(r, held.sources.get(r.story_id, ()), held.own.get(r.ticker), held.sectors.get(r.ticker, "")) for r in here
    ]
    if not apart:
        return [("", lines)] if lines else []
    parts = [(name, [x for x in lines if x.row.side == side]) for side, name in _SIDE_NAMES.items()]
    return [p for p in parts if p[1]]


def _tally(rows: Sequence[WatchRow]) -> list[tuple[str, str, int]]:
    """Actions with their word in addresses and how many rows have them."""
    order = ("Alert", "Watch", "Avoid", "No Action")
    counts: Counter[str] = Counter(r.action or "No Action" for r in rows)
    listed = [(a, counts[a]) for a in order if counts[a]] + [(a, n) for a, n in counts.items() if a not in order]
    return [(a, a.lower().replace(" ", "_"), n) for a, n in listed]


def _sides(rows: Sequence[WatchRow]) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter(r.side for r in rows)
    return [(name, counts[side]) for name, side in SIDES.items() if counts[side]]


def _menus(
    rows: Sequence[WatchRow], held: Picked, f: Filters
) -> list[tuple[str, str, list[tuple[str, str, int, bool]], int]]:
    """The menus of the filters: name, label, (value, words, rows, on), and how many are on."""
    catalysts = Counter(r.catalyst for r in rows)
    names = held.names
    sources = Counter(s for r in rows for s in set(names.get(r.story_id, (r.source,))) if s)
    signs: Counter[str] = Counter(r.polarity for r in rows)
    sessions = Counter(r.session for r in rows)
    known = Counter(held.sectors[r.ticker] for r in rows if r.ticker in held.sectors)
    offered: list[tuple[str, str, list[tuple[str, str, int]]]] = [
        ("catalyst", "Catalyst", [(c, show.words(c), n) for c, n in sorted(catalysts.items(), key=lambda x: (-x[1], x[0]))]),
        ("side", "Side", [(name, name, n) for name, n in _sides(rows)]),
        ("polarity", "News", [(p, p, signs[s]) for p, s in POLARITIES.items() if signs[s]]),
        ("action", "Action", [(word, a, n) for a, word, n in _tally(rows)]),
        ("session", "Session", [(s, s, sessions[s]) for s in SESSIONS if sessions[s]]),
        ("source", "Source", [(s, show.clean(s, 30), n) for s, n in sorted(sources.items())]),
        ("sector", "Sector", [(s, s, n) for s, n in sorted(known.items(), key=lambda x: (-x[1], x[0]))]),
        ("exchange", "Exchange", [(e, e, n) for e, n in sorted(Counter(r.exchange for r in rows if r.exchange).items())]),
    ]  # fmt: skip
    return [
        (name, label, _ticked(options, getattr(f, name)), len(getattr(f, name))) for name, label, options in offered
    ]


def _ticked(options: Sequence[tuple[str, str, int]], on: Sequence[str]) -> list[tuple[str, str, int, bool]]:
    """The options with those that are on, also when no row has them today."""
    known = {v for v, _, _ in options}
    return [(v, words, n, v in on) for v, words, n in options] + [
        (v, show.words(v), 0, True) for v in on if v not in known
    ]


def _limits(f: Filters) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The number fields: label and (name, word, value) of its ends."""
    out = []
    for name, label in _LABELS.items():
        ends = [(f"{end}_{name}", word) for end, word in (("min", "from"), ("max", "to"))]
        known = [(n, w, _plain(getattr(f, n))) for n, w in ends if n in NUMBERS or n == "max_age"]
        out.append((label, known))
    return out


def _plain(value: float | None) -> str:
    if value is None:
        return ""
    return show.shares(value) if abs(value) >= 1e6 and float(f"{value:.3g}") == value else f"{value:.12g}"


def _chips(f: Filters) -> list[tuple[str, str]]:
    """The filters that are on, each with the address without it."""
    chips: list[tuple[str, str]] = []
    for name, words in (("catalyst", "{}"), ("side", "{}"), ("polarity", "{} news"), ("action", "{}"), ("session", "{} session"),
                        ("source", "from {}"), ("exchange", "{}"), ("sector", "{}"), ("ticker", "{}")):  # fmt: skip
        held = getattr(f, name)
        chips += [
            (words.format(show.words(v) if name != "ticker" else v), address(f, **{name: toggled(held, v)}))
            for v in held
        ]
    for name, label in _LABELS.items():
        for end, sign in (("min", "≥"), ("max", "≤")):
            value = getattr(f, f"{end}_{name}", None)
            if value is not None:
                chips.append((f"{label} {sign} {_plain(value)}", address(f, **{f"{end}_{name}": None})))
    if f.own:
        chips.append(("own list", address(f, own=False)))
    return chips


def _days(view: PageView, found: Chosen) -> dict[str, object]:
    """Where the day stands: the lists before and after it, and the moments at which its list changed."""
    if found.day is None:
        return {"before": "", "after": "", "times": []}
    plain = found.filters.only()
    before, after = view.store.lists.days_beside(found.day)
    times = view.store.lists.times(found.day)
    return {
        "before": (before, address(plain, day=before)) if before else None,
        "after": (after, address(plain, day=after)) if after else None,
        "times": [(t, address(found.filters, day=found.day, as_of=t), r == found.run_id) for t, r in times[-40:]],
    }


def _sorting(f: Filters) -> Mapping[str, tuple[str, str]]:
    """For each column its address and ``aria-sort``."""
    out = {}
    for name in _COLUMNS:
        current = f.sort.removeprefix("-") == name
        turned = f.sort.startswith("-")
        falls = (name not in ("rank", "ticker", "age", "sector")) != turned
        target = f"-{name}" if current and not turned else name
        out[name] = (address(f, sort=target), ("descending" if falls else "ascending") if current else "")
    return out
