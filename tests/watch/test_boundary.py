"""Whatever a collector, a price source, a sender or a stage throws costs itself only: the watch and the rest go on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from screener.collectors.base import Context
from screener.collectors.feed import FeedCollector
from screener.errors import StoreError
from screener.pipeline import pricing, watch
from screener.pipeline.boundary import as_problem
from screener.pipeline.collecting import poll
from screener.pipeline.held import LONGEST, TRIES, Held
from screener.pipeline.run import Plan, run_once
from screener.prices.base import Prices
from screener.store import open_store
from screener.types import Collected, FeedSpec, Halt, WatchRow
from tests.server.app import WireServer
from tests.watch.driving import Scene, until
from tests.watch.test_watch import Wire, brisk, scene, server

__all__ = ["brisk", "server"]

THROWN: list[Callable[[], BaseException]] = [
    lambda: OverflowError("Python int too large to convert to C int"),
    lambda: UnicodeEncodeError("utf-8", "\ud83d", 0, 1, "surrogates not allowed"),
    lambda: ExceptionGroup("unhandled errors in a TaskGroup", [ValueError("year 10000 is out of range")]),
    lambda: RecursionError("maximum recursion depth exceeded"),
    lambda: StoreError("the collector's look-up failed"),
]
NAMES = ["OverflowError", "UnicodeEncodeError", "ValueError", "RecursionError", "StoreError"]


class Breaking:
    """A collector that throws instead of answering, as long as ``thrown`` says."""

    name = "breaking"

    def __init__(self, thrown: Callable[[], BaseException] | None) -> None:
        self.thrown = thrown
        self.asked = 0

    async def collect(self, feed: FeedSpec, context: Context) -> Collected:
        self.asked += 1
        if self.thrown is not None:
            await anyio.sleep(0)
            raise self.thrown()
        return await FeedCollector().collect(feed, context)


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    found: dict[str, object] = dict(poll.collectors())
    monkeypatch.setattr(poll, "collectors", lambda: found)
    return found


@pytest.mark.parametrize(("thrown", "name"), list(zip(THROWN, NAMES, strict=True)), ids=NAMES)
def test_a_collector_that_throws_costs_its_feed_only(
    thrown: Callable[[], BaseException], name: str, kinds: dict[str, object], server: WireServer, tmp_path: Path
) -> None:
    good, mending = Wire(server, "/good.xml", count=2), Wire(server, "/mending.xml", count=1)
    kinds["breaking"] = broken = Breaking(thrown)
    shown = scene(tmp_path, good.spec(), mending.spec(kind="breaking"))

    async def acts() -> None:
        await until(lambda: broken.asked >= 3)
        good.count = 5
        await until(lambda: len(shown.titles()) == 5)
        await until(lambda: shown.query("SELECT 1 FROM problems WHERE kind = ?", name))
        broken.thrown = None
        await until(lambda: "Zephyra Robotics wins order 0" in shown.titles() and shown.heard("mending: reads again"))

    shown.run(acts)
    told = shown.query("SELECT stage, subject FROM problems WHERE kind = ?", name)
    assert told == [("collect", "mending")]
    assert shown.heard("mending: failing") and name in next(s for s in shown.said if "failing" in s)


def test_a_failing_collector_is_asked_less_and_less(
    kinds: dict[str, object], server: WireServer, tmp_path: Path
) -> None:
    kinds["breaking"] = Breaking(THROWN[0])
    feed = FeedSpec(name="f", kind="breaking", url=server.url, every=0.1)
    shown = scene(tmp_path, feed)

    async def acts() -> None:
        await until(lambda: shown.query("SELECT failures FROM feeds WHERE failures >= 3"))

    shown.run(acts)
    with open_store(shown.path) as store:
        state = store.feeds.state("f")
    assert watch.wait_for(feed, state, state.last_error_at or watch.clock.now()) > 2 * feed.every


def test_one_pass_stores_what_the_healthy_feeds_gave(
    kinds: dict[str, object], server: WireServer, tmp_path: Path
) -> None:
    good = Wire(server, "/good.xml", count=4)
    for n, thrown in enumerate(THROWN):
        kinds[f"breaking{n}"] = Breaking(thrown)
    bad = [FeedSpec(name=f"bad{n}", kind=f"breaking{n}", url=server.url) for n in range(len(THROWN))]
    shown = scene(tmp_path, *bad, good.spec())
    with open_store(shown.path) as store:
        done = run_once(shown.workspace(store), Plan())
        failing = [s.name for s in store.feeds.states().values() if s.failures]
    assert len(shown.titles()) == 4 and sorted(failing) == [f.name for f in bad]
    assert [p.kind for p in done.run.problems if p.stage == "collect"] == NAMES


class Throwing:
    """A sender that throws at every other step."""

    def __init__(self, error: Exception) -> None:
        self.error, self.steps = error, 0

    def step(self) -> float | None:
        self.steps += 1
        if self.steps % 2:
            raise self.error
        return None


def test_senders_that_throw_end_nothing(server: WireServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "SEND_EVERY", 0.05)
    wire = Wire(server, "/a.xml", count=1)
    shown = scene(tmp_path, wire.spec())
    senders = [
        Throwing(ValueError("could not convert string to float: '²'")),
        Throwing(OSError(28, "No space left on device")),
        Throwing(KeyError("webhook")),
    ]

    async def acts() -> None:
        await until(lambda: all(s.steps >= 4 for s in senders))
        wire.count = 3
        await until(lambda: len(shown.titles()) == 3)

    _with_senders(shown, senders, acts)
    assert shown.heard("ValueError: could not convert") and shown.heard("KeyError")


def _with_senders(shown: Scene, senders: list[Throwing], acts: Callable[[], object]) -> None:
    async def go() -> None:
        with open_store(shown.path) as store:
            async with anyio.create_task_group() as group:
                group.start_soon(watch.watching, shown.workspace(store), shown.plan, shown.said.append, senders)
                await acts()  # type: ignore[misc]
                group.cancel_scope.cancel()

    anyio.run(go)


def test_a_ranking_that_throws_is_tried_again(
    server: WireServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, calls = Wire(server, "/a.xml", count=1), []
    rank_day = watch.WatchWriter._ranked

    def ranked(self: watch.WatchWriter, run: object) -> list[WatchRow]:
        calls.append(1)
        if len(calls) < 3:
            raise ZeroDivisionError("division by zero")
        return rank_day(self, run)  # type: ignore[arg-type]

    monkeypatch.setattr(watch.WatchWriter, "_ranked", ranked)
    monkeypatch.setattr(watch, "RERANK_EVERY", 0.1)
    shown = scene(tmp_path, wire.spec())

    async def acts() -> None:
        await until(lambda: shown.query("SELECT 1 FROM problems WHERE kind = 'ZeroDivisionError'"))

    shown.run(acts)
    assert shown.heard("the list was not renewed: ZeroDivisionError")
    assert shown.query("SELECT count(*) FROM problems WHERE kind = 'ZeroDivisionError'") == [(1,)]


def test_prices_market_and_table_that_throw_end_nothing(
    server: WireServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise IndexError("list index out of range")

    monkeypatch.setattr(watch, "MARKET_AFTER", 0.01)
    monkeypatch.setattr(watch, "changed_regime", broken)
    monkeypatch.setattr(watch.ticker_table, "refresh", broken)
    monkeypatch.setattr(watch.pricing, "fetch", broken)
    wire = Wire(server, "/a.xml", count=2)
    shown = scene(tmp_path, wire.spec(), plan=Plan(prices=("yahoo",)))

    async def acts() -> None:
        for subject in ("prices", "market", "ticker table"):
            await until(lambda s=subject: shown.query("SELECT 1 FROM problems WHERE subject = ?", s))  # type: ignore[misc]
        await until(lambda: len(shown.titles()) == 2)

    shown.run(acts)


def test_a_price_source_that_throws_falls_over_to_the_next() -> None:
    class Source:
        delay = coverage = licence = ""
        needs_key = False

        def __init__(self, name: str, error: Exception | None = None) -> None:
            self.name, self.error = name, error

        async def daily(self, request: object) -> Prices:
            if self.error is not None:
                raise self.error
            raise pricing.PriceError(f"{self.name}: nothing today")

    async def ask() -> str:
        answers: list[Prices] = []
        problems: list[pricing.Problem] = []
        chosen = [
            pricing.Configured(source=pricing.Bounded(Source("one", KeyError("chart")))),
            pricing.Configured(source=pricing.Bounded(Source("two"))),
        ]
        request = pricing.PriceRequest(
            tickers=("AA",), start=watch.clock.now().date(), end=watch.clock.now().date(), as_of=watch.clock.now(),
            fetcher=None, now=watch.clock.now,  # type: ignore[arg-type]
        )  # fmt: skip
        await pricing._ask(chosen, request, answers, problems)
        return problems[0].message

    said = anyio.run(ask)
    assert "KeyError: 'chart'" in said and "two: nothing today" in said


def test_what_cannot_be_stored_is_left_out_alone(server: WireServer, tmp_path: Path) -> None:
    halt = Halt(ticker="ZO\ud83dRB", code="T1", halted=watch.clock.now(), received=watch.clock.now())
    good = Halt(ticker="QUIX", code="T1", halted=watch.clock.now(), received=watch.clock.now())
    shown, now = scene(tmp_path), [0.0]
    with open_store(shown.path) as store, open_store(shown.path, readonly=True) as ranker:
        writer = watch.WatchWriter(shown.workspace(store), ranker, "both", shown.said.append)
        writer.held = Held(lambda: now[0])
        writer.store([Collected(feed="bad", halts=(halt,)), Collected(feed="good", halts=(good,))])
        for _ in range(TRIES):  # it is tried again for a while before it is let go
            now[0] += LONGEST
            writer.store(writer.held.due())
        writer.rank()
        assert not writer.held.any
    assert shown.query("SELECT ticker FROM halts") == [("QUIX",)]
    assert shown.query("SELECT subject, kind FROM problems") == [("bad halt of ZO?RB", "UnicodeEncodeError")]


@pytest.mark.parametrize(
    "text",
    ["https://user:pw@x.example/f?apikey=SECRET1", "bad https://x.example/a?token=SECRET1&b=1 here", "\ud83d" * 900],
)
def test_a_problem_of_anything_can_be_stored_and_shows_no_secret(text: str) -> None:
    problem = as_problem("collect", "f", ExceptionGroup("g", [ExceptionGroup("h", [ValueError(text)])]))
    assert problem.kind == "ValueError" and "SECRET1" not in problem.message and "pw@" not in problem.message
    problem.message.encode()
    assert len(problem.message) < 700
