"""What is no address ("http://[half") where a feed names one costs at most that address; over real HTTP."""

from __future__ import annotations

import pytest

from screener.collectors.identity import absolute, clean_link
from tests.collectors.test_feed import poll
from tests.server.app import Reply, WireServer
from tests.server.faults import rss
from tests.server.fixture import fault_server

__all__ = ["fault_server"]
NO_ADDRESS = ["http://[half", "https://[::1", "//[", "http://[g::1]/a?b#c"]
GOOD = rss(20)
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"%b><title>t</title>
<entry%b><id>1</id><title>Corvane wins order</title><link href="%b"/><updated>2026-03-12T12:00:00Z</updated></entry>
<entry><id>2</id><title>Zorexa wins order</title><link href="https://wire.example/2"/><updated>2026-03-12T12:00:00Z</updated></entry>
</feed>"""


@pytest.mark.parametrize("wrong", NO_ADDRESS)
@pytest.mark.parametrize("place", [b"<rss", b"<channel", b"<item"])
def test_a_base_of_rss(fault_server: WireServer, wrong: str, place: bytes) -> None:
    body = GOOD.replace(place, place + f' xml:base="{wrong}"'.encode(), 1)
    assert body != GOOD
    assert len(poll(fault_server.route("/base.xml", lambda _: Reply(body))).items) == 20


@pytest.mark.parametrize("wrong", [*NO_ADDRESS, "/2026/order"])
def test_bases_and_links_of_atom(fault_server: WireServer, wrong: str) -> None:
    base = f' xml:base="{wrong}"'.encode()
    for body in (ATOM % (base, b"", b"a.html"), ATOM % (b"", base, b"a.html"), ATOM % (b"", b"", wrong.encode())):
        found = poll(fault_server.route("/atom.xml", lambda _, body=body: Reply(body)))
        assert [one.title for one in found.items] == ["Corvane wins order", "Zorexa wins order"]
        assert found.items[1].url == "https://wire.example/2"


@pytest.mark.parametrize("wrong", NO_ADDRESS)
def test_such_a_link_is_none(wrong: str) -> None:
    assert absolute("https://wire.example/a/", wrong) == wrong
    assert absolute(wrong, "b.html") == "b.html"
    assert clean_link(f"{wrong}?utm_source=x") == ""
