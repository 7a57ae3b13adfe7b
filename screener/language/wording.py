"""The wording language of catalyst files: readable phrases that compile to bounded regular expressions.

A wording is a row of elements that must follow each other, matched without regard to case, between word boundaries:

``reverse split``     these words, with at most four marks or blanks between them
``announce*``         a word that begins so
``(stock|share ads)`` one of the alternatives, each a wording of its own
``[common] stock``    an element that may be absent
``..`` ``...`` ``....`` up to 2, 6 or 12 words in between (five dots: 20), never across a line break
``<number>``          a number (``1,000``, ``2.5``)
``<percent>``         a number with ``%`` or percent
``<money>``           an amount of money (``$5M``, ``US$1.2 billion``, ``€ 4 million``)
``<more-for-less>``   the ratio of a forward split (``3-for-2``, ``two-for-one``, ``2:1``)
``<less-for-more>``   the ratio of a reverse split (``1-for-20``, ``one-for-twenty``, ``1:20``)
``<closed>`` ...      the words of a stage, as ``language/stages`` names them
``^``                 first: at the very start of the headline or line; elsewhere: at its end

Every repetition is bounded and its parts exclude each other, so a search takes time linear in the text. ``keys`` are
the words that must occur for a match to be possible: most wordings are ruled out by a set look-up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from screener.language.numbers import MAGNITUDES
from screener.language.ratios import LESS_FOR_MORE, MORE_FOR_LESS
from screener.language.stages import NAMED

LONGEST = 400  # characters of a word that stands in between or begins so: addresses of trackers have 300
KEY = 4  # letters of an open word (announc*) that the gate looks at
_END = r"(?=[^\w\n]{0,3}(?:\Z|\n))"
_SEP = r"[^\w\n]{1,4}"
_GAPS = {"..": 2, "...": 6, "....": 12, ".....": 20}
_NUMBER = r"\d[\d,]{0,20}(?:\.\d{1,9})?"
_FIGURE = rf"(?:{_NUMBER}|\.\d{{1,9}})"
_MAGNITUDE = r"[^\w\n]{0,2}(?:" + "|".join(sorted(MAGNITUDES, key=len, reverse=True)) + r")\b"
_CURRENCY = r"(?:(?:us|usd|ca|c|cdn|au|a|cad|aud|hk|nz|sg|rm|nis|chf|eur|gbp|rmb)[^\w\n]{0,2}|[$€£¥][^\w\n]{0,2}){1,2}"
_MONEY = f"(?:{_CURRENCY}{_FIGURE}(?:{_MAGNITUDE})?|{_NUMBER}{_MAGNITUDE}(?:[^\\w\\n]?(?:dollars?|euros?)\\b)?)"
_VALUES = {
    "<number>": _NUMBER,
    "<percent>": _NUMBER + r"[^\w\n]{0,2}(?:%|percent)",
    "<money>": _MONEY,
    "<more-for-less>": MORE_FOR_LESS,
    "<less-for-more>": LESS_FOR_MORE,
    **{f"<{name}>": f"(?:{words})" for name, words in NAMED.items()},
}
_TOKEN = re.compile(r"[()\[\]|]|[^\s()\[\]|]+")
_WORD = re.compile(r"\A[\w'.&/%+-]++\*?$")
_FOLD = {
    **dict.fromkeys(map(ord, "‘’‛′ʼ`"), "'"),
    **dict.fromkeys(map(ord, "“”„″«»"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),
    **dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2009\u200a\u202f\u2007\u200b\ufeff®™©\t\r"), " "),
}
WORDS = re.compile(r"\w+")
# Keys that stand in so many items that they rule little out.
_COMMON = frozenset(
    {
        "a",
        "an",
        "and",
        "announces",
        "announce",
        "anno*",
        "as",
        "at",
        "by",
        "first",
        "for",
        "from",
        "in",
        "inc",
        "is",
        "its",
        "new",
        "of",
        "on",
        "or",
        "repo*",
        "rece*",
        "sign*",
        "the",
        "to",
        "us",
        "u",
        "with",
        "agreement",
        "company",
        "data",
        "market",
        "results",
        "secu*",
        "comp*",
        "ente*",
        "prov*",
        "agre*",
        "stock",
        "common",
        "shares",
        "phase",
        "be",
        "will",
        "non",
        "win",
        "up",
        "year",
        "day",
        "has",
        "have",
        "this",
        "nasdaq",
        "nyse",
        "resu*",
        "part*",
        "pres*",
        "clinical",
        "study",
        "trial",
        "comm*",
        "cont*",
        "deve*",
        "inte*",
        "fina*",
        "quarter",
        "update",
        "meeting",
        "conference",
        "board",
        "offe*",
        "over",
        "more",
        "based",
        "well",
        "date",
    }
)


class WordingError(ValueError):
    """A wording that does not parse; the message says where."""


@dataclass(frozen=True)
class Wording:
    """One wording that parses: its text, its expression over folded text, and the gates (every set needs one hit).

    The expression is compiled when the gates first let a text through: most of some thousand wordings never are, and
    compiling them all takes seconds.
    """

    text: str
    source: str
    keys: tuple[frozenset[str], ...] = field(default=())

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.source)

    def possible(self, keys: AbstractSet[str]) -> bool:
        """False when the words present rule a match out."""
        # A plain loop, since this runs a hundred times for every item and a generator costs more than the test.
        for gate in self.keys:  # noqa: SIM110
            if gate.isdisjoint(keys):
                return False
        return True

    def find(self, folded: str) -> Iterator[tuple[int, int]]:
        """Where the wording stands in a folded text, from the left, without overlaps.

        The word boundary in front is checked here and not in the pattern, so that the pattern begins with letters that
        the search can skip to.
        """
        at, search = 0, self.pattern.search
        while match := search(folded, at):
            start, at = match.span()
            if start == 0 or not (folded[start - 1].isalnum() or folded[start - 1] == "_"):
                yield start, at
                at = max(at, start + 1)
            else:
                at = start + 1


def fold(text: str) -> str:
    """Lower-case with plain quotes, dashes and blanks, of exactly the same length, so that offsets stay true."""
    text = text.translate(_FOLD)
    low = text.lower()
    return low if len(low) == len(text) else "".join(c if len(c.lower()) != 1 else c.lower() for c in text)


def word_keys(folded: str) -> set[str]:
    """The gate keys of a folded text: its words, and their first letters with a star."""
    words = set(WORDS.findall(folded))
    return words | {word[:KEY] + "*" for word in words}


def commonness(gate: AbstractSet[str]) -> tuple[int, int]:
    """How little a gate rules out: its common keys, then all its keys."""
    return len(gate & _COMMON), len(gate)


def compile_wording(text: str, *, gated: bool = True) -> Wording:
    """Read one wording. Raises WordingError with the reason when it does not parse.

    ``gated`` asks for a word that must stand in every match: a wording that is searched in all news needs one.
    """
    tokens = _TOKEN.findall(text.lower())
    if not tokens:
        raise WordingError("is empty; write at least one word")
    start = tokens[0] == "^"
    body = tokens[1:] if start else tokens
    regex, gates, rest = _sequence(body, 0)
    if rest < len(body):
        raise WordingError(f"has an unmatched {body[rest]!r}")
    if gated and not gates:
        raise WordingError("needs at least one word that is not optional")
    head = r"(?:(?<=\n)|\A)[^\w\n]{0,3}" if start else ""
    return Wording(text, rf"{head}(?:{regex})(?!\w)", tuple(gates))


def _sequence(tokens: list[str], at: int) -> tuple[str, list[frozenset[str]], int]:
    """Elements up to a closing bracket or bar: their regex, the gates they imply, and where they stop."""
    out, gates, glue = "", list[frozenset[str]](), ""
    while at < len(tokens) and tokens[at] not in ")]|":
        part = tokens[at]
        if part in _GAPS:
            out += rf"(?:[^\w\n]{{1,6}}\w{{1,{LONGEST}}}+){{0,{_GAPS[part]}}}?" if out else ""
            at += 1
            continue
        if part == "^":
            out += _END
            at += 1
            continue
        if part in "([":
            regex, keys, at = _group(tokens, at)
            if part == "[":
                out += f"(?:{glue}{regex})?" if glue else f"(?:{regex}{_SEP})?"
                continue
            gates += [keys] if keys else []
        else:
            regex, key = _element(part)
            gates += [frozenset({key})] if key else []
            at += 1
        out, glue = out + glue + regex, _SEP
    return out, gates, at


def _group(tokens: list[str], at: int) -> tuple[str, frozenset[str], int]:
    close = ")" if tokens[at] == "(" else "]"
    parts, keys, open_key = list[str](), set[str](), False
    while True:
        regex, gates, at = _sequence(tokens, at + 1)
        if at >= len(tokens):
            raise WordingError(f"lacks a closing {close!r}")
        if not regex:
            raise WordingError("has an empty alternative")
        parts.append(regex)
        if gates:
            keys |= min(gates, key=commonness)
        else:
            open_key = True
        if tokens[at] == close:
            return f"(?:{'|'.join(parts)})", frozenset() if open_key else frozenset(keys), at + 1
        if tokens[at] != "|":
            raise WordingError(f"has an unmatched {tokens[at]!r}")


def _element(part: str) -> tuple[str, str]:
    if part in _VALUES:
        return _VALUES[part], ""
    if not _WORD.match(part):
        near = get_close_matches(part, _VALUES, 1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise WordingError(
            f"cannot read {part!r}{hint}: use words, *, (a|b), [a], .., ..., ...., <number>, <money> and ^"
        )
    stem = part.rstrip("*")
    words = WORDS.findall(stem)
    if not words:
        raise WordingError(f"cannot read {part!r}")
    regex = re.escape(stem) + (rf"\w{{0,{LONGEST}}}+" if part.endswith("*") else "") + "(?:'s?)?"
    key = max(words, key=len)
    if not part.endswith("*") or words[-1] != key:
        return regex, key
    return regex, key[:KEY] + "*" if len(key) >= KEY else ""  # a short beginning (in*) rules nothing out
