"""Amounts of money.

``amounts`` reads every amount of a document into :class:`Money`: value in the stated currency, whether it is a
ceiling ("up to"), a floor ("more than", "$20M+"), per share, or the lower end of a range. ``find_amount`` picks the one
that the item is about and puts ``amount_usd``, or ``amount`` with ``currency`` when it is not in US dollars: nothing is
converted, because a rate of that day is not in the words.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from screener.classify.details.numbers import DIGITS, MAGNITUDE, scaled, tidy
from screener.classify.details.reading import Hit, Notes, Place, Reading

SIGNS = {
    "$": "USD", "us$": "USD", "u.s.$": "USD", "usd": "USD", "c$": "CAD", "ca$": "CAD", "cdn$": "CAD", "cad": "CAD",
    "cad$": "CAD", "a$": "AUD", "au$": "AUD", "aud": "AUD", "hk$": "HKD", "hkd": "HKD", "nt$": "TWD", "s$": "SGD",
    "sgd": "SGD", "nz$": "NZD", "r$": "BRL", "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP", "chf": "CHF",
    "rmb": "CNY", "cny": "CNY", "¥": "JPY", "jpy": "JPY", "₪": "ILS", "nis": "ILS", "ils": "ILS", "₩": "KRW",
    "krw": "KRW", "₹": "INR", "inr": "INR", "rs": "INR", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "rm": "MYR",
    "myr": "MYR", "aed": "AED", "euros": "EUR", "euro": "EUR", "dollars": "USD", "us dollars": "USD",
    "u.s. dollars": "USD", "canadian dollars": "CAD", "pounds": "GBP", "usdt": "USD", "usdc": "USD",
}  # fmt: skip
# Single letters stand in capitals and without a space, or "a $5 million order" would be Australian.
_BEFORE = (
    r"(?:(?-i:(?<![A-Za-z])(?:CA|CDN|CAD|AU|HK|NT|NZ|C|A|S|R)\$)|(?<![A-Za-z])(?:US|U\.S\.|USD)\s?\$|"
    r"(?<![A-Za-z])(?:USD|CAD|AUD|HKD|SGD|EUR|GBP|CHF|RMB|CNY|JPY|NIS|ILS|KRW|INR|SEK|NOK|DKK|MYR"
    r"|AED|RM|Rs\.?)(?=\s?[0-9])"
    r"|[$€£¥₪₩₹])"
)
_AFTER = (
    r"(?:U\.?S\.? dollars|Canadian dollars|dollars|euros?|pounds|USDT|USDC|USD|CAD|AUD|HKD|SGD"
    r"|EUR|GBP|CHF|RMB|CNY|JPY|"
    r"NIS|SEK|NOK|DKK)\b"
)
MONEY = re.compile(
    rf"(?P<sign>{_BEFORE})\s?(?P<num>{DIGITS})(?P<plus>\+)?(?:[\s-]?(?P<mag>{MAGNITUDE})(?![A-Za-z]))?(?P<more>\s?\+)?"
    rf"|(?<![\w.,$€£])(?P<num2>{DIGITS})\s?(?P<mag2>{MAGNITUDE})?\s?(?P<sign2>{_AFTER})",
    re.I,
)
#: "… sale for 32.2 million": an amount whose sign was forgotten, accepted only after words of price.
BARE = re.compile(
    rf"\b(?:for|worth|valued at|totall?ing)\s(?P<num>{DIGITS})\s(?P<mag>million|billion)\b(?!\s?\w)", re.I
)
PER = re.compile(
    r"^\s?(?:\(\w[^)]{0,25}\)\s?)?(?:in cash )?(?:,\s)?(?:per|/|a|for each|each)\s?(?:\w+ ){0,3}?"
    r"(?:share|unit|ads|american|ordinary|common|warrant|barrel|ton|tonne|ounce|pound|boe|coin"
    r"|token|note|month|security)",
    re.I,
)
MAX = re.compile(r"\b(?:up to|as much as|maximum of|not to exceed|ceiling of|as high as)(?:\s\w+){0,3}\s?[~(]?$")
MIN = re.compile(r"\b(?:more than|over|at least|minimum of|exceed(?:s|ing)?|in excess of|above|greater than)\s?[~(]?$")
RANGE = re.compile(
    rf"^\s?(?:-|–|—|to|and)\s?(?:{_BEFORE})?\s?(?P<num>{DIGITS})(?:[\s-]?(?P<mag>{MAGNITUDE})(?![A-Za-z]))?", re.I
)
#: Words that say the amount is something else: a balance, a market's size, sales, the par value.
NOT_IT_BEFORE = re.compile(
    r"\b(?:backlog (?:of|to)|pipeline of|par value(?: of)?|market cap(?:italization)? of|market (?:put )?(?:at"
    r"|worth|of)|"
    r"addressable market of|market (?:size|opportunity)(?: of)?|(?:revenues?|sales) (?:of|to)|liquidation preference of"
    r"|"
    r"stated value of|cash (?:and cash equivalents|position|balance)[^.]{0,30}|cash of|from the (?:sale"
    r"|exercise) of|volume of)"
    r"(?:\s(?:up to|an?|approximately|about|nearly|over|more than))*\s?[~(]?$"
)
NOT_IT_AFTER = re.compile(
    r"^\s?(?:in (?:annual |quarterly |total )?(?:revenues?|sales|assets)|par value|(?:of )?(?:annual )?backlog"
    r"|pipeline|market\b|"
    r"(?:[\w-]+ ){0,3}market\b(?! (?:offering|program|facility|purchase))|market cap|unrealized"
    r"|in unrealized|in market (?:value|cap)|"
    r"addressable|stated value|in debt|debt with|of cash\b|in cash and (?:cash )?(?:equivalents"
    r"|marketable|investments)|(?:of )?net loss|fee\b|tvl\b|in (?:annual )?volume|"
    r"(?:[\w-]+ )?portfolio\b|(?:gross )?written premium|in aum|opportunity\b)"
)
#: An option or a further tranche on top of the amount: taken only when nothing else is stated.
EXTRA_BEFORE = re.compile(
    r"\b(?:additional|further|another|extra)(?:\s(?:up to|an?|approximately|aggregate|of))*\s?[~(]?$"
)


#: Without one of these there is no amount to look for.
_SIGNS_OF_MONEY = (
    "$", "million", "billion", "€", "£", "usd", "eur", "dollar", "chf", "rmb", "gbp", "cad", "nis", "¥", "₪", "₩", "₹",
    "hkd", "aud", "jpy", "cny", "sek", "nok", "dkk", "inr", "aed", "sgd", " rs", " rm",
)  # fmt: skip


class Money(NamedTuple):
    """One amount: ``value`` in units of ``currency`` (ISO code)."""

    value: float
    currency: str
    place: Place
    per_unit: bool
    is_max: bool
    is_min: bool
    high: float | None
    before: str
    after: str

    def counts(self) -> bool:
        """Whether it can be what an item is about: no unit price, no balance, at least 10,000."""
        return (
            not self.per_unit
            and self.value >= 10_000
            and not NOT_IT_BEFORE.search(self.before)
            and not NOT_IT_AFTER.match(self.after)
        )

    def extra(self) -> bool:
        """Whether it comes on top of the main amount ("up to an additional $15 million")."""
        return bool(EXTRA_BEFORE.search(self.before))


def amounts(reading: Reading) -> list[Money]:
    """Every amount, title first, at most 60 of each field."""
    if not reading.has(*_SIGNS_OF_MONEY):
        return []
    found = [_money(hit) for hit in reading.all(MONEY)]
    if not found and reading.has(" million", " billion"):
        found = [_money(hit) for hit in reading.all(BARE, 5)]
    return found


def _money(hit: Hit) -> Money:
    group = hit.match.groupdict()
    num, mag = group["num"] or group["num2"], group["mag"] or group.get("mag2")
    sign = group.get("sign") or group.get("sign2") or "$"
    before, after = hit.before(), hit.after()
    value, high, end = scaled(num, mag), None, hit.match.end()
    upper = RANGE.match(hit.match.string[end : end + 40])
    if upper and (upper["mag"] or not mag):
        high = scaled(upper["num"], upper["mag"])
        # "$3 to $5 million" states the magnitude once, for both.
        if not mag and high > value * 100:
            value = scaled(num, upper["mag"])
        if high <= value:
            high = None
        else:
            end += upper.end()
            after = hit.match.string[end : end + 60].lower()
    return Money(
        value=value,
        currency=SIGNS.get(re.sub(r"\s", "", sign.lower()).rstrip("."), SIGNS.get(sign.lower(), "USD")),
        place=Place(hit.field, hit.match.start(), end),
        per_unit=bool(PER.match(after)) or before.endswith(("par value ", "par value of ")),
        is_max=bool(MAX.search(before)),
        is_min=bool(group.get("plus") or group.get("more")) or bool(MIN.search(before)),
        high=high,
        before=before,
        after=after,
    )


def put_amount(money: Money, notes: Notes) -> None:
    """Put an amount under the names of the contract."""
    if money.currency == "USD":
        notes.put("amount_usd", tidy(money.value), money.place)
        if money.high is not None:
            notes.put("amount_high_usd", tidy(money.high), money.place)
    else:
        notes.put("amount", tidy(money.value), money.place)
        notes.put("currency", money.currency, money.place)
    if money.is_max:
        notes.put("amount_is_max", True, money.place)
    if money.is_min:
        notes.put("amount_is_min", True, money.place)


#: What an amount is called when it belongs to the type.
OWN: dict[str, re.Pattern[str]] = {
    "equity_offering": re.compile(r"offering|registered direct|bought deal"),
    "private_placement": re.compile(r"private placement|\bpipe\b|equity investment"),
    "debt_financing": re.compile(r"\bloan|\bnotes?\b|credit|facility|\bdebt\b|drawdown|\bgrant\b"),
    "buyback": re.compile(r"repurchase|buyback|buy-back"),
    "warrant_exercise": re.compile(r"warrant"),
    "equity_line_convertible": re.compile(r"convertible|equity line|eloc\b"),
}


def find_amount(kind: str, found: list[Money], prefer: re.Pattern[str] | None, notes: Notes) -> Money | None:
    """Put and return the amount that the item is about.

    The title decides: its first amount, unless that one is called by another type's name and a later one by this
    type's. Without one there, the first in the text that ``prefer`` (words close before or after, by type) recommends,
    else the first that counts.
    """
    good = [money for money in found if money.counts()]
    titled = [money for money in good if money.place.field == "title"]
    plain = [money for money in titled or good if not money.extra()] or titled or good
    best = plain[0] if plain else None
    if len(titled) > 1 and best is not None:
        best = _called(kind, plain) or best
    elif not titled and prefer is not None:
        best = next((m for m in plain if prefer.search(m.before) or prefer.search(_name(m))), best)
    if best is not None:
        put_amount(best, notes)
    return best


def _called(kind: str, titled: list[Money]) -> Money | None:
    own = OWN.get(kind)
    names = [_name(money) for money in titled]
    if own is None or own.search(names[0]) or not any(p.search(names[0]) for k, p in OWN.items() if k != kind):
        return None
    return next((money for money, name in zip(titled, names, strict=True) if own.search(name)), None)


def _name(money: Money) -> str:
    """The words behind an amount, up to the next one."""
    return re.split(r"[$€£]|\.\s", money.after[:45])[0]
