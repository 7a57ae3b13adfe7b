"""One event, one story: copies on several wires, corrections, and the filing or agency record that confirms it.

Two items can only be one story when they share a ticker or a CIK. Then, pair by pair (``matching``):

====================================  ==============================================================================
the two items                         one story when
====================================  ==============================================================================
same accession, or same feed and id   always (a guid that a feed used again for another title starts a story)
release, same title                   within a day; later only if marked corrected or with the same text
release, title marked as correction   80 % of the telling words, same stage, within five days
release, cut title                    one is the other's end, within a quarter of an hour; or its beginning and dots,
                                      within a day
release, another language             a name, number or learned word in common; two when over a quarter of an hour apart
release, other wording                72 % of the telling words within 12 hours, 85 % within a day; less when an amount or
                                      ratio is common (45 %), both parties are named crosswise (30 %) or a newsroom
                                      relays it within two hours (45 %, with the amount 20 %)
... but on one wire by one company    75 % of all telling words of both, and no other text: wires do not repeat themselves
release, other stage                  never: proposed, priced and closed are three pieces of news of one deal
release, other amount, ratio, phase,  never
quarter or product code
filing (8-K, 6-K, 424B, FWP, 425,     its text holds the release's title or opening; or, a prospectus, an amount or
SC TO, 10-) and release               product code of an offering's release
8-K and release                       else: an item number that names the title's subject (1.01 a deal, 2.02 results, 3.01
                                      listing, 3.03 split, 5.02 officers ...), from 12 hours before to 4 days after it;
                                      where the filing has text, the title's amount or ratio stands in it
424B, FWP without text and release    an offering in the title, up to 3 days before it, and not its closing
8-K, 6-K without text and release     else: filed within two hours of it
any other filing (S-1, S-3, 25, 4,    never: registration, delisting and insiders' trades are their own news
SCHEDULE 13D ...) and release
filing and filing                     an amendment with the same text, nothing else
FDA record and release                approval or rejection in the title as in the record, within 3 days
award and release                     an award in the title and the record's amount in its opening, within 3 days
trial registry and anything           never
trading halt and anything             never: a halt is a story of its own
neither ticker nor CIK                titles 95 % alike, same kind of source, within a day
====================================  ==============================================================================

A release joins a story by its releases when there are any, so a filing that carries two releases does not make them
one. Among several that fit, the surest, then the nearest in time is taken.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice

from msgspec import Struct

from screener.entities.features import ACCESSION, FILING, HALT, RECORD, RELEASE, Features, kind_of
from screener.entities.matching import HOUR, WINDOW, same_event
from screener.entities.merging import item_text, merge, new_story
from screener.entities.novelty import novelty
from screener.entities.resolve import Resolved
from screener.types import Item, Story

__all__ = ["Joined", "Joiner", "compose", "novelty"]

Recent = Callable[[Collection[str], Collection[int], dt.datetime], Sequence[Story]]
LOOK_BACK = WINDOW * 2
MOST = 60  # candidates looked at per company: a flood of one ticker must not stop the rest
_NOBODY = ""
_Index = defaultdict[str, dict[str, None]]  # story ids in order of arrival, by key


class Joined(Struct, frozen=True, kw_only=True):
    """What became of an item: its story, whether it is new, and whether an old one changed."""

    story: Story
    new: bool
    changed: bool


class Joiner:
    """Joins items to stories, one by one.

    ``recent(tickers, ciks, since)`` gives the stored stories of those companies published since then; it is asked
    once per company, or once for many through ``prime``. With both collections empty it is asked for the stories of
    no known company. Stories joined here are remembered, whether or not they have been stored meanwhile.
    """

    def __init__(self, recent: Recent) -> None:
        self._recent = recent
        self._asked: dict[str, dt.datetime] = {}
        self._stories: dict[str, Story] = {}
        self._members: dict[str, list[Features]] = {}
        self._by_identity: _Index = defaultdict(dict)
        self._worded: _Index = defaultdict(dict)
        self._silent: _Index = defaultdict(dict)

    def prime(self, batch: Iterable[tuple[Item, Resolved]]) -> None:
        """Ask the store once for all companies of a batch."""
        wanted: dict[str, dt.datetime] = {}
        for item, resolved in batch:
            since = _time(item) - LOOK_BACK
            for key in _company_keys(resolved) or [_NOBODY]:
                wanted[key] = min(since, wanted.get(key, since))
        nobody = wanted.pop(_NOBODY, None)
        self._ask(wanted)
        if nobody is not None:
            self._ask({_NOBODY: nobody})

    def hold(self, stories: Iterable[Story]) -> None:
        """Remember stored stories, whosever they are."""
        for story in stories:
            if story.id not in self._stories:
                self._remember(story, _stored_features(story))

    def add(self, item: Item, resolved: Resolved) -> Joined:
        """Give the item's story. Adding an item twice changes nothing."""
        keys = _company_keys(resolved)
        since = _time(item) - LOOK_BACK
        self._ask(dict.fromkeys(keys, since) if keys else {_NOBODY: since})
        features = _features(item, resolved.company)
        known = self._again(item, features)
        if known is None:
            known = self._best(features, keys or _title_keys(features), bool(keys))
        if known is None:
            story = new_story(item, resolved, self._free_id(item, features))
            self._remember(story, features)
            return Joined(story=story, new=True, changed=False)
        old = self._stories[known]
        story = merge(old, item, resolved, features, self._members[known])
        if story != old:
            self._remember(story, features)
        return Joined(story=story, new=False, changed=story != old)

    def forget(self, before: dt.datetime) -> None:
        """Drop remembered stories first seen before that moment, to keep a long watch small."""
        gone = {i for i, s in self._stories.items() if s.first_seen < before}
        for story_id in gone:
            del self._stories[story_id], self._members[story_id]
        for index in (self._by_identity, self._worded, self._silent):
            for key, ids in list(index.items()):
                for story_id in gone & ids.keys():
                    del ids[story_id]
                if not ids:
                    del index[key]
        self._asked.clear()

    # ---- what is known --------------------------------------------------------------------------------------------

    def _ask(self, wanted: dict[str, dt.datetime]) -> None:
        fresh = {k: since for k, since in wanted.items() if k not in self._asked or self._asked[k] > since}
        if not fresh:
            return
        tickers = [k[2:] for k in fresh if k.startswith("t:")]
        ciks = [int(k[2:]) for k in fresh if k.startswith("c:")]
        for story in self._recent(tickers, ciks, min(fresh.values())):
            if story.id not in self._stories:
                self._remember(story, _stored_features(story))
        self._asked.update(fresh)

    def _remember(self, story: Story, features: Features) -> None:
        """Keep a story and index it under its companies and identities."""
        self._stories[story.id] = story
        self._members.setdefault(story.id, []).append(features)
        for identity in _identities(story):
            self._by_identity[identity][story.id] = None
        keys = [f"t:{t}" for t in story.tickers] + ([f"c:{story.cik}"] if story.cik is not None else [])
        index = self._silent if features.kind == FILING and not features.text else self._worded
        for key in keys or _title_keys(features):
            index[key][story.id] = None

    def _free_id(self, item: Item, features: Features) -> str:
        """The id from the first source's identity; with the title when a feed used the same guid before."""
        plain = _story_id(item.source, item.source_id)
        return plain if plain not in self._stories else _story_id(item.source, item.source_id, features.bare)

    # ---- decisions ------------------------------------------------------------------------------------------------

    def _again(self, item: Item, features: Features) -> str | None:
        """The story that holds this very item, if its title is still about the same, or its text the same."""
        accession = _accession(item.source_id, item.form)
        if accession:
            held = self._by_identity.get(accession)
            if held:
                return next(iter(held))
        for story_id in self._by_identity.get(_identity(item.source, item.source_id), ()):
            if features.kind in (HALT, FILING) or self._same_title(story_id, features):
                return story_id
        return None

    def _same_title(self, story_id: str, features: Features) -> bool:
        from rapidfuzz import fuzz

        return any(
            m.bare == features.bare
            or fuzz.token_set_ratio(m.bare, features.bare) >= 60
            or (len(m.text) > 80 and m.text == features.text)
            for m in self._members[story_id]
        )

    def _best(self, features: Features, keys: Sequence[str], company: bool) -> str | None:
        if features.kind == HALT:
            return None
        best: tuple[float, dt.timedelta, str] | None = None
        for story_id in self._candidates(features, keys):
            for member in self._pool(story_id, features):
                score = same_event(features, member) if company else _same_headline(features, member)
                rank = (-score, abs(features.at - member.at), story_id)
                if score > 0 and (best is None or rank < best):
                    best = rank
        return best[2] if best else None

    def _candidates(self, features: Features, keys: Sequence[str]) -> Iterator[str]:
        """Stories of the same company; filings without words are looked at only for a release."""
        seen: set[str] = set()
        for key in keys:
            pools = [self._worded.get(key, {})]
            if features.kind == RELEASE:
                pools.append(self._silent.get(key, {}))
            for pool in pools:
                for story_id in islice(reversed(pool), MOST):
                    if story_id not in seen:
                        seen.add(story_id)
                        yield story_id

    def _pool(self, story_id: str, features: Features) -> list[Features]:
        members = self._members[story_id]
        if features.kind == RELEASE:
            return [m for m in members if m.kind == RELEASE] or members
        return members


