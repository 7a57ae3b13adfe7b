"""Prices for a run: load or fetch bars into the store, then measure the tickers in the news."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from screener import clock
from screener.config import PriceSourceSettings, Settings, own_folders
from screener.errors import InputError, PriceError, ScreenerError
from screener.http import Fetcher
from screener.pipeline.boundary import attempt
from screener.pipeline.workspace import Workspace
from screener.prices.base import PriceRequest, Prices, PriceSource, missing
from screener.prices.failover import Configured, fetch_first
from screener.prices.file import files, iter_rows
from screener.prices.measures import compute_moves
from screener.prices.splits import Announced, parse_ratio
from screener.registry import discover
from screener.store import Store
from screener.types import Bar, Move, Problem

HISTORY_DAYS = 400
"""Calendar days of bars behind a measure: 52 weeks and the beta's 120 sessions fit in."""
BENCHMARK = "IWM"
INDEXES = ("SPY", "IWM", "QQQ")
LOAD_BATCH = 20_000


def sources(settings: Settings) -> dict[str, PriceSource]:
    """All price sources by name, those of the user's own ``prices/`` folders included. Raises ConfigError."""
    own = [f / "prices" for f in own_folders(settings)]
    return discover("screener.prices", PriceSource, own)  # type: ignore[type-abstract]


def load_file(
    workspace: Workspace, path: Path, tick: Callable[[int], None] = lambda _: None
) -> tuple[int, list[Problem]]:
    """Load a file or folder of daily bars; one that was loaded before in the same bytes is skipped.

    Returns how many bars are new or changed. Raises InputError when it is no table of bars.
    """
    digest = _digest(path)
    key = f"prices:{path.absolute()}"
    if workspace.store.get_setting(key) == digest:
        return 0, []
    problems: list[Problem] = []
    changed, batch = 0, []
    with workspace.store.transaction():
        for row in iter_rows(path, problems, now=clock.now()):
            batch.append(row)
            if len(batch) >= LOAD_BATCH:
                changed += workspace.store.bars.save_rows(batch)
                tick(len(batch))
                batch = []
        changed += workspace.store.bars.save_rows(batch)
        tick(len(batch))
        workspace.store.set_setting(key, digest)
    return changed, problems


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    for file in files(path):
        with file.open("rb") as opened:
            while block := opened.read(1 << 20):
                found.update(block)
    return found.hexdigest()


def asks_sources(settings: Settings, names: Sequence[str]) -> bool:
    """Whether any of these names is a source that is asked, not a file."""
    known = sources(settings)
    return any(n in known and n != "file" for n in names)


class Bounded:
    """A source that fails as a source does, with PriceError, whatever its code throws."""

    def __init__(self, source: PriceSource) -> None:
        self.source = source
        self.name, self.delay, self.coverage = source.name, source.delay, source.coverage
        self.licence, self.needs_key = source.licence, source.needs_key

    async def daily(self, request: PriceRequest) -> Prices:
        """The source's answer. Raises PriceError, FetchError or InputError."""
        found = await attempt("price", self.name, lambda: self.source.daily(request), (ScreenerError,))
        if isinstance(found, Problem):
            raise PriceError(found.message)
        return found


async def fetch(
    workspace: Workspace, names: Sequence[str], tickers: Sequence[str], get: Fetcher, reader: Store | None = None
) -> tuple[list[Prices], list[Problem]]:
    """Ask the sources among ``names`` in order, each for what the ones before it did not have and is not stored yet."""
    known = sources(workspace.settings)
    chosen = [_configured(workspace, known[n]) for n in names if n in known and n != "file"]
    request = _request(workspace, tickers, get, reader or workspace.store) if chosen else None
    if request is None:
        return [], []
    answers: list[Prices] = []
    problems: list[Problem] = []
    # A source that gives the whole market in one answer is asked for all of it: breadth needs every small cap.
    whole = [c for c in chosen if getattr(known[c.source.name], "whole_market", False)]
    rest = [c for c in chosen if c not in whole]
    if whole:
        await _ask(whole, replace(request, tickers=()), answers, problems)
    left = tuple(t for t in request.tickers if all(t not in p.tickers() for p in answers))
    if rest and left:
        await _ask(rest, replace(request, tickers=left), answers, problems)
    return answers, problems


