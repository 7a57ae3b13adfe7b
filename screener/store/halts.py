"""Trading halts and resumptions."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable

from screener.store.rows import Subject, iso, iso_or_none, moment, moment_or_none
from screener.types import Halt

_COLUMNS = "ticker, halted, code, name, market, resumed, pause_price, received, resumed_received"


class Halts(Subject):
    """Reads and writes halts."""

    def add(self, halts: Iterable[Halt]) -> None:
        """Store halts; a known halt gains its resumption."""
        self._db.executemany(
            f"INSERT INTO halts({_COLUMNS}) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(ticker, halted, code) DO UPDATE SET "
            "resumed = excluded.resumed, resumed_received = excluded.received "
            "WHERE halts.resumed IS NULL AND excluded.resumed IS NOT NULL",
            (
                (
                    h.ticker,
                    iso(h.halted),
                    h.code,
                    h.name,
                    h.market,
                    iso_or_none(h.resumed),
                    h.pause_price,
                    iso(h.received),
                    iso(h.received) if h.resumed else None,
                )
                for h in halts
            ),
        )

    def of_ticker(self, ticker: str, since: dt.datetime, known_by: dt.datetime) -> list[Halt]:
        """A ticker's halts since a moment as known at another, newest first."""
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM halts WHERE ticker = ? AND halted >= ? AND received <= ? ORDER BY halted DESC",
            (ticker, iso(since), iso(known_by)),
        )
        return [_halt(r, iso(known_by)) for r in rows]


def _halt(r: sqlite3.Row, known_by: str) -> Halt:
    told = r["resumed_received"]
    return Halt(
        ticker=r["ticker"],
        halted=moment(r["halted"]),
        code=r["code"],
        name=r["name"],
        market=r["market"],
        resumed=moment_or_none(r["resumed"]) if told and told <= known_by else None,
        pause_price=r["pause_price"],
        received=moment(r["received"]),
    )
