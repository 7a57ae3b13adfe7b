"""openFDA (kind ``openfda``): drug approvals and complete response letters, as JSON.

Option ``dataset`` chooses which: ``approvals`` (``/drug/drugsfda.json``: submissions that became approved or
tentatively approved) or ``crl`` (``/transparency/crl.json``: complete response letters). Other options:
``look_back_days`` (30), ``limit`` (100 a page), ``max_pages`` (5), ``key`` (an openFDA key), ``submission_types``
(approvals: ``[ORIG]``; add ``SUPPL`` for supplements, of which only efficacy ones count), ``tentative`` (true).

Both state a date without a time: such a record counts as published when that date ended in New York. openFDA answers
404 when nothing matches, so a 404 that says so is an empty answer. Sponsors stand in ``company`` and in the fact
``sponsor``; the entities stage resolves them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from screener.addresses import mask
from screener.collectors.answers import (
    collected,
    dig,
    entry_problem,
    published_on,
    read_day,
    read_rows,
    receipt,
    refused,
    texts,
    words,
)  # fmt: skip
from screener.collectors.base import Context
from screener.collectors.text import one_line, tidy
from screener.errors import FetchError, ParseError
from screener.fetching import Response
from screener.types import Collected, FactValue, FeedSpec, Item, Problem

STATUSES = {"AP": "approval", "TA": "tentative_approval"}
MAX_SKIP = 25_000
MAX_LETTER = 60_000


class OpenFda:
    """Reads one openFDA data set; see the module's text for its options."""

    name = "openfda"

    async def collect(self, feed: FeedSpec, context: Context) -> Collected:
        """One poll: pages of the records dated in the look-back window, without those already seen."""
        letters = feed.options.get("dataset") == "crl"
        problems: list[Problem] = []
        field = "letter_date" if letters else "submissions.submission_status_date"
        try:
            response, rows = await _pages(feed, context, field, problems)
        except FetchError as e:
            if e.status == 404 and not isinstance(e, ParseError):
                return await _nothing(feed, context, e)
            return refused(feed, context, e)
        since = _since(feed, context)
        made = [
            item
            for row in rows
            for item in (_letters if letters else _approvals)(feed, context, response, row, problems)
            if item.published is not None and item.published >= since
        ]
        items = list({i.source_id: i for i in made}.values())
        seen = set(context.state.seen)
        fresh = [i for i in items if i.source_id not in seen]
        return collected(feed, context, response, fresh, seen=[i.source_id for i in items], problems=problems)


def _since(feed: FeedSpec, context: Context) -> dt.datetime:
    return (context.as_of or context.now()) - dt.timedelta(days=float(feed.options.get("look_back_days", 30)))


async def _pages(
    feed: FeedSpec, context: Context, date_field: str, problems: list[Problem]
) -> tuple[Response, list[dict[str, object]]]:
    """All pages in the window. A page after the first that fails ends the list, with a problem."""
    until = context.as_of or context.now()
    form = "%m/%d/%Y" if date_field == "letter_date" else "%Y%m%d"
    span = f'["{_since(feed, context):{form}}" TO "{until:{form}}"]'
    limit, found = int(feed.options.get("limit", 100)), list[dict[str, object]]()
    params = {"search": f"{date_field}:{span}", "limit": str(limit)}
    if feed.options.get("key"):
        params["api_key"] = str(feed.options["key"])
    first: Response | None = None
    for page in range(int(feed.options.get("max_pages", 5))):
        skip = page * limit
        if skip > MAX_SKIP:
            break
        try:
            response = await context.fetcher.get(feed.url, params={**params, "skip": str(skip)} if skip else params)
            _, rows = read_rows(feed, response, "results", problems)
        except FetchError as e:
            if first is None:
                raise
            problems.append(entry_problem(feed, f"page {page + 1}", f"{e}; the pages before it were kept", "cut_off"))
            break
        first = first or response
        found += rows
        if len(rows) < limit:
            break
    assert first is not None
    return first, found


async def _nothing(feed: FeedSpec, context: Context, error: FetchError) -> Collected:
    """openFDA's 404 for "no matches": believed only when the same address without the search has records."""
    try:
        response = await context.fetcher.get(feed.url, params={"limit": "1"})
        read_rows(feed, response, "results", [])
    except FetchError:
        return refused(feed, context, error)
    return collected(feed, context, response, (), seen=())


# ---- approvals ---------------------------------------------------------------------------------------------------


