"""``screener market`` and ``universe`` on the demo's day, and prices fetched live into a run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.cli.conftest import Run
from tests.server.app import WireServer

ITEM = {
    "source": "w",
    "source_id": "1",
    "title": "Zorvane Announces 1-for-20 Reverse Stock Split",
    "ticker_hints": ["ZVAN"],
}


def test_market_card_has_numbers_times_and_outlook(run_here: Run, demo_db: Path, tmp_path: Path) -> None:
    db = tmp_path / "m.db"
    shutil.copy(demo_db, db)
    done = run_here("market", "--date", "2026-03-12", "--db", str(db))
    assert done.returncode == 0, done.stderr
    for words in (
        "Action:",
        "Recommendation:",
        "Timeframe:",
        "Risk:",
        "16:00 ET",
        "the label would be",
        "not investment advice",
    ):
        assert words in done.stdout
    first = run_here("market", "--date", "2026-03-12", "--db", str(db), "--format", "json").stdout
    assert json.loads(first)["measures"]["iwm_1d_pct"] is not None
    assert run_here("market", "--date", "2026-03-12", "--db", str(db), "--format", "json").stdout == first


def test_market_of_a_past_day_does_not_know_the_next(run_here: Run, demo_db: Path, tmp_path: Path) -> None:
    db = tmp_path / "m.db"
    shutil.copy(demo_db, db)
    early = json.loads(
        run_here("market", "--as-of", "2026-03-12T15:00:00Z", "--db", str(db), "--format", "json").stdout
    )
    assert early is None or early["measures"]["iwm_1d_pct"] is None
    before = json.loads(run_here("market", "--date", "2026-03-11", "--db", str(db), "--format", "json").stdout)
    assert all(t <= "2026-03-11T23:59" for t in before["times"].values())


def test_market_without_prices_says_what_is_missing(run_here: Run, tmp_path: Path) -> None:
    done = run_here("market", "--db", str(tmp_path / "empty.db"))
    assert done.returncode == 0 and "--prices FILE" in done.stderr


def test_universe_explains(run_here: Run, demo_db: Path) -> None:
    done = run_here("universe", "SPY", "NOSUCH", "--date", "2026-03-12", "--db", str(demo_db))
    assert "SPY      out" in done.stdout and "NOSUCH   unknown" in done.stdout
    listed = json.loads(run_here("universe", "--date", "2026-03-12", "--db", str(demo_db), "--format", "json").stdout)
    assert len(listed) > 50 and all(m["included"] for m in listed)


def test_a_live_run_takes_prices_of_the_whole_market(run_here: Run, fault_server: WireServer, tmp_path: Path) -> None:
    small = {"symbol": "ZVAN", "name": "Zorvane Corp. Common Stock", "lastsale": "$0.50", "pctchange": "-16.667%"}
    rows = [
        {**small, "volume": "1,200,000", "marketCap": "12,000,000.00"},
        {"symbol": "QLLX", "name": "Quellix", "lastsale": "$3.00", "pctchange": "N/A", "volume": "10", "marketCap": ""},
    ]
    fault_server.route("/api/screener/stocks", json.dumps({"data": {"rows": rows}}).encode())
    items = tmp_path / "i.jsonl"
    items.write_text(json.dumps(ITEM) + "\n")
    env = {"SCREENER_PRICES__NASDAQ__BASE_URL": fault_server.url}
    db = str(tmp_path / "s.db")
    done = run_here("run", "--items", str(items), "--prices", "nasdaq", "--db", db, env=env)
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(run_here("today", "--db", db, "--format", "json").stdout)
    assert row["ticker"] == "ZVAN" and row["price"] == 0.5 and row["market_cap"] == 12_000_000


def test_a_price_source_that_fails_is_a_problem(run_here: Run, tmp_path: Path) -> None:
    items = tmp_path / "i.jsonl"
    items.write_text(json.dumps(ITEM) + "\n")
    env = {"SCREENER_PRICES__NASDAQ__BASE_URL": "http://127.0.0.1:9"}
    done = run_here("run", "--items", str(items), "--prices", "nasdaq", "--db", str(tmp_path / "s.db"), env=env)
    assert done.returncode == 0 and "problem: price: nasdaq" in done.stderr and "1 new stories" in done.stderr
