"""What one document says of shares to come (``Entry``), and what is open at a moment (``Line``, ``Ledger``).

An entry is what ONE filing or release says of ONE thing; nothing in it comes from another document. The ledger folds
entries by date. Unknown is None everywhere: a shelf without a stated amount has ``amount_usd`` None, never 0.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal, get_args

from msgspec import Struct

from screener.types import Span

# Not the ids of catalysts, which name news: an entry of the ledger names a thing that exists.
Kind = Literal[
    "shelf",  # a universal shelf: what may be sold over three years
    "atm",  # an at-the-market programme: a sales agreement or its prospectus
    "equity_line",  # a commitment of one buyer to take shares when the company asks
    "resale",  # shares registered for their holders to sell; brings the company no offering amount
    "registered_direct",  # registered shares sold to named buyers
    "offering",  # registered shares sold to the public: underwritten, best efforts, IPO, rights
    "placement",  # unregistered shares or units sold
    "warrants",  # rights to buy shares at a strike
    "prefunded_warrants",  # rights whose price is paid but for a fraction of a cent: shares in all but name
    "inducement",  # holders are given something to exercise their warrants now
    "exercise",  # warrants exercised: fewer remain
    "convertible_note",
    "convertible_preferred",
    "split",  # reverse or forward, see ``ratio``
    "shares_outstanding",
    "authorized_shares",
    "public_float",
    "cash",
    "burn",  # cash used in operations: ``amount_usd`` over ``months``
    "effectiveness",  # a registration statement declared effective; names its file number
    "withdrawal",  # a registration statement withdrawn (RW) or its unsold shares deregistered (POS AM)
]
KINDS: tuple[Kind, ...] = get_args(Kind)

Status = Literal[
    "proposed",  # may happen: a split put to a vote, an offering proposed
    "registered",  # a statement is filed, not effective
    "amended",  # ... and amended
    "effective",
    "announced",  # agreed or signed, not closed
    "priced",
    "closed",
    "sold",  # reports what was sold under a programme
    "outstanding",  # a count of what exists on a day
    "used_up",
    "expired",
    "terminated",
    "withdrawn",
    "superseded",
    "converted",  # turned into shares, or repaid
]
STATUSES: tuple[Status, ...] = get_args(Status)
ENDED: frozenset[Status] = frozenset(
    ("used_up", "expired", "terminated", "withdrawn", "superseded", "converted")
)  # fmt: skip


class Document(Struct, frozen=True, kw_only=True):
    """One document to read: plain text with the facts of its envelope. Moments are aware UTC.

    ``form`` is the SEC form, or "PR" for a release; ``items`` are 8-K item numbers; ``file_number`` is the Securities
    Act file number of the envelope ("333-291234"), empty when the envelope has none. ``id`` is the accession number, or
    whatever is stable for a release.
    """

    id: str
    form: str
    text: str
    title: str = ""
    items: tuple[str, ...] = ()
    file_number: str = ""
    url: str = ""
    published: dt.datetime | None = None
    received: dt.datetime


class Entry(Struct, frozen=True, kw_only=True):
    """What one document says of one thing.

    Numbers are as stated, for the shares of that day: nothing is adjusted for a later split. Money is in US dollars;
    an amount in another currency stands in ``foreign_amount`` with its ISO code and leaves ``amount_usd`` None.

    ``id`` is the document's id, "#" and a number. ``amount_usd`` is what may be raised (shelf, ATM, equity line) or is
    raised gross (deals, without an option to buy more and without the exercise of warrants). ``shares`` counts ordinary
    shares; for warrants the shares they buy. ``price`` is per share or unit. ``coverage`` is warrant shares
    per share sold (1.0 is 100 %). ``strike`` and ``expires`` belong to the warrants of the entry; ``expires`` of a shelf
    is not stated but three years from its effectiveness, and is set by the fold. Days are ISO. ``variable`` is True when
    the conversion or purchase price follows the market. ``discount_pct`` is the discount to the market price that the
    terms give (5.0 is 5 %). ``limit_usd`` is what General Instruction I.B.6 lets be sold in twelve months, when stated.
    ``ratio`` is old shares per new share of a split (20.0 for 1-for-20, 0.5 for 2-for-1). ``ads_ratio`` is ordinary
    shares per ADS; with it ``shares``, ``price`` and ``strike`` count ADSs. ``security`` is a word or two on what is
    sold. ``ends`` names what the document says it ends: kinds, or file numbers of earlier statements that
    the new one replaces. ``about`` is a word that tells two alike apart (the holder, a series "Series A").
    """

    id: str
    kind: Kind
    status: Status
    form: str
    document: str
    url: str = ""
    published: dt.datetime | None = None
    received: dt.datetime
    day: str | None = None
    file_number: str = ""
    amount_usd: float | None = None
    foreign_amount: float | None = None
    currency: str = ""
    shares: float | None = None
    price: float | None = None
    coverage: float | None = None
    strike: float | None = None
    expires: str | None = None
    term_years: float | None = None
    agent: str = ""
    holder: str = ""
    principal_usd: float | None = None
    conversion_price: float | None = None
    floor_price: float | None = None
    variable: bool | None = None
    discount_pct: float | None = None
    effective: str | None = None
    matures: str | None = None
    limit_usd: float | None = None
    float_usd: float | None = None
    sold_usd: float | None = None
    sold_shares: float | None = None
    remaining_usd: float | None = None
    remaining_shares: float | None = None
    option_shares: float | None = None
    months: float | None = None
    ratio: float | None = None
    ads_ratio: float | None = None
    security: str = ""
    about: str = ""
    ends: tuple[str, ...] = ()
    evidence: tuple[Span, ...] = ()


class Line(Struct, frozen=True, kw_only=True):
    """One thing of the ledger as of a moment: the latest that is known of it, and where each piece came from.

    ``entry`` is folded from ``entries`` (oldest first): the latest stated value of each field, with shares, prices and
    strikes adjusted for the splits since. ``open`` is None when that cannot be said. ``split`` is the factor by which
    shares were divided since the last statement (1.0: none). ``remaining_usd`` and ``remaining_shares`` are what can
    still be sold, None when unknown. ``ended_by`` is the id of the entry that ended it, or "expiry".
    """

    key: str
    kind: Kind
    status: Status
    open: bool | None
    entry: Entry
    entries: tuple[str, ...]
    opened: str | None = None
    expires: str | None = None
    remaining_usd: float | None = None
    remaining_shares: float | None = None
    ended_by: str = ""
    split: float = 1.0


class Ledger(Struct, frozen=True, kw_only=True):
    """Everything known of a company at ``as_of``: what is open, what has ended, and since when documents are stored.

    ``since`` is the earliest publication among the entries used; None when there is none. ``lines`` are ordered by kind,
    then newest first. ``raises`` are the deals that brought money (offerings, placements, inducements), newest first.
    ``shares_outstanding``, ``float_usd`` and ``cash`` are the latest count of each.
    """

    as_of: dt.datetime
    since: dt.datetime | None = None
    lines: tuple[Line, ...] = ()
    raises: tuple[Line, ...] = ()
    splits: tuple[Entry, ...] = ()
    shares_outstanding: Entry | None = None
    authorized_shares: Entry | None = None
    public_float: Entry | None = None
    cash: Entry | None = None
    burn: Entry | None = None


def public_at(entry: Entry) -> dt.datetime:
    """When the document of an entry was public: its publication, or its receipt when that is unknown."""
    return entry.published or entry.received
