"""Read a company's filings of three years once: its list, then the forms that matter, then SEC's company facts.

Each filing is stored as soon as it is read, so that a fetch that was stopped goes on where it stood. A company whose
list has not changed costs one request; a new filing one more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import anyio
import msgspec

from screener.addresses import mask_text
from screener.collectors.apart import apart
from screener.collectors.base import error_kind
from screener.collectors.companyfilings import (
    FilingList,
    LedgerReading,
    Listed,
    company_facts,
    matters,
    read_list,
    read_main,
    read_older,
    read_submission,
)
from screener.dilution.facts import CompanyFacts
from screener.errors import FetchError, InputError, ReaderEnded
from screener.fetching import Response
from screener.http import Fetcher
from screener.limits import COMPANY_FACTS_BYTES, COMPANY_FILINGS
from screener.pipeline.boundary import attempt
from screener.pipeline.collecting import poll, ticker_table
from screener.pipeline.workspace import Workspace
from screener.sec import forms
from screener.store.dilution import Reach, ReadDocument
from screener.types import Problem

YEARS = dt.timedelta(days=1096)
AT_ONCE = 4
GIVES_UP_AFTER = 5
_OVERLAP = dt.timedelta(days=3)

Progress = Callable[[str, int], None]


@dataclass
class Fetched:
    """What one company's fetch did: requests made, filings read, entries found, and what went wrong."""

    ticker: str
    cik: int
    requests: int = 0
    documents: int = 0
    entries: int = 0
    listed: int = 0
    facts: bool = False
    problems: list[Problem] = field(default_factory=list)


def companies_named(workspace: Workspace, names: Sequence[str]) -> list[tuple[str, int]]:
    """Tickers (or CIKs as numbers) with their CIKs. Raises InputError for one that the ticker table does not know."""
    found = []
    for name in dict.fromkeys(names):
        digits = name.upper().removeprefix("CIK")
        listing = workspace.table.by_ticker(name)
        if listing is not None and listing.cik:
            found.append((listing.ticker, listing.cik))
        elif digits.isascii() and digits.isdigit() and len(digits) <= 10:
            held = workspace.table.by_cik(int(digits))
            found.append((held[0].ticker if held else "", int(digits)))
        else:
            size = len(workspace.table)
            raise InputError(
                f"{name}: not in the stored table of {size:,} tickers; give its CIK, or load a newer table with "
                "`screener db update-tickers`"
            )
    return found


def fetch_companies(
    workspace: Workspace, names: Sequence[str], progress: Progress = lambda _what, _n: None, *, again: bool = False
) -> list[Fetched]:
    """Read the filings of companies one after the other. ``again`` reads what has been read before once more.

    Raises InputError for an unknown ticker, StoreError when the store cannot be written.
    """

    async def run() -> list[Fetched]:
        async with poll.fetcher(workspace) as get:
            if not len(workspace.table):
                await ticker_table.refresh(workspace, get)
            done = []
            for ticker, cik in companies_named(workspace, names):
                one = _Fetched(workspace, get, ticker, cik, progress, again)
                await one.fetch()
                done.append(one.done)
            return done

    return anyio.run(run)


