"""Fetch filings whole: which of them, in what order, and when to stop asking.

An index entry names a filing; what it says stands in the submission file. The forms of ``[edgar] whole_forms`` are
fetched (``screener.sec.forms.WHOLE`` unless set), small and unknown sizes of known tickers first, then
by how much a form decides, then the newest. After five failures in a row the archive is left alone for a while and the
index entries go on as they are.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial

import anyio
import msgspec
from anyio.abc import TaskGroup

from screener import backoff
from screener.collectors.base import Context
from screener.collectors.filings import fetch_filing
from screener.pipeline.boundary import attempt
from screener.pipeline.workspace import Workspace
from screener.sec import forms, items8k
from screener.store import Store
from screener.types import Collected, FeedState, Filing, Item, Problem

AT_ONCE = 8
GIVES_UP_AFTER = 5
REST = 30.0
TRIES, RETRY = 4, 2.0
_FIRST, _LATER = forms.Choice(forms.FIRST), forms.Choice(forms.LATER)
_CAP_DAYS = dt.timedelta(days=7)

Priority = tuple[int, int, float]


def forms_fetched(workspace: Workspace) -> Sequence[str]:
    """The forms that are fetched whole; none when ``[edgar] fetch_filings`` is off."""
    edgar = workspace.settings.edgar
    return (edgar.whole_forms or forms.WHOLE) if edgar.fetch_filings else ()


def says_something(item: Item) -> bool:
    """An index entry of an insider's form tells neither purchase nor sale; only the form read whole is news."""
    return bool(item.facts) or not forms.of_family(item.form, "insider")


def priorities(workspace: Workspace, held: Store, filings: Collection[Filing]) -> dict[str, Priority]:
    """How urgent each filing is, by accession: the smallest first."""
    known = {f.cik: found[0].ticker for f in filings if (found := workspace.table.by_cik(f.cik))}
    now = workspace.clock.now()
    day = held.bars.last_day(now) if known else None
    bars = held.bars.history(sorted(set(known.values())), day - _CAP_DAYS, day, now) if day else {}
    caps = {t: rows[-1].market_cap for t, rows in bars.items()}

    def size(f: Filing) -> int:
        if f.cik not in known:
            return 2
        return int((caps.get(known[f.cik]) or 0) >= workspace.universe.limit)

    return {f.accession: (size(f), weight(f), -f.accepted.timestamp()) for f in filings}


def weight(filing: Filing) -> int:
    """How much a form decides: 0 for news by itself, 3 for the rest."""
    form = filing.form
    if forms.of_family(form, "current_report"):
        return 0 if items8k.DECISIVE.intersection(filing.items) or not filing.items else 1
    return 0 if form in _FIRST else 1 if form in _LATER else 2 if not forms.of_family(form, "insider") else 3


async def fetch_filings(workspace: Workspace, collected: Collected, context: Context, held: Store) -> Collected:
    """Replace index entries by the filings themselves, the most urgent ``[edgar] max_filings`` of those not yet known.

    Gives up after a few failures in a row, keeping the entries.
    """
    filings = _fetchable(workspace, collected, held.filings.known)
    order = priorities(workspace, held, filings.values())
    wanted = sorted(filings.values(), key=lambda f: order[f.accession])[: workspace.settings.edgar.max_filings]
    failures = 0
    got: dict[str, Item | None] = {}
    problems: list[Problem] = []
    limit, reading = anyio.CapacityLimiter(AT_ONCE), anyio.CapacityLimiter(1)

    async def one(filing: Filing) -> None:
        nonlocal failures
        async with limit:
            if failures >= GIVES_UP_AFTER:
                return
            answer = await _read(filing, context, reading)
        if isinstance(answer, Problem):
            failures += 1
            problems.append(answer)
        else:
            failures = 0
            got[filing.accession] = answer

    async with anyio.create_task_group() as group:
        for filing in wanted:
            group.start_soon(one, filing)
    if failures >= GIVES_UP_AFTER:
        problems = [_unread(collected.feed, problems[-1])]
    items = [got.get(i.source_id, i) for i in collected.items]
    return msgspec.structs.replace(
        collected,
        items=tuple(i for i in items if i is not None and says_something(i)),
        problems=(*collected.problems, *problems),
    )


async def _read(filing: Filing, context: Context, reading: anyio.CapacityLimiter) -> Item | Problem | None:
    return await attempt(
        "collect", f"{context.state.name} {filing.accession}", partial(fetch_filing, filing, context, reading)
    )


def _unread(feed: str, last: Problem) -> Problem:
    message = f"filings could not be read ({last.message}); their index entries are kept"
    return Problem(stage="collect", subject=feed, message=message, kind="filings_unread")


def _fetchable(
    workspace: Workspace, collected: Collected, known: Callable[[Sequence[str]], Collection[str]]
) -> dict[str, Filing]:
    """The filings to be fetched, by accession: of a chosen form, with an item without text, not stored yet."""
    wanted = forms.Choice(forms_fetched(workspace))
    bare = {i.source_id for i in collected.items if not i.body}
    chosen = {f.accession: f for f in collected.filings if f.accession in bare and f.form in wanted}
    for accession in known(list(chosen)) if chosen else ():
        del chosen[accession]
    return chosen


