"""One ticker's explanation in a terminal or as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.text import Text

from screener.clock import eastern, publication_of
from screener.format import DISCLAIMER, percent
from screener.format import whole_score as score
from screener.outputs.table import clean, evidence_text, label, money, price, times
from screener.types import Classified, Story, WatchRow

if TYPE_CHECKING:
    from screener.pipeline.explanation import Explanation, RuleVerdict

_WAYS = {"+": "up", "-": "down"}
_ANSWER = {True: "true", False: "false", None: "unknown"}


def explain_json(found: Explanation) -> str:
    """The explanation as JSON."""
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"


def show_explanation(console: Console, found: Explanation, *, everything: bool = False) -> None:
    """Print a paragraph to read, numbers, reasons, stories with highlighted evidence, and the rules.

    Rules that did not fire are shown when one selection stopped them; with ``everything`` all are.
    """
    name = f" {found.row.company}" if found.row and found.row.company else ""
    console.print(Text(f"{found.ticker}{clean(name)} on {found.day}, as of {eastern(found.as_of)}", style="bold"))
    if found.row is None:
        console.print("not on the list: no catalyst rule matches its news (see the rules below)")
    else:
        console.print(Text(clean(summary(found.row, found.rules))))
        console.print()
        _show_row(console, found.row)
    for story, classified in found.stories:
        console.print()
        _show_story(console, story, classified)
    console.print()
    _show_rules(console, found.rules, everything=everything)
    console.print(Text(DISCLAIMER, style="dim"))


def summary(row: WatchRow, rules: Iterable[RuleVerdict]) -> str:
    """Why the ticker is here and what would change it, in sentences; what is unknown is left out and counted once."""
    when = f", {eastern(row.published)}" if row.published else ""
    stands = f"stands at rank {row.rank}" if row.rank else "is on no stored list; ranked now it comes out"
    said = [f"{row.ticker} {stands} with a score of {score(row.score)} of 100 for {label(row)}: "]
    said.append(f'"{" ".join(row.headline.split())}" ({row.source}{when}). ')
    if row.change_pct is not None:
        volume = f" on volume {times(row.rvol)} its usual" if row.rvol is not None else ""
        said.append(
            f"It is {row.change_pct:+.1f} % on the day{volume}, and points {_WAYS.get(row.side, 'neither way')}. "
        )
    if row.outside:
        said.append(f"It is no small cap of the universe ({row.outside}), so only --all lists it. ")
    if row.warnings:
        said.append(f"The catch: {'; '.join(row.warnings)}. ")
    if row.also:
        said.append(f"There is more: {'; '.join(row.also)}. ")
    near = [f"{a.title} ({stop.replace('_', ' ')})" for a, stop in near_misses(rules) if a.kind != "catalyst"]
    if near:
        said.append(f"What would change it: {'; '.join(dict.fromkeys(near[:3]))}. ")
    if row.unknown:
        said.append(f"{len(row.unknown)} facts are unknown and count neither way.")
    return "".join(said).strip()


def near_misses(rules: Iterable[RuleVerdict]) -> list[tuple[RuleVerdict, str]]:
    """Rules that one selection kept from firing, with that selection."""
    found = []
    for a in rules:
        stopped = [n for n, v in a.selections.items() if v is not True]
        if a.matched is not True and len(stopped) == 1 and len(a.selections) > 1:
            found.append((a, stopped[0]))
    return found


def _show_row(console: Console, row: WatchRow) -> None:
    console.print(
        f"{f'rank {row.rank}' if row.rank else 'on no stored list'}, score {score(row.score)} "
        f"(bullish {score(row.bullish)}, bearish {score(row.bearish)}), {label(row)}"
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


def _show_rules(console: Console, answers: Iterable[RuleVerdict], *, everything: bool) -> None:
    listed = list(answers)
    fired = [a for a in listed if a.matched]
    console.print(Text("rules that fired", style="bold"))
    for a in fired:
        console.print(Text(f"  {a.rule_id} ({a.kind}) on {a.catalyst}"))
    if not fired:
        console.print("  none")
    if everything:
        console.print(Text("rules that did not, and the first selection that stopped them", style="bold"))
        stopped = [
            (a, next((n for n, v in a.selections.items() if v is not True), "")) for a in listed if not a.matched
        ]
    else:
        console.print(Text("rules that did not for one selection alone (--all shows the others)", style="bold"))
        stopped = near_misses(listed)
    for a, stop in stopped:
        answer = _ANSWER[a.selections[stop] if stop else a.matched]
        console.print(Text(f"  {a.rule_id} on {a.catalyst}: {stop or 'condition'} is {answer}", style="dim"))
    unknown = sorted({u for a in listed for u in a.unknown})
    if unknown:
        console.print(Text(f"unknown facts: {', '.join(unknown)}", style="dim"))
