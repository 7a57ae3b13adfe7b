"""Later moves: right numbers, right moments, and never before they were known."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from screener import clock
from screener.cli import cli
from screener.pipeline.outcomes import fill, fill_due, finished_session
from screener.store import Store, open_store
from screener.types import Run, WatchRow
from tests.pipeline.make import DAY, at, bars, workspace_on

NEXT, WEEK = clock.next_session(DAY), clock.next_session(DAY, 5)
LATER = clock.close_time(clock.next_session(DAY, 9))


def run(as_of: dt.datetime, name: str = "r1") -> Run:
    return Run(id=name, started=as_of, as_of=as_of, day=DAY, rules_digest="d", model_id="m")


def row(as_of: dt.datetime, name: str = "r1", **changes: object) -> WatchRow:
    values: dict[str, object] = {
        "run_id": name, "day": DAY, "rank": 1, "ticker": "ZPAA", "score": 40.0, "catalyst": "commercial_contract",
        "action": "Watch", "headline": "Zpaa wins contract", "as_of": as_of,
    }  # fmt: skip
    return WatchRow(**{**values, **changes})  # type: ignore[arg-type]


def listed(store: Store, as_of: dt.datetime, name: str = "r1", **changes: object) -> None:
    with store.transaction():
        store.runs.start(run(as_of, name))
        store.lists.save(run(as_of, name), [row(as_of, name, **changes)])


def priced(store: Store, changes: list[float | None]) -> None:
    """Bars from two sessions before the day on."""
    with store.transaction():
        store.bars.save(bars("ZPAA", changes, clock.next_session(DAY, len(changes) - 3)))


def moves(store: Store, as_of: dt.datetime | None = None) -> tuple[Any, Any, Any]:
    found = store.outcomes.of_day(DAY, as_of)["ZPAA"]
    return found.close, found.next, found.week


def test_listed_before_the_open_counts_the_whole_day(store: Store) -> None:
    listed(store, at(8), price=1.8)  # the last close, not a price of this day
    priced(store, [0.0, 0.0, 10.0, -50.0, 0.0, 0.0, 0.0, 100.0])
    assert fill(workspace_on(store), LATER) == 3
    assert moves(store) == (pytest.approx(10.0), pytest.approx(-45.0), pytest.approx(10.0))


def test_listed_in_the_session_counts_from_the_listed_price(store: Store) -> None:
    listed(store, at(11), price=2.0, change_pct=5.0)
    priced(store, [0.0, 0.0, 10.0, 10.0])  # closes 2, 2, 2.2, 2.42
    fill(workspace_on(store), LATER)
    assert moves(store) == (pytest.approx(10.0), pytest.approx(21.0), None)


def test_listed_in_the_session_without_a_price_cannot_be_told(store: Store) -> None:
    listed(store, at(11), price=2.0)
    priced(store, [0.0, 0.0, 10.0, 10.0])
    assert fill(workspace_on(store), LATER) == 0


def test_listed_after_the_close_starts_there(store: Store) -> None:
    listed(store, at(17), price=2.2, change_pct=10.0)
    priced(store, [0.0, 0.0, 10.0, -5.0])
    fill(workspace_on(store), LATER)
    assert moves(store) == (None, pytest.approx(-5.0), None)


def test_the_first_listing_of_the_day_is_the_base(store: Store) -> None:
    listed(store, at(12), "late", price=4.0, change_pct=100.0)
    listed(store, at(8), "early", price=2.0)
    listed(store, at(15), "later", price=5.0, change_pct=150.0, score=50.0)
    assert store.outcomes.of_day(DAY)["ZPAA"].listed == at(8)


def test_nothing_is_seen_before_it_was_known(store: Store) -> None:
    listed(store, at(8))
    priced(store, [0.0, 0.0, 10.0, -50.0, 0.0, 0.0, 0.0, 100.0])
    fill(workspace_on(store), LATER)
    just = dt.timedelta(milliseconds=1)
    assert store.outcomes.of_day(DAY, at(8) - just) == {}
    assert moves(store, clock.close_time(DAY) - just) == (None, None, None)
    assert moves(store, clock.close_time(DAY)) == (pytest.approx(10.0), None, None)
    assert moves(store, clock.close_time(WEEK) - just)[1:] == (pytest.approx(-45.0), None)
    assert moves(store, clock.close_time(WEEK))[2] == pytest.approx(10.0)
    assert store.outcomes.of_ticker("ZPAA", clock.close_time(NEXT))[DAY].week is None


def test_a_fill_sees_only_bars_known_by_its_moment(store: Store) -> None:
    listed(store, at(8))
    priced(store, [0.0, 0.0, 10.0, -50.0, 0.0, 0.0, 0.0, 100.0])
    assert fill(workspace_on(store), clock.close_time(NEXT)) == 2
    assert moves(store)[2] is None
    assert fill(workspace_on(store), LATER) == 1


def test_a_missing_session_stays_unknown(store: Store) -> None:
    listed(store, at(8))
    priced(store, [0.0, 0.0, 10.0, None, 0.0, 0.0, 0.0, 100.0])
    fill(workspace_on(store), LATER)
    assert moves(store) == (pytest.approx(10.0), None, None)


def test_a_bar_caught_in_session_is_no_close(store: Store) -> None:
    listed(store, at(8))
    own = bars("ZPAA", [0.0, 0.0, 10.0], DAY)
    with store.transaction():
        store.bars.save([*own[:2], msgspec.structs.replace(own[2], known_at=at(12))])
    assert fill(workspace_on(store), LATER) == 0


def test_a_watch_fills_once_a_session(store: Store) -> None:
    listed(store, at(8))
    priced(store, [0.0, 0.0, 10.0])
    workspace = workspace_on(store)
    assert fill_due(workspace, at(15)) == 0  # the session runs, its bar is not known
    assert fill_due(workspace, at(16, 5)) == 1
    with store.transaction():
        store.bars.save(bars("ZPAA", [10.0, 4.0], NEXT))
    assert fill_due(workspace, at(16, 10)) == 0
    assert fill_due(workspace, at(16, 5, NEXT)) == 1


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (at(15, 59), clock.previous_session(DAY)),
        (at(16), DAY),
        (at(12, day=dt.date(2026, 3, 14)), dt.date(2026, 3, 13)),
    ],
)
def test_the_last_finished_session(moment: dt.datetime, day: dt.date) -> None:
    assert finished_session(moment) == day


def test_the_commands_show_what_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)
    db = str(tmp_path / "t.db")
    with open_store(tmp_path / "t.db") as store:
        listed(store, at(8))
        priced(store, [0.0, 0.0, 12.0, -50.0])

    def call(*args: str) -> str:
        done = CliRunner().invoke(cli, ["watchlist", *args, "--db", db])
        assert done.exit_code == 0, done.output
        return done.stdout

    assert "of the top" not in call("outcomes", "--date", str(DAY))
    shown = call("outcomes", "--date", str(DAY), "--fill")
    assert "+12.0 %" in shown and "-44.0 %" in shown and "1 of 1 moved 10 % or more" in shown
    early = call("outcomes", "--date", str(DAY), "--as-of", at(15).isoformat(), "--format", "json")
    assert json.loads(early)[0]["close_pct"] is None
    assert json.loads(call("history", "ZPAA", "--format", "json"))[0]["close_pct"] == pytest.approx(12.0)
    assert "+12.0 %" in call("history", "ZPAA")
