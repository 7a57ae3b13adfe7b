"""A story with its letters spelled out and put into English for the engines, and what they found put back into its words."""

from __future__ import annotations

from msgspec import structs

from screener.classify import tongue
from screener.classify.components import StoryView
from screener.language.gloss import LANGUAGES, Glossed, gloss
from screener.language.letters import plain
from screener.types import Classified, Span, Story


class Spelled:
    """``story`` is what the engines read: the story itself unless it holds ligatures, styled letters or soft hyphens, or
    is a release in a language with a glossary, which is then ``language``.
    """

    def __init__(self, story: Story) -> None:
        self._told, self._title, self._text = story, plain(story.title), plain(story.text)
        title, text = self._title.text, self._text.text
        self.language = _glossed(story.form or "PR", title, text)
        self._english: tuple[Glossed, Glossed] | None = None
        if self.language:
            self._english = gloss(title, self.language), gloss(text, self.language)
            title, text = (told.text for told in self._english)
        self._same = not (self._title.moves or self._text.moves or self._english or self._changed())
        self.story = story if self._same else structs.replace(story, title=title, text=text)

    def _changed(self) -> bool:
        return self._title.text is not self._told.title or self._text.text is not self._told.text

    @property
    def view(self) -> StoryView:
        """The story as the engines take it."""
        return StoryView(self.story, english=bool(self.language))

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
        of_title = span.field == "title"
        spelled, told = (self._title, self._told.title) if of_title else (self._text, self._told.text)
        start, end = span.start, span.end
        if self._english is not None:
            start, end = self._english[0 if of_title else 1].original(start, end)
        start, end = spelled.original(start), spelled.original(end)
        return structs.replace(span, start=start, end=end, text=told[start:end])


def _glossed(form: str, title: str, text: str) -> str:
    """The language of a release that is to be put into English, or nothing."""
    code = tongue.foreign(title, text) if form == "PR" else ""
    return code if code in LANGUAGES else ""
