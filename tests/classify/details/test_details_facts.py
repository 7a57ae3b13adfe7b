"""Facts out of invented sentences: one line per reading."""

from __future__ import annotations

from typing import Any

import pytest

from screener.classify.factnames import FACT_NAMES
from tests.classify.built_in import FACTS_OF, describe

Case = tuple[str, str, Any]

AMOUNTS: list[Case] = [
    ("equity_offering", "Acme Bio Announces $25 Million Registered Direct Offering", 25_000_000),
    ("equity_offering", "Acme Bio Announces Pricing of $1.2bn Public Offering", 1_200_000_000),
    ("equity_offering", "Acme Bio Prices $10.0 MM Offering", 10_000_000),
    ("equity_offering", "Acme Bio Prices ~$12M Public Offering", 12_000_000),
    ("equity_offering", "Acme Bio Announces US$6.4 Million Follow-on", 6_400_000),
    ("equity_offering", "Acme Bio Announces US $6.4 Million Follow-on", 6_400_000),
    ("equity_offering", "Acme Bio Announces USD 15M Offering", 15_000_000),
    ("equity_offering", "ACME BIO ANNOUNCES $2.5 MILLION OFFERING", 2_500_000),
    ("equity_offering", "Acme Bio Announces $480,000,000 of Shares", 480_000_000),
    ("equity_offering", "Acme Bio Announces Pricing of $8,000,000 Million Public Offering", 8_000_000),
    ("equity_offering", "Acme Bio Announces Pricing of $3,250,500 Offering", 3_250_500),
    ("equity_offering", "Acme Bio Announces a $5 Million Offering", 5_000_000),
    ("equity_offering", "Acme Bio Announces $4.43 Million Offering", 4_430_000),
    ("equity_offering", "Acme Bio Announces $0.5M Offering", 500_000),
    (
        "equity_offering",
        "Acme Bio Announces Offering of 2 Million Shares at $5.00 per Share for $10 Million",
        10_000_000,
    ),
    ("equity_offering", "Acme Bio Announces Up To $7 Million Offering with up to an Additional $14 Million", 7_000_000),
    ("equity_offering", "Acme Bio Announces up to an Additional $14 Million After $7 Million Offering", 7_000_000),
    (
        "equity_offering",
        "Acme Announces $9 Million Public Offering and Concurrent $4 Million Private Placement",
        9_000_000,
    ),
    (
        "private_placement",
        "Acme Announces $9 Million Public Offering and Concurrent $4 Million Private Placement",
        4_000_000,
    ),
    ("private_placement", "Acme Bio Signs $35 million PIPE", 35_000_000),
    (
        "private_placement",
        "Acme Bio Announces a $12.9 Million Private Placement and Settles $8.8 Million Debt",
        12_900_000,
    ),
    ("debt_financing", "Acme Draws an Additional $20M from Its Loan", 20_000_000),
    ("debt_financing", "Acme Secures $100M Facility", 100_000_000),
    ("debt_financing", "Acme Enters into $35-Million Term Loan", 35_000_000),
    ("buyback", "Acme Board Authorizes $250 Million Stock Buyback", 250_000_000),
    ("buyback", "Acme Announces a $10 Million Repurchase Program", 10_000_000),
    ("government_contract", "Acme Wins $20+ Million Annual Contract with the Navy", 20_000_000),
    ("government_contract", "Acme Wins $1 Million+ Contract", 1_000_000),
    ("government_contract", "Acme Wins Contract Valued at More than $1.25 Million", 1_250_000),
    ("government_contract", "Acme Lands $100,000 Order from Army Unit", 100_000),
    ("government_contract", "Acme Wins $1.1 Million Contract, Lifting Backlog to $73.6 Million", 1_100_000),
    ("commercial_contract", "Acme Wins Order to Tap $74 Billion Robotics Market", None),
    ("commercial_contract", "Acme Secures Contract Worth $40 Million to $45 Million", 40_000_000),
    ("commercial_contract", "Acme Secures $3 to $5 Million Contract", 3_000_000),
    ("commercial_contract", "Acme Receives $5 Million Production Order", 5_000_000),
    ("commercial_contract", "Acme Signs $1.4 Billion Deal", 1_400_000_000),
    ("takeover_target", "Acme to Be Acquired by Bolt Partners for $1.1 Billion", 1_100_000_000),
    ("takeover_target", "Acme to Be Acquired for $14.00 per Share in Cash", None),
    ("divestiture", "Acme Completes Headquarters Sale for 32.2 Million", 32_200_000),
    ("divestiture", "Acme Sells Unit for $375mm in Cash and a Retained Stake", 375_000_000),
    ("warrant_exercise", "Acme Announces Warrant Exercise for $478,000", 478_000),
    ("crypto_ai_treasury", "Acme Buys 300 Bitcoin for $40 Million, Lifting Holdings to More than $100M", 40_000_000),
    ("crypto_ai_treasury", "Acme Treasury Has Over $20 Million in Unrealized Gains", None),
    ("litigation", "Acme Wins $10 Million Judgment", 10_000_000),
    ("acquisition", "Acme Buys Bolt Labs, Which Has $9 Million in Annual Revenue, for $30 Million", 30_000_000),
    ("equity_offering", "Acme Announces Offering of 8.5 Million Shares", None),
    ("product_launch", "Acme Launches Wallet for Its $13 Billion Portfolio", None),
]

