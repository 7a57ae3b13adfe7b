"""What a run takes in goes to the dilution ledger as it comes: filings with their text, and releases that tell of shares.

A reading counts from the item's receipt, so that the ledger as of a moment is the one that was known then.
"""

from __future__ import annotations

import re

from screener.dilution.read import read_filing, read_release
from screener.dilution.records import Document, Entry
from screener.entities.resolve import Resolved
from screener.entities.tickers import TickerTable
from screener.limits import LEDGER_TEXT_CHARS
from screener.sec import forms, items8k
from screener.store.dilution import ReadDocument
from screener.types import Item

_FORMS = forms.Choice(forms.LEDGER)
_TELLS = re.compile(
    r"offering|placement|warrant|at[- ]the[- ]market|sales agreement|purchase agreement|equity line|convertible"
    r"|pre-?funded|share consolidation|(?:stock|share) split|registered direct|shelf registration",
    re.IGNORECASE,
)
RELEASE = "PR"


def reading_of(item: Item, resolved: Resolved, table: TickerTable) -> tuple[ReadDocument, tuple[Entry, ...]] | None:
    """An item read for the ledger; None for what cannot tell of shares to come, and for what names no company."""
    ticker = resolved.tickers[0] if resolved.tickers else ""
    listing = table.by_ticker(ticker) if ticker else None
    cik = item.cik or resolved.cik or (listing.cik if listing else None)
    text = _text(item)
    if not (ticker or cik) or not may_tell(item):
        return None
    release = item.form == RELEASE
    document = Document(
        id=f"{item.source}:{item.source_id}" if release else item.source_id,
        form=item.form,
        title=item.title,
        text=text,
        items=item.items,
        url=item.url,
        published=item.published,
        received=item.received,
    )
    entries = read_release(document) if release else read_filing(document)
    if release and not entries:
        return None  # of filings it is kept that they were read, of news not
    read = ReadDocument(
        id=document.id, known=item.received, cik=cik, ticker=ticker, form=item.form, url=item.url,
        published=item.published,
    )  # fmt: skip
    return read, entries


def may_tell(item: Item) -> bool:
    """Whether an item has words that can tell of shares to come; answered without reading it."""
    text = _text(item)
    if not text:
        return False
    if item.form == RELEASE:
        return bool(_TELLS.search(item.title) or _TELLS.search(text))
    if forms.of_family(item.form, "current_report"):
        return not item.items or any(i in items8k.LEDGER for i in item.items)
    return item.form in _FORMS


def _text(item: Item) -> str:
    return (item.body or item.summary)[:LEDGER_TEXT_CHARS]
