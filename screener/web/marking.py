"""The one thing the page writes: the user's marks and saved views. Only with a password set, from the page itself, with
its token.

The guard lets a POST through to this path alone; it must come from the same origin (``Sec-Fetch-Site``, else
``Origin``), carry the token of this server's run, and be small. Nothing but a mark of a ticker or a named filter is ever stored.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qs, quote

from screener import clock
from screener.store import open_store
from screener.web.query import BadQuery, address, read_filters, read_ticker
from screener.web.show import clean
from screener.web.site import Answer, Site, finished

PATH = "/marks"
ACTIONS = ("add", "remove", "pin", "unpin", "mute", "unmute", "note")
MOST_BYTES = 8_000
NOTE_CHARS = 2_000
VIEW_ACTIONS = ("save_view", "drop_view")
VIEW_CHARS, MOST_VIEWS = 40, 60
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


def store_sent(site: Site, sent: bytes) -> Answer:
    """Check a form and store what it says; the answer leads back to its page. Raises MarkRefused and BadQuery."""
    given = parse_qs(sent.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10)
    field = {name: values[0] for name, values in given.items()}
    held = token(site)
    if not held or not hmac.compare_digest(field.get("token", "").encode(), held.encode()):
        raise MarkRefused("this form is old or not the page's own: load the page again")
    return _view(site, field) if field.get("action") in VIEW_ACTIONS else _mark(site, field)


def _mark(site: Site, field: Mapping[str, str]) -> Answer:
    action, note = field.get("action", ""), " ".join(field.get("note", "").split())
    if action not in ACTIONS or (action == "note") != bool(note):
        raise BadQuery(f"action: one of {', '.join((*ACTIONS, *VIEW_ACTIONS))}; a note needs its text")
    if len(note) > NOTE_CHARS:
        raise BadQuery(f"note: longer than {NOTE_CHARS} characters")
    ticker = read_ticker(field.get("ticker", ""))
    with open_store(site.path) as store, store.transaction():
        store.marks.add(ticker, action, note, clock.now())
    return _back("/desk" if field.get("back") == "desk" else f"/ticker/{quote(ticker)}")


def _view(site: Site, field: Mapping[str, str]) -> Answer:
    """Save a view, or forget it; the address that comes back is made anew from what was understood."""
    filters = read_filters(parse_qs(field.get("query", "").removeprefix("?"), max_num_fields=400))
    name = " ".join(clean(field.get("view", "")).split())
    if not name or len(name) > VIEW_CHARS or name.startswith(("@", "-")):
        raise BadQuery(f"view: a name of up to {VIEW_CHARS} characters, without @ or - in front")
    if name in site.settings.filters:
        raise BadQuery(f"view: [filters.{name}] of your settings has this name")
    with open_store(site.path) as store, store.transaction():
        if field["action"] == "drop_view":
            store.views.drop(name)
        else:
            held = store.views.all()
            if name not in held and len(held) >= MOST_VIEWS:
                raise BadQuery(f"view: {MOST_VIEWS} views are saved, which is all there may be; delete one")
            store.views.save(name, filters.wanted(), clock.now())
    return _back(address(filters))


def _back(to: str) -> Answer:
    return finished("", status=303, location=to)
