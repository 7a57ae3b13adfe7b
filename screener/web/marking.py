"""The one thing the page writes: the user's marks. Only with a password set, from the page itself, with its token.

The guard lets a POST through to this path alone; it must come from the same origin (``Sec-Fetch-Site``, else
``Origin``), carry the token of this server's run, and be small. Nothing but a mark of a ticker is ever stored.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, quote

from screener import clock
from screener.store import open_store
from screener.web.query import BadQuery, read_ticker
from screener.web.site import Answer, Site, finished

PATH = "/marks"
ACTIONS = ("add", "remove", "pin", "unpin", "mute", "unmute", "note")
MOST_BYTES = 8_000
NOTE_CHARS = 2_000
_SECRET = secrets.token_bytes(32)
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class MarkRefused(Exception):
    """A mark that is not taken; the message says why."""


def token(site: Site) -> str:
    """What a form must send along; empty where nothing may be written."""
    if not site.password:
        return ""
    return hmac.new(_SECRET, site.password.encode(), "sha256").hexdigest()


async def body(receive: Receive) -> bytes:
    """The whole body. Raises MarkRefused when it is too large or the sender went away."""
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise MarkRefused("the request ended early")
        parts.append(message.get("body", b""))
        if sum(map(len, parts)) > MOST_BYTES:
            raise MarkRefused("the request is too large")
        more = bool(message.get("more_body"))
    return b"".join(parts)


def store_mark(site: Site, sent: bytes) -> Answer:
    """Check a form and store its mark; the answer leads back to the ticker. Raises MarkRefused and BadQuery."""
    given = parse_qs(sent.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10)
    field = {name: values[0] for name, values in given.items()}
    held = token(site)
    if not held or not hmac.compare_digest(field.get("token", "").encode(), held.encode()):
        raise MarkRefused("this form is old or not the page's own: load the page again")
    action, note = field.get("action", ""), " ".join(field.get("note", "").split())
    if action not in ACTIONS or (action == "note") != bool(note):
        raise BadQuery(f"action: one of {', '.join(ACTIONS)}; a note needs its text")
    if len(note) > NOTE_CHARS:
        raise BadQuery(f"note: longer than {NOTE_CHARS} characters")
    ticker = read_ticker(field.get("ticker", ""))
    with open_store(site.path) as store, store.transaction():
        store.marks.add(ticker, action, note, clock.now())
    back = "/desk" if field.get("back") == "desk" else f"/ticker/{quote(ticker)}"
    return finished("", status=303, location=back)
