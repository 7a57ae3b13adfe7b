"""How numbers, times and foreign text look on the page; the filters of the templates.

Everything a feed wrote passes ``clean`` (no control or direction characters) and the template's own escaping; every
address passes the filter ``href``, which is ``safe_link``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from screener import clock, format
from screener.format import decimals, safe_link, short, utc, whole_score
from screener.store.outlines import Outline
from screener.types import FactValue, Story

UNKNOWN = "–"
MINUS = "\u2212"
_POLARITY = {"+": "good", "-": "bad", "±": "mixed", "0": "neutral"}
_SIGN = {"+": "+", "-": MINUS, "±": "±", "0": "·"}


def clean(text: object, limit: int = 0) -> str:
    """Text without characters that change direction or hide; every one becomes a space, so positions stay.

    ``limit`` cuts the text visibly (0: never).
    """
    value = str(text)
    if not value.isprintable():
        value = "".join(c if c.isprintable() or c == "\n" else " " for c in value)
    return value if not limit or len(value) <= limit else value[: limit - 1].rstrip() + "…"


def money(value: float | None) -> str:
    """``$1.2B``, ``$45M``, ``$310K``."""
    if value is None:
        return UNKNOWN
    shown = short(abs(value)) if abs(value) >= 999.5 else f"{abs(value):.2f}"
    return f"{_minus(value)}${shown}"


def shares(value: float | None) -> str:
    """``49.6M`` without a unit."""
    return money(value).replace("$", "")


def price(value: float | None) -> str:
    """``3.10``, four digits below a dollar."""
    return UNKNOWN if value is None else f"{value:.{decimals(value)}f}" if 0 < abs(value) < 1 else f"{value:,.2f}"


def percent(value: float | None, digits: int = 1) -> str:
    """``+4.5%`` with a real minus sign; without decimals from 100 on."""
    if value is None:
        return UNKNOWN
    digits = 0 if abs(value) >= 99.95 else digits
    shown = f"{abs(value):,.{digits}f}"
    return f"{'' if not float(shown.replace(',', '')) else '+' if value > 0 else MINUS}{shown}%"


def share(value: float | None) -> str:
    """``22%`` without a sign."""
    return UNKNOWN if value is None else f"{value:,.1f}%" if abs(value) < 10 else f"{value:,.0f}%"


def times(value: float | None) -> str:
    """``6.0x``."""
    return UNKNOWN if value is None else f"{value:,.1f}×" if value < 100 else f"{value:,.0f}×"


def points(value: float) -> str:
    """``+12`` or ``−5`` for the points of a reason."""
    return f"{'+' if value > 0 else MINUS if value < 0 else ''}{abs(value):g}"


def count(value: float | None) -> str:
    """A whole number with thousands marks."""
    return UNKNOWN if value is None else f"{value:,.0f}"


def tone(value: float | None) -> str:
    """The class of a change: up, down or flat."""
    return "flat" if value is None or abs(value) < 0.05 else "up" if value > 0 else "down"


def polarity(value: str) -> str:
    """The word for a polarity sign."""
    return _POLARITY.get(value, "neutral")


def sign(value: str) -> str:
    """The sign of a polarity in type that aligns."""
    return _SIGN.get(value, "·")


def words(name: str) -> str:
    """``reverse_split`` as ``reverse split``, acronyms in capitals."""
    return format.words(clean(name))


def other_words(said: str) -> str:
    """The type of a row's further catalyst, which is written ``STORY TYPE``, in words."""
    return words(re.split("[ :]", said)[-1])


def age(moment: dt.datetime | None, now: dt.datetime) -> str:
    """``4m``, ``3h 05m``, ``2d``; a moment still to come is ``now``."""
    if moment is None:
        return UNKNOWN
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes}m"
    if minutes < 24 * 60:
        return f"{minutes // 60}h {minutes % 60:02d}m"
    return f"{minutes // 1440}d"


def eastern(moment: dt.datetime | None) -> str:
    """``12 Mar 18:10 ET``."""
    return UNKNOWN if moment is None else moment.astimezone(clock.NEW_YORK).strftime("%-d %b %H:%M ET")


def time_of_day(moment: dt.datetime | None) -> str:
    """``18:10`` in New York."""
    return UNKNOWN if moment is None else moment.astimezone(clock.NEW_YORK).strftime("%H:%M")


def long_day(day: dt.date) -> str:
    """``Thursday 12 March 2026``."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def fact(name: str, value: FactValue) -> str:
    """A fact's value with the unit its name carries."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        if name.endswith("_usd") or name in ("price", "amount", "strike"):
            return money(value) if abs(value) >= 1000 else f"${price(value)}"
        return share(value) if name.endswith("_pct") else f"{value:,.12g}"
    moment = _moment(str(value))
    return eastern(moment) if moment else clean(value, 120)


def facts(values: Mapping[str, FactValue]) -> list[tuple[str, str]]:
    """Facts as (words, shown value) in the order of their names."""
    return [(words(k.removesuffix("_usd").removesuffix("_pct")), fact(k, v)) for k, v in sorted(values.items())]


def _moment(text: str) -> dt.datetime | None:
    if len(text) < 20 or text[10] not in "T " or not text[:4].isdigit():
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _minus(value: float) -> str:
    return MINUS if value < 0 else ""


def publication(said: Story | Outline) -> dt.datetime | None:
    """When a story came out; None when no source said so."""
    return clock.publication(said.published, said.sources)


FILTERS = {
    f.__name__: f
    for f in (
        clean, money, shares, price, percent, share, times, points, count, tone, polarity, sign, words, eastern,
        time_of_day, publication, utc, long_day, facts, other_words, whole_score,
    )
} | {"href": safe_link}  # fmt: skip
