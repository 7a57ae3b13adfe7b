"""What keeps a row from being an alert by itself: the filters of ``[alerts]``, and what the user muted."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from screener.config import Alerts
from screener.pipeline.alerts.events import pieces
from screener.prices.universe import Universe, band_of
from screener.store import Store
from screener.types import WatchRow

FADING = {"min_score", "levels", "max_age"}
"""Age and score fade after an alert; that its stock then falls by half must still be told."""


class FilterAnswer(Struct, frozen=True, kw_only=True):
    """One filter's answer about a row; ``said`` has the row's value and the setting it is held against."""

    name: str
    passed: bool
    said: str


class TickerMarks(Struct, frozen=True, kw_only=True):
    """The user's own marks that matter here."""

    own: frozenset[str] = frozenset()
    muted: frozenset[str] = frozenset()


def filters(row: WatchRow, wanted: Alerts, marks: TickerMarks, universe: Universe) -> list[FilterAnswer]:
    """Every filter on a row. A number that is unknown passes only where the setting says so."""
    types = {row.catalyst, *(o.rpartition(" ")[2] for o in row.others)}
    band = cap_band(row.market_cap, universe)
    age = (row.as_of - row.published).total_seconds() / 60 if row.published else None
    rules = {r.rule_id for r in row.reasons if r.rule_id}
    return [
        check("min_score", row.score >= wanted.min_score, f"score {row.score:g}, at least {wanted.min_score:g}"),
        _level(row, wanted),
        _among("rules", ", ".join(sorted(rules)), rules, wanted.rules),
        _among("sessions", row.session or "unknown", {row.session}, wanted.sessions),
        _among("catalysts", ", ".join(sorted(types)), types, wanted.catalysts),
        _among("tickers", row.ticker, {row.ticker}, tuple(t.upper() for t in wanted.tickers)),
        _among("caps", band, {band}, wanted.caps),
        _inside(row, wanted, marks),
        check(
            "own_watchlist_only",
            not wanted.own_watchlist_only or row.ticker in marks.own,
            "on your own watchlist" if row.ticker in marks.own else "not on your own watchlist",
        ),
        _fresh(row, age, wanted.max_age),
    ]


def check(name: str, passed: bool, said: str) -> FilterAnswer:
    return FilterAnswer(name=name, passed=passed, said=said)


def _inside(row: WatchRow, wanted: Alerts, marks: TickerMarks) -> FilterAnswer:
    """No alert for what is no small cap, unless its ticker, an own mark or ``caps`` without a limit asks for it."""
    named = row.ticker in marks.own or row.ticker in {t.upper() for t in wanted.tickers}
    asked = named or not wanted.caps or "large" in wanted.caps
    return check("universe", not row.outside or asked, row.outside or "a small cap by universe.yml")


def _fresh(row: WatchRow, age: float | None, most: float) -> FilterAnswer:
    """Old news passes when the tape answers it now: what came after the close trades the next morning."""
    if age is None:
        return check("max_age", False, "the publication time is unknown, so the news may be old")
    said = f"news {_age(age)} old, at most {_age(most)}"
    if age <= most:
        return check("max_age", True, said)
    answered = [p for p in pieces(row, None) if p.startswith("move:") or p == "volume"]
    return check("max_age", bool(answered), f"{said}{' unless answered: ' + ', '.join(answered) if answered else ''}")


def _level(row: WatchRow, wanted: Alerts) -> FilterAnswer:
    found = _among("levels", row.level, {row.level}, wanted.levels)
    if found.passed or row.score < wanted.any_level_score:
        return found
    return check("levels", True, f"{row.level or 'none'}, any from a score of {wanted.any_level_score:g}")


def _among(name: str, shown: str, values: Collection[str], wanted: Collection[str]) -> FilterAnswer:
    said = f"{shown or 'none'}, wanted {', '.join(wanted)}" if wanted else f"{shown or 'none'}, all wanted"
    return check(name, not wanted or any(v in wanted for v in values), said)


def _age(minutes: float) -> str:
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"


def cap_band(market_cap: float | None, universe: Universe) -> str:
    """The band of a market cap by ``universe.yml``; "large" above the last, "unknown" without a number."""
    return "unknown" if market_cap is None else band_of(market_cap, universe) or "large"


def muted_by(row: WatchRow, wanted: Alerts, marks: TickerMarks) -> str:
    """What mutes a row, in words; empty when nothing does."""
    if row.ticker in marks.muted:
        return f"{row.ticker} is muted on your watchlist"
    names = {row.ticker.lower(): row.ticker, row.catalyst: row.catalyst, row.source: row.source}
    hit = next((m for m in wanted.mute if m.lower() in names), None)
    return f"[alerts] mute has {hit}" if hit else ""


def read_marks(store: Store) -> TickerMarks:
    """The user's own and muted tickers as they stand."""
    standing = store.marks.standing()
    return TickerMarks(
        own=frozenset(t for t, m in standing.items() if m.listed),
        muted=frozenset(t for t, m in standing.items() if m.muted),
    )
