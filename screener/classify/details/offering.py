"""Facts of a financing or a deal: price, discount, premium, shares, warrants and their coverage, agent, term."""

from __future__ import annotations

import re

from screener.classify.details.money import StatedAmount
from screener.classify.details.reading import Notes, Reading
from screener.language.numbers import DIGITS, WORDS, number, tidy

_PRICE_BEFORE = re.compile(
    r"per (?:share|ads|unit) (?:price )?(?:of|at)?\s?$|price (?:per \w+ )?(?:of|at) $|\breceive $"
    r"|price to (?:the )?public[^.;$]{0,50} (?:is|was|of) $|offering price(?:[^.;$]{0,45} (?:is|of|was))?[\s\u200b]*$"
)
_PRICE_AFTER = re.compile(
    r"^\s?(?:all-)?cash (?:offer|bid|proposal|tender)|^\s?(?:per-share )?(?:offer|bid)\b|^\s?in cash\b"
)
#: What the market paid, not what the buyers pay.
_QUOTE = re.compile(
    r"(?:sales?|closing|reported|bid|trading|market) price[^;$]{0,60}$"
    r"|(?:market|exchange|nasdaq|nyse|american|20[0-9]{2}),? was $"
)
_STRIKE_NEXT = re.compile(r"^\s?per \w+ (?:exercise|nominal|par)\b|^\s?(?:exercise|nominal|par) ")
_STRIKE = re.compile(r"(?:exercise|conversion|strike|par|initial conversion|floor) (?:price|value)[^.;$]{0,40}$")
DISCOUNT = re.compile(
    r"\b(?P<p>[0-9]{1,2}(?:\.[0-9]{1,2})?)\s?%\s(?:\w+ )?discount"
    r"|\bdiscount of (?:approximately )?(?P<q>[0-9]{1,2}(?:\.[0-9]{1,2})?)\s?%",
    re.I,
)
PREMIUM = re.compile(
    r"\b(?P<p>[0-9]{1,3}(?:\.[0-9]{1,2})?)\s?%\s(?:\w+ ){0,2}premium|\bpremium of (?:approximately "
    r"|about |over )?(?P<q>[0-9]{1,3}(?:\.[0-9]{1,2})?)\s?%",
    re.I,
)
SHARES = re.compile(
    rf"\b(?P<n>{DIGITS})(?:\s(?P<m>million|billion))?\s(?:of its |of the company[’']s )?(?:class [a-z] "
    rf"|newly issued |new |american depositary )?"
    r"(?:shares?|common shares|ordinary shares|adss?|units)\b(?! of (?:common |its )?(?:stock )?(?:outstanding"
    r"|underlying))",
    re.I,
)
WARRANTS = re.compile(
    rf"\b(?:pre-funded )?warrants? to purchase (?:up to )?(?:an aggregate of )?(?:up to )?(?P<n>{DIGITS})\s(?:\w+ ){{0,3}}shares"
    rf"|\b(?P<k>{DIGITS})\s(?:\w+ ){{0,2}}warrants\b",
    re.I,
)
COVERAGE = re.compile(
    r"\b(?P<p>[0-9]{1,3}(?:\.[0-9])?)\s?%\s(?:of )?warrant coverage|warrant coverage of (?P<q>[0-9]{1,3})\s?%", re.I
)
AGENT = re.compile(
    r"(?P<n>[A-Z][\w.&’'-]{0,30}(?:[ ,]+(?:&\s|and\s)?[A-Z][\w.&’'-]{0,30}){0,6})\s(?:is|are|was|will act"
    r"|is acting|acted|has acted)\s(?:acting )?(?:as )?"
    r"(?:the )?(?:sole |lead |joint |exclusive |co-)*(?:book-?running manager|bookrunner|placement agent"
    r"|underwriter|sales agent|"
    r"book-?runner|manager)|\bthrough (?P<m>[A-Z][\w.&’'-]{0,30}(?:[ ,]+(?:&\s)?[A-Z][\w.&’'-]{0,30}){0,5}),? (?:Inc\. "
    r"|LLC )?as (?:sole )?(?:sales|placement) agent"
)
TERM = re.compile(
    rf"\b(?P<n>{WORDS}|[0-9]{{1,2}}(?:\.5)?)[\s-](?:\([0-9]{{1,2}}\)[\s-])?years?\b(?! (?:of (?:experience"
    rf"|history|age)|old|ago|history|anniversary|in a row|track))",
    re.I,
)
CEILING = re.compile(
    r"\bceiling\b|\bIDIQ\b|indefinite[- ]delivery|not[- ]to[- ]exceed|potential value|valued at up to"
    r"|maximum value|contract vehicle",
    re.I,
)
OBLIGATED = re.compile(r"\bobligated\b|firm[- ]fixed[- ]price|\bfunded (?:amount|value)|fully funded", re.I)
ROYALTY = re.compile(
    r"\b(?P<p>[0-9]{1,2}(?:\.[0-9])?)\s?%\s(?:\w+ ){0,3}royalt"
    r"|royalt\w{1,6} (?:\w{1,30} ){0,3}of (?P<q>[0-9]{1,2}(?:\.[0-9])?)\s?%",
    re.I,
)
_PLACED = re.compile(r"private placement|offering|registered direct|financing|equity raise", re.I)


