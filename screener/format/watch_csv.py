"""The watchlist as CSV and as tab-separated text, with the stable columns that scripts rely on.

Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TextIO

from screener.format import neutral, plain_number, utc
from screener.types import WatchRow

COLUMNS = (
    "rank", "ticker", "company", "exchange", "score", "action", "recommendation", "timeframe", "risk", "catalyst",
    "stage", "polarity", "headline", "source", "url", "published", "price", "change_pct", "gap_pct", "rvol",
    "dollar_volume", "market_cap", "float_shares", "materiality_pct", "reasons", "warnings", "unknown", "first_seen",
    "as_of",
)  # fmt: skip

NO_SECTORS: Mapping[str, str] = {}


def reason_text(row: WatchRow) -> str:
    """The reasons in one cell: ``+30 FDA approval; +15 volume 6.0 x``."""
    return "; ".join(f"{r.points:+g} {r.text}" if r.points else r.text for r in row.reasons)


def cell_text(row: WatchRow, name: str, sectors: Mapping[str, str] = NO_SECTORS) -> str:
    """One cell of the CSV, by its column's name; ``sectors`` by ticker are for the column ``sector``, which no row holds."""
    special: dict[str, Callable[[], str]] = {
        "reasons": lambda: reason_text(row),
        "warnings": lambda: "; ".join(row.warnings),
        "unknown": lambda: "; ".join(row.unknown),
        "also": lambda: "; ".join(row.also),
        "sector": lambda: sectors.get(row.ticker, ""),
    }
    value = special[name]() if name in special else getattr(row, name)
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return utc(value)
    if isinstance(value, int | float):
        return plain_number(value)
    return neutral(str(value))


def write_csv(
    rows: Iterable[WatchRow],
    out: TextIO,
    columns: Sequence[str] = COLUMNS,
    sectors: Mapping[str, str] = NO_SECTORS,
) -> None:
    """Write the header and one line a row."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell_text(row, name, sectors) for name in columns] for row in rows)


def csv_text(
    rows: Iterable[WatchRow], columns: Sequence[str] = COLUMNS, sectors: Mapping[str, str] = NO_SECTORS
) -> str:
    """The list as CSV text."""
    out = io.StringIO()
    write_csv(rows, out, columns, sectors)
    return out.getvalue()


def tab_text(rows: Iterable[WatchRow], columns: Sequence[str] = COLUMNS) -> str:
    """The list as tab-separated lines to paste into a sheet; a cell never holds a tab or a line break."""
    lines = [columns, *([" ".join(cell_text(row, name).split()) for name in columns] for row in rows)]
    return "".join("\t".join(cells) + "\n" for cells in lines)
