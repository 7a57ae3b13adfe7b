"""The outbox: alerts that were decided, and what each channel is still owed.

An alert enters in the transaction that stores the list it came from, with one delivery a channel. A sender reads what
is due, hands it over, and writes down what became of it; killed in between, it hands the same thing over again under
the same key. Deliveries that go out together as a digest are bound before their first try, so that every later try
carries the same alerts under the same key.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from screener.store.rows import Subject, dump, iso, marks, moment, moment_or_none, texts_of
from screener.types import Alert
from screener.types.words import ALERT_STATES

PENDING: Final = "pending"
SENT: Final = "sent"
FAILED: Final = "failed"
DEAD: Final = "dead"
MUTED: Final = "muted"
OPEN = (PENDING, FAILED)
_alert = msgspec.json.Decoder(Alert)


class AlertEvent(Struct, frozen=True, kw_only=True):
    """What a ticker's alerts belong to: the stories it is about and the pieces already told."""

    id: str
    ticker: str
    catalyst: str
    stories: tuple[str, ...]
    told: tuple[str, ...]
    opened: dt.datetime
    last_at: dt.datetime
    updates: int = 0


class Gate(Struct, frozen=True, kw_only=True):
    """A channel's state: ``hold_until`` is the moment before which nothing is handed over; None when it is free."""

    name: str
    shown: str = ""
    hold_until: dt.datetime | None = None
    last_sent: dt.datetime | None = None
    failures: int = 0
    last_error: str = ""
    last_error_at: dt.datetime | None = None


class Batch(Struct, frozen=True, kw_only=True):
    """What goes out in one message; ``key`` is the same at every try."""

    key: str
    channel: str
    alerts: tuple[Alert, ...]
    attempts: int


class Due(NamedTuple):
    """A delivery that may go now; ``batch`` is the digest it is bound to, empty when it goes alone."""

    alert_id: str
    batch: str
    attempts: int


