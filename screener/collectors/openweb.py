"""Feeds as the open web serves them: JSON Feed, and through feedparser every other or broken kind of XML."""

from __future__ import annotations

import io
import warnings
from typing import Any

from screener.collectors.entry import ParsedEntry, ParsedFeed, empty_entry
from screener.collectors.mend import NotJson, read_json
from screener.language.letters import whole
from screener.limits import LENIENT_BYTES, LENIENT_MARKS


def is_light(body: bytes) -> bool:
    """True when feedparser is done with a broken document in a second or two, whatever stands in it.

    Measured on documents made of nothing but marks: about 50 microseconds for each ``<``, 2 for each ``&``.
    """
    return len(body) <= LENIENT_BYTES and body.count(b"<") + body.count(b"&") / 25 <= LENIENT_MARKS


def read_json_feed(body: bytes) -> ParsedFeed | None:
    """A JSON Feed (version 1 or 1.1); None when the body is not one."""
    try:
        data, wrong = read_json(body)
    except NotJson:
        return None
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        return None
    items = [_json_entry(i) for i in data["items"] if isinstance(i, dict)]
    return ParsedFeed(title=_text(data.get("title")), entries=items, version="json", wrong=wrong)


def _json_entry(item: dict[str, object]) -> ParsedEntry:
    entry = empty_entry()
    entry.id, entry.title = _text(item.get("id")), _text(item.get("title"))
    entry.link = _text(item.get("url")) or _text(item.get("external_url"))
    entry.summary = _text(item.get("summary"))
    entry.content = _text(item.get("content_html")) or _text(item.get("content_text"))
    entry.when = _text(item.get("date_published")) or _text(item.get("date_modified"))
    entry.language = _text(item.get("language"))
    tags = item.get("tags")
    entry.categories = [("", _text(t)) for t in tags if _text(t)] if isinstance(tags, list) else []
    if not entry.title:  # the format allows a post without one
        entry.title = (entry.summary or _text(item.get("content_text")))[:200]
    return entry


def _text(value: object) -> str:
    if isinstance(value, str):
        return whole(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def read_lenient(body: bytes, content_type: str = "", url: str = "") -> ParsedFeed:
    """Whatever feedparser can make of it; ``broken`` carries its complaint."""
    import feedparser

    headers = {"content-type": content_type} if content_type else {}
    if url:
        headers["content-location"] = url
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own deprecations, and bs4's guesses about what it is given
        try:
            return _channel(
                feedparser.parse(
                    io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
                )
            )
        except (
            ArithmeticError,
            ValueError,
            TypeError,
            AttributeError,
            LookupError,
            AssertionError,
            RecursionError,
        ) as e:
            return ParsedFeed(entries=[], broken=f"feedparser cannot read it ({type(e).__name__}: {whole(str(e))})")


def _channel(found: Any) -> ParsedFeed:
    broken = whole(str(found.get("bozo_exception", "is not well-formed"))) if found.get("bozo") else ""
    title, description = (_text(found.feed.get(k)) for k in ("title", "subtitle"))
    return ParsedFeed(
        title=title,
        description=description,
        entries=[_entry(e) for e in found.entries],
        broken=broken,
        version=found.get("version") or "",
    )


def _entry(found: Any) -> ParsedEntry:
    entry = empty_entry()
    entry.id, entry.link, entry.title = (_text(found.get(k)) for k in ("id", "link", "title"))
    entry.summary = _text(found.get("summary"))
    entry.content = max((_text(c.get("value")) for c in found.get("content") or ()), key=len, default="")
    entry.when = _text(found.get("published")) or _text(found.get("updated")) or _text(found.get("created"))
    people = found.get("contributors") or ()
    entry.company = next((_text(p.get("name")) for p in people if p.get("name")), "")
    entry.language = _text(found.get("language"))
    for tag in found.get("tags") or ():
        if tag.get("term"):
            entry.categories.append((_text(tag.get("scheme")), _text(tag["term"]).strip()))
    entry.keywords = [k.strip() for k in _text(found.get("dc_keyword")).split(",") if k.strip()]
    entry.codes = [c for c in (_text(found.get(k)) for k in ("prn_industry", "prn_subject")) if c]
    return entry
