"""Deals: registered directs, offerings and placements, and inducements to exercise warrants.

A concurrent placement of warrants does not make a registered direct a placement. The gross amount is the one the
document names gross; a table's total and "aggregate purchase price" stand for it. An option to buy more, the exercise of
warrants, and net proceeds never do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from screener.dilution import agents, quantity
from screener.dilution.base import RETOLD, entry, file_number_in, title_amount, title_count
from screener.dilution.records import Document, Entry, Kind, Status
from screener.dilution.text import TextPart, clauses, sentences
from screener.language import money
from screener.sec import forms

_SELLS = re.compile(
    r"\b(?:(?:agreed|agree|agrees) to (?:issue and sell|sell and issue|sell|issue|purchase|buy)|is offering|are offering"
    r"|is selling|are (?:also )?selling"
    r"|issu\w+ and s(?:ale|old|ell)|sold (?:and issued )?(?:an aggregate|to)|(?:issued|sold) (?:to (?:the "
    r"|certain )?[\w ]{0,40})?(?:an aggregate of|a total of)"
    r"|offering of|public offering|underwriting agreement|(?:securities|share|stock|unit) (?:purchase"
    r"|subscription) agreements?|subscription agreements?"
    r"|registered direct|private placement|prices?\b|pricing of|clos(?:ed|es|ing)|upsiz\w+|number of shares issued"
    r"|were sold|was sold|sale of|issuance of|offering price)\b",
    re.I,
)
_SOLD_DIRECTLY = re.compile(
    r"\bsecurities purchase agreement\b|\bplacement agents?\b|\b(?:institutional|accredited"
    r"|certain)\s(?:\w+\s){0,2}(?:investors?|purchasers?)\b",
    re.I,
)
_DIRECT = re.compile(r"\bregistered direct\b", re.I)
_PLACED = re.compile(
    r"\bprivate placements?\b|\bPIPE\b|\bunregistered\b|\bSection 4\(a\)\(2\)|\bRegulation [DS]\b|\bprivately? placed",
    re.I,
)
_PUBLIC = re.compile(
    r"\bunderwrit(?:ten|ing agreement|ers?)\b|\bpublic offering\b|\bbest[- ]efforts\b|\binitial public\b"
    r"|\brights offering\b|\bfollow-on\b",
    re.I,
)
_GROSS = re.compile(
    r"\b(?:aggregate |total |initial |upfront )?gross (?:cash )?proceeds\b[^$;.]{0,140}?(?=(?:US|USD\s?)?\$)"
    r"|\b(?:aggregate|total|combined) (?:gross )?(?:purchase|offering|subscription|sale) (?:price"
    r"|amount)\b[^$;.]{0,60}?(?=(?:US)?\$)",
    re.I,
)
_WHOLE = re.compile(r"\brais(?:ed|ing)\b[^$;.]{0,60}?(?=(?:US)?\$)", re.I)
_CONSISTS = re.compile(r"^[^;]{0,60}?,?\s(?:consisting|comprised|comprising|made up) of\b")
_NOT_GROSS = re.compile(
    r"\b(?:exercise|exercised|additional|option|warrants? (?:are|is|were)|if any|commission|fee of|\d% of)\b", re.I
)
# An option that was exercised at the closing is part of the deal: "… which included the full exercise of the option …".
_TAKEN_IN = re.compile(
    r"\bupon (?:the )?exercise of (?:the |all )?(?:subscription )?rights\b"
    r"|\b(?:includ\w+|after giving effect to|following|reflecting)\b[^,;.$]{0,60}?\bexercise\b"
    r"(?:[^,;.$]|,(?=\d)){0,110}",
    re.I,
)
_BEHIND = re.compile(
    r"\s(?:(?!proceeds)\w+[\s-]){0,5}?(?:offering|registered direct|private placement|financing)\b", re.I
)
_TOTAL = re.compile(
    r"\b(?:public |combined )?offering price\b(?:[^\n$]{0,40}?\n{0,4}\s?(?:US\s?)?\$?\s{0,3}[\d,.]+){1,3}", re.I
)
_MONEY_CELL = re.compile(r"\$?\s?(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?)")
_CLOSED = re.compile(
    r"\b(?:closed|closing (?:of the [\w ]{0,30})?occurred|consummated|completed|settled|has issued)\b", re.I
)
_ABOUT = re.compile(r"\b(?:offering|placement|transaction|PIPE|shares|issuance|sale|closing)\b", re.I)
_NOT_YET = re.compile(
    r"\b(?:expected to|anticipated|subject to|will|scheduled to|on or about)\b[^.;]{0,60}clos|\bupon (?:the )?clos",
    re.I,
)
_PROPOSED = re.compile(
    r"\b(?:proposed|intends? to (?:offer|conduct|sell)|commence\w* (?:an? )?(?:\w+ ){0,3}offering|subject to market)\b",
    re.I,
)
_OPTION = re.compile(r"\b(?:option|over-?allotment)\b", re.I)
_INDUCED = re.compile(r"\binducement (?:letter|offer|agreement|warrants?)\b|\bwarrant (?:exercise )?inducement\b", re.I)
_TO_EXERCISE = re.compile(r"\b(?:agreed to|to|for the immediate) (?:immediately )?exercise\b", re.I)
_DISCOUNT = re.compile(
    r"(\d{1,2}(?:\.\d{1,2})?)\s?% discount|discount of (?:approximately )?(\d{1,2}(?:\.\d{1,2})?)\s?%", re.I
)
_BUSINESS = re.compile(r"\b(?:sponsor|equity and asset|asset purchase|membership interest)\b", re.I)
_OPENING = 90  # characters in which a sentence says that it retells
_BUYERS = re.compile(r"\b(?:investors?|purchasers?|underwriters?|public)\b", re.I)
_ACTS = re.compile(r"\bact(?:ing|ed|s)? as\b")
_ACTS_MOST = 12  # places looked at
_BODY = 400_000  # characters behind a cover
LEAST = 50_000  # US dollars of a deal


def read(document: Document, parts: Sequence[TextPart], *, cover: TextPart | None = None) -> list[Entry]:
    """The deal of a report, release or cover; empty when the words price or sell nothing."""
    if any(_INDUCED.search(p.text) for p in parts):
        return _inducement(document, parts)
    closed = any(_CLOSED.search(p.text) for p in parts)
    selling = [p for p in parts if _SELLS.search(p.text) and not _BUSINESS.search(p.text)]
    if not closed:
        selling = [p for p in selling if not RETOLD.search(p.text, 0, _OPENING)]
    if not selling:
        return []
    proof, shares = _shares(selling)
    kind = _kind(document, selling, proof)
    if kind is None:
        return []
    amount = _gross([p for p in parts if not _BUSINESS.search(p.text)])
    if amount is None and cover:
        amount = _table_total(cover.text) or title_amount(cover.text)
    if shares is None and cover:
        shares = title_count(cover.text)
    price = next((x for p in selling if (x := quantity.price(p.text)) is not None), None)
    if price is None and cover:
        price = _table_price(cover.text)
    foreign = _foreign(parts) if amount is None else None
    named = amount if amount is not None or foreign else _named(selling, title=document.title)
    open_terms = cover is not None and "subject to completion" in document.text[:8_000].lower()
    if named is None and not foreign and not open_terms and (shares is None or price is None):
        return []
    return [
        entry(
            document,
            kind,
            _status(document, parts),
            proof or selling[0],
            amount_usd=named,
            foreign_amount=foreign[0] if foreign else None,
            currency=foreign[1] if foreign else "USD" if named is not None else "",
            shares=shares,
            price=price,
            agent=_agents(document, parts, cover),
            discount_pct=_discount(parts),
            option_shares=_option(parts),
            file_number=next((n for p in parts if (n := file_number_in(p.text))), ""),
            day=None,
        )
    ]


def _kind(document: Document, selling: Sequence[TextPart], proof: TextPart | None) -> Kind | None:
    if proof is not None:  # the sentence that sells decides before those around it
        found = _kind_of(document, proof.text)
        if found:
            return found
    return _kind_of(document, " ".join(p.text for p in selling))


def _kind_of(document: Document, words: str) -> Kind | None:
    if _DIRECT.search(words):
        return "registered_direct"
    prospectus = forms.of_family(document.form, "prospectus", "free_writing")
    public, placed = _PUBLIC.search(words), _PLACED.search(words)
    if prospectus:
        direct = _SOLD_DIRECTLY.search(words)
        underwritten = re.search(
            r"\bunderwrit\w+ (?:agreement|have|has|an option|may|expect|is|are)|\bunderwriters\b", words, re.I
        )
        return "registered_direct" if direct and not underwritten else "offering"
    if placed and (not public or placed.start() < public.start()):
        return "placement"
    if public or forms.of_family(document.form, "registration"):
        return "offering"
    return "placement" if placed or "3.02" in document.items else None


def _shares(selling: Sequence[TextPart]) -> tuple[TextPart | None, float | None]:
    """The first count that is sold: not of warrants, options or what was outstanding."""
    # a sentence that names a price, proceeds or buyers outdoes one of advisers' shares
    for part in sorted(selling, key=_tells_less):
        for clause in clauses(part):
            for count in quantity.shares(clause.text):
                before = clause.text[max(0, count.start - 90) : count.start]
                behind = clause.text[count.end : count.end + 70]
                if re.search(
                    r"\b(?:warrants?|option|exercis\w*|convert\w*|reserve\w*|conversion)\b[^.;]*$", before, re.I
                ):
                    continue
                if re.match(r"[^.;,]{0,40}\b(?:outstanding|issuable|underlying|reserved|beneficially)\b", behind, re.I):
                    continue
                if count.of.endswith("Warrant Shares") or count.preferred or count.value < 100:
                    continue
                return part, count.value
    return None, None


def _tells_less(part: TextPart) -> bool:
    return quantity.price(part.text) is None and not (_GROSS.search(part.text) or _BUYERS.search(part.text))


def _gross(parts: Sequence[TextPart]) -> float | None:
    for part in parts:  # "raised an aggregate of $9 million, consisting of $7 million in cash and …"
        for found in _WHOLE.finditer(part.text):
            whole = quantity.amount_at(part.text, found.end())
            if whole and whole.currency == "USD" and whole.value >= LEAST and not whole.per_unit:
                rest = part.text[found.end() : found.end() + 140]
                if _CONSISTS.search(rest) and "proceeds" in part.text:
                    return whole.value
    for part in parts:
        for found in _GROSS.finditer(part.text):
            head = _TAKEN_IN.sub("", part.text[max(0, found.start() - 170) : found.end()])[-100 - len(found.group()) :]
            behind = part.text[found.end() : found.end() + 110]
            if _NOT_GROSS.search(head) or re.search(r"\b(?:upon|from) the (?:full |cash )?exercise\b", behind, re.I):
                continue
            amount = quantity.dollars_at(part.text, found.end())
            if amount is not None and amount >= LEAST:
                return amount
    return None


def _named(selling: Sequence[TextPart], *, title: str) -> float | None:
    """The amount in "a $150 million public offering", of a sentence or the title."""
    for text in [*(p.text for p in selling), title]:
        for amount in money.find(text):
            if (
                amount.currency == "USD"
                and amount.value >= LEAST
                and not amount.per_unit
                and _BEHIND.match(text, amount.end)
            ):
                return amount.value
    return None


def _foreign(parts: Sequence[TextPart]) -> tuple[float, str] | None:
    for part in parts:
        for found in re.finditer(r"\bgross proceeds\b[^;.]{0,60}?", part.text, re.I):
            amount = money.first(part.text[found.end() : found.end() + 90])
            if amount and amount.currency != "USD" and amount.value >= LEAST:
                return amount.value, amount.currency
    return None


def _table_price(cover: str) -> float | None:
    """The first cell of the "offering price" row of a cover's table."""
    for row in _TOTAL.finditer(cover):
        cell = re.search(r"\$?\s?(\d{1,4}\.\d{2,4})\b", row.group())
        if cell:
            return float(cell[1])
    return None


