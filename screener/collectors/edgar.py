"""EDGAR's current filings (kind ``edgar``): every accession becomes a Filing, the chosen forms become Items.

``url`` is the base address (https://www.sec.gov); the pages are
``{url}/cgi-bin/browse-edgar?action=getcurrent&type=&owner=include&start=N&count=100&output=atom``. A poll pages back
until half of a page is known to the store, until ``lookback_days``, or until EDGAR ends the list with 503. When paging
breaks off before that, the state remembers it (``unfinished``), and ten minutes later a poll reads on
past known filings to where the last complete one began, so that nothing is missed. The list reaches back 5,000 entries,
a busy day: after a longer downtime the days between are read from the daily indexes (see ``dailyindex``).

Options: ``forms`` (a ``screener.sec.forms.Choice``: families, names, patterns; by default what is news),
``lookback_days`` (5), ``max_pages`` (60), ``count`` (100).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlencode

import msgspec

from screener.addresses import mask_text
from screener.clock import is_session
from screener.collectors.apart import apart
from screener.collectors.base import Context, error_kind, failed
from screener.collectors.dailyindex import index_days, index_url, parse_index
from screener.collectors.getcurrent import REFUSED, IndexEntry, Page, companies, filing, join, read_page
from screener.errors import FetchError, ReaderEnded
from screener.sec.forms import NEWS, Choice, form_title
from screener.sec.items8k import EXHIBITS
from screener.types import Collected, FeedSpec, FeedState, Filing, Item, Problem

MAX_INDEX = 50_000_000
RETRY_HOLE = dt.timedelta(minutes=10)


class EdgarCollector:
    """Reads the current-filings pages; see the module's text."""

    name = "edgar"
    lists_filings = True

    async def collect(self, feed: FeedSpec, context: Context) -> Collected:
        """One pass over the pages. The first page failing is a failed poll; a later one is a Problem and a hole."""
        walk = _Walk(feed, context)
        try:
            await walk.run()
        except FetchError as e:
            return failed(feed, context, e)
        now = context.now()
        filings, items = filings_and_items(walk.entries, feed, now, context.as_of is not None)
        return Collected(
            feed=feed.name,
            items=items,
            filings=filings,
            problems=tuple(walk.problems),
            state=walk.next_state(now),
        )


PLUGIN = EdgarCollector()


def filings_and_items(
    entries: Sequence[IndexEntry], feed: FeedSpec, received: dt.datetime, replayed: bool
) -> tuple[tuple[Filing, ...], tuple[Item, ...]]:
    """Every accession as a Filing, and those of the feed's chosen forms as Items, newest first."""
    by_accession = join(entries)
    filings = tuple(filing(roles, received, replayed) for roles in by_accession.values())
    chosen = Choice(feed.options.get("forms") or NEWS)
    return filings, tuple(to_item(f, by_accession[f.accession], feed) for f in filings if chosen.has(f.form))


