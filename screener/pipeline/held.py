"""What could not be stored for a reason that is not the store's being away: held, and tried again for a while.

An exception nobody expects may be the item's fault or a passing one (memory, a library, the machine). So an item, a
filing or a halt that cannot be stored alone is kept here and tried again after longer and longer waits. It is let go, as
a Problem, when it has failed ``TRIES`` times and others have been stored meanwhile. As long as anything of a feed is held
its filings, halts and state are too, so that a stop loses nothing: the next start collects all of it again (a stored
filing or state would end its reading before).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from screener import backoff
from screener.limits import HELD_ITEMS, UNEXPECTED_TRIES
from screener.pipeline.intake.taking import LeftOut
from screener.types import Collected, FeedState, Filing, Halt, Item, Problem

Key = tuple[str, ...]
Piece = Item | Filing | Halt | FeedState
FIRST, LONGEST = 0.5, 15.0
TRIES = UNEXPECTED_TRIES
T = TypeVar("T")


@dataclass
class _Holding:
    items: dict[Key, Item] = field(default_factory=dict)
    filings: dict[Key, Filing] = field(default_factory=dict)
    halts: dict[Key, Halt] = field(default_factory=dict)
    state: FeedState | None = None
    due: float = 0.0


@dataclass
class _Failing:
    """One piece: its failed tries, when the next counts, and how many others had been stored before the first."""

    since: int
    tries: int = 0
    due: float = 0.0
    told: bool = False


class Held:
    """What is held of each feed; used by one thread at a time. ``now`` gives seconds of a clock that never jumps.

    ``left_out`` are the accessions of filings that are let go.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._stored = now, 0
        self._feeds: dict[str, _Holding] = {}
        self._failing: dict[Key, _Failing] = {}
        self._refused: dict[Key, None] = {}
        self.left_out: set[str] = set()

    def settle(
        self, batch: Sequence[Collected], left: Sequence[LeftOut], stored: int
    ) -> tuple[list[Collected], list[Problem]]:
        """Hold what of a tried batch is left out, ``stored`` others being stored. Returns what of the batch may be
        noted now, and the problems to be told."""
        broken = {key_of(one.item): one.problem for one in left}
        problems = [p for k, p in broken.items() if self._to_tell(k, stored)]
        self._stored += stored
        return [self._settled(c, broken) for c in batch], problems

    def hold(self, one: Collected, broken: Mapping[Key, Problem]) -> list[Problem]:
        """Hold what a feed has to note because some of it cannot be stored. Returns the problems to be told."""
        problems = [p for k, p in broken.items() if self._to_tell(k, 0)]
        if one.state is not None and self._refused.pop(key_of(one.state), 0) is None:
            one = msgspec.structs.replace(one, state=None)  # the next poll leaves another one
        self._hold(self._without_refused(one), {})
        return problems

    def noted(self, batch: Sequence[Collected]) -> None:
        """These were noted whole, so the store is well."""
        self._stored += bool(batch)
        if self._failing:
            for one in batch:
                state = (one.state,) if one.state else ()
                pieces: tuple[Piece, ...] = (*one.filings, *one.halts, *state)
                for piece in pieces:
                    self._failing.pop(key_of(piece), None)

    def due(self) -> list[Collected]:
        """What is to be tried again now; it is held no longer."""
        now = self._now()
        names = [name for name, held in self._feeds.items() if held.due <= now]
        return [_collected(name, self._feeds.pop(name)) for name in names]

    def accessions(self, feed: str) -> set[str]:
        """The filings of a feed that are held."""
        held = self._feeds.get(feed)
        return {f.accession for f in held.filings.values()} if held else set()

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
        if key[0] == "filing":
            self.left_out.add(key[1])
        if len(self._refused) > HELD_ITEMS:
            del self._refused[next(iter(self._refused))]

    def _settled(self, one: Collected, broken: dict[Key, Problem]) -> Collected:
        keep: dict[Key, Item] = {}
        for item in one.items:
            key = key_of(item)
            if key not in broken:
                self._failing.pop(key, None)
            elif key not in self._refused:
                keep[key] = item
        one = self._without_refused(one)
        if not keep and one.feed not in self._feeds:
            return one
        self._hold(one, keep)
        return msgspec.structs.replace(one, state=None, filings=(), halts=())

    def _without_refused(self, one: Collected) -> Collected:
        if not self._refused:
            return one
        filings = tuple(f for f in one.filings if key_of(f) not in self._refused)
        halts = tuple(h for h in one.halts if key_of(h) not in self._refused)
        return msgspec.structs.replace(one, filings=filings, halts=halts)

    def _hold(self, one: Collected, items: dict[Key, Item]) -> None:
        """Hold a feed's notes and those of its items; without room for all, its state stays where it was."""
        held = self._feeds.setdefault(one.feed, _Holding())
        whole = [
            _add(held.items, items),
            _add(held.filings, {key_of(f): f for f in one.filings}),
            _add(held.halts, {key_of(h): h for h in one.halts}),
        ]
        if all(whole):
            held.state = one.state or held.state
        notes = (*held.filings, *held.halts, *([key_of(held.state)] if held.state else []))
        due = [self._failing[k].due for k in (*held.items, *notes) if k in self._failing]
        # an item that is held and fails no longer came in by another poll
        held.due = 0.0 if not due or any(k not in self._failing for k in held.items) else min(due)


def _add(held: dict[Key, T], more: Mapping[Key, T]) -> bool:
    """Take in what there is room for; whether that was all."""
    for key, piece in more.items():
        if key in held or len(held) < HELD_ITEMS:
            held[key] = piece
    return all(key in held for key in more)


def _collected(feed: str, held: _Holding) -> Collected:
    return Collected(
        feed=feed,
        items=tuple(held.items.values()),
        filings=tuple(held.filings.values()),
        halts=tuple(held.halts.values()),
        state=held.state,
    )


def key_of(piece: Piece) -> Key:
    """What a piece is known by; a halt and the same with its resumption are two."""
    if isinstance(piece, Item):
        return "item", piece.source, piece.source_id
    if isinstance(piece, Filing):
        return "filing", piece.accession, piece.form
    if isinstance(piece, Halt):
        return "halt", piece.ticker, piece.code, str(piece.halted), str(piece.resumed)
    return "state", piece.name
