"""Names of warrants: "Series A", "Common", "Pre-Funded", "Placement Agent", in whatever letters a filing writes them.

A sentence names several at once ("The Series A Warrants and the Series B Warrants have …"): they are one mention, and what
is said behind it is said of each.
"""

from __future__ import annotations

import re
from typing import NamedTuple

CLASS = (
    r"(?:series|class|tranche) [a-z](?:-?\d)?|common(?: stock| share)?|pre-?\s?funded|placement agents?[’']?"
    r"|representative[’']?s?[’']?"
    r"|underwriters?[’']?s?|public|private(?: placement)?|investors?|purchase|existing|new|inducement|unregistered|registered"
    r"|milestone|lender|short-term|long-term|ordinary"
)
NAMED = re.compile(
    r"(?P<name>(?:[A-Z][\w./’'-]{0,40}\s){0,4}?)Warrants?\b(?!\s(?:Agreement|Distribution|Exercise|Certificate|Agent))"
    rf"|(?<![\w-])(?P<low>(?i:{CLASS}))(?:\sand\s(?i:{CLASS}))?\swarrants?\b(?!\s(?:agreement|certificate|agent))"
    r"|(?<=The )warrants? (?=will|are|is|ha[sv]|may|shall|expires?|terminates?)|(?<=Each )warrant (?=will|is|has|may|entitles)"
)
_DEFINED = re.compile(r"[“\"](?P<name>(?:[A-Z][\w./-]{0,40}\s){0,4}?)Warrants?(?: Shares)?[”\",]")
_CONNECTS = re.compile(r"[’'”\")]{0,2},?\s?(?:and|or|and/or|,)\s(?:each of )?(?:the |our )?")
_SERIES = re.compile(r"\b(?:series|class) [a-z](?:-\d)?\b", re.I)
_SERIES_BEFORE = re.compile(r"(?:\b(?:series|class) [a-z](?:-\d)?(?:,? and(?: the)?|,) ){1,4}$", re.I)


def names(text: str) -> frozenset[str]:
    """The first defined name of warrants in a text (“Series A Warrants”), else the first name."""
    found = _DEFINED.search(text) or NAMED.search(text)
    name = name_of(found) if found else ""
    return frozenset((name,)) if name else frozenset()


def defined(text: str) -> frozenset[str]:
    """The name that a text defines for the warrants before it, when it speaks of no others first."""
    found = _DEFINED.search(text)
    if not found or not found.start() <= text.find("arrant") < found.end():
        return frozenset()
    return frozenset((name,)) if (name := name_of(found)) else frozenset()


def name_of(found: re.Match[str]) -> str:
    """The name of warrants in its usual letters: "Series A" of "series A warrants", "" of "the warrants"."""
    group = found.groupdict()
    plain = re.sub(r"^(?:Each|The|Such|All|These|Our)\b\s?", "", (group["name"] or group.get("low") or "").strip())
    return " ".join(w[:1].upper() + w[1:] for w in re.sub(r"[’']s?$", "", plain.strip()).replace("-f", "-F").split())


class NamedWarrants(NamedTuple):
    """Warrants named in a sentence, several when "and" joins them; ``words`` is what is said of them."""

    names: tuple[str, ...]
    start: int
    end: int
    words: str


def mentions(text: str) -> list[NamedWarrants]:
    """The warrants that a sentence names, in order, each with the words behind it."""
    found, out = list(NAMED.finditer(text)), list[NamedWarrants]()
    joined, start = list[str](), -1
    for i, match in enumerate(found):
        end = found[i + 1].start() if i + 1 < len(found) else len(text)
        before = _SERIES_BEFORE.search(text, max(0, match.start() - 40), match.start())
        joined += [_series(n) for n in _SERIES.findall(before.group())] if before else []
        joined.append(name_of(match))
        start = match.start() if start < 0 else start
        if _CONNECTS.fullmatch(text[match.end() : end]):
            continue
        out.append(NamedWarrants(tuple(joined), start, match.end(), text[match.end() : end]))
        joined, start = [], -1
    return out


def _series(words: str) -> str:
    kind, letter = words.split()
    return f"{kind.capitalize()} {letter.upper()}"
