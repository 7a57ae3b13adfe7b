"""What listed tickers did later, as lines and as records for JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from screener.clock import eastern
from screener.format import percent, whole_score
from screener.outputs.table import clean
from screener.store.outcomes import HORIZONS, Outcome
from screener.types import WatchRow

Place = tuple[dt.date, int, float, str, str, str]
"""A row of a ticker's history: day, rank, score, action, catalyst, headline."""
TOP, FAR = 10, 10.0


def moves(outcome: Outcome | None) -> dict[str, float | None]:
    """``close_pct``, ``next_pct`` and ``week_pct``, each None while unknown."""
    return {f"{h}_pct": getattr(outcome, h) if outcome else None for h in HORIZONS}


def _cells(outcome: Outcome | None) -> str:
    return "".join(f"{percent(value):>10}" for value in moves(outcome).values())


def history_records(rows: Sequence[Place], later: Mapping[dt.date, Outcome]) -> list[dict[str, object]]:
    """A ticker's places with its later moves."""
    names = ("day", "rank", "score", "action", "catalyst", "headline")
    return [{**dict(zip(names, r, strict=True)), **moves(later.get(r[0]))} for r in rows]


def history_lines(rows: Sequence[Place], later: Mapping[dt.date, Outcome]) -> Iterator[str]:
    """One line a day, under a heading that names the moves."""
    if rows:
        head = f"{'day':<12}{'rank':<5}{'score':>5}  {'action':<9}  {'catalyst':<24}"
        yield f"{head}{'to close':>10}{'+1':>10}{'+5':>10}  headline"
    for day, rank, score, action, catalyst, headline in rows:
        place = f"{day}  #{rank:<3} {score:5.0f}  {action:<9}  {catalyst:<24}"
        yield f"{place}{_cells(later.get(day))}  {clean(headline)}"


def outcome_records(rows: Sequence[WatchRow], later: Mapping[str, Outcome]) -> list[dict[str, object]]:
    """The rows of a list with when they were first listed that day and what followed."""
    found = []
    for row in rows:
        outcome = later.get(row.ticker)
        listed = {"listed": outcome.listed if outcome else None, "listed_price": outcome.price if outcome else None}
        place = {name: getattr(row, name) for name in ("rank", "ticker", "score", "action", "catalyst", "polarity")}
        found.append({**place, **listed, **moves(outcome)})
    return found


def outcome_lines(rows: Sequence[WatchRow], later: Mapping[str, Outcome]) -> Iterator[str]:
    """One line a row and, under them, how many of the top rows moved far by the close."""
    if not rows:
        return
    head = f"{'rank':<5}{'ticker':<9}{'score':>5}  {'action':<9}  {'catalyst':<24}"
    yield f"{head}{'to close':>10}{'+1':>10}{'+5':>10}  first listed"
    for row in rows:
        outcome = later.get(row.ticker)
        place = f"#{row.rank:<4}{clean(row.ticker):<9}{whole_score(row.score):>5}  {row.action:<9}  {row.catalyst:<24}"
        yield f"{place}{_cells(outcome)}  {eastern(outcome.listed) if outcome else ''}".rstrip()
    known = [o.close for r in rows[:TOP] if (o := later.get(r.ticker)) is not None and o.close is not None]
    if known:
        yield f"of the top {TOP}, {sum(abs(m) >= FAR for m in known)} of {len(known)} moved {FAR:.0f} % or more by the close"
