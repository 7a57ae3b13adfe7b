"""The line on top of every page: is it live, how old is the list, do the feeds work, how old are the prices.

Each part has a tone; ``bad`` is what a trader must not overlook. Ages run on in the browser, which turns a part bad by
itself once its moment is older than ``stale`` seconds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from screener import clock
from screener.store import Store
from screener.types import FeedSpec, FeedState
from screener.web import show
from screener.web.health import judge

Tone = Literal["ok", "warn", "bad"]
_STALE = {clock.PRE: 600, clock.REGULAR: 600, clock.AFTER: 600, clock.CLOSED: 0}
_QUOTES_STALE = 900


class StatusPart(Struct, frozen=True, kw_only=True):
    """One part of the line. ``at`` is shown as an age; older than ``stale`` seconds is bad (0: never)."""

    key: str
    text: str
    tone: Tone = "ok"
    at: dt.datetime | None = None
    stale: int = 0
    title: str = ""
    href: str = ""


def parts(
    store: Store, specs: Mapping[str, FeedSpec], tickers: Sequence[str], now: dt.datetime
) -> tuple[StatusPart, ...]:
    """The parts in order: list, feeds, prices; these by the newest quote of ``tickers``."""
    states = store.feeds.health()
    return (_list(store, states, now), _feeds(specs, states, now), _prices(store, tickers, now))


def _list(store: Store, states: Mapping[str, FeedState], now: dt.datetime) -> StatusPart:
    newest = store.lists.newest()
    if newest is None:
        return StatusPart(key="list", text="no list yet", tone="bad", href="/")
    today = clock.session_day(now)
    told = f"list of {show.eastern(newest.as_of)}"
    if newest.day < today:
        missing = "is not the current session's; is `screener run --watch` running?"
        return StatusPart(
            key="list", text=told, tone="bad", at=newest.as_of, title=f"The newest list {missing}", href="/"
        )
    looked = max([newest.as_of, *(s.last_success for s in states.values() if s.last_success)])
    stale = _STALE[clock.session_at(now)]
    late = stale and (now - looked).total_seconds() > stale
    return StatusPart(
        key="list",
        text=f"{told}, sources read" if looked > newest.as_of else told,
        tone="bad" if late else "ok",
        at=looked,
        stale=stale,
        title="When the newest list was made, and how long ago the sources were last read",
        href="/",
    )


def _feeds(specs: Mapping[str, FeedSpec], states: Mapping[str, FeedState], now: dt.datetime) -> StatusPart:
    judged = {n: judge(specs.get(n), states.get(n), now) for n in {*specs, *states}}
    asked = {n: (state, why) for n, (state, why) in judged.items() if state not in ("off", "new")}
    works = sum(state == "ok" for state, _ in asked.values())
    if not asked:
        return StatusPart(key="feeds", text="no feed was read yet", tone="warn", href="/feeds")
    troubled = "; ".join(f"{n}: {why}" for n, (state, why) in sorted(asked.items()) if state != "ok")
    return StatusPart(
        key="feeds",
        text=f"{works} of {len(asked)} feeds work",
        tone="ok" if works == len(asked) else "bad",
        title=show.clean(troubled, 300) or "Every feed that was ever read answers",
        href="/feeds",
    )


def _prices(store: Store, tickers: Sequence[str], now: dt.datetime) -> StatusPart:
    quoted = store.bars.newest_quote(tickers)
    day = store.bars.last_day(now)
    trading = clock.session_at(now) == clock.REGULAR
    if quoted is not None and (day is None or quoted > clock.close_time(day)):
        stale = _QUOTES_STALE if trading else 0
        late = quoted < clock.close_time(clock.previous_session(clock.session_day(now)))
        late = late or bool(stale and (now - quoted).total_seconds() > stale)
        text = f"prices of {show.eastern(quoted)}"
        return StatusPart(key="prices", text=text, tone="bad" if late else "ok", at=quoted, stale=stale)
    if day is None:
        return StatusPart(
            key="prices", text="no prices stored", tone="bad", title="screener run --prices FILE or a source's name"
        )
    old = day < clock.previous_session(clock.session_day(now))
    text = f"prices to the close of {day:%-d %b}"
    return StatusPart(key="prices", text=text, tone="bad" if old else "ok", at=clock.close_time(day))
