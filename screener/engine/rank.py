"""Rank candidates into the day's list: one row per ticker, with a score that is a sum a person can read.

Points come from the rules only. For each catalyst the best matching catalyst rule gives its points; boosters add to
them (materiality, confirmation, size) and warnings take away. Each side keeps its own strength: the strongest bullish
catalyst with its boosters and warnings, the strongest bearish one, and mixed news, which is neither. ``curve`` turns a
sum of points into the score from 0 to 100; that step is the last of the row's reasons, so that they add up to it.

The row's lead is the strongest of all, or, once the session has moved the stock far, the strongest that explains the
move; what the others say stands in ``also``. Of one story's events the cause leads, not the context beside it.
A deal that sells shares never counts as bullish.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import msgspec

from screener.clock import new_york_date
from screener.engine.candidate import Candidate
from screener.engine.curve import score_of
from screener.engine.evaluate import Compiled, evaluate, hit, show
from screener.engine.facts import FactSource, KnownFacts
from screener.engine.load import RuleSet
from screener.engine.measures import dilutive, materiality, published, published_session
from screener.errors import InputError
from screener.types import Hit, Reason, WatchRow
from screener.types.words import Action, Side

# Below this score a row is kept for the audit, with the action "No Action".
THRESHOLD = 20.0
# From an even chance on a row is worth watching whatever its kind of news; below it none is an alert.
EVEN_CHANCE = 50.0
# A session's move of this size, in percent, says by itself which way the news went.
TELLING = 8.0
# Points by which a context of a story may be stronger than its cause without leading the row.
NEAR = 8.0
_CONTEXT = ("informational", "low")
BULLISH: Final = "+"
BEARISH: Final = "-"
NEUTRAL: Final = ""
ORDERS = ("both", "bullish", "bearish")
_SIDES: dict[str, Side] = {"bullish": BULLISH, "bearish": BEARISH, "neutral": NEUTRAL}
_POLARITY: dict[str, Side] = {"+": BULLISH, "-": BEARISH}
_DEFAULT_ACTION: dict[Side, Action] = {BULLISH: "Watch", BEARISH: "Avoid", NEUTRAL: "Watch"}
_HEIGHT = {"Alert": 3, "Watch": 2, "No Action": 1, "Avoid": 0}
_QUOTE = 120
UNDATED = "publication time unknown"
_UNDATED_AT_MOST = "Watch"  # what may be old news is no alert
_WORD: dict[Side, str] = {BULLISH: "bullish", BEARISH: "bearish", NEUTRAL: "mixed"}


@dataclass(frozen=True, slots=True)
class Strength:
    """One candidate with everything the rules gave it; ``total`` is its score and the sum of its reasons' points.

    ``side`` is the catalyst's own side; ``points`` the sum before the curve.
    """

    candidate: Candidate
    side: Side
    lead: Hit
    reasons: tuple[Reason, ...]
    boosters: tuple[Hit, ...]
    warnings: tuple[Hit, ...]
    unknown: tuple[str, ...]
    points: float
    total: float


def rank(
    candidates: Iterable[Candidate],
    rules: RuleSet,
    run_id: str,
    day: dt.date,
    *,
    by: str = "both",
    threshold: float = THRESHOLD,
) -> list[WatchRow]:
    """One row for every ticker with a catalyst that a catalyst rule matches, best first.

    ``by`` is both (score), bullish or bearish. Ties go to the earlier news, then to the ticker's name, so the same
    candidates give the same list in any order.
    """
    grouped: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        if candidate.ticker:
            grouped.setdefault(candidate.ticker, []).append(candidate)
    rows = [_row(t, group, rules, run_id, day, threshold) for t, group in grouped.items()]
    return order([r for r in rows if r is not None], by)


def order(rows: Sequence[WatchRow], by: str = "both") -> list[WatchRow]:
    """The rows best first with their ranks renewed. Raises InputError for an unknown ``by``."""
    if by not in ORDERS:
        raise InputError(f"cannot rank by {by!r}; use one of {', '.join(ORDERS)}")
    field = "score" if by == "both" else by
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    ordered = sorted(rows, key=lambda r: (-getattr(r, field), r.published or far, r.ticker))
    return [msgspec.structs.replace(row, rank=i) for i, row in enumerate(ordered, 1)]


def strengths(group: Sequence[Candidate], rules: RuleSet) -> list[tuple[Candidate, Side, Hit, FactSource]]:
    """Every candidate that a catalyst rule matches, with its side and best hit, strongest first."""
    found = []
    for candidate in group:
        get = KnownFacts(candidate).__getitem__
        best = _best(rules.leading(candidate.catalyst.type), get)
        if best is not None:
            compiled, won = best
            found.append((candidate, side_of(candidate, compiled), won, get))
    found.sort(key=lambda f: (-f[2].points, *_settled(f[0])))
    return found


def _settled(c: Candidate) -> tuple[dt.datetime, str, str, str, str, float]:
    """What decides between equals: the earlier news, then names, so that the order of arrival never does."""
    found = c.catalyst
    return (published_or_last(c), c.story.id, found.type, found.polarity, found.stage, -found.confidence)


def _best(rules: Iterable[Compiled], get: FactSource) -> tuple[Compiled, Hit] | None:
    best: tuple[Compiled, Hit] | None = None
    for compiled in rules:
        found = hit(compiled, get)
        if found is not None and (best is None or found.points > best[1].points):
            best = (compiled, found)
    return best


def side_of(candidate: Candidate, compiled: Compiled) -> Side:
    """ "+", "-" or "" for the side a catalyst counts on: the rule's own, else the catalyst's polarity."""
    wanted = compiled.rule.side
    side = _SIDES[wanted] if wanted else _POLARITY.get(candidate.catalyst.polarity, NEUTRAL)
    if side == BULLISH and dilutive(candidate.catalyst):
        return NEUTRAL
    return side


def measure(candidate: Candidate, side: Side, lead: Hit, get: FactSource, rules: RuleSet) -> Strength:
    """Add boosters and warnings to a candidate's catalyst points."""
    hits, missing = [lead], list(lead.unknown)
    warnings = []
    for compiled in (*rules.by_kind.get("booster", ()), *rules.by_kind.get("warning", ())):
        counts = not compiled.rule.side or _SIDES[compiled.rule.side] == side
        if not counts and compiled.rule.kind == "booster":
            continue
        found = hit(compiled, get)
        if found is None:
            missing += undecided(compiled, get)
            continue
        missing += found.unknown
        if compiled.rule.kind == "warning":
            warnings.append(found)
        if counts:
            hits.append(found)
    reasons = [_evidence(candidate, lead, side), *(_sided(r, side) for r in lead.reasons[1:])]
    reasons += [_sided(r, side) for h in hits[1:] for r in h.reasons if r.points]
    points = round(sum(r.points for r in reasons), 6)
    total = score_of(points)
    text = f"the curve: {show(round(points, 1))} points are a score of {show(total)}"
    reasons.append(Reason(part="curve", text=text, points=round(total - points, 6), side=side))
    unknown = tuple(dict.fromkeys(missing))
    boosters = tuple(h for h in hits[1:] if h not in warnings)
    return Strength(candidate, side, lead, tuple(reasons), boosters, tuple(warnings), unknown, points, total)


