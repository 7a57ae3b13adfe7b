"""Conditions of rules: ``a and (b or not c)`` over named selections, in three-valued logic.

Parsed with ``ast`` after a check of every word, so that nothing is ever evaluated as Python: only ``and``, ``or``,
``not``, brackets and names.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Callable, Collection
from difflib import get_close_matches

Truth = bool | None
Lookup = Callable[[str], Truth]
Expr = Callable[[Lookup], Truth]
MAX_LENGTH = 500
_WORD = re.compile(r"\s+|[()]|[A-Za-z_][A-Za-z0-9_]*")
_NAME = re.compile(r"\A[A-Za-z_][A-Za-z0-9_]*+\Z")


class ConditionError(ValueError):
    """The condition is not made of and, or, not, brackets and known names; the message says what is wrong."""


def valid_name(name: str) -> bool:
    """True when a selection may carry this name."""
    return bool(_NAME.match(name)) and not keyword.iskeyword(name) and name != "condition"


def negate(value: Truth) -> Truth:
    """Three-valued not."""
    return None if value is None else not value


def all_of(values: Collection[Truth]) -> Truth:
    """Three-valued and: one False decides; otherwise one unknown makes it unknown."""
    if any(v is False for v in values):
        return False
    return None if any(v is None for v in values) else True


def any_of(values: Collection[Truth]) -> Truth:
    """Three-valued or: one True decides; otherwise one unknown makes it unknown."""
    if any(v is True for v in values):
        return True
    return None if any(v is None for v in values) else False


def nearest(word: str, known: Collection[str]) -> str:
    """``; did you mean 'x'?`` for the nearest known word, empty when none is near."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def parse(text: str, names: Collection[str]) -> tuple[Expr, tuple[str, ...]]:
    """Compile a condition; returns it with the names it uses, in order. Raises ConditionError."""
    if len(text) > MAX_LENGTH:
        raise ConditionError(f"is longer than {MAX_LENGTH} characters; name parts of it as selections")
    _check_words(text)
    try:
        tree = ast.parse(" ".join(text.split()), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ConditionError("is not a condition: write names joined by and, or, not and brackets") from None
    used: list[str] = []
    expr = _compile(tree, names, used)
    return expr, tuple(dict.fromkeys(used))


def required(text: str) -> tuple[str, ...]:
    """The names joined by ``and`` at the top of a condition: one of them false makes it false."""
    tree = ast.parse(" ".join(text.split()), mode="eval").body
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    return tuple(part.id for part in parts if isinstance(part, ast.Name))


def _check_words(text: str) -> None:
    at = 0
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None:
            raise ConditionError(f"has {text[at]!r}: only and, or, not, brackets and names are allowed")
        at = match.end()


def _compile(node: ast.expr, names: Collection[str], used: list[str]) -> Expr:
    if isinstance(node, ast.Name):
        return _name(node.id, names, used)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = _compile(node.operand, names, used)
        return lambda look: negate(inner(look))
    if isinstance(node, ast.BoolOp):
        parts = tuple(_compile(value, names, used) for value in node.values)
        return _and(parts) if isinstance(node.op, ast.And) else _or(parts)
    raise ConditionError("has something else than and, or, not, brackets and names")


def _name(name: str, names: Collection[str], used: list[str]) -> Expr:
    if name not in names:
        raise ConditionError(f"names {name!r}, which is no selection{nearest(name, names)}")
    used.append(name)
    return lambda look: look(name)


def _and(parts: tuple[Expr, ...]) -> Expr:
    def run(look: Lookup) -> Truth:
        result: Truth = True
        for part in parts:
            value = part(look)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return run


def _or(parts: tuple[Expr, ...]) -> Expr:
    def run(look: Lookup) -> Truth:
        result: Truth = False
        for part in parts:
            value = part(look)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return run
