"""Reading in a process of its own: whatever it does, the loop goes on and the process is gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable

import anyio
import pytest

from screener.collectors import apart as module
from screener.collectors.apart import apart, is_small
from screener.errors import ReaderEnded
from screener.limits import SMALL_BYTES, SMALL_MARKS, Limits
from tests.collectors import jobs

SHORT = Limits(parse_seconds=0.1, parse_megabytes=400)


def call(function: Callable[[bytes], int], body: bytes = b"", bounds: Limits = SHORT) -> int:
    return anyio.run(lambda: apart(bounds, len(body), function, body))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("length", [0, 1, 70_000, 9_000_000])
def test_bytes_come_and_go(length: int) -> None:
    assert call(jobs.size, bytes(length)) == length


def test_a_process_is_kept_for_the_next_call() -> None:
    assert call(jobs.process) == call(jobs.process) != os.getpid()


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (jobs.spin, "timeout"),
        (jobs.backtrack, "timeout"),
        (jobs.wait, "timeout"),
        (jobs.grow, "out_of_memory"),
        (jobs.divide, "unreadable"),
        (jobs.leave, "unreadable"),
    ],
)
def test_bad_ends_are_told_and_leave_the_next_call_alone(function: Callable[[bytes], int], kind: str) -> None:
    with pytest.raises(ReaderEnded) as told:
        call(function)
    assert told.value.kind == kind and "\n" not in str(told.value)
    assert call(jobs.size, b"four") == 4


def test_an_exception_keeps_the_process() -> None:
    before = call(jobs.process)
    with pytest.raises(ReaderEnded, match="ZeroDivisionError"):
        call(jobs.divide)
    assert call(jobs.process) == before


def test_what_a_library_prints_does_not_disturb() -> None:
    assert call(jobs.speak) == 7


def test_a_cancelled_call_ends_its_process() -> None:
    running: list[int] = []

    async def run() -> None:
        await apart(SHORT, 0, jobs.process, b"")
        running.extend(reader.pid for reader in module._readers.waiting)
        with anyio.move_on_after(0.2):
            await apart(Limits(parse_seconds=60), 0, jobs.spin, b"")

    module._readers.end_all()
    anyio.run(run)
    assert running and all(alive(pid) for pid in running)
    module._readers.end_all()
    assert not any(alive(pid) for pid in running)


def test_one_held_up_reader_does_not_hold_up_the_others() -> None:
    done: list[int] = []

    async def run() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(slow)
            for _ in range(20):
                group.start_soon(quick)

    async def slow() -> None:
        with pytest.raises(ReaderEnded):
            await apart(Limits(parse_seconds=1.0), 0, jobs.spin, b"")
        done.append(-1)

    async def quick() -> None:
        done.append(await apart(Limits(parse_seconds=1.0), 0, jobs.size, b"12"))

    anyio.run(run)
    assert done == [2] * 20 + [-1]


def test_the_loop_runs_while_a_reader_works() -> None:
    ticks: list[float] = []

    async def run() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(tick, group.cancel_scope)
            with pytest.raises(ReaderEnded):
                await apart(Limits(parse_seconds=0.5), 0, jobs.backtrack, b"")
            group.cancel_scope.cancel()

    async def tick(_: object) -> None:
        while True:
            ticks.append(anyio.current_time())
            await anyio.sleep(0.01)

    anyio.run(run)
    assert len(ticks) > 10


def test_small_is_by_size_and_by_marks() -> None:
    assert is_small(b"x" * SMALL_BYTES) and not is_small(b"x" * (SMALL_BYTES + 1))
    assert is_small(b"<a" * SMALL_MARKS) and not is_small(b"<" * SMALL_MARKS + b"&&")


def test_a_reader_that_is_slow_to_start_has_its_whole_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine takes seconds to start a process; that says nothing of what is to be read."""
    module._readers.end_all()
    monkeypatch.setattr(module, "_START", "import time; time.sleep(1.5); " + module._START)
    monkeypatch.setattr(module.limits, "PARSE_WALL", 10.0)  # one second for a tenth
    assert call(jobs.size, b"four") == 4


def test_a_reader_that_never_starts_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    module._readers.end_all()
    monkeypatch.setattr(module, "_START", "import time; time.sleep(60); " + module._START)
    monkeypatch.setattr(module.limits, "READER_START_SECONDS", 0.3)
    with pytest.raises(ReaderEnded, match="too busy"):
        call(jobs.size, b"four")
    assert not module._readers.waiting
