"""Split ratios in text, in every way they are written.

"1-for-20", "20-for-1", "1:20", "1/20", "20 into 1", "one new share for every twenty old shares", "ten (10)
pre-consolidation shares for one (1) post-consolidation share", "every twenty-five shares ... into one", "100% stock
dividend". A pair is read as it stands; ``form`` writes it in the usual way: "1-for-20" for a reverse split, "3-for-2" for
a forward one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise
from math import gcd
from typing import NamedTuple

from screener.language.dates import MONTH
from screener.language.numbers import UNITS, WORDS, number, tidy

LARGEST = 10_000
_N = rf"(?:[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,4}}|[0-9]{{1,6}}(?:\.[0-9]{{1,4}})?|{WORDS})"
_BOTH = rf"(?:{_N}\s?\([0-9,.]{{1,8}}\)|{_N})"
# What stands between a number and "for": old and new, and what they count.
_UNIT = (
    r"(?:\s(?:of\sthe\sCompany[’']s|of\sits|old|new|existing|current|outstanding|issued(?:\sand\soutstanding)?|presently|then|fully[\s-]paid"
    r"|(?:pre|post)[\s-]{1,2}(?:reverse[\s-])?(?:(?:stock|share)[\s-])?(?:consolidat(?:ion|ed)|split|combination|reverse)"
    r"|consolidated|common|ordinary|voting|class\s[a-z]|subordinate|capital|registered|shares?|stock|ADSs?|units?|basis)){0,6}"
)
_FOR = r"(?:for|to|into|per|in\sexchange\sfor|in|becomes?|on)"
PAIR = re.compile(
    rf"(?<![\w.:$/-])(?P<a>{_BOTH})\s?(?:[-‐-―]\s?|\s)?(?:for|per)(?:\s?[-‐-―]\s?|\s)?(?P<b>{_BOTH})(?![\w%])"
    rf"|(?<![\w.:$/-])(?P<c>[0-9]{{1,4}}(?:\.[0-9]{{1,4}})?)\s?(?::|/|[-‐-―]?\s?\bto\b\s?[-‐-―]?|[-‐-―]?\s?\binto\b\s?[-‐-―]?)\s?"
    r"(?P<d>[0-9]{1,4}(?:\.[0-9]{1,4})?)(?![0-9:%/]|\.[0-9]|\s?[ap]\.?\s?m\b)"
    rf"|(?<![\w.:$/-])(?P<e>{_BOTH})(?:[-‐-―]|\s)(?:to|into)(?:[-‐-―]|\s)(?P<f>{_BOTH})(?![\w%])",
    re.I,
)
UNITS_PAIR = re.compile(
    rf"(?<![\w.:$/-])(?P<a>{_BOTH})(?P<ua>{_UNIT})\s{_FOR}\s(?:(?:every|each|the)\s)?(?P<b>{_BOTH})(?P<ub>{_UNIT})(?![\w%])",
    re.I,
)
EVERY = re.compile(
    rf"\b(?P<a>{_BOTH})\s(?:new |post-?\s?(?:reverse )?(?:stock |share )?(?:split|consolidation) "
    rf"|issued and outstanding )?"
    r"(?:shares?|ads|adss|ordinary shares?|common shares?)\b[^.;]{0,70}?\bfor (?:every|each)\s"
    rf"(?P<b>{_BOTH})\s",
    re.I,
)
INTO = re.compile(
    rf"\b(?:every|each)\s(?P<b>{_BOTH})\s(?:[^.;\n]{{0,40}})shares?[^.;]{{0,140}}?"
    rf"\b(?:into|become|exchanged for|converted into)\s(?:approximately )?(?P<a>{_BOTH})\b",
    re.I,
)
#: "a stock dividend of 100%", "50% stock dividend": new shares on top of the old ones.
DIVIDEND = re.compile(
    r"\b(?P<p>[0-9]{1,4}(?:\.[0-9]{1,2})?)\s?(?:%|percent)\s(?:stock|share) (?:dividend|split|bonus)"
    r"|\b(?:stock|share) dividend of (?P<q>[0-9]{1,4}(?:\.[0-9]{1,2})?)\s?(?:%|percent)",
    re.I,
)
_BEFORE_RANGE = re.compile(
    r"\b(?:rang(?:e|es|ing) (?:of|from|between)|between|not (?:less|lower|more|greater|fewer) than|no (?:less|more|greater) than"
    r"|at least|from|within)\s*(?:a )?(?:(?:ratio|range|split)s? )?(?:of |from |between )?$",
    re.I,
)
_LIMIT = re.compile(
    r"\b(?:up to|as (?:high|much|large) as|maximum(?: ratio)?(?: of)?|not (?:to exceed|exceeding)"
    r"|(?:not|no) (?:more|greater|less) than|at least|minimum(?: ratio)?(?: of)?|exceeding)\s*(?:a (?:ratio|maximum) of )?$",
    re.I,
)
_EXAMPLE = re.compile(
    r"\b(?:example|e\.g|if|assum\w+|illustrat\w+|hypothetical\w*|previous\w*|prior|earlier|last year)\b[^.;]*$", re.I
)
_JOIN = re.compile(
    r"^\)?\s*+(?:,\s*+)?(?:to|through|and|or|[-–—])\s*+(?:not |no )?"
    r"(?:(?:more|greater|less|higher|fewer) than |up to |a maximum of |at most )?"
    r"(?:a )?(?:ratio of |maximum of )?$",
    re.I,
)
ADS = re.compile(
    rf"\b(?P<a>{_BOTH})\s(?:ADSs?|American Depositary Shares?)[^.;]{{0,12}}?\b(?:representing|represents|to"
    rf"|equals?|for)\s(?:every\s)?"
    rf"(?P<b>{_BOTH})\s(?:new |existing |of the company[’']s )?(?:class [a-z] )?(?:ordinary|common|shares?)",
    re.I,
)
_CONTEXT = re.compile(r"split|consolidat|combination|ratio|ads\b|share|stock", re.I)
_MONTH_BEFORE = re.compile(rf"\b{MONTH}\s$", re.I)
_NEAR = re.compile(r"split|consolidat|combination|\bratio|\bads\b|subdivi", re.I)


class Ratio(NamedTuple):
    """Two numbers of a split as they stand in the text at ``start`` to ``end``."""

    a: float
    b: float
    start: int
    end: int


class Range(NamedTuple):
    """A range of ratios that a board may choose from; ``low`` is None for "up to 1-for-50"."""

    low: Ratio | None
    high: Ratio


def form(a: float, b: float, *, forward: bool) -> str:
    """The usual way to write a ratio: "1-for-20" for a reverse split, "3-for-2" for a forward one."""
    low, high = tidy(min(a, b)), tidy(max(a, b))
    return f"{high}-for-{low}" if forward else f"{low}-for-{high}"


def find(text: str, most: int = 24) -> list[Ratio]:
    """The ratios of a text in order, those of ranges included."""
    found = sorted(_pairs(text, most), key=lambda r: (r.start, -r.end))
    out = list[Ratio]()
    for ratio in found:
        if not out or ratio.start >= out[-1].end:
            out.append(ratio)
    return out


def ranges(text: str, found: list[Ratio]) -> list[Range]:
    """The ranges among the ratios of a text, limits without a lower end ("up to 1-for-50") too."""
    out, taken = list[Range](), set[Ratio]()
    for one, two in pairwise(found):
        between = text[one.end : two.start]
        if one in taken or len(between) > 60 or (one.a, one.b) == (two.a, two.b):
            continue
        named = _BEFORE_RANGE.search(text[max(0, one.start - 50) : one.start])
        if _JOIN.match(between) or (named and re.search(r"\b(?:and|to|or)\b", between)):
            low, high = sorted((one, two), key=lambda r: max(r.a, r.b))
            out.append(Range(low, high))
            taken |= {one, two}
    for ratio in found:
        if ratio not in taken and _LIMIT.search(text[max(0, ratio.start - 50) : ratio.start]):
            out.append(Range(None, ratio))
    return out


def hypothetical(text: str, ratio: Ratio) -> bool:
    """Whether the sentence before a ratio makes it an example, a condition or an older split."""
    return bool(_EXAMPLE.search(text[max(0, ratio.start - 160) : ratio.start]))


def _pairs(text: str, most: int) -> Iterator[Ratio]:
    for pattern in (PAIR, UNITS_PAIR, EVERY, INTO):
        for match in islice(pattern.finditer(text), most):
            group = match.groupdict()
            a = _value(group["a"] or group.get("c") or group.get("e"))
            b = _value(group["b"] or group.get("d") or group.get("f"))
            if a and b and a != b and max(a, b) <= LARGEST and _plausible(match):
                yield Ratio(a, b, match.start(), match.end())
    for match in islice(DIVIDEND.finditer(text), most):
        percent = float(match["p"] or match["q"])
        if 0 < percent <= 1000 and percent == int(percent):
            part = gcd(int(percent), 100)
            yield Ratio((100 + int(percent)) // part, 100 // part, match.start(), match.end())


def _plausible(match: re.Match[str]) -> bool:
    """A bare "1:5", "10 to 1" or "9 per 10" needs a word about splits close by; so does a fraction or a date's slash."""
    words = match.group().lower()
    if match.re in (EVERY, INTO):
        return True
    start, end = match.span()
    text = match.string
    if "/" in words and (not re.search(r"\b1\b", words) or _MONTH_BEFORE.search(text[max(0, start - 12) : start])):
        return False
    around = text[max(0, start - 80) : start] + " " + text[end : end + 80]
    if re.search(r"\bfor\b", words) and re.search(r"\b(?:1|one)\b", words):
        return bool(re.search(r"share|-|\bsplit", words) or _CONTEXT.search(around))
    return bool(_NEAR.search(around) or _NEAR.search(words))