_UPFRONT = re.compile(r"(?:upfront|up-front|up front|initial)[^.;$]{0,30}$")
_UPFRONT_NEXT = re.compile(r"^[^.;$]{0,25}\b(?:upfront|up-front|up front)")
_MILESTONE = re.compile(r"milestone[^.;$]{0,45}$")
_MILESTONE_NEXT = re.compile(r"^[^.;$]{0,60}\bmilestone")


def find_price(found: list[StatedAmount], notes: Notes) -> None:
    """Put ``price``: the first price per share that is no strike and no par value."""
    for money in found:
        if money.currency != "USD" or not 0 < money.value < 100_000:
            continue
        if (
            _STRIKE.search(money.before)
            or _QUOTE.search(money.before)
            or _STRIKE_NEXT.match(money.after)
            or "closing price" in money.after[:30]
            or "par value" in money.before[-12:]
        ):
            continue
        stated = _PRICE_BEFORE.search(money.before) or _PRICE_AFTER.match(money.after)
        if money.per_unit or (money.value < 1000 and stated):
            notes.put("price", tidy(money.value), money.place)
            return


def _percent(pattern: re.Pattern[str], name: str, reading: Reading, notes: Notes) -> None:
    hit = reading.find(pattern)
    if hit:
        notes.put(name, tidy(float(hit.match["p"] or hit.match["q"])), hit.place())


def find_terms(reading: Reading, notes: Notes) -> None:
    """Put discount, shares, warrants, coverage and agent of an offering."""
    if reading.has("discount"):
        _percent(DISCOUNT, "discount_pct", reading, notes)
    if reading.has("coverage"):
        _percent(COVERAGE, "warrant_coverage_pct", reading, notes)
    find_shares(reading, notes)
    _find_warrants(reading, notes)
    agent = reading.find(AGENT) if reading.has("agent", "manager", "bookrunner", "book-runner", "underwriter") else None
    if agent:
        group = "n" if agent.match["n"] else "m"
        notes.put("agent", agent.match[group], agent.place(group))


def _find_warrants(reading: Reading, notes: Notes) -> None:
    """Coverage is the warrants' shares against the shares sold, when both are stated."""
    hit = reading.find(WARRANTS) if reading.has("warrants") else None
    count = number(hit.match["n"] or hit.match["k"]) if hit else None
    if hit is None or not count or count < 1000:
        return
    notes.put("warrants", tidy(count), hit.place())
    shares = notes.facts.get("shares")
    if isinstance(shares, (int, float)) and count <= 4 * shares:
        notes.put("warrant_coverage_pct", round(100 * count / shares), hit.place())


def find_shares(reading: Reading, notes: Notes) -> None:
    if not reading.has("share", "ads", "units"):
        return
    for hit in reading.all(SHARES, 4):
        scale = {"million": 1e6, "billion": 1e9}.get((hit.match["m"] or "").lower(), 1.0)
        count = (number(hit.match["n"]) or 0) * scale
        if count >= 1000 and hit.match.string[max(0, hit.match.start() - 1)] != "$":
            notes.put("shares", tidy(count), hit.place())
            return


def find_premium(reading: Reading, notes: Notes) -> None:
    if reading.has("premium"):
        _percent(PREMIUM, "premium_pct", reading, notes)


def find_contract(reading: Reading, notes: Notes) -> None:
    """Put ``term_years``, and whether the amount is a ceiling or obligated money."""
    hit = reading.find(TERM) if reading.has("year") else None
    if hit:
        years = number(hit.match["n"])
        if years and years <= 50:
            notes.put("term_years", tidy(years), hit.place())
    ceiling = reading.find(CEILING)
    if ceiling:
        notes.put("amount_is_ceiling", True, ceiling.place())
    sure = reading.find(OBLIGATED)
    if sure:
        notes.put("amount_is_obligated", True, sure.place())


def find_licence(found: list[StatedAmount], reading: Reading, notes: Notes) -> None:
    """Put ``upfront_usd``, ``milestones_usd`` and ``royalty_pct``."""
    for money in found:
        if money.currency != "USD" or money.per_unit:
            continue
        if _MILESTONE_NEXT.match(money.after):
            notes.put("milestones_usd", tidy(money.value), money.place)
        elif _UPFRONT_NEXT.match(money.after) or _UPFRONT.search(money.before):
            notes.put("upfront_usd", tidy(money.value), money.place)
        elif _MILESTONE.search(money.before):
            notes.put("milestones_usd", tidy(money.value), money.place)
    if reading.has("royalt"):
        _percent(ROYALTY, "royalty_pct", reading, notes)
