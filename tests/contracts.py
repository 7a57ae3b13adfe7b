"""What must hold for every implementation of a protocol, whoever wrote it."""

from __future__ import annotations

import datetime as dt
import re

from screener.types import Collected, FeedSpec, Item

_CONTROL = re.compile("[\x00-\x1f\x7f]")


def utc(moment: dt.datetime | None) -> bool:
    """True for an aware moment in UTC."""
    return moment is not None and moment.utcoffset() == dt.timedelta(0)


def check_item(item: Item, replay: bool = False) -> None:
    """The promises of an Item that stages downstream rely on."""
    assert item.source and item.source_id, item
    assert item.title and item.title == item.title.strip() and not _CONTROL.search(item.title), repr(item.title)
    assert utc(item.received) and (item.published is None or utc(item.published)), item
    assert item.published is None or item.published <= item.received, (item.published, item.received)
    assert item.url == "" or item.url.startswith(("http://", "https://")), item.url
    assert item.replayed is replay
    assert not replay or item.published is None or item.received == item.published
    for text in (item.title, item.summary, item.body, item.company):
        text.encode("utf-8")


def check_collected(found: Collected, feed: FeedSpec, as_of: dt.datetime | None = None) -> None:
    """The promises of one collector call."""
    assert isinstance(found, Collected) and found.feed == feed.name
    for item in found.items:
        check_item(item, as_of is not None)
        assert as_of is None or item.published is None or item.published <= as_of
    ids = [(i.source, i.source_id) for i in found.items]
    assert len(ids) == len(set(ids)), "an id came twice in one call"
    accessions = [f.accession for f in found.filings]
    assert len(accessions) == len(set(accessions)), "an accession came twice in one call"
    for filing in found.filings:
        assert utc(filing.accepted) and utc(filing.received) and filing.parties
    for problem in found.problems:
        assert problem.stage == "collect" and problem.subject and problem.message and problem.kind
    if found.state is not None:
        assert found.state.name == feed.name


def check_failed(found: Collected, feed: FeedSpec) -> None:
    """A poll that brought nothing says so in the problems and on the state."""
    check_collected(found, feed)
    assert found.problems and not found.items
    assert found.state is not None
    assert found.state.failures == 1 and found.state.last_error and found.state.last_error_at is not None
