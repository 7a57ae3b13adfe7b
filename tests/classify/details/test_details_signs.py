"""Polarity and stage of invented headlines, with the words that turn them round."""

from __future__ import annotations

import pytest

from tests.classify.built_in import describe

SIGNS: list[tuple[str, str, str]] = [
    ("clinical_readout", "Acme Reports Positive Topline Results from Phase 2 Trial", "+"),
    ("clinical_readout", "Acme's Phase 3 Trial Met Its Primary Endpoint", "+"),
    ("clinical_readout", "Acme Drug Shows Statistically Significant Improvement in Phase 2", "+"),
    ("clinical_readout", "Acme Drug Well Tolerated in Phase 1", "+"),
    ("clinical_readout", "Acme's Phase 3 Trial Did Not Meet Its Primary Endpoint", "-"),
    ("clinical_readout", "Acme's Phase 3 Trial Fails to Meet Primary Endpoint", "-"),
    ("clinical_readout", "Acme's Phase 3 Trial Misses Primary Endpoint", "-"),
    ("clinical_readout", "Acme Topline Data Released, Primary Endpoint Not Reached", "-"),
    ("clinical_readout", "Acme Pump Cut Sepsis Mortality Versus Usual Care", "+"),
    ("clinical_readout", "Acme Pill Data Show Mean Weight Loss of 9%", "+"),
    ("clinical_readout", "Acme Drug Shows No Significant Difference versus Placebo", "-"),
    ("clinical_readout", "Acme Drug Did Not Show a Benefit in Phase 2", "-"),
    ("clinical_readout", "Acme Drug Did Not Achieve Statistical Significance in Phase 2b", "-"),
    ("clinical_readout", "Acme Reports Disappointing Phase 2 Data", "-"),
    ("clinical_readout", "Acme Stops Phase 3 Trial for Futility", "-"),
    ("clinical_readout", "Acme Announces Topline Results from Phase 2 Trial", "0"),
    ("clinical_readout", "Acme Provides Update on Phase 3 Trial", "0"),
    ("preclinical_data", "Acme Announces Preclinical Data on ABX-101", "+"),
    ("preclinical_data", "Acme Compound Failed to Show Efficacy in Mice", "-"),
    ("trial_progress", "Acme Doses First Patient in Phase 2 Trial", "+"),
    ("trial_progress", "Acme Discontinues Phase 2 Trial", "-"),
    ("trial_progress", "Acme Pauses Enrolment in Phase 3 Trial", "-"),
    ("trial_progress", "Acme Announces Suspension of Phase 1 Study", "-"),
    ("trial_progress", "Acme Delays Start of the Phase 3 Trial", "-"),
    ("trial_progress", "Acme Resumes Dosing after Pause", "+"),
    ("trial_progress", "Committee Recommends Continuing Acme Trial without Modification", "+"),
    ("trial_progress", "Advisory Committee Votes 9 to 2 Against Acme Drug", "-"),
    ("trial_progress", "Acme Doses First Patient with Axolid Injectable Suspension", "+"),
    ("trial_progress", "Acme Starts Trial to Delay Progression of Disease", "+"),
    ("clinical_hold", "FDA Places Clinical Hold on Acme Trial", "-"),
    ("clinical_hold", "FDA Lifts Clinical Hold on Acme Trial", "+"),
    ("clinical_hold", "Acme Announces Removal of Partial Clinical Hold", "+"),
    ("clinical_hold", "Clinical Hold on Acme Drug Lifted", "+"),
    ("regulatory_approval", "FDA Approves Acme's Drug", "+"),
    ("regulatory_approval", "CHMP Adopts Negative Opinion on Acme's Drug", "-"),
    ("regulatory_approval", "FDA Withdraws Approval of Acme's Drug", "-"),
    ("regulatory_rejection", "Acme Receives Complete Response Letter", "-"),
    ("regulatory_rejection", "Acme Resubmits NDA after Complete Response Letter", "+"),
    ("regulatory_designation", "FDA Grants Fast Track Designation", "+"),
    ("regulatory_designation", "FDA Denies Breakthrough Therapy Designation", "-"),
    ("regulatory_designation", "FDA Grants Fast Track for Prevention of Organ Rejection", "+"),
    ("regulatory_submission", "FDA Accepts Acme's NDA", "+"),
    ("regulatory_submission", "FDA Extends Review of Acme's NDA", "-"),
    ("regulatory_submission", "Acme Announces PDUFA Date Extension", "-"),
    ("regulatory_submission", "Acme Delays BLA Submission", "-"),
    ("regulatory_submission", "Acme Submits NDA for Drug to Prevent or Delay Disease", "+"),
    ("regulatory_submission", "Acme Submits Response to Complete Response Letter", "+"),
    ("reverse_split", "Acme Announces 1-for-10 Reverse Split", "-"),
    ("reverse_split", "Acme Cancels Planned Reverse Split", "+"),
    ("forward_split", "Acme Announces 2-for-1 Split", "+"),
    ("equity_offering", "Acme Prices $10 Million Public Offering", "-"),
    ("equity_offering", "Acme Announces Secondary Offering by Selling Holder", "-"),
    ("equity_offering", "Acme Terminates Proposed Public Offering", "+"),
    ("equity_offering", "Acme Postpones Public Offering", "+"),
    ("equity_offering", "Acme Prices Preferred Stock Offering", "0"),
    ("private_placement", "Acme Announces $10 Million Private Placement", "±"),
    ("private_placement", "Acme Secures $10 Million Strategic Investment from Bolt", "+"),
    ("private_placement", "Acme Closes Private Placement at a Premium to Market", "+"),
    ("private_placement", "Acme Prices $5 Million Private Placement", "-"),
    ("shelf_or_atm", "Acme Sets Up At-the-Market Program", "-"),
    ("shelf_or_atm", "Acme Terminates At-the-Market Program", "+"),
    ("shelf_or_atm", "Acme Renews Base Shelf Prospectus", "0"),
    ("equity_line_convertible", "Acme Enters Equity Line with Bolt Fund", "-"),
    ("equity_line_convertible", "Acme Terminates Equity Line", "+"),
    ("equity_line_convertible", "Acme Repays Convertible Notes in Full", "+"),
    ("warrant_exercise", "Acme Announces Warrant Inducement", "-"),
    ("warrant_exercise", "Acme Announces Redemption of Public Warrants", "0"),
    ("debt_financing", "Acme Receives Non-Dilutive Grant", "+"),
    ("debt_financing", "Acme Prices $100 Million of Senior Notes", "0"),
    ("buyback", "Acme Authorizes $10 Million Buyback", "+"),
    ("buyback", "Acme Suspends Share Repurchases", "-"),
    ("dividend", "Acme Declares Special Dividend", "+"),
    ("dividend", "Acme Raises Quarterly Dividend", "+"),
    ("dividend", "Acme Declares Regular Quarterly Dividend", "0"),
    ("dividend", "Acme Suspends Dividend", "-"),
    ("dividend", "Acme Slashes Annual Dividend", "-"),
    ("dividend", "Acme Doubles Quarterly Dividend", "+"),
    ("dividend", "Acme Cuts Quarterly Dividend", "-"),
    ("insider_buying", "Acme CEO Buys Shares", "+"),
    ("insider_buying", "Acme CEO Sells Shares", "-"),
    ("listing_deficiency", "Acme Receives Nasdaq Deficiency Notice", "-"),
    ("listing_deficiency", "Acme Granted 180-Day Extension by Nasdaq", "±"),
    ("listing_deficiency", "Nasdaq Panel Grants Acme's Request for Continued Listing", "+"),
    ("listing_deficiency", "Nasdaq Denies Acme's Extension Request", "-"),
    ("compliance_regained", "Acme Regains Compliance", "+"),
    ("delisting", "Acme Receives Delisting Determination", "-"),
    ("delisting", "Nasdaq Withdraws Delisting Determination", "+"),
    ("uplisting", "Acme Approved to List on Nasdaq", "+"),
    ("uplisting", "Acme to Transfer Listing to NYSE", "0"),
    ("index_change", "Acme Added to Small-Cap Index", "+"),
    ("index_change", "Acme to Be Removed from Small-Cap Index", "-"),
    ("government_contract", "Acme Wins Navy Contract", "+"),
    ("government_contract", "Navy Terminates Acme Contract", "-"),
    ("government_contract", "Acme Receives Stop-Work Order", "-"),
    ("commercial_contract", "Acme Receives Order", "+"),
    ("commercial_contract", "Acme Loses Supply Contract", "-"),
    ("partnership", "Acme Partners with Bolt", "+"),
    ("partnership", "Acme and Bolt Terminate Collaboration", "-"),
    ("licensing", "Acme Licenses Drug to Bolt", "+"),
    ("licensing", "Acme Regains Global Rights from Bolt", "±"),
    ("licensing", "Bolt Terminates License Agreement with Acme", "-"),
    ("product_launch", "Acme Launches Pump", "+"),
    ("product_launch", "Acme Recalls Pump", "-"),
    ("patent", "Acme Granted Patent", "+"),
    ("patent", "Board Finds Acme Patent Unpatentable", "-"),
    ("takeover_target", "Acme to Be Acquired by Bolt", "+"),
    ("takeover_target", "Bolt Terminates Merger Agreement with Acme", "-"),
    ("takeover_target", "Acme Holders Vote Against Merger", "-"),
    ("takeover_target", "Bolt Extends Tender Offer for Acme", "0"),
    ("acquisition", "Acme to Acquire Bolt Labs", "+"),
    ("acquisition", "Acme and Bolt Mutually End Merger Agreement", "-"),
    ("divestiture", "Acme Closes Spin-Off of Pump Unit", "+"),
    ("spac_reverse_merger", "Acme and Shell Corp Announce Business Combination", "+"),
    ("spac_reverse_merger", "Acme and Shell Corp Terminate Business Combination", "-"),
    ("strategic_review", "Acme Announces Workforce Reduction", "-"),
    ("strategic_review", "Acme Begins Review of Strategic Alternatives", "+"),
    ("strategic_review", "Acme to Wind Down Operations", "-"),
    ("bankruptcy", "Acme Files for Chapter 11", "-"),
    ("bankruptcy", "Acme Emerges from Chapter 11", "+"),
    ("bankruptcy", "Court Orders Dismissal of Petition against Acme", "+"),
    ("going_concern", "Acme Discloses Going Concern Doubt", "-"),
    ("going_concern", "Acme's Going Concern Qualification Removed", "+"),
    ("debt_default", "Acme Receives Notice of Default", "-"),
    ("debt_default", "Acme Obtains Waiver of Default", "+"),
    ("late_filing", "Acme Delays Annual Report", "-"),
    ("management_change", "Acme Appoints CFO", "0"),
    ("management_change", "Acme CEO Resigns amid Inquiry", "-"),
    ("auditor_change", "Acme Appoints Auditor", "0"),
    ("auditor_change", "Acme Auditor Resigns", "-"),
    ("litigation", "Acme Wins Patent Appeal", "+"),
    ("litigation", "Acme Loses Patent Appeal", "-"),
    ("investigation", "Agency Opens Inquiry into Acme", "-"),
    ("investigation", "Agency Concludes Inquiry into Acme", "+"),
    ("analyst_action", "Analyst Upgrades Acme", "+"),
    ("analyst_action", "Analyst Downgrades Acme", "-"),
    ("mining_result", "Acme Drills 10 Metres of Copper", "+"),
    ("mining_result", "Acme Suspends Mine", "-"),
    ("energy_result", "Acme Well Comes up a Dry Hole", "-"),
    ("crypto_ai_treasury", "Acme Buys Bitcoin", "+"),
    ("crypto_ai_treasury", "Acme Explores Bitcoin Treasury", "0"),
    ("shareholder_rights", "Acme Starts Rights Offering", "-"),
    ("shareholder_rights", "Acme Rights Offering Oversubscribed", "+"),
    ("trading_halt", "Trading in Acme Halted", "0"),
    ("trading_halt", "Trading in Acme Resumes", "+"),
    ("earnings", "Acme Reports Record Revenue", "+"),
    ("earnings", "Acme Reports Third Quarter Results", "0"),
    ("earnings", "Acme Revenue Declined 20% in Third Quarter", "-"),
    ("earnings", "Acme Reports Wider Loss", "-"),
    ("earnings", "Acme Net Loss Narrowed in Third Quarter", "+"),
    ("earnings", "Acme Net Loss Increased in Third Quarter", "-"),
    ("earnings", "Acme Q3 Revenue up 23%", "+"),
    ("earnings", "Acme Misses Analyst Estimates", "-"),
    ("earnings", "Acme Reports 32% Growth in Sales", "+"),
    ("guidance", "Acme Raises Full-Year Guidance", "+"),
    ("guidance", "Acme Cuts Full-Year Guidance", "-"),
    ("guidance", "Acme Withdraws Guidance", "-"),
    ("guidance", "Acme Reaffirms Guidance", "0"),
    ("guidance", "Acme Expects Revenue to Exceed $17 Million", "+"),
]

