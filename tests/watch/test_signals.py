"""The watch as a process: it stops when asked to, cleanly and soon, and goes on where it ended."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.app import Reply, WireServer
from tests.server.faults import rss

ROOT = Path(__file__).resolve().parents[2]
HANG = 10.0


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


def start(server: WireServer, db: Path) -> subprocess.Popen[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SCREENER_") and not k.lower().endswith("_proxy")}
    env = {
        **clean, "PYTHONPATH": str(ROOT), "SCREENER_EDGAR__BASE_URL": server.url, "SCREENER_FEEDS__W__KIND": "feed",
        "SCREENER_FEEDS__W__URL": f"{server.url}/w.xml", "SCREENER_FEEDS__W__EVERY": "0.5",
    }  # fmt: skip
    command = [sys.executable, "-m", "screener", "run", "--watch", "--feeds", "w", "--db", str(db)]
    return subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)


def items(db: Path) -> int:
    try:
        connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
        try:
            return int(connection.execute("SELECT count(*) FROM items").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error:
        return -1


def test_both_signals_stop_it_and_the_next_goes_on(server: WireServer, tmp_path: Path) -> None:
    db, count = tmp_path / "s.db", [0]
    server.route("/w.xml", lambda _: Reply(rss(count[0])))
    for number, kind in enumerate((signal.SIGINT, signal.SIGTERM), 1):
        count[0] = number * 7
        with start(server, db) as process:
            while items(db) < count[0] and process.poll() is None:
                time.sleep(0.02)
            process.send_signal(kind)
            _, said = process.communicate(timeout=HANG)
        assert process.returncode == 0 and "Traceback" not in said, said
        assert "stopping" in said and items(db) == count[0]
    connection = sqlite3.connect(db)
    assert connection.execute("SELECT gaps FROM feeds").fetchall() == [(0,)]
    connection.close()
