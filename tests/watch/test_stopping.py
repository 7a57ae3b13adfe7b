"""Ctrl-C and SIGTERM end a long command soon, it says what it kept, and the next run goes on from there."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.bench.kill_commands import AS_OF, run, start, tables, write_bars, write_news

SOON = 10.0
"""A stop takes well under two seconds; a busy machine gets more."""


def count(db: Path, table: str) -> int:
    try:
        connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
        try:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error:
        return 0


def stopped(args: Sequence[str], kind: signal.Signals, ready: Callable[[], bool]) -> str:
    """Start, stop once ``ready``, and give what was said."""
    with start(args, {}) as process:
        while not ready() and process.poll() is None:
            time.sleep(0.02)
        assert process.poll() is None, "it was done before it could be stopped"
        process.send_signal(kind)
        try:
            _, said = process.communicate(timeout=SOON)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    # Python ends itself by the signal when one hit it inside an import; a shell calls that 130 as well.
    assert process.returncode in (130, -signal.SIGINT) and b"Traceback" not in said, said
    return said.decode()


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_import_stops_says_what_it_kept_and_goes_on(kind: signal.Signals, tmp_path: Path) -> None:
    news, db = write_news(tmp_path / "news.jsonl", 800), tmp_path / "s.db"
    args = ["run", "--items", str(news), "--as-of", AS_OF, "--db", str(db)]
    said = stopped(args, kind, lambda: count(db, "catalysts") > 0)
    assert "stopped: " in said and "new stories" in said and "the next run goes on" in said
    kept = count(db, "items")
    assert 0 < kept < 800
    if kind == signal.SIGTERM:
        run(args, {})
        run(["run", "--items", str(news), "--as-of", AS_OF, "--db", str(tmp_path / "whole.db")], {})
        assert tables(db) == tables(tmp_path / "whole.db")


def test_loading_prices_stops(tmp_path: Path) -> None:
    bars, db, none = write_bars(tmp_path / "bars.csv", 2500, 56), tmp_path / "s.db", tmp_path / "none.jsonl"
    none.write_text("")
    args = ["run", "--items", str(none), "--prices", str(bars), "--as-of", AS_OF, "--db", str(db)]
    stopped(args, signal.SIGINT, lambda: count(db, "runs") > 0)
    assert count(db, "bars") == 0  # a file is loaded whole or not at all