IN_TEXT: list[tuple[str, str, str]] = [
    ("clinical_readout", "The trial did not meet its primary endpoint.", "-"),
    ("clinical_readout", "The trial met its primary endpoint.", "+"),
    ("clinical_readout", "The drug did not demonstrate a benefit over placebo.", "-"),
    ("regulatory_submission", "The agency has extended the PDUFA goal date by three months.", "-"),
    ("strategic_review", "The board approved a reduction in force of half its staff.", "-"),
    ("clinical_hold", "The agency has lifted the hold.", "+"),
]

TOGETHER: list[tuple[str, str, tuple[str, ...], str]] = [
    ("acquisition", "Acme to Acquire Bolt and Sell Shares", ("acquisition", "equity_offering"), "±"),
    ("equity_offering", "Acme Sells Shares and Buys Some Back", ("equity_offering", "buyback"), "±"),
    ("regulatory_approval", "FDA Clears One Use", ("regulatory_approval", "regulatory_rejection"), "±"),
]

STAGES: list[tuple[str, str, str]] = [
    ("equity_offering", "Acme Announces Proposed Public Offering", "proposed"),
    ("equity_offering", "Acme Commences Public Offering", "proposed"),
    ("equity_offering", "Acme Announces $5 Million Registered Direct Offering", "announced"),
    ("equity_offering", "Acme Announces Pricing of Public Offering", "priced"),
    ("equity_offering", "Acme Announces Upsized Pricing of Public Offering", "priced"),
    ("equity_offering", "Acme Announces Offering of Shares at $2.00 per Share", "priced"),
    ("equity_offering", "Acme Upsizes Public Offering", "upsized"),
    ("equity_offering", "Acme Closes Public Offering", "closed"),
    ("equity_offering", "Acme Announces Closing of Public Offering Priced at Market", "closed"),
    ("equity_offering", "Acme Announces Completion of Offering", "closed"),
    ("equity_offering", "Acme Withdraws Public Offering", "terminated"),
    ("private_placement", "Acme Announces Private Placement", "announced"),
    ("private_placement", "Acme Announces Closing of Private Placement", "closed"),
    ("private_placement", "Acme Announces Private Placement and Termination of Merger Agreement", "announced"),
    ("equity_line_convertible", "Acme Announces Proposed Offering of Convertible Notes", "proposed"),
    ("equity_line_convertible", "Acme Terminates Equity Line", "terminated"),
    ("debt_financing", "Acme Signs Term Sheet for Loan", "proposed"),
    ("debt_financing", "Acme Secures Loan", "announced"),
    ("debt_financing", "Acme Receives Grant Installment", "closed"),
    ("shelf_or_atm", "Acme Terminates At-the-Market Program", "terminated"),
    ("shelf_or_atm", "Acme Sets Up At-the-Market Program", "announced"),
    ("warrant_exercise", "Acme Announces Warrant Inducement", "announced"),
    ("warrant_exercise", "Acme Closes Warrant Inducement", "closed"),
    ("reverse_split", "Acme Announces Reverse Split", "announced"),
    ("reverse_split", "Acme Seeks Holder Approval of Reverse Split", "proposed"),
    ("reverse_split", "Acme Implements Reverse Split", "effective"),
    ("reverse_split", "Acme's Reverse Split Now Effective", "effective"),
    ("reverse_split", "Acme Cancels Reverse Split", "terminated"),
    ("acquisition", "Acme to Acquire Bolt", "announced"),
    ("acquisition", "Acme Signs Letter of Intent to Acquire Bolt", "proposed"),
    ("acquisition", "Acme Announces LOI to Acquire Bolt", "proposed"),
    ("acquisition", "Acme Completes Acquisition of Bolt", "closed"),
    ("acquisition", "Acme Announces Termination of Merger Agreement", "terminated"),
    ("takeover_target", "Acme Receives Unsolicited Proposal", "proposed"),
    ("takeover_target", "Acme to Be Acquired by Bolt", "announced"),
    ("takeover_target", "Bolt Completes Acquisition of Acme", "closed"),
    ("divestiture", "Acme Completes Sale of Unit", "closed"),
    ("divestiture", "Acme Enters into LOI to Sell Unit; Expects Closing in May", "proposed"),
    ("partnership", "Acme Partners with Bolt", "announced"),
    ("partnership", "Acme Signs Term Sheet for Joint Venture", "proposed"),
    ("partnership", "Acme and Bolt Terminate Joint Venture", "terminated"),
    ("licensing", "Acme Signs License Agreement", "announced"),
    ("licensing", "Acme Announces Closing of License Agreement", "closed"),
    ("licensing", "Acme Regains Rights", "terminated"),
    ("government_contract", "Acme Wins Contract", "announced"),
    ("commercial_contract", "Acme Receives Order", "announced"),
    ("buyback", "Acme Authorizes Buyback", "announced"),
    ("buyback", "Acme Completes Buyback", "closed"),
    ("buyback", "Acme Completes Buyback and Authorizes New One", "announced"),
    ("dividend", "Acme Declares Dividend", "announced"),
    ("uplisting", "Acme Begins Trading on Nasdaq", "effective"),
    ("uplisting", "Acme Applies to List on Nasdaq", "proposed"),
    ("index_change", "Acme to Join the Index", "announced"),
    ("index_change", "Acme Joins the Index", "effective"),
    ("bankruptcy", "Acme Files for Chapter 11", "announced"),
    ("bankruptcy", "Dismissal of Petition against Acme", "terminated"),
    ("shareholder_rights", "Acme Announces Pricing for Rights Offering", "priced"),
    ("shareholder_rights", "Acme Announces Commencement of Rights Offering", "effective"),
    ("crypto_ai_treasury", "Acme Announces Bitcoin Treasury", "announced"),
    ("crypto_ai_treasury", "Acme Completes Bitcoin Purchase", "closed"),
    ("product_launch", "Acme Pump Now Available", "effective"),
    ("product_launch", "Acme Unveils Pump", "announced"),
    ("trial_progress", "Acme Doses First Patient", ""),
    ("trial_progress", "Acme Announces Discontinuation of Trial", "terminated"),
    ("regulatory_submission", "Acme Submits NDA", ""),
    ("regulatory_submission", "Acme Plans to File BLA", "proposed"),
    ("clinical_readout", "Acme Completes Trial with Positive Results", ""),
    ("earnings", "Acme Reports Results", ""),
    ("patent", "Acme Granted Patent", ""),
    ("listing_deficiency", "Acme Receives Notice", ""),
]

