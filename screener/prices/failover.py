"""Ask the configured sources in order: one that fails falls over to the next, and the answer says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from screener.errors import FetchError, InputError, PriceError
from screener.prices.base import PriceRequest, Prices, PriceSource, problem
from screener.prices.per_ticker import merged
from screener.prices.replies import hide
from screener.types import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """A source with the user's settings for it."""

    source: PriceSource
    base_url: str = ""
    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)


async def fetch_first(
    sources: Sequence[Configured | PriceSource], request: PriceRequest
) -> tuple[Prices, tuple[Problem, ...]]:
    """The first answer that covers the request, and what went wrong on the way.

    With tickers asked for, the next source is only asked for those still without a bar, quote or minute; ``source`` of
    the answer names all that contributed ("nasdaq, yahoo"). Raises PriceError when no source gave anything.
    """
    if not sources:
        raise PriceError("no price source: set [prices] source, or use --prices NAME or FILE")
    parts: list[Prices] = []
    problems: list[Problem] = []
    left = request
    for i, entry in enumerate(sources):
        one = entry if isinstance(entry, Configured) else Configured(source=entry)
        name = one.source.name
        asked = replace(left, **_settings(one, left))
        try:
            prices = await one.source.daily(asked)
        except (PriceError, FetchError, InputError) as e:
            then = _next(sources, i)
            said = hide(str(e), asked).removeprefix(f"{name}: ")
            problems.append(problem(name, "", f"{said}{then}", "failed"))
            continue
        problems += prices.problems
        missing = tuple(t for t in left.tickers if t not in prices.tickers())
        if prices.bars or prices.quotes or prices.minutes:
            parts.append(prices)
            if not missing:
                break
        if missing or not parts:
            what = f"nothing for {len(missing)} of {len(left.tickers)} tickers" if missing else "nothing"
            problems.append(problem(name, "", f"had {what}{_next(sources, i)}", "incomplete"))
        left = replace(left, tickers=missing)
    if not parts:
        raise PriceError("; ".join(p.message for p in problems))
    whole = merged(", ".join(p.source for p in parts), parts)
    return replace(whole, problems=tuple(problems)), tuple(problems)


def _settings(one: Configured, request: PriceRequest) -> dict[str, Any]:
    """The request's own settings stand where the source has none configured."""
    return {
        "base_url": one.base_url or request.base_url,
        "key": one.key or request.key,
        "secret": one.secret or request.secret,
        "options": {**request.options, **one.options},
    }


def _next(sources: Sequence[Configured | PriceSource], i: int) -> str:
    if i + 1 >= len(sources):
        return "; no other source is configured"
    after = sources[i + 1]
    name = after.source.name if isinstance(after, Configured) else after.name
    return f"; asking {name} instead"
