"""The compact list: never wider than the screen, at most three lines a row, nothing a feed could garble."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from screener.outputs.lines import heading, row_lines, shares, strongest
from screener.types import Reason, WatchRow

MOMENT = dt.datetime(2026, 3, 12, 22, tzinfo=dt.UTC)
texts = st.text(max_size=200)
numbers = st.none() | st.floats(-1e13, 1e13, allow_nan=False)


def row(**given: Any) -> WatchRow:
    plain = {"run_id": "r", "day": MOMENT.date(), "rank": 1, "ticker": "ZORV", "score": 81.5, "as_of": MOMENT}
    return WatchRow(**{"catalyst": "reverse_split", **plain, **given})


@given(
    width=st.integers(50, 160), headline=texts, warning=texts, also=texts, reason=texts, ticker=st.text(min_size=1, max_size=14),
    price=numbers, change=numbers, rvol=numbers, cap=numbers, rank=st.integers(1, 100_000),
)  # fmt: skip
def test_no_line_is_wider_than_the_screen(
    width: int, headline: str, warning: str, also: str, reason: str, ticker: str, price: float | None,
    change: float | None, rvol: float | None, cap: float | None, rank: int,
) -> None:  # fmt: skip
    lines = [
        t.plain
        for t in row_lines(
            row(
                headline=headline, warnings=(warning,), also=(also,), ticker=ticker, price=price, change_pct=change, rvol=rvol,
                market_cap=cap, rank=rank, reasons=(Reason(part="size", text=reason, points=4.0),),
            ),
            width,
        )
    ]  # fmt: skip
    assert len(lines) <= 3
    assert all(cell_len(line) <= width for line in lines)
    assert all(c.isprintable() for line in lines for c in line)
    assert cell_len(heading(width).plain) <= width


def test_line_three_tells_catch_other_side_and_reasons() -> None:
    full = row(
        warnings=("dilution in play",),
        also=("bearish 40: private placement",),
        reasons=(
            Reason(part="catalyst", text="Contract won: commercial_contract (+)", points=30.0, rule_id="c"),
            Reason(part="catalyst", text="38M dollars stated", points=5.0, rule_id="c"),
            Reason(part="confirmation", text="41 % on the day", points=40.0, rule_id="m"),
            Reason(part="materiality", text="49 % of the market cap", points=13.0, rule_id="a"),
            Reason(part="curve", text="the curve", points=-7.0),
        ),
    )
    told = [t.plain for t in row_lines(full, 140)][-1]
    assert told.strip() == (
        "! dilution in play · also bearish 40: private placement · +35 Contract won, 38M dollars stated · "
        "+13 49 % of the market cap · +40 41 %…"
    )
    assert [r.points for r in strongest(full)] == [35.0, 13.0, 40.0]


def test_a_narrow_screen_keeps_volume_and_cap() -> None:
    told = [t.plain for t in row_lines(row(rvol=4.25, market_cap=45e6), 60)]
    assert "rvol 4.2x, cap $45M" in told[-1] and "$45M" not in told[0]


@given(st.lists(st.integers(0, 300), min_size=1, max_size=6), st.integers(0, 200))
def test_shares_fill_the_room_and_no_more(lengths: list[int], room: int) -> None:
    given_ = shares(lengths, room)
    assert sum(given_) <= room and all(0 <= g <= n for g, n in zip(given_, lengths, strict=True))
    assert sum(given_) == min(room, sum(lengths))
