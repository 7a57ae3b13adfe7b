"""ETag and Last-Modified that cannot be sent back, over real HTTP: the feed is read again all the same."""

from __future__ import annotations

import socket

import pytest

from screener.types import FeedState
from tests.collectors.test_feed import poll
from tests.server.app import Reply, Request, WireServer
from tests.server.faults import rss
from tests.server.fixture import fault_server
from tests.server.raw import RawServer

__all__ = ["fault_server"]
ODD = [b'"\xe9"', b'"\xc3\xa9"', b'"\x80"', b'"' + b"x" * 5_000 + b'"', b'"a\x01b"', b'"a\tb\x7f"', b"\xff\xfe"]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", [b"ETag", b"Last-Modified"])
def test_odd_validators_are_not_kept(odd: bytes, name: bytes) -> None:
    body = rss(20)

    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n"
        head += name + b": " + odd + b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n"
        connection.sendall(head + body)

    with RawServer(talk) as server:
        first = poll(f"http://{server.host}/feed")
        if not first.items:  # a header no client may take: a failed poll, and the next is as good as the first
            assert first.problems
            return
        assert first.state is not None and not first.state.etag + first.state.last_modified
        second = poll(f"http://{server.host}/feed", first.state)
    assert not second.problems and second.state is not None and not second.state.failures


@pytest.mark.parametrize("stored", ['"é"', "\ud83d", '"' + "x" * 9_000 + '"', '"a\r\nX-Other: 1"', "\x00"])
def test_odd_validators_of_an_older_store_are_dropped(fault_server: WireServer, stored: str) -> None:
    state = FeedState(name="wire", etag=stored, last_modified=stored)
    found = poll(fault_server.url + "/fault/good", state)
    assert len(found.items) == 20 and not found.problems
    assert "if-none-match" not in fault_server.log[0].headers


@pytest.mark.parametrize("status", [400, 412, 431, 500])
def test_a_validator_that_a_server_chokes_on_is_dropped(fault_server: WireServer, status: int) -> None:
    def choke(request: Request) -> Reply:
        if "if-none-match" in request.headers:
            return Reply(b"no", status, "text/plain", etag=False)
        return Reply(rss(20), headers={"ETag": '"fine"'}, etag=False)

    url = fault_server.route("/choke", choke)
    found = poll(url, FeedState(name="wire", etag='"old"'))
    assert len(found.items) == 20 and not found.problems
    assert found.state is not None and found.state.etag == '"fine"'


@pytest.mark.parametrize("status", [404, 503])
def test_other_failures_are_not_asked_twice(fault_server: WireServer, status: int) -> None:
    url = fault_server.route("/down", lambda _: Reply(b"no", status, "text/plain"))
    assert poll(url, FeedState(name="wire", etag='"old"')).problems
    assert len(fault_server.log) == 1


def test_a_drip_ends_in_time() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            connection.sendall(b"<")
            connection.settimeout(0.05)
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue

    import asyncio

    from screener.errors import FetchError
    from screener.http import Fetcher

    async def run(url: str) -> None:
        async with Fetcher(attempts=3, paces={"*": 0}, total_timeout=0.4, timeout=5) as fetcher:
            await fetcher.get(url)

    with RawServer(talk) as server, pytest.raises(FetchError, match="not finished"):
        asyncio.run(asyncio.wait_for(run(f"http://{server.host}/drip"), 20))
