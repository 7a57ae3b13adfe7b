"""The README's walk through a working day, in its order, on one database in an empty home."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from screener.cli import cli
from tests.cli.conftest import ROOT


def walk() -> list[list[str]]:
    """The arguments of the commands from the demo's database to the last one that looks at it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    text = text[text.index("screener demo --db demo.db") : text.index("Any past moment:")]
    blocks = ["screener demo --db demo.db", *re.findall(r"```sh\n(.*?)```", text.partition("Look at what")[2], re.S)]
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("screener ")]
    commands = [shlex.split(line, comments=True)[1:] for line in lines]
    return [c for c in commands if c[0] != "dilution"]  # it reads three years of filings from SEC first


def named_beside() -> list[list[str]]:
    """The commands that the section's prose names after the walk, without those that stay, send or stand for others."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    text = text[text.index("Any past moment:") : text.index("\n## ", text.index("Any past moment:"))]
    lines = [m for m in re.findall(r"`(screener [^`]+)`", text) if not re.search(r" (serve|--send|T|@NAME)\b", m)]
    return [shlex.split(line)[1:] for line in lines]


def screener(args: list[str]) -> Result:
    return CliRunner().invoke(cli, args)


def test_the_walk_runs_in_its_order(demo_db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCREENER_DATABASE__PATH", "demo.db")
    first, *rest = walk()
    assert first == ["demo", "--db", "demo.db"] and len(rest) > 10
    shutil.copy(demo_db, tmp_path / "demo.db")  # what the first command makes
    told = {}
    for args in [*rest, *named_beside()]:
        done = screener(args)
        assert done.exit_code == 0, f"screener {shlex.join(args)}: {done.output} {done.exception!r}"
        told[args[0]] = done.output
    assert "QBKR" in told["explain"] and (tmp_path / "watchlist.csv").read_text().count("\n") > 5
    assert "plan hearing in May" in screener(["watchlist", "list"]).output
    assert "QBKR" in told["brief"] and {"study", "today"} <= set(told)
    assert not list((tmp_path / "xdg_data_home").rglob("*.db")), "nothing is written beside the named database"
