"""The state of the market on each day, as it was known at a moment."""

from __future__ import annotations

import datetime as dt

import msgspec

from screener.store.rows import Subject, dump, iso
from screener.types import Regime

_regime = msgspec.json.Decoder(Regime)


class Regimes(Subject):
    """Reads and writes regimes; writing belongs inside ``Store.transaction``."""

    def save(self, regime: Regime) -> None:
        """Store a regime; one that was stored for the same day and moment stays."""
        self._db.execute(
            "INSERT OR IGNORE INTO regimes(day, as_of, record) VALUES (?, ?, ?)",
            (regime.day.isoformat(), iso(regime.as_of), dump(regime)),
        )

    def of_day(self, day: dt.date, as_of: dt.datetime | None = None) -> Regime | None:
        """The regime of a day as it stood at a moment; None when none was stored by then."""
        row = self._row(
            "SELECT record FROM regimes WHERE day = ? AND as_of <= ? ORDER BY as_of DESC LIMIT 1",
            (day.isoformat(), iso(as_of) if as_of else "9999"),
        )
        return None if row is None else _regime.decode(row["record"])

    def last_of_days(self, day: dt.date, known_by: dt.datetime, limit: int = 40) -> list[Regime]:
        """The last regime of each day up to one, ascending."""
        rows = self._rows(
            "SELECT record, max(as_of) FROM regimes WHERE day <= ? AND as_of <= ? GROUP BY day ORDER BY day DESC LIMIT ?",
            (day.isoformat(), iso(known_by), limit),
        )
        return [_regime.decode(r["record"]) for r in rows][::-1]

    def newest_moment(self, day: dt.date) -> str | None:
        """When a day's last regime was made, as stored; None without one."""
        row = self._row("SELECT max(as_of) AS newest FROM regimes WHERE day = ?", (day.isoformat(),))
        return None if row is None else row["newest"]
