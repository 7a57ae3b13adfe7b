"""Measures equal numbers computed independently with polars, on random ticker-days of the recorded half year."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from screener import clock
from screener.prices.file import iter_rows
from screener.prices.measures import compute_moves
from screener.prices.rows import MAX_CHANGE, to_bar
from screener.types import Bar, Move, Problem

CASES = 200
FIELDS = ("change_pct", "rvol", "dollar_volume", "avg_dollar_volume", "abnormal_pct", "since_news_pct", "market_cap")


def close_enough(found: float | None, wanted: float | None) -> bool:
    if found is None or wanted is None:
        return found is wanted is None
    return abs(found - wanted) <= 1e-6 * max(1.0, abs(wanted))


def _session_numbers() -> dict[dt.date, int]:
    """A running number for each NYSE session of the half year; the file lacks some of them."""
    day, numbers = dt.date(2025, 5, 30), {}
    while day < dt.date(2026, 1, 1):
        day = clock.next_session(day)
        numbers[day] = len(numbers)
    return numbers


def table(path: Path) -> pl.DataFrame:
    """The half year with session numbers, split ratios, and volumes and prices on one share basis."""
    c, prev = pl.col("close"), pl.col("prev")
    d = pl.read_parquet(path).with_columns(
        c.cast(pl.Float64).round_sig_figs(7),
        chg=pl.when(pl.col("change_pct") <= MAX_CHANGE).then(pl.col("change_pct").cast(pl.Float64).round_sig_figs(7)),
        v=pl.col("volume").cast(pl.Float64),
        n=pl.col("date").replace_strict(_session_numbers(), return_dtype=pl.Int64),
    )
    d = d.sort("ticker", "date").with_columns(
        prev=pl.when(pl.col("n") - pl.col("n").shift(1) == 1).then(c.shift(1)).over("ticker"),
        two=pl.when(pl.col("n") - pl.col("n").shift(2) == 2).then(c.shift(2)).over("ticker"),
    )
    implied = c / (1 + pl.col("chg") / 100)
    d = d.with_columns(seen=implied / prev, late=((implied / pl.col("two") - 1).abs() < 0.002).fill_null(False))
    size = pl.max_horizontal(pl.col("seen"), 1 / pl.col("seen"))
    allowed = (0.002 + 0.00005 / prev) * size
    whole = pl.when(size >= 1.8).then((size - size.round()).abs()).otherwise((size - 1.5).abs()) <= allowed
    jump = c / prev
    believed = (jump != 1.0) & (pl.col("chg") < 200) & (pl.col("chg") > -100 * 2 / 3)
    calmer = (1 + pl.col("chg") / 100).log().abs() < jump.log().abs()
    split = (size >= 1.45) & (whole | believed | calmer) & ~pl.col("late")
    d = d.with_columns(ratio=pl.when(split).then(pl.col("seen")).otherwise(1.0).fill_null(1.0))
    off = (pl.col("seen") / pl.col("ratio") - 1).abs()
    own = (
        pl.when(pl.col("seen").is_null() | (off < 0.005))
        .then(pl.when(prev.is_null() | pl.col("chg").is_not_null()).then("chg").otherwise((c / prev - 1) * 100))
        .when((pl.col("ratio") == 1) & pl.col("late"))
        .then(None)
        .when(off < 0.5)
        .then("chg")
        .otherwise((c / (prev * pl.col("ratio")) - 1) * 100)
    )
    usual = pl.col("v").shift(1).rolling_mean(5, min_samples=1).over("ticker")
    wild = (size < 1.45) & (jump >= 3) & ((jump >= 20) | (pl.col("v") / usual < 2))
    own = pl.when(wild).then(None).otherwise(own)
    return d.with_columns(change=own, basis=pl.col("ratio").cum_prod().over("ticker"))


def expected(d: pl.DataFrame, iwm: dict[dt.date, float], ticker: str, day: dt.date, back: int) -> dict[str, Any]:
    own = d.filter(pl.col("ticker") == ticker)
    today = own.filter(pl.col("date") == day).row(0, named=True)
    past = own.filter((pl.col("n") < today["n"]) & (pl.col("n") >= today["n"] - 20))
    enough = past.height >= 5
    usual = (past["v"] * past["basis"]).mean() / today["basis"] if enough else None  # type: ignore[operator]
    turned = (past["close"] * past["v"]).mean() if enough else None
    base = own.filter(pl.col("n") == today["n"] - back)
    since = None
    if base.height:
        since = (today["close"] / (base["close"][0] * today["basis"] / base["basis"][0]) - 1) * 100
    year = own.filter((pl.col("n") < today["n"]) & (pl.col("n") >= today["n"] - 120) & pl.col("change").is_not_null())
    market = pl.Series([iwm[x] for x in year["date"]], dtype=pl.Float64)
    beta = 1.0
    if year.height >= 20:
        frame = pl.DataFrame({"a": year["change"].clip(-25, 25), "b": market})
        slope = frame.select(pl.cov("a", "b") / pl.col("b").var()).item()
        weight = year.height / (year.height + 60)
        beta = slope * weight + 1 - weight
    caps = own.filter((pl.col("n") <= today["n"]) & (pl.col("n") >= today["n"] - 20))["market_cap"].drop_nulls()
    return {
        "change_pct": today["change"],
        "rvol": today["v"] / usual if usual else None,
        "dollar_volume": today["close"] * today["v"],
        "avg_dollar_volume": turned,
        "abnormal_pct": None if today["change"] is None else today["change"] - beta * iwm[day],
        "since_news_pct": since,
        "market_cap": float(caps[-1]) if len(caps) else None,
    }


def test_two_hundred_random_ticker_days(shared: Path) -> None:
    folder = shared / "prices"
    d = table(folder / "daily_2025H2_corrected.parquet")
    problems: list[Problem] = []
    iwm_bars = [to_bar(r) for r in iter_rows(folder / "IWM.csv", problems)]
    market = pl.read_csv(folder / "IWM.csv", try_parse_dates=True)
    changes = market.select("date", c=(pl.col("close") / pl.col("close").shift(1) - 1) * 100)
    iwm = {x: y for x, y in changes.iter_rows() if y is not None}
    draw = random.Random(20251212)
    late = d.filter(pl.col("date") >= dt.date(2025, 6, 12)).select("ticker", "date")
    split = d.filter((pl.col("ratio") != 1) & (pl.col("date") >= dt.date(2025, 6, 12))).select("ticker", "date")
    odd = d.filter((pl.col("seen") - 1).abs() > 0.1).select("ticker", "date")
    cases = [late.row(draw.randrange(late.height)) for _ in range(CASES - 60)]
    cases += [split.row(draw.randrange(split.height)) for _ in range(40)]
    cases += [odd.row(draw.randrange(odd.height)) for _ in range(20)]
    names = {t for t, _ in cases}
    history: dict[str, list[Bar]] = {}
    for t, group in d.filter(pl.col("ticker").is_in(names)).group_by("ticker"):
        history[str(t[0])] = [bar_of(r) for r in group.sort("date").iter_rows(named=True)]
    wrong, known = [], dict.fromkeys(FIELDS, 0)
    for i, (ticker, day) in enumerate(cases):
        back = 1 + i % 3
        news = clock.close_time(clock.previous_session(day, back)) + dt.timedelta(hours=1)
        moves = compute_moves(
            {ticker: history[ticker]}, clock.close_time(day), benchmark=iwm_bars, news_times={ticker: news}, day=day
        )
        want = expected(d, iwm, ticker, day, back)
        for name in FIELDS:
            found = getattr(moves[ticker], name)
            known[name] += found is not None
            if name == "market_cap" and found is None and "market cap" in moves[ticker].doubt:
                continue  # shares of before a split, as the source counts them for weeks
            if not close_enough(found, want[name]):
                wrong.append((ticker, day.isoformat(), name, found, want[name]))
    assert not wrong, wrong[:10]
    assert len(cases) == CASES and min(known.values()) > 0.6 * CASES, known


def bar_of(row: dict[str, Any]) -> Bar:
    cap = row["market_cap"]
    return Bar(
        ticker=row["ticker"],
        day=row["date"],
        close=row["close"],
        volume=row["v"],
        change_pct=row["chg"],
        market_cap=None if cap is None else float(cap),
        source="file",
        known_at=clock.close_time(row["date"]),
    )


@pytest.mark.parametrize("name", ["SPY", "IWM", "QQQ"])
def test_ranges_gaps_and_yearly_distances_of_index_funds(shared: Path, name: str) -> None:
    path = shared / "prices" / f"{name}.csv"
    c, prev = pl.col("close"), pl.col("close").shift(1)
    tr = pl.max_horizontal(pl.col("high") - pl.col("low"), (pl.col("high") - prev).abs(), (pl.col("low") - prev).abs())
    d = pl.read_csv(path, try_parse_dates=True).with_columns(
        gap=(pl.col("open") / prev - 1) * 100,
        atr=tr / tr.rolling_mean(14).shift(1),
        high52=(c / pl.col("high").rolling_max(253) - 1) * 100,
        low52=(c / pl.col("low").rolling_min(253) - 1) * 100,
    )
    problems: list[Problem] = []
    bars = [to_bar(r) for r in iter_rows(path, problems)]
    assert not problems
    draw = random.Random(name)
    for row in (d.row(draw.randrange(300, d.height), named=True) for _ in range(25)):
        m: Move = compute_moves({name: bars}, clock.close_time(row["date"]), day=row["date"])[name]
        assert close_enough(m.gap_pct, row["gap"]) and close_enough(m.atr_multiple, row["atr"]), row
        assert close_enough(m.high_52w_pct, row["high52"]) and close_enough(m.low_52w_pct, row["low52"]), row
