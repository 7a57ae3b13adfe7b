"""The newest alerts as Atom and JSON Feed files: headline, link and facts, never a release's text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree import ElementTree as Xml

import msgspec

from screener.outputs.alerts.content import DISCLAIMER, Content, content, explanation, web_address
from screener.types import Alert

TITLE = "Small-cap alerts"
_ATOM = "http://www.w3.org/2005/Atom"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def unique(records: Iterable[Alert]) -> list[Alert]:
    """Each alert once, whatever the number of its channels; held back ones left out."""
    found: dict[str, Alert] = {}
    for a in records:
        if a.state != "muted":
            found.setdefault(a.id, a)
    return list(found.values())


def json_feed(alerts: Sequence[Alert], page_url: str = "") -> str:
    """A JSON Feed 1.1, newest first as given."""
    items = [_item(a, page_url) for a in alerts]
    feed: dict[str, Any] = {"version": "https://jsonfeed.org/version/1.1", "title": TITLE, "description": DISCLAIMER}
    if page_url:
        feed["home_page_url"] = page_url
    return msgspec.json.format(msgspec.json.encode({**feed, "items": items}), indent=2).decode() + "\n"


def _item(alert: Alert, page_url: str) -> dict[str, Any]:
    told = content(alert, page_url)
    page, source = explanation(alert.row, page_url), web_address(alert.row.url)
    links = {name: url for name, url in (("url", page or source), ("external_url", source if page else "")) if url}
    return {
        "id": _urn(alert),
        **links,
        "title": told.subject,
        "content_text": _text(told),
        "date_published": _utc(alert.created),
        "tags": [t for t in (alert.row.ticker, alert.row.catalyst, alert.row.stage) if t],
    }


def atom_feed(alerts: Sequence[Alert], page_url: str = "") -> str:
    """An Atom feed, newest first as given."""
    Xml.register_namespace("", _ATOM)
    root = Xml.Element(f"{{{_ATOM}}}feed")
    _add(root, "id", "urn:screener:alerts")
    _add(root, "title", TITLE)
    _add(root, "subtitle", DISCLAIMER)
    _add(root, "updated", _utc(max((a.created for a in alerts), default=_EPOCH)))
    _add(_add(root, "author"), "name", "screener")
    if page_url:
        _add(root, "link", rel="alternate", href=page_url)
    for alert in alerts:
        _entry(root, alert, page_url)
    return Xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _entry(root: Xml.Element, alert: Alert, page_url: str) -> None:
    told = content(alert, page_url)
    item = _add(root, "entry")
    _add(item, "id", _urn(alert))
    _add(item, "title", _xml(told.subject))
    _add(item, "updated", _utc(alert.created))
    page, source = explanation(alert.row, page_url), web_address(alert.row.url)
    if page or source:
        _add(item, "link", rel="alternate", href=page or source)
    if page and source:
        _add(item, "link", rel="related", href=source)
    _add(item, "summary", _xml(_text(told)))
    for tag in (alert.row.ticker, alert.row.catalyst, alert.row.stage):
        if tag:
            _add(item, "category", term=_xml(tag))


def _text(told: Content) -> str:
    return "\n".join([told.head, told.headline, *(f"{name}: {text}" for name, text in told.lines)])


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    child = Xml.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    child.text = text or None
    return child


def _xml(text: str) -> str:
    return "".join(
        c for c in text if (c >= " " or c == "\n") and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff"
    )


def _urn(alert: Alert) -> str:
    return f"urn:screener:alert:{alert.id}"


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
