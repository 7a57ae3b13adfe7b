"""A headline in another language put into English word by word, so that it can be read by what reads English.

No translation: the terms of company news are few and formulaic, and a glossary of them (``glossaries/CODE.txt``, a line
each: ``terms = English``, a star for any ending) is enough to tell results from a share offering. What it does not know
stays, names above all.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

READ = 1_500  # characters put into English; what follows stays as it is
LEAST_STEM = 3
#: Languages with a glossary, by ISO 639-1 code.
LANGUAGES = frozenset({"da", "de", "es", "fr", "it", "nl", "no", "pt", "sv"})
#: Words of another language that an English headline may hold.
HOMOGRAPHS = frozenset(
    {"action", "actions", "parts", "retire", "arrive", "prime", "commercial", "vente", "portal", "emission"}
)
_WORD = re.compile(r"[^\W\d_]+")
_ENTRY = re.compile(r"([^\W\d_]+)(\*?)")
_BETWEEN = re.compile(r"[ \t'’.-]{1,2}")  # what may stand between the words of one term
_DECIMAL = re.compile(r"(?<![\d.,])(\d{1,3}),(\d{1,2})(?![\d,])")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:[. \u00a0\u202f]\d{3})+(?![\d.,])")
_APART = str.maketrans(". \u00a0\u202f", ",,,,")
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe"})


class Term(NamedTuple):
    """A term's words without accents (a star at the end: any ending), and its English (empty: left out)."""

    words: tuple[str, ...]
    english: str


class _Found(NamedTuple):
    start: int
    end: int
    words: int
    english: str


class Glossed(NamedTuple):
    """A text in English; ``terms`` are start and end of what was put into English, there and in the original."""

    text: str
    terms: tuple[tuple[int, int, int, int], ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where a span stands in the original: whole terms, for their words are in another order."""
        return self._at(start, first=True), max(self._at(end, first=False), self._at(start, first=True))

    def _at(self, at: int, *, first: bool) -> int:
        i = bisect_right(self.terms, at - (not first), key=lambda term: term[0]) - 1
        if i < 0:
            return at
        start, end, told, ended = self.terms[i]
        inside = start <= at < end if first else start < at <= end
        if inside:
            return told if first else ended
        return ended + at - end


def gloss(text: str, language: str) -> Glossed:
    """The text in English as far as the language's glossary goes. Raises KeyError for a language without one."""
    if language not in LANGUAGES:
        raise KeyError(language)
    text = _numbers(text)
    out, terms, length, last = list[str](), list[tuple[int, int, int, int]](), 0, 0
    for found in _terms(text[:READ], _glossary(language)):
        kept = text[last : found.start]
        start = length + len(kept)
        length = start + len(found.english)
        terms.append((start, length, found.start, found.end))
        out += [kept, found.english]
        last = found.end
    out.append(text[last:])
    return Glossed("".join(out), tuple(terms))


@cache
def english() -> frozenset[str]:
    """The English words of all glossaries."""
    rows = [term for code in LANGUAGES for terms in _glossary(code).values() for term in terms]
    return frozenset(_fold(word) for term in rows for word in _WORD.findall(term.english))


@cache
def vocabulary(language: str = "") -> frozenset[str]:
    """The words of a language's glossary, or of all, that are no English words too: without accents, four letters at least."""
    codes = (language,) if language else sorted(LANGUAGES)
    rows = [term for code in codes for terms in _glossary(code).values() for term in terms]
    told = {word.rstrip("*") for term in rows for word in term.words}
    return frozenset(word for word in told if len(word) >= 4) - english() - HOMOGRAPHS


def folded(text: str) -> list[str]:
    """The words of a text in lower case, without accents."""
    return [_fold(word) for word in _WORD.findall(text)]


def _numbers(text: str) -> str:
    """ "41,3" and "1.200.000" as "41.3" and "1,200,000"; no character more or less."""
    return _DECIMAL.sub(r"\1.\2", _THOUSANDS.sub(lambda found: found.group().translate(_APART), text))


def _terms(text: str, glossary: dict[str, tuple[Term, ...]]) -> Iterator[_Found]:
    """The terms found, the longest at each word."""
    words = list(_WORD.finditer(text))
    folded = [_fold(word.group()) for word in words]
    at = 0
    while at < len(words):
        best = _longest(text, words, folded, at, glossary)
        if best is None:
            at += 1
        else:
            yield best
            at += best.words


def _longest(
    text: str, words: Sequence[re.Match[str]], folded: Sequence[str], at: int, glossary: dict[str, tuple[Term, ...]]
) -> _Found | None:
    first = folded[at]
    candidates = [term for key in (first, _stem(first)) for term in glossary.get(key, ())]
    fitting = [term for term in candidates if _fits(text, words, folded, at, term)]
    if not fitting:
        return None
    term = max(
        fitting, key=lambda t: (len(t.words), sum(map(len, t.words)) - sum(w.endswith("*") for w in t.words) * 9)
    )
    start, end = words[at].start(), words[at + len(term.words) - 1].end()
    if not term.english and text[end : end + 1] in ("'", "’"):  # l'accord: the sign goes with the article
        end += 1
    elif term.english and text[end : end + 1] in ("'", "’"):
        return _Found(start, end + 1, len(term.words), term.english + " ")
    return _Found(start, end, len(term.words), term.english)


def _fits(text: str, words: Sequence[re.Match[str]], folded: Sequence[str], at: int, term: Term) -> bool:
    if at + len(term.words) > len(words):
        return False
    here = folded[at : at + len(term.words)]
    if not all(_same(told, word) for told, word in zip(term.words, here, strict=True)):
        return False
    spans = zip(words[at : at + len(term.words)], words[at + 1 : at + len(term.words)], strict=False)
    return all(_BETWEEN.fullmatch(text, a.end(), b.start()) for a, b in spans)


def _same(told: str, word: str) -> bool:
    return word.startswith(told[:-1]) if told.endswith("*") else word == told


def _stem(word: str) -> str:
    return word[:LEAST_STEM] + "*"


def _fold(word: str) -> str:
    """A word in lower case, without accents."""
    if word.isascii():
        return word.lower()
    bare = unicodedata.normalize("NFKD", word.lower().translate(_LETTERS))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


@cache
def _glossary(language: str) -> dict[str, tuple[Term, ...]]:
    """The terms of a language by their first word ("stem*" where that is the open one)."""
    path = resources.files("screener.language") / "glossaries" / f"{language}.txt"
    out = dict[str, list[Term]]()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or "=" not in line:
            continue
        told, _, english = line.partition("=")
        term = _term(told, english.strip())
        key = _stem(term.words[0]) if term.words[0].endswith("*") else term.words[0]
        out.setdefault(key, []).append(term)
    return {key: tuple(terms) for key, terms in out.items()}


def _term(told: str, english: str) -> Term:
    words = tuple(_fold(word.group(1)) + word.group(2) for word in _ENTRY.finditer(told))
    return Term(words, english)
