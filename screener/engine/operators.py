"""The operators of rule files: ``field|operator: value``. One table, ``OPS``; a new operator is one entry.

An operator sees a known value only: a missing fact is unknown for every operator except ``exists``.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

NUMBER, TEXT, BOOL, LIST = "number", "text", "bool", "list"
MAX_PATTERN, MAX_SUBJECT, MAX_REPEATS = 200, 300, 3
MAX_NUMBER = 1e300
_FORMS = {"one": "one value", "list": "a list", "pair": "[low, high]", "flag": "true or false", "pattern": "a pattern"}


@dataclass(frozen=True, slots=True)
class Operator:
    """``kinds`` of fact it works on; ``takes`` is one, list, pair, flag, pattern or either (one or list)."""

    name: str
    kinds: tuple[str, ...]
    takes: str
    doc: str
    test: Callable[[Any, Any], bool]


def _eq(value: object, wanted: object) -> bool:
    if isinstance(value, tuple):
        return any(w in value for w in (wanted if isinstance(wanted, tuple) else (wanted,)))
    return value in wanted if isinstance(wanted, tuple) else bool(value == wanted)


def _contains(value: Any, wanted: Any) -> bool:
    return wanted in value if isinstance(value, tuple) else wanted.lower() in value.lower()


def _table(*operators: Operator) -> dict[str, Operator]:
    return {o.name: o for o in operators}


OPS: dict[str, Operator] = _table(
    Operator("eq", (NUMBER, TEXT, BOOL, LIST), "either", "equal (the default); a list means one of them", _eq),
    Operator("ne", (NUMBER, TEXT, BOOL), "one", "known and not equal", lambda v, w: bool(v != w)),
    Operator("in", (NUMBER, TEXT, LIST), "list", "one of the values", _eq),
    Operator("not_in", (NUMBER, TEXT, LIST), "list", "known and none of the values", lambda v, w: not _eq(v, w)),
    Operator("lt", (NUMBER,), "one", "less than", lambda v, w: bool(v < w)),
    Operator("lte", (NUMBER,), "one", "less than or equal", lambda v, w: bool(v <= w)),
    Operator("gt", (NUMBER,), "one", "greater than", lambda v, w: bool(v > w)),
    Operator("gte", (NUMBER,), "one", "greater than or equal", lambda v, w: bool(v >= w)),
    Operator("between", (NUMBER,), "pair", "from low to high, both included", lambda v, w: bool(w[0] <= v <= w[1])),
    Operator("contains", (TEXT, LIST), "one", "text holds the words (any case); a list holds the entry", _contains),
    Operator("startswith", (TEXT,), "one", "text begins so (any case)", lambda v, w: v.lower().startswith(w.lower())),
    Operator("endswith", (TEXT,), "one", "text ends so (any case)", lambda v, w: v.lower().endswith(w.lower())),
    Operator(
        "regex",
        (TEXT,),
        "pattern",
        f"the pattern is found (any case) in the first {MAX_SUBJECT} characters; no repeats inside repeats",
        lambda v, w: w.search(v[:MAX_SUBJECT]) is not None,
    ),
    Operator("exists", (NUMBER, TEXT, BOOL, LIST), "flag", "whether the fact is known", lambda v, w: bool(w)),
    Operator("any", (LIST,), "list", "the list shares an entry with the values", _eq),
    Operator("all", (LIST,), "list", "the list holds every one of the values", lambda v, w: all(x in v for x in w)),
    Operator("none", (LIST,), "list", "the list holds none of the values", lambda v, w: not any(x in v for x in w)),
)


def bind(operator: Operator, value: object) -> Callable[[object], bool | None]:
    """A test of a fact's value: None (unknown) gives None, except for ``exists``."""
    wanted = _prepare(operator, value)
    test = operator.test
    if operator.name == "exists":
        return lambda v: (v is not None) == wanted
    return lambda v: None if v is None else test(v, wanted)


def _prepare(operator: Operator, value: Any) -> Any:
    if operator.takes == "pattern":
        return re.compile(value, re.IGNORECASE)
    return tuple(value) if isinstance(value, list) else value


def check_fact(kind: str, value: object) -> str | None:
    """Why ``value`` cannot be a fact of that kind; None when it can."""
    if kind == LIST:
        ok = isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value)
        return None if ok else 'must be a list of texts, such as ["3.01", "8.01"]'
    return _check_one(kind, value)


def _check_one(kind: str, value: Any) -> str | None:
    if kind == NUMBER:
        ok = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= MAX_NUMBER
        return None if ok else f"must be a number, not {value!r}"
    if kind == BOOL:
        return None if isinstance(value, bool) else f"must be true or false, not {value!r}"
    return None if isinstance(value, str) else f'must be text: write "{value}" in quotes'


def check_value(operator: Operator, kind: str, value: Any) -> str | None:
    """Why a rule cannot write ``operator: value`` for a fact of that kind; None when it can."""
    if kind not in operator.kinds:
        usable = ", ".join(o.name for o in OPS.values() if kind in o.kinds)
        return f"operator {operator.name!r} does not work on a {kind}; use one of {usable}"
    if operator.takes == "flag":
        return _check_one(BOOL, value)
    if operator.takes == "pattern":
        return _check_pattern(value)
    is_list = isinstance(value, list)
    if operator.takes in ("list", "pair") and not is_list:
        return f"operator {operator.name!r} needs {_FORMS[operator.takes]}"
    if operator.takes == "one" and is_list:
        return f"operator {operator.name!r} needs one value, not a list"
    if is_list and not value:
        return "the list is empty"
    if operator.takes == "pair" and (len(value) != 2 or _check_one(NUMBER, value[0]) or value[0] > value[1]):
        return "operator 'between' needs two numbers, [low, high]"
    element = TEXT if kind == LIST else kind
    return next((m for v in (value if is_list else [value]) if (m := _check_one(element, v))), None)


def _check_pattern(value: object) -> str | None:
    if not isinstance(value, str) or not value:
        return "operator 'regex' needs a pattern as text"
    if len(value) > MAX_PATTERN:
        return f"the pattern is longer than {MAX_PATTERN} characters"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a pattern that means something else in a later Python
            re.compile(value, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError, Warning) as e:
        return f"the pattern is not valid: {e}"
    return _slow(value)


def _slow(pattern: str) -> str | None:
    """Why a pattern could run for very long on a short text; a rule file may come from anywhere."""
    bare = re.sub(r"\[\^?\]?(?:\\.|[^\]\\])*\]", "c", re.sub(r"\\[^1-9]", "e", pattern))
    if re.search(r"\\[1-9]|\(\?P=", bare):
        return "the pattern uses a back-reference; write it without"
    repeats = re.findall(r"[*+]|\{\d*+(?:,\d*+)?\}|(?<=[^(*+?}])\?", bare)
    if len([r for r in repeats if r != "?"]) > MAX_REPEATS:
        return f"the pattern has more than {MAX_REPEATS} repeats; split it into several keys"
    open_groups: list[bool] = []
    for i, char in enumerate(bare):
        if char == "(":
            open_groups.append(False)
        elif char in "*+{|" and open_groups:
            open_groups = [True] * len(open_groups)
        elif char == ")" and open_groups and open_groups.pop() and bare[i + 1 : i + 2] in ("*", "+", "{"):
            return "the pattern repeats a group that holds a repeat or alternatives; write it without"
    return None
