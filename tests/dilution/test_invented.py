"""Invented filings in the style of real forms: what is read of each, field by field."""

from __future__ import annotations

import pytest

from tests.dilution.filings import Invented, invented, score


@pytest.mark.parametrize("filing", invented("variants"), ids=lambda f: f.id)
def test_a_variant_is_read_whole(filing: Invented) -> None:
    assert score([filing]).misses == []
