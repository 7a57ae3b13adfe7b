"""Numbers as people write them: "1,250,000", "twenty-five", "two hundred and fifty", "3.5 million"."""

from __future__ import annotations

import re

UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
}  # fmt: skip
_WORD = "(?:" + "|".join(sorted(UNITS, key=len, reverse=True)) + ")"
#: A word number of at most five words; "one hundred and thirteen" is the longest that splits use.
WORDS = rf"{_WORD}(?:[ -](?:and[ -])?{_WORD}){{0,4}}"
#: Digits with thousands separators and decimals.
DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}(?:\.[0-9]{1,6})?|[0-9]{1,15}(?:\.[0-9]{1,6})?)"
MAGNITUDES = {
    "thousand": 1e3, "k": 1e3, "million": 1e6, "millions": 1e6, "mln": 1e6, "mm": 1e6, "mn": 1e6, "mio": 1e6, "m": 1e6,
    "billion": 1e9, "billions": 1e9, "bln": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "trn": 1e12, "tn": 1e12,
}  # fmt: skip
MAGNITUDE = r"(?:thousand|millions?|billions?|trillion|mln|bln|mm|mn|mio|bn|trn|tn|[kmb])"


def from_words(text: str) -> int | None:
    """The value of a word number, None when a word is no number."""
    total = 0
    for word in re.split(r"[ -]+", text.lower()):
        if word == "and":
            continue
        if word not in UNITS:
            return None
        value = UNITS[word]
        total = max(total, 1) * value if value == 100 else total + value
    return total or None


def number(text: str) -> float | None:
    """Digits ("1,250.5") or words ("twenty-five") as a number."""
    plain = text.replace(",", "")
    if plain[:1].isdigit():
        return float(plain)
    return from_words(plain)


def scaled(digits: str, magnitude: str | None) -> float:
    """Digits times their magnitude. "$200,000,000 million" is a slip of the pen for 200 million."""
    value = float(digits.replace(",", ""))
    factor = MAGNITUDES.get(magnitude.lower(), 1.0) if magnitude else 1.0
    if value >= 100_000 and factor > 1:
        return value
    # 4.43 * 1e6 is not 4430000 in binary; six digits below the unit are more than money has.
    return round(value * factor, 6)


def tidy(value: float) -> float | int:
    """Whole numbers as int, so that they print without ".0"."""
    return int(value) if value == int(value) else value
