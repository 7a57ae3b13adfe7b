"""How the feeds are doing."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from rich.table import Table
from rich.text import Text

from screener import clock
from screener.addresses import mask
from screener.outputs.table import clean
from screener.types import FeedSpec, FeedState

if TYPE_CHECKING:
    from screener.store import Store

SPAN = dt.timedelta(hours=24)


class FeedHealth(Struct, frozen=True, kw_only=True):
    """One feed's health; lags in seconds from publication to receipt over the last 24 hours, None without items."""

    name: str
    kind: str
    enabled: bool
    url: str
    every: float
    state: str
    last_success: dt.datetime | None
    last_error: str
    failures: int
    items_per_hour: float
    lag_median: float | None
    lag_p95: float | None
    gaps: int


def feed_health(feeds: Mapping[str, FeedSpec], store: Store | None) -> list[FeedHealth]:
    """The health of every feed, from what the store remembers of its polls and items."""
    states = store.feeds.states() if store else {}
    activity = store.feeds.activity(clock.now() - SPAN) if store else {}
    return [
        _health(f, states.get(f.name, FeedState(name=f.name)), activity.get(_source(f), [])) for f in feeds.values()
    ]


def _source(feed: FeedSpec) -> str:
    """What its items are stored under: feeds of one wire share a source, and so its figures."""
    return str(feed.options.get("source") or feed.name)


def _health(feed: FeedSpec, state: FeedState, items: list[tuple[str, str]]) -> FeedHealth:
    lags = sorted((dt.datetime.fromisoformat(r) - dt.datetime.fromisoformat(p)).total_seconds() for p, r in items)
    return FeedHealth(
        name=feed.name,
        kind=feed.kind,
        enabled=feed.enabled,
        url=mask(feed.url),
        every=feed.every,
        state=_state(feed, state),
        last_success=state.last_success,
        last_error=state.last_error,
        failures=state.failures,
        items_per_hour=round(len(items) / (SPAN.total_seconds() / 3600), 2),
        lag_median=statistics.median(lags) if lags else None,
        lag_p95=lags[min(len(lags) - 1, int(0.95 * len(lags)))] if lags else None,
        gaps=state.gaps,
    )


def _state(feed: FeedSpec, state: FeedState) -> str:
    if not feed.enabled:
        return "off"
    if state.disabled:
        return f"disabled itself: {state.disabled}"
    if state.failures:
        return f"failing ({state.failures})"
    return "ok" if state.last_success else "never read"


def health_table(health: list[FeedHealth]) -> Table:
    """The feeds as a table for a terminal."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in (
        "Feed",
        "Kind",
        "State",
        "Every",
        "Last success",
        "Items/h",
        "Lag median",
        "p95",
        "Gaps",
        "Last error",
    ):
        table.add_column(name)
    for h in health:
        table.add_row(
            h.name,
            h.kind,
            Text(h.state, style="green" if h.state == "ok" else "dim" if h.state in ("off", "never read") else "red"),
            f"{h.every:g} s",
            clock.eastern(h.last_success) if h.last_success else "never",
            f"{h.items_per_hour:g}",
            _seconds(h.lag_median),
            _seconds(h.lag_p95),
            str(h.gaps),
            clean(h.last_error),
        )
    return table


def _seconds(value: float | None) -> str:
    return "?" if value is None else f"{value:.0f} s"
