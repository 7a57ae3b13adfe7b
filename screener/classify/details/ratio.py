"""Split ratios in normal form.

A reverse split reads "1-for-20" (one new share for twenty old ones) however it was written: "20-for-1", "1:20",
"one-for-twenty", "one new share for every twenty old shares". A forward split reads "2-for-1". A proposal that
leaves the choice to the board keeps its range in ``ratio_range`` and has no ``ratio``. A change of the ADS ratio is told
as the split that it amounts to, with the ratios themselves in ``ads_ratio``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from screener.classify.details.numbers import WORDS, number, tidy
from screener.classify.details.reading import Hit, Notes, Place, Reading

_N = rf"(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]{{1,6}}(?:\.[0-9]{{1,4}})?|{WORDS})"
_BOTH = rf"(?:{_N}\s?\([0-9,.]{{1,8}}\)|{_N})"
PAIR = re.compile(
    rf"(?<![\w.:$/-])(?P<a>{_BOTH})\s?(?:[-‐-―]\s?|\s)?(?:for|per)(?:\s?[-‐-―]\s?|\s)?(?P<b>{_BOTH})(?![\w%])"
    rf"|(?<![\w.:$/-])(?P<c>[0-9]{{1,4}})\s?(?::|-to-|‑to‑|–to–)\s?(?P<d>[0-9]{{1,4}})(?![0-9:%]"
    rf"|\.[0-9]|\s?[ap]\.?\s?m\b)",
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
    rf"\b(?:every|each)\s(?P<b>{_BOTH})\s(?:[^.;\n]{{0,20}})shares?[^.;]{{0,140}}?"
    rf"\b(?:into|become|exchanged for|converted into)\s(?:approximately )?(?P<a>{_BOTH})\s",
    re.I,
)
RANGE_WORDS = re.compile(
    r"\b(?:rang(?:e|ing) (?:of|from|between)|between|not (?:less|lower|more) than|no (?:less|more) than|at least|"
    r"up to|from)\s*(?:a (?:ratio|range) (?:of|from) )?$",
    re.I,
)
JOIN = re.compile(
    r"^\)?\s*(?:to|through|and|[-–—])\s*(?:not |no )?(?:(?:more|greater|less|higher) than |up to |a maximum of )?"
    r"(?:a ratio of )?$",
    re.I,
)
ADS = re.compile(
    rf"\b(?P<a>{_BOTH})\s(?:ADSs?|American Depositary Shares?)[^.;]{{0,12}}?\b(?:representing|to"
    rf"|equals?|for)\s(?:every\s)?"
    rf"(?P<b>{_BOTH})\s(?:new |existing |of the company[’']s )?(?:class [a-z] )?(?:ordinary|common|shares?)",
    re.I,
)
_CONTEXT = re.compile(r"split|consolidat|combination|ratio|ads", re.I)


def find_ratio(reading: Reading, notes: Notes, *, forward: bool) -> None:
    """Put ``ratio``, or ``ratio_range`` with ``ratio_min`` and ``ratio_max``."""
    if not forward and _ads_change(reading, notes):
        return
    pairs = list(_pairs(reading))
    if _range(reading, pairs, notes, forward=forward):
        return
    for hit, a, b in pairs:
        if a != b and max(a, b) <= 10_000:
            notes.put("ratio", _form(a, b, forward), hit.place())
            return


def _pairs(reading: Reading) -> Iterator[tuple[Hit, float, float]]:
    for pattern in (PAIR, EVERY, INTO):
        for hit in reading.all(pattern, 12):
            group = hit.match.groupdict()
            a, b = _value(group["a"] or group.get("c")), _value(group["b"] or group.get("d"))
            if a and b and _plausible(hit):
                yield hit, a, b


def _plausible(hit: Hit) -> bool:
    """A bare "1:5" or "9 per 10" needs a word about splits close by."""
    words = hit.match.group().lower()
    if ("for" in words and "1" in words) or "one" in words:
        return True
    return bool(_CONTEXT.search(hit.before(80)) or _CONTEXT.search(hit.after(80)))


def _value(text: str | None) -> float | None:
    """ "twenty five (25)" is 25: the figure in brackets decides."""
    if not text:
        return None
    inside = re.search(r"\(([0-9,.]+)\)", text)
    plain = (inside.group(1) if inside else text).strip().rstrip(".,")
    return number(plain) if re.search(r"\w", plain) else None


def _form(a: float, b: float, forward: bool) -> str:
    low, high = tidy(min(a, b)), tidy(max(a, b))
    return f"{high}-for-{low}" if forward else f"{low}-for-{high}"


def _range(reading: Reading, pairs: list[tuple[Hit, float, float]], notes: Notes, *, forward: bool) -> bool:
    for (one, a, b), (two, c, d) in pairwise(pairs):
        if one.field != two.field:
            continue
        between = reading.get(Place(one.field, one.match.end(), two.match.start()))
        if len(between) > 60 or (a, b) == (c, d):
            continue
        if JOIN.match(between) or (RANGE_WORDS.search(one.before(40)) and re.search(r"\b(?:and|to|or)\b", between)):
            low, high = sorted(((a, b), (c, d)), key=max)
            place = Place(one.field, one.match.start(), two.match.end())
            notes.put("ratio_min", _form(*low, forward), place)
            notes.put("ratio_max", _form(*high, forward), place)
            notes.put("ratio_range", f"{_form(*low, forward)} to {_form(*high, forward)}", place)
            return True
    return False


def _ads_change(reading: Reading, notes: Notes) -> bool:
    if not reading.has("ads ratio", "ads-to-", "ratio of its american depositary", "ratio of its ads", "ratio change"):
        return False
    found: list[tuple[Hit, float]] = []
    for hit in reading.all(ADS, 6):
        a, b = _value(hit.match["a"]), _value(hit.match["b"])
        if a and b:
            found.append((hit, b / a))
    if len(found) < 2 or found[0][0].field != found[1][0].field or found[0][1] == found[1][1]:
        return False
    (one, old), (two, new) = found[0], found[1]
    place = Place(one.field, one.match.start(), two.match.end())
    notes.put("ads_ratio", f"1:{tidy(old)} to 1:{tidy(new)}", place)
    times = max(old, new) / min(old, new)
    notes.put("ratio", _form(1, round(times, 4), forward=new < old), place)
    return True
