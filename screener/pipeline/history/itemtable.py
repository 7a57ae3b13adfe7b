"""Items from Parquet: a table whose columns are named like the fields of ``Item`` (or ``id``, ``tickers``, ``wire``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from screener.collectors.file import BrokenLine, item_of, plain_names
from screener.errors import InputError
from screener.limits import DEFAULT
from screener.parquet import polars
from screener.types import Item, Problem

SLICE = 5_000


def read_item_table(
    path: Path, now: dt.datetime, as_of: dt.datetime | None = None, most: int = DEFAULT.problems
) -> Iterator[Item | Problem]:
    """Read items row by row; a row that cannot be used comes out as a Problem with ``file:row``. Raises InputError."""
    broken = 0
    for number, row in enumerate(_rows(path), 1):
        try:
            item = item_of(plain_names(_plain(row)), path, number, now, as_of)
        except BrokenLine as e:
            broken += 1
            if broken <= most:
                where = f"{path}:{number}"
                message = f"{where}: {e}; row left out"
                yield Problem(stage="collect", subject=where, kind="broken_line", message=message)
            continue
        if item is not None:
            yield item
    if broken > most:
        message = f"{path}: {broken - most:,} more rows left out"
        yield Problem(stage="collect", subject=str(path), kind="broken_line", message=message)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows, some thousand in memory at a time."""
    pl = polars()
    try:
        lazy, at = pl.scan_parquet(path), 0
        while len(part := lazy.slice(at, SLICE).collect()):
            yield from part.iter_rows(named=True)
            at += SLICE
    except (OSError, pl.exceptions.PolarsError) as e:
        raise InputError(f"{path}: cannot be read as Parquet ({str(e).splitlines()[0]})") from e


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Times as text; a time without a zone stays one, which ``item_of`` refuses. A null inside a struct is no value."""
    told: dict[str, Any] = {k: v.isoformat() if isinstance(v, dt.datetime) else v for k, v in row.items()}
    facts = told.get("facts")
    if isinstance(facts, dict):
        told["facts"] = {k: v for k, v in facts.items() if v is not None}
    return told
