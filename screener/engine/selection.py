"""Which rows of a list are shown, and in which order: the one filter behind the terminal, exports and the page.

A number that is unknown passes no limit. Ranks are given anew among the rows shown.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from screener import clock
from screener.config import RowFilter
from screener.errors import InputError
from screener.types import WatchRow

SIDES = {"up": "+", "down": "-", "unclear": ""}
POLARITIES = {"good": "+", "bad": "-", "mixed": "±", "neutral": "0"}
"""What news means to a holder, in words."""
SESSIONS = (clock.PRE, clock.REGULAR, clock.AFTER, clock.CLOSED)
ACTIONS = ("alert", "watch", "avoid", "no_action")
UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "mm": 1e6, "mn": 1e6, "b": 1e9, "bn": 1e9, "t": 1e12}
UNITS |= {"thousand": 1e3, "million": 1e6, "billion": 1e9}
PERCENT, SIGNED = ("change", "gap", "since_news", "materiality"), ("change", "gap", "since_news")
_AMOUNT = re.compile(
    r"\$?\s{0,9}(-?(?:[0-9][0-9_,]*+(?:\.[0-9]*+)?|\.[0-9]++)(?:e[+-]?[0-9]{1,3})?)\s{0,9}([a-z]{0,8})", re.IGNORECASE
)
_GROUPS = re.compile(r"\A(?:-?[0-9]{1,3}(?:[_,][0-9]{3})++(?:\.[0-9]*+)?|[^_,]*+)\Z")
_PARTS = re.compile(r"[ :]")
_SPAN = re.compile(r"([0-9]{1,9}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})\s{0,9}([a-z]{0,8})", re.IGNORECASE)
_HOURS = {"": 1.0, "h": 1.0, "hour": 1.0, "hours": 1.0, "min": 1 / 60, "mins": 1 / 60, "minutes": 1 / 60, "d": 24.0,
          "day": 24.0, "days": 24.0}  # fmt: skip
Key = Callable[[WatchRow], Any]
NUMBERS: dict[str, Key] = {
    "score": lambda r: r.score,
    "change": lambda r: r.change_pct,
    "gap": lambda r: r.gap_pct,
    "rvol": lambda r: r.rvol,
    "price": lambda r: r.price,
    "dollar_volume": lambda r: r.dollar_volume,
    "float": lambda r: r.float_shares,
    "cap": lambda r: r.market_cap,
    "materiality": lambda r: r.materiality_pct,
}
LATER: dict[str, Key] = {"since_news": lambda r: r.since_news_pct}
"""Numbers that only the page and saved filters have a limit for."""
SORTS: dict[str, Key] = {
    "rank": lambda r: r.rank,
    "ticker": lambda r: r.ticker,
    "age": lambda r: None if r.published is None else -r.published.timestamp(),
    **NUMBERS,
    **LATER,
}
SECTOR = "sector"
"""An order too, but what it goes by is not of the row."""
ORDERS = (*SORTS, SECTOR)
LIMITS = tuple(
    (f"{end}_{name}", key, end == "min")
    for name, key in {**NUMBERS, **LATER}.items()
    for end in ("min", "max")
    if f"{end}_{name}" in RowFilter.__struct_fields__
)
_RISING_FIRST = ("rank", "ticker", "age", SECTOR)


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What a filter may ask that is not of the row: the own list, sectors by ticker, sources by story, and the moment
    that ages count to (None: each row's own list)."""

    own: Collection[str] = ()
    sectors: Mapping[str, str] = {}
    sources: Mapping[str, Collection[str]] = {}
    moment: dt.datetime | None = None


def amount(text: str) -> float:
    """``300M``, ``$1.5bn``, ``300e6``, ``2_000_000``, ``1,500`` as a number. Raises InputError for anything else."""
    found = _AMOUNT.fullmatch(text.strip())
    unit = UNITS.get(found[2].lower()) if found else None
    if found is None or unit is None or not _GROUPS.match(found[1].lower().partition("e")[0]):
        raise InputError(f"{text[:40]!r} is no amount; write 300M, 1.5bn, 250k, 2000000 or 300e6")
    value = float(found[1].replace(",", "").replace("_", "")) * unit
    if not math.isfinite(value):
        raise InputError(f"{text[:40]!r} is too large; write 300M, 1.5bn, 250k, 2000000 or 300e6")
    return value