def _table_total(cover: str) -> float | None:
    """The total of the "offering price" row of a cover's table."""
    for row in _TOTAL.finditer(cover):
        cells = _MONEY_CELL.findall(row.group())
        if cells:
            return max(float(c.replace(",", "")) for c in cells)
    return None


def _status(document: Document, parts: Sequence[TextPart]) -> Status:
    words = " ".join(p.text for p in parts)
    if forms.of_family(document.form, "registration", "shelf"):
        return "proposed"
    if any(_CLOSED.search(p.text) and _ABOUT.search(p.text) and not _NOT_YET.search(p.text) for p in parts):
        return "closed"
    if _PROPOSED.search(words) and quantity.price(words) is None:
        return "proposed"
    if document.form in forms.TAKEDOWN and "subject to completion" in document.text[:8_000].lower():
        return "proposed"
    return "priced" if quantity.price(words) is not None else "announced"


def _agents(document: Document, parts: Sequence[TextPart], cover: TextPart | None) -> str:
    named = [p for p in parts if agents.has_role(p.text) or "underwriting agreement" in p.text.lower()]
    best = max((agents.names(p.text) for p in named), key=len, default=[])
    for part in named:
        best = agents.together(best, agents.acting(part.text)) if best else best
    if cover:
        best = agents.together(best, agents.headed(cover.text)) or agents.houses(cover.text)
    if cover and not best:
        best = next((n for p in _later(document, cover.end) if (n := agents.acting(p.text))), [])
    return "; ".join(best)


