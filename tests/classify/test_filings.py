"""Reports without a headline: the words of their items and releases decide, boilerplate and recaps do not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from screener.classify import passages
from screener.classify.pipeline import Classifier
from screener.classify.sentences import SentenceBank
from screener.types import Story

Make = Callable[..., Story]
FURNISHED = (
    "\n\nThe information in this Item, including Exhibit 99.1, is furnished and shall not be deemed filed for purposes of "
    "Section 18 of the Exchange Act.\n\nForward-looking statements include statements about a reverse stock split, a "
    "public offering of common stock and the acquisition of assets."
)
EXHIBITS = (
    "\n\nItem 9.01. Financial Statements and Exhibits.\n\n(d) Exhibits.\n\n10.1 Asset Purchase Agreement\n\n"
    "99.1 Press release"
)
LISTING = "Notice of Delisting or Failure to Satisfy a Continued Listing Rule or Standard; Transfer of Listing."
AGREEMENT = "Entry into a Material Definitive Agreement."
BOUGHT = "Completion of Acquisition or Disposition of Assets."
SALES = "Unregistered Sales of Equity Securities."
DEBT = (
    "Creation of a Direct Financial Obligation or an Obligation under an Off-Balance Sheet Arrangement of a Registrant."
)

REPORTS = [
    # 3.01: a deficiency, a determination, a transfer, a matter closed, a merger
    ("3.01", LISTING, "On May 4, 2027, Corvane Labs, Inc. (the “Company”) received a notice from the Nasdaq Stock Market "
     "stating that the Company no longer meets the minimum stockholders' equity requirement of Listing Rule 5550(b)(1).",
     {"listing_deficiency"}),
    ("3.01", LISTING, "On May 4, 2027, the Staff notified the Company that it had determined to delist the Company's "
     "securities and that trading will be suspended on May 13, 2027.", {"delisting"}),
    ("3.01", LISTING, "On June 1, 2027, the Company notified the New York Stock Exchange of its decision to transfer the "
     "listing of its common stock to the Nasdaq Global Market.", {"uplisting"}),
    ("3.01", LISTING, "On July 9, 2027, the Staff informed the Company that it has regained compliance with the periodic "
     "filing requirement and that the matter is closed.", {"compliance_regained"}),
    # 2.01: both directions
    ("2.01", BOUGHT, "On August 2, 2027, the Company completed the sale of its packaging division to Lennart Holdings for "
     "$31 million in cash.", {"divestiture"}),
    ("2.01", BOUGHT, "On August 2, 2027, the Company consummated the acquisition of Lennart Packaging LLC for $31 million.",
     {"acquisition"}),
    # 3.02 and 1.01: what was sold, and how
    ("3.02", SALES, "On March 3, 2027, the Company issued 900,000 shares of common stock to two accredited investors at "
     "$1.10 per share in a transaction exempt under Section 4(a)(2).", {"private_placement"}),
    ("3.02", SALES, "On March 3, 2027, the Company entered into warrant inducement letters with holders of its Series A "
     "warrants, who agreed to exercise 3,000,000 warrants for cash.", {"warrant_exercise"}),
    ("1.01", AGREEMENT, "On March 3, 2027, the Company entered into a placement agency agreement with Holt & Bray for the "
     "registered direct offering of 4,000,000 shares.", {"equity_offering"}),
    ("1.01", AGREEMENT, "On April 6, 2027, the Company entered into a common stock purchase agreement establishing a "
     "committed equity facility with Ardent Ridge, which has committed to purchase up to $20 million of shares.",
     {"equity_line_convertible"}),
    ("1.01", AGREEMENT, "On April 6, 2027, the Company entered into an Equity Distribution Agreement with Holt & Bray, as "
     "sales agent, for shares worth up to $25 million.", {"shelf_or_atm"}),
    ("1.01", AGREEMENT, "On June 7, 2027, Tarnwick Foods Inc. entered into an Agreement and Plan of Merger with Orlo "
     "Parent Inc. and Orlo Merger Sub Inc.", {"takeover_target"}),
    ("1.01", AGREEMENT, "On June 7, 2027, the Company entered into an exclusive license agreement with Pell Bio for "
     "rights to its gene therapy in Japan.", {"licensing"}),
    ("2.03", DEBT, "On June 7, 2027, the Company issued convertible notes in the aggregate principal amount of $6 million "
     "to an institutional lender.", {"equity_line_convertible"}),
    ("2.03", DEBT, "On June 7, 2027, the Company entered into a loan and security agreement with Ferris Bank for a term "
     "loan of $15 million.", {"debt_financing"}),
    # 7.01 and 8.01: anything
    ("8.01", "Other Events.", "On June 7, 2027, the Company's board of directors authorized the repurchase of up to $12 "
     "million of its outstanding common stock.", {"buyback"}),
    ("8.01", "Other Events.", "On June 7, 2027, the Company announced that its Phase 3 study of CL-9 in gout met its "
     "primary endpoint.", {"clinical_readout"}),
    ("8.01", "Other Events.", "On June 7, 2027, the Company received a complete response letter from the FDA for its "
     "application for CL-9.", {"regulatory_rejection"}),
    ("7.01", "Regulation FD Disclosure.", "On June 7, 2027, the Company announced that it has been awarded a $9 million "
     "contract by the U.S. Navy for sonar parts.", {"government_contract"}),
    ("7.01", "Regulation FD Disclosure.", "On June 7, 2027, the Company lowered its revenue guidance for fiscal 2027.",
     {"guidance"}),
    ("8.01", "Other Events.", "Management has concluded that there is substantial doubt about the Company's ability to "
     "continue as a going concern.", {"going_concern"}),
    ("8.01", "Other Events.", "On June 7, 2027, the Company received a subpoena from the Securities and Exchange Commission "
     "requesting documents about its revenue.", {"investigation"}),
    ("8.01", "Other Events.", "On June 7, 2027, a putative class action complaint was filed against the Company in the "
     "Southern District of New York.", {"litigation"}),
    # nothing that happened now
    ("8.01", "Other Events.", "As previously disclosed, on January 4, 2027, the Company entered into an Agreement and Plan "
     "of Merger with Orlo Parent Inc.", set()),
    ("7.01", "Regulation FD Disclosure.", "The Company has posted an updated investor presentation on its website.", set()),
    ("8.01", "Other Events.", "The Company is filing this report to recast the segment note of its annual report.", set()),
    ("5.03", "Amendments to Articles of Incorporation or Bylaws; Change in Fiscal Year.", "On June 7, 2027, the board "
     "adopted amended bylaws that change the notice period for nominations.", set()),
]  # fmt: skip


def report(make: Make, item: str, text: str, form: str = "8-K") -> Story:
    return make(f"{form}: Corvane Labs, Inc. - Report", text, form=form, items=(item,) if item else ())


@pytest.mark.parametrize(("item", "heading", "text", "expected"), REPORTS)
def test_the_words_of_an_item_decide(
    classifier: Classifier, story: Make, item: str, heading: str, text: str, expected: set[str]
) -> None:
    whole = f"Item {item}. {heading}\n\n{text}{FURNISHED}{EXHIBITS}"
    answer = classifier.classify(report(story, item, whole))
    assert {c.type for c in answer.catalysts} == expected


@pytest.mark.parametrize(("item", "heading", "text", "expected"), [r for r in REPORTS if r[0] in ("7.01", "8.01")])
def test_a_foreign_report_is_read_alike(
    classifier: Classifier, story: Make, item: str, heading: str, text: str, expected: set[str]
) -> None:
    answer = classifier.classify(report(story, "", text + FURNISHED, form="6-K"))
    assert {c.type for c in answer.catalysts} == expected


def test_the_release_behind_the_exhibit_list_is_read(classifier: Classifier, story: Make) -> None:
    text = (
        "Item 7.01. Regulation FD Disclosure.\n\nA copy of the press release is attached as Exhibit 99.1."
        f"{EXHIBITS}\n\nExhibit 99.1\n\nAUSTIN, June 7, 2027 -- Corvane Labs today announced that the FDA has granted "
        "Fast Track designation to CL-9 for gout.\n\nCorvane acquires and develops medicines."
    )
    answer = classifier.classify(report(story, "7.01", text))
    assert [c.type for c in answer.catalysts] == ["regulatory_designation"]


def test_evidence_quotes_the_sentence(classifier: Classifier, story: Make) -> None:
    text = (
        "Item 8.01. Other Events\n\nOn June 7, 2027, the board authorized the repurchase of up to $12 million of stock."
    )
    found = classifier.classify(report(story, "8.01", text)).catalysts[0]
    spans = [s for s in found.evidence if s.field == "text" and not s.fact]
    assert spans and all(text[s.start : s.end] == s.text for s in spans)
    assert any("repurchase" in s.text for s in spans)
    assert found.made_by.startswith("patterns")


def test_what_an_8k_tells_under_its_own_item_is_not_found_elsewhere(classifier: Classifier, story: Make) -> None:
    text = "On June 7, 2027, the Company appointed Ellis Varga as its Chief Financial Officer."
    types = {
        item: {c.type for c in classifier.classify(report(story, item, f"Item {item}. {text}")).catalysts}
        for item in ("5.02", "8.01")
    }
    assert types == {"5.02": {"management_change"}, "8.01": set()}


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        (
            "25",
            "The issuer is moving its common stock listing from the NYSE to the Nasdaq Global Market.",
            {"uplisting"},
        ),
        ("25", "Removal of the 6.125% Senior Notes due 2029, which were redeemed.", set()),
        ("25", "The issuer has elected to withdraw its common stock from listing.", {"delisting"}),
    ],
)
def test_what_leaves_the_exchange(
    classifier: Classifier, story: Make, form: str, text: str, expected: set[str]
) -> None:
    answer = classifier.classify(report(story, "", text, form=form))
    assert {c.type for c in answer.catalysts} == expected


def test_passages_are_sentences_behind_headings_without_their_date() -> None:
    text = (
        f"Item 3.01. {LISTING}\n\nOn May 4, 2027, Corvane Labs, Inc. received a letter. A copy is attached.{EXHIBITS}"
    )
    groups = passages.news(text)
    assert [(p.item, text[p.start : p.end]) for group in groups for p in group] == [
        ("3.01", "Corvane Labs, Inc. received a letter")
    ]
    masked = passages.masked(text, groups)
    assert masked.strip("\n") == "Corvane Labs, Inc. received a letter"
    assert text.startswith(masked.strip("\n"), len(masked) - len(masked.lstrip("\n")))


def test_wordings_of_reports_are_read_by_type(classifier: Classifier) -> None:
    names = [rule.id for rule in classifier.rules]
    found = SentenceBank(classifier.rules).scan("the Company received a subpoena")
    assert found == {names.index("investigation"): (12, 31)}