def undecided(compiled: Compiled, get: FactSource) -> tuple[str, ...]:
    """The unknown facts that keep a rule from being decided; none when it is."""
    if compiled.matches(get) is not None:
        return ()
    return evaluate(compiled, get).unknown


def _sided(reason: Reason, side: Side) -> Reason:
    return msgspec.structs.replace(reason, side=side)


def _evidence(candidate: Candidate, lead: Hit, side: Side) -> Reason:
    """The first reason of a row: the rule's title, what was found, how surely, and the words that prove it."""
    c, first = candidate.catalyst, lead.reasons[0]
    proof = next((s.text for s in c.evidence if not s.fact), "") or next((s.text for s in c.evidence), "")
    quoted = f', "{" ".join(proof.split())[:_QUOTE]}"' if proof else ""
    stage = f" {c.stage}" if c.stage else ""
    text = f"{first.text}: {c.type}{stage} ({c.polarity}, confidence {show(round(c.confidence, 2))}{quoted})"
    return msgspec.structs.replace(first, text=text, side=side)


def _row(
    ticker: str, group: Sequence[Candidate], rules: RuleSet, run_id: str, day: dt.date, threshold: float
) -> WatchRow | None:
    found = strengths(group, rules)
    tape: Side = next((way for c, _, _, _ in found if (way := tape_side(c))), NEUTRAL)
    if tape:  # of each side, what can explain the move comes before what followed it
        found.sort(key=lambda f: bool(f[0].after_close))
    by_side: dict[str, Strength] = {}
    for candidate, side, won, get in found:
        if side not in by_side:
            by_side[side] = measure(candidate, side, won, get, rules)
    if not by_side:
        return None
    best = _cause_first(sorted(by_side.values(), key=lambda s: _place(s, tape)), tape)
    lead = best[0]
    side = row_side(lead, tape_side(lead.candidate))
    card, why = _card(lead, threshold)
    ranked = [c for c, _, _, _ in found]
    matched = {id(c) for c in ranked}
    rest = [c for c in (*ranked, *(c for c in group if id(c) not in matched)) if c is not lead.candidate]
    return _fill(
        ticker,
        lead,
        run_id=run_id,
        day=day,
        side=side,
        strength={side if s is lead else s.side: s.total for s in reversed(best)},
        card=card,
        reasons=(*lead.reasons, *why),
        also=tuple(_also(s) for s in best[1:]),
        others=tuple(f"{c.story.id} {c.catalyst.type}" for c in rest),
    )


