"""Invented filings in the style of real forms: what is read of each, field by field."""

from __future__ import annotations

import pytest

from tests.bench.dilution import Score
from tests.dilution.filings import Invented, invented, score


@pytest.mark.parametrize("filing", invented("variants"), ids=lambda f: f.id)
def test_a_variant_is_read_whole(filing: Invented) -> None:
    assert score([filing]).misses == []


FIELDS = ("type", "amount_usd", "price", "shares", "strike", "expiry", "agent")


@pytest.fixture(scope="module")
def whole() -> Score:
    return score(invented("fresh"))


@pytest.mark.parametrize("field", FIELDS)
def test_what_is_read_of_the_filings_labelled_first(whole: Score, field: str) -> None:
    right, said, true = whole.right[field], whole.said[field], whole.true[field]
    assert right / said >= 0.95 and right / true >= 0.90, whole.misses
