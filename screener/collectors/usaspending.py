"""USAspending (kind ``usaspending``): federal contract awards of the last weeks, by POST search.

Options: ``look_back_days`` (14), ``min_amount`` (1,000,000 dollars), ``award_types`` ([A, B, C, D]: contracts),
``limit`` (100 a page, the most), ``max_pages`` (5), ``recipients`` (names to search for; default all), ``parents``
(true: look up each new recipient's parent, at most ``max_parents`` (20) a poll; needs ``recipient_url``).

Amounts are the award's current total obligation; an award whose amount or last change differs from what was seen comes
again as an update. Defence awards appear here some ninety days late, so the daily announcements are the faster source
for those. Records state dates only.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote

import msgspec

from screener.collectors.answers import (
    collected,
    dig,
    dollars,
    entry_problem,
    number,
    published_on,
    read_day,
    read_json,
    read_rows,
    receipt,
    refused,
    words,
)  # fmt: skip
from screener.collectors.base import Context
from screener.collectors.text import one_line
from screener.errors import FetchError
from screener.fetching import Response
from screener.types import Collected, FactValue, FeedSpec, Item, Problem

FIELDS = (
    "Award ID", "Recipient Name", "Recipient UEI", "recipient_id", "Award Amount", "Description", "Start Date", "End Date",
    "Awarding Agency", "Awarding Sub Agency", "Contract Award Type", "Base Obligation Date", "Last Modified Date",
    "generated_internal_id",
)  # fmt: skip


class UsaSpending:
    """Searches awards; see the module's text for its options."""

    name = "usaspending"

    async def collect(self, feed: FeedSpec, context: Context) -> Collected:
        """One poll: all pages in the window, then the parents of the recipients that are new."""
        problems: list[Problem] = []
        try:
            first, rows = await _pages(feed, context, problems)
        except FetchError as e:
            return refused(feed, context, e)
        seen = set(context.state.seen)
        keys: list[str] = []
        fresh: list[tuple[Item, str]] = []
        for row in rows:
            made = _item(feed, context, first, row)
            if made is None:
                continue
            item, key = made
            if key not in seen and key not in keys:
                fresh.append((item, words(row, "recipient_id")))
            keys.append(key)
        items = await _with_parents(feed, context, fresh, problems)
        return collected(feed, context, first, items, seen=keys, problems=problems)


async def _pages(feed: FeedSpec, context: Context, problems: list[Problem]) -> tuple[Response, list[dict[str, object]]]:
    found: list[dict[str, object]] = []
    first: Response | None = None
    for page in range(1, int(feed.options.get("max_pages", 5)) + 1):
        try:
            response = await context.fetcher.get(feed.url, json=_query(feed, context, page))
            answer, rows = read_rows(feed, response, "results", problems)
            _all_filters_used(feed, answer)
        except FetchError as e:
            if first is None:
                raise
            problems.append(entry_problem(feed, f"page {page}", f"{e}; the pages before it were kept", "cut_off"))
            break
        first = first or response
        found += rows
        if dig(answer, "page_metadata.hasNext") is not True:
            break
    assert first is not None
    return first, found


def _all_filters_used(feed: FeedSpec, answer: object) -> None:
    """Raise FetchError when a filter was ignored: the rows are then awards of everybody, and no answer to the question."""
    messages = dig(answer, "messages")
    for said in messages if isinstance(messages, list) else ():
        if "not used" in str(said):
            raise FetchError(feed.url, f"a filter was ignored, so its rows are not taken: {str(said)[:300]}")


def _query(feed: FeedSpec, context: Context, page: int) -> dict[str, object]:
    until = (context.as_of or context.now()).date()
    since = until - dt.timedelta(days=int(feed.options.get("look_back_days", 14)))
    filters: dict[str, object] = {
        "award_type_codes": [str(t) for t in feed.options.get("award_types") or ("A", "B", "C", "D")],
        "time_period": [{"start_date": since.isoformat(), "end_date": until.isoformat()}],
        "award_amounts": [{"lower_bound": float(feed.options.get("min_amount", 1_000_000))}],
    }
    if feed.options.get("recipients"):
        filters["recipient_search_text"] = [str(r) for r in feed.options["recipients"]]
    return {
        "filters": filters,
        "fields": list(FIELDS),
        "limit": int(feed.options.get("limit", 100)),
        "page": page,
        "sort": "Last Modified Date",
        "order": "desc",
        "subawards": False,
    }


def _item(feed: FeedSpec, context: Context, response: Response, row: dict[str, object]) -> tuple[Item, str] | None:
    """The item and the key that changes with its amount or date; None without recipient, amount or in a replay's future."""
    award, recipient = words(row, "Award ID"), one_line(words(row, "Recipient Name"), 200)
    unique, amount = words(row, "generated_internal_id") or award, number(row, "Award Amount")
    changed = read_day(words(row, "Last Modified Date")) or read_day(words(row, "Base Obligation Date"))
    if not unique or not recipient or amount is None or changed is None:
        return None
    published = published_on(changed, context, response)
    received = receipt(context, response, published)
    if received is None:
        return None
    agency = one_line(words(row, "Awarding Sub Agency") or words(row, "Awarding Agency"), 120)
    work = one_line(words(row, "Description"), 300)
    facts: dict[str, FactValue | None] = {
        "amount_usd": amount,
        "amount_is_ceiling": False,
        "amount_is_obligated": True,
        "agency": agency,
        "department": one_line(words(row, "Awarding Agency"), 120),
        "contract_number": award,
        "award_type": words(row, "Contract Award Type"),
        "work": work,
        "uei": words(row, "Recipient UEI"),
        "first_obligated": words(row, "Base Obligation Date"),
        "completion": words(row, "End Date"),
    }
    item = Item(
        source=feed.name,
        source_id=unique,
        url=f"https://www.usaspending.gov/award/{quote(unique, safe='')}",
        title=one_line(
            f"{recipient} awarded {dollars(amount)} {agency} contract {award}" + (f": {work}" if work else ""), 300
        ),
        published=published,
        received=received,
        form="USASPENDING",
        company=recipient,
        facts={k: v for k, v in facts.items() if v is not None and v != ""},
        replayed=context.as_of is not None,
    )
    return item, f"{unique}:{amount:.2f}:{changed.isoformat()}"


async def _with_parents(
    feed: FeedSpec, context: Context, fresh: list[tuple[Item, str]], problems: list[Problem]
) -> list[Item]:
    """The items with the fact ``parent`` where the recipient's record names one."""
    base = str(feed.options.get("recipient_url") or "").rstrip("/")
    if not base or feed.options.get("parents") is False:
        return [item for item, _ in fresh]
    names: dict[str, str] = {}
    wanted = list(dict.fromkeys(recipient for _, recipient in fresh if recipient))
    for recipient in wanted[: int(feed.options.get("max_parents", 20))]:
        try:
            response = await context.fetcher.get(f"{base}/{quote(recipient, safe='')}/")
            names[recipient] = one_line(words(read_json(response), "parent_name"), 200)
        except FetchError as e:
            problems.append(entry_problem(feed, recipient, f"parent unknown: {e}", "no_parent"))
            break  # an address that fails once fails for all
    return [_with_parent(item, names.get(recipient, "")) for item, recipient in fresh]


def _with_parent(item: Item, parent: str) -> Item:
    if not parent or parent.casefold() == item.company.casefold():
        return item
    return msgspec.structs.replace(item, facts={**item.facts, "parent": parent})


PLUGIN = UsaSpending()
