"""Invented filings, one reader at a time: what is said, and what only looks like it."""

from __future__ import annotations

from typing import Any

import pytest

from screener.dilution.read import read_filing, read_release
from screener.dilution.records import Entry
from tests.dilution.conftest import Filing

FRONT = (
    "As filed with the Securities and Exchange Commission on March 1, 2027\n\nRegistration No. "
    "333-{number}\n\nFORM {form}\n\n"
)
NOT_COMPLETE = (
    "The information in this prospectus is not complete and may be changed.\n\nPROSPECTUS\n\nCorvane Gold Inc.\n\n"
)
END = "\n\nThe date of this prospectus is March 1, 2027.\n\nABOUT THIS PROSPECTUS\n\n"
SUPPLEMENT = (
    "Filed Pursuant to Rule 424(b)(5)\n\nRegistration No. 333-900001\n\nPROSPECTUS SUPPLEMENT\n\n(To "
    "Prospectus dated January 5, 2027)\n\n"
)


def kinds(found: tuple[Entry, ...]) -> list[str]:
    return [e.kind for e in found]


def one(found: tuple[Entry, ...], kind: str) -> Entry:
    (entry,) = [e for e in found if e.kind == kind]
    return entry


def has(entry: Entry, **wanted: Any) -> None:
    assert {k: getattr(entry, k) for k in wanted} == wanted


SHELVES = [
    ("S-3", "$75,000,000\n\nCommon Stock\n\nWe may, from time to time, offer and sell the securities "
     "above in one or more offerings.",
     75e6, "registered"),
    ("F-3", "We may offer and sell from time to time ordinary shares, debt securities and warrants in "
     "one or more offerings with a total "
     "value of up to $200 million.", 200e6, "registered"),
    ("S-3/A", "We may sell any combination of these securities, up to an aggregate initial offering "
     "price of $50,000,000.", 50e6, "amended"),
    ("S-3ASR", "We may offer and sell common stock, preferred stock and debt securities from time to "
     "time.", None, "effective"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "cover", "amount", "status"), SHELVES)
def test_a_shelf(filing: Filing, form: str, cover: str, amount: float | None, status: str) -> None:
    found = read_filing(filing(form, FRONT.format(number="900001", form=form) + NOT_COMPLETE + cover + END))
    has(one(found, "shelf"), amount_usd=amount, status=status, file_number="333-900001")


def test_a_shelf_carries_over_what_an_older_one_did_not_sell(filing: Filing) -> None:
    fee = "Pursuant to Rule 415(a)(6), the securities include unsold securities previously registered under 333-800777.\n\n"
    text = FRONT.format(number="900001", form="S-3") + fee + NOT_COMPLETE + SHELVES[0][1] + END
    assert one(read_filing(filing("S-3", text)), "shelf").ends == ("333-800777",)


PROGRAMMES = [
    ("We have entered into an At The Market Offering Agreement with Holt & Bray Securities LLC, or Holt, "
     "relating to shares of our common "
     "stock. We may sell shares having an aggregate offering price of up to $12,500,000 from time to time "
     "through Holt as sales agent.",
     {"amount_usd": 12.5e6, "status": "effective", "agent": "Holt & Bray Securities LLC"}),
    ("We entered into an Equity Distribution Agreement, dated May 3, 2026, with Canaccord Genuity LLC "
     "and Needham & Company, LLC. The shares "
     "will have an aggregate sales price of up to US$40 million.",
     {"amount_usd": 40e6, "agent": "Canaccord Genuity LLC; Needham & Company"}),
    ("This supplement amends our prospectus relating to the Sales Agreement with Roth Capital Partners, "
     "LLC. We initially registered up to "
     "$30,000,000 of our shares for sale under the Sales Agreement. We are decreasing the aggregate "
     "offering amount under the Sales Agreement to "
     "$9,000,000. We have sold 1,200,000 shares for gross proceeds of $4,100,000 pursuant to the Sales Agreement.",
     {"amount_usd": 9e6, "status": "amended", "sold_usd": 4.1e6, "sold_shares": 1.2e6}),
]  # fmt: skip


