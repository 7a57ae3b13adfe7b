"""A user's own ``universe.yml`` counts for the list, the universe, the study and the page, and nothing else does."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from pathlib import Path

import httpx2
import pytest

from screener import clock
from screener.config import load
from tests.cli.conftest import Result, Run
from tests.web.conftest import serving

DAY = dt.date(2026, 3, 12)
NOW = "2026-03-12T21:30:00Z"
CAPS = {"PEBL": 30e6, "BLDR": 70e6, "MNTN": 900e6, "QHL-B": 35e6}
OWN = """title: my stones
bands:
  - {name: pebble, below: 40_000_000}
  - {name: boulder, below: 80_000_000}
kinds: []
"""


def item(n: int, ticker: str) -> dict[str, object]:
    words = ["Alder", "Birch", "Cedar", "Dogwood"][n]
    return {
        "source": "mine", "source_id": str(n), "url": f"https://example.com/{n}", "form": "PR", "summary": "",
        "title": f"{words} Stone Corp. Announces Pricing of ${n + 3}.5 Million Public Offering of Common Stock",
        "body": f"{words} Stone Corp. (Nasdaq: {ticker}) priced an underwritten public offering.",
        "published": f"2026-03-12T12:0{n}:00Z", "ticker_hints": [ticker],
    }  # fmt: skip


class Place:
    def __init__(self, base: Path, run: Run) -> None:
        self._run, self.db, self.settings = run, base / "own.db", base / "screener.toml"
        (base / "rules").mkdir()
        (base / "rules" / "universe.yml").write_text(OWN, encoding="utf-8")
        self.settings.write_text(f"[rules]\nfolders = [{json.dumps(str(base / 'rules'))}]\n", encoding="utf-8")
        items, prices = base / "items.jsonl", base / "prices.csv"
        items.write_text("".join(json.dumps(item(i, t)) + "\n" for i, t in enumerate(CAPS)), encoding="utf-8")
        with prices.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["ticker", "date", "close", "volume", "change_pct", "market_cap", "exchange"])
            for ticker, cap in CAPS.items():
                for back in range(30, -1, -1):
                    day = clock.previous_session(DAY, back) if back else DAY
                    out.writerow([ticker, day, 4.0, 500_000, 0.0, cap, "nasdaq"])
        self.go("run", "--items", str(items), "--prices", str(prices), "--as-of", NOW)

    def go(self, *args: str, code: int = 0) -> Result:
        done = self._run("--config", str(self.settings), *args, "--db", str(self.db))
        assert done.returncode == code, done.stdout + done.stderr
        return done


@pytest.fixture(scope="module")
def place(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("universe"), run)


def test_the_list_holds_its_members_alone(place: Place) -> None:
    shown = place.go("today", "--date", str(DAY)).stdout
    assert all(re.search(rf"\b{t}\b", shown) for t in ("PEBL", "BLDR", "QHL-B"))
    assert "MNTN" not in shown
    assert "MNTN" in place.go("today", "--date", str(DAY), "--all").stdout


def test_the_universe_names_its_bands(place: Place) -> None:
    found = json.loads(place.go("universe", "--date", str(DAY), "--all", "--format", "json").stdout)
    assert {m["ticker"]: m["band"] for m in found} == {
        "PEBL": "pebble", "QHL-B": "pebble", "BLDR": "boulder", "MNTN": "",
    }  # fmt: skip
    assert [m["ticker"] for m in found if not m["included"]] == ["MNTN"]


def test_the_study_groups_by_its_bands(place: Place) -> None:
    found = json.loads(place.go("study", "--format", "json").stdout)
    assert {g["value"] for g in found["groups"] if g["by"] == "cap"} == {"pebble", "boulder"}
    assert found["skipped"]["no small cap"] == 1


@pytest.mark.parametrize("typed", ["qhl.b", "QHL/B", "$QHL-B", "NYSE:QHL.B"])
def test_a_typed_class_share_is_found(place: Place, typed: str) -> None:
    assert "QHL-B" in place.go("explain", typed, "--date", str(DAY)).stdout
    assert "QHL-B" in place.go("universe", typed, "--date", str(DAY)).stdout
    assert "Dogwood" in place.go("watchlist", "history", typed).stdout
    assert "QHL-B" in place.go("watchlist", "add", typed).stderr


def test_the_page_offers_its_bands_and_finds_the_class_share(place: Place) -> None:
    with (
        serving(place.db, settings=load(place.settings, {})) as address,
        httpx2.Client(base_url=address, timeout=30, trust_env=False) as http,
    ):
        offered = re.findall(r'<option value="(\d+)"[^>]*>up to ([^<]+)<', http.get("/").text)
        assert offered == [("40000000", "$40M"), ("80000000", "$80M")]
        assert http.get("/ticker/qhl.b").status_code == 200
