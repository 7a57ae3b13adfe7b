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
from urllib.parse import urljoin

import msgspec
from msgspec import Struct

from screener.collectors.base import Context, failed, success
from screener.collectors.entry import Channel, Entry, plausible, read_date
from screener.collectors.identity import Window, clean_link
from screener.collectors.openweb import is_light, read_json_feed, read_lenient
from screener.collectors.rss import read_xml
from screener.collectors.text import html_to_text, one_line
from screener.errors import FetchError
from screener.types import Collected, FeedSpec, FeedState, Item, Problem

MAX_TEXT = 200_000
MAX_KEYWORDS = 10
OPTIONS = ("source", "company", "ticker", "cik", "subjects", "languages", "timezone", "disable_when_empty", "form")
_ROOTS = ((b"<rss", b"</channel></rss>"), (b"<feed", b"</feed>"), (b"<rdf:RDF", b"</rdf:RDF>"))
_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|RDF)\b")
_HTML = re.compile(
    rb"(?i)\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)"
)
_HTML_TITLE = re.compile(rb"(?is)<title[^>]*>(.{0,200}?)</title>")
_CODE = re.compile(r"[A-Z0-9]{2,4}$")


class Parsed(Struct, frozen=True, kw_only=True):
    """A feed document read. ``refused`` is the kind of problem that makes the whole document useless, else empty."""

    title: str = ""
    items: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: str = ""
    entries: int = 0


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
        window = Window(state.seen)
        content_type = response.headers.get("content-type", "")
        parsed = parse_feed(response.body, feed, context.now(), content_type, window=window, as_of=context.as_of)
        if parsed.refused:
            return _refused(feed, context, parsed)
        problems = list(parsed.problems)
        if response.truncated:
            problems.append(
                _problem(feed, "cut_off", f"{feed.url}: the connection broke before the end; kept whole entries")
            )
        if window.rolled_over:
            problems.append(_gap(feed, parsed, state))
        etag = "" if replay else response.etag
        modified = "" if replay else response.last_modified
        return Collected(
            feed=feed.name,
            items=parsed.items,
            problems=tuple(problems),
            state=_next_state(context, parsed, window, etag, modified),
        )


PLUGIN = FeedCollector()


def _problem(feed: FeedSpec, kind: str, message: str) -> Problem:
    return Problem(stage="collect", subject=feed.name, kind=kind, message=message)


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


def _next_state(context: Context, parsed: Parsed, window: Window, etag: str, modified: str) -> FeedState:
    state = context.state
    newest = max((i.published for i in parsed.items if i.published), default=None)
    return msgspec.structs.replace(
        success(state, context.now()),
        etag=etag,
        last_modified=modified,
        seen=window.tokens,
        last_item=max(filter(None, (newest, state.last_item)), default=None),
        gaps=state.gaps + window.rolled_over,
    )


# ---- bytes to items ----------------------------------------------------------------------------------------------


def parse_feed(
    body: bytes,
    feed: FeedSpec,
    received: dt.datetime,
    content_type: str = "",
    *,
    window: Window | None = None,
    as_of: dt.datetime | None = None,
) -> Parsed:
    """Read one feed document. Never raises.

    ``received`` becomes the receipt of each item; with ``as_of`` (a replay) what was published later is left out and
    receipt is publication. ``window`` decides which entries are news; without one all are.
    """
    channel = read_channel(body, content_type, feed.url)
    wrong = _wrong(channel, body, feed)
    if wrong is not None:
        return Parsed(title=one_line(channel.title, 200), problems=(wrong,), refused=wrong.kind)
    window = window if window is not None else Window(())
    problems = []
    if channel.broken.startswith("is cut off"):
        problems.append(_problem(feed, "cut_off", f"{feed.url}: the feed {channel.broken}; kept whole entries"))
    maker = _Maker(feed, received, as_of)
    items = []
    for number, entry in enumerate(channel.entries, 1):
        try:
            item = maker.item(entry, window)
        except NoWords:
            message = f"{feed.url}: entry {number} left out: it has neither title nor text"
            problems.append(_problem(feed, "bad_entry", message))
            continue
        if item is not None:
            items.append(item)
    title = one_line(channel.title, 200)
    return Parsed(title=title, items=tuple(items), problems=tuple(problems[:50]), entries=len(channel.entries))


