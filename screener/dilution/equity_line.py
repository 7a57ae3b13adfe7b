"""Equity lines: one buyer committed to take shares when the company asks, at a discount to the market.

"Equity purchase agreement" alone may be the purchase of a business; the words of a facility must stand near.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from screener.dilution import agents, quantity
from screener.dilution.base import entry
from screener.dilution.records import Document, Entry
from screener.dilution.text import TextPart
from screener.language import money

_FACILITY = re.compile(
    r"\b(?:equity line(?: of credit)?|ELOC|committed equity|principal equity facility|equity (?:purchase )?facility"
    r"|standby equity"
    r"|SEPA|share purchase facility|(?:common stock|ordinary shares?|equity|share|stock|securities) purchase agreement"
    r"|purchase agreement)\b",
    re.I,
)
_SURE = re.compile(
    r"\b(?:equity line(?: of credit)?|ELOC|committed equity|principal equity facility|standby equity (?:purchase"
    r"|distribution)|SEPA)\b",
    re.I,
)
_ASKS = re.compile(
    r"\bright,? but not the obligation\b|\bin (?:our|its|the company[’']s) sole discretion\b"
    r"|\bfrom time to time\b[^.;]{0,160}\b(?:sell|issue|direct|require)"
    r"|\bdirect\w*\b[^.;]{0,80}\bto purchase\b|\b(?:total|aggregate) commitment\b|\bcommit(?:ted|ment)\b[^.;]{0,50}\bpurchase\b"
    r"|\bcommitment (?:amount|shares|fee)\b|\bexchange cap\b|\bpurchase notice",
    re.I,
)
_OF_STOCK = re.compile(r"\b(?:common stock|ordinary shares?|share|stock) purchase agreement\b", re.I)
_STRONG = re.compile(
    r"\bright,? but not the obligation\b|\b(?:total|aggregate) commitment\b|\bcommitment (?:amount|shares|fee)\b"
    r"|\bpurchase notice"
    r"|\bdirect\w*\b[^.;]{0,80}\bto purchase\b",
    re.I,
)
_COMMITMENT = re.compile(
    r"\b(?:up to|total commitment|commitment amount|aggregate|maximum|lesser of)\b[^$.;]{0,80}$", re.I
)
_ENDED = re.compile(
    r"\b(?:has|have|had|was|were)\s(?:been\s)?(?:mutually\s)?terminated\b|\b(?:we|company|parties)\s(?:\w+\s)?terminated\b",
    re.I,
)
_OF_MARKET = re.compile(
    r"(\d{2,3}(?:\.\d{1,3})?)\s?%\s(?:of|multiplied by)\s(?:the\s)?(?:[\w-]+\s){0,6}?(?:VWAP|volume|market|average|closing"
    r"|lowest|price)",
    re.I,
)
_DISCOUNT = re.compile(r"(\d{1,2}(?:\.\d{1,3})?)\s?%\sdiscount", re.I)
_BUYER = re.compile(
    r"\b(?:by|with|to|between (?:us|the company) and)\s(?P<names>[A-Z][^()“”;]{3,90}?)\s?\("
    r"(?:[\w ,]{0,40})?(?:[“\"][^()]{0,60}[”\"] or ){0,3}"
    r"(?:the )?[“\"](?:Investor|Selling (?:Stock|Share|Security)holder|Purchaser|Buyer)\b"
)
_FLOOR = re.compile(r"\b(?:floor|minimum)\s(?:purchase\s)?price\b[^$.;]{0,60}(?=\$)", re.I)
LEAST = 1_000_000  # US dollars


def read(document: Document, parts: Sequence[TextPart], *, cover_only: bool = False) -> list[Entry]:
    """The equity line that a document sets up, registers or ends."""
    about = [p for p in parts if _FACILITY.search(p.text)]
    asked = [p for p in parts if _ASKS.search(p.text)]
    sure = any(_SURE.search(p.text) or _OF_STOCK.search(p.text) for p in about)
    if not about or not (
        any(_STRONG.search(p.text) for p in asked) or (asked and sure) or any(_SURE.search(p.text) for p in about)
    ):
        return []
    ended = next((p for p in about if _SURE.search(p.text) and _ENDED.search(p.text)), None)
    if ended:
        return [entry(document, "equity_line", "terminated", ended, agent=_buyer(about), amount_usd=_amount(about))]
    amount = _amount([*asked, *about])
    if amount is None or not asked:
        return []
    proof = next((p for p in [*asked, *about] if _amount([p]) is not None), about[0])
    discount = _discount(parts)
    return [
        entry(
            document,
            "equity_line",
            "announced",
            proof,
            amount_usd=amount,
            agent=_buyer(about),
            holder=_buyer(about),
            discount_pct=discount,
            variable=True if discount is not None else None,
            floor_price=_floor(parts),
        )
    ]


def _amount(parts: Sequence[TextPart]) -> float | None:
    for part in parts:
        for amount in money.find(part.text):
            before = part.text[max(0, amount.start - 120) : amount.start]
            if amount.currency == "USD" and amount.value >= LEAST and (amount.is_max or _COMMITMENT.search(before)):
                return amount.value
    return None


def _discount(parts: Sequence[TextPart]) -> float | None:
    for part in parts:
        of_market = _OF_MARKET.search(part.text)
        if of_market and 50 <= float(of_market[1]) <= 100:
            return round(100 - float(of_market[1]), 4)
        stated = _DISCOUNT.search(part.text)
        if stated and _ASKS.search(part.text):
            return float(stated[1])
    return None


def _floor(parts: Sequence[TextPart]) -> float | None:
    return next((quantity.dollars_at(p.text, m.end()) for p in parts if (m := _FLOOR.search(p.text))), None)


def _buyer(parts: Sequence[TextPart]) -> str:
    for part in parts:
        found = _BUYER.search(part.text)
        if found:
            return found["names"].strip(" ,")
    return next((n for p in parts if (n := agents.sellers(p.text))), "")
