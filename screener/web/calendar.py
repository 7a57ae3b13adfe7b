"""Calendar: dates the news named (decision dates, cure periods, effective dates, meetings), soonest first."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from screener import clock
from screener.format import DATE_NAMES
from screener.language.symbols import typed_ticker
from screener.store.calendar import MOST as ALL
from screener.store.calendar import KnownDate
from screener.web.query import read_moment, read_ticker, read_word
from screener.web.site import Answer, PageView

_PAST = dt.timedelta(days=14)
MOST = 300
_AHEAD = dt.timedelta(days=760)


def asked(
    view: PageView, moment: dt.datetime, first: dt.date, last: dt.date, *, limit: int, backwards: bool = False
) -> list[KnownDate]:
    """The dates of a span that an address asks for (``ticker``, ``kind``), with their headlines."""
    text = (view.args.get("ticker") or [""])[0].strip()
    found = view.store.calendar.dates(
        first, last, moment, ticker=read_ticker(text) if text else "", kind=read_word(view.args, "kind"), limit=limit,
        backwards=backwards,
    )  # fmt: skip
    return view.store.calendar.titled(found)


def every(view: PageView, moment: dt.datetime) -> list[KnownDate]:
    """All dates that an address asks for, from two weeks before a moment on."""
    today = clock.new_york_date(moment)
    return asked(view, moment, today - _PAST, today + _AHEAD, limit=ALL)


def page(view: PageView) -> Answer:
    """The page ``/calendar``."""
    moment = read_moment(view.args) or _present(view)
    today, day = clock.new_york_date(moment), dt.timedelta(days=1)
    ahead = asked(view, moment, today, today + _AHEAD, limit=MOST + 1)
    months = [(m, list(group)) for m, group in groupby(ahead[:MOST], lambda d: f"{d.day:%B %Y}")]
    return view.render(
        "calendar.html",
        nav="calendar",
        months=months,
        past=asked(view, moment, today - _PAST, today - day, limit=MOST, backwards=True),
        most=MOST if len(ahead) > MOST else 0,
        today=today,
        moment=moment,
        kind=read_word(view.args, "kind"),
        ticker=typed_ticker((view.args.get("ticker") or [""])[0]),
        kinds=DATE_NAMES,
    )


def _present(view: PageView) -> dt.datetime:
    """Now; the newest list's moment in a store that has slept longer than a month (a demo, an archive)."""
    newest = view.store.lists.newest()
    return newest.as_of if newest and view.now - newest.as_of > dt.timedelta(days=30) else view.now
