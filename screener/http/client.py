"""The fetcher itself: one request with its redirects, and the tries around it."""

from __future__ import annotations

import datetime as dt
import logging
import time
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from http.cookiejar import CookieJar
from types import TracebackType
from urllib.parse import quote, urlencode, urljoin, urlsplit

import anyio
import httpx2
import stamina

from screener import __version__, limits
from screener.addresses import mask
from screener.errors import BlockedTarget, BodyTooLarge, FetchError
from screener.fetching import Response
from screener.http.body import Inflater
from screener.http.guard import host_port, is_here, is_private, literal
from screener.http.pace import PACES, Paces, retry_after

RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 522, 524})
CHOKED = frozenset({400, 412, 413, 416, 417, 422, 431, 500, 501, 502})  # what a server answers to an odd header
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# stamina logs each retry as a warning, which Python prints when nobody has set up logging; the last error is enough
logging.getLogger("stamina").addHandler(logging.NullHandler())


class _Again(FetchError):
    """A failure worth another try; ``wait`` is what the host asked for, in seconds."""

    wait: float | None = None
    body: bytes = b""
    headers: Mapping[str, str] = {}


class _NoCookies(CookieJar):
    """A feed needs none; kept ones would grow with every answer until servers refuse the header."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Take none, unread."""


class _Job:
    """What one ``get`` asks for, the same through all its tries."""

    __slots__ = ("headers", "json", "max_bytes", "retry", "trusted", "url")

    def __init__(
        self, url: str, json: object, headers: dict[str, str], retry: bool, trusted: bool, max_bytes: int
    ) -> None:
        self.url, self.json, self.headers = url, json, headers
        self.retry, self.trusted, self.max_bytes = retry, trusted, max_bytes

    @property
    def conditional(self) -> bool:
        """Whether "not modified" is an answer to it."""
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


def _wall() -> dt.datetime:
    return dt.datetime.fromtimestamp(time.time(), dt.UTC)


