"""Which sector and industry a ticker is of, from a securities list as CSV.

The columns are found by name, in any order and case: ``ticker`` or ``symbol``, ``sector`` and, where there is one,
``industry``. The stock screener of nasdaq.com gives such a file ("Download CSV"); others work as well.
"""

from __future__ import annotations

import csv
import io
import zlib

from screener.errors import InputError
from screener.language.symbols import plain_ticker
from screener.limits import CSV_MEGABYTES
from screener.types import Sector

_TICKER = ("ticker", "symbol")
_GZIP = b"\x1f\x8b"


def parse_sectors(raw: bytes, name: str) -> list[Sector]:
    """The sectors of a CSV, gzipped or not; rows without ticker or sector are left out, the last of a ticker wins.

    Raises InputError when it is no such table.
    """
    rows = csv.reader(io.StringIO(_text(raw, name), newline=""))
    try:
        head = [cell.strip().lower() for cell in next(rows, [])]
        ticker = next((head.index(n) for n in _TICKER if n in head), None)
        if ticker is None or "sector" not in head:
            raise InputError(f"{name}: is no securities list: it needs the columns ticker (or symbol) and sector")
        sector, industry = head.index("sector"), head.index("industry") if "industry" in head else None
        found = {}
        for cells in rows:
            symbol, said = plain_ticker(_cell(cells, ticker)), _cell(cells, sector)
            if symbol and said:
                found[symbol] = Sector(ticker=symbol, sector=said, industry=_cell(cells, industry))
    except csv.Error as e:
        raise InputError(f"{name}: line {rows.line_num}: {e}") from e
    if not found:
        raise InputError(f"{name}: names no sector for any ticker")
    return list(found.values())


def _cell(cells: list[str], place: int | None) -> str:
    return " ".join(cells[place].split()) if place is not None and place < len(cells) else ""


def _text(raw: bytes, name: str) -> str:
    """The file as text, unpacked up to the limit of one table."""
    most = CSV_MEGABYTES * 1_000_000
    if raw[:2] == _GZIP:
        try:
            unpack = zlib.decompressobj(wbits=31)
            raw = unpack.decompress(raw, most + 1)
        except zlib.error as e:
            raise InputError(f"{name}: is no whole gzip file ({e})") from e
        if not unpack.eof and len(raw) <= most:
            raise InputError(f"{name}: is no whole gzip file (it is cut off)")
    if len(raw) > most:
        raise InputError(f"{name}: is larger than {CSV_MEGABYTES} MB")
    return raw.decode("utf-8-sig", errors="replace")
