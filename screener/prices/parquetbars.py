"""Daily bars from Parquet with polars (extra ``archive``): clean rows in bulk, the others one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from screener.errors import InputError
from screener.language.symbols import plain_ticker
from screener.parquet import polars
from screener.prices.rows import MAX_CHANGE, NOT_STOCKS, NUMBERS, Days, Row, Troubles, build, header

CHUNK = 50_000


def _scan(path: Path) -> tuple[Any, dict[str, str]]:
    """The lazy table with project names, and the type of each column as text."""
    pl = polars("give the bars as CSV")
    try:
        lazy = pl.scan_parquet(path)
        schema = lazy.collect_schema()
    except FileNotFoundError as e:
        raise InputError(f"{path}: does not exist; check the path") from e
    except (OSError, pl.exceptions.PolarsError) as e:
        raise InputError(f"{path}: cannot be read as Parquet ({str(e).splitlines()[0]})") from e
    names = list(schema.names())
    where = header(names)
    if "ticker" not in where or "date" not in where or "close" not in where:
        raise InputError(f"{path}: is no table of daily bars: it needs the columns ticker, date and close")
    types = {name: str(schema[names[i]]) for name, i in where.items()}
    return lazy.select([pl.col(names[i]).alias(name) for name, i in where.items()]), types


def count(path: Path) -> int:
    """The number of rows, from the file's footer."""
    pl = polars("give the bars as CSV")
    return int(_scan(path)[0].select(pl.len()).collect().item())


def _number(pl: Any, name: str, types: dict[str, str]) -> Any:
    if name not in types:
        return pl.lit(None, dtype=pl.Float64).alias(name)
    column = pl.col(name).cast(pl.Float64, strict=False)
    # 32-bit floats carry seven digits; more would turn 111.05 into 111.05000305.
    return column.round_sig_figs(7) if types[name] == "Float32" else column


def _clean(pl: Any, types: dict[str, str]) -> Any:
    """True for rows that need no word about them."""
    ok = pl.col("ticker").is_not_null() & (pl.col("ticker") != "")
    ok &= ~pl.col("exchange").str.to_uppercase().is_in(list(NOT_STOCKS))
    for name in NUMBERS:
        value = pl.col(name)
        fine = value.is_finite()
        if name == "volume":
            fine &= value >= 0
        elif name == "change_pct":
            fine &= (value >= -100) & (value <= MAX_CHANGE)
        else:
            fine &= value > 0
        ok &= fine | (value.is_null() & pl.col(f"raw_{name}").is_null() if name in types else value.is_null())
    ordered = (pl.col("high") >= pl.col("low")).fill_null(True)
    return ok & ordered


def _repeats(pl: Any, lazy: Any, total: int) -> set[int]:
    """Row numbers of ticker-days that come again further down."""
    ticker = pl.col("ticker").cast(pl.String)
    # Hashes first: a file without repeats, the usual case, then costs eight bytes a row.
    if lazy.select((ticker.hash() ^ pl.col("date").hash(1)).n_unique()).collect().item() == total:
        return set()
    keys = lazy.select(ticker, "date").with_row_index("row").collect()
    last = pl.col("row") < pl.col("row").max().over("ticker", "date")
    return set(keys.filter(last)["row"].to_list())


def rows(path: Path, days: Days, troubles: Troubles, source: str) -> Iterator[Row]:
    """The bars of one Parquet file; line numbers in problems are row numbers from 1.

    Raises InputError when the file cannot be read, is no table of bars, or the extra is missing.
    """
    pl = polars("give the bars as CSV")
    lazy, types = _scan(path)
    total, at = count(path), 0
    early = _repeats(pl, lazy, total)
    exchange = pl.col("exchange").cast(pl.String).fill_null("").str.strip_chars() if "exchange" in types else pl.lit("")
    shape = [
        pl.col("ticker").cast(pl.String).str.strip_chars(),
        pl.col("date"),
        *[_number(pl, name, types) for name in NUMBERS],
        exchange.alias("exchange"),
        *[pl.col(name).alias(f"raw_{name}") for name in NUMBERS if name in types],
    ]
    while at < total:
        chunk = lazy.slice(at, CHUNK).select(shape).with_row_index("row", offset=at)
        chunk = chunk.with_columns(clean=_clean(pl, types).fill_null(False)).collect()
        yield from _chunk(pl, chunk, days, troubles, source, early)
        at += CHUNK


def _chunk(pl: Any, chunk: Any, days: Days, troubles: Troubles, source: str, early: set[int]) -> Iterator[Row]:
    known = chunk.select("date").unique().to_series().to_list()
    good = {d: found for d in known if (found := days.look(d))[0] is not None}
    easy = pl.col("clean") & pl.col("date").is_in(list(good))
    if early:
        easy &= ~pl.col("row").is_in(list(early))
    chunk = chunk.with_columns(easy=easy.fill_null(False))
    names: dict[str, str] = {}
    for t, d, *numbers, exchange in chunk.filter("easy").select("ticker", "date", *NUMBERS, "exchange").iter_rows():
        day, at = good[d]
        name = names.get(t)
        if name is None:
            name = names[t] = plain_ticker(t)
        yield (name, day, *numbers, exchange, source, at)
    for cells in chunk.filter(~pl.col("easy")).iter_rows(named=True):
        line = cells["row"] + 1
        if cells["row"] in early:
            message = f"{cells['ticker']} {cells['date']} stands again further down; the last row wins"
            troubles.add(line, message, "duplicate")
            continue
        raw = {k: cells.get(f"raw_{k}", v) for k, v in cells.items()}
        row = build(raw, line, days, troubles, source)
        if row is not None:
            yield row