class _Fetched:
    """The fetch of one company."""

    def __init__(
        self, workspace: Workspace, get: Fetcher, ticker: str, cik: int, progress: Progress, again: bool
    ) -> None:
        self.workspace, self.get, self.progress, self.again = workspace, get, progress, again
        self.done = Fetched(ticker=ticker, cik=cik)
        self.store = workspace.store
        self.edgar = workspace.settings.edgar
        self.now = workspace.clock.now()
        self.since = self.now - YEARS
        self.failures = 0

    async def fetch(self) -> None:
        cik, reach = self.done.cik, None if self.again else self.store.dilution.reach(self.done.cik)
        url = f"{self.edgar.data_url.rstrip('/')}/submissions/CIK{cik:010d}.json"
        try:
            answer = await self._ask(
                url, etag=reach.etag if reach else "", last_modified=reach.last_modified if reach else ""
            )
            if answer.not_modified and reach is not None:
                self._note(msgspec.structs.replace(reach, until=self.now))
                return
            listed = await self._list(answer, reach)
        except (FetchError, ReaderEnded, ValueError) as e:
            self._problem("list of filings", e)
            return
        await self._read_all([f for f in listed.filings if f.filed >= self.since.date()])
        reports = [f.accession for f in listed.filings if forms.of_family(f.form, *forms.PERIODIC)]
        report = reports[0] if reports else "none"
        if self.again or reach is None or reach.newest_report != report or self.store.dilution.facts(cik) is None:
            await self._facts()
        if not self.done.problems:
            self._note(
                Reach(
                    since=min(self.since, reach.since) if reach else self.since,
                    until=self.now,
                    etag=answer.etag,
                    last_modified=answer.last_modified,
                    newest_report=report,
                )
            )

    async def _ask(self, url: str, etag: str = "", last_modified: str = "", max_bytes: int | None = None) -> Response:
        self.done.requests += 1
        return await self.get.get(url, etag=etag, last_modified=last_modified, max_bytes=max_bytes)

    def _note(self, reach: Reach) -> None:
        with self.store.transaction():
            self.store.dilution.set_reach(self.done.cik, reach)

    def _problem(self, what: str, error: Exception) -> None:
        kind = error.kind if isinstance(error, ReaderEnded) else error_kind(error)
        subject = f"{self.done.ticker or self.done.cik} {what}"
        self.done.problems.append(
            Problem(stage="collect", subject=subject, message=mask_text(f"{subject}: {error}"), kind=kind)
        )

    # ---- the list ----

    async def _list(self, answer: Response, reach: Reach | None) -> FilingList:
        """The list with as many of its further files as reach back to what has not been read."""
        body = answer.body
        bounds = self.workspace.settings.limits
        found = await apart(bounds, len(body), read_list, body)
        wanted = self.since
        if reach is not None and reach.since <= self.since + _OVERLAP:
            wanted = reach.until - _OVERLAP
        filings = list(found.filings)
        base = answer.url.rpartition("/")[0]
        for older in found.older:
            if older.last >= wanted.date():
                body = (await self._ask(f"{base}/{older.name.rpartition('/')[2]}")).body
                filings += (await apart(bounds, len(body), read_older, body)).filings
        return msgspec.structs.replace(found, filings=tuple(filings))

    # ---- the filings ----

    async def _read_all(self, listed: Sequence[Listed]) -> None:
        wanted = [f for f in listed if matters(f)][:COMPANY_FILINGS]
        self.done.listed = len(wanted)
        known = set() if self.again else self.store.dilution.known([f.accession for f in wanted])
        limit = anyio.CapacityLimiter(AT_ONCE)

        async def one(filing: Listed) -> None:
            async with limit:
                if self.failures < GIVES_UP_AFTER:
                    await self._read(filing)

        async with anyio.create_task_group() as group:
            for filing in wanted:
                if filing.accession not in known:
                    group.start_soon(one, filing)

    async def _read(self, filing: Listed) -> None:
        found = await attempt("collect", f"{filing.form} {filing.accession}", lambda: self._reading(filing))
        if isinstance(found, Problem):
            self.failures += 1
            self.done.problems.append(found)
            return
        self.failures = 0
        if found.note:
            message = f"{filing.form} {filing.accession}: the submission file {found.note}"
            self.done.problems.append(
                Problem(stage="collect", subject=filing.accession, message=message, kind="not_the_filing")
            )
            return
        self._store(filing, found)
        self.progress(f"filings of {self.done.ticker or self.done.cik}", 1)

    async def _reading(self, filing: Listed) -> LedgerReading:
        folder = f"{self.edgar.base_url.rstrip('/')}/Archives/edgar/data/{self.done.cik}"
        folder += f"/{filing.accession.replace('-', '')}"
        link = f"{folder}/{filing.accession}-index.htm"
        bounds = self.workspace.settings.limits
        whole = filing.size <= bounds.body_bytes or not filing.main
        answer = await self._ask(f"{folder}/{filing.accession}.txt" if whole else f"{folder}/{filing.main}")
        read = read_submission if whole else read_main
        return await apart(bounds, len(answer.body), read, answer.body, filing, link, answer.received)

    def _store(self, filing: Listed, found: LedgerReading) -> None:
        document = ReadDocument(
            id=filing.accession,
            known=found.published,
            cik=self.done.cik,
            ticker=self.done.ticker,
            form=filing.form,
            url=f"{self.edgar.base_url.rstrip('/')}/Archives/edgar/data/{self.done.cik}/"
            f"{filing.accession.replace('-', '')}/{filing.accession}-index.htm",
            published=found.published,
        )
        with self.store.transaction():
            if self.again:
                self.store.dilution.forget([filing.accession])
            self.store.dilution.add(document, found.entries)
        self.done.documents += 1
        self.done.entries += len(found.entries)

    # ---- company facts ----

    async def _facts(self) -> None:
        url = f"{self.edgar.data_url.rstrip('/')}/api/xbrl/companyfacts/CIK{self.done.cik:010d}.json"
        try:
            body = (await self._ask(url, max_bytes=COMPANY_FACTS_BYTES)).body
            facts = await apart(self.workspace.settings.limits, len(body), company_facts, body)
        except FetchError as e:
            if e.status != 404:
                self._problem("company facts", e)
                return
            facts = CompanyFacts(cik=self.done.cik)  # a company that files no XBRL
        except ReaderEnded as e:
            self._problem("company facts", e)
            return
        with self.store.transaction():
            self.store.dilution.save_facts(self.done.cik, facts, self.now)
        self.done.facts = bool(facts.concepts)
