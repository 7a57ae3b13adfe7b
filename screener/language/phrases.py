"""Several wordings that mean one thing, and those that say it is not meant."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import NamedTuple

from screener.language.wording import Wording, fold, word_keys


class Folded:
    """A text ready to be searched: folded, with the words that rule wordings out."""

    def __init__(self, text: str) -> None:
        self.text = fold(text)

    @cached_property
    def keys(self) -> set[str]:
        return word_keys(self.text)


class Phrases(NamedTuple):
    """``words`` of which one must stand in a text, and ``unless`` of which none may."""

    words: tuple[Wording, ...] = ()
    unless: tuple[Wording, ...] = ()

    def first(self, text: Folded) -> tuple[int, int] | None:
        """Where the first of the words stands, by offsets; None without one or when an ``unless`` stands in the text."""
        if not text.text:
            return None
        spans = [span for word in self.words if (span := _first(word, text.text, text.keys))]
        if not spans or any(_first(word, text.text, text.keys) for word in self.unless):
            return None
        return min(spans)

    def __bool__(self) -> bool:
        return bool(self.words)


def _first(word: Wording, folded: str, keys: AbstractSet[str]) -> tuple[int, int] | None:
    return next(word.find(folded), None) if word.possible(keys) else None
