"""Ranking quality on recorded small-cap releases of September to December 2025: ``python -m tests.bench.ranking``.

Each day's tickers are ranked from what was known at publication (the text, and prices up to the close before), then
held against that session's moves: the share of the top ten that moved 10 % or more either way, and NDCG@10 with the
size of the move (up to 50 %) as the gain. The rules were tuned on the first half of the days only; the second half is
the result. Intervals are bootstraps over days. Ids that were labelled for the classifier are left out in one variant.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import math
import random
import re
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from screener import clock, config
from screener.engine.candidate import Candidate, candidates_of
from screener.engine.load import RuleSet
from screener.engine.rank import rank
from screener.pipeline.intake.taking import Intake
from screener.pipeline.pricing import load_file
from screener.pipeline.ranking import history
from screener.pipeline.study.study import day_zero
from screener.pipeline.workspace import Workspace
from screener.prices.measures import compute_moves
from screener.store import open_store
from screener.types import Catalyst, Item, Move, Noise, Story
from tests.conftest import SHARED

FIRST, LAST = dt.date(2025, 9, 1), dt.date(2025, 12, 31)
LEAST, TOP, FAR, MOST = 15, 10, 10.0, 50.0
ROUNDS = 2000
KEYWORDS = re.compile(
    r"fda|approv|phase|topline|merger|acqui|contract|award|reverse (?:stock )?split|offering|private placement|bitcoin|"
    r"treasury|\bai\b|partnership|patent|deficien|compliance|nasdaq|strategic",
    re.I,
)


@dataclass(frozen=True)
class Ticker:
    """One ticker's news of one session: what was known before it traded, and what it then did."""

    name: str
    stories: tuple[Story, ...]
    candidates: tuple[Candidate, ...]
    move: Move
    outcome: float

    @property
    def first(self) -> dt.datetime:
        """When its first news came out."""
        return min(s.published for s in self.stories)


Day = tuple[dt.date, list[Ticker]]
Order = Callable[[Sequence[Ticker]], list[Ticker]]


def releases(path: Path) -> Iterator[Item]:
    """The relay's releases; where only a later sighting is known, that stands for the publication."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            r = json.loads(line)
            time = r["published"] or r.get("seen_by")
            if r["wire"] == "unknown" and r["tickers"] and time:
                moment = dt.datetime.fromisoformat(time)
                moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
                yield Item(
                    source="relay", source_id=r["id"], url=r["url"], title=r["title"], body=r["body"], published=moment,
                    received=moment, ticker_hints=tuple(r["tickers"]), subjects=tuple(r["subjects"]), replayed=True,
                )  # fmt: skip


def labelled(path: Path) -> set[str]:
    """Ids that a person labelled for the classifier."""
    with path.open(encoding="utf-8") as lines:
        return {json.loads(line)["id"] for line in lines}


def days_of(workspace: Workspace, left_out: set[str], least: int = LEAST) -> list[Day]:
    """The sessions with enough tickers, each with everything known before it."""
    store = workspace.store
    start, end = clock.close_time(clock.previous_session(FIRST)), clock.close_time(LAST)
    grouped: dict[dt.date, dict[str, list[Story]]] = {}
    for story, _, _ in store.stories.window(start, end, end):
        if story.tickers and not any(s.source_id in left_out for s in story.sources):
            grouped.setdefault(day_zero(story.published), {}).setdefault(story.tickers[0], []).append(story)
    days = [
        (day, list(_tickers(workspace, day, found))) for day, found in sorted(grouped.items()) if FIRST <= day <= LAST
    ]
    return [(day, found) for day, found in days if len(found) >= least]


def _tickers(workspace: Workspace, day: dt.date, found: Mapping[str, list[Story]]) -> Iterator[Ticker]:
    before, close = clock.open_time(day), clock.close_time(day)
    bars = workspace.store.bars.history(list(found), day - dt.timedelta(days=400), day, close)
    splits = workspace.store.bars.reverse_splits(list(found), before)
    known = compute_moves(bars, before, day=day, splits=splits, news_times=dict.fromkeys(found, before))
    for name, stories in sorted(found.items()):
        own = bars.get(name, [])
        outcome = own[-1].change_pct if own and own[-1].day == day else None
        if outcome is None or name not in known or known[name].price is None:
            continue
        classified = workspace.store.catalysts.of_stories([s.id for s in stories])
        pairs = [(s, c) for s in stories for c in classified[s.id].catalysts]
        noise = [n for s in stories for n in classified[s.id].noise]
        yield Ticker(
            name, tuple(stories), _candidates(workspace, name, pairs, noise, known[name]), known[name], outcome
        )


def _candidates(
    workspace: Workspace, name: str, pairs: Sequence[tuple[Story, Catalyst]], noise: Sequence[Noise], move: Move
) -> tuple[Candidate, ...]:
    if not pairs:
        return ()
    as_of = max(s.published for s, _ in pairs)
    past = history(workspace, name, pairs, as_of)
    return tuple(candidates_of(name, pairs, as_of=as_of, noise=noise, move=move, history=past))


# ---- orders ------------------------------------------------------------------------------------------------------


def by_rules(rules: RuleSet, by: str = "both") -> Order:
    """The screener's own order; tickers without a row come after it, earliest news first."""

    def order(tickers: Sequence[Ticker]) -> list[Ticker]:
        rows = rank((c for t in tickers for c in t.candidates), rules, "bench", FIRST, by=by)
        place = {r.ticker: r.rank for r in rows}
        return sorted(tickers, key=lambda t: (place.get(t.name, math.inf), t.first, t.name))

    return order


