"""One row per ticker, a score that adds up, separate strengths, the catch and the card."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.clock import close_time
from screener.engine.candidate import Candidate, History, candidates_of
from screener.engine.compare import diff, quiet_news, summary
from screener.engine.curve import points_of, score_of
from screener.engine.load import load_rules
from screener.engine.rank import EVEN_CHANCE, THRESHOLD, order, rank
from screener.errors import InputError
from screener.types import Listing, Move, Noise, SourceRef, Span, WatchRow
from tests.engine.make import AS_OF, RULES, candidate, catalyst, move, story

SET = load_rules([RULES])
DAY = AS_OF.date()
TYPES = sorted({r.selections[n]["catalyst"] for r in SET.rules for n in r.selections
                if isinstance(r.selections[n].get("catalyst"), str)})  # fmt: skip


def one(*candidates: Candidate, **more: Any) -> WatchRow:
    (row,) = rank(candidates, SET, "run", DAY, **more)
    return row


moves = st.builds(
    Move,
    ticker=st.just("EXMP"),
    as_of=st.just(AS_OF),
    price=st.none() | st.floats(0.01, 50),
    change_pct=st.none() | st.floats(-90, 300),
    rvol=st.none() | st.floats(0, 100),
    dollar_volume=st.none() | st.floats(0, 1e9),
    avg_dollar_volume=st.none() | st.floats(0, 1e9),
    market_cap=st.none() | st.floats(1e5, 1e11),
    float_shares=st.none() | st.floats(1e5, 1e9),
)
candidates = st.builds(
    lambda kind, pol, stage, conf, mv, noise, hours, hist: candidate(
        kind, pol, stage=stage, confidence=conf, move=mv, story=story(f"s{hours}", hours), history=hist,
        noise=tuple(Noise(story_id="s", kind=n) for n in noise),
    ),
    st.sampled_from(TYPES), st.sampled_from(["+", "-", "±", "0"]), st.sampled_from(["", "announced", "closed"]),
    st.floats(0.5, 1), st.none() | moves, st.lists(st.sampled_from(["recap", "law_firm_ad", "promotion"]), max_size=2),
    st.integers(0, 100), st.builds(History, shelf_open=st.none() | st.booleans(), raises_24m=st.none() | st.integers(0, 9)),
)  # fmt: skip


@given(st.lists(candidates, min_size=1, max_size=4))
def test_the_reasons_add_up_to_every_number(group: list[Candidate]) -> None:
    row = one(*group)
    assert row.score == pytest.approx(sum(r.points for r in row.reasons), abs=1e-6)
    assert 0 < row.score < 100
    assert 0 <= row.bullish < 100 and 0 <= row.bearish < 100
    assert row.score == {"+": row.bullish, "-": row.bearish}.get(row.side, row.score)
    assert {r.side for r in row.reasons if r.points} == {row.reasons[0].side}
    assert len(row.others) == len(group) - 1


@settings(max_examples=25, deadline=None)
@given(st.lists(candidates, min_size=2, max_size=6), st.randoms())
def test_the_order_of_arrival_does_not_matter(group: list[Candidate], rnd: random.Random) -> None:
    # A ticker has one tape at a moment, whatever is said of it.
    told = [dataclasses.replace(c, move=group[1].move) for c in group]
    named = [c if i % 2 else _as(c, f"T{i}") for i, c in enumerate(told)]
    expected = rank(named, SET, "run", DAY)
    mixed = list(named)
    rnd.shuffle(mixed)
    again = rank(mixed, SET, "run", DAY)
    assert [(r.rank, r.ticker, r.score, r.bullish, r.bearish) for r in again] == [
        (r.rank, r.ticker, r.score, r.bullish, r.bearish) for r in expected
    ]


def _as(c: Candidate, ticker: str) -> Candidate:
    return Candidate(story=c.story, catalyst=c.catalyst, noise=c.noise, move=c.move, as_of=c.as_of, symbol=ticker)


def test_the_strongest_catalyst_leads_and_the_others_follow() -> None:
    told = [(story("a"), catalyst("regulatory_submission")), (story("b"), catalyst("takeover_target", stage="announced")),
            (story("c"), catalyst("patent"))]  # fmt: skip
    row = one(*candidates_of("EXMP", told, as_of=AS_OF))
    assert (row.catalyst, row.story_id) == ("takeover_target", "b")
    assert row.others == ("a regulatory_submission", "c patent")


def test_a_sale_of_shares_beside_good_news() -> None:
    told = [(story("a"), catalyst("clinical_readout", "+", facts={"endpoint_met": True, "phase": "3"})),
            (story("b"), catalyst("shelf_or_atm", "-"))]  # fmt: skip
    both, alone = one(*candidates_of("EXMP", told, as_of=AS_OF)), one(*candidates_of("EXMP", told[:1], as_of=AS_OF))
    assert both.catalyst == "clinical_readout"
    assert points_of(both.bullish) == pytest.approx(points_of(alone.bullish) - 6, abs=0.1)
    assert both.bearish > 0 and alone.bearish == 0
    assert both.also == (f'bearish {both.bearish:.1f}: shelf or atm, "{told[1][0].title}" (2025-12-12)',)
    assert (alone.action, both.action) == ("Alert", "Watch")
    assert any("sells shares in the same window" in w for w in both.warnings)
    assert any(r.part == "card" and "sells shares" in r.text for r in both.reasons)


def test_the_first_reason_carries_the_evidence() -> None:
    proof = Span(field="title", start=0, end=4, text="met  its\nprimary endpoint")
    row = one(candidate("clinical_readout", "+", evidence=(proof,)))
    assert row.reasons[0].text == (
        'Human trial result, good: clinical_readout (+, confidence 0.90, "met its primary endpoint")'
    )
    assert row.reasons[0].rule_id == "clinical_readout_positive"


def test_every_part_of_the_sum() -> None:
    row = one(candidate("government_contract", "+", facts={"amount_usd": 30e6}, story=story(novelty=1.0),
        move=move(market_cap=40e6, float_shares=5e6, rvol=8.0, dollar_volume=9e6, change_pct=30.0, price=3.0)))  # fmt: skip
    parts = {r.part for r in row.reasons}
    assert {"catalyst", "materiality", "confirmation", "curve"} <= parts
    assert row.materiality_pct == pytest.approx(75)


def test_a_fall_on_good_news_counts_as_size_and_points_down() -> None:
    falling = move(change_pct=-30.0, rvol=9.0, dollar_volume=9e6)
    bad, good = (one(candidate("clinical_readout", sign, move=falling)) for sign in "-+")
    assert bad.bearish == bad.score > 80 and bad.bullish == 0 and bad.side == "-"
    assert good.bearish == good.score > 80 and good.bullish == 0 and good.side == "-"
    assert any("on the news" in w for w in good.warnings)
    assert (bad.action, good.action) == ("Avoid", "Avoid")


def test_good_news_that_rises_on_volume_is_an_alert_and_mixed_news_a_watch() -> None:
    rising = move(change_pct=36.0, rvol=38.0, dollar_volume=4e7)
    assert one(candidate("government_contract", "+", move=rising)).action == "Alert"
    people = one(candidate("management_change", "0", move=rising))
    assert (people.action, people.side) == ("Watch", "+")
    placed = one(candidate("private_placement", "±", move=move(change_pct=-53.0, rvol=8.0, dollar_volume=9e6)))
    assert (placed.action, placed.side) == ("Avoid", "-")
    dismissed = one(candidate("bankruptcy", "+", move=rising))
    assert dismissed.action != "Avoid"


def test_bad_news_and_sales_of_shares_that_rise_are_unclear() -> None:
    rising = move(change_pct=20.0, rvol=3.0, dollar_volume=4e6)
    for kind in ("reverse_split", "equity_offering", "private_placement"):
        row = one(candidate(kind, "-" if kind != "private_placement" else "±", move=rising))
        assert (row.side, row.bullish) == ("", 0.0), kind


def test_the_lead_is_the_news_that_explains_the_move() -> None:
    told = [(story("a"), catalyst("takeover_target", "+", stage="announced")),
            (story("b"), catalyst("shelf_or_atm", "-"))]  # fmt: skip
    leads = {
        change: one(*candidates_of("EXMP", told, as_of=AS_OF, move=move(change_pct=change, dollar_volume=9e6))).catalyst
        for change in (-40.0, -2.0, 40.0)
    }
    assert leads == {-40.0: "shelf_or_atm", -2.0: "takeover_target", 40.0: "takeover_target"}


def test_what_foretold_the_move_fades_as_the_session_goes() -> None:
    def at(hour: float, change: float | None) -> float:
        moment = dt.datetime(2025, 12, 12, tzinfo=dt.UTC) + dt.timedelta(hours=hour)
        busy = move(prev_rvol=9.0, volatility_pct=9.0, change_pct=change, day=DAY)
        row = one(candidate("patent", "+", move=busy, as_of=moment))
        return sum(r.points for r in row.reasons if r.rule_id == "unsettled")

    before, midday, after = at(13.0, None), at(17.75, 1.0), at(21.5, 1.0)
    assert before == 23
    assert 0 < midday < before
    assert after == 0


def test_an_unread_form_stands_below_a_read_story_of_the_same_size() -> None:
    fallen = move(change_pct=-40.0, rvol=9.0, dollar_volume=9e6)
    unread = one(
        _as(candidate("equity_offering", "-", story=story(form="424B5"), made_by="items", move=fallen), "FORM")
    )
    read = one(
        _as(candidate("equity_offering", "-", story=story(form="424B5"), made_by="patterns", move=fallen), "READ")
    )
    assert unread.score < read.score
    assert "by form only, text not read" in unread.warnings and "by form only, text not read" not in read.warnings


@pytest.mark.parametrize("points", [-40.0, 0.0, 14.0, 35.0, 50.0, 65.0, 90.0, 140.0])
def test_the_curve_is_even_at_fifty_and_can_be_read_back(points: float) -> None:
    assert score_of(50) == 50
    assert score_of(points) == pytest.approx(100 - score_of(100 - points), abs=0.11)
    assert points_of(score_of(points)) == pytest.approx(points, abs=1.5)


WARNED: list[tuple[dict[str, Any], str]] = [
    ({"history": History(shelf_open=True)}, "dilution in play"),
    ({"history": History(atm_open=True)}, "at-the-market programme"),
    ({"history": History(raises_24m=5)}, "5 raises in 24 months"),
    ({"history": History(last_reverse_split=dt.date(2025, 12, 1))}, "reverse split 11 days ago"),
    ({"history": History(deficiency_open=True)}, "deficiency open"),
    ({"history": History(going_concern=True)}, "going-concern"),
    ({"story": story(hours=50)}, "news is 50 hours old"),
    ({"story": story(repeats="s0")}, "repeats an earlier story"),
    ({"noise": (Noise(story_id="s1", kind="recap"),)}, "recap"),
    ({"noise": (Noise(story_id="s1", kind="promotion"),)}, "paid promotion"),
    ({"noise": (Noise(story_id="s1", kind="law_firm_ad"),)}, "law-firm notice"),
    ({"noise": (Noise(story_id="s1", kind="award"),)}, "reads as award"),
    ({"history": History(filings=())}, "no filing or agency record"),
    ({"move": move(change_pct=40.0, since_news_pct=5.0, day=DAY)}, "before the news"),
    ({"move": move(avg_dollar_volume=2e4, dollar_volume=1e4)}, "thin trading"),
    ({"move": move(change_pct=-12.0)}, "on the news"),
    ({"listing": Listing(ticker="EXMP", name="E", exchange="OTC")}, "over the counter"),
    ({"move": move(price=0.4), "listing": Listing(ticker="EXMP", name="E", exchange="Nasdaq")}, "bid rule"),
]


@pytest.mark.parametrize(("given_", "words"), WARNED)
def test_the_catch(given_: dict[str, Any], words: str) -> None:
    row = one(candidate("regulatory_approval", "+", **given_))
    assert any(words in w for w in row.warnings), row.warnings
    plain = one(candidate("regulatory_approval", "+"))
    assert not any(words in w for w in plain.warnings)
    taken = sum(r.points for r in row.reasons if r.part == "warning")
    assert taken < 0 or row.action == "Avoid"


def test_large_money_confirmed_by_trading_raises_the_action() -> None:
    traded = {"market_cap": 40e6, "rvol": 8.0, "change_pct": 30.0}
    row = one(candidate("government_contract", "+", facts={"amount_usd": 30e6}, move=move(**traded)))
    assert row.action == "Alert"
    assert any(r.part == "card" and r.text.startswith("Alert: ") for r in row.reasons)
    assert one(candidate("government_contract", "+", facts={"amount_usd": 1e6}, move=move(**traded))).action == "Watch"
    held = one(candidate("government_contract", "+", facts={"amount_usd": 30e6}, move=move(**traded),
        noise=(Noise(story_id="s1", kind="recap"),)))  # fmt: skip
    assert held.action == "Watch"


def test_halted_now_lowers_an_alert() -> None:
    from tests.engine.test_facts import halt

    row = one(candidate("regulatory_approval", "+", facts={"agency": "FDA"}, history=History(halts=(halt(),))))
    assert row.warnings == ("halted now, code T1",)
    assert (row.action, row.risk) == ("Watch", "Very High")


def test_a_weak_row_is_kept_as_no_action() -> None:
    row = one(candidate("partnership", "+", confidence=0.6))
    assert row.score < THRESHOLD
    assert row.action == "No Action"
    assert any("score under 20" in r.text for r in row.reasons)
    assert one(candidate("partnership", "+", confidence=0.6), threshold=5.0).action == "Watch"


def test_an_alert_has_an_even_chance_and_an_even_chance_is_watched() -> None:
    calm = move(prev_rvol=0.2, volatility_pct=1.0)
    asleep = one(candidate("clinical_readout", "+", move=calm))
    assert asleep.score < EVEN_CHANCE and asleep.action == "Watch"
    assert any(r.part == "card" and r.text.startswith("Watch: score") for r in asleep.reasons)
    stirred = move(prev_rvol=9.0, volatility_pct=9.0, run_up_pct=70.0)
    assert one(candidate("clinical_readout", "+", facts={"endpoint_met": True}, move=stirred)).action == "Alert"
    routine = one(candidate("management_change", "0", move=stirred))
    assert routine.score >= EVEN_CHANCE and routine.action == "Watch"
    assert one(candidate("management_change", "0", move=calm)).action == "No Action"


def test_a_session_that_was_over_is_no_answer_to_the_news() -> None:
    """The close is at 21:00 UTC; the list is made at 23:00 with the day's move known."""
    moved = move(day=DAY, price=2.0, change_pct=-30.0, rvol=15.0, dollar_volume=9e6, volatility_pct=4.0)
    evening = {"as_of": AS_OF + dt.timedelta(hours=9), "move": moved}
    early = one(candidate("earnings", "0", story=story("early", 1), **evening))
    late = story("late", 0)
    late = msgspec.structs.replace(late, published=close_time(DAY) + dt.timedelta(minutes=1))
    after = one(candidate("earnings", "0", story=late, **evening))
    assert early.side == "-" and early.action == "Avoid" and any(r.rule_id == "move_size" for r in early.reasons)
    assert after.side == "" and after.action != "Avoid" and not any(r.rule_id == "move_size" for r in after.reasons)
    assert after.change_pct == -30.0 and after.warnings == ("came after the last session: -30 % was before it",)
    assert any(r.rule_id == "unsettled" for r in after.reasons), "the session counts as the one before"


