"""What a catalyst type is stands in its file: no id of one stands in the code, but for a short list with reasons."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.sources import nodes

ROOT = Path(__file__).resolve().parents[1]
IDS = {p.stem for p in (ROOT / "rules" / "catalysts").glob("*.yml") if not p.stem.startswith("noise_")}
#: Module and reason. The ids in ``sec`` and ``matching`` are words of English, not types.
ALLOWED = {
    "classify/cover.py": "a cover page says what security is sold, and that is the type",
    "classify/evidence.py": "the name of a family of forms",
    "classify/passages.py": "the name of a family of forms",
    "collectors/fda.py": "a record of an agency is of the type that the agency's list is of",
    "engine/facts.py": "facts about a company's past named in ranking rules",
    "engine/history.py": "what a company's past is searched for: programmes, deficiencies, doubts, splits",
    "engine/measures.py": "which types sell shares",
    "entities/matching.py": "words of headlines",
    "outputs/alerts/listing.py": "the marked sample alert",
    "pipeline/alerts/events.py": "a halt is an event of its own for alerts",
    "pipeline/membership.py": "a blank-cheque company's own merger keeps it on the list",
    "sec/forms.py": "the name of a family of forms",
}


def literals(path: Path) -> list[str]:
    docs = {
        id(node.body[0].value)
        for node in nodes(path)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.value!r}"
        for node in nodes(path)
        if isinstance(node, ast.Constant) and node.value in IDS and id(node) not in docs
    ]


def test_no_catalyst_id_stands_in_the_code() -> None:
    found = [
        line
        for path in sorted((ROOT / "screener").rglob("*.py"))
        if path.relative_to(ROOT / "screener").as_posix() not in ALLOWED
        for line in literals(path)
    ]
    assert not found, "put it into rules/catalysts/NAME.yml:\n" + "\n".join(found)


def test_the_exceptions_are_needed() -> None:
    idle = [name for name in ALLOWED if not literals(ROOT / "screener" / name)]
    assert not idle, f"take them off the list: {idle}"


def test_the_engines_that_read_news_know_no_type() -> None:
    for path in sorted((ROOT / "screener" / "classify" / "details").glob("*.py")):
        assert literals(path) == []
