"""The words that prove a row's catalyst, as an alert or the brief quotes them."""

from __future__ import annotations

from collections.abc import Sequence

from screener.store import Store
from screener.types import Span, WatchRow

_KINDS = {"items": "item", "subjects": "subject"}


def matched_words(store: Store, rows: Sequence[WatchRow]) -> dict[str, tuple[str, ...]]:
    """The words that prove each row's catalyst, up to three, by story id; "form 424B5", "item 3.01" without words."""
    wanted = {r.story_id: r.catalyst for r in rows}
    found = {}
    for story_id, classified in store.catalysts.of_stories(list(wanted)).items():
        spans = next((c.evidence for c in classified.catalysts if c.type == wanted[story_id]), ())
        quoted = [s for s in spans if s.field in ("title", "text")]
        proving = [s.text for s in _apart([s for s in quoted if not s.fact] or quoted)]
        if not proving:
            proving = [f"{_KINDS.get(s.field, s.field)} {s.text}" for s in spans]
        found[story_id] = tuple(dict.fromkeys(" ".join(t.split())[:120] for t in proving))[:3]
    return found


def _apart(spans: Sequence[Span]) -> list[Span]:
    """The spans that overlap none before them."""
    kept: list[Span] = []
    for span in spans:
        if not any(s.field == span.field and s.start < span.end and span.start < s.end for s in kept):
            kept.append(span)
    return kept
