"""The dilution panel of a ticker's page: ratings, what is open, who profits from selling, the ledger with its proofs."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from screener import clock, config
from screener.clock import Clock
from screener.engine.facts import rating_facts
from screener.engine.load import RuleSet, load_rules
from screener.web.site import PageView

SHOWN = 12
"""Lines of the ledger on the page; ``screener dilution TICKER --format json`` has all."""


class PanelLine(Struct, frozen=True, kw_only=True):
    """One line of the ledger in words."""

    day: str
    text: str
    state: str
    form: str
    url: str
    proof: str


class PanelRating(Struct, frozen=True, kw_only=True):
    """One rating: ``tone`` is the level's name in small letters, unknown where it is."""

    title: str
    level: str
    tone: str
    why: str


class Panel(Struct, frozen=True, kw_only=True):
    """What the panel shows; without ``read`` only since when filings are stored."""

    read: bool = False
    company: str = ""
    ratings: tuple[PanelRating, ...] = ()
    in_play: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    profit: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    lines: tuple[PanelLine, ...] = ()
    more: int = 0
    stored_since: dt.date | None = None


@lru_cache(maxsize=4)
def _rules(folders: tuple[Path, ...]) -> RuleSet:
    return load_rules(folders, rating_facts())


def panel(view: PageView, ticker: str, cik: int | None, moment: dt.datetime) -> Panel:
    """The panel of a ticker as of a moment."""
    from screener.dilution.phrases import phrase
    from screener.dilution.standing import line_day
    from screener.pipeline.dilution import told
    from screener.pipeline.dilution.company import dilution
    from screener.pipeline.workspace import Workspace

    oldest = view.store.filings.oldest(moment)
    since = clock.new_york_date(oldest) if oldest else None
    settings = view.site.settings
    workspace = Workspace(settings=settings, store=view.store, clock=Clock(moment))
    rules = _rules(tuple(config.rule_folders(settings, "dilution")))
    found = dilution(workspace, ticker, moment, cik, rules)
    if found is None or not (found.held.documents or found.held.money or found.held.standing.since):
        return Panel(stored_since=since)
    today = clock.new_york_date(moment)
    every = told.ledger_lines(found)
    lines = tuple(
        PanelLine(
            day=str(line_day(line) or ""),
            text=phrase(line, found.held.standing),
            state=told.state_of(line),
            form=line.entry.form,
            url=line.entry.url,
            proof=told.proof_of(line),
        )
        for line in every[:SHOWN]
    )
    ratings = tuple(
        PanelRating(
            title=r.title,
            level=told.level_text(r),
            tone=r.level.lower() if r.level else "unknown",
            why=told.rating_reason(r),
        )
        for r in found.ratings
    )
    return Panel(
        read=True,
        company=told.company_line(found.held, today),
        ratings=ratings,
        in_play=found.in_play,
        absent=found.absent,
        profit=tuple(told.profit_lines(found.held.standing)),
        money=(*told.raise_lines(found, today), *told.cash_lines(found.held, today)),
        lines=lines,
        more=max(0, len(every) - SHOWN),
        stored_since=since,
    )
