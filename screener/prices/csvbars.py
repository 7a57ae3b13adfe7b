"""Daily bars from CSV, also gzipped, read as a stream in two passes: the first only finds repeated ticker-days."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, cast

from screener.errors import InputError
from screener.language.symbols import plain_ticker
from screener.prices.rows import Days, Row, Troubles, build, header

_TICKER_NAME = re.compile(r"[A-Z^][A-Z.^-]{0,6}$")
_BROKEN = (EOFError, gzip.BadGzipFile, csv.Error, OSError)


@contextmanager
def _open(path: Path) -> Iterator[TextIO]:
    try:
        raw = path.open("rb")
    except OSError as e:
        raise InputError(f"{path}: cannot be read ({e.strerror}); check the path and its permissions") from e
    with raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        stream = cast(io.BufferedReader, gzip.GzipFile(fileobj=raw)) if packed else raw
        yield io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")


def _columns(path: Path, names: list[str]) -> tuple[dict[str, int], str]:
    """Column positions and, for a file of one ticker without that column (``SPY.csv``), its ticker."""
    where = header(names)
    stem = path.name.split(".")[0]
    if "date" not in where or not ({"close", "volume", "change_pct"} & set(where)):
        raise InputError(f"{path}:1: is no table of daily bars: it needs the columns ticker, date and close")
    if "ticker" in where:
        return where, ""
    if not _TICKER_NAME.match(stem):
        raise InputError(f"{path}:1: has no column ticker: add it, or name the file after its one ticker (SPY.csv)")
    return where, plain_ticker(stem)


def _records(stream: TextIO) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(stream)
    for cells in reader:
        yield reader.line_num, cells


def _repeated(path: Path) -> dict[tuple[str, str], int]:
    """The last line of each ticker-day that stands on more than one line."""
    seen: set[int] = set()
    last: dict[tuple[str, str], int] = {}
    with _open(path) as stream:
        records = _records(stream)
        try:
            where, only = _columns(path, next(records, (0, []))[1])
            t, d = where.get("ticker", -1), where["date"]
            for line, cells in records:
                if len(cells) <= max(t, d):
                    continue
                key = (only or plain_ticker(cells[t]), cells[d].strip())
                if hash(key) in seen:
                    last[key] = line
                else:
                    seen.add(hash(key))
        except _BROKEN:
            pass  # the second pass meets the same end and reports it
    return last


def rows(path: Path, days: Days, troubles: Troubles, source: str) -> Iterator[Row]:
    """The bars of one CSV file. Raises InputError when it is no table of bars; bad rows become problems.

    Of a repeated ticker-day the last row wins.
    """
    last = _repeated(path)
    with _open(path) as stream:
        records = _records(stream)
        line = 1
        try:
            where, only = _columns(path, next(records, (0, []))[1])
            width = max(where.values()) + 1
            for line, cells in records:
                if not any(cells):
                    continue
                if len(cells) < width:
                    troubles.add(line, f"has {len(cells)} cells where the header has {width}", "short_row")
                    continue
                raw: dict[str, object] = {name: cells[i] for name, i in where.items()}
                if only:
                    raw["ticker"] = only
                if last:
                    final = last.get((only or plain_ticker(cells[where["ticker"]]), cells[where["date"]].strip()), 0)
                    if final > line:
                        message = f"{raw['ticker']} {raw['date']} stands again on line {final}; the last row wins"
                        troubles.add(line, message, "duplicate")
                        continue
                row = build(raw, line, days, troubles, source)
                if row is not None:
                    yield row
        except _BROKEN as e:
            troubles.add(line + 1, f"the file breaks off here ({e}); the rows before were read", "cut_off")
