"""What an encoder is given of a document: a headline and the few sentences that tell its news.

A release is its headline, the marks of its making and the text behind the dateline; a report of events the first
sentences of its items and of the release attached; a prospectus what its cover page says is offered, and by whom.
"""

from __future__ import annotations

import re

from screener.classify import cover, marks, passages
from screener.sec import forms

LONGEST = 900  # characters given, about 200 word pieces
TITLE, SENTENCE = 300, 280
_LINK = re.compile(r"!?\[([^\[\]\n]{0,200})\]\([^()\s]{0,600}\)|https?://\S+|<[^<>\n]{1,300}>")
_RULER = re.compile(r"[-=_*#~]{3,}|\*\*")
_WIRE = (
    r"(?:globe ?newswire|pr ?newswire|business ?wire|access ?(?:news)?wire|newmediawire|newsfile(?: corp\.?)?|media ?wire"
    r"|thenewswire|einpresswire|cnw|newsdirect|news direct)"
)
_DATELINE = re.compile(
    rf"\A[\s\S]{{0,240}}?\b{_WIRE}\b[^\n]{{0,60}}?(?:--|[–—/-]|\))\s{{0,3}}"
    r"(?:[a-z]{3,9}\.? \d{1,2}, \d{4}\s{0,2}(?:--|[–—/-])+)?",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"\s+")


def focus(title: str, headline: str, text: str, form: str, items: tuple[str, ...]) -> str:
    """The words for the encoder; ``headline`` is empty when the title only names a form."""
    if form == "PR":
        return release(title, text)
    told = f"{form} {' '.join(items if forms.of_family(form, 'current_report') else ())}. {headline[:TITLE]}".strip()
    return f"{told} {_filing(text, form)}"[:LONGEST]


def release(title: str, text: str) -> str:
    """A release: marks, headline, and what follows the dateline."""
    said = ", ".join(marks.marks(text)) if text else ""
    head = f"{said}: {title[:TITLE]}" if said else title[:TITLE]
    body = lead(title, text)
    return f"{head}. {body}"[:LONGEST] if body else head


def lead(title: str, text: str) -> str:
    """The beginning of a text without the repeated headline, links, rulers and dateline."""
    start = _RULER.sub(" ", _LINK.sub(r"\1", text[:4_000]))
    start = _BLANKS.sub(" ", start).strip()
    plain = _BLANKS.sub(" ", title).strip()
    while plain and start.lower().startswith(plain.lower()):
        start = start[len(plain) :].lstrip(" .:-–—")
    for _ in range(3):  # a wire's name stands above its dateline, too
        if dateline := _DATELINE.match(start):
            start = start[dateline.end() :]
    return start[:LONGEST].strip(" -–—:/)")


def _filing(text: str, form: str) -> str:
    if cover.is_prospectus(form):
        found = cover.read(text)
        kind = f"{found.kind} of {found.security}. " if found else ""
        return kind + _BLANKS.sub(" ", cover.offer(text))
    groups = passages.news(text)
    told = [text[p.start : min(p.end, p.start + SENTENCE)] for group in groups for p in group]
    if groups and groups[-1][0].item == "":
        told.insert(0, told.pop())  # the headline of the release attached says best what the report reports
    said = " ".join([*told, passages.votes(text)])
    return _BLANKS.sub(" ", said.strip() or lead("", text))
