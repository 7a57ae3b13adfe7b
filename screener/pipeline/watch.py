"""Watch mode: poll every feed on its own cadence, store and rank what comes, until stopped.

Each feed has a task of its own; a slow or failing one never holds up another. What they bring goes through one queue
to the writer (``watch_writer``), which stores it at once and ranks the day soon after. Filings are fetched whole beside the
polls of their index (``filing_queue``). A feed that fails is asked less and less often (doubling up to ten minutes, with
jitter) and returns to its cadence at its first success. On Ctrl-C or SIGTERM polling stops at once, the transaction in
hand is finished, and the next start goes on where this one ended.
"""

from __future__ import annotations

import datetime as dt
import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

import anyio
import msgspec
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from screener import backoff, clock
from screener.collectors.base import Collector
from screener.errors import StoreError
from screener.http import Fetcher
from screener.limits import UNEXPECTED_TRIES
from screener.pipeline import pricing
from screener.pipeline.boundary import attempt
from screener.pipeline.collecting import poll, ticker_table
from screener.pipeline.collecting.filing_queue import FilingQueue
from screener.pipeline.cycle import tickers_of_day
from screener.pipeline.market_state import changed_regime
from screener.pipeline.run import Plan
from screener.pipeline.watch_writer import WatchWriter
from screener.pipeline.workspace import Workspace
from screener.prices.base import Prices
from screener.store import Store, open_store
from screener.types import Collected, FeedSpec, FeedState, Problem, Regime

T = TypeVar("T")
Say = Callable[[str], None]


class Sender(Protocol):
    """Delivers what one alert channel is owed; called in a thread of its own."""

    def step(self) -> float | None:
        """Send one message if one is due: seconds until the next may go, None when nothing is owed."""


MAX_BACKOFF = 600.0
DISABLED_FOR = 3600.0
JITTER = 0.1
# News comes before the open and after the close as much as between; nights and weekends are quiet.
PACE = {clock.PRE: 1.0, clock.REGULAR: 1.0, clock.AFTER: 1.0, clock.CLOSED: 5.0}
RERANK_EVERY, LOOK_EVERY = 60.0, 2.0
# A ranking competes with storing: it rests a second, or three times as long as it worked.
RANK_REST, RANK_SHARE = 1.0, 3.0
PRICES_EVERY = 60.0
TABLE_EVERY = 3600.0
MARKET_AFTER, MARKET_EVERY = 20.0, 300.0
QUEUE, STORE_FIRST = 64, 10
# A store that cannot be written is tried again after that many seconds, then twice as many, up to the limit.
RETRY, RETRY_MOST = 0.5, 15.0
BUSY_MS = 1000
# Another process (a run from cron) may have queued alerts, so senders look even when nothing wakes them.
SEND_EVERY = 30.0


@dataclass
class Watch:
    """One watch: what its tasks share."""

    workspace: Workspace
    plan: Plan
    say: Say
    reader: Store
    writer: WatchWriter
    send: MemoryObjectSendStream[Collected]
    states: dict[str, FeedState] = field(default_factory=dict)
    queues: dict[str, FilingQueue] = field(default_factory=dict)
    told: dict[str, tuple[Problem, ...]] = field(default_factory=dict)
    changed: anyio.Event = field(default_factory=anyio.Event)
    stopping: bool = False
    stored: list[anyio.Event] = field(default_factory=list)


def watch_forever(workspace: Workspace, plan: Plan, say: Say, senders: Sequence[Sender] = ()) -> None:
    """Watch until a signal comes. Raises ScreenerError for what makes watching pointless (rules, model, settings)."""
    workspace.rules, workspace.classifier, workspace.table  # noqa: B018  loaded before anything is fetched
    anyio.run(watching, workspace, plan, say, senders)


