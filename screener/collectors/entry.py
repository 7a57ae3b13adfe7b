"""What every feed reader produces: entries as the feed wrote them, nothing interpreted yet."""

from __future__ import annotations

from msgspec import Struct


class ParsedEntry(Struct, kw_only=True):
    """One entry. ``title``, ``summary`` and ``content`` may hold HTML; ``categories`` are (domain, term) pairs.

    ``codes`` are a wire's own labels (``prn:industry``, ``prn:subject``); ``when`` is the date as written.
    """

    id: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    when: str = ""
    company: str = ""
    language: str = ""
    categories: list[tuple[str, str]]
    keywords: list[str]
    codes: list[str]


class ParsedFeed(Struct, kw_only=True):
    """A feed as read: ``broken`` says what is wrong with the document as a whole, empty when nothing is.

    ``wrong`` is how many single characters were taken out of it to make it readable.
    """

    title: str = ""
    description: str = ""
    entries: list[ParsedEntry]
    broken: str = ""
    version: str = ""
    wrong: int = 0


def empty_entry() -> ParsedEntry:
    """An entry to fill in."""
    return ParsedEntry(categories=[], keywords=[], codes=[])