TEXT_AMOUNTS: list[Case] = [
    ("equity_offering", "The gross proceeds are expected to be approximately $40.0 million before fees.", 40_000_000),
    (
        "equity_offering",
        "Acme sold shares at $4.15 per share, with a par value of $0.001, for aggregate gross proceeds of $11.5 million.",
        11_500_000,
    ),
    ("equity_offering", "Acme has cash of $90 million. Gross proceeds of the sale are $12 million.", 12_000_000),
    (
        "equity_offering",
        "It offers $100 million of shares and an option to buy up to an additional $15 million.",
        100_000_000,
    ),
    (
        "takeover_target",
        "Bolt will acquire Acme for $14.00 per share, an equity value of about $220 million.",
        220_000_000,
    ),
    ("government_contract", "The unit has been awarded a $438 million contract.", 438_000_000),
    ("partnership", "CEPIX is committing up to US $145 million1 to support it.", 145_000_000),
    ("licensing", "The milestone payment of $1 million is the result of a milestone.", 1_000_000),
    ("commercial_contract", "Orders should be in the range of $60 million to $80 million.", 60_000_000),
]

CURRENCIES: list[tuple[str, float, str]] = [
    ("Acme Announces C$5M Private Placement", 5_000_000, "CAD"),
    ("Acme Announces CA$5.5 Million Private Placement", 5_500_000, "CAD"),
    ("Acme Announces A$12 Million Private Placement", 12_000_000, "AUD"),
    ("Acme Announces €4 Million Private Placement", 4_000_000, "EUR"),
    ("Acme Announces EUR 4 Million Private Placement", 4_000_000, "EUR"),
    ("Acme Announces 4 million euros Private Placement", 4_000_000, "EUR"),
    ("Acme Announces £3.1m Private Placement", 3_100_000, "GBP"),
    ("Acme Announces CHF 69 million Private Placement", 69_000_000, "CHF"),
    ("Acme Announces HK$80 Million Private Placement", 80_000_000, "HKD"),
    ("Acme Announces RMB 50 Million Private Placement", 50_000_000, "CNY"),
    ("Acme Announces NIS 7 million Private Placement", 7_000_000, "ILS"),
]

RATIOS: list[tuple[str, str, str | None]] = [
    ("reverse_split", "Acme Announces 1-for-20 Reverse Stock Split", "1-for-20"),
    ("reverse_split", "Acme Announces 20-for-1 Reverse Stock Split", "1-for-20"),
    ("reverse_split", "Acme Announces 1 for 20 Reverse Stock Split", "1-for-20"),
    ("reverse_split", "Acme Announces 1-For-20 Reverse Share Split", "1-for-20"),
    ("reverse_split", "Acme Announces One-for-Twenty Reverse Split", "1-for-20"),
    ("reverse_split", "Acme Announces One-for-One Hundred Share Consolidation", "1-for-100"),
    ("reverse_split", "Acme Announces one-for-twenty-five reverse split", "1-for-25"),
    ("reverse_split", "Acme Announces 1:8 Reverse Stock Split", "1-for-8"),
    ("reverse_split", "Acme Announces 8:1 Reverse Stock Split", "1-for-8"),
    ("reverse_split", "Acme Announces 1-to-30 Reverse Split", "1-for-30"),
    ("reverse_split", "Acme Announces 1–for–15 Reverse Split", "1-for-15"),
    ("reverse_split", "Acme Announces 1-for-1,000 Reverse Split", "1-for-1000"),
    ("reverse_split", "Acme Announces 1-for-113 Reverse Split", "1-for-113"),
    ("reverse_split", "Acme to combine one (1) share for every twenty five (25) shares of common stock", "1-for-25"),
    ("reverse_split", "Split at a ratio of 1 post-split share for every 15 pre-split shares", "1-for-15"),
    ("reverse_split", "Every ten (10) shares of common stock will be combined into one (1) share", "1-for-10"),
    ("reverse_split", "Each 40 shares of its stock will automatically be converted into one share", "1-for-40"),
    ("reverse_split", "Acme Announces Reverse Stock Split Effective at 12:01 a.m. on May 3, 2027", None),
    ("reverse_split", "Acme Announces Reverse Stock Split at 1:30 p.m. today", None),
    ("reverse_split", "Holders Approve Reverse Split at a Ratio Between 1-for-5 and 1-for-50", None),
    ("reverse_split", "Acme Announces Reverse Stock Split", None),
    ("forward_split", "Acme Announces 2-for-1 Stock Split", "2-for-1"),
    ("forward_split", "Acme Announces Three-for-One Stock Split", "3-for-1"),
    ("forward_split", "Acme Announces 3-for-2 Forward Split", "3-for-2"),
    ("forward_split", "Acme Announces 10:1 Stock Split", "10-for-1"),
    ("equity_offering", "Acme Announces Offering After 1-for-20 Reverse Split", None),
]

