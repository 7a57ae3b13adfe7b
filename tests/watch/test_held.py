"""An unexpected error while storing loses nothing: what it hit is held and tried again, and only poison is left out."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from screener.entities.resolve import resolve
from screener.errors import InputError, RowRefused
from screener.pipeline import held as holding
from screener.pipeline import watch
from screener.pipeline.held import Held
from screener.pipeline.intake import taking
from screener.pipeline.intake.taking import Intake, LeftOut, Taken
from screener.pipeline.run import Plan, run_once
from screener.pipeline.watch_writer import WatchWriter
from screener.store import open_store
from screener.store.db import storing
from screener.types import Collected, FeedState, Item, Problem
from tests.server.app import WireServer
from tests.watch.driving import until
from tests.watch.test_watch import Wire, brisk, scene, server

__all__ = ["brisk", "server"]

THROWN: list[Callable[[], Exception]] = [
    lambda: RuntimeError("dictionary changed size during iteration"),
    lambda: MemoryError(),
    lambda: OSError(24, "Too many open files"),
    lambda: InputError("the ticker table cannot be read"),
    lambda: sqlite3.OperationalError("raised outside the store"),
    lambda: RowRefused("UNIQUE constraint failed"),
]
IDS = [type(t()).__name__ for t in THROWN]
NOW = dt.datetime(2026, 3, 12, 15, tzinfo=dt.UTC)
POISON = "Zephyra Robotics wins order 1"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "FIRST", 0.02)
    monkeypatch.setattr(holding, "LONGEST", 0.1)
    monkeypatch.setattr(watch, "RETRY", 0.02)
    monkeypatch.setattr(watch, "RETRY_MOST", 0.1)


@pytest.mark.parametrize("thrown", THROWN, ids=IDS)
def test_a_passing_error_in_a_stage_loses_nothing(
    thrown: Callable[[], Exception], server: WireServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = [0]

    def broken(*args: object) -> object:
        calls[0] += 1
        if calls[0] <= 14:
            raise thrown()
        return resolve(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(taking, "resolve", broken)
    wire = Wire(server, "/a.xml", count=4)
    shown = scene(tmp_path, wire.spec(every=60.0))  # asked once: nothing but the holding can bring them again

    async def acts() -> None:
        await until(lambda: len(shown.titles()) == 4)

    shown.run(acts)
    assert shown.query("SELECT count(*) FROM problems WHERE kind = 'unreadable'") == [(0,)]


@pytest.mark.parametrize("where", [(Intake, "store"), (WatchWriter, "store"), (WatchWriter, "_note")])
@pytest.mark.parametrize("thrown", THROWN[:4], ids=IDS[:4])
def test_a_passing_error_of_the_whole_loses_nothing(
    where: tuple[type, str],
    thrown: Callable[[], Exception],
    server: WireServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls, real = [0], getattr(where[0], where[1])

    def broken(*args: object) -> object:
        calls[0] += 1
        if calls[0] <= 3:
            raise thrown()
        return real(*args)

    monkeypatch.setattr(*where, broken)
    wire = Wire(server, "/a.xml", count=3)
    shown = scene(tmp_path, wire.spec(every=60.0))

    async def acts() -> None:
        await until(lambda: len(shown.titles()) == 3 and shown.query("SELECT 1 FROM feeds"))

    shown.run(acts)


@pytest.mark.parametrize("thrown", THROWN, ids=IDS)
def test_only_the_poisonous_item_becomes_a_problem(
    thrown: Callable[[], Exception], server: WireServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _poison(monkeypatch, thrown)
    wire = Wire(server, "/a.xml", count=4)
    shown = scene(tmp_path, wire.spec())

    async def acts() -> None:
        await until(lambda: len(shown.titles()) == 3)
        wire.count = 6
        await until(lambda: len(shown.titles()) == 5)
        await until(lambda: shown.query("SELECT 1 FROM problems WHERE kind = 'unreadable'"))
        await until(lambda: shown.query("SELECT 1 FROM feeds"))  # the feed goes on from there

    shown.run(acts)
    assert POISON not in shown.titles()
    told = shown.query("SELECT message FROM problems WHERE kind = 'unreadable'")
    assert len(told) == 1 and POISON in str(told[0][0])


def test_a_stop_while_something_is_held_loses_nothing(
    server: WireServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "FIRST", 60.0)
    monkeypatch.setattr(holding, "LONGEST", 60.0)
    wire = Wire(server, "/a.xml", count=4)
    shown = scene(tmp_path, wire.spec())
    with monkeypatch.context() as now:
        _poison(now, THROWN[0])

        async def acts() -> None:
            await until(lambda: len(shown.titles()) == 3)
            await wire.polled(3)

        shown.run(acts)
        assert shown.query("SELECT etag FROM feeds WHERE etag != ''") == []

    async def again() -> None:
        await until(lambda: len(shown.titles()) == 4)

    shown.run(again)


def test_a_run_tries_what_broke_once_more(server: WireServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = [0]

    def broken(*args: object) -> object:
        calls[0] += 1
        if calls[0] <= 3:
            raise THROWN[0]()
        return resolve(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(taking, "resolve", broken)
    shown = scene(tmp_path, Wire(server, "/a.xml", count=4).spec())
    with open_store(shown.path) as store:
        done = run_once(shown.workspace(store), Plan())
    assert len(shown.titles()) == 4 and not [p for p in done.run.problems if p.kind == "unreadable"]


def test_nothing_is_given_up_before_the_store_has_taken_others() -> None:
    now, held = [0.0], Held(lambda: now[0])
    one = Collected(feed="f", items=(_item("a"),), state=FeedState(name="f", etag="x"))
    noted, told = held.settle([one], [_left("a")], 0)
    assert noted[0].state is None and not told
    for tries in range(2, 20):
        now[0] += 15
        (again,) = held.due()
        _, told = held.settle([again], [_left("a")], 0)
        assert len(told) == (tries == holding.TRIES)
    held.settle([Collected(feed="g", items=(_item("b"),))], [], 1)
    now[0] += 15
    (again,) = held.due()
    noted, told = held.settle([again], [_left("a")], 0)
    assert not held.any and not told and noted[0].state == one.state


def test_what_is_held_keeps_the_newest_state_and_polls_do_not_count_as_tries() -> None:
    now, held = [0.0], Held(lambda: now[0])
    for n in range(30):
        one = Collected(feed="f", items=(_item("a"), _item("b")), state=FeedState(name="f", etag=str(n)))
        noted, told = held.settle([one], [_left("a")], 1)
        assert noted[0].state is None and not told
    now[0] += 1
    (again,) = held.due()
    assert [i.source_id for i in again.items] == ["a"]
    noted, _ = held.settle([again], [], 1)
    assert noted[0].state == FeedState(name="f", etag="29") and not held.any and held.wait() == float("inf")


@pytest.mark.parametrize(
    "error",
    [sqlite3.IntegrityError("UNIQUE"), sqlite3.DataError("too big"), sqlite3.ProgrammingError("type"),
     sqlite3.InterfaceError("binding")],
)  # fmt: skip
def test_a_row_the_tables_refuse_is_not_taken_for_a_broken_store(error: sqlite3.Error, tmp_path: Path) -> None:
    with pytest.raises(RowRefused, match=type(error).__name__), storing(tmp_path / "s.db"):
        raise error


def _poison(monkeypatch: pytest.MonkeyPatch, thrown: Callable[[], Exception]) -> None:
    stored: Callable[[Intake, Sequence[Item]], Taken] = Intake._stored

    def broken(self: Intake, items: Sequence[Item]) -> Taken:
        if any(i.title == POISON for i in items):
            raise thrown()
        return stored(self, items)

    monkeypatch.setattr(Intake, "_stored", broken)


def _item(name: str) -> Item:
    return msgspec.convert({"source": "f", "source_id": name, "title": name, "received": NOW, "published": NOW}, Item)


def _left(name: str) -> LeftOut:
    return LeftOut(_item(name), Problem(stage="resolve", subject=f"f {name}", message="broken", kind="unreadable"))
