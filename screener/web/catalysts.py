"""Catalysts: what each type did, from the stored study; and the newest events of each type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from screener.pipeline.study import records
from screener.web import charts, study
from screener.web.query import read_whole
from screener.web.show import words
from screener.web.site import Answer, PageView

_SPAN = dt.timedelta(days=90)
_PAGE = 50
_DRAWN = 24


def page(view: PageView) -> Answer:
    """The page ``/catalysts``."""
    counts = view.store.occurrences.counts(view.now - _SPAN, view.now)
    if not any(counts.values()):
        newest = view.store.lists.newest()
        end = newest.as_of if newest else view.now
        counts = view.store.occurrences.counts(end - _SPAN, end)
    found, known = records.load(view.store), set(view.store.occurrences.types())
    lines = study.lines(found) if found else []
    charted = [g for g in lines if g.n >= study.FEW][:_DRAWN]
    drawn = [(_name(g), g.at("0").median) for g in charted]
    pages = [f"/catalysts/{g.type}" if g.type in known else "" for g in charted]
    return view.render(
        "catalysts.html",
        nav="catalysts",
        counts=sorted(counts.items(), key=lambda x: (-x[1], x[0])),
        most=max(counts.values(), default=0) or 1,
        study=found,
        lines=lines,
        chart=study.chart(drawn, "Median abnormal move on day 0 by type, with its interval", pages),
        horizons=study.HORIZONS,
        interval=study.interval,
        share_of=study.share,
        span=_SPAN.days,
    )


def _name(group: records.StudyGroup) -> str:
    return words(group.type) if group.by != "all" else "all news"


def type_page(view: PageView) -> Answer:
    """The page ``/catalysts/TYPE``."""
    kind = view.names["type"]
    number = read_whole(view.args, "page", 1, 200)
    known = view.store.occurrences.types()
    found = records.load(view.store)
    groups = study.of_type(found, kind) if found else []
    if kind not in known and not groups:
        raise LookupError(f"No catalyst {kind} is stored.")
    events = view.store.occurrences.of_type(kind, view.now, _PAGE + 1, (number - 1) * _PAGE)
    last = events[0].at if events else view.now
    days = view.store.occurrences.days(kind, last - _SPAN, last)
    drawn = [(label, groups[0].at(h).median) for h, label in study.HORIZONS] if groups else []
    return view.render(
        "catalyst.html",
        nav="catalysts",
        kind=kind,
        events=events[:_PAGE],
        more=len(events) > _PAGE,
        number=number,
        chart=charts.column_chart(_columns(kind, days), f"{words(kind)} a day, {len(days)} days with some", "a day"),
        groups=groups,
        drawn=study.chart(drawn, f"Median abnormal move after {words(kind)}, with its interval"),
        horizons=study.HORIZONS,
        interval=study.interval,
        share_of=study.share,
    )


def _columns(kind: str, days: Sequence[tuple[str, int]]) -> list[charts.DayCount]:
    """Each day with the stream as it stood at its end."""
    found = []
    for text, number in days:
        day = dt.date.fromisoformat(text)
        end = day + dt.timedelta(days=1)
        found.append(charts.DayCount(day, number, f"/stream?catalyst={kind}&as_of={end}T00:00:00Z"))
    return found
