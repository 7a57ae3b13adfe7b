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
from screener.classify.rulefile import AmountWords
from screener.language.money import Amount
from screener.language.numbers import DIGITS, number, tidy
from screener.language.phrases import Folded

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


class StatedAmount(NamedTuple):
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


def amounts(reading: Reading) -> list[StatedAmount]:
    """Every amount, title first, at most 60 of each field."""
    return [_money(field, amount) for field, amount in reading.amounts]


def _money(field: str, amount: Amount) -> StatedAmount:
    return StatedAmount(
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


def put_amount(money: StatedAmount, notes: Notes) -> None:
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


#: Words in front that make an amount the price of the event, whatever stands behind it ("for $5 million in notes").
_PRICE_OF = re.compile(
    r"\b(?:for|worth|valued at|price of|consideration of|value of|totall?ing)"
    r"(?:\s(?:up to|an?|about|approximately|nearly|over|more than|aggregate|total|of))*\s?[~(]?$"
)
_CLAUSE = re.compile(r"[;:–—|]|\s-\s|\. ")
_LEAD = 28  # characters in front of an amount that may say whose it is ("raises $5M")


def find_amount(
    own: AmountWords, found: list[StatedAmount], reading: Reading, notes: Notes, beside: tuple[AmountWords, ...] = ()
) -> StatedAmount | None:
    """Put and return the amount that the event is about.

    ``own`` says by the catalyst file what the type's amount is called and what is another's, ``beside`` the same of the
    document's other types. The title decides: its first amount that is not another event's, unless a later one is called
    by this type's name. Without one there, the first in the text that the words close by recommend, else the first that
    counts.
    """
    good = [money for money in found if money.counts()]
    mine = [money for money in good if not _anothers(money, own, beside)]
    titled = [money for money in mine if money.place.field == "title"]
    plain = [money for money in titled or mine if not money.extra()] or titled or mine
    best = plain[0] if plain else None
    if len(titled) > 1:
        best = _called(own, plain) or best
    elif not titled:
        best = next((m for m in plain if _near(own, m)), None if _titled(good) else best)
    if best is None and not good:
        best = _product(found, reading)
    if best is not None:
        put_amount(best, notes)
    return best


def _titled(found: list[StatedAmount]) -> bool:
    """Whether the headline states an amount: when it is another event's, the text has to say whose its amounts are."""
    return any(money.place.field == "title" for money in found)


def _anothers(money: StatedAmount, own: AmountWords, beside: tuple[AmountWords, ...]) -> bool:
    if _PRICE_OF.search(money.before):
        return False
    name = Folded(_name(money))
    if own.called.first(name):
        return False
    if own.other.first(name) or own.other.first(Folded(_lead(money))):
        return True
    return any(other.called.first(name) for other in beside)


def _near(own: AmountWords, money: StatedAmount) -> bool:
    return bool(own.near.first(Folded(money.before)) or own.near.first(Folded(_name(money))))


def _called(own: AmountWords, titled: list[StatedAmount]) -> StatedAmount | None:
    """The one called by the type's name when the first is called otherwise."""
    return next((money for money in titled if own.called.first(Folded(_name(money)))), None)


def _lead(money: StatedAmount) -> str:
    """The words of the same clause in front of an amount."""
    return _CLAUSE.split(money.before[-_LEAD:])[-1]


def _name(money: StatedAmount) -> str:
    """The words behind an amount, up to the next amount or clause."""
    return re.split(r"[$€£;]|\.\s|\s[–—-]\s", money.after)[0]


_SOLD = re.compile(
    rf"(?<![\w$€£.,])(?P<n>{DIGITS})(?:\s(?P<m>million))?\s(?:[\w-]+\s){{0,4}}?(?:shares|ads|adss|units|securities)\b"
    r"[^.;$€£]{0,110}?\b(?:at|for)\b[^.;$€£]{0,60}$",
    re.I,
)


def _product(found: list[StatedAmount], reading: Reading) -> StatedAmount | None:
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
