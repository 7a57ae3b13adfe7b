"""The state of the market for a day: computed from stored bars, judged by the regime rules, kept as it was known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from screener import clock
from screener.engine.evaluate import judge
from screener.market import Measured, compute, regime, relative_line
from screener.pipeline.workspace import Workspace
from screener.prices.universe import Membership, members
from screener.types import Bar, Regime

RATES = ("VIX", "^VIX", "^TNX", "DGS10", "TNX")
INDEXES = ("IWM", "SPY", "QQQ")
SESSIONS = 253
UNIVERSE_SESSIONS = 21


def refresh_regime(workspace: Workspace, day: dt.date, as_of: dt.datetime) -> Regime | None:
    """Compute and store the regime of a day as of a moment, where it differs from the one that stood."""
    found = changed_regime(workspace, day, as_of)
    if found is not None:
        with workspace.store.transaction():
            workspace.store.regimes.save(found)
    return found or workspace.store.regimes.of_day(day, as_of)


def changed_regime(workspace: Workspace, day: dt.date, as_of: dt.datetime) -> Regime | None:
    """The regime of a day as of a moment if it differs from the stored one; None when it does not or is unknown."""
    held = workspace.store.regimes.of_day(day, as_of)
    if held is not None and held.as_of == as_of:
        return None
    known = workspace.store.lists.rows_as_of(day, as_of)
    found = compute_regime(workspace, day, as_of, {r.ticker for r in known} if known else None)
    if found is None or (held is not None and (held.measures, held.label) == (found.measures, found.label)):
        return None
    return found


def compute_regime(
    workspace: Workspace, day: dt.date, as_of: dt.datetime, catalysts: Collection[str] | None = None
) -> Regime | None:
    """The regime of a day from what the store knew at ``as_of``; None without any index or small-cap bar of the day."""
    measured = measure_market(workspace, day, as_of, catalysts)
    if all(v is None for k, v in measured.values.items() if k != "movers"):
        return None
    rules = workspace.regime_rules.compiled.values()
    return regime(day, as_of, measured, lambda get: judge(rules, get))


def measure_market(
    workspace: Workspace, day: dt.date, as_of: dt.datetime, catalysts: Collection[str] | None = None
) -> Measured:
    """The market's measures of a day as of a moment."""
    bars = workspace.store.bars
    start = clock.previous_session(day, SESSIONS)
    prefer = workspace.settings.prices.source
    index: dict[str, list[Bar]] = bars.history([*INDEXES, *RATES], start, day, as_of, prefer)
    small = [t for t, m in universe(workspace, day, as_of).items() if m.included]
    rows = bars.raw_days(start, day, as_of) if small else iter(())
    return compute(
        day,
        as_of,
        {t: index[t] for t in INDEXES if t in index},
        rows,
        small,
        {t: index[t] for t in RATES if t in index},
        catalysts,
    )


def universe(workspace: Workspace, day: dt.date, as_of: dt.datetime) -> dict[str, Membership]:
    """Membership of every ticker with a bar on a day, by the rules in ``universe.yml`` (the user's own when there)."""
    rows = workspace.store.bars.raw_days(clock.previous_session(day, UNIVERSE_SESSIONS), day, as_of)
    names = {x.ticker: x.name for x in workspace.table.listings()}
    table = workspace.table
    return members(rows, day, names, workspace.universe, table.side_lines(), table.with_units())


def market_of(workspace: Workspace, day: dt.date, as_of: dt.datetime) -> Regime | None:
    """The stored regime of a day as it stood at a moment, else computed and stored now."""
    return workspace.store.regimes.of_day(day, as_of) or refresh_regime(workspace, day, as_of)


def relative(workspace: Workspace, day: dt.date, as_of: dt.datetime) -> list[float | None]:
    """IWM's line against SPY's over the last sessions, for a small chart."""
    start = clock.previous_session(day, 80)
    index = workspace.store.bars.history(["IWM", "SPY"], start, day, as_of, workspace.settings.prices.source)
    return relative_line(index.get("IWM", []), index.get("SPY", []), day, as_of)
