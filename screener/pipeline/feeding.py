"""Trying, adding and removing feeds, without touching the store."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import anyio

from screener import clock
from screener.collectors.base import Context
from screener.config import Settings
from screener.errors import InputError
from screener.http import Fetcher
from screener.pipeline.collect import collectors
from screener.pipeline.desk import all_feeds, feed_named
from screener.types import Collected, FeedSpec, FeedState


def known_feeds(settings: Settings) -> dict[str, FeedSpec]:
    """All feeds by name, with the user's settings on top."""
    return all_feeds(settings)


def check_feeds(settings: Settings, names: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Fetch feeds once each: a line of what came, and whether it was good."""
    feeds = all_feeds(settings)
    chosen = [feed_named(feeds, n) for n in names] if names else [f for f in feeds.values() if f.enabled]
    for feed in chosen:
        found = fetch_once(settings, feed)
        for line in _tell(feed, found):
            yield line, not found.problems


def fetch_once(settings: Settings, feed: FeedSpec) -> Collected:
    """One poll of a feed as if for the first time."""

    async def fetch() -> Collected:
        host = urlsplit(feed.url).netloc
        async with Fetcher(contact=settings.edgar.contact, timeout=settings.http.timeout, allowed_hosts={host}) as get:
            context = Context(
                fetcher=get,
                now=clock.now,
                state=FeedState(name=feed.name),
                options={**feed.options, "base_url": feed.url},
            )
            return await collectors()[feed.kind].collect(feed, context)

    return anyio.run(fetch)


def _tell(feed: FeedSpec, found: Collected) -> Iterator[str]:
    newest = max((i.published for i in found.items if i.published), default=None)
    when = f", newest {clock.eastern(newest)}" if newest else ""
    filings = f", {len(found.filings)} filings" if found.filings else ""
    yield f"{feed.name}: {len(found.items)} items{filings}{when} ({feed.url})"
    for item in found.items[:3]:
        hints = f" [{', '.join(item.ticker_hints)}]" if item.ticker_hints else ""
        yield f"  {clock.eastern(item.published) if item.published else 'no time'}  {item.title[:100]}{hints}"
    for problem in found.problems[:5]:
        yield f"  problem: {problem.message}"


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
    """Try an address and write its feed file. Raises InputError when it is no feed."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"{url}: give a whole address that starts with https://")
    name = name or re.sub(r"[^a-z0-9]+", "_", parts.hostname.removeprefix("www.").lower()).strip("_")
    place = own_folder(settings, folder)
    path = place / f"{name}.yml"
    if path.exists() or name in all_feeds(settings):
        raise InputError(f"{name}: there is a feed of that name already; choose another with --name")
    feed = FeedSpec(name=name, kind="feed", url=url)
    found = fetch_once(settings, feed)
    yield from _tell(feed, found)
    if not found.items:
        raise InputError(f"{url}: gave no item, so nothing was written; see the problem above")
    place.mkdir(parents=True, exist_ok=True)
    path.write_text(f"title: {name}\nkind: feed\nurl: {_quoted(url)}\nevery: 60\n", encoding="utf-8")
    yield f"written: {path}"
    if place.parent not in [Path(f).expanduser() for f in settings.rules.folders]:
        yield f'to read it, name its folder in screener.toml: [rules] folders = ["{place.parent}"]'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
