"""What every collector is: one module per kind of source, found by the registry through its ``PLUGIN``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import msgspec

from screener.addresses import mask_text
from screener.errors import BlockedTarget, BodyTooLarge
from screener.fetching import Getter
from screener.limits import DEFAULT, Limits
from screener.types import Collected, FeedSpec, FeedState, Problem


def nothing_known(_: Sequence[str]) -> Collection[str]:
    """The ``known`` of a store that has seen nothing."""
    return ()


@dataclass(frozen=True, slots=True)
class Context:
    """What a collector is handed for one call.

    ``now`` gives the receipt time; ``as_of`` is set in a replay: what was published later is to be left out and
    receipt is publication, marked ``replayed``. ``state`` is what the last call left behind. ``known(ids)`` returns
    those source ids (accession numbers for EDGAR) that the store already has. ``limits`` are what one answer may cost.
    """

    fetcher: Getter
    now: Callable[[], dt.datetime]
    state: FeedState
    as_of: dt.datetime | None = None
    known: Callable[[Sequence[str]], Collection[str]] = nothing_known
    options: dict[str, object] = field(default_factory=dict)
    limits: Limits = DEFAULT


@runtime_checkable
class Collector(Protocol):
    """One kind of source. ``name`` is the ``kind`` that feed files use."""

    name: str

    async def collect(self, feed: FeedSpec, context: Context) -> Collected:
        """Read the feed once.

        Never raises for what the source does: an unreachable or broken source gives a Collected with problems and a
        state whose ``failures`` grew; one bad entry becomes one Problem and the others are kept.
        """
        ...


@runtime_checkable
class FilingIndex(Protocol):
    """A collector whose items are entries of an index of filings.

    They are known by accession number, name companies by CIK (so the ticker table is needed), and the filings behind
    them are read whole afterwards.
    """

    lists_filings: bool


def failed(feed: FeedSpec, context: Context, error: Exception, kind: str = "") -> Collected:
    """The Collected of a poll that brought nothing: one Problem, and a state with one more failure.

    ``kind`` is the Problem's, by default that of the error (``error_kind``).
    """
    kind, told = kind or error_kind(error), mask_text(str(error))
    failures = context.state.failures + 1
    return Collected(
        feed=feed.name,
        problems=(Problem(stage="collect", subject=feed.name, kind=kind, message=told),),
        state=msgspec.structs.replace(context.state, last_error=told, last_error_at=context.now(), failures=failures),
    )


def error_kind(error: Exception) -> str:
    """A short stable word: ``http_404``, ``too_large``, ``blocked`` (a private address), else ``fetch``."""
    if isinstance(error, BodyTooLarge):
        return "too_large"
    if isinstance(error, BlockedTarget):
        return "blocked"
    status = getattr(error, "status", None)
    return f"http_{status}" if status else "fetch"


def success(state: FeedState, now: dt.datetime) -> FeedState:
    """The state after a poll that worked; it also takes back a feed that had put itself out of use."""
    return msgspec.structs.replace(state, last_success=now, last_error="", failures=0, disabled="")