RANGES: list[tuple[str, str, str, str]] = [
    ("Split at a ratio between 1-for-5 and 1-for-50", "1-for-5 to 1-for-50", "1-for-5", "1-for-50"),
    ("Reverse split at 1-for-5 to 1-for-50", "1-for-5 to 1-for-50", "1-for-5", "1-for-50"),
    ("Reverse split ranging from 1-for-2 through 1-for-10", "1-for-2 to 1-for-10", "1-for-2", "1-for-10"),
    (
        "Reverse split of not less than 1-for-10 and not more than 1-for-100",
        "1-for-10 to 1-for-100",
        "1-for-10",
        "1-for-100",
    ),
    ("Reverse split in the range of one-for-two to one-for-twenty", "1-for-2 to 1-for-20", "1-for-2", "1-for-20"),
    ("Reverse split in a range of 5:1 to 25:1", "1-for-5 to 1-for-25", "1-for-5", "1-for-25"),
]

PHASES: list[tuple[str, str, str | None]] = [
    ("clinical_readout", "Acme Reports Phase 2 Results", "2"),
    ("clinical_readout", "Acme Reports Phase II Results", "2"),
    ("clinical_readout", "Acme Reports PHASE III Results", "3"),
    ("clinical_readout", "Acme Reports Phase IIb Results", "2b"),
    ("clinical_readout", "Acme Reports Phase 2B Results", "2b"),
    ("clinical_readout", "Acme Reports Phase-3 Results", "3"),
    ("clinical_readout", "Acme Reports Phase 1/2 Results", "1/2"),
    ("clinical_readout", "Acme Reports Phase I/II Results", "1/2"),
    ("clinical_readout", "Acme Reports Phase 1b/2a Results", "1b/2a"),
    ("clinical_readout", "Acme Reports Phase Ib/IIa Results", "1b/2a"),
    ("clinical_readout", "Acme Reports Phase 1/2a Results", "1/2a"),
    ("clinical_readout", "Acme Reports Phase 2/3 Results", "2/3"),
    ("clinical_readout", "Acme Reports Phase 1-2 Results", "1/2"),
    ("clinical_readout", "Acme Reports Phase 1/Phase 2 Results", "1/2"),
    ("clinical_readout", "Acme Reports Phase 3b Results", "3b"),
    ("clinical_readout", "Acme Reports Phase IV Results", "4"),
    ("clinical_readout", "Acme Reports Phase 2 Data and Starts Phase 3", "2"),
    ("regulatory_submission", "Acme Completes End-of-Phase 2 Meeting and Plans Phase 3 Program", "3"),
    ("regulatory_submission", "Acme Holds End of Phase 2 Meeting", None),
    ("trial_progress", "Acme Doses First Patient in Pivotal Trial", None),
    ("trial_progress", "Acme Enters the Next Phase of Growth", None),
    ("trial_progress", "Acme Advances Trial into Phase II", "2"),
    ("government_contract", "Acme Wins Phase II SBIR Contract", None),
    ("government_contract", "Acme Wins Phase II Army STTR Contract", None),
    ("government_contract", "Acme Awarded NIH Grant for Phase 2 Trial of Its Drug", "2"),
    ("government_contract", "Acme Completes Phase 2 of Bridge Works", None),
    ("partnership", "Acme and Bolt to Run Phase 3 Study", "3"),
]