def read_channel(body: bytes, content_type: str = "", url: str = "") -> Channel:
    """The entries of a feed document by the strictest reader that can read it; never raises."""
    if body.lstrip()[:1] == b"{":
        found = read_json_feed(body)
        return found or Channel(entries=[], broken="is neither a JSON Feed nor XML")
    channel = read_xml(body)
    if channel is not None:
        return channel
    whole = _whole_entries(body)
    if whole is not None:
        channel = read_xml(whole) or _lenient(whole, content_type, url)
        if channel.entries:
            channel.broken = "is cut off"
            return channel
    return _lenient(body, content_type, url)


def _lenient(body: bytes, content_type: str, url: str) -> Channel:
    """feedparser knows more, but a large broken document could keep it busy for minutes: then lxml does what it can."""
    if is_light(body):
        return read_lenient(body, content_type, url)
    return read_xml(body, recover=True) or Channel(entries=[], broken="is not well-formed, and large")


def _whole_entries(body: bytes) -> bytes | None:
    """A document that stops in the middle, closed after its last whole entry; None when it does not look like one."""
    at, last = max((body.rfind(end), end) for end in (b"</item>", b"</entry>"))
    if at <= 0 or _END.search(body, at):
        return None
    head = body[:at].lstrip()[:2000]
    root = next((closing for opening, closing in _ROOTS if opening in head), b"")
    return body[: at + len(last)] + root if root else None


def _wrong(channel: Channel, body: bytes, feed: FeedSpec) -> Problem | None:
    if not body.strip():
        return _problem(feed, "empty", "the answer is empty; check the address")
    if not channel.entries and not channel.version:
        if _HTML.match(body[:2000]):
            page = _HTML_TITLE.search(body[:100_000])
            named = f" titled {one_line(page[1].decode('utf-8', 'replace'), 80)!r}" if page else ""
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

    def item(self, entry: Entry, window: Window) -> Item | None:
        """The item; None when it is not wanted or not news. Raises NoWords."""
        if self.languages and entry.language and entry.language.lower().split("-")[0] not in self.languages:
            return None
        published = read_date(entry.when, self.zone)
        if self.as_of is not None and published is not None and published > self.as_of:
            return None
        link = clean_link(_absolute(entry.link, self.feed.url))
        title = one_line(entry.title) or one_line(html_to_text(entry.summary), 200)
        if not title:
            raise NoWords(entry.id)
        source_id, news = window.take(entry, link)
        return self._build(entry, source_id, link, title, plausible(published, self.received)) if news else None

    def _build(self, entry: Entry, source_id: str, link: str, title: str, published: dt.datetime | None) -> Item:
        replayed = self.as_of is not None
        return Item(
            source=self.source,
            source_id=source_id,
            url=link,
            title=title,
            summary=html_to_text(entry.summary)[:MAX_TEXT] if entry.summary else "",
            body=html_to_text(entry.content)[:MAX_TEXT] if entry.content else "",
            published=published,
            received=published if replayed and published else self.received,
            form=self.form,
            cik=self.cik,
            company=self.company or one_line(entry.company, 200),
            ticker_hints=self.hints + tuple(one_line(t, 40) for d, t in entry.categories if _ends(d, "/stock")),
            subjects=tuple(dict.fromkeys(self.subjects + _subjects(entry))),
            replayed=replayed,
        )


def _absolute(link: str, base: str) -> str:
    if not link or "://" in link[:12]:
        return link
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def _ends(domain: str, end: str) -> bool:
    return domain.lower().rstrip("/").endswith(end)


def _subjects(entry: Entry) -> tuple[str, ...]:
    found = []
    for domain, term in entry.categories:
        if _ends(domain, "/isin"):
            found.append(f"ISIN:{term[:12]}")
        elif _ends(domain, "/keyword"):
            entry.keywords.append(term)
        elif not _ends(domain, "/stock"):
            found.append(one_line(term, 100))
    found += [f"prn:{c}" if _CODE.match(c) else one_line(c, 100) for c in entry.codes]
    found += [f"keyword:{one_line(k, 60)}" for k in entry.keywords[:MAX_KEYWORDS]]
    return tuple(s for s in found if s)
