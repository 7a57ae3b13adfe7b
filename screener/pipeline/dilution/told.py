"""The lines of a company's dilution in words, for the terminal and the page alike."""

from __future__ import annotations

import datetime as dt

from screener.dilution.phrases import ORDER, plain_day, price_text
from screener.dilution.records import Line
from screener.dilution.standing import Cost, DilutionStanding, line_day
from screener.engine.rating import Rating
from screener.format import on_one_line, short, words
from screener.pipeline.dilution.company import CompanyRecord, DilutionAnswer

QUOTE = 240
_NAMED = 4
"""Unknown measures that are named beside a rating."""


def company_line(held: CompanyRecord, today: dt.date) -> str:
    """``$2.50; market cap $31M; 12.4M shares on 30 Oct; 100M authorised``, as far as known."""
    s = held.standing
    said = [price_text(s.price) if s.price is not None else "price unknown"]
    said.append(f"market cap ${short(s.market_cap)}" if s.market_cap else "market cap unknown")
    if s.shares:
        day = f" on {plain_day(held.shares.day, today)}" if held.shares and held.shares.value == s.shares else ""
        said.append(f"{short(s.shares)} shares{day}")
    else:
        said.append("shares outstanding unknown")
    if held.authorised:
        said.append(f"{short(held.authorised.value)} authorised")
    if held.shares and held.shares.note:
        said.append(held.shares.note)
    return "; ".join(said)


def level_text(rating: Rating) -> str:
    """``HIGH``, ``at least HIGH`` or ``unknown``."""
    if rating.level is None:
        return "unknown"
    return f"at least {rating.level}" if rating.at_least else rating.level


def rating_reason(rating: Rating) -> str:
    """Why a rating is what it is, and what was not known."""
    said = "; ".join(rating.reasons)
    if rating.unknown and (rating.level is None or rating.at_least):
        more = f" and {len(rating.unknown) - _NAMED} more" if len(rating.unknown) > _NAMED else ""
        named = ", ".join(words(u) for u in rating.unknown[:_NAMED])
        said += ("; " if said else "") + f"unknown: {named}{more}"
    return said or ("nothing found" if rating.level else "nothing known")


def profit_lines(standing: DilutionStanding) -> list[str]:
    """From which price on somebody profits from selling, and who."""
    if standing.profit_price is None:
        above = [c for c in standing.costs if standing.price is not None and c.price >= standing.price]
        return [f"nobody known below {price_text(min(c.price for c in above))}"] if above else []
    lines = [f"from {price_text(standing.profit_price)} on, the highest cost known below the price"]
    return lines + [cost_line(c) for c in standing.costs[:6]]


def cost_line(cost: Cost) -> str:
    """``$0.80: 14.2M warrants``."""
    return f"{price_text(cost.price)}: {short(cost.shares) + ' ' if cost.shares else ''}{cost.what}"


def raise_lines(found: DilutionAnswer, today: dt.date) -> list[str]:
    """How often the company has raised, and when last; then what a small float lets it sell."""
    s = found.held.standing
    if not s.raises_24m:
        none = ["no raise in 24 months among what has been read"] if s.raises_24m == 0 else []
        return [*none, *float_lines(s, today)]
    days = [d for line in found.held.ledger.raises if (d := line_day(line)) is not None and d <= today]
    last = f", the last on {plain_day(max(days), today)}" if days else ""
    year = f", {s.raises_12m} in 12" if s.raises_12m is not None else ""
    said = f"{s.raises_24m} raise{'s' if s.raises_24m > 1 else ''} in 24 months{year}{last}"
    return [said, *float_lines(s, today)]


def float_lines(standing: DilutionStanding, today: dt.date) -> list[str]:
    """``float $18M of 30 Jun at the highest price of 60 days: a shelf may sell $6M in twelve months``."""
    if standing.float_usd is None or standing.float_day is None:
        return []
    price = " at the highest price of 60 days" if standing.float_repriced else ""
    said = f"float ${short(standing.float_usd)} of {plain_day(standing.float_day, today)}{price}"
    limit = standing.shelf_limit_usd
    return [said + (f": a shelf may sell ${short(limit)} in twelve months" if limit else ": no limit on shelves")]


def cash_lines(held: CompanyRecord, today: dt.date) -> list[str]:
    """Cash, burn and how long the one lasts at the other."""
    lines = []
    if held.money:
        m = held.money
        more = f", ${short(m.liquid)} with short-term investments" if m.liquid > m.cash else ""
        note = f" ({m.note})" if m.note else ""
        lines.append(f"cash ${short(m.cash)} on {plain_day(m.day, today)}{more}{note}")
    if held.burn:
        b = held.burn
        verb = "take" if b.usd_a_month > 0 else "bring"
        lines.append(f"operations {verb} ${short(abs(b.usd_a_month))} a month ({b.months:g} months to {b.end})")
    if (left := held.standing.months_of_cash) is not None:
        lines.append(f"cash for about {left:.0f} months from today, raises since counted in")
    return lines or ["cash unknown: no XBRL facts of this company are stored"]


def state_of(line: Line) -> str:
    """Open or not, as far as known; of a deal its stage, since it brings no more shares by itself."""
    if line.open is None:
        return "open or not: unknown"
    return "open" if line.open and line.kind in ORDER else line.status.replace("_", " ")


def ledger_lines(found: DilutionAnswer) -> list[Line]:
    """All lines of a ledger, those of today first: what is open, then what is not, newest first."""
    book = found.held.ledger
    every = {line.key: line for line in (*book.lines, *book.raises)}.values()
    far = dt.date.min
    return sorted(every, key=lambda x: (x.open is True, line_day(x) or far), reverse=True)


def proof_of(line: Line) -> str:
    """The sentence that proves a line: of its type, else the first of a value."""
    spans = line.entry.evidence
    text = next((s.text for s in spans if not s.fact), "") or next((s.text for s in spans), "")
    return on_one_line(text, QUOTE)
