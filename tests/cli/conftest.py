"""The command line as a user runs it, with its own folders: in this process, or in one of its own (``run_apart``)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from screener.cli import main
from tests.once import keep_classifiers, made_once
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


def call_here(
    *args: str, env: Mapping[str, str] | None = None, stdin: str = "", cwd: Path | None = None, timeout: float = 120
) -> Result:
    """``call`` without a process: what is imported once stays imported. ``timeout`` means nothing here."""
    keep_classifiers()
    unset = [k for k in os.environ if k.startswith("SCREENER_") or k.lower().endswith("_proxy")]
    given: dict[str, str | None] = {**dict.fromkeys(unset), "COLUMNS": "160", **(env or {})}
    before, argv, handlers = Path.cwd(), sys.argv, [(n, signal.getsignal(n)) for n in (signal.SIGTERM, signal.SIGINT)]
    code: object = 0
    with CliRunner().isolation(input=stdin, env=given) as (out, err, _):
        try:
            os.chdir(cwd or before)
            sys.argv = ["screener", *args]
            main()
        except SystemExit as e:
            code = e.code
        finally:
            os.chdir(before)
            sys.argv = argv
            for number, handler in handlers:
                signal.signal(number, handler)
        sys.stdout.flush()
        sys.stderr.flush()
        said = [stream.getvalue().decode("utf-8", "replace").replace("\r\n", "\n") for stream in (out, err)]
    return Result(["screener", *args], code if isinstance(code, int) else 0 if code is None else 1, *said)


@pytest.fixture(scope="session")
def run(home: dict[str, str]) -> Run:
    """Run ``screener ARGS`` with clean settings, in this process; ``env`` adds to the environment."""

    def go(*args: str, env: Mapping[str, str] | None = None, **options: object) -> Result:
        return call_here(*args, env={**home, **(env or {})}, **options)  # type: ignore[arg-type]

    return go


@pytest.fixture(scope="session")
def run_here(run: Run) -> Run:
    """Another name of ``run``."""
    return run


@pytest.fixture(scope="session")
def run_apart(home: dict[str, str]) -> Run:
    """As ``run``, in a process of its own: for what only the start, the streams or the end of a process can show."""

    def go(*args: str, env: Mapping[str, str] | None = None, **options: object) -> Result:
        return call(*args, env={**home, **(env or {})}, **options)  # type: ignore[arg-type]

    return go


@pytest.fixture(scope="session")
def demo_db(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database filled by ``screener demo``, the same one for every test and worker: they read it or copy it."""

    def make(path: Path) -> None:
        done = run("demo", "--db", str(path))
        assert done.returncode == 0, done.stderr

    return made_once(tmp_path_factory, "demo.db", make)
