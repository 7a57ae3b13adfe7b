"""The ticker table: which company stands behind a ticker, a CIK or a name.

The table comes from SEC's public files (``company_tickers_exchange.json`` or ``company_tickers.json``) or from any
list of ``Listing``. Tickers are kept in the normal form (``screener.language.symbols``), which is SEC's own; lookups take
every usual spelling ("BRK.A", "BRK/A", "BRK A"). NA, NAN, ON and TRUE are tickers like any other. The order of the
table is part of what it says: it ranks a company's own lines.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import msgspec

from screener.entities import names
from screener.entities.lines import common_first, common_tickers_first, line_of_company, shares_root
from screener.entities.mentions import Mention, find_mentions
from screener.errors import InputError
from screener.language.symbols import plain_ticker
from screener.types import Listing

__all__ = ["Mention", "NameMatch", "TickerTable", "find_mentions", "parse_table", "plain_ticker"]

_DIVISION_OF = re.compile(r" (?:div|division|unit|sub|subsidiary)(?: of)? (?=\w{4})")
MIN_NAME_SCORE = 90.0


class NameMatch(msgspec.Struct, frozen=True, kw_only=True):
    """A company found by name; ``score`` is 100 for the same name, less for a similar one (0 to 100)."""

    listing: Listing
    score: float


class TickerTable:
    """Lookups over a list of listings; loading is cheap, the index of names is built at the first name lookup."""

    def __init__(self, listings: Iterable[Listing] = ()) -> None:
        self._by_ticker: dict[str, Listing] = {}
        self._by_cik: dict[int, list[Listing]] = {}
        self._names: _Names | None = None
        for listing in listings:
            self._by_ticker.setdefault(listing.ticker, listing)
            if listing.cik is not None:
                self._by_cik.setdefault(listing.cik, []).append(listing)
        for rows in self._by_cik.values():
            if len(rows) > 1:
                rows[:] = common_first(rows)

    def __len__(self) -> int:
        return len(self._by_ticker)

    def by_ticker(self, ticker: str) -> Listing | None:
        """The listing of a ticker in any usual spelling, None when the table does not know it.

        A tape writes preferred series D as ``ABC-D``, like a class: the table tells which of the two there is.
        """
        plain = plain_ticker(ticker)
        root, _, line = plain.partition("-")
        return self._by_ticker.get(plain) or (self._by_ticker.get(f"{root}-P{line}") if len(line) == 1 else None)

    def plain(self, ticker: str) -> str:
        """A ticker in any usual spelling as the table writes it, in the normal form when the table does not know it."""
        known = self.by_ticker(ticker)
        return known.ticker if known is not None else plain_ticker(ticker)

    def by_cik(self, cik: int) -> tuple[Listing, ...]:
        """All listings of a company, its common stock first; units, warrants, notes and preferred stock last."""
        return tuple(self._by_cik.get(cik, ()))

    def by_name(self, name: str, min_score: float = MIN_NAME_SCORE) -> NameMatch | None:
        """The company of that name.

        The same name apart from its legal form wins; else a similar one of at least ``min_score``. None when nothing
        is close, when two companies are equally close, or when the name is too short to tell.
        """
        if self._names is None:
            self._names = _Names(self)
        found = self._names.find(name, min_score)
        return None if found is None else NameMatch(listing=self.first(found[0]), score=found[1])

    def same_name(self, name: str) -> Listing | None:
        """The one company of that name apart from its legal form, or of its core alone ("Abcadon" for "Abcadon
        Therapeutics, Inc."); nothing similar counts."""
        if self._names is None:
            self._names = _Names(self)
        found = self._names.same(name)
        return None if found is None else self.first(found)

    def first(self, listing: Listing) -> Listing:
        """The company's common stock, given any of its listings."""
        rows = self._by_cik.get(listing.cik) if listing.cik is not None else None
        return rows[0] if rows else listing

    def common_first(self, tickers: Iterable[str]) -> list[str]:
        """Tickers that came in no order (a wire's categories): warrants and the like last, and each company's own lines
        among themselves in the order of the table."""
        found = common_tickers_first(tickers)
        for listing in [self._by_ticker[t] for t in found if t in self._by_ticker]:
            lines = [r.ticker for r in self._by_cik.get(listing.cik or -1, ()) if r.ticker in found]
            places = sorted(found.index(t) for t in lines)
            for place, ticker in zip(places, lines, strict=True):
                found[place] = ticker
        return found

    def side_lines(self) -> dict[str, str]:
        """Tickers that are another line of a company with a common stock of its own letters (its listed notes, retired
        symbols), with that common stock; classes ("ABCA" beside "ABC", "ABCDA" beside "ABCDB") are none."""
        found: dict[str, str] = {}
        for rows in self._by_cik.values():
            main = rows[0].ticker
            found.update({r.ticker: main for r in rows[1:] if not shares_root(r.ticker, main)})
        return found

    def with_units(self) -> frozenset[str]:
        """Common stocks of companies that list units beside warrants or rights, as shells do."""
        found = set()
        for rows in self._by_cik.values():
            lines = {line_of_company(r, {x.ticker for x in rows}) for r in rows} if len(rows) > 1 else set()
            if "unit" in lines and lines & {"warrant", "right"}:
                found.add(rows[0].ticker)
        return frozenset(found)

    def listings(self) -> Iterable[Listing]:
        """Every listing, in the order of the table."""
        return self._by_ticker.values()


class _Names:
    """The index behind ``by_name``: exact keys, cores, and keys by each of their words for near matches."""

    def __init__(self, table: TickerTable) -> None:
        self._exact: dict[str, dict[int | str, Listing]] = defaultdict(dict)
        self._by_word: dict[str, set[str]] = defaultdict(set)
        self._by_core: dict[str, set[str]] = defaultdict(set)
        for listing in table.listings():
            key = names.key(listing.name)
            self._exact[key].setdefault(listing.cik if listing.cik is not None else listing.ticker, listing)
        for key in self._exact:
            self._by_core[names.core(key)[0]].add(key)
            for word in key.split():
                self._by_word[word].add(key)

    def find(self, name: str, min_score: float) -> tuple[Listing, float] | None:
        key = names.key(name)
        if len(key) < 3:
            return None
        same = self._exact.get(key)
        if same is not None:
            return (next(iter(same.values())), 100.0) if len(same) == 1 else None
        parent = _DIVISION_OF.split(key)[-1]
        if parent != key:
            return self.find(parent, min_score)
        found = self._same_core(key) or (self._near(key) if len(key) >= 8 else None)
        return found if found is not None and found[1] >= min_score else None

    def same(self, name: str) -> Listing | None:
        """The company of exactly that key, else of that core."""
        key = names.key(name)
        if len(key) < 3:
            return None
        rows = self._exact.get(key)
        if rows is not None:
            return next(iter(rows.values())) if len(rows) == 1 else None
        found = self._same_core(key)
        return found[0] if found is not None else None

    def _same_core(self, key: str) -> tuple[Listing, float] | None:
        """A division or national branch: the same core, and no contradiction in what the two do."""
        core, fields = names.core(key)
        keys = self._by_core.get(core, ())
        if len(keys) != 1 or len(core) < 4:
            return None
        (other,) = keys
        theirs = names.core(other)[1]
        best = self._exact[other]
        if len(best) > 1 or (fields and theirs and not fields & theirs):
            return None
        return next(iter(best.values())), 95.0

    def _near(self, key: str) -> tuple[Listing, float] | None:
        """The one key that is near enough and clearly nearer than those of other companies."""
        parts = key.split()
        scored = sorted(((self._score(parts, other), other) for other in self._candidates(parts)), reverse=True)
        if not scored:
            return None
        best = self._exact[scored[0][1]]
        rival = scored[1][0] if len(scored) > 1 else 0.0
        if len(best) > 1 or scored[0][0] - rival < 3.0:
            return None
        return next(iter(best.values())), scored[0][0]

    def _candidates(self, parts: list[str]) -> set[str]:
        """Keys that share one of the two rarest words; without a shared word the names are not near."""
        known = sorted((len(self._by_word[p]), p) for p in set(parts) if p in self._by_word)
        return set().union(*(self._by_word[p] for n, p in known[:2] if n < 2000)) if known else set()

    @staticmethod
    def _score(parts: list[str], other: str) -> float:
        from rapidfuzz import fuzz

        theirs = other.split()
        if names.numbers(parts) != names.numbers(theirs) or parts[0][0] != theirs[0][0]:
            return 0.0
        if len(theirs) > 1 and parts[: len(theirs)] == theirs and _tells(theirs):
            return 91.0
        if _distinct(parts, theirs):
            return 0.0
        return min(99.0, fuzz.ratio(" ".join(parts), other))


def _distinct(parts: list[str], theirs: list[str]) -> bool:
    """True when some word of one name has no like word in the other: "Apex Gold" is not "Apex Gas"."""
    from rapidfuzz import fuzz

    if len(parts) != len(theirs):
        return "".join(parts) != "".join(theirs)
    return any(a != b and (len(a) < 5 or fuzz.ratio(a, b) < 80) for a, b in zip(parts, theirs, strict=True))


def _tells(parts: list[str]) -> bool:
    """True when a name is telling enough to stand for all that begin with it ("first bank" is not)."""
    return len(" ".join(parts)) >= 10 and not all(p in names.PLACES or p in names.FIELDS for p in parts[1:])


def parse_table(raw: bytes, name: str) -> list[Listing]:
    """Read either of SEC's two public ticker files.

    ``name`` stands for the file or address in errors. Raises InputError when it is a web page, cut off, or lacks the
    columns; a row without ticker or CIK is left out.
    """
    head = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        raise InputError(f"{name}: is empty: fetch SEC's company_tickers_exchange.json again")
    if head[:1] == b"<":
        raise InputError(
            f"{name}: is a web page, not SEC's ticker table: SEC refuses requests without a contact in the user agent; "
            "set [edgar] contact and fetch it again"
        )
    try:
        data = msgspec.json.decode(head)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise InputError(f"{name}: is cut off or no JSON ({e}): fetch it again") from e
    rows = _rows(data, name)
    if not rows:
        raise InputError(f"{name}: holds no ticker: fetch SEC's company_tickers_exchange.json again")
    return rows


def _rows(data: object, name: str) -> list[Listing]:
    if isinstance(data, dict) and isinstance(data.get("fields"), list) and isinstance(data.get("data"), list):
        columns = [str(f) for f in data["fields"]]
        missing = sorted({"cik", "name", "ticker"} - set(columns))
        if missing:
            raise InputError(f"{name}: columns missing: {', '.join(missing)} (it has {', '.join(columns)})")
        place = {c: columns.index(c) if c in columns else -1 for c in ("cik", "name", "ticker", "exchange")}
        return _listings(name, ({c: _cell(row, i) for c, i in place.items()} for row in data["data"]))
    values = list(data.values()) if isinstance(data, dict) else data
    if isinstance(values, list) and values and all(isinstance(v, dict) for v in values):
        if not any("ticker" in v and ("cik_str" in v or "cik" in v) for v in values[:20]):
            raise InputError(f"{name}: its records lack ticker or cik_str: it is not SEC's ticker table")
        renamed = ({"cik": v.get("cik_str", v.get("cik")), "name": v.get("title", v.get("name")), **v} for v in values)
        return _listings(name, renamed)
    raise InputError(f'{name}: is JSON but not SEC\'s ticker table: expected {{"fields": [...], "data": [...]}}')


def _cell(row: object, i: int) -> object:
    return row[i] if isinstance(row, list) and 0 <= i < len(row) else None


def _listings(name: str, rows: Iterable[dict[str, object]]) -> list[Listing]:
    out = []
    for row in rows:
        ticker, cik = row.get("ticker"), row.get("cik")
        if not isinstance(ticker, str) or not ticker.strip():
            continue
        number = int(cik) if isinstance(cik, int) or (isinstance(cik, str) and cik.isdigit()) else None
        out.append(
            Listing(
                ticker=plain_ticker(ticker),
                name=str(row.get("name") or ""),
                exchange=str(row.get("exchange") or ""),
                cik=number,
            )
        )
    return out
