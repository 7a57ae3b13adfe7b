"""Whose amount, ratio, stage and polarity: an invented situation each, through the whole classifier."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from screener.classify.pipeline import Classifier
from screener.types import Story

Make = Callable[..., Story]


def read(classifier: Classifier, story: Story) -> dict[str, Any]:
    return {c.type: c for c in classifier.classify(story).catalysts}


@pytest.mark.parametrize(
    ("title", "amounts"),
    [
        ("Corvane Acquires Quillan Labs; Growth Backed by $90M+ Financing", {"acquisition": None}),
        ("Corvane Acquires Quillan Labs, Supported by $40 Million Private Placement", {"acquisition": None}),
        (
            "Corvane Acquires Quillan Labs for $12 Million and Secures $90 Million Term Loan",
            {"acquisition": 12e6, "debt_financing": 90e6},
        ),
        (
            "Corvane Wins $5 Million Army Contract and Announces $20 Million Registered Direct Offering",
            {"government_contract": 5e6, "equity_offering": 20e6},
        ),
        (
            "Corvane Declares Dividend and Authorizes $75 Million Share Repurchase Program",
            {"dividend": None, "buyback": 75e6},
        ),
        ("Corvane to Acquire Quillan Labs for $5 Million in Convertible Notes", {"acquisition": 5e6}),
    ],
)
def test_an_amount_belongs_to_its_event(
    classifier: Classifier, story: Make, title: str, amounts: dict[str, float | None]
) -> None:
    found = read(classifier, story(title))
    for kind, value in amounts.items():
        assert kind in found, (kind, sorted(found))
        assert found[kind].facts.get("amount_usd") == value, kind


def test_stage_and_polarity_are_those_of_the_own_clause(classifier: Classifier, story: Make) -> None:
    found = read(classifier, story("Corvane Acquires Quillan Labs and Terminates License Agreement With Steelco"))
    assert (found["acquisition"].stage, found["acquisition"].polarity) == ("announced", "+")
    assert (found["licensing"].stage, found["licensing"].polarity) == ("terminated", "-")


@pytest.mark.parametrize(
    ("title", "text", "fact"),
    [
        ("Corvane Sets 1-for-20 Reverse Split", "The range was 1-for-5 to 1-for-50.", ("ratio", "1-for-20")),
        ("Corvane Announces Reverse Split", "Holders allowed 1-for-5 to 1-for-50; it is 1-for-12.", ("ratio", "1-for-12")),
        ("Corvane Seeks Vote on Reverse Split", "at a ratio from 1-for-5 to 1-for-50", ("ratio_range", "1-for-5 to 1-for-50")),
        ("Corvane Announces Share Consolidation", "ten (10) old shares for one (1) new share", ("ratio", "1-for-10")),
        ("Corvane Announces 1-for-17.85 Reverse Stock Split", "", ("ratio", "1-for-17.85")),
        ("Corvane to Consolidate Shares 10:1", "", ("ratio", "1-for-10")),
    ],
)  # fmt: skip
def test_reverse_splits(classifier: Classifier, story: Make, title: str, text: str, fact: tuple[str, str]) -> None:
    facts = read(classifier, story(title, text))["reverse_split"].facts
    assert facts.get(fact[0]) == fact[1]
    assert fact[0] == "ratio_range" or "ratio_range" not in facts


@pytest.mark.parametrize(
    ("title", "ratio"),
    [("3-for-2 Stock Split", "3-for-2"), ("Five-for-Four Stock Split", "5-for-4"), ("100% Stock Dividend", "2-for-1")],
)
def test_forward_splits(classifier: Classifier, story: Make, title: str, ratio: str) -> None:
    assert read(classifier, story(f"Corvane Announces {title}"))["forward_split"].facts["ratio"] == ratio


def test_a_ligature_hides_nothing_and_evidence_quotes_the_text(classifier: Classifier, story: Make) -> None:
    title = "Corvane Announces O\ufb00ering of 5,000,000 Common Shares"
    (catalyst,) = classifier.classify(story(title)).catalysts
    assert catalyst.type == "equity_offering"
    assert all(s.text == title[s.start : s.end] for s in catalyst.evidence if s.field == "title")
    soft = classifier.classify(story("Corvane Announces Reverse Stock Sp\u00adlit")).catalysts
    assert [c.type for c in soft] == ["reverse_split"]


CASES = {
    "06_split_range": {"1": "1-for-20", "2": "1-for-20", "3": "1-for-20", "4": None, "5": "1-for-20", "6": "1-for-20"},
    "07_split_ratio": {
        "1": "3-for-2", "2": "3-for-2", "7": "5-for-4", "15": "1-for-10", "16": "1-for-10", "17": "1-for-30",
        "20": "1-for-10", "22": "1-for-20", "23": "1-for-20", "24": "1-for-30", "29": "1-for-25",
    },
    "08_amounts": {"7": 25e6, "9": 25e6, "10": 25e6, "11": 25e6, "12": 25.5e6, "15": 750e3, "16": 750e3, "17": 1.5e6,
                   "1": None, "2": None, "4": None},
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_recorded_cases(classifier: Classifier, story: Make, name: str) -> None:
    path = Path(__file__).resolve().parents[3] / "shared" / "cases" / "facts" / f"{name}.jsonl"
    if not path.is_file():
        pytest.skip(f"{path} is not here")
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        if row["id"] in CASES[name]:
            (catalyst,) = classifier.classify(story(row["title"], row["text"])).catalysts
            fact = "amount_usd" if name == "08_amounts" else "ratio"
            assert catalyst.facts.get(fact) == CASES[name][row["id"]], row
            if name == "08_amounts" and CASES[name][row["id"]] is None:
                assert catalyst.facts["currency"] == "CAD"