@pytest.mark.parametrize(("cover", "wanted"), PROGRAMMES)
def test_a_programme_at_the_market(filing: Filing, cover: str, wanted: dict[str, Any]) -> None:
    found = read_filing(filing("424B5", SUPPLEMENT + cover + END))
    has(one(found, "atm"), file_number="333-900001", **wanted)
    assert "offering" not in kinds(found)


def test_a_report_that_replaces_a_programme(filing: Filing) -> None:
    text = (
        "Item 1.01 Entry into a Material Definitive Agreement.\n\nOn March 1, 2027, Corvane Gold Inc. "
        "entered into a Sales Agreement with Jefferies "
        "LLC under which it may sell common stock having an aggregate offering price of up to $60 "
        "million.\n\nItem 1.02 Termination of a Material "
        "Definitive Agreement.\n\nOn March 1, 2027, the Company terminated its prior sales agreement, dated "
        "June 4, 2024, with B. Riley Securities, "
        "Inc. relating to an at-the-market offering of up to $25 million."
    )
    found = [e for e in read_filing(filing("8-K", text, items=("1.01", "1.02"))) if e.kind == "atm"]
    assert [(e.status, e.amount_usd) for e in found] == [("announced", 60e6), ("terminated", 25e6)]


def test_a_programme_that_may_end_has_not_ended(filing: Filing) -> None:
    text = (
        "We entered into a sales agreement with Jefferies LLC for an at-the-market offering of up to $60 "
        "million. Either party may terminate the "
        "sales agreement upon ten days' notice. The offering will terminate upon the sale of all shares or "
        "as the sales agreement is terminated."
    )
    assert [e.status for e in read_filing(filing("8-K", text))] == ["announced"]


@pytest.mark.parametrize(
    "text",
    [
        "The shares were priced at-the-market under Nasdaq rules.",
        "The Company agreed for sixty days not to file any registration statement, other than for an "
        "at-the-market offering with the agent.",
        "Mr. Aldo has led at-the-market programs and follow-on offerings for many issuers.",
    ],
)
def test_words_alone_are_no_programme(filing: Filing, text: str) -> None:
    assert "atm" not in kinds(read_filing(filing("8-K", text)))


def test_an_equity_line(filing: Filing) -> None:
    text = (
        "On March 1, 2027, the Company entered into a Common Stock Purchase Agreement with Hollow Tree Fund, "
        "LP (the “Investor”). The Company has "
        "the right, but not the obligation, to sell to the Investor up to $20,000,000 of shares from time to "
        "time. The purchase price will be 92% of "
        "the lowest daily VWAP during the three trading days after a purchase notice, and not less than a "
        "floor price of $0.25."
    )
    found = read_filing(filing("8-K", text, items=("1.01", "3.02")))
    has(
        one(found, "equity_line"),
        amount_usd=20e6,
        holder="Hollow Tree Fund, LP",
        discount_pct=8.0,
        variable=True,
        floor_price=0.25,
    )
    assert "placement" not in kinds(found)


def test_the_purchase_of_a_business_is_no_equity_line(filing: Filing) -> None:
    text = (
        "The Company entered into an Equity Purchase Agreement with the sellers of Brightwater LLC to acquire it "
        "for up to $4,000,000 in cash."
    )
    assert not read_filing(filing("8-K", text, items=("1.01",)))


@pytest.mark.parametrize(("said", "expected"), [("has terminated", ["terminated"]), ("plans to terminate", [])])
def test_the_end_of_an_equity_line(filing: Filing, said: str, expected: list[str]) -> None:
    text = f"The Company announced that it {said} its equity line of credit with Hollow Tree Fund, LP."
    assert [e.status for e in read_filing(filing("8-K", text))] == expected


def test_a_resale_has_no_offering_amount(filing: Filing) -> None:
    cover = (
        "Up to 9,120,000 Shares of Common Stock\n\nThis prospectus relates to the resale by the selling "
        "stockholders of (i) 5,000,000 shares of common "
        "stock, (ii) 120,000 shares of common stock issuable upon exercise of pre-funded warrants and (iii) "
        "4,000,000 shares of common stock "
        "issuable upon exercise of warrants at an exercise price of $2.50 per share. We will not receive any "
        "proceeds from the resale. If all "
        "warrants are exercised for cash, we would receive gross proceeds of approximately $10 million."
    )
    found = read_filing(filing("S-1", FRONT.format(number="900003", form="S-1") + NOT_COMPLETE + cover + END))
    has(one(found, "resale"), shares=9_120_000, amount_usd=None, status="registered", file_number="333-900003")
    has(one(found, "warrants"), shares=4_000_000, strike=2.5)
    has(one(found, "prefunded_warrants"), shares=120_000)
    assert "offering" not in kinds(found)


