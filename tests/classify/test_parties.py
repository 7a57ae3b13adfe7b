"""Who buys whom, told by ticker or company name."""

from __future__ import annotations

import pytest

from screener.classify.parties import fits, role


@pytest.mark.parametrize(
    ("headline", "tickers", "company", "expected"),
    [
        ("Brightway to Acquire Kelvane Sensors", ("KVNE",), "", "target"),
        ("Brightway to Acquire Kelvane Sensors", ("BWY",), "", "buyer"),
        ("Brightway to Acquire Kelvane Sensors", (), "Kelvane Sensors Inc.", "target"),
        ("Brightway Completes Acquisition of Kelvane", ("KVNE",), "", "target"),
        ("Brightway to Acquire Sensor Unit From Kelvane Corp", ("KVNE",), "", "seller"),
        ("Brightway to Acquire Kelvane Sensors", ("ZZTQ",), "", ""),
        ("Brightway to Acquire Kelvane Sensors", (), "", ""),
        ("Kelvane Reports Results", ("KVNE",), "", ""),
    ],
)
def test_role(headline: str, tickers: tuple[str, ...], company: str, expected: str) -> None:
    assert role(headline, tickers, company) == expected


def test_a_ticker_must_begin_like_the_name() -> None:
    assert fits("Kelvane Sensors", ("KVNE",), "")
    assert not fits("Arkvane", ("KVNE",), "")
    assert not fits("Kelvane", ("K",), "")
