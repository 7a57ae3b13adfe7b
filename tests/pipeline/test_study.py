"""The study: day 0, chained moves, benchmarks, groups, intervals."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from screener import clock
from screener.cli import cli
from screener.outputs.study import chart_lines, markdown_lines, study_lines
from screener.pipeline.intake.taking import Intake
from screener.pipeline.study.estimates import spread
from screener.pipeline.study.records import Study, StudyGroup, load, save
from screener.pipeline.study.study import day_zero, run_study
from screener.store import Store, open_store
from screener.types import Bar, Item
from tests.pipeline.make import DAY, at, bars, invented_table, item, workspace_on

LATER = clock.next_session(DAY, 30)
NOW = clock.close_time(LATER)
CALM = [1.0] * 25


def studied(store: Store, items: list[Item], prices: list[Bar]) -> Study:
    workspace = workspace_on(store, NOW)
    Intake(workspace).take(items)
    with store.transaction():
        store.bars.save(prices)
    return run_study(workspace)


def group(study: Study, kind: str, by: str = "type", value: str = "") -> StudyGroup:
    return next(g for g in study.groups if (g.by, g.type, g.value) == (by, kind, value))


def changed(bar: Bar, **values: float) -> Bar:
    return msgspec.structs.replace(bar, **values)


def moved(ticker: str, day: float, after: list[float | None], **more: float | None) -> list[Bar]:
    """25 calm sessions, the day, and what followed."""
    changes = [*CALM, day, *after]
    return bars(ticker, changes, clock.next_session(DAY, len(after)), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (at(8), DAY),
        (at(12), DAY),
        (at(16), clock.next_session(DAY)),
        (at(23), clock.next_session(DAY)),
        (at(12, day=dt.date(2026, 3, 14)), dt.date(2026, 3, 16)),
        (at(13, day=dt.date(2025, 11, 28)), dt.date(2025, 12, 1)),  # a half day is over at 13:00
    ],
)
def test_day_zero_is_the_session_the_news_first_trades_in(moment: dt.datetime, day: dt.date) -> None:
    assert day_zero(moment) == day


def test_moves_are_less_the_benchmark_and_start_at_the_close_of_day_0(store: Store) -> None:
    prices = moved("ZPAA", -20.0, [10.0] * 20) + moved("IWM", 2.0, [1.0] * 20, cap=None)
    found = group(studied(store, [item("ZPAA", "Zpaa sets reverse split", at(8))], prices), "reverse_split")
    assert found.moves["0"].median.value == pytest.approx(-22.0)
    assert found.moves["1"].median.value == pytest.approx(9.0)
    assert found.moves["5"].median.value == pytest.approx((1.1**5 - 1.01**5) * 100, abs=1e-3)
    assert found.moves["20"].n == 1
    assert found.moves["0"].down == 1.0 and found.moves["0"].up == 0.0


def test_without_iwm_the_median_small_cap_of_the_day_is_the_benchmark(store: Store) -> None:
    others = [b for n in range(5) for b in moved(f"ZQ{n}", 3.0, [0.0] * 20)]
    large = [b for n in range(9) for b in moved(f"ZL{n}", -9.0, [0.0] * 20, cap=5e9)]
    study = studied(
        store, [item("ZPAA", "Zpaa wins contract", at(8))], moved("ZPAA", 10.0, [0.0] * 20) + others + large
    )
    assert study.benchmark == "median small cap"
    assert group(study, "commercial_contract").moves["0"].median.value == pytest.approx(7.0)


def test_a_reverse_split_is_no_move(store: Store) -> None:
    split = clock.next_session(DAY, 3)
    prices = [changed(b, close=(b.close or 0) * 10) if b.day >= split else b for b in moved("ZPAA", -20.0, [5.0] * 20)]
    fund = moved("IWM", 0.0, [0.0] * 20, cap=None)
    study = studied(store, [item("ZPAA", "Zpaa sets reverse split", at(8))], prices + fund)
    assert group(study, "reverse_split").moves["5"].median.value == pytest.approx((1.05**5 - 1) * 100, abs=0.01)


def test_a_missing_session_leaves_the_move_unknown(store: Store) -> None:
    prices = moved("ZPAA", 4.0, [1.0, None, *[1.0] * 18]) + moved("IWM", 0.0, [0.0] * 20, cap=None)
    found = group(studied(store, [item("ZPAA", "Zpaa wins contract", at(8))], prices), "commercial_contract")
    assert [found.moves[h].n for h in ("0", "1", "5", "20")] == [1, 1, 0, 0]


def test_large_and_unpriced_companies_are_left_out_and_counted(store: Store) -> None:
    items = [item(t, f"{t} wins contract", at(8)) for t in ("ZPAA", "ZBIG", "ZNOC", "ZNOP")] + [
        item("", "Somebody wins contract", at(8))
    ]
    prices = moved("ZPAA", 1.0, []) + moved("ZBIG", 1.0, [], cap=9e9) + moved("ZNOC", 1.0, [], cap=None)
    study = studied(store, items, prices)
    assert study.events == 1
    assert study.skipped == {"market cap unknown": 1, "no move on day 0": 1, "no small cap": 1, "no ticker": 1}


def test_one_event_a_ticker_type_and_session(store: Store) -> None:
    items = [
        item("ZPAA", "Zpaa wins contract", at(8)),
        item("ZPAA", "Zpaa wins another large contract from Qorv", at(11)),
        item("ZPAA", "Zpaa prices offering", at(12)),
        item("ZPAA", "Zpaa to ring a bell", at(13)),
    ]
    study = studied(store, items, moved("ZPAA", 1.0, []))
    counted = {(g.type, g.n) for g in study.groups if g.by == "type"}
    assert counted == {("commercial_contract", 1), ("equity_offering", 1)}
    assert next(g for g in study.groups if g.by == "all").n == 1


def test_bands_go_by_the_cap_before_the_news(store: Store) -> None:
    prices = moved("ZPAA", 150.0, [], cap=45e6)
    prices[-1] = changed(prices[-1], market_cap=112e6)
    study = studied(store, [item("ZPAA", "Zpaa wins contract", at(8))], prices)
    assert group(study, "commercial_contract", "cap", "nano").n == 1


def test_a_study_is_kept_and_read_back(store: Store) -> None:
    study = studied(store, [item("ZPAA", "Zpaa wins contract", at(8))], moved("ZPAA", 30.0, [1.0] * 20))
    assert load(store) is None
    save(store, study)
    assert load(store) == study


def test_an_empty_store_gives_an_empty_study(store: Store) -> None:
    study = run_study(workspace_on(store, NOW))
    assert (study.events, study.first) == (0, None)
    assert "limit: " in "\n".join(study_lines(study))


def test_every_form_names_the_groups_and_the_limits(store: Store) -> None:
    items = [item(f"ZP{chr(65 + n)}", f"Zp{chr(97 + n)} wins contract", at(8)) for n in range(8)]
    study = studied(store, items, [b for n in range(8) for b in moved(f"ZP{chr(65 + n)}", 6.0 * n, [])])
    table, chart = "\n".join(study_lines(study, least=5)), "\n".join(chart_lines(study, least=5))
    for text in (table, chart):
        assert "commercial_contract" in text and "survivorship" in text and "median small cap" in text
    assert "█" in chart and "|" in chart
    assert any(line.startswith("| commercial_contract | 8 | 8 |") for line in markdown_lines(study, least=5))
    assert "commercial_contract" not in "\n".join(study_lines(study, least=9))


values = st.lists(st.floats(-90, 300).map(lambda v: round(v, 2)), min_size=5, max_size=60)


@given(values)
@settings(max_examples=25, deadline=None)
def test_intervals_hold_their_value_and_repeat(moves: list[float]) -> None:
    names = [f"Z{n}" for n in range(len(moves))]
    found = spread(moves, names)
    assert found == spread(moves, names)
    for e in (found.mean, found.beyond):
        assert e.low is not None and e.high is not None and e.value is not None
        assert e.low - 1e-3 <= e.value <= e.high + 1e-3 or len(set(moves)) > 1
    assert found.mean.low is not None and min(moves) - 1e-3 <= found.mean.low
    assert found.mean.high is not None and found.mean.high <= max(moves) + 1e-3


def test_releases_of_one_company_are_no_independent_evidence() -> None:
    moves = [float(v) for v in (-30, -5, 0, 2, 5, 40) for _ in range(10)]
    many = spread(moves, [f"Z{n}" for n in range(60)]).mean
    few = spread(moves, [f"Z{n // 10}" for n in range(60)]).mean
    assert many.low is not None and few.low is not None and few.low < many.low
    assert spread(moves[:4], ["ZA", "ZB", "ZC", "ZD"]).mean.low is None


def test_the_interval_of_a_known_distribution() -> None:
    # 400 companies, a quarter beyond 10 %: the binomial interval is 0.25 +- 1.96 * sqrt(0.25 * 0.75 / 400) = 0.042
    found = spread([20.0] * 100 + [0.0] * 300, [f"Z{n}" for n in range(400)]).beyond
    assert found.value == 0.25
    assert found.low == pytest.approx(0.208, abs=0.01) and found.high == pytest.approx(0.292, abs=0.01)


def test_the_command_studies_files_and_keeps_the_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    lines = [
        json.dumps({"id": f"a{n}", "title": f"Zorvane {n} Announces 1-for-20 Reverse Stock Split",
            "published": at(8).isoformat(), "tickers": [f"ZP{chr(65 + n)}"]})
        for n in range(6)
    ]  # fmt: skip
    (tmp_path / "items.jsonl").write_text("\n".join([*lines, '{"title": "undated", "tickers": ["ZPB"]}']))
    table = invented_table(tmp_path, [b for n in range(6) for b in moved(f"ZP{chr(65 + n)}", -12.0, [])])
    args = ["study", "--items", str(tmp_path / "items.jsonl"), "--prices", str(table), "--db", str(tmp_path / "s.db")]
    done = CliRunner().invoke(cli, [*args, "--format", "json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert next(g["n"] for g in found["groups"] if g["type"] == "reverse_split") == 6
    assert "1 items without a publication time" in done.stderr
    shown = CliRunner().invoke(cli, ["study", "--db", str(tmp_path / "s.db")])
    assert shown.exit_code == 0 and "nothing to study" in shown.stderr
    with open_store(tmp_path / "s.db") as kept:
        study = load(kept)
    assert study is not None and study.events == 6
