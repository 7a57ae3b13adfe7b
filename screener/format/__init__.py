"""How values are written, in one place: for machines, for spreadsheets, for people.

For machines: ``utc``, ``plain_number``, ``neutral``. For people in text (alerts, briefs, tables): ``percent``,
``dollars``, ``short``, ``multiple``, ``eastern``. What the page writes otherwise, with a real minus sign and a dash for
unknown, ``screener.web.show`` builds on these. ``feed`` writes Atom and JSON Feed.
"""

from __future__ import annotations

import datetime as dt
from math import floor, isfinite, log10
from urllib.parse import urlsplit

from screener.clock import NEW_YORK, eastern
from screener.types.words import POLARITIES

__all__ = [
    "DATE_NAMES", "DISCLAIMER", "catalyst_label", "date_name", "decimals", "dollars", "eastern", "multiple", "neutral",
    "on_one_line",
    "percent", "plain_number", "safe_link", "scaled", "short", "time_of_day", "utc", "whole_score",
    "words",
]  # fmt: skip

_FORMULA = frozenset("=+-@|\uff1d\uff0b\uff0d\uff20")
_SIGNS = frozenset(POLARITIES)
_SIZES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))
_ACRONYMS = {"fda": "FDA", "usd": "USD", "pdufa": "PDUFA", "atm": "ATM", "spac": "SPAC", "ai": "AI", "pct": "%"}
DATE_NAMES = {
    "pdufa_date": "FDA decision (PDUFA)",
    "cure_date": "Compliance deadline",
    "effective_date": "Takes effect",
    "meeting_date": "Meeting",
    "adcom_date": "Advisory committee",
    "record_date": "Record date",
    "expiry_date": "Expires",
    "hearing_date": "Hearing",
}
DISCLAIMER = "Information from public sources, computed by rules; not investment advice."
_LINK_CHARS = 2000


# ---- for machines ----


def utc(moment: dt.datetime) -> str:
    """``2025-12-12T23:10:00Z``."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain_number(value: float, digits: int = 4) -> str:
    """A plain decimal without exponent or trailing zeros; of a tiny number at least ``digits`` significant digits."""
    text = f"{value:.{decimals(value, digits)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def decimals(value: float, digits: int = 4) -> int:
    """How many decimals a number needs so that a tenth of a cent and less (0.000045 dollars) is not written as 0."""
    return digits if value == 0 or abs(value) >= 0.001 or not isfinite(value) else digits - 1 - floor(log10(abs(value)))


def neutral(text: str) -> str:
    """Text that no spreadsheet runs: a leading ``= + - @`` or control character gets an apostrophe in front.

    Blanks and characters without width in front do not hide one. A lone polarity sign is not a formula and stays.
    """
    text = text.replace("\x00", "")
    if not text or text in _SIGNS:
        return text
    first = next((c for c in text if c.isprintable() and not c.isspace()), "")
    return "'" + text if first in _FORMULA or text[0] in "\t\r\n" else text


def safe_link(address: object) -> str:
    """The address when a reader may follow it: http or https with a host, no user and no odd characters; else empty."""
    value = str(address)
    if len(value) > _LINK_CHARS or not value.isprintable() or any(c in value for c in ' "<>\\^`{|}'):
        return ""
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return ""
    return value if parts.scheme in ("http", "https") and host and not parts.username else ""


# ---- for people ----


def on_one_line(text: object, limit: int = 0) -> str:
    """Text on one line, without characters that hide, change direction or control a terminal; cut visibly."""
    value = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return value if not limit or len(value) <= limit else value[: limit - 1].rstrip() + "…"


def words(name: str) -> str:
    """``reverse_split`` as ``reverse split``, acronyms in capitals."""
    return " ".join(_ACRONYMS.get(w, w) for w in name.split("_") if w)


def catalyst_label(kind: str, stage: str) -> str:
    """``reverse split, effective``."""
    return kind.replace("_", " ") + (f", {stage}" if stage else "")


def date_name(kind: str) -> str:
    """What a fact that is a date stands for: ``pdufa_date`` as ``FDA decision (PDUFA)``."""
    return DATE_NAMES.get(kind) or words(kind.removesuffix("_date")).capitalize()


def percent(value: float | None) -> str:
    """``+4.5 %``."""
    return "?" if value is None else f"{value:+.1f} %"


def multiple(value: float | None) -> str:
    """``6.0 times``."""
    return "?" if value is None else f"{value:.1f} times"


def dollars(value: float) -> str:
    """``$3.10``, four digits below a dollar."""
    return f"${value:.{decimals(value)}f}" if value < 1 else f"${value:,.2f}"


def scaled(value: float) -> tuple[float, str]:
    """A number of three digits and its unit: 45,200,000 is (45.2, "M"); below a thousand the unit is empty."""
    for size, unit in _SIZES:
        if abs(value) >= 0.9995 * size:
            return value / size, unit
    return value, ""


def short(value: float) -> str:
    """``45.2M``, ``1.2B``, ``310K``."""
    number, unit = scaled(value)
    return f"{number:.0f}{unit}" if not unit or abs(number) >= 99.95 else f"{number:.3g}{unit}"


def time_of_day(moment: dt.datetime) -> str:
    """``18:10:05 ET``."""
    return moment.astimezone(NEW_YORK).strftime("%H:%M:%S ET")


def whole_score(value: float) -> str:
    """``0`` to ``99``: nothing is certain, so 99.7 is no 100."""
    return f"{min(value, 99):.0f}"
