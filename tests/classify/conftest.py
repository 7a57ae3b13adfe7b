"""One classifier for all tests of the package, and stories made of words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from screener.classify.pipeline import Classifier
from screener.types import Story

ROOT = Path(__file__).resolve().parents[2]
RULES, MODEL = ROOT / "rules" / "catalysts", ROOT / "data" / "model"
NOON = dt.datetime(2027, 3, 1, 17, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    """The classifier as shipped."""
    return Classifier(RULES, MODEL)


@pytest.fixture(scope="session")
def words_only() -> Classifier:
    """The classifier without a trained model."""
    return Classifier(RULES, None)


@pytest.fixture(scope="session")
def story() -> Callable[..., Story]:
    """Make a story of a title and whatever else matters."""

    def make(title: str, text: str = "", **fields: Any) -> Story:
        return Story(**{"id": "s1", "title": title, "text": text, "published": NOON, "first_seen": NOON, **fields})

    return make
