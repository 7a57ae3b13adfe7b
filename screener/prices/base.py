"""What every price source is: one module per source, found by the registry through its ``PLUGIN``.

A source states its delay, coverage and licence as plain text, so that a row can say where a number came from. It
answers with what it has; what it could not give becomes problems, and ``screener.prices.failover`` asks the next one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, runtime_checkable

from screener import clock
from screener.errors import PriceError
from screener.fetching import Getter
from screener.types import Bar, Problem, Quote, Sector

STAGE = "price"
LIVE = dt.timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRequest:
    """What is asked of a source.

    ``tickers`` empty means all it has; ``start`` and ``end`` are session days, both included; ``as_of`` is the moment
    of the run. ``base_url`` replaces the source's own address; ``key`` and ``secret`` come from the settings and are
    only ever sent as headers. ``options`` are the source's own (``path`` for files, ``interval``: ``1m`` ...);
    ``now`` tells a live run from a replay.
    """

    tickers: tuple[str, ...] = ()
    start: dt.date
    end: dt.date
    as_of: dt.datetime
    base_url: str = ""
    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    fetcher: Getter | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    now: Callable[[], dt.datetime] = clock.now

    @property
    def replay(self) -> bool:
        """True when ``as_of`` lies more than 15 minutes back: what a live service says now was not known then."""
        return self.now() - self.as_of > LIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """A source's answer.

    ``bars`` are daily and as traded; ``quotes`` are snapshots of the session so far (``last`` is set, ``volume`` is the
    session's); ``minutes`` are minute bars (``as_of`` is the minute's end, ``last`` is None, ``volume`` the minute's);
    ``splits`` are days with old shares for one new share by ticker; ``sectors`` what the source says companies do.
    """

    source: str
    bars: tuple[Bar, ...] = ()
    quotes: tuple[Quote, ...] = ()
    minutes: tuple[Quote, ...] = ()
    problems: tuple[Problem, ...] = ()
    splits: Mapping[str, Mapping[dt.date, float]] = field(default_factory=dict)
    sectors: tuple[Sector, ...] = ()

    def tickers(self) -> frozenset[str]:
        """The tickers that got at least one bar, quote or minute."""
        return frozenset(b.ticker for b in self.bars) | frozenset(q.ticker for q in (*self.quotes, *self.minutes))


@runtime_checkable
class PriceSource(Protocol):
    """One source of prices. ``name`` is what ``[prices] source`` and ``[prices.NAME]`` use."""

    name: str
    delay: str
    coverage: str
    licence: str
    needs_key: bool

    async def daily(self, request: PriceRequest) -> Prices:
        """Daily bars (and quotes where the source has them) for the request.

        Raises PriceError when the source can give nothing at all (no key, rate limit, an answer that is not what it
        documents); single bad tickers or rows become problems.
        """
        ...


def problem(source: str, subject: str, message: str, kind: str) -> Problem:
    """A Problem of the price stage; ``subject`` is a ticker, a file:line or the source itself."""
    return Problem(stage=STAGE, subject=subject or source, message=f"{source}: {message}", kind=kind)


def fetcher_of(request: PriceRequest, source: str) -> Getter:
    """The request's fetcher. Raises PriceError when it has none."""
    if request.fetcher is None:
        raise PriceError(f"{source}: needs the network, and this run has none; use --prices FILE instead")
    return request.fetcher


def key_of(request: PriceRequest, source: str) -> str:
    """The request's key. Raises PriceError naming the setting when it is missing."""
    if not request.key:
        raise PriceError(f"{source}: needs a key: set [prices.{source}] key or SCREENER_PRICES__{source.upper()}__KEY")
    return request.key


def missing(request: PriceRequest, latest: Mapping[str, dt.date], done: dt.date) -> PriceRequest | None:
    """The part of a request that is not stored yet; None when nothing is left to fetch.

    ``latest`` is the last stored day by ticker; ``done`` the last session whose bar can be final. A request for all
    tickers is answered when any ticker has its last day, since such sources give the whole market at once.
    """
    last = min(request.end, done)
    if not request.tickers:
        newest = max(latest.values(), default=None)
        first = request.start if newest is None else max(request.start, clock.next_session(newest))
        return None if first > last else replace(request, start=first)
    left = [t for t in request.tickers if t not in latest or latest[t] < last]
    if not left:
        return None
    starts = [clock.next_session(latest[t]) if t in latest else request.start for t in left]
    return replace(request, tickers=tuple(left), start=max(request.start, min(starts)))
