"""Cover pages: who sells what, and how, tells a priced deal from a resale, a programme and a shelf."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from screener.classify import cover
from screener.classify.pipeline import Classifier
from screener.sec.cover import LONGEST, MOST
from screener.types import Story

Make = Callable[..., Story]
HEADER = "0009999999-27-000001.txt : 20270301\n\nFORMER COMPANY: CORVANE GOLD INC.\n\nBUSINESS ADDRESS: 9 MILL LANE\n\n"
BEHIND = (
    "\n\n"
    + "Our shares are listed on the exchange and their price may fall. " * 6
    + "\n\nPROSPECTUS\n\n$80,000,000\n\nWe may, from time to time, offer and sell any combination of the securities in one or "
    "more offerings. Selling stockholders may offer shares. We are offering convertible notes under an underwriting agreement."
)
COVERS = [
    ("424B5", "We are offering 4,000,000 shares of our common stock at a public offering price of $1.50 per share. We have "
     "engaged Holt & Bray as underwriter.", "sale", "equity_offering"),
    ("424B4", "This is the initial public offering of 2,500,000 ordinary shares of Zorexa plc.", "sale", "equity_offering"),
    ("424B2", "Corvane Gold is offering $90,000,000 aggregate principal amount of its 8.25% senior notes due 2031.", "sale",
     "debt_financing"),
    ("424B5", "We are offering $40,000,000 of our 6.00% convertible senior notes due 2032.", "sale", "equity_line_convertible"),
    ("424B3", "This prospectus relates to the resale from time to time of up to 9,120,000 shares of common stock by the selling "
     "stockholders named in this prospectus. We will not receive any proceeds from the sale.", "resale", "shelf_or_atm"),
    ("S-1", "The selling securityholders identified in this prospectus may offer and sell up to 700,000 shares.", "resale",
     "shelf_or_atm"),
    ("424B5", "We have entered into a sales agreement with Holt & Bray LLC relating to shares of our common stock offered by "
     "this prospectus supplement, having an aggregate offering price of up to $15,000,000.", "programme", "shelf_or_atm"),
    ("S-3", "We may from time to time offer and sell, in one or more offerings, common stock, preferred stock and warrants with "
     "an aggregate initial offering price of up to $120,000,000.", "shelf", "shelf_or_atm"),
    ("S-1", "We are offering up to 3,000,000 units on a best efforts basis, each of one share and one warrant.", "sale",
     "equity_offering"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "page", "kind", "expected"), COVERS)
def test_the_cover_decides(classifier: Classifier, story: Make, form: str, page: str, kind: str, expected: str) -> None:
    text = (
        f"{HEADER}Filed pursuant to Rule 424(b)\n\nPROSPECTUS SUPPLEMENT\n\n{page}\n\nInvesting involves risk.{BEHIND}"
    )
    found = cover.read(text)
    assert found is not None and found.kind == kind
    answer = classifier.classify(story(f"{form}: Corvane Gold Inc.", text, form=form))
    assert [c.type for c in answer.catalysts] == [expected]
    quoted = [s for s in answer.catalysts[0].evidence if s.field == "text" and not s.fact]
    assert quoted
    assert all(text[s.start : s.end] == s.text for s in quoted)


def test_a_form_without_text_goes_by_its_name(classifier: Classifier, story: Make) -> None:
    answer = classifier.classify(story("S-3: Corvane Gold Inc.", form="S-3"))
    assert [c.type for c in answer.catalysts] == ["shelf_or_atm"]


def test_what_is_told_of_an_offer_is_short_and_of_the_cover() -> None:
    text = HEADER + "Subject to completion\n\n" + "The shares may be risky.\n\n" * 50 + COVERS[4][1] + BEHIND * 400
    told = cover.offer(text)
    assert "resale from time to time" in told
    assert len(told) <= MOST * (LONGEST + 2)


def test_no_prospectus_is_left_alone() -> None:
    assert not cover.is_prospectus("8-K")
    assert not cover.is_prospectus("S-8")
    assert cover.is_prospectus("424B3")
    assert cover.read("Annual report to employees.") is None
