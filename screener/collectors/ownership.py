"""Form 4: what insiders bought in the open market, from the ``ownershipDocument`` XML.

Only non-derivative transactions with code P (open-market or private purchase) that acquire shares count; grants (A),
tax withholding (F), option exercises (M), gifts (G) and sales (S) do not. Filings before 2003 hold no XML.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from msgspec import Struct

from screener.clock import UTC
from screener.language import numbers

if TYPE_CHECKING:
    from lxml.etree import _Element


class Purchase(Struct, frozen=True, kw_only=True):
    """All code-P acquisitions of one Form 4 together.

    ``price`` is the average in dollars weighted by shares and ``amount_usd`` its product; both are None when a
    transaction states no price (it stands in a footnote). ``planned`` is the 10b5-1 box, None before it existed.
    """

    issuer: str
    issuer_cik: int | None
    ticker: str
    insider_name: str
    role: str
    shares: float
    price: float | None
    amount_usd: float | None
    shares_after: float | None
    first_day: dt.date | None
    last_day: dt.date | None
    planned: bool | None


def read_purchase(xml: str) -> Purchase | None:
    """The purchases of one ownership document, None when it has none. Raises ValueError when it is no such document."""
    root = _root(xml)
    bought = [t for t in root.iterfind("nonDerivativeTable/nonDerivativeTransaction") if _is_purchase(t)]
    lots = [(_number(t, "transactionAmounts/transactionShares"), t) for t in bought]
    lots = [(shares, t) for shares, t in lots if shares]
    if not lots:
        return None
    prices = [_number(t, "transactionAmounts/transactionPricePerShare") for _, t in lots]
    total = sum(shares for shares, _ in lots if shares)
    known = [p for p in prices if p is not None and p > 0]
    amount = (
        sum((s or 0) * (p or 0) for (s, _), p in zip(lots, prices, strict=True)) if len(known) == len(lots) else None
    )
    days = sorted(d for d in (_day(t) for _, t in lots) if d)
    owners = list(root.iterfind("reportingOwner"))
    cik, planned = _text(root, "issuer/issuerCik"), _text(root, "aff10b5One").lower()
    return Purchase(
        issuer=_text(root, "issuer/issuerName"),
        issuer_cik=int(cik) if cik.isascii() and cik.isdigit() and len(cik) <= 10 else None,
        ticker=_ticker(_text(root, "issuer/issuerTradingSymbol")),
        insider_name=_name(owners),
        role=_role(owners[0]) if owners else "",
        shares=total,
        price=round(amount / total, 4) if amount else None,
        amount_usd=round(amount, 2) if amount else None,
        shares_after=_number(lots[-1][1], "postTransactionAmounts/sharesOwnedFollowingTransaction"),
        first_day=days[0] if days else None,
        last_day=days[-1] if days else None,
        planned=planned in ("1", "true") if planned else None,
    )


def _root(xml: str) -> _Element:
    from lxml import etree

    start, end = xml.find("<ownershipDocument"), xml.rfind("</ownershipDocument>")
    if start < 0 or end < 0:
        raise ValueError("holds no complete <ownershipDocument>")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(xml[start : end + 20].encode(), parser)
    except etree.XMLSyntaxError as e:
        raise ValueError(f"is not well-formed XML ({e})") from e


def _is_purchase(transaction: _Element) -> bool:
    coded = _text(transaction, "transactionCoding/transactionCode").upper()
    way = _text(transaction, "transactionAmounts/transactionAcquiredDisposedCode").upper()
    return coded == "P" and way in ("A", "")


def _text(element: _Element, path: str) -> str:
    """The text of a field, which may stand in a ``value`` child."""
    found = element.find(path)
    if found is None:
        return ""
    value = found.find("value")
    text = (found if value is None else value).text
    return " ".join(text.split()) if text else ""


def _number(element: _Element, path: str) -> float | None:
    value = numbers.cell(_text(element, path))
    return value if value is not None and 0 <= value < 1e12 else None


def _day(transaction: _Element) -> dt.date | None:
    try:
        return dt.datetime.strptime(_text(transaction, "transactionDate")[:10], "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def _name(owners: list[_Element]) -> str:
    names = [n for n in (_text(o, "reportingOwnerId/rptOwnerName") for o in owners) if n]
    return f"{names[0]} and {len(names) - 1} more" if len(names) > 1 else "".join(names)


def _role(owner: _Element) -> str:
    def ticked(field: str) -> bool:
        return _text(owner, f"reportingOwnerRelationship/{field}").lower() in ("1", "true")

    title = _text(owner, "reportingOwnerRelationship/officerTitle")
    roles = ["Director"] if ticked("isDirector") else []
    roles += [title or "Officer"] if ticked("isOfficer") else []
    roles += ["10% owner"] if ticked("isTenPercentOwner") else []
    return ", ".join(roles) or _text(owner, "reportingOwnerRelationship/otherText")


def _ticker(text: str) -> str:
    """The issuer's own symbol; filers also write NONE, N/A, or "Nasdaq: ABCD"."""
    symbol = text.upper().rpartition(":")[2].strip().strip("()[]\"'")
    return symbol if symbol.isascii() and symbol.isalnum() and len(symbol) <= 6 and symbol not in ("NONE", "NA") else ""