def test_a_registered_direct_with_a_concurrent_placement_is_one_deal(filing: Filing) -> None:
    cover = (
        "2,000,000 Shares of Common Stock\n\nPre-Funded Warrants to Purchase up to 500,000 Shares of Common "
        "Stock\n\nWe are offering 2,000,000 shares of "
        "our common stock and pre-funded warrants to purchase up to 500,000 shares of common stock to "
        "certain institutional investors at an "
        "offering price of $1.60 per share and $1.5999 per pre-funded warrant. Each Pre-Funded Warrant is "
        "exercisable at an exercise price of $0.0001 "
        "per share. In a concurrent private placement, we are selling to the investors warrants to purchase "
        "up to 2,500,000 shares of common stock "
        "(the “Common Warrants”). Each Common Warrant has an exercise price of $1.75 per share and will "
        "expire five years from issuance. We have "
        "engaged Holt & Bray Securities LLC as our exclusive placement agent.\n\nOffering price $ 1.60 $ 1.5999 $ 3,999,950"
    )
    found = read_filing(filing("424B5", SUPPLEMENT + cover + END))
    deal = one(found, "registered_direct")
    has(deal, shares=2_000_000, price=1.6, amount_usd=3_999_950, agent="Holt & Bray Securities LLC", status="priced")
    has(one(found, "prefunded_warrants"), shares=500_000, strike=0.0001)
    has(one(found, "warrants"), shares=2_500_000, strike=1.75, term_years=5.0)
    assert "placement" not in kinds(found)


def test_a_placement_in_a_report(filing: Filing) -> None:
    text = (
        "Item 1.01 Entry into a Material Definitive Agreement.\n\nOn March 1, 2027, Corvane Gold Inc. "
        "entered into a securities purchase agreement with an "
        "accredited investor, pursuant to which the Company agreed to sell in a private placement:\n\n(i) "
        "1,500,000 shares of common stock, and\n\n(ii) "
        "warrants (the “Warrants”) to purchase up to 750,000 shares of common stock, for an aggregate "
        "purchase price of $3,000,000, or $2.00 per share "
        "and accompanying Warrant.\n\nEach Warrant is exercisable at an exercise price of $2.40 per share "
        "until the fifth anniversary of issuance. Holt & "
        "Bray Securities LLC acted as the exclusive placement agent. The offering closed on March 3, 2027."
    )
    found = read_filing(filing("8-K", text, items=("1.01", "3.02")))
    has(
        one(found, "placement"),
        shares=1_500_000,
        price=2.0,
        amount_usd=3e6,
        status="closed",
        agent="Holt & Bray Securities LLC",
    )
    has(one(found, "warrants"), shares=750_000, strike=2.4, term_years=5.0)


def test_an_offering_in_a_release(filing: Filing) -> None:
    text = (
        "Corvane Gold Inc. today announced the pricing of an underwritten public offering of 10,000,000 "
        "shares of its common stock at a public offering "
        "price of $0.80 per share. Gross proceeds are expected to be approximately $8.0 million. The "
        "underwriters have a 45-day option to buy up to an "
        "additional 1,500,000 shares. ThinkEquity is acting as sole book-running manager."
    )
    found = read_release(filing("PR", text, title="Corvane Gold Prices $8.0 Million Public Offering"))
    has(
        one(found, "offering"),
        shares=10e6,
        price=0.8,
        amount_usd=8e6,
        option_shares=1.5e6,
        agent="ThinkEquity",
        status="priced",
    )


def test_an_amount_in_canadian_dollars_is_no_amount_in_us_dollars(filing: Filing) -> None:
    text = (
        "Corvane Gold Inc. announced a private placement of 4,000,000 units at a price of C$0.50 per unit for "
        "gross proceeds of C$2,000,000."
    )
    found = one(read_release(filing("PR", text)), "placement")
    has(found, amount_usd=None, foreign_amount=2e6, currency="CAD", price=None)