def compose(items: Iterable[tuple[Item, Resolved]], story_id: str) -> list[Story]:
    """The versions of a story whose items are known already, one after each item in the order given."""
    versions: list[Story] = []
    members: list[Features] = []
    for item, resolved in items:
        features = _features(item, resolved.company)
        if versions:
            versions.append(merge(versions[-1], item, resolved, features, members))
        else:
            versions.append(new_story(item, resolved, story_id))
        members.append(features)
    return versions


def _same_headline(a: Features, b: Features) -> float:
    """The rule for items of no known company."""
    from rapidfuzz import fuzz

    if a.kind != b.kind or a.kind not in (RELEASE, RECORD) or abs(a.at - b.at) > 24 * HOUR or len(a.bare) < 15:
        return 0.0
    score = fuzz.ratio(a.bare, b.bare)
    return score / 100 if score >= 95 else 0.0


def _story_id(*parts: str) -> str:
    return blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


def _accession(source_id: str, form: str) -> str:
    match = ACCESSION.search(source_id) if form not in ("PR", "HALT") else None
    return match.group() if match else ""


def _identity(source: str, source_id: str) -> str:
    return f"{source}\x1f{source_id}"


def _identities(story: Story) -> Iterator[str]:
    for ref in story.sources:
        yield _identity(ref.source, ref.source_id)
        accession = _accession(ref.source_id, ref.form)
        if accession:
            yield accession


def _company_keys(resolved: Resolved) -> list[str]:
    keys = [f"t:{t}" for t in resolved.tickers]
    return [*keys, f"c:{resolved.cik}"] if resolved.cik is not None else keys


def _title_keys(features: Features) -> list[str]:
    """Buckets for items of no known company: the title's first and its last two words."""
    words = features.bare.split()
    return [f"x:{' '.join(words[:2])}", f"y:{' '.join(words[-2:])}"]


def _time(item: Item) -> dt.datetime:
    return item.published or item.received


def _features(item: Item, company: str) -> Features:
    return Features(
        title=item.title,
        text=item_text(item),
        at=_time(item),
        kind=kind_of(item.form),
        form=item.form,
        source=item.source,
        items=item.items,
        company=company,
    )


def _stored_features(story: Story) -> Features:
    source = story.sources[0].source if story.sources else ""
    return Features(
        title=story.title,
        text=story.text,
        at=story.published,
        kind=kind_of(story.form),
        form=story.form,
        source=source,
        items=story.items,
        company=story.company,
    )
