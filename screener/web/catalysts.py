"""Catalysts: what each type did, from the stored study; and the newest events of each type."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from screener.web import charts, queries
from screener.web.query import read_whole
from screener.web.site import Answer, View

_SPAN = dt.timedelta(days=90)
_PAGE = 50


def study(view: View) -> dict[str, Any] | None:
    """The study as stored by ``screener study``; None when there is none or it cannot be read."""
    text = view.store.get_setting("study")
    if not text:
        return None
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
    return found if isinstance(found, dict) else None


def study_rows(found: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The study's table: a list of flat rows, whatever its columns are called."""
    rows: Any = next((found[k] for k in ("rows", "types", "table") if k in found), []) if found else []
    if isinstance(rows, dict):
        rows = [{"type": k, **v} for k, v in rows.items() if isinstance(v, dict)]
    return [r for r in rows if isinstance(r, dict)] if isinstance(rows, list) else []


def columns(rows: list[dict[str, Any]]) -> list[str]:
    """The columns that hold plain values, in the order of their first appearance."""
    names = dict.fromkeys(k for r in rows for k, v in r.items() if isinstance(v, str | int | float | None))
    return [n for n in names if n][:14]


def page(view: View) -> Answer:
    """The page ``/catalysts``."""
    counts = queries.type_counts(view.db, view.now - _SPAN, view.now)
    if not any(counts.values()):
        newest = queries.newest_list(view.db)
        end = dt.datetime.fromisoformat(newest[1]) if newest else view.now
        counts = queries.type_counts(view.db, end - _SPAN, end)
    found = study(view)
    rows = study_rows(found)
    return view.render(
        "catalysts.html",
        nav="catalysts",
        counts=sorted(counts.items(), key=lambda x: (-x[1], x[0])),
        most=max(counts.values(), default=0) or 1,
        study=found,
        rows=rows,
        columns=columns(rows),
        span=_SPAN.days,
    )


def type_page(view: View) -> Answer:
    """The page ``/catalysts/TYPE``."""
    kind = view.names["type"]
    number = read_whole(view.args, "page", 1, 200)
    known = queries.types(view.db)
    rows = [r for r in study_rows(study(view)) if kind in (r.get("type"), r.get("catalyst"))]
    if kind not in known and not rows:
        raise LookupError(f"No catalyst {kind} is stored.")
    events = queries.events_of_type(view.db, kind, view.now, _PAGE + 1, (number - 1) * _PAGE)
    last = events[0].published if events else view.now
    days = queries.type_days(view.db, kind, last - _SPAN, last)
    return view.render(
        "catalyst.html",
        nav="catalysts",
        kind=kind,
        events=events[:_PAGE],
        more=len(events) > _PAGE,
        number=number,
        chart=charts.column_chart(days, f"{kind} a day, {len(days)} days"),
        rows=rows,
        columns=columns(rows),
    )
