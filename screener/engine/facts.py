"""The facts rules can ask for. One table, ``FACTS``; a new fact is one entry.

A fact is read from a ``Candidate`` and is None when it is unknown. ``part`` says which part of the score points for
it belong to, unless the rule says otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from screener.dilution.standing import MEASURES
from screener.engine import measures as m
from screener.engine.candidate import Candidate, History
from screener.engine.operators import BOOL, LIST, NUMBER, TEXT
from screener.types import Move

Value = str | float | int | bool | tuple[str, ...]
FactSource = Callable[[str], Value | None]
CATALYST, MATERIALITY, CONFIRMATION, SIZE, FRESHNESS, WARNING = (
    "catalyst",
    "materiality",
    "confirmation",
    "size",
    "freshness",
    "warning",
)
SHARE = "0 to 1"
PARTS = (CATALYST, MATERIALITY, CONFIRMATION, SIZE, FRESHNESS, WARNING)


@dataclass(frozen=True, slots=True)
class Fact:
    """``kind`` is number, text, bool or list (of texts); ``unit`` is for people; ``get`` gives None for unknown."""

    name: str
    kind: str
    unit: str
    part: str
    doc: str
    get: Callable[[Candidate], Value | None]


class KnownFacts(dict[str, "Value | None"]):
    """The facts of one candidate, each read once; use it as a FactSource through ``known.__getitem__``."""

    __slots__ = ("candidate",)

    def __init__(self, candidate: Candidate) -> None:
        super().__init__()
        self.candidate = candidate

    def __missing__(self, name: str) -> Value | None:
        value = self[name] = FACTS[name].get(self.candidate)
        return value


def number(value: object) -> float | None:
    """A finite number, else None: sources send NaN and text where a number should stand."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return value


def _move(name: str, unit: str, part: str, doc: str) -> Fact:
    def get(c: Candidate) -> float | None:
        return number(getattr(c.tape, name)) if isinstance(c.tape, Move) else None

    return Fact(name, NUMBER, unit, part, doc, get)


def _stated_number(name: str, unit: str, doc: str, *keys: str, part: str = CATALYST) -> Fact:
    wanted = keys or (name,)
    return Fact(name, NUMBER, unit, part, doc, lambda c: number(m.stated(c, *wanted)))


def _stated_text(name: str, doc: str, *keys: str) -> Fact:
    wanted = keys or (name,)

    def get(c: Candidate) -> str | None:
        value = m.stated(c, *wanted)
        return None if value is None or value == "" else str(value)

    return Fact(name, TEXT, "", CATALYST, doc, get)


def _stated_bool(name: str, doc: str) -> Fact:
    def get(c: Candidate) -> bool | None:
        value = m.stated(c, name)
        return value if isinstance(value, bool) else None

    return Fact(name, BOOL, "", CATALYST, doc, get)


def _past(name: str, kind: str, doc: str) -> Fact:
    def get(c: Candidate) -> Value | None:
        value: Value | None = getattr(c.history, name)
        return value

    assert name in History.__slots__
    return Fact(name, kind, "" if kind == BOOL else "count", WARNING, doc, get)


def _standing(name: str) -> Fact:
    """A measure of the dilution ledger; unknown for a company that has none."""
    measure = MEASURES[name]

    def get(c: Candidate) -> Value | None:
        value: Value | None = getattr(c.history.standing, name, None)
        return value

    return Fact(name, BOOL if measure.kind == "bool" else NUMBER, measure.unit, WARNING, measure.doc, get)


def _text(name: str, doc: str, get: Callable[[Candidate], str | None], part: str = CATALYST) -> Fact:
    return Fact(name, TEXT, "", part, doc, get)


def _number(name: str, unit: str, part: str, doc: str, get: Callable[[Candidate], float | None]) -> Fact:
    return Fact(name, NUMBER, unit, part, doc, get)


def _bool(name: str, part: str, doc: str, get: Callable[[Candidate], bool | None]) -> Fact:
    return Fact(name, BOOL, "", part, doc, get)


def _list(name: str, part: str, doc: str, get: Callable[[Candidate], tuple[str, ...] | None]) -> Fact:
    return Fact(name, LIST, "", part, doc, get)


def _table(*facts: Fact) -> dict[str, Fact]:
    table = {f.name: f for f in facts}
    assert len(table) == len(facts), "two facts carry one name"
    return table


def number_facts(docs: Mapping[str, str]) -> dict[str, Fact]:
    """A table of numbers by name with their descriptions, for rules about another subject, such as the market."""
    return {name: Fact(name, NUMBER, "", CONFIRMATION, doc, lambda c: None) for name, doc in docs.items()}


