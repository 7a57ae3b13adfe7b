"""Atom and JSON Feed of today's list, of a ticker and of a type: headline, link and facts, never the text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from urllib.parse import quote

from screener.clock import publication
from screener.format import DISCLAIMER, safe_link, whole_score
from screener.format.feed import ATOM_TYPE, JSON_TYPE, FeedEntry, FeedHead, atom, json_feed
from screener.store.occurrences import Occurrence
from screener.types import WatchRow
from screener.web import show
from screener.web.listing import chosen, key_of, picked
from screener.web.query import read_filters, read_ticker
from screener.web.site import Answer, PageView, finished

_LIMIT = 100


def of_today(view: PageView) -> Answer:
    """``/feed.atom`` and ``/feed.json``: every row of today's list, with the filters of the page."""
    filters = read_filters(view.args)
    found = chosen(view, filters)
    kept = picked(view, found).kept
    moved = view.site.changed.moments(view.store, found.day) if found.day and filters.as_of is None else {}
    entries = [_of_row(view, r, moved.get(key_of(r)) or found.stood or r.as_of) for r in kept]
    return _feed(view, "Catalysts" + (f" of {found.day}" if found.day else ""), "/", entries)


def of_ticker(view: PageView) -> Answer:
    """``/ticker/SYM/feed.atom`` and ``.json``: the catalysts of a ticker."""
    ticker = read_ticker(view.names["ticker"])
    past = view.store.catalysts.past_of(ticker, view.now - dt.timedelta(days=3650), view.now)[:_LIMIT]
    refs = view.store.outlines.sources([s.id for s, _ in past], view.now)
    entries = [
        _entry(
            view,
            Occurrence(
                story_id=s.id, ticker=ticker, type=c.type, stage=c.stage, polarity=c.polarity, confidence=c.confidence,
                facts=c.facts, published=publication(s.published, refs.get(s.id, ())), at=s.published, title=s.title,
            ),
        )
        for s, c in past
    ]  # fmt: skip
    return _feed(view, f"Catalysts of {ticker}", f"/ticker/{quote(ticker)}", entries)


def of_type(view: PageView) -> Answer:
    """``/catalysts/TYPE/feed.atom`` and ``.json``: the newest catalysts of a type."""
    kind = view.names["type"]
    entries = [_entry(view, e) for e in view.store.occurrences.of_type(kind, view.now, _LIMIT)]
    return _feed(view, f"Catalysts: {show.words(kind)}", f"/catalysts/{kind}", entries)


PAGES = (of_today, of_ticker, of_type)


def _of_row(view: PageView, row: WatchRow, moved: dt.datetime) -> FeedEntry:
    at = row.published or row.first_seen or moved
    said = Occurrence(
        story_id=row.story_id, ticker=row.ticker, type=row.catalyst, stage=row.stage, polarity=row.polarity,
        confidence=row.confidence, facts=row.facts, published=row.published,
        at=max(at, moved), title=row.headline,
    )  # fmt: skip
    more = f"{row.action}, score {whole_score(row.score)}. " + "; ".join(row.warnings)
    return _entry(view, said, row.url, more)


def _entry(view: PageView, said: Occurrence, url: str = "", more: str = "") -> FeedEntry:
    """An entry; a row's numbers change what its summary says, and its list's moment is when they did."""
    facts = ", ".join(f"{name}: {value}" for name, value in show.facts(said.facts))
    label = show.words(said.type) + (f", {said.stage}" if said.stage else "")
    parts = (f"{show.sign(said.polarity)} {label}", facts, show.clean(more, 400))
    return FeedEntry(
        id=f"urn:screener:{quote(said.story_id)}:{quote(said.ticker)}:{said.type}",
        title=f"{said.ticker + ': ' if said.ticker else ''}{show.clean(said.title, 300)}",
        page=f"{view.origin}/story/{quote(said.story_id, safe='')}",
        source=safe_link(url),
        published=said.published,
        updated=said.at,
        summary=". ".join(x for x in parts if x),
        tags=tuple(x for x in (said.ticker, said.type, said.stage) if x),
    )


def _feed(view: PageView, title: str, path: str, entries: Sequence[FeedEntry]) -> Answer:
    kind = view.names["kind"]
    own = f"{view.origin}{path.rstrip('/')}/feed.{kind}"
    head = FeedHead(id=own, title=title, description=DISCLAIMER, home=view.origin + path, own=own)
    if kind == "json":
        return finished(json_feed(head, entries), JSON_TYPE)
    return finished(atom(head, entries), ATOM_TYPE)
