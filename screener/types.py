"""The records that stages hand to each other.

All are frozen ``msgspec.Struct`` with keyword-only fields and no behaviour. Times are aware UTC; days are New York
session dates. An unknown number is None, never 0 or False. Money is US dollars as stated; percentages are in percent
(2.5 means 2.5 %). CIKs are integers. What a source said (Item, Filing, Bar) is kept apart from what we added
(Story, Catalyst, Move, WatchRow).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from msgspec import Struct, field

FactValue = str | float | int | bool


# ---- what sources said -------------------------------------------------------------------------------------------


class Exhibit(Struct, frozen=True, kw_only=True):
    """One document of a filing: ``kind`` is the SEC document type ("EX-99.1", "8-K"), ``text`` plain text."""

    kind: str
    name: str = ""
    text: str = ""


class Item(Struct, frozen=True, kw_only=True):
    """One piece of news as one source gave it.

    ``form`` is "PR" for a release, "HALT" for a trading halt, else the SEC form. ``items`` are 8-K item numbers
    ("3.01"). ``cik`` leads a filing, ``ciks`` are those of all its companies.
    ``published`` is None when the source gave no usable time. ``replayed`` marks a receipt time that was
    set to the publication time because the item was read back from a recording.
    """

    source: str
    source_id: str
    url: str = ""
    title: str
    summary: str = ""
    body: str = ""
    published: dt.datetime | None = None
    received: dt.datetime
    form: str = "PR"
    items: tuple[str, ...] = ()
    cik: int | None = None
    ciks: tuple[int, ...] = ()
    company: str = ""
    ticker_hints: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    facts: dict[str, FactValue] = field(default_factory=dict)
    replayed: bool = False


class Party(Struct, frozen=True, kw_only=True):
    """One role on a filing: ``role`` is Filer, Issuer, Reporting, Subject, Filed by ...

    ``form`` is set when an accession was filed under several forms: the one that names this role.
    """

    cik: int
    name: str
    role: str
    form: str = ""


class Filing(Struct, frozen=True, kw_only=True):
    """One accession as EDGAR listed it, all its roles joined.

    ``accepted`` is EDGAR's acceptance time; ``company`` and ``cik`` are the issuer's (subject, issuer or filer before
    reporting persons).
    """

    accession: str
    form: str
    company: str
    cik: int
    role: str
    accepted: dt.datetime
    items: tuple[str, ...] = ()
    link: str = ""
    parties: tuple[Party, ...] = ()
    received: dt.datetime
    replayed: bool = False


class Halt(Struct, frozen=True, kw_only=True):
    """A trading halt or resumption; ``code`` is the exchange's reason code (T1, T12, LUDP ...)."""

    ticker: str
    name: str = ""
    market: str = ""
    code: str
    halted: dt.datetime
    resumed: dt.datetime | None = None
    pause_price: float | None = None
    received: dt.datetime


class Listing(Struct, frozen=True, kw_only=True):
    """A ticker as SEC's table (or the demo's) names it."""

    ticker: str
    name: str
    exchange: str = ""
    cik: int | None = None


class FeedSpec(Struct, frozen=True, kw_only=True):
    """One configured feed, from ``rules/feeds/NAME.yml`` with the user's settings on top.

    ``kind`` names the collector that reads it; ``every`` is the cadence in seconds during the regular session;
    ``expect_title`` is a text the channel title must contain; ``options`` are the collector's own settings.
    """

    name: str
    kind: str
    url: str = ""
    title: str = ""
    enabled: bool = True
    every: float = 60.0
    expect_title: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    path: str = ""


class FeedState(Struct, frozen=True, kw_only=True):
    """What is remembered between two polls of a feed; ``seen`` holds the source ids of the last window.

    ``unfinished``: something up to ``last_item`` and after was not read; a later poll reads on from there.
    """

    name: str
    etag: str = ""
    last_modified: str = ""
    last_success: dt.datetime | None = None
    last_error: str = ""
    last_error_at: dt.datetime | None = None
    failures: int = 0
    last_item: dt.datetime | None = None
    seen: tuple[str, ...] = ()
    gaps: int = 0
    disabled: str = ""
    unfinished: bool = False


class Problem(Struct, frozen=True, kw_only=True):
    """Something that went wrong with one subject and did not stop the rest.

    ``stage`` is collect, resolve, classify, price, rank, save or alert; ``kind`` is a short stable word
    ("broken_line", "http_503", "not_a_feed").
    """

    stage: str
    subject: str
    message: str
    kind: str = ""


class Collected(Struct, frozen=True, kw_only=True):
    """What one collector call produced. ``state`` is to be stored once the items are safely stored."""

    feed: str
    items: tuple[Item, ...] = ()
    filings: tuple[Filing, ...] = ()
    halts: tuple[Halt, ...] = ()
    problems: tuple[Problem, ...] = ()
    state: FeedState | None = None
    not_modified: bool = False


class Bar(Struct, frozen=True, kw_only=True):
    """One ticker-day as traded (never adjusted for later splits).

    ``change_pct`` is the source's own change against the previous close, correct across splits. ``known_at`` is when
    the bar could first be known: the close of that session for history, the receipt for a snapshot in session.
    """

    ticker: str
    day: dt.date
    open: float | None = None
    high: float | None = None
    low: float | None = None
    close: float | None = None
    volume: float | None = None
    change_pct: float | None = None
    market_cap: float | None = None
    float_shares: float | None = None
    exchange: str = ""
    source: str
    known_at: dt.datetime


BarRow = tuple[
    str,
    str,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    str,
    str,
    str,
]
"""A bar as plain values, for bulk work: ticker, day (ISO), open, high, low, close, volume, change_pct, market_cap,
float_shares, exchange, source, known_at (UTC, ``2025-12-12T21:00:00.000Z``)."""


