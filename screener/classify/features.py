"""Words into hashed features: what the linear model sees of a headline and the first words of its text."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import LOWER
from spacy.tokens import Doc

Hashes = NDArray[np.uint64]
HEAD_CHARS = 250  # of the text; later words repeat or describe the company
TITLE_WORDS, TEXT_WORDS = 60, 40
_NUMBER = re.compile(r"\A\d[\d,.]*+(%|x|st|nd|rd|th|k|m|b|bn|mm)?$")
_NO_WORD = re.compile(r"\A[\W_]++$")
_MIX = np.uint64(0x9E3779B97F4A7C15)
_TITLE, _TEXT, _START = np.uint64(0x51), np.uint64(0xA7), np.uint64(0x1234567)
_SUFFIXES = ("ings", "ing", "ers", "ed", "es", "er", "s", "e")
_SKIP = 0


class Grammar:
    """Turns token arrays into n-gram hashes; remembers the stem of every word it has seen."""

    def __init__(self) -> None:
        self._stems: dict[int, int] = {}

    def hashes(self, doc: Doc, title_tokens: int) -> Hashes:
        """The n-grams of a document whose first ``title_tokens`` tokens are the headline."""
        stems, title, text = self._words(doc, title_tokens)
        with np.errstate(over="ignore"):
            parts = [*_runs(stems[title] * _MIX + _TITLE, 3), *_runs(stems[text] * _MIX + _TEXT, 2)]
        return np.concatenate(parts)

    def spans(self, doc: Doc, title_tokens: int) -> NDArray[np.int32]:
        """Tokens (from, to) that each of the n-grams of ``hashes`` came from."""
        _, title, text = self._words(doc, title_tokens)
        return np.concatenate([*_ranges(title, 3), *_ranges(text, 2)])

    def _words(self, doc: Doc, title_tokens: int) -> tuple[Hashes, NDArray[np.intp], NDArray[np.intp]]:
        """Stems of all tokens, and which tokens of the headline and the text count."""
        known, strings = self._stems, doc.vocab.strings
        ids: list[Any] = doc.to_array([LOWER]).ravel().tolist()
        stems = np.array([known[i] if i in known else self._stem(i, strings) for i in ids], np.uint64)
        keep = np.flatnonzero(stems)
        cut = int(np.searchsorted(keep, title_tokens))
        return stems, keep[:cut][:TITLE_WORDS], keep[cut:][:TEXT_WORDS]

    def _stem(self, word: int, strings: Any) -> int:
        if len(self._stems) > 200_000:  # a long-running watch meets ever new names
            self._stems.clear()
        stem = self._stems[word] = _stem(strings[word])
        return stem


def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "little") | 1


def _stem(word: str) -> int:
    word = word.strip()
    if not word or _NO_WORD.match(word):
        return _hash("$") if word in ("$", "€", "£") else _SKIP
    if _NUMBER.match(word):
        return _hash("<percent>" if word.endswith("%") else "<number>")
    if len(word) > 4:
        for suffix in _SUFFIXES:
            if word.endswith(suffix) and len(word) - len(suffix) >= 3:
                word = word[: -len(suffix)]
                break
    return _hash(word)


def _runs(words: Hashes, most: int) -> list[Hashes]:
    """Hashes of all runs of 1 to ``most`` words; of a headline (most 3) also of pairs around one word."""
    out, run = [words], words
    for size in range(2, most + 1):
        run = (run[:-1] * _MIX) ^ (words[size - 1 :] + np.uint64(size))
        out.append(run)
    if most == 3:
        out.append((words[:-2] * _MIX) ^ (words[2:] + _START))
    return out


def _ranges(at: NDArray[np.intp], most: int) -> list[NDArray[np.int32]]:
    """Token ranges in the order of ``_runs``."""
    ends = [
        (at[: len(at) - size + 1] if size <= len(at) else at[:0], at[size - 1 :] + 1) for size in range(1, most + 1)
    ]
    if most == 3:
        ends.append((at[:-2], at[2:] + 1))
    return [np.stack(pair, axis=1).astype(np.int32) for pair in ends]
