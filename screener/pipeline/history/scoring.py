"""What past lists were worth, against what followed: shares with intervals over days and over companies.

A hit before the open is a move of ``FAR`` percent or more, up or down, in the session; after the close it is one of the
session's real movers, the same move on ``REAL`` dollars or more. An interval is the wider of two bootstraps, one that
draws days and one that draws companies: neither rows of one day nor those of one company are independent evidence. A
share's is never narrower than Wilson's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from msgspec import Struct

from screener import clock
from screener.pipeline.history.replay import PHASES, PastList, Phase
from screener.pipeline.study.estimates import clustered, share_of
from screener.pipeline.study.followed import HORIZONS, Following
from screener.pipeline.study.records import Estimate
from screener.pipeline.workspace import Workspace
from screener.types import WatchRow

TOP, FAR, REAL = 10, 10.0, 1_000_000.0
BAND = 10
LATER = tuple(h for h in HORIZONS if h)
LIMITS = (
    "no claim of profit: moves go from a close (before the open: from the close before) at prices that nobody may have got",
    "spreads: small caps trade 1 to 5 % wide, more before the open; a signed move of that size is no gain",
    "halts: a halted stock cannot be sold; rows whose ticker was halted that session are counted, not left out",
    "a daily bar cannot tell what moved before the news of its day",
    "survivorship: ticker table and price files are of today; what was delisted or renamed since may be missing",
    "rules and model are today's: where they were set on these very days, the figures flatter them",
    "many lines are compared at once: one interval in twenty misses by chance",
)


class Scored(Struct, frozen=True, kw_only=True):
    """One row of one list and what followed. ``change`` is the session's own move in percent; ``later`` are abnormal
    moves after its close by horizon, turned so that plus is the way the row pointed; ``keys`` are what baselines order
    by. None is unknown."""

    day: dt.date
    rank: int
    ticker: str
    score: float
    catalyst: str
    rule: str
    change: float
    hit: bool
    halted: bool
    later: dict[str, float | None]
    prev_rvol: float | None = None
    volatility: float | None = None


class Band(Struct, frozen=True, kw_only=True):
    """Rows with a score in [low, low + 10): their mean score and the share of hits, which should be alike."""

    low: int
    rows: int
    mean: float
    share: Estimate


class BacktestLine(Struct, frozen=True, kw_only=True):
    """Rows of one catalyst or rule: the share of hits, and mean moves after the session by horizon."""

    name: str
    rows: int
    companies: int
    share: Estimate
    later: dict[str, Estimate]


class Order(Struct, frozen=True, kw_only=True):
    """An order of the same rows: the share of hits in its first ten, a day's mean."""

    name: str
    precision: Estimate


class PhaseReport(Struct, frozen=True, kw_only=True):
    """Everything about the lists of one phase. ``turnover`` is the mean share of the first ten that did not stand in
    the first ten of the session before."""

    phase: Phase
    days: int
    rows: int
    companies: int
    unpriced: int
    halted: int
    share: Estimate
    bands: tuple[Band, ...]
    orders: tuple[Order, ...]
    turnover: Estimate
    top_later: dict[str, Estimate]
    catalysts: tuple[BacktestLine, ...]
    rules: tuple[BacktestLine, ...]


class Backtest(Struct, frozen=True, kw_only=True):
    """A finished backtest; ``benchmark`` is what later moves are measured against."""

    first: dt.date | None
    last: dt.date | None
    rules_digest: str
    model_id: str
    benchmark: str
    phases: tuple[PhaseReport, ...]
    limits: tuple[str, ...] = LIMITS


def backtest(
    workspace: Workspace, lists: Iterable[PastList], tick: Callable[[str, int], None] = lambda _w, _n: None
) -> Backtest:
    """Score lists against the bars that the workspace's store holds now. Empty lists give an empty report."""
    held = list(lists)
    days = sorted({one.day for one in held})
    following = Following(workspace, days)
    reports = [
        _phase(workspace, phase, [one for one in held if one.phase == phase], following, tick) for phase in PHASES
    ]
    return Backtest(
        first=days[0] if days else None,
        last=days[-1] if days else None,
        rules_digest=held[0].rules_digest if held else "",
        model_id=held[0].model_id if held else "",
        benchmark=following.benchmark,
        phases=tuple(r for r in reports if r.days),
    )


def _phase(
    workspace: Workspace,
    phase: Phase,
    lists: Sequence[PastList],
    following: Following,
    tick: Callable[[str, int], None],
) -> PhaseReport:
    rows: list[Scored] = []
    unpriced = 0
    for one in lists:
        shown = [r for r in one.rows if not r.outside]
        found = list(_scored(workspace, one, shown, following))
        unpriced += len(shown) - len(found)
        rows += found
        tick("lists", 1)
    top = [r for r in rows if r.rank <= TOP]
    return PhaseReport(
        phase=phase, days=len(lists), rows=len(rows), companies=len({r.ticker for r in rows}), unpriced=unpriced,
        halted=sum(r.halted for r in rows), share=_share(rows), bands=tuple(bands(rows)), orders=tuple(orders(rows)),
        turnover=turnover(lists), top_later=_later(top), catalysts=tuple(lines(rows, lambda r: r.catalyst)),
        rules=tuple(lines(rows, lambda r: r.rule)),
    )  # fmt: skip


