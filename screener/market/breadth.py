"""Breadth and liquidity of the small caps on a day, from stored daily bars as plain rows.

A ticker's line is chained from the source's own daily changes, so that splits leave no step in it. Days without a bar
leave the line where it was. All counts are over the day's members only, on earlier days too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from screener import clock
from screener.limits import JUMP_CONFIRMS, JUMP_EVER, JUMP_UNSEEN, JUMP_UP

YEAR = 252
LINE, LINE_NEEDS = 50, 40
HIGH_LOW_NEEDS = 60
LIQUIDITY_NEEDS = 20
MOVERS = 20
MOVER_DOLLARS = 1_000_000.0
MAX_CHANGE = 10_000.0
BarRow = tuple[Any, ...]
"""ticker, day, open, high, low, close, volume, change_pct, market_cap, float_shares, exchange, source, known_at; times
as fixed-width UTC text."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Close, volume and change (percent) by session (rows, oldest first, the day last) and ticker; NaN is unknown.

    ``time`` is the newest ``known_at`` of the day's bars; ``partial`` says that one was caught in session.
    """

    tickers: list[str]
    close: Any
    volume: Any
    change: Any
    time: str
    partial: bool


def moment_text(moment: dt.datetime) -> str:
    """A moment as fixed-width UTC text, so that text order is time order."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def grid(rows: Iterable[BarRow], day: dt.date, as_of: dt.datetime, members: Collection[str]) -> Grid:
    """Lay the members' bars of 252 sessions before the day, and its own, out in arrays.

    Bars not known by ``as_of`` and bars of earlier days that were caught in session are left out.
    """
    import numpy as np

    days = [day]
    for _ in range(YEAR):
        days.append(clock.previous_session(days[-1]))
    days.reverse()
    place = {d.isoformat(): i for i, d in enumerate(days)}
    ends = [moment_text(clock.close_time(d)) for d in days]
    tickers = sorted(members)
    column = {t: i for i, t in enumerate(tickers)}
    shape = (len(days), len(tickers))
    close, volume, change = (np.full(shape, np.nan) for _ in range(3))
    known = moment_text(as_of)
    last, time, partial = len(days) - 1, "", False
    for row in rows:
        i, j = place.get(row[1]), column.get(row[0])
        at = row[12]
        if i is None or j is None or at > known or (i != last and at < ends[i]):
            continue
        if i == last:
            time, partial = max(time, at), partial or at < ends[i]
        close[i, j] = np.nan if row[5] is None else row[5]
        volume[i, j] = np.nan if row[6] is None else row[6]
        change[i, j] = np.nan if row[7] is None or row[7] > MAX_CHANGE else row[7]
    return Grid(tickers, close, volume, _believed(np, close, volume, _filled(np, close, change)), time, partial)


def _believed(np: Any, close: Any, volume: Any, change: Any) -> Any:
    """Without the gains that no trading explains, as ``prices.splits.implausible`` has it for one ticker."""
    with np.errstate(invalid="ignore", divide="ignore"):
        jump = close[1:] / close[:-1]
        compared = jump / (1 + change[1:] / 100)
        wild = (jump >= JUMP_UP) & (compared > 1 / JUMP_UNSEEN) & (compared < JUMP_UNSEEN)
    for i, j in np.argwhere(wild):
        recent = volume[max(0, i - 4) : i + 1, j]
        usual = recent[~np.isnan(recent)]
        quiet = usual.sum() > 0 and volume[i + 1, j] / usual.mean() < JUMP_CONFIRMS
        if quiet or jump[i, j] >= JUMP_EVER:
            change[i + 1, j] = np.nan
    return change


def _filled(np: Any, close: Any, change: Any) -> Any:
    """Where the source says no change, closes of consecutive sessions are compared, unless it looks like a split."""
    with np.errstate(invalid="ignore", divide="ignore"):
        own = (close[1:] / close[:-1] - 1) * 100
        own[(own < -45) | (own > 80)] = np.nan
    change[1:] = np.where(np.isnan(change[1:]), own, change[1:])
    return change


def breadth(g: Grid) -> dict[str, float | None]:
    """Counts and shares of the day; empty, which is unknown, when no bar of the day tells a change."""
    import numpy as np

    change, volume = g.change[-1], g.volume[-1]
    known = ~np.isnan(change)
    n = int(known.sum())
    if not n:
        return {}
    up, down = known & (change > 0), known & (change < 0)
    traded_up, traded_down = float(np.nansum(volume[up])), float(np.nansum(volume[down]))
    traded = traded_up + traded_down
    return {
        "small_caps": float(n),
        "up_pct": float(up.sum()) / n * 100,
        "median_change_pct": float(np.median(change[known])),
        "up_volume_pct": traded_up / traded * 100 if traded else None,
        "up10": float((change[known] >= 10).sum()),
        "down10": float((change[known] <= -10).sum()),
        **_lines(np, g),
        **_liquidity(np, g),
    }


def _lines(np: Any, g: Grid) -> dict[str, float | None]:
    line = np.cumprod(1 + np.nan_to_num(g.change) / 100, axis=0)
    line[np.isnan(g.close)] = np.nan
    here = ~np.isnan(line[-1])
    window = line[-LINE:]
    enough = here & ((~np.isnan(window)).sum(axis=0) >= LINE_NEEDS)
    stored = int((~np.isnan(line)).any(axis=1).sum()) - 1
    found: dict[str, float | None] = {"above_50d_pct": None, "highs_less_lows_pct": None, "high_low_sessions": None}
    if enough.any():
        means = np.nanmean(window[:, enough], axis=0)
        found["above_50d_pct"] = float((line[-1, enough] > means).mean()) * 100
    if stored >= HIGH_LOW_NEEDS:
        old = here & ((~np.isnan(line[:-1])).sum(axis=0) >= HIGH_LOW_NEEDS)
        if old.any():
            before, now = line[:-1, old], line[-1, old]
            highs, lows = now > np.nanmax(before, axis=0), now < np.nanmin(before, axis=0)
            found["highs_less_lows_pct"] = float(highs.mean() - lows.mean()) * 100
            found["high_low_sessions"] = float(min(stored, YEAR))
    return found


def _liquidity(np: Any, g: Grid) -> dict[str, float | None]:
    """The day's dollar volume against the mean of the 50 sessions before; unknown while the session runs."""
    dollars = g.close * g.volume
    count = (~np.isnan(dollars)).sum(axis=1)
    totals = np.nansum(dollars, axis=1)
    # A session of which only a part is stored would count as a quiet one.
    whole = count[:-1] >= 0.5 * count[-1]
    before = totals[:-1][-LINE:][whole[-LINE:]]
    if g.partial or len(before) < LIQUIDITY_NEEDS or not before.sum() or not totals[-1]:
        return {"liquidity_small": None}
    return {"liquidity_small": float(totals[-1] / before.mean())}


def top_movers(g: Grid) -> tuple[str, ...]:
    """The 20 small caps with the largest changes, up or down, that traded a million dollars; largest first."""
    import numpy as np

    change = np.abs(g.change[-1])
    liquid = np.nan_to_num(g.close[-1] * g.volume[-1]) >= MOVER_DOLLARS
    order = np.argsort(-np.where(liquid & ~np.isnan(change), change, -1.0), kind="stable")
    return tuple(g.tickers[i] for i in order[:MOVERS] if liquid[i] and not np.isnan(change[i]))
