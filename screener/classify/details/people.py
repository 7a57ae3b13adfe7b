"""Who bought: the insider's name where it stands, else the role."""

from __future__ import annotations

import re

from screener.classify.details.reading import Notes, PatternMatch, Reading

_ROLE = (
    r"(?:Co-|Vice |Executive |Non-Executive |Independent |Founder and |Interim ){0,4}"
    r"(?:CEO|CFO|COO|Chief \w+ Officer|Chair(?:man|woman|person)?|President|Founder|Directors?|Officers?|Insiders?)"
    r"(?: and (?:CEO|Founder|President|Chief \w+ Officer|Chair(?:man)?))?"
)
_PERSON = r"(?:(?:Dr|Mr|Ms|Mrs)\.? )?[A-Z][a-z’'-]{1,20}(?: [A-Z]\.)?(?: [A-Z][a-zA-Z’'-]{1,20}){1,2}"
_BOUGHT = r"(?i:purchas|buy|bought|acquir|increas|adds|added|invest)"
NAMED = re.compile(
    rf"\b{_ROLE},? (?P<a>{_PERSON}),? (?:has |have )?{_BOUGHT}"
    rf"|\b(?P<b>{_PERSON}), (?:the |its |our )?(?:[Cc]ompany[’']s )?{_ROLE},? (?:[\w’' ]{{0,40}} )?(?:has |have )?{_BOUGHT}"
    rf"|\b(?i:founder|chairman|chief executive officer|director), (?P<c>{_PERSON}),"
)
ROLE = re.compile(rf"\b(?P<r>{_ROLE})\b")


def find_insider(reading: Reading, notes: Notes) -> None:
    """Put ``insider``."""
    hit = reading.find(NAMED)
    if hit:
        group = next(name for name in ("a", "b", "c") if hit.match[name])
        notes.put("insider", hit.match[group], hit.place(group))
        return
    role = ROLE.search(reading.title)
    if role:
        notes.put("insider", role["r"], PatternMatch("title", role).place("r"))
