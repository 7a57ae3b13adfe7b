"""The recorded half year: breadth beside the recorded breadth, and the same answer whatever is stored later."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from dataclasses import dataclass
from pathlib import Path

import msgspec
import polars as pl
import pytest

from screener import clock
from screener.engine.evaluate import judge
from screener.engine.facts import number_facts
from screener.engine.load import load_rules
from screener.market.measures import MEASURES
from screener.market.regime import Measured, compute, regime
from screener.prices.file import iter_rows
from screener.prices.rows import Row, to_bar
from screener.prices.universe import Membership, load_universe, members
from screener.types import Bar, Problem

ROOT = Path(__file__).resolve().parents[2]
DAY = dt.date(2025, 12, 12)
DAYS = [dt.date(2025, m, d) for m, d in ((7, 9), (8, 1), (8, 22), (9, 18), (11, 12), (11, 20), (12, 1), (12, 12))]


@dataclass
class Recorded:
    rows: list[Row]
    funds: dict[str, list[Bar]]
    names: dict[str, str]
    folder: Path

    def members(self, day: dt.date) -> dict[str, Membership]:
        return members(self.rows, day, self.names, load_universe(ROOT / "rules" / "universe.yml"))

    def measured(
        self, day: dt.date, rows: list[Row] | None = None, funds: dict[str, list[Bar]] | None = None
    ) -> Measured:
        chosen = {t for t, m in self.members(day).items() if m.included}
        return compute(day, clock.close_time(day), funds or self.funds, rows or self.rows, chosen)


@pytest.fixture(scope="module")
def recorded(shared: Path) -> Recorded:
    folder, problems = shared / "prices", list[Problem]()
    with gzip.open(shared / "tickers" / "securities.csv.gz", "rt", encoding="utf-8") as f:
        names = {r["ticker"].replace("/", "-").replace(".", "-"): r["name"] for r in csv.DictReader(f)}
    rows = list(iter_rows(folder / "daily_2025H2.parquet", problems))
    funds = {t: [to_bar(r) for r in iter_rows(folder / f"{t}.csv", problems)] for t in ("IWM", "SPY", "VIX")}
    return Recorded(rows, funds, names, folder)


def test_breadth_beside_the_recorded_breadth(recorded: Recorded) -> None:
    """Members are stocks below 2 billion, as there; the lists of what is no stock differ by about 3 %."""
    theirs = {
        r["trade_date"]: r
        for r in pl.read_csv(recorded.folder / "breadth.csv.gz").iter_rows(named=True)
        if r["universe"] == "small_lt2B"
    }
    for day in DAYS:
        stocks = {t for t, m in recorded.members(day).items() if m.kind in ("common", "spac") and m.band}
        v = compute(day, clock.close_time(day), {}, recorded.rows, stocks).values
        want = theirs[day.isoformat()]
        assert v["small_caps"] == pytest.approx(want["n"], rel=0.05), day
        assert v["up_pct"] == pytest.approx(want["adv"] / (want["adv"] + want["dec"] + want["unch"]) * 100, abs=1.5), (
            day
        )
        up = want["up_vol"] / (want["up_vol"] + want["down_vol"]) * 100
        assert v["up_volume_pct"] == pytest.approx(up, abs=1.5), day
        assert v["median_change_pct"] == pytest.approx(want["median_pct"], abs=0.15), day


def test_lines_equal_polars(recorded: Recorded) -> None:
    chosen = {t for t, m in recorded.members(DAY).items() if m.included}
    v = compute(DAY, clock.close_time(DAY), recorded.funds, recorded.rows, chosen).values
    names = ["ticker", "day", "close", "volume", "change"]
    flat = [(r[0], r[1], r[5], r[6], r[7]) for r in recorded.rows if r[0] in chosen and r[1] <= DAY.isoformat()]
    d = pl.DataFrame(flat, schema=names, orient="row").sort("ticker", "day")
    previous = pl.col("close").shift(1).over("ticker")
    sessions = d.select(pl.col("day").unique().sort())["day"].to_list()
    d = d.with_columns(n=pl.col("day").replace_strict({x: i for i, x in enumerate(sessions)}, return_dtype=pl.Int64))
    near = (pl.col("n") - pl.col("n").shift(1).over("ticker")) == 1
    own = (pl.col("close") / previous - 1) * 100
    filled = pl.when(near & own.is_between(-45, 80)).then(own)
    d = d.with_columns(change=pl.coalesce("change", filled))
    d = d.with_columns(line=(1 + pl.col("change").fill_null(0) / 100).cum_prod().over("ticker"))
    last = len(sessions) - 1
    window = (
        d.filter(pl.col("n") > last - 50)
        .group_by("ticker")
        .agg(mean=pl.col("line").mean(), k=pl.len(), now=pl.col("line").last(), at=pl.col("n").max())
    )
    window = window.filter((pl.col("k") >= 40) & (pl.col("at") == last))
    assert v["above_50d_pct"] == pytest.approx(float((window["now"] > window["mean"]).mean()) * 100, abs=1e-6)  # type: ignore[arg-type]
    old = (
        d.filter(pl.col("n") < last)
        .group_by("ticker")
        .agg(high=pl.col("line").max(), low=pl.col("line").min(), k=pl.len())
    )
    both = d.filter(pl.col("n") == last).join(old.filter(pl.col("k") >= 60), on="ticker")
    share = (both["line"] > both["high"]).mean() - (both["line"] < both["low"]).mean()  # type: ignore[operator]
    assert v["highs_less_lows_pct"] == pytest.approx(share * 100, abs=1e-6)
    dollars = d.group_by("n").agg(t=(pl.col("close") * pl.col("volume")).sum()).sort("n")["t"]
    assert v["liquidity_small"] == pytest.approx(dollars[last] / dollars[last - 50 : last].mean(), abs=1e-6)  # type: ignore[operator]


def test_the_funds_equal_polars(recorded: Recorded) -> None:
    tables = {t: pl.read_csv(recorded.folder / f"{t}.csv", try_parse_dates=True) for t in ("IWM", "SPY")}
    v = compute(DAY, clock.close_time(DAY), recorded.funds).values
    cut = {t: d.filter(pl.col("date") <= DAY) for t, d in tables.items()}
    for n in (1, 5, 20, 60):
        change = {t: (d["close"][-1] / d["close"][-1 - n] - 1) * 100 for t, d in cut.items()}
        assert v[f"rel_{n}d"] == pytest.approx(change["IWM"] - change["SPY"], abs=1e-6)
    moves = pl.DataFrame({t: d["close"].pct_change().tail(60) for t, d in cut.items()})
    assert v["correlation_60d"] == pytest.approx(moves.select(pl.corr("IWM", "SPY")).item(), abs=1e-6)
    dollars = cut["IWM"]["close"] * cut["IWM"]["volume"]
    assert v["liquidity_iwm"] == pytest.approx(dollars[-1] / dollars[-51:-1].mean(), abs=1e-6)  # type: ignore[operator]


def test_a_past_day_gives_the_same_bytes_with_and_without_later_data(recorded: Recorded) -> None:
    day = dt.date(2025, 11, 20)
    rules = load_rules([ROOT / "rules" / "regime"], number_facts(MEASURES))

    def answer(measured: Measured) -> bytes:
        return msgspec.json.encode(
            regime(day, clock.close_time(day), measured, lambda get: judge(rules.compiled.values(), get))
        )

    then = [r for r in recorded.rows if r[1] <= day.isoformat()]
    funds = {t: [b for b in bars if b.day <= day] for t, bars in recorded.funds.items()}
    assert answer(recorded.measured(day)) == answer(recorded.measured(day, then, funds))


def test_the_label_follows_the_tape(recorded: Recorded) -> None:
    rules = load_rules([ROOT / "rules" / "regime"], number_facts(MEASURES))
    found = {}
    for day in (dt.date(2025, 9, 18), dt.date(2025, 11, 20), DAY):
        measured = recorded.measured(day)
        found[day] = regime(day, clock.close_time(day), measured, lambda get: judge(rules.compiled.values(), get))
    # 18 September: IWM +8.9 % in 20 sessions, 5 points ahead; 20 November: IWM -7 %, VIX 26; 12 December: +7.2 %.
    assert [f.label for f in found.values()] == ["Small caps lead", "Risk off", "Small caps lead"]
    assert all(len(f.reasons) >= 4 and f.outlook for f in found.values())
