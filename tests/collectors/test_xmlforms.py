"""Forms filed as XML."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from screener.collectors.xmlforms import read_stake, xml_text
from tests.collectors.test_ownership import form4, lot

STAKE = """<?xml version="1.0" encoding="ISO-8859-1"?>
<edgarSubmission xmlns="http://www.sec.gov/edgar/schedule13D" xmlns:com="http://www.sec.gov/edgar/common">
<headerData><submissionType>SCHEDULE 13D/A</submissionType>
<filerInfo><filer><filerCredentials><cik>0009900002</cik><ccc>XXXXXXXX</ccc></filerCredentials></filer></filerInfo>
</headerData>
<formData><coverPageHeader><dateOfEvent>02/27/2026</dateOfEvent>
<issuerInfo><issuerCIK>0009900001</issuerCIK><issuerName>Zephyra Robotics, Inc.</issuerName></issuerInfo></coverPageHeader>
<reportingPersons>
<reportingPersonInfo><reportingPersonName>Doe Jane</reportingPersonName>
<aggregateAmountOwned>100000.00</aggregateAmountOwned><percentOfClass>0.2</percentOfClass></reportingPersonInfo>
<reportingPersonInfo><reportingPersonName>Quillmark Partners LP</reportingPersonName>
<aggregateAmountOwned>4,200,000</aggregateAmountOwned><percentOfClass>7.9%</percentOfClass></reportingPersonInfo>
</reportingPersons>
<items1To7><item4><transactionPurpose>The holders intend to
nominate two directors.</transactionPurpose></item4></items1To7></formData></edgarSubmission>"""
EFFECT = """<?xml version="1.0"?><edgarSubmission><schemaVersion>X0101</schemaVersion><submissionType>EFFECT</submissionType>
<effectiveData><finalEffectivenessDispDate>2026-03-03</finalEffectivenessDispDate><form>S-1</form></effectiveData></edgarSubmission>"""


def test_fields_become_lines_in_groups() -> None:
    assert xml_text(EFFECT) == (
        "Schema version: X0101\nSubmission type: EFFECT\n\nFinal effectiveness disp date: 2026-03-03\nForm: S-1"
    )


def test_values_stand_under_their_field() -> None:
    text = xml_text(form4(lot()))
    assert "Transaction code: P" in text
    assert "Transaction shares: 1000\nTransaction price per share: 2.50" in text


def test_masked_credentials_are_left_out() -> None:
    assert "XXXX" not in xml_text(STAKE)


def test_the_largest_holder_counts() -> None:
    got = read_stake(STAKE)
    assert got is not None
    assert (got.holder, got.holders, got.percent, got.shares) == ("Quillmark Partners LP", 2, 7.9, 4_200_000)
    assert (got.event_date, got.purpose) == ("02/27/2026", "The holders intend to nominate two directors.")


def test_unstated_numbers_are_unknown() -> None:
    got = read_stake(
        STAKE.replace("7.9%", "n/a").replace("0.2", "250").replace("4,200,000", "").replace("100000.00", "")
    )
    assert got is not None
    assert (got.percent, got.shares) == (None, None)


def test_other_documents_hold_no_stake() -> None:
    assert read_stake(EFFECT) is None
    assert read_stake("") is None


def test_entities_are_not_read() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a><b>&x;</b><c>words</c></a>'
    assert xml_text(bomb) == "C: words"


@given(st.integers(0, len(STAKE)))
def test_cut_off_anywhere(cut: int) -> None:
    xml_text(STAKE[:cut])
    read_stake(STAKE[:cut])


@given(st.text(st.sampled_from("<>ab/&;?x!-[]\x00 \n"), max_size=60))
def test_any_text_is_survived(text: str) -> None:
    xml_text("<?xml" + text)
    read_stake("<?xml" + text)
