"""RSS, Atom and JSON feeds (kind ``feed``): the wires, agencies and any company's own page of news.

Options, all optional:

* ``source``: the name items carry instead of the feed's, so that several feeds of one wire share it;
* ``company``, ``ticker``, ``cik``: whose feed this is; ``subjects``: subjects that every entry of this feed has;
* ``languages``: keep only entries that state one of these (or none);
* ``timezone``: the zone of dates that state none, without it such a date is unknown;
* ``disable_when_empty``: after that many polls without an entry in a row the feed is taken out of use;
* ``form``: the form of its items ("PR").

Wire subjects are kept as the wire words them ("Financing Agreements"); short codes get the wire's prefix ("prn:FIN"),
security numbers ``ISIN:``, keywords ``keyword:``. Exchange-qualified symbols ("Nasdaq:ABCD") become ticker hints.
"""

from __future__ import annotations

import datetime as dt
import re

import msgspec
from msgspec import Struct

from screener.addresses import mask_text
from screener.collectors.apart import apart, is_small
from screener.collectors.base import Context, failed, success
from screener.collectors.channel import page_title, read_channel, read_sound
from screener.collectors.entry import ParsedEntry, ParsedFeed
from screener.collectors.identity import Window, absolute, clean_link
from screener.collectors.text import html_to_text, one_line
from screener.errors import FetchError, ReaderEnded
from screener.fetching import Response
from screener.language import moments
from screener.limits import DEFAULT, FEED_TEXT_CHARS, Limits, at_most
from screener.types import Collected, FeedSpec, FeedState, Item, Problem

MAX_KEYWORDS = 10
OPTIONS = ("source", "company", "ticker", "cik", "subjects", "languages", "timezone", "disable_when_empty", "form")
_ID_LANGUAGE = re.compile(r"20\d{12}([a-z]{2})$")
_CODE = re.compile(r"[A-Z0-9]{2,4}$")


class Parsed(Struct, frozen=True, kw_only=True):
    """A feed document read. ``refused`` is the kind of problem that makes the whole document useless, else empty.

    ``tokens`` are the window to remember (``Window.tokens``); ``rolled_over`` says that nothing of the last one is in it.
    """

    title: str = ""
    items: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: str = ""
    entries: int = 0
    tokens: tuple[str, ...] = ()
    rolled_over: bool = False


class FeedCollector:
    """Reads one feed; see the module's text for its options."""

    name = "feed"

    async def collect(self, feed: FeedSpec, context: Context) -> Collected:
        """One poll: conditional GET, parse, leave out what the last poll already gave."""
        state, replay = context.state, context.as_of is not None
        try:
            # a replay wants the whole window, whatever was fetched before
            response = await context.fetcher.get(
                feed.url,
                etag="" if replay else state.etag,
                last_modified="" if replay else state.last_modified,
                partial=True,
            )
        except FetchError as e:
            return failed(feed, context, e)
        if response.not_modified:
            return Collected(feed=feed.name, not_modified=True, state=success(state, context.now()))
        parsed = await read_feed(response, feed, context, state.seen)
        if parsed.refused:
            return _refused(feed, context, parsed)
        problems = list(parsed.problems)
        if response.truncated:
            problems.append(
                _problem(feed, "cut_off", f"{feed.url}: the connection broke before the end; kept whole entries")
            )
        if parsed.rolled_over:
            problems.append(_gap(feed, parsed, state))
        etag = "" if replay else response.etag
        modified = "" if replay else response.last_modified
        return Collected(
            feed=feed.name,
            items=parsed.items,
            problems=tuple(problems),
            state=_next_state(context, parsed, etag, modified),
        )


PLUGIN = FeedCollector()


def _problem(feed: FeedSpec, kind: str, message: str) -> Problem:
    return Problem(stage="collect", subject=feed.name, kind=kind, message=mask_text(message))


def _refused(feed: FeedSpec, context: Context, parsed: Parsed) -> Collected:
    problem = parsed.problems[-1]
    out = failed(feed, context, FetchError(feed.url, problem.message), parsed.refused)
    limit = feed.options.get("disable_when_empty")
    state = out.state
    if isinstance(limit, int) and parsed.refused in ("empty", "not_a_feed") and state and state.failures >= limit:
        reason = f"found nothing {state.failures} times in a row: {problem.message}"
        return msgspec.structs.replace(out, state=msgspec.structs.replace(state, disabled=reason))
    return out


def _gap(feed: FeedSpec, parsed: Parsed, state: FeedState) -> Problem:
    since = f" (last seen {state.last_item:%Y-%m-%d %H:%M}Z)" if state.last_item else ""
    hint = "poll more often, or add the wire's subject feeds"
    return _problem(feed, "gap", f"gap: the oldest item is newer than the last seen{since}; {hint}")


