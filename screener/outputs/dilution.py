"""A company's dilution in a terminal: five ratings, what is open, what was not found, then the ledger with its proofs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from screener.clock import new_york_date
from screener.dilution.phrases import phrase
from screener.dilution.standing import line_day
from screener.engine.rating import Rating
from screener.format import eastern, on_one_line
from screener.pipeline.dilution.company import DilutionAnswer
from screener.pipeline.dilution.told import (
    cash_lines,
    company_line,
    ledger_lines,
    level_text,
    profit_lines,
    proof_of,
    raise_lines,
    rating_reason,
    state_of,
)

_FULL = 20
"""Lines of the ledger that are shown whole; ``--format json`` has all."""


def dilution_text(found: DilutionAnswer, width: int = 80) -> str:
    """The answer as text, no line wider than ``width`` but for links."""
    today = new_york_date(found.as_of)
    parts = [
        [on_one_line(f"{found.ticker}  {found.company}", width), f"as of {eastern(found.as_of)}"],
        _wrapped([company_line(found.held, today)], width, ""),
        list(_ratings(found.ratings, width)),
        _section("In play", found.in_play, width),
        _section("Not found", found.absent, width),
        _section("Who profits from selling", profit_lines(found.held.standing), width),
        _section("Raises and cash", [*raise_lines(found, today), *cash_lines(found.held, today)], width),
        list(_ledger(found, width)),
    ]
    return "\n\n".join("\n".join(p) for p in parts if p) + "\n"


def _ratings(ratings: Iterable[Rating], width: int) -> Iterator[str]:
    for rating in ratings:
        head = f"{rating.title:<17} {level_text(rating):<15} "
        yield from _wrapped([rating_reason(rating)], width, " " * len(head), head)


def _ledger(found: DilutionAnswer, width: int) -> Iterator[str]:
    lines = ledger_lines(found)
    if not lines:
        yield "Ledger: nothing to show" if found.held.documents else "Ledger: no filing has been read"
        return
    yield f"Ledger ({len(lines)} line{'s' if len(lines) > 1 else ''} from {found.held.documents} filings and releases read)"
    for line in lines[:_FULL]:
        day = line_day(line)
        state = state_of(line)
        yield from _wrapped([f"{day or '?'}  {phrase(line, found.held.standing)}; {state}"], width, "    ", "  ")
        if line.entry.url:
            yield f"    {on_one_line(line.entry.form, 12)} {on_one_line(line.entry.url)}"
        if quote := proof_of(line):
            yield from _wrapped([f'"{quote}"'], width, "    ", "    ")
    if len(lines) > _FULL:
        yield f"  and {len(lines) - _FULL} more: --format json has them all"


def _section(title: str, lines: Iterable[str], width: int) -> list[str]:
    body = _wrapped(lines, width, "    ", "  ")
    return [title, *body] if body else []


def _wrapped(lines: Iterable[str], width: int, indent: str, first: str | None = None) -> list[str]:
    out: list[str] = []
    for line in lines:
        out += textwrap.wrap(
            on_one_line(line),
            width,
            initial_indent=indent if first is None else first,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return out
