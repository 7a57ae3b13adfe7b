"""The Department of War's daily contracts (kind ``dod_contracts``): one announcement a day, split into awards.

Each award becomes an item of form "DOD": contractor in ``company``, the award's paragraph as body, amounts and numbers
in ``facts`` (``amount_usd``, ``amount_is_ceiling``, ``obligated_usd``, ``cumulative_usd``, ``agency``,
``contract_number``, ``is_modification``, ``modification``, ``option``, ``awardees``, ``work``, ``place``, ``parent``). A
contract shared by several contractors gives one item each; its amount is the ceiling for all of them.

Where the feed carries only a teaser, the announcement's page is fetched; when that fails (the site refuses many
programs with 403), the day is reported as a problem and tried again with the next poll. ``min_amount`` leaves out smaller
awards. All options of the kind ``feed`` hold.
"""

from __future__ import annotations

import hashlib

import msgspec

from screener.collectors.answers import dollars, entry_problem, error_kind
from screener.collectors.apart import apart
from screener.collectors.awards import Award, split_awards
from screener.collectors.base import Context
from screener.collectors.feed import FeedCollector
from screener.collectors.text import html_to_text, one_line
from screener.errors import FetchError, ReaderEnded
from screener.types import Collected, FactValue, FeedSpec, FeedState, Item, Problem

MAX_PAGES = 5  # announcements' own pages fetched in one poll


class DodContracts:
    """Reads the daily announcements; see the module's text."""

    name = "dod_contracts"

    def __init__(self) -> None:
        self._feed = FeedCollector()

    async def collect(self, feed: FeedSpec, context: Context) -> Collected:
        """One poll: the days that are new, each split."""
        got = await self._feed.collect(feed, context)
        items: list[Item] = []
        problems: list[Problem] = list(got.problems)
        again: list[str] = []
        for number, day in enumerate(got.items):
            awards = split_awards(day.body) or split_awards(day.summary)
            if not awards:
                found = await _page(feed, context, day) if number < MAX_PAGES else _too_many(feed, day)
                if isinstance(found, Problem):
                    problems.append(found)
                    again.append(day.source_id)
                    continue
                awards = found
            items += _items(feed, day, awards)
        state = _forget(got.state, again) if got.state is not None and again else got.state
        return msgspec.structs.replace(got, items=tuple(items), problems=tuple(problems), state=state)


async def _page(feed: FeedSpec, context: Context, day: Item) -> list[Award] | Problem:
    """The awards on the announcement's own page."""
    advice = "the feed gives only a teaser; open the page in a browser, or feed its text with --items"
    if not day.url:
        return entry_problem(feed, day.title, f"holds no award and no link: {advice}", "no_awards")
    try:
        response = await context.fetcher.get(day.url, trusted=False)
    except FetchError as e:
        return entry_problem(feed, day.title, f"{e}; {advice}", error_kind(e))
    try:
        awards = await apart(context.limits, len(response.body), awards_of_page, response.body)
    except ReaderEnded as e:
        return entry_problem(feed, day.title, f"{day.url} {e}; {advice}", e.kind)
    return awards or entry_problem(feed, day.title, f"{day.url} holds no award that could be read", "no_awards")


def awards_of_page(body: bytes) -> list[Award]:
    """The awards on an HTML page, read here and now."""
    return split_awards(html_to_text(body.decode("utf-8", "replace")))


def _too_many(feed: FeedSpec, day: Item) -> Problem:
    return entry_problem(feed, day.title, f"left for the next poll: {MAX_PAGES} pages were fetched", "postponed")


def _forget(state: FeedState, source_ids: list[str]) -> FeedState:
    """The state without these entries (and without the conditions that would answer 304), so that they come again."""
    kept = tuple(t for t in state.seen if t.partition("\t")[0] not in source_ids)
    return msgspec.structs.replace(state, seen=kept, etag="", last_modified="")


def _items(feed: FeedSpec, day: Item, awards: list[Award]) -> list[Item]:
    least = float(feed.options.get("min_amount") or 0)
    out: dict[str, Item] = {}
    for award in awards:
        if award.amount is not None and award.amount >= least:
            item = _item(day, award)
            out.setdefault(item.source_id, item)
    return list(out.values())


def _item(day: Item, award: Award) -> Item:
    agency = award.agency or "Department of War"
    amount = dollars(award.amount or 0)
    kind = "modification" if award.changed else "contract"
    ceiling = " ceiling" if award.ceiling else ""
    shared = f" shared with {award.awardees - 1} others" if award.awardees > 1 else ""
    work = f" for {award.work}" if award.work else ""
    sum_of = hashlib.sha256(f"{award.contractor}\n{award.text}".encode()).hexdigest()[:10]
    return msgspec.structs.replace(
        day,
        source_id=f"{award.contract or 'none'}-{award.modification or '0'}-{sum_of}",
        title=one_line(f"{award.contractor} awarded {amount}{ceiling} {agency} {kind}{shared}{work}", 300),
        summary="",
        body=award.text,
        form="DOD",
        company=award.contractor,
        facts=_facts(award, agency),
    )


def _facts(award: Award, agency: str) -> dict[str, FactValue]:
    facts: dict[str, FactValue | None] = {
        "amount_usd": award.amount,
        "amount_is_ceiling": award.ceiling,
        "amount_is_obligated": award.obligated == award.amount or None,
        "obligated_usd": award.obligated,
        "cumulative_usd": award.cumulative,
        "agency": agency,
        "contract_number": award.contract or None,
        "is_modification": award.changed or None,
        "modification": award.modification or None,
        "option": award.option or None,
        "parent": award.parent or None,
        "small_business": award.small_business or None,
        "awardees": award.awardees,
        "work": award.work or None,
        "place": award.place or None,
        "completion": award.completion or None,
    }
    return {name: value for name, value in facts.items() if value is not None}


PLUGIN = DodContracts()
