"""Replayed lists are those that were made at the time, and their scores are held against what followed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from screener import clock
from screener.clock import Clock
from screener.errors import InputError
from screener.outputs.backtest import backtest_lines, backtest_page, compared_lines
from screener.pipeline.history.replay import PastList, moment_of, read_lists, replay, sessions, stored_lists
from screener.pipeline.history.scoring import backtest
from screener.pipeline.intake.taking import Intake
from screener.pipeline.ranking import rank_day
from screener.pipeline.study.estimates import clustered, share_of
from screener.pipeline.workspace import Workspace
from screener.store import Store, open_store
from screener.types import Bar, Item, Run, WatchRow
from tests.pipeline.make import at, bars, item, workspace_on

DAYS = [dt.date(2026, 3, 9), dt.date(2026, 3, 10), dt.date(2026, 3, 11)]
LAST_BAR = dt.date(2026, 4, 10)
NEWS = [
    item("QBKR", "Qbkr Announces Approval of Its Device", at(7, day=DAYS[0])),
    item("ZVRN", "Zvrn Awarded Navy Contract", at(17, day=DAYS[0])),
    item("QBKR", "Qbkr Prices Public Offering", at(18, day=DAYS[0])),
    item("LMVR", "Lmvr Announces Reverse Split", at(8, 30, day=DAYS[1])),
    item("ZVRN", "Zvrn Awarded Navy Contract", at(17, 9, day=DAYS[0]), source="relay"),
    item("LMVR", "Lmvr Meets Endpoint in Trial", at(6, day=DAYS[2])),
    item("NDGA", "Ndga Wins Contract", at(12, day=DAYS[2])),
]
MOVES = {"QBKR": {DAYS[0]: 40.0, DAYS[1]: -22.0}, "ZVRN": {DAYS[1]: 3.0}, "LMVR": {DAYS[1]: -15.0, DAYS[2]: 60.0}}


def all_bars() -> list[Bar]:
    """Sixty sessions of quiet days and the moves above; IWM stands still."""
    found: list[Bar] = []
    for ticker in ("QBKR", "ZVRN", "LMVR", "NDGA", "IWM"):
        days = [LAST_BAR]
        while len(days) < 60:
            days.insert(0, clock.previous_session(days[0]))
        changes = [MOVES.get(ticker, {}).get(d, 0.0 if ticker == "IWM" else 1.0) for d in days]
        found += bars(ticker, changes, LAST_BAR, volume=2e6)
    return found


def fill(workspace: Workspace, news: list[Item], priced: list[Bar]) -> None:
    Intake(workspace).take(news)
    with workspace.store.transaction():
        workspace.store.bars.save(priced)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Everything, as it is known long after."""
    store = open_store(tmp_path_factory.mktemp("replay") / "whole.db")
    workspace = workspace_on(store)
    fill(workspace, NEWS, all_bars())
    return workspace


@pytest.fixture(scope="module")
def lists(whole: Workspace) -> list[PastList]:
    return list(replay(whole, DAYS))


def live(store: Store, day: dt.date, as_of: dt.datetime) -> list[WatchRow]:
    """The list of a moment, from nothing but what was there by then."""
    workspace = workspace_on(store, as_of)
    fill(workspace, [i for i in NEWS if i.received <= as_of], [b for b in all_bars() if b.known_at <= as_of])
    return rank_day(workspace, "live", day, as_of)


def test_a_replay_gives_the_lists_that_were_made_at_the_time(lists: list[PastList], tmp_path: Path) -> None:
    assert [(one.day, one.phase) for one in lists] == [(d, p) for d in DAYS for p in ("before", "after")]
    with open_store(tmp_path / "live.db") as store:
        for one in lists:
            made = live(store, one.day, one.as_of)
            plain = [msgspec.structs.replace(r, run_id="live") for r in one.rows]
            assert plain == made, (one.day, one.phase)
    assert any(one.rows for one in lists)


def test_a_replay_writes_nothing(whole: Workspace) -> None:
    before = whole.store.connection.total_changes
    list(replay(whole, DAYS))
    assert whole.store.connection.total_changes == before


def test_hits_bands_and_orders_are_what_followed(whole: Workspace, lists: list[PastList]) -> None:
    found = backtest(whole, lists)
    before = next(p for p in found.phases if p.phase == "before")
    rows = [r.ticker for one in lists if one.phase == "before" for r in one.rows]
    moved = [
        abs(MOVES.get(r.ticker, {}).get(one.day, 1.0)) >= 10 for one in lists if one.phase == "before" for r in one.rows
    ]
    assert before.rows == len(rows) and before.days == 3 and before.unpriced == 0
    assert before.share.value == pytest.approx(sum(moved) / len(moved), abs=1e-4)
    assert sum(b.rows for b in before.bands) == len(rows)
    named = {o.name: o.precision.value for o in before.orders}
    assert named["perfect foresight"] == named["the list"] == before.orders[1].precision.value
    assert found.benchmark == "IWM"
    assert sum(line.rows for line in before.catalysts) == len(rows)


def test_later_moves_point_the_way_of_the_row(whole: Workspace, lists: list[PastList]) -> None:
    one = next(x for x in lists if x.day == DAYS[0] and x.phase == "after")
    row = next(r for r in one.rows if r.ticker == "QBKR")
    for side, sign in (("+", -1.0), ("-", 1.0)):
        turned = msgspec.structs.replace(one, rows=(msgspec.structs.replace(row, side=side),))
        later = backtest(whole, [turned]).phases[0].top_later
        assert later["1"].value == pytest.approx(sign * 22.0, abs=0.01)


