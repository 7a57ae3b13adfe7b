"""Ctrl-C and SIGTERM end a run and a watch soon, whatever their feeds are sending, and say what was kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.app import Reply, Request, Route, WireServer
from tests.server.faults import rss
from tests.watch.test_signals import items

ROOT = Path(__file__).resolve().parents[2]
HANG, SOON, DRIP = 60.0, 6.0, 0.2
"""A stop takes well under two seconds; a busy machine gets more."""


def _drip() -> Iterator[bytes]:
    for _ in range(300):
        yield b"<rss>"
        time.sleep(DRIP)


MAINTENANCE = b"<!-- down for maintenance -->\n" * 240 + b"<p>We will be back soon</p>"
CREATOR = (
    b'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item><title>A</title><dc:creator>'
    + b"(a@b <" * 17_000
    + b"</dc:creator></item></channel></rss>"
)
MALFORMED = b"<rss><channel>" + b"<item><title>Zephyra & <b>wins</title>&bad;<link>" * 200_000
HOSTILE: dict[str, Route] = {
    "maintenance": lambda _: Reply(MAINTENANCE, content_type="text/html"),
    "creator": lambda _: Reply(CREATOR),
    "drip": lambda _: Reply(stream=_drip()),
    "malformed": lambda _: Reply(MALFORMED[:10_000_000]),
}


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


def start(server: WireServer, db: Path, *more: str) -> subprocess.Popen[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SCREENER_") and not k.lower().endswith("_proxy")}
    env = {**clean, "PYTHONPATH": str(ROOT), "SCREENER_EDGAR__BASE_URL": server.url}
    for name in (*HOSTILE, "good"):
        env |= {
            f"SCREENER_FEEDS__{name.upper()}__KIND": "feed",
            f"SCREENER_FEEDS__{name.upper()}__URL": f"{server.url}/{name}.xml",
            f"SCREENER_FEEDS__{name.upper()}__EVERY": "0.5",
        }
    feeds = [a for name in (*HOSTILE, "good") for a in ("--feeds", name)]
    command = [sys.executable, "-m", "screener", "run", *more, *feeds, "--db", str(db)]
    return subprocess.Popen(command, env=env, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("mode", ["once", "watch"])
def test_it_stops_soon_amid_hostile_feeds(kind: signal.Signals, mode: str, server: WireServer, tmp_path: Path) -> None:
    asked: set[str] = set()
    for name, answer in {**HOSTILE, "good": lambda _: Reply(rss(3))}.items():

        def noted(request: Request, name: str = name, answer: Route = answer) -> Reply:
            asked.add(name)
            return answer(request)

        server.route(f"/{name}.xml", noted)
    db, watching = tmp_path / "s.db", mode == "watch"
    with start(server, db, *(["--watch"] if watching else [])) as process:
        end = time.monotonic() + HANG
        while not (len(asked) == 5 and (not watching or items(db) >= 3)) and time.monotonic() < end:
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        process.send_signal(kind)
        try:
            _, said = process.communicate(timeout=SOON)
        finally:
            process.kill()
    assert len(asked) == 5 and "Traceback" not in said, said
    if watching:
        assert process.returncode == 0 and "stopping" in said and items(db) >= 3, said
    else:
        assert process.returncode in (130, -signal.SIGINT) and "stopped" in said and "next run goes on" in said, said