def _later(document: Document, start: int) -> Iterator[TextPart]:
    """The sentences behind a cover in which somebody acts as something."""
    for found in islice(_ACTS.finditer(document.text, start, start + _BODY), _ACTS_MOST):
        low = document.text.rfind("\n", start, found.start()) + 1
        yield from sentences(document.text, max(low, found.start() - 400), found.end() + 200)


def _discount(parts: Sequence[TextPart]) -> float | None:
    for part in parts:
        found = _DISCOUNT.search(part.text)
        if found and re.search(r"\b(?:closing|market|last|vwap|price)\b", part.text, re.I):
            return float(found[1] or found[2])
    return None


def _option(parts: Sequence[TextPart]) -> float | None:
    for part in parts:
        found = _OPTION.search(part.text)
        count = next((c for c in quantity.shares(part.text[found.end() :])), None) if found else None
        if count and not count.preferred:
            return count.value
    return None


def _inducement(document: Document, parts: Sequence[TextPart]) -> list[Entry]:
    """Holders exercise now, often at a lower strike, for new warrants; the new warrants are entries of their own."""
    for part in parts:
        found = _TO_EXERCISE.search(part.text)
        if not found or "arrant" not in part.text:
            continue
        rest = part.text[found.end() :]
        count = next((c.value for c in quantity.shares(rest)), None)
        price = quantity.strike(rest)
        if count is None:
            continue
        who = next((a for p in parts if agents.has_role(p.text) and (a := agents.sellers(p.text))), "")
        amount = next((x for p in parts if (x := _induced_amount(p.text)) is not None), None)
        status: Status = (
            "closed" if any(_CLOSED.search(p.text) and not _NOT_YET.search(p.text) for p in parts) else "announced"
        )
        return [entry(document, "inducement", status, part, shares=count, price=price, amount_usd=amount, agent=who)]
    return []


def _induced_amount(text: str) -> float | None:
    found = re.search(r"\bgross proceeds\b[^$;.]{0,130}?(?=\$)", text, re.I)
    return quantity.dollars_at(text, found.end()) if found else None
