"""Tables of warrants: a row for each class, with the shares it buys, its exercise price, and the day it expires.

A filing's table arrives as lines of cells, one row a line or one cell a line. The columns come in any order, so cells are
told apart by what they look like: a count, a price, a day, words.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from screener.dilution.term import term_years
from screener.language import dates
from screener.language.numbers import number

_HEAD = re.compile(r"\b(?:exercise|strike) prices?\b", re.I)
_COUNTS = re.compile(r"\b(?:number|shares|warrants|outstanding|quantity)\b", re.I)
_TITLE = 700  # characters before the head in which the table is said to be one of warrants
_OTHER = re.compile(r"\b(?:stock options?|option plan|options outstanding|equity compensation)\b", re.I)
_LONG = 160  # characters of a line that is prose again
_MOST = 2_500  # characters of a table
_HEADS = 40  # characters of a cell of the head
_NEAR = 120  # characters around "exercise price" in which the other heads stand
_CELL = re.compile(
    r"(?P<count>(?<![\d$.,])(?:\d{1,3}(?:,\d{3})+|\d{4,12})(?![\d.,%]))"
    r"|(?P<price>(?:US)?\$\s{0,3}\d{1,6}(?:,\d{3})*(?:\.\d{1,6})?|(?<![\d.,])\d{1,5}\.\d{2,6}(?![\d%]))"
    r"|(?P<words>[A-Za-z][A-Za-z’'()&/. -]{0,80})"
)
Shape = Literal["count", "price", "day", "words"]


class TableRow(NamedTuple):
    """One class of warrants of a table at ``start`` to ``end`` of the text."""

    start: int
    end: int
    name: str
    shares: float
    strike: float
    expires: str | None
    term_years: float | None


class _Cell(NamedTuple):
    shape: Shape
    text: str
    start: int
    end: int


def read(text: str, start: int, end: int) -> list[TableRow]:
    """The rows of the first table of warrants between two places; empty when there is none."""
    for head in _HEAD.finditer(text, start, end):
        near = text[max(start, head.start() - _NEAR) : head.end() + _NEAR]
        before = text[max(start, head.start() - _TITLE) : head.end()]
        line = text[text.rfind("\n", 0, head.start()) + 1 : _line_end(text, head.end())]
        if len(line) > _LONG or "arrant" not in before or _OTHER.search(before) or not _COUNTS.search(near):
            continue
        found = _rows(text, head.end())
        if found:
            return found
    return []


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _table_end(text: str, at: int) -> int:
    """Where prose begins again."""
    place = _line_end(text, at)
    while place < len(text) and place - at < _MOST:
        after = _line_end(text, place + 1)
        if after - place > _LONG:
            return place
        place = after
    return min(place, at + _MOST)


def _rows(text: str, at: int) -> list[TableRow]:
    rows, row = list[list[_Cell]](), list[_Cell]()
    for cell in _cells(text, at, _table_end(text, at)):
        if any(c.shape == cell.shape for c in row) and (cell.shape != "words" or len(row) > 1):
            rows.append(row)
            row = []
        row.append(cell)
    return [r for cells in [*rows, row] if (r := _row(cells))]


def _cells(text: str, start: int, end: int) -> list[_Cell]:
    body = text[start:end]
    days = {d.match.start(): (d.iso, d.match.end()) for d in dates.find([body])[0]}
    out, at = list[_Cell](), 0
    for low in [*sorted(days), len(body)]:
        for found in _CELL.finditer(body, at, low):
            shape: Shape = "count" if found["count"] else "price" if found["price"] else "words"
            if shape != "words" or len(found.group().strip()) > 1:
                out.append(_Cell(shape, found.group().strip(), start + found.start(), start + found.end()))
        if low in days:
            iso, at = days[low]
            out.append(_Cell("day", iso, start + low, start + at))
    return out


def _row(cells: list[_Cell]) -> TableRow | None:
    by = {c.shape: c for c in cells}
    count, price = by.get("count"), by.get("price")
    if count is None or price is None or (count.text.startswith("20") and len(count.text) == 4):
        return None
    name = by["words"].text if "words" in by else ""
    if name.lower().startswith("total"):
        return None
    shares, strike = number(count.text), number(re.sub(r"[^\d.,]", "", price.text))
    if not shares or strike is None:
        return None
    day = by.get("day")
    return TableRow(
        start=cells[0].start, end=cells[-1].end, name=name, shares=shares, strike=strike,
        expires=day.text if day else None, term_years=None if day else term_years(name),
    )  # fmt: skip
