"""From stored stories to the day's list: read the window as of a moment, gather what is known, rank."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from screener import clock
from screener.dilution.phrases import in_play
from screener.engine.candidate import Candidate, History, candidates_of
from screener.engine.history import derive, with_ledger
from screener.engine.load import RuleSet
from screener.engine.rank import rank
from screener.pipeline.dilution.company import CompanyKey, held
from screener.pipeline.membership import with_membership
from screener.pipeline.pricing import measure
from screener.pipeline.workspace import Workspace
from screener.store.catalysts import outline
from screener.types import Catalyst, Classified, Listing, Move, Noise, Story, WatchRow

LOOK_BACK = dt.timedelta(days=1096)
HALTS = dt.timedelta(days=10)


def stories_of_day(workspace: Workspace, day: dt.date, as_of: dt.datetime) -> list[tuple[Story, Classified]]:
    """The stories of a session day's window as known at ``as_of``, each with its catalysts.

    Stories that an older classifier tagged, and versions that a later source has changed, are classified again.
    """
    start, end = clock.news_window(day)
    model = workspace.classifier.model_id
    found = list(workspace.store.stories.window(start, min(end, as_of), as_of))
    current = [s.id for s, newest, made_by in found if newest and made_by == model]
    stored = workspace.store.catalysts.of_stories(current)
    again = [s for s, _, _ in found if s.id not in stored]
    anew = {c.story_id: c for c in workspace.classifier.classify_many(again)} if again else {}
    return [(s, stored.get(s.id) or anew.get(s.id) or Classified(story_id=s.id)) for s, _, _ in found]


def candidates(
    workspace: Workspace, day: dt.date, as_of: dt.datetime, tickers: Sequence[str] | None = None
) -> dict[str, list[Candidate]]:
    """All candidates of a day by ticker, with prices and history as of a moment."""
    groups: dict[str, list[tuple[Story, Catalyst]]] = {}
    noise: dict[str, list[Noise]] = {}
    for story, found in stories_of_day(workspace, day, as_of):
        for catalyst in found.catalysts:
            ticker = catalyst.ticker or (story.tickers[0] if story.tickers else "")
            if ticker and (tickers is None or ticker in tickers):
                groups.setdefault(ticker, []).append((story, catalyst))
                noise.setdefault(ticker, []).extend(n for n in found.noise if n.story_id == story.id)
    dated = {t: [at for s, _ in pairs if (at := clock.publication_of(s))] for t, pairs in groups.items()}
    first_news = {t: min(times) for t, times in dated.items() if times}
    moves: Mapping[str, Move] = measure(workspace, day, as_of, list(groups), first_news)
    return {
        t: candidates_of(
            t,
            pairs,
            as_of=as_of,
            noise=_unique(noise[t]),
            move=moves.get(t),
            listing=_listing(workspace, t, pairs[0][0], moves.get(t)),
            history=history(workspace, t, pairs, as_of, moves.get(t)),
            small_cap_limit=workspace.universe.limit,
        )
        for t, pairs in groups.items()
    }


def _unique(noise: Sequence[Noise]) -> list[Noise]:
    return list({(n.story_id, n.kind): n for n in noise}.values())


def _listing(workspace: Workspace, ticker: str, story: Story, move: Move | None) -> Listing:
    known = workspace.table.by_ticker(ticker)
    if known is not None:
        return known
    # The story's company is that of its first ticker; another one's name would be a merger partner's.
    own = story.company if story.tickers[:1] == (ticker,) else ""
    return Listing(ticker=ticker, name=own, exchange=move.exchange if move else "", cik=story.cik)


def history(
    workspace: Workspace,
    ticker: str,
    pairs: Sequence[tuple[Story, Catalyst]],
    as_of: dt.datetime,
    move: Move | None = None,
) -> History:
    """What the store knew of a ticker before today's stories."""
    store = workspace.store
    listing = workspace.table.by_ticker(ticker)
    cik = next((s.cik for s, _ in pairs if s.cik), None) or (listing.cik if listing else None)
    today = {s.id for s, _ in pairs}
    since = as_of - LOOK_BACK
    collecting = workspace.store.runs.collecting_since(as_of)
    found = derive(
        [p for p in _past(workspace, ticker, since, as_of) if p[0].id not in today],
        as_of=as_of,
        since=collecting,
        filings=store.filings.of_company(cik, since, as_of) if cik else None,
        filings_since=collecting,
        halts=store.halts.of_ticker(ticker, as_of - HALTS, as_of),
    )
    splits = [*workspace.store.bars.reverse_splits([ticker], as_of).get(ticker, ()), found.last_reverse_split]
    found = replace(found, last_reverse_split=max((d for d in splits if d), default=None))
    book = held(workspace, CompanyKey(cik, ticker), as_of, move)
    return with_ledger(found, book.standing, in_play(book.ledger, book.standing)) if book else found


def _past(workspace: Workspace, ticker: str, since: dt.datetime, as_of: dt.datetime) -> list[tuple[Story, Catalyst]]:
    """A ticker's catalysts as known at a moment, newest first; stories that changed since are classified as they were."""
    store = workspace.store
    pairs = store.catalysts.past_of(ticker, since, as_of)
    changed = store.stories.superseded_of(ticker, since, as_of)
    if not changed:
        return pairs
    for story, found in zip(changed, workspace.classifier.classify_many(changed), strict=True):
        pairs += [(outline(story, ticker), c) for c in found.catalysts if c.ticker == ticker]
    pairs.sort(key=lambda p: p[0].id)
    return sorted(pairs, key=lambda p: p[0].published, reverse=True)


def rank_day(workspace: Workspace, run_id: str, day: dt.date, as_of: dt.datetime, by: str = "both") -> list[WatchRow]:
    """The day's list as of a moment."""
    return rank_grouped(workspace, candidates(workspace, day, as_of), run_id, day, by=by)


def rank_stored_day(workspace: Workspace, day: dt.date, rules: RuleSet) -> list[WatchRow]:
    """A stored day ranked under other rules, as of the moment its newest list was made."""
    moments = workspace.store.lists.times(day)
    if not moments:
        return []
    return rank_grouped(workspace, candidates(workspace, day, moments[-1][0]), "diff", day, rules)


def rank_grouped(
    workspace: Workspace,
    grouped: Mapping[str, Sequence[Candidate]],
    run_id: str,
    day: dt.date,
    rules: RuleSet | None = None,
    by: str = "both",
) -> list[WatchRow]:
    """A list from candidates by ticker: the small caps best first, then what lies outside the universe."""
    rows = rank((c for group in grouped.values() for c in group), rules or workspace.rules, run_id, day, by=by)
    return with_membership(
        rows, grouped, workspace.universe, workspace.table.side_lines(), workspace.table.with_units()
    )
