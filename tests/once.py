"""What is dear to make is made once: a classifier in each process, a file for all workers of a run."""

from __future__ import annotations

import fcntl
import functools
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The file that ``make`` writes, made by the first worker that asks; whoever writes to it copies it first."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder = base / "once"
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = folder / name
        if not path.exists():
            part = folder / f"part-{name}"
            make(part)
            part.replace(path)
    return path


@functools.cache
def keep_classifiers() -> None:
    """From now on a classifier of the same, unchanged files is that made before: reading them takes a second or two."""
    from screener import yamlfile
    from screener.classify.pipeline import Classifier

    made: dict[object, dict[str, Any]] = {}
    first = Classifier.__init__

    def state(path: Path) -> tuple[str, int, int]:
        found = path.stat()
        return str(path), found.st_mtime_ns, found.st_size

    def again(self: Classifier, rules: Path | Sequence[Path], model: Path | None) -> None:
        folders = [rules] if isinstance(rules, Path) else list(rules)
        files = [p for folder in folders for p in yamlfile.walk(folder)]
        files += sorted(p for p in model.rglob("*") if p.is_file()) if model else []
        key = (tuple(map(str, folders)), str(model), tuple(map(state, files)))
        if key not in made:
            first(self, rules, model)
            made[key] = dict(vars(self))
        vars(self).update(made[key])

    Classifier.__init__ = again  # type: ignore[method-assign]
