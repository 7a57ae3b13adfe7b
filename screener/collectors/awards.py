"""The Department's daily contract announcements as text, split into awards.

One announcement holds a day: headings name the agency (ARMY, NAVY, DEFENSE LOGISTICS AGENCY), each paragraph below is
one award, most of them in the form "Contractor, City, State, was awarded a $N kind-of contract for work. ... CONTRACTING
OFFICE is the contracting activity (W00000-00-C-0000)." One paragraph may name several contractors that share a ceiling,
parted by semicolons, each with its own contract number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct, structs

from screener.language import money

MAX_PARAGRAPH = 20_000
_AGENCY = re.compile(r"[A-Z][A-Z.,&'’/ -]{2,70}$")
_VERB = re.compile(
    r"(?:[,;]|(?<!\s))\s++(?:(?:was|were|is|are|has been|have been|is being|are being|will be)\s+"
    r"(?:each\s+|both\s+)?(?:awarded|added|issued|selected)|(?:is|are) (?:being )?awarded|will (?:each )?receive|received|"
    r"will (?:each )?(?:compete|share))\b"
)
_NUMBER = re.compile(r"\b([A-Z0-9]{5,6}-?\d{2}-?[A-Z]-?[A-Z0-9]{4,5})\b")
_OPTION = re.compile(r"\bexercis(?:e|es|ing)\b[^.]{0,60}\boptions?\b|\boption exercised\b", re.IGNORECASE)
_MODIFICATION = re.compile(rf"\bmodification\b|{_OPTION.pattern}", re.IGNORECASE)
_MODIFICATION_NUMBER = re.compile(r"\((P\d{5}|[A-Z]{2}\d{4})\)")
_CEILING = re.compile(
    r"\b(?:indefinite[- ]delivery|IDIQ|ceiling|maximum|not[- ]to[- ]exceed|up to|blanket purchase|basic ordering|"
    r"compete for each|shared|multiple[- ]award|as an awardee)\b",
    re.IGNORECASE,
)
_OBLIGATED = re.compile(r"\A[^.]*?\bobligat(?:ed|ing|ion)\b", re.IGNORECASE)
_NO_FUNDS = re.compile(r"\bno (?:\w+ ){0,4}funds?\b[^.]{0,120}\bobligated", re.IGNORECASE)
_CUMULATIVE = re.compile(
    r"\b(?:total )?(?:cumulative|face) (?:face )?value[^.$]{0,80}?(?:to|of|is)\s+(\$[\d,.]+(?:\s*(?:million|billion))?)",
    re.IGNORECASE,
)
_WORK = re.compile(
    r"\b(?:contract|agreement|order|modification|option|increase|lease|purchase)\b[^.;]{0,200}?\s(?:for|to (?:provide|procure|"
    r"exercise|design|develop|support|supply|produce))\s+(.{3,400}?)(?:\.\s|\.$|;)",
    re.DOTALL,
)
_TO_END = re.compile(
    r"\b(?:expected|estimated)[^.]{0,60}complet\w+ (?:by|in|date of|date is)?\s*([A-Z][a-z]{2,8}\.? (?:\d{1,2}, )?\d{4})"
)
_SUFFIX = re.compile(
    r"(?:Inc|LLC|L\.L\.C|LLP|LP|L\.P|Ltd|Limited|Corp|Corporation|Co|Company|PLC|plc|P\.C|JV|Joint Venture|GmbH|A/S|S\.A|N\.V|AG|"
    r"Incorporated|Pte|Pty|LC|L\.C|PC|USA)\.?\*?$"
)
_PARENT = re.compile(
    r"(?:an? (?:wholly owned )?(?:subsidiary|division|unit) of |an? |doing business as |d/?b/?a )(.+)", re.IGNORECASE
)
_UPDATE = re.compile(r"^(?:UPDATE|CORRECTION|MODIFICATION)\s*:\s*")
_PARENTHESES = re.compile(r"(?<!\s)\s*+\([^()]{0,120}\)")


class Award(Struct, frozen=True, kw_only=True):
    """One contractor's award.

    Amounts are dollars as announced; ``ceiling`` says that ``amount`` is what may be ordered at most, for a shared
    contract (``awardees`` > 1) by all contractors together; ``obligated`` is what was set aside at once (0 when the
    text says none, None when it says nothing); ``cumulative`` the contract's value after a modification. ``changed`` marks a
    modification of an earlier contract, ``modification`` is its number ("P00012") where one is given. ``parent`` is the
    owner or trade name that stands beside the contractor's.
    """

    contractor: str
    place: str
    parent: str
    agency: str
    amount: float | None
    ceiling: bool
    obligated: float | None
    cumulative: float | None
    work: str
    contract: str
    modification: str
    changed: bool
    option: bool
    small_business: bool
    awardees: int
    completion: str
    text: str


class _Named(NamedTuple):
    name: str
    place: str
    contract: str
    parent: str
    small: bool


def split_awards(text: str) -> list[Award]:
    """The awards of one announcement, in order; a paragraph that is no award is left out."""
    agency, out = "", list[Award]()
    for paragraph in _paragraphs(text):
        bare = paragraph.strip("* ")
        if _AGENCY.match(bare) and len(bare.split()) <= 9:
            agency = _agency_name(bare)
        elif len(paragraph) <= MAX_PARAGRAPH:
            out += _awards(paragraph, agency)
    return out


def _paragraphs(text: str) -> Iterator[str]:
    for block in text.split("\n"):
        line = " ".join(block.split())
        if line:
            yield line


def _agency_name(heading: str) -> str:
    small = {"of", "and", "the", "for"}
    parts = [w.lower() if w.lower() in small else w.capitalize() for w in heading.split()]
    return " ".join("U.S." if p.lower() == "u.s." else p for p in parts)


def _awards(paragraph: str, agency: str) -> list[Award]:
    verb = _VERB.search(paragraph[:6000])
    if verb is None:
        return []
    head, tail = _UPDATE.sub("", paragraph[: verb.start()]).strip(), paragraph[verb.end() :]
    stated = next(iter(_dollars(tail) or _dollars(head)), None)
    named = [n for n in (_contractor(part) for part in _contractors(head)) if n is not None]
    if stated is None:
        return []
    numbers = _NUMBER.findall(tail)
    start = tail[:600]
    changed = bool(_MODIFICATION.search(start))
    modification, completion = _MODIFICATION_NUMBER.search(tail), _TO_END.search(tail)
    cumulative = _CUMULATIVE.search(tail)
    shared = Award(
        contractor="",
        place="",
        parent="",
        agency=agency,
        amount=stated.value,
        ceiling=bool(_CEILING.search(tail[: stated.end + 400])) or len(named) > 1,
        obligated=_obligated(tail),
        cumulative=_first_dollars(cumulative.group(1)) if cumulative else None,
        work=_work(tail),
        contract=numbers[-1] if numbers else "",
        modification=modification.group(1) if modification else "",
        changed=changed,
        option=changed and bool(_OPTION.search(start)),
        small_business=False,
        awardees=len(named),
        completion=completion.group(1) if completion else "",
        text=paragraph,
    )
    return [
        structs.replace(
            shared,
            contractor=n.name,
            place=n.place,
            parent=n.parent,
            contract=n.contract or shared.contract,
            small_business=n.small,
        )
        for n in named
    ]


def _contractors(head: str) -> list[str]:
    """The contractors before the verb; several are parted by semicolons."""
    parts = [p.strip().removeprefix("and ").strip() for p in head.split(";")]
    return [p for p in parts if p][:60]


def _contractor(part: str) -> _Named | None:
    """Reads "Acme Corp., a Holding Co.,* Dayton, Ohio (W00000-00-D-0000)"; None when it begins with no name."""
    number = _NUMBER.search(part)
    pieces = [p.strip() for p in _PARENTHESES.sub("", part).replace("*", "").split(",") if p.strip()]
    if not pieces or not pieces[0][0].isalnum() or len(pieces[0]) > 200:
        return None
    name, rest, parent = pieces[0], pieces[1:], ""
    while rest and _SUFFIX.fullmatch(rest[0]):
        name, rest = f"{name}, {rest[0]}", rest[1:]
    for piece in rest[:-2]:  # what stands between the name and city, state
        other = _PARENT.match(piece)
        if other:
            parent = parent or other.group(1)
        elif not _SUFFIX.search(name):  # "Smith, Jones and Brown JV": still the name
            name = f"{name}, {piece}"
    return _Named(name, ", ".join(rest[-2:]), number.group(1) if number else "", parent, "*" in part)


def _first_dollars(text: str) -> float | None:
    return next((amount.value for amount in _dollars(text)), None)


def _dollars(text: str) -> list[money.Amount]:
    return [amount for amount in money.find(text) if amount.currency == "USD" and amount.value > 0]


def _obligated(text: str) -> float | None:
    """The dollars obligated at once: the sum over the sentence that says so, 0 when it says none."""
    if _NO_FUNDS.search(text):
        return 0.0
    # a full stop inside an amount or an abbreviation must not end the sentence
    for sentence in re.split(r"(?<=[a-z0-9)%])\.\s+(?=[A-Z])", text):
        if _OBLIGATED.match(sentence):
            known = _dollars(sentence)
            if known:
                return round(sum(amount.value for amount in known), 2)
    return None


def _work(text: str) -> str:
    found = _WORK.search(text)
    work = " ".join(found.group(1).split()) if found else ""
    work = re.split(r",? (?:bringing the|issued (?:against|through|under)|and awarded)\b", work)[0]
    return re.sub(r"^(?:(?:the )?options? (?:for|to (?:provide|procure)) )", "", work)[:300]
