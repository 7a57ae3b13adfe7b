"""The address of the list: which day, as of when, which rows, in which order. Everything in it is checked."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

from screener import clock
from screener.config import RowFilter
from screener.engine import selection
from screener.engine.selection import POLARITIES as POLARITIES
from screener.engine.selection import SESSIONS as SESSIONS
from screener.engine.selection import SIDES as SIDES
from screener.errors import InputError
from screener.language.symbols import typed_ticker

PAGE_SIZE = 100
SORTS = selection.ORDERS
NUMBERS = tuple(name for name, _, _ in selection.LIMITS)
"""The limits an address may have, ``min_score`` to ``max_cap``, as the command line and saved filters have them."""
_OLD_SORTS = {"volume": "dollar_volume"}
_WORD = re.compile(r"[a-z0-9_]{1,60}")
_NAME_CHARS = 200
_TICKER = re.compile(r"[A-Z0-9][A-Z0-9.\-]{0,9}")
_WORDS = ("side", "action", "catalyst", "polarity", "session", "source", "exchange", "sector", "ticker")
_SWITCHES = ("own", "all", "apart")


class BadQuery(Exception):
    """An address with a value that cannot be used; the message says which and what would be right."""


class Filters(Struct, frozen=True, kw_only=True):
    """What the address asks for; None and empty mean no limit. ``sort`` is a key of SORTS, ``-`` in front reverses.

    ``own`` keeps the own watchlist, ``all`` shows what is no small cap as well, ``apart`` shows up and down apart.
    """

    day: dt.date | None = None
    as_of: dt.datetime | None = None
    side: tuple[str, ...] = ()
    action: tuple[str, ...] = ()
    catalyst: tuple[str, ...] = ()
    polarity: tuple[str, ...] = ()
    session: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    exchange: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    ticker: tuple[str, ...] = ()
    own: bool = False
    all: bool = False
    apart: bool = False
    min_score: float | None = None
    max_score: float | None = None
    min_change: float | None = None
    max_change: float | None = None
    min_since_news: float | None = None
    max_since_news: float | None = None
    min_rvol: float | None = None
    max_rvol: float | None = None
    min_price: float | None = None
    max_price: float | None = None
    min_dollar_volume: float | None = None
    max_dollar_volume: float | None = None
    min_float: float | None = None
    max_float: float | None = None
    min_cap: float | None = None
    max_cap: float | None = None
    min_materiality: float | None = None
    max_age: float | None = None
    sort: str = "rank"
    page: int = 1

    @property
    def active(self) -> bool:
        """True when some rows are left out."""
        return replace(self.only(), all=False, apart=False) != Filters()

    def only(self) -> Filters:
        """The filters alone, without day, moment, order and page."""
        return replace(self, day=None, as_of=None, sort="rank", page=1)

    def wanted(self) -> RowFilter:
        """The part that ``engine.selection`` knows: all but day, moment and page."""
        known = {n: getattr(self, n) for n in RowFilter.__struct_fields__ if n in Filters.__struct_fields__}
        return RowFilter(**known)


def of_saved(saved: RowFilter) -> Filters:
    """A filter of the settings, prepared, as the page shows it; its columns and limit are the terminal's."""
    known = {n: getattr(saved, n) for n in RowFilter.__struct_fields__ if n in Filters.__struct_fields__}
    return Filters(**known | {"sort": saved.sort or "rank"})


