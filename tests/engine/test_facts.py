"""Every fact: read from a candidate, unknown when nothing is known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from screener.dilution.standing import DilutionStanding
from screener.engine.candidate import Candidate, History, candidates_of
from screener.engine.facts import FACTS, PARTS, KnownFacts
from screener.engine.operators import check_fact
from screener.types import Filing, Halt, Listing, Noise, SourceRef
from tests.engine.make import AS_OF, candidate, catalyst, move, story

HOUR = dt.timedelta(hours=1)


def read(name: str, c: Candidate) -> Any:
    return KnownFacts(c)[name]


def halt(code: str = "T1", ago: float = 1, resumed: float | None = None) -> Halt:
    end = None if resumed is None else AS_OF - resumed * HOUR
    return Halt(ticker="EXMP", code=code, halted=AS_OF - ago * HOUR, resumed=end, received=AS_OF - ago * HOUR)


ALWAYS = {
    "catalyst", "stage", "polarity", "confidence", "other_catalysts", "noise", "headline", "form", "items",
    "subjects", "source", "source_count", "age_hours", "session", "ticker", "has_dilution_today", "promotion",
    "made_by", "by_form_only", "session_done", "session_left", "published_hour",
}  # fmt: skip


def test_a_bare_candidate_knows_only_its_story() -> None:
    known = {name for name in FACTS if read(name, candidate()) is not None}
    assert known == ALWAYS


@pytest.mark.parametrize("name", sorted(FACTS))
def test_entries_are_complete_and_give_their_kind(name: str) -> None:
    fact = FACTS[name]
    assert fact.name == name and fact.doc and fact.part in PARTS
    value = read(name, FULL)
    assert value is not None, "add this fact to FULL"
    assert check_fact(fact.kind, value) is None, value


FULL = Candidate(
    small_cap_limit=2e9,
    story=story(
        form="8-K", items=("3.01",), subjects=("99",), novelty=0.9, sources=(
            SourceRef(source="edgar", received=AS_OF), SourceRef(source="wire", received=AS_OF)), source_facts={"code": "T1"}
    ),
    catalyst=catalyst(
        "reverse_split", "-", made_by="patterns", stage="announced", facts={
            "amount_usd": 5e6, "ratio": "1-for-20", "price": 2.0, "phase": "2b", "endpoint_met": True, "p_value": 0.01,
            "agency": "FDA", "counterparty": "Example", "designation": "Orphan", "rule": "5550(a)(2)",
            "effective_date": "2025-12-20"}),
    others=((story("s2"), catalyst("equity_offering", "-")),),
    noise=(Noise(story_id="s1", kind="promotion"),),
    move=move(price=2.5, change_pct=25.0, gap_pct=10.0, since_news_pct=20.0, abnormal_pct=24.0, rvol=6.0,
        dollar_volume=3e6, avg_dollar_volume=5e5, atr_multiple=3.0, turnover=0.5, high_52w_pct=-60.0, low_52w_pct=10.0,
        days_since_reverse_split=30,
        volatility_pct=4.0, far_days_share=0.25, run_up_pct=-18.0,
        prev_change_pct=-12.0, prev_rvol=3.0, market_cap=50e6, float_shares=9e6, day=dt.date(2025, 12, 12)),
    listing=Listing(ticker="EXMP", name="Examplecorp", exchange="Nasdaq"),
    as_of=AS_OF,
    history=History(filings=(), halts=(halt(),), deficiency_open=False, going_concern=False, raises_24m=2,
        shelf_open=True, atm_open=False, equity_line_open=False, warrants_outstanding=True, recent_stories=3,
        evidence={"shelf_open": "S-3 of 2025-03-04", "deficiency_open": "notice", "going_concern": "10-K"},
        standing=DilutionStanding(as_of=AS_OF, filings_days=1096, resale_open=False, convertible_open=False,
            convertible_variable=False, shelf_left_pct=80.0, atm_left_pct=20.0, equity_line_left_pct=0.0,
            baby_shelf=True, warrants_pct=12.0, warrants_in_money_pct=5.0, overhead_pct=12.0, raises_12m=1,
            days_since_raise=40, reverse_splits_36m=1, share_growth_pct=35.0, authorised_left_pct=250.0,
            burns_cash=True, months_of_cash=7.5)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("materiality_pct", 10.0),
        ("ratio_to", 20.0),
        ("phase_rank", 2.5),
        ("premium_pct", 0.0),
        ("days_to_effective", 8),
        ("has_dilution_today", True),
        ("is_small_cap", True),
        ("otc", False),
        ("confirmed", True),
        ("halted_now", True),
        ("halt_code", "T1"),
        ("promotion", True),
        ("source", "edgar"),
        ("source_count", 2),
        ("session", "regular"),
        ("age_hours", 1.0),
        ("abs_change_pct", 25.0),
        ("prev_abs_change_pct", 12.0),
        ("far_days_share", 0.25),
        ("run_up_pct", -18.0),
        ("repeated", False),
        ("dilution_evidence", "shelf (S-3 of 2025-03-04); warrants"),
        ("other_catalysts", ("equity_offering",)),
    ],
)
def test_values(name: str, value: Any) -> None:
    assert read(name, FULL) == (pytest.approx(value) if isinstance(value, float) else value)


def test_the_move_before_the_news() -> None:
    assert read("moved_before_news_pct", FULL) == pytest.approx(4.1667, abs=1e-3)
    yesterday = candidate(story=story(hours=30), move=FULL.move)
    assert read("moved_before_news_pct", yesterday) is None


@pytest.mark.parametrize(
    ("ratio", "n"),
    [
        ("1-for-20", 20),
        ("1 for 2.5", 2.5),
        ("one-for-ten", None),
        ("20:1", 20),
        ("1-for-5 to 1-for-50", None),
        ("", None),
    ],
)
def test_ratios(ratio: str, n: float | None) -> None:
    assert read("ratio_to", candidate("reverse_split", facts={"ratio": ratio})) == n


@pytest.mark.parametrize(
    ("phase", "rank"),
    [("1", 1), ("1/2", 1.5), ("2", 2), ("2b", 2.5), ("2/3", 2.5), ("3", 3), ("Phase 3", 3), ("x", None)],
)
def test_phases(phase: str, rank: float | None) -> None:
    assert read("phase_rank", candidate(facts={"phase": phase})) == rank


def test_halts() -> None:
    def with_halts(*halts: Halt) -> Candidate:
        return candidate(history=History(halts=halts))

    assert read("halted_now", candidate()) is None
    assert read("halted_now", with_halts()) is False
    assert read("halted_now", with_halts(halt(resumed=0.5))) is False
    assert read("halted_now", with_halts(halt(resumed=-0.5))) is True
    assert read("halted_now", with_halts(halt("LUDP", ago=0.1))) is True
    assert read("halted_now", with_halts(halt("LUDP", ago=5))) is False
    assert read("halt_code", with_halts(halt("T12"))) == "T12"
    assert read("halt_code", with_halts(halt(resumed=0.5))) is None


def test_confirmation_needs_filings_to_be_collected() -> None:
    filing = Filing(accession="0", form="8-K", company="E", cik=1, role="Filer", accepted=AS_OF, received=AS_OF)
    assert read("confirmed", candidate()) is None
    assert read("confirmed", candidate(history=History(filings=(filing,)))) is False
    assert read("confirmed", candidate(story=story(confirmed_by="0000000000-25-000001"))) is True


def test_repeats() -> None:
    assert read("repeated", candidate()) is None
    assert read("repeated", candidate(story=story(repeats="s0"))) is True
    assert read("novelty", candidate(story=story(repeats="s0"))) == 0.0


def test_exchanges() -> None:
    assert read("otc", candidate(listing=Listing(ticker="EXMP", name="E", exchange="OTCQB"))) is True
    assert read("exchange", candidate(move=move(exchange="NYSE"))) == "NYSE"
    assert read("exchange", candidate(listing=Listing(ticker="EXMP", name="E"))) is None


def test_numbers_that_are_none() -> None:
    c = candidate(move=move(price=float("nan"), change_pct=float("inf"), market_cap=0.0), facts={"amount_usd": 5.0})
    assert read("price", c) is None
    assert read("change_pct", c) is None
    assert read("materiality_pct", c) is None
    assert read("is_small_cap", c) is None
    assert read("premium_pct", candidate(move=move(price=1.0, change_pct=-100.0), facts={"price": 2.0})) is None


def test_stated_premium_wins() -> None:
    assert read("premium_pct", candidate(facts={"discount_pct": 12.0})) == -12.0
    assert read("discount_pct", candidate(facts={"premium_pct": 30.0})) == -30.0


def test_a_bankruptcy_loan_is_no_money_against_the_market_cap() -> None:
    moved = move(market_cap=8e6)
    assert read("materiality_pct", candidate("bankruptcy", "-", facts={"amount_usd": 10e6}, move=moved)) is None
    assert read("materiality_pct", candidate("debt_default", "-", facts={"amount_usd": 10e6}, move=moved)) == 125.0


def test_materiality_uses_the_cap_before_the_news() -> None:
    after = move(market_cap=100e6, market_cap_at_news=50e6)
    assert read("materiality_pct", candidate(facts={"amount_usd": 5e6}, move=after)) == pytest.approx(10)


def test_an_ended_deal_is_no_dilution() -> None:
    ended = (story("s2"), catalyst("shelf_or_atm", "+", stage="terminated"))
    assert read("has_dilution_today", candidate(others=(ended,))) is False


def test_facts_are_read_once() -> None:
    known = KnownFacts(candidate())
    assert "age_hours" not in known
    assert known["age_hours"] == known["age_hours"] == 1.0
    assert "age_hours" in known


def test_candidates_of_a_ticker() -> None:
    pairs = [(story("a"), catalyst("earnings")), (story("b"), catalyst("guidance"))]
    noise = [Noise(story_id="b", kind="recap")]
    first, second = candidates_of("EXMP", pairs, as_of=AS_OF, noise=noise)
    assert (first.catalyst.type, [c.type for _, c in first.others]) == ("earnings", ["guidance"])
    assert first.noise == () and second.noise == tuple(noise)
    assert candidate(ticker="", story=story(tickers=("AAAA", "BBBB"))).ticker == "AAAA"
    assert candidate(ticker="", story=story(tickers=()), listing=Listing(ticker="ON", name="E")).ticker == "ON"
    assert candidate(ticker="", story=story(tickers=())).ticker == ""
