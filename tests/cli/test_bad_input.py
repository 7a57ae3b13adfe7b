"""Bad input gives one clear line, the right exit code, and loses nothing."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run
from tests.server.app import WireServer

GOOD = {
    "source": "w",
    "title": "Zorvane Announces 1-for-20 Reverse Split",
    "published": "2026-03-12T12:00:00Z",
    "ticker_hints": ["ZVAN"],
}
AS_OF = "2026-03-12T22:10:00Z"
MANY = 800  # more than the 500 that go into one transaction


def items_file(path: Path, *rows: object) -> Path:
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows))
    return path


def stories(db: Path) -> int:
    with sqlite3.connect(db) as opened:
        count = opened.execute("SELECT count(*) FROM stories").fetchone()[0]
    opened.close()
    return int(count)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("html", "HTML"),
        ("empty", "empty"),
        ("404", "404"),
        ("503", "503"),
        ("cut", ""),
    ],
)
def test_a_faulty_feed_is_a_problem_and_the_rest_is_stored(
    run: Run, fault_server: WireServer, tmp_path: Path, fault: str, words: str
) -> None:
    items = items_file(tmp_path / "i.jsonl", {**GOOD, "source_id": "1"})
    url = f"{fault_server.url}/fault/{fault}"
    done = run(
        "run", "--feeds", "globenewswire", "--items", str(items), "--as-of", AS_OF, "--db", str(tmp_path / "s.db"),
        env={"SCREENER_FEEDS__GLOBENEWSWIRE__URL": url}, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    problems = [line for line in done.stderr.splitlines() if line.startswith("problem: collect: globenewswire")]
    assert problems and words in " ".join(problems)
    assert "Traceback" not in done.stderr and stories(tmp_path / "s.db") >= 1


def test_a_host_that_is_not_there(run: Run, tmp_path: Path) -> None:
    items = items_file(tmp_path / "i.jsonl", {**GOOD, "source_id": "1"})
    done = run(
        "run", "--feeds", "prnewswire", "--items", str(items), "--as-of", AS_OF, "--db", str(tmp_path / "s.db"),
        env={"SCREENER_FEEDS__PRNEWSWIRE__URL": "http://127.0.0.1:9/nothing.xml"}, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0 and "problem: collect: prnewswire" in done.stderr and stories(tmp_path / "s.db") == 1


def test_no_source_at_all_is_a_failure(run: Run, tmp_path: Path) -> None:
    env = {"SCREENER_FEEDS__PRNEWSWIRE__URL": "http://127.0.0.1:9/nothing.xml"}
    done = run("run", "--feeds", "prnewswire", "--as-of", AS_OF, "--db", str(tmp_path / "s.db"), env=env, timeout=180)
    assert done.returncode == 1 and "no source gave anything" in done.stderr
    assert run("runs", "--db", str(tmp_path / "s.db")).returncode == 0


def test_one_broken_line_of_items(run: Run, tmp_path: Path) -> None:
    items = items_file(
        tmp_path / "i.jsonl",
        {**GOOD, "source_id": "1"},
        '{"broken',
        {**GOOD, "source_id": "2", "title": "Quellix Wins Order"},
    )
    done = run("run", "--items", str(items), "--as-of", AS_OF, "--db", str(tmp_path / "s.db"))
    assert done.returncode == 0 and f"{items}:2:" in done.stderr
    assert stories(tmp_path / "s.db") == 2


def test_a_missing_items_file_is_misuse(run: Run, tmp_path: Path) -> None:
    done = run("run", "--items", str(tmp_path / "none.jsonl"), "--as-of", AS_OF, "--db", str(tmp_path / "s.db"))
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1) and "none.jsonl" in done.stderr


def test_empty_items_are_fine_and_say_so(run: Run, tmp_path: Path) -> None:
    items = items_file(tmp_path / "i.jsonl")
    db = str(tmp_path / "s.db")
    assert run("run", "--items", str(items), "--as-of", AS_OF, "--db", db).returncode == 0
    done = run("today", "--date", "2026-03-12", "--db", db, "--format", "csv")
    assert done.returncode == 0 and done.stdout.count("\n") == 1


def test_a_misspelt_fact_names_file_line_and_the_nearest(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "ranking"
    folder.mkdir(parents=True)
    assert run("rules", "new", "my_rule", "--folder", str(folder)).returncode == 0
    path = folder / "my_rule.yml"
    assert run("rules", "test", str(path)).returncode == 0
    path.write_text(path.read_text().replace("catalyst:", "catalist:"))
    for command in (["rules", "check"], ["rules", "test", "--only", "ranking"], ["run", "--as-of", AS_OF]):
        done = run(*command, "--db", str(tmp_path / "s.db")) if command[0] == "run" else run(*command, str(path))
        if command[0] == "run":
            done = run(
                *command, "--db", str(tmp_path / "s.db"), env={"SCREENER_RULES__FOLDERS": str(tmp_path / "mine")}
            )
        text = done.stdout + done.stderr
        assert done.returncode in (1, 2) and "my_rule.yml:" in text and "catalyst" in text and "Traceback" not in text


def test_prices_without_volume_leave_volume_unknown(run: Run, tmp_path: Path) -> None:
    items = items_file(tmp_path / "i.jsonl", {**GOOD, "source_id": "1"})
    prices = tmp_path / "p.csv"
    prices.write_text("ticker,date,close\nZVAN,2026-03-11,1.00\nZVAN,2026-03-12,0.80\n")
    db = str(tmp_path / "s.db")
    done = run("run", "--items", str(items), "--prices", str(prices), "--as-of", AS_OF, "--db", db)
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(run("today", "--db", db, "--format", "json").stdout)
    assert row["price"] == 0.8 and row["rvol"] is None and "rvol" in row["unknown"]


def test_prices_that_are_no_table_or_no_source(run: Run, tmp_path: Path) -> None:
    items = items_file(tmp_path / "i.jsonl", {**GOOD, "source_id": "1"})
    (tmp_path / "p.csv").write_text("hello\nworld\n")
    for name in (str(tmp_path / "p.csv"), "nasdak"):
        done = run("run", "--items", str(items), "--prices", name, "--as-of", AS_OF, "--db", str(tmp_path / "s.db"))
        assert done.returncode == 2 and name in done.stderr and "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere; the store test covers the error itself")
def test_a_read_only_folder(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o500)
    done = run("run", "--as-of", AS_OF, "--db", str(folder / "s.db"))
    assert done.returncode == 1 and "check that the folder" in done.stderr


def test_a_database_below_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("run", "--as-of", AS_OF, "--db", str(tmp_path / "file" / "s.db"))
    assert done.returncode == 1 and "--db" in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_full_disk_loses_nothing(run: Run, tmp_path: Path) -> None:
    first = items_file(tmp_path / "a.jsonl", {**GOOD, "source_id": "1"})
    db = tmp_path / "s.db"
    assert run("run", "--items", str(first), "--as-of", AS_OF, "--db", str(db)).returncode == 0
    many = [{**GOOD, "source_id": f"x{n}", "title": f"Quellix {n} reports", "body": "word " * 2000} for n in range(120)]
    second = items_file(tmp_path / "b.jsonl", *many)
    # A file-size limit makes the system refuse to write on, as a full disk does.
    size = (db.stat().st_size // 1024) + 600
    command = f"ulimit -f {size}; exec {sys.executable} -m screener run --items {second} --as-of {AS_OF} --db {db}"
    done = subprocess.run(
        ["bash", "-c", f"trap '' XFSZ; {command}"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr and "what was stored before is intact" in done.stderr
    assert stories(db) >= 1
    again = run("run", "--items", str(second), "--as-of", AS_OF, "--db", str(db))
    assert again.returncode == 0, again.stderr
    assert run("doctor", "--db", str(db)).returncode == 0


@pytest.fixture(scope="module")
def many(run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """More items than are stored in one piece, and the database of a run over all of them that nothing stopped."""
    rows = [
        {
            **GOOD,
            "source_id": f"x{n}",
            "title": f"Company number {n} wins order {n * 7}",
            "ticker_hints": [f"Z{chr(65 + n % 26)}{n}"],
        }
        for n in range(MANY)
    ]
    folder = tmp_path_factory.mktemp("many")
    items, whole = folder / "i.jsonl.gz", folder / "whole.db"
    with gzip.open(items, "wt") as out:
        out.writelines(json.dumps(r) + "\n" for r in rows)
    assert run("run", "--items", str(items), "--as-of", AS_OF, "--db", str(whole)).returncode == 0
    return items, whole


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_run_goes_on_in_the_next(
    run: Run, many: tuple[Path, Path], tmp_path: Path, home: dict[str, str], kind: signal.Signals
) -> None:
    items, whole = many
    args, db = ["run", "--items", str(items), "--as-of", AS_OF], tmp_path / "s.db"
    started = subprocess.Popen(
        [sys.executable, "-m", "screener", *args, "--db", str(db)],
        env={**os.environ, **home, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    while started.poll() is None and not (db.exists() and _committed(db)):
        time.sleep(0.02)
    started.send_signal(kind)
    _, said = started.communicate(timeout=60)
    if kind == signal.SIGINT and started.returncode:
        # Python ends itself by the signal when one hit it inside an import; a shell calls that 130 as well.
        assert started.returncode in (130, -signal.SIGINT) and "Traceback" not in said
    assert run(*args, "--db", str(db)).returncode == 0
    texts = [run("today", "--db", str(d), "--format", "csv").stdout for d in (db, whole)]
    assert texts[0] == texts[1] and stories(db) == stories(whole) == MANY


def _committed(db: Path) -> bool:
    try:
        return stories(db) > 0
    except sqlite3.Error:
        return False
