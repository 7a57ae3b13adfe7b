"""ClinicalTrials.gov (kind ``clinicaltrials``): changes of trials' status, dates and results, API version 2.

Each poll reads the studies whose record was updated in the last ``look_back_days`` (5), page by page. What was seen of a
study (status, primary completion date, results) is remembered, and an item of form "CTGOV" is made only when one of them
changed. A study seen for the first time only sets the baseline, unless its own dates prove the change: results first
posted, or the study registered, with this very update.

Options: ``look_back_days``, ``sponsors`` (names for ``query.spons``; default all industry sponsors), ``page_size`` (100),
``max_pages`` (10), ``filter`` (an ``AREA[...]`` expression to add).
"""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from screener.collectors.answers import (
    collected,
    dig,
    entry_problem,
    number,
    published_on,
    read_day,
    read_rows,
    receipt,
    refused,
    texts,
    words,
)  # fmt: skip
from screener.collectors.base import Context
from screener.collectors.text import one_line
from screener.errors import FetchError
from screener.fetching import Response
from screener.types import Collected, FactValue, FeedSpec, Item, Problem

FIELDS = (
    "NCTId", "BriefTitle", "OverallStatus", "WhyStopped", "PrimaryCompletionDate", "PrimaryCompletionDateType",
    "LastUpdatePostDate", "StudyFirstPostDate", "ResultsFirstPostDate", "LeadSponsorName", "LeadSponsorClass", "Phase",
    "EnrollmentCount", "Condition", "InterventionName", "HasResults",
)  # fmt: skip
PHASES = {"EARLY_PHASE1": "1", "PHASE1": "1", "PHASE2": "2", "PHASE3": "3", "PHASE4": "4"}
MAX_SEEN = 60_000


class TrialRecord(Struct, frozen=True, kw_only=True):
    """What is read of one record. ``primary`` is the primary completion date as stated ("2026-05" or a day)."""

    nct: str
    title: str
    status: str
    why_stopped: str
    primary: str
    primary_type: str
    updated: dt.date
    registered: dt.date | None
    results_posted: dt.date | None
    has_results: bool
    sponsor: str
    phase: str
    enrollment: float | None
    conditions: tuple[str, ...]
    interventions: tuple[str, ...]

    @property
    def key(self) -> str:
        """What is remembered: a change in it is news."""
        return f"{self.nct}:{self.status}:{self.primary}:{'R' if self.has_results else '-'}"


class ClinicalTrials:
    """Watches trial records; see the module's text for its options."""

    name = "clinicaltrials"

    async def collect(self, feed: FeedSpec, context: Context) -> Collected:
        """One poll: all pages of recent updates, compared with what was seen."""
        problems: list[Problem] = []
        try:
            first, rows = await _pages(feed, context, problems)
        except FetchError as e:
            return refused(feed, context, e)
        before = {key.partition(":")[0]: key for key in reversed(context.state.seen)}
        seen: dict[str, str] = {}
        items: list[Item] = []
        for row in rows:
            study = read_study(row)
            if study is None:
                problems.append(entry_problem(feed, words(row, _ID) or "a study", "has no NCT number or update date"))
                continue
            published = published_on(study.updated, context, first)
            received = receipt(context, first, published)
            if received is None or study.nct in seen:
                continue
            seen[study.nct] = study.key
            item = _item(feed, study, before.get(study.nct, ""), published, received, context.as_of is not None)
            if item is not None:
                items.append(item)
        kept = [key for nct, key in before.items() if nct not in seen]
        return collected(
            feed, _with_seen(context, kept), first, items, seen=seen.values(), problems=problems, keep=MAX_SEEN
        )


_ID = "protocolSection.identificationModule.nctId"


def _with_seen(context: Context, kept: list[str]) -> Context:
    """The context whose state remembers one key a study, so that an old status never stands beside the new one."""
    import dataclasses

    import msgspec

    return dataclasses.replace(context, state=msgspec.structs.replace(context.state, seen=tuple(kept)))


async def _pages(feed: FeedSpec, context: Context, problems: list[Problem]) -> tuple[Response, list[dict[str, object]]]:
    params = _query(feed, context)
    found: list[dict[str, object]] = []
    tokens: set[str] = set()
    first: Response | None = None
    for page in range(1, int(feed.options.get("max_pages", 10)) + 1):
        try:
            response = await context.fetcher.get(feed.url, params=params)
            answer, rows = read_rows(feed, response, "studies", problems)
        except FetchError as e:
            if first is None:
                raise
            problems.append(entry_problem(feed, f"page {page}", f"{e}; the pages before it were kept", "cut_off"))
            break
        first = first or response
        found += rows
        token = words(answer, "nextPageToken")
        if not token or token in tokens:
            break
        tokens.add(token)
        params = {**params, "pageToken": token}
    assert first is not None
    return first, found


