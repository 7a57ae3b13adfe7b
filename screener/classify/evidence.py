"""What the wordings, wire codes, forms and 8-K items say of a story, as numbers per catalyst file."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from screener.classify.model import EVIDENCE, Floats
from screener.classify.patterns import RuleHits
from screener.classify.rulefile import CatalystRule
from screener.types import FactValue, Span

# Log-odds that a wording alone gives, before training corrects them: a decisive wording in a headline is right about
# nine times in ten, the same words deep in a text about one time in six.
TITLE_PATTERN, TITLE_HINT, TEXT_PATTERN, CANCELLED, NOTHING = 2.2, -2.5, -1.6, -3.5, -5.0
BOTH = 0.6  # a headline's words found again in the text
FILING_TEXT, STRAY_TEXT = 0.4, -2.5  # a decisive wording in a filing whose items can carry the type, or cannot
OTHER_EVENTS = "8.01"
COUNT_CAP = 2.0
PURCHASE = "P"  # Form 4 transaction code of an open-market purchase
VOLATILITY = ("LUDP", "LUDS", "M", "MWC1", "MWC2", "MWC3", "IPO1")


class Hits(Struct, frozen=True, kw_only=True):
    """What was found in a story: hits by rule number in the headline and the text."""

    title: dict[int, RuleHits]
    text: dict[int, RuleHits]


def dense(rules: tuple[CatalystRule, ...], hits: Hits, subjects: tuple[str, ...]) -> Floats:
    """Evidence features, rule-major in the order of ``EVIDENCE``."""
    out = np.zeros((len(rules), len(EVIDENCE)), np.float32)
    for number, found in hits.title.items():
        out[number, :3] = min(len(found.patterns), COUNT_CAP), min(len(found.hints), 1), min(found.cancelled, 1)
    for number, found in hits.text.items():
        out[number, 3] = min(len(found.patterns), COUNT_CAP)
    if subjects:
        named = frozenset(subjects)
        for number, rule in enumerate(rules):
            out[number, 4] = not named.isdisjoint(rule.subjects)
    return out.ravel()


def prior(rules: tuple[CatalystRule, ...], hits: Hits) -> Floats:
    """Log-odds per rule from the wordings of a release alone."""
    out = np.full(len(rules), NOTHING, np.float32)
    for number in hits.title.keys() | hits.text.keys():
        out[number] = _log_odds(hits.title.get(number) or RuleHits(), hits.text.get(number) or RuleHits())
    return out


def _log_odds(title: RuleHits, text: RuleHits) -> float:
    if title.patterns:
        return TITLE_PATTERN + (BOTH if text.patterns else 0.0)
    if title.cancelled:
        return CANCELLED
    if text.patterns:
        return TEXT_PATTERN + (BOTH if title.hints else 0.0)
    return TITLE_HINT if title.hints else NOTHING


def filing_prior(rules: tuple[CatalystRule, ...], hits: Hits, form: str, items: tuple[str, ...]) -> Floats:
    """Log-odds per rule from the text of a filing that has no headline.

    Legal prose mentions everything, so its words count only for types that the form or one of the items can carry. A
    6-K has no item numbers and is read as if it had 8.01.
    """
    out = np.full(len(rules), NOTHING, np.float32)
    told = frozenset(items) | ({OTHER_EVENTS} if form.startswith("6-K") else frozenset())
    for number, found in hits.text.items():
        if found.patterns:
            rule = rules[number]
            carried = rule.forms.get(form, 0.0) > 0 or not told.isdisjoint(rule.items)
            out[number] = FILING_TEXT if carried else STRAY_TEXT
    return out


def structured(
    rule: CatalystRule, form: str, items: tuple[str, ...], facts: dict[str, FactValue]
) -> tuple[float, tuple[Span, ...]]:
    """How much the form and items of a filing prove by themselves (0 to 1), with the codes as evidence."""
    if rule.id == "insider_buying":
        return (0.9, (_code("form", form),)) if form in ("4", "4/A") and _bought(facts) else (0.0, ())
    if rule.id == "trading_halt" and form == "HALT" and str(facts.get("code", "")) in VOLATILITY:
        return 0.0, ()
    weight, spans = rule.forms.get(form, 0.0), list[Span]()
    if weight > 0:
        spans.append(_code("form", form))
    for item in items:
        if (proof := rule.items.get(item, 0.0)) > 0:
            weight = 1 - (1 - weight) * (1 - proof)
            spans.append(_code("items", item))
    return weight, tuple(spans)


def _bought(facts: dict[str, FactValue]) -> bool:
    """An open-market purchase: the code says so, or the source read one and it was no plan."""
    code = facts.get("code", facts.get("transaction_code"))
    if code is not None:
        return code == PURCHASE
    return "insider_name" in facts and bool(facts.get("shares")) and not facts.get("planned")


def _code(field: str, code: str) -> Span:
    return Span(field=field, start=0, end=0, text=code)
