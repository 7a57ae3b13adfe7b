"""What counts as a small cap on a day, by the rules in ``rules/universe.yml``, and why a ticker does not.

Two questions are kept apart: what kind of security it is (from its name and the shape of its ticker), and whether its
numbers of that day fit (market cap, price, dollar volume, exchange). Unknown stays unknown; the rules say what that
means.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from msgspec import Struct

from screener import clock, yamlfile
from screener.errors import YamlError
from screener.prices.rows import Row
from screener.types import Listing, Move

EXCLUDE, INCLUDE = "exclude", "include"
COMMON, SIDE_LINE = "common", "note"
_NUMBERS = ("market_cap", "price", "avg_dollar_volume", "exchange")
_KEYS = ("title", "bands", "price", "avg_dollar_volume", "exchanges", "unknown", "allow", "common", "kinds")
VOLUME_SESSIONS = 20
TRUST = (9.0, 13.5)  # dollars a share: what a trust holds, with its interest and a premium for a deal
CALM = 1.08  # of the highest close over the lowest


class Kind(Struct, frozen=True, kw_only=True):
    """One kind of security that is no common stock: ``names`` and ``tickers`` are compiled patterns; ``lines`` says that
    the lines a company lists tell it too (units beside warrants or rights, at a trust's price)."""

    name: str
    names: re.Pattern[str] | None
    tickers: re.Pattern[str] | None
    lines: bool = False


class Universe(Struct, frozen=True, kw_only=True):
    """The rules, checked. ``bands`` are (name, upper limit in dollars) from the smallest up."""

    title: str
    bands: tuple[tuple[str, float], ...]
    min_price: float
    min_dollar_volume: float
    exchanges: frozenset[str]
    unknown: dict[str, str]
    allow: frozenset[str]
    common: re.Pattern[str] | None
    kinds: tuple[Kind, ...]

    @property
    def limit(self) -> float:
        """The market cap in dollars from which a company is no small cap."""
        return self.bands[-1][1]


class Membership(Struct, frozen=True, kw_only=True):
    """Whether a ticker is in the universe. ``band`` is empty above the last one or when the market cap is unknown;
    ``kind`` is "common" or the kind of security found; ``reasons`` say why it is out (or let in though unknown)."""

    ticker: str
    band: str = ""
    kind: str = "common"
    included: bool
    reasons: tuple[str, ...] = ()


def load_universe(path: Path | str) -> Universe:
    """Read the rules. Raises YamlError with file:line for anything that is missing, misspelt or no pattern."""
    data = yamlfile.load(path)
    where = str(path)
    if not isinstance(data, yamlfile.LineDict):
        raise YamlError(where, 1, "", "must be a mapping; compare with the built-in rules/universe.yml")
    for key in data:
        if key not in _KEYS:
            raise YamlError(where, data.lines[key], key, f"is unknown; known keys: {', '.join(_KEYS)}")
    bands = [(_text(b, "name", where), _number(b, "below", where)) for b in _list(data, "bands", where)]
    if not bands or any(a[1] >= b[1] for a, b in pairwise(bands)):
        raise YamlError(where, data.lines.get("bands", 0), "bands", "must be a list with rising limits")
    unknown = data.get("unknown") or yamlfile.LineDict()
    for name, answer in unknown.items():
        if name not in _NUMBERS or answer not in (EXCLUDE, INCLUDE):
            raise YamlError(
                where, unknown.lines[name], name, f"must be one of {', '.join(_NUMBERS)}: exclude or include"
            )
    return Universe(
        title=str(data.get("title") or ""),
        bands=tuple(bands),
        min_price=_least(data, "price", where),
        min_dollar_volume=_least(data, "avg_dollar_volume", where),
        exchanges=frozenset(str(e).lower() for e in data.get("exchanges") or ()),
        unknown={n: str(unknown.get(n, EXCLUDE)) for n in _NUMBERS},
        allow=frozenset(str(a) for a in data.get("allow") or ()),
        common=_words(data, "common", where),
        kinds=tuple(_kind(k, where) for k in _list(data, "kinds", where)),
    )


def _list(data: yamlfile.LineDict, key: str, where: str) -> list[yamlfile.LineDict]:
    found = data.get(key) or []
    if not isinstance(found, list) or not all(isinstance(x, yamlfile.LineDict) for x in found):
        raise YamlError(where, data.lines.get(key, 0), key, "must be a list of mappings")
    return found


def _text(data: yamlfile.LineDict, key: str, where: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise YamlError(where, data.lines.get(key, data.line), key, "is missing or no text")
    return value


def _number(data: yamlfile.LineDict, key: str, where: str) -> float:
    value = data.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise YamlError(where, data.lines.get(key, data.line), key, "is missing or no number")
    return float(value)


def _least(data: yamlfile.LineDict, key: str, where: str) -> float:
    value = data.get(key) or {"at_least": 0}
    least = value.get("at_least") if isinstance(value, dict) else None
    if not isinstance(least, (int, float)) or isinstance(least, bool):
        raise YamlError(where, data.lines.get(key, 0), key, "must be {at_least: NUMBER}")
    return float(least)


def _words(data: yamlfile.LineDict, key: str, where: str, whole: bool = False) -> re.Pattern[str] | None:
    words = [str(w) for w in data.get(key) or ()]
    joined = "|".join(f"(?:{w})" for w in words)
    try:
        return re.compile(rf"(?:{joined})\Z" if whole else rf"\b(?:{joined})(?!\w)", re.IGNORECASE) if words else None
    except re.error as e:
        raise YamlError(where, data.lines.get(key, 0), key, f"holds a pattern that is none: {e}") from e


def _kind(data: yamlfile.LineDict, where: str) -> Kind:
    name = _text(data, "name", where)
    lines = data.get("lines", False)
    if not isinstance(lines, bool):
        raise YamlError(where, data.lines.get("lines", data.line), "lines", "must be true or false")
    names, tickers = _words(data, "names", where), _words(data, "tickers", where, whole=True)
    return Kind(name=name, names=names, tickers=tickers, lines=lines)


def like_a_trust(price: float | None, low: float | None, high: float | None) -> bool:
    """Whether a price is that of a shell's trust: near ten dollars, and hardly moved between the lowest and the highest of
    the sessions before. Unknown numbers speak for it: only a price that moves shows a business."""
    if price is not None and not TRUST[0] <= price <= TRUST[1]:
        return False
    return not low or not high or high / low < CALM


def kind_of(ticker: str, name: str, rules: Universe, shell: bool = False) -> tuple[str, str]:
    """(kind, why) of a security: "common" with no reason, or a kind and the word that shows it. ``shell`` says that its
    company lists units beside warrants or rights and trades at a trust's price."""
    for kind in rules.kinds:
        if kind.names and (found := kind.names.search(name)):
            return kind.name, f"{kind.name}: its name says {found[0]!r}"
    if rules.common and rules.common.search(name) and not shell:
        return "common", ""
    for kind in rules.kinds:
        if kind.tickers and kind.tickers.match(ticker):
            return kind.name, f"{kind.name}: by its ticker"
    for kind in rules.kinds:
        if kind.lines and shell:
            return kind.name, f"{kind.name}: units beside warrants or rights are listed, and its price is a trust's"
    return "common", ""


def band_of(market_cap: float | None, rules: Universe) -> str:
    """The band of a market cap; empty above the last one or when unknown."""
    if market_cap is None:
        return ""
    return next((name for name, below in rules.bands if market_cap < below), "")


def judge(
    ticker: str,
    rules: Universe,
    *,
    name: str = "",
    price: float | None = None,
    market_cap: float | None = None,
    avg_dollar_volume: float | None = None,
    exchange: str = "",
    main_line: str = "",
    shell: bool = False,
) -> Membership:
    """Membership from plain values of the day. ``main_line`` is the company's common stock when the ticker is another;
    ``shell`` is that of ``kind_of``."""
    kind, why = kind_of(ticker, name, rules, shell)
    if kind == COMMON and main_line:
        kind, why = SIDE_LINE, f"{SIDE_LINE}: the company's common stock is {main_line}"
    out = [why] if why and kind not in rules.allow else []
    band = band_of(market_cap, rules)
    if market_cap is None:
        out += _unknown("market_cap", rules)
    elif not band:
        out.append(f"market cap {market_cap:,.0f} is not below {rules.limit:,.0f}")
    out += _floor("price", price, rules.min_price, rules)
    out += _floor("avg_dollar_volume", avg_dollar_volume, rules.min_dollar_volume, rules)
    if not exchange:
        out += _unknown("exchange", rules)
    elif rules.exchanges and exchange.lower() not in rules.exchanges:
        out.append(f"exchange {exchange} is not among {', '.join(sorted(rules.exchanges))}")
    return Membership(ticker=ticker, band=band, kind=kind, included=not out, reasons=tuple(out))


def _unknown(name: str, rules: Universe) -> list[str]:
    return [f"{name} is unknown"] if rules.unknown[name] == EXCLUDE else []


def _floor(name: str, value: float | None, least: float, rules: Universe) -> list[str]:
    if value is None:
        return _unknown(name, rules) if least else []
    return [f"{name} {value:,.2f} is below {least:,.2f}"] if value < least else []


def classify(move: Move, listing: Listing | None, rules: Universe) -> Membership:
    """Membership of a ticker from its measures of the day and its entry in the ticker table."""
    return judge(
        move.ticker,
        rules,
        name=listing.name if listing else "",
        price=move.price,
        market_cap=move.market_cap,
        avg_dollar_volume=move.avg_dollar_volume,
        exchange=move.exchange or (listing.exchange if listing else ""),
    )


def members(
    rows: Iterable[Row],
    day: dt.date,
    names: Mapping[str, str],
    rules: Universe,
    side_lines: Mapping[str, str] | None = None,
    shells: Collection[str] = (),
) -> dict[str, Membership]:
    """Membership of every ticker with a bar on ``day``, from stored rows (any order, other days allowed).

    Cap, price and exchange are the day's; the dollar volume is the mean over the rows of the previous 20 sessions,
    unknown with fewer than 5. ``names`` are security names by ticker; ``side_lines`` give the common stock of tickers that
    are another line of a company though neither name nor ticker says so; ``shells`` list units beside warrants or rights.
    """
    first = clock.previous_session(day, VOLUME_SESSIONS).isoformat()
    last = day.isoformat()
    turned: dict[str, tuple[float, int]] = {}
    closes: dict[str, list[float]] = {}
    today: dict[str, Row] = {}
    for row in rows:
        if row[1] == last:
            today[row[0]] = row
        elif first <= row[1] < last and row[5] is not None and row[6] is not None:
            total, n = turned.get(row[0], (0.0, 0))
            turned[row[0]] = total + row[5] * row[6], n + 1
            if row[0] in shells:
                closes.setdefault(row[0], []).append(row[5])
    found = {}
    for ticker, row in today.items():
        total, n = turned.get(ticker, (0.0, 0))
        found[ticker] = judge(
            ticker,
            rules,
            name=names.get(ticker, ""),
            price=row[5],
            market_cap=row[8],
            avg_dollar_volume=total / n if n >= 5 else None,
            exchange=row[10],
            main_line=(side_lines or {}).get(ticker, ""),
            shell=ticker in shells and _calm(row[5], closes.get(ticker, [])),
        )
    return found


def _calm(price: float | None, closes: Sequence[float]) -> bool:
    return like_a_trust(price, min(closes, default=None), max(closes, default=None))
