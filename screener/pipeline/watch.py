"""Watch mode: poll every feed on its own cadence, store and rank what comes, until stopped.

Each feed has a task of its own; a slow or failing one never holds up another. What they bring goes through one queue
to one worker thread, the only writer. A feed that fails is asked less and less often (doubling up to ten minutes, with
jitter) and returns to its cadence at its first success. On Ctrl-C or SIGTERM polling stops at once, the batch being
stored is finished, and the next start goes on where this one ended.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import anyio
import msgspec
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from screener import clock, config
from screener.collectors.base import Collector
from screener.errors import InputError, ScreenerError
from screener.http import Fetcher
from screener.pipeline import collect, pricing
from screener.pipeline.alerting import Arrival
from screener.pipeline.desk import Desk
from screener.pipeline.intake import Intake
from screener.pipeline.run import Plan, new_run, save_day, tickers_of_day
from screener.pipeline.state import changed_regime
from screener.prices.base import Prices
from screener.store import Store, open_store
from screener.types import Collected, FeedSpec, FeedState, Problem, Regime

Say = Callable[[str], None]


class Sender(Protocol):
    """Delivers what one alert channel is owed; called in a thread of its own."""

    def step(self) -> float | None:
        """Send one message if one is due: seconds until the next may go, None when nothing is owed."""


MAX_BACKOFF = 600.0
JITTER = 0.1
# News comes before the open and after the close as much as between; nights and weekends are quiet.
PACE = {clock.PRE: 1.0, clock.REGULAR: 1.0, clock.AFTER: 1.0, clock.CLOSED: 5.0}
RERANK_EVERY = 60.0
PRICES_EVERY = 60.0
MARKET_AFTER, MARKET_EVERY = 20.0, 300.0
QUEUE = 64
# Another process (a run from cron) may have queued alerts, so senders look even when nothing wakes them.
SEND_EVERY = 30.0
MEMORY = dt.timedelta(days=12)


@dataclass
class Watch:
    """One watch: what its tasks share."""

    desk: Desk
    plan: Plan
    say: Say
    reader: Store
    intake: Intake
    states: dict[str, FeedState] = field(default_factory=dict)
    rules_seen: str = ""
    pending: list[Problem] = field(default_factory=list)
    cycles: int = 0
    # One token: the store has one writer at a time, whichever task it works for.
    writer: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(1))
    stored: list[anyio.Event] = field(default_factory=list)


def watch_forever(desk: Desk, plan: Plan, say: Say, senders: Sequence[Sender] = ()) -> None:
    """Watch until a signal comes. Raises ScreenerError for what makes watching pointless (rules, model, settings)."""
    with open_store(desk.store.path, readonly=True) as reader:
        anyio.run(_watch, desk, plan, say, reader, senders)


async def _watch(desk: Desk, plan: Plan, say: Say, reader: Store, senders: Sequence[Sender]) -> None:
    watch = Watch(desk=desk, plan=plan, say=say, reader=reader, intake=Intake(desk))
    desk.rules, desk.classifier  # noqa: B018  loaded before anything is fetched
    watch.rules_seen = rules_stamp(desk)
    feeds = desk.chosen_feeds(watch.plan.feeds)
    watch.states = watch.reader.news.feed_states()
    send, receive = anyio.create_memory_object_stream[Collected](QUEUE)
    async with collect.fetcher(desk, feeds) as get, anyio.create_task_group() as group:
        group.start_soon(_stop_on_signal, group, watch.say)
        found = await collect.refresh_table(desk, get)
        watch.pending += [found] if found else []
        if watch.plan.items:
            await send.send(collect.file_items(desk, watch.plan.items))
        kinds = collect.collectors()
        for feed in feeds:
            group.start_soon(_poll, watch, feed, get, kinds, send)
        group.start_soon(_work, watch, receive)
        group.start_soon(_price, watch, get)
        group.start_soon(_market, watch)
        for sender in senders:
            group.start_soon(_send, watch, sender)
        watch.say(f"watching {len(feeds)} feeds into {desk.store.path}; Ctrl-C stops")


async def _stop_on_signal(group: TaskGroup, say: Say) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            say("stopping; the batch in hand is being stored")
            group.cancel_scope.cancel()
            return


async def _poll(
    watch: Watch,
    feed: FeedSpec,
    get: Fetcher,
    kinds: dict[str, Collector],
    send: MemoryObjectSendStream[Collected],
) -> None:
    # Feeds do not all start in the same instant.
    await anyio.sleep(random.uniform(0, min(feed.every, 2.0)))  # noqa: S311  spread, not secrecy
    while True:
        began = anyio.current_time()
        state = watch.states.get(feed.name, FeedState(name=feed.name))
        if state.disabled:
            await anyio.sleep(MAX_BACKOFF * 6)
            state = msgspec.structs.replace(state, disabled="")
        found = await collect.collect_one(watch.desk, feed, get, kinds, watch.reader.news, state)
        if found.state is not None:
            watch.states[feed.name] = found.state
            _tell_state(watch, feed, state, found.state)
        if not found.not_modified or found.items or found.problems or found.state != state:
            await send.send(found)
        wait = wait_for(feed, watch.states.get(feed.name, state), clock.now())
        await anyio.sleep(max(0.05, wait - (anyio.current_time() - began)))


def wait_for(feed: FeedSpec, state: FeedState, now: dt.datetime) -> float:
    """Seconds until a feed's next poll: its cadence by session, doubled for each failure, with 10 % jitter."""
    base = feed.every * PACE[clock.session_at(now)]
    if state.failures:
        base = min(max(base, 1.0) * 2 ** min(state.failures, 10), max(MAX_BACKOFF, base))
    return base * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311


