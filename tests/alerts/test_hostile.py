"""Receivers that answer wrongly, without end or never: each ends in a counted failure, and the next start goes on."""

from __future__ import annotations

import os
import time
import tracemalloc
from pathlib import Path

import pytest

from screener.errors import AlertError, ConfigError
from screener.http.pace import retry_after
from screener.outputs.alerts.base import Message, hand_over
from screener.outputs.alerts.courier import Courier, drain
from screener.outputs.alerts.listing import sample
from screener.outputs.alerts.open import open_channel
from screener.store import Store
from screener.store.channels import channels
from tests.alerts.making import T0, Clock, queue, row, settings, states
from tests.server.raw import RawServer, Talk, answering, dripping, endless

NO_CONTENT = answering(b"HTTP/1.1 204 No Content\r\n\r\n")
DAY = 86_400.0
PATIENT = 20.0
"""Far above what a deadline of a fraction of a second needs, far below what these receivers would take."""


def asked(value: bytes, status: bytes = b"429 Slow") -> bytes:
    return b"HTTP/1.1 " + status + b"\r\nRetry-After: " + value + b"\r\nContent-Length: 0\r\n\r\n"


def courier(store: Store, url: str, clock: Clock, **changes: object) -> Courier:
    given = settings(url, **changes)
    (channel,) = channels(given.alerts.urls)
    return Courier(store, channel, given.alerts, open_channel, clock, lambda *_: 1.0)


ODD_ANSWERS = {
    "superscript": asked(b"\xb2"),
    "arabic digits": asked("١٢٠".encode()),
    "circled digit": asked("①".encode(), b"503 Later"),
    "5,000 digits": asked(b"9" * 5000),
    "negative": asked(b"-1"),
    "not a number": asked(b"nan"),
    "infinite": asked(b"inf", b"503 Later"),
    "a date with an endless offset": asked(b"Thu, 12 Mar 2026 14:10:00 +99999999999999"),
    "a date without a zone": asked(b"Thu, 12 Mar 2026 14:10:00 -0000"),
    "a date of no year": asked(b"Thu, 99 Foo 0000 99:99:99 GMT"),
    "status 999": b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
    "status of two digits": b"HTTP/1.1 42 Odd\r\n\r\n",
    "status of superscripts": b"HTTP/1.1 \xb2\xb2\xb2 Odd\r\n\r\n",
    "no HTTP at all": b"SSH-2.0-OpenSSH_9.6\r\n",
    "a zero in a header": b"HTTP/1.1 500 No\r\nX: \x00\r\nContent-Length: 0\r\n\r\n",
    "a length of letters": b"HTTP/1.1 500 No\r\nContent-Length: many\r\n\r\n",
    "a length of superscripts": b"HTTP/1.1 500 No\r\nContent-Length: \xb2\r\n\r\n",
    "two lengths": b"HTTP/1.1 500 No\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "broken chunks": b"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "an unknown encoding": b"HTTP/1.1 500 No\r\nContent-Encoding: \xe9\r\nContent-Length: 1\r\n\r\nx",
    "a redirect to nowhere": b"HTTP/1.1 307 Go\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n",
    "a redirect in \xe9": b"HTTP/1.1 301 Go\r\nLocation: \xe9://\xe9\r\nContent-Length: 0\r\n\r\n",
    "a redirect without a place": b"HTTP/1.1 302 Go\r\nContent-Length: 0\r\n\r\n",
    "odd cookies": b"HTTP/1.1 500 No\r\nSet-Cookie: \xe9=\xe9; expires=\xb2; domain=..\r\nContent-Length: 0\r\n\r\n",
    "nothing": b"",
    "half a head": b"HTTP/1.1 20",
    "a head of 300 kB": b"HTTP/1.1 500 No\r\nX: " + b"y" * 300_000 + b"\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,
}


@pytest.mark.parametrize(
    ("scheme", "name"),
    [
        *(("webhook+http", name) for name in ODD_ANSWERS),
        *(
            ("json", name)
            for name in ("superscript", "status of superscripts", "odd cookies", "broken chunks", "nothing")
        ),
    ],
)
def test_odd_answer_is_a_counted_failure_and_no_poison(store: Store, scheme: str, name: str) -> None:
    clock, raw = Clock(), ODD_ANSWERS[name]
    with RawServer(answering(raw), NO_CONTENT) as server:
        url = f"{scheme}://{server.host}/hook"
        (made,) = queue(store, [row()], given=settings(url))
        first = courier(store, url, clock, timeout=5.0)
        assert first.step() == 0.0
        first.close()
        gate = store.outbox.gate(first.channel.name)
        assert first.failed == 1 and gate.failures == 1 and gate.last_error and gate.hold_until is not None
        assert 0 < (gate.hold_until - clock.at).total_seconds() <= 3600
        again = courier(store, url, clock, timeout=5.0)
        assert drain(again, 1e6, clock.sleep) is None
        again.close()
    assert states(store) == {"sent": 1} and store.outbox.alerts()[0].id == made.id


