"""Training: folds that share no company, the same weights twice, calibration, and a model file that holds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from screener.classify import learn, model, taught
from screener.classify.evaluate import Label
from screener.classify.pipeline import Classifier
from screener.classify.train import main
from screener.errors import ModelError
from screener.types import Story
from tests.classify.conftest import MODEL, NOON, RULES

FIRMS = [
    "Qorvex",
    "Lakewood",
    "Tallgrass",
    "Halden",
    "Copperline",
    "Marlowe",
    "Verity",
    "Ostrander",
    "Fernhill",
    "Tessaly",
]


def dataset(folder: Path) -> tuple[Path, Path]:
    """Invented releases of ten firms: three kinds of news each."""
    labels, items = folder / "labels.jsonl", folder / "items.jsonl"
    kinds = {
        "{} Announces 1-for-20 Reverse Stock Split": ["reverse_split"],
        "{} Authorizes $10 Million Share Repurchase Program": ["buyback"],
        "{} Opens New Office in Dunmore": [],
    }
    rows = [
        (f"{firm}{i}", title.format(firm), types) for firm in FIRMS for i, (title, types) in enumerate(kinds.items())
    ]
    labels.write_text(
        "".join(
            json.dumps({"id": i, "types": t, "noise": [] if t else ["other_noise"], "sure": 3}) + "\n"
            for i, _, t in rows
        )
    )
    items.write_text("".join(json.dumps({"id": i, "title": title}) + "\n" for i, title, _ in rows))
    return labels, items


def test_no_company_stands_in_two_folds() -> None:
    groups = [f"G{i % 7}" for i in range(50)]
    folds = taught.folds(groups, 3)
    assert sorted(i for fold in folds for i in fold) == list(range(50))
    seen = [{groups[i] for i in fold} for fold in folds]
    assert all(not (a & b) for n, a in enumerate(seen) for b in seen[n + 1 :])


def test_company_is_the_ticker_or_the_first_words() -> None:
    plain = Story(id="1", title="Qorvex Labs Announces", published=NOON, first_seen=NOON)
    listed = Story(id="2", title="Qorvex Labs Announces", tickers=("QRVX",), published=NOON, first_seen=NOON)
    assert (taught.company(plain), taught.company(listed)) == ("qorvex labs", "QRVX")


def test_training_twice_gives_the_same_bytes_and_a_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels, items = dataset(tmp_path)
    rules = tmp_path / "rules"
    rules.mkdir()
    for name in ("reverse_split.yml", "buyback.yml", "patent.yml", "noise_other_noise.yml"):
        (rules / name).write_bytes((RULES / name).read_bytes())
    for name in ("one", "two"):
        assert main([str(labels), str(items), "--out", str(tmp_path / name), "--rules", str(rules)]) == 0
    first, second = ((tmp_path / name / model.FILE).read_bytes() for name in ("one", "two"))
    assert first == second
    card = (tmp_path / "one" / "README.md").read_text()
    assert "labels.jsonl" in card and "held out" in card
    assert not any(firm in card for firm in FIRMS), "a card shows no text of what it was trained on"
    assert "micro_f1" in capsys.readouterr().out
    found = Classifier(rules, tmp_path / "one").classify(
        Story(id="n", title="Harbor Announces 1-for-9 Reverse Stock Split", published=NOON, first_seen=NOON)
    )
    assert [c.type for c in found.catalysts] == ["reverse_split"]


def test_labels_without_items_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels, items = dataset(tmp_path)
    items.write_text('{"id": "other", "title": "x"}\n')
    assert main([str(labels), str(items), "--out", str(tmp_path / "out")]) == 2
    assert "check that they fit" in capsys.readouterr().err


def test_calibration_makes_scores_fair() -> None:
    """Scores twice too sure and shifted by one: the calibration has to undo both."""
    rng = np.random.default_rng(3)
    truth = rng.normal(0, 1.5, (4000, 2)).astype(np.float32)
    wanted = (rng.random((4000, 2)) < 1 / (1 + np.exp(-truth))).astype(np.float32)
    slope, shift = learn.calibrate(2 * truth + 1, wanted, np.ones(4000, np.float32))
    assert slope == pytest.approx([0.5, 0.5], abs=0.06)
    assert shift == pytest.approx([-0.5, -0.5], abs=0.12)


def test_rows_follow_the_rules_order() -> None:
    reader = learn.Reader(RULES)
    story = Story(id="1", title="Acme Announces Reverse Stock Split", published=NOON, first_seen=NOON)
    label = Label(id="1", types=("reverse_split",))
    rows = reader.rows([taught.Taught(label=label, story=story, weight=1.0, group="ACME")])
    column = reader.column["reverse_split"]
    assert rows.wanted[0, column] == 1 and rows.wanted.sum() == 1
    assert rows.dense[0, column * len(model.EVIDENCE)] == 1, "the headline matched a decisive wording"
    assert rows.prior[0, column] == rows.prior[0].max()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a model", None])
def test_damaged_weights_are_refused(tmp_path: Path, content: bytes | None) -> None:
    data = (MODEL / model.FILE).read_bytes()
    (tmp_path / model.FILE).write_bytes(data[: len(data) // 2] if content is None else content)
    with pytest.raises(ModelError, match="make train"):
        model.load(tmp_path)


def test_shipped_weights_are_small_and_fit_the_rules() -> None:
    weights = model.load(MODEL)
    assert (MODEL / model.FILE).stat().st_size < 2_000_000
    assert set(weights.classes) == {p.stem.removeprefix("noise_") for p in RULES.glob("*.yml")}
    assert model.digest(MODEL)