def _next_state(context: Context, parsed: Parsed, etag: str, modified: str) -> FeedState:
    state = context.state
    newest = max((i.published for i in parsed.items if i.published), default=None)
    return msgspec.structs.replace(
        success(state, context.now()),
        etag=etag,
        last_modified=modified,
        seen=parsed.tokens,
        last_item=max(filter(None, (newest, state.last_item)), default=None),
        gaps=state.gaps + parsed.rolled_over,
    )


# ---- bytes to items ----------------------------------------------------------------------------------------------


async def read_feed(response: Response, feed: FeedSpec, context: Context, seen: tuple[str, ...] = ()) -> Parsed:
    """Read an answer without holding up the loop: in place when it is small and sound, else in a process of its own.

    What a reader does not get through is read once more by the plainest one, and a Problem says so.
    """
    body, bounds = response.body, context.limits
    if response.url and response.url != feed.url:  # relative links count from where the document stands
        feed = msgspec.structs.replace(feed, url=response.url)
    received, as_of, kind = context.now(), context.as_of, response.headers.get("content-type", "")
    channel = read_sound(body) if is_small(body) else None
    if channel is not None:
        return parse_channel(channel, body, feed, received, seen=seen, as_of=as_of, bounds=bounds)
    arguments = (body, feed, received, kind, seen, as_of, bounds)
    try:
        return await apart(bounds, len(body), parse_feed, *arguments, False)
    except ReaderEnded as e:
        ended = _problem(feed, e.kind, f"{feed.url}: the answer {e}")
    try:
        parsed = await apart(bounds, len(body), parse_feed, *arguments, True)
    except ReaderEnded as e:
        return Parsed(problems=(_problem(feed, e.kind, f"the answer {e}"),), refused=e.kind)
    return msgspec.structs.replace(parsed, problems=(ended, *parsed.problems))


def parse_feed(
    body: bytes,
    feed: FeedSpec,
    received: dt.datetime,
    content_type: str = "",
    seen: tuple[str, ...] = (),
    as_of: dt.datetime | None = None,
    bounds: Limits = DEFAULT,
    careful: bool = False,
) -> Parsed:
    """Read one feed document, here and now, however long that takes; see ``read_channel`` for ``careful``.

    ``received`` becomes the receipt of each item; with ``as_of`` (a replay) what was published later is left out and
    receipt is publication. ``seen`` is the last poll's window, which decides what entries are news.
    """
    channel = read_channel(body, content_type, feed.url, careful=careful)
    return parse_channel(channel, body, feed, received, seen=seen, as_of=as_of, bounds=bounds)


def parse_channel(
    channel: ParsedFeed,
    body: bytes,
    feed: FeedSpec,
    received: dt.datetime,
    *,
    seen: tuple[str, ...] = (),
    as_of: dt.datetime | None = None,
    bounds: Limits = DEFAULT,
) -> Parsed:
    """The items of a document that has been read as far as its entries; the rest as ``parse_feed``."""
    title = one_line(channel.title, 200)
    wrong = _wrong(channel, body, feed)
    if wrong is not None:
        return Parsed(title=title, problems=(wrong,), refused=wrong.kind)
    window, problems = Window(seen, channel.entries[: bounds.entries]), _document_problems(channel, feed, bounds)
    maker = _Maker(feed, received, as_of)
    items = []
    for number, entry in enumerate(channel.entries[: bounds.entries], 1):
        try:
            item = maker.item(entry, window)
        except NoWords:
            message = f"{feed.url}: entry {number} left out: it has neither title nor text"
            problems.append(_problem(feed, "bad_entry", message))
            continue
        if item is not None:
            items.append(item)
    return Parsed(
        title=title,
        items=tuple(items),
        problems=at_most(problems, bounds.problems, lambda n: _problem(feed, "bad_entry", f"and {n} more like these")),
        entries=len(channel.entries),
        tokens=window.tokens,
        rolled_over=window.rolled_over,
    )


def _document_problems(channel: ParsedFeed, feed: FeedSpec, bounds: Limits) -> list[Problem]:
    """What is wrong with a document that is read all the same."""
    found = []
    if channel.broken.startswith("is cut off"):
        found.append(_problem(feed, "cut_off", f"{feed.url}: the feed {channel.broken}; kept whole entries"))
    if channel.wrong:
        message = f"{feed.url}: {channel.wrong} wrong characters were taken out; the entries are kept"
        found.append(_problem(feed, "bad_character", message))
    if len(channel.entries) > bounds.entries:
        message = f"{feed.url}: has {len(channel.entries):,} entries; the first {bounds.entries:,} are read"
        found.append(_problem(feed, "too_many", message))
    return found


