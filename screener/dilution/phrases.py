"""A ledger in a few words: "$25M ATM with A.G.P. since 3 Nov, 62 % of the cap"; "14.2M warrants at $0.80 in the money"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from screener.clock import new_york_date
from screener.dilution.records import Kind, Ledger, Line
from screener.dilution.standing import CONVERTIBLES, SPAN, DilutionStanding, in_the_money, left_usd, line_day, shares_of
from screener.format import dollars, short

NAMES: dict[Kind, str] = {
    "shelf": "shelf",
    "atm": "ATM",
    "equity_line": "equity line",
    "resale": "resale registration",
    "registered_direct": "registered direct",
    "offering": "offering",
    "placement": "private placement",
    "warrants": "warrants",
    "prefunded_warrants": "pre-funded warrants",
    "inducement": "warrant inducement",
    "convertible_note": "convertible note",
    "convertible_preferred": "convertible preferred",
}
ORDER: tuple[Kind, ...] = ("atm", "equity_line", *CONVERTIBLES, "warrants", "resale", "shelf", "prefunded_warrants")


def in_play(ledger: Ledger, standing: DilutionStanding) -> tuple[str, ...]:
    """What is open, what hurts soonest first; one phrase a line of the ledger."""
    lines = [line for kind in ORDER for line in ledger.lines if line.kind == kind and line.open]
    return tuple(phrase(line, standing) for line in lines)


def phrase(line: Line, standing: DilutionStanding) -> str:
    """One open line in words, with its size against the company where that is known."""
    words = [*_size(line), NAMES.get(line.kind, line.kind.replace("_", " ")), *_terms(line, standing)]
    if line.kind in ("atm", "equity_line", "shelf", *CONVERTIBLES) and (day := line_day(line)):
        words.append(f"since {plain_day(day, new_york_date(standing.as_of))}")
    share = _share(line, standing)
    return " ".join(words) + (f", {share}" if share else "")


def price_text(price: float) -> str:
    """``$0.80``, ``$1.125``, ``$0.0004``: cents, and what is finer where it is stated."""
    text = dollars(price) if price < 0.01 else f"${price:,.4f}"
    whole, _, cents = text.partition(".")
    return f"{whole}.{cents.rstrip('0').ljust(2, '0')}"


def _percent(value: float) -> str:
    return f"{value:,.0f} %" if value < 10_000 else "over 10,000 %"


def _size(line: Line) -> Iterator[str]:
    entry = line.entry
    if line.kind in ("warrants", "prefunded_warrants", "resale"):
        if (count := shares_of(line)) is not None:
            yield short(count)
        return
    amount = entry.principal_usd if line.kind in CONVERTIBLES else entry.amount_usd
    if amount is None and line.remaining_usd is not None:
        amount = line.remaining_usd
    if amount is not None:
        yield f"${short(amount)}"


def _terms(line: Line, standing: DilutionStanding) -> Iterator[str]:
    entry = line.entry
    if line.kind == "warrants" and entry.strike is not None:
        yield f"at {price_text(entry.strike)}"
        if in_the_money(line, standing.price):
            yield "in the money"
    if line.kind in CONVERTIBLES and entry.conversion_price is not None:
        yield f"at {price_text(entry.conversion_price)}"
    if entry.variable:
        yield "at a price that follows the market"
    party = entry.agent or entry.holder
    if party:
        yield f"with {party}"


def _share(line: Line, standing: DilutionStanding) -> str:
    if line.kind in ("warrants", "prefunded_warrants", "resale"):
        count = shares_of(line)
        return f"{_percent(count / standing.shares * 100)} of the shares" if count and standing.shares else ""
    left = left_usd(line)
    if not left or not standing.market_cap:
        return ""
    said = f"{_percent(left / standing.market_cap * 100)} of the cap"
    return f"${short(left)} left, {said}" if left != line.entry.amount_usd else said


def plain_day(day: dt.date, today: dt.date) -> str:
    """``3 Nov``, with the year when it is not today's."""
    return f"{day.day} {day:%b}" + ("" if day.year == today.year else f" {day.year}")


_ASKED: tuple[tuple[str, str], ...] = (
    ("shelf_open", "shelf"),
    ("atm_open", "at-the-market programme"),
    ("equity_line_open", "equity line"),
    ("warrants_outstanding", "warrants"),
    ("convertible_open", "convertible"),
)


def absent(standing: DilutionStanding) -> tuple[str, ...]:
    """What was not found, with how far back was looked: "no shelf among the filings since 11 Dec 2025" is not "no shelf"."""
    missing = [word for name, word in _ASKED if getattr(standing, name) is not True]
    if not missing:
        return ()
    if standing.stored_since is None:
        return ("no filings of this company have been read: `screener dilution fetch` reads three years of them",)
    since = new_york_date(standing.stored_since)
    span = f"since {since.day} {since:%b %Y}"
    if standing.until is not None and (standing.as_of - standing.until).days >= 1:
        until = new_york_date(standing.until)
        span += f" until {until.day} {until:%b %Y}"
    listed = " and no ".join([", no ".join(missing[:-1]), missing[-1]]) if len(missing) > 1 else missing[0]
    hint = ": `screener dilution fetch` reads three years" if standing.stored_since > standing.as_of - SPAN else ""
    return (f"no {listed} among the filings {span}{hint}",)
