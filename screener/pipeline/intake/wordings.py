"""Whether a release that came again under its id was edited: its words decide, never its dates."""

from __future__ import annotations

from collections.abc import Sequence

from screener.entities.features import RELEASE, kind_of
from screener.types import Item


def is_release(item: Item) -> bool:
    """Whether an item is a company's release; filings, halts and agency records are never edited under their id."""
    return kind_of(item.form) == RELEASE


def edited(item: Item, held: Sequence[Item]) -> bool:
    """Whether an item says something else than what stood under its id when it was received.

    ``held`` are the wordings known so far. One that is older than all of them is compared with the first.
    """
    ordered = sorted(held, key=lambda i: i.received)
    before = [i for i in ordered if i.received <= item.received]
    return _differ(item, before[-1] if before else ordered[0])


def _differ(new: Item, old: Item) -> bool:
    """A text that is missing now says nothing: two feeds of one wire may carry different parts of a release."""
    parts = ((new.title, old.title), (new.summary, old.summary), (new.body, old.body))
    return any(_plain(a) != _plain(b) for a, b in parts if a)


def _plain(text: str) -> str:
    return " ".join(text.split())
