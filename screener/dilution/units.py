"""Warrants that come with units or shares and are described one by one, without a count of their own.

"Each unit consists of one share and one-half of one warrant; each whole warrant is exercisable at $0.75 for two years."
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from screener.dilution import quantity
from screener.dilution.term import expires, term_years
from screener.dilution.text import TextPart
from screener.dilution.warrant_names import names

_PACKED = re.compile(r"\bunits?\b|\baccompan\w+|\btogether with\b", re.I)
_ONE = re.compile(
    r"\b(?:(?:one|a|an|one-half|one-third|three-quarters|1/2)\s(?:\(\d\)\s)?(?:of (?:one|a)\s)?(?:\(\d\)\s)?(?:whole )?"
    r"|each\s(?:such )?(?:whole\s)?)"
    r"(?P<name>(?:[\w’'-]+\s){0,4}?warrants?)"
    r"(?P<stands>[^.;]{0,160}?\b(?:purchase|acquire|buy|exercisable|entitl\w+|exercise price)\b)",
    re.I,
)
_OTHER = re.compile(r"\b(?:pre-?\s?funded|existing|outstanding|agent|representative|underwriter)", re.I)


class UnitWarrant(NamedTuple):
    """Warrants of a unit: their name, strike and end as far as ``part`` states them."""

    part: TextPart
    names: frozenset[str]
    strike: float | None
    term_years: float | None
    expires: str | None


def read(parts: Sequence[TextPart]) -> list[UnitWarrant]:
    """The warrants that come with what is sold, each name once; empty where nothing is sold in units."""
    if not any(_PACKED.search(p.text) for p in parts):
        return []
    out = list[UnitWarrant]()
    for part in parts:
        found = [m for m in _ONE.finditer(part.text) if not _OTHER.search(m["name"])]
        for i, match in enumerate(found):
            end = found[i + 1].start() if i + 1 < len(found) else len(part.text)
            words = part.text[match.start("name") : end]
            told = UnitWarrant(part, names(match["name"]), quantity.strike(words), term_years(words), expires(words))
            if told.strike is not None or told.term_years is not None or told.expires:
                out = _with(out, told)
    return out


def _with(known: list[UnitWarrant], told: UnitWarrant) -> list[UnitWarrant]:
    for i, other in enumerate(known):
        one = not (told.names and other.names) or told.names == other.names
        if one and (told.strike is None or other.strike is None or told.strike == other.strike):
            filled = other._replace(
                names=other.names | told.names,
                strike=told.strike if other.strike is None else other.strike,
                term_years=told.term_years if other.term_years is None else other.term_years,
                expires=told.expires if other.expires is None else other.expires,
            )
            return [*known[:i], filled, *known[i + 1 :]]
    return [*known, told]
