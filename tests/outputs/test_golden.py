"""``today`` as people see it at 60, 80 and 120 columns, held by files beside this one.

``UPDATE_GOLDEN=1 pytest tests/outputs/test_golden.py`` writes them anew; read the difference before committing it.
"""

from __future__ import annotations

import datetime as dt
import io
import os
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from screener.outputs.table import show_list
from screener.types import Reason, Regime, WatchRow

GOLDEN = Path(__file__).with_name("golden")
CLOSE = dt.datetime(2026, 3, 12, 22, 10, tzinfo=dt.UTC)
DAY = CLOSE.date()
TAPE = (
    Reason(part="confirmation", text="41.2 % on the day", rule_id="move_size", points=70.0),
    Reason(part="curve", text="the curve", points=-40.0),
)


def row(rank: int, ticker: str, headline: str, **given: object) -> WatchRow:
    return WatchRow(run_id="r", day=DAY, as_of=CLOSE, rank=rank, ticker=ticker, headline=headline, **given)  # type: ignore[arg-type]


ROWS = [
    row(
        1, "ZVEX", "Zvex Biologics Announces Positive Topline Results From Its Phase 3 Trial of ZX-401 in a Rare Disease",
        score=99.7, side="+", polarity="+", action="Alert", catalyst="clinical_readout", price=4.81, change_pct=141.2,
        rvol=385.4, market_cap=202_400_000.0, warnings=("dilution in play: shelf (S-3 of 2025-11-03)", "thin trading"),
        also=('bearish 61.2: equity offering priced, "Zvex Prices $20 Million Offering" (2026-03-12)',),
        reasons=(Reason(part="catalyst", text="Human trial result, good: clinical_readout", rule_id="c", points=44.0), *TAPE),
    ),
    row(
        2, "QBKR", "Quoba Krest Announces 1-for-20 Reverse Stock Split", score=88.0, side="-", polarity="-",
        action="Avoid", catalyst="reverse_split", stage="effective", price=0.4312, change_pct=-38.0, rvol=12.04,
        market_cap=3_100_000.0,
        reasons=(Reason(part="catalyst", text="Reverse split, decided", rule_id="r", points=38.0), *TAPE),
    ),
    row(
        3, "ZMED", "Zmed Names a New Chief Executive – 新任", score=54.0, side="-", polarity="0", action="Avoid",
        catalyst="management_change", stage="announced", price=11.5, change_pct=-15.0, rvol=2.3, market_cap=1_240_000_000.0,
        warnings=("price -15.0 % on the news",), reasons=TAPE,
    ),
    row(4, "QUNK", "Qunk Signs a Letter of Intent", score=31.0, action="Watch", catalyst="acquisition", stage="proposed"),
    row(5, "ZLOW", "Zlow Opens an Office", score=12.0, action="No Action", catalyst="partnership", price=2.0, change_pct=0.4),
]  # fmt: skip
MARKET = Regime(
    day=DAY, as_of=CLOSE, label="Small caps lead", action="Alert", recommendation="Favour news", timeframe="Short-Term",
    risk="Medium", measures={}, times={}, reasons=("Breadth: 61.0 % of 3,104 small caps rose",), unknown=("vix", "ten_year"),
)  # fmt: skip


def shown(width: int, *, wide: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None, legacy_windows=False)
    show_list(console, ROWS, DAY, CLOSE, MARKET, pinned=("QUNK",), hidden=7, wide=wide)
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_today_as_people_see_it(width: int) -> None:
    path, text = GOLDEN / f"today_{width}.txt", shown(width)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    assert max(cell_len(line) for line in text.splitlines()) <= width


def test_every_row_stands_once_and_no_sign_is_carried_by_colour_alone() -> None:
    text = shown(80)
    assert [text.count(f" {r.ticker} ") for r in ROWS] == [1] * len(ROWS)
    signs = {"ZVEX": "+ clinical", "QBKR": "- reverse", "ZMED": "- management", "QUNK": "~ acquisition"}
    assert all(sign in next(x for x in text.splitlines() if f" {t} " in x) for t, sign in signs.items())
    assert "100" not in text.splitlines()[8], "no score is 100"


def test_wide_adds_and_takes_nothing_away() -> None:
    lines = shown(120).splitlines()
    assert set(lines) - set(shown(120, wide=True).splitlines()) <= {lines[1]}, "the market's line is whole when wide"
