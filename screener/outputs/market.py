"""The regime card in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from screener.clock import eastern
from screener.format import DISCLAIMER
from screener.market import sparkline
from screener.types import Regime


def show_market(console: Console, regime: Regime, relative: Sequence[float | None]) -> None:
    """Print label, card, lines with numbers and times, a small chart, and what would change the view."""
    console.print(Text(f"Market on {regime.day:%A %Y-%m-%d}, as of {eastern(regime.as_of)}", style="bold"))
    console.print(Text(regime.label, style="bold cyan"))
    card = (
        ("Action", regime.action),
        ("Recommendation", regime.recommendation),
        ("Timeframe", regime.timeframe),
        ("Risk", regime.risk),
    )
    for name, value in card:
        console.print(f"  {name + ':':<16}{value or 'unknown'}")
    for reason in regime.reasons:
        console.print(Text(f"  {reason}"))
    if any(value is not None for value in relative):
        console.print(Text(f"  IWM against SPY, last {len(relative)} sessions: {sparkline(relative)}"))
    if regime.outlook:
        console.print(Text(regime.outlook))
    if regime.unknown:
        names = ", ".join(regime.unknown).replace("_", " ")
        console.print(Text(f"{len(regime.unknown)} of {len(regime.measures)} measures unknown: {names}", style="dim"))
    console.print(Text(DISCLAIMER, style="dim"))
