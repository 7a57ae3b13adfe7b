"""From items to stored, classified stories: resolve, join, measure novelty, classify, save.

One call stores one batch in one transaction, so that a kill at any moment leaves whole batches only; what was not
stored is collected again. Items that are stored already are left alone, whatever order they come in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from screener import clock
from screener.entities.resolve import Resolved, resolve
from screener.entities.stories import Joiner, compose, novelty
from screener.pipeline.desk import Desk
from screener.types import Collected, Item, Problem, Story

BATCH = 1000


@dataclass
class Taken:
    """What an intake did."""

    items: int = 0
    known: int = 0
    new_stories: int = 0
    tagged: int = 0
    filings: int = 0
    touched: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    done: dt.datetime | None = None


class Intake:
    """Takes items into the store; keep one for the length of a process, it remembers recent stories."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._joiner = Joiner(desk.store.news.recent)

    def take(self, items: Iterable[Item], tick: Callable[[int], None] = lambda _: None) -> Taken:
        """Store items in order of receipt, in batches; ``tick`` is told how many are done."""
        taken = Taken()
        ordered = sorted(items, key=lambda i: (i.received, i.source, i.source_id))
        for start in range(0, len(ordered), BATCH):
            part = ordered[start : start + BATCH]
            with self._desk.store.transaction():
                self._batch(part, taken)
            tick(len(part))
        taken.done = clock.now()
        return taken

    def finish(self, collected: Collected) -> int:
        """Store a feed's filings, halts and state, after its items: what is known stops the next poll's paging."""
        news = self._desk.store.news
        with self._desk.store.transaction():
            new = news.add_filings(collected.filings)
            news.add_halts(collected.halts)
            if collected.state is not None:
                news.save_feed_state(collected.state)
        return new

    def forget(self, before: dt.datetime) -> None:
        """Drop remembered stories from before a moment, to keep a long watch small."""
        self._joiner.forget(before)

    def _batch(self, items: Sequence[Item], taken: Taken) -> None:
        touched: dict[str, tuple[Story, dt.datetime]] = {}
        pairs = [(item, resolve(item, self._desk.table)) for item in self._unknown(items, taken)]
        self._joiner.prime(pairs)
        for item, resolved in pairs:
            story = self._join(item, resolved, taken)
            touched[story.id] = (story, item.received)
        classifier = self._desk.classifier
        stories = [story for story, _ in touched.values()]
        for found in classifier.classify_many(stories):
            story, known_at = touched[found.story_id]
            self._desk.store.news.save_classified(found, story, known_at, classifier.model_id)
            taken.tagged += bool(found.catalysts)
        taken.touched += touched

    def _unknown(self, items: Sequence[Item], taken: Taken) -> list[Item]:
        by_source: dict[str, list[str]] = {}
        for item in items:
            by_source.setdefault(item.source, []).append(item.source_id)
        known = {s: self._desk.store.news.known_items(s, ids) for s, ids in by_source.items()}
        fresh: dict[tuple[str, str], Item] = {}
        for item in items:
            if item.source_id in known[item.source] or (item.source, item.source_id) in fresh:
                taken.known += 1
            else:
                fresh[item.source, item.source_id] = item
        return list(fresh.values())

    def _join(self, item: Item, resolved: Resolved, taken: Taken) -> Story:
        news = self._desk.store.news
        joined = self._joiner.add(item, resolved)
        story = joined.story
        if joined.new:
            taken.new_stories += 1
            story = self._with_novelty(story, item.received)
            news.save_story(story, item.received)
        elif joined.changed:
            story = self._changed(story, item)
        news.add_items([(item, story.id)])
        if item.received < news.known_since(story.id):
            self._rewrite(story)
        taken.items += 1
        return story

    def _changed(self, story: Story, item: Item) -> Story:
        """Save the next version; what was measured when the story was new stays with it."""
        old = self._desk.store.news.story(story.id)
        if old is not None and story.novelty is None:
            story = msgspec.structs.replace(story, novelty=old.novelty, repeats=old.repeats)
        self._desk.store.news.save_story(story, max(item.received, self._desk.store.news.known_since(story.id)))
        return story

    def _rewrite(self, story: Story) -> None:
        """An item older than what the story already knew: write its versions anew in order of receipt.

        The list as of a moment between must be the one that would have been made had the items come in order.
        """
        news = self._desk.store.news
        items = news.items_of(story.id)
        composed = compose([(i, resolve(i, self._desk.table)) for i in items], story.id)
        versions: dict[dt.datetime, Story] = {}
        for item, version in zip(items, composed, strict=True):
            versions[item.received] = msgspec.structs.replace(version, novelty=story.novelty, repeats=story.repeats)
        news.replace_versions(story.id, sorted(versions.items(), key=lambda v: v[0]))

    def _with_novelty(self, story: Story, known_by: dt.datetime) -> Story:
        if not story.tickers:
            return story
        last = self._desk.store.news.last_of_ticker(story.tickers[0], story.published, known_by)
        score, repeats = novelty(story, last)
        return msgspec.structs.replace(story, novelty=score, repeats=repeats)
