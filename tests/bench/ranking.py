"""Ranking quality on recorded small-cap releases of September to December 2025: ``python -m tests.bench.ranking``.

Each day's tickers are ranked twice. Before the open, from the text and prices up to the close before: how many of the
top ten moved 10 % or more that session. After the close, with the session's own prices: how many of the top ten are
real movers, 10 % or more on a million dollars, and how many of the day's real movers stand in the top 25. NDCG@10 has
the size of the move (up to 50 %) as the gain. The score is held against what happened in bands of ten, with Wilson
intervals. Points were set on the first half of the days only (``--points`` prints what they follow from it); the second
half is the result. Intervals are bootstraps over days. Ids that were labelled for the classifier are left out in one
variant.
"""

from __future__ import annotations

import bisect
import datetime as dt
import gzip
import json
import math
import random
import re
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from screener import clock, config
from screener.engine.candidate import Candidate, candidates_of
from screener.engine.curve import points_of
from screener.engine.load import RuleSet
from screener.engine.rank import rank, strengths
from screener.pipeline.history.scoring import FAR, REAL, TOP
from screener.pipeline.intake.taking import Intake
from screener.pipeline.pricing import load_file
from screener.pipeline.ranking import history
from screener.pipeline.study.estimates import wilson
from screener.pipeline.study.study import day_zero
from screener.pipeline.workspace import Workspace
from screener.prices.measures import compute_moves
from screener.store import open_store
from screener.types import Catalyst, Item, Move, Noise, Story
from tests.conftest import SHARED

FIRST, LAST = dt.date(2025, 9, 1), dt.date(2025, 12, 31)
LEAST, MOST, WIDE = 15, 50.0, 25
CALM, SHRUNK = 33.0, 30
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
    after: tuple[Candidate, ...] = ()
    tape: Move | None = None

    @property
    def moved(self) -> bool:
        """Whether it moved far in the session."""
        return abs(self.outcome) >= FAR

    @property
    def real(self) -> bool:
        """Whether it is one of the session's real movers."""
        return self.moved and self.tape is not None and (self.tape.dollar_volume or 0) >= REAL

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
    before, close = clock.open_time(day), clock.close_time(day) + dt.timedelta(hours=1)
    bars = workspace.store.bars.history([*found, "IWM"], day - dt.timedelta(days=400), day, close)
    splits = workspace.store.bars.reverse_splits(list(found), before)
    known = compute_moves(bars, before, day=day, splits=splits, news_times=dict.fromkeys(found, before))
    first = {name: min(s.published for s in stories) for name, stories in found.items()}
    tape = compute_moves(bars, close, day=day, splits=splits, news_times=first, benchmark=bars.get("IWM", ()))
    for name, stories in sorted(found.items()):
        own = bars.get(name, [])
        outcome = own[-1].change_pct if own and own[-1].day == day else None
        if outcome is None or name not in known or known[name].price is None:
            continue
        classified = workspace.store.catalysts.of_stories([s.id for s in stories])
        pairs = [(s, c) for s in stories for c in classified[s.id].catalysts]
        noise = [n for s in stories for n in classified[s.id].noise]
        rated = _candidates(workspace, name, pairs, noise, known[name])
        yield Ticker(
            name, tuple(stories), rated, known[name], outcome,
            tuple(replace(c, move=tape.get(name), as_of=close) for c in rated), tape.get(name),
        )  # fmt: skip


def _candidates(
    workspace: Workspace, name: str, pairs: Sequence[tuple[Story, Catalyst]], noise: Sequence[Noise], move: Move
) -> tuple[Candidate, ...]:
    if not pairs:
        return ()
    as_of = max(s.published for s, _ in pairs)
    past = history(workspace, name, pairs, as_of)
    return tuple(candidates_of(name, pairs, as_of=as_of, noise=noise, move=move, history=past))


# ---- orders ------------------------------------------------------------------------------------------------------


def by_rules(rules: RuleSet, by: str = "both", *, after: bool = False) -> Order:
    """The screener's own order; tickers without a row come after it, earliest news first."""

    def order(tickers: Sequence[Ticker]) -> list[Ticker]:
        rows = rank((c for t in tickers for c in (t.after if after else t.candidates)), rules, "bench", FIRST, by=by)
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

AFTER: dict[str, Order] = {
    "relative volume": by_key(lambda t: t.tape.rvol if t.tape else None),
    "dollar volume": by_key(lambda t: t.tape.dollar_volume if t.tape else None),
    "smallest market cap": BASELINES["smallest market cap"],
    "perfect foresight": by_key(lambda t: t.real),
}

# ---- measures ----------------------------------------------------------------------------------------------------


def share(order: Sequence[Ticker]) -> float:
    """The share of the top ten that moved far."""
    return sum(abs(t.outcome) >= FAR for t in order[:TOP]) / TOP


def real_share(order: Sequence[Ticker]) -> float:
    """The share of the top ten that are real movers."""
    return sum(t.real for t in order[:TOP]) / TOP


def found_wide(order: Sequence[Ticker]) -> float | None:
    """The share of the day's real movers (up to 25) that stand in the top 25; None without any."""
    real = sum(t.real for t in order)
    return sum(t.real for t in order[:WIDE]) / min(real, WIDE) if real else None


def area(scores: Sequence[float], hits: Sequence[bool]) -> float:
    """The area under the ROC curve: the chance that a hit has the higher score, ties half."""
    yes, no = ([s for s, h in zip(scores, hits, strict=True) if h is wanted] for wanted in (True, False))
    no.sort()
    wins = sum((bisect.bisect_left(no, s) + bisect.bisect_right(no, s)) / 2 for s in yes)
    return wins / (len(yes) * len(no)) if yes and no else math.nan


