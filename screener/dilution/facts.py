"""SEC's XBRL company facts, read point in time: shares outstanding and authorised, cash, and what is burnt a month.

The address is ``{data_url}/api/xbrl/companyfacts/CIK##########.json``. A value counts from the day after it was filed.
What the file holds is what companies typed, so each answer is held against the others of the same filing:

* a cover count 1,000 or 1,000,000 times too large or small beside the balance sheet of the same filing is set right,
  and says so;
* an amended report filed later about an earlier day does not replace a newer count, and a day typed after the filing
  is the filing's;
* cash flows are stated for the year to date: a quarter is the difference of two;
* classes of shares are told apart by a dimension that SEC leaves out of this file: a company that counts its classes
  apart has no count here, or only the balance sheet's.

Money counts only in US dollars. Unknown is None.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import msgspec
from msgspec import Struct, field

from screener.limits import FACT_ROWS

COVER = "EntityCommonStockSharesOutstanding"
BALANCE = ("CommonStockSharesOutstanding", "SharesOutstanding", "NumberOfSharesOutstanding", "CommonStockSharesIssued")
AVERAGE = ("WeightedAverageNumberOfSharesOutstandingBasic", "WeightedAverageNumberOfShareOutstandingBasicAndDiluted")
AUTHORISED = ("CommonStockSharesAuthorized", "NumberOfSharesAuthorised")
FLOAT = "EntityPublicFloat"
CASH = ("CashAndCashEquivalentsAtCarryingValue", "CashAndCashEquivalents", "Cash")
WITH_RESTRICTED = (
    "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents",
    "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalentsIncludingDisposalGroupAndDiscontinuedOperations",
)
RESTRICTED = (
    "RestrictedCash", "RestrictedCashAndCashEquivalentsAtCarryingValue", "RestrictedCashAndCashEquivalents",
    "RestrictedCashCurrent", "RestrictedCashNoncurrent",
)  # fmt: skip
SHORT_TERM = (
    "ShortTermInvestments", "MarketableSecuritiesCurrent", "AvailableForSaleSecuritiesDebtSecuritiesCurrent",
    "AvailableForSaleSecuritiesCurrent", "HeldToMaturitySecuritiesCurrent",
)  # fmt: skip
TOGETHER = ("CashCashEquivalentsAndShortTermInvestments",)
OPERATIONS = (
    "NetCashProvidedByUsedInOperatingActivities", "CashFlowsFromUsedInOperatingActivities",
    "NetCashProvidedByUsedInOperatingActivitiesContinuingOperations",
)  # fmt: skip
CONCEPTS = (
    COVER, FLOAT, *BALANCE, *AVERAGE, *AUTHORISED, *CASH, *WITH_RESTRICTED, *RESTRICTED, *SHORT_TERM, *TOGETHER, *OPERATIONS
)  # fmt: skip
_UNITS = ("shares", "USD")


class Row(Struct, frozen=True, kw_only=True, array_like=True):
    """One stated value: of the day ``end``, or of the time from ``start`` to ``end``; days are ISO."""

    end: str
    filed: str
    val: float
    accn: str = ""
    form: str = ""
    start: str = ""


class CompanyFacts(Struct, frozen=True, kw_only=True):
    """What one company stated, by XBRL concept; ``broken`` counts the values that could not be read."""

    cik: int | None = None
    name: str = ""
    concepts: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    broken: int = 0


class FactCount(Struct, frozen=True, kw_only=True):
    """A number of shares, or dollars, as of ``day``; ``note`` says what was set right in reading it."""

    value: float
    day: dt.date
    filed: dt.date
    concept: str
    accession: str = ""
    form: str = ""
    note: str = ""


class Split(NamedTuple):
    """A split in force from ``day`` on: ``ratio`` is old shares per new one (20.0 for 1-for-20)."""

    day: dt.date
    ratio: float


class Flow(NamedTuple):
    """Dollars that operations brought (negative: took) between two days, both included."""

    start: dt.date
    end: dt.date
    usd: float


class Burn(Struct, frozen=True, kw_only=True):
    """Dollars a month that operations take, over ``months`` to ``end``; zero or less when they bring money."""

    usd_a_month: float
    months: float
    end: dt.date


class Money(Struct, frozen=True, kw_only=True):
    """Cash on ``day``; ``liquid`` adds the short-term investments of the same day. ``note`` says what is in it."""

    cash: float
    liquid: float
    day: dt.date
    filed: dt.date
    note: str = ""


# ---- reading ---------------------------------------------------------------------------------------------------------


class _File(Struct):
    facts: dict[str, dict[str, msgspec.Raw]]
    cik: int | str | None = None
    entityName: str | None = None


class _Concept(Struct):
    units: dict[str, list[msgspec.Raw]]


class _Value(Struct):
    end: dt.date
    filed: dt.date
    val: float
    accn: str = ""
    form: str = ""
    start: dt.date | None = None


_file, _concept = msgspec.json.Decoder(_File), msgspec.json.Decoder(_Concept)
_value = msgspec.json.Decoder(_Value)


def read_facts(body: bytes) -> CompanyFacts:
    """Read the JSON of one company. Raises ValueError when it is something else; single broken values are left out."""
    try:
        found = _file.decode(body)
    except (msgspec.DecodeError, RecursionError) as e:
        raise ValueError(f"is no company facts file: {e}") from e
    concepts: dict[str, tuple[Row, ...]] = {}
    broken = 0
    for group in found.facts.values():
        for name in CONCEPTS:
            if name in group:
                rows, bad = _rows(group[name])
                concepts[name] = (*concepts.get(name, ()), *rows)
                broken += bad
    number = str(found.cik or "").lstrip("0")
    cik = int(number) if number.isascii() and number.isdigit() else None
    return CompanyFacts(cik=cik, name=found.entityName or "", concepts=concepts, broken=broken)


def _rows(raw: msgspec.Raw) -> tuple[list[Row], int]:
    try:
        units = _concept.decode(raw).units
    except msgspec.DecodeError:
        return [], 1
    rows, broken = [], 0
    for unit in _UNITS:
        for one in units.get(unit, ())[-FACT_ROWS:]:
            try:
                v = _value.decode(one)
            except msgspec.DecodeError:
                broken += 1
                continue
            if v.val == v.val and abs(v.val) < 1e15:
                start = v.start.isoformat() if v.start else ""
                day, filed = v.end.isoformat(), v.filed.isoformat()
                rows.append(Row(end=day, filed=filed, val=v.val, accn=v.accn, form=v.form, start=start))
    return rows, broken