def by_key(key: Callable[[Ticker], float | None]) -> Order:
    """Highest first, unknown last, ties by name."""

    def order(tickers: Sequence[Ticker]) -> list[Ticker]:
        known = {t.name: key(t) for t in tickers}
        return sorted(tickers, key=lambda t: (-(known[t.name] if known[t.name] is not None else -1e18), t.name))  # type: ignore[operator]

    return order


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


BASELINES: dict[str, Order] = {
    "time order": by_key(lambda t: -t.first.timestamp()),
    "smallest market cap": by_key(lambda t: _minus(t.move.market_cap)),
    "keyword": by_key(lambda t: max(len(KEYWORDS.findall(s.title)) for s in t.stories)),
    "previous day's relative volume": by_key(lambda t: t.move.prev_rvol),
    "volatility of 20 days": by_key(lambda t: t.move.volatility_pct),
    "perfect foresight": by_key(lambda t: abs(t.outcome)),
}

# ---- measures ----------------------------------------------------------------------------------------------------


def share(order: Sequence[Ticker]) -> float:
    """The share of the top ten that moved far."""
    return sum(abs(t.outcome) >= FAR for t in order[:TOP]) / TOP


def ndcg(order: Sequence[Ticker]) -> float:
    """NDCG@10, the gain being the size of the move up to 50 %."""

    def total(gains: Sequence[float]) -> float:
        return sum(g / math.log2(i + 2) for i, g in enumerate(gains[:TOP]))

    gains = [min(abs(t.outcome), MOST) / MOST for t in order]
    best = total(sorted(gains, reverse=True))
    return total(gains) / best if best else 0.0


def interval(values: Sequence[float], seed: int = 7) -> str:
    """``0.512 [0.47, 0.55]``: the mean with its 95 % interval over days."""
    draw = random.Random(seed)
    means = sorted(statistics.fmean(draw.choices(values, k=len(values))) for _ in range(ROUNDS))
    return f"{statistics.fmean(values):.3f} [{means[int(ROUNDS * 0.025)]:.3f}, {means[int(ROUNDS * 0.975)]:.3f}]"


def report(title: str, days: Sequence[Day], orders: Mapping[str, Order]) -> None:
    """Print every order's figures on these days."""
    if len(days) < 3:
        print(f"\n{title}: only {len(days)} days, nothing to say")
        return
    print(f"\n{title}: {len(days)} days, {days[0][0]} to {days[-1][0]}, {sum(len(t) for _, t in days)} tickers")
    chance = [statistics.fmean(abs(t.outcome) >= FAR for t in tickers) for _, tickers in days]
    shuffled = [statistics.fmean(ndcg(random.Random(s).sample(t, len(t))) for s in range(50)) for _, t in days]
    print(f"  {'random':<32} share {interval(chance)}  NDCG {interval(shuffled)}")
    for name, order in orders.items():
        ranked = [order(tickers) for _, tickers in days]
        print(f"  {name:<32} share {interval([share(r) for r in ranked])}  NDCG {interval([ndcg(r) for r in ranked])}")


def new_companies(first: Sequence[Day], second: Sequence[Day], least: int) -> list[Day]:
    """The second half without the companies of the first."""
    seen = {t.name for _, tickers in first for t in tickers}
    kept = [(day, [t for t in tickers if t.name not in seen]) for day, tickers in second]
    return [(day, tickers) for day, tickers in kept if len(tickers) >= least]


def prepare(folder: Path) -> tuple[Workspace, list[Day], list[Day]]:
    """A workspace on a filled store, the days, and the days without labelled releases."""
    workspace = Workspace(settings=config.Settings(), store=open_store(folder / "bench.db"))
    Intake(workspace).take(releases(SHARED / "wires" / "releases.jsonl.gz"))
    load_file(workspace, SHARED / "prices" / "daily_2025H2_corrected.parquet")
    seen = labelled(SHARED / "wires" / "labels.jsonl")
    return workspace, days_of(workspace, set()), days_of(workspace, seen, TOP + 1)


def halves(days: Sequence[Day]) -> tuple[Sequence[Day], Sequence[Day]]:
    """The earlier and the later half."""
    return days[: len(days) // 2], days[len(days) // 2 :]


def main() -> None:
    """Print the figures of both halves."""
    if not SHARED.is_dir():
        raise SystemExit(f"needs the recorded data at {SHARED}")
    with tempfile.TemporaryDirectory() as folder:
        workspace, days, unlabelled = prepare(Path(folder))
        orders = {
            "the rules": by_rules(workspace.rules),
            "the rules, bullish": by_rules(workspace.rules, "bullish"),
            **BASELINES,
        }
        first, second = halves(days)
        report("first half, tuned on", first, orders)
        report("second half, the result", second, orders)
        report("second half, companies not in the first", new_companies(first, second, TOP + 1), orders)
        later = [d for d in unlabelled if d[0] > first[-1][0]]
        report("second half, releases without a label", later, orders)
        report("all days", days, orders)
        workspace.store.close()


if __name__ == "__main__":
    main()
