"""Mutated answers to every kind of collector: nothing is raised, nothing takes long. The long run is ``tests.bench.fuzz``."""

from __future__ import annotations

import random

import anyio
import msgspec
import pytest

from tests.fuzzing import SUBMISSION, Base, all_collectors, one, one_filing, samples

ROUNDS = 150
LONGEST = 10.0  # two seconds on a machine with nothing else to do
FIRST = {base.spec.kind: base for base in reversed(list(samples()))}


@pytest.mark.parametrize("base", FIRST.values(), ids=list(FIRST))
def test_no_exception_leaves_a_collector(base: Base) -> None:
    collectors = all_collectors()

    async def run() -> None:
        for number in range(ROUNDS):
            took, found = await one(base, collectors, random.Random(f"{base.spec.kind}:{number}"))
            assert took < LONGEST, number
            msgspec.json.encode(found)
            for item in found.items:
                assert item.source_id and item.title == item.title.strip() != ""
            for problem in found.problems:
                problem.message.encode()
            assert len(found.problems) <= 60

    anyio.run(run)


def test_no_exception_leaves_a_filing() -> None:
    async def run() -> None:
        for number in range(ROUNDS):
            assert await one_filing(SUBMISSION, random.Random(f"filing:{number}")) < LONGEST, number

    anyio.run(run)


def test_all_kinds_that_read_the_web_have_a_sample() -> None:
    assert set(FIRST) | {"file", "folder"} == set(all_collectors())