async def watching(workspace: Workspace, plan: Plan, say: Say, senders: Sequence[Sender] = ()) -> None:
    """Watch until cancelled or a signal comes; to be awaited in the main thread."""
    feeds = workspace.chosen_feeds(plan.feeds)
    # Waiting long for another writer would hold up a stop; the writer tries again by itself.
    workspace.store.wait_at_most(BUSY_MS)
    send, receive = anyio.create_memory_object_stream[Collected](QUEUE)
    with (
        send,
        receive,
        open_store(workspace.store.path, readonly=True) as reader,
        open_store(workspace.store.path, readonly=True) as ranker,
    ):
        writer = WatchWriter(workspace, ranker, plan.rank_by, say, plan.line)
        watch = Watch(workspace=workspace, plan=plan, say=say, reader=reader, writer=writer, send=send)
        watch.states = reader.feeds.states()
        async with poll.fetcher(workspace, feeds) as get, anyio.create_task_group() as group:
            group.start_soon(_stop_on_signal, watch, group)
            group.start_soon(_keep, watch, receive)
            if not len(workspace.table):  # the first news would find no company; an older table is renewed meanwhile
                await _renew_table(watch, get)
            if plan.items:
                await send.send(await anyio.to_thread.run_sync(poll.file_items, workspace, plan.items))
            _start_feeds(watch, feeds, get, group)
            group.start_soon(_rank, watch)
            group.start_soon(_market, watch)
            group.start_soon(_price, watch, get)
            group.start_soon(_table, watch, get)
            for sender in senders:
                group.start_soon(_send, watch, sender)
            say(f"watching {len(feeds)} feeds into {workspace.store.path}; Ctrl-C stops")


def _start_feeds(watch: Watch, feeds: Sequence[FeedSpec], get: Fetcher, group: TaskGroup) -> None:
    kinds = poll.collectors()
    for feed in feeds:
        if poll.list_filings([feed]):
            watch.queues[feed.name] = queue = FilingQueue(
                watch.workspace, watch.reader, feed.name, watch.send.send, left_out=watch.writer.held.left_out
            )
            group.start_soon(queue.run, poll.context_of(watch.workspace, feed, get, watch.reader))
        group.start_soon(_poll, watch, feed, get, kinds)


async def _stop_on_signal(watch: Watch, group: TaskGroup) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            watch.stopping = True
            watch.say("stopping; the transaction in hand is being finished")
            group.cancel_scope.cancel()
            return


async def _poll(watch: Watch, feed: FeedSpec, get: Fetcher, kinds: dict[str, Collector]) -> None:
    # Feeds do not all start in the same instant.
    due = anyio.current_time() + random.uniform(0, min(feed.every, 2.0))  # noqa: S311  spread, not secrecy
    while True:
        await anyio.sleep(max(0.0, due - anyio.current_time()))
        began = anyio.current_time()
        state = watch.states.get(feed.name, FeedState(name=feed.name))
        after = await _poll_once(watch, feed, get, kinds, state)
        wait = DISABLED_FOR if after.disabled else wait_for(feed, after, clock.now())
        due = max(began + wait, anyio.current_time() + 0.05)


async def _poll_once(
    watch: Watch, feed: FeedSpec, get: Fetcher, kinds: dict[str, Collector], state: FeedState
) -> FeedState:
    """One poll, handed to the writer; the state it leaves."""
    queue = watch.queues.get(feed.name)
    if queue is not None:
        queue.starts_from(state)
    found = await poll.collect_one(watch.workspace, feed, get, kinds, watch.reader, state, queue)
    after = found.state or state
    watch.states[feed.name] = after
    _tell_state(watch, feed, state, after)
    told, watch.told[feed.name] = watch.told.get(feed.name), found.problems
    if found.problems == told:
        found = msgspec.structs.replace(found, problems=())  # once is enough
    if queue is not None:
        found = msgspec.structs.replace(found, state=queue.kept(found.state))
    if found.items or found.filings or found.halts or found.problems or found.state != state:
        await watch.send.send(found)
    return after


def wait_for(feed: FeedSpec, state: FeedState, now: dt.datetime) -> float:
    """Seconds until a feed's next poll: its cadence by session, doubled for each failure, with 10 % jitter."""
    base = feed.every * PACE[clock.session_at(now)]
    if state.failures:
        base = backoff.delay(state.failures, max(base, 1.0) * 2, max(MAX_BACKOFF, base))
    return backoff.spread(base, JITTER)


