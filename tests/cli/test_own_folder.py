"""A user's own folder, made by following rules/README.md: a new catalyst from one file to alert and page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx2
import pytest

from tests.cli.conftest import ROOT, Result, Run
from tests.web.conftest import serving

TITLE = "Orrin Stone Receives Quarry Permit and Posts $2.5 Million Bond"
NOW = "2026-03-12T14:30:00Z"
ITEM = {
    "source": "mine", "source_id": "1", "url": "https://example.com/1", "title": TITLE, "summary": "",
    "body": "Orrin Stone Corp. (Nasdaq: ORRN) received the permit from the City of Alder.",
    "published": "2026-03-12T14:00:00Z", "form": "PR", "ticker_hints": ["ORRN"],
}  # fmt: skip


class Place:
    """A folder of one's own with settings that name it."""

    def __init__(self, base: Path, run_here: Run) -> None:
        self.base, self._run, self.rules = base, run_here, base / "rules"
        self.settings, self.db, self.alerts = base / "screener.toml", base / "own.db", base / "alerts.jsonl"
        self.items = base / "items.jsonl"
        self.items.write_text(json.dumps(ITEM) + "\n", encoding="utf-8")
        self.settings.write_text(
            f"[rules]\nfolders = [{json.dumps(str(self.rules))}]\n"
            f"[alerts]\nmin_score = 5\nmax_age = 1e9\nurls = [{json.dumps(f'jsonl:{self.alerts}')}]\n",
            encoding="utf-8",
        )

    def write(self, kind: str, name: str, text: str) -> Path:
        path = self.rules / kind / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def go(self, *args: str, code: int = 0) -> Result:
        done = self._run("--config", str(self.settings), *args)
        assert done.returncode == code, done.stdout + done.stderr
        return done


@pytest.fixture(scope="module")
def place(run_here: Run, tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("own"), run_here)
    text = (ROOT / "rules" / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- own catalyst -->\n```yaml\n(.*?)```", text, re.DOTALL)
    assert found
    place.write("catalysts", "quarry_permit.yml", found.group(1))
    place.go("run", "--items", str(place.items), "--as-of", NOW, "--db", str(place.db))
    return place


def test_it_is_classified_with_stage_polarity_facts_and_evidence(place: Place) -> None:
    found = json.loads(place.go("classify", str(place.items), "--format", "jsonl").stdout)["catalysts"]
    (catalyst,) = [c for c in found if c["type"] == "quarry_permit"]
    assert (catalyst["stage"], catalyst["polarity"]) == ("announced", "+")
    assert catalyst["facts"] == {"amount_usd": 2_500_000, "agency": "City of Alder"}
    assert catalyst["evidence"][0]["text"] == "Quarry Permit"


def test_its_own_tests_run_and_a_wrong_one_fails(place: Place, run_here: Run, tmp_path: Path) -> None:
    assert "all passed" in place.go("rules", "test", "--only", "catalysts").stderr
    other = Place(tmp_path, run_here)
    good = (place.rules / "catalysts" / "quarry_permit.yml").read_text(encoding="utf-8")
    wrong = other.write(
        "catalysts", "quarry_permit.yml", good.replace("stage: terminated, polarity", "stage: closed, polarity")
    )
    said = other.go("rules", "test", "--only", "catalysts", code=1).stdout
    assert f"{wrong}:" in said and "must have stage 'closed': got 'terminated'" in said
    other.write("catalysts", "quarry_permit.yml", good.replace("turns:", "turn:"))
    said = other.go("classify", str(other.items), code=2).stderr
    assert "quarry_permit.yml:7: turn: is not known here; did you mean turns?" in said


def test_it_is_evaluated(place: Place) -> None:
    labels = place.base / "labels.jsonl"
    labels.write_text(
        json.dumps({"id": "1", "types": ["quarry_permit"], "noise": [], "polarity": "+", "stage": "announced",
                    "fields": {"amount_usd": 2_500_000}, "sure": 3}) + "\n"
    )  # fmt: skip
    items = place.base / "labelled.jsonl"
    items.write_text(json.dumps({"id": "1", **ITEM}) + "\n")
    report = json.loads(place.go("evaluate", str(labels), str(items), "--format", "json").stdout)
    (row,) = [c for c in report["classes"] if c["name"] == "quarry_permit"]
    assert (row["examples"], row["right"]) == (1, 1)


def test_it_is_ranked_by_the_default_rule_and_alerted(place: Place) -> None:
    rows = json.loads(place.go("today", "--db", str(place.db), "--as-of", NOW, "--format", "json").stdout)
    (row,) = rows
    assert (row["ticker"], row["catalyst"]) == ("ORRN", "quarry_permit")
    assert row["reasons"][0]["rule_id"] == "any_other"
    place.go("alerts", "send", "--db", str(place.db), "--date", "2026-03-12")
    sent = place.alerts.read_text(encoding="utf-8") if place.alerts.exists() else ""
    assert "ORRN" in sent, place.go("alerts", "why-not", "ORRN", "--db", str(place.db)).stdout


def test_it_is_on_the_page(place: Place) -> None:
    with serving(place.db) as address, httpx2.Client(base_url=address, timeout=30, trust_env=False) as http:
        assert "quarry" in http.get("/catalysts").text.lower()
        page = http.get("/catalysts/quarry_permit")
        assert page.status_code == 200 and TITLE.split(" and ")[0] in page.text


def test_a_built_in_type_can_be_replaced_and_switched_off(run_here: Run, tmp_path: Path) -> None:
    place = Place(tmp_path, run_here)
    place.write("catalysts", "reverse_split.yml", "id: reverse_split\nenabled: false\n")
    items = tmp_path / "split.jsonl"
    items.write_text(json.dumps({"id": "1", "title": "Orrin Stone Announces 1-for-20 Reverse Stock Split", "text": ""}))
    found = json.loads(place.go("classify", str(items), "--format", "jsonl").stdout)
    assert "reverse_split" not in [c["type"] for c in found["catalysts"]]


def test_ranking_regime_and_feed_files_of_ones_own_count(run_here: Run, tmp_path: Path) -> None:
    place = Place(tmp_path, run_here)
    for kind, old, new in (
        ("ranking", "product_launch", "my_launch"),
        ("regime", "thin_trading", "my_thin"),
        ("feeds", "globenewswire", "my_wire"),
    ):
        text = (ROOT / "rules" / kind / f"{old}.yml").read_text(encoding="utf-8")
        place.write(kind, f"{new}.yml", text.replace(f"id: {old}", f"id: {new}"))
    assert "my_launch" in place.go("rules", "list").stdout
    assert "my_wire" in place.go("feeds", "list", "--db", str(place.db)).stdout
    assert "all passed" in place.go("rules", "test", "--only", "regime").stderr
