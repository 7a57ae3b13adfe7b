"""Ask a service that answers one ticker at a time, and keep what came when it stops answering."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from screener.errors import PriceError
from screener.prices.base import Prices, problem
from screener.prices.replies import NotThere, RateLimited
from screener.types import Problem

GIVE_UP = 5


def merged(source: str, parts: Iterable[Prices], problems: Iterable[Problem] = ()) -> Prices:
    """Several answers as one."""
    found = list(parts)
    return Prices(
        source=source,
        bars=tuple(b for p in found for b in p.bars),
        quotes=tuple(q for p in found for q in p.quotes),
        minutes=tuple(q for p in found for q in p.minutes),
        problems=(*(x for p in found for x in p.problems), *problems),
        splits={t: days for p in found for t, days in p.splits.items()},
    )


async def each(source: str, subjects: Iterable[str], ask: Callable[[str], Awaitable[Prices]]) -> Prices:
    """Ask for each subject (ticker or day) in turn.

    A subject the service does not know is a problem of its own. A rate limit, or five failures in a row, end the
    asking: what came is kept and the rest is named. Raises PriceError when nothing came at all because of failures.
    """
    todo = list(subjects)
    parts: list[Prices] = []
    problems: list[Problem] = []
    failures = 0
    stop: PriceError | None = None
    for i, subject in enumerate(todo):
        try:
            parts.append(await ask(subject))
            failures = 0
        except NotThere as e:
            problems.append(problem(source, subject, _said(source, e), "not_found"))
        except RateLimited as e:
            stop = e
        except PriceError as e:
            failures += 1
            problems.append(problem(source, subject, _said(source, e), "failed"))
            stop = e if failures >= GIVE_UP else None
        if stop is not None:
            left = len(todo) - i - (0 if isinstance(stop, RateLimited) else 1)
            if not parts:
                raise stop
            message = f"{_said(source, stop)}; {len(parts)} of {len(todo)} answered, {left} not asked"
            problems.append(problem(source, "", message, "stopped"))
            break
    if failures and not parts:
        raise PriceError(problems[-1].message)
    return merged(source, parts, problems)


def _said(source: str, error: PriceError) -> str:
    return str(error).removeprefix(f"{source}: ")
