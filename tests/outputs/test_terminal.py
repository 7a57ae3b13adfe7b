"""A terminal that cannot show every character gets marks, never a traceback: each command, each odd encoding."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from screener.cli import main
from screener.store import open_store
from screener.types import Run as Run_
from tests.cli.conftest import Run, demo_db, home, run

__all__ = ["demo_db", "home", "run"]

ENCODINGS = [
    {"PYTHONIOENCODING": "cp437:strict"},
    {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
]
COMMANDS = [
    ("today",), ("explain", "ZVEX"), ("watchlist", "list"), ("watchlist", "history", "ZVEX"), ("alerts", "list"),
    ("alerts", "why-not", "ZVEX"), ("brief",), ("runs",), ("market",), ("feeds", "list"), ("rules", "list"),
    ("today", "--format", "csv"), ("alerts", "feed"), ("export", "{out}"), ("explain", "Ж\ud800"), ("alerts", "why", "\udcff"),
]  # fmt: skip
TITLE = "Zvex “Żółć” – 株式分割 \U0001f680 \u202e − × …"


@pytest.fixture(scope="module")
def odd_db(run: Run, demo_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's database whose headlines and notes need more than ASCII."""
    path = Path(shutil.copy(demo_db, tmp_path_factory.mktemp("odd") / "odd.db"))
    with open_store(path) as store:
        day = store.lists.days(1)[0]
        rows = store.lists.rows_as_of(day) or []
        later = max(r.as_of for r in rows) + dt.timedelta(minutes=1)
        made = Run_(id="odd", started=later, finished=later, as_of=later, day=day)
        odd = [
            msgspec.structs.replace(r, headline=TITLE, company=TITLE, run_id=made.id, as_of=later, day=day)
            for r in rows
        ]
        with store.transaction():
            store.runs.start(made)
            store.lists.save(made, odd)
            store.runs.finish(made)
    assert run("watchlist", "note", "ZVEX", TITLE, "--db", str(path)).returncode == 0
    return path


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
def test_no_command_stops_at_a_character(
    odd_db: Path, home: dict[str, str], encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**home, "COLUMNS": "160"}.items():
        monkeypatch.setenv(name, value)
    for command in COMMANDS:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding, write_through=True) for _ in "oe")
        given = [part.format(out=tmp_path / "out.csv") for part in command]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as end:
            monkeypatch.setattr(sys, "argv", ["screener", *given, *_at(command, odd_db)])
            main()
        assert end.value.code in (0, 1, 2), command
    assert "株式分割" in (tmp_path / "out.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("env", ENCODINGS, ids=lambda e: "-".join(e.values()))
def test_the_terminal_is_asked_at_the_start(
    odd_db: Path, home: dict[str, str], env: dict[str, str], tmp_path: Path
) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("SCREENER_", "PYTHON", "LC_", "LANG"))}
    for command in (("today",), ("explain", "Ж\ud800")):
        given = [os.fsencode(part) if part.isascii() else _bytes(part) for part in (*command, *_at(command, odd_db))]
        done = subprocess.run(
            [sys.executable.encode(), b"-m", b"screener", *given],
            capture_output=True, env={**clean, **home, "COLUMNS": "160", **env}, timeout=120, check=False,
        )  # fmt: skip
        assert b"Traceback" not in done.stderr, (command, done.stderr[-800:])
        assert done.returncode in (0, 1, 2), (command, done.returncode)


def _at(command: tuple[str, ...], db: Path) -> list[str]:
    return [] if command[0] == "rules" else ["--db", str(db)]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def test_half_a_character_is_written_as_a_mark(run: Run, tmp_path: Path) -> None:
    item = {"source": "x", "source_id": "1", "title": "Zvex \ud83d Announces 1-for-20 Reverse Stock Split"}
    done = run("classify", "--format", "jsonl", stdin=json.dumps({**item, "id": "\ud800"}) + "\n")
    assert "Traceback" not in done.stderr and done.returncode in (0, 1, 2)
