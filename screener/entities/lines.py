"""Which of a company's lines is its common stock.

A company may have a dozen symbols: classes of its stock, warrants, units, rights, preferred series, listed notes, the line
that trades over the counter, and symbols retired years ago. Three things tell, in this order: the mark in the symbol or
the words in the line's name; whether an exchange lists it; and the order of the table, since SEC puts the line that
matters first. The second symbol of the table is often a note whose letters say nothing (``ABCJ`` beside ``ABC``), so that
order must not be lost.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from screener.types import Listing

Line = Literal["common", "preferred", "warrant", "unit", "right", "note", "when issued"]

_MAIN = ("nasdaq", "nyse", "cboe", "bats", "amex")
_SUFFIXES: tuple[tuple[Line, re.Pattern[str]], ...] = (
    ("warrant", re.compile(r"-WT[A-Z]?\Z")),
    ("unit", re.compile(r"-UN[A-Z]?\Z")),
    ("right", re.compile(r"-RI[A-Z]?\Z")),
    ("preferred", re.compile(r"-P[A-Z]?\Z")),
    ("when issued", re.compile(r"-W[ID]\Z")),
)
_WORDS: tuple[tuple[Line, re.Pattern[str]], ...] = (
    ("note", re.compile(r"\b(?:notes?|bonds?|debentures?)\b(?=\W*(?:due|series|\d{4}|\Z))", re.IGNORECASE)),
    ("preferred", re.compile(r"\b(?:preferred|preference shares?|perpetual|\d+(?:\.\d+)?% series)\b", re.IGNORECASE)),
    ("warrant", re.compile(r"\bwarrants?\b", re.IGNORECASE)),
    ("unit", re.compile(r"(?<!common )\bunits?\b(?! (?:corp|inc)\b)", re.IGNORECASE)),
    ("right", re.compile(r"(?<!the )\brights?\b(?! (?:to|aid)\b)", re.IGNORECASE)),
)
# "Common Stock and Rights" is common stock; "Warrants to purchase Common Stock" are not.
_COMMON = re.compile(r"\b(?:common (?:stock|shares?|units?)|ordinary shares?|depositary shares?)\b", re.IGNORECASE)
# Nasdaq's fifth letter: what it marks when the rest of the symbol is another line of the company. L, Z and others
# mark notes as well as classes of the common stock, so they decide nothing: the order of the table does.
_FIFTH: dict[str, Line] = {"W": "warrant", "U": "unit", "R": "right", "V": "when issued"}
_FIFTH |= dict.fromkeys("PONM", "preferred")
_LONE = "WUR"


def line_of(ticker: str, name: str = "", beside: Collection[str] = ()) -> Line:
    """What kind of line a ticker (in its normal form) is, given the name of the line and the company's other tickers."""
    for line, suffix in _SUFFIXES:
        if suffix.search(ticker):
            return line
    for line, words in _WORDS:
        said = words.search(name)
        if said and not _COMMON.search(name, 0, said.start()):
            return line
    fifth = len(ticker) == 5 and ticker.isalpha() and (ticker[:4] in beside or ticker[:3] in beside)
    return _FIFTH.get(ticker[4], "common") if fifth else "common"


def line_of_company(row: Listing, beside: Collection[str]) -> Line:
    """What kind of line a listing is among its company's tickers."""
    line = line_of(row.ticker, row.name, beside)
    # When a company's root changes, its warrants keep the letters of the old one.
    lone = len(row.ticker) == 5 and row.ticker.isalpha() and row.ticker[4] in _LONE
    if line == "common" and lone and any(len(t) < 5 and t.isalpha() for t in beside):
        return _FIFTH[row.ticker[4]]
    return line


def common_first(rows: Sequence[Listing]) -> list[Listing]:
    """One company's listings with its common stock on an exchange first; else in the order of the table."""
    beside = {r.ticker for r in rows}

    def rank(row: Listing) -> tuple[bool, bool]:
        return line_of_company(row, beside) != "common", not row.exchange.lower().startswith(_MAIN)

    return sorted(rows, key=rank)


def common_tickers_first(tickers: Iterable[str]) -> list[str]:
    """Symbols that stand together in a text, without a table: units, warrants and the like go behind; the order stays."""
    found = list(dict.fromkeys(tickers))
    beside = set(found)
    return sorted(found, key=lambda t: line_of(t, beside=beside) != "common")


def shares_root(ticker: str, other: str) -> bool:
    """True when two lines look like classes of one stock: one continues the other, or both add a letter to four."""
    a, b = ticker.partition("-")[0], other.partition("-")[0]
    return a.startswith(b) or b.startswith(a) or (len(a) == len(b) == 5 and a[:4] == b[:4])
