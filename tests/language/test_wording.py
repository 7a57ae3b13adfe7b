"""The wording language: what it matches, what it refuses, and that it stays linear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.language.wording import WordingError, compile_wording, fold, word_keys


def found(wording: str, text: str) -> list[str]:
    compiled, folded = compile_wording(wording), fold(text)
    spans = list(compiled.find(folded))
    if spans:
        assert compiled.possible(word_keys(folded)), "the gate must let every match through"
    return [text[a:b] for a, b in spans]


@pytest.mark.parametrize(
    ("wording", "text", "expected"),
    [
        ("reverse split", "a Reverse-Split today", ["Reverse-Split"]),
        ("reverse [stock] split", "reverse stock split; reverse split", ["reverse stock split", "reverse split"]),
        ("announce* (a|the) deal", "Announces the Deal", ["Announces the Deal"]),
        ("sells .. unit", "sells its old unit", ["sells its old unit"]),
        ("sells .. unit", "sells its very old unit", []),
        ("prices <money> offering", "prices US$5.5 million offering", ["prices US$5.5 million offering"]),
        ("up <percent>", "up 34%", ["up 34%"]),
        ("<number> for one", "20-for-one", ["20-for-one"]),
        ("^ why", "Why it moved\nNot why here", ["Why"]),
        ("merger ^", "the merger\nwas off, the merger.", ["merger", "merger."[:-1]]),
        ("company's board", "the company’s board", ["company’s board"]),
        ("split", "splits unsplit splitting split", ["split"]),
        ("at&t", "AT&T wins", ["AT&T"]),
    ],
)
def test_matches(wording: str, text: str, expected: list[str]) -> None:
    assert found(wording, text) == expected


def test_gap_never_crosses_a_line() -> None:
    assert found("reverse .... split", "reverse\nsplit") == []


@pytest.mark.parametrize(
    ("wording", "reason"),
    [
        ("", "empty"),
        ("(a|b", "closing"),
        ("a)", "unmatched"),
        ("a ()", "alternative"),
        ("[a]", "optional"),
        ("a {2}", "cannot read"),
    ],
)
def test_refuses_with_a_reason(wording: str, reason: str) -> None:
    with pytest.raises(WordingError, match=reason):
        compile_wording(wording)


@given(st.text())
def test_fold_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(
    st.lists(st.sampled_from(["announce", "announces", "the", "stock", "split", "\n", "-", "5.5", "$"]), max_size=60)
)
def test_gate_is_never_too_strict(parts: list[str]) -> None:
    found("announce* .. [the] stock split", " ".join(parts))


def test_long_repeats_are_read_in_one_pass() -> None:
    """A text of nothing but the first word of a wording is the worst case of a backtracking search."""
    wording = compile_wording("announce* .... (reverse|forward) split")
    folded = "announces " * 20_000
    assert list(wording.find(folded)) == []
