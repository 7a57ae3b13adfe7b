"""Start-up stays light, every command has help with an example, and the README's commands exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from screener.cli import COMMANDS, cli
from tests.cli.conftest import Run

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "spacy",
    "httpx2",
    "datasette",
    "numpy",
    "apprise",
    "polars",
    "sqlite_utils",
    "pandas",
    "feedparser",
    "rapidfuzz",
)


def loaded(*args: str) -> set[str]:
    """Which heavy modules a command has imported when it ends."""
    code = (
        f"import atexit, sys; atexit.register(lambda: print(*('HEAVY ' + m + '\\n' for m in {HEAVY!r} if m in sys.modules)));"
        f"sys.argv = ['screener', *{list(args)!r}]; import screener.cli as c; c.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return {m for m in HEAVY if f"HEAVY {m}\n" in done.stdout}


def test_help_imports_nothing_heavy() -> None:
    assert loaded("--help") == set()


def test_today_imports_nothing_heavy(demo_db: Path) -> None:
    assert loaded("today", "--db", str(demo_db)) == set()


def commands() -> list[tuple[str, click.Command]]:
    found = []
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {sub}", c) for sub, c in command.commands.items()]
    return found


@pytest.mark.parametrize(("name", "command"), commands(), ids=lambda v: v if isinstance(v, str) else "")
def test_every_command_has_help_with_an_example(name: str, command: click.Command) -> None:
    assert command.help and f"screener {name}" in command.help, f"screener {name}: no example in its help"


def test_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text()
    silent = [name for name in COMMANDS if f"screener {name}" not in text]
    assert not silent, f"not in the README: {silent}"


def test_unknown_command_names_the_nearest(run: Run) -> None:
    done = run("todya")
    assert done.returncode == 2 and "did you mean today" in done.stderr


def readme_commands() -> list[str]:
    text = (ROOT / "README.md").read_text()
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`(screener [^`]+)`", text)
    return sorted({line for line in lines if "screener " in line and not line.startswith(("export", "make"))})


@pytest.mark.parametrize("line", readme_commands())
def test_readme_commands_run(line: str, home: dict[str, str], demo_db: Path, tmp_path: Path) -> None:
    """Each command of the README, on the demo's database and small files of the names it uses."""
    from tests.cli.readme import prepare

    done = prepare(line, home, demo_db, tmp_path)
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def test_doctor_finds_the_demo_in_order(run: Run, demo_db: Path) -> None:
    done = run("doctor", "--db", str(demo_db))
    assert done.returncode == 0, done.stdout
    assert "ok   database" in done.stdout and "ranking rules" in done.stdout


def test_doctor_says_what_is_broken(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.db").write_text("no database " * 100)
    done = run("doctor", "--db", str(tmp_path / "bad.db"))
    assert done.returncode == 1 and "BAD  database" in done.stdout
