"""Daily bars from files the user has: CSV (``.csv``, ``.csv.gz``) and Parquet, one file or a whole folder.

Columns, in any order and case: ``ticker,date,open,high,low,close,volume`` and, where known,
``change_pct,market_cap,float_shares,exchange``. Missing columns and empty cells are unknown. Prices are as traded;
``change_pct`` is the source's own change, right across splits. A file without a ticker column is one ticker's and
named after it (``SPY.csv``). ``NA``, ``NAN``, ``ON``, ``TRUE`` and ``NULL`` are tickers. Rows that cannot be are named
with file and line and left out; of a repeated ticker-day the last row wins, and in a folder the last file by name.

::

    screener run --prices bars/2025.csv.gz
    [prices.file]
    path = "bars/"
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

from screener import clock
from screener.errors import InputError, PriceError
from screener.prices import csvbars, parquetbars
from screener.prices.base import PriceRequest, Prices, problem
from screener.prices.repeated_days import watch
from screener.prices.rows import Days, Row, Troubles, to_bar
from screener.types import Bar, Problem

NAME = "file"
_CSV = (".csv", ".csv.gz")
_PARQUET = (".parquet", ".pq")
KnownAt = Callable[[dt.date], dt.datetime]


def files(path: Path) -> list[Path]:
    """The files to read, in order. Raises InputError when there are none."""
    if path.is_dir():
        found = sorted(p for p in path.iterdir() if p.name.lower().endswith(_CSV + _PARQUET))
        if not found:
            raise InputError(f"{path}: has no .csv, .csv.gz or .parquet file; give a file or another folder")
        return found
    if not path.exists():
        raise InputError(f"{path}: does not exist; check the path")
    return [path]


def count_rows(path: Path) -> int | None:
    """How many rows will be read, for a progress bar; None when only reading would tell (CSV)."""
    total = 0
    for file in files(path):
        if not _is_parquet(file):
            return None
        total += parquetbars.count(file)
    return total


def iter_rows(
    path: Path,
    problems: list[Problem],
    *,
    known_at: KnownAt | None = None,
    now: dt.datetime | None = None,
) -> Iterator[Row]:
    """Stream the bars of a file or folder as tuples in the order of ``rows.COLUMNS``; problems go into the list.

    ``known_at`` says when a day's bar could be known (its session's close unless given); ``now`` is what counts as the
    present for dates in the future. Raises InputError when a single file is no table of bars; in a folder such a file
    is a problem.
    """
    days = Days(now or clock.now(), known_at)
    found = files(path)
    good = 0
    for file in found:
        troubles = Troubles(str(file), problems)
        try:
            read = parquetbars.rows if _is_parquet(file) else csvbars.rows
            yield from watch(read(file, days, troubles, NAME), str(file), problems)
            good += 1
        except InputError as e:
            if len(found) == 1:
                raise
            problems.append(problem(NAME, str(file), f"left out: {e}", "not_bars"))
        troubles.close()
    if not good:
        raise InputError(f"{path}: holds no table of daily bars; it needs the columns ticker, date and close")


def read_bars(path: Path, known_at: KnownAt | None = None, now: dt.datetime | None = None) -> Iterator[Bar | Problem]:
    """Stream a file or folder as Bars, with Problems in between. Raises InputError as ``iter_rows`` does."""
    problems: list[Problem] = []
    for row in iter_rows(path, problems, known_at=known_at, now=now):
        yield from problems
        problems.clear()
        yield to_bar(row)
    yield from problems


def _is_parquet(path: Path) -> bool:
    return path.name.lower().endswith(_PARQUET)


class FileSource:
    """Bars from ``options["path"]``, or from ``base_url`` when it is a path."""

    name = NAME
    delay = "as old as the file"
    coverage = "what the file holds"
    licence = "the user's own data"
    needs_key = False

    async def daily(self, request: PriceRequest) -> Prices:
        """The bars within the request. Raises PriceError when no path is set, InputError for an unusable file."""
        where = str(request.options.get("path") or request.base_url)
        if not where:
            raise PriceError("file: no path: set [prices.file] path or use --prices FILE")
        wanted = frozenset(request.tickers)
        first, last = request.start.isoformat(), request.end.isoformat()
        problems: list[Problem] = []
        kept: dict[tuple[str, str], Row] = {}
        for row in iter_rows(Path(where).expanduser(), problems, now=request.now()):
            if first <= row[1] <= last and (not wanted or row[0] in wanted):
                kept[row[0], row[1]] = row
        return Prices(source=NAME, bars=tuple(map(to_bar, kept.values())), problems=tuple(problems))


PLUGIN = FileSource()
