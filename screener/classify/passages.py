"""Where the text of a report tells its news: the first sentences of each 8-K item and of the release that follows.

An 8-K or 6-K without a headline says what happened in the sentence after an item's heading, "On May 6, 2027, the
Company entered into ...", or in the first one of its release. Everything else (headings, exhibit lists, what is
furnished and not filed, definitions, recaps) names events that did not happen now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from screener.sec import forms
from screener.sec.items8k import EXHIBITS, ROUTINE

SILENT = EXHIBITS + ROUTINE
READ = 4_000  # characters of the text that are looked at, from the first item on
FIND = 60_000  # characters in which the first item is looked for: a header and a cover page can stand before it
SECTION = 1_200  # of an item after its heading
MOST_SENTENCES = 3  # of an item
LONGEST, SHORTEST = 450, 25  # characters of a sentence

_ITEM = re.compile(r"^[ \t>*|]{0,20}items?\s{1,5}(\d{1,2}(?:\.\d\d)?)\b[\s.:)–—-]{0,9}", re.IGNORECASE | re.MULTILINE)
_AND_ITEM = re.compile(r"(?:and|,)\s{1,3}items?\s{1,3}\d{1,2}\.\d\d[\s.:)–—-]{0,9}", re.IGNORECASE)
# The SEC's headings by their first words; a heading ends at a line end, or at a full stop before a sentence.
_HEADING = re.compile(
    r"(?:entry into (?:a )?material definitive|termination of (?:a )?material definitive|bankruptcy or receivership"
    r"|mine safety|material cybersecurity|(?:completion of )?acquisition or disposition|results of operations"
    r"|creation of a direct|triggering events|costs? associated with|material impairment|notice of delisting"
    r"|unregistered sales?|material modification|changes? in (?:registrant|control|fiscal|shell)|non-?reliance"
    r"|departure of|election of directors|appointment of (?:certain|principal)|compensatory arrangements|amendments? to"
    r"|temporary suspension|submission of matters|shareholder director|regulation fd|other (?:events|information)|financial"
    r" statements (?:and|,)|resignations? of)[^\n.;]{0,200}(?:[.;]\s{0,3}|\n|\Z)",
    re.IGNORECASE,
)
_BLANK = re.compile(r"[\s.:;•·*()–—-]{0,20}")
_ABBREVIATIONS = "inc|corp|ltd|co|no|mr|ms|mrs|dr|messrs|st|jr|sr|u\\.s|vs|llc|l\\.p|n\\.v|s\\.a|plc|approx|ph\\.d"
_END = re.compile(r"[.;?!][”\"')]{0,2}\s+(?=[A-Z“\"])|\n+")
_SHORT = re.compile(rf"\b(?:{_ABBREVIATIONS}|[a-z])$", re.IGNORECASE)
_DATED = re.compile(
    r"(?:\([a-z0-9]{1,3}\)\s{0,3})?(?:(?:on|effective|as of|dated) (?:and effective )?[a-z]{3,9} \d{1,2}, \d{4}"
    r"(?:\s?\([^()\n]{0,60}\))?,?\s{1,3})?",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(
    r"(?:a copy|copies|the (?:information|foregoing|full text|following|press release is|disclosure|description|terms)"
    r"|(?:this|these|such) (?:information|report|current|exhibit|summary|press release|forward|statements?)|as previously"
    r"|the (?:company|registrant|issuer) is (?:filing|furnishing)"
    r"|previously|pursuant to the requirements|furthermore|in accordance|see |exhibits?\b|signature|dated?:|forward[- ]looking"
    r"|safe harbor|(?:10|99|104|4|3|2|1)\.\d|104\b|not applicable|item |reference is made|\(?[a-z0-9]\)? exhibits"
    r"|certain statements|under the (?:terms|agreement)|for (?:more|further|additional) information|by: )"
    r"|[^\n]{0,300}?(?:incorporated (?:herein )?by reference|shall not be deemed|cover page interactive|undersigned)",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\b(?:\w{2,}ed|has|have|had|is|are|was|were|will|would|sold|began|begun|won|met|made|paid|took|held|gave|got|sought"
    r"|drew|lost|cut|announces|reports|receives|results|bought|left|became|set)\b",
    re.IGNORECASE,
)
_RELEASE = re.compile(
    r"\b(?:today|has|have|it) (?:announced|reported|provided)\b|\bannounced today\b|\bannounces that\b"
    r"|(?:globe ?newswire|pr ?newswire|business ?wire|access ?wire|newsfile)",
    re.IGNORECASE,
)


VOTE_START = 200
_WEIGHTY = re.compile(
    r"\b(?:reverse|forward) (?:stock |share )?split|\bmerger\b|\bbusiness combination|\bconsolidation\b|\bissuance of"
    r"|\bissue\b[^.]{0,60}\bshares|\blisting rule|\bacquisition|\bname change|\bdissolution|\bliquidation",
    re.IGNORECASE,
)
_EXHIBIT = re.compile(
    r"^[ \t]{0,20}(?:ex-99\.?\d?\b[^\n]{0,80}|exhibit 99\.?\d?[ \t.:]{0,5})$", re.IGNORECASE | re.MULTILINE
)
_NO_HEADLINE = re.compile(
    r"(?:exhibit|ex-|for immediate|press release|news release|contacts?\b|media|investor|source|https?:|www\.|\(?\d|page |\[)"
    r"|[a-z]{3,9}\.? \d{1,2}, \d{4}",
    re.IGNORECASE,
)


class Passage(Struct, frozen=True):
    """One sentence of a text by its offsets, without the date in front; ``item`` is the 8-K item it stands in."""

    start: int
    end: int
    item: str


def tells_news(form: str) -> bool:
    """Whether the text of a form reports an event of any kind: 8-K and 6-K, amended or not, and notices of delisting."""
    return forms.of_family(form, "current_report", "foreign_report", "delisting")


def news(text: str) -> tuple[tuple[Passage, ...], ...]:
    """The sentences that may tell news, by item in the order of the text, and those of a release as one more group."""
    first = _ITEM.search(text, 0, FIND)
    begin = first.start() if first else 0
    stop = min(begin + READ, len(text))
    marks = list(_ITEM.finditer(text, begin, stop))
    ends = [*(m.start() for m in marks[1:]), stop]
    parts = [(m.group(1), m.end(), end) for m, end in zip(marks, ends, strict=False)] or [("", 0, stop)]
    groups = [tuple(_section(text, item, start, end)) for item, start, end in parts if item not in SILENT]
    if marks and marks[-1].group(1) in EXHIBITS:
        groups.append(tuple(_release(text, marks[-1].end(), marks[-1].end() + READ)))
    return tuple(group for group in groups if group)


def votes(text: str) -> str:
    """What the item on a vote of holders says of it: its beginning and the proposals that are more than routine."""
    for mark in _ITEM.finditer(text, 0, FIND):
        if mark.group(1) in ROUTINE:
            start = _after_heading(text, mark.end(), mark.end() + SECTION)
            part = text[start : start + 3 * SECTION]
            told = [part[a:b] for a, b in _sentences(part, 0, len(part)) if _WEIGHTY.search(part, a, b)]
            return " ".join([part[:VOTE_START], *told[:MOST_SENTENCES]])
    return ""


def masked(text: str, groups: tuple[tuple[Passage, ...], ...]) -> str:
    """The text with line ends in place of all that is no passage, so that offsets stay true."""
    out, at = list[str](), 0
    for passage in sorted((p for group in groups for p in group), key=lambda p: p.start):
        out += ["\n" * (passage.start - at), text[passage.start : passage.end]]
        at = passage.end
    return "".join(out)


def _section(text: str, item: str, start: int, end: int) -> Iterator[Passage]:
    if item:
        start = _after_heading(text, start, end)
    found = 0
    for first, last in _sentences(text, start, min(end, start + SECTION)):
        passage = _passage(text, item, first, last)
        if passage:
            yield passage
            found += 1
            if found == MOST_SENTENCES:
                return


def _after_heading(text: str, start: int, end: int) -> int:
    if match := _AND_ITEM.match(text, start, end):
        start = match.end()
    while match := _HEADING.match(text, start, end):
        start = match.end()
        if blank := _BLANK.match(text, start, end):
            start = blank.end()
    return start


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _END.finditer(text, start, end):
        if "\n" not in match.group() and _SHORT.search(text, max(start, match.start() - 9), match.start()):
            continue
        yield start, match.start()
        start = match.end()
    if start < end:
        yield start, end


def _passage(text: str, item: str, start: int, end: int) -> Passage | None:
    if blank := _BLANK.match(text, start, end):
        start = blank.end()
    if dated := _DATED.match(text, start, end):
        start = dated.end()
    end = min(end, start + LONGEST)
    if end - start < SHORTEST or _BACKGROUND.match(text, start, end) or not _TELLS.search(text, start, end):
        return None
    return Passage(start, end, item)


def _release(text: str, start: int, stop: int) -> Iterator[Passage]:
    """The release behind the list of exhibits: its headline where an exhibit is marked, and what it announces."""
    if title := _attached(text, start, stop):
        yield title
        start = title.end
    for first, last in _sentences(text, start, min(stop, len(text))):
        if last - first >= SHORTEST and _RELEASE.search(text, first, min(last, first + LONGEST)):
            passage = _passage(text, "", first, last)
            if passage:
                yield passage
            return


def _attached(text: str, start: int, stop: int) -> Passage | None:
    """The headline of the first exhibit 99 that the text marks as such."""
    mark = _EXHIBIT.search(text, start, stop + READ)
    at = mark.end() if mark else len(text)
    for line in re.finditer(r"[^\n]+", text[at : at + 1_500]):
        words = line.group().split()
        if 5 <= len(words) <= 45 and not _NO_HEADLINE.match(line.group().strip()):
            return Passage(at + line.start(), at + line.end(), "")
    return None