class Outbox(Subject):
    """Reads and writes alerts, deliveries and channels; writing belongs inside ``Store.transaction``."""

    # ---- deciding ----

    def events(self, tickers: Sequence[str], since: dt.datetime) -> dict[str, list[AlertEvent]]:
        """The events of tickers that told something since a moment, newest first."""
        found: dict[str, list[AlertEvent]] = {}
        rows = self._rows(
            "SELECT id, ticker, catalyst, stories, told, opened, last_at, updates FROM alert_events "
            f"WHERE ticker IN ({marks(tickers)}) AND last_at >= ? ORDER BY last_at DESC, opened DESC, id",
            (*tickers, iso(since)),
        )
        for r in rows:
            found.setdefault(r["ticker"], []).append(_event(r))
        return found

    def save_event(self, event: AlertEvent) -> None:
        """Store an event as it stands."""
        self._db.execute(
            "INSERT OR REPLACE INTO alert_events(id, ticker, catalyst, stories, told, opened, last_at, updates) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                event.id,
                event.ticker,
                event.catalyst,
                dump(event.stories),
                dump(event.told),
                iso(event.opened),
                iso(event.last_at),
                event.updates,
            ),
        )

    def told_since(self, since: dt.datetime) -> int:
        """How many alerts were decided since a moment and not held back."""
        row = self._db.execute("SELECT count(*) FROM alerts WHERE created >= ? AND state != ?", (iso(since), MUTED))
        return int(row.fetchone()[0])

    def add(self, alert: Alert, channels: Sequence[str], not_before: dt.datetime) -> bool:
        """Store an alert and owe it to channels; False when it is stored already."""
        done = self._db.execute(
            "INSERT OR IGNORE INTO alerts(id, event, ticker, day, update_no, state, reason, created, rank, record) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                alert.id,
                alert.event,
                alert.row.ticker,
                alert.row.day.isoformat(),
                alert.update,
                alert.state,
                alert.reason,
                iso(alert.created),
                alert.row.rank,
                dump(alert),
            ),
        )
        if done.rowcount and alert.state != MUTED:
            self.owe(alert.id, channels, not_before)
        return bool(done.rowcount)

    def owe(self, alert_id: str, channels: Sequence[str], not_before: dt.datetime) -> None:
        """Owe an alert to channels; what is owed already stays as it is."""
        self._db.executemany(
            "INSERT OR IGNORE INTO deliveries(alert_id, channel, state, not_before) VALUES (?, ?, ?, ?)",
            ((alert_id, c, PENDING, iso(not_before)) for c in channels),
        )

    def owed_to_none(self, day: dt.date) -> list[str]:
        """The alerts of a day's list that were decided while no channel was configured."""
        rows = self._rows(
            "SELECT id FROM alerts WHERE day = ? AND state != ? AND NOT EXISTS "
            "(SELECT 1 FROM deliveries WHERE alert_id = alerts.id) ORDER BY created, id",
            (day.isoformat(), MUTED),
        )
        return [r["id"] for r in rows]

    # ---- sending ----

    def due(self, channel: str, now: dt.datetime, limit: int) -> list[Due]:
        """What a channel is owed and may get now, least tried first."""
        rows = self._rows(
            "SELECT d.alert_id, d.batch, d.attempts FROM deliveries d JOIN alerts a ON a.id = d.alert_id "
            "WHERE d.channel = ? AND d.state IN (?, ?) AND d.not_before <= ? "
            "ORDER BY d.attempts, a.created, a.rank, a.id LIMIT ?",
            (channel, *OPEN, iso(now), limit),
        )
        return [Due(r["alert_id"], r["batch"], r["attempts"]) for r in rows]

    def next_due(self, channel: str) -> dt.datetime | None:
        """When the next delivery of a channel is due by its own time; None when nothing is owed."""
        row = self._row(
            "SELECT min(not_before) AS next FROM deliveries WHERE channel = ? AND state IN (?, ?)", (channel, *OPEN)
        )
        return None if row is None else moment_or_none(row["next"])

    def bind(self, channel: str, alert_ids: Sequence[str]) -> str:
        """Bind deliveries that go out as one digest; returns the digest's key."""
        batch = hashlib.sha256("|".join([channel, *sorted(alert_ids)]).encode()).hexdigest()[:16]
        self._db.execute(
            f"UPDATE deliveries SET batch = ? WHERE channel = ? AND alert_id IN ({marks(alert_ids)})",
            (batch, channel, *alert_ids),
        )
        return batch

    def batch(self, channel: str, alert_id: str, batch: str = "") -> Batch:
        """One delivery, or all of a bound batch, with the alerts in order of their making."""
        where, value = ("d.batch = ?", batch) if batch else ("d.alert_id = ?", alert_id)
        rows = self._rows(
            "SELECT a.record, d.attempts FROM deliveries d JOIN alerts a ON a.id = d.alert_id "
            f"WHERE d.channel = ? AND {where} AND d.state IN (?, ?) ORDER BY a.created, a.rank, a.id",
            (channel, value, *OPEN),
        ).fetchall()
        return Batch(
            key=f"{batch or alert_id}.{channel}",
            channel=channel,
            alerts=tuple(msgspec.structs.replace(_alert.decode(r["record"]), channel=channel) for r in rows),
            attempts=max((r["attempts"] for r in rows), default=0),
        )

    def mark_sent(self, batch: Batch, at: dt.datetime) -> None:
        """The receiver took a batch: the channel is free and well, and what failed before is due now."""
        self._db.execute(
            f"UPDATE deliveries SET state = ?, sent = ?, error = '', attempts = attempts + 1 WHERE {_of(batch)}",
            (SENT, iso(at), *_ids(batch)),
        )
        self._db.execute(
            "UPDATE deliveries SET not_before = ? WHERE channel = ? AND state = ? AND not_before > ? AND EXISTS "
            "(SELECT 1 FROM alert_channels WHERE name = channel AND failures > 0)",
            (iso(at), batch.channel, FAILED, iso(at)),
        )
        self._db.execute(
            "UPDATE alert_channels SET hold_until = NULL, last_sent = ?, failures = 0 WHERE name = ?",
            (iso(at), batch.channel),
        )

    def mark_failed(self, batch: Batch, error: str, again: dt.datetime, *, dead: bool, counts: bool = True) -> None:
        """A try failed: due again at a moment, or never. ``counts`` is False when the receiver only asked to wait."""
        self._db.execute(
            f"UPDATE deliveries SET state = ?, error = ?, not_before = ?, attempts = attempts + ? WHERE {_of(batch)}",
            (DEAD if dead else FAILED, error, iso(again), int(counts), *_ids(batch)),
        )

    def revive(self, now: dt.datetime) -> int:
        """Make dead deliveries pending again and free their channels; returns how many."""
        self._db.execute("UPDATE alert_channels SET hold_until = NULL")
        done = self._db.execute(
            "UPDATE deliveries SET state = ?, attempts = 0, not_before = ? WHERE state = ?", (PENDING, iso(now), DEAD)
        )
        return done.rowcount

    # ---- channels ----

    def know(self, name: str, shown: str) -> None:
        """Make a channel known."""
        self._db.execute(
            "INSERT INTO alert_channels(name, shown) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET shown = excluded.shown",
            (name, shown),
        )

    def gate(self, name: str) -> Gate:
        """A channel's state; that of a new one when it was never used."""
        return next((g for g in self.gates() if g.name == name), Gate(name=name))

    def gates(self) -> list[Gate]:
        """All channels that were ever used, by name."""
        rows = self._rows(
            "SELECT name, shown, hold_until, last_sent, failures, last_error, last_error_at FROM alert_channels ORDER BY name"
        )
        return [
            Gate(
                name=r["name"],
                shown=r["shown"],
                hold_until=moment_or_none(r["hold_until"]),
                last_sent=moment_or_none(r["last_sent"]),
                failures=r["failures"],
                last_error=r["last_error"],
                last_error_at=moment_or_none(r["last_error_at"]),
            )
            for r in rows
        ]

    def hold(self, name: str, until: dt.datetime, error: str, at: dt.datetime) -> None:
        """Hand nothing to a channel until a moment, because of an error."""
        self._db.execute(
            "UPDATE alert_channels SET hold_until = ?, failures = failures + 1, last_error = ?, last_error_at = ? "
            "WHERE name = ?",
            (iso(until), error, iso(at), name),
        )

    # ---- reading ----

    def alerts(
        self, since: dt.datetime | None = None, ticker: str = "", state: str = "", limit: int = 100
    ) -> list[Alert]:
        """Alerts, newest first: one record a delivery, and one without a channel for what is owed to none."""
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM alerts a LEFT JOIN deliveries d ON d.alert_id = a.id "
            "WHERE a.created >= ? AND (? = '' OR a.ticker = ?) AND (? = '' OR coalesce(d.state, a.state) = ?) "
            "ORDER BY a.created DESC, a.rank, a.id, d.channel LIMIT ?",
            (iso(since) if since else "", ticker, ticker, state, state, limit),
        )
        return [_read(r) for r in rows]

    def alert(self, alert_id: str) -> list[Alert]:
        """The records of one alert, a channel each; the beginning of an id is enough. Empty when there is none."""
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM alerts a LEFT JOIN deliveries d ON d.alert_id = a.id "
            "WHERE a.id >= ? AND a.id < ? ORDER BY a.id, d.channel",
            (alert_id, alert_id + "\uffff"),
        )
        found = [_read(r) for r in rows]
        return [a for a in found if a.id == found[0].id]

    def counts(self) -> dict[str, int]:
        """How many deliveries stand in each state, and how many alerts were held back."""
        found: dict[str, int] = dict.fromkeys(ALERT_STATES, 0)
        for state, count in self._db.execute("SELECT state, count(*) FROM deliveries GROUP BY state"):
            found[state] = count
        found[MUTED] = self._db.execute("SELECT count(*) FROM alerts WHERE state = ?", (MUTED,)).fetchone()[0]
        return found


_COLUMNS = "a.record, d.channel, d.state, d.attempts, d.sent, d.error"


def _of(batch: Batch) -> str:
    return f"alert_id IN ({marks(batch.alerts)}) AND channel = ?"


def _ids(batch: Batch) -> tuple[str, ...]:
    return (*(a.id for a in batch.alerts), batch.channel)


def _event(r: sqlite3.Row) -> AlertEvent:
    return AlertEvent(
        id=r["id"],
        ticker=r["ticker"],
        catalyst=r["catalyst"],
        stories=texts_of(r["stories"]),
        told=texts_of(r["told"]),
        opened=moment(r["opened"]),
        last_at=moment(r["last_at"]),
        updates=r["updates"],
    )


def _read(r: sqlite3.Row) -> Alert:
    alert = _alert.decode(r["record"])
    if r["channel"] is None:
        return alert
    at = moment_or_none(r["sent"])
    return msgspec.structs.replace(
        alert,
        channel=r["channel"],
        state=r["state"],
        attempts=r["attempts"],
        sent=at,
        error=r["error"],
        times={**alert.times, "delivered": at} if at else alert.times,
    )
