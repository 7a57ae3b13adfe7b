"""Trying, adding and removing feeds, without touching the store."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import anyio

from screener import clock
from screener.addresses import mask
from screener.collectors.base import Context
from screener.collectors.feed import Parsed, read_feed
from screener.collectors.load import load_feeds
from screener.config import Settings
from screener.entities.resolve import resolve
from screener.entities.tickers import TickerTable
from screener.errors import FetchError, InputError, ScreenerError
from screener.http import Fetcher
from screener.pipeline.collecting.poll import collectors
from screener.pipeline.workspace import all_feeds, feed_named
from screener.types import Collected, FeedSpec, FeedState, Item


def known_feeds(settings: Settings) -> dict[str, FeedSpec]:
    """All feeds by name, with the user's settings on top."""
    return all_feeds(settings)


AT_ONCE = 8
"""Feeds that are checked at the same time, each in a thread with a loop of its own."""


def check_feeds(settings: Settings, names: Sequence[str]) -> Iterator[tuple[str, str, bool]]:
    """Fetch feeds once each, several at once: (feed, line of what came, whether it was good), in the order asked."""
    feeds = all_feeds(settings)
    chosen = [feed_named(feeds, n) for n in names] if names else [f for f in feeds.values() if f.enabled]
    collectors()  # found once, before threads would look for them side by side
    with ThreadPoolExecutor(max_workers=AT_ONCE) as threads:
        for feed, found in zip(chosen, threads.map(lambda f: fetch_once(settings, f), chosen), strict=True):
            for line in _tell(feed, found):
                yield feed.name, line, not found.problems


def fetch_once(settings: Settings, feed: FeedSpec) -> Collected:
    """One poll of a feed as if for the first time."""
    kinds = collectors()
    if feed.kind not in kinds:
        where = feed.path or "settings"
        raise InputError(f"{where}: feed {feed.name}: kind {feed.kind!r} is none of {', '.join(sorted(kinds))}")

    async def fetch() -> Collected:
        async with _fetcher(settings, feed.url) as get:
            context = Context(
                fetcher=get,
                now=clock.now,
                state=FeedState(name=feed.name),
                options={**feed.options, "base_url": feed.url},
                limits=settings.limits,
            )
            return await kinds[feed.kind].collect(feed, context)

    return anyio.run(fetch)


def _fetcher(settings: Settings, url: str) -> Fetcher:
    return Fetcher(
        contact=settings.edgar.contact,
        paces=dict(settings.http.pace) or None,
        timeout=settings.http.timeout,
        max_bytes=settings.limits.body_bytes,
        total_timeout=settings.limits.fetch_seconds,
        allowed_hosts={urlsplit(url).netloc.rpartition("@")[2]},
    )


def _tell(feed: FeedSpec, found: Collected) -> Iterator[str]:
    newest = max((i.published for i in found.items if i.published), default=None)
    when = f", newest {clock.eastern(newest)}" if newest else ""
    counts = f"{len(found.items)} items" + (f", {len(found.filings)} filings" if found.filings else "")
    counts += f", {len(found.halts)} halts" if found.halts else ""
    yield f"{feed.name}: {counts}{when} ({mask(feed.url)})"
    yield from _examples(found.items)
    for problem in found.problems[:5]:
        yield f"  problem: {problem.message}"
    if len(found.problems) > 5:
        yield f"  problem: and {len(found.problems) - 5} more"


def _examples(items: Sequence[Item]) -> Iterator[str]:
    for item in items[:3]:
        tickers = _tickers(item)
        hints = f" [{', '.join(tickers)}]" if tickers else ""
        yield f"  {clock.eastern(item.published) if item.published else 'no time'}  {item.title[:100]}{hints}"


def own_folder(settings: Settings, folder: str | None) -> Path:
    """The user's feeds folder. Raises InputError when none is configured."""
    if folder:
        return Path(folder).expanduser() / "feeds"
    own = settings.rules.folders
    if not own:
        raise InputError(
            "no rules folder of yours: give --folder, and name it in screener.toml: [rules] folders = [...]"
        )
    return Path(own[0]).expanduser() / "feeds"


def add_feed(settings: Settings, url: str, name: str | None, folder: str | None) -> Iterator[str]:
    """Try an address, say what was understood, and write its feed file. Raises InputError when it is no feed."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"{mask(url)}: give a whole address that starts with https://")
    name = name or re.sub(r"[^a-z0-9]+", "_", parts.hostname.removeprefix("www.").lower()).strip("_")
    place = own_folder(settings, folder)
    path = place / f"{name}.yml"
    if path.exists() or name in all_feeds(settings):
        raise InputError(f"{name}: there is a feed of that name already; choose another with --name")
    parsed = _try(settings, FeedSpec(name=name, kind="feed", url=url))
    yield from _understood(name, parsed)
    place.mkdir(parents=True, exist_ok=True)
    path.write_text(_feed_file(name, url, parsed), encoding="utf-8")
    try:
        load_feeds(place)
    except ScreenerError:
        path.unlink()
        raise
    yield f"written: {path}"
    if place.parent.resolve() not in [Path(f).expanduser().resolve() for f in settings.rules.folders]:
        yield f'to read it, name its folder in screener.toml: [rules] folders = ["{place.parent}"]'


def _try(settings: Settings, feed: FeedSpec) -> Parsed:
    """Fetch and read an address as a feed. Raises InputError with the one reason why it is none."""

    async def fetch() -> Parsed:
        async with _fetcher(settings, feed.url) as get:
            response = await get.get(feed.url)
        context = Context(fetcher=get, now=clock.now, state=FeedState(name=feed.name), limits=settings.limits)
        return await read_feed(response, feed, context)

    try:
        parsed = anyio.run(fetch)
    except FetchError as e:
        raise InputError(f"{e}; nothing was written") from e
    if not parsed.items:
        reason = parsed.problems[-1].message if parsed.problems else "the feed has no entries"
        raise InputError(f"{mask(feed.url)}: {reason.removeprefix(f'{mask(feed.url)}: ')}; nothing was written")
    return parsed


def _understood(name: str, parsed: Parsed) -> Iterator[str]:
    items = parsed.items
    dated = [i.published for i in items if i.published]
    span = f" from {clock.eastern(min(dated))} to {clock.eastern(max(dated))}" if dated else ""
    yield f"{name}: {parsed.title or 'without a title'}: {parsed.entries} entries, {len(items)} items{span}"
    told = (("a time", len(dated)), ("a ticker", sum(bool(_tickers(i)) for i in items)), ("text", _texts(items)))
    yield "  with " + ", ".join(f"{what}: {n}" for what, n in told)
    yield from _examples(items)
    for problem in parsed.problems[:5]:
        yield f"  problem: {problem.message}"


def _tickers(item: Item) -> tuple[str, ...]:
    """The tickers that the item names itself, without looking anything up."""
    return resolve(item, TickerTable()).tickers


def _texts(items: Sequence[Item]) -> int:
    return sum(bool(i.summary or i.body) for i in items)


def _feed_file(name: str, url: str, parsed: Parsed) -> str:
    title = _quoted(parsed.title or name)
    expect = f"expect_title: {title}\n" if parsed.title else ""
    return f"title: {title}\nkind: feed\nurl: {_quoted(url)}\nevery: 60\n{expect}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
