"""An unexpected error while storing loses nothing: what it hit is held and tried again, and only poison is left out."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from screener.collectors.base import Context
from screener.entities.resolve import resolve
from screener.errors import InputError, RowRefused
from screener.pipeline import held as holding
from screener.pipeline import watch
from screener.pipeline.collecting import poll
from screener.pipeline.held import Held
from screener.pipeline.intake import taking
from screener.pipeline.intake.taking import Intake, LeftOut, Taken
from screener.pipeline.run import Plan, run_once
from screener.pipeline.watch_writer import WatchWriter
from screener.store import open_store
from screener.store.db import storing
from screener.store.feeds import Feeds
from screener.store.filings import Filings
from screener.store.halts import Halts
from screener.types import Collected, FeedSpec, FeedState, Filing, Halt, Item, Problem
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
    monkeypatch.setattr(watch, "RERANK_EVERY", 0.5)  # problems are told with the next list


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


# ---- filings, halts and states ----------------------------------------------------------------------------------------

BAD = "0000000000-26-000002"


class Bringing:
    """A collector that brings the same three filings and two halts until its state is stored, then nothing."""

    name, lists_filings = "bringing", False

    async def collect(self, feed: FeedSpec, context: Context) -> Collected:
        if context.state.etag:
            return Collected(feed=feed.name, state=context.state, not_modified=True)
        filings = tuple(_filing(n) for n in range(1, 4))
        halts = tuple(Halt(ticker=t, code="T1", halted=NOW, received=NOW) for t in ("ZQHA", "ZQHB"))
        state = msgspec.structs.replace(context.state, etag="1")
        return Collected(feed=feed.name, filings=filings, halts=halts, state=state)


@pytest.fixture
def bringing(monkeypatch: pytest.MonkeyPatch) -> FeedSpec:
    found = {**poll.collectors(), "bringing": Bringing()}
    monkeypatch.setattr(poll, "collectors", lambda: found)
    return FeedSpec(name="b", kind="bringing", url="http://127.0.0.1:9/", every=60.0)


STORING: list[tuple[type, str, Callable[[object], bool]]] = [
    (Filings, "add", lambda given: any(f.accession == BAD for f in given)),  # type: ignore[attr-defined]
    (Halts, "add", lambda given: any(h.ticker == "ZQHB" for h in given)),  # type: ignore[attr-defined]
    (Feeds, "save", lambda given: given.name == "b"),  # type: ignore[attr-defined]
]
PIECES = ["filing", "halt", "state"]


@pytest.mark.parametrize("where", STORING, ids=PIECES)
@pytest.mark.parametrize("thrown", [THROWN[0], THROWN[3], THROWN[5]], ids=[IDS[0], IDS[3], IDS[5]])
def test_a_passing_error_costs_no_filing_halt_or_state(
    where: tuple[type, str, Callable[[object], bool]],
    thrown: Callable[[], Exception],
    bringing: FeedSpec,
    server: WireServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _break(monkeypatch, *where, thrown, times=5)
    shown = scene(tmp_path, bringing, Wire(server, "/a.xml", count=2).spec())

    async def acts() -> None:
        await until(lambda: shown.query("SELECT 1 FROM feeds WHERE name = 'b' AND etag = '1'"))

    shown.run(acts)
    assert shown.query("SELECT count(*) FROM filings") == [(3,)] and shown.query("SELECT count(*) FROM halts") == [(2,)]
    assert shown.query("SELECT count(*) FROM problems WHERE stage = 'save'") == [(0,)]


@pytest.mark.parametrize("where", STORING[:2], ids=PIECES[:2])
@pytest.mark.parametrize("thrown", [THROWN[0], THROWN[5]], ids=[IDS[0], IDS[5]])
def test_only_the_poisonous_filing_or_halt_is_left_out(
    where: tuple[type, str, Callable[[object], bool]],
    thrown: Callable[[], Exception],
    bringing: FeedSpec,
    server: WireServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _break(monkeypatch, *where, thrown)
    wire = Wire(server, "/a.xml", count=2)
    shown = scene(tmp_path, bringing, wire.spec(every=0.1))

    async def acts() -> None:
        await until(lambda: shown.query("SELECT 1 FROM feeds WHERE name = 'b' AND etag = '1'"))
        await until(lambda: shown.query("SELECT 1 FROM problems WHERE stage = 'save'"))

    shown.run(acts)
    left = 2 if where[0] is Filings else 3, 1 if where[0] is Halts else 2
    assert shown.query("SELECT (SELECT count(*) FROM filings), (SELECT count(*) FROM halts)") == [left]
    (told,) = shown.query("SELECT message FROM problems WHERE stage = 'save'")
    assert (BAD if where[0] is Filings else "ZQHB") in str(told[0])


def test_a_stop_while_a_filing_is_held_loses_nothing(
    bringing: FeedSpec, server: WireServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "FIRST", 60.0)
    monkeypatch.setattr(holding, "LONGEST", 60.0)
    shown = scene(tmp_path, bringing, Wire(server, "/a.xml", count=2).spec())
    with monkeypatch.context() as now:
        failed = _break(now, *STORING[0], THROWN[0])

        async def acts() -> None:
            await until(lambda: failed[0] and shown.query("SELECT 1 FROM feeds WHERE name = 'a'"))

        shown.run(acts)
        # a known filing would end the next reading of the list before the one that is held
        assert shown.query("SELECT 1 FROM filings UNION SELECT 1 FROM feeds WHERE name = 'b'") == []

    async def again() -> None:
        await until(lambda: shown.query("SELECT count(*) FROM filings") == [(3,)])

    shown.run(again)


@pytest.mark.parametrize("where", STORING, ids=PIECES)
@pytest.mark.parametrize("times", [1, 99])
def test_a_run_leaves_out_only_what_cannot_be_stored(
    where: tuple[type, str, Callable[[object], bool]],
    times: int,
    bringing: FeedSpec,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _break(monkeypatch, *where, THROWN[0], times=times)
    shown = scene(tmp_path, bringing)
    with open_store(shown.path) as store:
        done = run_once(shown.workspace(store), Plan())
    told = [p for p in done.run.problems if p.kind == "RuntimeError"]
    poison = times == 99
    filings = 0 if poison and where[0] is Feeds else 3 - (poison and where[0] is Filings)
    assert shown.query("SELECT count(*) FROM filings") == [(filings,)] and len(told) == poison


def _break(
    monkeypatch: pytest.MonkeyPatch,
    subject: type,
    method: str,
    hit: Callable[[object], bool],
    thrown: Callable[[], Exception],
    times: int = 10_000,
) -> list[int]:
    """Let a store's method throw so often when it is given what ``hit`` says; how often it did."""
    failed, real = [0], getattr(subject, method)

    def broken(self: object, given: object) -> object:
        given = tuple(given) if isinstance(given, tuple | list) else given
        if hit(given) and failed[0] < times:
            failed[0] += 1
            raise thrown()
        return real(self, given)

    monkeypatch.setattr(subject, method, broken)
    return failed


