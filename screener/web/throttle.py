"""Guessing passwords is slow: who guesses wrong is not heard for a while, and longer each time.

A client is an address (an IPv6 one by its /64 network, which one machine has to itself). Who is not heard gets 429
without a look at the password, right or wrong: an answer would be a guess. Clients that gave the right password before
are heard whatever others do. When many clients guess at once, strangers pass one after the other, at a fixed pace.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

from screener.limits import WRONG_CLIENTS, WRONG_FREE, WRONG_MOST_SECONDS, WRONG_PER_MINUTE, WRONG_SECONDS

_MINUTE = 60.0


class _Client:
    """What is known of one client; ``free_at`` is when it is heard again."""

    __slots__ = ("free_at", "known", "wrong")

    def __init__(self) -> None:
        self.wrong, self.free_at, self.known = 0, 0.0, False


class Throttle:
    """Remembers wrong passwords by client, in bounded memory. To be used in one thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._clients: OrderedDict[str, _Client] = OrderedDict()
        self._budget, self._filled = float(WRONG_PER_MINUTE), now()

    def wait(self, address: str) -> float:
        """Seconds until a client is heard; 0 when it is now."""
        now = self._now()
        client = self._clients.get(key_of(address))
        own = max(0.0, client.free_at - now) if client is not None else 0.0
        if own or (client is not None and client.known) or self._left(now) >= 1.0:
            return own
        return (1.0 - self._budget) * _MINUTE / WRONG_PER_MINUTE

    def wrong(self, address: str) -> float:
        """Count a wrong password; returns the seconds its refusal should take."""
        now = self._now()
        client = self._client(address)
        client.wrong += 1
        self._budget = max(0.0, self._left(now) - 1.0)
        over = client.wrong - WRONG_FREE
        if over >= 0:
            client.free_at = now + min(WRONG_MOST_SECONDS, 2.0 ** min(over, 20))
        return WRONG_SECONDS * 2.0 ** min(client.wrong - 1, WRONG_FREE - 1)

    def right(self, address: str) -> None:
        """The right password: what the client got wrong before is forgotten."""
        client = self._client(address)
        client.wrong, client.free_at, client.known = 0, 0.0, True

    def _left(self, now: float) -> float:
        """How many wrong passwords of strangers may still be looked at."""
        grown = (now - self._filled) * WRONG_PER_MINUTE / _MINUTE
        self._budget, self._filled = min(float(WRONG_PER_MINUTE), self._budget + grown), now
        return self._budget

    def _client(self, address: str) -> _Client:
        key = key_of(address)
        client = self._clients.setdefault(key, _Client())
        self._clients.move_to_end(key)
        if len(self._clients) > WRONG_CLIENTS:
            # The one heard of longest ago, but one that knows the password last.
            stranger = next((k for k, c in self._clients.items() if not c.known and k != key), None)
            del self._clients[stranger if stranger is not None else next(iter(self._clients))]
        return client


def key_of(address: str) -> str:
    """What counts as one client: an IPv4 address, an IPv6 /64 network, or the text as it is."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.IPv6Network((ip, 64), strict=False))
    return str(ip)
