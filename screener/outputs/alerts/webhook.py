"""``webhook+https://...``: alerts as signed JSON over POST.

The body is ``{"key", "digest", "test", "alerts": [...]}``; an alert's layout is that of ``content.payload``. Headers:

``Idempotency-Key``
    The same at every try of the same message; it is also ``key`` in the body. Take a message once for each key.
``X-Screener-Signature``
    ``t=UNIXTIME,v1=HEX``, where HEX is the HMAC-SHA256 of the bytes ``UNIXTIME.BODY`` under ``[alerts] secret``. A
    receiver computes it over the raw body, compares in constant time, and refuses a time some minutes away. Without a
    secret the header is left out.

Any 2xx answer means taken. 429 and 503 with Retry-After are obeyed; 400, 404, 410, 413, 415 and 422 refuse this message;
everything else is tried again. Redirects are not followed: a signed body goes to the configured address only.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx2
import msgspec

from screener import __version__, clock
from screener.errors import AlertError, ConfigError
from screener.http.pace import retry_after
from screener.outputs.alerts.base import Message, Refused

SIGNATURE, KEY = "X-Screener-Signature", "Idempotency-Key"
_REFUSALS = {400, 404, 410, 413, 415, 422}
_CAPACITY = 100


def signature(secret: str, body: bytes, at: dt.datetime) -> str:
    """The value of the signature header for a body sent at a moment."""
    stamp = str(int(at.timestamp()))
    return f"t={stamp},v1={hmac.new(secret.encode(), stamp.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


class Webhook:
    """One receiver, over one connection that is kept open."""

    interval = 0.0
    capacity = _CAPACITY

    def __init__(
        self, url: str, secret: str = "", timeout: float = 10.0, now: Callable[[], dt.datetime] = clock.now
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError("a webhook wants a whole address: webhook+https://host/path")
        self._url, self._secret, self._now = url, secret, now
        self._client = httpx2.Client(
            timeout=timeout,
            trust_env=False,
            follow_redirects=False,
            headers={"user-agent": f"screener/{__version__}", "content-type": "application/json"},
        )

    def send(self, message: Message) -> None:
        """POST the message. Raises Refused or AlertError."""
        body = msgspec.json.encode(
            {
                "key": message.key,
                "digest": len(message.alerts) > 1,
                "test": message.test,
                "alerts": message.payloads,
            }
        )
        headers = {KEY: message.key}
        if self._secret:
            headers[SIGNATURE] = signature(self._secret, body, self._now())
        try:
            answer = self._client.post(self._url, content=body, headers=headers)
        except httpx2.HTTPError as e:
            raise AlertError(f"no answer ({type(e).__name__}: {e})") from e
        self._judge(answer)

    def _judge(self, answer: httpx2.Response) -> None:
        if answer.is_success:
            return
        said = f"answered {answer.status_code}"
        if answer.is_redirect:
            raise AlertError(f"{said}: redirects are not followed; configure the final address")
        if answer.status_code in _REFUSALS:
            raise Refused(said)
        wait = retry_after(answer.headers.get("retry-after", ""), self._now())
        raise AlertError(said, wait if answer.status_code in (429, 503) else None)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()
