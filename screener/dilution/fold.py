"""Entries to the ledger as of a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from screener.dilution.records import Entry, Ledger, public_at


def ledger(entries: Iterable[Entry], as_of: dt.datetime) -> Ledger:
    """What is open at ``as_of`` (aware UTC), from the entries that were public then, in whatever order they come."""
    known = sorted((e for e in entries if public_at(e) <= as_of), key=lambda e: (public_at(e), e.id))
    return Ledger(as_of=as_of, since=public_at(known[0]) if known else None)
