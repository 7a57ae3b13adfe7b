"""The day's movers and the dates ahead in a terminal, and movers as CSV."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence

from msgspec import structs

from screener.format import catalyst_label, neutral, plain_number, utc
from screener.format import whole_score as score
from screener.outputs.lines import change, cut, money, price
from screener.pipeline.movers import LISTED, UNEXPLAINED, UNTAGGED, Mover, split_by_news, together
from screener.store.calendar import KnownDate

_TITLES = {LISTED: "On the list", UNTAGGED: "News stored, no catalyst found in it", UNEXPLAINED: "Moved, no news found"}


def mover_lines(found: Sequence[Mover], width: int) -> Iterator[str]:
    """Groups by news, two lines a mover: its numbers, and its headline with the age; then sectors that moved together."""
    for news, held in split_by_news(found):
        yield f"{_TITLES[news]} ({len(held)})"
        for m in held:
            row = f"  #{m.rank} score {score(m.score or 0.0)} {catalyst_label(m.catalyst, '')}" if m.rank else ""
            yield cut_line(
                f"{m.ticker:<6} {change(m.change_pct):>9} {price(m.price):>9} traded {money(m.dollar_volume):>6} "
                f"cap {money(m.market_cap):>6}{row}",
                width,
            )
            yield "    " + cut(_headline(m), width - 4)
        yield ""
    groups = together(found)
    if groups:
        yield "Moved together"
        for sector, way, held in groups:
            yield "  " + cut(
                f"{sector} {way}: {', '.join(f'{m.ticker} {change(m.change_pct)}' for m in held)}", width - 2
            )


def _headline(m: Mover) -> str:
    if not m.headline:
        return "no story of it is stored"
    age = (
        ""
        if m.age_days is None
        else f"{m.age_days * 24:.0f} hours ago"
        if m.age_days < 2
        else f"{m.age_days:.0f} days ago"
    )
    return f"{'last known news, ' if m.news == UNEXPLAINED else ''}{age + ': ' if age else ''}{m.headline}"


def cut_line(text: str, width: int) -> str:
    """A line as it is, cut at the screen's edge."""
    return text if len(text) <= width else text[: width - 1] + "…"


def movers_csv(found: Sequence[Mover]) -> str:
    """The movers as CSV, a column a field of ``Mover``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(Mover.__struct_fields__)
    for m in found:
        writer.writerow(_cell(v) for v in structs.astuple(m))
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return utc(value)
    return plain_number(value) if isinstance(value, int | float) else neutral(str(value))


def date_lines(dates: Sequence[KnownDate], width: int) -> Iterator[str]:
    """One line a known date: day, ticker, what happens, the headline that said so."""
    for d in dates:
        moved = "" if d.moved is None else f" (moved {d.moved:+d} days)"
        start = f"{d.day:%a %Y-%m-%d}  {d.said.ticker or '?':<6} {d.name}{moved}: "
        yield start + cut(d.said.title, max(width - len(start), 10))
