"""Letters spelled out, with offsets that lead back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.language.letters import plain


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("O\ufb00ering", "Offering"),
        ("e\ufb03cacy of \ufb01rst", "efficacy of first"),
        ("O\u00adffer\u200ding", "Offering"),
        ("\uff33\uff30\uff2c\uff29\uff34", "SPLIT"),
        ("Acme\u2122 x\u00b2 \u00bd caf\u00e9", "Acme\u2122 x\u00b2 \u00bd caf\u00e9"),
    ],
)
def test_spelling(text: str, spelled: str) -> None:
    assert plain(text).text == spelled


@given(st.text(alphabet="ab \ufb00\ufb03\u00ad\uff21", max_size=40))
def test_offsets_lead_back(text: str) -> None:
    found = plain(text)
    last = 0
    for at, letter in enumerate(found.text):
        start, end = found.original(at), found.original(at + 1)
        assert last <= start <= end <= len(text)
        last = start
        if letter in "ab ":
            assert letter in text[start : max(end, start + 1)]
    assert found.original(len(found.text)) <= len(text)
