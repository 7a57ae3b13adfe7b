"""What sources said, as they said it: news, filings, halts, listings; and the state of the feeds they came from."""

from __future__ import annotations

import datetime as dt
from typing import Any

from msgspec import Struct, field

FactValue = str | float | int | bool


class Exhibit(Struct, frozen=True, kw_only=True):
    """One document of a filing: ``kind`` is the SEC document type ("EX-99.1", "8-K"), ``text`` plain text."""

    kind: str
    name: str = ""
    text: str = ""


class Item(Struct, frozen=True, kw_only=True):
    """One piece of news as one source gave it.

    ``form`` is "PR" for a release, "HALT" for a trading halt, else the SEC form. ``items`` are 8-K item numbers
    ("3.01"). ``cik`` leads a filing, ``ciks`` are those of all its companies.
    ``published`` is None when the source gave no usable time. ``replayed`` marks a receipt time that was
    set to the publication time because the item was read back from a recording.
    """

    source: str
    source_id: str
    url: str = ""
    title: str
    summary: str = ""
    body: str = ""
    published: dt.datetime | None = None
    received: dt.datetime
    form: str = "PR"
    items: tuple[str, ...] = ()
    cik: int | None = None
    ciks: tuple[int, ...] = ()
    company: str = ""
    ticker_hints: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    facts: dict[str, FactValue] = field(default_factory=dict)
    replayed: bool = False


class Party(Struct, frozen=True, kw_only=True):
    """One role on a filing: ``role`` is Filer, Issuer, Reporting, Subject, Filed by ...

    ``form`` is set when an accession was filed under several forms: the one that names this role.
    """

    cik: int
    name: str
    role: str
    form: str = ""


class Filing(Struct, frozen=True, kw_only=True):
    """One accession as EDGAR listed it, all its roles joined.

    ``accepted`` is EDGAR's acceptance time; ``company`` and ``cik`` are the issuer's (subject, issuer or filer before
    reporting persons).
    """

    accession: str
    form: str
    company: str
    cik: int
    role: str
    accepted: dt.datetime
    items: tuple[str, ...] = ()
    link: str = ""
    parties: tuple[Party, ...] = ()
    received: dt.datetime
    replayed: bool = False


class Halt(Struct, frozen=True, kw_only=True):
    """A trading halt or resumption; ``code`` is the exchange's reason code (T1, T12, LUDP ...)."""

    ticker: str
    name: str = ""
    market: str = ""
    code: str
    halted: dt.datetime
    resumed: dt.datetime | None = None
    pause_price: float | None = None
    received: dt.datetime


class Listing(Struct, frozen=True, kw_only=True):
    """A ticker as SEC's table (or the demo's) names it."""

    ticker: str
    name: str
    exchange: str = ""
    cik: int | None = None


class Sector(Struct, frozen=True, kw_only=True):
    """What a securities list says a ticker's company does: "Health Care", "Biotechnology"."""

    ticker: str
    sector: str
    industry: str = ""


class FeedSpec(Struct, frozen=True, kw_only=True):
    """One configured feed, from ``rules/feeds/NAME.yml`` with the user's settings on top.

    ``kind`` names the collector that reads it; ``every`` is the cadence in seconds during the regular session;
    ``expect_title`` is a text the channel title must contain; ``options`` are the collector's own settings.
    """

    name: str
    kind: str
    url: str = ""
    title: str = ""
    enabled: bool = True
    every: float = 60.0
    expect_title: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    path: str = ""


class FeedState(Struct, frozen=True, kw_only=True):
    """What is remembered between two polls of a feed; ``seen`` holds the source ids of the last window.

    ``unfinished``: something up to ``last_item`` and after was not read; a later poll reads on from there.
    """

    name: str
    etag: str = ""
    last_modified: str = ""
    last_success: dt.datetime | None = None
    last_error: str = ""
    last_error_at: dt.datetime | None = None
    failures: int = 0
    last_item: dt.datetime | None = None
    seen: tuple[str, ...] = ()
    gaps: int = 0
    disabled: str = ""
    unfinished: bool = False


class Problem(Struct, frozen=True, kw_only=True):
    """Something that went wrong with one subject and did not stop the rest.

    ``stage`` is collect, resolve, classify, price, rank, save or alert; ``kind`` is a short stable word
    ("broken_line", "http_503", "not_a_feed").
    """

    stage: str
    subject: str
    message: str
    kind: str = ""


class Collected(Struct, frozen=True, kw_only=True):
    """What one collector call produced. ``state`` is to be stored once the items are safely stored."""

    feed: str
    items: tuple[Item, ...] = ()
    filings: tuple[Filing, ...] = ()
    halts: tuple[Halt, ...] = ()
    problems: tuple[Problem, ...] = ()
    state: FeedState | None = None
    not_modified: bool = False