class _Walk:
    """One walk back through the pages."""

    def __init__(self, feed: FeedSpec, context: Context) -> None:
        self.feed, self.context, self.state = feed, context, context.state
        self.entries: list[IndexEntry] = []
        self.problems: list[Problem] = []
        self.complete = False
        self.end = context.as_of or context.now()
        self.count = int(_number(feed.options, "count", 100))
        self.max_pages = int(_number(feed.options, "max_pages", 60))
        self.oldest_wanted = self.end - dt.timedelta(days=_number(feed.options, "lookback_days", 5))
        # a hole is tried again after a while, not every few seconds: it costs a walk through all pages
        tried, unfinished = self.state.last_error_at, self.state.unfinished
        waits = context.as_of is None and tried is not None and self.end - tried < RETRY_HOLE
        self.pending = unfinished and waits
        self.resume_to = (self.state.last_item or self.oldest_wanted) if unfinished and not waits else None

    async def run(self) -> None:
        for number in range(self.max_pages):
            page = await self._page(number)
            if page is None:
                return
            self.problems += page.problems
            kept = [e for e in page.entries if self.context.as_of is None or e.accepted <= self.context.as_of]
            self.entries += kept
            if self._enough(page, kept):
                self.complete = True
                return
        self._hole(f"stopped after {self.max_pages} pages", "page_limit")

    async def _page(self, number: int) -> Page | None:
        try:
            # on later pages 503 is how the list ends; only on the first is it worth asking again
            response = await self.context.fetcher.get(self._url(number * self.count), retry=number == 0)
        except FetchError as e:
            if number == 0:
                raise
            if e.status == 503:
                self.complete = True
                await self._catch_up()
            else:
                self._hole(f"page {number + 1} failed ({e})", error_kind(e))
            return None
        page = await read_page(response.body, self.feed.name, self.context.limits)
        refused = next((p for p in page.problems if p.kind in REFUSED), None)
        if refused is not None and not page.entries:
            message = refused.message
            if number == 0:
                raise FetchError(response.url, message, None)
            self._hole(f"page {number + 1}: {message}", refused.kind)
            return None
        return page

    async def _catch_up(self) -> None:
        """The list has ended: what was filed between the last poll and its oldest entry stands in the daily indexes."""
        last = self.resume_to or self.state.last_item
        oldest = min((e.accepted for e in self.entries), default=None)
        if last is None or oldest is None or oldest <= last:
            return
        seen = {e.accession for e in self.entries}
        for day in index_days(max(last, self.oldest_wanted), oldest):
            found = await self._index(day)
            new = {e.accession for e in found} - seen
            new -= set(self.context.known(sorted(new))) if new else set()
            self.entries += [e for e in found if e.accession in new and e.accepted <= self.end]

    async def _index(self, day: dt.date) -> Sequence[IndexEntry]:
        try:
            response = await self.context.fetcher.get(index_url(self.feed.url, day), max_bytes=MAX_INDEX)
        except FetchError as e:
            if e.status in (403, 404) and not is_session(day):
                return ()
            self._hole(f"the index of {day} cannot be had ({e})", "no_index")
            return ()
        body = response.body
        try:
            page = await apart(self.context.limits, len(body), parse_index, body, self.feed.url, self.feed.name)
        except ReaderEnded as e:
            self._hole(f"the index of {day} {e}", e.kind)
            return ()
        self.problems += page.problems
        return page.entries

    def _url(self, start: int) -> str:
        query = {"action": "getcurrent", "type": "", "owner": "include", "start": str(start)}
        query |= {"count": str(self.count), "output": "atom"}
        return f"{self.feed.url.rstrip('/')}/cgi-bin/browse-edgar?{urlencode(query)}"

    def _enough(self, page: Page, kept: Sequence[IndexEntry]) -> bool:
        if not page.entries or max(e.accepted for e in page.entries) < self.oldest_wanted:
            return True
        if self.resume_to is not None:
            return max(e.accepted for e in page.entries) < self.resume_to
        accessions = list(dict.fromkeys(e.accession for e in kept))
        # half, not one: a late correction can list an old accession again in the middle of new ones
        return bool(accessions) and len(self.context.known(accessions)) * 2 >= len(accessions)

    def _hole(self, what: str, kind: str) -> None:
        message = f"{what}; a later poll reads on from there"
        self.problems.append(Problem(stage="collect", subject=self.feed.name, kind=kind, message=mask_text(message)))
        self.complete = False

    def next_state(self, now: dt.datetime) -> FeedState:
        """What to remember; ``last_item`` only moves when everything up to it has been seen."""
        state = msgspec.structs.replace(self.state, last_success=now, failures=0)
        if not self.complete:
            gaps, error = state.gaps + (not state.unfinished), self.problems[-1].message
            return msgspec.structs.replace(state, last_error=error, last_error_at=now, gaps=gaps, unfinished=True)
        if self.pending:
            return state
        times = [e.accepted for e in self.entries] + [t for t in (state.last_item,) if t]
        newest = min(max(times), now) if times else None
        return msgspec.structs.replace(state, last_error="", unfinished=False, last_item=newest)


def _number(options: dict[str, object], key: str, default: float) -> float:
    value = options.get(key, default)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 else default


def to_item(what: Filing, entries: Sequence[IndexEntry], feed: FeedSpec) -> Item:
    """The filing as a piece of news: the title says form, company and the headings of its items in plain words."""
    # the first clause of a heading names the event; the rest lists what else the item may cover
    headings = dict.fromkeys(h.split(";")[0] for e in entries for number, h in e.items if number not in EXHIBITS)
    told = "; ".join(headings) or form_title(what.form)
    return Item(
        source=feed.name,
        source_id=what.accession,
        url=what.link,
        title=f"{what.form}: {what.company}" + (f" - {told}" if told else ""),
        published=what.accepted,
        received=what.received,
        form=what.form,
        items=what.items,
        cik=what.cik,
        ciks=companies(what),
        company=what.company,
        replayed=what.replayed,
    )