RATINGS = ("ability_to_offer", "overhead_supply", "history", "need_of_cash")
"""The ratings that the overall one is made from, each a fact from 0 (LOW) to 3 (SEVERE) to its rule."""


def rating_facts() -> dict[str, Fact]:
    """What the rules of ``rules/dilution`` may ask for: the ledger's measures, and the other ratings."""
    names = ("shelf_open", "atm_open", "equity_line_open", "warrants_outstanding", "raises_24m", *MEASURES)
    rated = (_number(name, "0 to 3", WARNING, f"the rating {name}", lambda c: None) for name in RATINGS)
    return {name: FACTS[name] for name in names} | {f.name: f for f in rated}


FACTS: dict[str, Fact] = _table(
    # what the story says
    _text("catalyst", "catalyst type, a word of the taxonomy", lambda c: c.catalyst.type),
    _text("stage", "proposed, announced, upsized, priced, effective, closed, terminated or empty", m.stage),
    _text("polarity", 'for a holder of the shares: "+", "-", "±" or "0"', lambda c: c.catalyst.polarity),
    _number("confidence", SHARE, CATALYST, "how sure the classifier is", lambda c: c.catalyst.confidence),
    _bool(
        "by_form_only", WARNING, "a filing known by its form or item numbers alone, its text not read", m.by_form_only
    ),
    _text("made_by", "which parts of the classifier agreed", lambda c: c.catalyst.made_by or None),
    _list("other_catalysts", CATALYST, "types of the ticker's other catalysts in this window", m.other_types),
    _list("noise", WARNING, "noise classes found in the story", lambda c: tuple(n.kind for n in c.noise)),
    _text("headline", "the story's title", lambda c: c.story.title),
    _text("form", 'PR for a release, HALT for a halt, else the SEC form ("8-K", "424B5")', lambda c: c.story.form),
    _list("items", CATALYST, '8-K item numbers ("3.01")', lambda c: c.story.items),
    _list("subjects", CATALYST, "the wire's own subject codes", lambda c: c.story.subjects),
    _stated_number("amount_usd", "US dollars", "money stated in the news"),
    _stated_text("ratio", 'split ratio as stated ("1-for-20")'),
    _number("ratio_to", "shares", CATALYST, "N of a 1-for-N reverse split", m.ratio_to),
    _stated_number("price_offer", "US dollars", "price per share stated in the news", "price"),
    _number("premium_pct", "%", CATALYST, "stated price above the previous close (negative: below)", m.premium_pct),
    _number("discount_pct", "%", CATALYST, "stated price below the previous close (negative: above)", m.discount_pct),
    _stated_text("phase", 'trial phase: "1", "1/2", "2", "2b", "3" ...'),
    _number("phase_rank", "1 to 4", CATALYST, "trial phase as a number; 1/2 is 1.5, 2b and 2/3 are 2.5", m.phase_rank),
    _stated_bool("endpoint_met", "whether the primary endpoint was met"),
    _stated_number("p_value", "0 to 1", "p-value stated for the primary endpoint"),
    _stated_text("agency", "public body named (FDA, BARDA, DoD ...)"),
    _stated_text("counterparty", "other party named"),
    _stated_text("designation", "Fast Track, Breakthrough, Orphan ..."),
    _stated_text("rule", 'listing rule named ("5550(a)(2)")'),
    _stated_text("effective_date", "date stated for the event, ISO"),
    _number("days_to_effective", "days", CATALYST, "from now to the stated date (negative: past)", m.days_to_effective),
    # source and freshness
    _text("source", "the source that had it first", m.first_source, FRESHNESS),
    _number("source_count", "count", FRESHNESS, "sources that carried it", lambda c: len(m.source_names(c)) or None),
    _bool("confirmed", WARNING, "a filing or agency record stands behind it; unknown without filings", m.confirmed),
    _number("age_hours", "hours", FRESHNESS, "since publication", m.age_hours),
    _number("novelty", SHARE, FRESHNESS, "1 unlike the company's last ten stories, 0 a repeat", m.novelty),
    _bool("repeated", FRESHNESS, "an earlier story said the same", m.repeated),
    _text("session", "session at publication: pre, regular, after, closed", m.published_session, FRESHNESS),
    _number(
        "published_hour",
        "hours",
        FRESHNESS,
        "Eastern hour of publication, 7.5 is half past seven; only of news of the session's own day",
        m.published_hour,
    ),
    # the session
    _number(
        "session_left",
        SHARE,
        CONFIRMATION,
        "how much of the session is to come: 1 before its move is known, 0 after its close",
        m.session_left,
    ),
    _number(
        "session_done",
        SHARE,
        CONFIRMATION,
        "how much of the session is over: 0 before its move is known, 1 after its close",
        m.session_done,
    ),
    # the company and its listing
    _text("ticker", "the ticker", lambda c: c.ticker or None, SIZE),
    _text("exchange", "exchange as the ticker table or the price source names it", m.exchange, SIZE),
    _bool("otc", WARNING, "traded over the counter", m.otc),
    _move("market_cap", "US dollars", SIZE, "market value of the shares"),
    _move("float_shares", "shares", SIZE, "shares that can trade"),
    _bool("is_small_cap", SIZE, "market cap under the limit of universe.yml", m.is_small_cap),
    _number("materiality_pct", "% of market cap", MATERIALITY, "stated money against the market cap", m.materiality),
    # price and volume
    _move("price", "US dollars", SIZE, "last price"),
    _move("change_pct", "%", CONFIRMATION, "against the previous close"),
    _move("gap_pct", "%", CONFIRMATION, "open against the previous close"),
    _move("since_news_pct", "%", CONFIRMATION, "since the last price before the news"),
    _move("abnormal_pct", "%", CONFIRMATION, "change less that of the small-cap fund (IWM)"),
    _number("abs_change_pct", "%", CONFIRMATION, "size of the change, whatever its sign", m.abs_change),
    _move("rvol", "times", CONFIRMATION, "volume against its usual, today excluded from the mean"),
    _move("dollar_volume", "US dollars", CONFIRMATION, "price times volume today"),
    _move("avg_dollar_volume", "US dollars", CONFIRMATION, "mean dollar volume of the sessions before"),
    _move("atr_multiple", "times", CONFIRMATION, "today's range against the average true range"),
    _move("turnover", "times", CONFIRMATION, "volume against the float"),
    _move("high_52w_pct", "%", CONFIRMATION, "distance from the 52-week high (negative: below)"),
    _move("low_52w_pct", "%", CONFIRMATION, "distance from the 52-week low"),
    _move("volatility_pct", "%", SIZE, "mean size of the daily change over the 20 sessions before"),
    _move("far_days_share", SHARE, SIZE, "share of the 20 sessions before whose change was 10 % or more, up or down"),
    _move("run_up_pct", "%", SIZE, "change over the five sessions before, compounded"),
    _move("prev_change_pct", "%", SIZE, "change of the session before"),
    _number("prev_abs_change_pct", "%", SIZE, "size of the change of the session before", m.prev_abs_change),
    _move("prev_rvol", "times", SIZE, "volume of the session before against its usual"),
    _bool("after_close", WARNING, "the session of the known move was over when the news came", lambda c: c.after_close),
    _number("moved_before_news_pct", "%", WARNING, "the day's change that came before the news", m.moved_before),
    # the catch
    _number("days_since_reverse_split", "days", WARNING, "since the last reverse split", m.days_since_split),
    _past("raises_24m", NUMBER, "raises of the last 24 months in the stored news and filings"),
    _past("shelf_open", BOOL, "a shelf registration of the last three years that has not ended"),
    _past("atm_open", BOOL, "an at-the-market programme not known to have ended"),
    _past("equity_line_open", BOOL, "an equity line or convertible not known to have ended"),
    _past("warrants_outstanding", BOOL, "warrants not known to be exercised or expired"),
    _text("dilution_evidence", "what can still be sold: amounts, prices, days", m.dilution_evidence, WARNING),
    *(_standing(name) for name in MEASURES),
    _past("deficiency_open", BOOL, "a listing deficiency not known to be cured"),
    _past("going_concern", BOOL, "a going-concern doubt in the last 400 days"),
    _text("deficiency_evidence", "the notice and its day", lambda c: m.proof(c, "deficiency_open"), WARNING),
    _text("going_concern_evidence", "the paper and its day", lambda c: m.proof(c, "going_concern"), WARNING),
    _past("recent_stories", NUMBER, "stories of this ticker in the last ten days"),
    _bool("has_dilution_today", WARNING, "another catalyst of this window sells shares", m.dilution_today),
    _bool("halted_now", WARNING, "trading is halted", m.halted_now),
    _text("halt_code", "the exchange's reason code of the running halt, or of a halt story", m.halt_code, WARNING),
    _bool("promotion", WARNING, "the story is paid promotion", lambda c: "promotion" in (n.kind for n in c.noise)),
)
