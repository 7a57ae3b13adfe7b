"""The address of the list: which day, as of when, which rows, in which order. Everything in it is checked."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

from screener import clock
from screener.language.symbols import typed_ticker
from screener.types import WatchRow

SESSIONS = (clock.PRE, clock.REGULAR, clock.AFTER, clock.CLOSED)
POLARITIES = {"good": "+", "bad": "-", "mixed": "±", "neutral": "0"}
PAGE_SIZE = 70
_WORD = re.compile(r"[a-z0-9_]{1,60}")
_TICKER = re.compile(r"[A-Z0-9][A-Z0-9.\-]{0,9}")
_SORTS: dict[str, Callable[[WatchRow], Any]] = {
    "rank": lambda r: r.rank,
    "ticker": lambda r: r.ticker,
    "score": lambda r: r.score,
    "age": lambda r: None if r.published is None else -r.published.timestamp(),
    "price": lambda r: r.price,
    "change": lambda r: r.change_pct,
    "rvol": lambda r: r.rvol,
    "volume": lambda r: r.dollar_volume,
    "cap": lambda r: r.market_cap,
    "materiality": lambda r: r.materiality_pct,
}
SORTS = tuple(_SORTS)
_RISING_FIRST = ("rank", "ticker", "age")


class BadQuery(Exception):
    """An address with a value that cannot be used; the message says which and what would be right."""


class Filters(Struct, frozen=True, kw_only=True):
    """What the address asks for; None and empty mean no limit. ``sort`` is a key of SORTS, ``-`` in front reverses."""

    day: dt.date | None = None
    as_of: dt.datetime | None = None
    catalyst: tuple[str, ...] = ()
    polarity: tuple[str, ...] = ()
    session: str = ""
    source: str = ""
    action: str = ""
    min_score: float | None = None
    max_cap: float | None = None
    min_rvol: float | None = None
    sort: str = "rank"
    page: int = 1

    @property
    def active(self) -> bool:
        """True when some rows are left out."""
        return self.only() != Filters()

    def only(self) -> Filters:
        """The filters alone, without day, moment, order and page."""
        return replace(self, day=None, as_of=None, sort="rank", page=1)


def read_filters(args: Mapping[str, Sequence[str]]) -> Filters:
    """Read the arguments of an address. Raises BadQuery; arguments with other names are left alone."""
    day = read_day(args)
    return Filters(
        day=day,
        as_of=read_moment(args, day),
        catalyst=tuple(dict.fromkeys(_word(v, "catalyst") for v in _several(args, "catalyst"))),
        polarity=tuple(dict.fromkeys(_one_of(v, "polarity", tuple(POLARITIES)) for v in _several(args, "polarity"))),
        session=_one_of(_one(args, "session"), "session", SESSIONS),
        source=_word(_one(args, "source"), "source"),
        action=_word(_one(args, "action").lower().replace(" ", "_"), "action"),
        min_score=_number(args, "min_score"),
        max_cap=_number(args, "max_cap"),
        min_rvol=_number(args, "min_rvol"),
        sort=_sort(_one(args, "sort")),
        page=read_whole(args, "page", 1, 10_000),
    )


def read_day(args: Mapping[str, Sequence[str]], name: str = "day") -> dt.date | None:
    """A New York date, None when the address has none. Raises BadQuery."""
    text = _one(args, name)
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise BadQuery(f"{name}: {text[:40]!r} is no date; write 2026-03-12") from None
    if not 1990 <= day.year < 2100:
        raise BadQuery(f"{name}: {text!r} lies outside 1990 to 2099")
    return day


def read_moment(args: Mapping[str, Sequence[str]], day: dt.date | None = None) -> dt.datetime | None:
    """``as_of`` (ISO with its zone), or ``at`` (HH:MM in New York on ``day``). Raises BadQuery."""
    text, at = _one(args, "as_of"), _one(args, "at")
    try:
        if text:
            moment = clock.parse_time(text.replace(" ", "+"))
        elif at and day:
            time = dt.time.fromisoformat(at)
            if time.tzinfo is not None:
                raise ValueError("is in New York and takes no zone")
            moment = dt.datetime.combine(day, time, clock.NEW_YORK).astimezone(dt.UTC)
        else:
            return None
    except (ValueError, OverflowError) as e:
        raise BadQuery(f"as_of: {(text or at)[:40]!r}: {e}; write 2026-03-12T22:10:00Z") from None
    if not 1990 <= moment.year < 2100:
        raise BadQuery("as_of: lies outside 1990 to 2099")
    return moment


def read_whole(args: Mapping[str, Sequence[str]], name: str, default: int, most: int) -> int:
    """A whole number from 1 to ``most``. Raises BadQuery."""
    text = _one(args, name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not 1 <= int(text) <= most:
        raise BadQuery(f"{name}: {text[:40]!r} is no number from 1 to {most}")
    return int(text)


def read_text(args: Mapping[str, Sequence[str]], name: str, most: int = 200) -> str:
    """Free text up to a length. Raises BadQuery."""
    text = _one(args, name)
    if len(text) > most:
        raise BadQuery(f"{name}: longer than {most} characters")
    return text.replace("\x00", " ")


def read_word(args: Mapping[str, Sequence[str]], name: str) -> str:
    """An id such as ``reverse_split``, or empty. Raises BadQuery."""
    return _word(_one(args, name), name)


def read_ticker(text: str) -> str:
    """A ticker as stored. Raises BadQuery."""
    ticker = typed_ticker(text)
    if not _TICKER.fullmatch(ticker) or len(text.split()) > 1:
        raise BadQuery(f"{text[:20]!r} is no ticker")
    return ticker


def _several(args: Mapping[str, Sequence[str]], name: str) -> list[str]:
    return [v for v in args.get(name, ()) if v][:40]


def _one(args: Mapping[str, Sequence[str]], name: str) -> str:
    values = args.get(name, ())
    return values[0].strip() if values else ""


def _word(text: str, name: str) -> str:
    if text and not _WORD.fullmatch(text):
        raise BadQuery(f"{name}: {text[:40]!r} is no id; ids look like reverse_split")
    return text


def _one_of(text: str, name: str, known: Sequence[str]) -> str:
    if text and text not in known:
        raise BadQuery(f"{name}: {text[:40]!r} is none of {', '.join(known)}")
    return text


def _number(args: Mapping[str, Sequence[str]], name: str) -> float | None:
    text = _one(args, name)
    if not text:
        return None
    try:
        value = float(text[:40])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadQuery(f"{name}: {text[:40]!r} is no number")
    return value


def _sort(text: str) -> str:
    if text and text.removeprefix("-") not in SORTS:
        raise BadQuery(f"sort: {text[:40]!r} is none of {', '.join(SORTS)}")
    return text or "rank"


def select(rows: Sequence[WatchRow], f: Filters, sources: Mapping[str, Sequence[str]]) -> list[WatchRow]:
    """The rows that pass, in order. A number that is unknown passes no limit. ``sources``: story id to source names."""
    signs = {POLARITIES[p] for p in f.polarity}
    kept = [
        r
        for r in rows
        if (not f.catalyst or r.catalyst in f.catalyst or any(o.rpartition(" ")[2] in f.catalyst for o in r.others))
        and (not signs or r.polarity in signs)
        and (not f.session or r.session == f.session)
        and (not f.source or f.source in sources.get(r.story_id, (r.source,)))
        and (not f.action or r.action.lower().replace(" ", "_") == f.action)
        and (f.min_score is None or r.score >= f.min_score)
        and (f.max_cap is None or (r.market_cap is not None and r.market_cap <= f.max_cap))
        and (f.min_rvol is None or (r.rvol is not None and r.rvol >= f.min_rvol))
    ]
    return order(kept, f.sort)


def order(rows: Sequence[WatchRow], sort: str) -> list[WatchRow]:
    """Rows by a key, the most telling first (largest number, newest, A to Z); ``-`` reverses; unknown stays last."""
    name = sort.removeprefix("-")
    key = _SORTS[name]
    falling = (name not in _RISING_FIRST) != sort.startswith("-")
    known = [r for r in rows if key(r) is not None]
    known.sort(key=lambda r: r.rank, reverse=False)
    known.sort(key=key, reverse=falling)
    return known + [r for r in rows if key(r) is None]


def address(f: Filters, path: str = "/", **changes: object) -> str:
    """The address of the list with these filters changed; a change of filters goes back to its first page."""
    f = replace(f, **({"page": 1} | changes))
    values: list[tuple[str, str]] = []
    if f.day:
        values.append(("day", f.day.isoformat()))
    if f.as_of:
        values.append(("as_of", f.as_of.isoformat(timespec="seconds").replace("+00:00", "Z")))
    values += [("catalyst", c) for c in f.catalyst] + [("polarity", p) for p in f.polarity]
    values += [(n, str(getattr(f, n))) for n in ("session", "source", "action") if getattr(f, n)]
    values += [(n, f"{v:.12g}") for n in ("min_score", "max_cap", "min_rvol") if (v := getattr(f, n)) is not None]
    if f.sort != "rank":
        values.append(("sort", f.sort))
    if f.page > 1:
        values.append(("page", str(f.page)))
    return path + ("?" + urlencode(values) if values else "")
