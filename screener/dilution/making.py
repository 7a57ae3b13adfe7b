"""A line of the ledger in the making: entries joined, the latest stated value of each field kept."""

from __future__ import annotations

import datetime as dt

from msgspec import structs

from screener.dilution.adjust import stated_on
from screener.dilution.formulas import added_years, shelf_expiry
from screener.dilution.records import ENDED, Entry, Kind, Line, Status

PROOFS = 4  # pieces of evidence kept on a line
PENDING = dt.timedelta(days=60)  # after which a deal that was never told closed is neither open nor closed
DEALS: tuple[Kind, ...] = ("registered_direct", "offering", "placement", "inducement")
REGISTERED: tuple[Kind, ...] = ("shelf", "resale", "atm", "offering")
_KEPT = {"id", "kind", "status", "form", "document", "url", "published", "received", "evidence", "ends"}
_RANK: dict[Status, int] = {"proposed": 0, "registered": 0, "announced": 1, "amended": 1, "priced": 2, "effective": 3,
                            "sold": 3, "outstanding": 3, "closed": 4}  # fmt: skip


def joined(old: Entry, new: Entry) -> Entry:
    """The later entry, with what only the earlier one states."""
    fill = {
        name: getattr(old, name)
        for name in new.__struct_fields__
        if name not in _KEPT and getattr(new, name) in (None, "") and getattr(old, name) not in (None, "")
    }
    proofs = (*new.evidence, *old.evidence)[:PROOFS]
    return structs.replace(new, evidence=proofs, ends=tuple(dict.fromkeys((*old.ends, *new.ends))), **fill)


class Making:
    """One line while entries are folded into it, in the order of their publication."""

    def __init__(self, key: str, entry: Entry, split: float) -> None:
        self.key, self.kind, self.entry, self.split = key, entry.kind, entry, split
        self.status: Status = entry.status
        self.ids = [entry.id]
        self.first = stated_on(entry)
        self.last = self.first
        self.ended_by = ""
        self.used_shares = self.used_usd = 0.0
        self.sure = True  # False when something used an amount that is not known

    def add(self, entry: Entry, split: float) -> None:
        """A further entry of the same thing."""
        self.entry = joined(self.entry, entry)
        self.split = split
        self.ids.append(entry.id)
        self.last = max(self.last, stated_on(entry))
        if entry.status not in ENDED and _RANK.get(entry.status, 0) >= _RANK.get(self.status, 0):
            self.status = entry.status

    def end(self, status: Status, by: str) -> None:
        """Ended by an entry, or by expiry; the first end stays."""
        if not self.ended_by:
            self.status, self.ended_by = status, by

    def use(self, shares: float | None, usd: float | None = None) -> None:
        """Shares exercised or converted, or dollars taken down."""
        self.used_shares += shares or 0.0
        self.used_usd += usd or 0.0

    @property
    def alive(self) -> bool:
        return not self.ended_by

    def expires(self) -> str | None:
        """The day it ends by itself, as far as that is known."""
        if self.kind == "shelf":
            return shelf_expiry(self.entry.effective)
        if self.kind in ("warrants", "prefunded_warrants"):
            return self.entry.expires or added_years(self.first.isoformat(), self.entry.term_years)
        if self.kind == "convertible_note":
            return self.entry.matures
        return None

    def left(self) -> tuple[float | None, float | None]:
        """US dollars and shares that remain."""
        entry = self.entry
        if not self.alive or self.kind in DEALS:
            return None, None
        shares = entry.remaining_shares if entry.remaining_shares is not None else entry.shares
        if shares is not None:
            shares = max(0.0, shares - self.used_shares)
        if entry.remaining_usd is not None:
            return entry.remaining_usd, shares
        if self.kind == "atm":
            known = entry.amount_usd is not None and entry.sold_usd is not None
            return (max(0.0, (entry.amount_usd or 0) - (entry.sold_usd or 0)) if known else None), shares
        amount = entry.principal_usd if entry.principal_usd is not None else entry.amount_usd
        if self.kind in ("shelf", "convertible_note") and amount is not None and self.sure:
            return max(0.0, amount - self.used_usd), shares
        return None, shares

    def is_open(self, day: dt.date) -> bool | None:
        """Whether it can still bring shares to the market; None when that cannot be said."""
        if not self.alive:
            return False
        if self.kind in DEALS:
            if self.status == "closed":
                return False
            return True if day - self.last <= PENDING else None
        if self.kind in REGISTERED and self.status in ("registered", "amended") and self.kind != "atm":
            return False
        if self.kind == "atm" and self.status == "registered":
            return False
        usd, shares = self.left()
        return usd != 0.0 and not (shares == 0.0 and self.used_shares > 0)

    def line(self, day: dt.date) -> Line:
        """The finished line as of a day."""
        until = self.expires()
        if self.alive and until and until < day.isoformat():
            self.end("expired", "expiry")
        usd, shares = self.left()
        opened = self.is_open(day)
        if self.alive and opened is False and self.kind not in DEALS and (usd == 0.0 or shares == 0.0):
            self.end("used_up", self.ids[-1])
        return Line(
            key=self.key,
            kind=self.kind,
            status=self.status,
            open=opened,
            entry=self.entry,
            entries=tuple(self.ids),
            opened=self.entry.effective or self.first.isoformat(),
            expires=until,
            remaining_usd=usd,
            remaining_shares=shares,
            ended_by=self.ended_by,
            split=self.split,
        )
