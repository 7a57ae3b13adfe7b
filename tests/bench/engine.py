"""Measure ranking: 2,000 stories against every rule. Run: python -m tests.bench.engine"""

from __future__ import annotations

import random
import time

from screener.engine.candidate import Candidate
from screener.engine.load import load_rules
from screener.engine.rank import rank
from tests.engine.make import AS_OF, RULES, candidate, move, story
from tests.engine.test_rules import TYPES

STORIES = 2000


def market(count: int = STORIES, seed: int = 5) -> list[Candidate]:
    """Candidates of an invented day, about 1.3 stories a ticker."""
    rnd = random.Random(seed)
    made = []
    for i in range(count):
        priced = move(price=rnd.uniform(0.2, 20), change_pct=rnd.gauss(0, 15), rvol=rnd.uniform(0.3, 20),
            market_cap=rnd.uniform(5e6, 3e9), float_shares=rnd.uniform(1e6, 1e8), dollar_volume=rnd.uniform(1e4, 1e8),
            avg_dollar_volume=rnd.uniform(1e4, 1e7))  # fmt: skip
        made.append(
            candidate(
                rnd.choice(TYPES), rnd.choice("+-±0"), stage=rnd.choice(["", "announced", "closed"]),
                story=story(f"s{i}", rnd.uniform(0, 40)), ticker=f"T{rnd.randrange(int(count / 1.3))}",
                confidence=rnd.uniform(0.5, 1), move=priced, facts={"amount_usd": rnd.uniform(1e5, 1e8)})
        )  # fmt: skip
    return made


def main() -> None:
    """Print the time to load and check the rules and to rank a day."""
    start = time.perf_counter()
    rules = load_rules([RULES])
    loaded = time.perf_counter()
    day = market()
    made = time.perf_counter()
    rows = rank(day, rules, "bench", AS_OF.date())
    done = time.perf_counter()
    print(f"engine: {len(rules.rules)} rules loaded in {loaded - start:.2f} s")
    print(f"engine: {STORIES} stories x {len(rules.rules)} rules ranked into {len(rows)} rows in {done - made:.2f} s")


if __name__ == "__main__":
    main()