def test_an_inducement_and_its_new_warrants(filing: Filing) -> None:
    text = (
        "On March 1, 2027, the Company entered into an inducement letter with a holder of existing warrants, "
        "pursuant to which the holder agreed to exercise "
        "for cash its existing warrants to purchase 2,000,000 shares of common stock at a reduced exercise "
        "price of $1.10 per share, in exchange for new "
        "warrants (the “New Warrants”) to purchase up to 4,000,000 shares of common stock. The Company "
        "expects gross proceeds of approximately $2.2 million. "
        "Each New Warrant has an exercise price equal to $1.25 per share and expires five years after issuance."
    )
    found = read_filing(filing("8-K", text, items=("1.01", "3.02")))
    has(one(found, "inducement"), shares=2e6, price=1.1, amount_usd=2.2e6)
    has(one(found, "warrants"), shares=4e6, strike=1.25, term_years=5.0)


def test_convertible_notes(filing: Filing) -> None:
    text = (
        "On March 1, 2027, the Company issued a senior secured convertible promissory note in the aggregate "
        "principal amount of $5,500,000 to an investor. "
        "The note matures on March 1, 2029 and is convertible at a conversion price equal to 90% of the "
        "lowest VWAP of the ten prior trading days, "
        "subject to a floor price of $0.20."
    )
    found = one(read_filing(filing("8-K", text, items=("2.03",))), "convertible_note")
    has(found, principal_usd=5.5e6, floor_price=0.2, variable=True, matures="2029-03-01", status="outstanding")


def test_a_fixed_conversion_price(filing: Filing) -> None:
    text = (
        "The Company sold $2,000,000 in aggregate principal amount of convertible notes, convertible at a fixed "
        "conversion price of $1.50 per share."
    )
    has(
        one(read_filing(filing("8-K", text)), "convertible_note"),
        principal_usd=2e6,
        conversion_price=1.5,
        variable=False,
    )


SPLITS = [
    ("The Company will effect a reverse stock split of its common stock at a ratio of 1-for-20, "
     "effective as of 12:01 a.m. Eastern Time on "
     "March 10, 2027.", 20.0, "announced", "2027-03-10"),
    ("The reverse stock split became effective on March 10, 2027. Every fifteen (15) shares of issued "
     "and outstanding common stock were converted "
     "into one (1) share.", 15.0, "effective", "2027-03-10"),
    ("The Board approved a Reverse Stock Split at a ratio of 200-for-1, which will become effective at "
     "5:00 p.m. on April 2, 2027.", 200.0,
     "announced", "2027-04-02"),
    ("The board declared a 3-for-1 forward stock split, effective on April 2, 2027.", 1 / 3, "announced", "2027-04-02"),
    ("Stockholders approved a proposal to authorize the board to effect a reverse stock split at a ratio "
     "between 1-for-5 and 1-for-50.", None,
     "proposed", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "ratio", "status", "effective"), SPLITS)
def test_splits(filing: Filing, text: str, ratio: float | None, status: str, effective: str | None) -> None:
    has(
        one(read_filing(filing("8-K", text, items=("3.03", "5.03"))), "split"),
        ratio=ratio,
        status=status,
        effective=effective,
    )


def test_a_clause_on_splits_is_no_split(filing: Filing) -> None:
    text = (
        "The exercise price is subject to adjustment in the event of any stock split, reverse stock split of "
        "1-for-10 or similar transaction."
    )
    assert "split" not in kinds(read_filing(filing("8-K", text)))


COUNTS = [
    ("As of February 26, 2027, there were 12,345,678 shares of the registrant's common stock "
     "outstanding.", 12_345_678, "2027-02-26"),
    ("The number of shares to be outstanding after this offering is based on 8,172,659 shares of common "
     "stock outstanding as of December 1, 2026, and "
     "excludes 93,577 shares issuable upon exercise of options outstanding.", 8_172_659, "2026-12-01"),
    ("At the close of business on April 23, 2027, the record date, 436,265,135 shares of common stock, "
     "par value $0.0001 per share, were issued and "
     "outstanding and entitled to vote.", 436_265_135, "2027-04-23"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "count", "day"), COUNTS)
