"""Calendar: dates the news named (decision dates, cure periods, effective dates, meetings), soonest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from screener import clock
from screener.web import queries
from screener.web.query import read_moment, read_ticker, read_word
from screener.web.site import Answer, View

LOOK_BACK = dt.timedelta(days=800)
_PAST = dt.timedelta(days=14)
MOST = 300
_AHEAD = dt.timedelta(days=760)
NAMES = {
    "pdufa_date": "FDA decision (PDUFA)",
    "cure_date": "Compliance deadline",
    "effective_date": "Takes effect",
    "meeting_date": "Meeting",
    "adcom_date": "Advisory committee",
    "record_date": "Record date",
    "expiry_date": "Expires",
    "hearing_date": "Hearing",
}


class Entry(Struct, frozen=True, kw_only=True):
    """One known date; ``said`` is the newest news that named it, ``moved`` the days it shifted against older news."""

    day: dt.date
    kind: str
    name: str
    said: queries.Event
    moved: int | None = None


def entries(events: list[queries.Event], today: dt.date, kind: str = "") -> list[Entry]:
    """Dates from two weeks ago on; the newest news of a ticker, type and kind of date counts."""
    found: dict[tuple[str, str, str], Entry] = {}
    for event in events:  # newest first
        for key, value in event.facts.items():
            day = _day(value) if key.endswith("_date") and (not kind or key == kind) else None
            if day is None:
                continue
            place = (event.ticker or event.story_id, event.type, key)
            newer = found.get(place)
            if newer is None:
                name = NAMES.get(key, key.removesuffix("_date").replace("_", " ").capitalize())
                found[place] = Entry(day=day, kind=key, name=name, said=event)
            elif newer.moved is None and newer.day != day:
                found[place] = Entry(
                    day=newer.day, kind=key, name=newer.name, said=newer.said, moved=(newer.day - day).days
                )
    near = [e for e in found.values() if today - _PAST <= e.day <= today + _AHEAD]
    return sorted(near, key=lambda e: (e.day, e.said.ticker, e.kind))


def titled(view: View, listed: Sequence[Entry]) -> list[Entry]:
    """The entries with the titles of the news that named them."""
    said = queries.with_titles(view.db, [e.said for e in listed])
    return [replace(e, said=replace(e.said, title=said[e.said.story_id].title)) for e in listed]


def _day(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def page(view: View) -> Answer:
    """The page ``/calendar``."""
    moment = read_moment(view.args) or _present(view)
    kind = read_word(view.args, "kind")
    asked = (view.args.get("ticker") or [""])[0].strip()
    ticker = read_ticker(asked) if asked else ""
    listed = entries(
        queries.dated_events(view.db, moment - LOOK_BACK, moment, ticker), clock.new_york_date(moment), kind
    )
    today = clock.new_york_date(moment)
    ahead = [e for e in listed if e.day >= today]
    later = len(ahead) - MOST
    ahead = titled(view, ahead[:MOST])
    months = [(m, list(group)) for m, group in groupby(ahead, lambda e: f"{e.day:%B %Y}")]
    return view.render(
        "calendar.html",
        nav="calendar",
        months=months,
        past=titled(view, [e for e in listed if e.day < today][::-1][:MOST]),
        more=max(later, 0),
        today=today,
        moment=moment,
        kind=kind,
        ticker=ticker,
        kinds=NAMES,
    )


def _present(view: View) -> dt.datetime:
    """Now; the newest list's moment in a store that has slept longer than a month (a demo, an archive)."""
    newest = queries.newest_list(view.db)
    if newest is None:
        return view.now
    stood = dt.datetime.fromisoformat(newest[1])
    return stood if view.now - stood > dt.timedelta(days=30) else view.now
