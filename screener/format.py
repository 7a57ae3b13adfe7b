"""How values are written, in one place: for spreadsheets, for machines, for people."""

from __future__ import annotations

_FORMULA = frozenset("=+-@|\uff1d\uff0b\uff0d\uff20")
_SIGNS = frozenset({"+", "-", "±", "0"})


def neutral(text: str) -> str:
    """Text that no spreadsheet runs: a leading ``= + - @`` or control character gets an apostrophe in front.

    Blanks and characters without width in front do not hide one. A lone polarity sign is not a formula and stays.
    """
    text = text.replace("\x00", "")
    if not text or text in _SIGNS:
        return text
    first = next((c for c in text if c.isprintable() and not c.isspace()), "")
    return "'" + text if first in _FORMULA or text[0] in "\t\r\n" else text