def bands(days: Sequence[Day], rules: RuleSet, *, after: bool) -> list[str]:
    """The score in bands of ten against what happened, as lines of a Markdown table, and the area under the curve."""
    scores: list[float] = []
    hits: list[bool] = []
    for _, tickers in days:
        rows = rank((c for t in tickers for c in (t.after if after else t.candidates)), rules, "bench", FIRST)
        by_name = {t.name: t for t in tickers}
        scores += [r.score for r in rows]
        hits += [by_name[r.ticker].real if after else by_name[r.ticker].moved for r in rows]
    lines = [
        f"area under the curve {area(scores, hits):.3f} over {len(scores)} rows",
        "| score | rows | mean | share | 95 % |",
    ]
    lines.append("|---|--:|--:|--:|---|")
    for low in range(0, 100, 10):
        held = [(s, h) for s, h in zip(scores, hits, strict=True) if low <= s < low + 10]
        if held:
            n, k = len(held), sum(h for _, h in held)
            low_end, high_end = wilson(k, n)
            mean = statistics.fmean(s for s, _ in held)
            lines.append(f"| {low} to {low + 10} | {n} | {mean:.0f} | {k / n:.2f} | {low_end:.2f} to {high_end:.2f} |")
    return lines


def points(days: Sequence[Day], rules: RuleSet, least: int = 10) -> list[str]:
    """What the base points of the catalyst rules follow from these days, as in ``rules/README.md``."""
    hits: dict[str, list[bool]] = {}
    adds: dict[str, list[float]] = {}
    for t in (t for _, tickers in days for t in tickers):
        best = {won.rule_id: won for _, _, won, _ in reversed(strengths(t.candidates, rules))}
        for name, won in best.items():
            hits.setdefault(name, []).append(t.moved)
            adds.setdefault(name, []).append(won.points - won.reasons[0].points)
    moved = [t.moved for _, tickers in days for t in tickers]
    overall = statistics.fmean(moved)
    lines = [
        f"{len(moved)} ticker-days, {overall:.2f} overall",
        "| rule | events | share | drawn | adds | base |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, found in sorted(hits.items(), key=lambda p: (-len(p[1]), p[0])):
        n, share_, mean = len(found), statistics.fmean(found), statistics.fmean(adds[name])
        drawn = (sum(found) + SHRUNK * overall) / (n + SHRUNK)
        base = CALM + points_of(100 * drawn) - points_of(100 * overall) - mean
        if n >= least:
            lines.append(f"| `{name}` | {n} | {share_:.2f} | {drawn:.2f} | {mean:.0f} | {base:.0f} |")
    return lines


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
    """Print every order's figures before the open on these days."""
    if len(days) < 3:
        print(f"\n{title}: only {len(days)} days, nothing to say")
        return
    print(f"\n{title}: {len(days)} days, {days[0][0]} to {days[-1][0]}, {sum(len(t) for _, t in days)} tickers")
    chance = [statistics.fmean(t.moved for t in tickers) for _, tickers in days]
    shuffled = [statistics.fmean(ndcg(random.Random(s).sample(t, len(t))) for s in range(50)) for _, t in days]
    print(f"  {'random':<32} share {interval(chance)}  NDCG {interval(shuffled)}")
    for name, order in orders.items():
        ranked = [order(tickers) for _, tickers in days]
        print(f"  {name:<32} share {interval([share(r) for r in ranked])}  NDCG {interval([ndcg(r) for r in ranked])}")


def report_after(title: str, days: Sequence[Day], orders: Mapping[str, Order]) -> None:
    """Print every order's figures after the close on these days."""
    if len(days) < 3:
        return
    print(f"\n{title}, after the close: {len(days)} days")
    print(f"  {'random':<32} real {interval([statistics.fmean(t.real for t in tickers) for _, tickers in days])}")
    for name, order in orders.items():
        ranked = [order(tickers) for _, tickers in days]
        wide = [w for r in ranked if (w := found_wide(r)) is not None]
        print(f"  {name:<32} real {interval([real_share(r) for r in ranked])}  in the top 25 {interval(wide)}")


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


def main(arguments: Sequence[str] = ()) -> None:
    """Print the figures of both halves, the bands of the score, and with ``--points`` what the points follow from."""
    if not SHARED.is_dir():
        raise SystemExit(f"needs the recorded data at {SHARED}")
    with tempfile.TemporaryDirectory() as folder:
        workspace, days, unlabelled = prepare(Path(folder))
        rules = workspace.rules
        first, second = halves(days)
        if "--points" in arguments:
            print("\n".join(points(first, rules)))
            return
        new = new_companies(first, second, TOP + 1)
        later = [d for d in unlabelled if d[0] > first[-1][0]]
        sets = {
            "first half, points set on": first,
            "second half, the result": second,
            "second half, companies not in the first": new,
            "second half, releases without a label": later,
        }
        before = {"the rules": by_rules(rules), "the rules, bullish": by_rules(rules, "bullish"), **BASELINES}
        after = {"the rules": by_rules(rules, after=True), **AFTER}
        for title, held in sets.items():
            report(title, held, before)
            report_after(title, held, after)
        for title, known in (("before the open", False), ("after the close", True)):
            print(f"\nscore against what happened, second half, {title}")
            print("\n".join(bands(second, rules, after=known)))
        workspace.store.close()


if __name__ == "__main__":
    main(sys.argv[1:])
