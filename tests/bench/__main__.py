"""``make bench``: every benchmark of this folder, one after the other, each printing its figures."""

from __future__ import annotations

import importlib
import os
import pkgutil
import platform
import sys
import time

import tests.bench

SLOW = {
    "asof",
    "backfill",
    "history",
    "live_days",
    "fuzz",
    "kill_commands",
    "soak",
    "corpus",
    "draw_locked",
    "replay_day",
    "web",
}
"""Benchmarks that need an argument or minutes; run them by name."""


def main(names: list[str]) -> int:
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs")
    failed = 0
    for info in sorted(pkgutil.iter_modules(tests.bench.__path__), key=lambda i: i.name):
        if info.name.startswith("_") or (info.name not in names if names else info.name in SLOW):
            continue
        module = importlib.import_module(f"tests.bench.{info.name}")
        if not hasattr(module, "main"):
            continue
        print(f"\n== {info.name}: {(module.__doc__ or '').strip().splitlines()[0]}", flush=True)
        started = time.perf_counter()
        try:
            module.main()
        except (OSError, SystemExit) as e:
            failed += 1
            print(f"   could not run: {e}")
        print(f"   ({time.perf_counter() - started:.1f} s)", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
