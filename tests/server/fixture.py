"""Fixtures for tests that want real HTTP: import ``wire_server`` or ``fault_server`` by name into the test module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.app import WireServer
from tests.server.day import add_edgar
from tests.server.faults import add_faults
from tests.server.wires import add_wires

DAYS = ["2025-12-11", "2025-12-12"]


@pytest.fixture(scope="session")
def wire_server(shared: Path) -> Iterator[WireServer]:
    """The recorded day: EDGAR pages, ticker table, three wires with the releases of 11 and 12 December 2025."""
    with WireServer() as server:
        add_edgar(server, shared)
        add_wires(server, shared, DAYS)
        add_faults(server)
        yield server


@pytest.fixture
def fault_server() -> Iterator[WireServer]:
    """Only invented content: the fault paths, and whatever the test routes itself."""
    with WireServer() as server:
        add_faults(server)
        yield server
