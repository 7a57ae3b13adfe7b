"""The catalyst files as shipped: all types and noise classes are there and pass their own tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from screener.classify.check import run_catalyst_tests
from screener.classify.pipeline import Classifier
from screener.classify.rulefile import load_folder, unknown_names
from tests.classify.conftest import RULES

TYPES = [
    "reverse_split",
    "forward_split",
    "equity_offering",
    "private_placement",
    "shelf_or_atm",
    "equity_line_convertible",
    "warrant_exercise",
    "debt_financing",
    "buyback",
    "dividend",
    "insider_buying",
    "listing_deficiency",
    "compliance_regained",
    "delisting",
    "uplisting",
    "trading_halt",
    "index_change",
    "clinical_readout",
    "regulatory_approval",
    "regulatory_rejection",
    "clinical_hold",
    "regulatory_designation",
    "regulatory_submission",
    "trial_progress",
    "preclinical_data",
    "government_contract",
    "commercial_contract",
    "partnership",
    "licensing",
    "product_launch",
    "patent",
    "takeover_target",
    "acquisition",
    "divestiture",
    "strategic_review",
    "spac_reverse_merger",
    "earnings",
    "guidance",
    "bankruptcy",
    "going_concern",
    "debt_default",
    "restatement",
    "auditor_change",
    "late_filing",
    "management_change",
    "litigation",
    "investigation",
    "cyber_incident",
    "mining_result",
    "energy_result",
    "crypto_ai_treasury",
    "analyst_action",
    "shareholder_rights",
]
NOISE = [
    "law_firm_ad",
    "market_report",
    "conference",
    "award",
    "sponsorship",
    "retrospective",
    "recap",
    "proxy_admin",
    "name_change",
    "promotion",
    "scientific_presentation",
    "other_noise",
]


def test_every_type_and_noise_class_has_a_file() -> None:
    rules = load_folder(RULES)
    assert sorted(r.id for r in rules if r.kind == "type") == sorted(TYPES)
    assert sorted(r.id for r in rules if r.kind == "noise") == sorted(NOISE)


@pytest.mark.parametrize("name", ["classifier", "words_only"])
def test_files_pass_their_own_tests(name: str, request: pytest.FixtureRequest) -> None:
    classifier: Classifier = request.getfixturevalue(name)
    assert [f"{path}:{line}: {message}" for path, line, message in run_catalyst_tests(classifier, RULES)] == []


def test_a_failing_test_names_its_line_and_what_was_read(words_only: Classifier, tmp_path: Path) -> None:
    text = (RULES / "reverse_split.yml").read_text(encoding="utf-8")
    head = text[: text.index("tests:")]
    (tmp_path / "reverse_split.yml").write_text(
        head + "tests:\n  must:\n    - Harbor Opens a Shop\n  must_not:\n    - Acme Reverse Stock Split\n"
    )
    classifier = Classifier(tmp_path, None)
    failures = list(run_catalyst_tests(classifier, tmp_path))
    line = head.count("\n") + 3
    assert [(at, "must be" in m, "Reverse Stock Split" in m) for _, at, m in failures] == [
        (line, True, False),
        (line + 2, False, True),
    ]


def test_files_name_only_types_that_have_a_file() -> None:
    rules = load_folder(RULES)
    assert [(rule.id, key, name) for rule, key, name in unknown_names(rules, {rule.id for rule in rules})] == []


def test_every_wording_compiles() -> None:
    for rule in load_folder(RULES):
        groups = [rule.patterns, rule.hints, rule.exclusions, rule.vetoes, *rule.reports.phrases]
        groups += [words for turn in rule.turns for words in turn.phrases]
        groups += [words for row in rule.stages for words in row.phrases]
        for wording in (wording for group in groups for wording in group):
            assert wording.pattern, wording.text
