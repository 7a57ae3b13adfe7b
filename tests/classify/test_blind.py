"""The shipped classifier on the invented set that was written without sight of its wordings, and the set itself.

Floors stand slightly below what ``python -m tests.bench.blind`` prints, so a change that reads worse fails here. Mend
the cause of an error, never the single item: wordings fitted to this set would leave it measuring nothing.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest

from tests.bench.blind import FACTS, SAMPLES, Case, cases, errors, figures, shipped, types_table
from tests.classify.conftest import RULES

FLOORS = {
    "precision": 0.84,
    "recall": 0.76,
    "noise": 0.68,
    "polarity": 0.94,
    "ratio": 0.86,
    "amount_usd": 0.95,
    "phase": 0.95,
    "price": 0.80,
    "designation": 0.80,
    "rule": 0.80,
}
FALSE_ALARMS = 0.14
LEAST_RECALL = 0.4
ROWS: list[dict[str, Any]] = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def rows() -> list[Case]:
    return cases(shipped())


@pytest.fixture(scope="module")
def measured(rows: list[Case]) -> dict[str, float]:
    return figures(rows)


@pytest.mark.parametrize("name", FLOORS)
def test_figure_keeps_its_floor(measured: dict[str, float], rows: list[Case], name: str) -> None:
    kinds = {"precision": ("wrong",), "recall": ("missed",)}.get(name, (name,))
    told = "\n".join(f"{e.id} {e.title}: want {e.want}, got {e.got}" for e in errors(rows) if e.kind in kinds)
    assert measured[name] >= FLOORS[name], f"{name} {measured[name]:.3f}\n{told}"


def test_ordinary_news_and_look_alikes_stay_quiet(measured: dict[str, float], rows: list[Case]) -> None:
    loud = [f"{r.sample.title}: {', '.join(c.type for c in r.found)}" for r in rows if not r.sample.types and r.found]
    assert measured["false_alarms"] <= FALSE_ALARMS, "\n".join(loud)


def test_no_type_is_lost(rows: list[Case]) -> None:
    table = types_table(rows)
    weak = {name: row for name, row in table.items() if row[0] < LEAST_RECALL * (row[0] + row[2])}
    assert not weak, f"right, wrong, missed: {weak}"


def test_the_set_covers_every_type_and_noise_class() -> None:
    types = Counter(name for row in ROWS for name in row["types"])
    noise = Counter(name for row in ROWS for name in row["noise"])
    assert min(noise.values()) >= 8 and len(noise) == 12, noise
    known = {path.stem for path in RULES.glob("*.yml") if not path.stem.startswith("noise_")}
    assert {name: types[name] for name in known if types[name] < 6} == {}
    assert set(types) <= known


def test_the_set_is_what_its_description_says() -> None:
    ids = [row["id"] for row in ROWS]
    assert len(set(ids)) == len(ids) >= 520
    assert sum(i.startswith("trap-") for i in ids) >= 120
    assert 0.45 < sum(bool(row["text"]) for row in ROWS) / len(ROWS) < 0.6
    assert all(row["types"] or row["noise"] for row in ROWS)
    assert {key for row in ROWS for key in row["fields"]} <= {*FACTS, "effective_date", "agency"}
    assert all(re.fullmatch(r"[A-Z]{1,5}", ticker) for row in ROWS for ticker in row["tickers"])
