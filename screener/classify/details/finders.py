"""Calls the finders that a type's facts need."""

from __future__ import annotations

import re

from screener.classify.details import agency, clinic, counterparty, listing, offering, people, ratio, results, when
from screener.classify.details.money import amounts, find_amount
from screener.classify.details.reading import Notes, Reading
from screener.classify.details.table import FACTS_OF

_RAISED = re.compile(r"gross proceeds|aggregate principal|offering of|offering price|private placement")
_SIZE = re.compile(r"repurchase|buyback|tender offer")
_VALUE = re.compile(
    r"valued at|value of|contract|award|order|totall?ing|worth|purchase price|consideration|grant"
    r"|agree|transaction|equity value"
)
PREFER: dict[str, re.Pattern[str]] = {
    "equity_offering": _RAISED,
    "private_placement": _RAISED,
    "shelf_or_atm": _RAISED,
    "equity_line_convertible": _RAISED,
    "warrant_exercise": _RAISED,
    "debt_financing": re.compile(r"loan|facility|principal|notes|grant|financing|fund"),
    "buyback": _SIZE,
    "government_contract": _VALUE,
    "commercial_contract": _VALUE,
    "partnership": _VALUE,
    "licensing": re.compile(r"upfront|milestone|payment"),
    "takeover_target": _VALUE,
    "acquisition": _VALUE,
    "divestiture": _VALUE,
}
_SPLITS = ("reverse_split", "forward_split")
_LISTING = ("listing_deficiency", "compliance_regained", "delisting", "uplisting")
_TRIALS = ("clinical_readout", "trial_progress", "regulatory_submission", "clinical_hold", "regulatory_approval",
           "regulatory_rejection", "regulatory_designation")  # fmt: skip


def find_facts(kind: str, reading: Reading, notes: Notes, company: str = "") -> None:
    """Put every fact of the type that the words hold; an unknown type has none."""
    names = FACTS_OF.get(kind, ())
    if not names:
        return
    if kind in _SPLITS:
        ratio.find_ratio(reading, notes, forward=kind == "forward_split")
    if "amount_usd" in names or "price" in names:
        _money(kind, names, reading, notes)
    if "revenue_usd" in names:
        results.find_results(amounts(reading), reading, notes)
    if "insider" in names:
        people.find_insider(reading, notes)
    if kind in _LISTING:
        listing.find_exchange(reading, notes)
        if "rule" in names:
            listing.find_rule(reading, notes)
            when.find_cure(reading, notes)
    elif "agency" in names:
        agency.find_agency(kind, reading, notes)
    if "counterparty" in names:
        counterparty.find_counterparty(kind, reading, notes, company)
    if "effective_date" in names:
        when.find_effective(reading, notes)
    if "pdufa_date" in names:
        when.find_pdufa(reading, notes)
    if "phase" in names:
        clinic.find_phase(reading, notes, sure=kind in _TRIALS)
    _medicine(names, reading, notes)


def _money(kind: str, names: tuple[str, ...], reading: Reading, notes: Notes) -> None:
    found = amounts(reading)
    if "amount_usd" in names:
        find_amount(kind, found, PREFER.get(kind), reading, notes)
    if "price" in names:
        offering.find_price(found, notes)
    if "discount_pct" in names:
        offering.find_terms(reading, notes)
    elif "shares" in names:
        offering.find_shares(reading, notes)
    if "premium_pct" in names:
        offering.find_premium(reading, notes)
    if "term_years" in names:
        offering.find_contract(reading, notes)
    if "upfront_usd" in names:
        offering.find_licence(found, reading, notes)


def _medicine(names: tuple[str, ...], reading: Reading, notes: Notes) -> None:
    if "endpoint_met" in names:
        clinic.find_endpoint(reading, notes)
    if "p_value" in names:
        clinic.find_numbers(reading, notes)
    if "designation" in names:
        clinic.find_designation(reading, notes)
    if "drug" in names:
        clinic.find_drug(reading, notes)