def _scored(workspace: Workspace, one: PastList, rows: Sequence[WatchRow], following: Following) -> Iterable[Scored]:
    found = following.of(one.day, {r.ticker: r.published or one.as_of for r in rows})
    for rank, row in enumerate(rows, 1):
        followed = found.get(row.ticker)
        if followed is None or followed.move.day != one.day or followed.move.change_pct is None:
            continue
        move, way = followed.move, -1.0 if row.side == "-" else 1.0
        change = followed.move.change_pct
        far = abs(change) >= FAR
        yield Scored(
            day=one.day, rank=rank, ticker=row.ticker, score=row.score, catalyst=row.catalyst, rule=rule_of(row),
            change=change, hit=far if one.phase == "before" else far and (move.dollar_volume or 0.0) >= REAL,
            halted=_halted(workspace, row.ticker, one.day), prev_rvol=move.prev_rvol, volatility=move.volatility_pct,
            later={str(h): None if (m := followed.after[h]) is None else round(way * m, 4) for h in LATER},
        )  # fmt: skip


def _halted(workspace: Workspace, ticker: str, day: dt.date) -> bool:
    start, end = clock.open_time(day), clock.close_time(day)
    return any(start <= h.halted <= end for h in workspace.store.halts.of_ticker(ticker, start, clock.now()))


def rule_of(row: WatchRow) -> str:
    """The rule that made the row's lead."""
    return next((r.rule_id for r in row.reasons if r.rule_id), "")


# ---- measures ----------------------------------------------------------------------------------------------------


def _estimate(values: Sequence[float], rows: Sequence[Scored]) -> Estimate:
    return clustered(values, [r.day.isoformat() for r in rows], [r.ticker for r in rows])


def _share(rows: Sequence[Scored]) -> Estimate:
    return share_of([r.hit for r in rows], [r.day.isoformat() for r in rows], [r.ticker for r in rows])


def _later(rows: Sequence[Scored]) -> dict[str, Estimate]:
    found: dict[str, Estimate] = {}
    for horizon in map(str, LATER):
        known = [(m, r) for r in rows if (m := r.later[horizon]) is not None]
        found[horizon] = _estimate([m for m, _ in known], [r for _, r in known])
    return found


def bands(rows: Sequence[Scored]) -> Iterable[Band]:
    """The score in bands of ten against what happened."""
    for low in range(0, 100, BAND):
        held = [r for r in rows if low <= min(r.score, 99.999) < low + BAND]
        if held:
            mean = sum(r.score for r in held) / len(held)
            yield Band(low=low, rows=len(held), mean=round(mean, 2), share=_share(held))


def lines(rows: Sequence[Scored], key: Callable[[Scored], str]) -> Iterable[BacktestLine]:
    """The rows by catalyst or rule, the largest group first."""
    groups: dict[str, list[Scored]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    for name, held in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0])):
        yield BacktestLine(
            name=name, rows=len(held), companies=len({r.ticker for r in held}), share=_share(held), later=_later(held)
        )


def orders(rows: Sequence[Scored]) -> Iterable[Order]:
    """Precision at ten of the screener's own order and of the baselines on the same rows, each a mean over days."""
    days: dict[dt.date, list[Scored]] = {}
    for row in rows:
        days.setdefault(row.day, []).append(row)
    names = [d.isoformat() for d in days]

    def at_ten(order: Callable[[Scored], float]) -> Estimate:
        tops = [sorted(held, key=lambda r: (order(r), r.ticker))[:TOP] for held in days.values()]
        return clustered([sum(r.hit for r in top) / len(top) for top in tops], names)

    chance = [sum(r.hit for r in held) / len(held) for held in days.values()]
    yield Order(name="the list", precision=at_ten(lambda r: r.rank))
    yield Order(name="random", precision=clustered(chance, names))
    yield Order(name="previous day's relative volume", precision=at_ten(lambda r: -(r.prev_rvol or 0.0)))
    yield Order(name="volatility of 20 days", precision=at_ten(lambda r: -(r.volatility or 0.0)))
    yield Order(name="perfect foresight", precision=at_ten(lambda r: -float(r.hit)))


def turnover(lists: Sequence[PastList]) -> Estimate:
    """The mean share of the first ten that did not stand in the first ten of the list before."""
    tops = [{r.ticker for r in [r for r in one.rows if not r.outside][:TOP]} for one in lists]
    shares = [len(now - before) / len(now) for before, now in pairwise(tops) if now]
    return clustered(shares, [str(n) for n in range(len(shares))])