def read_filters(args: Mapping[str, Sequence[str]]) -> Filters:
    """Read the arguments of an address. Raises BadQuery; arguments with other names are left alone."""
    day = read_day(args)
    return Filters(
        day=day,
        as_of=read_moment(args, day),
        side=_known(args, "side", tuple(SIDES)),
        action=tuple(dict.fromkeys(_word(v.lower().replace(" ", "_"), "action") for v in _several(args, "action"))),
        catalyst=tuple(dict.fromkeys(_word(v, "catalyst") for v in _several(args, "catalyst"))),
        polarity=_known(args, "polarity", tuple(POLARITIES)),
        session=_known(args, "session", SESSIONS),
        source=tuple(dict.fromkeys(_name(v, "source") for v in _several(args, "source"))),
        exchange=tuple(dict.fromkeys(_name(v, "exchange") for v in _several(args, "exchange"))),
        sector=tuple(dict.fromkeys(_name(v, "sector") for v in _several(args, "sector"))),
        ticker=tuple(dict.fromkeys(read_ticker(t) for v in _several(args, "ticker") for t in _split(v))),
        own=_switch(args, "own"),
        all=_switch(args, "all"),
        apart=_switch(args, "apart"),
        **{name: _number(args, name) for name in NUMBERS},
        max_age=_hours(args, "max_age"),
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
    return [v.strip() for v in args.get(name, ()) if v.strip()][:40]


def _split(text: str) -> list[str]:
    return re.split(r"[\s,;]+", text.strip(" ,;"))[:40]


def _one(args: Mapping[str, Sequence[str]], name: str) -> str:
    values = args.get(name, ())
    return values[0].strip() if values else ""


def _word(text: str, name: str) -> str:
    if text and not _WORD.fullmatch(text):
        raise BadQuery(f"{name}: {text[:40]!r} is no id; ids look like reverse_split")
    return text


def _name(text: str, name: str) -> str:
    if len(text) > _NAME_CHARS or not text.isprintable():
        raise BadQuery(f"{name}: {text[:40]!r} is no name of one")
    return text


def _known(args: Mapping[str, Sequence[str]], name: str, known: Collection[str]) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(_several(args, name)))
    for text in values:
        if text not in known:
            raise BadQuery(f"{name}: {text[:40]!r} is none of {', '.join(known)}")
    return values


def _switch(args: Mapping[str, Sequence[str]], name: str) -> bool:
    text = _one(args, name).lower()
    if text not in ("", "0", "1", "false", "true", "no", "yes", "on"):
        raise BadQuery(f"{name}: {text[:40]!r} is neither 1 nor 0")
    return text in ("1", "true", "yes", "on")


def _number(args: Mapping[str, Sequence[str]], name: str) -> float | None:
    text = _one(args, name)
    if not text:
        return None
    try:
        value = float(text[:40])
    except ValueError:
        try:
            value = selection.amount(text[:40].removesuffix("%"))
        except InputError:
            value = math.nan
    if not math.isfinite(value):
        raise BadQuery(f"{name}: {text[:40]!r} is no number; write 2.5, 300M or 1.5bn")
    return value


def _hours(args: Mapping[str, Sequence[str]], name: str) -> float | None:
    text = _one(args, name)
    try:
        return selection.hours(text[:40]) if text else None
    except InputError as e:
        raise BadQuery(f"{name}: {e}") from None


def _sort(text: str) -> str:
    down, name = "-" * text.startswith("-"), text.removeprefix("-")
    name = _OLD_SORTS.get(name, name)
    if name and name not in SORTS:
        raise BadQuery(f"sort: {text[:40]!r} is none of {', '.join(SORTS)}")
    return down + name or "rank"


def pairs(f: Filters) -> list[tuple[str, str]]:
    """The filters as names and values of an address, day, moment, order and page included."""
    values: list[tuple[str, str]] = []
    if f.day:
        values.append(("day", f.day.isoformat()))
    if f.as_of:
        values.append(("as_of", f.as_of.isoformat(timespec="seconds").replace("+00:00", "Z")))
    values += [(n, v) for n in _WORDS for v in getattr(f, n)]
    values += [(n, "1") for n in _SWITCHES if getattr(f, n)]
    values += [(n, f"{v:.12g}") for n in (*NUMBERS, "max_age") if (v := getattr(f, n)) is not None]
    if f.sort != "rank":
        values.append(("sort", f.sort))
    if f.page > 1:
        values.append(("page", str(f.page)))
    return values


def address(f: Filters, path: str = "/", /, **changes: object) -> str:
    """The address of the list with these filters changed; a change of filters goes back to its first page."""
    values = pairs(replace(f, **({"page": 1} | changes)))
    return path + ("?" + urlencode(values) if values else "")


def toggled(values: Iterable[str], value: str) -> tuple[str, ...]:
    """The values with one more, or without it when it was there."""
    held = tuple(values)
    return tuple(v for v in held if v != value) if value in held else (*held, value)