def _tell_state(watch: Watch, feed: FeedSpec, before: FeedState, after: FeedState) -> None:
    if after.failures and not before.failures:
        watch.say(f"{feed.name}: failing: {after.last_error}")
    if before.failures and not after.failures:
        watch.say(f"{feed.name}: reads again")
    if after.gaps > before.gaps:
        watch.say(f"{feed.name}: gap: the oldest item is newer than the last seen; something was missed in between")


async def _work(watch: Watch, receive: MemoryObjectReceiveStream[Collected]) -> None:
    """The only writer: store what came, rank when something changed or a minute has passed."""
    while True:
        batch: list[Collected] = []
        with anyio.move_on_after(RERANK_EVERY):
            batch.append(await receive.receive())
        while len(batch) < QUEUE and receive.statistics().current_buffer_used:
            batch.append(receive.receive_nowait())
        # Shielded: a transaction that has begun is finished before the watch ends.
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(_cycle, watch, batch, limiter=watch.writer)
        while watch.stored:
            watch.stored.pop().set()


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


def _cycle(watch: Watch, batch: Sequence[Collected]) -> None:
    try:
        _store_and_rank(watch, batch)
    except ScreenerError as e:
        # A full disk or a locked file: nothing of the batch is stored, so the next polls bring it again.
        watch.say(f"this cycle stored nothing: {e}")
        watch.states.clear()


def _store_and_rank(watch: Watch, batch: Sequence[Collected]) -> None:
    desk = watch.desk
    reload_rules(watch)
    taken = watch.intake.take(i for c in batch for i in c.items)
    new_filings = sum(watch.intake.finish(c) for c in batch)
    problems = [*watch.pending, *(p for c in batch for p in c.problems), *taken.problems]
    watch.pending = []
    watch.cycles += 1
    if watch.cycles % 1000 == 0:
        watch.intake.forget(clock.now() - MEMORY)
    if batch and not (taken.items or problems):
        return
    run = new_run(desk)
    with desk.store.transaction():
        desk.store.lists.start_run(run)
    arrival = Arrival(touched=frozenset(taken.touched), classified=taken.done)
    rows, stored = save_day(desk, run, watch.plan.rank_by, arrival)
    counts = {
        "feeds": len({c.feed for c in batch}),
        "items": sum(len(c.items) for c in batch),
        "new_items": taken.items,
        "known_items": taken.known,
        "filings": sum(len(c.filings) for c in batch),
        "new_filings": new_filings,
        "new_stories": taken.new_stories,
        "tagged": taken.tagged,
        "rows": len(rows),
        "new_list": int(stored),
    }
    done = msgspec.structs.replace(run, finished=clock.now(), counts=counts, problems=tuple(problems))
    with desk.store.transaction():
        if not (taken.items or stored or problems):
            desk.store.lists.drop_run(run)
        else:
            desk.store.lists.finish_run(done)
    if taken.new_stories:
        watch.say(
            f"{clock.eastern(clock.now())}: {taken.new_stories} new stories, {taken.tagged} tagged, {len(rows)} rows"
        )


