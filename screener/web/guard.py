"""What stands around every answer: host check, password, methods, security headers.

A page on loopback is reachable by any web site through DNS rebinding unless the Host header is checked, so on loopback
only names of loopback are answered. On any other interface a password is needed, and the browser sends it only to the
name it was given for. It sends it with the requests of other sites, too, and needs none on loopback: so what another
site asks for is refused by what browsers say of a request (``Sec-Fetch-Site``, else ``Origin``, else ``Referer``), but
for links to the page itself, as they stand in mails. The guard stands outside of Datasette, not in its ``asgi_wrapper``
hook, where other plug-ins could stand outside of it.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import ipaddress
import math
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any, NamedTuple

from screener import limits
from screener.web.throttle import Throttle

Message = MutableMapping[str, Any]
"""A scope or an event of ASGI: what stands in it goes by its type."""
Scope = Message
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'; "
    "img-src 'self' data:"
)
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=()"),
]
_NOT_LINKED = frozenset({"api", "events", "openapi"})
"""First parts of the paths that no link leads to."""
_SCRIPT = re.compile(r"<script>([^<]*+(?:<(?!/?script>)[^<]*+)*+)</script>")


def is_loopback(host: str) -> bool:
    """True for localhost and loopback addresses, with or without brackets."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def host_name(header: str) -> str:
    """The name in a Host header without its port."""
    if header.startswith("["):
        return header.partition("]")[0] + "]"
    return header.rpartition(":")[0] if ":" in header else header


def tables_policy(templates: Path) -> str:
    """The policy of Datasette's own pages: their fixed inline scripts by hash, their inline styles allowed.

    Only scripts without template marks are hashed, so nothing that comes from the data can ever run.
    """
    scripts = {"DATASETTE_ALLOW_FACET = true;"}
    for file in sorted(templates.glob("*.html")):
        scripts |= {s for s in _SCRIPT.findall(file.read_text(encoding="utf-8")) if "{{" not in s and "{%" not in s}
    hashes = " ".join(
        sorted("'sha256-" + base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() + "'" for s in scripts)
    )
    return f"{POLICY}; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'"


def first_part(path: str) -> str:
    """``data`` of ``/data/stories.json``, also of ``/data.json``."""
    return path.strip("/").partition("/")[0].partition(".")[0]


def is_foreign(headers: dict[bytes, bytes], *, linked: bool) -> bool:
    """Whether another site makes a browser ask. ``linked`` lets a person who follows a link through.

    Programs send none of these headers and are no browser that a site could use.
    """
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        if site.strip().lower() in (b"same-origin", b"none"):
            return False
        mode, into = headers.get(b"sec-fetch-mode", b""), headers.get(b"sec-fetch-dest", b"")
        return not (linked and mode.strip().lower() == b"navigate" and into.strip().lower() == b"document")
    named = headers.get(b"origin") or headers.get(b"referer")
    if named is None:
        return False
    return _text(named).partition("://")[2].partition("/")[0].lower() != _text(headers.get(b"host", b"")).lower()


def is_own(headers: dict[bytes, bytes]) -> bool:
    """Whether a browser says that the page itself asks; what says nothing of it is no browser and is not believed."""
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site.strip().lower() == b"same-origin"
    origin = headers.get(b"origin")
    if origin is None:
        return False
    return _text(origin).partition("://")[2].lower() == _text(headers.get(b"host", b"")).lower()


def _may_post(scope: Scope) -> bool:
    """The one path that takes more than GET: the endpoint of the datasette-mcp plug-in."""
    return scope.get("path") in ("/-/mcp", "/-/mcp/") and scope["method"] in ("POST", "DELETE")


def _text(value: bytes) -> str:
    return value.decode("latin-1")


def _given_password(header: bytes) -> bytes | None:
    """The password of an Authorization header; None when it gives none that can be read."""
    kind, _, given = header.strip().partition(b" ")
    if kind.lower() == b"bearer":
        return given.strip()
    if kind.lower() != b"basic":
        return None
    try:
        pair = base64.b64decode(given.strip(), validate=True)
    except binascii.Error:
        return None
    return pair.partition(b":")[2] if b":" in pair else None


class Refusal(NamedTuple):
    """An answer without a look at what was asked; it is given after ``pause`` seconds."""

    status: int
    text: str
    headers: tuple[tuple[bytes, bytes], ...] = ()
    pause: float = 0.0