def _wrong(channel: ParsedFeed, body: bytes, feed: FeedSpec) -> Problem | None:
    if not body.strip():
        return _problem(feed, "empty", "the answer is empty; check the address")
    if not channel.entries and not channel.version:
        page = page_title(body)
        if page is not None:
            named = f" titled {page!r}" if page else ""
            return _problem(feed, "not_a_feed", f"came as an HTML page{named} instead of a feed; check the address")
        said = f" ({channel.broken[:160]})" if channel.broken else ""
        return _problem(feed, "not_a_feed", f"is not a feed{said}; check the address")
    title = one_line(channel.title, 200)
    if feed.expect_title and feed.expect_title.casefold() not in title.casefold():
        message = f"the channel is titled {title!r}, not {feed.expect_title!r}: another feed came"
        message += "; correct the address, or set expect_title"
        return _problem(feed, "wrong_channel", message)
    if not channel.entries and feed.options.get("disable_when_empty"):
        said = f" (it says: {one_line(channel.description, 160)!r})" if channel.description.strip() else ""
        return _problem(feed, "empty", f"the feed has no entries{said}")
    return None


class NoWords(ValueError):
    """An entry with neither title nor text."""


class _Maker:
    """Turns entries into items by the feed's options."""

    def __init__(self, feed: FeedSpec, received: dt.datetime, as_of: dt.datetime | None) -> None:
        self.feed, self.received, self.as_of = feed, received, as_of
        options = feed.options
        self.source = str(options.get("source") or feed.name)
        self.languages = {str(x).lower() for x in options.get("languages") or ()}
        self.zone = str(options.get("timezone") or "")
        self.hints = tuple(str(options[k]) for k in ("ticker",) if options.get(k))
        self.subjects = tuple(str(s) for s in options.get("subjects") or ())
        self.cik = options["cik"] if isinstance(options.get("cik"), int) else None
        self.company, self.form = str(options.get("company") or ""), str(options.get("form") or "PR")

    def item(self, entry: ParsedEntry, window: Window) -> Item | None:
        """The item; None when it is not wanted or not news. Raises NoWords."""
        language = entry.language or _language_of(entry.id)
        if self.languages and language and language.lower().split("-")[0] not in self.languages:
            return None
        stated = moments.read(entry.when, self.zone)
        if self.as_of is not None and moments.is_later(stated, self.as_of):
            return None
        published = moments.publication(stated, self.received)
        link = clean_link(_absolute(entry.link, self.feed.url))
        title = one_line(entry.title) or _first_line(entry.summary) or _first_line(entry.content)
        if not title:
            raise NoWords(entry.id)
        source_id, news = window.take(entry, link)
        return self._build(entry, source_id, link, title, published) if news else None

    def _build(self, entry: ParsedEntry, source_id: str, link: str, title: str, published: dt.datetime | None) -> Item:
        replayed = self.as_of is not None
        return Item(
            source=self.source,
            source_id=source_id,
            url=link,
            title=title,
            summary=html_to_text(entry.summary)[:FEED_TEXT_CHARS] if entry.summary else "",
            body=html_to_text(entry.content)[:FEED_TEXT_CHARS] if entry.content else "",
            published=published,
            received=published if replayed and published else self.received,
            form=self.form,
            cik=self.cik,
            company=self.company or one_line(entry.company, 200),
            ticker_hints=self.hints + tuple(one_line(t, 40) for d, t in entry.categories if _ends(d, "/stock")),
            subjects=tuple(dict.fromkeys(self.subjects + _subjects(entry))),
            replayed=replayed,
        )


def _language_of(identity: str) -> str:
    """The language where only the id tells it: Business Wire's ids are a day, a number and a language."""
    found = _ID_LANGUAGE.match(identity)
    return found[1] if found else ""


def _first_line(markup: str) -> str:
    """The opening of a text, for an entry without a title."""
    return one_line(html_to_text(markup[:20_000]).partition("\n")[0], 200)


def _absolute(link: str, base: str) -> str:
    return link if not link or "://" in link[:12] else absolute(base, link)


def _ends(domain: str, end: str) -> bool:
    return domain.lower().rstrip("/").endswith(end)


def _subjects(entry: ParsedEntry) -> tuple[str, ...]:
    found = []
    for domain, term in entry.categories:
        if _ends(domain, "/isin"):
            found.append(f"ISIN:{term[:12]}")
        elif _ends(domain, "/keyword"):
            entry.keywords.append(term)
        elif not _ends(domain, "/stock"):
            coded = entry.codes and _CODE.match(term)  # PR Newswire's dc:subject repeats its codes
            found.append(f"prn:{term}" if coded else one_line(term, 100))
    found += [f"prn:{c}" if _CODE.match(c) else one_line(c, 100) for c in entry.codes]
    found += [f"keyword:{one_line(k, 60)}" for k in entry.keywords[:MAX_KEYWORDS]]
    return tuple(s for s in found if s)