class Fetcher:
    """An asynchronous HTTP client with the manners and limits of this module; use it with ``async with``.

    ``contact`` ("Name name@example.org") goes into the user agent, as SEC asks; ``paces`` are requests a second by
    domain, laid over ``PACES`` (0: no limit); ``timeout`` is for connecting and between two reads, ``total_timeout``
    for one exchange as a whole, both in seconds; ``attempts`` counts all tries; Retry-After is honoured up to
    ``max_retry_after`` seconds, a longer one fails at once. ``allowed_hosts`` ("127.0.0.1:8000", "[::1]:8000"; without
    a port 80 and 443 are meant) may be private.
    """

    def __init__(
        self,
        contact: str = "",
        user_agent: str | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        paces: Mapping[str, float] | None = None,
        timeout: float = limits.READ_SECONDS,
        max_bytes: int = limits.DEFAULT.body_bytes,
        allowed_hosts: Collection[str] = (),
        *,
        total_timeout: float = limits.DEFAULT.fetch_seconds,
        attempts: int = 3,
        wait_initial: float = 0.5,
        wait_max: float = 20.0,
        max_retry_after: float = limits.RETRY_AFTER_SECONDS,
        proxy: str | None = None,
        now: Callable[[], dt.datetime] = _wall,
    ) -> None:
        agent = user_agent or f"screener/{__version__} {contact}".strip()
        self._client = httpx2.AsyncClient(
            headers={"user-agent": agent, "accept-encoding": "gzip, deflate"},
            timeout=timeout,
            transport=transport,
            proxy=proxy,
            cookies=_NoCookies(),
            trust_env=False,
            limits=httpx2.Limits(max_connections=100, max_keepalive_connections=50),
        )
        self._paces = Paces({**PACES, **(paces or {})})
        self._allowed = frozenset(named for host in allowed_hosts for named in _with_ports(host.lower()))
        self._max_bytes, self._total, self._attempts = max_bytes, total_timeout, max(1, attempts)
        self._wait_initial, self._wait_max, self._max_retry_after = wait_initial, wait_max, max_retry_after
        self._resolves = transport is None and proxy is None
        self._now = now

    async def __aenter__(self) -> Fetcher:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def get(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        headers: dict[str, str] | None = None,
        params: dict[str, str] | None = None,
        json: object = None,
        retry: bool = True,
        partial: bool = False,
        trusted: bool = True,
        max_bytes: int | None = None,
    ) -> Response:
        """GET ``url`` (POST when ``json`` is given) and return the body of a 2xx or a 304.

        ``retry=False`` takes a bad status as the answer (EDGAR ends its paging with 503); broken connections are still
        tried again. ``partial`` accepts a body whose connection broke, once the tries are used up. ``trusted=False`` is
        for addresses found in content: they may not be private either. Raises FetchError (with ``status``),
        BodyTooLarge or BlockedTarget.
        """
        if params:
            url = f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"
        job = _Job(url, json, dict(headers or {}), retry, trusted, max_bytes or self._max_bytes)
        validators = {"if-none-match": sendable(etag), "if-modified-since": sendable(last_modified)}
        job.headers |= {name: value for name, value in validators.items() if value}
        try:
            return await self._conditional(job, tuple(validators))
        except ValueError as e:  # urlsplit and urljoin on what only looks like an address
            raise FetchError(mask(url), f"is not an address that can be fetched ({e})") from e
        except _Again as e:
            if partial and e.body:
                return self._response(mask(url), 200, e.headers, e.body, truncated=True)
            raise FetchError(e.url, e.message, e.status) from e.__cause__

    async def _conditional(self, job: _Job, validators: Sequence[str]) -> Response:
        """The tries; when a server chokes on the validators, once more without them."""
        if not any(name in job.headers for name in validators):
            return await self._tries(job)
        try:
            return await self._tries(job)
        except FetchError as e:
            if e.status not in CHOKED:
                raise
        for name in validators:
            job.headers.pop(name, None)
        return await self._tries(job)

    async def _tries(self, job: _Job) -> Response:
        context = stamina.retry_context(
            on=self._backoff,
            attempts=self._attempts,
            timeout=None,
            wait_initial=self._wait_initial,
            wait_max=self._wait_max,
            wait_jitter=self._wait_initial,
        )
        async for attempt in context:
            with attempt:
                return await self._once(job)
        raise AssertionError("retry_context ends by returning or raising")

    def _backoff(self, error: Exception) -> bool | float:
        if not isinstance(error, _Again):
            return False
        if error.wait is None:
            return True
        return error.wait if error.wait <= self._max_retry_after else False

    async def _once(self, job: _Job) -> Response:
        try:
            return await self._follow(job)
        except TimeoutError as e:
            # not tried again: the time that one answer may take is used up
            raise FetchError(mask(job.url), f"not finished after {self._total:g} s; the host is too slow now") from e
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as e:
            raise FetchError(mask(job.url), f"is not an address that can be fetched ({e})") from e
        except httpx2.TransportError as e:
            said = str(e) or type(e).__name__
            raise _Again(mask(job.url), f"no answer ({said}); check the address and the connection") from e

    async def _follow(self, job: _Job) -> Response:
        url, method, visited = job.url, "POST" if job.json is not None else "GET", set[str]()
        for _ in range(limits.REDIRECTS + 1):
            if url in visited:
                raise FetchError(mask(url), f"redirects in a circle (from {mask(job.url)}); check the address")
            visited.add(url)
            await self._check(url, job)
            await self._paces.of(urlsplit(url).hostname or "").slot()
            with anyio.fail_after(self._total):  # only the exchange: waiting for a slot is not the host's fault
                answer = await self._exchange(url, method, job)
            if isinstance(answer, Response):
                return answer
            status, location = answer
            url = _target(url, location)
            if status == 303 or (status in (301, 302) and method == "POST"):
                method = "GET"
        raise FetchError(mask(job.url), f"redirects more than {limits.REDIRECTS} times; check the address")

    async def _exchange(self, url: str, method: str, job: _Job) -> Response | tuple[int, str]:
        """One request: the response, or status and target of a redirect."""
        same = host_port(url) == host_port(job.url)
        headers = job.headers if same else {}  # what was meant for one host is not told to another
        body = job.json if method == "POST" else None
        async with self._client.stream(method, url, headers=headers, json=body) as answer:
            self._check_peer(answer, url, job)
            if answer.status_code in REDIRECTS and "location" in answer.headers:
                return answer.status_code, answer.headers["location"]
            if answer.status_code == 304 and job.conditional:  # unasked, it would be a source that is silent for good
                return self._response(url, 304, answer.headers, b"")
            if not answer.is_success:
                raise self._bad_status(answer, url, job)
            return self._response(url, answer.status_code, answer.headers, await self._read(answer, url, job))

    def _bad_status(self, answer: httpx2.Response, url: str, job: _Job) -> FetchError:
        status = answer.status_code
        if status not in RETRIED or not job.retry:
            return FetchError(mask(url), f"answered {status} {answer.reason_phrase}{_advice(status)}", status)
        wait = retry_after(answer.headers.get("retry-after", ""), self._now())
        asked = f", asks to wait {wait:.0f} s" if wait is not None else ""
        error = _Again(mask(url), f"answered {status} {answer.reason_phrase}{asked}{_advice(status)}", status)
        error.wait = wait
        if wait:
            self._paces.of(urlsplit(url).hostname or "").hold(min(wait, self._max_retry_after))
        return error

    async def _read(self, answer: httpx2.Response, url: str, job: _Job) -> bytes:
        encoding = answer.headers.get("content-encoding", "").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise FetchError(mask(url), f"came with Content-Encoding {encoding!r}, which was not asked for")
        length = answer.headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:20]) > job.max_bytes:
            raise BodyTooLarge(mask(url), f"announces {int(length):,} bytes; the limit is {job.max_bytes:,}")
        inflater = Inflater("" if encoding == "identity" else encoding, job.max_bytes)
        try:
            async for chunk in answer.aiter_raw():
                if not inflater.feed(chunk):
                    raise BodyTooLarge(mask(url), f"passed the limit of {job.max_bytes:,} bytes while being read")
        except zlib.error as e:
            raise _cut(url, f"is not the {encoding} it says it is ({e})", inflater, answer) from e
        except httpx2.TransportError as e:
            raise _cut(url, f"broke off after {len(inflater.out):,} bytes ({e})", inflater, answer) from e
        if not inflater.complete and inflater.out:
            raise _cut(url, f"is cut off: the {encoding} stream has no end", inflater, answer)
        return bytes(inflater.out)

    def _response(
        self, url: str, status: int, headers: Mapping[str, str], body: bytes, truncated: bool = False
    ) -> Response:
        plain = {k.lower(): v for k, v in headers.items()}
        return Response(
            url=url,
            status=status,
            headers=plain,
            body=body,
            received=self._now(),
            not_modified=status == 304,
            # a cut body must be asked for again in full, so its validators are not handed on
            etag="" if truncated else sendable(plain.get("etag", "")),
            last_modified="" if truncated else sendable(plain.get("last-modified", "")),
            truncated=truncated,
        )

    def _may_be_private(self, url: str, job: _Job) -> bool:
        here = host_port(url)
        return here in self._allowed or (job.trusted and here == host_port(job.url))

    async def _check(self, url: str, job: _Job) -> None:
        """Raise BlockedTarget unless ``url`` is http(s) and public, or configured."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BlockedTarget(mask(url), f"is not an http or https address{_via(url, job)}")
        if self._may_be_private(url, job):
            return
        found = [literal(parts.hostname)]
        if is_here(parts.hostname):
            found = ["127.0.0.1"]
        if not found[0]:
            found = await self._resolve(parts.hostname) if self._resolves else []
        if any(is_private(a) for a in found):
            raise BlockedTarget(mask(url), f"is a private address ({found[0]}){_via(url, job)}")

    async def _resolve(self, host: str) -> list[str]:
        try:
            rows = await anyio.getaddrinfo(host, None)
        except OSError as e:
            raise _Again(host, f"host not found ({e}); check the address and the connection") from e
        return [str(row[4][0]) for row in rows]

    def _check_peer(self, answer: httpx2.Response, url: str, job: _Job) -> None:
        stream = answer.extensions.get("network_stream")
        if not self._resolves or stream is None or self._may_be_private(url, job):
            return
        peer = stream.get_extra_info("server_addr")
        if peer and literal(str(peer[0])) and is_private(str(peer[0])):
            raise BlockedTarget(mask(url), f"led to a private address ({peer[0]}){_via(url, job)}")


def sendable(validator: str) -> str:
    """An ETag or Last-Modified as it may be sent back: nothing when it is no plain text, or longer than any sound one."""
    plain = validator.isascii() and validator.isprintable() and len(validator) <= limits.VALIDATOR_CHARS
    return validator.strip() if plain else ""


def _with_ports(host: str) -> tuple[str, ...]:
    named = host.rpartition(":")[2].isdigit()
    return (host,) if named else (f"{host}:80", f"{host}:443")


def _via(url: str, job: _Job) -> str:
    if url == job.url:
        return "; configure that host to allow it, or correct the address"
    return f", redirected to from {mask(job.url)}; configure that host to allow it"


def _target(url: str, location: str) -> str:
    try:
        return urljoin(url, quote(location, safe="%/:=&?~#+!$,;'@()*[]"))
    except ValueError as e:
        raise FetchError(mask(url), f"redirects to {location[:80]!r}, which is not an http or https address") from e


def _cut(url: str, message: str, inflater: Inflater, answer: httpx2.Response) -> _Again:
    error = _Again(mask(url), message)
    error.body, error.headers = bytes(inflater.out), answer.headers
    return error


def _advice(status: int) -> str:
    if status in (401, 403):
        return "; the host refuses: set a contact for the user agent, or slow down"
    if status in (404, 410):
        return "; check the address"
    if status == 429:
        return "; too many requests: lower the pace or poll less often"
    return "; try again later" if status >= 500 else ""
