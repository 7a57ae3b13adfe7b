"""What is a small cap on a day, and why not."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from pathlib import Path

import polars as pl
import pytest

from screener.errors import YamlError
from screener.prices.file import iter_rows
from screener.prices.rows import Row
from screener.prices.universe import Membership, Universe, classify, judge, kind_of, load_universe, members
from screener.types import Listing, Move, Problem

RULES = Path(__file__).resolve().parents[2] / "rules" / "universe.yml"
AS_OF = dt.datetime(2025, 12, 12, 23, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def rules() -> Universe:
    return load_universe(RULES)


def one(rules: Universe, **parts: object) -> Membership:
    base = {
        "price": 2.0,
        "market_cap": 80e6,
        "avg_dollar_volume": 1e6,
        "exchange": "nasdaq",
        "name": "Quillzap Inc. Common Stock",
    }
    return judge("QZAA", rules, **{**base, **parts})  # type: ignore[arg-type]


def test_a_plain_member(rules: Universe) -> None:
    assert one(rules) == Membership(ticker="QZAA", band="micro", kind="common", included=True)


@pytest.mark.parametrize(
    ("cap", "band"), [(1e6, "nano"), (49.9e6, "nano"), (50e6, "micro"), (300e6, "small"), (1.99e9, "small"), (2e9, "")]
)
def test_bands(rules: Universe, cap: float, band: str) -> None:
    found = one(rules, market_cap=cap)
    assert found.band == band and found.included is bool(band)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"market_cap": 5e9}, "market cap 5,000,000,000 is not below"),
        ({"market_cap": None}, "market_cap is unknown"),
        ({"price": 0.05}, "price 0.05 is below 0.10"),
        ({"price": None}, "price is unknown"),
        ({"avg_dollar_volume": 10.0}, "avg_dollar_volume 10.00 is below"),
        ({"exchange": "OTC"}, "exchange OTC is not among"),
        ({"name": "Quillzap Acquisition Corp. II Class A Ordinary Shares"}, "spac: its name says"),
        ({"name": "Quillzap Municipal Income Fund"}, "fund: its name says"),
    ],
)
def test_reasons(rules: Universe, parts: dict[str, object], reason: str) -> None:
    found = one(rules, **parts)
    assert not found.included and reason in found.reasons[0]


def test_what_unknown_means_is_the_rules_to_say(rules: Universe) -> None:
    assert one(rules, avg_dollar_volume=None, exchange="").included
    words = "unknown: {avg_dollar_volume: exclude, exchange: exclude, market_cap: include}\n"
    strict = load_universe_text(words + "avg_dollar_volume: {at_least: 1}\n")
    found = one(strict, avg_dollar_volume=None, exchange="", market_cap=None)
    assert set(found.reasons) == {"avg_dollar_volume is unknown", "exchange is unknown"}


def test_asked_for_spacs_are_let_in() -> None:
    text = "allow: [spac]\nkinds:\n  - {name: spac, names: ['acquisition corp']}\n"
    found = one(load_universe_text(text), name="Quillzap Acquisition Corp. Common Stock")
    assert found.included and found.kind == "spac"


@pytest.mark.parametrize(
    ("ticker", "name", "kind"),
    [
        ("QZAAW", "", "warrant"),
        ("QZAA-WT", "", "warrant"),
        ("QZAAU", "", "unit"),
        ("QZAAR", "", "right"),
        ("QZA^B", "", "preferred"),
        ("QZAAP", "", "preferred"),
        ("QZAAW", "Quillzap Inc. Class A Common Stock", "common"),
        ("QZOO", "Quillzap Inc. Warrant", "warrant"),
        ("QZOO", "Quillzap 7.5% Senior Notes due 2030", "note"),
        ("QZOO", "Quillzap 6.25% Series B Cumulative Preferred Stock", "preferred"),
        ("QZOO", "Quillzap L.P. Common Units", "common"),
        ("QZOO", "Quillzap Ltd American Depositary Shares, each the right to receive one share", "common"),
        ("QZOO", "Bright Fundamentals Inc. Common Stock", "common"),
        ("QZ-B", "", "common"),
        ("QZOO", "Quillzap Merger Corp. II", "spac"),
        ("QZOO", "Quillzap Growth Acquisition 4 Ltd", "spac"),
        ("QZOO", "QUILLZAP BRIDGE ACQUISITION", "spac"),
        ("QZOO", "Quillzap Partnering Corp. Class A Common Stock", "spac"),
        ("QZOO", "Quillzap High Yield Trust", "fund"),
        ("QZOO", "Quillzap Bitcoin Mini Trust", "fund"),
        ("QZOO", "Quillzap Duration Term Trust Common Shares", "fund"),
        ("QZOO", "Quillzap Fund, Inc. Common Stock", "fund"),
        ("QZOO", "QUILLZAP CAPITAL FUND INC", "fund"),
        ("QZOO", "Quillzap Daily 2X Long Shares", "fund"),
        ("QZOO", "Quillzap Floating Rate Senior Unsecured Notes", "note"),
        ("QZOO", "Quillzap 8.25% Unsecured Exchange-Listed Notes", "note"),
        ("QZOO", "Quillzap Corp First Mortgage Bonds", "note"),
        ("QZOO", "Quillzap Series C Perpetual Preferred", "preferred"),
        ("QZOO", "Quillzap Depositary Shares, 6% Series A Pfd", "preferred"),
        ("QZOO", "Quillzap Trust Bank Common Stock", "common"),
        ("QZOO", "Quillzap Northern Trust Corp", "common"),
        ("QZOO", "Quillzap Real Estate Investment Trust", "common"),
        ("QZOO", "Quillzap Royalty Trust", "common"),
        ("QZOO", "Quillzap Gold Trust Bank", "common"),
        ("QZOO", "Quillzap Fund Management Group Inc.", "common"),
        ("QZOO", "Quillzap Fund Advisors Ltd. Common Stock", "common"),
        ("QZOO", "Blue Notes Music Inc. Common Stock", "common"),
        ("QZOO", "Preferred Quill Bank Common Stock", "common"),
        ("QZOO", "Perpetual Quill Energy Inc. Common Shares", "common"),
        ("QZOO", "Quillzap Partners L.P. Limited Partnership Units", "common"),
        ("QZOO", "Unit Corporation", "common"),
        ("QZOO", "Right Choice Quill Inc.", "common"),
        ("QZOO", "Quillzap Merger Advisory Services Inc.", "common"),
        ("QZOO", "Quillzap Data Acquisition Systems Inc.", "common"),
        ("QZOO", "", "common"),
    ],
)
def test_kinds(rules: Universe, ticker: str, name: str, kind: str) -> None:
    assert kind_of(ticker, name, rules)[0] == kind


def test_from_a_move_and_a_listing(rules: Universe) -> None:
    move = Move(ticker="QZAA", as_of=AS_OF, price=2.0, market_cap=20e6, avg_dollar_volume=9e5)
    assert classify(move, Listing(ticker="QZAA", name="Quillzap Inc.", exchange="Nasdaq"), rules).band == "nano"
    assert classify(move, None, rules).included
    assert not classify(move, Listing(ticker="QZAA", name="Quillzap Fund"), rules).included


def load_universe_text(text: str) -> Universe:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "universe.yml"
        path.write_text("bands:\n  - {name: small, below: 2_000_000_000}\n" + text, encoding="utf-8")
        return load_universe(path)


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("banned: 1\n", 3, "banned"),
        ("unknown: {market_capp: include}\n", 3, "market_capp"),
        ("unknown: {market_cap: maybe}\n", 3, "market_cap"),
        ("price: 5\n", 3, "price"),
        ("kinds: [warrant]\n", 3, "kinds"),
        ("kinds:\n  - {name: x, names: ['(']}\n", 4, "names"),
        ("kinds:\n  - {names: [a]}\n", 4, "name"),
        ("kinds:\n  - {name: x, lines: maybe}\n", 4, "lines"),
    ],
)
def test_mistakes_in_the_rules_have_file_and_line(text: str, line: int, key: str) -> None:
    with pytest.raises(YamlError) as caught:
        load_universe_text(text)
    assert (caught.value.line, caught.value.key) == (line, key)


def row(ticker: str, day: str, close: float, volume: float, cap: float | None) -> Row:
    return (ticker, day, None, None, None, close, volume, None, cap, None, "nasdaq", "test", f"{day}T21:00:00.000Z")


def test_members_from_stored_rows(rules: Universe) -> None:
    days = [f"2025-12-{d:02d}" for d in (4, 5, 8, 9, 10, 11, 12)]
    rows = [row("QZAA", d, 2.0, 1e6, 90e6) for d in days] + [row("QZBB", d, 2.0, 5.0, 90e6) for d in days]
    rows += [row("QZCC", "2025-12-12", 2.0, 1.0, 90e6), row("QZDD", "2025-12-11", 2.0, 1e6, 90e6)]
    rows += [row("QZBB", "2025-12-15", 2.0, 1e9, 90e6)]  # later data changes nothing
    found = members(rows, dt.date(2025, 12, 12), {}, rules)
    assert {t: m.included for t, m in found.items()} == {"QZAA": True, "QZBB": False, "QZCC": True}


def test_listed_units_and_a_still_price_show_a_shell(rules: Universe) -> None:
    days = [f"2025-12-{d:02d}" for d in (4, 5, 8, 9, 10, 11, 12)]
    rows = [row("QZAA", d, 10.4 + n / 100, 1e5, 90e6) for n, d in enumerate(days)]
    rows += [row("QZBB", d, 9.5 + n / 2, 1e5, 90e6) for n, d in enumerate(days)]
    day = dt.date(2025, 12, 12)
    found = members(rows, day, {}, rules, shells={"QZAA", "QZBB"})
    assert {t: m.kind for t, m in found.items()} == {"QZAA": "spac", "QZBB": "common"}
    assert all(m.kind == "common" for m in members(rows, day, {}, rules).values())


def test_the_recorded_day_holds_as_many_small_caps_as_the_recorded_breadth(rules: Universe, shared: Path) -> None:
    with gzip.open(shared / "tickers" / "securities.csv.gz", "rt", encoding="utf-8") as f:
        names = {r["ticker"].replace("/", "-").replace(".", "-"): r["name"] for r in csv.DictReader(f)}
    problems: list[Problem] = []
    rows = list(iter_rows(shared / "prices" / "daily_2025-11-10_2025-12-12.csv.gz", problems))
    found = members(rows, dt.date(2025, 12, 12), names, rules)
    stocks = [m for m in found.values() if m.kind in ("common", "spac") and m.band]
    breadth = pl.read_csv(shared / "prices" / "breadth.csv.gz").filter(pl.col("trade_date") == "2025-12-12")
    theirs = {r["universe"]: r["n"] for r in breadth.iter_rows(named=True)}
    assert len(stocks) == pytest.approx(theirs["small_lt2B"], rel=0.03)
    assert sum(m.band in ("nano", "micro") for m in stocks) == pytest.approx(theirs["micro_lt300M"], rel=0.05)
    assert all(m.included or m.reasons for m in found.values())
    assert {"NA", "NAN", "ON", "TRUE"} <= set(found)
