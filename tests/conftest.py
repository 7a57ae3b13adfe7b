"""Every test runs with sockets refused except loopback, a clean environment and its own folders."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine makes any example slow; nothing of the suite measures time that way. The suite takes a few examples of
# open input each time, other ones every time; ``pytest --hypothesis-profile long`` takes many.
for _name, _examples in (("suite", 40), ("long", 1000)):
    settings.register_profile(
        _name, max_examples=_examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
settings.load_profile("suite")
SHARED = Path(os.environ.get("SCREENER_TEST_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
LOOPBACK = ("127.", "::1", "localhost")
_connect = socket.socket.connect


def _guarded(self: socket.socket, address: object) -> None:
    host = address[0] if isinstance(address, tuple) else ""
    if self.family in (socket.AF_INET, socket.AF_INET6) and not str(host).startswith(LOOPBACK):
        raise RuntimeError(f"a test tried to reach {address}: only loopback is allowed")
    _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", _guarded)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("SCREENER_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded real data; its absence skips on a user's machine and fails in CI."""
    if not SHARED.is_dir():
        message = f"recorded data not found at {SHARED}: set SCREENER_TEST_DATA to its folder"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return SHARED