class Quote(Struct, frozen=True, kw_only=True):
    """A price at a moment: ``session`` is pre, regular, after or closed."""

    ticker: str
    as_of: dt.datetime
    open: float | None = None
    high: float | None = None
    low: float | None = None
    close: float | None = None
    volume: float | None = None
    bid: float | None = None
    ask: float | None = None
    last: float | None = None
    change_pct: float | None = None
    market_cap: float | None = None
    session: str = ""
    source: str


# ---- what we added -----------------------------------------------------------------------------------------------


class Span(Struct, frozen=True, kw_only=True):
    """Words that prove something: ``text == getattr(story, field)[start:end]``.

    ``field`` is title or text; for evidence that is not in the words it is "form", "items" or "subjects" with the
    code as text and start = end = 0. ``fact`` names the fact that the span proves; empty when it proves the type.
    """

    field: str
    start: int
    end: int
    text: str
    fact: str = ""


class SourceRef(Struct, frozen=True, kw_only=True):
    """One source that carried a story."""

    source: str
    url: str = ""
    received: dt.datetime
    published: dt.datetime | None = None
    source_id: str = ""
    form: str = "PR"


class Story(Struct, frozen=True, kw_only=True):
    """One event, from however many sources.

    ``sources`` is in order of receipt: the first was first. ``novelty`` is 1.0 for news unlike the company's last
    ten stories and 0.0 for a repeat, None when nothing is stored to compare with; ``repeats`` is the id of the story it
    repeats. ``confirmed_by`` is the accession or agency record that confirms a wire item, empty while unconfirmed.
    ``source_facts`` are facts a structured source stated itself (a halt code, an insider's purchase).
    """

    id: str
    title: str
    text: str = ""
    form: str = "PR"
    published: dt.datetime
    first_seen: dt.datetime
    sources: tuple[SourceRef, ...] = ()
    tickers: tuple[str, ...] = ()
    cik: int | None = None
    company: str = ""
    items: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    novelty: float | None = None
    repeats: str = ""
    confirmed_by: str = ""
    source_facts: dict[str, FactValue] = field(default_factory=dict)
    replayed: bool = False


class Catalyst(Struct, frozen=True, kw_only=True):
    """One catalyst of one ticker in one story.

    ``type`` and ``stage`` are words of the taxonomy; ``polarity`` is "+", "-", "±" or "0" for a holder of the shares;
    ``confidence`` is calibrated, 0 to 1. ``facts`` are plain values by their documented names; ``made_by`` says which
    parts of the classifier agreed ("patterns", "model", "patterns+model", "items").
    """

    story_id: str
    ticker: str = ""
    type: str
    stage: str = ""
    polarity: str = "0"
    confidence: float
    evidence: tuple[Span, ...] = ()
    facts: dict[str, FactValue] = field(default_factory=dict)
    made_by: str = ""


class Noise(Struct, frozen=True, kw_only=True):
    """A noise class found in a story (law_firm_ad, conference ...)."""

    story_id: str
    kind: str
    evidence: tuple[Span, ...] = ()


class Classified(Struct, frozen=True, kw_only=True):
    """The classifier's answer for one story, best catalyst first."""

    story_id: str
    catalysts: tuple[Catalyst, ...] = ()
    noise: tuple[Noise, ...] = ()


class Move(Struct, frozen=True, kw_only=True):
    """Price and volume measures of one ticker as of a moment; meanings in ``prices.measures``.

    ``sources`` maps a field's name to the price source it came from. ``doubt`` says why numbers that the prices seem to
    give are unknown (a jump like a split's of which nothing is listed); empty when there is no doubt.
    """

    ticker: str
    as_of: dt.datetime
    price: float | None = None
    change_pct: float | None = None
    gap_pct: float | None = None
    since_news_pct: float | None = None
    abnormal_pct: float | None = None
    rvol: float | None = None
    dollar_volume: float | None = None
    avg_dollar_volume: float | None = None
    atr_multiple: float | None = None
    turnover: float | None = None
    high_52w_pct: float | None = None
    low_52w_pct: float | None = None
    days_since_reverse_split: int | None = None
    volatility_pct: float | None = None
    far_days_share: float | None = None
    run_up_pct: float | None = None
    prev_change_pct: float | None = None
    prev_rvol: float | None = None
    market_cap: float | None = None
    market_cap_at_news: float | None = None
    float_shares: float | None = None
    exchange: str = ""
    session: str = ""
    day: dt.date | None = None
    sources: dict[str, str] = field(default_factory=dict)
    doubt: str = ""


class Reason(Struct, frozen=True, kw_only=True):
    """One line of a score: ``part`` is catalyst, materiality, confirmation, size, freshness, warning, curve or card.

    ``side`` says which strength the points belong to: "+" bullish, "-" bearish, "" neither.
    """

    part: str
    text: str
    points: float = 0.0
    side: str = ""
    rule_id: str = ""


class Rule(Struct, frozen=True, kw_only=True):
    """A rule as loaded; see ``rules/README.md`` for the file format.

    ``kind`` is catalyst (picks the lead), default (the same for types that no catalyst rule names), booster (adds to any
    row) or warning (subtracts, with ``warning`` as its text); ``side`` is bullish, bearish, neutral or empty (the
    catalyst's polarity decides); ``part`` is the part of the score that ``base`` belongs to.
    """

    id: str
    title: str
    status: str
    level: str
    kind: str = "catalyst"
    side: str = ""
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
    action: str = ""
    recommendation: str = ""
    timeframe: str = ""
    risk: str = ""
    catalyst: str
    stage: str = ""
    polarity: str = "0"
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
    side: str = ""
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
    state: str = "pending"
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
