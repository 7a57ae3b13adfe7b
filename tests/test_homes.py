"""Decisions that have one home: SQL, the clock, broad catches, and the inner order of the pipeline and the store."""

from __future__ import annotations

import ast
import graphlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources import nodes

ROOT = Path(__file__).resolve().parents[1] / "screener"
FILES = sorted(ROOT.rglob("*.py"))

# The page of raw tables asks Datasette's own connection, under Datasette's limits.
SQL_ELSEWHERE = {"web/tables.py"}
# One a batch loop; each turns what it meets into a Problem or an error of the tree.
BROAD = {
    "pipeline/boundary.py",
    "pipeline/intake/taking.py",
    "outputs/alerts/base.py",
}
PIPELINE = [
    ["boundary", "changes", "workspace"],
    ["collecting", "intake", "membership", "pricing", "alerts", "ordinary_news"],
    ["dilution"],
    ["market_state", "outcomes", "ranking", "study", "held", "movers"],
    ["cycle", "explanation", "health"],
    ["run", "watch_writer"],
    ["history"],
    ["watch"],
]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines(pattern: str) -> Iterator[tuple[str, int]]:
    found = re.compile(pattern)
    for path in FILES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if found.search(line):
                yield name(path), number


def test_statements_are_run_in_the_store_only() -> None:
    wrong = [f"{f}:{n}" for f, n in lines(r"\.(execute|executemany|executescript)\(") if not f.startswith("store/")]
    assert not [w for w in wrong if w.partition(":")[0] not in SQL_ELSEWHERE]


def test_the_clock_is_read_in_one_module() -> None:
    calls = r"\b(datetime|dt|date)\.(now|utcnow|today)\("
    assert {f for f, _ in lines(calls)} <= {"clock.py"}


def test_nothing_writes_into_an_objects_dict() -> None:
    assert not [f for f, _ in lines(r"__dict__") if f.startswith(("pipeline/", "store/", "cli/"))]


def broad(path: Path) -> Iterator[int]:
    for node in nodes(path):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(c is None or (isinstance(c, ast.Name) and c.id in ("Exception", "BaseException")) for c in caught):
                raises = any(isinstance(n, ast.Raise) and n.exc is None for n in ast.walk(node))
                if not raises:  # what cleans up and raises again hides nothing
                    yield node.lineno


def test_broad_catches_stand_at_the_loops_boundaries_only() -> None:
    found = {name(p): list(broad(p)) for p in FILES if p.parts[len(ROOT.parts)] in ("pipeline", "store", "cli")}
    assert {f for f, at in found.items() if at} <= BROAD


def imports(path: Path, package: str) -> Iterator[tuple[int, str]]:
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
            for module in modules:
                parts = module.split(".")
                if parts[:2] == ["screener", package] and len(parts) > 2:
                    yield node.lineno, parts[2]


def test_the_pipelines_rooms_import_downwards() -> None:
    level = {room: n for n, rooms in enumerate(PIPELINE) for room in rooms}
    wrong = []
    for path in (ROOT / "pipeline").rglob("*.py"):
        mine = path.relative_to(ROOT / "pipeline").with_suffix("").parts[0]
        if mine == "__init__":
            continue
        assert mine in level, f"{name(path)}: give {mine} a level in PIPELINE"
        for line, other in imports(path, "pipeline"):
            if other in level and other != mine and level[other] >= level[mine]:
                wrong.append(f"{name(path)}:{line}: {mine} -> {other}")
    assert not wrong


def test_subjects_of_the_store_do_not_know_the_database_nor_go_in_circles() -> None:
    edges = {p.stem: {other for _, other in imports(p, "store")} for p in (ROOT / "store").glob("*.py")}
    subjects = edges.keys() - {"db", "__init__"}
    assert not [s for s in subjects if "db" in edges[s]]
    assert list(graphlib.TopologicalSorter({s: edges[s] & subjects for s in subjects}).static_order())


@pytest.mark.parametrize("package", ["pipeline", "store"])
def test_no_module_grows_past_four_hundred_lines(package: str) -> None:
    tables = {"store/migrations.py"}  # appended to, never edited
    long = [name(p) for p in (ROOT / package).rglob("*.py") if len(p.read_text().splitlines()) > 400]
    assert set(long) <= tables


def test_a_class_name_stands_for_one_thing() -> None:
    homes: dict[str, list[str]] = {}
    for path in FILES:
        for node in nodes(path):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(f"{name(path)}:{node.lineno}")
    twice = {kind: places for kind, places in homes.items() if len(places) > 1}
    assert not twice, f"name them by what they are: {twice}"


def test_what_the_benches_import_is_there() -> None:
    """By reading, not by running: a bench is run rarely and starts much."""
    gone = []
    for path in sorted((ROOT.parent / "tests" / "bench").glob("*.py")):
        for node in nodes(path):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("screener", "tests"):
                module = (ROOT.parent / (node.module or "").replace(".", "/")).with_suffix(".py")
                place = module if module.is_file() else module.with_suffix("") / "__init__.py"
                text = place.read_text(encoding="utf-8") if place.is_file() else ""
                gone += [
                    f"{path.name}:{node.lineno}: {node.module}.{a.name}"
                    for a in node.names
                    if not re.search(rf"\b{a.name}\b", text) and not list(module.with_suffix("").glob(f"{a.name}*"))
                ]
    assert not gone, gone