FILINGS: list[tuple[str, str, tuple[str, ...], str, tuple[str, str]]] = [
    ("equity_offering", "424B5", (), "Shares at a public offering price of $2.00 per share", ("priced", "-")),
    ("equity_offering", "424B5", (), "The offering may be terminated upon completion of sales", ("announced", "-")),
    ("equity_offering", "S-1", (), "This prospectus may be amended", ("proposed", "-")),
    ("shelf_or_atm", "S-3/A", (), "We may offer up to $75 million", ("proposed", "-")),
    ("reverse_split", "DEF 14A", (), "To approve a reverse split", ("proposed", "-")),
    ("acquisition", "8-K", ("2.01",), "Item 2.01 Completion of Acquisition", ("closed", "+")),
    ("takeover_target", "8-K", ("1.02",), "Item 1.02 Termination of an Agreement", ("terminated", "-")),
    ("equity_line_convertible", "8-K", ("1.02",), "Item 1.02 Termination of an Agreement", ("terminated", "+")),
    ("takeover_target", "8-K", ("1.01",), "Either party may terminate the merger agreement", ("announced", "+")),
    ("acquisition", "8-K", ("1.01",), "On May 2 the Company entered into a letter of intent", ("proposed", "+")),
    ("private_placement", "8-K", ("3.02",), "On May 2 the Company closed its private placement", ("closed", "±")),
    ("clinical_readout", "8-K", ("8.01",), "cover page " * 200 + "did not demonstrate a benefit", ("", "-")),
]


