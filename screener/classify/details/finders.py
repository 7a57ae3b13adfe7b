"""Calls the finders that the facts of a catalyst file need."""

from __future__ import annotations

from screener.classify.details import (
    agency,
    clinic,
    counterparty,
    listing,
    money,
    offering,
    people,
    ratio,
    results,
    when,
)
from screener.classify.details.reading import Notes, Reading
from screener.classify.rulefile import AmountWords, CatalystRule


def find_facts(
    rule: CatalystRule,
    reading: Reading,
    notes: Notes,
    beside: tuple[AmountWords, ...] = (),
    company: str = "",
    tickers: tuple[str, ...] = (),
) -> None:
    """Put every fact of the type that the words hold; ``beside`` are the amounts' names of the document's other types."""
    names = rule.facts
    if rule.ratio:
        ratio.find_ratio(reading, notes, forward=rule.ratio == "forward")
    if "amount_usd" in names or "price" in names:
        _money(rule, reading, notes, beside)
    if "revenue_usd" in names:
        results.find_results(money.amounts(reading), reading, notes)
    if "insider" in names:
        people.find_insider(reading, notes)
    if rule.agency == "exchange":
        listing.find_exchange(reading, notes)
    elif "agency" in names:
        agency.find_agency(rule.agency, reading, notes)
    if "rule" in names:
        listing.find_rule(reading, notes)
        when.find_cure(reading, notes)
    if rule.counterparty:
        counterparty.find_counterparty(rule, reading, notes, company, tickers)
    if "effective_date" in names:
        when.find_effective(reading, notes)
    if "pdufa_date" in names:
        when.find_pdufa(reading, notes)
    if "phase" in names:
        clinic.find_phase(reading, notes, sure="indication" in names)
    _medicine(names, reading, notes)


def _money(rule: CatalystRule, reading: Reading, notes: Notes, beside: tuple[AmountWords, ...]) -> None:
    names, found = rule.facts, money.amounts(reading)
    if "amount_usd" in names:
        money.find_amount(rule.amount, found, reading, notes, beside)
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
