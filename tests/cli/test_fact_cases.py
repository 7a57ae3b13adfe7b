"""The recorded small inputs of halts, splits and tiny prices, from files to the list."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture(scope="module")
def cases(shared: Path) -> Path:
    return shared.parent / "cases" / "facts"


def listed(run: Run, cases: Path, db: Path, items: str, prices: str) -> dict[str, str]:
    at = "2026-03-12T21:00:00Z"
    done = run("run", "--items", str(cases / items), "--prices", str(cases / prices), "--as-of", at, "--db", str(db))
    assert done.returncode == 0, done.stderr
    out = run("today", "--date", "2026-03-12", "--format", "csv", "--db", str(db)).stdout
    return {r["ticker"]: r for r in csv.DictReader(io.StringIO(out))}["ZORV"]


def test_a_reverse_split_is_no_gain(run: Run, cases: Path, tmp_path: Path) -> None:
    row = listed(run, cases, tmp_path / "x.db", "05_split_news.jsonl", "05_split_no_change_pct.csv")
    assert float(row["change_pct"]) == pytest.approx(5.0) and float(row["rvol"]) == pytest.approx(3.0)


@pytest.mark.parametrize(("prices", "price"), [("16_sub_penny.csv", "0.000045"), ("16_sub_penny_b.csv", "0.000075")])
def test_a_tiny_price_is_written(run: Run, cases: Path, tmp_path: Path, prices: str, price: str) -> None:
    assert listed(run, cases, tmp_path / "x.db", "16_items.jsonl", prices)["price"] == price


def test_a_class_share_is_halted(run: Run, cases: Path, tmp_path: Path) -> None:
    rules, db = tmp_path / "rules", str(tmp_path / "x.db")
    for name, text in (("payloads/h.rss.xml", "04_halt_class_share.rss.xml"), ("feeds/h.yml", "04_hfile.yml")):
        (rules / name).parent.mkdir(parents=True, exist_ok=True)
        (rules / name).write_bytes((cases / text).read_bytes())
    settings = tmp_path / "s.toml"
    settings.write_text(f"[rules]\nfolders = ['{rules}']\n")
    head, at = ("--config", str(settings)), "2026-03-12T15:00:00Z"
    run(*head, "db", "update-tickers", str(cases / "tickers.json"), "--db", db)
    run(*head, "run", "--items", str(cases / "04_items.jsonl"), "--feeds", "h", "--as-of", at, "--db", db)
    for ticker in ("QHL-B", "ZORV"):
        assert "halted now, code T12" in run(*head, "explain", ticker, "--as-of", at, "--db", db).stdout
