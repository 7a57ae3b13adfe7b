"""Which rows become alerts: filters, mutes, one thread an event, cooldown, quiet hours and the daily cap.

A row that passes every filter of ``[alerts]`` tells something. What it tells belongs to an *event*: the story it leads
with, a halt before or after it, and copies that came within the cooldown. The first row of an event is its alert; a
later one is an update, and only when it has a new *piece* to tell:

==============  =====================================================================  ==========
piece           told when                                                              in cooldown
==============  =====================================================================  ==========
``news:TYPE``   the event's catalyst is known, or turns out to be another              told
``halted``      the ticker was halted                                                  told
``move:+20``    the price since the news (else on the day) passed 20, 50 or 100 %      told
``dilution``    a sale of shares showed up beside the news                             told
``confirmed``   a filing or an agency's record confirms it                             waits
``volume``      five times the usual volume or more                                    waits
``stage:WORD``  it reached another stage                                               waits
``critical``    its rule is of the level critical                                      waits
==============  =====================================================================  ==========
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from functools import lru_cache

import msgspec
from msgspec import Struct

from screener import clock, config
from screener.config import Alerts, Settings
from screener.errors import ConfigError
from screener.prices.universe import Universe, band_of, load_universe
from screener.store import Store
from screener.store.channels import Channel, channels
from screener.store.outbox import MUTED, PENDING, Event
from screener.types import Alert, Span, Story, WatchRow

EVENT_LIFE = dt.timedelta(days=5)
# A row that no arrival of this pass explains came with the pass before, or was made by a price: then nothing was received.
JUST_NOW = dt.timedelta(minutes=5)
HALT_TIES = dt.timedelta(hours=24)
MOVES = (20, 50, 100)
VOLUME = 5.0
HALT = "trading_halt"
_URGENT = ("news:", "halted", "move:", "dilution")
_FADING = {"min_score", "levels", "max_age"}
_DILUTION_RULES = {"dilution_in_play", "dilution_same_day"}


class Check(Struct, frozen=True, kw_only=True):
    """One filter's answer about a row; ``said`` has the row's value and the setting it is held against."""

    name: str
    passed: bool
    said: str


class Arrival(Struct, frozen=True, kw_only=True):
    """What a pass brought, for the alert's times: the stories it touched, and when they were classified and ranked."""

    touched: frozenset[str] = frozenset()
    classified: dt.datetime | None = None
    ranked: dt.datetime | None = None


class Marks(Struct, frozen=True, kw_only=True):
    """The user's own marks that matter here."""

    own: frozenset[str] = frozenset()
    muted: frozenset[str] = frozenset()


def queue_alerts(
    store: Store, settings: Settings, rows: Sequence[WatchRow], arrival: Arrival, now: dt.datetime | None = None
) -> list[Alert]:
    """Put what rows have to tell into the outbox; to be called in the transaction that stores them.

    Returns the alerts that were added, held back ones included. Raises ConfigError for settings that cannot be meant.
    """
    wanted, now = settings.alerts, now or clock.now()
    marks = read_marks(store)
    known = store.outbox.events([r.ticker for r in rows], now - EVENT_LIFE)
    passing = [r for r in rows if passes(r, wanted, marks, known.get(r.ticker, ()))]
    if not passing:
        return []
    workspace = _Decider(store, wanted, marks, channels(wanted.urls), arrival, now)
    added = [a for r in passing if (a := workspace.decide(r, known.get(r.ticker, ()))) is not None]
    if added:
        for channel in workspace.channels:
            store.outbox.know(channel.name, channel.shown)
    return added


def adopt(store: Store, settings: Settings, day: dt.date, now: dt.datetime) -> int:
    """Owe the configured channels the alerts of a day that were decided before there was any; returns how many."""
    wanted = channels(settings.alerts.urls)
    for channel in wanted:
        store.outbox.know(channel.name, channel.shown)
    orphans = store.outbox.owed_to_none(day) if wanted else []
    for alert_id in orphans:
        store.outbox.owe(alert_id, [c.name for c in wanted], quiet_end(settings.alerts, now) or now)
    return len(orphans)


# ---- filters ----


