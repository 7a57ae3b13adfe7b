"""A story with its letters spelled out for the engines, and what they found put back into the words as they stand."""

from __future__ import annotations

from msgspec import structs

from screener.language.letters import plain
from screener.types import Classified, Span, Story


class Spelled:
    """``story`` is what the engines read: the story itself unless it holds ligatures, styled letters or soft hyphens."""

    def __init__(self, story: Story) -> None:
        self._told, self._title, self._text = story, plain(story.title), plain(story.text)
        self._same = not (self._title.moves or self._text.moves or self._changed())
        self.story = story if self._same else structs.replace(story, title=self._title.text, text=self._text.text)

    def _changed(self) -> bool:
        return self._title.text is not self._told.title or self._text.text is not self._told.text

    def restored(self, found: Classified) -> Classified:
        """The answer with its evidence quoted from the story as it stands."""
        if self._same:
            return found
        catalysts = tuple(structs.replace(c, evidence=tuple(map(self._span, c.evidence))) for c in found.catalysts)
        noise = tuple(structs.replace(n, evidence=tuple(map(self._span, n.evidence))) for n in found.noise)
        return structs.replace(found, catalysts=catalysts, noise=noise)

    def _span(self, span: Span) -> Span:
        if span.field not in ("title", "text") or span.end <= span.start:
            return span
        spelled, told = (self._title, self._told.title) if span.field == "title" else (self._text, self._told.text)
        start, end = spelled.original(span.start), spelled.original(span.end)
        return structs.replace(span, start=start, end=end, text=told[start:end])