def test_the_lead_is_what_can_explain_the_move() -> None:
    moved = move(day=DAY, change_pct=25.0, rvol=9.0, dollar_volume=9e6)
    evening = {"as_of": AS_OF + dt.timedelta(hours=9), "move": moved}
    late = msgspec.structs.replace(story("late", 0), published=close_time(DAY) + dt.timedelta(minutes=1))
    group = candidates_of(
        "EXMP",
        [(late, catalyst("takeover_target", "+")), (story("early", 1), catalyst("patent", "+"))],
        **evening,
    )
    row = rank(group, SET, "run", DAY)[0]
    assert (row.catalyst, row.story_id) == ("patent", "early")


def test_the_cause_leads_and_not_the_context_beside_it() -> None:
    """A rebranding that names new people tells a new treasury: the people are no reason to look."""
    told = story("both")
    people, treasury = candidate("management_change", "0", story=told), candidate("crypto_ai_treasury", "+", story=told)
    alone = one(people)
    assert alone.score > one(treasury).score - 15 and alone.catalyst == "management_change"
    assert one(people, treasury).catalyst == one(treasury, people).catalyst == "crypto_ai_treasury"
    apart = candidate("crypto_ai_treasury", "+", confidence=0.55, story=told)
    assert one(people, apart).catalyst == "management_change", "a guess is no cause"


