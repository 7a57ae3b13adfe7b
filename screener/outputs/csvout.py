"""The watchlist as CSV, JSON and JSON lines; the CSV's own home is ``format.watch_csv``, which the page shares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import msgspec

from screener.format.watch_csv import COLUMNS, cell_text, csv_text, reason_text, write_csv

__all__ = ["COLUMNS", "cell_text", "csv_text", "json_text", "reason_text", "write_csv"]


def json_text(rows: object, *, lines: bool = False) -> str:
    """Records (or one record) as indented JSON, or one JSON object a line."""
    if lines:
        return "".join(msgspec.json.encode(r).decode() + "\n" for r in cast("Iterable[object]", rows))
    return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode() + "\n"
