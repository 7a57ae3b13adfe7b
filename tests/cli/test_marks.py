"""The user's own marks typed by hand, in this process: spellings, pins, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from screener.cli import cli
from screener.errors import InputError
from screener.store import open_store


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "s.db"
    open_store(path).close()
    return path


def screener(db: Path, *args: str) -> Result:
    return CliRunner().invoke(cli, [*args, "--db", str(db)])


@pytest.mark.parametrize(
    "typed", ["NASDAQ:ZVEX", "nasdaq: zvex", "$zvex", " ZVEX ", "NYSE American:ZVEX", "Ticker: zvex"]
)
def test_every_usual_spelling_marks_the_ticker(db: Path, typed: str) -> None:
    assert screener(db, "watchlist", "add", typed, "--note", "plan hearing").exit_code == 0
    told = screener(db, "watchlist", "list").output
    assert told.split()[0] == "ZVEX" and "plan hearing" in told


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "an empty word"), ("not a ticker!", "NOT"), ("ABC DEFGHIJ", "ABC-DEFGHIJ"), ("€€", "€€"), ("A" * 40, "AAA")],
)
def test_what_is_no_ticker_is_refused_by_name(db: Path, typed: str, said: str) -> None:
    done = screener(db, "watchlist", "add", "ZVEX", typed)
    assert isinstance(done.exception, InputError) or done.exit_code == 2
    assert said in f"{done.exception}{done.output}" and "write letters such as ABCD" in f"{done.exception}{done.output}"
    assert "ZVEX" not in screener(db, "watchlist", "list").output, "all or nothing"


def test_a_pin_is_put_and_taken_off(db: Path) -> None:
    assert screener(db, "watchlist", "pin", "NASDAQ:ZVEX").exit_code == 0
    assert "pin" in screener(db, "watchlist", "list").output
    assert screener(db, "watchlist", "unpin", "zvex").exit_code == 0
    assert "pinned" not in screener(db, "watchlist", "list").output
