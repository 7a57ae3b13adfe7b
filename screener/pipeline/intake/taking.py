"""From items to stored, classified stories: resolve, join, measure novelty, save; then classify.

Items are stored in batches, each in one transaction, so that a kill at any moment leaves whole batches only; what was
not stored is collected again. Items that are stored already are left alone, whatever order they come in, except that
a filing known by its index entry gains its text, and a release whose words changed is taken again (``wordings``).
Stories are classified right after they are stored, in transactions of their own: until then they carry no model id,
and whoever ranks them classifies them first. An intake takes up what an earlier one left unclassified, however old,
some at a time, after what it has stored itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

import msgspec

from screener import clock
from screener.entities.resolve import Resolved, resolve
from screener.entities.stories import Joiner, compose, novelty
from screener.errors import RowRefused, ScreenerError, StoreError
from screener.pipeline.boundary import attempt_now
from screener.pipeline.intake.late_arrivals import take_back
from screener.pipeline.intake.ledger_entries import reading_of
from screener.pipeline.intake.wordings import edited, is_release
from screener.pipeline.workspace import Workspace
from screener.types import Classified, Collected, Item, Problem, Story

BATCH = 500
TAG_BATCH = 20

Tick = Callable[[int], None]


@dataclass(frozen=True)
class LeftOut:
    """An item that could not be stored, and why."""

    item: Item
    problem: Problem


@dataclass
class Taken:
    """What an intake did. ``done`` is when the last of it was classified."""

    items: int = 0
    known: int = 0
    new_stories: int = 0
    tagged: int = 0
    filings: int = 0
    touched: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    done: dt.datetime | None = None

    def add(self, other: Taken) -> None:
        """Count another intake in."""
        self.items += other.items
        self.known += other.known
        self.new_stories += other.new_stories
        self.tagged += other.tagged
        self.filings += other.filings
        self.touched += other.touched
        self.problems += other.problems
        self.left_out += other.left_out
        self.done = other.done or self.done


class Intake:
    """Takes items into the store; keep one for the length of a process, it remembers recent stories.

    With ``tags`` off it only stores and joins: nothing is remembered to be classified, nor read for the dilution ledger.
    """

    def __init__(self, workspace: Workspace, *, tags: bool = True) -> None:
        self._workspace, self._tags = workspace, tags
        self._joiner = Joiner(workspace.store.stories.recent)
        # Stories to be classified: those this intake stored, and whether the store may hold others.
        self._fresh: dict[str, Story] = {}
        self._others = True

    def take(self, items: Iterable[Item], tick: Tick = lambda _: None, taken: Taken | None = None) -> Taken:
        """Store items in order of receipt and classify their stories, and then what was left unclassified before.

        ``tick`` is told how many are done; what is done is added to ``taken`` as it is done.
        """
        taken = Taken() if taken is None else taken
        ordered = in_order(items)
        for start in range(0, len(ordered), BATCH):
            part = ordered[start : start + BATCH]
            stored = self.store(part)
            if stored.left_out:  # once more: what broke it may have passed
                again = self.store([one.item for one in stored.left_out])
                stored.left_out = []
                stored.add(again)
                stored.problems += [one.problem for one in again.left_out]
            taken.add(stored)
            while self._fresh:
                taken.add(self.tag())
            tick(len(part))
        while self.behind:
            taken.add(self.tag())
        taken.done = clock.now()
        return taken

    def store(self, items: Sequence[Item]) -> Taken:
        """Store items that are ``in_order`` in one transaction, and remember their stories for ``tag``.

        One item that breaks a stage must not stop the rest: it is found and left out. Raises StoreError when the store
        itself cannot be written.
        """
        try:
            return self._stored(items)
        except Exception as e:
            if isinstance(e, StoreError) and not isinstance(e, RowRefused):
                raise
            if len(items) == 1:
                return Taken(left_out=[LeftOut(items[0], _unreadable(items[0], e))])
        taken = Taken()
        for item in items:
            taken.add(self.store((item,)))
        return taken

    def tag(self, most: int = TAG_BATCH) -> Taken:
        """Classify up to ``most`` of the stories that are stored and not classified yet, this intake's own first."""
        stories = list(islice(self._fresh.values(), most)) or self._workspace.store.stories.unclassified(most)
        taken = Taken(touched=[s.id for s in stories])
        if not stories:
            self._others = False
            return taken
        found = self._classified(stories, taken)
        self._save(stories, found, taken)
        for story in stories:
            self._fresh.pop(story.id, None)
        taken.tagged, taken.done = sum(bool(c.catalysts) for c in found), clock.now()
        return taken

    @property
    def behind(self) -> bool:
        """Whether stories may be stored that are not classified yet."""
        return bool(self._fresh) or self._others

    def finish(self, collected: Collected) -> int:
        """Store a feed's filings, halts and state, after its items: what is known stops the next poll's paging."""
        with self._workspace.store.transaction():
            return self.note(collected)

    def note(self, collected: Collected) -> int:
        """As ``finish``, inside a transaction of the caller's."""
        store = self._workspace.store
        new = store.filings.add(collected.filings)
        store.halts.add(collected.halts)
        if collected.state is not None:
            store.feeds.save(collected.state)
        return new

    def forget(self, before: dt.datetime) -> None:
        """Drop remembered stories from before a moment, to keep a long watch small."""
        self._joiner.forget(before)

    # ---- storing ----

    def _stored(self, items: Sequence[Item]) -> Taken:
        batch = _Batch(self._workspace, self._joiner, reads=self._tags)
        try:
            with self._workspace.store.transaction():
                batch.take(items)
        except BaseException:
            # what was joined and then rolled back must not be taken for stored
            self._joiner = Joiner(self._workspace.store.stories.recent)
            raise
        self._joiner = batch.joiner
        for story_id in batch.gone:
            self._fresh.pop(story_id, None)
        if self._tags:
            self._fresh.update(batch.touched)
        # Rewriting a story's past leaves it unclassified, though nothing about it is new.
        self._others = True
        return batch.taken

    # ---- classifying ----

    def _save(self, stories: Sequence[Story], found: Sequence[Classified], taken: Taken) -> None:
        """Store answers together; one that cannot be stored is found, and its story stored as without any."""
        store, model_id = self._workspace.store, self._workspace.classifier.model_id

        def save() -> None:
            with store.transaction():
                for story, classified in zip(stories, found, strict=True):
                    store.catalysts.save(classified, story, store.stories.known_since(story.id), model_id)

        problem = attempt_now("classify", stories[0].id, save, (ScreenerError,))
        if problem is None:
            return
        if len(stories) > 1:
            for story, classified in zip(stories, found, strict=True):
                self._save([story], [classified], taken)
        elif found[0].catalysts or found[0].noise:
            taken.problems.append(problem)
            self._save(stories, [Classified(story_id=stories[0].id)], taken)
        else:
            raise StoreError(problem.message)

    def _classified(self, stories: Sequence[Story], taken: Taken) -> list[Classified]:
        try:
            return list(self._workspace.classifier.classify_many(stories))
        except ScreenerError:
            raise
        except Exception as e:  # as in ``store``
            if len(stories) == 1:
                story = stories[0]
                message = f"{story.title[:100]!r} could not be classified ({type(e).__name__}: {e}); it stays untagged"
                taken.problems.append(Problem(stage="classify", subject=story.id, message=message, kind="unreadable"))
                return [Classified(story_id=story.id)]
            return [c for story in stories for c in self._classified((story,), taken)]


