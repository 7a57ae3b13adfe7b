"""The day on one page of Markdown, for a newsletter: market, best rows and why, trouble, known dates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from screener import clock
from screener.config import Settings
from screener.errors import InputError
from screener.format import DISCLAIMER, on_one_line, whole_score
from screener.outputs.alerts.content import (
    explanation,
    label,
    numbers,
    proof,
    supporting,
    unknown,
    web_address,
)
from screener.pipeline.alerts.matched_words import matched_words
from screener.store import Store
from screener.store.calendar import KnownDate
from screener.types import Regime, WatchRow

AHEAD = dt.timedelta(days=21)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]#!])")
Words = Mapping[str, Sequence[str]]


def brief(
    day: dt.date,
    as_of: dt.datetime,
    rows: Sequence[WatchRow],
    regime: Regime | None,
    dates: Sequence[KnownDate],
    words: Words | None = None,
    top: int = 8,
    page_url: str = "",
) -> str:
    """The page. ``words`` are the matched words by story id; ``rows`` the day's list, best first."""
    inside = [r for r in rows if not r.outside]
    looks = [r for r in inside if worth_a_look(r)]
    look = looks[:top]
    avoid = [r for r in inside if r.action == "Avoid"][:top]
    parts = [
        [f"# {title(day, as_of)}"],
        [*_market(regime)],
        [f"## Worth a look ({len(look)} of {len(looks)})"],
        *([*_row(r, words or {}, page_url)] for r in look),
        [f"## Trouble ({len(avoid)} of {sum(r.action == 'Avoid' for r in inside)})"],
        *([*_row(r, words or {}, page_url)] for r in avoid),
        ["## Known dates", *(_calendar(dates) or ["None is known for the next weeks."])],
        [f"*{DISCLAIMER}*"],
    ]
    return "\n\n".join("\n".join(p) for p in parts if p) + "\n"


def day_brief(
    store: Store, settings: Settings, day: dt.date, as_of: dt.datetime | None, top: int = 8
) -> tuple[str, str]:
    """Title and page of a day's stored list, as of a moment. Raises InputError when no list was stored by then."""
    rows = store.lists.rows_as_of(day, as_of)
    if rows is None:
        raise InputError(f"no list stored for {day}: `screener run` makes one")
    moment = as_of or max((r.as_of for r in rows), default=clock.now())
    dates = store.calendar.titled(store.calendar.dates(day, day + AHEAD, moment))
    words = matched_words(store, rows)
    regime = store.regimes.of_day(day, as_of)
    return title(day, moment), brief(day, moment, rows, regime, dates, words, top, settings.alerts.page_url)


def worth_a_look(row: WatchRow) -> bool:
    """A row to look into for a purchase: neither its news nor its price is bad."""
    return row.action in ("Alert", "Watch") and row.side != "-" and row.polarity != "-"


def title(day: dt.date, as_of: dt.datetime) -> str:
    """``Small-cap catalysts, Friday 2025-12-12, before the open``."""
    when = {clock.REGULAR: "in session"}.get(
        clock.session_at(as_of), "before the open" if as_of < clock.open_time(day) else "after the close"
    )
    return f"Small-cap catalysts, {day:%A %Y-%m-%d}, {when}"


def _market(regime: Regime | None) -> Iterator[str]:
    yield "## Market"
    if regime is None:
        yield "Unknown: no index prices are stored for this day."
        return
    card = " / ".join(p for p in (regime.action, regime.recommendation, regime.timeframe, regime.risk) if p)
    yield f"**{_md(regime.label)}**" + (f" ({_md(card)})" if card else "")
    yield from (f"- {_md(reason)}" for reason in regime.reasons[:4])
    if regime.outlook:
        yield f"- {_md(regime.outlook)}"
    if regime.unknown:
        yield f"- Unknown: {_md(', '.join(regime.unknown).replace('_', ' '))}"


def _row(row: WatchRow, words: Words, page_url: str) -> Iterator[str]:
    company = f" {_md(on_one_line(row.company, 60))}" if row.company else ""
    yield f"**{_md(row.ticker)}**{company}: {_md(sentence(row, words.get(row.story_id, ())))}"
    source = web_address(row.url)
    headline = _md(on_one_line(row.headline, 200))
    yield f"- {f'[{headline}]({source})' if source else headline}"
    yield f"- {_md(numbers(row))}"
    if row.warnings:
        yield f"- Catch: {_md('; '.join(on_one_line(w, 120) for w in row.warnings))}"
    if missing := unknown(row):
        yield f"- Unknown: {_md(missing)}"
    if page := web_address(explanation(row, page_url)):
        yield f"- [Why it ranks {row.rank}]({page})"


def sentence(row: WatchRow, words: Sequence[str] = ()) -> str:
    """Why a row stands where it stands, in one sentence."""
    by = f", {proof(words[:1])}" if words else ""
    more = [on_one_line(r.text, 60) for r in supporting(row, 2)]
    return f"{label(row)}{by}{', with ' + ' and '.join(more) if more else ''} (score {whole_score(row.score)})."


def _calendar(dates: Iterable[KnownDate], limit: int = 15) -> list[str]:
    return [
        f"- {d.day:%a %Y-%m-%d}: **{_md(d.said.ticker or '?')}** {_name(d)}, {_md(on_one_line(d.said.title, 100))}"
        for d in list(dates)[:limit]
    ]


def _name(date: KnownDate) -> str:
    return date.name if date.name[1:2].isupper() else date.name[:1].lower() + date.name[1:]


def _md(text: str) -> str:
    """Text as it is, in every Markdown and in the HTML made from it; mentions in chats are broken."""
    return _MARKDOWN.sub(r"\\\1", text.replace("<", "‹").replace(">", "›").replace("@", "@\u200b"))


def pieces(text: str, limit: int) -> list[str]:
    """A page in parts of at most ``limit`` characters, cut between paragraphs, else between lines."""
    parts: list[str] = []
    here = ""
    for block in text.split("\n\n"):
        for line in [block] if len(block) <= limit else block.split("\n"):
            line = line[:limit]
            if here and len(here) + len(line) + 2 > limit:
                parts.append(here)
                here = ""
            here = f"{here}\n\n{line}" if here else line
    return [*parts, here] if here else parts
