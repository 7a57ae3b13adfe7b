"""Feeds: is every source alive, how late is it, what went wrong last; and the last runs with their problems."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from screener.addresses import mask
from screener.store.items import Activity
from screener.types import FeedState
from screener.web.health import judge
from screener.web.site import Answer, PageView


class FeedLine(Struct, frozen=True, kw_only=True):
    """One feed: ``state`` is ok, failing, silent, off or new, and ``why`` says it in words."""

    name: str
    title: str
    url: str
    every: float | None
    state: str
    why: str
    record: FeedState | None
    day: Activity


def page(view: PageView) -> Answer:
    """The page ``/feeds``."""
    listed = healths(view)
    runs = view.store.runs.newest(12)
    return view.render(
        "feeds.html",
        nav="feeds",
        feeds=listed,
        runs=runs,
        bad=sum(h.state == "failing" for h in listed),
    )


def healths(view: PageView) -> list[FeedLine]:
    """Every feed that is configured or was ever polled, troubled ones first."""
    from screener.pipeline.workspace import all_feeds

    specs = all_feeds(view.site.settings)
    states = view.store.feeds.states()
    since = view.now - dt.timedelta(days=1)
    out = []
    for name in sorted({*specs, *states}):
        spec, state = specs.get(name), states.get(name)
        kind, why = judge(spec, state, view.now)
        out.append(
            FeedLine(
                name=name,
                title=spec.title if spec else "",
                url=mask(spec.url) if spec else "",
                every=spec.every if spec else None,
                state=kind,
                why=why,
                record=state,
                day=view.store.items.activity(name, since),
            )
        )
    order = ("failing", "silent", "ok", "new", "off")
    return sorted(out, key=lambda h: (order.index(h.state), h.name))