def _tell_state(watch: Watch, feed: FeedSpec, before: FeedState, after: FeedState) -> None:
    if after.disabled and not before.disabled:
        hours = DISABLED_FOR / 3600
        watch.say(f"{feed.name}: disabled itself: {after.disabled}; tried again every {hours:g} hours")
    elif after.failures and not before.failures:
        watch.say(f"{feed.name}: failing: {after.last_error}")
    if before.failures and not after.failures:
        watch.say(f"{feed.name}: reads again")
    if after.gaps > before.gaps:
        watch.say(f"{feed.name}: gap: the oldest item is newer than the last seen; something was missed in between")


async def _keep(watch: Watch, receive: MemoryObjectReceiveStream[Collected]) -> None:
    """Store what comes as it comes; classify while nothing waits to be stored, and now and then all the same."""
    in_a_row = 0
    while True:
        waiting = receive.statistics().current_buffer_used or not watch.writer.held.wait()
        if not watch.writer.behind or (waiting and in_a_row < STORE_FIRST):
            batch = await _next_batch(watch, receive)
            await _store(watch, batch)
            for found in batch:
                if (queue := watch.queues.get(found.feed)) is not None:
                    queue.stored({f.accession for f in found.filings} - watch.writer.held.accessions(found.feed))
            in_a_row, news = in_a_row + 1, any(c.items or c.problems for c in batch)
        else:
            done, in_a_row = await _insisting(watch, watch.writer.tag), 0
            news = done is True
        if news:
            watch.changed.set()


async def _next_batch(watch: Watch, receive: MemoryObjectReceiveStream[Collected]) -> list[Collected]:
    """What came, together with what was held and is to be tried again; waits until there is either."""
    batch: list[Collected] = []
    held = watch.writer.held
    while held.any and held.wait() and not receive.statistics().current_buffer_used:
        await anyio.sleep(min(held.wait(), RETRY))
    if not held.any:
        batch.append(await receive.receive())
    while len(batch) < QUEUE and receive.statistics().current_buffer_used:
        batch.append(receive.receive_nowait())
    return watch.writer.held.due() + batch


async def _store(watch: Watch, batch: Sequence[Collected], most: int = UNEXPECTED_TRIES) -> None:
    """Store a batch. An unexpected failure of the whole (single items are held by the writer) is tried again, then each
    answer alone, so that at most one is given up."""
    for tries in range(1, most + 1):
        done = await _insisting(watch, partial(watch.writer.store, batch, lambda: watch.stopping))
        if not isinstance(done, Problem):
            return
        await anyio.sleep(backoff.delay(tries, RETRY, RETRY_MOST))
    if len(batch) > 1:
        for one in batch:
            await _store(watch, [one], most=2)


async def _insisting(watch: Watch, work: Callable[[], T]) -> T | Problem:
    """Do it in a thread; when the store cannot be written, say so once and try again until it can.

    What fails for another reason comes back as its Problem, which is on record then.
    """
    failures = 0
    while True:
        try:
            # Shielded: a transaction that has begun is finished before the watch ends.
            with anyio.CancelScope(shield=True):
                done = await attempt("save", "store", lambda: anyio.to_thread.run_sync(work), (StoreError,))
        except StoreError as e:
            if not failures:
                watch.say(f"nothing can be stored now, what comes is held: {e}")
            failures += 1
            await anyio.sleep(backoff.delay(failures, RETRY, RETRY_MOST))
            continue
        if failures:
            watch.say("stored again")
        if isinstance(done, Problem):
            _tell(watch, "store", done)
            await anyio.sleep(RETRY)
        return done


async def _rank(watch: Watch) -> None:
    """Rank when something changed, soon; and every minute, because news ages."""
    last = anyio.current_time()
    while True:
        with anyio.move_on_after(LOOK_EVERY):
            await watch.changed.wait()
        renewed = await attempt("rank", "rules", lambda: anyio.to_thread.run_sync(watch.writer.renew_rules))
        if isinstance(renewed, Problem):
            _tell(watch, "rules", renewed)
            renewed = False
        due = anyio.current_time() - last >= RERANK_EVERY
        if not (renewed or due or watch.changed.is_set()):
            continue
        watch.changed = anyio.Event()
        began = time.monotonic()
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(watch.writer.rank)
        last = anyio.current_time()
        while watch.stored:
            watch.stored.pop().set()
        await anyio.sleep(max(RANK_REST, RANK_SHARE * (time.monotonic() - began)))


