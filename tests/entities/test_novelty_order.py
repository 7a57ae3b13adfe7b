"""Which story a repeat repeats must not depend on the order in which a process happens to walk a set of words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import datetime as dt, random
from screener.entities.novelty import novelty
from screener.types import Story
T, draw = dt.datetime(2026, 3, 12, tzinfo=dt.UTC), random.Random(2)
words = "crane harbour valve polymer turbine sensor antenna reactor lens vaccine cargo".split()
def story(n):
    text = " ".join(draw.choices(words, k=60))
    return Story(id=f"{n:04x}", title=f"Zeg opens {words[n % 11]} office {n % 7}", text=text,
                 published=T + dt.timedelta(hours=n), first_seen=T)
past = [story(n) for n in range(200)]
print([novelty(s, past[max(0, i - 10) : i][::-1]) for i, s in enumerate(past)])
"""


def answers(seed: int) -> str:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(seed)}
    return subprocess.run([sys.executable, "-c", CODE], env=env, capture_output=True, text=True, check=True).stdout


def test_the_same_in_every_process() -> None:
    first = answers(1)
    assert first.count("(") == 200 and all(answers(seed) == first for seed in (2, 3))
