"""Story: all its sources with times, the text with its proofs, facts, what it repeats."""

from __future__ import annotations

from screener.types import Classified, SourceRef, Story
from screener.web.evidence import cut, pieces, spans_of
from screener.web.site import Answer, PageView


def page(view: PageView) -> Answer:
    """The page ``/story/ID``."""
    story, known = find(view)
    spans = spans_of(known)
    repeats = view.store.outlines.of_ids([story.repeats]) if story.repeats else []
    later = view.store.outlines.repeating(story.tickers, story.id) if story.tickers else []
    return view.render(
        "story.html",
        nav="",
        story=story,
        found=known,
        title=pieces(story.title[:2000], "title", spans),
        text=cut(pieces(story.text, "text", spans)),
        lags=[(s, _lag(s, story.sources[0])) for s in story.sources],
        proofs=[s for s, _ in spans if s.field not in ("title", "text")],
        repeats=repeats,
        later=later,
    )


def find(view: PageView) -> tuple[Story, Classified]:
    """The story of the address with what was found in it. Raises LookupError."""
    story = view.store.stories.get(view.names["story"])
    if story is None:
        raise LookupError("There is no story of this id; it may have been pruned.")
    return story, view.store.catalysts.of_stories([story.id])[story.id]


def _lag(source: SourceRef, first: SourceRef) -> str:
    seconds = (source.received - first.received).total_seconds()
    if source is first:
        return "first"
    return (
        f"+{seconds:.0f} s"
        if seconds < 120
        else f"+{seconds / 60:.0f} min"
        if seconds < 7200
        else f"+{seconds / 3600:.0f} h"
    )
