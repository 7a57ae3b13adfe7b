"""At least once, in order, folded, paced and given up: the courier against a scripted channel and a clock set by hand."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pytest

from screener.errors import AlertError, StoreError
from screener.outputs.alerts.base import Message, Refused
from screener.outputs.alerts.courier import Courier, drain
from screener.store import Store, open_store
from screener.store.channels import channels
from screener.store.sender_lock import only_sender
from tests.alerts.making import T0, Clock, queue, row, settings, states

SECOND = dt.timedelta(seconds=1)


class Fake:
    """A channel that fails as told: errors are raised one after the other, then everything is taken."""

    def __init__(self, *errors: AlertError | None, interval: float = 0.0, capacity: int = 1) -> None:
        self.errors, self.interval, self.capacity = list(errors), interval, capacity
        self.tries: list[Message] = []
        self.taken: list[Message] = []

    def send(self, message: Message) -> None:
        self.tries.append(message)
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error
        self.taken.append(message)

    def close(self) -> None:
        """Nothing to close."""

    @property
    def tickers(self) -> list[str]:
        return [a.row.ticker for m in self.taken for a in m.alerts]


def courier(store: Store, fake: Fake, clock: Clock, **changes: object) -> Courier:
    given = settings("jsonl:-", **changes)  # type: ignore[arg-type]
    (channel,) = channels(given.alerts.urls)
    return Courier(store, channel, given.alerts, lambda *_: fake, clock, lambda *_: 1.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_delivers_in_order_of_rank_and_is_done(store: Store, clock: Clock) -> None:
    queue(store, [row("ZAAA", rank=1), row("ZBBB", rank=2)])
    fake = Fake()
    one = courier(store, fake, clock)
    assert [one.step(), one.step(), one.step()] == [0.0, 0.0, None]
    assert fake.tickers == ["ZAAA", "ZBBB"] and states(store) == {"sent": 2}


def test_interval_lies_between_two_messages(store: Store, clock: Clock) -> None:
    queue(store, [row("ZAAA"), row("ZBBB")])
    one = courier(store, Fake(interval=2.0), clock)
    assert drain(one, 60.0, clock.sleep) is None
    assert clock.slept == [0.0, 2.0, 0.0]


def test_digest_when_more_are_waiting_than_wanted(store: Store, clock: Clock) -> None:
    queue(store, [row(f"Z{i}", rank=i) for i in range(9)])
    fake = Fake(capacity=5)
    drain(courier(store, fake, clock, digest_after=3), 60.0, clock.sleep)
    assert [len(m.alerts) for m in fake.taken] == [5, 4]
    assert len({m.key for m in fake.taken}) == 2


def test_few_alerts_go_alone(store: Store, clock: Clock) -> None:
    queue(store, [row(f"Z{i}") for i in range(3)])
    fake = Fake(capacity=5)
    drain(courier(store, fake, clock, digest_after=3), 60.0, clock.sleep)
    assert [len(m.alerts) for m in fake.taken] == [1, 1, 1]


def test_a_digest_keeps_key_and_content_over_tries_and_restarts(store: Store, clock: Clock) -> None:
    queue(store, [row(f"Z{i}", rank=i) for i in range(6)])
    fake = Fake(AlertError("down"), capacity=10)
    courier(store, fake, clock, digest_after=3).step()
    queue(store, [row("ZNEW", rank=0)], clock.at + SECOND)
    clock.at += 10 * SECOND
    drain(courier(store, fake, clock, digest_after=3), 600.0, clock.sleep)
    first, later = fake.tries[0], next(m for m in fake.taken if len(m.alerts) == 6)
    assert first.key == later.key and [a.id for a in first.alerts] == [a.id for a in later.alerts]
    assert sorted(fake.tickers) == [*(f"Z{i}" for i in range(6)), "ZNEW"]


def test_backoff_doubles_up_to_five_minutes(store: Store, clock: Clock) -> None:
    queue(store, [row()])
    one = courier(store, Fake(*[AlertError("down")] * 11), clock)
    drain(one, 1e6, clock.sleep)
    assert [round(s, 1) for s in clock.slept if s] == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert states(store) == {"sent": 1} and store.outbox.alerts()[0].attempts == 12


def test_dead_after_max_attempts_and_alive_again_when_revived(store: Store, clock: Clock) -> None:
    queue(store, [row()])
    fake = Fake(*[AlertError("down")] * 4)
    assert drain(courier(store, fake, clock, max_attempts=4), 1e6, clock.sleep) is None
    assert states(store) == {"dead": 1} and store.outbox.alerts()[0].error == "down"
    with store.transaction():
        assert store.outbox.revive(clock.at) == 1
    drain(courier(store, fake, clock, max_attempts=4), 1e6, clock.sleep)
    assert states(store) == {"sent": 1}


def test_asked_to_wait_is_obeyed_and_counts_no_try(store: Store, clock: Clock) -> None:
    queue(store, [row()])
    one = courier(store, Fake(*[AlertError("429", 90.0)] * 5), clock, max_attempts=2)
    drain(one, 1e6, clock.sleep)
    assert [s for s in clock.slept if s] == [90.0] * 5 and states(store) == {"sent": 1}


def test_a_refused_message_dies_early_and_blocks_nothing(store: Store, clock: Clock) -> None:
    queue(store, [row("ZBAD", rank=1), row("ZOK", rank=2)])

    class Picky(Fake):
        def send(self, message: Message) -> None:
            if message.alerts[0].row.ticker == "ZBAD":
                raise Refused("422")
            super().send(message)

    fake = Picky()
    drain(courier(store, fake, clock), 1e6, clock.sleep)
    assert fake.tickers == ["ZOK"] and states(store) == {"sent": 1, "dead": 1}


def test_a_message_that_always_fails_does_not_stand_before_the_rest(store: Store, clock: Clock) -> None:
    queue(store, [row(f"Z{i}", rank=i) for i in range(3)])

    class Choking(Fake):
        def send(self, message: Message) -> None:
            if message.alerts[0].row.ticker == "Z0":
                raise AlertError("chokes")
            super().send(message)

    fake = Choking()
    drain(courier(store, fake, clock, max_attempts=5), 1e6, clock.sleep)
    assert fake.tickers == ["Z1", "Z2"] and states(store) == {"sent": 2, "dead": 1}


def test_ten_minutes_down_then_everything_arrives_at_once(store: Store, clock: Clock) -> None:
    up = T0 + dt.timedelta(minutes=10)

    class Down(Fake):
        def send(self, message: Message) -> None:
            if clock.at < up:
                raise AlertError("refused")
            super().send(message)

    fake = Down(capacity=100)
    one = courier(store, fake, clock)
    for minute in range(10):
        queue(store, [row(f"Z{minute}{n}") for n in range(2)], clock.at)
        drain(one, 60.0, clock.sleep)
        clock.at = max(clock.at, T0 + dt.timedelta(minutes=minute + 1))
    drain(one, 1e6, clock.sleep)
    assert len(fake.tickers) == len(set(fake.tickers)) == 20 and states(store) == {"sent": 20}
    assert clock.at - up <= dt.timedelta(minutes=5)


def test_taken_but_not_marked_is_not_sent_again(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    queue(store, [row()])
    fake = Fake()
    one = courier(store, fake, clock)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(store.outbox, "mark_sent", full)
        with pytest.raises(StoreError):
            one.step()
    assert states(store) == {"pending": 1}
    assert one.step() is None and len(fake.taken) == 1 and states(store) == {"sent": 1}


def test_delivered_times_and_errors_are_kept(store: Store, clock: Clock) -> None:
    queue(store, [row()])
    drain(courier(store, Fake(AlertError("no answer")), clock), 60.0, clock.sleep)
    (alert,) = store.outbox.alerts()
    assert alert.times["delivered"] == alert.sent == T0 + 2 * SECOND and alert.error == ""
    (gate,) = store.outbox.gates()
    assert (gate.failures, gate.last_error, gate.last_error_at) == (0, "no answer", T0)


def test_only_one_sender_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    open_store(path).close()
    with only_sender(path) as first, only_sender(path) as second:
        assert (first, second) == (True, False)
    with only_sender(path) as third:
        assert third
