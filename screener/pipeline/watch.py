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
from typing import Any, Protocol

import anyio
import msgspec
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from screener import clock
from screener.collectors.base import Collector
from screener.errors import InputError, ScreenerError, StoreError
from screener.http import Fetcher
from screener.pipeline import pricing
from screener.pipeline.collecting import poll
from screener.pipeline.collecting.filing_queue import FilingQueue
from screener.pipeline.market_state import changed_regime
from screener.pipeline.run import Plan, tickers_of_day
from screener.pipeline.watch_writer import WatchWriter
from screener.pipeline.workspace import Workspace
from screener.prices.base import Prices
from screener.store import Store, open_store
from screener.types import Collected, FeedSpec, FeedState, Problem, Regime

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
    workspace.store.connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    send, receive = anyio.create_memory_object_stream[Collected](QUEUE)
    with (
        send,
        receive,
        open_store(workspace.store.path, readonly=True) as reader,
        open_store(workspace.store.path, readonly=True) as ranker,
    ):
        writer = WatchWriter(workspace, ranker, plan.rank_by, say)
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
        if feed.kind == "edgar":
            watch.queues[feed.name] = queue = FilingQueue(watch.workspace, watch.reader, feed.name, watch.send.send)
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
        base = min(max(base, 1.0) * 2 ** min(state.failures, 10), max(MAX_BACKOFF, base))
    return base * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311


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
    untagged, in_a_row = watch.writer.untagged, 0
    while True:
        if not untagged or (receive.statistics().current_buffer_used and in_a_row < STORE_FIRST):
            batch = [await receive.receive()]
            while len(batch) < QUEUE and receive.statistics().current_buffer_used:
                batch.append(receive.receive_nowait())
            await _insisting(watch, partial(watch.writer.store, batch, lambda: watch.stopping))
            for found in batch:
                if found.feed in watch.queues:
                    watch.queues[found.feed].stored({f.accession for f in found.filings})
            in_a_row, news = in_a_row + 1, any(c.items or c.problems for c in batch)
            untagged = watch.writer.untagged
        else:
            untagged, news, in_a_row = await _insisting(watch, watch.writer.tag), True, 0
        if news:
            watch.changed.set()


async def _insisting(watch: Watch, work: Callable[[], Any]) -> Any:
    """Do it in a thread; when the store cannot be written, say so once and try again until it can."""
    wait = RETRY
    while True:
        try:
            # Shielded: a transaction that has begun is finished before the watch ends.
            with anyio.CancelScope(shield=True):
                done = await anyio.to_thread.run_sync(work)
        except StoreError as e:
            if wait == RETRY:
                watch.say(f"nothing can be stored now, what comes is held: {e}")
            await anyio.sleep(wait)
            wait = min(wait * 2, RETRY_MOST)
            continue
        if wait > RETRY:
            watch.say("stored again")
        return done


async def _rank(watch: Watch) -> None:
    """Rank when something changed, soon; and every minute, because news ages."""
    last = anyio.current_time()
    while True:
        with anyio.move_on_after(LOOK_EVERY):
            await watch.changed.wait()
        renewed = await anyio.to_thread.run_sync(watch.writer.renew_rules)
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
    found = await poll.refresh_table(watch.workspace, get, watch.writer.turn)
    told, watch.told["ticker table"] = watch.told.get("ticker table"), (found,) if found else ()
    if found and told != (found,):
        watch.writer.tell([found])


async def _send(watch: Watch, sender: Sender) -> None:
    """Deliver a channel's alerts as soon as a cycle has stored some, and again when a failed one is due."""
    own = anyio.CapacityLimiter(1)
    while True:
        woken = anyio.Event()
        watch.stored.append(woken)
        try:
            wait = await anyio.to_thread.run_sync(sender.step, limiter=own)
        except ScreenerError as e:
            watch.say(f"alerts: {e}")
            wait = SEND_EVERY
        with anyio.move_on_after(SEND_EVERY if wait is None else min(wait, SEND_EVERY)):
            await woken.wait()


async def _market(watch: Watch) -> None:
    """Renew the state of the market every few minutes, read through a connection of its own: it takes seconds."""
    while True:
        await anyio.sleep(MARKET_AFTER)
        found = await anyio.to_thread.run_sync(_regime_now, watch, abandon_on_cancel=True)
        if found is not None:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(_keep_regime, watch, found)
        await anyio.sleep(MARKET_EVERY)


def _regime_now(watch: Watch) -> Regime | None:
    now = clock.now()
    try:
        with open_store(watch.workspace.store.path, readonly=True) as reader:
            workspace = Workspace(settings=watch.workspace.settings, store=reader, clock=watch.workspace.clock)
            return changed_regime(workspace, clock.session_day(now), now)
    except ScreenerError as e:
        watch.writer.tell([Problem(stage="rank", subject="market", message=str(e), kind=type(e).__name__)])
        return None


def _keep_regime(watch: Watch, found: Regime) -> None:
    try:
        with watch.writer.turn() as workspace, workspace.store.transaction():
            workspace.store.regimes.save(found)
    except ScreenerError as e:
        watch.say(f"the state of the market was not stored: {e}")


async def _price(watch: Watch, get: Fetcher) -> None:
    """Refresh prices of the tickers in the news every minute of a session."""
    workspace, names = watch.workspace, watch.plan.prices or watch.workspace.settings.prices.source
    if not names:
        return
    while True:
        now = clock.now()
        try:
            answers, problems = await pricing.fetch(
                workspace, names, tickers_of_day(watch.reader, now), get, watch.reader
            )
            paths = pricing.file_paths(workspace, names)
        except InputError as e:
            answers, paths = [], []
            problems = [Problem(stage="price", subject="prices", message=str(e), kind="InputError")]
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(_store_prices, watch, answers, paths, problems)
        quiet = clock.session_at(now) == clock.CLOSED
        await anyio.sleep(PRICES_EVERY * (10 if quiet else 1))


def _store_prices(watch: Watch, answers: Sequence[Prices], paths: Sequence[Path], problems: list[Problem]) -> None:
    try:
        with watch.writer.turn() as workspace:
            pricing.store(workspace, answers)
            for path in paths:
                problems += pricing.load_file(workspace, path)[1]
    except ScreenerError as e:
        problems.append(Problem(stage="price", subject="prices", message=str(e), kind=type(e).__name__))
    watch.writer.tell(problems)