DATES: list[tuple[str, str, str | None]] = [
    ("reverse_split", "Reverse Split Effective December 15, 2025", "2025-12-15"),
    ("reverse_split", "Reverse Split Effective Monday, Dec. 15, 2025", "2025-12-15"),
    ("reverse_split", "Reverse Split Effective 15 December 2025", "2025-12-15"),
    ("reverse_split", "Reverse Split Effective 2025-12-15", "2025-12-15"),
    ("reverse_split", "Reverse Split Effective 12/15/2025", "2025-12-15"),
    ("reverse_split", "The split will become effective on or about December 15, 2025.", "2025-12-15"),
    ("reverse_split", "The split becomes effective at 12:01 a.m. Eastern Time on September 3, 2026.", "2026-09-03"),
    ("reverse_split", "Shares begin trading on a split-adjusted basis on March 1st, 2026", "2026-03-01"),
    ("reverse_split", "NEW YORK, Nov. 17, 2025 - The split is effective November 28.", "2025-11-28"),
    ("reverse_split", "NEW YORK, Dec. 29, 2025 - The split is effective January 5.", "2026-01-05"),
    ("reverse_split", "BOSTON, March 4, 2026 - Acme today announced that the split is effective today.", "2026-03-04"),
    ("reverse_split", "Holders approved the split on May 2, 2026.", None),
    ("reverse_split", "Reverse Split Effective February 30, 2026", None),
    ("delisting", "Acme's last day of trading on the exchange is June 30, 2026", "2026-06-30"),
    ("index_change", "Acme to Join the Index, effective after the market opens on June 29, 2026", "2026-06-29"),
    ("management_change", "Acme Appoints Jo Bloggs as CFO Effective August 1, 2026", "2026-08-01"),
    ("equity_offering", "The offering closes on May 2, 2026, effective immediately", None),
]

RULES: list[tuple[str, str, str | None]] = [
    ("listing_deficiency", "Acme is not in compliance with Nasdaq Listing Rule 5550(a)(2)", "5550(a)(2)"),
    ("listing_deficiency", "Notice under Rule 5450(a)(1), the bid price rule", "5450(a)(1)"),
    ("listing_deficiency", "Delinquent under Rule 5250(c)(1)", "5250(c)(1)"),
    ("listing_deficiency", "A cure period under Rule 5810(c)(3)(A) for Rule 5550(b)(1)", "5550(b)(1)"),
    ("listing_deficiency", "Below Section 1003(a)(i) of the Company Guide", "1003(a)(i)"),
    ("listing_deficiency", "Below Section 802.01B of the Manual", "802.01B"),
    ("listing_deficiency", "Acme Receives Nasdaq Minimum Bid Price Notice", "minimum bid price"),
    ("listing_deficiency", "Acme Below Minimum Stockholders' Equity Requirement", "stockholders' equity"),
    ("listing_deficiency", "Acme Receives Notice on Late Form 10-Q", "periodic filing requirement"),
    ("compliance_regained", "Acme Meets Rule 5550(a)(2) Again", "5550(a)(2)"),
    ("delisting", "Delisting Determination under Rule 5550(b)(1)", "5550(b)(1)"),
    ("listing_deficiency", "Acme Receives Notice from the Exchange", None),
    ("equity_offering", "Acme Sells Shares under Rule 5635(d)", None),
]

