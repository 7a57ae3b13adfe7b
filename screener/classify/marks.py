"""What a text says about its own making: paid for, written by a columnist, relayed, a lawyer's notice, the company's own.

Disclosures stand at the beginning and the end of a release, so only those are read. The marks are words that an encoder
reads in front of the headline and evidence of their own; none of them decides alone.
"""

from __future__ import annotations

import re

HEAD, TAIL = 2_000, 3_000  # characters at both ends of a text

#: Marks in the order in which they are told; what stands for each in a text, in lower case.
SIGNS: dict[str, str] = {
    "sponsored": r"sponsored (?:content|post|article|feature|report)|paid (?:advertisement|advertorial|promotion|content"
    r"|press release|distribution|sponsor|for by|partnership)|advertorial|this (?:article|post|content|report|release) (?:was"
    r"|is|has been) (?:paid|sponsored|commissioned)|issuer[- ]paid|(?:paid|compensated) (?:a fee|by|for|to) "
    r"|(?:received|receives|receive|paid|pay|pays) (?:monetary |cash )?(?:compensation|a fee|fees)|was compensated"
    r"|(?:has been|have been|was|is) (?:retained|hired|compensated) (?:by|to)|disseminated on behalf|on behalf of (?:a |the )?"
    r"(?:client|issuer|third party)|investor awareness|media partner|client of (?:the firm|ours)|marketing services agreement",
    "column": r"\Aby [a-z.' -]{3,40}(?:,|\n)|\nby [a-z.' -]{3,40}, ?[a-z]|not (?:intended to be )?(?:investing|investment"
    r"|financial) advice|originally published (?:on|by|at)|benzinga|proactive investors|proactive.s |razorpitch"
    r"|investorbrandnetwork|stock day media|spotlight|streetinsider|redchip|zacks|tipranks|seeking alpha"
    r"|the motley fool|interview",
    "digest": r"to (?:view|read|see) the (?:full|entire|complete|original) (?:press release|release|article|announcement|story)"
    r"|full press release|click here to (?:view|read)",
    "lawyers": r"class action|lead plaintiff|contingency|attorney advertising|law firm|legal rights|shareholder rights attorneys?"
    r"|recover your loss|suffered loss",
    "research": r"(?:equity |initiation |research |update )(?:report|note)s?\b|initiat\w{1,3} coverage|fair value|price target"
    r"|target price|analyst coverage",
    "dated": r"conference call|webcast|will (?:host|hold|report|release|present|participate)|to (?:host|report|present"
    r"|participate)",
    "own": r"forward[- ]looking statements?|safe harbor|(?:today|is pleased to|pleased to|proud to) announce",
}  # fmt: skip
_SIGN = re.compile("|".join(f"(?P<{name}>{words})" for name, words in SIGNS.items()))
NAMES = tuple(SIGNS)


def marks(text: str) -> tuple[str, ...]:
    """The marks of a release's text, in the order of ``SIGNS``."""
    ends = text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n{text[-TAIL:]}"
    found = {m.lastgroup for m in _SIGN.finditer(ends.lower())}
    return tuple(name for name in NAMES if name in found)