def tape_side(c: Candidate) -> Side:
    """Which way a large move of the session went, "" while there is none or where the news came after it."""
    change = c.tape.change_pct if c.tape else None
    if change is None or abs(change) < TELLING:
        return NEUTRAL
    return BULLISH if change > 0 else BEARISH


def row_side(lead: Strength, tape: Side) -> Side:
    """Where a row points: where the tape went, except that bad news and a sale of shares that rise are unclear."""
    if not tape or tape == lead.side:
        return lead.side
    if tape == BULLISH and (lead.side == BEARISH or dilutive(lead.candidate.catalyst)):
        return NEUTRAL
    return tape


def _place(s: Strength, tape: str) -> tuple[int, float, float, dt.datetime, str]:
    """Best first: what explains the move before what it contradicts, then the strongest, then the earliest."""
    return (_against(s, tape), -s.total, -s.lead.points, published_or_last(s.candidate), s.side)


def _against(s: Strength, tape: str) -> int:
    explains = s.side == tape and not s.candidate.after_close
    return 0 if not tape or explains else 1 if s.side in (NEUTRAL, tape) else 2


def _cause_first(best: list[Strength], tape: str) -> list[Strength]:
    """The same, but for a context of a story ("new CFO") that is hardly stronger than its cause: a rule's level says
    which is which. What the tape contradicts is no cause."""
    lead = best[0]
    causes = [s for s in best[1:] if _causes(s, lead) and _against(s, tape) <= _against(lead, tape)]
    return [*causes[:1], *(s for s in best if s is not causes[0])] if causes else best


def _causes(other: Strength, lead: Strength) -> bool:
    if other.candidate.story.id != lead.candidate.story.id:
        return False
    return lead.lead.level in _CONTEXT and other.lead.level not in _CONTEXT and lead.points - other.points <= NEAR


def published_or_last(c: Candidate) -> dt.datetime:
    """When the news came out; news of an unknown moment comes after all other."""
    return published(c) or dt.datetime.max.replace(tzinfo=dt.UTC)


def _also(s: Strength) -> str:
    """What else there is, in a line: ``bearish 38: equity offering priced, "Prices $4 Million ..." (2025-12-12)``."""
    c = s.candidate
    stage = f" {c.catalyst.stage}" if c.catalyst.stage else ""
    moment = published(c)
    day = f" ({new_york_date(moment)})" if moment else ""
    title = " ".join(c.story.title.split())[:_QUOTE]
    return f'{_WORD[s.side]} {show(s.total)}: {c.catalyst.type.replace("_", " ")}{stage}, "{title}"{day}'


