"""The demo day end to end: a ranked list with reasons, the same everywhere."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

from tests.cli.conftest import Run

DAY = "2026-03-12"
COLUMNS = (
    "rank,ticker,company,exchange,score,action,recommendation,timeframe,risk,catalyst,stage,polarity,headline,source,url,"
    "published,price,change_pct,gap_pct,rvol,dollar_volume,market_cap,float_shares,materiality_pct,reasons,warnings,"
    "unknown,first_seen,as_of"
)


def rows(run: Run, db: Path, *args: str) -> list[dict[str, str]]:
    done = run("today", "--db", str(db), "--format", "csv", *args)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_demo_prints_list_regime_and_database(run: Run, tmp_path: Path) -> None:
    done = run("demo", "--db", str(tmp_path / "d.db"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Market:" in done.stdout and f"Database: {tmp_path / 'd.db'}" in done.stdout
    assert "are invented" in done.stdout and "not investment advice" in done.stdout


def test_csv_has_the_contract_columns_and_ranks(run: Run, demo_db: Path) -> None:
    done = run("today", "--db", str(demo_db), "--format", "csv")
    assert done.stdout.splitlines()[0] == COLUMNS and not done.stderr
    found = rows(run, demo_db)
    assert [int(r["rank"]) for r in found] == list(range(1, len(found) + 1))
    assert len({r["ticker"] for r in found}) == len(found) >= 50
    scores = [float(r["score"]) for r in found]
    assert scores == sorted(scores, reverse=True)
    assert all(r["reasons"] and r["as_of"] == "2026-03-12T22:10:00Z" for r in found)


def test_filters(run: Run, demo_db: Path) -> None:
    everything = rows(run, demo_db, "--date", DAY)
    splits = rows(run, demo_db, "--catalyst", "reverse_split")
    assert 0 < len(splits) < len(everything)
    assert all(float(r["market_cap"]) <= 100e6 for r in rows(run, demo_db, "--max-cap", "100e6"))
    assert all(float(r["score"]) >= 40 for r in rows(run, demo_db, "--min-score", "40"))
    assert len(rows(run, demo_db, "--limit", "3")) == 3
    pre = rows(run, demo_db, "--session", "pre")
    assert 0 < len(pre) < len(everything)


def test_as_of_before_the_list_is_empty_and_says_so(run: Run, demo_db: Path) -> None:
    done = run("today", "--db", str(demo_db), "--as-of", "2026-03-12T13:00:00Z", "--format", "json")
    assert done.returncode == 0 and json.loads(done.stdout) == []
    assert "no list stored" in done.stderr


def test_json_lines_and_output_file(run: Run, demo_db: Path, tmp_path: Path) -> None:
    target = tmp_path / "list.jsonl"
    done = run("today", "--db", str(demo_db), "--format", "jsonl", "--output", str(target))
    assert done.returncode == 0 and done.stdout == ""
    lines = [json.loads(line) for line in target.read_text().splitlines()]
    assert lines[0]["rank"] == 1 and lines[0]["reasons"][0]["points"]


def test_export_writes_the_same_csv(run: Run, demo_db: Path, tmp_path: Path) -> None:
    target = tmp_path / "watchlist.csv"
    done = run("export", str(target), "--date", DAY, "--db", str(demo_db))
    assert done.returncode == 0
    assert target.read_text() == run("today", "--db", str(demo_db), "--format", "csv").stdout


def test_explain_shows_evidence_rules_and_unknowns(run: Run, demo_db: Path) -> None:
    ticker = rows(run, demo_db)[0]["ticker"]
    done = run("explain", ticker, "--db", str(demo_db))
    assert done.returncode == 0, done.stderr
    for words in ("rank 1", "rules that fired", "rules that did not", "confidence", "not investment advice"):
        assert words in done.stdout
    as_json = json.loads(run("explain", ticker, "--db", str(demo_db), "--format", "json").stdout)
    assert as_json["row"]["rank"] == 1 and as_json["stories"] and any(r["matched"] for r in as_json["rules"])


def test_explain_unknown_ticker(run: Run, demo_db: Path) -> None:
    done = run("explain", "NOSUCH", "--db", str(demo_db))
    assert done.returncode == 2 and "no such ticker" in done.stderr


def test_a_second_demo_is_the_same_list(run: Run, demo_db: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.db"
    assert run("demo", "--db", str(again)).returncode == 0
    assert rows(run, again) == rows(run, demo_db)


def test_demo_refuses_to_replace_another_database(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    items = tmp_path / "items.jsonl"
    items.write_text('{"source":"w","source_id":"1","title":"Quorvex Wins Order","published":"2026-03-12T12:00:00Z"}\n')
    assert run("run", "--items", str(items), "--db", str(path)).returncode == 0
    done = run("demo", "--db", str(path))
    assert done.returncode == 2 and "something else than a demo" in done.stderr


def test_watchlist_marks_and_history(run: Run, demo_db: Path, tmp_path: Path) -> None:
    ticker = rows(run, demo_db)[0]["ticker"]
    db = ("--db", str(shutil.copy(demo_db, tmp_path / "marks.db")))
    assert run("watchlist", "add", ticker, "--note", "looked good", *db).returncode == 0
    assert run("watchlist", "mute", "ZZZZ", *db).returncode == 0
    assert run("watchlist", "remove", "ZZZZ", *db).returncode == 0
    listed = json.loads(run("watchlist", "list", "--format", "json", *db).stdout)
    assert {m["ticker"]: m["marks"] for m in listed} == {ticker: ["own"], "ZZZZ": ["muted"]}
    history = run("watchlist", "history", ticker, *db)
    assert DAY in history.stdout and "#1" in history.stdout
    assert run("watchlist", "add", "not a ticker!", *db).returncode == 2


def test_runs_lists_what_was_done(run: Run, demo_db: Path) -> None:
    done = run("runs", "--db", str(demo_db))
    assert "replay as of 2026-03-12 18:10 ET" in done.stdout and "new stories" in done.stdout


def test_db_commands(run: Run, demo_db: Path, tmp_path: Path) -> None:
    assert run("db", "path", "--db", str(demo_db)).stdout.strip() == str(demo_db)
    copy = tmp_path / "copy.db"
    assert run("db", "backup", str(copy), "--db", str(demo_db)).returncode == 0
    assert rows(run, copy) == rows(run, demo_db)
    assert run("db", "backup", str(copy), "--db", str(demo_db)).returncode == 2
    told = run("db", "prune", "--before", "2027-01-01", "--db", str(copy))
    assert "would drop" in told.stderr and rows(run, copy)
    assert run("db", "prune", "--before", "2027-01-01", "--yes", "--db", str(copy)).returncode == 0
    assert rows(run, copy) == rows(run, demo_db)
