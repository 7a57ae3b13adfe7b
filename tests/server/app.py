"""The server itself: routes by path, ETag and 304, gzip when asked for. Routes are plain functions."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """One request: ``path`` without the query, ``query`` with the last value of each name, headers in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """An answer. ``etag`` switches conditional GET on; ``stream`` replaces ``body`` and may break off or never end."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/rss+xml; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    etag: bool = True
    stream: Iterable[bytes] | None = None
    length: int | None = None


Route = Callable[[Request], Reply]


class WireServer:
    """A server on a loopback port. Give it routes (exact paths, or prefixes ending in "/"), read ``log`` afterwards."""

    def __init__(self, port: int = 0) -> None:
        self.routes: dict[str, Route] = {}
        self.log: list[Request] = []
        self._lock = threading.Lock()
        self._http = _Http(("127.0.0.1", port), _Handler)
        self._http.app = self
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def host(self) -> str:
        """``127.0.0.1:PORT``, as ``allowed_hosts`` wants it."""
        return f"127.0.0.1:{self._http.server_address[1]}"

    @property
    def url(self) -> str:
        """The base address, without a slash at the end."""
        return f"http://{self.host}"

    def route(self, path: str, route: Route | bytes) -> str:
        """Serve ``path`` with a function, or with fixed bytes; returns its full address."""
        self.routes[path] = route if callable(route) else _fixed(route)
        return self.url + path

    def start(self) -> WireServer:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> WireServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def serve_forever(self) -> None:
        """Serve in this thread until interrupted."""
        self._http.serve_forever()

    def answer(self, request: Request) -> Reply:
        with self._lock:
            self.log.append(request)
        route = self.routes.get(request.path)
        if route is None:
            prefixes = [p for p in self.routes if p.endswith("/") and request.path.startswith(p)]
            if not prefixes:
                return Reply(b"not here", 404, "text/plain", etag=False)
            route = self.routes[max(prefixes, key=len)]
        return route(request)


def _fixed(body: bytes) -> Route:
    return lambda _: Reply(body)


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    app: WireServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up on purpose are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    server: _Http

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        headers = {k.lower(): v for k, v in self.headers.items()}
        length = int(headers.get("content-length", "0"))
        body = self.rfile.read(length) if length else b""
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        request = Request(self.command, parts.path, query, headers, body)
        self._send(request, self.server.app.answer(request))

    do_POST = do_GET

    def _send(self, request: Request, reply: Reply) -> None:
        headers = dict(reply.headers)
        body = reply.body
        if reply.etag and reply.status == 200:
            tag = f'"{hashlib.sha1(body).hexdigest()[:20]}"'
            headers.setdefault("ETag", tag)
            if request.headers.get("if-none-match") == headers["ETag"]:
                self.send_response(304)
                self.send_header("ETag", headers["ETag"])
                self.end_headers()
                return
        if body and "gzip" in request.headers.get("accept-encoding", "") and "Content-Encoding" not in headers:
            body = gzip.compress(body, 1)
            headers["Content-Encoding"] = "gzip"
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        for name, value in headers.items():
            self.send_header(name, value)
        if reply.stream is None:
            self.send_header("Content-Length", str(reply.length if reply.length is not None else len(body)))
        else:
            self.close_connection = True
            if reply.length is not None:
                self.send_header("Content-Length", str(reply.length))
            else:
                self.send_header("Connection", "close")
        self.end_headers()
        if reply.stream is None:
            self.wfile.write(body)
            if reply.length is not None and reply.length > len(body):
                self.close_connection = True
            return
        self.wfile.flush()
        for chunk in reply.stream:
            self.wfile.write(chunk)
            self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the tests read ``WireServer.log``."""
