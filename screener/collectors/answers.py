"""What the collectors of structured sources share: reading JSON answers, receipt times, and states.

Nothing here knows a source. ``ParseError`` is raised for an answer that is not what the source documents; collectors
turn every ``FetchError`` into a ``Collected`` through ``refused``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec

from screener.addresses import mask_text
from screener.clock import NEW_YORK, UTC
from screener.collectors import mend
from screener.collectors.base import Context, failed, success
from screener.errors import BodyTooLarge, FetchError, ParseError
from screener.fetching import Response
from screener.limits import FIRST_YEAR, LAST_YEAR, ROWS, at_most
from screener.types import Collected, FeedSpec, FeedState, Halt, Item, Problem

KEEP_SEEN = 10_000


async def ask(feed: FeedSpec, context: Context) -> Response:
    """GET the feed's address, conditionally when the last answer allows it (a replay wants all). Raises FetchError."""
    state = context.state if context.as_of is None else FeedState(name=feed.name)
    return await context.fetcher.get(feed.url, etag=state.etag, last_modified=state.last_modified)


# ---- states ------------------------------------------------------------------------------------------------------


def refused(feed: FeedSpec, context: Context, error: FetchError) -> Collected:
    """The answer for a source that could not be read: one problem, and a state with one more failure."""
    return failed(feed, context, error, error_kind(error))


def error_kind(error: FetchError) -> str:
    """A short stable word: ``http_404``, ``not_documented`` (it came but is something else), ``too_large``, ``fetch``."""
    if isinstance(error, ParseError):
        return "not_documented"
    if isinstance(error, BodyTooLarge):
        return "too_large"
    return f"http_{error.status}" if error.status else "fetch"


def collected(
    feed: FeedSpec,
    context: Context,
    response: Response,
    items: Iterable[Item],
    *,
    seen: Iterable[str],
    problems: Iterable[Problem] = (),
    halts: Iterable[Halt] = (),
    keep: int = KEEP_SEEN,
) -> Collected:
    """The answer for a source that was read; ``seen`` are this window's keys, put before the remembered ones."""
    items, old = tuple(items), context.state
    told = at_most(
        tuple(problems), context.limits.problems, lambda n: entry_problem(feed, "entries", f"and {n} more like these")
    )
    times = [i.published for i in items if i.published] + ([old.last_item] if old.last_item else [])
    state = msgspec.structs.replace(
        success(old, context.now()),
        etag=response.etag if context.as_of is None else "",
        last_modified=response.last_modified if context.as_of is None else "",
        last_item=max(times, default=None),
        seen=tuple(dict.fromkeys((*seen, *old.seen)))[:keep],
    )
    return Collected(feed=feed.name, items=items, halts=tuple(halts), problems=told, state=state)


def unchanged(feed: FeedSpec, context: Context) -> Collected:
    """The answer for a 304: nothing new, and the source is fine."""
    return Collected(feed=feed.name, state=success(context.state, context.now()), not_modified=True)


def entry_problem(feed: FeedSpec, subject: str, message: str, kind: str = "broken_entry") -> Problem:
    """One entry that could not be used; the others are kept."""
    return Problem(stage="collect", subject=f"{feed.name}: {subject[:120]}", message=mask_text(message), kind=kind)


# ---- times -------------------------------------------------------------------------------------------------------


def receipt(context: Context, response: Response, published: dt.datetime | None) -> dt.datetime | None:
    """When an item counts as received; None in a replay for what was not published by then (or who knows when)."""
    if context.as_of is None:
        return response.received
    return published if published is not None and published <= context.as_of else None


def day_end(day: dt.date) -> dt.datetime:
    """The midnight Eastern that ends a date, as UTC: a record that states only a date is known for certain by then."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(0), NEW_YORK).astimezone(UTC)


def published_on(day: dt.date, context: Context, response: Response) -> dt.datetime:
    """The publication time of a record that states only its date: the end of that date, never after its receipt."""
    end = day_end(day)
    return end if context.as_of is not None else min(end, response.received)


def read_day(text: str) -> dt.date | None:
    """A date in any of the sources' spellings (2025-12-12, 20251212, 12/12/2025, 2025-12).

    None when it is none, or of a year that is not in use.
    """
    text = text.strip()[:10]
    for form in ("%Y-%m-%d", "%Y%m%d", "%m/%d/%Y", "%Y-%m"):
        try:
            day = dt.datetime.strptime(text, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
    return None


# ---- JSON --------------------------------------------------------------------------------------------------------


def read_rows(
    feed: FeedSpec, response: Response, path: str, problems: list[Problem]
) -> tuple[object, list[dict[str, object]]]:
    """The answer and the objects in its list under ``path``; what is wrong with single ones is told in ``problems``.

    Raises ParseError when the answer is no JSON (an HTML page, a cut-off or empty body) or has no such list.
    """
    answer, wrong = _decoded(response)
    found = dig(answer, path)
    if not isinstance(found, list):
        raise ParseError(response.url, f"has no list {path!r}; the source has changed or the address is another's")
    rows = [r for r in found[:ROWS] if isinstance(r, dict)]
    told = [
        (wrong, "bad_character", f"{wrong} wrong characters or numbers were taken out; the entries are kept"),
        (len(found) > ROWS, "too_many", f"holds {len(found):,} entries; the first {ROWS:,} are read"),
        (len(rows) < len(found[:ROWS]), "broken_entry", f"{len(found[:ROWS]) - len(rows)} entries are no objects"),
    ]
    problems += [entry_problem(feed, path, f"{response.url}: {message}", kind) for so, kind, message in told if so]
    return answer, rows


def read_json(response: Response) -> object:
    """The decoded body. Raises ParseError when it is no JSON."""
    return _decoded(response)[0]


def _decoded(response: Response) -> tuple[object, int]:
    try:
        return mend.read_json(response.body)
    except mend.NotJson as e:
        start = response.body[:60].decode("utf-8", "replace").strip()
        what = f"begins with {start!r}" if start else "is empty"
        raise ParseError(response.url, f"is not JSON ({e}); the body {what}: check the address") from e


def dig(value: object, path: str) -> object:
    """What stands under a dotted path of keys; None as soon as a step is missing."""
    for key in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def words(value: object, path: str) -> str:
    """The text or number under a path, white space made single; empty when there is none."""
    found = dig(value, path)
    if isinstance(found, str):
        return " ".join(found.split())
    return str(found) if isinstance(found, int | float) and not isinstance(found, bool) else ""


def number(value: object, path: str) -> float | None:
    """The finite number under a path (also when spelled as text); None when there is none."""
    found = dig(value, path)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        out = float(found)
    except (ValueError, OverflowError):
        return None
    return out if abs(out) < 1e15 else None


def texts(value: object, path: str) -> list[str]:
    """The texts in a list under a path; a single text counts as a list of one."""
    found = dig(value, path)
    found = [found] if isinstance(found, str) else found
    return [" ".join(f.split()) for f in found if isinstance(f, str)] if isinstance(found, list) else []


# ---- text --------------------------------------------------------------------------------------------------------


def dollars(amount: float) -> str:
    """An amount as a headline writes it: $950 million, $1.25 billion, $12,500."""
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if amount >= size:
            return f"${amount / size:,.2f}".rstrip("0").rstrip(".") + f" {word}"
    return f"${amount:,.0f}"