def test_shares_outstanding(filing: Filing, text: str, count: float, day: str) -> None:
    has(one(read_filing(filing("8-K", text)), "shares_outstanding"), shares=count, day=day)


@pytest.mark.parametrize(
    "text",
    [
        "There were 150,000 shares of Series A Preferred Stock outstanding as of February 26, 2027.",
        "If all warrants were exercised, there would be 50,000,000 shares of common stock outstanding.",
        "Holders may not own more than 4.99% of the outstanding shares of common stock.",
    ],
)
def test_what_is_no_count_of_shares(filing: Filing, text: str) -> None:
    assert "shares_outstanding" not in kinds(read_filing(filing("8-K", text)))


def test_the_baby_shelf_limit(filing: Filing) -> None:
    cover = (
        "We entered into a sales agreement with Holt & Bray LLC to sell shares having an aggregate offering "
        "price of up to $3,000,000. As of March 1, 2027, "
        "the aggregate market value of our common stock held by non-affiliates was approximately $9,000,000. "
        "Pursuant to General Instruction I.B.6 of Form "
        "S-3, in no event will we sell more than one-third of that value in any 12-month period while it is "
        "below $75 million. We have sold $250,000 of "
        "securities pursuant to General Instruction I.B.6 during the prior twelve months."
    )
    found = one(read_filing(filing("424B5", SUPPLEMENT + cover + END)), "public_float")
    has(found, float_usd=9e6, limit_usd=3e6, sold_usd=250_000)


def test_a_notice_of_effectiveness(filing: Filing) -> None:
    text = (
        "Notice of Effectiveness\n\nEffectiveness Date: March 4, 2027 4:00 P.M.\n\nForm: S-3\n\nCompany: CORVANE "
        "GOLD INC.\n\nFile Number: 333-900001"
    )
    has(one(read_filing(filing("EFFECT", text)), "effectiveness"), file_number="333-900001", effective="2027-03-04")


def test_unsold_securities_are_deregistered(filing: Filing) -> None:
    text = (
        "Registration No. 333-900001\n\nPost-Effective Amendment No. 1 to Form S-3\n\nDEREGISTRATION OF "
        "SECURITIES\n\nThe Company hereby removes from registration "
        "all securities that remain unsold under Registration Statement No. 333-900001, under which up to "
        "$40,000,000 was registered."
    )
    has(one(read_filing(filing("POS AM", text)), "withdrawal"), file_number="333-900001", ends=("333-900001",))


def test_warrants_in_tiers_and_of_a_unit(filing: Filing) -> None:
    text = (
        "The Company issued to its adviser warrants (the “Adviser Warrants”) to purchase 300,000 shares of "
        "common stock at various prices as follows: (i) "
        "100,000 shares of Common Stock at an exercise price of $3.00 per share; (ii) 200,000 shares of "
        "Common Stock at an exercise price of $4.50 per share."
    )
    found = [(e.shares, e.strike) for e in read_filing(filing("8-K", text)) if e.kind == "warrants"]
    assert found == [(100_000, 3.0), (200_000, 4.5)]


def test_a_nominal_strike_makes_a_warrant_pre_funded(filing: Filing) -> None:
    text = (
        "The lender received penny warrants to purchase 90,000 shares of common stock at an exercise price of "
        "$0.01 per share, expiring on March 1, 2032."
    )
    has(one(read_filing(filing("8-K", text)), "prefunded_warrants"), shares=90_000, strike=0.01, expires="2032-03-01")


def test_exercised_warrants(filing: Filing) -> None:
    text = "On March 1, 2027, the holder exercised pre-funded warrants to purchase 400,000 shares of common stock."
    has(one(read_filing(filing("8-K", text)), "exercise"), shares=400_000, about="pre-funded")


@pytest.mark.parametrize(
    "form", ["8-K", "S-1", "424B5", "EFFECT", "RW", "POS AM", "10-Q", "6-K", "S-8", "FWP", "425", "4"]
)
@pytest.mark.parametrize(
    "text", ["", "\n\n", "$", "333-", "warrants " * 50, "(" * 3000, "1,000 shares " * 300, "\x00“”‘", "up to $" * 500]
)
def test_nothing_raises(filing: Filing, form: str, text: str) -> None:
    read_filing(filing(form, text))