def _query(feed: FeedSpec, context: Context) -> dict[str, str]:
    since = (context.as_of or context.now()).date() - dt.timedelta(days=int(feed.options.get("look_back_days", 5)))
    wanted = [f"AREA[LastUpdatePostDate]RANGE[{since.isoformat()},MAX]"]
    sponsors = [str(s) for s in feed.options.get("sponsors") or ()]
    if not sponsors:
        wanted.append("AREA[LeadSponsorClass]INDUSTRY")
    if feed.options.get("filter"):
        wanted.append(str(feed.options["filter"]))
    params = {
        "filter.advanced": " AND ".join(wanted),
        "fields": ",".join(FIELDS),
        "sort": "LastUpdatePostDate:desc",
        "pageSize": str(int(feed.options.get("page_size", 100))),
        "format": "json",
    }
    if sponsors:
        params["query.spons"] = " OR ".join(f'"{s}"' for s in sponsors)
    return params


def read_study(row: dict[str, object]) -> TrialRecord | None:
    """One record of the API; None without its number or the date of its last update."""
    section = dig(row, "protocolSection")
    nct = words(section, "identificationModule.nctId")
    updated = read_day(words(section, "statusModule.lastUpdatePostDateStruct.date"))
    if not (nct.startswith("NCT") and nct[3:].isdigit() and len(nct) <= 15) or updated is None:
        return None
    phases = [PHASES[p] for p in texts(section, "designModule.phases") if p in PHASES]
    interventions = dig(section, "armsInterventionsModule.interventions")
    named = [words(i, "name") for i in interventions if isinstance(i, dict)] if isinstance(interventions, list) else []
    return TrialRecord(
        nct=nct,
        title=one_line(words(section, "identificationModule.briefTitle"), 300),
        status=words(section, "statusModule.overallStatus").upper().replace(":", "")[:40],
        why_stopped=one_line(words(section, "statusModule.whyStopped"), 300),
        primary=words(section, "statusModule.primaryCompletionDateStruct.date").replace(":", "")[:10],
        primary_type=words(section, "statusModule.primaryCompletionDateStruct.type"),
        updated=updated,
        registered=read_day(words(section, "statusModule.studyFirstPostDateStruct.date")),
        results_posted=read_day(words(section, "statusModule.resultsFirstPostDateStruct.date")),
        has_results=row.get("hasResults") is True,
        sponsor=one_line(words(section, "sponsorCollaboratorsModule.leadSponsor.name"), 200),
        phase="/".join(dict.fromkeys(phases)),
        enrollment=number(section, "designModule.enrollmentInfo.count"),
        conditions=tuple(texts(section, "conditionsModule.conditions")[:8]),
        interventions=tuple(one_line(n, 120) for n in named[:8] if n),
    )


def _changes(study: TrialRecord, before: str) -> tuple[list[str], dict[str, FactValue]]:
    """What changed, in words and as facts; nothing when the record is new to us and proves no change of its own."""
    said: list[str] = []
    facts: dict[str, FactValue] = {}
    old = before.split(":")
    if len(old) == 4:
        if old[1] != study.status and old[1] and study.status:
            said.append(f"{_plain(study.status)} (was {_plain(old[1])})")
            facts["previous_status"] = old[1]
        if old[2] != study.primary and old[2] and study.primary:
            shift = _shift(old[2], study.primary)
            days = f" ({shift:+d} days)" if shift is not None else ""
            said.append(f"primary completion moved from {old[2]} to {study.primary}{days}")
            facts["previous_primary_completion"] = old[2]
            if shift is not None:
                facts["shift_days"] = shift
        if old[3] != "R" and study.has_results:
            said.append("results posted")
    elif study.results_posted is not None and study.results_posted == study.updated:
        said.append("results posted")
    elif study.registered is not None and study.registered == study.updated:
        said.append(f"registered, {_plain(study.status)}")
        facts["registered"] = True
    return said, facts


def _item(
    feed: FeedSpec, study: TrialRecord, before: str, published: dt.datetime, received: dt.datetime, replayed: bool
) -> Item | None:
    said, changed = _changes(study, before)
    if not said:
        return None
    facts: dict[str, FactValue | None] = {
        "nct": study.nct,
        "status": study.status,
        "primary_completion": study.primary,
        "primary_completion_type": study.primary_type,
        "phase": study.phase,
        "has_results": study.has_results,
        "sponsor": study.sponsor,
        "enrollment": study.enrollment,
        "why_stopped": study.why_stopped,
        "condition": ", ".join(study.conditions),
        "drug": ", ".join(study.interventions),
        **changed,
    }
    phase = f" (phase {study.phase})" if study.phase else ""
    title = f"{study.sponsor or 'A sponsor'}: trial {study.nct} {'; '.join(said)}: {study.title}{phase}"
    return Item(
        source=feed.name,
        source_id=f"{study.key}:{study.updated.isoformat()}",
        url=f"https://clinicaltrials.gov/study/{study.nct}",
        title=one_line(title, 400),
        summary=study.why_stopped,
        published=published,
        received=received,
        form="CTGOV",
        company=study.sponsor,
        facts={k: v for k, v in facts.items() if v is not None and v != ""},
        replayed=replayed,
    )


def _plain(status: str) -> str:
    return status.replace("_", " ").lower()


def _shift(old: str, new: str) -> int | None:
    """Days from one stated date to another; a month counts from its first day, and only against another month."""
    first, second = read_day(old), read_day(new)
    if first is None or second is None or len(old) != len(new):
        return None
    return (second - first).days


PLUGIN = ClinicalTrials()
