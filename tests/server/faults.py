"""What goes wrong on the web, one path each under ``/fault/``; all content is invented."""

from __future__ import annotations

import gzip
import itertools
import time
import zlib
from collections.abc import Iterator

from tests.server.app import Reply, Request, WireServer

HTML = b"<!doctype html><html><head><title>Please wait</title></head><body><h1>Checking your browser</h1></body></html>"
ITEM = (
    "<item><guid>urn:x:{n}</guid><title>Zephyra Robotics wins order {n}</title><link>https://ir.example.org/{n}</link>"
    "<description>Zephyra Robotics (NASDAQ: ZPHQ) won an order.</description>"
    "<pubDate>Fri, 12 Dec 2025 13:{m:02d}:00 GMT</pubDate></item>\n"
)


def rss(items: int, title: str = "Zephyra Robotics - News", start: int = 0) -> bytes:
    """A feed with that many invented items, newest first."""
    body = "".join(ITEM.format(n=n, m=n % 60) for n in range(start + items - 1, start - 1, -1))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{body}</channel></rss>'.encode()


def _status(request: Request) -> Reply:
    code = int(request.path.rsplit("/", 1)[1])
    headers = {"Retry-After": request.query["after"]} if "after" in request.query else {}
    return Reply(b"<html><body>error</body></html>", code, "text/html", headers, etag=False)


def _drip() -> Iterator[bytes]:
    yield rss(3)[:100]
    while True:
        time.sleep(0.02)
        yield b" "


def _bomb() -> bytes:
    """About 60 kB that inflate to 60 MB, six times the limit."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b" " * 1_000_000
    return b"".join(pack.compress(block) for _ in range(60)) + pack.flush()


def add_faults(server: WireServer) -> None:
    """Register the fault routes: see the names below."""
    good = rss(20)
    for code in (400, 401, 403, 404, 410, 429, 500, 502, 503, 504):
        server.route(f"/fault/{code}", _status)
    plain: dict[str, Reply] = {
        "html": Reply(HTML, content_type="text/html; charset=utf-8"),
        "empty": Reply(b""),
        "noitems": Reply(rss(0)),
        "cut": Reply(good[: len(good) * 2 // 3]),
        "brokenoff": Reply(good[:1500], length=len(good), etag=False, headers={"Content-Encoding": "identity"}),
        "cutgzip": Reply(gzip.compress(good)[:-200], headers={"Content-Encoding": "gzip"}),
        "notgzip": Reply(good, headers={"Content-Encoding": "gzip"}),
        "brotli": Reply(good, headers={"Content-Encoding": "br"}),
        "huge": Reply(stream=itertools.repeat(b"x" * 65_536), etag=False),
        "announced": Reply(b"x", length=100_000_000, etag=False, headers={"Content-Encoding": "identity"}),
        "many": Reply(rss(10_000)),
        "wrongcharset": Reply("<rss><channel><title>Zéphyra</title><item><title>Café ouvert – 5 €</title>"
                              "<link>https://ir.example.org/c</link></item></channel></rss>".encode(),
                              content_type="application/rss+xml; charset=us-ascii"),
        "bom": Reply(b"\xef\xbb\xbf" + good),
        "badurl": Reply(status=302, headers={"Location": "http://[bad"}, etag=False),
        "file": Reply(status=302, headers={"Location": "file:///etc/hostname"}, etag=False),
        "private": Reply(status=302, headers={"Location": "http://127.0.0.2:9/secret"}, etag=False),
        "metadata": Reply(status=301, headers={"Location": "http://169.254.169.254/latest/meta-data"}, etag=False),
        "mapped": Reply(status=302, headers={"Location": "http://[::ffff:10.0.0.1]/x"}, etag=False),
        "loop": Reply(status=302, headers={"Location": "/fault/loop2"}, etag=False),
        "loop2": Reply(status=302, headers={"Location": "/fault/loop"}, etag=False),
        "moved": Reply(status=301, headers={"Location": "/fault/good"}, etag=False),
        "good": Reply(good),
    }  # fmt: skip
    for name, reply in plain.items():
        server.route(f"/fault/{name}", lambda _, reply=reply: reply)  # type: ignore[misc]
    server.route("/fault/slow", lambda _: Reply(stream=_drip(), etag=False))
    server.route("/fault/gzipbomb", lambda _: Reply(_bomb(), headers={"Content-Encoding": "gzip"}, etag=False))
    server.route("/fault/far/", _far)


def _far(request: Request) -> Reply:
    """``/fault/far/N`` redirects to N - 1, and 0 is the feed."""
    n = int(request.path.rsplit("/", 1)[1])
    if n == 0:
        return Reply(rss(2))
    return Reply(status=302, headers={"Location": f"/fault/far/{n - 1}"}, etag=False)