def test_proof_stands_where_it_says(filing: Filing) -> None:
    document = filing("424B5", SUPPLEMENT + PROGRAMMES[0][0] + END)
    found = read_filing(document)
    assert found
    for entry in found:
        for span in entry.evidence:
            assert document.text[span.start : span.end] == span.text
    assert len({e.id for e in found}) == len(found)


def test_a_ceiling_raised_from_one_amount_to_another(filing: Filing) -> None:
    text = (
        "The Company entered into Amendment No. 2 to its Sales Agreement with Holt & Bray LLC. The amendment "
        "increases the aggregate "
        "offering price under the Sales Agreement from $20 million to $45 million."
    )
    has(one(read_filing(filing("8-K", text)), "atm"), amount_usd=45e6, status="amended")


def test_a_placement_of_pre_funded_warrants_is_no_equity_line(filing: Filing) -> None:
    text = (
        "The Company entered into a securities purchase agreement with certain purchasers, pursuant to which "
        "it agreed to sell in a private "
        "placement pre-funded warrants to purchase an aggregate of 3,000,000 shares of common stock for "
        "aggregate gross proceeds of $6,000,000. "
        "The Company may use the proceeds from time to time in its sole discretion. The offering closed on March 3, 2027."
    )
    found = read_filing(filing("8-K", text, items=("1.01", "3.02")))
    has(one(found, "placement"), amount_usd=6e6, status="closed")
    has(one(found, "prefunded_warrants"), shares=3e6)
    assert "equity_line" not in kinds(found)


def test_a_float_of_shares_is_no_count_of_all(filing: Filing) -> None:
    text = (
        "The public float was calculated based on 3,781,424 shares of our outstanding common stock held by "
        "non-affiliates. As of March 6, "
        "2027, there were 3,804,741 shares of our common stock issued and outstanding."
    )
    has(one(read_filing(filing("8-K", text)), "shares_outstanding"), shares=3_804_741)


def test_a_term_told_of_the_warrants_in_lower_case(filing: Filing) -> None:
    text = (
        "The Company sold in a private placement 1,000,000 shares of common stock and warrants to purchase "
        "up to 1,000,000 shares of common "
        "stock at a combined purchase price of $3.00 per share. The warrants will have an exercise price of "
        "$4.00 and will expire 48 months "
        "from issuance."
    )
    has(one(read_filing(filing("8-K", text, items=("3.02",))), "warrants"), shares=1e6, strike=4.0, term_years=4.0)


def test_when_exercise_begins_is_no_term(filing: Filing) -> None:
    text = (
        "The Company issued warrants (the “Warrants”) to purchase 500,000 shares of common stock. The "
        "Warrants are exercisable six months "
        "after issuance and expire on the five-year anniversary of issuance."
    )
    assert one(read_filing(filing("8-K", text)), "warrants").term_years == 5.0


def test_a_split_of_long_ago_keeps_its_day(filing: Filing) -> None:
    text = "On January 31, 2025, the Company effected a reverse stock split of its common stock at a ratio of 1-for-80."
    has(one(read_filing(filing("8-K", text, items=("8.01",))), "split"), ratio=80.0, effective="2025-01-31")


def test_a_split_without_a_day_is_not_taken_for_new(filing: Filing) -> None:
    text = "The Company completed a 1-for-80 reverse stock split and may need another to keep its listing."
    assert [e.status for e in read_filing(filing("8-K", text, items=("8.01",))) if e.kind == "split"] in (
        [],
        ["announced"],
    )


def test_listed_warrants_lend_their_strike_to_no_others(filing: Filing) -> None:
    text = (
        "Warrants, each exercisable for one Class A ordinary share at an exercise price of $11.50 per share ZVAQW\n\n"
        "The sponsor received 200,000 private placement warrants."
    )
    found = [(e.shares, e.strike) for e in read_filing(filing("8-K", text)) if e.kind == "warrants"]
    assert found == [(None, 11.5), (200_000, None)]