def test_bad_news_that_falls_is_avoided() -> None:
    moved = move(change_pct=-12.0, rvol=2.0, dollar_volume=3e6, market_cap=3e6)
    row = one(candidate("private_placement", "-", stage="priced", facts={"amount_usd": 4e6}, move=moved))
    assert (row.side, row.action) == ("-", "Avoid") and "price -12 % on the news" in row.warnings
    calm = one(
        candidate("private_placement", "-", stage="priced", facts={"amount_usd": 4e6}, move=move(market_cap=3e6))
    )
    assert calm.action == "Watch"


def test_what_is_unknown_stands_on_the_row() -> None:
    row = one(candidate("clinical_readout", "+"))
    assert {"market_cap", "rvol", "endpoint_met", "shelf_open"} <= set(row.unknown)
    known = one(candidate("clinical_readout", "+", facts={"endpoint_met": True}, move=move(market_cap=4e7, rvol=1.0)))
    assert not {"market_cap", "rvol", "endpoint_met"} & set(known.unknown)


def test_fields_of_the_row() -> None:
    row = one(candidate("regulatory_approval", "+", listing=Listing(ticker="EXMP", name="Examplecorp", exchange="NYSE"),
        move=move(price=2.0, change_pct=12.0, session="regular"), facts={"agency": "FDA"}))  # fmt: skip
    assert (row.run_id, row.day, row.rank, row.company, row.exchange) == ("run", DAY, 1, "Examplecorp", "NYSE")
    assert (row.source, row.url) == ("wire", "https://wire.example/s1")
    assert (row.price, row.change_pct, row.session, row.as_of) == (2.0, 12.0, "regular", AS_OF)
    assert row.facts == {"agency": "FDA"}
    assert row.level == "high"