async def _market(watch: Watch) -> None:
    """Renew the state of the market every few minutes, read through a connection of its own: it takes seconds."""
    while True:
        await anyio.sleep(MARKET_AFTER)
        found = await anyio.to_thread.run_sync(_regime_now, watch, abandon_on_cancel=True)
        if found is not None:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(_keep_regime, watch, found, limiter=watch.writer)
        await anyio.sleep(MARKET_EVERY)


def _regime_now(watch: Watch) -> Regime | None:
    now = clock.now()
    try:
        with open_store(watch.desk.store.path, readonly=True) as reader:
            desk = Desk(settings=watch.desk.settings, store=reader, clock=watch.desk.clock)
            return changed_regime(desk, clock.session_day(now), now)
    except ScreenerError as e:
        watch.pending.append(Problem(stage="rank", subject="market", message=str(e), kind=type(e).__name__))
        return None


def _keep_regime(watch: Watch, found: Regime) -> None:
    try:
        with watch.desk.store.transaction():
            watch.desk.store.lists.save_regime(found)
    except ScreenerError as e:
        watch.say(f"the state of the market was not stored: {e}")


async def _price(watch: Watch, get: Fetcher) -> None:
    """Refresh prices of the tickers in the news every minute of a session."""
    desk, names = watch.desk, watch.plan.prices or watch.desk.settings.prices.source
    if not names:
        return
    while True:
        now = clock.now()
        try:
            answers, problems = await pricing.fetch(desk, names, tickers_of_day(watch.reader, now), get, watch.reader)
            paths = pricing.file_paths(desk, names)
        except InputError as e:
            answers, paths = [], []
            problems = [Problem(stage="price", subject="prices", message=str(e), kind="InputError")]
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(_store_prices, watch, answers, paths, problems, limiter=watch.writer)
        quiet = clock.session_at(now) == clock.CLOSED
        await anyio.sleep(PRICES_EVERY * (10 if quiet else 1))


def _store_prices(watch: Watch, answers: Sequence[Prices], paths: Sequence[Path], problems: list[Problem]) -> None:
    try:
        pricing.store(watch.desk, answers)
        for path in paths:
            problems += pricing.load_file(watch.desk, path)[1]
    except ScreenerError as e:
        problems.append(Problem(stage="price", subject="prices", message=str(e), kind=type(e).__name__))
    watch.pending += problems


def rules_stamp(desk: Desk) -> str:
    """Changes whenever a ranking rule file is added, removed or saved."""
    found = hashlib.sha256()
    for folder in config.rule_folders(desk.settings, "ranking"):
        for path in sorted(folder.glob("*.yml")):
            stat = path.stat()
            found.update(f"{path}:{stat.st_mtime_ns}:{stat.st_size};".encode())
    return found.hexdigest()


def reload_rules(watch: Watch) -> None:
    """Pick up changed rule files; when the new ones do not load, say why and keep the old."""
    stamp = rules_stamp(watch.desk)
    if stamp == watch.rules_seen:
        return
    watch.rules_seen = stamp
    try:
        digest = watch.desk.reload_rules()
    except InputError as e:
        watch.say(f"changed rules do not load, the old ones stay: {e}")
        watch.pending.append(Problem(stage="rank", subject="rules", message=str(e), kind="rules"))
    else:
        watch.say(f"rules loaded anew ({digest[:8]})")