def filters(row: WatchRow, wanted: Alerts, marks: Marks) -> list[Check]:
    """Every filter on a row. A number that is unknown passes only where the setting says so."""
    types = {row.catalyst, *(o.rpartition(" ")[2] for o in row.others)}
    band = cap_band(row.market_cap)
    age = (row.as_of - row.published).total_seconds() / 60 if row.published else None
    rules = {r.rule_id for r in row.reasons if r.rule_id}
    return [
        _check("min_score", row.score >= wanted.min_score, f"score {row.score:g}, at least {wanted.min_score:g}"),
        _level(row, wanted),
        _among("rules", ", ".join(sorted(rules)), rules, wanted.rules),
        _among("sessions", row.session or "unknown", {row.session}, wanted.sessions),
        _among("catalysts", ", ".join(sorted(types)), types, wanted.catalysts),
        _among("tickers", row.ticker, {row.ticker}, tuple(t.upper() for t in wanted.tickers)),
        _among("caps", band, {band}, wanted.caps),
        _check(
            "own_watchlist_only",
            not wanted.own_watchlist_only or row.ticker in marks.own,
            "on your own watchlist" if row.ticker in marks.own else "not on your own watchlist",
        ),
        _fresh(row, age, wanted.max_age),
    ]


def passes(row: WatchRow, wanted: Alerts, marks: Marks, events: Sequence[Event]) -> bool:
    """Whether a row may tell something: it passes every filter, or every lasting one when its story was told before.

    Age and score fade after an alert; that its stock then falls by half must still be told.
    """
    failed = {c.name for c in filters(row, wanted, marks) if not c.passed}
    return not failed or (failed <= _FADING and any(row.story_id in e.stories for e in events))


def _check(name: str, passed: bool, said: str) -> Check:
    return Check(name=name, passed=passed, said=said)


def _fresh(row: WatchRow, age: float | None, most: float) -> Check:
    """Old news passes when the tape answers it now: what came after the close trades the next morning."""
    said = f"news {_age(age)} old, at most {_age(most)}"
    if age is None or age <= most:
        return _check("max_age", True, said)
    answered = [p for p in pieces(row, None) if p.startswith("move:") or p == "volume"]
    return _check("max_age", bool(answered), f"{said}{' unless answered: ' + ', '.join(answered) if answered else ''}")


def _level(row: WatchRow, wanted: Alerts) -> Check:
    found = _among("levels", row.level, {row.level}, wanted.levels)
    if found.passed or row.score < wanted.any_level_score:
        return found
    return _check("levels", True, f"{row.level or 'none'}, any from a score of {wanted.any_level_score:g}")


def _among(name: str, shown: str, values: Collection[str], wanted: Collection[str]) -> Check:
    said = f"{shown or 'none'}, wanted {', '.join(wanted)}" if wanted else f"{shown or 'none'}, all wanted"
    return _check(name, not wanted or any(v in wanted for v in values), said)


def _age(minutes: float | None) -> str:
    return "unknown" if minutes is None else f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"


def cap_band(market_cap: float | None) -> str:
    """The band of a market cap by ``rules/universe.yml``; "large" above the last, "unknown" without a number."""
    return "unknown" if market_cap is None else band_of(market_cap, _universe()) or "large"


@lru_cache(maxsize=1)
def _universe() -> Universe:
    return load_universe(config.built_in("rules") / "universe.yml")


def muted_by(row: WatchRow, wanted: Alerts, marks: Marks) -> str:
    """What mutes a row, in words; empty when nothing does."""
    if row.ticker in marks.muted:
        return f"{row.ticker} is muted on your watchlist"
    names = {row.ticker.lower(): row.ticker, row.catalyst: row.catalyst, row.source: row.source}
    hit = next((m for m in wanted.mute if m.lower() in names), None)
    return f"[alerts] mute has {hit}" if hit else ""


def read_marks(store: Store) -> Marks:
    """The user's own and muted tickers as they stand."""
    own: dict[str, bool] = {}
    muted: dict[str, bool] = {}
    for ticker, action, _, _ in store.marks.all():
        if action in ("add", "remove"):
            own[ticker] = action == "add"
        elif action in ("mute", "unmute"):
            muted[ticker] = action == "mute"
    return Marks(own=frozenset(t for t, on in own.items() if on), muted=frozenset(t for t, on in muted.items() if on))


# ---- events ----


