"""Ticker: the chart with its news, the row with its reasons, the timeline with proofs, filings, halts, notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import quote

import msgspec
from msgspec import Struct

from screener import clock
from screener.prices.history import build, frame
from screener.sec import forms, items8k
from screener.store.marks import Marked
from screener.types import Alert, Bar, Classified, Filing, Halt, Quote, SourceRef, Story, WatchRow
from screener.web import charts, marking, show
from screener.web.dilution import panel
from screener.web.evidence import Piece, excerpt, pieces, spans_of
from screener.web.listing import by_rule, chosen, side_reasons
from screener.web.query import Filters, read_day, read_moment, read_ticker
from screener.web.site import Answer, PageView

if TYPE_CHECKING:
    from screener.pipeline.alerts.filters import FilterAnswer
    from screener.pipeline.explanation import RuleVerdict

STORIES = 30
_CHART_DAYS = 190
_FILINGS = dt.timedelta(days=1096)
_HALTS = dt.timedelta(days=400)


class TimelineStory(Struct, frozen=True, kw_only=True):
    """One story of the timeline, without what the list does not show of its text."""

    story: Story
    found: Classified
    title: list[Piece]
    text: list[Piece]
    sources: list[SourceRef]


def told(story: Story, found: Classified, known_by: dt.datetime) -> TimelineStory:
    """A story with its proofs cut out of the text."""
    spans = spans_of(found)
    return TimelineStory(
        story=story,
        found=found,
        title=pieces(story.title[:1000], "title", spans),
        text=excerpt(pieces(story.text, "text", spans)) if story.text else [],
        sources=[s for s in story.sources if s.received <= known_by],
    )


def stamp(view: PageView) -> object:
    """What the page depends on: the newest story, list, bar and mark of the ticker, and the minute."""
    ticker = read_ticker(view.names["ticker"])
    store = view.store
    return (
        store.outlines.newest_of_ticker(ticker),
        store.lists.newest(),
        store.bars.days_stored(ticker, view.now.date() - dt.timedelta(days=_CHART_DAYS)),
        store.marks.newest_id(),
        int(view.now.timestamp() // 60),
        [(a.id, a.state) for a in alerts(view, ticker, None)],
        tuple((p.text, p.tone) for p in view.site.status(view.store, view.now)),
    )


def page(view: PageView) -> Answer:
    """The page ``/ticker/SYM``."""
    ticker = read_ticker(view.names["ticker"])
    filters = Filters(day=read_day(view.args), as_of=read_moment(view.args))
    found = chosen(view, filters)
    moment = filters.as_of or (view.now if filters.day is None else found.moment)
    row = found.row_of(ticker)
    stories = view.store.stories.last_of_ticker(ticker, moment + dt.timedelta(milliseconds=1), moment, STORIES)
    listing = view.store.listings.get(ticker)
    history = view.store.lists.history(ticker, 60)
    if not stories and row is None and listing is None and not history:
        raise LookupError(f"{ticker}: nothing is stored of this ticker.")
    tagged = view.store.catalysts.of_stories([s.id for s in stories])
    own = view.store.marks.standing(filters.as_of).get(ticker, Marked())
    cik = next((s.cik for s in stories if s.cik), None) or (listing.cik if listing else None)
    filings = view.store.filings.of_company(cik, moment - _FILINGS, moment) if cik else []
    halts = view.store.halts.of_ticker(ticker, moment - _HALTS, moment)
    bars = chart_bars(view, ticker, moment)
    return view.render(
        "ticker.html",
        nav="",
        ticker=ticker,
        company=(
            row.company
            if row and row.company
            else listing.name
            if listing
            else next((s.company for s in stories if s.company), "")
        ),
        exchange=(row.exchange if row and row.exchange else listing.exchange if listing else ""),
        found=found,
        row=row,
        reasons=by_rule(side_reasons(row)) if row else [],
        against=by_rule([r for r in row.reasons if r not in side_reasons(row)]) if row else [],
        told=[told(s, tagged[s.id], moment) for s in stories],
        more=len(stories) == STORIES,
        ledger=panel(view, ticker, cik, moment),
        dilution=dilutive(filings)[:25],
        others=[f for f in filings if f not in dilutive(filings)][:15],
        halts=halts[:20],
        chart=charts.price_chart(bars, marks(stories, dilutive(filings), halts)),
        inday=charts.day_chart(_trail(view, ticker, moment)),
        bars=bars[-12:][::-1],
        last=next((b for b in reversed(bars) if b.close is not None), None),
        alerts=alerts(view, ticker, filters.as_of),
        checks=_checks(view, row) if row is not None and filters.as_of is None and filters.day is None else [],
        later=view.store.outcomes.of_ticker(ticker, filters.as_of),
        searched=bool(view.args.get("searched")),
        place=found.filters.as_of or found.filters.day,
        token=marking.token(view.site),
        own=own,
        history=history,
        moment=moment,
        as_of=filters.as_of,
        facts=_facts(row),
    )


def alerts(view: PageView, ticker: str, as_of: dt.datetime | None) -> list[Alert]:
    """The ticker's newest alerts, those that were held back too, as they stood at a moment."""
    found = view.store.outbox.alerts(ticker=ticker, limit=12)
    return [a for a in found if as_of is None or a.created <= as_of]


