"""What is asked of the web and what it answers, for all who ask without opening connections themselves."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from msgspec import Struct


class Response(Struct, frozen=True, kw_only=True):
    """An answer with status 2xx, or 304 as ``not_modified``.

    ``url`` is where the body finally came from; ``headers`` have lower-case names; ``body`` is decompressed;
    ``received`` is the moment the last byte came (aware UTC). ``truncated`` is only ever True when ``partial`` was
    asked for: the connection ended before the body did.
    """

    url: str
    status: int
    headers: dict[str, str]
    body: bytes = b""
    received: dt.datetime
    not_modified: bool = False
    etag: str = ""
    last_modified: str = ""
    truncated: bool = False


class Getter(Protocol):
    """The part of ``screener.http.Fetcher`` that collectors and price sources use; raises ``screener.errors.FetchError``."""

    async def get(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        headers: dict[str, str] | None = None,
        params: dict[str, str] | None = None,
        json: object = None,
        retry: bool = True,
        partial: bool = False,
        trusted: bool = True,
        max_bytes: int | None = None,
    ) -> Response:
        """GET (or POST when ``json`` is given), with pace, retries and limits applied.

        ``retry=False``: a bad status is an answer, not a reason to try again. ``partial``: a body that broke off is
        better than none (``truncated``). ``trusted=False``: the address was found in content, so it must be public.
        """
        ...