@pytest.mark.parametrize(("kind", "form", "items", "text", "want"), FILINGS)
def test_filings(kind: str, form: str, items: tuple[str, ...], text: str, want: tuple[str, str]) -> None:
    found = describe(kind, f"{form} - Acme Inc (Filer)", text, form=form, items=items)
    assert (found.stage, found.polarity) == want


@pytest.mark.parametrize(("kind", "title", "sign"), SIGNS)
def test_polarity(kind: str, title: str, sign: str) -> None:
    assert describe(kind, title, "").polarity == sign


@pytest.mark.parametrize(("kind", "text", "sign"), IN_TEXT)
def test_polarity_from_the_text(kind: str, text: str, sign: str) -> None:
    assert describe(kind, "Acme Provides News", text).polarity == sign


@pytest.mark.parametrize(("kind", "title", "types", "sign"), TOGETHER)
def test_types_together(kind: str, title: str, types: tuple[str, ...], sign: str) -> None:
    assert describe(kind, title, "", doc_types=types).polarity == sign


@pytest.mark.parametrize(("kind", "title", "stage"), STAGES)
def test_stage(kind: str, title: str, stage: str) -> None:
    assert describe(kind, title, "").stage == stage


@pytest.mark.parametrize("ending", ["Not Reached", "Not Met", "Was Not Achieved", "Missed", "Unmet"])
def test_a_missed_endpoint_without_a_verb(ending: str) -> None:
    found = describe("clinical_readout", f"Acme Releases Topline Data; Primary Endpoint {ending}", "")
    assert found.facts["endpoint_met"] is False


