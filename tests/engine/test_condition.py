"""Three-valued logic, and conditions that are nothing but and, or, not, brackets and names."""

from __future__ import annotations

import ast
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.engine.condition import ConditionError, Truth, parse, required, valid_name

NAMES = ("a", "b", "c")
VALUES: tuple[Truth, ...] = (True, False, None)


def run(text: str, **values: Truth) -> Truth:
    return parse(text, NAMES)[0](values.__getitem__)


@pytest.mark.parametrize(
    ("text", "a", "b", "expected"),
    [
        ("a and b", True, None, None),
        ("a and b", False, None, False),
        ("a and b", None, False, False),
        ("a or b", True, None, True),
        ("a or b", None, True, True),
        ("a or b", False, None, None),
        ("not a", None, None, None),
        ("not a", False, None, True),
        ("not (a or b)", False, False, True),
        ("a and not b", True, False, True),
    ],
)
def test_kleene_tables(text: str, a: Truth, b: Truth, expected: Truth) -> None:
    assert run(text, a=a, b=b) is expected


conditions = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.one_of(
        inner.map(lambda x: f"not ({x})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
    ),
    max_leaves=8,
)


@given(conditions, st.tuples(*[st.sampled_from(VALUES)] * 3))
def test_unknown_never_decides_what_the_facts_could_change(text: str, values: tuple[Truth, ...]) -> None:
    """A decided answer stays the same whatever the unknown facts turn out to be."""
    answer = run(text, **dict(zip(NAMES, values, strict=True)))
    if answer is None:
        return
    choices = [(v,) if v is not None else (True, False) for v in values]
    for filled in itertools.product(*choices):
        assert run(text, **dict(zip(NAMES, filled, strict=True))) is answer


@given(conditions, st.tuples(*[st.booleans()] * 3))
def test_known_facts_follow_python(text: str, values: tuple[bool, ...]) -> None:
    env = dict(zip(NAMES, values, strict=True))
    assert run(text, **env) is bool(eval(text, {"__builtins__": {}}, env))


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_a_clear_error(text: str) -> None:
    try:
        expr, used = parse(text, NAMES)
    except ConditionError:
        return
    assert set(used) <= set(NAMES) and used
    assert expr(lambda name: True) in VALUES
    allowed = (ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Name, ast.Load)
    assert all(isinstance(n, allowed) for n in ast.walk(ast.parse(" ".join(text.split()), mode="eval")))


@given(
    st.lists(st.sampled_from(["a", "b", "and", "or", "not", "(", ")", "if", "else", "lambda", "in", "d"]), max_size=9)
)
def test_words_in_any_order_are_refused_or_run(words: list[str]) -> None:
    try:
        expr, _ = parse(" ".join(words), NAMES)
    except ConditionError:
        return
    assert expr(lambda name: False) in VALUES


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a and", "is not a condition"),
        ("", "is not a condition"),
        ("a == b", "has '='"),
        ("a if b else c", "something else"),
        ("a in b", "something else"),
        ("a(b)", "something else"),
        ("a and True", "something else"),
        ("a and frsh", "names 'frsh'"),
        ("__import__", "is no selection"),
        ("a or " * 200 + "b", "longer than"),
        ("(" * 300, "is not a condition"),
    ],
)
def test_refused_conditions_say_why(text: str, message: str) -> None:
    with pytest.raises(ConditionError, match=message.replace("(", r"\(")):
        parse(text, NAMES)


def test_the_nearest_selection_is_named() -> None:
    with pytest.raises(ConditionError, match="did you mean 'fresh'"):
        parse("frsh", ("fresh", "traded"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a", ("a",)),
        ("a and b", ("a", "b")),
        ("a or b", ()),
        ("a and (b or c)", ("a",)),
        ("not a", ()),
        ("not a and b", ("b",)),
    ],
)
def test_names_that_must_hold(text: str, names: tuple[str, ...]) -> None:
    assert required(text) == names


def test_selection_names() -> None:
    assert valid_name("fresh_news2")
    assert not any(valid_name(n) for n in ("and", "class", "condition", "2nd", "a-b", "", "é"))
