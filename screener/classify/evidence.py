"""What the wordings, wire codes, forms and 8-K items say of a story, as numbers per catalyst file."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from msgspec import Struct

from screener.classify.model import EVIDENCE, Floats
from screener.classify.passages import SILENT
from screener.classify.patterns import RuleHits
from screener.classify.rulefile import CatalystRule
from screener.sec.forms import of_family
from screener.sec.items8k import OTHER_EVENTS
from screener.types import FactValue, Span

# Log-odds that a wording alone gives, before training corrects them: a decisive wording in a headline is right about
# nine times in ten, the same words deep in a text about one time in six.
TITLE_PATTERN, TITLE_HINT, TEXT_PATTERN, CANCELLED, NOTHING = 2.2, -2.5, -1.6, -3.5, -5.0
BOTH = 0.6  # a headline's words found again in the text
FILING_TEXT, STRAY_TEXT = 0.4, -2.5  # a decisive wording in a filing whose items can carry the type, or cannot
# A sentence of a report read as a headline: duller than the headlines of the training, the more so when not the first.
SENTENCE, LATER_SENTENCE = -0.3, -1.5
LEGAL_WORDS = 1.0  # what reports say, in the past tense, of a thing done
TOLD, MENTION = 0.5, 0.6
_OTHER_CLASS = re.compile(
    r"\bnotes? due\b|\bdebentures?\b|\bwarrants?\b|\bpreferred (?:stock|shares)\b|\bbonds?\b", re.I
)
_COMMON = re.compile(r"\b(?:common|ordinary) (?:stock|shares?)\b|\bdepositary (?:shares|receipts)\b", re.I)
COUNT_CAP = 2.0
PURCHASED = "open_market_purchase"  # what a form proves by its transactions alone, whatever its words
PURCHASE = "P"  # Form 4 transaction code of an open-market purchase
VOLATILITY = ("LUDP", "LUDS", "M", "MWC1", "MWC2", "MWC3", "IPO1")


class Hits(Struct, frozen=True, kw_only=True):
    """What was found in a story: hits by rule number in the headline and the text."""

    title: dict[int, RuleHits]
    text: dict[int, RuleHits]


class TypeMention(Struct, frozen=True):
    """Where in the text a report says a type, and whether a wording said it or the whole sentence."""

    start: int
    end: int
    worded: bool


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
    told = frozenset(items) | ({OTHER_EVENTS} if of_family(form, "foreign_report") else frozenset())
    for number, found in hits.text.items():
        if found.patterns:
            rule = rules[number]
            carried = (rule.forms.get(form, 0.0) > 0 and rule.proof != PURCHASED) or not told.isdisjoint(rule.items)
            out[number] = FILING_TEXT if carried else STRAY_TEXT
    return out


def barred(rules: tuple[CatalystRule, ...], form: str, items: tuple[str, ...]) -> list[int]:
    """Rules whose news an 8-K tells under an item of its own (``only_items``) that this one does not have.

    A notice of delisting tells no other news than the types that name it among their forms.
    """
    if of_family(form, "delisting"):
        return [i for i, rule in enumerate(rules) if not any(of_family(f, "delisting") for f in rule.forms)]
    if not of_family(form, "current_report") or not any(items):
        return []
    if frozenset(filter(None, items)) <= frozenset(SILENT):
        return list(range(len(rules)))
    return [i for i, rule in enumerate(rules) if rule.only_items and frozenset(rule.only_items).isdisjoint(items)]


def overruled(rule: CatalystRule, words: Mapping[str, float], form: str, text: str) -> bool:
    """Whether a code or a mere mention in the text stands for another type.

    It does when the words clearly tell another type that the same code can stand for (``yields_to``) and hardly this
    one, and when what leaves the exchange is not the common stock.
    """
    if words[rule.id] > MENTION:
        return False
    notice = rule.proof == "common_stock" and of_family(form, "delisting")
    if notice and _OTHER_CLASS.search(text) and not _COMMON.search(text):
        return True
    return any(words.get(rival, 0.0) >= max(TOLD, words[rule.id] + 0.1) for rival in rule.yields_to)


def structured(
    rule: CatalystRule, form: str, items: tuple[str, ...], facts: dict[str, FactValue]
) -> tuple[float, tuple[Span, ...]]:
    """How much the form and items of a filing prove by themselves (0 to 1), with the codes as evidence."""
    if rule.proof == PURCHASED and not _bought(facts):
        return 0.0, ()
    if rule.proof == "news_halt" and str(facts.get("code", "")) in VOLATILITY:
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
