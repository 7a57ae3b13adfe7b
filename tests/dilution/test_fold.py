"""The fold: what is open at a day, from entries that were public then, in whatever order they come."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.dilution.fold import ledger
from screener.dilution.records import KINDS, Entry, Kind, Ledger, Line, public_at
from tests.dilution.conftest import made, moment


def lines(found: Ledger, kind: Kind) -> list[Line]:
    return [line for line in found.lines if line.kind == kind]


def only(found: Ledger, kind: Kind) -> Line:
    (line,) = lines(found, kind)
    return line


SHELF = made("shelf", "2027-01-04", "registered", form="S-3", file_number="333-900001", amount_usd=100e6)
EFFECT = made(
    "effectiveness", "2027-01-20", "effective", form="EFFECT", file_number="333-900001", effective="2027-01-19"
)


def test_nothing_is_known_without_documents() -> None:
    found = ledger([], moment("2027-01-01"))
    assert found.since is None
    assert not found.lines
    assert found.shares_outstanding is None


def test_a_shelf_opens_when_it_is_declared_effective() -> None:
    before, after = ledger([SHELF, EFFECT], moment("2027-01-19")), ledger([SHELF, EFFECT], moment("2027-01-21"))
    assert only(before, "shelf").open is False
    assert only(before, "shelf").status == "registered"
    shelf = only(after, "shelf")
    assert (shelf.open, shelf.status, shelf.expires) == (True, "effective", "2030-01-19")
    assert shelf.entries == (SHELF.id, EFFECT.id)


@pytest.mark.parametrize(("day", "is_open"), [("2030-01-19", True), ("2030-01-21", False)])
def test_a_shelf_ends_three_years_after_its_effectiveness(day: str, is_open: bool) -> None:
    shelf = only(ledger([SHELF, EFFECT], moment(day)), "shelf")
    assert shelf.open is is_open
    assert shelf.ended_by == ("" if is_open else "expiry")


def test_an_automatic_shelf_is_effective_when_filed() -> None:
    shelf = made("shelf", "2027-01-04", "effective", form="S-3ASR", file_number="333-900002")
    line = only(ledger([shelf], moment("2027-01-05")), "shelf")
    assert (line.open, line.expires, line.remaining_usd) == (True, "2030-01-04", None)


def test_an_amendment_joins_its_statement() -> None:
    amended = made("shelf", "2027-01-10", "amended", form="S-3/A", file_number="333-900001", amount_usd=80e6)
    shelf = only(ledger([SHELF, amended, EFFECT], moment("2027-02-01")), "shelf")
    assert shelf.entry.amount_usd == 80e6
    assert len(shelf.entries) == 3


def test_deals_use_up_the_room_of_their_shelf() -> None:
    deal = made(
        "registered_direct", "2027-02-01", "priced", form="424B5", file_number="333-900001", amount_usd=30e6, price=2.0
    )
    unknown = made("offering", "2027-05-01", "priced", form="424B5", file_number="333-900001", price=3.0)
    assert only(ledger([SHELF, EFFECT, deal], moment("2027-03-01")), "shelf").remaining_usd == 70e6
    assert only(ledger([SHELF, EFFECT, deal, unknown], moment("2027-06-01")), "shelf").remaining_usd is None


def test_a_new_statement_ends_the_one_it_carries_over_when_effective() -> None:
    new = made(
        "shelf", "2027-06-01", "registered", form="S-3", file_number="333-900009", amount_usd=50e6, ends=("333-900001",)
    )
    effect = made("effectiveness", "2027-06-20", "effective", file_number="333-900009", effective="2027-06-20")
    old = [x for x in ledger([SHELF, EFFECT, new], moment("2027-06-10")).lines if x.entry.file_number == "333-900001"]
    assert old[0].open is True
    after = {x.entry.file_number: x for x in ledger([SHELF, EFFECT, new, effect], moment("2027-06-21")).lines}
    assert (after["333-900001"].status, after["333-900009"].open) == ("superseded", True)


def test_a_withdrawal_ends_a_registration() -> None:
    gone = made("withdrawal", "2027-03-01", "withdrawn", form="POS AM", file_number="333-900001", ends=("333-900001",))
    shelf = only(ledger([SHELF, EFFECT, gone], moment("2027-03-02")), "shelf")
    assert (shelf.open, shelf.status, shelf.ended_by) == (False, "withdrawn", gone.id)


def test_a_new_programme_replaces_the_older() -> None:
    first = made("atm", "2027-02-01", amount_usd=20e6, file_number="333-900001", agent="Holt & Bray")
    second = made("atm", "2027-09-01", amount_usd=40e6, file_number="333-900005", agent="Corven")
    old, new = sorted(lines(ledger([first, second], moment("2027-10-01")), "atm"), key=lambda x: x.opened or "")
    assert (old.open, old.status, new.open) == (False, "superseded", True)


def test_a_supplement_lowers_a_programme_and_tells_what_was_sold() -> None:
    first = made("atm", "2027-02-01", amount_usd=30e6, file_number="333-900001")
    lower = made(
        "atm",
        "2027-05-01",
        "amended",
        form="424B5",
        amount_usd=15e6,
        sold_usd=4e6,
        sold_shares=2e6,
        file_number="333-900001",
    )
    line = only(ledger([first, lower], moment("2027-06-01")), "atm")
    assert (line.entry.amount_usd, line.remaining_usd, line.open) == (15e6, 11e6, True)


def test_a_termination_ends_the_programme_before_it_and_not_the_new_one() -> None:
    old = made("atm", "2027-02-01", amount_usd=30e6, file_number="333-900001")
    new = made("atm", "2028-02-01", amount_usd=60e6, document="report", number=1, file_number="333-900002")
    end = made("atm", "2028-02-01", "terminated", amount_usd=30e6, document="report", number=2)
    found = {x.entry.amount_usd: x for x in lines(ledger([old, new, end], moment("2028-03-01")), "atm")}
    assert (found[30e6].open, found[60e6].open) == (False, True)


def test_a_programme_under_a_shelf_that_is_gone_cannot_go_on() -> None:
    programme = made("atm", "2027-02-01", amount_usd=30e6, file_number="333-900001")
    line = only(ledger([SHELF, EFFECT, programme], moment("2030-02-01")), "atm")
    assert (line.open, line.status) == (False, "expired")


def test_an_equity_line_ends_by_its_termination() -> None:
    line = made("equity_line", "2027-02-01", amount_usd=50e6, agent="Hollow Tree Fund, LP")
    end = made("equity_line", "2027-08-01", "terminated", agent="Hollow Tree Fund LP")
    assert only(ledger([line, end], moment("2027-07-01")), "equity_line").open is True
    assert only(ledger([line, end], moment("2027-08-02")), "equity_line").open is False


def split(day: str, ratio: float, effective: str | None = None) -> Entry:
    return made("split", day, "announced", ratio=ratio, effective=effective or day)


def test_a_reverse_split_changes_what_was_stated_before_it() -> None:
    warrants = made("warrants", "2027-02-01", shares=1_000_000, strike=0.5, term_years=5.0)
    found = ledger([warrants, split("2027-06-01", 20.0, "2027-06-10")], moment("2027-06-11"))
    line = only(found, "warrants")
    assert (line.entry.shares, line.entry.strike, line.split) == (50_000, 10.0, 20.0)
    assert line.expires == "2032-02-01"
    before = only(ledger([warrants, split("2027-06-01", 20.0, "2027-06-10")], moment("2027-06-09")), "warrants")
    assert (before.entry.shares, before.split) == (1_000_000, 1.0)


def test_numbers_restated_after_a_split_are_the_same_warrants() -> None:
    old = made("warrants", "2027-02-01", shares=1_000_007, strike=0.5)
    new = made("warrants", "2027-08-01", form="S-1", shares=50_001, strike=10.0)
    line = only(ledger([old, split("2027-06-01", 20.0), new], moment("2027-09-01")), "warrants")
    assert line.entry.shares == 50_001
    assert len(line.entries) == 2


def test_one_split_told_twice_counts_once() -> None:
    told = [split("2027-06-01", 20.0, "2027-06-10"), made("split", "2027-06-12", "effective", ratio=20.0)]
    assert len(ledger(told, moment("2027-07-01")).splits) == 1


def test_a_proposed_split_changes_nothing() -> None:
    proposal = made("split", "2027-06-01", "proposed", ratio=20.0, effective="2027-06-02")
    warrants = made("warrants", "2027-02-01", shares=1_000_000, strike=0.5)
    assert only(ledger([warrants, proposal], moment("2027-07-01")), "warrants").entry.shares == 1_000_000


def test_warrants_exercised_are_fewer_and_pre_funded_ones_stand_apart() -> None:
    given_ = [
        made("warrants", "2027-02-01", document="d", number=1, shares=500_000, strike=2.0),
        made("prefunded_warrants", "2027-02-01", document="d", number=2, shares=300_000, strike=0.0001),
        made("exercise", "2027-02-20", "closed", shares=100_000, about="pre-funded"),
        made("exercise", "2027-02-24", "closed", shares=100_000, about="pre-funded"),
    ]
    found = ledger(given_, moment("2027-03-01"))
    assert only(found, "prefunded_warrants").remaining_shares == 200_000
    assert only(found, "warrants").remaining_shares == 500_000


def test_warrants_all_exercised_are_closed_and_expired_ones_too() -> None:
    warrants = made("warrants", "2027-02-01", shares=500_000, strike=2.0, expires="2027-12-31")
    gone = made("exercise", "2027-03-01", "closed", shares=500_000, strike=2.0)
    assert only(ledger([warrants, gone], moment("2027-04-01")), "warrants").open is False
    late = only(ledger([warrants], moment("2028-01-02")), "warrants")
    assert (late.open, late.status) == (False, "expired")


def test_two_like_groups_of_one_document_are_two() -> None:
    pair = [made("warrants", "2027-02-01", document="d", number=n, shares=315_000, strike=3.0) for n in (1, 2)]
    again = [made("warrants", "2027-03-01", document="e", number=n, shares=315_000, strike=3.0) for n in (1, 2)]
    assert len(lines(ledger([*pair, *again], moment("2027-04-01")), "warrants")) == 2


def test_the_report_and_the_prospectus_of_a_deal_are_one_raise() -> None:
    report = made("registered_direct", "2027-02-01", "announced", amount_usd=7e6, agent="Corven")
    prospectus = made(
        "registered_direct", "2027-02-02", "priced", form="424B5", amount_usd=7_000_040, shares=2e6, price=3.5
    )
    closed = made("registered_direct", "2027-02-04", "closed", shares=2e6, price=3.5)
    found = ledger([report, prospectus, closed], moment("2027-03-01"))
    assert [(r.status, r.open, r.entry.agent) for r in found.raises] == [("closed", False, "Corven")]


def test_two_deals_at_different_prices_are_two_raises() -> None:
    deals = [
        made("placement", "2027-02-01", "priced", price=1.0, shares=1e6),
        made("placement", "2027-02-05", "priced", price=2.0, shares=2e6),
    ]
    assert [r.entry.price for r in ledger(deals, moment("2027-03-01")).raises] == [2.0, 1.0]


def test_the_latest_count_is_by_its_day_and_classes_add_up() -> None:
    late = made("shares_outstanding", "2027-03-01", "outstanding", shares=9e6, day="2026-12-31", document="late")
    a = made(
        "shares_outstanding",
        "2027-02-01",
        "outstanding",
        document="d",
        number=1,
        shares=10e6,
        security="Class A",
        day="2027-01-31",
    )
    b = made(
        "shares_outstanding",
        "2027-02-01",
        "outstanding",
        document="d",
        number=2,
        shares=2e6,
        security="Class B",
        day="2027-01-31",
    )
    found = ledger([late, a, b], moment("2027-04-01")).shares_outstanding
    assert found is not None
    assert (found.shares, found.day) == (12e6, "2027-01-31")


DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2029, 12, 31)).map(dt.date.isoformat)
NUMBERS = st.sampled_from(["", "333-900001", "333-900002"])
STATUS: dict[Kind, list[Any]] = {"split": ["announced", "effective", "proposed"], "effectiveness": ["effective"],
                                 "withdrawal": ["withdrawn"], "exercise": ["closed"]}  # fmt: skip
OTHER = [
    "registered",
    "announced",
    "priced",
    "effective",
    "closed",
    "terminated",
    "amended",
    "outstanding",
    "converted",
]
AMOUNT = st.none() | st.sampled_from([1e6, 5e6, 5.01e6, 20e6])


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    out = []
    for n in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from(KINDS))
        entry = made(kind, draw(DAYS), draw(st.sampled_from(STATUS.get(kind, OTHER))), document=f"d{n}",
                     file_number=draw(NUMBERS), amount_usd=draw(AMOUNT), shares=draw(AMOUNT),
        strike=draw(st.none() | st.just(2.0)),
                     ratio=draw(st.sampled_from([10.0, 0.5])), effective=draw(st.none() | DAYS))  # fmt: skip
        out.append(entry)
    return out


@given(entries(), DAYS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(given_: list[Entry], day: str, chance: random.Random) -> None:
    mixed = [*given_, *given_[:2]]
    chance.shuffle(mixed)
    assert ledger(mixed, moment(day)) == ledger(given_, moment(day))


@given(entries(), DAYS)
def test_only_what_was_public_is_used(given_: list[Entry], day: str) -> None:
    as_of = moment(day)
    found = ledger(given_, as_of)
    assert found == ledger([e for e in given_ if public_at(e) <= as_of], as_of)
    used = {i for line in found.lines for i in line.entries}
    assert used <= {e.id for e in given_ if public_at(e) <= as_of}


@given(entries(), DAYS)
def test_what_has_ended_is_not_open_and_nothing_is_negative(given_: list[Entry], day: str) -> None:
    for line in ledger(given_, moment(day)).lines:
        assert line.open is False or not line.ended_by
        assert all(x is None or x >= 0 for x in (line.remaining_usd, line.remaining_shares))


def test_a_prospectus_shows_that_its_statement_is_effective() -> None:
    sold = made("resale", "2027-02-01", "effective", form="424B5", file_number="333-900001", shares=1e6)
    shelf = only(ledger([SHELF, sold], moment("2027-02-02")), "shelf")
    assert (shelf.open, shelf.status, shelf.expires) == (True, "effective", None)


def test_a_total_of_warrants_told_without_its_strike_is_the_same_total() -> None:
    total = made("warrants", "2025-06-02", "outstanding", shares=855_401, strike=14.24, about="all")
    again = made("warrants", "2025-12-01", shares=855_401)
    other = made("warrants", "2025-12-02", shares=300_000)
    found = ledger([total, again, other], moment("2025-12-12"))
    assert sorted((x.entry.shares, x.entry.strike) for x in found.lines) == [(300_000, None), (855_401, 14.24)]