async def _table(watch: Watch, get: Fetcher) -> None:
    """Renew the ticker table once a day."""
    while True:
        await _renew_table(watch, get)
        await anyio.sleep(TABLE_EVERY)


async def _renew_table(watch: Watch, get: Fetcher) -> None:
    found = await attempt(
        "resolve", "ticker table", lambda: ticker_table.refresh(watch.workspace, get, watch.writer.turn)
    )
    _tell(watch, "ticker table", found)


def _tell(watch: Watch, subject: str, problem: Problem | None) -> bool:
    """Put a subject's problem on record, once as long as it lasts; whether it was put there."""
    told = watch.told.get(subject)
    watch.told[subject] = (problem,) if problem else ()
    if problem is None or told == (problem,):
        return False
    watch.writer.tell([problem])
    return True


async def _send(watch: Watch, sender: Sender) -> None:
    """Deliver a channel's alerts as soon as a cycle has stored some, and again when a failed one is due."""
    own = anyio.CapacityLimiter(1)
    failures, subject = 0, f"alerts {getattr(getattr(sender, 'channel', sender), 'shown', '')}".strip()
    while True:
        woken = anyio.Event()
        watch.stored.append(woken)
        wait = await attempt("alert", subject, lambda: anyio.to_thread.run_sync(sender.step, limiter=own))
        if isinstance(wait, Problem):
            failures += 1
            if _tell(watch, subject, wait):
                watch.say(wait.message)
            await anyio.sleep(backoff.delay(failures, SEND_EVERY, MAX_BACKOFF))
            continue
        failures = 0
        _tell(watch, subject, None)
        with anyio.move_on_after(SEND_EVERY if wait is None else min(wait, SEND_EVERY)):
            await woken.wait()


async def _market(watch: Watch) -> None:
    """Renew the state of the market every few minutes, read through a connection of its own: it takes seconds."""
    while True:
        await anyio.sleep(MARKET_AFTER)
        done = await attempt("rank", "market", lambda: _renew_market(watch))
        _tell(watch, "market", done)
        await anyio.sleep(MARKET_EVERY)


async def _renew_market(watch: Watch) -> None:
    found = await anyio.to_thread.run_sync(_regime_now, watch, abandon_on_cancel=True)
    if found is not None:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(_keep_regime, watch, found)


def _regime_now(watch: Watch) -> Regime | None:
    now = clock.now()
    with open_store(watch.workspace.store.path, readonly=True) as reader:
        return changed_regime(watch.workspace.reading(reader), clock.session_day(now), now)


def _keep_regime(watch: Watch, found: Regime) -> None:
    with watch.writer.turn() as workspace, workspace.store.transaction():
        workspace.store.regimes.save(found)


async def _price(watch: Watch, get: Fetcher) -> None:
    """Refresh prices of the tickers in the news every minute of a session."""
    names = watch.plan.prices or watch.workspace.settings.prices.source
    if not names:
        return
    while True:
        done = await attempt("price", "prices", lambda: _renew_prices(watch, get, names))
        _tell(watch, "prices", done)
        quiet = clock.session_at(clock.now()) == clock.CLOSED
        await anyio.sleep(PRICES_EVERY * (10 if quiet else 1))


async def _renew_prices(watch: Watch, get: Fetcher, names: Sequence[str]) -> None:
    """Ask and store; what single sources and files lack goes on record."""
    tickers = tickers_of_day(watch.reader, clock.now())
    answers, problems = await pricing.fetch(watch.workspace, names, tickers, get, watch.reader)
    paths = pricing.file_paths(watch.workspace, names)
    with anyio.CancelScope(shield=True):
        await anyio.to_thread.run_sync(_store_prices, watch, answers, paths, problems)


def _store_prices(watch: Watch, answers: Sequence[Prices], paths: Sequence[Path], problems: list[Problem]) -> None:
    try:
        with watch.writer.turn() as workspace:
            pricing.store(workspace, answers)
            for path in paths:
                problems += pricing.load_file(workspace, path)[1]
    finally:
        watch.writer.tell(problems)
