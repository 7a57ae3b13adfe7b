"""Letters as they are meant: ligatures, full-width and styled letters spelled out, soft hyphens and joiners left out.

"O\\ufb00ering" with a ligature is an offering. Signs such as ™ and fractions stay as they are.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

_DROPPED = frozenset("\u00ad\u200c\u200d\u2060")


class Plain(NamedTuple):
    """A text spelled out; ``text`` is the original itself when nothing had to be, and then ``moves`` is empty.

    ``moves`` are pairs of offsets, in the text spelled out and in the original, from which on the two run in step.
    """

    text: str
    moves: tuple[tuple[int, int], ...]

    def original(self, at: int) -> int:
        """The offset in the original of an offset in the text spelled out."""
        i = bisect_right(self.moves, (at, len(self.text) * 9)) - 1
        mine, theirs = self.moves[i] if i >= 0 else (0, 0)
        later = self.moves[i + 1][1] if i + 1 < len(self.moves) else theirs + at - mine
        return min(theirs + at - mine, later)


def whole(text: str) -> str:
    """The text with a mark for each half of a character, which can be neither stored nor printed nor tokenized."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def plain(text: str) -> Plain:
    """Spell a text out."""
    if text.isascii() or not any(_spelled(c) is not None for c in set(text)):
        return Plain(text, ())
    out, moves, length = list[str](), list[tuple[int, int]](), 0
    for at, letter in enumerate(text):
        spelled = _spelled(letter)
        out.append(letter if spelled is None else spelled)
        length += len(out[-1])
        if spelled is not None and len(spelled) != 1:
            moves.append((length, at + 1))
    return Plain("".join(out), tuple(moves))


@lru_cache(maxsize=4096)
def _spelled(letter: str) -> str | None:
    """What a letter is spelled as; None when it stays."""
    if letter.isascii():
        return None
    if letter in _DROPPED:
        return ""
    if unicodedata.category(letter)[0] not in "LN":
        return None
    spelled = unicodedata.normalize("NFKC", letter)
    return (
        spelled
        if spelled != letter
        and spelled.isascii()
        and spelled.isalnum()
        and unicodedata.decomposition(letter).startswith(("<compat>", "<wide>", "<font>"))
        else None
    )
