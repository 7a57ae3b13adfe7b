"""The locked set and the labels that teach: they fit the draw, the vocabulary and each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from screener.classify.evaluate import read_labels
from tests.bench import draw_locked

LABELS = Path(__file__).resolve().parents[2] / "data" / "labels"
LOCKED = LABELS / "locked.jsonl"
SECOND = sorted(LABELS.glob("*_second.jsonl"))
TEACHING = sorted({*LABELS.glob("types_*.jsonl"), *LABELS.glob("read_*.jsonl")} - set(SECOND))
RULES = [path.stem for path in (Path(__file__).resolve().parents[2] / "rules" / "catalysts").glob("*.yml")]
NOISE = {stem.removeprefix("noise_") for stem in RULES if stem.startswith("noise_")}
TYPES = {stem for stem in RULES if not stem.startswith("noise_")}
FIELDS = {"id", "source", "types", "noise", "polarity", "stage", "fields", "sure"}
SECOND_FIELDS = FIELDS - {"source", "fields"}
STAGES = {"", "proposed", "announced", "upsized", "priced", "effective", "closed", "terminated"}


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("path", [LOCKED, *TEACHING, *SECOND], ids=lambda p: p.name)
def test_labels_are_of_the_vocabulary(path: Path) -> None:
    labels = list(read_labels(path))
    assert len({label.id for label in labels}) == len(labels)
    assert all(label.types or label.noise for label in labels)
    assert {t for label in labels for t in label.types} <= TYPES
    assert {n for label in labels for n in label.noise} <= NOISE


def test_locked_labels_hold_no_text() -> None:
    assert all(set(row) == FIELDS for row in rows(LOCKED))
    assert all(set(row["fields"]) <= {"amount_usd", "ratio", "phase", "price"} for row in rows(LOCKED))


def classes(row: dict[str, Any]) -> set[str]:
    return {*row["types"], *row["noise"]}


@pytest.mark.parametrize("path", SECOND, ids=lambda p: p.name)
def test_a_second_reading_is_of_items_read_before(path: Path) -> None:
    second = rows(path)
    first = [row["id"] for row in rows(path.with_name(path.name.replace("_second", "")))]
    assert {row["id"] for row in second} <= set(first)
    assert all(set(row) == SECOND_FIELDS for row in second)
    assert {row["polarity"] for row in second} <= set("+-±0")
    assert {row["stage"] for row in second} <= STAGES
    assert {row["sure"] for row in second} <= {1, 2, 3}


def test_all_locked_items_were_read_twice_and_what_differed_does_not_judge() -> None:
    first, second = rows(LOCKED), rows(LABELS / "locked_second.jsonl")
    assert [row["id"] for row in second] == [row["id"] for row in first]
    assert {a["sure"] for a, b in zip(first, second, strict=True) if classes(a) != classes(b)} == {1}


def test_nothing_locked_teaches() -> None:
    locked = {row["id"] for row in rows(LOCKED)}
    assert not locked & {row["id"] for path in TEACHING for row in rows(path)}


def test_the_draw_can_be_repeated(shared: Path) -> None:
    drawn = draw_locked.draw(shared)
    assert [(d.id, d.source) for d in drawn] == [(row["id"], row["source"]) for row in rows(LOCKED)]
    assert draw_locked.companies(drawn) == (LABELS / "locked_companies.txt").read_text().split()
    assert list(draw_locked.WIRES) == (LABELS / "locked_wires.txt").read_text().split()


def test_read_labels_keep_off_locked_companies_and_wires(shared: Path) -> None:
    companies = set((LABELS / "locked_companies.txt").read_text().split())
    wires = shared / "wires"
    items = {
        item.id: item
        for name, full in (("releases", False), ("full_releases", True))
        for item in draw_locked.read_items(wires / f"{name}.jsonl.gz", full=full)
    }
    read = [row["id"] for path in TEACHING if path.name.startswith("read_") for row in rows(path)]
    taught = [items[i] for i in read]
    assert not [i for i in taught if companies & set(i.tickers) or (i.full and i.wire in draw_locked.WIRES)]
