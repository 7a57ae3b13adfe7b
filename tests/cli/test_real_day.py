"""The recorded day 2025-12-12 over real HTTP: EDGAR pages, wires, releases and prices to the stored list."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Result, Run
from tests.server.app import WireServer

AS_OF = "2025-12-12T23:10:00Z"


@pytest.fixture(scope="session")
def releases(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("items") / "releases.jsonl"
    with gzip.open(shared / "wires" / "releases.jsonl.gz", "rt", encoding="utf-8") as lines, path.open("w") as out:
        for line in lines:
            r = json.loads(line)
            if r["published"][:10] in ("2025-12-11", "2025-12-12"):
                item = {k: r[k] for k in ("url", "title", "body", "published", "subjects")}
                out.write(
                    json.dumps({**item, "source": r["wire"], "source_id": r["id"], "ticker_hints": r["tickers"]}) + "\n"
                )
    return path


@pytest.fixture(scope="session")
def environment(wire_server: WireServer) -> dict[str, str]:
    return {
        "SCREENER_EDGAR__BASE_URL": wire_server.url,
        "SCREENER_FEEDS__GLOBENEWSWIRE__URL": f"{wire_server.url}/globenewswire.xml",
        "SCREENER_FEEDS__PRNEWSWIRE__URL": f"{wire_server.url}/prnewswire.xml",
        "SCREENER_FEEDS__BUSINESSWIRE__URL": f"{wire_server.url}/businesswire.xml",
    }


@pytest.fixture(scope="session")
def day(
    run: Run, environment: dict[str, str], releases: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Result, Result]:
    db = tmp_path_factory.mktemp("real") / "real.db"
    feeds = [a for n in ("edgar", "globenewswire", "prnewswire", "businesswire") for a in ("--feeds", n)]
    prices = shared / "prices" / "daily_2025-11-10_2025-12-12.csv.gz"
    args = ["run", *feeds, "--items", str(releases), "--prices", str(prices), "--as-of", AS_OF, "--db", str(db)]
    first = run(*args, env=environment)
    assert first.returncode == 0, first.stderr
    return db, first, run(*args, env=environment)


def listed(run: Run, db: Path, *args: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run("today", "--db", str(db), "--format", "csv", *args).stdout)))


def test_every_accession_is_stored(day: tuple[Path, Result, Result], shared: Path) -> None:
    pages = (shared / "edgar" / "getcurrent" / "2025-12-12T2303Z").glob("*.xml")
    wanted = {a for p in pages for a in re.findall(r"accession-number=([0-9-]+)<", p.read_text("latin-1"))}
    import sqlite3

    with sqlite3.connect(day[0]) as db:
        stored = {r[0] for r in db.execute("SELECT accession FROM filings")}
    db.close()
    assert stored == wanted and len(wanted) > 3000


def test_second_run_adds_and_changes_nothing(day: tuple[Path, Result, Result]) -> None:
    assert "(0 new)" in day[2].stderr and "list unchanged" in day[2].stderr


def test_the_list_names_the_days_news(day: tuple[Path, Result, Result], run: Run) -> None:
    found = {r["ticker"]: r for r in listed(run, day[0], "--date", "2025-12-12")}
    assert len(found) > 100
    order = found["SYNX"]
    assert "3" in order["headline"] and order["polarity"] == "+" and float(order["materiality_pct"]) > 25
    assert found["ATER"]["catalyst"] == "listing_deficiency" and found["ATER"]["polarity"] == "-"
    assert float(found["ATER"]["rvol"]) > 0


def test_the_reasons_of_every_row_add_up_to_its_score(day: tuple[Path, Result, Result], run: Run) -> None:
    rows = json.loads(run("today", "--db", str(day[0]), "--all", "--format", "json").stdout)
    off = {r["ticker"] for r in rows if abs(sum(x["points"] for x in r["reasons"]) - r["score"]) > 0.001}
    assert not off and len(rows) > 100
    in_cell = {r["ticker"]: re.findall(r"(?:^'?|; )([+-][0-9.]+) ", r["reasons"]) for r in listed(run, day[0], "--all")}
    scores = {r["ticker"]: r["score"] for r in rows}
    assert not {t for t, points in in_cell.items() if abs(sum(map(float, points)) - scores[t]) > 0.05}
    assert not {r["ticker"] for r in rows if r["action"] == "Alert" and r["score"] < 50}


def test_as_of_reads_what_was_known_then(
    day: tuple[Path, Result, Result],
    run: Run,
    environment: dict[str, str],
    shared: Path,
    tmp_path: Path,
    releases: Path,
) -> None:
    """The list as of noon, computed at noon's end and computed after the whole day is stored, is the same."""
    noon = "2025-12-12T17:00:00Z"
    prices = str(shared / "prices" / "daily_2025-11-10_2025-12-12.csv.gz")
    early = tmp_path / "early.db"
    feeds = ("--feeds", "edgar", "--feeds", "globenewswire")
    at_noon = run("run", *feeds, "--prices", prices, "--as-of", noon, "--db", str(early), env=environment)
    assert at_noon.returncode == 0, at_noon.stderr
    whole = tmp_path / "whole.db"
    late = run("run", *feeds, "--prices", prices, "--as-of", AS_OF, "--db", str(whole), env=environment)
    assert late.returncode == 0, late.stderr
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    again = run("run", "--items", str(empty), "--as-of", noon, "--db", str(whole), env=environment)
    assert again.returncode == 0, again.stderr
    one, two = (run("today", "--as-of", noon, "--format", "csv", "--db", str(db)).stdout for db in (early, whole))
    assert one == two and one.count("\n") > 20
