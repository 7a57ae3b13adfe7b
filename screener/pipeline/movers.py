"""The day's small-cap movers: which have a row on the list, and which moved with no news found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct, structs

from screener import clock
from screener.engine.selection import shown
from screener.pipeline.membership import lenient, outside
from screener.pipeline.workspace import Workspace
from screener.types import Bar, Move, WatchRow

LISTED, UNTAGGED, UNEXPLAINED = "listed", "news without a catalyst", "no news found"


class Mover(Struct, frozen=True, kw_only=True):
    """One ticker that moved. ``news`` is listed (``rank``, ``score`` and ``catalyst`` are its row's), "news without a
    catalyst" when a story of the day's window is stored, or "no news found". ``headline`` is the row's, else the last
    story known of it, whatever its age; ``age_days`` counts from its publication, None without any story."""

    ticker: str
    company: str = ""
    exchange: str = ""
    change_pct: float
    price: float | None = None
    dollar_volume: float
    market_cap: float | None = None
    news: str
    rank: int | None = None
    score: float | None = None
    catalyst: str = ""
    headline: str = ""
    published: dt.datetime | None = None
    age_days: float | None = None
    sector: str = ""


def movers(
    workspace: Workspace, day: dt.date, as_of: dt.datetime, min_change: float, min_dollar_volume: float
) -> list[Mover]:
    """Small caps that moved ``min_change`` percent or more, up or down, on that many dollars; the largest move first.

    Only what was known at ``as_of`` counts. An unknown market cap stays in, as on the list.
    """
    bars = _day_bars(workspace, day, as_of)
    rows = {r.ticker: r for r in shown(workspace.store.lists.rows_as_of(day, as_of) or [])}
    found = []
    for ticker, (bar, change) in bars.items():
        traded = (bar.close or 0.0) * (bar.volume or 0.0)
        if abs(change) < min_change or traded < min_dollar_volume or _outside(workspace, bar, as_of):
            continue
        found.append(_mover(workspace, day, as_of, bar, change, rows.get(ticker)))
    known = workspace.store.sectors.all() if found else {}
    found = [structs.replace(m, sector=known.get(m.ticker, "")) for m in found]
    return sorted(found, key=lambda m: (-abs(m.change_pct), m.ticker))


def _day_bars(workspace: Workspace, day: dt.date, as_of: dt.datetime) -> dict[str, tuple[Bar, float]]:
    """Each ticker's bar of the day and its change: the source's own, else against the close before where no split is."""
    bars = workspace.store.bars
    before = clock.previous_session(day)
    held = bars.days(before, day, as_of, workspace.settings.prices.source)
    ended = {t: b[-1] for t, b in held.items() if b[-1].day == day}
    split = bars.reverse_splits(list(ended), as_of)
    found = {}
    for ticker, bar in ended.items():
        change = bar.change_pct
        last = held[ticker][0].close if len(held[ticker]) > 1 else None
        if change is None and last and bar.close and day not in split.get(ticker, ()):
            change = (bar.close / last - 1) * 100
        if change is not None:
            found[ticker] = (bar, change)
    return found


def _outside(workspace: Workspace, bar: Bar, as_of: dt.datetime) -> str:
    move = Move(ticker=bar.ticker, as_of=as_of, price=bar.close, market_cap=bar.market_cap, exchange=bar.exchange)
    listing = workspace.table.by_ticker(bar.ticker)
    return outside(bar.ticker, move, listing, (), lenient(workspace.universe))


def _mover(
    workspace: Workspace, day: dt.date, as_of: dt.datetime, bar: Bar, change: float, row: WatchRow | None
) -> Mover:
    listing = workspace.table.by_ticker(bar.ticker)
    headline, published, news = _told(workspace, day, as_of, bar.ticker, row)
    return Mover(
        ticker=bar.ticker,
        company=listing.name if listing else "",
        exchange=bar.exchange or (listing.exchange if listing else ""),
        change_pct=round(change, 2),
        price=bar.close,
        dollar_volume=round((bar.close or 0.0) * (bar.volume or 0.0), 2),
        market_cap=bar.market_cap,
        news=news,
        rank=row.rank if row else None,
        score=row.score if row else None,
        catalyst=row.catalyst if row else "",
        headline=headline,
        published=published,
        age_days=round((as_of - published).total_seconds() / 86400, 2) if published else None,
    )


def _told(
    workspace: Workspace, day: dt.date, as_of: dt.datetime, ticker: str, row: WatchRow | None
) -> tuple[str, dt.datetime | None, str]:
    if row is not None:
        return row.headline, row.published, LISTED
    last = next(iter(workspace.store.stories.last_of_ticker(ticker, as_of, as_of, 1)), None)
    if last is None:
        return "", None, UNEXPLAINED
    today = last.published is not None and last.published >= clock.news_window(day)[0]
    return last.title, last.published, UNTAGGED if today else UNEXPLAINED


def split_by_news(found: Sequence[Mover]) -> list[tuple[str, list[Mover]]]:
    """The movers by what is known of their news, groups without any left out."""
    groups = ((news, [m for m in found if m.news == news]) for news in (LISTED, UNTAGGED, UNEXPLAINED))
    return [(news, held) for news, held in groups if held]


def together(found: Sequence[Mover], least: int = 3) -> list[tuple[str, str, list[Mover]]]:
    """Sectors in which several movers went the same way: (sector, "up" or "down", its movers), the most first."""
    groups: dict[tuple[str, str], list[Mover]] = {}
    for m in found:
        if m.sector:
            groups.setdefault((m.sector, "up" if m.change_pct > 0 else "down"), []).append(m)
    kept = [(sector, way, held) for (sector, way), held in groups.items() if len(held) >= least]
    return sorted(kept, key=lambda g: (-len(g[2]), g[0], g[1]))