@dataclass
class _Waiting:
    filing: Filing
    item: Item
    tries: int = 0
    told: bool = False


@dataclass
class FilingQueue:
    """The filings a watch is still fetching, while the polls of the index keep their cadence.

    ``send`` hands a finished filing to the writer. An accession stays here until ``stored`` is called with it; until
    then the feed's state is kept as unfinished, so that a killed watch reads the index again from before it. Those
    ``left_out`` cannot be stored and are not asked for again.
    """

    workspace: Workspace
    held: Store
    feed: str
    send: Callable[[Collected], Awaitable[None]]
    left_out: Collection[str] = frozenset()
    waiting: dict[str, _Waiting] = field(default_factory=dict)
    failures: int = 0
    _heap: list[tuple[Priority, str]] = field(default_factory=list)
    _ready: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(0))
    # one at a time: parsing must not crowd out the thread that stores
    _reading: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(1))
    _floor: dt.datetime | None = None

    def known(self, accessions: Sequence[str]) -> Collection[str]:
        """Those of the accessions that are stored, being fetched, or left out."""
        waiting = {a for a in accessions if a in self.waiting or a in self.left_out}
        return waiting | self.held.filings.known([a for a in accessions if a not in waiting])

    def starts_from(self, state: FeedState) -> None:
        """Note what the last poll left behind: the point to go back to while something is being fetched."""
        if not self.waiting:
            self._floor = state.last_item

    def take(self, found: Collected) -> Collected:
        """Queue what is to be fetched whole; what is returned can be stored at once.

        While the archive does not answer, that includes the index entries of what is queued.
        """
        wanted = _fetchable(self.workspace, found, self.known)
        items = {i.source_id: i for i in found.items}
        order = priorities(self.workspace, self.held, wanted.values())
        room = max(0, self.workspace.settings.edgar.max_filings - len(self.waiting))
        resting = self.failures >= GIVES_UP_AFTER
        for accession in sorted(wanted, key=order.__getitem__)[:room]:
            self.waiting[accession] = _Waiting(wanted[accession], items[accession], told=resting)
            self._push(accession, order[accession])
        held_back = {a for a, w in self.waiting.items() if not (w.told and a in wanted)}
        return msgspec.structs.replace(
            found,
            items=tuple(i for i in found.items if i.source_id not in held_back and says_something(i)),
            filings=tuple(f for f in found.filings if f.accession not in self.waiting),
        )

    def kept(self, state: FeedState | None) -> FeedState | None:
        """The state that may be stored now: unfinished from the floor while anything is being fetched."""
        if state is None or not self.waiting:
            return state
        # without the time of an error: a hole of the list itself is not tried again at once, but this one is
        return msgspec.structs.replace(state, unfinished=True, last_item=self._floor, last_error_at=None)

    def stored(self, accessions: Collection[str]) -> None:
        """These are in the store now."""
        for accession in accessions:
            self.waiting.pop(accession, None)

    def forget(self) -> None:
        """Drop everything; the next poll lists it again."""
        self.waiting.clear()
        self._heap.clear()

    def _push(self, accession: str, urgency: Priority) -> None:
        heapq.heappush(self._heap, (urgency, accession))
        self._ready.release()

    async def run(self, context: Context) -> None:
        """Fetch for ever, ``AT_ONCE`` side by side; what failed comes up again after a while."""
        async with anyio.create_task_group() as group:
            for _ in range(AT_ONCE):
                group.start_soon(self._work, context, group)

    async def _work(self, context: Context, group: TaskGroup) -> None:
        while True:
            await self._ready.acquire()
            if not self._heap:
                continue
            urgency, accession = heapq.heappop(self._heap)
            one = self.waiting.get(accession)
            if one is not None and not await self._fetch(one, context):
                group.start_soon(self._later, accession, urgency, backoff.delay(one.tries, RETRY, REST))

    async def _later(self, accession: str, urgency: Priority, seconds: float) -> None:
        await anyio.sleep(REST if self.failures >= GIVES_UP_AFTER else seconds)
        self._push(accession, urgency)

    async def _fetch(self, one: _Waiting, context: Context) -> bool:
        """One try. True when the filing needs no other."""
        answer = await _read(one.filing, context, self._reading)
        if not isinstance(answer, Problem):
            self.failures = 0
            await self._done(one, answer)
            return True
        self.failures += 1
        one.tries += 1
        if one.tries >= TRIES:
            await self._done(one, None if one.told else one.item, answer)
            return True
        if not one.told and says_something(one.item):
            one.told = True
            await self.send(Collected(feed=self.feed, items=(one.item,)))
        return False

    async def _done(self, one: _Waiting, item: Item | None, *problems: Problem) -> None:
        if item is not None and item.body and not item.replayed:
            item = msgspec.structs.replace(item, received=self.workspace.clock.now())
        items = (item,) if item is not None and says_something(item) else ()
        await self.send(Collected(feed=self.feed, items=items, filings=(one.filing,), problems=problems))
