"""Atom and JSON Feed of today's list, of a ticker and of a type: headline, link and facts, never the text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as Xml

import msgspec
from msgspec import Struct

from screener.types import FactValue
from screener.web import queries, show
from screener.web.query import read_filters, read_ticker, select
from screener.web.site import DISCLAIMER, Answer, View, finished
from screener.web.today import chosen

_LIMIT = 100
_ATOM = "http://www.w3.org/2005/Atom"


class Entry(Struct, frozen=True, kw_only=True):
    """One entry; ``page`` is the story's own page here, ``url`` the source's, empty when it is no web address."""

    id: str
    title: str
    page: str
    url: str
    published: dt.datetime
    summary: str
    tags: tuple[str, ...]


def of_today(view: View) -> Answer:
    """``/feed.atom`` and ``/feed.json``: the list of today, with the filters of the page."""
    filters = read_filters(view.args)
    found = chosen(view, filters)
    rows = found.rows or []
    known = queries.sources(view.db, [r.story_id for r in rows], found.moment)
    kept = select(rows, filters, {s: [x.source for x in refs] for s, refs in known.items()})
    entries = [
        _entry(
            view, r.story_id, r.ticker, r.catalyst, r.stage, r.polarity, r.headline, r.url, r.published or found.moment, r.facts,
            f"{r.action}, score {r.score:.0f}. " + "; ".join(r.warnings),
        )
        for r in kept[:_LIMIT]
    ]  # fmt: skip
    return _feed(view, "Catalysts" + (f" of {found.day}" if found.day else ""), "/", entries)


def of_ticker(view: View) -> Answer:
    """``/ticker/SYM/feed.atom`` and ``.json``: the catalysts of a ticker."""
    ticker = read_ticker(view.names["ticker"])
    past = view.store.catalysts.past_of(ticker, view.now - dt.timedelta(days=3650), view.now)[:_LIMIT]
    entries = [
        _entry(view, s.id, ticker, c.type, c.stage, c.polarity, s.title, "", s.published, c.facts, "") for s, c in past
    ]
    return _feed(view, f"Catalysts of {ticker}", f"/ticker/{quote(ticker)}", entries)


def of_type(view: View) -> Answer:
    """``/catalysts/TYPE/feed.atom`` and ``.json``: the newest catalysts of a type."""
    kind = view.names["type"]
    events = queries.events_of_type(view.db, kind, view.now, _LIMIT)
    entries = [
        _entry(view, e.story_id, e.ticker, e.type, e.stage, e.polarity, e.title, "", e.published, e.facts, "")
        for e in events
    ]
    return _feed(view, f"Catalysts: {show.words(kind)}", f"/catalysts/{kind}", entries)


PAGES = (of_today, of_ticker, of_type)


def _entry(
    view: View, story_id: str, ticker: str, kind: str, stage: str, polarity: str, title: str, url: str,
    published: dt.datetime, facts: dict[str, FactValue], more: str,
) -> Entry:  # fmt: skip
    told = ", ".join(f"{name}: {value}" for name, value in show.facts(facts))
    label = show.words(kind) + (f", {stage}" if stage else "")
    return Entry(
        id=f"urn:screener:{quote(story_id)}:{quote(ticker)}:{kind}",
        title=_xml_safe(f"{ticker + ': ' if ticker else ''}{show.clean(title, 300)}"),
        page=f"{view.origin}/story/{quote(story_id, safe='')}",
        url=show.href(url),
        published=published,
        summary=_xml_safe(". ".join(x for x in (f"{show.sign(polarity)} {label}", told, show.clean(more, 400)) if x)),
        tags=tuple(x for x in (ticker, kind, stage) if x),
    )


def _xml_safe(text: str) -> str:
    return "".join(
        c for c in show.clean(text) if c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff"
    )


def _feed(view: View, title: str, path: str, entries: Sequence[Entry]) -> Answer:
    return _json_feed(view, title, path, entries) if view.names["kind"] == "json" else _atom(view, title, path, entries)


def _json_feed(view: View, title: str, path: str, entries: Sequence[Entry]) -> Answer:
    items: list[dict[str, Any]] = [
        {
            "id": e.id,
            "url": e.page,
            **({"external_url": e.url} if e.url else {}),
            "title": e.title,
            "content_text": e.summary,
            "date_published": show.utc(e.published),
            "tags": list(e.tags),
        }
        for e in entries
    ]
    own = path.rstrip("/") + "/feed.json"
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": view.origin + path,
        "feed_url": view.origin + own,
        "description": DISCLAIMER,
        "items": items,
    }
    return finished(msgspec.json.encode(feed), "application/feed+json")


def _atom(view: View, title: str, path: str, entries: Sequence[Entry]) -> Answer:
    Xml.register_namespace("", _ATOM)
    root = Xml.Element(f"{{{_ATOM}}}feed")
    own = view.origin + path.rstrip("/") + "/feed.atom"
    newest = max((e.published for e in entries), default=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    _add(root, "id", own)
    _add(root, "title", title)
    _add(root, "updated", show.utc(newest))
    _add(root, "subtitle", DISCLAIMER)
    _add(_add(root, "author"), "name", "screener")
    _add(root, "link", rel="self", href=own)
    _add(root, "link", rel="alternate", href=view.origin + path, type="text/html")
    for e in entries:
        item = _add(root, "entry")
        _add(item, "id", e.id)
        _add(item, "title", e.title)
        _add(item, "updated", show.utc(e.published))
        _add(item, "published", show.utc(e.published))
        _add(item, "link", rel="alternate", href=e.page, type="text/html")
        if e.url:
            _add(item, "link", rel="related", href=e.url)
        _add(item, "summary", e.summary)
        for tag in e.tags:
            _add(item, "category", term=tag)
    body = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return finished(body, "application/atom+xml; charset=utf-8")


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    child = Xml.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    child.text = text or None
    return child
