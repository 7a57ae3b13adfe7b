"""No regular expression of the project takes more than linear time on hostile text.

``python -m tests.hostile_patterns`` attacks every wording of the catalyst files as well; here a draw of them is.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator

import pytest

from screener.language import wording
from tests import hostile_patterns
from tests.hostile_patterns import Found

WORDINGS = 40
PARTS = 6
"""Tests that share the work, so that several processes can."""
BAD = [
    r"(?:a+)+b",
    r"\s+$",
    r",?\s+(?:was|were) awarded",
    r"<!--.*-->",
    r"(?:net |total )*sales",
    r"[A-Z][\w.]*\s*,?\s*Inc",
    r"Item\s*\d+[^;]*;[^;]*\Z",
    r"(?=.*done)a",
    r"(?:[“\"][^()]{0,60}[”\"] or )*(?:the )?Investor",
]
GOOD = [
    r"a+b?",
    r"(?<!\s)\s++(?:was|were) awarded",
    r"\A[\w.]++$",
    r"\bsales of [^.;]{0,60}units",
    r"(?:net |total ){0,3}sales",
    r"[A-Z][a-z]{1,20}(?: [A-Z][a-z]{1,20}){0,4}, Inc",
]


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    before = signal.signal(signal.SIGVTALRM, hostile_patterns.end_search)
    yield
    signal.signal(signal.SIGVTALRM, before)


@pytest.fixture(scope="module")
def found() -> list[Found]:
    """The patterns of all modules."""
    return hostile_patterns.compiled()


def test_patterns_are_found_wherever_they_stand(found: list[Found]) -> None:
    assert len(found) > 500
    where = {one.where.partition(":")[0] for one in found}
    assert "screener.dilution.text._CLAUSE" in where  # a plain name
    assert "screener.sec.cover._PATTERNS" in where  # a table
    assert "screener/dilution/warrants.py" in where  # a call in a function


@pytest.mark.parametrize("part", range(PARTS))
def test_no_pattern_backtracks(part: int, found: list[Found]) -> None:
    for one in found[part::PARTS]:
        assert not hostile_patterns.slow(one.pattern), one


def test_no_wording_backtracks() -> None:
    for one in hostile_patterns.drawn(WORDINGS):
        assert not hostile_patterns.slow(one.pattern), one


@pytest.mark.parametrize(
    "text",
    [
        "meet*",
        "pre* .. fund* ..... close*",
        "<number> share* ... <money>",
        "(stock|share*) [common] .... <percent>",
        "^ anno* ^",
        "<more-for-less> ... split*",
    ],
)
def test_no_element_of_a_wording_backtracks(text: str) -> None:
    assert not hostile_patterns.slow(wording.compile_wording(text, gated=False).pattern)


@pytest.mark.parametrize("bad", BAD)
def test_a_pattern_that_backtracks_is_found(bad: str) -> None:
    assert hostile_patterns.slow(re.compile(bad))


def test_a_pattern_of_bytes_is_attacked_too() -> None:
    assert hostile_patterns.slow(re.compile(rb"<\s*a[^>]*b>", re.IGNORECASE))


@pytest.mark.parametrize("good", GOOD)
def test_a_bounded_pattern_passes(good: str) -> None:
    assert not hostile_patterns.slow(re.compile(good))
