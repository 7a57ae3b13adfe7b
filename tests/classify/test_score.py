"""Scoring a locked set: figures by source and type into the card, once for a model, never an error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from screener.classify import card, locked
from screener.classify.score import main
from tests.classify.conftest import RULES

KINDS = {
    "{} Announces 1-for-20 Reverse Stock Split": ["reverse_split"],
    "{} Opens New Office in Dunmore": [],
}
FIRMS = ["Qorvex", "Lakewood", "Tallgrass", "Halden"]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    rows = [
        (f"{firm}{n}", title.format(firm), types) for firm in FIRMS for n, (title, types) in enumerate(KINDS.items())
    ]
    labels = tmp_path / "labels"
    labels.mkdir()
    (labels / locked.LABELS).write_text(
        "".join(
            json.dumps(
                {"id": i, "source": "headline" if i < "M" else "filing", "types": t, "noise": [] if t else ["award"]}
            )
            + "\n"
            for i, _, t in rows
        )
    )
    items = tmp_path / "items.jsonl"
    items.write_text("".join(json.dumps({"id": i, "title": title}) + "\n" for i, title, _ in rows))
    rules = tmp_path / "rules"
    rules.mkdir()
    for name in ("reverse_split.yml", "noise_award.yml"):
        (rules / name).write_bytes((RULES / name).read_bytes())
    model = tmp_path / "model"
    model.mkdir()
    weights = RULES.parents[1] / "data" / "model" / "catalysts.npz"
    (model / weights.name).write_bytes(weights.read_bytes())
    return [str(items), "--labels", str(labels), "--model", str(model), "--rules", str(rules)]


def test_a_model_is_scored_once(files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(files) == 0
    (found,) = card.scorings(tmp_path / "model")
    assert {row.name for row in found.sources} == {"all", "headline", "filing"}
    assert (found.sources[0].items, found.sources[0].micro_f1) == (8, 1.0)
    assert [row.name for row in found.types] == ["reverse_split"]
    text = (tmp_path / "model" / card.CARD).read_text()
    assert "locked set" in text and found.model in text
    assert not any(firm in text for firm in FIRMS)
    capsys.readouterr()
    assert main(files) == 2
    assert "scored" in capsys.readouterr().err
    assert len(card.scorings(tmp_path / "model")) == 1


def test_items_that_are_missing_are_told(files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = tmp_path / "items.jsonl"
    items.write_text("".join(items.read_text().splitlines(keepends=True)[1:]))
    assert main(files) == 2
    assert "1 of the 8 items" in capsys.readouterr().err
