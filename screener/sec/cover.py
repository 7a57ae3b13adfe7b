"""What the cover page of a prospectus offers: a priced deal, a holder's resale, a programme at the market, or a shelf.

The registration forms look alike and the base prospectus behind them mentions everything. The first sentence of the
cover that says who sells what, and how, tells them apart.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from screener.sec import forms

Kind = Literal["resale", "programme", "sale", "shelf"]

READ = 80_000  # characters in which the cover is looked for
COVER = 9_000  # characters of it
PATIENCE = 250  # characters behind "may offer" in which another kind still wins
MOST, LONGEST = 5, 320  # sentences told, characters of each
_START = re.compile(
    r"filed pursuant to rule 424|subject to completion|information (?:contained )?in this (?:preliminary )?prospectus"
    r"(?: supplement)? is not complete|^\s{0,9}(?:preliminary )?prospectus(?: supplement)?\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_HOLDERS = (
    r"(?:selling (?:(?:stock|share|security|unit|warrant)[ -]?)?holders?"
    r"|selling securityholders?)"
)
_SAYS: dict[Kind, str] = {
    "resale": rf"(?:resale|offer and sale|offer or sale|offer and resale|sale or other disposition|offered and sold|disposition)"
    rf"[^.]{{0,400}}?(?:by|held by|to) [^.]{{0,160}}?(?:{_HOLDERS}|stockholders? named|shareholders? named)"
    rf"|{_HOLDERS}[^.]{{0,160}}?may [^.]{{0,80}}?(?:offer|sell|resell)"
    rf"|(?:shares|securities)[^.]{{0,200}}?(?:offered|sold|resold) by (?:the |certain )?{_HOLDERS}"
    r"|register\w{0,3} [^.]{0,80}\bresale\b",
    "programme": r"(?:sales|equity distribution|distribution|at[- ]the[- ]market (?:offering|issuance|sales)?|open market sale"
    r"|controlled equity offering|capital on demand)\W{0,4}(?:sm|tm)?\W{0,3}(?:sales )?agreement"
    r"|at[- ]the[- ]market (?:offering|program)"
    r"|rule 415\(a\)\(4\)",
    "sale": r"\bwe are (?:hereby )?(?:offering|selling)|\bis (?:hereby )?offering\b(?! price)|\bare offering\b"
    r"|(?:initial )?public offering of [^.]{0,60}(?:shares|units|notes|stock)|on a (?:best|reasonable best|firm commitment)"
    r"|(?<!initial )offering price per|public offering price|price to (?:the )?public|we have agreed to sell",
    "shelf": r"\bmay,? (?:from time to time,? )?(?:in one or more (?:offerings|series|classes),? )?(?:offer|sell|issue)\b"
    r"|in one or more offerings|any combination of (?:the )?(?:securities|foregoing|such)",
}
_PATTERNS = {kind: re.compile(words, re.IGNORECASE) for kind, words in _SAYS.items()}
_TELLS = re.compile("|".join(_SAYS.values()) + r"|will not receive any|use of proceeds|underwrit|placement agent", re.I)
_CONVERTIBLE = re.compile(
    r"\bconvertible (?:senior )?(?:secured |subordinated |promissory )?(?:notes?|debentures?)\b", re.I
)
_NOTES = re.compile(
    r"\b(?:senior |subordinated )?(?:secured |unsecured )?notes due\b|\baggregate principal amount\b", re.I
)
_SENTENCE = re.compile(r"[^.\n]{25,}(?:\.(?=\d)[^.\n]*)*")
_PURCHASES = re.compile(
    r"\b(?:common stock|ordinary shares?|share|stock|equity) purchase agreement|equity line|committed equity", re.I
)


class Offer(NamedTuple):
    """What is offered; ``start`` and ``end`` are the words that say so; ``security`` is stock, convertible or notes."""

    kind: Kind
    start: int
    end: int
    security: Literal["stock", "convertible", "notes"]


def is_prospectus(form: str) -> bool:
    """Whether a form is a registration of securities or a prospectus."""
    return forms.of_family(form, "registration", "shelf", "prospectus", "free_writing")


def read(text: str) -> Offer | None:
    """What the cover page says first; None when it says nothing of the kind."""
    start = begins(text)
    found = [(m.start(), kind, m) for kind, p in _PATTERNS.items() if (m := p.search(text, start, start + COVER))]
    if not found:
        return None
    _, kind, match = min(found, key=lambda row: _rank(row[1], row[0]))
    return Offer(kind, match.start(), min(match.end(), match.start() + LONGEST), _security(text, match))


def offer(text: str) -> str:
    """The sentences of the cover that say what is offered, by whom and how."""
    start = begins(text)
    sentences = (m.group().strip() for m in _SENTENCE.finditer(text, start, start + COVER))
    told = [s[:LONGEST] for s in sentences if _TELLS.search(s)]
    return ". ".join(told[:MOST])


def begins(text: str) -> int:
    """Where the cover of the prospectus begins; 0 when nothing says so."""
    found = _START.search(text, 0, READ)
    return found.start() if found else 0


def _rank(kind: Kind, at: int) -> int:
    # A cover that names sellers or agents says "may offer" too, and often first: a shelf is what is left.
    return at + (PATIENCE if kind == "shelf" else 0)


def _security(text: str, match: re.Match[str]) -> Literal["stock", "convertible", "notes"]:
    near = text[max(0, match.start() - 300) : match.end() + 200]
    if _CONVERTIBLE.search(near):
        return "convertible"
    return "notes" if _NOTES.search(near) else "stock"