@pytest.mark.parametrize(
    "url",
    [
        "webhook+https://{tcp}/hook",
        "webhook+http://no-such-host.invalid/hook",
        "webhook+http://127.0.0.1:1/hook",
        "webhook+http://xn--a.invalid/hook",
        "json://no-such-host.invalid/hook",
        "jsons://{tcp}/hook",
    ],
)
def test_names_and_certificates_that_fail_are_failures(store: Store, url: str) -> None:
    with RawServer(answering(b"HTTP/1.1 204 No Content\r\n\r\n")) as server:
        url = url.format(tcp=server.host)
        queue(store, [row()], given=settings(url))
        one = courier(store, url, Clock(), timeout=1.0, max_attempts=1)
        one.step()
        one.close()
    assert states(store) == {"dead": 1} and one.last_error


@pytest.mark.parametrize("url", ["webhook+http://[::1", "webhook+http://host:99999999/x", "webhook+http://é\x00/x"])
def test_address_that_is_none_is_told_before_anything_is_sent(url: str) -> None:
    with pytest.raises(ConfigError, match="whole address"):
        open_channel(channels([url])[0], settings(url).alerts)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0), (" 7 ", 7.0), ("0", 0.0), ("9" * 400, DAY), ("Thu, 12 Mar 2026 14:10:00 GMT", 600.0),
        ("Thu, 12 Mar 2026 13:10:00 GMT", 0.0), ("Fri, 31 Dec 9999 23:59:59 GMT", DAY), ("²", None), ("١٢", None),
        ("1e3", None), ("", None), ("12.5", None), ("soon", None), ("Thu, 12 Mar 2026 14:10:00 +9999999999999999", None),
    ],
)  # fmt: skip
def test_retry_after_is_digits_or_a_date_and_bounded(value: str, seconds: float | None) -> None:
    assert retry_after(value, T0) == seconds


