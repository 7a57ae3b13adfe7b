"""Pace, address guard and inflater on their own."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.http import PACES, Fetcher, Pace, Paces, host_port, mask
from screener.http.body import Inflater
from screener.http.guard import is_here, is_private, literal


class FakeTime:
    """A clock that stands still, and the moments that sleepers wake at."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))


def slots(paces: Paces, *hosts: str) -> None:
    async def job() -> None:
        for host in hosts:
            await paces.of(host).slot()

    asyncio.run(job())


def test_sec_hosts_share_ten_requests_a_second() -> None:
    time = FakeTime()
    paces = Paces(PACES, time.clock, time.sleep)
    slots(paces, "www.sec.gov", "data.sec.gov", "efts.sec.gov", "www.sec.gov")
    assert time.slept == [0.1, 0.2, 0.3]
    assert paces.of("www.sec.gov") is paces.of("DATA.sec.gov")


def test_other_hosts_have_their_own_pace() -> None:
    time = FakeTime()
    paces = Paces({"*": 2.0, "slow.example": 0.5}, time.clock, time.sleep)
    slots(paces, "a.example", "b.example", "slow.example", "a.example", "x.slow.example")
    assert time.slept == [0.5, 2.0]


def test_a_pace_of_zero_is_no_limit() -> None:
    time = FakeTime()
    slots(Paces({"*": 0}, time.clock, time.sleep), *["a.example"] * 5)
    assert time.slept == []


def test_a_host_that_asks_for_quiet_gets_it() -> None:
    time = FakeTime()
    pace = Pace(10, time.clock, time.sleep)
    pace.hold(5)
    asyncio.run(pace.slot())
    asyncio.run(pace.slot())
    assert time.slept == [5.0, 5.1]


def test_time_that_passes_frees_slots() -> None:
    time = FakeTime()
    pace = Pace(10, time.clock, time.sleep)
    asyncio.run(pace.slot())
    time.now += 3
    asyncio.run(pace.slot())
    assert time.slept == []


PRIVATE = ["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.9", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
           "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "2002:7f00:1::",
           "64:ff9b::a00:1", "::ffff:a9fe:a9fe", "::127.0.0.1", "::7f00:1", "::10.1.2.3", "::ffff:0:127.0.0.1",
           "64:ff9b::127.0.0.1", "64:ff9b:1::7f00:1", "2002:a00:1::1", "2001:0:0:0:0:0:80ff:fffe", "fec0::1", "100::1",
           "2001:db8::1", "fd00:ec2::254", "2600:1400::5efe:10.0.0.1", "fe80::5efe:127.0.0.1"]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert is_private(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "23.1.2.3", "2600:1400::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1", "::8.8.8.8"],
)
def test_public_addresses(address: str) -> None:
    assert not is_private(address)


def test_literals() -> None:
    assert literal("127.0.0.1") and literal("[::1]") and not literal("wire.example") and not literal("")


@pytest.mark.parametrize(
    "host",
    ["127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.0.0.1.", "\uff11\uff12\uff17.0.0.1",
     "[::ffff:127.0.0.1]", "[::127.0.0.1]", "0", "10.1", "0xa9fea9fe", "169.254.43518"],
)  # fmt: skip
def test_private_addresses_in_any_notation(host: str) -> None:
    assert literal(host) and is_private(literal(host))


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "a.localhost", "printer.local", "metadata.google.internal"]
)
def test_names_of_this_place(host: str) -> None:
    assert is_here(host)


@pytest.mark.parametrize("host", ["wire.example", "1e100.net", "08.example", "0x.example", "999.1.1.1", "1.2.3.4.5"])
def test_names_that_are_none(host: str) -> None:
    assert not literal(host) and not is_here(host)


def test_host_port_fills_in_the_port() -> None:
    assert host_port("https://WWW.example.org/x") == "www.example.org:443"
    assert host_port("http://[::1]:8000/x") == "[::1]:8000"


def test_allowed_hosts_without_a_port() -> None:
    fetcher = Fetcher(allowed_hosts=["Localhost", "10.0.0.1:8000", "[::1]"])
    assert fetcher._allowed == {"localhost:80", "localhost:443", "10.0.0.1:8000", "[::1]:80", "[::1]:443"}


@given(st.text(max_size=80))
def test_mask_never_raises_on_what_a_user_may_type(text: str) -> None:
    assert isinstance(mask(text), str)


@given(st.binary(max_size=5000), st.integers(1, 700), st.integers(0, 6000))
def test_inflating_in_steps_is_inflating_at_once(body: bytes, step: int, limit: int) -> None:
    packed, inflater = gzip.compress(body), Inflater("gzip", limit)
    fits = all(inflater.feed(packed[i : i + step]) for i in range(0, len(packed), step))
    assert fits == (len(body) <= limit)
    assert len(inflater.out) <= limit + 1
    if fits:
        assert bytes(inflater.out) == body and inflater.complete
