"""``webhook+https://...``: alerts as signed JSON over POST.

The body is ``{"key", "digest", "test", "alerts": [...]}``; an alert's layout is that of ``content.payload``. Headers:

``Idempotency-Key``
    The same at every try of the same message; it is also ``key`` in the body. Take a message once for each key.
``X-Screener-Signature``
    ``t=UNIXTIME,v1=HEX``, where HEX is the HMAC-SHA256 of the bytes ``UNIXTIME.BODY`` under ``[alerts] secret``. A
    receiver computes it over the raw body, compares in constant time, and refuses a time some minutes away. Without a
    secret the header is left out.

Any 2xx answer means taken, whatever its body. 429 and 503 with Retry-After are obeyed, up to an hour; 400, 404, 410, 413,
415 and 422 refuse this message; everything else is tried again. Redirects are not followed: a signed body goes to the
configured address only. The head of the answer has to come within ``[alerts] timeout`` seconds in all; of its body only
the little is read that lets the connection be used again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable
from contextlib import ExitStack
from typing import NamedTuple
from urllib.parse import urlsplit

import anyio
import httpx2
from anyio.from_thread import BlockingPortal, start_blocking_portal

from screener import __version__, clock, limits
from screener.errors import AlertError, ConfigError
from screener.http.pace import retry_after
from screener.outputs.alerts.base import Message, Refused

SIGNATURE, KEY = "X-Screener-Signature", "Idempotency-Key"
_REFUSALS = {400, 404, 410, 413, 415, 422}
_CAPACITY = 100

_CONNECT_SHARE = 0.9
"""A handshake that hangs ends by itself before the exchange is cancelled, which would leave its socket open."""


class Head(NamedTuple):
    """What counts of an answer."""

    status: int
    retry_after: str


def signature(secret: str, body: bytes, at: dt.datetime) -> str:
    """The value of the signature header for a body sent at a moment."""
    stamp = str(int(at.timestamp()))
    return f"t={stamp},v1={hmac.new(secret.encode(), stamp.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


class Webhook:
    """One receiver, over one connection that is kept open. Raises ConfigError for what is no web address.

    Its event loop runs in a thread of its own: only there can a deadline end an exchange in the middle of a read.
    """

    interval = 0.0
    capacity = _CAPACITY

    def __init__(
        self, url: str, secret: str = "", timeout: float = 10.0, now: Callable[[], dt.datetime] = clock.now
    ) -> None:
        self._url = _checked(url)
        self._secret, self._timeout, self._now = secret, timeout, now
        self._open = ExitStack()
        self._portal: BlockingPortal | None = None
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(timeout, connect=_CONNECT_SHARE * timeout),
            trust_env=False,
            follow_redirects=False,
            headers={"user-agent": f"screener/{__version__}", "content-type": "application/json"},
        )

    def send(self, message: Message) -> None:
        """POST the message. Raises Refused or AlertError."""
        body = message.body()
        headers = {KEY: message.key}
        if self._secret:
            headers[SIGNATURE] = signature(self._secret, body, self._now())
        if self._portal is None:
            self._portal = self._open.enter_context(start_blocking_portal())
        try:
            head = self._portal.call(self._exchange, body, headers)
        except TimeoutError as e:
            raise AlertError(f"no answer within {self._timeout:g} s") from e
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as e:
            raise AlertError(f"no answer ({type(e).__name__}: {e})") from e
        self._judge(head)

    async def _exchange(self, body: bytes, headers: dict[str, str]) -> Head:
        with anyio.fail_after(self._timeout) as within:
            # A cookie of the receiver's would only grow; nothing of one answer goes into the next request.
            self._client.cookies.clear()
            async with self._client.stream("POST", self._url, content=body, headers=headers) as answer:
                head = Head(answer.status_code, answer.headers.get("retry-after", ""))
                within.deadline = float("inf")
                with anyio.move_on_after(limits.REPLY_DRAIN_SECONDS):
                    await _short_body(answer)
        return head

    def _judge(self, head: Head) -> None:
        if 200 <= head.status < 300:
            return
        said = f"answered {head.status}"
        if 300 <= head.status < 400:
            raise AlertError(f"{said}: redirects are not followed; configure the final address")
        if head.status in _REFUSALS:
            raise Refused(said)
        wait = retry_after(head.retry_after, self._now())
        raise AlertError(said, wait if head.status in (429, 503) else None)

    def close(self) -> None:
        """Close the connection."""
        if self._portal is not None:
            self._portal.call(self._client.aclose)
            self._portal = None
        self._open.close()


def _checked(url: str) -> httpx2.URL:
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            raise ValueError
        return httpx2.URL(url)
    except (ValueError, httpx2.InvalidURL):
        raise ConfigError("a webhook wants a whole address: webhook+https://host/path") from None


async def _short_body(answer: httpx2.Response) -> None:
    """Read a body to its end when that is near; raises nothing, because the answer is known already."""
    size = 0
    try:
        async for part in answer.aiter_raw():
            size += len(part)
            if size > limits.REPLY_DRAIN_BYTES:
                return
    except httpx2.HTTPError:
        return
