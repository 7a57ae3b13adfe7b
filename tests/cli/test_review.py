"""Small promises of the command line, each broken once: devices, far dates, weekends, damaged files, odd ids."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run

TITLE = "Zorvane Corp. (NASDAQ: ZVAN) Announces 1-for-20 Reverse Stock Split"


@pytest.fixture(scope="module")
def friday(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one list, of Friday 2025-12-12 at 18:10 Eastern."""
    folder = tmp_path_factory.mktemp("friday")
    items, bars, db = folder / "items.jsonl", folder / "bars.csv", folder / "friday.db"
    items.write_text(json.dumps({"title": TITLE, "published": "2025-12-12T08:00:00-05:00"}))
    bars.write_text("ticker,date,close,volume\nZVAN,2025-12-11,1,1000\nZVAN,2025-12-12,0.8,50000\n")
    done = run(
        "run", "--items", str(items), "--prices", str(bars), "--as-of", "2025-12-12T23:10:00Z", "--db", str(db)
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return db


@pytest.mark.parametrize("as_of", ["2025-12-12T23:10:00Z", "2025-12-13T15:00:00Z", "2025-12-15T13:00:00Z"])
def test_as_of_shows_the_list_that_stood(run: Run, friday: Path, as_of: str) -> None:
    done = run("today", "--db", str(friday), "--as-of", as_of, "--format", "jsonl")
    assert [json.loads(line)["ticker"] for line in done.stdout.splitlines()] == ["ZVAN"]


def test_nothing_stood_before_the_first_list(run: Run, friday: Path) -> None:
    done = run("today", "--db", str(friday), "--as-of", "2025-12-12T23:09:59Z", "--format", "jsonl")
    assert (done.returncode, done.stdout) == (0, "") and "by then" in done.stderr


def test_the_universe_of_a_weekend_is_the_last_session_s(run: Run, friday: Path) -> None:
    done = run("universe", "ZVAN", "--db", str(friday), "--as-of", "2025-12-13T15:00:00Z")
    assert "unknown: no bar" not in done.stdout and "2025-12-12" in done.stderr


@pytest.mark.parametrize("command", [["today"], ["explain", "ZVAN"], ["market"], ["universe"], ["brief"]])
@pytest.mark.parametrize(
    "when",
    [
        ("--as-of", "0001-01-01T00:00:00+14:00"),
        ("--as-of", "9999-12-31T23:59:59Z"),
        ("--date", "0001-01-01"),
        ("--date", "9999-12-31"),
    ],
)
def test_dates_beyond_the_calendar_are_misuse(
    run: Run, friday: Path, command: list[str], when: tuple[str, str]
) -> None:
    done = run(*command, *when, "--db", str(friday))
    assert done.returncode == 2 and "Traceback" not in done.stderr and when[0] in done.stderr


def test_a_table_goes_into_a_file_too(run: Run, friday: Path, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    done = run("today", "--db", str(friday), "--output", str(path))
    assert done.stdout == "" and "ZVAN" in path.read_text()


def test_a_device_is_written_to_and_a_link_followed(run: Run, friday: Path, tmp_path: Path) -> None:
    pipe, real, link = tmp_path / "pipe", tmp_path / "real.csv", tmp_path / "link.csv"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True) as reader:
        done = run("export", str(pipe), "--db", str(friday))
        out, _ = reader.communicate(timeout=30)
    assert done.returncode == 0 and "ZVAN" in out and pipe.is_fifo()
    real.write_text("old")
    link.symlink_to(real)
    assert run("export", str(link), "--db", str(friday)).returncode == 0
    assert link.is_symlink() and "ZVAN" in real.read_text()


def test_a_damaged_database_is_one_line(run: Run, friday: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    whole = friday.read_bytes()
    path.write_bytes(whole[:8192] + os.urandom(len(whole) - 8192))
    for command in (["today"], ["runs"], ["watchlist", "list"], ["doctor"]):
        done = run(*command, "--db", str(path))
        assert done.returncode == 1 and "Traceback" not in done.stderr
        assert "doctor" in done.stderr or "damaged" in done.stderr + done.stdout


def test_a_reader_that_goes_away_is_no_failure(home: dict[str, str], friday: Path) -> None:
    done = subprocess.Popen(
        [sys.executable, "-m", "screener", "today", "--db", str(friday)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **home, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout is not None and done.stderr is not None
    done.stdout.close()
    said = done.stderr.read()
    done.stderr.close()
    assert done.wait(timeout=60) == 0 and b"Error" not in said


def test_ids_come_back_as_they_were_given(run: Run) -> None:
    lines = "\n\n" + "\n".join(json.dumps({"id": i, "title": TITLE}) for i in (7, "7", None))
    done = run("classify", "--format", "jsonl", stdin=lines)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [7, "7", 5]


def test_broken_files_for_classify_are_one_line(run: Run, tmp_path: Path) -> None:
    deep, cut, fake = tmp_path / "deep.jsonl", tmp_path / "cut.gz", tmp_path / "fake.gz"
    deep.write_text('{"a":' * 100_000 + "\n" + json.dumps({"id": "b", "title": TITLE}))
    cut.write_bytes(gzip.compress(json.dumps({"id": "c", "title": TITLE * 50}).encode())[:-12])
    fake.write_bytes(b"no gzip")
    done = run("classify", str(deep), "--format", "jsonl")
    assert done.returncode == 2 and f"{deep}:1:" in done.stderr and json.loads(done.stdout)["id"] == "b"
    for path in (cut, fake, tmp_path):
        done = run("classify", str(path))
        assert done.returncode == 2 and str(path) in done.stderr and "Traceback" not in done.stderr


def test_item_numbers_in_one_text_are_told_apart(run: Run, tmp_path: Path) -> None:
    items, db = tmp_path / "items.jsonl", tmp_path / "x.db"
    row = {"title": "8-K: Zorvane Corp.", "form": "8-K", "items": "3.01, 9.01", "ticker_hints": ["ZVAN"]}
    items.write_text(json.dumps({**row, "published": "2025-12-12T16:05:00Z"}))
    assert run("run", "--items", str(items), "--as-of", "2025-12-12T23:10:00Z", "--db", str(db)).returncode == 0
    rows = run("today", "--db", str(db), "--format", "json")
    assert [r["catalyst"] for r in json.loads(rows.stdout)] == ["listing_deficiency"]


def test_only_web_addresses_become_links(run: Run, tmp_path: Path) -> None:
    items, db = tmp_path / "items.jsonl", tmp_path / "x.db"
    row = {"title": TITLE, "url": "javascript:alert(1)", "source": "=1+1", "published": "2025-12-12T16:05:00Z"}
    items.write_text(json.dumps(row))
    assert run("run", "--items", str(items), "--as-of", "2025-12-12T23:10:00Z", "--db", str(db)).returncode == 0
    done = run("today", "--db", str(db), "--format", "csv")
    assert "javascript" not in done.stdout and ",'=1+1," in done.stdout


def test_a_run_stopped_by_its_prices_says_so(run: Run, tmp_path: Path) -> None:
    items, bars, db = tmp_path / "items.jsonl", tmp_path / "bars.csv", tmp_path / "x.db"
    items.write_text(json.dumps({"title": TITLE, "published": "2025-12-12T16:05:00Z"}))
    bars.write_text("a,b\n1,2\n")
    asked = ("run", "--items", str(items), "--prices", str(bars), "--as-of", "2025-12-12T23:10:00Z", "--db", str(db))
    assert run(*asked).returncode == 2
    found = json.loads(run("runs", "--db", str(db), "--format", "json").stdout)
    assert found[0]["finished"] and str(bars) in found[0]["problems"][0]["message"]