def test_an_older_miss_does_not_undo_the_headline() -> None:
    text = "An earlier trial did not meet its primary endpoint."
    found = describe("clinical_readout", "Acme's Phase 3 Trial Met Its Primary Endpoint", text)
    assert (found.polarity, found.facts["endpoint_met"]) == ("+", True)


def test_a_good_headline_does_not_hide_a_missed_endpoint() -> None:
    found = describe(
        "clinical_readout", "Acme Reports Encouraging Data", "The trial did not meet its primary endpoint."
    )
    assert (found.polarity, found.facts["endpoint_met"]) == ("-", False)


def test_a_filing_is_read_in_its_text() -> None:
    text = "On May 2 the Company terminated the merger agreement with Bolt, Inc."
    found = describe("takeover_target", "8-K - Acme Inc (Filer)", text, form="8-K", items=("1.02",))
    assert (found.stage, found.polarity) == ("terminated", "-")
    release = describe("takeover_target", "Acme to Be Acquired by Bolt", text)
    assert (release.stage, release.polarity) == ("announced", "+")


def test_the_deciding_words_are_quoted() -> None:
    title = "Bolt Terminates Merger Agreement with Acme"
    spans = describe("takeover_target", title, "").spans
    assert {span.fact for span in spans} >= {"stage", "polarity"}
    assert {span.text for span in spans if span.fact == "polarity"} == {"Terminates"}


def test_unknown_type_says_nothing() -> None:
    found = describe("weather", "Acme Prices $5 Million Offering", "")
    assert (found.stage, found.polarity, found.facts, found.spans) == ("", "0", {}, ())