OTHERS: list[tuple[str, str, str, Any]] = [
    ("equity_offering", "Acme Prices Offering of Shares at $3.60 per Share", "price", 3.6),
    ("equity_offering", "Acme Prices Offering at $0.1015 per unit", "price", 0.1015),
    ("equity_offering", "Acme Offers at a Public Offering Price of US$2.00/ADS", "price", 2),
    (
        "equity_offering",
        "warrants with an exercise price of $3.00 per share and shares at $2.50 per share",
        "price",
        2.5,
    ),
    ("equity_offering", "par value $0.001 per share, sold at a purchase price of $1.25 per share", "price", 1.25),
    ("equity_offering", "Acme Announces $3 Million Offering", "price", None),
    ("equity_offering", "The last reported sale price of our stock on Nasdaq was $3.63 per share", "price", None),
    ("equity_offering", "the combined offering price for each share and warrant is $3.61, and", "price", 3.61),
    ("equity_offering", "sold with 16 warrants", "warrants", None),
    ("takeover_target", "Holders will receive $14.00 per share in cash", "price", 14),
    ("takeover_target", "Acme Receives a $3.10 All-Cash Offer", "price", 3.1),
    ("dividend", "Acme Declares Special Dividend of $1.75 Per Share", "price", 1.75),
    ("equity_offering", "priced at a 15% discount to the last close", "discount_pct", 15),
    ("equity_offering", "a discount of approximately 12.5% to the close", "discount_pct", 12.5),
    ("takeover_target", "a 120% premium to the last close", "premium_pct", 120),
    ("takeover_target", "a premium of about 35 % over the average price", "premium_pct", 35),
    ("equity_offering", "an offering of 10,256,411 shares of its common stock", "shares", 10_256_411),
    ("equity_offering", "an offering of 2.5 million ADSs", "shares", 2_500_000),
    ("equity_offering", "with warrants to purchase up to 4,000,000 shares of common stock", "warrants", 4_000_000),
    (
        "equity_offering",
        "2,000,000 shares together with warrants to purchase up to 4,000,000 shares",
        "warrant_coverage_pct",
        200,
    ),
    ("equity_offering", "with 100% warrant coverage", "warrant_coverage_pct", 100),
    ("equity_offering", "Wren & Co. is acting as exclusive placement agent for the offering", "agent", "Wren & Co."),
    ("equity_offering", "Oak Hill Securities is acting as sole book-running manager", "agent", "Oak Hill Securities"),
    ("equity_offering", "Acme Announces up to $8 Million Offering", "amount_is_max", True),
    ("equity_offering", "Acme Announces $8 Million Offering", "amount_is_max", None),
    ("government_contract", "Acme Wins Contract Worth More than $2 Million", "amount_is_min", True),
    ("commercial_contract", "Acme Wins $40 Million to $45 Million Contract", "amount_high_usd", 45_000_000),
    ("government_contract", "Acme Wins IDIQ Contract with a $90 Million Ceiling", "amount_is_ceiling", True),
    ("government_contract", "Acme Wins $11 Million of Firm Fixed Price Awards", "amount_is_obligated", True),
    ("government_contract", "Acme Wins Five-Year Contract", "term_years", 5),
    ("commercial_contract", "Acme Signs 28-Year Power Purchase Agreement", "term_years", 28),
    ("commercial_contract", "Acme, with 20 years of experience, Wins Order", "term_years", None),
    (
        "licensing",
        "Acme receives an upfront payment of $10 million and up to $90 million in milestones",
        "upfront_usd",
        10_000_000,
    ),
    (
        "licensing",
        "Acme receives $10 million upfront and up to $90 million in milestone payments",
        "milestones_usd",
        90_000_000,
    ),
    ("licensing", "and a 12% royalty on net sales", "royalty_pct", 12),
    ("clinical_readout", "Phase 2 Trial Met Its Primary Endpoint", "endpoint_met", True),
    ("clinical_readout", "Trial Meets Both Co-Primary Endpoints", "endpoint_met", True),
    ("clinical_readout", "Primary Endpoint Met in Phase 2 Trial", "endpoint_met", True),
    ("clinical_readout", "The primary endpoint was achieved with high significance", "endpoint_met", True),
    ("clinical_readout", "Phase 3 Trial Did Not Meet Its Primary Endpoint", "endpoint_met", False),
    ("clinical_readout", "Phase 3 Trial Didn't Meet Primary Endpoint", "endpoint_met", False),
    ("clinical_readout", "Phase 3 Trial Fails to Meet Primary Endpoint", "endpoint_met", False),
    ("clinical_readout", "Phase 3 Trial Misses Primary Endpoint", "endpoint_met", False),
    ("clinical_readout", "Trial Narrowly Missed the Primary Efficacy Endpoint", "endpoint_met", False),
    ("clinical_readout", "The primary endpoint was not met", "endpoint_met", False),
    ("clinical_readout", "The trial is designed to meet its primary endpoint", "endpoint_met", None),
    ("clinical_readout", "Acme Reports Phase 2 Data", "endpoint_met", None),
    ("clinical_readout", "a significant improvement (p=0.003)", "p_value", 0.003),
    ("clinical_readout", "a significant improvement (p < 0.0001)", "p_value", 0.0001),
    ("clinical_readout", "a significant improvement (p < 0.0001)", "p_value_is_max", True),
    ("clinical_readout", "a p-value of 0.04", "p_value", 0.04),
    ("clinical_readout", "in the treated group (n=124)", "n", 124),
    ("clinical_readout", "The trial enrolled 1,204 patients", "n", 1204),
    ("clinical_readout", "in a 60-patient study", "n", 60),
    ("clinical_readout", "Positive Data for ABX-101 in Asthma", "drug", "ABX-101"),
    ("clinical_readout", "Positive Data for Zentix (lorimab) in Asthma", "drug", "lorimab"),
    ("clinical_readout", "Data of ABX-101 for the Treatment of Chronic Cough", "indication", "Chronic Cough"),
    ("clinical_readout", "Data in Patients with Severe Asthma at Week 12", "indication", "Severe Asthma"),
    ("regulatory_designation", "FDA Grants Fast Track Designation to ABX-101", "designation", "Fast Track"),
    ("regulatory_designation", "Acme Receives Orphan Drug Designation", "designation", "Orphan Drug"),
    ("regulatory_designation", "Acme Granted Breakthrough Therapy Status", "designation", "Breakthrough Therapy"),
    (
        "regulatory_designation",
        "Acme's Pump Wins Breakthrough Device Designation",
        "designation",
        "Breakthrough Device",
    ),
    ("regulatory_designation", "FDA Grants RMAT Designation", "designation", "RMAT"),
    (
        "regulatory_designation",
        "FDA Grants Rare Pediatric Disease Designation",
        "designation",
        "Rare Pediatric Disease",
    ),
    ("regulatory_designation", "EMA Grants PRIME Designation", "designation", "PRIME"),
    ("regulatory_submission", "FDA Accepts NDA with Priority Review", "designation", "Priority Review"),
    ("regulatory_submission", "FDA set a PDUFA target action date of April 30, 2027", "pdufa_date", "2027-04-30"),
    ("regulatory_submission", "with a goal date of 6 March 2027", "pdufa_date", "2027-03-06"),
    ("regulatory_submission", "Acme submitted the NDA on 6 March 2027", "pdufa_date", None),
    ("regulatory_approval", "U.S. Food and Drug Administration Clears Acme's Pump", "agency", "FDA"),
    ("regulatory_approval", "Health Canada Approves Acme's Drug", "agency", "Health Canada"),
    ("regulatory_approval", "European Commission Approves Acme's Drug", "agency", "European Commission"),
    ("regulatory_approval", "Acme Receives 510(k) Clearance", "agency", "FDA"),
    ("regulatory_submission", "Acme Aligns with the FDA and EMA on Trial", "agency", "FDA; EMA"),
    ("trial_progress", "Acme Receives IND Clearance", "agency", "FDA"),
    ("government_contract", "Acme Wins NASA Contract", "agency", "NASA"),
    ("government_contract", "Acme Wins U.S. Army Order", "agency", "U.S. Army"),
    ("government_contract", "Acme Wins Army Order", "agency", "U.S. Army"),
    ("government_contract", "Acme Wins Grant from the National Institutes of Health", "agency", "NIH"),
    ("government_contract", "Acme Wins Department of Defense Award", "agency", "U.S. Department of Defense"),
    ("government_contract", "Acme Wins DARPA Award", "agency", "DARPA"),
    ("government_contract", "Acme Secures Order from City of Springvale for Pumps", "agency", "City of Springvale"),
    ("government_contract", "Acme Serves an Army of Fans", "agency", None),
    ("government_contract", "Acme Wins Order after Sec Review", "agency", None),
    ("patent", "Acme Receives Notice of Allowance", "agency", "USPTO"),
    ("patent", "Acme Granted Patent in Japan", "agency", "Japan Patent Office"),
    ("patent", "European Patent Office Grants Acme's Patent", "agency", "European Patent Office"),
    ("listing_deficiency", "Acme Receives NYSE American Notice", "agency", "NYSE American"),
    ("listing_deficiency", "Acme Receives NASDAQ Notice", "agency", "Nasdaq"),
    ("listing_deficiency", "has until June 1, 2026 to regain compliance", "cure_date", "2026-06-01"),
    ("listing_deficiency", "granted an extension through September 30, 2026", "cure_date", "2026-09-30"),
    (
        "partnership",
        "Acme Announces Strategic Partnership with Bolt Robotics to Build Arms",
        "counterparty",
        "Bolt Robotics",
    ),
    ("partnership", "Acme Signs Agreement with Bolt Robotics Inc. for Arms", "counterparty", "Bolt Robotics Inc."),
    ("commercial_contract", "Acme Selected by Bolt Motors for Sensors", "counterparty", "Bolt Motors"),
    ("acquisition", "Acme to Acquire Bolt Labs for $5 Million", "counterparty", "Bolt Labs"),
    ("acquisition", "Acme Buys 51% Stake in Bolt Labs", "counterparty", "Bolt Labs"),
    ("acquisition", "Acme Completes Acquisition of Bolt Labs", "counterparty", "Bolt Labs"),
    (
        "takeover_target",
        "Acme to Be Acquired by Bolt Capital Partners for $2 Billion",
        "acquirer",
        "Bolt Capital Partners",
    ),
    ("divestiture", "Acme Completes Sale of Pump Business to Bolt Flow", "counterparty", "Bolt Flow"),
    ("licensing", "Acme Grants License to Bolt Pharma", "counterparty", "Bolt Pharma"),
    ("debt_financing", "Acme Refinances with Term Loan from Bolt Valley Bank", "counterparty", "Bolt Valley Bank"),
]