def pieces(row: WatchRow, story: Story | None) -> tuple[str, ...]:
    """What a row has to tell, as words of the table above."""
    types = {row.catalyst, *(o.rpartition(" ")[2] for o in row.others)}
    move, rvol = row.since_news_pct, row.rvol
    if row.session == clock.AFTER and row.published and clock.session_day(row.published) == row.day:
        # The day was over when the news came: its change and volume answer something else.
        rvol = None
    elif move is None:
        move = row.change_pct
    found = [f"news:{row.catalyst}"] if row.catalyst != HALT else []
    found += ["halted"] if HALT in types else []
    found += [f"move:{'+' if move > 0 else '-'}{m}" for m in MOVES if move is not None and abs(move) >= m]
    found += ["dilution"] if any(r.rule_id in _DILUTION_RULES for r in row.reasons) else []
    found += ["confirmed"] if story is not None and story.confirmed_by else []
    found += ["volume"] if rvol is not None and rvol >= VOLUME else []
    found += [f"stage:{row.stage}"] if row.stage else []
    found += ["critical"] if row.level == "critical" else []
    return tuple(found)


def match(
    row: WatchRow, story: Story | None, events: Sequence[Event], wait: dt.timedelta, now: dt.datetime
) -> Event | None:
    """The event a row belongs to, newest first; None when it opens one."""
    repeats = story.repeats if story is not None else ""
    by_story = next((e for e in events if row.story_id in e.stories or (repeats and repeats in e.stories)), None)
    if by_story is not None:
        return by_story
    for event in events:
        if HALT in (row.catalyst, event.catalyst) and now - event.opened <= HALT_TIES:
            return event
        came = row.published or now
        if event.catalyst == row.catalyst and min(abs(came - event.opened), now - event.last_at) <= wait:
            return event
    return None


def stable_id(*parts: object) -> str:
    """An id from content: the same parts give the same id in every database."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:12]


class _Decider:
    """One pass over the rows that passed."""

    def __init__(
        self,
        store: Store,
        wanted: Alerts,
        marks: Marks,
        to: Sequence[Channel],
        arrival: Arrival,
        now: dt.datetime,
    ) -> None:
        self.channels = to
        self._store, self._wanted, self._marks, self._arrival, self._now = store, wanted, marks, arrival, now
        self._wait = dt.timedelta(minutes=wanted.cooldown)
        self._quiet_end = quiet_end(wanted, now)
        self._left = wanted.daily_cap - store.outbox.told_since(midnight(now))

    def decide(self, row: WatchRow, events: Sequence[Event]) -> Alert | None:
        """The alert a row makes, stored; None when it has nothing new to tell."""
        story = self._store.stories.get(row.story_id)
        told = pieces(row, story)
        event = match(row, story, events, self._wait, self._now)
        news: tuple[str, ...] = ()
        if event is not None:
            news = tuple(p for p in told if p not in event.told)
            waits = self._now - event.last_at < self._wait and not any(p.startswith(_URGENT) for p in news)
            if not news or waits:
                self._remember(event, row)
                return None
        event = self._next(event, row, told)
        alert = self._alert(row, story, event, news)
        self._store.outbox.save_event(event)
        self._store.outbox.add(alert, [c.name for c in self.channels], self._quiet_end or self._now)
        return alert

    def _remember(self, event: Event, row: WatchRow) -> None:
        """A copy of a story belongs to its event from now on, even when it tells nothing new."""
        if row.story_id not in event.stories:
            self._store.outbox.save_event(msgspec.structs.replace(event, stories=(*event.stories, row.story_id)))

    def _next(self, event: Event | None, row: WatchRow, told: tuple[str, ...]) -> Event:
        if event is None:
            return Event(
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

    def _alert(self, row: WatchRow, story: Story | None, event: Event, news: tuple[str, ...]) -> Alert:
        reason = self._held(row)
        return Alert(
            id=stable_id(event.id, event.updates),
            row=row,
            state=MUTED if reason else PENDING,
            reason=reason,
            created=self._now,
            update=event.updates,
            event=event.id,
            pieces=event.told,
            news=news,
            words=matched_words(self._store, [row]).get(row.story_id, ()),
            confirmed_by=story.confirmed_by if story else "",
            times=self._times(row),
        )

    def _held(self, row: WatchRow) -> str:
        muted = muted_by(row, self._wanted, self._marks)
        if muted:
            return muted
        if self._left <= 0:
            return f"daily cap of {self._wanted.daily_cap} reached"
        self._left -= 1
        return ""

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


_KINDS = {"items": "item", "subjects": "subject"}


def matched_words(store: Store, rows: Sequence[WatchRow]) -> dict[str, tuple[str, ...]]:
    """The words that prove each row's catalyst, up to three, by story id; "form 424B5", "item 3.01" without words."""
    wanted = {r.story_id: r.catalyst for r in rows}
    found = {}
    for story_id, classified in store.catalysts.of_stories(list(wanted)).items():
        spans = next((c.evidence for c in classified.catalysts if c.type == wanted[story_id]), ())
        quoted = [s for s in spans if s.field in ("title", "text")]
        proving = [s.text for s in _apart([s for s in quoted if not s.fact] or quoted)]
        if not proving:
            proving = [f"{_KINDS.get(s.field, s.field)} {s.text}" for s in spans]
        found[story_id] = tuple(dict.fromkeys(" ".join(t.split())[:120] for t in proving))[:3]
    return found


