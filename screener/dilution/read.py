"""A filing or a release to its entries."""

from __future__ import annotations

from screener.dilution.records import Document, Entry


def read_filing(document: Document) -> tuple[Entry, ...]:
    """What a filing says of shares to come, in the order of its text. Pure; never raises for what a text holds."""
    return ()


def read_release(document: Document) -> tuple[Entry, ...]:
    """What a press release says; ``document.form`` is "PR". Pure; never raises for what a text holds."""
    return ()
