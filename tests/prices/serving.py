"""A real HTTP server on loopback with scripted answers, for the contract tests of the price sources."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import anyio

from screener.http import Fetcher
from screener.prices.base import PriceRequest, Prices, PriceSource


@dataclass
class Service:
    """Answers by path; ``default`` for the rest. ``seen`` are the requests: path with query, and headers."""

    base_url: str = ""
    answers: dict[str, tuple[int, bytes, str]] = field(default_factory=dict)
    default: tuple[int, bytes, str] = (404, b"not found", "text/plain")
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def says(self, path: str, body: Any, status: int = 200, kind: str = "application/json") -> None:
        """Answer ``path`` with a JSON value, text or bytes; ``*`` means every path."""
        raw = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        if path == "*":
            self.default = (status, raw, kind)
        else:
            self.answers[path] = (status, raw, kind)


@contextmanager
def serving() -> Iterator[Service]:
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            status, body, kind = service.answers.get(urlsplit(self.path).path, service.default)
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    service.base_url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ask(source: PriceSource, service: Service, **parts: Any) -> Prices:
    """Ask a source through the real fetcher, once and without pace."""

    async def go() -> Prices:
        host = service.base_url.removeprefix("http://")
        async with Fetcher(attempts=1, paces={"127.0.0.1": 0}, allowed_hosts=[host]) as fetcher:
            return await source.daily(PriceRequest(base_url=service.base_url, fetcher=fetcher, **parts))

    return anyio.run(go)
