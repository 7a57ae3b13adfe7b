"""Whether a row is a small cap of the universe, and if not, why not.

The rules are those of ``universe.yml``, the user's own when there is one. Two things differ from counting members of a
day: an unknown number leaves nobody out (the row says that it is unknown), and price and usual dollar volume are not
asked, because news is what wakes a sleeping stock. A blank-cheque company is left out as a shell; once its own merger moves
its price, it trades on the deal and not on its trust, and stays in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from screener.engine.candidate import Candidate
from screener.engine.rank import TELLING
from screener.engine.selection import renumbered
from screener.prices.universe import INCLUDE, Universe, judge
from screener.types import Listing, Move, WatchRow

SHELL, MERGER = "spac", "spac_reverse_merger"


def lenient(rules: Universe) -> Universe:
    """The rules as they are held against rows: unknown numbers, the price and the usual volume leave nobody out."""
    return msgspec.structs.replace(
        rules, unknown=dict.fromkeys(rules.unknown, INCLUDE), min_dollar_volume=0.0, min_price=0.0
    )


def outside(
    ticker: str,
    move: Move | None,
    listing: Listing | None,
    catalysts: Collection[str],
    rules: Universe,
    main_line: str = "",
) -> str:
    """Why a ticker is no small cap by lenient rules, empty when it is one.

    ``catalysts`` are the types of its news; ``main_line`` is its company's common stock when the ticker is another line.
    """
    change = move.change_pct if move else None
    if MERGER in catalysts and change is not None and abs(change) >= TELLING:
        rules = msgspec.structs.replace(rules, allow=rules.allow | {SHELL})
    found = judge(
        ticker,
        rules,
        name=listing.name if listing else "",
        price=move.price if move else None,
        market_cap=move.market_cap if move else None,
        exchange=(move.exchange if move else "") or (listing.exchange if listing else ""),
        main_line=main_line,
    )
    return "; ".join(found.reasons)


def with_membership(
    rows: Sequence[WatchRow],
    grouped: Mapping[str, Sequence[Candidate]],
    rules: Universe,
    side_lines: Mapping[str, str] | None = None,
) -> list[WatchRow]:
    """The rows with ``outside`` and an unknown market cap said, small caps first, ranked anew."""
    asked, lines = lenient(rules), side_lines or {}
    told = [_judged(row, grouped[row.ticker], asked, lines.get(row.ticker, "")) for row in rows]
    return renumbered(sorted(told, key=lambda r: bool(r.outside)))


def _judged(row: WatchRow, group: Sequence[Candidate], rules: Universe, main_line: str) -> WatchRow:
    first, types = group[0], {c.catalyst.type for c in group}
    why = outside(row.ticker, first.move, first.listing, types, rules, main_line)
    missing = row.market_cap is None and "market_cap" not in row.unknown
    return msgspec.structs.replace(row, outside=why, unknown=(*row.unknown, "market_cap") if missing else row.unknown)
