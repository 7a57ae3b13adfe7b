"""What the engine looks at: one catalyst of one ticker, with everything known around it at a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from screener.clock import close_time, publication_of
from screener.dilution.standing import DilutionStanding
from screener.types import Catalyst, Filing, Halt, Listing, Move, Noise, Story

_OF_THE_SESSION = (
    "change_pct", "gap_pct", "abnormal_pct", "rvol", "dollar_volume", "atr_multiple", "turnover",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What the store knew of a ticker before; None everywhere means unknown, never "no".

    ``filings`` are newest first; ``raises_24m`` counts earlier raises of the last 730 days (a lower bound when the
    store is younger); ``recent_stories`` counts stories of the last ten days; ``evidence`` names the paper and day
    behind a field ("S-3 of 2025-03-04"). ``engine.history.derive`` fills it. ``standing`` holds the measures of the
    dilution ledger, and ``in_play`` says in words what is open in it.
    """

    filings: tuple[Filing, ...] | None = None
    halts: tuple[Halt, ...] | None = None
    last_reverse_split: dt.date | None = None
    deficiency_open: bool | None = None
    going_concern: bool | None = None
    raises_24m: int | None = None
    shelf_open: bool | None = None
    atm_open: bool | None = None
    equity_line_open: bool | None = None
    warrants_outstanding: bool | None = None
    recent_stories: int | None = None
    first_seen: dt.datetime | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    standing: DilutionStanding | None = None
    in_play: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One catalyst of one ticker as of a moment.

    ``others`` are the same ticker's other catalysts in the same news window; ``noise`` belongs to ``story``.
    ``symbol`` overrides the ticker when the story names several and the catalyst none. ``small_cap_limit`` is the
    market cap in dollars from which a company is no small cap; None when nobody said.
    """

    story: Story
    catalyst: Catalyst
    others: tuple[tuple[Story, Catalyst], ...] = ()
    noise: tuple[Noise, ...] = ()
    move: Move | None = None
    listing: Listing | None = None
    as_of: dt.datetime
    history: History = field(default_factory=History)
    symbol: str = ""
    small_cap_limit: float | None = None

    @property
    def after_close(self) -> bool | None:
        """Whether the session of the known move was over when the news came; None when either moment is unknown."""
        at, day = publication_of(self.story), self.move.day if self.move else None
        return None if at is None or day is None else at >= close_time(day)

    @property
    def tape(self) -> Move | None:
        """The move as far as it can be an answer to this news.

        A session that was over before the news came is the session before: what it did is ``prev_change_pct`` and
        ``prev_rvol``, and the news has no move of its own yet, save what is known since it.
        """
        if not self.after_close or self.move is None or self.move.change_pct is None:
            return self.move
        past = {"prev_change_pct": self.move.change_pct, "prev_rvol": self.move.rvol}
        return msgspec.structs.replace(self.move, **dict.fromkeys(_OF_THE_SESSION), **past)

    @property
    def ticker(self) -> str:
        """The ticker this candidate is about; empty when none is known."""
        if self.symbol or self.catalyst.ticker:
            return self.symbol or self.catalyst.ticker
        if self.story.tickers:
            return self.story.tickers[0]
        return self.listing.ticker if self.listing else ""


def candidates_of(
    ticker: str,
    pairs: Sequence[tuple[Story, Catalyst]],
    *,
    as_of: dt.datetime,
    noise: Iterable[Noise] = (),
    move: Move | None = None,
    listing: Listing | None = None,
    history: History | None = None,
    small_cap_limit: float | None = None,
) -> list[Candidate]:
    """One candidate for each (story, catalyst) of a ticker; ``noise`` may hold the noise of all its stories."""
    by_story: dict[str, list[Noise]] = {}
    for found in noise:
        by_story.setdefault(found.story_id, []).append(found)
    return [
        Candidate(
            story=story,
            catalyst=catalyst,
            others=tuple(pair for j, pair in enumerate(pairs) if j != i),
            noise=tuple(by_story.get(story.id, ())),
            move=move,
            listing=listing,
            as_of=as_of,
            history=history or History(),
            symbol=ticker,
            small_cap_limit=small_cap_limit,
        )
        for i, (story, catalyst) in enumerate(pairs)
    ]
