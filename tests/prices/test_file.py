"""Bars from files: every kind of bad row, streams in bulk, and the recorded year."""

from __future__ import annotations

import builtins
import datetime as dt
import gzip
from pathlib import Path
from typing import Any

import anyio
import polars as pl
import pytest

from screener.errors import InputError, PriceError
from screener.prices.base import PriceRequest
from screener.prices.file import PLUGIN, count_rows, iter_rows, read_bars
from screener.prices.rows import COLUMNS, LISTED_PER_KIND
from screener.types import Bar, Problem

NOW = dt.datetime(2025, 12, 31, 23, tzinfo=dt.UTC)
HEAD = "ticker,date,open,high,low,close,volume,change_pct,market_cap,float_shares,exchange\n"


def read(path: Path) -> tuple[list[Bar], list[Problem]]:
    found = list(read_bars(path, now=NOW))
    return [f for f in found if isinstance(f, Bar)], [f for f in found if isinstance(f, Problem)]


def csv(tmp_path: Path, text: str, name: str = "bars.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_full_row_and_an_empty_one(tmp_path: Path) -> None:
    rows = "QZAA,2025-12-11,1,1.5,0.9,1.2,1000,20.0,5000000,3000000,nasdaq\nQZBB,2025-12-11,,,,2.5,,,,,\n"
    bars, problems = read(csv(tmp_path, HEAD + rows))
    assert not problems
    assert bars[0] == Bar(
        ticker="QZAA",
        day=dt.date(2025, 12, 11),
        open=1.0,
        high=1.5,
        low=0.9,
        close=1.2,
        volume=1000.0,
        change_pct=20.0,
        market_cap=5e6,
        float_shares=3e6,
        exchange="nasdaq",
        source="file",
        known_at=dt.datetime(2025, 12, 11, 21, tzinfo=dt.UTC),
    )
    assert (bars[1].close, bars[1].open, bars[1].volume, bars[1].change_pct, bars[1].exchange) == (2.5,) + (
        None,
    ) * 3 + ("",)


@pytest.mark.parametrize("ticker", ["NA", "NAN", "ON", "TRUE", "NULL", "NO", "INF"])
def test_words_that_look_like_values_are_tickers(tmp_path: Path, ticker: str) -> None:
    text = f"ticker,date,close\n{ticker},2025-12-11,5\n"
    bars, problems = read(csv(tmp_path, text))
    assert [b.ticker for b in bars] == [ticker] and not problems
    parquet = tmp_path / "bars.parquet"
    pl.DataFrame({"ticker": [ticker], "date": [dt.date(2025, 12, 11)], "close": [5.0]}).write_parquet(parquet)
    bars, problems = read(parquet)
    assert [b.ticker for b in bars] == [ticker] and not problems


@pytest.mark.parametrize(
    ("row", "kind", "field"),
    [
        ("QZAA,2025-12-11,1,1,1,0,10", "bad_price", "close"),
        ("QZAA,2025-12-11,-1,1,1,1,10", "bad_price", "open"),
        ("QZAA,2025-12-11,1,1,2,1,10", "bad_price", "high"),
        ("QZAA,2025-12-11,1,1,1,1,-10", "bad_volume", "volume"),
        ("QZAA,2025-12-11,1,1,1,many,10", "bad_number", "close"),
    ],
)
def test_impossible_values_become_unknown(tmp_path: Path, row: str, kind: str, field: str) -> None:
    path = csv(tmp_path, f"ticker,date,open,high,low,close,volume\n{row}\n")
    bars, problems = read(path)
    assert getattr(bars[0], field) is None
    assert [p.kind for p in problems] == [kind]
    assert problems[0].subject == f"{path}:2"


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("QZAA,2026-03-02,1", "bad_date"),  # the future
        ("QZAA,2025-12-25,1", "bad_date"),  # a holiday
        ("QZAA,2025-12-13,1", "bad_date"),  # a Saturday
        ("QZAA,12/11/2025,1", "bad_date"),
        ("QZAA,,1", "bad_date"),
        (",2025-12-11,1", "no_ticker"),
        ("QZAA,2025-12-11", "short_row"),
    ],
)
def test_rows_that_cannot_be_are_left_out(tmp_path: Path, row: str, kind: str) -> None:
    bars, problems = read(csv(tmp_path, f"ticker,date,close\n{row}\nQZBB,2025-12-11,2\n"))
    assert [b.ticker for b in bars] == ["QZBB"]
    assert [p.kind for p in problems] == [kind]


def test_a_holiday_file_says_so(tmp_path: Path) -> None:
    bars, problems = read(csv(tmp_path, "ticker,date,close\n" + "QZAA,2025-07-04,1\n" * 1))
    assert not bars and "no trading day" in problems[0].message


