"""Sectors from a securities list: columns by name, gzip, and anything else refused with what is wrong."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.entities.sectors import parse_sectors
from screener.errors import InputError

LIST = "Symbol,Name,Last Sale,Sector,Industry\nZVEX,Zvex Inc.,$1,Health Care,Biotechnology\nON,On,$2,Technology,\nQQ,Q,$1,,\n"


@pytest.mark.parametrize(
    "raw", [LIST.encode(), gzip.compress(LIST.encode()), b"\xef\xbb\xbf" + LIST.encode()], ids=["plain", "gzip", "mark"]
)
def test_columns_are_found_by_name(raw: bytes) -> None:
    found = {s.ticker: (s.sector, s.industry) for s in parse_sectors(raw, "list.csv")}
    assert found == {"ZVEX": ("Health Care", "Biotechnology"), "ON": ("Technology", "")}, "no sector is no row"


def test_other_orders_cases_and_spellings() -> None:
    raw = b"industry;x\n"
    with pytest.raises(InputError, match="needs the columns"):
        parse_sectors(raw, "list.csv")
    found = parse_sectors(b'SECTOR,ticker\n" Real   Estate ",qhl/b\nEnergy,QHL.B\n', "list.csv")
    assert [(s.ticker, s.sector) for s in found] == [("QHL-B", "Energy")], "the last word of a ticker wins"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "needs the columns"),
        (b"ticker,sector\nZVEX\n", "no sector for any ticker"),
        (gzip.compress(LIST.encode() * 100)[:60], "cut off"),
        (b"\x1f\x8b\x08 not gzip at all", "gzip"),
    ],
    ids=["empty", "no sector", "cut", "no gzip"],
)
def test_what_is_no_such_list_is_refused(raw: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_sectors(raw, "list.csv")


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda t: ("ticker,sector\n" + t).encode()))
def test_any_bytes_give_sectors_or_an_input_error(raw: bytes) -> None:
    try:
        found = parse_sectors(raw, "list.csv")
    except InputError:
        return
    assert found and all(s.ticker and s.sector for s in found)


def test_the_recorded_list(shared: object) -> None:
    raw = (shared / "tickers" / "securities.csv.gz").read_bytes()  # type: ignore[operator]
    found = {s.ticker: s.sector for s in parse_sectors(raw, "securities.csv.gz")}
    assert len(found) > 5000 and found["BLUE"] == "Health Care" and len(set(found.values())) < 20
