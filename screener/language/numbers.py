"""Numbers as people write them: "1,250,000", "1.250.000", "25,5", ".75", "twenty-five", "two and a half", "3.5 million".

A comma or dot before exactly three digits groups thousands when it repeats or, for the comma, always; any other comma
is a decimal comma. Nothing here looks at more than the number itself.
"""

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
#: Digits with thousands separators and decimals, as English writes them.
DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}(?:\.[0-9]{1,6})?|[0-9]{1,15}(?:\.[0-9]{1,6})?)"
#: As above, with what stands behind a currency sign: ".75", "1.250.000", "1 250 000", "1'250'000", "25,5".
ANY_DIGITS = (
    r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}(?:\.[0-9]{1,6})?(?![0-9])"
    r"|[0-9]{1,3}(?:(?:\.[0-9]{3}){2,5}(?:,[0-9]{1,2})?|(?:\.[0-9]{3}){1,5},[0-9]{1,2})(?![0-9])"
    r"|[0-9]{1,3}(?:[ \u00a0\u2009\u202f'’][0-9]{3}){1,5}(?:[.,][0-9]{1,2})?(?![0-9])"
    r"|[0-9]{1,15}(?:\.[0-9]{1,6}|,[0-9]{1,2}(?![0-9]))?|\.[0-9]{1,4})"
)
MAGNITUDES = {
    "thousand": 1e3, "k": 1e3, "million": 1e6, "millions": 1e6, "mln": 1e6, "mm": 1e6, "mn": 1e6, "mio": 1e6,
    "mil": 1e6, "mill": 1e6, "m": 1e6, "billion": 1e9, "billions": 1e9, "bln": 1e9, "bil": 1e9, "bn": 1e9, "b": 1e9,
    "trillion": 1e12, "trn": 1e12, "tn": 1e12, "lakh": 1e5, "lakhs": 1e5, "crore": 1e7, "crores": 1e7,
}  # fmt: skip
MAGNITUDE = "(?:" + "|".join(sorted(MAGNITUDES, key=len, reverse=True)) + ")"
_GROUPS = re.compile(r"[ \u00a0\u2009\u202f'’]")
_DOTS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]{1,3}(?:\.[0-9]{3})+(?=,)")
_DECIMAL_COMMA = re.compile(r",([0-9]{1,2})$")
_SLIP = 100_000  # "$200,000,000 million" is a slip of the pen for 200 million


def from_words(text: str) -> float | None:
    """The value of a word number ("twenty-five", "two and a half"), None when a word is no number."""
    half = 0.0
    low = re.sub(r"[ -]+", " ", text.lower()).strip()
    for ending in (" and a half", " and one half"):
        if low.endswith(ending):
            low, half = low.removesuffix(ending), 0.5
    total = 0
    for word in low.split():
        if word == "and":
            continue
        if word not in UNITS:
            return None
        value = UNITS[word]
        total = max(total, 1) * value if value == 100 else total + value
    return total + half if total else None


def number(text: str) -> float | None:
    """Digits in any grouping ("1,250.5", "1.250.000", "25,5", ".75") or words ("twenty-five"); None for neither."""
    plain = _GROUPS.sub("", text.strip()) if text[:1].isdigit() else text.strip()
    dotted = _DOTS.match(plain)
    if dotted:
        plain = dotted.group().replace(".", "") + plain[dotted.end() :]
    comma = _DECIMAL_COMMA.search(plain)
    if comma:
        plain = plain[: comma.start()] + "." + comma.group(1)
    plain = plain.replace(",", "")
    if not re.match(r"\.?[0-9]", plain):
        return from_words(plain)
    try:
        return float(plain)
    except ValueError:
        return None


def scaled(digits: str, magnitude: str | None) -> float:
    """Digits times their magnitude. Raises ValueError for text that is no number."""
    value = number(digits)
    if value is None:
        raise ValueError(f"{digits!r} is not a number")
    factor = MAGNITUDES.get(magnitude.lower(), 1.0) if magnitude else 1.0
    if value >= _SLIP and factor > 1:
        return value
    # 4.43 * 1e6 is not 4430000 in binary; six digits below the unit are more than money has.
    return round(value * factor, 6)


def tidy(value: float) -> float | int:
    """Whole numbers as int, so that they print without ".0"."""
    return int(value) if value == int(value) else value


def cell(text: str | None) -> float | None:
    """A number that fills a field of its own ("1,250", "$1.50", "12.5%", "(3.2)" is -3.2); None when it holds none."""
    plain = (text or "").strip()
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain.strip("()").replace("$", "").replace(",", "").rstrip("%").strip()
    try:
        value = float(plain)
    except ValueError:
        return None
    if value != value or value in (float("inf"), float("-inf")):
        return None
    return -value if negative else value
