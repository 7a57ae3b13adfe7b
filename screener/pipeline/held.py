"""What could not be stored for a reason that is not the store's being away: held, and tried again for a while.

An exception nobody expects may be the item's fault or a passing one (memory, a library, the machine). So an item that
cannot be stored alone is kept here and tried again after longer and longer waits. It is let go, as a Problem, when it
has failed ``TRIES`` times and others have been stored meanwhile. As long as anything of a feed is held the feed's state
is too, so that a stop loses nothing: the next start collects it again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from screener import backoff
from screener.limits import HELD_ITEMS, UNEXPECTED_TRIES
from screener.pipeline.intake.taking import LeftOut
from screener.types import Collected, FeedState, Item, Problem

Key = tuple[str, str]
FIRST, LONGEST = 0.5, 15.0
TRIES = UNEXPECTED_TRIES


@dataclass
class _Holding:
    items: dict[Key, Item] = field(default_factory=dict)
    state: FeedState | None = None
    due: float = 0.0


@dataclass
class _Failing:
    """One item: its failed tries, when the next counts, and how many others had been stored before the first."""

    since: int
    tries: int = 0
    due: float = 0.0
    told: bool = False


class Held:
    """The held items of each feed; used by one thread at a time. ``now`` gives seconds of a clock that never jumps."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._stored = now, 0
        self._feeds: dict[str, _Holding] = {}
        self._failing: dict[Key, _Failing] = {}
        self._refused: dict[Key, None] = {}

    def settle(
        self, batch: Sequence[Collected], left: Sequence[LeftOut], stored: int
    ) -> tuple[list[Collected], list[Problem]]:
        """Hold what of a tried batch is left out, ``stored`` others being stored. Returns what of the batch may be
        noted now, and the problems to be told."""
        broken = {_key(one.item): one.problem for one in left}
        problems = [p for k, p in broken.items() if self._to_tell(k, stored)]
        self._stored += stored
        return [self._settled(c, broken) for c in batch], problems

    def due(self) -> list[Collected]:
        """What is to be tried again now; it is held no longer."""
        now = self._now()
        names = [name for name, held in self._feeds.items() if held.due <= now]
        found = [(name, self._feeds.pop(name)) for name in names]
        return [Collected(feed=name, items=tuple(h.items.values()), state=h.state) for name, h in found]

    @property
    def any(self) -> bool:
        """Whether anything is held."""
        return bool(self._feeds)

    def wait(self) -> float:
        """Seconds until something is due; infinite when nothing is held."""
        return max(0.0, min((h.due for h in self._feeds.values()), default=float("inf")) - self._now())

    def _to_tell(self, key: Key, stored: int) -> bool:
        """Count a failed try; whether its Problem has to be told now. Polls between two tries do not count."""
        if key in self._refused:
            return False
        failing = self._failing.setdefault(key, _Failing(since=self._stored))
        if failing.due <= self._now():
            failing.tries += 1
            failing.due = self._now() + backoff.delay(failing.tries, FIRST, LONGEST)
        if failing.tries < TRIES:
            return False
        tell, failing.told = not failing.told, True
        if self._stored + stored > failing.since:  # the store is well: it is the item
            self._refuse(key)
        return tell

    def _refuse(self, key: Key) -> None:
        del self._failing[key]
        self._refused[key] = None
        if len(self._refused) > HELD_ITEMS:
            del self._refused[next(iter(self._refused))]

    def _settled(self, one: Collected, broken: dict[Key, Problem]) -> Collected:
        keep: dict[Key, Item] = {}
        for item in one.items:
            key = _key(item)
            if key not in broken:
                self._failing.pop(key, None)
            elif key not in self._refused:
                keep[key] = item
        held = self._feeds.get(one.feed)
        if held is None:
            if not keep:
                return one
            held = self._feeds[one.feed] = _Holding()
        self._hold(held, keep)
        held.state = one.state or held.state
        return msgspec.structs.replace(one, state=None)

    def _hold(self, held: _Holding, items: dict[Key, Item]) -> None:
        for key, item in items.items():
            if len(held.items) < HELD_ITEMS:
                held.items[key] = item
        held.due = min(self._failing[k].due if k in self._failing else 0.0 for k in held.items)


def _key(item: Item) -> Key:
    return item.source, item.source_id
