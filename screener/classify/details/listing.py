"""Facts of a listing: the rule that is not met and the exchange that says so.

``rule`` is the paragraph in its own numbering ("5550(a)(2)", "1003(a)(i)", "802.01B"); when only the subject of the
rule is named it is that subject ("minimum bid price").
"""

from __future__ import annotations

import re

from screener.classify.details.reading import Notes, Reading

RULE = re.compile(
    r"\b(?P<r>5[0-9]{3}(?:\([a-zA-Z0-9]{1,4}\)){1,4}|1003(?:\([a-z]{1,3}\)){1,3}|802\.01[A-F]|5[0-9]{3}(?=\s(?:of"
    r"|requir)))"
)
BARE_RULE = re.compile(
    r"\b(?:rules?|sections?)\s(?P<r>(?:5[0-9]{3}|1003|1009|802\.01[A-F]?)(?:\([a-zA-Z0-9]{1,4}\)){0,4})", re.I
)
SUBJECTS = (
    (
        "minimum bid price",
        r"(?:minimum|closing|\$1(?:\.00)?) (?:closing )?bid(?: price)?|bid[- ]price"
        r"|minimum (?:average )?(?:closing )?share price",
    ),
    ("stockholders' equity", r"(?:stock|share)holders[’']? equity"),
    ("market value of listed securities", r"market value of listed securities|\bMVLS\b"),
    ("market value of publicly held shares", r"market value of publicly held|\bMVPHS\b"),
    ("publicly held shares", r"publicly held shares|public float requirement"),
    (
        "periodic filing requirement",
        r"periodic (?:filing|report\w*)|timely fil\w+|late (?:form|filing)|delayed (?:form|filing)"
        r"|failure to (?:timely )?file",
    ),
    ("audit committee", r"audit committee"),
    ("annual meeting", r"annual (?:meeting|general meeting) requirement"),
    ("majority independent board", r"(?:majority )?independent (?:board|director)"),
)
_SUBJECT = re.compile(r"(?<!\w)(?:" + "|".join(f"(?P<s{i}>{body})" for i, (_, body) in enumerate(SUBJECTS)) + ")", re.I)
EXCHANGE = re.compile(
    r"\bNYSE (?:American|Arca|MKT)\b|\bNasdaq\b|\bNYSE\b|\bNew York Stock Exchange\b|\bOTC(?:QB"
    r"|QX)\b|\bCboe\b|\bTSXV?\b",
    re.I,
)
_NAMES = {"nasdaq": "Nasdaq", "nyse american": "NYSE American", "nyse": "NYSE", "new york stock exchange": "NYSE"}


def find_rule(reading: Reading, notes: Notes) -> None:
    """Put ``rule``. Rule 5810 and 5815 are procedure, and 5635 is about grants: the rule itself comes first."""
    later = None
    for pattern in (RULE, BARE_RULE):
        for hit in reading.all(pattern, 8):
            if not hit.match["r"].startswith(("5810", "5815", "5635", "5505", "1009")):
                notes.put("rule", hit.match["r"], hit.place("r"))
                return
            later = later or hit
    subject = reading.find(_SUBJECT)
    if subject and subject.match.lastgroup:
        notes.put("rule", SUBJECTS[int(subject.match.lastgroup[1:])][0], subject.place())
    elif later:
        notes.put("rule", later.match["r"], later.place("r"))


def find_exchange(reading: Reading, notes: Notes) -> None:
    """Put ``agency`` for listing matters: the exchange."""
    hit = reading.find(EXCHANGE)
    if hit:
        notes.put("agency", _NAMES.get(hit.match.group().lower(), hit.match.group()), hit.place())