def test_a_coin_with_the_letters_of_a_stock_is_left_out(tmp_path: Path) -> None:
    text = "ticker,date,close,exchange\nQZAA,2025-12-11,90000,CRYPTO\nQZAA,2025-12-11,1.5,nasdaq\n"
    bars, problems = read(csv(tmp_path, text))
    assert [b.close for b in bars] == [1.5]
    assert {p.kind for p in problems} <= {"not_a_stock", "duplicate"}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_of_repeated_rows_the_last_wins(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"bars.{kind}"
    day = dt.date(2025, 12, 11)
    frame = pl.DataFrame({"ticker": ["QZAA", "QZBB", "QZAA"], "date": [day] * 3, "close": [1.0, 2.0, 3.0]})
    frame.write_csv(path) if kind == "csv" else frame.write_parquet(path)
    bars, problems = read(path)
    assert sorted((b.ticker, b.close) for b in bars) == [("QZAA", 3.0), ("QZBB", 2.0)]
    assert [p.kind for p in problems] == ["duplicate"]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2025-12-11", "2025-12-11"),
        ("20251211", "2025-12-11"),
        ("2025-12-11 00:00:00", "2025-12-11"),
        ("2025-12-11T00:00:00Z", "2025-12-11"),
        ("2025-12-11T00:00:00-05:00", "2025-12-11"),
        ("2025-12-12T02:00:00Z", "2025-12-11"),  # the evening before in New York
        ("2025-12-11T21:00:00+00:00", "2025-12-11"),
    ],
)
def test_dates_of_mixed_time_zones(tmp_path: Path, cell: str, day: str) -> None:
    bars, problems = read(csv(tmp_path, f"ticker,date,close\nQZAA,{cell},1\n"))
    assert [b.day.isoformat() for b in bars] == [day] and not problems


def test_header_in_other_words_and_order(tmp_path: Path) -> None:
    text = "\ufeffDate,Symbol,Close,Vol,Market Cap,Extra\n2025-12-11,qz.a,1.5,12,9e6,x\n"
    bars, _ = read(csv(tmp_path, text))
    assert (bars[0].ticker, bars[0].close, bars[0].volume, bars[0].market_cap) == ("QZ-A", 1.5, 12.0, 9e6)


def test_problems_are_listed_up_to_a_cap_and_then_counted(tmp_path: Path) -> None:
    rows = "".join(f"QZ{chr(65 + i // 26)}{chr(65 + i % 26)},2025-12-11,0\n" for i in range(100))
    bars, problems = read(csv(tmp_path, "ticker,date,close\n" + rows))
    assert len(bars) == 100 and len(problems) == LISTED_PER_KIND + 1
    assert "80 more rows" in problems[-1].message


def test_gzip_and_a_file_that_breaks_off(tmp_path: Path) -> None:
    text = HEAD + "".join(f"QZAA,2025-12-{d:02d},1,1,1,1,{d},,,,\n" for d in (8, 9, 10, 11)) * 1
    whole = gzip.compress(text.encode())
    path = tmp_path / "bars.csv.gz"
    path.write_bytes(whole)
    assert len(read(path)[0]) == 4
    path.write_bytes(whole[:-12])
    bars, problems = read(path)
    assert len(bars) <= 4 and problems[-1].kind == "cut_off"


