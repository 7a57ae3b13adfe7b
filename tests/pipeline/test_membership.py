"""Which rows are no small caps, and why: the user's universe, shells, funds, and what is unknown."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from screener.config import built_in
from screener.engine.load import load_rules
from screener.engine.rank import rank
from screener.pipeline.membership import lenient, outside, with_membership
from screener.prices.universe import Universe, load_universe
from screener.types import Listing, Move
from tests.engine import make

AS_OF = dt.datetime(2026, 3, 12, 22, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def rules() -> Universe:
    return lenient(load_universe(built_in("rules") / "universe.yml"))


def said(
    rules: Universe, ticker: str, name: str, exchange: str = "NASDAQ", catalysts: tuple[str, ...] = (), **move: float
) -> str:
    listing = Listing(ticker=ticker, name=name, exchange=exchange)
    return outside(ticker, Move(ticker=ticker, as_of=AS_OF, **move), listing, catalysts, rules)


def test_a_small_cap_is_inside_and_an_unknown_cap_stays(rules: Universe) -> None:
    assert said(rules, "ZORV", "Zorvane Inc", market_cap=90e6, price=2.0) == ""
    assert said(rules, "ZORV", "Zorvane Inc") == ""
    assert outside("ZORV", None, Listing(ticker="ZORV", name="Zorvane Inc"), (), rules) == ""
    assert outside("ZORV", None, None, (), rules) == ""


def test_thin_usual_trading_leaves_nobody_out(rules: Universe) -> None:
    assert said(rules, "ZORV", "Zorvane Inc", market_cap=90e6, price=2.0, avg_dollar_volume=900.0) == ""


@pytest.mark.parametrize(
    ("ticker", "name", "word"),
    [
        ("QUBAW", "Qubankor Inc Warrants", "warrant"),
        ("ZFND", "Zelmar Income Trust", "fund"),
        ("QNOT", "Quarvel 6.5% Senior Notes due 2030", "note"),
        ("ZPRP", "Zelmar Preferred Stock Series A", "preferred"),
        ("LELA", "Leland Acquisition Corp", "spac"),
    ],
)
def test_other_kinds_are_outside(rules: Universe, ticker: str, name: str, word: str) -> None:
    assert word in said(rules, ticker, name, market_cap=90e6, price=10.0)


def test_too_large_and_over_the_counter_are_outside(rules: Universe) -> None:
    assert "market cap" in said(rules, "QBIG", "Quorbig Inc", market_cap=9e9, price=80.0)
    assert "OTC" in said(rules, "QOTC", "Quorotc Inc", exchange="OTC", market_cap=9e6, price=1.0)


def test_a_shell_is_let_in_by_the_merger_that_moves_it(rules: Universe) -> None:
    """A blank cheque trades at its trust's value; only a move on its own deal makes it a stock with news."""
    deal = ("spac_reverse_merger",)
    assert "spac" in said(rules, "LELA", "Leland Acquisition Corp", catalysts=deal, price=10.2, change_pct=0.3)
    assert said(rules, "LELA", "Leland Acquisition Corp", catalysts=deal, price=14.2, change_pct=38.0) == ""
    assert "spac" in said(rules, "LELA", "Leland Acquisition Corp", catalysts=("earnings",), change_pct=38.0)
    assert "warrant" in said(rules, "LELAW", "Leland Acquisition Corp Warrants", catalysts=deal, change_pct=38.0)


def test_the_users_own_bands_count(tmp_path: Path) -> None:
    text = (built_in("rules") / "universe.yml").read_text().replace("2_000_000_000", "400_000_000")
    (tmp_path / "universe.yml").write_text(text)
    own = lenient(load_universe(tmp_path / "universe.yml"))
    assert "market cap" in said(own, "ZORV", "Zorvane Inc", market_cap=900e6, price=2.0)


@pytest.mark.parametrize(
    "name",
    [
        "Zelmar Acquisition Corp III",
        "Zelmar Investment Co III/Cayman",
        "Zelmar Capital Corp. II",
        "Zelmar Capital Corp IX/Cayman",
        "Zelmar Growth Corp II",
        "Zelmar Holdings X, Inc. / CI",
        "Zelmar Equity Partners II, Inc.",
        "Zelmar Financial II Inc.",
        "Zelmar V Capital Corp. (Cayman Islands)",
        "ZM Merger II Corp.",
        "Zelmar Energy Transition Corp. II",
        "Zelmar Acquisition Corp, IV",
        "Zelmar Investment Corp 1",
        "Zelmar Merger Sub Ltd",
    ],
)
def test_a_numbered_shell_is_told_by_its_name(rules: Universe, name: str) -> None:
    assert "spac" in said(rules, "ZLMR", name, market_cap=250e6, price=10.4)


@pytest.mark.parametrize(
    "name",
    [
        "Zelmar Capital Corp",
        "Zelmar Investment Corp.",
        "Zelmar-I Corp",
        "Z Financial",
        "Zelmar Power X Inc.",
        "Planet 13 Zelmar Holdings Inc.",
        "Z3 Health Partners Inc.",
        "Zelmar Ventures III, Ltd",
        "Super X Technology Ltd",
        "Z.V.X. Corp",
        "Zelmar Holdings Inc",
        "180 Zelmar Capital Corp. /NY/",
        "Zelmar Merger Analytics Inc",
    ],
)
def test_a_business_with_a_like_name_is_inside(rules: Universe, name: str) -> None:
    assert said(rules, "ZLMR", name, market_cap=250e6, price=10.4) == ""


@pytest.mark.parametrize(
    ("move", "inside"),
    [
        ({"price": 10.4, "volatility_pct": 0.1}, False),
        ({"price": 10.4}, False),
        ({}, False),
        ({"price": 10.4, "volatility_pct": 4.0}, True),
        ({"price": 31.0, "volatility_pct": 0.4}, True),
        ({"price": 2.1}, True),
    ],
)
def test_listed_units_beside_warrants_show_a_shell_at_a_trusts_price(
    rules: Universe, move: dict[str, float], inside: bool
) -> None:
    listing = Listing(ticker="ZLMR", name="Zelmar Technology Group, Inc.")
    why = outside("ZLMR", Move(ticker="ZLMR", as_of=AS_OF, **move), listing, (), rules, units=True)
    assert (why == "") is inside
    assert outside("ZLMR", Move(ticker="ZLMR", as_of=AS_OF, **move), listing, (), rules) == ""


def test_a_company_too_new_for_the_table_is_told_by_its_headline(rules: Universe) -> None:
    story = make.story(
        title="Zelmar Capital Corp. II Announces Closing of Its Initial Public Offering", tickers=("ZLMR",)
    )
    listing = Listing(ticker="ZLMR", name="", exchange="NASDAQ")
    found = make.candidate(ticker="ZLMR", story=story, listing=listing)
    rows = rank([found], load_rules([built_in("rules") / "ranking"]), "r", AS_OF.date())
    assert "spac" in with_membership(rows, {"ZLMR": [found]}, rules)[0].outside
