"""Closed vocabularies are checked where words are written; a stored row keeps the words it was stored with."""

from __future__ import annotations

import typing

import msgspec

from screener.types import Alert, Catalyst, WatchRow, words

ROW = {
    "run_id": "r", "day": "2026-03-12", "rank": 1, "ticker": "QBKR", "score": 61.0, "catalyst": "merger",
    "as_of": "2026-03-12T22:10:00Z", "action": "Buy at the open", "stage": "rumoured", "polarity": "?", "side": "up",
}  # fmt: skip


def test_rows_of_another_version_are_read_with_their_own_words() -> None:
    row = msgspec.convert(ROW, WatchRow)
    assert (row.action, row.stage, row.polarity, row.side) == ("Buy at the open", "rumoured", "?", "up")
    alert = msgspec.convert({"id": "a", "row": ROW, "created": "2026-03-12T22:10:00Z", "state": "parked"}, Alert)
    assert alert.state == "parked" and msgspec.json.decode(msgspec.json.encode(alert), type=Alert) == alert
    made = {"story_id": "s", "type": "merger", "stage": "rumoured", "polarity": "?", "confidence": 0.9}
    assert msgspec.convert(made, Catalyst).stage == "rumoured"


def test_what_a_program_chooses_from_is_never_empty() -> None:
    assert words.STAGES[0] == "proposed" and "" not in (*words.STAGES, *words.ACTIONS, *words.POLARITIES)
    assert {*words.RULE_SIDES} == {*typing.get_args(words.RuleSide)}
