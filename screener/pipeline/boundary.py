"""Where foreign code meets the pipeline: whatever a collector, a price source, a sender or a stage throws, unexpected
or not, becomes a Problem with the exception's name and its subject, so that the rest of the batch goes on.

These two functions are the only places of the loops that catch broadly; a cancellation passes through them.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

from screener.addresses import mask
from screener.errors import RowRefused
from screener.language.letters import whole
from screener.types import Problem

T = TypeVar("T")
LONGEST = 500
"""Characters of an exception's text that are kept: some repeat the whole payload they could not read."""
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")


async def attempt(
    stage: str, subject: str, work: Callable[[], Awaitable[T]], passing: tuple[type[Exception], ...] = ()
) -> T | Problem:
    """What ``work`` gives, or the Problem of what it threw; errors of ``passing`` are raised."""
    try:
        return await work()
    except Exception as e:
        if isinstance(e, passing) and not isinstance(e, RowRefused):  # which trying again cannot mend
            raise
        return as_problem(stage, subject, e)


def attempt_now(
    stage: str, subject: str, work: Callable[[], T], passing: tuple[type[Exception], ...] = ()
) -> T | Problem:
    """As ``attempt``, for work that does not wait."""
    try:
        return work()
    except Exception as e:
        if isinstance(e, passing) and not isinstance(e, RowRefused):  # which trying again cannot mend
            raise
        return as_problem(stage, subject, e)


def as_problem(stage: str, subject: str, error: Exception) -> Problem:
    """An exception as a Problem; of a group the first that is none. Addresses in its text lose their secrets."""
    first: BaseException = error
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    name = type(first).__name__
    said = _ADDRESS.sub(lambda m: mask(m[0]), str(first)[:LONGEST])
    # half a character could be neither stored nor printed, and a problem that cannot be stored would stop every list
    subject, said = whole(subject), whole(said)
    message = f"{subject}: {name}: {said}" if said else f"{subject}: {name}"
    return Problem(stage=stage, subject=subject, message=message, kind=name)
