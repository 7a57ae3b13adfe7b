"""The built wheel, installed into an environment of its own, runs the demo from an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("*.whl"))


def test_wheel_holds_rules_data_and_templates(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for wanted in (
        "screener/_rules/catalysts/reverse_split.yml",
        "screener/_data/demo/demo.yml",
        "screener/_rules/universe.yml",
    ):
        assert wanted in names
    assert any(n.startswith("screener/_data/model/") and n.endswith(".npz") for n in names)
    assert not any(n.startswith(("tests/", "screener/tests")) for n in names)


def test_wheel_runs_the_demo_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "venv"
    venv.create(place, with_pip=False)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(place), "platbase": str(place)}))
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    # The dependencies are the locked ones of this environment; only their folder is borrowed, not its .pth files, so
    # the checkout cannot be what is imported.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH",) and not k.startswith("SCREENER_")}
    python = str(place / "bin" / "python")
    where = subprocess.run(
        [python, "-c", "import screener; print(screener.__file__)"],
        capture_output=True,
        text=True,
        cwd=empty,
        env=env,
        check=True,
    )
    assert str(place) in where.stdout
    done = subprocess.run(
        [python, "-m", "screener", "demo"], capture_output=True, text=True, cwd=empty, env=env, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Market:" in done.stdout and "Database:" in done.stdout and list(empty.iterdir()) == []
