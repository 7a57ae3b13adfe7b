"""Form 4: open-market purchases and nothing else."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.collectors.ownership import read_purchase
from screener.collectors.sgml import parse_submission

LOT = """<nonDerivativeTransaction><securityTitle><value>Common Stock</value></securityTitle>
<transactionDate><value>{day}</value></transactionDate>
<transactionCoding><transactionFormType>4</transactionFormType><transactionCode>{code}</transactionCode></transactionCoding>
<transactionAmounts><transactionShares><value>{shares}</value></transactionShares>
<transactionPricePerShare>{price}</transactionPricePerShare>
<transactionAcquiredDisposedCode><value>{way}</value></transactionAcquiredDisposedCode></transactionAmounts>
<postTransactionAmounts><sharesOwnedFollowingTransaction><value>90000</value></sharesOwnedFollowingTransaction>
</postTransactionAmounts></nonDerivativeTransaction>"""
OWNER = """<reportingOwner><reportingOwnerId><rptOwnerCik>0009900009</rptOwnerCik><rptOwnerName>{name}</rptOwnerName>
</reportingOwnerId><reportingOwnerRelationship><isDirector>1</isDirector><isOfficer>true</isOfficer>
<officerTitle>Chief Executive Officer</officerTitle></reportingOwnerRelationship></reportingOwner>"""


def lot(
    code: str = "P", shares: str = "1000", price: str = "<value>2.50</value>", day: str = "2026-01-08", way: str = "A"
) -> str:
    return LOT.format(code=code, shares=shares, price=price, day=day, way=way)


def form4(*lots: str, owners: str = OWNER.format(name="Doe Jane"), symbol: str = "ZPHR", planned: str = "") -> str:
    return f"""<XML><?xml version="1.0"?><ownershipDocument><documentType>4</documentType>
<issuer><issuerCik>0009900001</issuerCik><issuerName>Zephyra Robotics, Inc.</issuerName>
<issuerTradingSymbol>{symbol}</issuerTradingSymbol></issuer>{owners}{planned}
<nonDerivativeTable>{"".join(lots)}</nonDerivativeTable></ownershipDocument></XML>"""


def test_lots_are_added_and_the_price_is_weighted() -> None:
    got = read_purchase(form4(lot(), lot(shares="3,000", price="<value>3.00</value>", day="2026-01-09")))
    assert got is not None
    assert (got.shares, got.amount_usd, got.price) == (4000, 11_500, 2.875)
    assert (got.insider_name, got.role) == ("Doe Jane", "Director, Chief Executive Officer")
    assert (got.issuer, got.issuer_cik, got.ticker) == ("Zephyra Robotics, Inc.", 9900001, "ZPHR")
    assert (got.first_day, got.last_day) == (dt.date(2026, 1, 8), dt.date(2026, 1, 9))
    assert got.planned is None


@pytest.mark.parametrize("code", ["A", "F", "M", "G", "S", "J"])
def test_other_codes_are_no_purchase(code: str) -> None:
    assert read_purchase(form4(lot(code=code))) is None


def test_a_disposal_coded_p_and_empty_lots_do_not_count() -> None:
    assert read_purchase(form4(lot(way="D"), lot(shares=""), lot(shares="0"))) is None


def test_a_grant_beside_a_purchase_is_left_out() -> None:
    got = read_purchase(form4(lot(code="A", shares="9999999"), lot()))
    assert got is not None
    assert got.shares == 1000


def test_price_in_a_footnote_is_unknown() -> None:
    got = read_purchase(form4(lot(), lot(price='<footnoteId id="F1"/>')))
    assert got is not None
    assert (got.shares, got.price, got.amount_usd) == (2000, None, None)


def test_several_owners_and_the_plan_box() -> None:
    owners = OWNER.format(name="Doe Jane") + OWNER.format(name="Quillmark Partners LP")
    got = read_purchase(form4(lot(), owners=owners, planned="<aff10b5One>1</aff10b5One>"))
    assert got is not None
    assert (got.insider_name, got.planned) == ("Doe Jane and 1 more", True)


@pytest.mark.parametrize(
    ("symbol", "ticker"), [("NONE", ""), ("N/A", ""), ("Nasdaq: ZPHR", "ZPHR"), ("(zphr)", "ZPHR"), ("", "")]
)
def test_symbols_as_filers_write_them(symbol: str, ticker: str) -> None:
    got = read_purchase(form4(lot(), symbol=symbol))
    assert got is not None
    assert got.ticker == ticker


@pytest.mark.parametrize("xml", ["", "<html>", "<ownershipDocument>", "<ownershipDocument><a></ownershipDocument>"])
def test_no_such_document(xml: str) -> None:
    with pytest.raises(ValueError, match=r"ownershipDocument|well-formed"):
        read_purchase(xml)


def test_entities_are_not_read() -> None:
    text = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + form4(lot(), symbol="&x;")
    with pytest.raises(ValueError, match="well-formed"):
        read_purchase(text)


@given(st.integers(0, 1200))
def test_cut_off_anywhere(cut: int) -> None:
    whole = form4(lot())
    with pytest.raises(ValueError):
        read_purchase(whole[: min(cut, whole.rfind("</owner"))])


def test_the_recorded_grant_is_no_purchase(shared: Path) -> None:
    raw = gzip.decompress((shared / "edgar/submissions/4/0001562180-25-000280.nc.gz").read_bytes())
    assert read_purchase(parse_submission(raw).documents[0].text_raw) is None