def in_order(items: Iterable[Item]) -> list[Item]:
    """Items as they are to be stored: by receipt."""
    return sorted(items, key=order_of)


def order_of(item: Item) -> tuple[dt.datetime, str, str]:
    """What items are sorted by: receipt, then source."""
    return item.received, item.source, item.source_id


def _unreadable(item: Item, error: Exception) -> Problem:
    message = f"{item.title[:100]!r} could not be read ({type(error).__name__}: {error}); it is left out"
    return Problem(stage="resolve", subject=f"{item.source} {item.source_id}"[:200], message=message, kind="unreadable")


class _Batch:
    """One transaction's items. New stories are collected and written together when somebody has to see them."""

    def __init__(self, workspace: Workspace, joiner: Joiner, *, reads: bool) -> None:
        self._store, self._table, self._rewind = workspace.store, workspace.table, workspace.store.rewind
        self.joiner, self._reads = joiner, reads
        self._new: list[tuple[Story, dt.datetime]] = []
        self._items: list[tuple[Item, str]] = []
        self._tickers: set[str] = set()
        self._with_past: set[str] = set()
        self._edited: list[Item] = []
        self.touched: dict[str, Story] = {}
        self.gone: list[str] = []
        self.taken = Taken()

    def take(self, items: Sequence[Item]) -> None:
        """Store the items that are not known; to be called inside a transaction."""
        pairs = [(item, resolve(item, self._table)) for item in self._unknown(items)]
        pairs = self._with_later(pairs)
        self.joiner.prime(pairs)
        self.joiner.hold(s for i in self._edited if (s := self._store.stories.get(self._story_of(i))) is not None)
        self._with_past = self._store.stories.tickers_with_stories({r.tickers[0] for _, r in pairs if r.tickers})
        for item, resolved in pairs:
            self._join(item, resolved)
            if self._reads and (reading := reading_of(item, resolved, self._table)) is not None:
                self._store.dilution.add(*reading)
        self._flush()

    def _with_later(self, pairs: list[tuple[Item, Resolved]]) -> list[tuple[Item, Resolved]]:
        """The items together with those of stories that must be made anew because some of these come late."""
        again, gone = take_back(self._rewind, pairs)
        if not gone:
            return pairs
        self.joiner = Joiner(self._store.stories.recent)
        self.taken.items -= len(again)
        self.taken.new_stories -= len(gone)
        self.gone += gone
        old = [(item, resolve(item, self._table)) for item in again]
        return sorted(old + pairs, key=lambda p: order_of(p[0]))

    def _unknown(self, items: Sequence[Item]) -> list[Item]:
        by_source: dict[str, list[str]] = {}
        for item in items:
            by_source.setdefault(item.source, []).append(item.source_id)
        known = {s: self._store.items.known(s, ids) for s, ids in by_source.items()}
        fresh: dict[tuple[str, str], list[Item]] = {}
        for item in items:
            key = (item.source, item.source_id)
            stored = item.source_id in known[item.source]
            held = fresh.get(key)
            if held and len(held) == 1 and item.body and not held[0].body and not is_release(item):
                fresh[key] = [item]  # a filing's index entry and its text in one batch
            elif self._is_news(item, held or (), stored):
                fresh.setdefault(key, []).append(item)
            else:
                self.taken.known += 1
        return [item for wordings in fresh.values() for item in wordings]

    def _is_news(self, item: Item, batch: Sequence[Item], stored: bool) -> bool:
        """Whether an item says what neither this batch nor the store holds under its id."""
        if not stored and not batch:
            return True
        if not is_release(item):
            return not batch and self._gains_text(item)
        held = (self._store.items.wordings(item.source, item.source_id) if stored else []) + list(batch)
        if any(i.received == item.received for i in batch) or not edited(item, held):
            return False
        self._edited.append(item)
        return True

    def _story_of(self, item: Item) -> str:
        return self._store.items.story_of(item.source, item.source_id)

    def _gains_text(self, item: Item) -> bool:
        """Whether a filing that is known by its index entry alone comes with its text now."""
        if not item.body or item.form == "HALT":
            return False
        held = self._store.items.get(item.source, item.source_id)
        return held is not None and not held.body and held.received < item.received

    def _join(self, item: Item, resolved: Resolved) -> None:
        joined = self.joiner.add(item, resolved)
        story = joined.story
        if joined.new:
            self.taken.new_stories += 1
            story = self._with_novelty(story, item.received)
            self._new.append((story, item.received))
            self._items.append((item, story.id))
            self._tickers.update(story.tickers)
        else:
            self._flush()
            if joined.changed:
                story = self._changed(story, item)
            self._store.items.add([(item, story.id)])
            if item.received < self._store.stories.known_since(story.id):
                self._rewrite(story)
        self.taken.items += 1
        if joined.new or joined.changed:
            self.touched.pop(story.id, None)
            self.touched[story.id] = story

    def _flush(self) -> None:
        if self._new:
            self._store.stories.add(self._new)
            self._store.items.add(self._items)
            self._with_past |= self._tickers
            self._new, self._items, self._tickers = [], [], set()

    def _changed(self, story: Story, item: Item) -> Story:
        """Save the next version; what was measured when the story was new stays with it."""
        old = self._store.stories.get(story.id)
        if old is not None and story.novelty is None:
            story = msgspec.structs.replace(story, novelty=old.novelty, repeats=old.repeats)
        self._store.stories.save(story, max(item.received, self._store.stories.known_since(story.id)))
        return story

    def _rewrite(self, story: Story) -> None:
        """An item older than what the story already knew: write its versions anew in order of receipt.

        The list as of a moment between must be the one that would have been made had the items come in order.
        """
        items = self._store.items.of_story(story.id)
        composed = compose([(i, resolve(i, self._table)) for i in items], story.id)
        versions: dict[dt.datetime, Story] = {}
        for item, version in zip(items, composed, strict=True):
            versions[item.received] = msgspec.structs.replace(version, novelty=story.novelty, repeats=story.repeats)
        self._store.stories.replace_versions(story.id, sorted(versions.items(), key=lambda v: v[0]))

    def _with_novelty(self, story: Story, known_by: dt.datetime) -> Story:
        ticker = story.tickers[0] if story.tickers else ""
        if ticker in self._tickers:
            self._flush()
        if not ticker or ticker not in self._with_past:
            return story
        last = self._store.stories.last_of_ticker(ticker, story.published, known_by)
        score, repeats = novelty(story, last)
        return msgspec.structs.replace(story, novelty=score, repeats=repeats)
