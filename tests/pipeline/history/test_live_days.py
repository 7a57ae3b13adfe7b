"""Some days lived through run by run, and replayed from an archive of the same news: every row is the same."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pytest
from msgspec.structs import replace

from screener import clock
from screener.config import Settings
from screener.pipeline.history.replay import Phase, past_workspace, replay, stored_lists
from screener.pipeline.history.tagging import _classifier
from screener.pipeline.workspace import Workspace
from screener.store import open_store
from screener.types import Bar, Item
from tests.bench.live_days import differences, make_live
from tests.pipeline.history.making import TABLE, filled, job_in, release, written
from tests.pipeline.make import at, bars

DAYS = [dt.date(2026, 2, 26), dt.date(2026, 2, 27), dt.date(2026, 3, 2), dt.date(2026, 3, 3)]
CHANGES = {"QBKR": (31.0, -18.0, 2.0, 44.0), "ZVRN": (1.0, 12.0, 25.0, -4.0), "LMVR": (0.5, -1.0, -33.0, 3.0)}


def news() -> list[Item]:
    """Copies before and after a list was made, a filing that confirms, an edit, news after the close and at a weekend."""
    split, award = "Qbkr Corp Announces 1-for-25 Reverse Stock Split", "Zvrn Corp Awarded $12 Million Navy Contract"
    first = release("QBKR", split, at(8, 0, DAYS[0]))
    late = release("ZVRN", award, at(18, 5, DAYS[1]), source_id="award")
    filing = Item(
        source="edgar", source_id="0009990000-26-000001", title=f"8-K: Qbkr Corp - {split}", form="8-K", items=("5.03",),
        body=f"Item 5.03. Amendments. {split}. Qbkr Corp today announced a reverse split.", cik=9_990_000,
        company="Qbkr Corp", published=at(16, 40, DAYS[0]), received=at(16, 40, DAYS[0]), replayed=True,
    )  # fmt: skip
    return [
        first,
        release("QBKR", split, at(9, 31, DAYS[0]), "relay", body=""),
        filing,
        release("LMVR", "Lmvr Corp Prices $8 Million Public Offering of Common Stock", at(7, 15, DAYS[1])),
        late,
        replace(late, title=award.replace("$12", "$21"), published=at(9, 0, DAYS[2]), received=at(9, 0, DAYS[2])),
        release("LMVR", "Lmvr Corp Receives Nasdaq Deficiency Notice on Minimum Bid", at(23, 59, dt.date(2026, 2, 28))),
        release("NDGA", "Ndga Corp Meets Primary Endpoint in Phase 3 Trial", at(6, 45, DAYS[3])),
        release("QBKR", "Qbkr Corp Prices $5 Million Public Offering", at(7, 0, DAYS[3])),
    ]


def priced(until: dt.date) -> list[Bar]:
    """Forty sessions of quiet days and the moves above, up to a day."""
    found: list[Bar] = []
    for ticker in (*CHANGES, "NDGA", "IWM"):
        quiet = 0.1 if ticker == "IWM" else 1.0
        found += bars(ticker, [quiet] * 40 + list(CHANGES.get(ticker, (quiet,) * 4)), DAYS[-1], volume=2e6)
    return [b for b in found if b.day <= until]


def csv_of(path: Path, told: Iterable[Bar]) -> Path:
    """Bars as the CSV files that ``--prices`` takes."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["ticker", "date", "close", "change_pct", "volume", "market_cap"])
        out.writerows([b.ticker, b.day, b.close, b.change_pct, b.volume, b.market_cap] for b in told)
    return path


@pytest.mark.parametrize("cut", [1, 3])
def test_every_row_of_a_replay_is_the_row_that_was_made_live(cut: int, tmp_path: Path) -> None:
    items, everything = written(tmp_path / "news.jsonl", news()), csv_of(tmp_path / "all.csv", priced(DAYS[-1]))
    classifier = _classifier(job_in(tmp_path).rules, True)

    def of(day: dt.date, phase: Phase) -> Path:
        until = day if phase == "after" else clock.previous_session(day)
        return csv_of(tmp_path / f"{day}-{phase}.csv", priced(until))

    with open_store(tmp_path / "live.db") as store:
        with store.transaction():
            store.listings.replace(TABLE, at(8, 0, dt.date(2026, 1, 2)))
        make_live(store, DAYS, items, of, classifier)
        own = Workspace(settings=Settings(), store=store, classifier=classifier)
        live = list(stored_lists(own, DAYS))
        parts = [written(tmp_path / f"part{n}.jsonl", reversed(news()[n::cut])) for n in range(cut)]
        filled(tmp_path / "archive", *parts)
        with past_workspace(own, DAYS[0], DAYS[-1], tmp_path / "archive", [everything]) as (past, problems):
            again = list(replay(past, DAYS))
    assert not problems
    assert len(live) == len(again) == 2 * len(DAYS)
    assert {r.ticker for one in again for r in one.rows} == {*CHANGES, "NDGA"}
    assert [(one.day, one.phase, *rest) for one, *rest in differences(live, again)] == []