def test_ranking_by_one_side() -> None:
    good = _as(candidate("takeover_target", "+", stage="announced"), "GOOD")
    bad = _as(candidate("regulatory_rejection", "-"), "BADD")
    rows = rank([good, bad], SET, "run", DAY)
    assert {r.ticker for r in rows} == {"GOOD", "BADD"}
    assert [r.ticker for r in order(rows, "bullish")] == ["GOOD", "BADD"]
    assert [(r.ticker, r.rank) for r in order(rows, "bearish")] == [("BADD", 1), ("GOOD", 2)]
    assert [r.ticker for r in rank([good, bad], SET, "run", DAY, by="bearish")] == ["BADD", "GOOD"]
    with pytest.raises(InputError, match="both, bullish, bearish"):
        order(rows, "best")


def test_ties_go_to_the_earlier_news_then_the_ticker() -> None:
    late, early = story("late", 0.5), story("early", 1.0)
    rows = rank([_as(candidate("patent", "+", story=late), "AAAA"), _as(candidate("patent", "+", story=early), "CCCC"),
                 _as(candidate("patent", "+", story=early), "BBBB")], SET, "run", DAY)  # fmt: skip
    assert [r.ticker for r in rows] == ["BBBB", "CCCC", "AAAA"]
    assert [r.rank for r in rows] == [1, 2, 3]


