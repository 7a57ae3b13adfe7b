"""Entries to the ledger as of a moment.

Entries are folded in the order they became public, whatever order they come in; those public later are not used. Which
entries speak of the same thing is decided by kind: registrations by file number, programmes by being the one that runs,
warrants and convertibles by count and price (after splits), deals by day and terms.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from msgspec import structs

from screener.clock import NEW_YORK
from screener.dilution.adjust import adjusted, factor, splits, stated_on
from screener.dilution.making import DEALS, REGISTERED, Making
from screener.dilution.records import KINDS, Entry, Ledger, Line, public_at
from screener.sec import forms

CLOSE = 0.005  # relative difference up to which two counts are one: splits round up fractions
_DEAL_DAYS = dt.timedelta(days=12)
_TOLD_DAYS = dt.timedelta(days=7)


def ledger(entries: Iterable[Entry], as_of: dt.datetime) -> Ledger:
    """What is open at ``as_of`` (aware UTC), from the entries that were public then, in whatever order they come."""
    known = _known(entries, as_of)
    day = as_of.astimezone(NEW_YORK).date()
    taken = splits(known, day)
    book = _Book()
    for entry in known:
        by = factor(entry, taken)
        book.take(adjusted(entry, by), by)
    lines = tuple(sorted((m.line(day) for m in book.lines), key=_order))
    lines = tuple(_under_expired(line, lines) for line in lines)
    latest = {
        e.kind: e for e in sorted(book.counts, key=lambda e: (e.day or stated_on(e).isoformat(), public_at(e), e.id))
    }
    return Ledger(
        as_of=as_of,
        since=public_at(known[0]) if known else None,
        lines=lines,
        raises=tuple(x for x in sorted(lines, key=_newest, reverse=True) if x.kind in DEALS and x.status != "proposed"),
        splits=taken,
        shares_outstanding=latest.get("shares_outstanding"),
        authorized_shares=latest.get("authorized_shares"),
        public_float=latest.get("public_float"),
        cash=latest.get("cash"),
        burn=latest.get("burn"),
    )


def _known(entries: Iterable[Entry], as_of: dt.datetime) -> list[Entry]:
    """The entries public by then, oldest first, each id once."""
    public = sorted((e for e in entries if public_at(e) <= as_of), key=lambda e: (public_at(e), _place(e), e.received))
    return list({e.id: e for e in reversed(public)}.values())[::-1]


def _place(entry: Entry) -> tuple[str, int, str]:
    head, _, number = entry.id.rpartition("#")
    return head, int(number) if number.isdigit() else 0, entry.id


def _order(line: Line) -> tuple[int, int, str]:
    return KINDS.index(line.kind), -int((line.opened or "0000-00-00").replace("-", "")), line.key


def _newest(line: Line) -> tuple[str, str]:
    return line.opened or "", line.key


def _under_expired(line: Line, lines: Iterable[Line]) -> Line:
    """A programme sells from a shelf: when the shelf is gone, it cannot go on."""
    if line.kind != "atm" or line.open is False or not line.entry.file_number:
        return line
    shelf = next((s for s in lines if s.kind == "shelf" and s.entry.file_number == line.entry.file_number), None)
    if shelf is None or not shelf.ended_by or shelf.status == "used_up":
        return line
    return structs.replace(
        line, open=False, status=shelf.status, ended_by=shelf.ended_by, remaining_usd=None, remaining_shares=None
    )


class _Book:
    """The lines while entries are taken in the order of their publication."""

    def __init__(self) -> None:
        self.lines = list[Making]()
        self.counts = list[Entry]()
        self._exercised = list[Entry]()

    def take(self, entry: Entry, split: float) -> None:
        kind = entry.kind
        if entry.file_number and forms.of_family(entry.form, "prospectus"):
            self._in_use(entry)
        if kind in ("shares_outstanding", "authorized_shares", "public_float", "cash", "burn"):
            self._count(entry)
        elif kind == "effectiveness":
            self._effective(entry)
        elif kind == "withdrawal":
            self._withdrawn(entry)
        elif kind == "exercise":
            self._exercise(entry)
        elif kind == "atm":
            self._programme(entry, split)
        elif kind == "equity_line":
            self._equity_line(entry, split)
        elif kind in ("convertible_note", "convertible_preferred") and entry.status == "converted":
            self._converted(entry)
        elif kind != "split":
            self._join_or_open(entry, split)

    def _count(self, entry: Entry) -> None:
        """Classes of one document add up to one count."""
        same = next((i for i, e in enumerate(self.counts) if _same_count(e, entry)), None)
        if same is None:
            self.counts.append(entry)
        else:
            first = self.counts[same]
            total = (first.shares or 0) + (entry.shares or 0)
            self.counts[same] = structs.replace(first, shares=total, security=f"{first.security}, {entry.security}")

    def _join_or_open(self, entry: Entry, split: float) -> None:
        found = next((m for m in reversed(self.lines) if m.kind in _kinds(entry) and m.alive and _same(m, entry)), None)
        if found:
            found.add(entry, split)
        else:
            found = self._open(entry, split)
        if entry.kind == "shelf" and found.status == "effective":
            self._replaced(found, entry)
        if entry.kind in DEALS:
            self._taken_down(entry, found)

    def _open(self, entry: Entry, split: float) -> Making:
        made = Making(f"{entry.kind}:{entry.id}", entry, split)
        if entry.kind in REGISTERED and entry.status == "effective" and forms.is_automatic(entry.form):
            made.entry = structs.replace(entry, effective=entry.effective or stated_on(entry).isoformat())
        self.lines.append(made)
        return made

    def _of_number(self, number: str) -> Iterator[Making]:
        return (m for m in self.lines if number and m.kind in REGISTERED and m.entry.file_number == number and m.alive)

    def _effective(self, entry: Entry) -> None:
        for made in self._of_number(entry.file_number):
            if made.status in ("registered", "amended", "proposed", "effective"):
                made.status = "effective" if made.kind != "offering" else made.status
                made.entry = structs.replace(made.entry, effective=made.entry.effective or entry.effective)
                made.ids.append(entry.id)
                if made.kind == "shelf":
                    self._replaced(made, made.entry)
                if made.kind == "atm":
                    self._supersede(made, entry.id)

    def _in_use(self, entry: Entry) -> None:
        """A prospectus under a statement: the statement is effective, since a day that is not known."""
        for made in self._of_number(entry.file_number):
            if made.kind in ("shelf", "resale") and made.status in ("registered", "amended"):
                made.status = "effective"

    def _withdrawn(self, entry: Entry) -> None:
        for number in dict.fromkeys((entry.file_number, *entry.ends)):
            for made in list(self._of_number(number)):
                made.end("withdrawn", entry.id)

    def _replaced(self, made: Making, entry: Entry) -> None:
        """Rule 415(a)(6): what is unsold moves to the new statement when it becomes effective."""
        for number in entry.ends:
            for old in list(self._of_number(number)):
                if old is not made and old.kind == "shelf":
                    old.end("superseded", entry.id)

    def _taken_down(self, entry: Entry, deal: Making) -> None:
        """A deal under a shelf uses its room, once."""
        if len(deal.ids) > 1 or entry.status == "proposed":
            return
        for shelf in self._of_number(entry.file_number):
            if shelf.kind == "shelf":
                shelf.use(None, entry.amount_usd)
                shelf.sure = shelf.sure and entry.amount_usd is not None

    def _programme(self, entry: Entry, split: float) -> None:
        running = [m for m in self.lines if m.kind == "atm" and m.alive]
        if entry.status in ("terminated", "used_up", "withdrawn"):
            for made in running:
                if entry.document not in made.entry.document and _ends_this(made, entry):
                    made.end(entry.status, entry.id)
            return
        found = next((m for m in reversed(running) if _same_programme(m, entry)), None)
        if found:
            found.add(entry, split)
        else:
            found = self._open(entry, split)
        if found.status != "registered":
            self._supersede(found, entry.id)

    def _supersede(self, made: Making, by: str) -> None:
        """One programme runs at a time: the new one ends those before it."""
        for old in self.lines:
            if old.kind == "atm" and old is not made and old.alive and old.first <= made.first:
                old.end("superseded", by)

    def _equity_line(self, entry: Entry, split: float) -> None:
        lines = [m for m in self.lines if m.kind == "equity_line" and m.alive]
        same = [m for m in lines if _same_holder(m.entry, entry)]
        if entry.status == "terminated":
            for made in same or (lines if len(lines) == 1 and not entry.agent else []):
                made.end("terminated", entry.id)
        elif same:
            same[-1].add(entry, split)
        else:
            self._open(entry, split)

    def _exercise(self, entry: Entry) -> None:
        """Fewer remain; one event told twice counts once."""
        if any(
            e.shares == entry.shares and abs(stated_on(e) - stated_on(entry)) <= _DEAL_DAYS for e in self._exercised
        ):
            return
        self._exercised.append(entry)
        kind = "prefunded_warrants" if entry.about == "pre-funded" else "warrants"
        lines = [m for m in self.lines if m.kind == kind and m.alive and m.entry.about != "all"]
        if entry.strike is not None:
            lines = [m for m in lines if _close(m.entry.strike, entry.strike)] or lines
        chosen = [m for m in lines if (m.left()[1] or 0) >= (entry.shares or 0)]
        if len(chosen) == 1 or (chosen and kind == "prefunded_warrants"):
            chosen[-1].use(entry.shares)
            chosen[-1].ids.append(entry.id)

    def _converted(self, entry: Entry) -> None:
        lines = [m for m in self.lines if m.kind == entry.kind and m.alive]
        whole = next((m for m in lines if _same_convertible(m.entry, entry)), None)
        if whole:
            whole.end("converted", entry.id)
        elif len(lines) == 1:
            lines[0].use(entry.shares, entry.principal_usd)
            lines[0].ids.append(entry.id)


def _kinds(entry: Entry) -> tuple[str, ...]:
    return DEALS if entry.kind in DEALS else (entry.kind,)


def _same(made: Making, entry: Entry) -> bool:
    kind = entry.kind
    if kind in DEALS:
        return _same_deal(made, entry)
    if kind == "shelf":
        return _same_shelf(made, entry)
    if kind == "resale":
        same = bool(entry.file_number) and made.entry.file_number == entry.file_number
        return same and (entry.form not in forms.SIDE_BY_SIDE or _close(made.entry.shares, entry.shares))
    if kind in ("warrants", "prefunded_warrants"):
        return _same_warrants(made, entry)
    return _same_convertible(made.entry, entry)


def _same_shelf(made: Making, entry: Entry) -> bool:
    if entry.file_number and made.entry.file_number:
        return made.entry.file_number == entry.file_number
    near = abs(made.last - stated_on(entry)) <= _TOLD_DAYS
    amounts = made.entry.amount_usd, entry.amount_usd
    return near and (None in amounts or _close(*amounts))


def _same_deal(made: Making, entry: Entry) -> bool:
    """The report, the prospectus and the release of one deal: close in time, and no stated number against it."""
    one = made.entry
    if entry.file_number and one.file_number == entry.file_number and "proposed" in (made.status, entry.status):
        return True
    if abs(stated_on(entry) - made.last) > _DEAL_DAYS and not (entry.status == "closed" and _agree(one, entry) >= 2):
        return False
    pairs = ((one.price, entry.price), (one.shares, entry.shares), (one.amount_usd, entry.amount_usd))
    told = [(a, b) for a, b in pairs if a is not None and b is not None]
    if not told:
        return made.kind == entry.kind
    return sum(_close(a, b) for a, b in told) * 2 > len(told)


def _agree(a: Entry, b: Entry) -> int:
    return sum(_close(x, y) for x, y in ((a.price, b.price), (a.shares, b.shares), (a.amount_usd, b.amount_usd)))


def _same_warrants(made: Making, entry: Entry) -> bool:
    one = made.entry
    if (one.about == "all") != (entry.about == "all"):  # the total told once more, without its average strike
        return one.shares is not None and one.shares == entry.shares and None in (one.strike, entry.strike)
    if entry.about == "all":
        return True  # a later total replaces the earlier one
    if one.document == entry.document:
        return False  # one document lists different warrants
    if one.strike is not None and entry.strike is not None and not _close(one.strike, entry.strike):
        return False
    if one.shares is not None and entry.shares is not None:
        return _close(one.shares, entry.shares)
    return _close(one.strike, entry.strike)


def _same_convertible(one: Entry, entry: Entry) -> bool:
    if one.principal_usd is not None and entry.principal_usd is not None:
        return _close(one.principal_usd, entry.principal_usd)
    return _close(one.shares, entry.shares)


def _same_programme(made: Making, entry: Entry) -> bool:
    one = made.entry
    if one.document == entry.document:
        return False
    if one.file_number and entry.file_number:
        return one.file_number == entry.file_number
    if entry.status in ("sold", "amended") or entry.amount_usd is None or _close(one.amount_usd, entry.amount_usd):
        return True
    return abs(stated_on(entry) - made.last) <= _DEAL_DAYS


def _ends_this(made: Making, entry: Entry) -> bool:
    """Whether a termination means this programme: by its amount when both are known, else the one that ran before."""
    if made.first == stated_on(entry) and entry.amount_usd is not None:
        return _close(made.entry.amount_usd, entry.amount_usd)
    return True


def _same_holder(one: Entry, entry: Entry) -> bool:
    a, b = (_word(x.agent or x.holder) for x in (one, entry))
    return a == b if a and b else one.amount_usd is None or entry.amount_usd in (None, one.amount_usd)


def _word(name: str) -> str:
    return "".join(c for c in name.lower().split(" ")[0] if c.isalnum()) if name else ""


def _same_count(first: Entry, entry: Entry) -> bool:
    return (
        first.kind == entry.kind == "shares_outstanding"
        and first.document == entry.document
        and bool(entry.security)
        and entry.security not in first.security
        and first.day == entry.day
    )


def _close(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return False
    return abs(a - b) <= CLOSE * max(abs(a), abs(b), 1e-9)
