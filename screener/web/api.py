"""The JSON paths, and their description as OpenAPI 3.1 made from the very records they answer with."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from msgspec import Struct

from screener import __version__
from screener.clock import publication, publication_of
from screener.store.calendar import KnownDate
from screener.store.occurrences import Occurrence
from screener.store.outlines import Outline
from screener.types import Catalyst, Noise, Regime, SourceRef, WatchRow
from screener.web import calendar, feeds, search, story
from screener.web.listing import chosen, picked
from screener.web.query import (
    NUMBERS,
    PAGE_SIZE,
    POLARITIES,
    SESSIONS,
    SIDES,
    SORTS,
    BadQuery,
    Filters,
    read_day,
    read_filters,
    read_moment,
    read_text,
    read_ticker,
    read_whole,
)
from screener.web.site import Answer, Page, PageView, finished

JSON = "application/json"


class TodayAnswer(Struct, frozen=True, kw_only=True):
    """A page of a day's list. ``stood`` is when this list was stored; ``total`` counts before the filters.

    ``outside`` is how many rows are no small caps; they are left out unless the address says ``all=1``.
    """

    day: dt.date | None
    as_of: dt.datetime | None
    stood: dt.datetime | None
    list: str
    total: int
    outside: int
    kept: int
    page: int
    rows: tuple[WatchRow, ...]
    regime: Regime | None


class DayAnswer(Struct, frozen=True, kw_only=True):
    """Days with a list, newest first."""

    days: tuple[dt.date, ...]


class TickerAnswer(Struct, frozen=True, kw_only=True):
    """A ticker: its row on the list asked for, and its newest catalysts."""

    ticker: str
    company: str
    exchange: str
    row: WatchRow | None
    catalysts: tuple[Occurrence, ...]


class StoryAnswer(Struct, frozen=True, kw_only=True):
    """A story without its text: headline, sources, catalysts with the words that prove them."""

    id: str
    title: str
    form: str
    published: dt.datetime | None
    first_seen: dt.datetime
    tickers: tuple[str, ...]
    company: str
    sources: tuple[SourceRef, ...]
    novelty: float | None
    repeats: str
    confirmed_by: str
    catalysts: tuple[Catalyst, ...]
    noise: tuple[Noise, ...]


class CalendarAnswer(Struct, frozen=True, kw_only=True):
    """Known dates, soonest first, from two weeks ago on."""

    as_of: dt.datetime
    dates: tuple[KnownDate, ...]


class FeedAnswer(Struct, frozen=True, kw_only=True):
    """The health of a feed."""

    name: str
    state: str
    why: str
    last_success: dt.datetime | None
    items_24h: int
    median_lag_seconds: float | None


class FeedsAnswer(Struct, frozen=True, kw_only=True):
    """All feeds, troubled ones first."""

    feeds: tuple[FeedAnswer, ...]


class RuleAnswer(Struct, frozen=True, kw_only=True):
    """A ranking rule in short."""

    id: str
    title: str
    kind: str
    status: str
    level: str
    description: str


class RulesAnswer(Struct, frozen=True, kw_only=True):
    """All ranking rules; ``digest`` changes with any of them."""

    digest: str
    rules: tuple[RuleAnswer, ...]


class SearchAnswer(Struct, frozen=True, kw_only=True):
    """Stories that hold all the words; ``ranked`` is False when the newest are given instead of the best."""

    ranked: bool
    stories: tuple[Outline, ...]


class ErrorAnswer(Struct, frozen=True, kw_only=True):
    """What was wrong with a request."""

    error: str


def _json(value: object) -> Answer:
    return finished(msgspec.json.encode(value), JSON)


def _today(view: PageView) -> Answer:
    f = read_filters(view.args)
    found = chosen(view, f)
    rows, kept = found.rows or (), picked(view, found).kept
    begin = (f.page - 1) * PAGE_SIZE
    return _json(
        TodayAnswer(
            day=found.day,
            as_of=f.as_of,
            stood=found.stood,
            list=found.run_id,
            total=len(rows),
            outside=found.outside,
            kept=len(kept),
            page=f.page,
            rows=tuple(kept[begin : begin + PAGE_SIZE]),
            regime=view.store.regimes.of_day(found.day, f.as_of) if found.day else None,
        )
    )


def _days(view: PageView) -> Answer:
    return _json(DayAnswer(days=tuple(view.store.lists.days(read_whole(view.args, "limit", 400, 4000)))))


def _ticker(view: PageView) -> Answer:
    symbol = read_ticker(view.names["ticker"])
    f = Filters(day=read_day(view.args), as_of=read_moment(view.args))
    found = chosen(view, f)
    until = f.as_of or view.now
    past = view.store.catalysts.past_of(symbol, until - dt.timedelta(days=730), until)[:200]
    row = found.row_of(symbol)
    listing = view.store.listings.get(symbol)
    if not past and row is None and listing is None:
        raise LookupError(f"{symbol}: nothing is stored of this ticker")
    refs = view.store.outlines.sources([s.id for s, _ in past], until)
    events = [
        Occurrence(
            story_id=s.id, ticker=symbol, type=c.type, stage=c.stage, polarity=c.polarity, confidence=c.confidence,
            facts=c.facts, published=publication(s.published, refs.get(s.id, ())), at=s.published, title=s.title, form=s.form,
        )
        for s, c in past
    ]  # fmt: skip
    name, exchange = (listing.name, listing.exchange) if listing else (row.company, row.exchange) if row else ("", "")
    return _json(TickerAnswer(ticker=symbol, company=name, exchange=exchange, row=row, catalysts=tuple(events)))


def _story(view: PageView) -> Answer:
    s, found = story.find(view)
    return _json(
        StoryAnswer(
            id=s.id, title=s.title, form=s.form, published=publication_of(s), first_seen=s.first_seen, tickers=s.tickers,
            company=s.company, sources=s.sources, novelty=s.novelty, repeats=s.repeats, confirmed_by=s.confirmed_by,
            catalysts=found.catalysts, noise=found.noise,
        )
    )  # fmt: skip


def _calendar(view: PageView) -> Answer:
    moment = read_moment(view.args) or view.now
    return _json(CalendarAnswer(as_of=moment, dates=tuple(calendar.every(view, moment))))


def _feeds(view: PageView) -> Answer:
    return _json(
        FeedsAnswer(
            feeds=tuple(
                FeedAnswer(
                    name=h.name,
                    state=h.state,
                    why=h.why,
                    last_success=h.record.last_success if h.record else None,
                    items_24h=h.day.items,
                    median_lag_seconds=h.day.median_lag,
                )
                for h in feeds.healths(view)
            )
        )
    )


def _rules(view: PageView) -> Answer:
    rules = view.site.rules
    return _json(
        RulesAnswer(
            digest=rules.digest,
            rules=tuple(
                RuleAnswer(
                    id=r.id, title=r.title, kind=r.kind, status=r.status, level=r.level, description=r.description
                )
                for r in rules.rules
            ),
        )
    )


def _search(view: PageView) -> Answer:
    text = read_text(view.args, "q")
    if not text and any(view.args.get("q", ())):
        return _json(SearchAnswer(ranked=True, stories=()))  # blanks of some kind: no words, so no story holds them
    if not text:
        raise BadQuery("q: write the words to look for")
    found, ranked = search.found(view, text, read_whole(view.args, "limit", search.LIMIT, 200))
    return _json(SearchAnswer(ranked=ranked, stories=tuple(f.story for f in found)))


PATHS: tuple[tuple[str, Page], ...] = (
    ("today", _today),
    ("days", _days),
    (r"ticker/(?P<ticker>[^/]{1,60})", _ticker),
    (r"story/(?P<story>[^/]{1,200})", _story),
    ("calendar", _calendar),
    ("feeds", _feeds),
    ("rules", _rules),
    ("search", _search),
)


def _argument(name: str, text: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": text, "schema": schema, **more}


_YEAR = "^(199[0-9]|20[0-9][0-9])-"
_DAY = _argument(
    "day",
    "New York session date; the newest with a list when left out.",
    {"type": "string", "format": "date", "pattern": _YEAR},
)
_AS_OF = _argument(
    "as_of",
    "Only what was known then; ISO 8601 with a zone.",
    {"type": "string", "format": "date-time", "pattern": _YEAR + "[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$"},
)
_WORD = {"type": "string", "pattern": "^[a-z0-9_]{1,60}$"}
_PLAIN = {"type": "string", "pattern": "^[A-Za-z0-9]{1,60}$"}
_NUMBER = {"type": "number"}
_SWITCH = {"enum": ["0", "1"]}
_END = {"min": "at least", "max": "at most"}
# One short of the longest ticker: the mark of a line may grow by a letter (-R is -RI).
_SYMBOL = {"type": "string", "pattern": "^[A-Z0-9][A-Z0-9.-]{0,8}$"}
_FILTERS = [
    _DAY,
    _AS_OF,
    _argument("catalyst", "Catalyst types; may repeat.", {"type": "array", "items": _WORD, "maxItems": 40}),
    _argument(
        "polarity", "Good, bad, mixed or neutral; may repeat.", {"type": "array", "items": {"enum": list(POLARITIES)}}
    ),
    _argument("side", "Where a row points; may repeat.", {"type": "array", "items": {"enum": list(SIDES)}}),
    _argument("session", "Session of the publication; may repeat.", {"type": "array", "items": {"enum": list(SESSIONS)}}),
    _argument("source", "A source that carried the story; may repeat.", {"type": "array", "items": _WORD, "maxItems": 40}),
    _argument("action", "The card's action: alert, watch, avoid, no_action; may repeat.",
              {"type": "array", "items": _WORD, "maxItems": 40}),
    _argument("exchange", "The exchange; may repeat.", {"type": "array", "items": _PLAIN, "maxItems": 40}),
    _argument("ticker", "Only these tickers; may repeat.", {"type": "array", "items": _SYMBOL, "maxItems": 40}),
    _argument("own", "Only the own watchlist.", _SWITCH),
    _argument("all", "Also what is no small cap of the universe.", _SWITCH),
    *(_argument(name, f"Known {name[4:].replace('_', ' ')} {_END[name[:3]]}.", _NUMBER) for name in NUMBERS),
    _argument("max_age", "Published at most so many hours ago.", _NUMBER),
    _argument("sort", "A column; with - in front turned round.", {"enum": [*SORTS, *(f"-{s}" for s in SORTS)]}),
    _argument("page", f"Page of {PAGE_SIZE} rows.", {"type": "integer", "minimum": 1, "maximum": 10000}),
]  # fmt: skip
_DAYS = _argument("limit", "At most so many.", {"type": "integer", "minimum": 1, "maximum": 4000})
_LIMIT = _argument("limit", "At most so many.", {"type": "integer", "minimum": 1, "maximum": 200})
_OPERATIONS: tuple[tuple[str, str, type, list[dict[str, Any]]], ...] = (
    ("/api/today", "The ranked list of a day, as of any moment.", TodayAnswer, _FILTERS),
    ("/api/days", "Days with a list.", DayAnswer, [_DAYS]),
    ("/api/ticker/{ticker}", "A ticker's row and catalysts.", TickerAnswer, [
        {"name": "ticker", "in": "path", "required": True, "schema": _SYMBOL}, _DAY, _AS_OF]),
    ("/api/story/{story}", "A story without its text.", StoryAnswer, [
        {"name": "story", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 64}}]),
    ("/api/calendar", "Dates the news named.", CalendarAnswer, [
        _AS_OF, _argument("ticker", "Only this ticker.", _SYMBOL), _argument("kind", "Only this kind of date.", _WORD)]),
    ("/api/feeds", "The health of every feed.", FeedsAnswer, []),
    ("/api/rules", "The ranking rules.", RulesAnswer, []),
    ("/api/search", "Full-text search.", SearchAnswer, [
        _argument("q", "Words that must all be there.", {"type": "string", "minLength": 1, "maxLength": 200}, required=True),
        _LIMIT]),
)  # fmt: skip


def description() -> bytes:
    """The OpenAPI description as JSON."""
    kinds = [o[2] for o in _OPERATIONS] + [ErrorAnswer]
    schemas, parts = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    error = {"content": {JSON: {"schema": schemas[-1]}}}
    paths = {
        path: {
            "get": {
                "operationId": path.strip("/").replace("/", "_").replace("{", "").replace("}", ""),
                "summary": text,
                "parameters": arguments,
                "responses": {
                    "200": {"description": "The answer.", "content": {JSON: {"schema": schemas[n]}}},
                    "400": {"description": "A value in the address cannot be used.", **error},
                    "404": {"description": "Nothing of this name is stored.", **error},
                    "503": {"description": "The database did not answer in time.", **error},
                },
            }
        }
        for n, (path, text, _, arguments) in enumerate(_OPERATIONS)
    }
    about = {
        "openapi": "3.1.0",
        "info": {
            "title": "screener",
            "version": __version__,
            "description": "What the page shows, as JSON. Times are UTC, days New York dates, null means unknown. "
            "Every table is at /data as HTML, JSON and CSV besides.",
        },
        "paths": paths,
        "components": {"schemas": parts},
    }
    return msgspec.json.encode(about)