def test_a_candidate_without_a_ticker_makes_no_row() -> None:
    assert rank([candidate(ticker="", story=story(tickers=()))], SET, "run", DAY) == []


def test_diff_of_two_rankings() -> None:
    make = {
        t: _as(candidate(k, "+"), t) for t, k in (("AAAA", "takeover_target"), ("BBBB", "guidance"), ("CCCC", "patent"))
    }
    old = rank([make["AAAA"], make["BBBB"]], SET, "run", DAY)
    new = rank([make["BBBB"], make["CCCC"]], SET, "run", DAY)
    changes = diff(old, new)
    assert [(c.kind, c.ticker, c.old_rank, c.new_rank) for c in changes] == [
        ("enter", "CCCC", None, 2), ("leave", "AAAA", 1, None), ("move", "BBBB", 2, 1),
    ]  # fmt: skip
    assert summary(changes) == "1 enter, 1 leave, 1 move, 0 rescored"
    assert diff(old, old) == []
    rescored = diff(old, rank([make["AAAA"], make["BBBB"]], SET, "run", DAY, threshold=99))
    assert {c.kind for c in rescored} == {"score"}


def test_quiet_news_counts_stories_against_the_budget() -> None:
    noisy = [candidate("product_launch", "+", story=story(f"n{i}")) for i in range(5)]
    twice = candidate("product_launch", "+", story=story("n0"))
    found = {q.rule_id: q for q in quiet_news(SET, [*noisy, twice], 100)}
    launch = found["product_launch"]
    assert (launch.matches, launch.per_1000, launch.within) == (5, 50.0, False)
    assert launch.examples == ("n0", "n1", "n2")
    assert found["takeover_target"].matches == 0 and found["takeover_target"].within
    assert "materiality" not in found
    assert quiet_news(SET, [], 0)[0].per_1000 == 0


def test_news_of_an_unknown_moment_is_watched_and_never_an_alert() -> None:
    received = AS_OF - dt.timedelta(minutes=5)
    undated = story(published=received, sources=(SourceRef(source="wire", received=received),))
    dated = story(published=received, sources=(SourceRef(source="wire", received=received, published=received),))
    rows = [rank([candidate(story=s)], SET, "run", DAY)[0] for s in (undated, dated)]
    assert rows[0].published is None and rows[0].unknown[0] == "publication time unknown" and rows[0].session == ""
    assert rows[1].published == received and "publication time unknown" not in rows[1].unknown
    assert rows[0].action != "Alert" and not any(r.part == "freshness" and r.points > 0 for r in rows[0].reasons)
