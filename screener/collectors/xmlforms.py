"""EDGAR forms filed as XML: readable text of any of them, and the stakes of Schedule 13D.

EFFECT, 25-NSE, Form D, Schedule 13D and others have no prose document; their fields become lines "Percent of class: 7.9",
one blank line between groups.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from screener.language import numbers

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_FIELDS = 20_000
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_")
_SECRET = frozenset({"ccc", "filerCcc"})  # masked credentials that every such document carries


class Stake(Struct, frozen=True, kw_only=True):
    """What a Schedule 13D reports. ``percent`` and ``shares`` are the largest holder's of those who file together.

    ``event_date`` is as stated (MM/DD/YYYY); ``purpose`` is item 4's text. Numbers are None where they are not stated.
    """

    holder: str
    holders: int
    percent: float | None
    shares: float | None
    event_date: str
    purpose: str


def xml_text(text: str) -> str:
    """The fields of an XML form as lines; what is broken is read as far as it goes. Never raises."""
    root = _root(text)
    if root is None:
        return ""
    groups: dict[_Element | None, list[str]] = {}
    for number, element in enumerate(root.iter()):
        if number > MAX_FIELDS:
            break
        name, words, parent = _name(element), " ".join((element.text or "").split()), element.getparent()
        if name == "value" and parent is not None:  # <transactionShares><value>100</value></transactionShares>
            name, parent = _name(parent), parent.getparent()
        if words and name and name not in _SECRET:
            groups.setdefault(parent, []).append(f"{_label(name)}: {words}")
    return "\n\n".join("\n".join(lines) for lines in groups.values())


def read_stake(text: str) -> Stake | None:
    """The stake that a Schedule 13D's XML reports; None when it is no such document."""
    root = _root(text)
    if root is None:
        return None
    people = [e for e in root.iter() if _name(e) == "reportingPersonInfo"]
    if not people:
        return None
    read = [
        (_number(p, "percentOfClass"), _number(p, "aggregateAmountOwned"), _field(p, "reportingPersonName"))
        for p in people
    ]
    percent, shares, holder = max(read, key=lambda r: r[0] if r[0] is not None and r[0] <= 100 else -1.0)
    return Stake(
        holder=holder,
        holders=len(people),
        percent=percent if percent is not None and percent <= 100 else None,
        shares=shares,
        event_date=_field(root, "dateOfEvent")[:10],
        purpose=_field(root, "transactionPurpose"),
    )


def _root(text: str) -> _Element | None:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, recover=True, remove_comments=True
    )
    start = text.find("<?xml")
    end = text.rfind(">")
    body = text[max(start, 0) : end + 1].encode("utf-8", "replace")
    body = re.sub(rb"^<\?xml[^>]{0,200}\?>", b"", body)  # its encoding is no longer true
    try:
        return etree.fromstring(body, parser) if body.strip() else None
    except (etree.XMLSyntaxError, ValueError):
        return None


def _name(element: _Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _label(name: str) -> str:
    words = [w if w.isupper() else w.lower() for w in _CAMEL.sub(" ", name).split()]
    return " ".join(words)[:1].upper() + " ".join(words)[1:]


def _field(element: _Element, name: str) -> str:
    """The text of the first descendant of that name, its own markup undone."""
    for child in element.iter():
        if _name(child) == name:
            return " ".join("".join(t for t in child.itertext() if isinstance(t, str)).split())
    return ""


def _number(element: _Element, name: str) -> float | None:
    value = numbers.cell(_field(element, name))
    return value if value is not None and 0 <= value < 1e13 else None
