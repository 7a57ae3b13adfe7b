"""When warrants end, as filings say it: each sentence alone, and behind a deal that names the warrants."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.dilution.read import read_filing
from screener.dilution.term import expires, lengths, term_years
from tests.dilution.conftest import Filing

DEAL = (
    "On March 1, 2027, the Company entered into a securities purchase agreement with investors for the sale of 2,000,000 "
    "shares of common stock at $1.50 per share and warrants to purchase up to 2,000,000 shares of common stock at an "
    "exercise price of $1.60 per share (the “Common Warrants”). "
)
SAID: list[tuple[str, float | None, str | None]] = [
    ("The Common Warrants expire five years from issuance.", 5, None),
    ("The Common Warrants will expire on the fifth anniversary of the date of issuance.", 5, None),
    ("The Common Warrants have a term of 18 months following the effectiveness of the resale registration "
     "statement.", 1.5, None),
    ("The Common Warrants will expire on the five (5) year anniversary of the initial exercise date.", 5, None),
    ("The Common Warrants will expire five and one-half years from the initial exercise date.", 5.5, None),
    ("The Common Warrants will expire five and a half (5.5) years after issuance.", 5.5, None),
    ("The Common Warrants are exercisable for a period of sixty (60) months commencing on the closing "
     "date.", 5, None),
    ("The Common Warrants may be exercised at any time until the date that is thirty months after the "
     "stockholder approval date.", 2.5, None),
    ("Each Common Warrant will be exercisable beginning six months following issuance and will expire five"
     " years from the date it becomes exercisable.", 5, None),
    ("The Common Warrants will be exercisable beginning on the six-month anniversary of the issuance date "
     "and will expire on the date that is five years and six months after issuance.", 5.5, None),
    ("The Common Warrants became exercisable upon issuance and will terminate on the third anniversary of "
     "the Closing.", 3, None),
    ("The Common Warrants have a five-year term.", 5, None),
    ("The Common Warrants are five-year warrants exercisable immediately.", 5, None),
    ("The Common Warrants are immediately exercisable and expire on December 31, 2031.", None, "2031-12-31"),
    ("The Common Warrants may be exercised on or before June 30, 2029.", None, "2029-06-30"),
    ("The Common Warrants will expire at 5:00 p.m., New York City time, on March 9, 2033.", None, "2033-03-09"),
    ("The Common Warrants have an expiration date of March 1, 2032.", None, "2032-03-01"),
    ("The Common Warrants may be exercised from March 1, 2027 through March 1, 2030.", None, "2030-03-01"),
    ("The Common Warrants are exercisable until 11:59 p.m. on 1 March 2032.", None, "2032-03-01"),
    ("The Common Warrants will expire on the earlier of (i) the fifth anniversary of issuance and (ii) 30 "
     "days after the announcement of positive data.", 5, None),
    ("The Common Warrants will expire 24 months from the effective date of the registration statement.", 2, None),
    ("The Common Warrants are exercisable immediately upon stockholder approval and will expire one year "
     "from the date of such approval.", 1, None),
    ("The Common Warrants will be exercisable six months after issuance.", None, None),
    ("The Common Warrants are exercisable immediately, have no expiration date and may be exercised until "
     "exercised in full.", None, None),
    ("The Common Warrants do not expire.", None, None),
    ("The exercise period of the Common Warrants is seven years.", 7, None),
    ("The Common Warrants shall be exercisable for seven (7) years from the date of issuance.", 7, None),
    ("The Common Warrants will have a life of 10 years.", 10, None),
    ("The Common Warrants expire on the 5-year anniversary of issuance.", 5, None),
    ("The Common Warrants expire two and one-half years following the issuance date.", 2.5, None),
    ("The Common Warrants expire on the earlier of March 1, 2032 and the closing of a fundamental "
     "transaction.", None, "2032-03-01"),
    ("The Company must file a resale registration statement within 45 days and use its best efforts to "
     "keep it effective for two years.", None, None),
    ("The Common Warrants are exercisable commencing on the date of stockholder approval (the “Initial "
     "Exercise Date”) and expire on the second anniversary of the Initial Exercise Date.", 2, None),
    ("The Common Warrants, which are exercisable at any time for five years following issuance, contain "
     "customary anti-dilution terms.", 5, None),
    ("The Common Warrants will expire at the close of business on the sixty-month anniversary of their "
     "issuance.", 5, None),
    ("The Common Warrants mature in 5 years.", 5, None),
    ("The Common Warrants will expire forty-eight (48) months after they become exercisable.", 4, None),
    ("The Common Warrants expire on the twenty-four (24) month anniversary of the Effective Date.", 2, None),
    ("The Common Warrants have a term equal to five years from the initial exercise date.", 5, None),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "years", "day"), SAID)
def test_when_warrants_end(filing: Filing, sentence: str, years: float | None, day: str | None) -> None:
    found = read_filing(filing("8-K", DEAL + sentence, items=("1.01", "3.02")))
    (warrants,) = [e for e in found if e.kind == "warrants"]
    assert (warrants.shares, warrants.strike) == (2e6, 1.6)
    assert (warrants.term_years, warrants.expires) == (years, day)


@pytest.mark.parametrize(
    ("text", "years"),
    [("five years", 5), ("eighteen months", 1.5), ("sixty (60) months", 5), ("five and one-half years", 5.5),
     ("two (2) years and six (6) months", 2.5), ("the 5th anniversary", 5), ("the seven-year anniversary", 7),
     ("the tenth (10th) anniversary", 10), ("5.5 years", 5.5), ("45 days", None), ("1,500 years", None)],
)  # fmt: skip
def test_lengths(text: str, years: float | None) -> None:
    assert next((length.years for length in lengths(text)), None) == years


@given(st.integers(1, 10), st.integers(1, 12), st.sampled_from(["following", "after", "from"]))
def test_a_begin_is_no_end(years: int, months: int, word: str) -> None:
    begins = f"will be exercisable beginning {months} months {word} issuance"
    assert term_years(begins) is None
    assert term_years(f"{begins} and will expire {years} years {word} issuance") == years


def test_a_date_told_of_something_else_is_no_end() -> None:
    assert expires("expire as set out in the agreement dated March 1, 2027") is None
    assert expires("until the stockholders approve it at the meeting of June 4, 2027") is None
