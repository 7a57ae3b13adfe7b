"""Which of a feed's filings and halts cannot be stored, when storing them together fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from screener.errors import StoreError
from screener.pipeline.boundary import attempt_now
from screener.store import Store
from screener.types import Collected, Filing, Halt, Problem


class _Undone(Exception):
    """Takes a trial back."""


def unstorable(
    store: Store, note: Callable[[Collected], int], collected: Collected
) -> Iterator[tuple[Filing | Halt, Problem]]:
    """Each filing and halt that fails alone, and why. Nothing stays stored: a feed's filings and its state belong into
    one transaction, for a filing that is known ends the paging of the next poll. Raises StoreError.
    """
    alone: list[tuple[Filing | Halt, Collected]] = [
        *((f, Collected(feed=collected.feed, filings=(f,))) for f in collected.filings),
        *((h, Collected(feed=collected.feed, halts=(h,))) for h in collected.halts),
    ]
    for piece, one in alone:
        name = piece.accession if isinstance(piece, Filing) else f"halt of {piece.ticker}"
        problem = attempt_now("save", f"{collected.feed} {name}", partial(_try, store, note, one), (StoreError,))
        if problem is not None:
            yield piece, problem


def _try(store: Store, note: Callable[[Collected], int], one: Collected) -> None:
    try:
        with store.transaction():
            note(one)
            raise _Undone
    except _Undone:
        return