def _approvals(
    feed: FeedSpec, context: Context, response: Response, row: dict[str, object], problems: list[Problem]
) -> Iterator[Item]:
    application = words(row, "application_number")
    submissions = row.get("submissions")
    types = [str(t) for t in feed.options.get("submission_types") or ("ORIG",)]
    for submission in submissions if isinstance(submissions, list) else ():
        status = words(submission, "submission_status")
        if not application or status not in STATUSES or words(submission, "submission_type") not in types:
            continue
        if status == "TA" and feed.options.get("tentative") is False:
            continue
        is_supplement = words(submission, "submission_type") == "SUPPL"
        if is_supplement and "efficacy" not in words(submission, "submission_class_code_description").lower():
            continue
        day = _day(feed, application, words(submission, "submission_status_date"), problems)
        if day is not None:
            item = _approval(feed, context, response, row, submission, application, day)
            if item is not None:
                yield item


def _day(feed: FeedSpec, subject: str, text: str, problems: list[Problem]) -> dt.date | None:
    """The date of a record; one that cannot be read is a Problem, since the record is lost with it."""
    day = read_day(text)
    if day is None:
        problems.append(entry_problem(feed, subject, f"left out: its date {text[:40]!r} cannot be read"))
    return day


def _approval(
    feed: FeedSpec,
    context: Context,
    response: Response,
    row: dict[str, object],
    submission: dict[str, object],
    application: str,
    day: dt.date,
) -> Item | None:
    brand, ingredient, route = _product(row)
    sponsor = one_line(words(row, "sponsor_name"), 200)
    status, kind = words(submission, "submission_status"), words(submission, "submission_type")
    drug = f"{brand} ({ingredient.lower()})" if brand and ingredient and brand != ingredient else brand or ingredient
    number = f"{kind}-{words(submission, 'submission_number')}"
    kind_of = "tentative FDA approval" if status == "TA" else "FDA approval"
    what = "a new use of " if kind == "SUPPL" else ""
    facts: dict[str, FactValue] = {
        "agency": "FDA",
        "decision": STATUSES[status],
        "application": application,
        "submission": number,
        "sponsor": sponsor,
        "drug": brand,
        "ingredient": ingredient,
        "route": route,
        "review_priority": words(submission, "review_priority"),
        "class": words(submission, "submission_class_code_description"),
        "effective_date": day.isoformat(),
    }
    title = one_line(f"{sponsor or 'A sponsor'} receives {kind_of} of {what}{drug or application}")
    summary = f"Application {application}, submission {number}, decided {day.isoformat()}."
    return _item(feed, context, response, f"{application}-{number}-{status}", title, summary, "", day, sponsor, facts)


def _product(row: dict[str, object]) -> tuple[str, str, str]:
    """Brand, ingredients and route of an application's first product."""
    products = row.get("products")
    product = next((p for p in products if isinstance(p, dict)), {}) if isinstance(products, list) else {}
    parts = product.get("active_ingredients")
    names = [words(p, "name") for p in parts if isinstance(p, dict)] if isinstance(parts, list) else []
    return one_line(words(product, "brand_name"), 120), one_line(", ".join(names), 200), words(product, "route")


# ---- complete response letters -----------------------------------------------------------------------------------


def _letters(
    feed: FeedSpec, context: Context, response: Response, row: dict[str, object], problems: list[Problem]
) -> Iterator[Item]:
    kind = words(row, "letter_type") or "COMPLETE RESPONSE"
    if "COMPLETE RESPONSE" not in kind.upper():
        return
    subject = words(row, "file_name") or ", ".join(texts(row, "application_number")) or "a letter"
    day = _day(feed, subject, words(row, "letter_date"), problems)
    if day is None:
        return
    applications = texts(row, "application_number")
    sponsor, file = one_line(words(row, "company_name"), 200), words(row, "file_name")
    center = ", ".join(texts(row, "approver_center"))
    facts: dict[str, FactValue] = {
        "agency": "FDA",
        "decision": "complete_response",
        "application": ", ".join(applications),
        "sponsor": sponsor,
        "center": center,
        "status_now": words(row, "approval_status"),
        "effective_date": day.isoformat(),
    }
    body = dig(row, "text")
    text = tidy(body[:MAX_LETTER]) if isinstance(body, str) else ""
    name = ", ".join(applications) or file or "an application"
    title = one_line(
        f"{sponsor or 'A sponsor'} receives complete response letter from FDA ({name}, dated {day.isoformat()})"
    )
    item = _item(feed, context, response, file or f"{name}-{day}", title, "", text, day, sponsor, facts)
    if item is not None:
        yield item


def _item(
    feed: FeedSpec,
    context: Context,
    response: Response,
    source_id: str,
    title: str,
    summary: str,
    body: str,
    day: dt.date,
    sponsor: str,
    facts: dict[str, FactValue],
) -> Item | None:
    published = published_on(day, context, response)
    received = receipt(context, response, published)
    if received is None:
        return None
    return Item(
        source=feed.name,
        source_id=source_id,
        url=mask(feed.url),
        title=title,
        summary=summary,
        body=body,
        published=published,
        received=received,
        form="FDA",
        company=sponsor,
        facts={k: v for k, v in facts.items() if v != ""},
        replayed=context.as_of is not None,
    )


PLUGIN = OpenFda()
