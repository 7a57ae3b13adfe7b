"""One ticker's explanation in a terminal or as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.text import Text

from screener.clock import eastern, publication_of
from screener.format import DISCLAIMER, percent
from screener.outputs.table import clean, evidence_text, label, money, price, times
from screener.types import Classified, Story, WatchRow

if TYPE_CHECKING:
    from screener.pipeline.explanation import Explanation, RuleAnswer

_ANSWER = {True: "true", False: "false", None: "unknown"}


def explain_json(found: Explanation) -> str:
    """The explanation as JSON."""
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"


def show_explanation(console: Console, found: Explanation) -> None:
    """Print row, numbers, stories with highlighted evidence, and the rules."""
    name = f" {found.row.company}" if found.row and found.row.company else ""
    console.print(Text(f"{found.ticker}{clean(name)} on {found.day}, as of {eastern(found.as_of)}", style="bold"))
    if found.row is None:
        console.print("not on the list: no catalyst rule matches its news (see the rules below)")
    else:
        _show_row(console, found.row)
    for story, classified in found.stories:
        console.print()
        _show_story(console, story, classified)
    console.print()
    _show_rules(console, found.rules)
    console.print(Text(DISCLAIMER, style="dim"))


def _show_row(console: Console, row: WatchRow) -> None:
    console.print(
        f"rank {row.rank}, score {row.score:.0f} (bullish {row.bullish:.0f}, bearish {row.bearish:.0f}), {label(row)}"
    )
    card = " / ".join(p for p in (row.action, row.recommendation, row.timeframe, row.risk) if p)
    console.print(f"card: {card}")
    console.print(
        f"price {price(row.price)}, change {percent(row.change_pct)}, gap {percent(row.gap_pct)}, abnormal "
        f"{percent(row.abnormal_pct)}, relative volume {times(row.rvol)}, dollar volume {money(row.dollar_volume)}, "
        f"market cap {money(row.market_cap)}, materiality {percent(row.materiality_pct)}"
    )
    for reason in row.reasons:
        console.print(Text(f"  {reason.points:+6.1f}  {reason.part}: {clean(reason.text)} [{reason.rule_id}]"))
    for warning in row.warnings:
        console.print(Text(f"  the catch: {clean(warning)}", style="yellow"))
    if row.unknown:
        console.print(Text(f"  unknown: {', '.join(row.unknown)}", style="dim"))


def _published(story: Story) -> str:
    moment = publication_of(story)
    return eastern(moment) if moment else f"publication time unknown, received {eastern(story.first_seen)}"


def _show_story(console: Console, story: Story, classified: Classified) -> None:
    first = story.sources[0].source if story.sources else "?"
    others = ", ".join(s.source for s in story.sources[1:])
    console.print(Text(f"{_published(story)}  first: {first}" + (f"; also: {others}" if others else ""), style="bold"))
    if story.confirmed_by:
        console.print(f"confirmed by {story.confirmed_by}")
    spans = [
        (s.field, s.start, s.end, "bold black on yellow")
        for c in classified.catalysts
        for s in c.evidence
        if not s.fact
    ]
    spans += [(s.field, s.start, s.end, "bold cyan") for c in classified.catalysts for s in c.evidence if s.fact]
    console.print(evidence_text(story, spans))
    for c in classified.catalysts:
        facts = ", ".join(f"{k}={v}" for k, v in sorted(c.facts.items()))
        console.print(Text(f"  {c.polarity} {c.type} {c.stage}  confidence {c.confidence:.2f} by {c.made_by}  {facts}"))
    for n in classified.noise:
        console.print(Text(f"  noise: {n.kind}", style="dim"))
    if not classified.catalysts and not classified.noise:
        console.print(Text("  no catalyst found", style="dim"))
    for source in story.sources:
        console.print(Text(f"  {source.source}: {source.url} received {eastern(source.received)}", style="dim"))


def _show_rules(console: Console, answers: Iterable[RuleAnswer]) -> None:
    listed = list(answers)
    fired = [a for a in listed if a.matched]
    console.print(Text("rules that fired", style="bold"))
    for a in fired:
        console.print(Text(f"  {a.rule_id} ({a.kind}) on {a.catalyst}"))
    if not fired:
        console.print("  none")
    console.print(Text("rules that did not, and the first selection that stopped them", style="bold"))
    for a in listed:
        if not a.matched:
            stop = next(((n, v) for n, v in a.selections.items() if v is not True), ("condition", a.matched))
            console.print(Text(f"  {a.rule_id} on {a.catalyst}: {stop[0]} is {_ANSWER[stop[1]]}", style="dim"))
    unknown = sorted({u for a in listed for u in a.unknown})
    if unknown:
        console.print(Text(f"unknown facts: {', '.join(unknown)}", style="dim"))
