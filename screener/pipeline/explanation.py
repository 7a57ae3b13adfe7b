"""Everything behind one ticker's place on a day: its stories, numbers, and each rule's verdict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from screener.engine.evaluate import evaluate
from screener.engine.facts import KnownFacts
from screener.pipeline.ranking import candidates, rank_grouped, stories_of_day
from screener.pipeline.workspace import Workspace
from screener.types import Classified, Move, Story, WatchRow


class RuleVerdict(Struct, frozen=True, kw_only=True):
    """One rule on one catalyst: matched True, False or None (unknown), with each selection's answer."""

    rule_id: str
    title: str
    kind: str
    catalyst: str
    matched: bool | None
    selections: dict[str, bool | None]
    values: dict[str, object]
    unknown: tuple[str, ...]


class Explanation(Struct, frozen=True, kw_only=True):
    """What ``explain`` found; ``row`` is the stored row when the ticker is on the stored list, else freshly ranked by
    itself, with rank 0: no list holds it."""

    ticker: str
    day: dt.date
    as_of: dt.datetime
    row: WatchRow | None
    move: Move | None
    stories: tuple[tuple[Story, Classified], ...]
    rules: tuple[RuleVerdict, ...]


def explain(
    workspace: Workspace, ticker: str, day: dt.date, as_of: dt.datetime, listed: Sequence[WatchRow] | None = None
) -> Explanation:
    """Explain a ticker's place on the list of a day as of a moment; ``listed`` is that list where it is not stored."""
    stories = tuple((s, c) for s, c in stories_of_day(workspace, day, as_of) if ticker in s.tickers)
    group = candidates(workspace, day, as_of, [ticker]).get(ticker, [])
    answers = []
    for candidate in group:
        get = KnownFacts(candidate).__getitem__
        for compiled in workspace.rules.compiled.values():
            verdict = evaluate(compiled, get)
            answers.append(
                RuleVerdict(
                    rule_id=compiled.rule.id,
                    title=compiled.rule.title,
                    kind=compiled.rule.kind,
                    catalyst=candidate.catalyst.type,
                    matched=verdict.match,
                    selections=dict(verdict.selections),
                    values=dict(verdict.values),
                    unknown=tuple(verdict.unknown),
                )
            )
    listed = listed or workspace.store.lists.rows_as_of(day, as_of) or ()
    row = next((r for r in listed if r.ticker == ticker), None)
    if row is None and group:
        fresh = next(iter(rank_grouped(workspace, {ticker: group}, "explain", day)), None)
        row = None if fresh is None else msgspec.structs.replace(fresh, rank=0)
    return Explanation(
        ticker=ticker,
        day=day,
        as_of=as_of,
        row=row,
        move=group[0].move if group else None,
        stories=stories,
        rules=tuple(answers),
    )
