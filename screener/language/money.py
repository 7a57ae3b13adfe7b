"""Amounts of money in text: value, currency, range, and what the words around say of them.

Currency is part of the amount: "C$5M", "$5 million (CAD)", "5 million Canadian dollars", and a bare "$" is what
``currencies.plain_dollar`` says. Nothing is converted, because a rate of that day is not in the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from screener.language.currencies import SIGN, TAIL, WORD, iso, tail
from screener.language.numbers import ANY_DIGITS, MAGNITUDE, WORDS, number, scaled

_MAG = rf"(?P<mag>{MAGNITUDE})(?![A-Za-z])\.?"
MONEY = re.compile(
    rf"(?P<sign>{SIGN})\s?(?P<num>{ANY_DIGITS})(?P<plus>\+)?(?:[\s-]{{0,2}}{_MAG})?(?P<more>\s?\+)?(?:{TAIL})?"
    rf"|(?<![\w.,$€£¥])(?P<num2>{ANY_DIGITS})(?:[\s-]?(?P<mag2>{MAGNITUDE})(?![A-Za-z])\.?)?[\s-]?(?:of )?(?P<sign2>{WORD})",
    re.I,
)
_WORDED = re.compile(
    rf"(?<![\w$€£-])(?:(?P<half>half)[\s-](?:an?[\s-])?|(?P<num>{WORDS}(?:\sand a half)?)[\s-])"
    rf"(?P<mag>million|billion|thousand)[\s-](?P<sign>{WORD})",
    re.I,
)
# Where an amount can be: a sign, or the first digit of a number; and the letters in front that belong to it. Trying the
# long expression there alone is several times faster than trying it at every letter.
_ANCHOR = re.compile(r"[$€£¥￥₪₩₹₽]|zł|(?<![0-9.,])\.?[0-9]")
_LEAD = re.compile(r"(?<![A-Za-z])(?:[A-Za-z]{1,4}[$¥]?|U\.S\.\$?|Rs\.)\s?$")
_WORDS_OF_MONEY = re.compile(r"[a-z][\s-](?:million|billion|thousand)[\s-]", re.I)
#: "… sale for 32.2 million": an amount whose sign was forgotten, accepted only after words of price.
BARE = re.compile(
    rf"\b(?:for|worth|valued at|totall?ing)\s(?P<num>{ANY_DIGITS})\s(?P<mag>million|billion)\b(?!\s?\w)", re.I
)
_PER = re.compile(
    r"^\s?(?:\(\w[^)]{0,25}\)\s?)?(?:in cash )?(?:,\s)?(?:per|/|a|for each|each)\s?(?:\w+ ){0,3}?"
    r"(?:share|unit|ads|american|ordinary|common|warrant|barrel|ton|tonne|ounce|pound|boe|coin"
    r"|token|note|month|security)|^\s?(?:each|apiece)\b",
    re.I,
)
_MAX = re.compile(r"\b(?:up to|as much as|maximum of|not to exceed|ceiling of|as high as)(?:\s\w+){0,3}\s?[~(]?$")
_MIN = re.compile(r"\b(?:more than|over|at least|minimum of|exceed(?:s|ing)?|in excess of|above|greater than)\s?[~(]?$")
_UPPER = re.compile(
    rf"^\s?(?P<join>-|–|—|to|and)\s?(?:up to\s)?(?:{SIGN})?\s?(?P<num>{ANY_DIGITS})(?:[\s-]?{_MAG})?", re.I
)
_BETWEEN = re.compile(r"\b(?:between|from|range of)\s(?:approximately |about )?$")
#: A change "from $10 million to $15 million" is no range: what it changes to counts.
_CHANGED = re.compile(
    r"\b(?:upsiz|increas|rais|grew|grow|expand|amend|rais|rose|rise|jump|climb|lower|reduc|cut|declin|decreas|fell|fall"
    r"|downsiz|narrow|widen|improv)\w*[^.;$€£]{0,60}\bfrom (?:approximately |about )?$"
)
_PLAIN = re.compile(r"[$€£¥￥₪₩₹₽]|illion|thousand|ollar|euro|yuan|zł|lakh|crore|\b(?:[A-Z]{3}|Rs\.?|RM)\s?[0-9.]"
                    r"|[0-9]\s?[A-Za-z]{0,3}\s?[A-Z]{3}\b")  # fmt: skip
WIDTH = 60  # characters of the words around an amount


class Amount(NamedTuple):
    """One amount: ``value`` (``high`` when it is a range) in units of ``currency``, at ``start`` to ``end``.

    ``before`` and ``after`` are the lower-cased words around it, at most 60 characters each.
    """

    value: float
    high: float | None
    currency: str
    start: int
    end: int
    per_unit: bool
    is_max: bool
    is_min: bool
    before: str
    after: str


def find(text: str, plain: str = "USD", most: int = 60) -> list[Amount]:
    """The first ``most`` amounts of a text in order; ``plain`` is the ISO code of a bare dollar sign."""
    if not _PLAIN.search(text):
        return []
    found = list(islice(_stated(text, plain), most))
    return found or [a for m in islice(BARE.finditer(text), 5) if (a := _amount(m, m["num"], m["mag"], plain))]


def first(text: str, plain: str = "USD") -> Amount | None:
    """The first amount of a text."""
    return next(iter(find(text, plain, 1)), None)


def _stated(text: str, plain: str) -> Iterator[Amount]:
    taken = 0
    for match in _matches(text):
        if match.start() < taken:  # the upper end of a range that has been read
            continue
        group = match.groupdict()
        digits = group["num"] or group.get("num2") or group.get("half") or ""
        behind = group.get("tail") or group.get("tail2") or group.get("tail3") or group.get("tail4")
        sign = group["sign"] or group.get("sign2") or ""
        named = tail(behind) if behind and sign == "$" else None
        amount = _amount(match, digits, group["mag"] or group.get("mag2"), named or iso(sign, plain))
        if amount:
            taken = amount.end
            yield amount


def _matches(text: str) -> Iterable[re.Match[str]]:
    digital = _digital(text)
    if not _WORDS_OF_MONEY.search(text):
        return digital
    return sorted([*digital, *_WORDED.finditer(text)], key=lambda match: match.start())


def _digital(text: str) -> Iterator[re.Match[str]]:
    taken = 0
    for anchor in _ANCHOR.finditer(text):
        at = anchor.start()
        if at < taken:
            continue
        lead = _LEAD.search(text, max(taken, at - 6), at)
        match = (MONEY.match(text, lead.start()) if lead else None) or MONEY.match(text, at)
        if match and match.end() > at:
            taken = match.end()
            yield match


def _amount(match: re.Match[str], digits: str, magnitude: str | None, currency: str) -> Amount | None:
    text, start, end = match.string, match.start(), match.end()
    plain = number("0.5" if digits.lower() == "half" else digits)
    if plain is None:
        return None
    value = scaled(str(plain), magnitude)
    before = text[max(0, start - WIDTH) : start].lower()
    value, high, end = _range(text, end, before, digits, value, magnitude)
    after = text[end : end + WIDTH].lower()
    group = match.groupdict()
    return Amount(
        value=value,
        high=high,
        currency=currency,
        start=start,
        end=end,
        per_unit=bool(_PER.match(after)) or before.endswith(("par value ", "par value of ")),
        is_max=bool(_MAX.search(before)),
        is_min=bool(group.get("plus") or group.get("more")) or bool(_MIN.search(before)),
        before=before,
        after=after,
    )


def _range(
    text: str, end: int, before: str, digits: str, value: float, magnitude: str | None
) -> tuple[float, float | None, int]:
    """Value, upper value and end of "$3 to $5 million"; a change from one to the other is worth the other."""
    upper = _UPPER.match(text[end : end + 40])
    if not upper or not (upper["mag"] or not magnitude):
        return value, None, end
    if upper["join"].lower() == "and" and not _BETWEEN.search(before):
        return value, None, end
    high = scaled(upper["num"], upper["mag"])
    changed = upper["join"].lower() == "to" and _CHANGED.search(before)
    # "$3 to $5 million" states the magnitude once, for both.
    if not magnitude and upper["mag"] and high > value * 100:
        value = scaled(str(number(digits)), upper["mag"])
    if changed:
        return high, None, end + upper.end()
    return (value, high, end + upper.end()) if high > value else (value, None, end)
