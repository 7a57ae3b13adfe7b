"""Drive one collector against a loopback server."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

from screener.collectors.base import Collector, Context
from screener.http import Fetcher
from screener.types import Collected, FeedSpec, FeedState
from tests.server.app import Reply, Request, Route, WireServer

NOW = dt.datetime(2026, 3, 4, 15, 0, tzinfo=dt.UTC)


def fetcher(server: WireServer) -> Fetcher:
    return Fetcher(
        contact="tests tests@example.org",
        allowed_hosts=[server.host],
        attempts=1,
        timeout=5,
        paces={"*": 1e6},
        now=lambda: NOW,
    )


def collect(
    plugin: Collector,
    server: WireServer,
    path: str,
    *,
    state: FeedState | None = None,
    as_of: dt.datetime | None = None,
    expect_title: str = "",
    **options: Any,
) -> Collected:
    """One call of the collector for ``path`` on the server; the clock stands at NOW (or at ``as_of``)."""
    feed = FeedSpec(
        name=plugin.name, kind=plugin.name, url=server.url + path, expect_title=expect_title, options=options
    )

    async def run() -> Collected:
        async with fetcher(server) as getter:
            context = Context(
                fetcher=getter,
                now=lambda: as_of or NOW,
                state=state or FeedState(name=feed.name),
                as_of=as_of,
                options=options,
            )
            return await plugin.collect(feed, context)

    return asyncio.run(run())


def answers(*bodies: bytes, content_type: str = "application/json", log: list[Request] | None = None) -> Route:
    """A route that gives these bodies one after the other, then the last one for ever."""
    left = list(bodies)

    def route(request: Request) -> Reply:
        if log is not None:
            log.append(request)
        return Reply(left.pop(0) if len(left) > 1 else left[0], content_type=content_type, etag=False)

    return route


BROKEN = {
    "404": (Reply(b"gone", 404, "text/plain"), "http_404"),
    "503": (Reply(b"busy", 503, "text/plain"), "http_503"),
    "403": (Reply(b"<html>Access Denied</html>", 403, "text/html"), "http_403"),
    "html": (Reply(b"<!DOCTYPE html><html><body><p>Maintenance</body></html>", 200, "text/html"), "not_documented"),
    "empty": (Reply(b"", 200), "not_documented"),
    "cut off": (Reply(b'{"results": [{"a": 1}, {"b', 200), "not_documented"),
    "another JSON": (Reply(b'{"error": {"message": "no"}}', 200, "application/json"), "not_documented"),
    "binary": (Reply(bytes(range(256)) * 8, 200, "application/octet-stream"), "not_documented"),
    "deep": (Reply(b"[" * 200_000, 200, "application/json"), "not_documented"),
}


def assert_survives(plugin: Collector, server: WireServer, case: str, **options: Any) -> Collected:
    """The collector answers a broken source with one problem of the right kind and a failure counted."""
    reply, kind = BROKEN[case]
    server.route("/broken", lambda _: reply)
    got = collect(plugin, server, "/broken", **options)
    assert [p.kind for p in got.problems] == [kind], got.problems
    assert not got.items and not got.halts
    assert got.state is not None and got.state.failures == 1 and got.state.last_error
    return got
