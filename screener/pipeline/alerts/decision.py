"""One decision a row: whether it becomes an alert, and every check on the way.

A row that passes every filter of ``[alerts]`` tells something. What it tells belongs to an *event* (``events``): the
story it leads with, a halt before or after it, and copies that came within the cooldown. ``queue_alerts`` acts on a
decision's checks, ``why_not`` shows them; there is no second derivation. A check that fails

* among the filters or in the event drops the row,
* in mute or the daily cap holds the alert back, with the check's words as the reason,
* in the quiet hours delays its delivery, and in channels owes it to nobody yet.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

import msgspec
from msgspec import Struct

from screener import clock, config
from screener.config import Settings
from screener.pipeline.alerts.events import HALT, LIFE, URGENT, match, pieces
from screener.pipeline.alerts.filters import FADING, FilterAnswer, TickerMarks, check, filters, muted_by, read_marks
from screener.pipeline.alerts.matched_words import matched_words
from screener.pipeline.alerts.quiet_hours import midnight, quiet_end
from screener.prices.universe import load_universe
from screener.store import Store
from screener.store.channels import Channel, channels
from screener.store.outbox import MUTED, PENDING, AlertEvent
from screener.types import Alert, Story, WatchRow

# A row that no arrival of this pass explains came with the pass before, or was made by a price: then nothing was received.
JUST_NOW = dt.timedelta(minutes=5)


class Arrival(Struct, frozen=True, kw_only=True):
    """What a pass brought, for the alert's times: the stories it touched, and when they were classified and ranked."""

    touched: frozenset[str] = frozenset()
    classified: dt.datetime | None = None
    ranked: dt.datetime | None = None


class Standing:
    """What the decisions of one pass are held against: settings, marks, the hour, and how many the day may still have."""

    def __init__(self, store: Store, settings: Settings, now: dt.datetime) -> None:
        wanted = settings.alerts
        self.store, self.wanted, self.now = store, wanted, now
        self.universe = load_universe(config.universe_file(settings))
        self.marks: TickerMarks = read_marks(store)
        self.wait = dt.timedelta(minutes=wanted.cooldown)
        self.quiet_end = quiet_end(wanted, now)
        self.left = wanted.daily_cap - store.outbox.told_since(midnight(now))


class Decision:
    """One row's checks, each made when it is asked for. ``events`` are its ticker's of late, newest first."""

    def __init__(self, row: WatchRow, events: Sequence[AlertEvent], standing: Standing) -> None:
        self.row, self._events, self._standing = row, events, standing

    def checks(self) -> Iterator[FilterAnswer]:
        """Every check, passed or not."""
        yield from self.filters
        yield from self.holds()
        yield self._quiet()
        yield from self.event_checks
        urls = self._standing.wanted.urls
        yield check("channels", bool(urls), f"{len(urls)} in [alerts] urls")

    @cached_property
    def filters(self) -> list[FilterAnswer]:
        """The filters; those that fade with age pass once the story was told."""
        found = filters(self.row, self._standing.wanted, self._standing.marks, self._standing.universe)
        if not any(self.row.story_id in e.stories for e in self._events):
            return found
        return [
            c if c.passed or c.name not in FADING else check(c.name, True, f"{c.said}; told before, so it may pass")
            for c in found
        ]

    @cached_property
    def story(self) -> Story | None:
        """The story the row leads with."""
        return self._standing.store.stories.get(self.row.story_id)

    @cached_property
    def told(self) -> tuple[str, ...]:
        """All that the row has to tell."""
        return pieces(self.row, self.story)

    @cached_property
    def event(self) -> AlertEvent | None:
        """The event it belongs to; None when it opens one."""
        return match(self.row, self.story, self._events, self._standing.wait, self._standing.now)

    @cached_property
    def news(self) -> tuple[str, ...]:
        """What of it the event has not told yet; nothing for a new event, whose alert tells all."""
        return () if self.event is None else tuple(p for p in self.told if p not in self.event.told)

    @cached_property
    def event_checks(self) -> list[FilterAnswer]:
        """Whether there is something new to tell, and whether it may be told in the cooldown."""
        event, now, wanted = self.event, self._standing.now, self._standing.wanted
        if event is None:
            return []
        said = f"told {clock.eastern(event.last_at)}; "
        said += f"new: {', '.join(self.news)}" if self.news else "nothing new since"
        found = [check("event", bool(self.news), said)]
        if self.news and not any(p.startswith(URGENT) for p in self.news):
            over = now - event.last_at >= self._standing.wait
            found.append(check("cooldown", over, f"{wanted.cooldown:g} minutes from {clock.eastern(event.last_at)}"))
        return found

    def holds(self) -> list[FilterAnswer]:
        """What holds an alert back: mutes, and the daily cap."""
        muted = muted_by(self.row, self._standing.wanted, self._standing.marks)
        left, cap = self._standing.left, self._standing.wanted.daily_cap
        said = f"{left} of {cap} left today" if left > 0 else f"daily cap of {cap} reached"
        return [check("mute", not muted, muted or "not muted"), check("daily_cap", left > 0, said)]

    def _quiet(self) -> FilterAnswer:
        until = self._standing.quiet_end
        return check("quiet_hours", until is None, f"quiet until {clock.eastern(until)}" if until else "not now")


