"""50,000 mutated answers over all kinds of collectors: ``python -m tests.bench.fuzz [COUNT] [SEED]``.

Bases are the project's samples and, where they are, the recorded answers. Prints for each base how many were read, the
slowest, how many gave items, how many a problem; and, at once, every exception with the seed that gives it again. An
answer that took over two seconds is read again: on a busy machine the quicker of both counts.
"""

from __future__ import annotations

import random
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

import anyio
import msgspec

from screener.collectors.base import Collector
from screener.types import Collected
from tests.conftest import SHARED
from tests.fuzzing import SUBMISSION, Base, all_collectors, one, one_filing, samples

SECONDS = 7_200.0
SLOW = 2.0
RECORDED = {
    "feed": ("feeds/wires/*.xml",),
    "fda_press": ("feeds/fda_press*.xml",),
    "halts": ("feeds/nasdaqtrader*.xml",),
    "clinicaltrials": ("feeds/clinicaltrials/search*.json",),
    "openfda": ("feeds/openfda/*.json",),
    "usaspending": ("feeds/usaspending/spending*.json",),
    "edgar": ("edgar/getcurrent/2025-12-12T2303Z/*0.*", "edgar/getcurrent/2025-12-12T2303Z/*.xml"),
}


def bases() -> list[Base]:
    found = list(samples())
    by_kind = {b.spec.kind: b.spec for b in found}
    for kind, patterns in RECORDED.items():
        paths = [p for pattern in patterns for p in sorted(SHARED.glob(pattern))[:4] if p.suffix in (".xml", ".json")]
        for path in paths:
            spec = msgspec.structs.replace(
                by_kind[kind], name=f"{by_kind[kind].name}-{path.stem[:24]}", expect_title=""
            )
            found.append(Base(spec, (Path(path).read_bytes(),)))
    return found


async def run(count: int, seed: int) -> int:
    collectors, all_bases = all_collectors(), bases()
    wrong, slowest, tally = 0, Counter[str](), Counter[tuple[str, str]]()
    began, done, over = time.monotonic(), 0, 0
    for number in range(count):
        if time.monotonic() - began > SECONDS:
            break
        base = all_bases[number % (len(all_bases) + 1)] if number % (len(all_bases) + 1) < len(all_bases) else None
        name = base.spec.name if base else "filing"
        try:
            took, found = await read(base, collectors, f"{seed}:{number}")
            if took > SLOW:
                again, _ = await read(base, collectors, f"{seed}:{number}")
                print(f"{name}: number {number} of seed {seed} took {took:.1f} s, then {again:.1f} s", flush=True)
                took = min(took, again)
            if found:
                tally[name, "items"] += bool(found.items or found.filings or found.halts)
                tally[name, "problems"] += bool(found.problems)
                msgspec.json.encode(found)
        except Exception:  # what this run looks for
            wrong += 1
            print(f"{name}: number {number} of seed {seed}\n{traceback.format_exc(limit=-3)}", flush=True)
            continue
        done += 1
        tally[name, "read"] += 1
        slowest[name] = max(slowest[name], took)  # type: ignore[assignment]
        over += took > SLOW
        if done % 5_000 == 0:
            print(f"{done:,} after {time.monotonic() - began:.0f} s", flush=True)
    for name in sorted(slowest):
        figures = "  ".join(f"{what} {tally[name, what]:6,}" for what in ("read", "items", "problems"))
        print(f"{name:45} {figures}  slowest {slowest[name]:.2f} s")
    print(
        f"{done:,} of {count:,} answers in {time.monotonic() - began:.0f} s; {wrong} exceptions; {over} over {SLOW:.0f} s; "
        f"slowest {max(slowest.values()):.2f} s"
    )
    return int(wrong > 0 or over > 0)


async def read(base: Base | None, collectors: dict[str, Collector], seed: str) -> tuple[float, Collected | None]:
    """One mutated answer, or submission: the seconds it took, and what a collector gave."""
    chance = random.Random(seed)
    if base is None:
        return await one_filing(SUBMISSION, chance), None
    return await one(base, collectors, chance)


def main() -> int:
    given = [int(a) for a in sys.argv[1:] if a.isdigit()]
    return anyio.run(run, given[0] if given else 50_000, given[1] if len(given) > 1 else 1)


if __name__ == "__main__":
    sys.exit(main())
