"""Atom and JSON Feed: headline, links and facts, never a text that belongs to others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

import msgspec
from msgspec import Struct

from screener.format import utc

ATOM = "http://www.w3.org/2005/Atom"
ATOM_TYPE, JSON_TYPE = "application/atom+xml; charset=utf-8", "application/feed+json"
_VERSION = "https://jsonfeed.org/version/1.1"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class FeedHead(Struct, frozen=True, kw_only=True):
    """What a feed is: ``home`` is its page and ``own`` its address, both empty when it has none."""

    id: str
    title: str
    description: str
    home: str = ""
    own: str = ""


class FeedEntry(Struct, frozen=True, kw_only=True):
    """One entry. ``page`` is our own page of it and ``source`` the original; either may be empty.

    ``published`` is left out when it is not known.
    ``updated`` moves when what the entry says has changed; readers show it anew then.
    """

    id: str
    title: str
    summary: str
    published: dt.datetime | None
    updated: dt.datetime
    page: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()


class _Item(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry as JSON Feed has it."""

    id: str
    url: str = ""
    external_url: str = ""
    title: str
    content_text: str
    date_published: str = ""
    date_modified: str = ""
    tags: tuple[str, ...]


class _Feed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A feed as JSON Feed has it."""

    version: str
    title: str
    home_page_url: str = ""
    feed_url: str = ""
    description: str
    items: list[_Item]


def json_feed(head: FeedHead, entries: Sequence[FeedEntry]) -> bytes:
    """A JSON Feed 1.1, entries in the given order."""
    feed = _Feed(
        version=_VERSION,
        title=head.title,
        home_page_url=head.home,
        feed_url=head.own,
        description=head.description,
        items=[_item(e) for e in entries],
    )
    return msgspec.json.encode(feed)


def _item(entry: FeedEntry) -> _Item:
    return _Item(
        id=entry.id,
        url=entry.page or entry.source,
        external_url=entry.source if entry.page else "",
        title=_valid(entry.title),
        content_text=_valid(entry.summary),
        date_published=utc(entry.published) if entry.published else "",
        date_modified=utc(entry.updated) if entry.updated != entry.published else "",
        tags=entry.tags,
    )


def atom(head: FeedHead, entries: Sequence[FeedEntry]) -> bytes:
    """An Atom feed in UTF-8, entries in the given order."""
    Xml.register_namespace("", ATOM)
    root = Xml.Element(f"{{{ATOM}}}feed")
    _add(root, "id", head.id)
    _add(root, "title", head.title)
    _add(root, "updated", utc(max((e.updated for e in entries), default=_EPOCH)))
    _add(root, "subtitle", head.description)
    _add(_add(root, "author"), "name", "screener")
    if head.own:
        _add(root, "link", rel="self", href=head.own)
    if head.home:
        _add(root, "link", rel="alternate", href=head.home, type="text/html")
    for entry in entries:
        _add_entry(root, entry)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _add_entry(root: Xml.Element, entry: FeedEntry) -> None:
    item = _add(root, "entry")
    _add(item, "id", entry.id)
    _add(item, "title", entry.title)
    _add(item, "updated", utc(entry.updated))
    if entry.published is not None:
        _add(item, "published", utc(entry.published))
    if entry.page or entry.source:
        _add(item, "link", rel="alternate", href=entry.page or entry.source, type="text/html")
    if entry.page and entry.source:
        _add(item, "link", rel="related", href=entry.source)
    _add(item, "summary", entry.summary)
    for tag in entry.tags:
        _add(item, "category", term=_valid(tag))


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    child = Xml.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = _valid(text) or None
    return child


def _valid(text: str) -> str:
    """The text without what XML and JSON cannot carry."""
    return "".join(
        c for c in text if (c >= " " or c == "\n") and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff"
    )