SLOW: dict[str, Talk] = {
    "silence": dripping(b"", b""),
    "a status line byte by byte": dripping(b"", b"H"),
    "headers without end": dripping(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "a header byte by byte": dripping(b"HTTP/1.1 200 OK\r\nX: ", b"y"),
    "informational answers without end": dripping(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
}


@pytest.mark.parametrize(
    ("scheme", "name"),
    [*(("webhook+http", name) for name in SLOW), ("json", "silence"), ("json", "a header byte by byte")],
)
def test_answer_that_never_comes_has_a_total_deadline(store: Store, scheme: str, name: str) -> None:
    with RawServer(SLOW[name]) as server:
        url = f"{scheme}://{server.host}/hook"
        queue(store, [row()], given=settings(url))
        one = courier(store, url, Clock(), timeout=0.4, max_attempts=1)
        began = time.monotonic()
        one.step()
        took = time.monotonic() - began
        one.close()
    assert states(store) == {"dead": 1} and took < PATIENT


BODIES = {
    "without a length": b"\r\n",
    "of a length": b"Content-Length: 419430400\r\n\r\n",
    "in one chunk": b"Transfer-Encoding: chunked\r\n\r\n19000000\r\n",
    "said to be packed": b"Content-Encoding: gzip\r\n\r\n",
}


@pytest.mark.parametrize("head", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize(("status", "becomes"), [(b"200 OK", "sent"), (b"500 No", "dead")])
def test_body_of_400_mb_is_not_read(store: Store, head: bytes, status: bytes, becomes: str) -> None:
    with RawServer(endless(lambda: server, b"HTTP/1.1 " + status + b"\r\n" + head)) as server:
        url = f"webhook+http://{server.host}/hook"
        queue(store, [row()], given=settings(url))
        one = courier(store, url, Clock(), timeout=5.0, max_attempts=1)
        tracemalloc.start()
        one.step()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        one.close()
    assert states(store) == {becomes: 1}
    assert peak < 20_000_000 and server.written < 100_000_000


@pytest.mark.parametrize(
    "talk", [dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x"), dripping(b"HTTP/1.1 500 No\r\n\r\n", b"x")]
)
def test_body_that_drips_does_not_hold_the_channel(store: Store, talk: Talk) -> None:
    with RawServer(talk) as server:
        url = f"webhook+http://{server.host}/hook"
        queue(store, [row()], given=settings(url))
        one = courier(store, url, Clock(), timeout=60.0, max_attempts=1)
        began = time.monotonic()
        one.step()
        one.close()
    assert time.monotonic() - began < PATIENT


@pytest.mark.parametrize("scheme", ["json", "xml", "form"])
def test_service_that_answers_without_end_is_ended_and_starts_again(store: Store, scheme: str) -> None:
    with RawServer(endless(lambda: server, b"HTTP/1.1 200 OK\r\n\r\n"), NO_CONTENT) as server:
        url, clock = f"{scheme}://{server.host}/hook", Clock()
        queue(store, [row()], given=settings(url))
        one = courier(store, url, clock, timeout=1.0)
        one.step()
        assert one.failed == 1 and states(store) == {"failed": 1}
        drain(one, 1e6, clock.sleep)
        one.close()
    assert states(store) == {"sent": 1}


class Broken:
    """A channel whose code is broken."""

    interval, capacity = 0.0, 1

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def send(self, message: Message) -> None:
        raise self.error

    def close(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize(
    "error",
    [RuntimeError("odd"), MemoryError(), UnicodeEncodeError("ascii", "é", 0, 1, "no"), KeyError("x"), OverflowError()],
)
def test_broken_channel_is_counted_with_the_name_of_its_error(store: Store, error: Exception) -> None:
    given = settings("bell:")
    queue(store, [row()], given=given)
    one = Courier(store, channels(["bell:"])[0], given.alerts, lambda *_: Broken(error), Clock(), lambda *_: 1.0)
    one.step()
    gate = store.outbox.gate(one.channel.name)
    assert gate.failures == 1 and gate.last_error.startswith(type(error).__name__)


def test_stop_is_no_failure() -> None:
    with pytest.raises(KeyboardInterrupt):
        hand_over(Broken(KeyboardInterrupt()), Message(key="k", alerts=(sample(T0),)))


# ---- a program of the user's ----


def script(path: Path, text: str) -> Path:
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("exit 3", "exit code 3"),
        ("echo no line >&2; echo 'the pager is off' >&2; exit 1", "the pager is off"),
        ("yes | head -c 3000000 >&2; exit 9", "exit code 9"),
        ("sleep 600", "ended after"),
        ("sleep 600 & exec sleep 600", "ended after"),
        ("cat /dev/zero >&2", "ended after"),
        ("kill -9 $$", "exit code -9"),
        ("exit 65", "exit code 65"),
    ],
)
def test_program_that_fails_is_counted(store: Store, tmp_path: Path, text: str, said: str) -> None:
    url = f"program:{script(tmp_path / 'page', text)}"
    queue(store, [row()], given=settings(url))
    one = courier(store, url, Clock(), timeout=0.7, max_attempts=1)
    began = time.monotonic()
    one.step()
    assert time.monotonic() - began < PATIENT
    assert states(store) == {"dead": 1} and said in one.last_error


def test_program_that_reads_nothing_may_still_take_it(store: Store, tmp_path: Path) -> None:
    url = f"program:{script(tmp_path / 'page', 'exit 0')}"
    queue(store, [row(f"Z{i}") for i in range(40)], given=settings(url))
    one = courier(store, url, Clock())
    one.step()
    assert states(store) == {"sent": 40}


@pytest.mark.parametrize("make", ["missing", "folder", "plain"])
def test_program_that_cannot_run_is_refused_at_the_start(tmp_path: Path, make: str) -> None:
    path = tmp_path / "page"
    if make == "folder":
        path.mkdir()
    elif make == "plain":
        path.write_text("#!/bin/sh\n")
    if make == "plain" and os.geteuid() == 0 and os.access(path, os.X_OK):
        pytest.skip("everything may be run here")
    with pytest.raises(ConfigError, match="chmod"):
        open_channel(channels([f"program:{path}"])[0], settings().alerts)


def test_program_that_vanishes_is_a_failure(tmp_path: Path) -> None:
    path = script(tmp_path / "page", "exit 0")
    out = open_channel(channels([f"program:{path}"])[0], settings().alerts)
    path.unlink()
    with pytest.raises(AlertError, match="cannot be run"):
        out.send(Message(key="k", alerts=(sample(T0),)))
