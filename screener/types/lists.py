"""Rules and what comes of them: the list with its reasons, the market, alerts, and the run that made them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from screener.types.sources import FactValue, Problem

if TYPE_CHECKING:
    from screener.types.words import (
        Action,
        AlertState,
        Polarity,
        RuleKind,
        RuleLevel,
        RuleSide,
        RuleStatus,
        Side,
        Stage,
    )
else:  # a stored record keeps the words it was stored with: what an older or newer version wrote is read, not refused
    Action = AlertState = Polarity = RuleKind = RuleLevel = RuleSide = RuleStatus = Side = Stage = str


class Reason(Struct, frozen=True, kw_only=True):
    """One line of a score: ``part`` is catalyst, materiality, confirmation, size, freshness, warning, curve or card.

    ``side`` says which strength the points belong to: "+" bullish, "-" bearish, "" neither.
    """

    part: str
    text: str
    points: float = 0.0
    side: Side = ""
    rule_id: str = ""


class Rule(Struct, frozen=True, kw_only=True):
    """A rule as loaded; see ``rules/README.md`` for the file format.

    ``kind`` is catalyst (picks the lead), default (the same for types that no catalyst rule names), booster (adds to any
    row) or warning (subtracts, with ``warning`` as its text); ``side`` is bullish, bearish, neutral or empty (the
    catalyst's polarity decides); ``part`` is the part of the score that ``base`` belongs to.
    """

    id: str
    title: str
    status: RuleStatus
    level: RuleLevel
    kind: RuleKind = "catalyst"
    side: RuleSide = ""
    part: str = "catalyst"
    scale: str = ""
    warning: str = ""
    description: str = ""
    selections: dict[str, dict[str, Any]]
    condition: str
    score: dict[str, Any]
    card: dict[str, str] = field(default_factory=dict)
    falsepositives: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    tests: tuple[dict[str, Any], ...] = ()
    noise_budget: float | None = None
    path: str = ""
    line: int = 0
    digest: str = ""


class Hit(Struct, frozen=True, kw_only=True):
    """A rule that matched, with the points that make up its score."""

    rule_id: str
    points: float
    reasons: tuple[Reason, ...] = ()
    card: dict[str, str] = field(default_factory=dict)
    level: str = ""
    warning: str = ""
    unknown: tuple[str, ...] = ()


class WatchRow(Struct, frozen=True, kw_only=True):
    """One ticker on one day's list.

    ``score`` is 0 to 100 and the sum of the points of ``reasons``. ``side`` is where it points: "+" up, "-" down, ""
    unclear; a session's own move decides once it is large. ``also`` says in a line each what else there is on the
    other sides, best first; ``others`` are the ids and types of all other catalysts. ``outside`` says why the ticker
    is no small cap of the universe, empty when it is one.
    """

    run_id: str
    day: dt.date
    rank: int
    ticker: str
    company: str = ""
    exchange: str = ""
    score: float
    bullish: float = 0.0
    bearish: float = 0.0
    action: Action = ""
    recommendation: str = ""
    timeframe: str = ""
    risk: str = ""
    catalyst: str
    stage: Stage = ""
    polarity: Polarity = "0"
    confidence: float = 0.0
    story_id: str = ""
    headline: str = ""
    source: str = ""
    url: str = ""
    published: dt.datetime | None = None
    price: float | None = None
    change_pct: float | None = None
    gap_pct: float | None = None
    since_news_pct: float | None = None
    abnormal_pct: float | None = None
    rvol: float | None = None
    dollar_volume: float | None = None
    market_cap: float | None = None
    float_shares: float | None = None
    materiality_pct: float | None = None
    facts: dict[str, FactValue] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    side: Side = ""
    also: tuple[str, ...] = ()
    outside: str = ""
    session: str = ""
    level: str = ""
    first_seen: dt.datetime | None = None
    as_of: dt.datetime


class Regime(Struct, frozen=True, kw_only=True):
    """The state of the market on a day. ``measures`` are numbers by name; ``times`` their own moments (ISO)."""

    day: dt.date
    as_of: dt.datetime
    label: str
    action: str = ""
    recommendation: str = ""
    timeframe: str = ""
    risk: str = ""
    measures: dict[str, float | None] = field(default_factory=dict)
    times: dict[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    outlook: str = ""


class Alert(Struct, frozen=True, kw_only=True):
    """A message owed to a channel; ``id`` is stable from content, ``state`` is pending, sent, failed, dead or muted.

    ``event`` names what its updates belong to, ``pieces`` what of it is told by now ("halted", "move:+20") and ``news``
    what this message adds. ``words`` prove the catalyst. ``times`` are published, received, classified, ranked, queued
    and, once sent, delivered. ``channel`` is the channel's name in the store, never its address; empty while the alert
    is owed to none. ``reason`` says why a muted one was held back, ``error`` what the last attempt ran into.
    """

    id: str
    row: WatchRow
    channel: str = ""
    state: AlertState = "pending"
    attempts: int = 0
    created: dt.datetime
    sent: dt.datetime | None = None
    error: str = ""
    update: int = 0
    event: str = ""
    pieces: tuple[str, ...] = ()
    news: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    confirmed_by: str = ""
    times: dict[str, dt.datetime] = field(default_factory=dict)
    reason: str = ""


class Run(Struct, frozen=True, kw_only=True):
    """One pass of the pipeline and what it did."""

    id: str
    started: dt.datetime
    finished: dt.datetime | None = None
    as_of: dt.datetime
    day: dt.date
    replayed: bool = False
    rules_digest: str = ""
    model_id: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
