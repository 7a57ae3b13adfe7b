"""``--sector`` and the sector groups of ``movers`` on a list loaded by hand, in this process."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from screener import clock
from screener.cli import cli
from screener.store import open_store
from screener.types import Bar, Run, WatchRow

DAY = dt.date(2026, 3, 12)
CLOSE = clock.close_time(DAY)
LIST = "Symbol,Sector,Industry\nZAAA,Health Care,Biotechnology\nZBBB,Health Care,\nZCCC,Health Care,\nZDDD,Energy,\n"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Four movers of one day, three of them on its list, and no sectors yet."""
    path = tmp_path / "s.db"
    run = Run(id="r", started=CLOSE, finished=CLOSE, as_of=CLOSE, day=DAY)
    with open_store(path) as store, store.transaction():
        store.runs.start(run)
        rows = [
            WatchRow(
                run_id="r", day=DAY, rank=n, ticker=t, score=50.0 - n, catalyst="earnings", as_of=CLOSE, story_id=t
            )
            for n, t in enumerate(("ZAAA", "ZBBB", "ZDDD"), 1)
        ]
        store.lists.save(run, rows)
        store.runs.finish(run)
        store.bars.save(
            Bar(
                ticker=t, day=DAY, close=2.0, volume=2e6, change_pct=20.0 + n, market_cap=5e7, exchange="nasdaq",
                source="test", known_at=CLOSE,
            )
            for n, t in enumerate(("ZAAA", "ZBBB", "ZCCC", "ZDDD"))
        )  # fmt: skip
    return path


def screener(db: Path, *args: str) -> Result:
    return CliRunner().invoke(cli, [*args, "--db", str(db)])


def test_without_sectors_the_filter_says_what_to_do(db: Path) -> None:
    done = screener(db, "today", "--sector", "health")
    assert done.exit_code != 0 and "update-tickers" in str(done.exception or done.stderr)


def test_loaded_sectors_filter_and_group(db: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST)
    done = screener(db, "db", "update-tickers", str(tmp_path / "list.csv"))
    assert done.exit_code == 0 and "4 tickers have a sector" in done.stderr
    rows = json.loads(screener(db, "today", "--sector", "health", "--format", "json").stdout)
    assert [r["ticker"] for r in rows] == ["ZAAA", "ZBBB"]
    told = screener(db, "movers", "--date", "2026-03-12").stdout
    assert "Moved together" in told and "Health Care up: ZCCC +22.0 %, ZBBB +21.0 %, ZAAA +20.0 %" in told
    assert "Energy up" not in told, "one is no group"
    found = json.loads(screener(db, "movers", "--date", "2026-03-12", "--format", "json").stdout)
    assert {m["ticker"]: m["sector"] for m in found}["ZDDD"] == "Energy"


def test_a_renewed_ticker_table_keeps_the_sectors(db: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST)
    (tmp_path / "sec.json").write_text('{"0": {"cik_str": 1, "ticker": "ZAAA", "title": "Zaaa Inc."}}')
    for name in ("list.csv", "sec.json"):
        assert screener(db, "db", "update-tickers", str(tmp_path / name)).exit_code == 0
    assert json.loads(screener(db, "today", "--sector", "energy", "--format", "json").stdout)[0]["ticker"] == "ZDDD"


def test_the_sector_is_a_column(db: Path, tmp_path: Path) -> None:
    bare = screener(db, "today", "--columns", "ticker,sector", "--format", "csv")
    assert bare.stdout.splitlines() == ["ticker,sector", "ZAAA,", "ZBBB,", "ZDDD,"]
    (tmp_path / "list.csv").write_text(LIST)
    screener(db, "db", "update-tickers", str(tmp_path / "list.csv"))
    told = screener(db, "today", "--columns", "ticker, sector", "--format", "csv")
    assert told.stdout.splitlines() == ["ticker,sector", "ZAAA,Health Care", "ZBBB,Health Care", "ZDDD,Energy"]
    table = screener(db, "today", "--columns", "sector", "--columns", "ticker", "--sort", "sector").stdout.splitlines()
    assert [line.split() for line in table] == [
        ["sector", "ticker"], ["Energy", "ZDDD"], ["Health", "Care", "ZAAA"], ["Health", "Care", "ZBBB"],
    ]  # fmt: skip
    wrong = screener(db, "today", "--columns", "sectr")
    assert wrong.exit_code != 0 and "did you mean sector?" in str(wrong.exception or wrong.stderr)