def _checks(view: PageView, row: WatchRow) -> list[FilterAnswer]:
    """What a decision about an alert of this row would say now, in order."""
    from screener.pipeline.alerts.decision import why_not

    return why_not(view.store, view.site.settings, row, view.now)


def _trail(view: PageView, ticker: str, moment: dt.datetime) -> list[Quote]:
    """The stored prices inside the session day of a moment."""
    begin = clock.news_window(clock.session_day(moment))[0]
    return view.store.bars.trails([ticker], begin, moment).get(ticker, [])


def dilutive(filings: Sequence[Filing]) -> list[Filing]:
    """Filings that sell shares or prepare it: registrations, prospectuses, 8-Ks that tell of sold shares or new debt."""
    return [
        f
        for f in filings
        if forms.of_family(f.form, *forms.DILUTIVE)
        or (forms.of_family(f.form, "current_report") and any(i in items8k.DILUTIVE for i in f.items))
    ]


def _facts(row: WatchRow | None) -> list[tuple[str, str]]:
    return show.facts(row.facts) if row else []


def chart_bars(view: PageView, ticker: str, moment: dt.datetime) -> list[Bar]:
    """The ticker's last bars known at a moment, on the share basis of the last one."""
    last = view.store.bars.newest_day(ticker, clock.new_york_date(moment))
    if last is None:
        return []
    bars = view.store.bars.history([ticker], last - dt.timedelta(days=_CHART_DAYS), last, moment).get(ticker, [])
    if len(bars) < 2:
        return bars
    splits = view.store.bars.splits([ticker], moment).get(ticker, {}) if hasattr(view.store.bars, "splits") else {}
    at = build(ticker, bars, frame(bars[-1].day, moment), splits)
    scaled = [_scaled(b, k) for b, k in zip(at.bars, at.scale, strict=False)]
    return [*scaled[::-1], bars[-1]]


def _scaled(bar: Bar, k: float) -> Bar:
    if k == 1.0:
        return bar

    def by(value: float | None) -> float | None:
        return None if value is None else value * k

    return msgspec.structs.replace(
        bar, open=by(bar.open), high=by(bar.high), low=by(bar.low), close=by(bar.close),
        volume=None if bar.volume is None else bar.volume / k,
    )  # fmt: skip


def marks(stories: Sequence[Story], filings: Sequence[Filing], halts: Sequence[Halt]) -> list[charts.ChartMark]:
    """What stands under the chart: each by the session it first traded in."""
    news = [
        charts.ChartMark(day=_traded(s.published), kind="news", label=s.title, target=f"/story/{quote(s.id, safe='')}")
        for s in stories
        if s.form != "HALT"
    ]
    filed = [charts.ChartMark(day=_traded(f.accepted), kind="filing", label=f.form, target="#filings") for f in filings]
    halted = [charts.ChartMark(day=_traded(h.halted), kind="halt", label=h.code, target="#halts") for h in halts]
    return news + filed + halted


def _traded(moment: dt.datetime) -> dt.date:
    """The session that could first trade on a moment's news."""
    day = clock.session_day(moment)
    return clock.next_session(day) if moment >= clock.close_time(day) else day


def rules_page(view: PageView) -> Answer:
    """The page ``/ticker/SYM/rules``: every rule's verdict, computed as of the moment of the list."""
    from screener.clock import Clock
    from screener.pipeline.explanation import explain
    from screener.pipeline.workspace import Workspace

    ticker = read_ticker(view.names["ticker"])
    filters = Filters(day=read_day(view.args), as_of=read_moment(view.args))
    found = chosen(view, filters)
    if found.day is None:
        raise LookupError("No list is stored yet, so there is nothing to explain.")
    moment = filters.as_of or found.stood or found.moment
    site = view.site
    workspace = Workspace(
        settings=site.settings, store=view.store, clock=Clock(moment), classifier=site.classifier, rules=site.rules
    )
    answer = explain(workspace, ticker, found.day, moment)
    return view.render(
        "ticker_rules.html",
        nav="",
        ticker=ticker,
        found=found,
        moment=moment,
        row=answer.row,
        **_verdicts(answer.rules),
    )


_WORD = {True: "yes", False: "no", None: "unknown"}


class _Verdict(TypedDict):
    rule: str
    title: str
    kind: str
    catalyst: str
    tests: list[tuple[str, str]]


class _Verdicts(TypedDict):
    fired: list[_Verdict]
    undecided: list[_Verdict]
    silent: list[_Verdict]
    unknown: list[str]


def _verdicts(answers: Sequence[RuleVerdict]) -> _Verdicts:
    """The rules by verdict; each with the selections that decided it."""
    unknown = sorted({u for a in answers for u in a.unknown})
    found: _Verdicts = {"fired": [], "undecided": [], "silent": [], "unknown": unknown}
    for a in answers:
        tests = [(name, _WORD[value]) for name, value in a.selections.items()]
        verdict: _Verdict = {
            "rule": a.rule_id,
            "title": a.title,
            "kind": a.kind,
            "catalyst": a.catalyst,
            "tests": tests,
        }
        found["fired" if a.matched else "undecided" if a.matched is None else "silent"].append(verdict)
    return found
