"""Company facts: what was outstanding, allowed, held in cash and burnt, as of a day."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.dilution.facts import CompanyFacts, Money, Split, read_facts
from screener.dilution.facts_asof import FactsAsOf, months_of_cash

# Read by eye from the recorded files: at each day the count that a careful reader takes. The day of a filing still has
# the count before it.
READINGS = {
    1503802: (  # three covers in plain numbers, the last one typed a thousand times too large
        ("2023-03-01", 113_342_130), ("2023-06-30", 114_010_448), ("2023-11-02", 114_354_540),
        ("2024-01-02", 114_533_991), ("2024-07-01", 117_710_263), ("2024-12-31", 125_314_506),
        ("2025-03-01", 126_240_054), ("2025-06-01", 8_639_904), ("2025-11-03", 8_671_278), ("2025-11-04", 17_050_876),
    ),
    812796: (  # the same slip in 2011; a cover day of nine months earlier in 2019; a split in 2024
        ("2011-09-01", 220_791_077), ("2011-11-20", 220_985_710), ("2012-04-01", 11_122_199),
        ("2014-12-01", 22_050_038), ("2016-09-01", 33_577_522), ("2016-12-01", 3_766_054),
        ("2019-04-01", 17_682_839), ("2024-08-09", 15_799_837), ("2024-08-10", 2_280_421), ("2025-12-12", 10_086_130),
    ),
    872912: (
        ("2017-09-01", 499_031_259), ("2017-11-14", 499_031_259), ("2017-11-15", 2_591_509),
        ("2018-04-01", 434_997_075), ("2018-06-01", 896_994), ("2018-09-01", 932_158), ("2019-01-02", 9_007_952),
        ("2019-10-01", 18_277_807), ("2020-01-02", 21_977_808), ("2020-06-01", 2_760_401),
    ),
    925741: (
        ("2023-04-15", 20_183_014), ("2023-05-05", 20_183_014), ("2023-06-01", 20_219_087), ("2023-09-01", 21_619_432),
        ("2024-04-01", 26_732_542), ("2024-08-13", 27_304_116), ("2024-08-14", 2_123_876), ("2025-01-02", 4_584_285),
        ("2025-11-01", 5_801_224), ("2025-11-30", 10_612_734),
    ),
    1860657: (  # covers of 0 and 1 share before the listing
        ("2022-05-20", 8_842_290), ("2022-06-01", 9_283_295), ("2022-11-01", 10_260_157), ("2023-04-01", 30_000_000),
        ("2023-06-01", 19_143_273), ("2023-09-01", 2_728_823), ("2024-03-15", 6_178_892), ("2024-05-01", 2_386_273),
        ("2024-06-01", 17_606_739), ("2025-12-12", 15_811_886),
    ),
    1874097: (  # an amended annual report of November 2025 about a day in March
        ("2022-01-03", 26_434_285), ("2022-06-01", 30_894_752), ("2023-01-03", 33_680_790), ("2023-12-01", 41_802_944),
        ("2024-04-01", 82_287_127), ("2024-08-08", 141_542_715), ("2024-08-09", 2_026_533), ("2025-04-01", 1_751_906),
        ("2025-11-17", 7_039_266), ("2025-11-20", 7_974_380),
    ),
    1187953: (  # a cover dated after its own filing, mended five days later
        ("2021-04-01", 1_136_457_773), ("2021-08-16", 1_142_048_685), ("2021-09-01", 1_226_141_742),
        ("2021-11-16", 2_452_348), ("2022-04-15", 6_514_723), ("2023-08-12", 1_430_530), ("2024-12-01", 1_748_428),
        ("2025-03-17", 1_748_428), ("2025-03-20", 2_535_897), ("2025-12-12", 2_580_532),
    ),
    1034760: (  # the first cover of all typed a thousand times too large
        ("2011-08-16", 62_930_873), ("2011-10-01", 62_930_873), ("2011-11-14", 62_930_873), ("2011-12-01", 62_930_873),
        ("2012-04-02", 63_226_857), ("2012-06-01", 63_226_857), ("2012-08-14", 63_226_857), ("2012-08-15", 63_651_857),
        ("2012-12-31", 63_651_857), ("2025-12-12", 9_891_002),
    ),
    1492674: (  # 333,580,010 is no slip: the shares were sold, and divided by a hundred later
        ("2022-04-01", 171_036_992), ("2022-06-01", 171_725_080), ("2022-09-01", 352_542_728),
        ("2022-11-15", 7_319_105), ("2023-04-15", 20_275_428), ("2023-06-01", 24_887_722),
        ("2023-09-01", 333_580_010), ("2023-11-16", 4_050_294), ("2024-09-01", 17_479_954), ("2025-01-02", 21_042_952),
    ),
    1720161: (  # a foreign issuer: covers once a year, balance sheets of half years between
        ("2019-07-01", 2_400_000), ("2020-01-02", 3_018_112), ("2020-04-01", 3_318_112), ("2020-10-01", 70_442_876),
        ("2021-04-01", 131_212_376), ("2021-09-01", 93_519_255), ("2022-05-01", 94_610_088),
        ("2023-09-01", 96_489_976), ("2024-03-15", 96_623_876), ("2025-12-12", 9_662_354),
    ),
}  # fmt: skip


@lru_cache(maxsize=16)
def recorded(shared: Path, cik: int) -> CompanyFacts:
    return read_facts(gzip.decompress((shared / f"edgar/companyfacts/CIK{cik:010d}.json.gz").read_bytes()))


def noon(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T17:00:00+00:00")


@pytest.mark.parametrize("cik", READINGS)
def test_shares_outstanding_at_ten_days(shared: Path, cik: int) -> None:
    facts = recorded(shared, cik)
    found = [(day, FactsAsOf(facts, noon(day)).shares_outstanding()) for day, _ in READINGS[cik]]
    assert [(day, round(c.value) if c else None) for day, c in found] == list(READINGS[cik])


def test_companies_with_classes_have_no_count(shared: Path) -> None:
    for cik in (1721484, 1637715, 1951667):
        assert FactsAsOf(recorded(shared, cik), noon("2025-12-12")).shares_outstanding() is None


def test_a_company_without_a_limit_allows_nothing(shared: Path) -> None:
    assert FactsAsOf(recorded(shared, 1707919), noon("2025-12-12")).authorised() is None  # says what is outstanding
    allowed = FactsAsOf(recorded(shared, 1714562), noon("2025-12-12")).authorised()
    assert allowed and allowed.value == 100_000_000


def test_quarters_from_values_for_the_year_to_date(shared: Path) -> None:
    # Stated: -1,591,535 to March, -2,750,282 to June, -3,918,891 to September 2025.
    known = FactsAsOf(recorded(shared, 1187953), noon("2025-12-12"))
    assert [round(f.usd) for f in known.flows()[-3:]] == [-1_591_535, -1_158_747, -1_168_609]
    burn = known.burn()
    assert burn and burn.end == dt.date(2025, 9, 30) and burn.months == 6.0
    assert round(burn.usd_a_month) == round((1_158_747 + 1_168_609) / (183 / (365.25 / 12)))


# ---- invented files ----

Values = list[dict[str, object]]


def body(cover: Values = [], usd: dict[str, Values] = {}, unit: str = "USD", **shares: Values) -> bytes:  # noqa: B006
    """A company facts file: counts of the cover, counts by concept, money by concept."""
    facts = {name: {"units": {"shares": rows}} for name, rows in shares.items()}
    facts |= {name: {"units": {unit: rows}} for name, rows in usd.items()}
    dei = {"EntityCommonStockSharesOutstanding": {"units": {"shares": cover}}} if cover else {}
    return json.dumps({"cik": 4711, "entityName": "Invented Corp", "facts": {"dei": dei, "us-gaap": facts}}).encode()


def row(end: str, filed: str, val: float, accn: str = "a", form: str = "10-Q", **more: str) -> dict[str, object]:
    return {"end": end, "filed": filed, "val": val, "accn": accn, "form": form, **more}


def known(raw: bytes, day: str, *splits: Split) -> FactsAsOf:
    return FactsAsOf(read_facts(raw), noon(day), splits)


def test_a_count_in_thousands_is_set_right() -> None:
    cover, balance = row("2025-05-01", "2025-05-10", 12_400), row("2025-03-31", "2025-05-10", 12_100_000)
    found = known(body([cover], CommonStockSharesOutstanding=[balance]), "2025-06-01").shares_outstanding()
    assert found and found.value == 12_400_000 and "1,000 times too small" in found.note


def test_a_balance_sheet_in_thousands_leaves_the_cover_alone() -> None:
    cover, balance = row("2025-05-01", "2025-05-10", 9_724_826), row("2025-03-31", "2025-05-10", 9_700)
    found = known(body([cover], CommonStockSharesOutstanding=[balance]), "2025-06-01").shares_outstanding()
    assert found and found.value == 9_724_826 and not found.note


def test_a_thousandfold_issue_is_no_slip_when_the_balance_sheet_bears_it_out() -> None:
    cover = [row("2025-05-01", "2025-05-10", 1_000_000), row("2025-08-01", "2025-08-10", 900_000_000, "b")]
    balance = [row("2025-03-31", "2025-05-10", 1_000_000), row("2025-06-30", "2025-08-10", 600_000_000, "b")]
    found = known(body(cover, CommonStockSharesOutstanding=balance), "2025-09-01").shares_outstanding()
    assert found and found.value == 900_000_000 and not found.note


@pytest.mark.parametrize(
    ("split", "balance", "expected"),
    [
        ("2025-09-15", 40_000_000, 2_000_000),  # after the filing: the cover is old shares
        ("2025-08-05", 2_000_000, 2_000_000),  # between cover day and filing, the balance sheet restated, the cover not
        ("2025-08-05", 40_000_000, 40_000_000),  # the same, and cover and balance sheet count alike: restated both
        ("2025-07-01", 40_000_000, 40_000_000),  # before the cover's day
        ("2025-10-20", 40_000_000, 40_000_000),  # after the moment asked for
    ],
)
def test_a_count_stands_on_todays_shares(split: str, balance: float, expected: float) -> None:
    raw = body(
        [row("2025-08-01", "2025-08-10", 40_000_000)],
        CommonStockSharesOutstanding=[row("2025-06-30", "2025-08-10", balance)],
    )
    found = known(raw, "2025-10-01", Split(dt.date.fromisoformat(split), 20.0)).shares_outstanding()
    assert found and found.value == expected


def test_restricted_cash_is_not_for_spending() -> None:
    wide = "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents"
    usd = {wide: [row("2025-06-30", "2025-08-10", 9e6)]}
    found = known(body(usd=usd), "2025-09-01").money()
    assert found and found.cash == 9e6 and found.note == "restricted cash included"
    usd["RestrictedCash"] = [row("2025-06-30", "2025-08-10", 2e6)]
    usd["ShortTermInvestments"] = [row("2025-06-30", "2025-08-10", 5e6)]
    found = known(body(usd=usd), "2025-09-01").money()
    assert found and (found.cash, found.liquid, found.note) == (7e6, 12e6, "without restricted cash")


def test_money_in_another_currency_is_unknown() -> None:
    usd = {"CashAndCashEquivalentsAtCarryingValue": [row("2025-06-30", "2025-08-10", 9e6)]}
    assert known(body(usd=usd), "2025-09-01").money() is not None
    assert known(body(usd=usd, unit="CNY"), "2025-09-01").money() is None


def test_an_old_balance_is_no_answer() -> None:
    raw = body(usd={"CashAndCashEquivalentsAtCarryingValue": [row("2023-06-30", "2023-08-10", 9e6)]})
    assert known(raw, "2024-03-01").money() is not None
    assert known(raw, "2025-09-01").money() is None


OPERATIONS = "NetCashProvidedByUsedInOperatingActivities"


def test_half_years_of_a_foreign_issuer() -> None:
    flows = [
        row("2024-12-31", "2025-04-30", -24e6, "y", "20-F", start="2024-01-01"),
        row("2024-06-30", "2024-09-30", -9e6, "h", "6-K", start="2024-01-01"),
    ]
    at = known(body(usd={OPERATIONS: flows}), "2025-06-01")
    assert [f.usd for f in at.flows()] == [-9e6, -15e6]
    burn = at.burn()
    assert burn and round(burn.usd_a_month / 1e6, 2) == round(15 / (184 / (365.25 / 12)), 2)


def test_months_of_cash_count_from_today() -> None:
    flows = [row("2025-06-30", "2025-08-10", -6e6, start="2025-01-01")]
    burn = known(body(usd={OPERATIONS: flows}), "2025-09-01").burn()
    money = Money(cash=4e6, liquid=5e6, day=dt.date(2025, 6, 30), filed=dt.date(2025, 8, 10))
    left = months_of_cash(money, burn, dt.date(2025, 8, 30))
    assert left is not None and 2.9 < left < 3.1
    raised = months_of_cash(money, burn, dt.date(2025, 8, 30), raised_since=10e6)
    assert raised is not None and 12.8 < raised < 13.0
    assert months_of_cash(money, burn, dt.date(2026, 8, 30)) == 0.0
    assert months_of_cash(None, burn, dt.date(2025, 8, 30)) is None


@pytest.mark.parametrize(
    "raw", [b"", b"<html>", b"[]", b'{"facts": []}', b'{"cik": 1}', b"\xff" * 9, b'{"facts":{"a":1}}']
)
def test_what_is_no_company_facts_file_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="no company facts"):
        read_facts(raw)


def test_broken_values_are_left_out_and_counted() -> None:
    good = row("2025-05-01", "2025-05-10", 7_000_000)
    broken: list[object] = [{}, {"end": "2025-13-01", "filed": "x", "val": 1}, {**good, "val": "many"}, 5, None]
    facts = read_facts(body([*broken, good]))  # type: ignore[list-item]
    found = FactsAsOf(facts, noon("2025-06-01")).shares_outstanding()
    assert found and found.value == 7_000_000 and facts.broken == 5


days = st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31)).map(dt.date.isoformat)
counts = st.lists(
    st.builds(row, days, days, st.sampled_from([0, 5e3, 1e6, 3e6, 4e7, 2e9, 7e9]), st.sampled_from("abc")), max_size=8
)


@given(counts, counts, days)
def test_what_is_filed_later_changes_nothing(cover: Values, balance: Values, day: str) -> None:
    def told(cover: Values, balance: Values) -> object:
        at = known(body(cover, CommonStockSharesOutstanding=balance, CommonStockSharesAuthorized=balance), day)
        return at.shares_outstanding(), at.authorised(), at.money()

    def early(rows: Values) -> Values:
        return [r for r in rows if str(r["filed"]) < day]

    assert told(cover, balance) == told(early(cover), early(balance))