def _filing(number: int) -> Filing:
    return Filing(
        accession=f"0000000000-26-{number:06}", form="8-K", company="Zephyra Inc", cik=1, role="Filer", accepted=NOW, received=NOW
    )  # fmt: skip


def test_a_filing_given_up_is_not_asked_for_again() -> None:
    now, held = [0.0], Held(lambda: now[0])
    one = Collected(feed="e", filings=(_filing(1), _filing(2)), state=FeedState(name="e", etag="x"))
    wrong = {holding.key_of(one.filings[0]): _left("a").problem}
    for _ in range(holding.TRIES):
        held.hold(one, wrong)
        assert held.accessions("e") <= {f.accession for f in one.filings}
        held.noted([Collected(feed="g", state=FeedState(name="g"))])
        now[0] += 15
        (one_again,) = held.due()
    assert one_again.filings == one.filings[1:] and one_again.state == one.state
    assert held.left_out == {one.filings[0].accession} and not held.any


def test_newer_notes_of_a_feed_wait_behind_those_held() -> None:
    now, held = [0.0], Held(lambda: now[0])
    first = Collected(feed="e", filings=(_filing(1),), state=FeedState(name="e", etag="1"))
    held.hold(first, {holding.key_of(first.filings[0]): _left("a").problem})
    second = Collected(feed="e", filings=(_filing(2),), state=FeedState(name="e", etag="2"))
    noted, _ = held.settle([second], [], 0)
    assert not noted[0].filings and noted[0].state is None
    now[0] += 15
    (again,) = held.due()
    assert again.filings == (*first.filings, *second.filings) and again.state == second.state
