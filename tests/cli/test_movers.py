"""``movers`` and ``calendar`` on the demo day and on small files of one's own."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

BARS = """ticker,date,open,high,low,close,volume,change_pct,market_cap,float_shares,exchange
ZUPP,2026-03-11,1,1,1,1,2000000,,40000000,,NASDAQ
ZUPP,2026-03-12,1,2,1,1.5,3000000,,60000000,,NASDAQ
QLAR,2026-03-12,90,120,90,120,3000000,40,9000000000,,NASDAQ
ZTHN,2026-03-12,1,2,1,1.5,1000,50,60000000,,NASDAQ
QFAL,2026-03-12,4,4,2,2,4000000,-50,,,NASDAQ
ZSML,2026-03-12,4,4,4,4.1,4000000,3,50000000,,NASDAQ
"""
ITEM = {
    "source": "wire",
    "source_id": "1",
    "title": "Quofalen Opens a New Office in Reno",
    "published": "2025-11-01T12:00:00Z",
    "ticker_hints": ["QFAL"],
}


@pytest.fixture(scope="module")
def moved(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("moved")
    (place / "bars.csv").write_text(BARS)
    (place / "items.jsonl").write_text(json.dumps(ITEM))
    db = place / "m.db"
    args = (
        "--items",
        str(place / "items.jsonl"),
        "--prices",
        str(place / "bars.csv"),
        "--as-of",
        "2026-03-12T22:10:00Z",
    )
    done = run("run", *args, "--db", str(db))
    assert done.returncode == 0, done.stderr
    return db


def test_movers_without_news_stand_apart_with_the_last_known_news(run: Run, moved: Path) -> None:
    found = json.loads(run("movers", "--date", "2026-03-12", "--format", "json", "--db", str(moved)).stdout)
    assert [m["ticker"] for m in found] == ["QFAL", "ZUPP"], "too large, too thin and too small moves are left out"
    assert {m["news"] for m in found} == {"no news found"}
    assert found[0]["headline"] == ITEM["title"] and 131 < found[0]["age_days"] < 132
    assert found[1]["headline"] == "" and found[1]["change_pct"] == 50.0


def test_thresholds_are_options(run: Run, moved: Path) -> None:
    done = run("movers", "--min-change", "2", "--min-dollar-volume", "10M", "--format", "csv", "--db", str(moved))
    assert [r["ticker"] for r in csv.DictReader(io.StringIO(done.stdout))] == ["ZSML"]
    refused = run("movers", "--min-dollar-volume", "many", "--db", str(moved))
    assert refused.returncode == 2 and "no amount" in refused.stderr


def test_movers_of_the_demo_have_their_rows(run: Run, demo_db: Path) -> None:
    found = json.loads(run("movers", "--db", str(demo_db), "--format", "json").stdout)
    ranks = {r["ticker"]: r["rank"] for r in json.loads(run("today", "--db", str(demo_db), "--format", "json").stdout)}
    listed = [m for m in found if m["news"] == "listed"]
    assert len(listed) > 5 and all(m["rank"] == ranks[m["ticker"]] for m in listed)
    assert all(abs(m["change_pct"]) >= 15 and m["dollar_volume"] >= 1e6 for m in found)


def test_calendar_lists_what_is_ahead_soonest_first(run: Run, demo_db: Path) -> None:
    dates = json.loads(run("calendar", "--db", str(demo_db), "--format", "json").stdout)
    days = [d["day"] for d in dates]
    assert dates and days == sorted(days) and days[0] >= "2026-03-12"
    shown = run("calendar", "--db", str(demo_db), env={"COLUMNS": "80"}).stdout
    assert len(shown.splitlines()) == len(dates) and all(len(line) <= 80 for line in shown.splitlines())


@pytest.mark.parametrize("width", [60, 80, 120])
def test_today_fits_the_screen(run: Run, demo_db: Path, width: int) -> None:
    """Three lines a row at most, none wider than the screen, every row there."""
    shown = run("today", "--db", str(demo_db), env={"COLUMNS": str(width)}).stdout.splitlines()
    rows = json.loads(run("today", "--db", str(demo_db), "--format", "json").stdout)
    assert all(len(line) <= width for line in shown)
    numbered = [line for line in shown if line[:3].strip().isdigit() and not line.startswith("    ")]
    assert sorted(int(line[:3]) for line in numbered) == [r["rank"] for r in rows]
    assert len(shown) <= 3 * len(rows) + 15
    assert [line.split(" (")[0] for line in shown if line.startswith(("Up (", "Down (", "Unclear ("))][:2] == [
        "Up",
        "Down",
    ]


def test_reasons_add_up_to_the_score_in_every_row(run: Run, demo_db: Path) -> None:
    rows = json.loads(run("today", "--all", "--db", str(demo_db), "--format", "json").stdout)
    wrong = [r["ticker"] for r in rows if abs(sum(x.get("points", 0) for x in r["reasons"]) - r["score"]) > 1e-6]
    assert len(rows) > 50 and not wrong


def test_mistyped_catalysts_and_amounts_are_refused(run: Run, demo_db: Path) -> None:
    done = run("today", "--catalyst", "reverse_spilt", "--db", str(demo_db))
    assert done.returncode == 2 and "did you mean reverse_split" in done.stderr
    done = run("today", "--max-cap", "300 pigs", "--db", str(demo_db))
    assert done.returncode == 2 and "--max_cap" in done.stderr
    assert run("today", "--catalyst", "going_concern", "--db", str(demo_db)).returncode == 0


def test_saved_filters_and_export_to_standard_output(run: Run, demo_db: Path, tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(
        '[filters.gappers]\nside = ["up"]\nmin_change = 20\nmax_cap = "300M"\nsort = "change"\n'
    )
    done = run("--config", str(tmp_path / "s.toml"), "today", "@gappers", "--db", str(demo_db), "--format", "json")
    rows = json.loads(done.stdout)
    assert rows and all(r["change_pct"] >= 20 and r["market_cap"] <= 300e6 and r["side"] == "+" for r in rows)
    assert [r["change_pct"] for r in rows] == sorted((r["change_pct"] for r in rows), reverse=True)
    refused = run("--config", str(tmp_path / "s.toml"), "today", "@gapers", "--db", str(demo_db))
    assert refused.returncode == 2 and "@gappers" in refused.stderr
    assert (
        run("export", "-", "--db", str(demo_db)).stdout == run("today", "--db", str(demo_db), "--format", "csv").stdout
    )


def test_explain_leads_with_sentences_and_hides_what_is_far_from_firing(run: Run, demo_db: Path) -> None:
    top = json.loads(run("today", "--db", str(demo_db), "--limit", "1", "--format", "json").stdout)[0]["ticker"]
    plain = run("explain", top, "--db", str(demo_db)).stdout
    whole = run("explain", top, "--all", "--db", str(demo_db)).stdout
    assert plain.splitlines()[1].startswith(f"{top} stands at rank 1")
    assert len(plain.splitlines()) < len(whole.splitlines()) - 20


def test_watchlist_checks_tickers_and_takes_the_exchange_in_front(run: Run, demo_db: Path, tmp_path: Path) -> None:
    import shutil

    db = str(shutil.copy(demo_db, tmp_path / "w.db"))
    assert run("watchlist", "add", "NASDAQ:QBKR", "--db", db).returncode == 0
    refused = run("watchlist", "add", "QQQQQ", "--db", db)
    assert refused.returncode == 2 and "--force" in refused.stderr
    assert run("watchlist", "pin", "QQQQQ", "QBKR", "--force", "--db", db).returncode == 0
    marks = json.loads(run("watchlist", "list", "--format", "json", "--db", db).stdout)
    assert {m["ticker"]: m["marks"] for m in marks} == {"QQQQQ": ["pinned"], "QBKR": ["own", "pinned"]}
    shown = run("today", "--min-score", "99.9", "--db", db, env={"COLUMNS": "80"}).stdout
    assert "Pinned (1)" in shown and " QBKR " in shown


def test_a_missing_price_file_is_found_before_anything_is_asked(run: Run, tmp_path: Path) -> None:
    done = run("run", "--prices", "nosuch.csv", "--feeds", "prnewswire", "--db", str(tmp_path / "n.db"), timeout=60)
    assert done.returncode == 2 and "no such file" in done.stderr and "prnewswire" not in done.stderr
