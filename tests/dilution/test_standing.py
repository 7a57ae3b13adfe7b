"""What a ledger comes to: measures, words, ratings, and the text of ``screener dilution``."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from screener.config import built_in
from screener.dilution.facts import Burn, FactCount, Money
from screener.dilution.phrases import absent, in_play
from screener.dilution.records import Entry, Kind, Ledger, Line, Status
from screener.dilution.small_float import FloatPrices
from screener.dilution.standing import MEASURES, BesideLedger, DilutionStanding, standing
from screener.engine.facts import rating_facts
from screener.engine.load import load_rules
from screener.engine.rating import Rating, rate_all
from screener.outputs.dilution import dilution_text
from screener.pipeline.dilution.company import CompanyRecord, DilutionAnswer, values_of
from screener.pipeline.dilution.told import float_lines
from screener.types import Span

NOW = dt.datetime(2025, 12, 12, 22, 0, tzinfo=dt.UTC)
SINCE = dt.datetime(2022, 12, 12, tzinfo=dt.UTC)
RULES = load_rules([built_in("rules") / "dilution"], rating_facts())


def line(
    kind: Kind, *, open: bool | None = True, opened: str = "2025-11-03", status: Status = "announced", **facts: Any
) -> Line:
    left = {k: facts.pop(k) for k in ("remaining_usd", "remaining_shares") if k in facts}
    proof = Span(field="text", start=0, end=9, text=f"A sentence of a {kind}.")
    entry = Entry(
        id=f"{kind}-{opened}#1", kind=kind, status=status, form="424B5", document=f"{kind}-{opened}", received=NOW,
        url="https://www.sec.gov/Archives/edgar/data/1/2/3-index.htm", evidence=(proof,), **facts,
    )  # fmt: skip
    return Line(
        key=entry.id, kind=kind, status=status, open=open, entry=entry, entries=(entry.id,), opened=opened, **left
    )


def count(value: float, day: str = "2025-10-30") -> FactCount:
    return FactCount(value=value, day=dt.date.fromisoformat(day), filed=dt.date(2025, 11, 7), concept="Cover")


ATM = line("atm", amount_usd=25e6, agent="A.G.P.")
WARRANTS = line("warrants", shares=14.2e6, strike=0.8, opened="2025-06-02")
DEAR = line("warrants", shares=1e6, strike=9.5, opened="2024-02-01")
DIRECT = line("registered_direct", amount_usd=4e6, shares=2e6, price=1.2, opened="2025-06-02", status="closed")
FULL = BesideLedger(
    since=SINCE, until=NOW, stored_since=SINCE, price=2.0, market_cap=40e6, shares=count(20e6), year_ago=count(8e6),
    authorised=count(60e6), money=Money(cash=6e6, liquid=6e6, day=dt.date(2025, 9, 30), filed=dt.date(2025, 11, 7)),
    burn=Burn(usd_a_month=1e6, months=6, end=dt.date(2025, 9, 30)),
)  # fmt: skip


RICH = BesideLedger(
    since=SINCE, until=NOW, price=2.0, market_cap=40e6, shares=count(20e6), year_ago=count(19e6), authorised=count(60e6),
    money=Money(cash=90e6, liquid=90e6, day=dt.date(2025, 9, 30), filed=dt.date(2025, 11, 7)), burn=FULL.burn,
)  # fmt: skip


def book(*lines: Line, raises: tuple[Line, ...] = ()) -> Ledger:
    return Ledger(as_of=NOW, since=SINCE, lines=lines, raises=raises)


def test_the_measures_of_a_ledger() -> None:
    s = standing(book(ATM, WARRANTS, DEAR, raises=(DIRECT,)), FULL)
    assert (s.atm_open, s.shelf_open, s.equity_line_open, s.warrants_outstanding) == (True, False, False, True)
    assert s.atm_left_pct == pytest.approx(62.5) and s.shelf_left_pct == 0.0
    assert s.warrants_pct == pytest.approx(76.0) and s.warrants_in_money_pct == pytest.approx(71.0)
    assert (s.raises_12m, s.raises_24m, s.days_since_raise) == (1, 1, 193)
    assert s.share_growth_pct == pytest.approx(150.0) and s.authorised_left_pct == pytest.approx(200.0)
    assert s.months_of_cash == pytest.approx(3.6, abs=0.1) and s.burns_cash is True
    assert s.profit_price == 1.2


def test_what_is_left_counts_and_not_what_was_agreed() -> None:
    left = line("atm", amount_usd=25e6, remaining_usd=5e6)
    assert standing(book(left), FULL).atm_left_pct == pytest.approx(12.5)
    assert in_play(book(left), standing(book(left), FULL)) == ("$25M ATM since 3 Nov, $5M left, 12 % of the cap",)


def test_the_words_a_row_warns_with() -> None:
    ledger = book(WARRANTS, DEAR, ATM)
    assert in_play(ledger, standing(ledger, FULL)) == (
        "$25M ATM with A.G.P. since 3 Nov, 62 % of the cap",
        "14.2M warrants at $0.80 in the money, 71 % of the shares",
        "1M warrants at $9.50, 5 % of the shares",
    )


def test_unknown_is_not_no() -> None:
    bare = standing(book(), BesideLedger())
    assert all(getattr(bare, name) is None for name in (*MEASURES, "shelf_open", "raises_24m"))
    young = standing(book(), BesideLedger(since=NOW - dt.timedelta(days=200), until=NOW))
    assert young.shelf_open is None and young.raises_24m is None and young.filings_days == 200
    doubtful = standing(book(line("shelf", open=None)), FULL)
    assert doubtful.shelf_open is None
    ended = standing(book(line("shelf", open=False, status="expired")), FULL)
    assert ended.shelf_open is False


def test_it_says_since_when_it_looked() -> None:
    assert absent(standing(book(ATM, WARRANTS), FULL)) == (
        "no shelf, no equity line and no convertible among the filings since 11 Dec 2022",
    )
    old = BesideLedger(since=SINCE, until=NOW - dt.timedelta(days=3), stored_since=SINCE)
    assert absent(standing(book(), old))[0].endswith("since 11 Dec 2022 until 9 Dec 2025")
    assert "have been read" in absent(standing(book(), BesideLedger()))[0]


def rated(ledger: Ledger, known: BesideLedger) -> dict[str, Rating]:
    return {r.name: r for r in rate_all(RULES, values_of(standing(ledger, known)))}


def test_ratings_from_low_to_severe() -> None:
    calm = line("shelf", open=False, status="expired")
    quiet = rated(Ledger(as_of=NOW, since=SINCE, lines=(calm,), public_float=line("shelf", float_usd=90e6).entry), RICH)
    assert {name: r.level for name, r in quiet.items()} == dict.fromkeys(quiet, "LOW")
    found = rated(book(ATM, WARRANTS, line("equity_line", amount_usd=20e6), raises=(DIRECT,)), FULL)
    assert found["ability_to_offer"].level == "SEVERE" and found["overhead_supply"].level == "SEVERE"
    assert found["history"].level == "HIGH" and found["need_of_cash"].level == "SEVERE"
    assert found["overall_risk"].level == "SEVERE"
    assert any("A.G.P." not in r and "programme" in r for r in found["ability_to_offer"].reasons)


def test_what_is_unknown_is_never_low() -> None:
    nothing = rated(book(), BesideLedger())
    assert {r.level for r in nothing.values()} == {None}
    least = rated(book(ATM), BesideLedger(price=2.0))
    assert least["ability_to_offer"].level == "MEDIUM" and least["ability_to_offer"].at_least
    assert "atm_left_pct" in least["ability_to_offer"].unknown


kinds = st.sampled_from(["atm", "shelf", "equity_line", "warrants", "convertible_note", "resale", "prefunded_warrants"])
money = st.none() | st.floats(0, 1e12)
lines = st.builds(
    lambda kind, open, amount, shares, strike: line(
        kind, open=open, amount_usd=amount, shares=shares, strike=strike, conversion_price=strike
    ),
    kinds, st.sampled_from([True, False, None]), money, money, st.none() | st.floats(1e-6, 1e6),
)  # fmt: skip
known = st.builds(
    BesideLedger, since=st.none() | st.just(SINCE), until=st.none() | st.just(NOW), price=st.none() | st.floats(1e-6, 1e6),
    market_cap=st.none() | st.floats(1e3, 1e13), shares=st.none() | st.builds(count, st.floats(1, 1e12)),
)  # fmt: skip


@given(st.lists(lines, max_size=6), known)
def test_any_ledger_gives_text_within_the_screen(found: list[Line], of: BesideLedger) -> None:
    ledger = book(*found, raises=tuple(x for x in found if x.entry.amount_usd))
    measured: DilutionStanding = standing(ledger, of)
    answer = DilutionAnswer(
        ticker="ZORV", company="Zorvane Corp " * 9, cik=1, as_of=NOW, ratings=tuple(rate_all(RULES, values_of(measured))),
        in_play=in_play(ledger, measured), absent=absent(measured), held=CompanyRecord(ledger=ledger, standing=measured),
    )  # fmt: skip
    text = dilution_text(answer, 80)
    assert all(len(row) <= 80 for row in text.splitlines() if "://" not in row)
    assert len(in_play(ledger, measured)) == sum(x.open is True for x in found)
    for rating in answer.ratings:
        assert rating.level != "LOW" or not rating.at_least


def test_the_text_shows_the_proof_and_its_filing() -> None:
    ledger = book(ATM, raises=(DIRECT,))
    measured = standing(ledger, FULL)
    answer = DilutionAnswer(
        ticker="ZORV", company="Zorvane Corp", cik=1, as_of=NOW, ratings=tuple(rate_all(RULES, values_of(measured))),
        in_play=in_play(ledger, measured), absent=absent(measured),
        held=CompanyRecord(ledger=ledger, standing=measured, documents=2),
    )  # fmt: skip
    text = dilution_text(answer)
    for words in (
        "Overall risk", "$25M ATM with A.G.P. since 3 Nov, 62 % of the cap; open", '"A sentence of a atm."',
        "424B5 https://www.sec.gov/", "$4M registered direct", "closed", "1 raise in 24 months",
    ):  # fmt: skip
        assert words in text, text


SMALL = FactCount(value=18e6, day=dt.date(2025, 6, 30), filed=dt.date(2025, 9, 12), concept="EntityPublicFloat")
FLOATS: list[tuple[FactCount | None, FloatPrices, float | None, bool | None, float | None]] = [
    (SMALL, FloatPrices(), 18e6, True, 6e6),
    (SMALL, FloatPrices(highest=3.0, then=1.5), 36e6, True, 12e6),
    (SMALL, FloatPrices(highest=9.0, then=1.5), 108e6, False, None),
    (SMALL, FloatPrices(highest=0.6, then=None), 12e6, True, 4e6),  # 20M shares at $0.60 are all there is
    (
        SMALL,
        FloatPrices(highest=1.5, then=1.5, shares_then=10e6),
        30e6,
        True,
        10e6,
    ),  # twice as many shares since, at most all
    (SMALL, FloatPrices(shares_then=5e6), None, None, None),
    (SMALL, FloatPrices(highest=0.6, shares_then=5e6), None, None, None),
    (structs.replace(SMALL, value=50e9), FloatPrices(), None, None, None),
    (None, FloatPrices(highest=2.0), None, None, None),
    (structs.replace(SMALL, value=90e6), FloatPrices(), 90e6, False, None),
]


@pytest.mark.parametrize(("stated", "prices", "usd", "baby", "limit"), FLOATS)
def test_a_small_float_limits_the_shelf(
    stated: FactCount | None, prices: FloatPrices, usd: float | None, baby: bool | None, limit: float | None
) -> None:
    shelf = line("shelf", amount_usd=100e6)
    known = structs.replace(FULL, public_float=stated, float_prices=prices)
    found = standing(Ledger(as_of=NOW, since=SINCE, lines=(shelf,)), known)
    assert (found.float_usd, found.baby_shelf, found.shelf_limit_usd) == (usd, baby, limit)
    assert found.shelf_left_pct == pytest.approx((limit or 100e6) / 40e6 * 100)


def test_the_float_is_told_with_its_limit() -> None:
    found = standing(Ledger(as_of=NOW), structs.replace(FULL, public_float=SMALL))
    assert float_lines(found, NOW.date()) == ["float $18M of 30 Jun: a shelf may sell $6M in twelve months"]
    assert float_lines(standing(Ledger(as_of=NOW), FULL), NOW.date()) == []