def _card(lead: Strength, threshold: float) -> tuple[dict[str, str], list[Reason]]:
    """The lead rule's card, raised by boosters, lowered by warnings and by a score under the threshold, with reasons."""
    card: dict[str, str] = {"action": _DEFAULT_ACTION[lead.side], **lead.lead.card}
    why: list[Reason] = []
    for booster in lead.boosters:
        action = booster.card.get("action", card["action"])
        if _HEIGHT[action] > _HEIGHT[card["action"]]:
            card |= booster.card
            why.append(Reason(part="card", text=f"{action}: {booster.reasons[0].text}", rule_id=booster.rule_id))
    for warning in lead.warnings:
        action = warning.card.get("action", card["action"])
        if _HEIGHT[action] < _HEIGHT[card["action"]]:
            card |= warning.card
            why.append(Reason(part="card", text=f"{action}: {warning.warning}", rule_id=warning.rule_id))
        elif "risk" in warning.card:
            card["risk"] = warning.card["risk"]
    if published(lead.candidate) is None and _HEIGHT[card["action"]] > _HEIGHT[_UNDATED_AT_MOST]:
        card["action"] = _UNDATED_AT_MOST
        why.append(Reason(part="card", text=f"{_UNDATED_AT_MOST}: {UNDATED}, it may be old news"))
    if (action := _by_score(lead.total, card["action"])) != card["action"]:
        card["action"] = action
        why.append(
            Reason(part="card", text=f"{action}: score {show(lead.total)}, {show(EVEN_CHANCE)} is an even chance")
        )
    if lead.total < threshold and card["action"] != "No Action":
        card |= {"action": "No Action", "recommendation": "None"}
        why.append(Reason(part="card", text=f"No Action: score under {show(threshold)}"))
    return card, why


def _by_score(score: float, action: str) -> str:
    """The action that a score allows: no alert on less than an even chance, and no "No Action" on more."""
    if action == "Alert" and score < EVEN_CHANCE:
        return "Watch"
    return "Watch" if action == "No Action" and score >= EVEN_CHANCE else action


def _fill(
    ticker: str,
    lead: Strength,
    *,
    run_id: str,
    day: dt.date,
    side: Side,
    strength: Mapping[str, float],
    card: dict[str, str],
    reasons: tuple[Reason, ...],
    also: tuple[str, ...],
    others: tuple[str, ...],
) -> WatchRow:
    c = lead.candidate
    story, catalyst, move, listing = c.story, c.catalyst, c.move, c.listing
    first = story.sources[0] if story.sources else None
    return WatchRow(
        run_id=run_id,
        day=day,
        rank=0,
        ticker=ticker,
        company=listing.name if listing else story.company,
        exchange=(listing.exchange if listing else "") or (move.exchange if move else ""),
        score=lead.total,
        bullish=strength.get(BULLISH, 0.0),
        bearish=strength.get(BEARISH, 0.0),
        action=cast("Action", card.get("action", "")),
        recommendation=card.get("recommendation", ""),
        timeframe=card.get("timeframe", ""),
        risk=card.get("risk", ""),
        catalyst=catalyst.type,
        stage=catalyst.stage,
        polarity=catalyst.polarity,
        confidence=catalyst.confidence,
        story_id=story.id,
        headline=story.title,
        source=first.source if first else "",
        url=first.url if first else "",
        published=published(c),
        materiality_pct=materiality(c),
        facts=dict(catalyst.facts),
        reasons=reasons,
        warnings=(*(w.warning for w in lead.warnings), *([move.doubt] if move and move.doubt else [])),
        unknown=lead.unknown if published(c) else (UNDATED, *lead.unknown),
        others=others,
        side=side,
        also=also,
        level=lead.lead.level,
        first_seen=story.first_seen,
        as_of=c.as_of,
        **_measured(c),
    )


_FROM_MOVE = (
    "price", "change_pct", "gap_pct", "since_news_pct", "abnormal_pct", "rvol", "dollar_volume", "market_cap",
    "float_shares",
)  # fmt: skip


def _measured(c: Candidate) -> dict[str, Any]:
    moved = {} if c.move is None else {name: getattr(c.move, name) for name in _FROM_MOVE}
    return {**moved, "session": published_session(c) or ""}