RESULTS: list[tuple[str, str, str, Any]] = [
    ("earnings", "Acme Reports Revenue of $6.5 Million", "revenue_usd", 6_500_000),
    ("earnings", "Acme Reports Record $42 Million in Revenue", "revenue_usd", 42_000_000),
    ("earnings", "Revenues for the quarter were approximately $1.2 billion", "revenue_usd", 1_200_000_000),
    ("earnings", "Acme Ends Quarter with $90 Million of Cash", "revenue_usd", None),
    ("earnings", "Acme Q3 Revenue Up 23%", "revenue_change_pct", 23),
    ("earnings", "Acme Revenue Increased by 1,884% Year over Year", "revenue_change_pct", 1884),
    ("earnings", "Acme Reports 32% Revenue Growth", "revenue_change_pct", 32),
    ("earnings", "Acme Reports 11.5% increase in net sales", "revenue_change_pct", 11.5),
    ("earnings", "Acme Revenue Fell 8% in Third Quarter", "revenue_change_pct", -8),
    ("earnings", "Acme Reports 12% Revenue Decline", "revenue_change_pct", -12),
    ("guidance", "Acme Expects Revenue to Exceed $17 Million", "revenue_usd", 17_000_000),
    ("insider_buying", "Acme CEO Jo Bloggs Purchases 20,000 Shares", "insider", "Jo Bloggs"),
    ("insider_buying", "Acme CEO Jo Bloggs Purchases 20,000 Shares", "shares", 20_000),
    ("insider_buying", "Jo Bloggs, the Company's Chairman, bought shares at $1.20 per share", "insider", "Jo Bloggs"),
    ("insider_buying", "Jo Bloggs, the Company's Chairman, bought shares at $1.20 per share", "price", 1.2),
    ("insider_buying", "Acme Chairman and Founder Acquires Shares", "insider", "Chairman and Founder"),
    ("insider_buying", "Acme Reports Share Purchases", "insider", None),
]


