"""The newest alerts as Atom and JSON Feed files: headline, link and facts, never a release's text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from screener.format import DISCLAIMER
from screener.format.feed import FeedEntry, FeedHead, atom
from screener.format.feed import json_feed as write_json
from screener.outputs.alerts.content import content, explanation, web_address
from screener.types import Alert

TITLE = "Small-cap alerts"


def unique(records: Iterable[Alert]) -> list[Alert]:
    """Each alert once, whatever the number of its channels; held back ones left out."""
    found: dict[str, Alert] = {}
    for a in records:
        if a.state != "muted":
            found.setdefault(a.id, a)
    return list(found.values())


def json_feed(alerts: Sequence[Alert], page_url: str = "") -> str:
    """A JSON Feed 1.1, newest first as given."""
    body = write_json(_head(page_url), [_entry(a, page_url) for a in alerts])
    return msgspec.json.format(body, indent=2).decode() + "\n"


def atom_feed(alerts: Sequence[Alert], page_url: str = "") -> str:
    """An Atom feed, newest first as given."""
    return atom(_head(page_url), [_entry(a, page_url) for a in alerts]).decode() + "\n"


def _head(page_url: str) -> FeedHead:
    return FeedHead(id="urn:screener:alerts", title=TITLE, description=DISCLAIMER, home=page_url)


def _entry(alert: Alert, page_url: str) -> FeedEntry:
    told = content(alert, page_url)
    return FeedEntry(
        id=f"urn:screener:alert:{alert.id}",
        title=told.subject,
        summary="\n".join([told.head, told.headline, *(f"{name}: {text}" for name, text in told.lines)]),
        published=alert.created,
        updated=alert.created,
        page=explanation(alert.row, page_url),
        source=web_address(alert.row.url),
        tags=tuple(t for t in (alert.row.ticker, alert.row.catalyst, alert.row.stage) if t),
    )
