"""The closed vocabularies of the records, each once: the type for who reads the code, the tuple for the program."""

from __future__ import annotations

from typing import Literal, get_args

Polarity = Literal["+", "-", "±", "0"]
"""Good, bad, mixed, neutral for a holder of the shares."""
Stage = Literal["proposed", "announced", "upsized", "priced", "effective", "closed", "terminated", ""]
"""How far a deal or decision is; empty when its type has no stages or none is told."""
Side = Literal["+", "-", ""]
"""Where points and rows point: up, down, or neither."""
Action = Literal["Alert", "Watch", "No Action", "Avoid", ""]
"""What a rule's card says to do; empty on a row that no rule with a card made."""
AlertState = Literal["pending", "sent", "failed", "dead", "muted"]
RuleStatus = Literal["experimental", "test", "stable", "deprecated", "off"]
RuleLevel = Literal["informational", "low", "medium", "high", "critical"]
RuleKind = Literal["catalyst", "booster", "warning", "default"]
RuleSide = Literal["", "bullish", "bearish", "neutral"]

POLARITIES: tuple[Polarity, ...] = get_args(Polarity)
STAGES: tuple[Stage, ...] = tuple(s for s in get_args(Stage) if s)
ACTIONS: tuple[Action, ...] = tuple(a for a in get_args(Action) if a)
ALERT_STATES: tuple[AlertState, ...] = get_args(AlertState)
RULE_STATUSES: tuple[RuleStatus, ...] = get_args(RuleStatus)
RULE_LEVELS: tuple[RuleLevel, ...] = get_args(RuleLevel)
RULE_KINDS: tuple[RuleKind, ...] = get_args(RuleKind)
RULE_SIDES: tuple[RuleSide, ...] = get_args(RuleSide)
