"""Daily bars, quotes and splits in the store."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from screener.store.rows import Subject, chunks, iso, marks, moment
from screener.types import Bar, BarRow, Quote

_COLUMNS = (
    "ticker, day, open, high, low, close, volume, change_pct, market_cap, float_shares, exchange, source, known_at"
)
_INSERT = (
    f"INSERT INTO bars({_COLUMNS}) VALUES ({marks(range(13))}) ON CONFLICT(day, ticker, source) DO UPDATE SET "
    "open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume, "
    "change_pct = excluded.change_pct, market_cap = excluded.market_cap, float_shares = excluded.float_shares, "
    "exchange = excluded.exchange, known_at = max(excluded.known_at, known_at) "
    "WHERE (open, high, low, close, volume, change_pct, market_cap, float_shares) IS NOT (excluded.open, excluded.high, "
    "excluded.low, excluded.close, excluded.volume, excluded.change_pct, excluded.market_cap, excluded.float_shares)"
)


class StatedRatio(NamedTuple):
    """A ratio as a company's news states it ("1-for-20"), when that was published, and the effective day (ISO, or empty)."""

    ratio: str
    published: dt.datetime
    effective: str


class Bars(Subject):
    """Reads and writes prices; writing belongs inside ``Store.transaction``."""

    def save_rows(self, rows: Iterable[BarRow]) -> int:
        """Store bars given as rows; a bar that is there already in the same words is left alone. Returns the changes."""
        before = self._db.total_changes
        self._db.executemany(_INSERT, rows)
        return self._db.total_changes - before

    def save(self, bars: Iterable[Bar]) -> int:
        """Store bars; a corrected bar replaces the old, which stays readable as of before. Returns the changes."""
        return self.save_rows(to_row(b) for b in bars)

    def history(
        self, tickers: Sequence[str], start: dt.date, end: dt.date, known_by: dt.datetime, prefer: Sequence[str] = ()
    ) -> dict[str, list[Bar]]:
        """Bars of tickers in [start, end] known at a moment, ascending by day.

        Where several sources have the same day, the first in ``prefer`` wins, then the one known last.
        """
        found: dict[str, list[Bar]] = {}
        for part in chunks(tickers):
            rows = self._select(f"ticker IN ({marks(part)}) AND ", part, start, end, known_by)
            for bar in _one_a_day(rows, prefer):
                found.setdefault(bar.ticker, []).append(bar)
        return found

    def days(
        self, start: dt.date, end: dt.date, known_by: dt.datetime, prefer: Sequence[str] = ()
    ) -> dict[str, list[Bar]]:
        """Bars of all tickers in [start, end] known at a moment, ascending by day."""
        rows = self._select("", (), start, end, known_by)
        found: dict[str, list[Bar]] = {}
        for bar in _one_a_day(rows, prefer):
            found.setdefault(bar.ticker, []).append(bar)
        return found

    def raw_days(self, start: dt.date, end: dt.date, known_by: dt.datetime) -> Iterator[BarRow]:
        """Rows of all tickers in [start, end], in no order; for bulk computations."""
        return iter(self._select("", (), start, end, known_by, ordered=False))

    def _select(
        self,
        which: str,
        keys: Sequence[str],
        start: dt.date,
        end: dt.date,
        known_by: dt.datetime,
        *,
        ordered: bool = True,
    ) -> sqlite3.Cursor:
        span = (*keys, start.isoformat(), end.isoformat(), iso(known_by))
        index = "INDEXED BY bars_ticker" if which else ""
        return self._db.execute(
            f"SELECT {_COLUMNS} FROM bars {index} WHERE {which}day >= ? AND day <= ? AND known_at <= ? "
            f"UNION ALL SELECT {_COLUMNS} FROM bars_revised WHERE {which}day >= ? AND day <= ? AND known_at <= ? "
            "AND replaced_at > ?" + (" ORDER BY ticker, day" if ordered else ""),
            (*span, *span, iso(known_by)),
        )

    def latest(self, tickers: Sequence[str]) -> dict[str, dt.date]:
        """The newest stored day of each ticker that has one."""
        found: dict[str, dt.date] = {}
        for part in chunks(tickers):
            rows = self._db.execute(
                f"SELECT ticker, max(day) FROM bars WHERE ticker IN ({marks(part)}) GROUP BY ticker", part
            )
            found.update((t, dt.date.fromisoformat(d)) for t, d in rows)
        return found

    def days_stored(self, ticker: str, after: dt.date) -> tuple[str | None, int]:
        """A ticker's newest day of bars after one, as stored, and how many there are."""
        row = self._db.execute(
            "SELECT max(day), count(*) FROM bars WHERE ticker = ? AND day > ?", (ticker, after.isoformat())
        ).fetchone()
        return row[0], row[1]

    def newest_day(self, ticker: str, until: dt.date) -> dt.date | None:
        """A ticker's newest day of bars up to one; None without any."""
        row = self._db.execute(
            "SELECT max(day) FROM bars WHERE ticker = ? AND day <= ?", (ticker, until.isoformat())
        ).fetchone()
        return row[0] and dt.date.fromisoformat(row[0])

    def last_day(self, known_by: dt.datetime) -> dt.date | None:
        """The newest day with a bar known at a moment; None when there is none."""
        row = self._db.execute(
            "SELECT day FROM bars WHERE known_at <= ? ORDER BY day DESC LIMIT 1", (iso(known_by),)
        ).fetchone()
        return None if row is None else dt.date.fromisoformat(row[0])

    def save_quotes(self, quotes: Iterable[Quote]) -> None:
        """Store quotes."""
        self._db.executemany(
            "INSERT OR IGNORE INTO quotes(ticker, as_of, source, open, high, low, close, volume, bid, ask, last, "
            "change_pct, market_cap, session) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    q.ticker,
                    iso(q.as_of),
                    q.source,
                    q.open,
                    q.high,
                    q.low,
                    q.close,
                    q.volume,
                    q.bid,
                    q.ask,
                    q.last,
                    q.change_pct,
                    q.market_cap,
                    q.session,
                )
                for q in quotes
            ),
        )

    def quotes(self, tickers: Sequence[str], since: dt.datetime, known_by: dt.datetime) -> dict[str, Quote]:
        """The newest quote of each ticker in a span."""
        return {t: held[-1] for t, held in self.trails(tickers, since, known_by).items()}

    def newest_quote(self, tickers: Sequence[str]) -> dt.datetime | None:
        """The moment of the newest quote of any of some tickers; None without any."""
        times = [
            row[0]
            for t in tickers
            if (row := self._db.execute("SELECT max(as_of) FROM quotes WHERE ticker = ?", (t,)).fetchone())[0]
        ]
        return moment(max(times)) if times else None

    def trails(self, tickers: Sequence[str], since: dt.datetime, known_by: dt.datetime) -> dict[str, list[Quote]]:
        """All quotes of each ticker in a span, oldest first."""
        found: dict[str, list[Quote]] = {}
        for part in chunks(tickers):
            rows = self._rows(
                "SELECT ticker, as_of, source, open, high, low, close, volume, bid, ask, last, change_pct, market_cap, "
                f"session FROM quotes WHERE ticker IN ({marks(part)}) AND as_of >= ? AND as_of <= ? "
                "ORDER BY ticker, as_of, source",
                (*part, iso(since), iso(known_by)),
            )
            for r in rows:
                found.setdefault(r["ticker"], []).append(_quote(r))
        return found

    def save_splits(self, rows: Iterable[tuple[str, dt.date, float, str, dt.datetime]]) -> None:
        """Store splits: (ticker, day, old shares for one new, source, known at)."""
        self._db.executemany(
            "INSERT OR IGNORE INTO splits(ticker, day, ratio, source, known_at) VALUES (?, ?, ?, ?, ?)",
            ((t, d.isoformat(), r, s, iso(k)) for t, d, r, s, k in rows),
        )

    def splits(self, tickers: Sequence[str], known_by: dt.datetime) -> dict[str, dict[dt.date, float]]:
        """Old shares for one new by effective day, by ticker, as known at a moment."""
        found: dict[str, dict[dt.date, float]] = {}
        for part in chunks(tickers):
            rows = self._db.execute(
                f"SELECT ticker, day, ratio FROM splits WHERE ticker IN ({marks(part)}) AND known_at <= ?",
                (*part, iso(known_by)),
            )
            for ticker, day, ratio in rows:
                found.setdefault(ticker, {})[dt.date.fromisoformat(day)] = ratio
        return found

    def stated_ratios(self, tickers: Sequence[str], known_by: dt.datetime) -> dict[str, list[StatedRatio]]:
        """The ratios that companies stated in their news, by ticker, oldest first, as known at a moment."""
        found: dict[str, list[StatedRatio]] = {}
        for part in chunks(tickers):
            rows = self._db.execute(
                "SELECT ticker, json_extract(facts, '$.ratio'), json_extract(facts, '$.effective_date'), published "
                f"FROM catalysts WHERE ticker IN ({marks(part)}) AND known_at <= ? AND instr(facts, '\"ratio\"') > 0 "
                "ORDER BY ticker, published",
                (*part, iso(known_by)),
            )
            for ticker, ratio, day, published in rows:
                found.setdefault(ticker, []).append(StatedRatio(str(ratio), moment(published), str(day or "")))
        return found

    def reverse_splits(self, tickers: Sequence[str], known_by: dt.datetime) -> dict[str, list[dt.date]]:
        """Days of reverse splits by ticker, ascending, as known at a moment."""
        found: dict[str, list[dt.date]] = {}
        for part in chunks(tickers):
            rows = self._db.execute(
                f"SELECT ticker, day FROM splits WHERE ticker IN ({marks(part)}) AND ratio > 1 AND known_at <= ? "
                "ORDER BY ticker, day",
                (*part, iso(known_by)),
            )
            for ticker, day in rows:
                found.setdefault(ticker, []).append(dt.date.fromisoformat(day))
        return found