def _value(text: str | None) -> float | None:
    """ "twenty five (25)" is 25: the figure in brackets decides."""
    if not text:
        return None
    inside = re.search(r"\(([0-9,.]+)\)", text)
    plain = (inside.group(1) if inside else text).strip().rstrip(".,")
    return number(plain) if re.search(r"\w", plain) else None


def ads_change(text: str) -> tuple[float, float, int, int] | None:
    """Shares per ADS before and after a change of the ADS ratio, with where it stands; None without one."""
    found = list[tuple[float, int, int]]()
    for match in islice(ADS.finditer(text), 6):
        a, b = _value(match["a"]), _value(match["b"])
        if a and b:
            found.append((b / a, match.start(), match.end()))
    if len(found) < 2 or found[0][0] == found[1][0]:
        return None
    (old, start, _), (new, _, end) = found[0], found[1]
    return old, new, start, end


def _less(limit: int, *, up: bool) -> str:
    """Alternatives of "N-for-M" with small M: N above M (``up``) or below."""
    names = {value: word for word, value in UNITS.items() if value <= limit}
    dash, parts = r"[^\w\n]{0,3}(?:for|:)[^\w\n]{0,3}", list[str]()
    for low in range(1, limit + 1):
        lows = rf"(?:{low}|{names[low]})"
        more = [f"{n}|{names[n]}" for n in range(low + 1, limit + 1)]
        highs = "(?:" + "|".join([*more, r"[1-9][0-9]{1,4}(?:\.[0-9]{1,4})?" if low < 10 else r"[2-9][0-9]{1,3}"]) + ")"
        parts.append(f"{highs}{dash}{lows}" if up else f"{lows}{dash}{highs}")
    return "(?:" + "|".join(parts) + r")(?![\w:])"


#: Ratios by their direction, lower-case, for the wording language: "3-for-2" and "1-for-20".
MORE_FOR_LESS, LESS_FOR_MORE = _less(10, up=True), _less(10, up=False)