def hours(text: str) -> float:
    """``4``, ``4h``, ``90 min`` or ``2 days`` as hours. Raises InputError for anything else."""
    found = _SPAN.fullmatch(text.strip())
    unit = _HOURS.get(found[2].lower()) if found else None
    plain = _finite(text)
    if plain is not None:
        return plain
    if found is None or unit is None:
        raise InputError(f"{text[:40]!r} is no span of time; write 4 (hours), 90 min or 2 days")
    return float(found[1]) * unit


def _finite(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def age_moment(asked: dt.datetime | None, day: dt.date, stood: dt.datetime | None) -> dt.datetime:
    """The moment ages are counted to: the one asked for, now on the current session's list, else the list's own."""
    if asked is not None:
        return asked
    now = clock.now()
    return now if stood is None or day >= clock.session_day(now) else stood


def prepared(wanted: RowFilter, catalysts: Collection[str], where: str = "") -> RowFilter:
    """The filter with every word checked and every amount a number; ``catalysts`` are all known ids.

    Raises InputError that begins with ``where``, names the key, and has the nearest known word.
    """
    changes: dict[str, Any] = {}
    for name, _, _ in LIMITS:
        value = getattr(wanted, name)
        changes[name] = _limit(value, f"{where}{name}")
    for low, high in ((f"min_{n}", f"max_{n}") for n in NUMBERS):
        least, most = changes.get(low), changes.get(high)
        if least is not None and most is not None and least > most:
            raise InputError(f"{where}{low} {least:g} is above {high} {most:g}: no row can pass")
    changes["side"] = _words(wanted.side, SIDES, f"{where}side")
    changes["action"] = _words(wanted.action, ACTIONS, f"{where}action")
    changes["session"] = _words(wanted.session, SESSIONS, f"{where}session")
    changes["polarity"] = _words(wanted.polarity, POLARITIES, f"{where}polarity")
    changes["max_age"] = _span(wanted.max_age, f"{where}max_age")
    changes["catalyst"] = _words(wanted.catalyst, catalysts, f"{where}catalyst")
    changes["ticker"] = tuple(t.upper().lstrip("$").rpartition(":")[2] for t in wanted.ticker)
    if wanted.sort:
        _words((wanted.sort.removeprefix("-"),), ORDERS, f"{where}sort")
    return msgspec.structs.replace(wanted, **changes)


def _limit(value: float | str | None, name: str) -> float | None:
    if value is None:
        return None
    text = str(value).removesuffix("%").strip() if name.endswith(PERCENT) else str(value)
    try:
        number = amount(text)
    except InputError as e:
        raise InputError(f"{name}: {e}") from None
    if number < 0 and not name.endswith(SIGNED):
        raise InputError(f"{name}: {number:g} is below zero")
    return number


def _span(value: float | str | None, name: str) -> float | None:
    try:
        span = None if value is None else hours(str(value))
    except InputError as e:
        raise InputError(f"{name}: {e}") from None
    if span is not None and span < 0:
        raise InputError(f"{name}: {span:g} is below zero")
    return span


def _words(given: Iterable[str], known: Collection[str], name: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(w.strip().lower().replace(" ", "_").replace("-", "_") for w in given))
    for word in words:
        if word not in known:
            close = difflib.get_close_matches(word, known, 1, 0.5)
            hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(sorted(known))}"
            raise InputError(f"{name}: {word[:60]!r} is unknown; {hint}")
    return words


def catalyst_ids(folders: Iterable[Path]) -> set[str]:
    """The catalyst types that rule folders know. A file is named by its type, so that none has to be read."""
    found = {p.stem for folder in folders for p in folder.glob("*.yml")}
    return {name for name in found if not name.startswith("noise_")}


