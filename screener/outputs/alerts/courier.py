"""Carries what a channel is owed from the outbox to the channel, at least once, under a stable key.

One courier a channel, so that a slow or failing one never holds up another. A failed try holds the whole channel for a
while (doubling up to five minutes, with jitter, or as long as the receiver asks) and puts what was never tried in front,
so that one bad message does not block the rest; the first success makes everything that failed due at once. After
``max_attempts`` tries, three when the receiver refuses the message itself, a delivery is dead until it is revived.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from screener import backoff, clock, limits
from screener.config import Alerts, Settings
from screener.errors import AlertError
from screener.outputs.alerts.base import Message, Out, Refused, hand_over
from screener.outputs.alerts.open import Opener, open_channel
from screener.store import Store, open_store
from screener.store.channels import Channel, channels, scrub
from screener.store.outbox import Batch

BACKOFF, MOST = 2.0, 300.0
REFUSED_TRIES = 3
JITTER = 0.2
_LOOK = 500


class Courier:
    """Delivers to one channel; ``step`` is called again and again, by one thread at a time."""

    def __init__(
        self,
        store: Store,
        channel: Channel,
        wanted: Alerts,
        opener: Opener = open_channel,
        now: Callable[[], dt.datetime] = clock.now,
        spread: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self.channel = channel
        self.sent = self.failed = 0
        self.last_error = ""
        self._store, self._wanted, self._opener, self._now, self._spread = store, wanted, opener, now, spread
        self._out: Out | None = None
        self._taken: tuple[Batch, dt.datetime] | None = None

    def step(self) -> float | None:
        """Send what is due in one message. Returns the seconds until the next may go; None when nothing is owed.

        Raises StoreError when the outbox cannot be written; a message that was taken then is marked at the next step,
        not sent again.
        """
        self._mark_taken()
        box, now = self._store.outbox, self._now()
        due = box.next_due(self.channel.name)
        if due is None:
            return None
        wait = max(self._free_at(), due) - now
        if wait > dt.timedelta():
            return wait.total_seconds()
        self._deliver(self._choose(now))
        return 0.0

    def _free_at(self) -> dt.datetime:
        gate = self._store.outbox.gate(self.channel.name)
        free = gate.hold_until or dt.datetime.min.replace(tzinfo=dt.UTC)
        if gate.last_sent is not None:
            free = max(free, gate.last_sent + dt.timedelta(seconds=self._open().interval))
        return free

    def _open(self) -> Out:
        if self._out is None:
            self._out = self._opener(self.channel, self._wanted)
        return self._out

    def _choose(self, now: dt.datetime) -> Batch:
        """The next message: a bound digest, a new digest when much is waiting, or one alert."""
        box, name = self._store.outbox, self.channel.name
        due = box.due(name, now, _LOOK)
        first, bound, tried = due[0]
        fresh = [alert for alert, batch, attempts in due if not batch and not attempts]
        if not bound and not tried and self._open().capacity > 1 and len(fresh) > self._wanted.digest_after:
            with self._store.transaction():
                bound = box.bind(name, fresh[: self._open().capacity])
        return box.batch(name, first, bound)

    def _deliver(self, batch: Batch) -> None:
        message = Message(key=batch.key, alerts=batch.alerts, page_url=self._wanted.page_url)
        try:
            hand_over(self._open(), message)
        except AlertError as e:
            self._give_back(batch, e)
        else:
            self._taken = (batch, self._now())
            self._mark_taken()

    def _mark_taken(self) -> None:
        if self._taken is None:
            return
        batch, at = self._taken
        with self._store.transaction():
            self._store.outbox.mark_sent(batch, at)
        self._taken = None
        self.sent += len(batch.alerts)

    def _give_back(self, batch: Batch, error: AlertError) -> None:
        box, now, name = self._store.outbox, self._now(), self.channel.name
        refused = isinstance(error, Refused)
        asked = error.retry_after
        said = scrub(str(error), [self.channel.url])[:300]
        tries = batch.attempts + (asked is None)
        again = now + self._wait(tries, asked)
        most = min(REFUSED_TRIES, self._wanted.max_attempts) if refused else self._wanted.max_attempts
        with self._store.transaction():
            box.mark_failed(batch, said, again, dead=asked is None and tries >= most, counts=asked is None)
            if not refused:
                box.hold(name, now + self._wait(box.gate(name).failures + 1, asked), said, now)
        self.failed += len(batch.alerts)
        self.last_error = said

    def _wait(self, tries: int, asked: float | None) -> dt.timedelta:
        doubled = backoff.delay(tries, BACKOFF, MOST) * self._spread(1 - JITTER, 1 + JITTER)
        return dt.timedelta(seconds=max(doubled, min(asked, limits.ASKED_SECONDS) if asked else 0.0))

    def close(self) -> None:
        """Give the channel back."""
        if self._out is not None:
            self._out.close()


@contextmanager
def couriers(
    settings: Settings, path: Path, opener: Opener = open_channel, now: Callable[[], dt.datetime] = clock.now
) -> Iterator[list[Courier]]:
    """A courier for each configured channel, each with its own connection; all channels are opened and checked first."""
    with ExitStack() as stack:
        found = []
        for channel in channels(settings.alerts.urls):
            store = stack.enter_context(open_store(path))
            courier = Courier(store, channel, settings.alerts, opener, now)
            stack.callback(courier.close)
            courier._open()
            found.append(courier)
        yield found


def drain(courier: Courier, patience: float, sleep: Callable[[float], None] = time.sleep) -> float | None:
    """Step until nothing is due within ``patience`` seconds of waiting in all; returns the seconds to the next, or None."""
    left = patience
    while True:
        wait = courier.step()
        if wait is None or wait > left:
            return wait
        sleep(wait)
        left -= wait
