"""Counts with a date: shares outstanding, authorised shares, the public float and what Instruction I.B.6 has let be sold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from screener.dilution import quantity
from screener.dilution.base import entry
from screener.dilution.formulas import baby_shelf_limit
from screener.dilution.records import Document, Entry
from screener.dilution.text import TextPart
from screener.language import dates, money

_OUTSTANDING = re.compile(r"\boutstanding\b", re.I)
_BEHIND = re.compile(
    r"^(?:[^;]{0,130}?)\b(?:(?:issued and |currently )?outstanding)\b"
    r"|^\s(?:of (?:our |the Company[’']s |its )?[\w\s,.$’']{0,60})?\swe currently have outstanding",
    re.I,
)
_BEFORE = re.compile(
    r"\b(?:based (?:up)?on|have used)\s(?:approximately\s)?$|\b(?:based (?:up)?on(?: a total (?:number )?of)?|there were"
    r"|there are|we had|had|has|have|currently has"
    r"|outstanding (?:as of|at|on) [\w\s,]{6,30}(?:was|were|:)"
    r"|total of|of which|from|than the|the|outstanding (?:prior to|before) (?:this"
    r"|the) offering(?: \(\d\))?)\s(?:approximately\s)?$"
    r"|^\s*(?:approximately\s)?$|\band\s$|,\s$",
    re.I,
)
_SUPPOSED = re.compile(
    r"\b(?:assum\w+|if (?:all|we|the)|would|after (?:giving effect|this|the) offering|immediately (?:after|following)"
    r"|will be outstanding|to be outstanding"
    r"|upon (?:completion|consummation)|up to|held by|represent\w+ at the|present|votes?)\b",
    re.I,
)
_NOT_COMMON = re.compile(
    r"\b(?:options?|warrants?|issuable|underlying|reserved|beneficial\w*|restricted stock units|treasury|percent|%)\b",
    re.I,
)
_FIRM = re.compile(
    r"\bbased (?:up)?on\b|\bas of\b|\boutstanding (?:prior to|before)|\bcurrently\b|\bimmediately after the closing\b",
    re.I,
)
_BASE = re.compile(r"\bbased (?:up)?on\b|\boutstanding (?:prior to|before) (?:this|the) offering", re.I)
_OWNED = re.compile(r"\bpercent(?:ages?)?\b|\bassuming the sale\b", re.I)
_LIST = re.compile(r"\b(?:had|there were|following outstanding securities)\b", re.I)
_OF_OTHERS = re.compile(r"[^;]{0,60}\bheld by (?:our |the |its )?non-?affiliates", re.I)
_PAIR = re.compile(r"([\d,]{7,15}) and $")
_LATER = re.compile(r"^[^.;]{0,40}\bto approximately\b", re.I)
_AUTHORISED = re.compile(r"\bauthori[sz]ed\b", re.I)
_AUTHORISED_BEFORE = re.compile(
    r"\b(?:authori[sz]ed to issue|authori[sz]ed capital stock[^.;]{0,60}?consist\w* of|we had"
    r"|authori[sz]ed shares[^.;]{0,60}? to)\s(?:up to )?(?:a total of )?$",
    re.I,
)
_AUTHORISED_TO = re.compile(r"\bdesignated as [Cc]ommon")
_CLASS = re.compile(r"\bClass [A-Z]\b")
_FLOAT = re.compile(
    r"\b(?:aggregate market value|public float)\b[^$;]{0,260}?\b(?:was|is|of|equals?)\b[^$;]{0,60}?(?=(?:US)?\$)", re.I
)
_IB6 = re.compile(r"General Instruction I\.B\.[56]", re.I)
_SOLD = re.compile(r"\b(?:sold|offered)\b[^$.;]{0,120}?(?=\$)", re.I)
_NONE_SOLD = re.compile(r"\b(?:have not|has not|had not|did not)\b[^.;]{0,40}\b(?:sold|offered|sell|issued)\b", re.I)
_LIMIT = re.compile(
    r"\b(?:up to|no more than|maximum of|limited to|able to sell|may (?:offer and )?sell)\b[^$.;]{0,120}?(?=\$)", re.I
)
LEAST = 10_000  # shares: no listed company has fewer outstanding


def read(document: Document, parts: Sequence[TextPart], *, most: int = 2) -> list[Entry]:
    """The counts of a document: outstanding shares (each class once), authorised shares, the public float."""
    return [*_outstanding(document, parts, most), *_authorised(document, parts), *_float(document, parts)]


def _outstanding(document: Document, parts: Sequence[TextPart], most: int) -> list[Entry]:
    about = [p for p in parts if _OUTSTANDING.search(p.text) and re.search(r"\d,\d{3}", p.text)]
    about.sort(key=lambda p: _firmness(p.text))  # stable: firm statements first, else as they stand
    out = dict[str, Entry]()
    for part in about:
        for count in quantity.shares(part.text):
            if count.preferred or count.value < LEAST or not _is_outstanding(part.text, count):
                continue
            behind = part.text[count.start : count.end + 60]
            found = _CLASS.search(behind)
            name = found.group() if found else ""
            if name not in out and len(out) < most and not (out and not name):
                pair = _PAIR.search(
                    part.text, 0, count.start
                )  # "based on 5 and 9 shares outstanding": before, and after all is sold
                value = float(pair[1].replace(",", "")) if pair else count.value
                day = _day(part.text, count.start)
                out[name] = entry(
                    document, "shares_outstanding", "outstanding", part, shares=value, day=day, security=name
                )
        if out:
            break
    return list(out.values())


def _firmness(text: str) -> int:
    """0 for the count that the document rests on, 1 for a dated one, 2 for any other, 3 for one that ownership is measured by."""
    if _OWNED.search(text):
        return 3
    return 0 if _BASE.search(text) else 1 if _FIRM.search(text) else 2


def _is_outstanding(text: str, count: quantity.CountMention) -> bool:
    before, behind = text[max(0, count.start - 110) : count.start], text[count.end : count.end + 170]
    clause = re.split(r";|\band (?=\d)", behind)[0]
    if _is_listed(text, count):
        return True
    if _OF_OTHERS.match(behind):
        return False
    rests = re.search(r"(?:based (?:up)?on|have used)\s(?:approximately\s)?$", before, re.I)
    if (not rests and _SUPPOSED.search(re.split(r"[;,]", before)[-1])) or _NOT_COMMON.search(
        clause.split("outstanding")[0]
    ):
        return False
    other = re.search(r"\b(?:authori[sz]ed|reserved|sell|sale of|issue[sd]?)\b", clause.split("outstanding")[0], re.I)
    if other and not re.match(r"[^;]{0,60}\bissued and outstanding", clause, re.I):
        return False
    if re.search(r"outstanding\b[^.;]{0,12}from (?:approximately )?$", before, re.I) and _LATER.match(behind):
        return True
    return bool(_BEHIND.match(clause) and _BEFORE.search(before)) or bool(
        re.search(r"outstanding (?:prior to|before) (?:this|the) offering(?: ?\(\d\))?[\s:]{0,4}$", before, re.I)
    )


def _is_listed(text: str, count: quantity.CountMention) -> bool:
    """A class in a list that ends in "outstanding" ("had 5 Class A shares, 2 Class B shares and … outstanding")."""
    lead, behind = text[: count.start], text[count.end : count.end + 40]
    headed = _LIST.search(lead)
    if not headed or not (text.rstrip(" .;").endswith("outstanding") or "ollowing outstanding" in lead):
        return False
    common = re.match(r"\s?of (?:our |its |the Company[’']s )?(?:Class [A-Z] )?(?:[Cc]ommon|[Oo]rdinary)", behind)
    return (
        bool(common)
        and re.search(r"(?:had|were|securities[^;]{0,60}|,|;|and|●|•|·)\s(?:approximately )?$", lead) is not None
    )


def _day(text: str, near: int) -> str | None:
    """The day nearest to a count."""
    days = dates.find([text])[0]
    return min(days, key=lambda d: abs(d.match.start() - near)).iso if days else None


def _authorised(document: Document, parts: Sequence[TextPart]) -> list[Entry]:
    for part in parts:
        if not _AUTHORISED.search(part.text):
            continue
        counts = [c for c in quantity.shares(part.text) if not c.preferred and c.value >= LEAST]
        for count in counts:
            before, behind = part.text[max(0, count.start - 120) : count.start], part.text[count.end : count.end + 60]
            common = re.search(r"[Cc]ommon|[Oo]rdinary|^\s?of stock", count.of + behind[:30])
            named = _AUTHORISED_TO.search(behind) or (common and (_AUTHORISED_BEFORE.search(before) or re.match(
                r"\s?(?:of (?:\w+\s){1,3})?authori[sz]ed\b", behind, re.I)))  # fmt: skip
            if named:
                return [
                    entry(
                        document,
                        "authorized_shares",
                        "outstanding",
                        part,
                        shares=count.value,
                        day=_day(part.text, count.start),
                    )
                ]
    return []


def _float(document: Document, parts: Sequence[TextPart]) -> list[Entry]:
    value, proof = None, None
    for part in parts:
        found = _FLOAT.search(part.text)
        if found and "non-affiliates" in part.text:
            amount = money.first(part.text[found.end() : found.end() + 40])
            if amount and amount.currency == "USD":
                value, proof = amount.value, part
                break
    rule = [p for p in parts if _IB6.search(p.text)]
    if proof is None and not rule:
        return []
    sold = next((s for p in rule if (s := _sold(p.text)) is not None), None)
    limit = next((x for p in rule if (x := _limit(p.text)) is not None), None)
    if value is None and sold is None and limit is None:
        return []
    if limit is None and rule:
        limit = baby_shelf_limit(value)
    shown = proof or rule[0]
    day = _day(shown.text, 0)
    return [
        entry(document, "public_float", "outstanding", shown, float_usd=value, sold_usd=sold, limit_usd=limit, day=day)
    ]


def _sold(text: str) -> float | None:
    if _NONE_SOLD.search(text):
        return 0.0
    found = _SOLD.search(text)
    return quantity.dollars_at(text, found.end()) if found else None


def _limit(text: str) -> float | None:
    found = _LIMIT.search(text)
    amount = quantity.dollars_at(text, found.end()) if found else None
    return amount if amount is not None and amount != 75_000_000 else None