def types_of(row: WatchRow) -> set[str]:
    """All catalyst types of a row: its lead's and the others'."""
    return {row.catalyst, *(_PARTS.split(o)[-1] for o in row.others)}


def shown(rows: Sequence[WatchRow], *, everything: bool = False) -> list[WatchRow]:
    """The small caps of a list, best first and ranked from 1; with ``everything`` all rows, by their scores alone."""
    kept = sorted(rows, key=lambda r: -r.score) if everything else [r for r in rows if not r.outside]
    return renumbered(kept)


def renumbered(rows: Iterable[WatchRow]) -> list[WatchRow]:
    """The rows with ranks 1 to n in this order."""
    return [r if r.rank == n else msgspec.structs.replace(r, rank=n) for n, r in enumerate(rows, 1)]


def select(rows: Sequence[WatchRow], wanted: RowFilter, beside: Beside | None = None) -> list[WatchRow]:
    """The rows that pass a prepared filter, in its order. ``beside`` is what it may ask that is not of the rows."""
    held = beside or Beside()
    sectors = _sectors(wanted.sector, held.sectors)
    kept = [
        r
        for r in rows
        if _words_pass(r, wanted)
        and _beside_pass(r, wanted, held)
        and (not wanted.sector or held.sectors.get(r.ticker) in sectors)
        and _numbers_pass(r, wanted)
    ]
    ordered = order(kept, wanted.sort or "rank", held.sectors)
    return ordered if wanted.limit is None else ordered[: wanted.limit]


def _sectors(wanted: Sequence[str], known: Mapping[str, str]) -> set[str]:
    """The known sectors that are meant: the one of this very name, else those with the words in their names."""
    names = set(known.values()) if wanted else set()
    found: set[str] = set()
    for word in (w.strip().lower() for w in wanted):
        found |= {n for n in names if n.lower() == word} or {n for n in names if word in n.lower()}
    return found


def _words_pass(r: WatchRow, w: RowFilter) -> bool:
    exchanges = {e.lower() for e in w.exchange}
    return (
        (not w.side or r.side in {SIDES[s] for s in w.side})
        and (not w.action or r.action.lower().replace(" ", "_") in w.action)
        and (not w.catalyst or not types_of(r).isdisjoint(w.catalyst))
        and (not w.polarity or r.polarity in {POLARITIES[p] for p in w.polarity})
        and (not w.session or r.session in w.session)
        and (not exchanges or r.exchange.lower() in exchanges)
        and (not w.ticker or r.ticker in w.ticker)
    )


def _beside_pass(r: WatchRow, w: RowFilter, held: Beside) -> bool:
    if w.own and r.ticker not in held.own:
        return False
    if w.source and set(w.source).isdisjoint(held.sources.get(r.story_id, (r.source,))):
        return False
    if w.max_age is None:
        return True
    return r.published is not None and (held.moment or r.as_of) - r.published <= _timedelta(w.max_age)


def _timedelta(span: float | str) -> dt.timedelta:
    return dt.timedelta(hours=max(min(float(span), 1e6), -1e6))


def _numbers_pass(r: WatchRow, w: RowFilter) -> bool:
    for name, key, least in LIMITS:
        limit = getattr(w, name)
        if limit is None:
            continue
        value = key(r)
        if value is None or (value < limit if least else value > limit):
            return False
    return True


def order(rows: Sequence[WatchRow], sort: str, sectors: Mapping[str, str] | None = None) -> list[WatchRow]:
    """Rows by one of ``ORDERS``, the most telling first (largest number, newest, A to Z); ``sectors`` are by ticker.

    ``-`` in front reverses; what is unknown stays last, and equal rows stand by rank.
    """
    name = sort.removeprefix("-")
    key: Key = (lambda r: (sectors or {}).get(r.ticker)) if name == SECTOR else SORTS[name]
    falling = (name not in _RISING_FIRST) != sort.startswith("-")
    ranked = sorted(rows, key=lambda r: r.rank)
    known = [r for r in ranked if key(r) is not None]
    known.sort(key=key, reverse=falling)
    return known + [r for r in ranked if key(r) is None]
