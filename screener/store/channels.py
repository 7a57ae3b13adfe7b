"""Names for alert channels that give no secret away.

A channel's address holds tokens and passwords in its user, path, query or even host, so the store, the log and every
table know it by ``name`` and ``shown`` only. Both are made from what is public in the address; renewing a token keeps
the name, and with it what the channel is still owed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from urllib.parse import urlsplit

from msgspec import Struct

# Schemes whose host is a server's address; in the others even the host may be a token or a private topic.
_PUBLIC_HOST = {"mailto", "mailtos", "json", "jsons", "xml", "xmls", "form", "forms", "webhook+http", "webhook+https"}
_NO_SECRET = {"jsonl", "bell", "program"}
OWN_SCHEMES = frozenset({*_NO_SECRET, "webhook+http", "webhook+https"})
"""The channels of our own; every other scheme is Apprise's."""
HIDDEN = "***"


class Channel(Struct, frozen=True, kw_only=True):
    """One configured channel: ``name`` in the store, ``shown`` to people, ``url`` with its secrets only in memory."""

    name: str
    shown: str
    scheme: str
    url: str

    def __repr__(self) -> str:
        """Without the address."""
        return f"Channel({self.shown})"


def channels(urls: Iterable[str]) -> tuple[Channel, ...]:
    """The channels of some addresses, in order; addresses that look the same masked are told apart by a number."""
    found: list[Channel] = []
    seen: dict[str, int] = {}
    for url in dict.fromkeys(urls):
        scheme, shown = masked(url)
        seen[shown] = seen.get(shown, 0) + 1
        if seen[shown] > 1:
            shown = f"{shown} ({seen[shown]})"
        name = f"{scheme.replace('+', '-')}-{hashlib.sha256(shown.encode()).hexdigest()[:6]}"
        found.append(Channel(name=name, shown=shown, scheme=scheme, url=url))
    return tuple(found)


def masked(url: str) -> tuple[str, str]:
    """An address's scheme, and how it may be shown: ``webhook+https://hooks.example.com/***``."""
    scheme, colon, rest = url.partition(":")
    scheme = scheme.lower() if colon and len(scheme) <= 20 and scheme.replace("+", "").isalnum() else ""
    if scheme in _NO_SECRET:
        return scheme, f"{scheme}:{rest}"
    if scheme in _PUBLIC_HOST:
        return scheme, f"{scheme}://{_host(rest)}/{HIDDEN}"
    return scheme, f"{scheme or 'unknown'}://{HIDDEN}"


def _host(rest: str) -> str:
    # The last @ ends the user part, also when a password holds one.
    place = rest.lstrip("/").split("?", 1)[0].split("#", 1)[0]
    netloc, _, path = place.partition("/")
    if "@" not in netloc and "@" in path:
        return HIDDEN  # a password with a slash in it: what stands before is no host
    netloc = netloc.rpartition("@")[2]
    try:
        parts = urlsplit(f"//{netloc}")
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.hostname or ''}{port}"
    except ValueError:
        return HIDDEN


def scrub(text: str, urls: Iterable[str]) -> str:
    """A text without any part of the addresses that could be a secret: what libraries and servers say may repeat them."""
    for url in urls:
        for part in sorted(_parts(url), key=len, reverse=True):
            text = text.replace(part, HIDDEN)
    return text


def _parts(url: str) -> set[str]:
    from urllib.parse import unquote

    scheme, shown = masked(url)
    if scheme in _NO_SECRET:
        return set()
    rest = url.partition(":")[2].lstrip("/")
    pieces = {rest, url}
    for sep in "/?&=@:#;, ":
        pieces = {p for piece in pieces for p in (piece, *piece.split(sep))}
    pieces |= {unquote(p) for p in pieces}
    public = {
        *shown.replace("/", ":").split(":"),
        scheme,
        "http",
        "https",
        "smtp",
        "mailto",
        "localhost",
        "from",
        "mode",
    }
    return {p for p in pieces if len(p) >= 4 and p not in public and p not in shown}
