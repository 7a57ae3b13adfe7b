"""Words into hashed features: what the linear model sees of a headline and the first words of its text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import LOWER
from spacy.strings import hash_string
from spacy.tokens import Doc

Hashes = NDArray[np.uint64]
HEAD_CHARS = 900  # of the text; later words repeat or describe the company
TITLE_WORDS, TEXT_WORDS = 60, 90
_NUMBER = re.compile(r"[\d][\d,.]*(%|x|st|nd|rd|th|k|m|b|bn|mm)?$")
_NO_WORD = re.compile(r"[\W_]+$")
_MIX = np.uint64(0x9E3779B97F4A7C15)
_TITLE, _TEXT, _START = np.uint64(0x51), np.uint64(0xA7), np.uint64(0x1234567)
_SUFFIXES = ("ings", "ing", "ers", "ed", "es", "er", "s", "e")
_SKIP = np.uint64(0)


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of a document: their hashes and the tokens (from, to) they came from."""

    hashes: Hashes
    spans: NDArray[np.int32]


class Grammar:
    """Turns token arrays into n-gram hashes; remembers the stem of every word it has seen."""

    def __init__(self) -> None:
        self._stems: dict[int, np.uint64] = {}

    def grams(self, doc: Doc, title_tokens: int) -> Grams:
        """The n-grams of a document whose first ``title_tokens`` tokens are the headline."""
        ids, strings = doc.to_array([LOWER]), doc.vocab.strings
        stems = np.fromiter((self._stem(i, strings) for i in ids.ravel().tolist()), np.uint64, len(ids))
        keep = np.flatnonzero(stems)
        title = keep[keep < title_tokens][:TITLE_WORDS]
        text = keep[keep >= title_tokens][:TEXT_WORDS]
        with np.errstate(over="ignore"):
            parts = [*_runs(stems, title, _TITLE, 3), *_runs(stems, text, _TEXT, 2)]
        if not parts:
            return Grams(np.zeros(0, np.uint64), np.zeros((0, 2), np.int32))
        return Grams(np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts]))

    def _stem(self, word: int, strings: Any) -> np.uint64:
        stem = self._stems.get(word)
        if stem is None:
            if len(self._stems) > 200_000:  # a long-running watch meets ever new names
                self._stems.clear()
            stem = self._stems[word] = _stem(strings[word])
        return stem


def _stem(word: str) -> np.uint64:
    word = word.strip()
    if not word or _NO_WORD.match(word):
        return np.uint64(hash_string("$")) if word in ("$", "€", "£") else _SKIP
    if _NUMBER.match(word):
        return np.uint64(hash_string("<percent>" if word.endswith("%") else "<number>"))
    if len(word) > 4:
        for suffix in _SUFFIXES:
            if word.endswith(suffix) and len(word) - len(suffix) >= 3:
                word = word[: -len(suffix)]
                break
    return np.uint64(hash_string(word)) or np.uint64(1)


def _runs(stems: Hashes, at: NDArray[np.intp], salt: np.uint64, most: int) -> list[tuple[Hashes, NDArray[np.int32]]]:
    """Hashes of all runs of 1 to ``most`` kept words, each with its token range."""
    if not len(at):
        return []
    words = stems[at] * _MIX + salt
    out = list[tuple[Hashes, NDArray[np.int32]]]()
    run = words
    for size in range(1, most + 1):
        if size > 1:
            run = (run[:-1] * _MIX) ^ (words[size - 1 :] + np.uint64(size))
        spans = np.stack([at[: len(run)], at[size - 1 :] + 1], axis=1).astype(np.int32)
        out.append((run, spans))
        if size == len(words):
            break
    if most == 3 and len(words) > 2:  # pairs with one word between them
        skip = (words[:-2] * _MIX) ^ (words[2:] + _START)
        out.append((skip, np.stack([at[:-2], at[2:] + 1], axis=1).astype(np.int32)))
    return out