def _quote(r: sqlite3.Row) -> Quote:
    return Quote(
        ticker=r["ticker"],
        as_of=moment(r["as_of"]),
        source=r["source"],
        open=r["open"],
        high=r["high"],
        low=r["low"],
        close=r["close"],
        volume=r["volume"],
        bid=r["bid"],
        ask=r["ask"],
        last=r["last"],
        change_pct=r["change_pct"],
        market_cap=r["market_cap"],
        session=r["session"],
    )


def to_row(b: Bar) -> BarRow:
    """A bar as the row that ``save_rows`` takes."""
    return (
        b.ticker,
        b.day.isoformat(),
        b.open,
        b.high,
        b.low,
        b.close,
        b.volume,
        b.change_pct,
        b.market_cap,
        b.float_shares,
        b.exchange,
        b.source,
        iso(b.known_at),
    )


def _one_a_day(rows: Iterable[BarRow], prefer: Sequence[str]) -> Iterator[Bar]:
    order = {name: n for n, name in enumerate(prefer)}
    held: Bar | None = None
    for row in rows:
        bar = _bar(row)
        if held is not None and (held.ticker, held.day) == (bar.ticker, bar.day):
            held = min(held, bar, key=lambda b: (order.get(b.source, len(order)), -b.known_at.timestamp(), b.source))
            continue
        if held is not None:
            yield held
        held = bar
    if held is not None:
        yield held


def _bar(r: BarRow) -> Bar:
    return Bar(
        ticker=r[0],
        day=dt.date.fromisoformat(r[1]),
        open=r[2],
        high=r[3],
        low=r[4],
        close=r[5],
        volume=r[6],
        change_pct=r[7],
        market_cap=r[8],
        float_shares=r[9],
        exchange=r[10],
        source=r[11],
        known_at=moment(r[12]),
    )
