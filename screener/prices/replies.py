"""Reading what services answer: JSON that must be JSON, errors that must not carry a key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from screener.errors import FetchError, PriceError
from screener.fetching import Getter, Response
from screener.prices.base import PriceRequest

JsonObject = dict[str, Any]
"""What a service answered, decoded; nothing is known of its values."""
RATE_LIMITED = frozenset({429, 999})


async def fetch(
    getter: Getter, source: str, request: PriceRequest, url: str, headers: dict[str, str] | None = None
) -> Response:
    """GET; a failure becomes PriceError (FetchError kept as its cause) with any key taken out of the message."""
    try:
        return await getter.get(url, headers=headers)
    except FetchError as e:
        if e.status in RATE_LIMITED:
            raise RateLimited(f"{source}: rate limit reached; wait or name another source in [prices] source") from None
        if e.status in (401, 403):
            raise PriceError(f"{source}: refused with HTTP {e.status}; check [prices.{source}] key") from None
        if e.status == 404:
            raise NotThere(f"{source}: {hide(str(e), request)}") from None
        raise PriceError(f"{source}: {hide(str(e), request)}") from None


class RateLimited(PriceError):
    """The source asked us to stop for now."""


class NotThere(PriceError):
    """The source does not know what was asked (HTTP 404)."""


def json_of(response: Response, source: str) -> object:
    """The body as JSON. Raises PriceError saying what came instead."""
    body = response.body
    if not body.strip():
        raise PriceError(f"{source}: empty answer from {_plain(response.url)}; try again later")
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        what = "a web page" if body.lstrip()[:1] == b"<" else "no JSON"
        raise PriceError(f"{source}: {what} instead of data from {_plain(response.url)}; is the address right?") from e


def mapping(value: object, source: str, what: str) -> JsonObject:
    """The value as a JSON object. Raises PriceError naming what was expected."""
    if not isinstance(value, dict):
        raise PriceError(f"{source}: the answer has no {what}; the service may have changed its format")
    return value


@contextmanager
def documented(source: str) -> Iterator[None]:
    """Around the reading of an answer: what does not have the documented shape becomes PriceError."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, OSError) as e:
        message = f"{source}: the answer has not the documented shape ({type(e).__name__}: {e})"
        raise PriceError(f"{message}; the service may have changed its format") from e


def hide(text: str, request: PriceRequest) -> str:
    """The text without the request's key and secret."""
    for word in (request.key, request.secret):
        if word:
            text = text.replace(word, "***")
    return text


def _plain(url: str) -> str:
    return url.split("?")[0]
