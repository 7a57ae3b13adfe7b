"""At-the-market programmes: the agreement, its ceiling as last changed, what was sold, and its end.

The ceiling is what the document says stands now: "increase … to up to $4.5 billion" and "decreasing … to $150 million"
outdo the first amount; a prior programme's amount belongs to the entry that ends it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from screener.dilution import agents, quantity
from screener.dilution.base import entry, file_number, file_number_in, registered
from screener.dilution.records import Document, Entry, Status
from screener.dilution.text import TextPart, clauses
from screener.language import money
from screener.sec import forms

AGREEMENT = re.compile(
    r"\b(?:equity distribution|at[- ]the[- ]market(?: offering| issuance)?(?: sales)?|open market sale|capital on demand"
    r"|(?:controlled )?equity offering\W{0,3}(?:sm|tm)?\W{0,3}(?:sales)?|atm(?: sales)?|(?<!purchase and )sales|distribution)"
    r"\W{0,4}(?:sm|tm)?\W{0,3}agreement",
    re.I,
)
MARKET = re.compile(
    r"\bat[- ]the[- ]market\b[”\"]? (?:\w+ )?(?:offering|program|facility|equity)|\bATM (?:offering|program|facility)",
    re.I,
)
_UNDER_RULES = re.compile(r"at[- ]the[- ]market under (?:the )?(?:rules|nasdaq|nyse)", re.I)
_CEILING = re.compile(r"\b(?:up to|aggregate|maximum|not to exceed|in excess of)\b", re.I)
_CHANGED = re.compile(
    r"\b(?:increas|decreas|reduc|upsiz|rais|lower|amend)\w{0,12}\b[^$;]{0,220}?\b(?:to|such that)\b", re.I
)
_FROM_TO = re.compile(
    r"\b(?:increas|decreas|reduc|upsiz|rais|lower|amend)\w{0,12}\b[^$;]{0,220}?\bfrom (?:up to )?(?:US)?\$[\d,.]{1,30}(?: (?:mil"
    r"lion|billion))? to (?:up to )?",
    re.I,
)
_FORMER = re.compile(r"\b(?:initially|originally|prior|previous(?:ly)?|earlier|terminated|former)\b", re.I)
_ENDED = re.compile(
    r"\b(?:has |have |had |was |were |been ){0,4}(?:terminated|cancell?ed|suspended and terminated)\b|\bnotice of termination\b"
    r"|\bno longer (?:in effect|available)",
    re.I,
)
_MAY_END = re.compile(
    r"\b(?:may|until|upon|unless|if|earlier|will|would|right to|plans? to|intends? to|expects? to|can|shall|prior to|any)\b"
    r"[^.;]{0,90}(?:terminat|cancel)|terminat\w{0,12} (?:of the (?:sales )?agreement )?(?:as permitted|in accord"
    r"ance|by|pursuant)",
    re.I,
)
_SOLD = re.compile(r"\b(?:have|has|had|we|company)\b[^.;$]{0,40}?\b(?:sold|issued)\b", re.I)
_LEFT = re.compile(r"\b(?:remain\w*|available)\b", re.I)
_UNSOLD = re.compile(r"^[^.;,]{0,30}\b(?:remain\w*|unsold|available)\b", re.I)
_PROCEEDS = re.compile(r"\b(?:gross|net|aggregate|total) (?:sales )?proceeds\b|\bfor (?:an )?aggregate\b", re.I)
_AGGREGATE = re.compile(r"\baggregate (?:gross )?(?:offering|sales) price\b[^.;$]{0,30}\bup to\b", re.I)
_REPORTS = re.compile(
    r"\b(?:sales?|sold|issued)\b[^.;]{0,40}\b(?:under|pursuant to|through) (?:its|our"
    r"|the)\b[^.;]{0,40}(?:at[- ]the[- ]market|ATM)",
    re.I,
)
LEAST = 500_000  # US dollars of a ceiling


def read(document: Document, parts: Sequence[TextPart]) -> list[Entry]:
    """The programme that a document sets up, changes or reports on, and the one that it ends."""
    about = [c for p in parts if _speaks(p.text) for c in _pieces(p)]
    if not about:
        return []
    # the ceiling often stands in a sentence of its own
    about += [p for p in parts if not _speaks(p.text) and _AGGREGATE.search(p.text) and _amount(p.text) is not None]
    ended = [p for p in about if _ends(p.text)]
    live = [p for p in about if p not in ended]
    out = list[Entry]()
    proof = next((p for p in live if _amount(p.text) is not None or _changes(p.text)), None)
    proof = proof or next((p for p in live if _REPORTS.search(p.text)), None)
    if proof:
        out.append(_running(document, live, proof, parts))
    if ended:
        out.append(_ended(document, ended))
    return out


def _speaks(text: str) -> bool:
    return bool(AGREEMENT.search(text) or MARKET.search(text)) and not _UNDER_RULES.search(text)


def _pieces(part: TextPart) -> list[TextPart]:
    """The clauses of a sentence that speak of a programme; the sentence itself when none does alone."""
    return [c for c in clauses(part) if _speaks(c.text)] or [part]


def _ends(text: str) -> bool:
    found = _ENDED.search(text)
    return found is not None and not _MAY_END.search(text[: found.end() + 60])


def _running(document: Document, about: Sequence[TextPart], proof: TextPart, parts: Sequence[TextPart]) -> Entry:
    changed = [a for p in parts for a in _changes(p.text)]
    amount = changed[-1] if changed else _amount(proof.text)
    sold = _sold(about)
    number = next((x for p in about if (x := file_number_in(p.text))), "") or file_number(document)
    status: Status = registered(document) if forms.of_family(document.form, "registration", "shelf") else "announced"
    if forms.of_family(document.form, "prospectus"):
        status = "effective"
    if changed:
        status = "amended"
    elif sold != (None, None) and amount is None:
        status = "sold"
    return entry(
        document,
        "atm",
        status,
        proof,
        amount_usd=amount,
        agent=_agents(about),
        sold_shares=sold[0],
        sold_usd=sold[1],
        remaining_usd=_remaining(about),
        file_number=number,
        ends=("atm",) if any(_ends(p.text) for p in parts if _speaks(p.text)) else (),
    )


def _ended(document: Document, ended: Sequence[TextPart]) -> Entry:
    amount = next((a for p in ended if (a := _largest(p.text)) is not None), None)
    who = next((w for p in ended if (w := agents.sellers(p.text))), "")
    return entry(document, "atm", "terminated", ended[0], amount_usd=amount, agent=who, file_number="", about="prior")


def _changes(text: str) -> list[float]:
    """The amounts that a ceiling is changed to."""
    if not re.search(
        r"\b(?:prospectus|(?:sales|distribution|offering) agreement|atm|at[- ]the[- ]market)\b", text, re.I
    ):
        return []
    found = _FROM_TO.search(text) or _CHANGED.search(text)
    if not found or re.search(
        r"\b(?:authori[sz]ed|rate|(?<!offering )(?<!sales )price|warrants?)\b", found.group(), re.I
    ):
        return []
    amounts = [a for a in money.find(text[found.end() : found.end() + 200]) if a.value >= LEAST and a.currency == "USD"]
    return [amounts[0].value] if amounts else []


def _amount(text: str) -> float | None:
    """The ceiling of a sentence: an amount after "up to" or "aggregate" that is not a former one."""
    for amount in money.find(text):
        before = text[max(0, amount.start - 130) : amount.start]
        if amount.currency != "USD" or amount.value < LEAST or amount.per_unit:
            continue
        if _CEILING.search(before) and not _FORMER.search(before) and not _PROCEEDS.search(before[-70:]):
            return amount.value
    return None


def _largest(text: str) -> float | None:
    found = (a for a in money.find(text) if a.currency == "USD" and a.value >= LEAST)
    return max((a.value for a in found if not _UNSOLD.search(text[a.end : a.end + 60])), default=None)


def _sold(about: Iterable[TextPart]) -> tuple[float | None, float | None]:
    """Shares and dollars sold so far under the programme, as far as a sentence states them."""
    for part in about:
        found = _SOLD.search(part.text)
        if not found or re.search(r"\b(?:may|will|to be|not)\b[^.;]{0,12}$", part.text[: found.end()], re.I):
            continue
        rest = part.text[found.end() :]
        count = next(quantity.shares(rest), None)
        paid = next((a.value for a in money.find(rest) if _PROCEEDS.search(rest[max(0, a.start - 80) : a.start])), None)
        if count or paid:
            return (count.value if count else None), paid
    return None, None


def _remaining(about: Iterable[TextPart]) -> float | None:
    for part in about:
        for amount in money.find(part.text):
            window = part.text[max(0, amount.start - 60) : amount.end + 90]
            if (
                amount.currency == "USD"
                and amount.value >= LEAST / 10
                and _LEFT.search(window)
                and "remain" in window.lower()
            ):
                return amount.value
    return None


def _agents(about: Iterable[TextPart]) -> str:
    named = [p.text for p in about if agents.has_role(p.text) or AGREEMENT.search(p.text)]
    return max((agents.sellers(t) for t in named), key=lambda s: s.count(";") + bool(s), default="")
