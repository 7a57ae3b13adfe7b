"""Sentences of a filing with their places, and the clauses of a long one.

A filing's sentence may run over a list: "(i) 100 shares; and\\n\\n(ii) warrants to purchase 50 shares". Lines that end
in a colon, a semicolon, a comma or "and" go on in the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 6_000  # characters of one sentence: what is longer is a table, and is cut there
_END = re.compile(r"(?<=[.!?])[”\"’)]{0,2}[ \t]+(?=[A-Z“\"(•·●0-9])|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Inc|Co|Corp|Ltd|L\.?P|LLC|No|Nos|U\.S|U\.S\.A|Mr|Ms|Mrs|Dr|St|Jr|Sr|vs|Wm|approx|N\.A|S\.A|S\.p\.A|Rule|Sec"
    r"|[AaPp]\.[Mm]|[A-Z]|[A-Z]\.[A-Z]|[A-Z]\.[A-Z]\.[A-Z]|Jan|Feb|Mar|Apr|Aug|Sept|Sep|Oct|Nov|Dec))\.$"
)
_GOES_ON = re.compile(r"(?:[:;,]|\b(?:and|or|of|to|and/or|the|with|by)|[a-z0-9](?<!\.))\s{0,40}$")
_LIST_END = re.compile(r"(?:[:;,]|\b(?:and|or|and/or))\s{0,40}$")
_STARTS_LOW = re.compile(r"\s{0,12}(?:[a-z]|\([ivxa-h]{1,4}\)|[•·●▪-]\s)")
# "(i)", "(b)", ";", bullets: where one thing of a list ends and the next begins.
_CLAUSE = re.compile(
    r";\s{0,9}(?:and|or)?\s{0,9}|(?:,\s{0,9})?(?:\band\s{1,9}|\bor\s{1,9})?(?=\((?:[ivx]{1,5}|[a-h]|[1-9])\)\s)|\n\s{0,9}(?=[•·●▪])|:\s{1,9}(?=[•·●▪])"
)


class TextPart(NamedTuple):
    """Words of a text at ``start`` to ``end``."""

    start: int
    end: int
    text: str


def sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[TextPart]:
    """The sentences between two places, in order."""
    end = len(text) if end is None else min(end, len(text))
    at = start
    for found in _END.finditer(text, start, end):
        if found.start() - at < LONGEST and _continues(text, at, found):
            continue
        yield from _part(text, at, found.start())
        at = found.end()
    yield from _part(text, at, end)


def _continues(text: str, at: int, found: re.Match[str]) -> bool:
    before = text[max(at, found.start() - 40) : found.start()]
    if "\n" not in found.group():
        return bool(_ABBREVIATION.search(before))
    if _LIST_END.search(before):
        return True
    return bool(_GOES_ON.search(before) and _STARTS_LOW.match(text[found.end() : found.end() + 12]))


def _part(text: str, start: int, end: int) -> Iterator[TextPart]:
    body = text[start:end]
    lead = len(body) - len(body.lstrip())
    body = body.strip()
    if body:
        yield TextPart(start + lead, start + lead + len(body), body)


def clauses(part: TextPart) -> list[TextPart]:
    """What the semicolons, bullets and "(i) … (ii)" of a sentence part; the whole sentence when it has none."""
    found, at = list[TextPart](), 0
    for cut in _CLAUSE.finditer(part.text):
        found += _clause(part, at, cut.start())
        at = cut.end()
    return found + _clause(part, at, len(part.text))


def _clause(part: TextPart, start: int, end: int) -> list[TextPart]:
    body = part.text[start:end]
    lead = len(body) - len(body.lstrip())
    body = body.strip()
    return [TextPart(part.start + start + lead, part.start + start + lead + len(body), body)] if body else []
