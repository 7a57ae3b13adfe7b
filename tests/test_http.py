"""The fetcher over a real loopback server: conditional GET, retries, limits, redirects."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import gzip
import hashlib
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from screener.errors import BlockedTarget, BodyTooLarge, FetchError
from screener.http import Fetcher, Paces, Response, mask
from tests.server.app import Reply, Request, WireServer
from tests.server.faults import rss
from tests.server.fixture import fault_server

__all__ = ["fault_server"]
ROOT = Path(__file__).resolve().parents[1]
NOW = dt.datetime(2026, 3, 12, 13, 0, tzinfo=dt.UTC)


def fetch(url: str, *, fetcher: dict[str, Any] | None = None, **get: Any) -> Response:
    async def job() -> Response:
        quick = {"paces": {"*": 0}, "wait_initial": 0.001, "wait_max": 0.002, "now": lambda: NOW} | (fetcher or {})
        async with Fetcher("Ann Example ann@example.org", **quick) as f:
            return await f.get(url, **get)

    return asyncio.run(job())


def test_body_headers_and_user_agent(fault_server: WireServer) -> None:
    got = fetch(fault_server.url + "/fault/good", params={"a": "b c"})
    assert got.status == 200 and got.body == rss(20) and got.received == NOW
    assert got.headers["content-type"].startswith("application/rss+xml") and got.headers["content-encoding"] == "gzip"
    asked = fault_server.log[0]
    assert asked.headers["user-agent"].startswith("screener/") and "ann@example.org" in asked.headers["user-agent"]
    assert asked.query == {"a": "b c"}


def test_conditional_get(fault_server: WireServer) -> None:
    first = fetch(fault_server.url + "/fault/good")
    again = fetch(fault_server.url + "/fault/good", etag=first.etag, last_modified="Thu, 12 Mar 2026 13:00:00 GMT")
    assert again.not_modified and again.status == 304 and again.body == b"" and again.etag == first.etag
    assert fault_server.log[1].headers["if-modified-since"] == "Thu, 12 Mar 2026 13:00:00 GMT"


def test_not_modified_unasked_is_no_answer(fault_server: WireServer) -> None:
    url = fault_server.route("/always304", lambda _: Reply(b"", 304, etag=False))
    with pytest.raises(FetchError) as told:
        fetch(url)
    assert told.value.status == 304 and url in str(told.value)
    assert fetch(url, etag='"a"').not_modified


def test_post_json(fault_server: WireServer) -> None:
    fault_server.route("/search", lambda r: Reply(r.method.encode() + r.body, content_type="application/json"))
    assert fetch(fault_server.url + "/search", json={"q": 1}).body == b'POST{"q":1}'


def flaky(failures: int, reply: Reply) -> Callable[[Request], Reply]:
    left = [failures]

    def route(_: Request) -> Reply:
        left[0] -= 1
        return reply if left[0] >= 0 else Reply(b"fine")

    return route


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504, 408])
def test_passing_failures_are_tried_again(fault_server: WireServer, code: int) -> None:
    url = fault_server.route("/flaky", flaky(2, Reply(b"", code, etag=False)))
    assert fetch(url).body == b"fine"
    assert len(fault_server.log) == 3


@pytest.mark.parametrize(("code", "advice"), [(403, "contact"), (404, "check the address"), (400, "400")])
def test_final_statuses_are_not_tried_again(fault_server: WireServer, code: int, advice: str) -> None:
    with pytest.raises(FetchError, match=advice) as caught:
        fetch(f"{fault_server.url}/fault/{code}")
    assert caught.value.status == code and len(fault_server.log) == 1


def test_gives_up_after_the_last_try(fault_server: WireServer) -> None:
    with pytest.raises(FetchError, match="503") as caught:
        fetch(fault_server.url + "/fault/503")
    assert caught.value.status == 503 and len(fault_server.log) == 3
    assert type(caught.value) is FetchError


def test_retry_false_takes_the_status_as_the_answer(fault_server: WireServer) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(fault_server.url + "/fault/503", retry=False)
    assert caught.value.status == 503 and len(fault_server.log) == 1


def test_retry_after_is_honoured_and_capped(fault_server: WireServer, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("stamina._core._smart_sleep", sleep)
    monkeypatch.setattr("screener.http.client.Paces", functools.partial(Paces, clock=lambda: 0.0, sleep=sleep))
    url = fault_server.route("/busy", flaky(1, Reply(b"", 429, headers={"Retry-After": "7"}, etag=False)))
    assert fetch(url, fetcher={"max_retry_after": 9}).body == b"fine"
    assert waits == [7.0, 7.0]  # this request waits, and so does every other one to that host


def test_a_long_retry_after_fails_at_once(fault_server: WireServer) -> None:
    with pytest.raises(FetchError, match="asks to wait 86400 s"):
        fetch(fault_server.url + "/fault/429", params={"after": "86400"})
    assert len(fault_server.log) == 1


def test_retry_after_as_a_date(fault_server: WireServer) -> None:
    with pytest.raises(FetchError, match="asks to wait 3600 s"):
        fetch(fault_server.url + "/fault/503", params={"after": "Thu, 12 Mar 2026 14:00:00 GMT"})


def test_no_server_is_tried_again_and_named() -> None:
    with WireServer() as server:
        url = server.url
    with pytest.raises(FetchError, match="no answer") as caught:
        fetch(url + "/x?key=secret")
    assert "secret" not in str(caught.value) and caught.value.status is None


@pytest.mark.parametrize("path", ["huge", "announced", "gzipbomb"])
def test_large_bodies_stop_at_the_limit(fault_server: WireServer, path: str) -> None:
    with pytest.raises(BodyTooLarge, match="limit"):
        fetch(f"{fault_server.url}/fault/{path}")
    assert len(fault_server.log) == 1


def test_a_smaller_limit_can_be_asked_for(fault_server: WireServer) -> None:
    with pytest.raises(BodyTooLarge):
        fetch(fault_server.url + "/fault/good", max_bytes=100)


def test_an_endless_body_meets_the_total_timeout(fault_server: WireServer) -> None:
    with pytest.raises(FetchError, match=r"not finished after 0\.1 s"):
        fetch(fault_server.url + "/fault/slow", fetcher={"total_timeout": 0.1, "attempts": 2})
    assert len(fault_server.log) <= 1  # the time is used up; a busy server may not even have read the request


@pytest.mark.parametrize(
    ("path", "why"), [("cutgzip", "cut off"), ("brokenoff", "broke off"), ("notgzip", "not the gzip")]
)
def test_cut_bodies_fail_after_retries(fault_server: WireServer, path: str, why: str) -> None:
    with pytest.raises(FetchError, match=why):
        fetch(f"{fault_server.url}/fault/{path}")
    assert len(fault_server.log) == 3


@pytest.mark.parametrize("path", ["cutgzip", "brokenoff"])
def test_partial_keeps_what_came(fault_server: WireServer, path: str) -> None:
    got = fetch(f"{fault_server.url}/fault/{path}", partial=True)
    assert got.truncated and got.status == 200 and got.etag == ""
    assert rss(20).startswith(got.body) and len(got.body) > 300


def test_an_encoding_not_asked_for_is_refused(fault_server: WireServer) -> None:
    with pytest.raises(FetchError, match="'br'"):
        fetch(fault_server.url + "/fault/brotli")


@pytest.mark.parametrize("pack", [zlib.compress, lambda b: zlib.compress(b)[2:-4]])
def test_deflate_with_and_without_header(fault_server: WireServer, pack: Callable[[bytes], bytes]) -> None:
    body = pack(rss(3))
    url = fault_server.route("/deflate", lambda _: Reply(body, headers={"Content-Encoding": "deflate"}))
    assert fetch(url).body == rss(3)


def test_gzip_in_several_members(fault_server: WireServer) -> None:
    body = gzip.compress(b"one ") + gzip.compress(b"two")
    url = fault_server.route("/members", lambda _: Reply(body, headers={"Content-Encoding": "gzip"}))
    assert fetch(url).body == b"one two"


EMPTY = [gzip.compress(b""), zlib.compress(b"")[:2] + b"\x00\x00\x00\xff\xff", gzip.compress(b"", 9) * 3]


@pytest.mark.parametrize(
    ("empty", "encoding"),
    list(zip(EMPTY, ["gzip", "deflate", "x-gzip"], strict=True)),
    ids=["gzip", "deflate", "x-gzip"],
)
def test_a_stream_of_empty_parts_stops_at_the_limit(fault_server: WireServer, empty: bytes, encoding: str) -> None:
    again = empty[2:] if encoding == "deflate" else empty
    stream = [empty, *[again * (16_384 // len(again))] * 40]
    headers = {"Content-Encoding": encoding}
    url = fault_server.route("/empty", lambda _: Reply(stream=stream, headers=headers, etag=False))
    with pytest.raises(BodyTooLarge, match="limit"):
        fetch(url, max_bytes=100_000)


def test_a_body_that_cannot_be_made_smaller_has_its_whole_size(fault_server: WireServer) -> None:
    body = hashlib.shake_256(b"seed").digest(100_000)
    packed, headers = gzip.compress(body), {"Content-Encoding": "gzip"}  # larger than the limit, unlike what it holds
    url = fault_server.route("/random", lambda _: Reply(stream=[packed], headers=headers, etag=False))
    assert fetch(url, max_bytes=100_000).body == body


@pytest.mark.parametrize(
    "cookie",
    ["id=1; Max-Age=99999", "a" * 4000 + "=1", "x=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT; Domain=.localhost"],
)
def test_cookies_are_neither_kept_nor_sent(fault_server: WireServer, cookie: str) -> None:
    url = fault_server.route("/c", lambda _: Reply(b"x", headers={"Set-Cookie": cookie}))

    async def job() -> None:
        async with Fetcher(paces={"*": 0}) as f:
            for _ in range(3):
                await f.get(url)

    asyncio.run(job())
    assert len(fault_server.log) == 3 and not any("cookie" in r.headers for r in fault_server.log)


# ---- redirects ---------------------------------------------------------------------------------------------------


def test_redirects_are_followed(fault_server: WireServer) -> None:
    got = fetch(fault_server.url + "/fault/moved")
    assert got.url == fault_server.url + "/fault/good" and got.body == rss(20)
    assert fetch(fault_server.url + "/fault/far/5").body == rss(2)


@pytest.mark.parametrize(
    ("path", "why"),
    [("loop", "circle"), ("far/6", "more than 5"), ("badurl", "not an http"), ("file", "not an http")],
)
def test_bad_redirects(fault_server: WireServer, path: str, why: str) -> None:
    with pytest.raises(FetchError, match=why):
        fetch(f"{fault_server.url}/fault/{path}")


@pytest.mark.parametrize("path", ["private", "metadata", "mapped"])
def test_redirects_to_private_addresses_are_refused(fault_server: WireServer, path: str) -> None:
    with pytest.raises(BlockedTarget, match="private address"):
        fetch(f"{fault_server.url}/fault/{path}")


def test_a_redirect_to_another_local_port_needs_to_be_configured(fault_server: WireServer) -> None:
    with WireServer() as other:
        other.route("/target", b"inside")
        url = fault_server.route(
            "/cross", lambda _: Reply(status=302, headers={"Location": other.url + "/target"}, etag=False)
        )
        with pytest.raises(BlockedTarget):
            fetch(url)
        assert not other.log
        got = fetch(url, headers={"X-Key": "k"}, fetcher={"allowed_hosts": [other.host]})
        assert got.body == b"inside" and "x-key" not in other.log[0].headers
        assert fault_server.log[-1].headers["x-key"] == "k"


def test_addresses_from_content_may_not_be_private(fault_server: WireServer) -> None:
    with pytest.raises(BlockedTarget):
        fetch(fault_server.url + "/fault/good", trusted=False)
    assert fetch(fault_server.url + "/fault/good", trusted=False, fetcher={"allowed_hosts": [fault_server.host]}).body


def test_a_public_name_for_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(host: str, port: object) -> list[tuple[Any, ...]]:
        return [(2, 1, 6, "", ("10.1.2.3", 0))]

    monkeypatch.setattr("anyio.getaddrinfo", resolve)
    with pytest.raises(BlockedTarget, match=r"10\.1\.2\.3"):
        fetch("http://wire.example/x", trusted=False)


@pytest.mark.parametrize("url", ["ftp://example.org/x", "file:///etc/hostname", "nonsense", "http://", "http://[bad"])
def test_not_an_address(url: str) -> None:
    with pytest.raises(FetchError):
        fetch(url)


# ---- with a transport handed in ----------------------------------------------------------------------------------


def with_transport(answer: Callable[[httpx2.Request], httpx2.Response], url: str, **get: Any) -> Response:
    return fetch(url, fetcher={"transport": httpx2.MockTransport(answer)}, **get)


def test_a_post_that_is_redirected_with_303_becomes_a_get() -> None:
    seen: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(f"{request.method} {request.url}")
        if request.method == "POST":
            return httpx2.Response(303, headers={"Location": "https://a.example/done"})
        return httpx2.Response(200, stream=httpx2.ByteStream(b"ok"))

    assert with_transport(answer, "https://a.example/ask", json={"a": 1}).body == b"ok"
    assert seen == ["POST https://a.example/ask", "GET https://a.example/done"]


def test_secrets_are_masked() -> None:
    url = "https://ann:pw@api.example.org/x?apikey=abc&token=d&symbol=ZPHQ"
    assert mask(url) == "https://***@api.example.org/x?apikey=***&token=***&symbol=ZPHQ"
    with pytest.raises(FetchError) as caught:
        with_transport(lambda _: httpx2.Response(404), url)
    assert "pw" not in str(caught.value) and "abc" not in str(caught.value)


def test_the_proxy_of_the_environment_is_not_used(fault_server: WireServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert fetch(fault_server.url + "/fault/good").status == 200


def test_retries_are_not_printed(fault_server: WireServer) -> None:
    script = (
        "import asyncio\nfrom screener.errors import FetchError\nfrom screener.http import Fetcher\n"
        "async def job():\n  async with Fetcher(attempts=2, wait_initial=0.001, paces={'*': 0}) as f:\n"
        f"    await f.get('{fault_server.url}/fault/503')\n"
        "try: asyncio.run(job())\nexcept FetchError: pass"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert (done.stdout, done.stderr) == ("", "") and len(fault_server.log) == 2
