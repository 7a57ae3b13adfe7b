"""What stands around every answer: host check, password, methods, security headers.

A page on loopback is reachable by any web site through DNS rebinding unless the Host header is checked, so on loopback
only names of loopback are answered. On any other interface a password is needed, and the browser sends it only to the
name it was given for.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import ipaddress
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
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
_WRONG_SECONDS = 0.3
"""How long a wrong password waits for its refusal, so that guessing is slow."""
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.S)


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


def _may_post(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    """The one path that takes more than GET: the endpoint of the datasette-mcp plug-in, and not from other sites."""
    if scope.get("path") not in ("/-/mcp", "/-/mcp/") or scope["method"] not in ("POST", "DELETE"):
        return False
    origin = headers.get(b"origin", b"").decode("latin-1")
    return not origin or origin.partition("://")[2] == headers.get(b"host", b"").decode("latin-1")


class Guard:
    """An ASGI wrapper. ``loopback_only`` checks the Host header; ``password`` empty means none is asked for.

    ``tables`` are the first parts of the paths that Datasette serves itself, ``tables_policy`` their policy.
    """

    def __init__(
        self,
        app: App,
        *,
        loopback_only: bool,
        password: str = "",
        tables: Iterable[str] = (),
        tables_policy: str = POLICY,
    ) -> None:
        self.app = app
        self.loopback_only = loopback_only
        self.password = password.encode()
        self.tables = frozenset(tables)
        self.policy, self.tables_policy = POLICY.encode(), tables_policy.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what must not pass, else answer with the headers added."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers = dict(scope.get("headers") or [])
        refusal = self._refusal(scope, headers)
        wrapped = self._adding(send, scope)
        if refusal is None:
            await self.app(scope, receive, wrapped)
            return
        status, text, extra = refusal
        if status == 401 and b"authorization" in headers:
            await asyncio.sleep(_WRONG_SECONDS)
        body = text.encode()
        start = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), *extra]
        await wrapped({"type": "http.response.start", "status": status, "headers": start})
        await wrapped({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[int, str, list[tuple[bytes, bytes]]] | None:
        if self.loopback_only and not is_loopback(host_name(headers.get(b"host", b"").decode("latin-1"))):
            return 421, "This page answers on loopback names only: open http://127.0.0.1 or http://localhost\n", []
        if not str(scope["path"]).startswith("/") or not headers.get(b"cookie", b"").isascii():
            return 400, "This request cannot be read\n", []
        if self.password and not self._knows(headers.get(b"authorization", b"").decode("latin-1")):
            ask = [(b"www-authenticate", b'Basic realm="screener", charset="UTF-8"')]
            return 401, "A password is needed: any user name, and the password `screener serve` was started with\n", ask
        if scope["method"] not in ("GET", "HEAD") and not _may_post(scope, headers):
            return 405, "This page is for reading: only GET and HEAD are answered\n", [(b"allow", b"GET, HEAD")]
        return None

    def _knows(self, header: str) -> bool:
        kind, _, given = header.partition(" ")
        if kind.lower() == "bearer":
            return hmac.compare_digest(given.strip().encode("latin-1"), self.password)
        if kind.lower() != "basic":
            return False
        try:
            secret = base64.b64decode(given.strip(), validate=True).partition(b":")[2]
        except binascii.Error:
            return False
        return hmac.compare_digest(secret, self.password)

    def _adding(self, send: Send, scope: Scope) -> Send:
        path = str(scope.get("path", ""))
        theirs = path.strip("/").partition("/")[0].partition(".")[0] in self.tables
        policy = self.tables_policy if theirs and not path.startswith("/-/screener/") else self.policy

        async def add(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = [*message.get("headers", []), *_HEADERS, (b"content-security-policy", policy)]
                message = {**message, "headers": own}
            await send(message)

        return add