_ASK = ((b"www-authenticate", b'Basic realm="screener", charset="UTF-8"'),)
_NEEDED = "A password is needed: any user name, and the password `screener serve` was started with\n"


class Guard:
    """An ASGI wrapper. ``loopback_only`` checks the Host header; ``password`` empty means none is asked for.

    ``tables`` are the first parts of the paths that Datasette serves itself, ``tables_policy`` their policy; answers
    from ``queried``, the one of the database, are made a few at a time. ``writes`` is the one path that takes a POST of
    the page itself, and only where a password is asked for.
    """

    def __init__(
        self,
        app: App,
        *,
        loopback_only: bool,
        password: str = "",
        tables: Iterable[str] = (),
        tables_policy: str = POLICY,
        queried: str = "",
        writes: str = "",
    ) -> None:
        self.app = app
        self.loopback_only = loopback_only
        self.password = password.encode()
        self.tables, self.queried, self.writes = frozenset(tables), queried, writes
        self.policy, self.tables_policy = POLICY.encode(), tables_policy.encode()
        self.throttle = Throttle()
        self._turns, self._in_line = asyncio.Semaphore(limits.TABLE_TURNS), 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what must not pass, else answer with the headers added."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        wrapped = self._adding(send, scope)
        refusal = self._refusal(scope, dict(scope.get("headers") or []))
        if refusal is not None:
            await _refuse(refusal, scope, wrapped)
        elif first_part(str(scope["path"])) == self.queried:
            await self._in_turn(scope, receive, wrapped)
        else:
            await self.app(scope, receive, wrapped)

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers from the tables are large: few are made at once, and few wait."""
        if self._in_line >= limits.TABLE_TURNS + limits.TABLE_WAITING:
            await _refuse(Refusal(503, "Too many queries wait: try again\n", ((b"retry-after", b"2"),)), scope, send)
            return
        self._in_line += 1
        try:
            async with self._turns:
                await self.app(scope, receive, send)
        finally:
            self._in_line -= 1

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes]) -> Refusal | None:
        if self.loopback_only and not is_loopback(host_name(_text(headers.get(b"host", b"")))):
            return Refusal(421, "This page answers on loopback names only: open http://127.0.0.1 or http://localhost\n")
        path = str(scope["path"])
        if not path.startswith("/") or not headers.get(b"cookie", b"").isascii():
            return Refusal(400, "This request cannot be read\n")
        linked = scope["method"] == "GET" and first_part(path) not in self.tables | _NOT_LINKED
        if is_foreign(headers, linked=linked):
            return Refusal(403, "This was asked for by another site; open the page itself\n")
        return self._unknown(scope, headers) or self._unfit(scope)

    def _unknown(self, scope: Scope, headers: dict[bytes, bytes]) -> Refusal | None:
        """The refusal of who does not give the password."""
        if not self.password:
            return None
        given = _given_password(headers.get(b"authorization", b""))
        if given is None:
            return Refusal(401, _NEEDED, _ASK)
        client = str((scope.get("client") or ("",))[0])
        wait = self.throttle.wait(client)
        if wait > 0:
            until = str(math.ceil(wait)).encode()
            return Refusal(429, "Too many wrong passwords: wait\n", ((b"retry-after", until),))
        if hmac.compare_digest(given, self.password):
            self.throttle.right(client)
            return None
        return Refusal(401, _NEEDED, _ASK, self.throttle.wrong(client))

    def _unfit(self, scope: Scope) -> Refusal | None:
        if scope["method"] in ("GET", "HEAD") or _may_post(scope):
            return None
        if self.password and scope["method"] == "POST" and scope.get("path") == self.writes:
            headers = dict(scope.get("headers") or [])
            if is_own(headers):
                return None
            return Refusal(403, "Only the page itself may send this\n")
        return Refusal(405, "This page is for reading: only GET and HEAD are answered\n", ((b"allow", b"GET, HEAD"),))

    def _adding(self, send: Send, scope: Scope) -> Send:
        path = str(scope.get("path", ""))
        theirs = first_part(path) in self.tables
        policy = self.tables_policy if theirs and not path.startswith("/-/screener/") else self.policy

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [*message.get("headers", []), *_HEADERS, (b"content-security-policy", policy)]
                message = {**message, "headers": own}
            await send(message)

        return add


async def _refuse(refusal: Refusal, scope: Scope, send: Send) -> None:
    if refusal.pause:
        await asyncio.sleep(refusal.pause)
    body = refusal.text.encode()
    size = str(len(body)).encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", size), *refusal.headers]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