def _apart(spans: Sequence[Span]) -> list[Span]:
    """The spans that overlap none before them."""
    kept: list[Span] = []
    for span in spans:
        if not any(s.field == span.field and s.start < span.end and span.start < s.end for s in kept):
            kept.append(span)
    return kept


# ---- time ----


def midnight(now: dt.datetime) -> dt.datetime:
    """The beginning of the New York date of a moment, as UTC."""
    return dt.datetime.combine(clock.new_york_date(now), dt.time(0), clock.NEW_YORK).astimezone(dt.UTC)


def quiet_end(wanted: Alerts, now: dt.datetime) -> dt.datetime | None:
    """When the quiet hours that a moment lies in end, as UTC; None outside of them. Raises ConfigError."""
    if not wanted.quiet_from or not wanted.quiet_until:
        return None
    start, end = _clock_time("quiet_from", wanted.quiet_from), _clock_time("quiet_until", wanted.quiet_until)
    local = now.astimezone(clock.NEW_YORK)
    time = local.time()
    inside = start <= time < end if start <= end else time >= start or time < end
    if not inside:
        return None
    day = local.date() + dt.timedelta(days=int(time >= end))
    return dt.datetime.combine(day, end, clock.NEW_YORK).astimezone(dt.UTC)


def _clock_time(name: str, text: str) -> dt.time:
    try:
        return dt.time.fromisoformat(text)
    except ValueError as e:
        raise ConfigError(f"[alerts] {name}: {text!r} is no time of day; write 22:00 (Eastern)") from e


# ---- why not ----


def why_not(store: Store, settings: Settings, row: WatchRow, now: dt.datetime) -> list[Check]:
    """Everything that stands between a stored row and an alert, passed or not."""
    wanted, marks = settings.alerts, read_marks(store)
    found = filters(row, wanted, marks)
    muted = muted_by(row, wanted, marks)
    events = store.outbox.events([row.ticker], now - EVENT_LIFE).get(row.ticker, [])
    if any(row.story_id in e.stories for e in events):
        found = [
            c if c.passed or c.name not in _FADING else _check(c.name, True, f"{c.said}; told before, so it may pass")
            for c in found
        ]
    found.append(_check("mute", not muted, muted or "not muted"))
    left = wanted.daily_cap - store.outbox.told_since(midnight(now))
    found.append(_check("daily_cap", left > 0, f"{max(left, 0)} of {wanted.daily_cap} left today"))
    until = quiet_end(wanted, now)
    found.append(_check("quiet_hours", until is None, f"quiet until {clock.eastern(until)}" if until else "not now"))
    story = store.stories.get(row.story_id)
    event = match(row, story, events, dt.timedelta(minutes=wanted.cooldown), now)
    if event is not None:
        fresh = [p for p in pieces(row, story) if p not in event.told]
        said = f"told {clock.eastern(event.last_at)}; " + (f"new: {', '.join(fresh)}" if fresh else "nothing new since")
        found.append(_check("event", bool(fresh), said))
        over = now - event.last_at >= dt.timedelta(minutes=wanted.cooldown)
        urgent = any(p.startswith(_URGENT) for p in fresh)
        if fresh and not urgent:
            found.append(_check("cooldown", over, f"{wanted.cooldown:g} minutes from {clock.eastern(event.last_at)}"))
    found.append(_check("channels", bool(wanted.urls), f"{len(wanted.urls)} in [alerts] urls"))
    return found