async def _ask(
    chosen: Sequence[Configured], request: PriceRequest, answers: list[Prices], problems: list[Problem]
) -> None:
    try:
        prices, found = await fetch_first(chosen, request)
    except ScreenerError as e:
        names = ", ".join(c.source.name for c in chosen)
        problems.append(Problem(stage="price", subject=names, message=str(e), kind=type(e).__name__))
        return
    answers.append(prices)
    problems += found


def _configured(workspace: Workspace, source: PriceSource) -> Configured:
    own = workspace.settings.prices.sources.get(source.name, PriceSourceSettings())
    options = {**own.options, **({"path": own.path} if own.path else {})}
    return Configured(source=Bounded(source), base_url=own.base_url, key=own.key, secret=own.secret, options=options)


def _request(workspace: Workspace, tickers: Sequence[str], get: Fetcher, held: Store) -> PriceRequest | None:
    as_of = workspace.clock.now()
    day = clock.session_day(as_of)
    wanted = tuple(dict.fromkeys([*tickers, *INDEXES]))
    request = PriceRequest(
        tickers=wanted, start=day - dt.timedelta(days=HISTORY_DAYS), end=day, as_of=as_of, fetcher=get, now=clock.now
    )
    final = day if as_of >= clock.close_time(day) else clock.previous_session(day)
    left = missing(request, held.bars.latest(wanted), final)
    if left is None and clock.session_at(as_of) != clock.CLOSED:
        # The history is stored; only the day in progress is still moving.
        return replace(request, start=day)
    return left


def store(workspace: Workspace, answers: Sequence[Prices]) -> None:
    """Store what sources answered; nothing is stored twice."""
    with workspace.store.transaction():
        for prices in answers:
            workspace.store.bars.save(prices.bars)
            workspace.store.bars.save_quotes(prices.quotes)
            workspace.store.bars.save_splits(
                (t, d, ratio, prices.source, clock.open_time(d))
                for t, days in prices.splits.items()
                for d, ratio in days.items()
            )
            workspace.store.sectors.save(prices.sectors, prices.source, workspace.clock.now())


def file_paths(workspace: Workspace, names: Sequence[str]) -> list[Path]:
    """The files among ``names``. Raises InputError for a name that is neither file nor source."""
    known = sources(workspace.settings)
    return [_path(workspace, n, known) for n in names if n not in known or n == "file"]


def _path(workspace: Workspace, name: str, known: Mapping[str, object]) -> Path:
    own = workspace.settings.prices.sources.get("file")
    path = Path(own.path if name == "file" and own and own.path else name).expanduser()
    if not path.exists():
        raise InputError(
            f"--prices {name}: no such file, and no source of that name; sources: {', '.join(sorted(known))}"
        )
    return path


def measure(
    workspace: Workspace,
    day: dt.date,
    as_of: dt.datetime,
    tickers: Sequence[str],
    news_times: Mapping[str, dt.datetime],
) -> dict[str, Move]:
    """Moves of the tickers in the news, from what the store knew at ``as_of``; ``news_times`` where they are known."""
    bars = workspace.store.bars
    start = day - dt.timedelta(days=HISTORY_DAYS)
    prefer = workspace.settings.prices.source
    history = bars.history([*tickers, BENCHMARK], start, day, as_of, prefer)
    benchmark: list[Bar] = history.get(BENCHMARK, [])
    opened = clock.close_time(clock.previous_session(day))
    return compute_moves(
        {t: history[t] for t in tickers if t in history},
        as_of,
        news_times=news_times,
        benchmark=benchmark,
        quotes=bars.quotes([*tickers, BENCHMARK], opened, as_of),
        trails=bars.trails(tickers, opened, as_of),
        splits=bars.splits(tickers, as_of),
        announced=announced_splits(workspace.store, tickers, as_of),
    )


def announced_splits(store: Store, tickers: Sequence[str], as_of: dt.datetime) -> dict[str, list[Announced]]:
    """The splits that companies announced in their own news, as known at a moment; what is no ratio is left out."""
    found: dict[str, list[Announced]] = {}
    for ticker, stated in store.bars.stated_ratios(tickers, as_of).items():
        for said in stated:
            try:
                ratio = parse_ratio(said.ratio)
                effective = dt.date.fromisoformat(said.effective) if said.effective else None
            except ValueError:
                continue
            if ratio != 1.0:
                split = Announced(ratio=ratio, announced=clock.new_york_date(said.published), effective=effective)
                found.setdefault(ticker, []).append(split)
    return found
