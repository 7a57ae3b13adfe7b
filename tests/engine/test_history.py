"""What earlier news and filings say of a ticker, three-valued: a young store does not answer "no"."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from screener.engine.candidate import History
from screener.engine.history import Past, derive
from screener.types import Filing, Halt
from tests.engine.make import AS_OF, catalyst, story

LONG = AS_OF - dt.timedelta(days=2000)


def past(
    kind: str, days: float, polarity: str = "-", stage: str = "announced", title: str = "News", **facts: Any
) -> Past:
    told = story(f"{kind}{days}", days * 24, title=title)
    return told, catalyst(kind, polarity, stage=stage, facts=facts)


def filing(form: str, days: float) -> Filing:
    when = AS_OF - dt.timedelta(days=days)
    return Filing(accession=f"{form}{days}", form=form, company="E", cik=1, role="Filer", accepted=when, received=when)


def test_an_empty_store_knows_nothing() -> None:
    assert derive([], as_of=AS_OF) == History()


def test_a_long_store_answers_no() -> None:
    found = derive([], as_of=AS_OF, since=LONG, filings=[], filings_since=LONG, halts=[])
    assert (found.shelf_open, found.atm_open, found.equity_line_open, found.warrants_outstanding) == (False,) * 4
    assert (found.deficiency_open, found.going_concern, found.raises_24m, found.recent_stories) == (False, False, 0, 0)
    assert found.filings == () and found.halts == ()


def test_a_young_store_answers_unknown() -> None:
    young = AS_OF - dt.timedelta(days=30)
    found = derive([], as_of=AS_OF, since=young, filings=[], filings_since=young)
    assert found.shelf_open is None and found.deficiency_open is None and found.going_concern is None
    assert found.raises_24m == 0


def test_dilution_from_filings_and_news() -> None:
    assert derive([], as_of=AS_OF, filings=[filing("S-3", 400)]).shelf_open is True
    assert derive([], as_of=AS_OF, filings=[filing("S-3", 1500)], filings_since=LONG).shelf_open is False
    atm = past("shelf_or_atm", 90, title="Examplecorp starts at-the-market program")
    assert derive([atm], as_of=AS_OF).atm_open is True
    ended = past("shelf_or_atm", 10, "+", "terminated", "Examplecorp ends its at-the-market program")
    assert derive([atm, ended], as_of=AS_OF).atm_open is False
    assert derive([past("equity_line_convertible", 50)], as_of=AS_OF).equity_line_open is True
    sold = past("equity_offering", 50, title="Examplecorp prices offering with warrants")
    assert derive([sold], as_of=AS_OF).warrants_outstanding is True


def test_every_yes_has_its_paper_and_day() -> None:
    atm = past("shelf_or_atm", 90, title="Examplecorp starts at-the-market program")
    notice, doubt = past("listing_deficiency", 100), past("going_concern", 100)
    line, sold = past("equity_line_convertible", 50), past("equity_offering", 40, title="Offering with warrants")
    found = derive([atm, notice, doubt, line, sold], as_of=AS_OF, filings=[filing("S-3", 400), filing("S-3/A", 390)])
    assert found.evidence == {
        "deficiency_open": "notice of 2025-09-03",
        "going_concern": "statement of 2025-09-03",
        "shelf_open": "S-3/A of 2024-11-17",
        "atm_open": "programme of 2025-09-13",
        "equity_line_open": "equity line of 2025-10-23",
        "warrants_outstanding": "warrants in the deal of 2025-11-02",
    }
    filed = (story("a", 240, form="8-K"), catalyst("listing_deficiency", "-"))
    assert derive([filed], as_of=AS_OF).evidence == {"deficiency_open": "8-K of 2025-12-02"}


def test_raises_count_deals_not_papers() -> None:
    deals = [past("equity_offering", 100, stage="proposed"), past("equity_offering", 100, stage="priced"),
             past("equity_offering", 98, stage="closed"), past("private_placement", 300, "±"),
             past("equity_offering", 900, stage="priced")]  # fmt: skip
    papers = [filing("424B5", 99), filing("424B5", 200), filing("8-K", 150)]
    assert derive(deals, as_of=AS_OF, filings=papers).raises_24m == 3


def test_listing_and_solvency() -> None:
    notice, cured = past("listing_deficiency", 100), past("compliance_regained", 20, "+")
    assert derive([notice], as_of=AS_OF).deficiency_open is True
    assert derive([notice, cured], as_of=AS_OF).deficiency_open is False
    assert derive([cured, past("listing_deficiency", 5)], as_of=AS_OF).deficiency_open is True
    assert derive([past("listing_deficiency", 800)], as_of=AS_OF).deficiency_open is None
    assert derive([past("going_concern", 100)], as_of=AS_OF).going_concern is True
    assert derive([past("going_concern", 100), past("going_concern", 9, "+")], as_of=AS_OF).going_concern is False
    assert derive([past("going_concern", 500)], as_of=AS_OF, since=LONG).going_concern is False


@pytest.mark.parametrize(
    ("stage", "facts", "day"),
    [
        ("announced", {"effective_date": "2025-11-03"}, dt.date(2025, 11, 3)),
        ("announced", {"effective_date": "2026-01-03"}, None),
        ("announced", {}, None),
        ("effective", {}, dt.date(2025, 11, 12)),
        ("proposed", {"effective_date": "2025-11-03"}, None),
    ],
)
def test_last_reverse_split(stage: str, facts: dict[str, str], day: dt.date | None) -> None:
    assert derive([past("reverse_split", 30, stage=stage, **facts)], as_of=AS_OF).last_reverse_split == day


def test_nothing_from_after_the_moment() -> None:
    later = [past("listing_deficiency", -1), past("going_concern", -1), past("equity_offering", -1)]
    halt = Halt(ticker="EXMP", code="T1", halted=AS_OF, received=AS_OF + dt.timedelta(minutes=1))
    found = derive(later, as_of=AS_OF, filings=[filing("S-3", -1)], halts=[halt])
    assert found.deficiency_open is None and found.going_concern is None and found.shelf_open is None
    assert found.halts == () and found.first_seen is None


def test_recent_stories_and_first_seen() -> None:
    found = derive([past("earnings", 3), past("guidance", 8), past("earnings", 30)], as_of=AS_OF)
    assert found.recent_stories == 2
    assert found.first_seen == AS_OF - dt.timedelta(days=30)
