"""One normal form of a ticker, whatever its source wrote.

Exchanges, tapes and services mark the lines of a company in ways of their own; the normal form is the one of SEC's
ticker table: the root, then a hyphen and the line.

============  =========  ==================================================================================
line          here       as written by exchanges, tapes and services
============  =========  ==================================================================================
class B       ``ABC-B``  ``ABC.B``, ``ABC/B``, ``ABC B``
preferred B   ``ABC-PB`` ``ABC.PRB``, ``ABC PRB``, ``ABC.PR.B``, ``ABCpB``, ``ABC^B``, ``ABC-P-B``, ``ABC.PFD.B``
preferred     ``ABC-P``  ``ABC.PR``, ``ABCp``, ``ABC^``, ``ABC.PFD``
warrant       ``ABC-WT`` ``ABC.WS``, ``ABC/WS``, ``ABC WS``, ``ABC+``, ``ABC.W``; ``ABC+A`` and ``ABC.WS.A`` are ``ABC-WTA``
unit          ``ABC-UN`` ``ABC.U``, ``ABC U``, ``ABC=``
right         ``ABC-RI`` ``ABC.R``, ``ABC RT``, ``ABCr``
when issued   ``ABC-WI`` ``ABC.WI``, ``ABC#``, ``ABCw``
distributed   ``ABC-WD`` ``ABC.WD``, ``ABC$``
============  =========  ==================================================================================

A hyphen and ``PR`` is SEC's and Yahoo's preferred series R, while ``.PR`` and `` PR`` mean preferred of no series. The
words that data services put behind a United States ticker (``ABC US``, ``ABC:US``, ``ABC.OQ``) are dropped. Nasdaq's fifth
letters (``ABCDW``) stay: that a letter is a mark there and not a part of the name only a table of companies can tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_COUNTRY = re.compile(r"(?:(?:[ :.\-/]US|[ ](?:UW|UQ|UR|UA|UP|UV))(?: EQUITY)?|\.(?:OQ|PK|OB)){1,3}\Z", re.IGNORECASE)
_SMALL = re.compile(r"([A-Z0-9]{1,6})(p|pr|pf|pfd|r|w)([A-Z]?)\Z")
_SMALL_MARK = {"r": "RI", "w": "WI"}
_TYPED_VENUE = re.compile(
    r"(?:nasdaq|nyse|amex|arca|otc|cboe|bats|x[a-z]{3}|ticker|symbol)[a-z .\-]{0,24}:\s?", re.IGNORECASE
)
_PARTS = re.compile(r"\A([A-Z0-9]++)\s{0,20}([.\-/^ +=#$*].*)\Z")
_TOKEN = re.compile(r"[+=#$^]|[A-Z0-9]+")
_MARKS = {"+": "WT", "=": "UN", "#": "WI", "$": "WD", "^": "P"}
_WORDS = {
    **dict.fromkeys(("WS", "WT", "W", "WTS", "WAR"), "WT"),
    **dict.fromkeys(("U", "UN", "UT"), "UN"),
    **dict.fromkeys(("R", "RT", "RI", "RTS"), "RI"),
    **dict.fromkeys(("P", "PR", "PF", "PFD"), "P"),
}
_TAKES_SERIES = frozenset(("WT", "UN", "RI", "P"))


def plain_ticker(text: str) -> str:
    """A ticker in its normal form: " brk.b " gives "BRK-B", "ABCpD" gives "ABC-PD", "$ABC" gives "ABC".

    What is no ticker of a known shape ("^VIX") comes back in upper case.
    """
    return text if text.isascii() and text.isalpha() and text.isupper() else _plain(text)


def typed_ticker(text: str) -> str:
    """The normal form of what a person typed: "$abc", "qhl/b", "NASDAQ:ABCD" and " brk.b " are ABC, QHL-B, ABCD, BRK-B."""
    return plain_ticker(_TYPED_VENUE.sub("", text.strip(), count=1))


@lru_cache(maxsize=65536)
def _plain(text: str) -> str:
    text = " ".join(text.split()).lstrip("$")
    text = _COUNTRY.sub("", text) or text
    small = _SMALL.match(text)
    if small:
        return f"{small[1]}-{_SMALL_MARK.get(small[2], 'P')}{small[3]}"
    text = text.upper()
    parts = _PARTS.match(text)
    return _COUNTRY.sub("", parts[1] + plain_line(parts[2])) if parts else text


def plain_line(suffix: str) -> str:
    """The mark of a company's line with its separator (".B", "/WS", "^D", " U", "+") in its normal form ("-B", "-WT")."""
    tokens: list[str] = _TOKEN.findall(suffix.upper())
    out = ""
    i = 0
    while i < len(tokens):
        line = _line(tokens[i], hyphen=i == 0 and suffix.lstrip().startswith("-"))
        i += 1
        if line in _TAKES_SERIES and i < len(tokens) and len(tokens[i]) == 1 and tokens[i].isalpha():
            line += tokens[i]
            i += 1
        out += f"-{line}"
    return out


def _line(token: str, hyphen: bool) -> str:
    if token in _MARKS:
        return _MARKS[token]
    if hyphen and token in ("PR", "PF"):
        return token
    if token in _WORDS:
        return _WORDS[token]
    if len(token) == 3 and token[:2] in ("WS", "WT", "PR"):
        return {"WS": "WT", "WT": "WT", "PR": "P"}[token[:2]] + token[2]
    return token


def root_of(ticker: str) -> str:
    """The company's part of a ticker in its normal form: "ABC" of "ABC-PD"."""
    return ticker.partition("-")[0]


def spells(ticker: str, words: Sequence[str]) -> bool:
    """Whether a company's words spell its ticker: its letters stand in them in their order, from the first letter of the
    first or the second word on. Words are in small letters; a ticker of one letter tells nothing."""
    letters = ticker.lower()
    if len(letters) < 2:
        return False
    for at, word in enumerate(words[:2]):
        if word[:1] == letters[0]:
            rest = iter("".join(words[at:]))
            if all(letter in rest for letter in letters):
                return True
    return False
