"""Fixtures of the alert tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from screener.store import Store
from tests.alerts.making import Mailbox, fresh, smtp
from tests.cli.conftest import home, run
from tests.server.app import WireServer

__all__ = ["home", "run"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with fresh(tmp_path) as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture
def mail() -> Iterator[tuple[str, Mailbox]]:
    yield from smtp()
