"""How far an event has come: proposed, announced, upsized, priced, effective, closed, terminated, or nothing.

The headline decides, by type. Money raised runs proposed, announced, upsized, priced, closed; deals and agreements
proposed, announced, closed, terminated; a split or an index change announced, effective. Results, decisions and notices
just happen and have no stage.
"""

from __future__ import annotations

import re

from screener.classify.details.reading import Hit, Notes, Reading

_RAISES = frozenset(
    "equity_offering private_placement equity_line_convertible debt_financing warrant_exercise shelf_or_atm".split()
)
_DEALS = frozenset(
    "partnership commercial_contract government_contract acquisition takeover_target licensing divestiture strategic_review "
    "spac_reverse_merger crypto_ai_treasury buyback dividend delisting shareholder_rights uplisting bankruptcy "
    "debt_default reverse_split forward_split index_change management_change product_launch".split()
)
_QUIET = frozenset(
    "clinical_readout trial_progress regulatory_submission regulatory_approval regulatory_rejection regulatory_designation "
    "clinical_hold preclinical_data patent earnings guidance insider_buying listing_deficiency compliance_regained litigation "
    "investigation mining_result energy_result analyst_action trading_halt cyber_incident going_concern restatement "
    "auditor_change late_filing".split()
)

_I = re.I
TERMINATED = re.compile(
    r"\bterminat(?:es?|ed|ion|ing)\b|\bwithdraw(?:s|al|n|ing)?\b|\bcancel(?:s|led|ed|lation)?\b|\bcall(?:s|ed) off\b|\brescind",
    _I,
)
CLOSED = re.compile(
    r"\b(?:clos(?:es|ed|ing)(?! (?:bid|price))|complet(?:es|ed|ion|ing)|consummat\w+|finali[sz]es?|emerges from)\b", _I
)
PRICED = re.compile(r"\b(?:pric(?:es|ed|ing))\b", _I)
PROPOSED = re.compile(
    r"\b(?:propos(?:es|ed|al|ing)|intend(?:s|ed)?|intent(?:ion)?|plans? (?:to|for|on)|planned|planning|letter of intent|"
    r"LOI|term sheet|non-?binding|commenc(?:es|ed|ement)|launch(?:es|ed)|memorandum of understanding|MOU|explor(?:es|ing)|"
    r"seeks?|offer(?:s)? to|considers?|expects? to|to be (?:voted|proposed))\b",
    _I,
)
UPSIZED = re.compile(r"\b(?:upsiz(?:es|ed|ing)|increas(?:es|ed) (?:the )?size|additional (?:investment|closing))\b", _I)
EFFECTIVE = re.compile(
    r"\b(?:effective(?! date)|takes effect|begins? trading|commences? trading|joins|joined|added to)\b", _I
)


def find_stage(kind: str, reading: Reading, notes: Notes, *, form: str = "PR", doc_types: tuple[str, ...] = ()) -> str:
    """The stage of the event, with a span of fact "stage" on the words that decided."""
    for stage, pattern in _ladder(kind):
        match = pattern.search(reading.title)
        if match:
            notes.mark("stage", Hit("title", match).place())
            return stage
    return "" if kind in _QUIET else "announced" if kind in _RAISES or kind in _DEALS else ""


def _ladder(kind: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    if kind in _RAISES:
        return (("terminated", TERMINATED), ("closed", CLOSED), ("priced", PRICED), ("proposed", PROPOSED))
    if kind in _DEALS:
        return (("terminated", TERMINATED), ("closed", CLOSED), ("proposed", PROPOSED))
    return ()
