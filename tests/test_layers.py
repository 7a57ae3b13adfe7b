"""Imports go down only, and packages of one layer never import each other."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.sources import nodes

ROOT = Path(__file__).resolve().parents[1]
LAYERS = [
    ["errors"],
    ["addresses", "fetching", "limits", "parquet", "types"],
    ["backoff", "sec", "language", "clock", "config", "http", "registry", "yamlfile"],
    ["format"],  # writes Eastern times, which ``clock`` knows
    ["dilution"],  # its records are stored and asked by rules
    ["collectors", "entities", "classify", "prices", "market", "engine", "store"],
    ["pipeline", "selftest"],
    ["outputs", "web"],
    ["cli"],
    ["__main__"],
]
LEVEL = {name: i for i, names in enumerate(LAYERS) for name in names}


def edges(path: Path) -> list[tuple[int, str]]:
    found = []
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module] if node.module != "screener" else [f"screener.{a.name}" for a in node.names]
        else:
            continue
        found += [(node.lineno, n.split(".")[1]) for n in names if n.startswith("screener.")]
    return found


def test_imports_go_down_only() -> None:
    wrong = []
    for path in sorted((ROOT / "screener").rglob("*.py")):
        parts = path.relative_to(ROOT / "screener").with_suffix("").parts
        mine = parts[0]
        if mine == "__init__":
            continue
        assert mine in LEVEL, f"{path}: {mine} has no layer; add it to LAYERS"
        for line, other in edges(path):
            if other != mine and other in LEVEL and LEVEL[other] >= LEVEL[mine]:
                wrong.append(f"{path.relative_to(ROOT)}:{line}: {mine} -> {other}")
    assert not wrong, "imports that do not go down:\n" + "\n".join(wrong)


def test_no_relative_imports() -> None:
    for path in sorted((ROOT / "screener").rglob("*.py")):
        for node in nodes(path):
            assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}:{node.lineno}: write it absolute"
