"""Sector and industry of tickers in the store: the newest word of each ticker."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from screener.store.rows import Subject, chunks, iso, marks
from screener.types import Sector


class Sectors(Subject):
    """Reads and keeps sectors."""

    def save(self, sectors: Iterable[Sector], source: str, received: dt.datetime) -> int:
        """Keep these over what was known of the same tickers; returns how many tickers have a sector now."""
        self._db.executemany(
            "INSERT INTO sectors(ticker, sector, industry, source, received) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT(ticker) DO UPDATE SET sector = excluded.sector, industry = excluded.industry,"
            " source = excluded.source, received = excluded.received"
            " WHERE sectors.sector <> excluded.sector OR sectors.industry <> excluded.industry",
            ((s.ticker, s.sector, s.industry, source, iso(received)) for s in sectors),
        )
        return int(self._db.execute("SELECT count(*) FROM sectors").fetchone()[0])

    def all(self) -> dict[str, str]:
        """The sector of every ticker that has one."""
        return {r["ticker"]: r["sector"] for r in self._rows("SELECT ticker, sector FROM sectors")}

    def of(self, tickers: Sequence[str]) -> dict[str, str]:
        """The sectors of these tickers, of those that have one."""
        found: dict[str, str] = {}
        for part in chunks(dict.fromkeys(tickers)):
            rows = self._rows(f"SELECT ticker, sector FROM sectors WHERE ticker IN ({marks(part)})", part)
            found |= {r["ticker"]: r["sector"] for r in rows if r["sector"]}
        return found
