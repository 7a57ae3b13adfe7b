"""The command line as a user runs it: a process of its own, with its own folders."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.server.fixture import fault_server, wire_server

__all__ = ["fault_server", "wire_server"]

ROOT = Path(__file__).resolve().parents[2]
Result = subprocess.CompletedProcess[str]
Run = Callable[..., Result]


def call(
    *args: str, env: Mapping[str, str] | None = None, stdin: str = "", cwd: Path | None = None, timeout: float = 120
) -> Result:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SCREENER_") and not k.lower().endswith("_proxy")}
    return subprocess.run(
        [sys.executable, "-m", "screener", *args],
        capture_output=True,
        text=True,
        input=stdin,
        env={**clean, "PYTHONPATH": str(ROOT), "COLUMNS": "160", **(env or {})},
        cwd=cwd,
        timeout=timeout,
        check=False,
    )


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    base = tmp_path_factory.mktemp("home")
    return {name: str(base / name.lower()) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}


@pytest.fixture(scope="session")
def run(home: dict[str, str]) -> Run:
    """Run ``screener ARGS`` with clean settings; ``env`` adds to the environment."""

    def go(*args: str, env: Mapping[str, str] | None = None, **options: object) -> Result:
        return call(*args, env={**home, **(env or {})}, **options)  # type: ignore[arg-type]

    return go


@pytest.fixture(scope="session")
def demo_db(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database filled by ``screener demo``."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    done = run("demo", "--db", str(path))
    assert done.returncode == 0, done.stderr
    return path
