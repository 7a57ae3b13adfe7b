"""The size of the house: ``python -m tests.bench.house [REVISION...]``.

Modules, lines, lengths of functions and modules, ``Any``, imports inside functions, and tests beside the source; then
what more than one place decides. A revision of the repository (``HEAD~40``, a tag) is a column of its own beside the
working tree, so that a table of before and after is one command.
"""

from __future__ import annotations

import ast
import io
import re
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOMES = {
    "files that write ISO times with isoformat()": r"\.isoformat\(",
    "files that read money (a pattern with million)": r"million",
    "files with SQL": r"\.(execute|executemany|executescript)\(",
    "files that read the present time": r"\b(datetime|dt|date)\.(now|utcnow|today)\(",
    "files that mend halves of characters": r"""encode\((errors=|"utf-8", )"replace"\)\.decode""",
    "files with a back-off of their own": r"2 ?\*\* ?\w*(tries|attempt|failures)",
    "files that write Atom": r"w3\.org/2005/Atom",
    "files that read the environment": r"os\.environ",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def length(node: Function) -> int:
    """Lines of a function without its docstring."""
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or 0) - first.lineno + 1


def inside(tree: ast.AST) -> Iterator[ast.stmt]:
    """Imports that stand in functions."""
    for function in ast.walk(tree):
        if isinstance(function, Function):
            yield from (n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom))


def figures(root: Path) -> dict[str, str]:
    """Every figure of a tree by its name."""
    paths = sorted((root / "screener").rglob("*.py"))
    texts = [p.read_text(encoding="utf-8") for p in paths]
    trees = [ast.parse(t) for t in texts]
    sizes = {p: len(t.splitlines()) for p, t in zip(paths, texts, strict=True)}
    lengths = sorted(length(n) for t in trees for n in ast.walk(t) if isinstance(n, Function))
    tests = sum(len(p.read_text(encoding="utf-8").splitlines()) for p in (root / "tests").rglob("test_*.py"))
    lines, longest = sum(sizes.values()), max(sizes, key=lambda p: sizes[p])
    anys = [line for t in texts for line in t.splitlines() if re.search(r"\bAny\b", line)]
    found = {
        "modules": f"{len(paths)}",
        "lines": f"{lines:,}",
        "functions": f"{len(lengths):,}",
        "lines of a function, median": f"{statistics.median(lengths):.0f}",
        "lines of a function, 90 of 100 below": f"{lengths[len(lengths) * 9 // 10]}",
        "lines of a function, most": f"{lengths[-1]}",
        "modules of more than 400 lines": f"{sum(s > 400 for s in sizes.values())}",
        "longest module": f"{sizes[longest]} ({longest.relative_to(root / 'screener').as_posix()})",
        "lines with Any": f"{len(anys)}",
        "of them imports": f"{sum('import' in line for line in anys)}",
        "imports inside functions": f"{len({(n, m.lineno) for n, t in enumerate(trees) for m in inside(t)})}",
        "test lines a source line": f"{tests / lines:.2f}",
    }
    return found | {what: f"{sum(bool(re.search(pattern, t)) for t in texts)}" for what, pattern in HOMES.items()}


@contextmanager
def tree_of(revision: str) -> Iterator[Path]:
    """The files of a revision in a folder of their own; the working tree for an empty one."""
    if not revision:
        yield ROOT
        return
    command = ["git", "-C", str(ROOT), "archive", revision, "screener", "tests"]
    packed = subprocess.run(command, check=True, capture_output=True).stdout
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
        yield Path(folder)


def main(revisions: list[str] | None = None) -> None:
    """A Markdown table, the working tree last."""
    columns = [*(revisions or []), ""]
    tables = []
    for revision in columns:
        with tree_of(revision) as root:
            tables.append(figures(root))
    print("| | " + " | ".join(r or "now" for r in columns) + " |")
    print("|---|" + "---:|" * len(columns))
    for what in tables[-1]:
        print(f"| {what} | " + " | ".join(t[what] for t in tables) + " |")


if __name__ == "__main__":
    main(sys.argv[1:])