def fact(kind: str, title: str, name: str, text: str = "") -> Any:
    return describe(kind, title, text).facts.get(name)


@pytest.mark.parametrize(("kind", "title", "value"), AMOUNTS)
def test_amount(kind: str, title: str, value: Any) -> None:
    assert fact(kind, title, "amount_usd") == value


@pytest.mark.parametrize(("kind", "text", "value"), TEXT_AMOUNTS)
def test_amount_in_text(kind: str, text: str, value: Any) -> None:
    assert fact(kind, "Acme Announces News", "amount_usd", text) == value


@pytest.mark.parametrize(("title", "value", "currency"), CURRENCIES)
def test_other_currencies_are_not_dollars(title: str, value: float, currency: str) -> None:
    facts = describe("private_placement", title, "").facts
    assert (facts.get("amount"), facts.get("currency"), facts.get("amount_usd")) == (value, currency, None)


@pytest.mark.parametrize(("kind", "title", "value"), RATIOS)
def test_ratio(kind: str, title: str, value: str | None) -> None:
    assert fact(kind, title, "ratio") == value
    assert fact(kind, "Acme Announces Share News", "ratio", title) == value


@pytest.mark.parametrize(("title", "span", "low", "high"), RANGES)
def test_a_range_is_no_ratio(title: str, span: str, low: str, high: str) -> None:
    facts = describe("reverse_split", title, "").facts
    assert facts.get("ratio_range") == span
    assert (facts.get("ratio_min"), facts.get("ratio_max"), facts.get("ratio")) == (low, high, None)


