"""Measures of the market, the rules over them, and the card they give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener import clock
from screener.engine.check import check
from screener.engine.evaluate import judge as judge_rules
from screener.engine.facts import number_facts
from screener.engine.load import RuleSet, load_rules
from screener.engine.testing import run_tests, survivors
from screener.market.breadth import breadth, grid, top_movers
from screener.market.index import CloseSeries, correlation, relative_line, sparkline
from screener.market.measures import MEASURES
from screener.market.outlook import paragraph, turning_point
from screener.market.regime import UNKNOWN, Get, Measured, compute, regime
from screener.market.sentences import describe
from screener.types import Bar, Hit

DAY = dt.date(2025, 12, 12)
CLOSE = clock.close_time(DAY)
FOLDER = Path(__file__).resolve().parents[2] / "rules" / "regime"


def days(n: int) -> list[dt.date]:
    return [*(clock.previous_session(DAY, i) for i in range(n - 1, 0, -1)), DAY]


def bars(ticker: str, closes: Sequence[float], volume: float = 100.0) -> list[Bar]:
    return [
        Bar(ticker=ticker, day=d, close=c, volume=volume, source="test", known_at=clock.close_time(d))
        for d, c in zip(days(len(closes)), closes, strict=True)
    ]


def text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def row(
    ticker: str, day: dt.date, close: float | None, change: float | None, volume: float | None = 100.0
) -> tuple[Any, ...]:
    known = text(clock.close_time(day))
    return (ticker, day.isoformat(), None, None, None, close, volume, change, None, None, "", "test", known)


def line(ticker: str, changes: Sequence[float], start: float = 10.0, volume: float = 100.0) -> list[tuple[Any, ...]]:
    """Rows of one ticker ending on the day, chained from daily changes."""
    price, found = start, []
    for d, ch in zip(days(len(changes)), changes, strict=True):
        price *= 1 + ch / 100
        found.append(row(ticker, d, price, ch, volume))
    return found


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules([FOLDER], number_facts(MEASURES))


class TestIndex:
    def test_spans_and_difference(self) -> None:
        iwm, spy = bars("IWM", [100.0] * 60 + [101.0]), bars("SPY", [200.0] * 56 + [202.0] * 5)
        v = compute(DAY, CLOSE, {"IWM": iwm, "SPY": spy}).values
        assert (v["iwm_1d_pct"], v["spy_1d_pct"], v["rel_1d"]) == (pytest.approx(1.0), 0.0, pytest.approx(1.0))
        assert v["rel_5d"] == pytest.approx(0.0) and v["rel_60d"] == pytest.approx(0.0)
        assert v["iwm_vs_50d_pct"] == pytest.approx((101 / (100 + 1 / 50) - 1) * 100)

    def test_a_missing_day_makes_its_span_unknown(self) -> None:
        iwm = [b for b in bars("IWM", [100.0] * 61) if b.day != clock.previous_session(DAY, 5)]
        v = compute(DAY, CLOSE, {"IWM": iwm, "SPY": bars("SPY", [200.0] * 61)}).values
        assert v["iwm_5d_pct"] is None and v["rel_5d"] is None and v["rel_20d"] is not None
        assert v["iwm_vs_50d_pct"] is None

    def test_later_bars_and_prices_caught_in_session_are_not_used(self) -> None:
        early = dt.datetime(2025, 12, 12, 16, tzinfo=dt.UTC)
        closes = bars("IWM", [100.0, 110.0])
        assert CloseSeries(closes, DAY, early).close() is None and CloseSeries(closes, DAY, CLOSE).close() == 110.0
        caught = Bar(
            ticker="IWM",
            day=clock.previous_session(DAY),
            close=105.0,
            source="t",
            known_at=early - dt.timedelta(days=1),
        )
        assert CloseSeries([caught], DAY, CLOSE).close(1) is None

    def test_correlation(self) -> None:
        ups = [100 * 1.01 ** (i % 2) for i in range(61)]
        downs = [100 * 1.01 ** ((i + 1) % 2) for i in range(61)]
        a, b, c = (CloseSeries(bars("X", x), DAY, CLOSE) for x in (ups, downs, ups[-30:]))
        assert correlation(a, a) == pytest.approx(1.0) and correlation(a, b) == pytest.approx(-1.0, abs=1e-3)
        assert correlation(a, c) is None

    def test_fear_and_rates_by_any_of_their_names(self) -> None:
        v = compute(
            DAY,
            CLOSE,
            {},
            rates={"^VIX": bars("^VIX", [15.0] * 5 + [20.0]), "DGS10": bars("DGS10", [4.0] * 20 + [4.25])},
        ).values
        assert (v["vix"], v["vix_5d"], v["ten_year"]) == (20.0, 5.0, 4.25)
        assert v["ten_year_20d_bp"] == pytest.approx(25.0)

    def test_charts(self) -> None:
        values = relative_line(bars("IWM", [100.0] * 60 + [110.0]), bars("SPY", [50.0] * 61), DAY, CLOSE)
        assert len(values) == 61 and values[0] == pytest.approx(100.0) and values[-1] == pytest.approx(110.0)
        assert sparkline([1, None, 2, 3]) == "▁ ▅█" or sparkline([1, None, 2, 3])[0] == "▁"
        assert sparkline([]) == "" and sparkline([5.0, 5.0]) == "▄▄"


class TestBreadth:
    def see(
        self, rows: list[tuple[Any, ...]], members: Sequence[str], as_of: dt.datetime = CLOSE
    ) -> dict[str, float | None]:
        return breadth(grid(rows, DAY, as_of, members))

    def test_up_down_and_volume(self) -> None:
        rows = [
            row("QA", DAY, 1, 5.0, 300),
            row("QB", DAY, 1, -5.0, 100),
            row("QC", DAY, 1, 0.0, 900),
            row("QD", DAY, 1, 12.0, 0),
        ]
        v = self.see([*rows, row("OUT", DAY, 1, 50.0, 1e9)], ["QA", "QB", "QC", "QD", "NONE"])
        assert (v["small_caps"], v["up_pct"], v["up_volume_pct"]) == (4.0, 50.0, 75.0)
        assert (v["up10"], v["down10"], v["median_change_pct"]) == (1.0, 0.0, 2.5)

    def test_nothing_stored(self) -> None:
        assert self.see([], ["QA"]) == {}
        measured = compute(DAY, CLOSE, {})
        assert measured.values["up_pct"] is None and measured.values["movers"] is None

    def test_fifty_day_line_across_a_split(self) -> None:
        rising = line("QA", [0.0] * 49 + [1.0])
        split = line("QB", [0.0] * 49 + [-1.0])
        rows = [r if i < 40 else (*r[:5], r[5] * 20, *r[6:]) for i, r in enumerate(split)]  # 1-for-20 on the way
        v = self.see([*rising, *rows], ["QA", "QB"])
        assert v["above_50d_pct"] == 50.0
        assert self.see(line("QA", [0.0] * 30), ["QA"])["above_50d_pct"] is None

    def test_highs_and_lows_need_history(self) -> None:
        rows = (
            line("QA", [0.0] * 69 + [5.0])
            + line("QB", [0.0] * 69 + [-5.0])
            + line("QC", [0.0] * 68 + [5.0, -1.0])
            + line("QD", [1.0] * 70)
        )
        v = self.see(rows, ["QA", "QB", "QC", "QD"])
        assert v["highs_less_lows_pct"] == 25.0 and v["high_low_sessions"] == 69.0
        assert self.see(line("QA", [0.0] * 59 + [5.0]), ["QA"])["highs_less_lows_pct"] is None

    def test_liquidity_leaves_the_day_out_of_its_mean(self) -> None:
        rows = [row("QA", d, 10.0, 0.0, 200.0 if d == DAY else 100.0) for d in days(30)]
        assert self.see(rows, ["QA"])["liquidity_small"] == pytest.approx(2.0)
        assert self.see(rows[-10:], ["QA"])["liquidity_small"] is None

    def test_in_session_breadth_is_told_and_liquidity_is_not(self) -> None:
        noon = dt.datetime(2025, 12, 12, 17, tzinfo=dt.UTC)
        rows = [row("QA", d, 10.0, 0.0) for d in days(30)[:-1]]
        caught = (*row("QA", DAY, 10.5, 5.0)[:12], text(noon))
        v = self.see([*rows, caught], ["QA"], noon)
        assert v["up_pct"] == 100.0 and v["liquidity_small"] is None

    def test_missing_changes_are_filled_from_closes_but_not_across_what_looks_like_a_split(self) -> None:
        before = clock.previous_session(DAY)
        rows = [
            row("QA", before, 10.0, None),
            row("QA", DAY, 11.0, None),
            row("QB", before, 0.2, None),
            row("QB", DAY, 4.4, None),
        ]
        v = self.see(rows, ["QA", "QB"])
        assert v["small_caps"] == 1.0 and v["median_change_pct"] == pytest.approx(10.0)

    def test_a_jump_that_no_trading_explains_is_no_mover(self) -> None:
        before = clock.previous_session(DAY)
        rows = [
            row("QUIET", before, 1.0, 0.0, 1e6),
            row("QUIET", DAY, 12.0, 1100.0, 1.1e6),  # the source differenced a split that nobody listed
            row("BUSY", before, 1.0, 0.0, 1e6),
            row("BUSY", DAY, 4.0, 300.0, 9e6),
            row("EVER", before, 1.0, 0.0, 1e6),
            row("EVER", DAY, 30.0, 2900.0, 9e6),
            row("SPLIT", before, 0.5, 0.0, 1e6),
            row("SPLIT", DAY, 9.0, -10.0, 1e6),  # a 1-for-20 that the source's own change has taken out
        ]
        g = grid(rows, DAY, CLOSE, ["QUIET", "BUSY", "EVER", "SPLIT"])
        assert top_movers(g) == ("BUSY", "SPLIT")
        assert breadth(g)["small_caps"] == 2.0 and breadth(g)["up10"] == 1.0

    def test_movers_are_liquid_and_largest_first(self) -> None:
        rows = [
            row("QA", DAY, 10, 40.0, 1e6),
            row("QB", DAY, 10, -60.0, 1e6),
            row("QC", DAY, 10, 900.0, 10),
            row("QD", DAY, 10, None, 1e6),
        ]
        assert top_movers(grid(rows, DAY, CLOSE, ["QA", "QB", "QC", "QD"])) == ("QB", "QA")
        v = compute(DAY, CLOSE, {}, rows, ["QA", "QB"], catalysts={"QA"}).values
        assert v["movers_with_news_pct"] == 50.0
        assert compute(DAY, CLOSE, {}, rows, ["QA", "QB"]).values["movers_with_news_pct"] is None


class TestRules:
    def test_every_rule_passes_its_own_tests_and_the_checks(self, rules: RuleSet) -> None:
        assert len(rules.compiled) >= 8
        assert not check(rules)
        for compiled in rules.compiled.values():
            assert all(o.passed for o in run_tests(compiled)), compiled.rule.id
            assert not survivors(compiled), compiled.rule.id

    def test_measures_are_documented_with_units(self) -> None:
        assert all(len(doc) > 15 for doc in MEASURES.values())
        assert set(compute(DAY, CLOSE, {}).values) == set(MEASURES)


def judging(rules: RuleSet) -> Any:
    def judge(get: Get) -> list[Hit]:
        return judge_rules(rules.compiled.values(), get)

    return judge


class TestCard:
    values = {
        **dict.fromkeys(MEASURES),
        "rel_1d": 0.1, "rel_5d": 1.0, "rel_20d": 4.0, "iwm_1d_pct": 0.4, "spy_1d_pct": 0.3, "iwm_20d_pct": 6.0,
        "iwm_vs_50d_pct": 3.0, "above_50d_pct": 46.0, "vix": 15.0, "small_caps": 3000.0, "up_pct": 52.0,
        "movers": 20.0, "movers_with_news_pct": 75.0,
    }  # fmt: skip

    def test_label_card_lines_and_outlook(self, rules: RuleSet) -> None:
        found = regime(DAY, CLOSE, Measured(self.values, {"iwm_1d_pct": "2025-12-12T21:00:00.000Z"}), judging(rules))
        assert (found.label, found.action, found.timeframe) == ("Small caps lead", "Alert", "Short-Term")
        assert found.recommendation and found.risk
        assert any("Also true: News moves the movers" in r for r in found.reasons)
        assert any("IWM +0.4 %, SPY +0.3 %" in r and "2025-12-12 16:00 ET" in r for r in found.reasons)
        assert any("15 of the 20 top movers" in r for r in found.reasons)
        assert "ten_year" in found.unknown and "vix" not in found.unknown
        assert "fell from 46.0 to 40.0" in found.outlook and "Narrow advance" in found.outlook

    def test_what_is_said_would_change_the_view_does(self, rules: RuleSet) -> None:
        judge = judging(rules)
        now = judge(self.values.get)[0].rule_id
        for name, reach in (("rel_20d", 6.0), ("above_50d_pct", 25.0), ("vix", 12.0)):
            point = turning_point(self.values, name, reach, judge)
            assert point is not None
            changed = {**self.values, name: point[0]}
            assert judge(changed.get)[0].rule_id != now and judge(changed.get)[0].reasons[0].text == point[1]

    def test_nothing_stored_is_unknown_not_calm(self, rules: RuleSet) -> None:
        found = regime(DAY, CLOSE, compute(DAY, CLOSE, {}), judging(rules))
        assert (found.label, found.action, found.recommendation) == (UNKNOWN, "", "")
        assert set(found.unknown) == set(MEASURES) and "load prices" in found.outlook
        assert found.reasons == ("No rule applies: too little is stored for this day",)

    def test_an_unknown_part_is_left_out(self) -> None:
        known = {"vix": 20.0, "ten_year": 4.1, "liquidity_iwm": 0.9, "rel_20d": -1.0}
        assert describe({**dict.fromkeys(MEASURES), **known}, {}) == [
            "Small caps against the S&P 500: IWM less SPY in points: 20 sessions -1.0",
            "Liquidity against 50 sessions: IWM 0.90 times",
            "Rates and fear: VIX 20.0, 10-year yield 4.10 %",
        ]

    @given(st.dictionaries(st.sampled_from(sorted(MEASURES)), st.floats(-1e6, 1e6)))
    def test_no_line_says_unknown(self, known: dict[str, float]) -> None:
        lines = describe({**dict.fromkeys(MEASURES), **known}, {})
        assert not any("unknown" in line or "None" in line or line.endswith(": ") for line in lines)

    def test_no_rules_no_view(self) -> None:
        assert paragraph(self.values, lambda get: []).startswith("Too little")
