"""The brief: what is worth a look."""

from __future__ import annotations

from screener.outputs.brief import worth_a_look
from tests.alerts.making import row


def test_worth_a_look_holds_nothing_that_is_bad_or_fell() -> None:
    good = {"action": "Watch", "side": "+", "polarity": "+"}
    assert worth_a_look(row(**good))
    for change in ({"side": "-"}, {"polarity": "-"}, {"action": "Avoid"}, {"action": "No Action"}):
        assert not worth_a_look(row(**good | change)), change
