"""How fast each host may be asked, and how long it asked us to wait."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Awaitable, Callable, Mapping
from email.utils import parsedate_to_datetime

import anyio

# Requests a second; "*" is for every other host on its own. SEC: documented limit over all hosts of the domain.
PACES: Mapping[str, float] = {
    "sec.gov": 10.0,
    "api.fda.gov": 4.0,
    "clinicaltrials.gov": 0.75,
    "nasdaq.com": 2.0,
    "*": 8.0,
}
MOST_ASKED = 86_400.0
_LONGEST_HEADER = 100


class Pace:
    """Hands out one slot every ``1 / rate`` seconds, to all who share it, in the order they ask."""

    def __init__(
        self,
        rate: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self.gap = 1.0 / rate if rate > 0 else 0.0
        self._clock, self._sleep = clock, sleep
        self._free = float("-inf")

    async def slot(self) -> None:
        """Wait for the next free slot."""
        now = self._clock()
        start = max(now, self._free)
        self._free = start + self.gap
        if start > now:
            await self._sleep(start - now)

    def hold(self, seconds: float) -> None:
        """Give no slot for that long: the host asked for quiet."""
        self._free = max(self._free, self._clock() + seconds)


class Paces:
    """The pace of each host: that of the longest configured domain it belongs to, else its own at the rate of ``*``."""

    def __init__(
        self,
        rates: Mapping[str, float],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._rates, self._clock, self._sleep = dict(rates), clock, sleep
        self._open: dict[str, Pace] = {}

    def of(self, host: str) -> Pace:
        """The pace that requests to ``host`` share."""
        labels = host.lower().split(".")
        domains = (".".join(labels[i:]) for i in range(len(labels)))
        group = next((d for d in domains if d in self._rates), "")
        rate = self._rates[group] if group else self._rates.get("*", 0.0)
        key = group or host.lower()
        if key not in self._open:
            self._open[key] = Pace(rate, self._clock, self._sleep)
        return self._open[key]


def retry_after(value: str, now: dt.datetime) -> float | None:
    """The seconds a Retry-After header asks for (digits or a date), at most a day; None when it says nothing usable."""
    text = value.strip()[:_LONGEST_HEADER]
    if text.isascii() and text.isdigit():
        return min(float(text), MOST_ASKED)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return min(max(0.0, (moment - now).total_seconds()), MOST_ASKED)
