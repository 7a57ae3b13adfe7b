"""The rules that ship: every test passes, no part is deletable, and every kind of news reaches the list."""

from __future__ import annotations

import itertools

import pytest

from screener.engine.candidate import Candidate
from screener.engine.check import check
from screener.engine.load import load_rules
from screener.engine.rank import rank
from tests.engine.make import AS_OF, RULES, candidate

SET = load_rules([RULES])
TAXONOMY = {
    "A": "reverse_split forward_split equity_offering private_placement shelf_or_atm equity_line_convertible "
    "warrant_exercise debt_financing buyback dividend insider_buying",
    "B": "listing_deficiency compliance_regained delisting uplisting trading_halt index_change",
    "C": "clinical_readout regulatory_approval regulatory_rejection clinical_hold regulatory_designation "
    "regulatory_submission trial_progress preclinical_data",
    "D": "government_contract commercial_contract partnership licensing product_launch patent",
    "E": "takeover_target acquisition divestiture strategic_review spac_reverse_merger",
    "F": "earnings guidance bankruptcy going_concern debt_default restatement auditor_change late_filing "
    "management_change litigation investigation cyber_incident mining_result energy_result crypto_ai_treasury "
    "analyst_action shareholder_rights",
}
TYPES = [t for group in TAXONOMY.values() for t in group.split()]
STAGES = ("", "proposed", "announced", "upsized", "priced", "effective", "closed", "terminated")


def test_all_checks_are_clean() -> None:
    assert [str(f) for f in check(SET)] == []


def test_every_rule_states_what_the_format_asks() -> None:
    for rule in SET.rules:
        assert rule.tests and rule.falsepositives and rule.facts and rule.description, rule.id
        assert rule.kind != "catalyst" or (rule.noise_budget is not None and rule.card), rule.id
        assert rule.kind != "warning" or rule.warning, rule.id


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_stage_and_polarity_reaches_the_list(kind: str) -> None:
    for stage, polarity in itertools.product(STAGES, ("+", "-", "±", "0")):
        rows = rank([candidate(kind, polarity, stage=stage)], SET, "r", AS_OF.date())
        assert [r.ticker for r in rows] == ["EXMP"], (kind, stage, polarity)


SELLING = ("equity_offering", "private_placement", "shelf_or_atm", "equity_line_convertible", "warrant_exercise")


@pytest.mark.parametrize("kind", SELLING)
def test_a_deal_that_sells_shares_is_never_bullish(kind: str) -> None:
    for stage, polarity in itertools.product(STAGES[:-1], ("+", "-", "±", "0")):
        (row,) = rank([candidate(kind, polarity, stage=stage)], SET, "r", AS_OF.date())
        assert row.bullish == 0, (stage, polarity)
        if polarity == "-":
            assert row.bearish > 0, stage


@pytest.mark.parametrize("kind", ["regulatory_rejection", "delisting", "reverse_split"])
def test_bad_news_is_bearish_whatever_the_classifier_thought(kind: str) -> None:
    (row,) = rank([candidate(kind, "+", stage="announced")], SET, "r", AS_OF.date())
    assert row.bullish == 0
    assert row.bearish > 0
    assert row.action == "Avoid"


def test_no_catalyst_no_row() -> None:
    empty: list[Candidate] = []
    assert rank(empty, SET, "r", AS_OF.date()) == []
    assert rank([candidate("own_type", "+", confidence=0.3)], SET, "r", AS_OF.date()) == []


def test_a_type_without_a_rule_goes_by_the_default_one() -> None:
    (row,) = rank([candidate("own_type", "+")], SET, "r", AS_OF.date())
    assert (row.catalyst, row.side, row.action) == ("own_type", "+", "Watch") or row.score < 20
    assert row.reasons[0].rule_id == "any_other"
    assert SET.named.isdisjoint({"own_type"})
    assert all(c.rule.kind == "catalyst" for kind in SET.named for c in SET.leading(kind))
