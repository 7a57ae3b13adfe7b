"""The headline of a press release that a filing carries as an exhibit."""

from __future__ import annotations

import re

_SKIP = re.compile(
    r"\A(?:(?:exhibit|ex)[\s.-]*+\d|(?:for )?immediate release\b|(?:press|news|media) (?:release|contact)|news$|contacts?\b"
    r"|(?:investor|media|company|source)s?\b[^.]{0,40}:|https?:|www\.|tel\b|phone|\(?\d{3}\)?[ .-]|page \d|table of contents"
    r"|for (?:further|more) information|embargo|not for (?:release|distribution)|[\d/.\s,:-]++$|\[|.{0,60}logo\b"
    r"|.{0,60}\brelease$|(?:for release|release date|date|released)\b.{0,40}$)",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,7}\.?"
_DATE_ONLY = re.compile(rf"\A(?:\w{{1,9}}day,? )?{_MONTH} \d{{1,2}},? \d{{4}}\.?$", re.IGNORECASE)
_RELEASE = re.compile(
    r"today announced|announced today|immediate release|press release|news release|\((?:nasdaq|nyse|otc)|globe ?newswire|"
    r"pr ?newswire|business ?wire|access ?newswire|forward[- ]looking statements|today reported|"
    r"reports (?:first|second|third|fourth)",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:\b(?:and|of|for|to|the|in|on|with|a|an|its|from|by|at|or|as)|[,&–—-])$", re.IGNORECASE)
_DATELINE = re.compile(rf"^.{{0,80}}\b{_MONTH} \d{{1,2}},? \d{{4}}\b.{{0,60}}(?:--?|–|—|\(|/)", re.IGNORECASE)
_EMPTY = {"newsrelease", "pressrelease", "news", "forimmediaterelease", "release"}


def is_release(text: str) -> bool:
    """True when the beginning of an exhibit reads like a press release."""
    start = text[:6000]
    return bool(_RELEASE.search(start)) or any(_DATELINE.match(line) for line in start.split("\n")[:40])


def headline(text: str) -> str:
    """The headline among the first lines of a release; empty when none looks like one."""
    lines = [" ".join(line.split()) for line in text[:6000].split("\n")]
    lines = [line for line in lines if line][:30]
    for at, line in enumerate(lines):
        if _DATELINE.match(line):
            return ""
        if not _looks(line):
            continue
        while (at := at + 1) < len(lines) and len(line) < 200 and _continues(line, lines[at]):
            line = f"{line} {lines[at]}"
        return line[:300]
    return ""


def _looks(line: str) -> bool:
    words = line.split()
    if not 4 <= len(words) <= 45 or len(line) > 320:
        return False
    plain = "".join(c for c in line.lower() if c.isalpha())
    return plain not in _EMPTY and not _SKIP.match(line) and not _DATE_ONLY.match(line) and line[-1] not in ":;"


def _continues(line: str, following: str) -> bool:
    if _DATELINE.match(following) or _SKIP.match(following) or _DATE_ONLY.match(following):
        return False
    return bool(_GOES_ON.search(line)) or following[:1].islower()
