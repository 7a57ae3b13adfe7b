"""Whether an event is good for a holder of the ticker's shares: +, -, ± (mixed) or 0 (neutral or unclear)."""

from __future__ import annotations

import re

from screener.classify.details.reading import Hit, Notes, Reading

PRIOR: dict[str, str] = {
    kind: sign
    for sign, kinds in {
        "+": "forward_split buyback dividend insider_buying compliance_regained uplisting index_change clinical_readout "
        "regulatory_approval regulatory_designation regulatory_submission trial_progress preclinical_data "
        "government_contract commercial_contract partnership licensing product_launch patent takeover_target acquisition "
        "divestiture spac_reverse_merger mining_result energy_result crypto_ai_treasury debt_financing litigation",
        "-": "reverse_split equity_offering shelf_or_atm equity_line_convertible warrant_exercise listing_deficiency "
        "delisting regulatory_rejection clinical_hold bankruptcy going_concern debt_default restatement late_filing "
        "investigation cyber_incident shareholder_rights",
        "±": "private_placement",
        "0": "earnings guidance management_change auditor_change analyst_action strategic_review trading_halt",
    }.items()
    for kind in kinds.split()
}
_I = re.I
RULES: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {}


def find_polarity(kind: str, stage: str, reading: Reading, notes: Notes, *, doc_types: tuple[str, ...] = ()) -> str:
    """The sign of the event, with a span of fact "polarity" on the words that decided."""
    for sign, pattern in RULES.get(kind, ()):
        match = pattern.search(reading.title)
        if match:
            notes.mark("polarity", Hit("title", match).place())
            return sign
    return PRIOR.get(kind, "0")
