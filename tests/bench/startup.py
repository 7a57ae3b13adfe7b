"""CPU of short commands beside an empty import of the same libraries."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 7


def cpu(command: list[str]) -> float:
    """Median CPU seconds of a command over a few runs."""
    taken = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(taken)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = str(Path(folder) / "demo.db")
        screener = [sys.executable, "-m", "screener"]
        subprocess.run([*screener, "demo", "--db", db], check=True, capture_output=True, env={**os.environ})
        print(
            f"   {'import click, rich, msgspec':<40} {cpu([sys.executable, '-c', 'import click, rich, msgspec']):.3f} s CPU"
        )
        for args in (["--help"], ["today", "--db", db, "--format", "csv"], ["today", "--db", db], ["runs", "--db", db]):
            print(
                f"   screener {' '.join(a for a in args if a != db and a != '--db'):<31} {cpu([*screener, *args]):.3f} s CPU"
            )


if __name__ == "__main__":
    main()
