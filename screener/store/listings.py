"""The ticker table in the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from screener.store.rows import Subject, iso
from screener.types import Listing


class Listings(Subject):
    """Reads and replaces the ticker table."""

    def replace(self, listings: Iterable[Listing], received: dt.datetime) -> int:
        """Replace the ticker table; returns its size. Its order is kept, and of a repeated ticker the first row."""
        self._db.execute("DELETE FROM listings")
        self._db.executemany(
            "INSERT OR IGNORE INTO listings(ticker, name, exchange, cik, received, position) VALUES (?, ?, ?, ?, ?, ?)",
            ((x.ticker, x.name, x.exchange, x.cik, iso(received), n) for n, x in enumerate(listings)),
        )
        return int(self._db.execute("SELECT count(*) FROM listings").fetchone()[0])

    def all(self) -> list[Listing]:
        """The ticker table in its source's own order, which ranks a company's lines."""
        rows = self._rows("SELECT ticker, name, exchange, cik FROM listings ORDER BY position, ticker")
        return [Listing(ticker=r["ticker"], name=r["name"], exchange=r["exchange"], cik=r["cik"]) for r in rows]

    def get(self, ticker: str) -> Listing | None:
        """A ticker in the table; None when it is not there."""
        r = self._row("SELECT ticker, name, exchange, cik FROM listings WHERE ticker = ?", (ticker,))
        return None if r is None else Listing(ticker=r["ticker"], name=r["name"], exchange=r["exchange"], cik=r["cik"])