def test_an_ads_change_is_told_as_the_split_it_is() -> None:
    text = (
        "Acme plans to change the ratio of its ADSs (the “ADS ratio”) from one (1) ADS representing two (2) ordinary "
        "shares to one (1) ADS representing twenty (20) ordinary shares."
    )
    facts = describe("reverse_split", "Acme Announces ADS Ratio Change", text).facts
    assert facts["ratio"] == "1-for-10"
    assert facts["ads_ratio"] == "1:2 to 1:20"


@pytest.mark.parametrize(("kind", "title", "value"), PHASES)
def test_phase(kind: str, title: str, value: str | None) -> None:
    assert fact(kind, title, "phase") == value


@pytest.mark.parametrize(("kind", "text", "value"), DATES)
def test_effective_date(kind: str, text: str, value: str | None) -> None:
    assert fact(kind, "Acme Announces News", "effective_date", text) == value


@pytest.mark.parametrize(("kind", "text", "value"), RULES)
def test_rule(kind: str, text: str, value: str | None) -> None:
    assert fact(kind, text, "rule") == value


@pytest.mark.parametrize(("kind", "text", "name", "value"), OTHERS + RESULTS)
def test_other_facts(kind: str, text: str, name: str, value: Any) -> None:
    assert fact(kind, text, name) == value


def test_a_headline_with_only_a_month() -> None:
    assert (
        fact("management_change", "Acme Names Jo Bloggs CFO, Effective in February 2027", "effective_date") == "2027-02"
    )


def test_which_of_two_names_is_the_other() -> None:
    title = "Bolt Robotics and Acme Bio Announce Strategic Partnership"
    assert describe("partnership", title, "").facts["counterparty"] == "Acme Bio"
    assert describe("partnership", title, "", company="Acme Bio, Inc.").facts["counterparty"] == "Bolt Robotics"
    assert describe("partnership", title, "", company="Bolt Robotics").facts["counterparty"] == "Acme Bio"
    listed = "BOSTON - Bolt Robotics and Acme Bio Inc. (“Acme”) (Nasdaq: ACMX) today announced"
    assert describe("partnership", title, listed).facts["counterparty"] == "Bolt Robotics"


@pytest.mark.parametrize(
    ("kind", "title", "company", "tickers", "other"),
    [
        ("takeover_target", "Bolt Robotics to Acquire Kelvane Sensors", "Kelvane Sensors, Inc.", (), "Bolt Robotics"),
        ("takeover_target", "Bolt Robotics to Acquire Kelvane Sensors", "", ("KVNE",), "Bolt Robotics"),
        ("acquisition", "Kelvane Completes Acquisition of Kelvane Optics", "", ("KVNE",), None),
        ("acquisition", "Kelvane Completes Acquisition of Bolt Optics", "", ("KVNE",), "Bolt Optics"),
        ("commercial_contract", "Kelvane Sensors Signs Supply Contract with Kelvane", "", ("KVNE",), None),
        ("partnership", "Kelvane Partners with Kimber Lark", "", ("KVNE",), "Kimber Lark"),
        ("partnership", "Bolt Robotics Partners with Kelvane Sensors", "Kelvane Sensors", ("KVNE",), "Bolt Robotics"),
        ("partnership", "Bolt Robotics and Kelvane Announce Partnership", "", ("KVNE",), "Bolt Robotics"),
        ("partnership", "American Bolt Partners with American Lark", "American Bolt Corp", (), "American Lark"),
        ("partnership", "Kelvane and Bolt AI Partner to Advance Sensors", "", ("KVNE",), "Bolt AI"),
        ("partnership", "Kelvane and Bolt Robotics Team Up to Build Sensors", "", ("KVNE",), "Bolt Robotics"),
        ("commercial_contract", "Acme Receives Order from Bolt (Nasdaq: BTRB)", "", ("BTRB",), "Acme"),
    ],
)
def test_the_other_company_is_never_the_own(
    kind: str, title: str, company: str, tickers: tuple[str, ...], other: str | None
) -> None:
    facts = describe(kind, title, "", company=company, tickers=tickers).facts
    assert facts.get("counterparty", facts.get("acquirer")) == other


def test_every_fact_of_a_type_is_documented() -> None:
    named = {name for names in FACTS_OF.values() for name in names}
    assert named <= set(FACT_NAMES)
    assert set(FACT_NAMES) <= named
    assert all(FACT_NAMES.values())


def test_only_the_documented_facts_of_the_type_appear() -> None:
    title = "Acme Prices $5 Million Offering at $2.00 per Share, FDA Clears Phase 2 Trial under Rule 5550(a)(2)"
    for kind, names in FACTS_OF.items():
        assert set(describe(kind, title, title).facts) <= set(names), kind