def queue_alerts(
    store: Store, settings: Settings, rows: Sequence[WatchRow], arrival: Arrival, now: dt.datetime | None = None
) -> list[Alert]:
    """Put what rows have to tell into the outbox; to be called in the transaction that stores them.

    Returns the alerts that were added, held back ones included. Raises ConfigError for settings that cannot be meant.
    """
    wanted, now = settings.alerts, now or clock.now()
    standing = Standing(store, settings, now)
    known = store.outbox.events([r.ticker for r in rows], now - LIFE)
    decided = (Decision(r, known.get(r.ticker, ()), standing) for r in rows)
    passing = [d for d in decided if all(c.passed for c in d.filters)]
    if not passing:
        return []
    queue = _Queue(store, standing, channels(wanted.urls), arrival)
    added = [a for d in passing if (a := queue.put(d)) is not None]
    if added:
        for channel in queue.channels:
            store.outbox.know(channel.name, channel.shown)
    return added


def why_not(store: Store, settings: Settings, row: WatchRow, now: dt.datetime) -> list[FilterAnswer]:
    """The checks of the decision that a ranking now would make about a stored row."""
    events = store.outbox.events([row.ticker], now - LIFE).get(row.ticker, [])
    return list(Decision(row, events, Standing(store, settings, now)).checks())


def adopt(store: Store, settings: Settings, day: dt.date, now: dt.datetime) -> int:
    """Owe the configured channels the alerts of a day that were decided before there was any; returns how many."""
    wanted = channels(settings.alerts.urls)
    for channel in wanted:
        store.outbox.know(channel.name, channel.shown)
    orphans = store.outbox.owed_to_none(day) if wanted else []
    for alert_id in orphans:
        store.outbox.owe(alert_id, [c.name for c in wanted], quiet_end(settings.alerts, now) or now)
    return len(orphans)


def stable_id(*parts: object) -> str:
    """An id from content: the same parts give the same id in every database."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:12]


class _Queue:
    """Acts on the decisions of one pass about rows that passed the filters."""

    def __init__(self, store: Store, standing: Standing, to: Sequence[Channel], arrival: Arrival) -> None:
        self.channels = to
        self._store, self._standing, self._arrival, self._now = store, standing, arrival, standing.now

    def put(self, made: Decision) -> Alert | None:
        """The alert a row makes, stored; None when it has nothing new to tell."""
        if not all(c.passed for c in made.event_checks):
            self._remember(made)
            return None
        event = self._next(made.event, made.row, made.told)
        alert = self._alert(made, event)
        self._store.outbox.save_event(event)
        self._store.outbox.add(alert, [c.name for c in self.channels], self._standing.quiet_end or self._now)
        return alert

    def _remember(self, made: Decision) -> None:
        """A copy of a story belongs to its event from now on, even when it tells nothing new."""
        event, story_id = made.event, made.row.story_id
        if event is not None and story_id not in event.stories:
            self._store.outbox.save_event(msgspec.structs.replace(event, stories=(*event.stories, story_id)))

    def _next(self, event: AlertEvent | None, row: WatchRow, told: tuple[str, ...]) -> AlertEvent:
        if event is None:
            return AlertEvent(
                id=stable_id(row.ticker, row.story_id, row.catalyst),
                ticker=row.ticker,
                catalyst=row.catalyst,
                stories=(row.story_id,),
                told=told,
                opened=self._now,
                last_at=self._now,
            )
        return msgspec.structs.replace(
            event,
            catalyst=event.catalyst if row.catalyst == HALT else row.catalyst,
            stories=tuple(dict.fromkeys((*event.stories, row.story_id))),
            told=tuple(dict.fromkeys((*event.told, *told))),
            last_at=self._now,
            updates=event.updates + 1,
        )

    def _alert(self, made: Decision, event: AlertEvent) -> Alert:
        reason = next((c.said for c in made.holds() if not c.passed), "")
        self._standing.left -= not reason
        return Alert(
            id=stable_id(event.id, event.updates),
            row=made.row,
            state=MUTED if reason else PENDING,
            reason=reason,
            created=self._now,
            update=event.updates,
            event=event.id,
            pieces=event.told,
            news=made.news,
            words=matched_words(self._store, [made.row]).get(made.row.story_id, ()),
            confirmed_by=made.story.confirmed_by if made.story else "",
            times=self._times(made.row),
        )

    def _times(self, row: WatchRow) -> dict[str, dt.datetime]:
        ids = {row.story_id, *(o.partition(" ")[0] for o in row.others)}
        brought = ids & self._arrival.touched
        received = self._received(brought) or self._received(ids)
        if not brought and received and self._now - received > JUST_NOW:
            received = None
        times = {
            "published": row.published if self._arrival.ranked else None,
            "received": received,
            "classified": self._classified(received, bool(brought)),
            "ranked": self._arrival.ranked,
            "queued": self._now,
        }
        return {name: at for name, at in times.items() if at is not None}

    def _classified(self, received: dt.datetime | None, brought: bool) -> dt.datetime | None:
        """When the news was classified: at the latest by the ranking, which classifies what is not classified yet."""
        if received is None:
            return None
        known = self._arrival.classified if brought else None
        return known if known is not None and known >= received else self._arrival.ranked

    def _received(self, ids: Collection[str]) -> dt.datetime | None:
        stories = [s for i in ids if (s := self._store.stories.get(i)) is not None]
        return max((r.received for s in stories for r in s.sources), default=None)
