"""Which amount of money an event is about.

``amounts`` gives every amount of a document with its field; ``find_amount`` picks the one that the event is about: an
amount belongs to the event it is said of, so a financing in the same headline is not the price of a purchase. It puts
``amount_usd``, or ``amount`` with ``currency`` when it is not in US dollars: nothing is converted, because a rate of that
day is not in the words.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from screener.classify.details.reading import Notes, Place, Reading
from screener.language.money import Amount
from screener.language.numbers import DIGITS, number, tidy

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
    r"[\s-]?(?:annual |recurring |annuali[sz]ed )*(?:revenues?|ebitda|arr)\b(?! (?:share|based|interest|bond))|"
    r"(?:[\w-]+ )?portfolio\b|(?:gross )?written premium|in aum|opportunity\b)"
)
#: An option or a further tranche on top of the amount: taken only when nothing else is stated.
EXTRA_BEFORE = re.compile(
    r"\b(?:additional|further|another|extra)(?:\s(?:up to|an?|approximately|aggregate|of))*\s?[~(]?$"
)


SMALLEST = 10_000  # what an item can be about


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
            and self.value >= SMALLEST
            and not NOT_IT_BEFORE.search(self.before)
            and not NOT_IT_AFTER.match(self.after)
        )

    def extra(self) -> bool:
        """Whether it comes on top of the main amount ("up to an additional $15 million")."""
        return bool(EXTRA_BEFORE.search(self.before))


def amounts(reading: Reading) -> list[Money]:
    """Every amount, title first, at most 60 of each field."""
    return [_money(field, amount) for field, amount in reading.amounts]


def _money(field: str, amount: Amount) -> Money:
    return Money(
        value=amount.value,
        currency=amount.currency,
        place=Place(field, amount.start, amount.end),
        per_unit=amount.per_unit,
        is_max=amount.is_max,
        is_min=amount.is_min,
        high=amount.high,
        before=amount.before,
        after=amount.after,
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


def find_amount(
    kind: str, found: list[Money], prefer: re.Pattern[str] | None, reading: Reading, notes: Notes
) -> Money | None:
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
    if best is None:
        best = _product(found, reading)
    if best is not None:
        put_amount(best, notes)
    return best


_SOLD = re.compile(
    rf"(?<![\w$€£.,])(?P<n>{DIGITS})(?:\s(?P<m>million))?\s(?:[\w-]+\s){{0,4}}?(?:shares|ads|adss|units|securities)\b"
    r"[^.;$€£]{0,110}?\b(?:at|for)\b[^.;$€£]{0,60}$",
    re.I,
)


def _product(found: list[Money], reading: Reading) -> Money | None:
    """Shares times their price: "3,000,000 shares at $0.50 per share" is 1.5 million when no total is stated."""
    for money in found:
        if not money.per_unit or money.high is not None or "par value" in money.before[-14:]:
            continue
        text = reading.title if money.place.field == "title" else reading.text
        sold = _SOLD.search(text[max(0, money.place.start - 220) : money.place.start])
        count = number(sold["n"]) if sold else None
        if sold and count:
            value = round(count * (1e6 if sold["m"] else 1) * money.value, 2)
            if value >= SMALLEST and not _EXERCISED.search(money.before):
                return money._replace(value=value, per_unit=False)
    return None


_EXERCISED = re.compile(r"(?:exercis|conversion|strike|floor|warrant)[^.;]*$")


def _called(kind: str, titled: list[Money]) -> Money | None:
    own = OWN.get(kind)
    names = [_name(money) for money in titled]
    if own is None or own.search(names[0]) or not any(p.search(names[0]) for k, p in OWN.items() if k != kind):
        return None
    return next((money for money, name in zip(titled, names, strict=True) if own.search(name)), None)


def _name(money: Money) -> str:
    """The words behind an amount, up to the next one."""
    return re.split(r"[$€£]|\.\s", money.after[:45])[0]
