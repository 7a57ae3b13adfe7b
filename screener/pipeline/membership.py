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
from screener.entities.opening import subject_of
from screener.prices.universe import INCLUDE, Universe, judge, like_a_trust
from screener.types import Listing, Move, WatchRow

TRUST_USUAL = 1.5  # percent on a usual day: a trust moves less
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
    units: bool = False,
) -> str:
    """Why a ticker is no small cap by lenient rules, empty when it is one.

    ``catalysts`` are the types of its news; ``main_line`` is its company's common stock when the ticker is another line;
    ``units`` says that its company lists units beside warrants or rights.
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
        shell=units and _quiet(move),
    )
    return "; ".join(found.reasons)


def _quiet(move: Move | None) -> bool:
    """Whether the stock trades like a trust: near ten dollars, with hardly a change on a usual day."""
    usual = move.volatility_pct if move else None
    return like_a_trust(move.price if move else None, None, None) and (usual is None or usual < TRUST_USUAL)


def with_membership(
    rows: Sequence[WatchRow],
    grouped: Mapping[str, Sequence[Candidate]],
    rules: Universe,
    side_lines: Mapping[str, str] | None = None,
    with_units: Collection[str] = (),
) -> list[WatchRow]:
    """The rows with ``outside`` and an unknown market cap said, small caps first, ranked anew."""
    asked, lines = lenient(rules), side_lines or {}
    told = [_judged(r, grouped[r.ticker], asked, lines.get(r.ticker, ""), r.ticker in with_units) for r in rows]
    return renumbered(sorted(told, key=lambda r: bool(r.outside)))


def _judged(row: WatchRow, group: Sequence[Candidate], rules: Universe, main_line: str, units: bool) -> WatchRow:
    first, types = group[0], {c.catalyst.type for c in group}
    listing = first.listing
    if listing is not None and not listing.name:
        # a company too new for the table: its headline opens with its name
        listing = msgspec.structs.replace(listing, name=subject_of(first.story.title).strip())
    why = outside(row.ticker, first.move, listing, types, rules, main_line, units)
    missing = row.market_cap is None and "market_cap" not in row.unknown
    return msgspec.structs.replace(row, outside=why, unknown=(*row.unknown, "market_cap") if missing else row.unknown)
