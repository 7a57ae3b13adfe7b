"""Limits: one home, settable where that makes sense, and a cut that says how much it left out."""

from __future__ import annotations

import pytest

from screener import config
from screener.errors import ConfigError
from screener.limits import DEFAULT, at_most


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 1000])
def test_at_most_counts_what_it_leaves_out(size: int) -> None:
    kept = at_most(list(range(size)), 4, lambda left: -left)
    assert len(kept) <= 4
    assert sum(1 if n >= 0 else -n for n in kept) == size


def test_limits_come_from_the_settings() -> None:
    settings = config.load(environ={"SCREENER_LIMITS__BODY_BYTES": "5000", "SCREENER_LIMITS__PARSE_SECONDS": "0.25"})
    assert settings.limits.body_bytes == 5000 and settings.limits.parse_seconds == 0.25
    assert settings.limits.entries == DEFAULT.entries


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "1e300", "many"])
def test_a_limit_must_limit(value: str) -> None:
    with pytest.raises(ConfigError, match="SCREENER_LIMITS__FETCH_SECONDS"):
        config.load(environ={"SCREENER_LIMITS__FETCH_SECONDS": value})