def test_a_folder_is_read_whole_and_other_tables_are_named(tmp_path: Path) -> None:
    csv(tmp_path, "ticker,date,close\nQZAA,2025-12-10,1\n", "a.csv")
    csv(tmp_path, "ticker,date,close\nQZAA,2025-12-11,2\n", "b.csv")
    csv(tmp_path, "symbol,effective_date,ratio\nQZAA,2025-12-11,20\n", "splits.csv")
    csv(tmp_path, "date,open,close\n2025-12-11,1,2\n", "IWM.csv")
    csv(tmp_path, "nothing to see", "notes.txt")
    bars, problems = read(tmp_path)
    assert sorted((b.ticker, b.close) for b in bars) == [("IWM", 2.0), ("QZAA", 1.0), ("QZAA", 2.0)]
    assert [p.kind for p in problems] == ["not_bars"] and "splits.csv" in problems[0].subject


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "date,close\n2025-12-11,1\n"])
def test_what_is_no_table_of_bars_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"bars\.csv|lower\.csv"):
        read(csv(tmp_path, text, "lower.csv"))
    with pytest.raises(InputError, match="does not exist"):
        read(tmp_path / "absent.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"no \.csv"):
        read(tmp_path / "empty")


def test_text_that_is_not_parquet(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Parquet"):
        read(csv(tmp_path, "ticker,date\n", "bars.parquet"))


def test_parquet_without_the_extra_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bars.parquet"
    pl.DataFrame({"ticker": ["QZAA"], "date": [dt.date(2025, 12, 11)], "close": [5.0]}).write_parquet(path)
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "polars":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match="archive"):
        read(path)


def test_parquet_takes_the_same_care_as_csv(tmp_path: Path) -> None:
    day = dt.date(2025, 12, 11)
    frame = pl.DataFrame(
        {
            "Ticker": ["QZAA", "QZBB", "QZCC", None, "QZDD", "QZEE"],
            "date": [day, day, dt.date(2025, 12, 13), day, day, day],
            "close": [0.0, 111.05, 1.0, 1.0, float("nan"), 2.0],
            "volume": [10, 20, 30, 40, 50, -5],
        },
        schema_overrides={"close": pl.Float32},
    )
    path = tmp_path / "bars.parquet"
    frame.write_parquet(path)
    bars, problems = read(path)
    by = {b.ticker: b for b in bars}
    assert set(by) == {"QZAA", "QZBB", "QZDD", "QZEE"}
    assert by["QZAA"].close is None and by["QZBB"].close == 111.05 and by["QZEE"].volume is None
    assert sorted(p.kind for p in problems) == ["bad_date", "bad_price", "bad_volume", "no_ticker"]


def test_a_bar_of_the_running_session_is_known_now_and_not_at_the_close(tmp_path: Path) -> None:
    noon = dt.datetime(2025, 12, 11, 17, tzinfo=dt.UTC)
    (found,) = read_bars(csv(tmp_path, "ticker,date,close\nQZAA,2025-12-11,1\n"), now=noon)
    assert isinstance(found, Bar) and found.known_at == noon


def test_half_days_close_early(tmp_path: Path) -> None:
    bars, _ = read(csv(tmp_path, "ticker,date,close\nQZAA,2025-11-28,1\n"))
    assert bars[0].known_at == dt.datetime(2025, 11, 28, 18, tzinfo=dt.UTC)


def test_the_source_filters_and_needs_a_path(tmp_path: Path) -> None:
    text = "ticker,date,close\nQZAA,2025-12-10,1\nQZAA,2025-12-11,2\nQZBB,2025-12-11,3\n"
    path = csv(tmp_path, text)

    def request(**parts: Any) -> PriceRequest:
        day = dt.date(2025, 12, 11)
        return PriceRequest(tickers=("QZAA",), start=day, end=day, as_of=NOW, **parts)

    prices = anyio.run(PLUGIN.daily, request(options={"path": str(path)}))
    assert [(b.ticker, b.close) for b in prices.bars] == [("QZAA", 2.0)] and prices.source == "file"
    with pytest.raises(PriceError, match="no path"):
        anyio.run(PLUGIN.daily, request())


def test_a_day_that_repeats_the_session_before_is_named(tmp_path: Path) -> None:
    """Sixty tickers rise 10 % on the 10th; the rows dated the 11th still compare with the close of the 9th."""
    rows = ""
    for i in range(60):
        name = f"QZ{chr(65 + i // 26)}{chr(65 + i % 26)}"
        rows += f"{name},2025-12-09,1.00,0\n{name},2025-12-10,1.10,10\n{name},2025-12-11,1.12,12\n"
    bars, problems = read(csv(tmp_path, "ticker,date,close,change_pct\n" + rows))
    assert len(bars) == 180 and [p.kind for p in problems] == ["late_day"]
    assert "2025-12-11" in problems[0].message
    assert not read(csv(tmp_path, "ticker,date,close,change_pct\n" + rows.replace("1.12,12", "1.12,1.82")))[1]


def test_the_recorded_half_year_streams_whole(shared: Path) -> None:
    path = shared / "prices" / "daily_2025H2.parquet"
    problems: list[Problem] = []
    days: set[str] = set()
    n, caps, odd = 0, 0.0, set()
    for row in iter_rows(path, problems):
        n += 1
        days.add(row[COLUMNS.index("day")])
        caps += row[COLUMNS.index("market_cap")] or 0.0
        if row[0] in ("NA", "NAN", "ON", "TRUE"):
            odd.add(row[0])
    table = pl.read_parquet(path)
    assert n == table.height == count_rows(path)
    assert len(days) == table["date"].n_unique() and odd == {"NA", "NAN", "ON", "TRUE"}
    assert caps == pytest.approx(float(table["market_cap"].cast(pl.Float64).sum()))
    kinds = [p.kind for p in problems]
    assert kinds.count("bad_change") == table.filter(pl.col("change_pct") > 10_000).height
    # The recorded rows dated 11 June and 7 October are the session before's: 99.7 % of their volumes are not below it.
    late = [p.message.split()[2] for p in problems if p.kind == "late_day"]
    assert late == ["2025-06-11", "2025-10-07"] and set(kinds) == {"bad_change", "late_day"}


def test_csv_and_parquet_of_the_same_days_agree(shared: Path) -> None:
    folder = shared / "prices"
    problems: list[Problem] = []
    csv_file, parquet = folder / "daily_2025-11-10_2025-12-12.csv.gz", folder / "daily_2025H2.parquet"
    left = {(r[0], r[1]): r for r in iter_rows(csv_file, problems) if r[0] < "C"}
    right = {(r[0], r[1]): r for r in iter_rows(parquet, problems) if r[0] < "C" and r[1] >= "2025-11-10"}
    both = left.keys() & right.keys()
    assert len(both) > 0.95 * len(left)
    for key in sorted(both)[::7]:
        for a, b in zip(left[key][2:10], right[key][2:10], strict=True):
            assert a is b is None or a == pytest.approx(b, rel=1e-5, abs=1e-4)
