"""Every operator: what it answers, what it refuses, and that unknown stays unknown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.engine.operators import BOOL, LIST, NUMBER, OPS, TEXT, bind, check_fact, check_value

CASES: list[tuple[str, str, Any, Any, bool]] = [
    ("eq", NUMBER, 5, 5.0, True),
    ("eq", TEXT, ["a", "b"], "b", True),
    ("eq", TEXT, "a", "A", False),
    ("eq", LIST, "3.01", ("3.01", "8.01"), True),
    ("eq", LIST, "1.01", ("3.01", "8.01"), False),
    ("eq", BOOL, True, False, False),
    ("ne", TEXT, "a", "b", True),
    ("in", TEXT, ["424B5", "S-1"], "S-1", True),
    ("not_in", TEXT, ["424B5", "S-1"], "PR", True),
    ("not_in", TEXT, ["PR"], "PR", False),
    ("lt", NUMBER, 2, 1.9, True),
    ("lte", NUMBER, 2, 2, True),
    ("gt", NUMBER, 2, 2, False),
    ("gte", NUMBER, 2, 2, True),
    ("between", NUMBER, [1, 3], 3, True),
    ("between", NUMBER, [1, 3], 3.1, False),
    ("contains", TEXT, "invented", "An Invented name", True),
    ("contains", LIST, "recap", ("recap",), True),
    ("startswith", TEXT, "424b", "424B5", True),
    ("endswith", TEXT, "/A", "8-K/A", True),
    ("regex", TEXT, r"\bFDA\b", "the fda says", True),
    ("regex", TEXT, r"^x", "abc", False),
    ("any", LIST, ["a", "z"], ("a", "b"), True),
    ("all", LIST, ["a", "b"], ("a", "b", "c"), True),
    ("all", LIST, ["a", "z"], ("a", "b"), False),
    ("none", LIST, ["z"], ("a",), True),
]


@pytest.mark.parametrize(("name", "kind", "wanted", "value", "answer"), CASES)
def test_answers(name: str, kind: str, wanted: Any, value: Any, answer: bool) -> None:
    assert check_value(OPS[name], kind, wanted) is None
    assert check_fact(kind, value) is None
    assert bind(OPS[name], wanted)(value) is answer


def test_every_operator_has_a_case() -> None:
    assert {c[0] for c in CASES} | {"exists"} == set(OPS)


@pytest.mark.parametrize(("name", "wanted"), [(c[0], c[2]) for c in CASES])
def test_unknown_stays_unknown(name: str, wanted: Any) -> None:
    assert bind(OPS[name], wanted)(None) is None


def test_exists_is_the_only_one_that_sees_unknown() -> None:
    assert bind(OPS["exists"], True)(None) is False
    assert bind(OPS["exists"], False)(None) is True
    assert bind(OPS["exists"], True)(0) is True


@pytest.mark.parametrize(
    ("name", "kind", "wanted", "message"),
    [
        ("gte", TEXT, 5, "does not work on a text"),
        ("gte", NUMBER, "5", "must be a number"),
        ("gte", NUMBER, True, "must be a number"),
        ("gte", NUMBER, [5], "not a list"),
        ("eq", BOOL, "yes", "true or false"),
        ("eq", TEXT, 3, 'write "3" in quotes'),
        ("eq", TEXT, [], "empty"),
        ("in", TEXT, "PR", "needs a list"),
        ("between", NUMBER, [3, 1], "two numbers"),
        ("between", NUMBER, [1], "two numbers"),
        ("exists", NUMBER, 1, "true or false"),
        ("regex", TEXT, "(", "not valid"),
        ("regex", TEXT, "", "as text"),
        ("regex", TEXT, "x" * 300, "longer"),
        ("regex", TEXT, "(a+)+$", "repeats a group"),
        ("regex", TEXT, "(a|aa)+$", "repeats a group"),
        ("regex", TEXT, "((a*)b)*", "repeats a group"),
        ("regex", TEXT, r"(a)\1", "back-reference"),
        ("regex", TEXT, "a*a*a*a*b", "repeats"),
        ("contains", LIST, 3, "must be text"),
    ],
)
def test_refusals(name: str, kind: str, wanted: Any, message: str) -> None:
    found = check_value(OPS[name], kind, wanted)
    assert found is not None and message in found


@settings(deadline=None)
@given(st.text(alphabet="ab()*+|?[]{}\\1,^$.", max_size=20))
def test_an_accepted_pattern_comes_to_an_end(pattern: str) -> None:
    """The worst texts for a pattern of a and b: one that runs away would hang here."""
    if check_value(OPS["regex"], TEXT, pattern) is not None:
        return
    test = bind(OPS["regex"], pattern)
    for text in ("a" * 5000, "ab" * 2500, "a" * 299 + "c"):
        assert test(text) in (True, False)


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text())))
def test_facts_are_checked_without_a_crash(value: Any) -> None:
    for kind in (NUMBER, TEXT, BOOL, LIST):
        message = check_fact(kind, value)
        assert message is None or message
    assert check_fact(NUMBER, 10**400) is not None
