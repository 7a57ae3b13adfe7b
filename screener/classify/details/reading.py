"""What every finder reads from and writes to.

A :class:`Reading` is one document: the title and the first 20,000 characters of its text (a filing says what it is about
there). A :class:`Place` is a stretch of one of the two; :class:`Notes` collects facts, each with the place that proves
it. Offsets always count characters of the string as it was handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

from screener.language import currencies, dates, money
from screener.language.phrases import Folded, Phrases
from screener.types import FactValue, Span

LIMIT = 20_000


class Place(NamedTuple):
    """A stretch of a field ("title" or "text")."""

    field: str
    start: int
    end: int


class PatternMatch(NamedTuple):
    """One match of a pattern, with the field it was found in."""

    field: str
    match: re.Match[str]

    def place(self, group: int | str = 0) -> Place:
        return Place(self.field, self.match.start(group), self.match.end(group))

    def before(self, width: int = 60) -> str:
        """The lower-cased words before the match, at most ``width`` characters."""
        start = self.match.start()
        return self.match.string[max(0, start - width) : start].lower()

    def after(self, width: int = 60) -> str:
        end = self.match.end()
        return self.match.string[end : end + width].lower()


class Reading:
    """A title and the readable part of a text, searched title first."""

    def __init__(self, title: str, text: str) -> None:
        self.title = title[:LIMIT]
        self.text = text[:LIMIT]
        self._openings: dict[int, Folded] = {}

    # For gates only: lower-casing may change the length, so offsets never come from these.
    @cached_property
    def low_title(self) -> str:
        return self.title.lower()

    @cached_property
    def low_text(self) -> str:
        return self.text.lower()

    def only(self, start: int, end: int) -> Reading:
        """The same document with the title outside ``start`` to ``end`` blanked out; the work on the text is shared."""
        blank = "\n" * start + self.title[start:end] + "\n" * (len(self.title) - end)
        other = Reading(blank, self.text)
        other._openings = self._openings
        return other

    @cached_property
    def plain_dollar(self) -> str:
        """The ISO code of a bare dollar sign in this document."""
        return currencies.plain_dollar(self.title, self.text)

    @cached_property
    def amounts(self) -> list[tuple[str, money.Amount]]:
        """Every amount with its field, title first, at most 60 of each."""
        fields = (("title", self.title), ("text", self.text))
        return [(field, amount) for field, text in fields for amount in money.find(text, self.plain_dollar)]

    @cached_property
    def days(self) -> list[tuple[PatternMatch, str]]:
        """Every date that can be resolved with its ISO day, title first."""
        title, text = dates.find([self.title, self.text])
        return [
            (PatternMatch(field, d.match), d.iso) for field, days in (("title", title), ("text", text)) for d in days
        ]

    @cached_property
    def folded_title(self) -> Folded:
        """The title ready for wordings."""
        return Folded(self.title)

    def opening(self, depth: int) -> Folded:
        """The first ``depth`` characters of the text, ready for wordings."""
        if depth not in self._openings:
            self._openings[depth] = Folded(self.text[:depth])
        return self._openings[depth]

    def phrase(self, phrases: Phrases, depth: int = 0) -> Place | None:
        """Where the first of the words stands in the title, else in the opening of the text."""
        span = phrases.first(self.folded_title)
        if span:
            return Place("title", *span)
        span = phrases.first(self.opening(depth)) if depth and self.text else None
        return Place("text", *span) if span else None

    def get(self, place: Place) -> str:
        return (self.title if place.field == "title" else self.text)[place.start : place.end]

    def has(self, *words: str) -> bool:
        """Whether any of the lower-case words stands anywhere."""
        title, text = self.low_title, self.low_text
        for word in words:  # noqa: SIM110 - this gate runs some twenty times for each catalyst; any() costs three times as much
            if word in title or word in text:
                return True
        return False

    def find(self, pattern: re.Pattern[str]) -> PatternMatch | None:
        match = pattern.search(self.title)
        if match:
            return PatternMatch("title", match)
        match = pattern.search(self.text) if self.text else None
        return PatternMatch("text", match) if match else None

    def all(self, pattern: re.Pattern[str], most: int = 60) -> Iterator[PatternMatch]:
        """Matches in order, title first; ``most`` per field bounds the work on tables of numbers."""
        for field, text in (("title", self.title), ("text", self.text)):
            for count, match in enumerate(pattern.finditer(text)):
                if count >= most:
                    break
                yield PatternMatch(field, match)


class Notes:
    """Facts found so far: only ``allowed`` names are kept, and the first finder to name a fact wins."""

    __slots__ = ("_allowed", "facts", "reading", "spans")

    def __init__(self, reading: Reading, allowed: tuple[str, ...]) -> None:
        self.reading = reading
        self._allowed = allowed
        self.facts: dict[str, FactValue] = {}
        self.spans: list[Span] = []

    def put(self, name: str, value: FactValue, place: Place) -> None:
        if name in self._allowed and name not in self.facts:
            self.facts[name] = value
            self.mark(name, place)

    def mark(self, name: str, place: Place) -> None:
        """Add a span without a fact, for what decided polarity and stage."""
        text = self.reading.get(place)
        self.spans.append(Span(field=place.field, start=place.start, end=place.end, text=text, fact=name))


@lru_cache(maxsize=4)
def read(title: str, text: str) -> Reading:
    """The reading of a document; kept for the next type of the same document."""
    return Reading(title, text)