def test_turnover_is_the_share_of_new_names(whole: Workspace, lists: list[PastList]) -> None:
    one = next(x for x in lists if x.rows)
    row = one.rows[0]

    def day(n: int, *tickers: str) -> PastList:
        rows = tuple(msgspec.structs.replace(row, ticker=t, rank=k) for k, t in enumerate(tickers, 1))
        return msgspec.structs.replace(one, day=DAYS[n], phase="before", rows=rows)

    made = [day(0, "QBKR", "ZVRN"), day(1, "QBKR", "LMVR"), day(2, "LMVR")]
    assert backtest(whole, made).phases[0].turnover.value == 0.25


def test_nothing_to_score_gives_an_empty_report(whole: Workspace) -> None:
    assert backtest(whole, []).phases == ()
    assert "no claim of profit" in "\n".join(backtest_lines(backtest(whole, []), 1))


def test_the_page_has_its_charts_and_limits_and_escapes(whole: Workspace, lists: list[PastList]) -> None:
    rows = [msgspec.structs.replace(r, catalyst="<b>odd</b>") for one in lists for r in one.rows]
    odd = [msgspec.structs.replace(lists[0], rows=tuple(rows[:3]))]
    page = backtest_page(backtest(whole, odd), 1)
    assert page.count("<svg") == 2 and "halted" in page and "spreads" in page
    assert "<b>odd" not in page and "&lt;b&gt;odd" in page


def test_sessions_leave_out_closed_days() -> None:
    assert sessions(dt.date(2025, 12, 24), dt.date(2025, 12, 26)) == [dt.date(2025, 12, 24), dt.date(2025, 12, 26)]
    with pytest.raises(InputError, match="no session"):
        sessions(dt.date(2025, 12, 27), dt.date(2025, 12, 28))


def test_stored_lists_are_taken_as_they_stood(tmp_path: Path) -> None:
    with open_store(tmp_path / "stored.db") as store:
        workspace = workspace_on(store)
        fill(workspace, NEWS, all_bars())
        made: dict[dt.datetime, list[WatchRow]] = {}
        for phase in ("before", "after"):
            as_of = moment_of(DAYS[1], phase)  # type: ignore[arg-type]
            run = Run(id=phase, started=as_of, as_of=as_of, day=DAYS[1], rules_digest="r", model_id="m")
            made[as_of] = rank_day(workspace_on(store, as_of), phase, DAYS[1], as_of)
            with store.transaction():
                store.runs.start(run)
                store.lists.save(run, made[as_of])
        found = list(stored_lists(workspace, DAYS))
        assert {one.as_of: list(one.rows) for one in found} == made


def test_replay_and_backtest_of_the_command_line(whole: Workspace, tmp_path: Path) -> None:
    from screener.cli import cli

    run, db = CliRunner(), str(whole.store.path)
    span = ["--from", str(DAYS[0]), "--to", str(DAYS[2]), "--db", db]
    output = tmp_path / "lists.jsonl"
    done = run.invoke(cli, ["replay", *span, "--phase", "before", "--output", str(output)])
    assert done.exit_code == 0, done.output
    assert [one.day for one in read_lists(output)] == DAYS
    told = run.invoke(cli, ["backtest", *span, "--lists", str(output), "--format", "json"])
    report = json.loads(told.stdout)
    assert [p["phase"] for p in report["phases"]] == ["before"]
    assert run.invoke(cli, ["backtest", *span, "--lists", str(output), "--stored"]).exit_code == 2


def test_a_broken_file_of_lists_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "lists.jsonl").write_text("{}\n")
    with pytest.raises(InputError, match=r"lists.jsonl:1: is no list"):
        read_lists(tmp_path / "lists.jsonl")


def test_an_interval_is_the_widest_of_its_clusters() -> None:
    values = [0.0, 1.0] * 10
    days, firms = [str(n // 2) for n in range(20)], [str(n % 2 * 10 + n // 2 % 5) for n in range(20)]
    by_day, by_firm, both = clustered(values, days), clustered(values, firms), clustered(values, days, firms)
    assert by_day.low == by_day.high == 0.5
    assert by_firm.low is not None and by_firm.low < 0.5
    assert (both.low, both.high) == (by_firm.low, by_firm.high)
    assert clustered(values, ["one"] * 20).low is None
    assert clustered([]).value is None


def test_a_share_of_none_or_all_is_not_certain() -> None:
    names = [str(n) for n in range(8)]
    none, every = share_of([False] * 8, names), share_of([True] * 8, names)
    assert (none.value, none.low) == (0.0, 0.0) and none.high is not None and 0.3 < none.high < 0.35
    assert (every.value, every.high) == (1.0, 1.0) and every.low is not None and 0.65 < every.low < 0.7
    assert share_of([], []).value is None


def test_the_clock_of_a_replay_stands_at_the_list(whole: Workspace) -> None:
    assert moment_of(DAYS[0], "before") == clock.open_time(DAYS[0])
    assert moment_of(DAYS[0], "after") > clock.close_time(DAYS[0])
    assert isinstance(whole.clock, Clock) and not whole.clock.replay


def test_a_diff_of_rules_says_what_followed(whole: Workspace, lists: list[PastList]) -> None:
    before = [one for one in lists if one.phase == "before"]
    turned = [
        msgspec.structs.replace(one, rows=tuple(msgspec.structs.replace(r, side="-") for r in one.rows))
        for one in before
    ]
    (line,) = compared_lines(backtest(whole, before), backtest(whole, turned))
    share = backtest(whole, before).phases[0].orders[0].precision.value
    assert line.startswith("before the open") and f"old {share:.2f}, new {share:.2f} over 3 days" in line
    assert not list(compared_lines(backtest(whole, []), backtest(whole, [])))
