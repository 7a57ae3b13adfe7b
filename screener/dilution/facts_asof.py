"""A company's facts as they stood at a moment: shares, float, cash and burn, each held against its own filing.

What companies typed is set right where the filing itself shows how, and says so; a value counts from the day after it
was filed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from screener.clock import new_york_date
from screener.dilution.facts import (
    AUTHORISED,
    AVERAGE,
    BALANCE,
    CASH,
    CONCEPTS,
    COVER,
    FLOAT,
    OPERATIONS,
    RESTRICTED,
    SHORT_TERM,
    TOGETHER,
    WITH_RESTRICTED,
    Burn,
    CompanyFacts,
    FactCount,
    Flow,
    Money,
    Row,
    Split,
)
from screener.sec import forms

# Two counts of one filing differ by issues between two days, rarely fiftyfold; a thousandfold is a typing error.
_AGREES, _SET_RIGHT = 50.0, 5.0
_SMALL = 1e6
_SCALES = (1e3, 1e6, 1e-3, 1e-6)
STALE = dt.timedelta(days=500)
"""A balance older than that is no longer an answer: a foreign issuer reports once a year, four months after its end."""
FLOAT_STALE = dt.timedelta(days=640)
"""An annual report states the float of the middle of its year, and the next one comes up to 21 months after that day."""
_MONTH = 365.25 / 12
_TWO_QUARTERS = 170


class FactsAsOf:
    """A company's facts as they stood at a moment (aware): only what was filed on an earlier New York day."""

    def __init__(self, facts: CompanyFacts, as_of: dt.datetime, splits: Iterable[Split] = ()) -> None:
        self.today = new_york_date(as_of)
        self._limit = self.today.isoformat()
        self._facts = facts
        self._splits = sorted(s for s in splits if s.day <= self.today and s.ratio > 0)

    def _of(self, *names: str) -> list[tuple[str, Row]]:
        rows = ((name, r) for name in names for r in self._facts.concepts.get(name, ()))
        return [(name, r) for name, r in rows if r.filed < self._limit]

    def _newest(self, names: Sequence[str]) -> tuple[str, Row] | None:
        """The value of the newest day; of that day the one filed last, then the first concept of ``names``."""
        found = [(n, r) for n, r in self._of(*names) if not r.start and r.val >= 0]
        return max(found, key=lambda f: (_day(f[1]), f[1].filed, -names.index(f[0])), default=None)

    # ---- shares ----

    def shares_outstanding(self) -> FactCount | None:
        """The newest count of ordinary shares, of the cover or a balance sheet, on today's share basis.

        None for a company whose last periodic report has no count on its cover: it counts its classes apart.
        """
        cover = self._newest((COVER,))
        if cover is None or cover[1].val <= 0 or self._counts_classes_apart(cover[1]):
            return None
        balance = self._newest(BALANCE)
        # Of one day the cover's count is the better: a balance sheet is often rounded to thousands.
        newer = balance is not None and balance[1].val > 0 and _day(balance[1]) > _day(cover[1])
        name, row = balance if newer and balance else cover
        if self.today - _date(_day(row)) > STALE:
            return None
        value, note = self._set_right(name, row)
        factor = self._factor(name, row, value)
        if factor != 1.0:
            note = "; ".join(n for n in (note, f"divided by {factor:g} for the split since") if n)
        return _count(name, row, value / factor, note)

    def _counts_classes_apart(self, cover: Row) -> bool:
        counted = {r.accn for _, r in self._of(COVER)}
        later = (r for _, r in self._of(*CONCEPTS) if _periodic(r.form) and r.filed > cover.filed)
        return any(r.accn not in counted for r in later)

    def authorised(self) -> FactCount | None:
        """The newest number of ordinary shares that the charter allows, as stated: splits seldom change it.

        None when fewer are said to be allowed than exist, which is how companies without a limit fill the field in.
        """
        found = self._newest(AUTHORISED)
        if found is None or self.today - _date(_day(found[1])) > STALE or found[1].val <= 0:
            return None
        name, row = found
        issued = [r.val for _, r in self._of(*BALANCE) if r.accn == row.accn and _day(r) == _day(row)]
        value, note = row.val, ""
        if issued and value < max(issued) and any(abs(r.val / value / 1e3 - 1) < 0.01 for _, r in self._of(name)):
            value, note = value * 1e3, "stated in thousands"
        outstanding = self.shares_outstanding()
        least = max([*issued, outstanding.value if outstanding else 0.0])
        return None if value < least else _count(name, row, value, note)

    def _set_right(self, name: str, row: Row) -> tuple[float, str]:
        """The value, or that value scaled where the same filing shows that it was stated in other units.

        A count in line with the last sound one stays: a split and a large sale can look like an error of units.
        """
        if self._supported(name, row) is not False or self._follows(name, row):
            return row.val, ""
        counts = self._beside(name, row)
        for scale in _SCALES:
            # A count written a thousand times too large ends in zeros; one in thousands is small.
            if row.val % scale if scale > 1 else row.val >= _SMALL:
                continue
            if any(1 / _SET_RIGHT <= row.val / scale / c <= _SET_RIGHT for c in counts):
                return row.val / scale, f"stated as {row.val:,.0f}, {_times(scale)} beside its balance sheet"
        return row.val, ""

    def _beside(self, name: str, row: Row) -> list[float]:
        """The counts of the newest day in the same filing: of its balance sheet, else its weighted averages."""
        for group in (BALANCE, AVERAGE):
            rows = [r for n, r in self._of(*group) if r.accn == row.accn and n != name and r.val > 0]
            if rows:
                latest = max(_day(r) for r in rows)
                return [r.val for r in rows if _day(r) == latest]
        return []

    def _supported(self, name: str, row: Row) -> bool | None:
        """Whether the same filing bears a count out; None when it holds no other."""
        counts = self._beside(name, row)
        return any(1 / _AGREES <= row.val / c <= _AGREES for c in counts) if counts else None

    def _follows(self, name: str, row: Row) -> bool:
        """Whether a count is in line with the last one before it that its own filing bears out."""
        earlier = [r for _, r in self._of(name) if r.filed < row.filed and not r.start and r.val > 0]
        for last in sorted(earlier, key=lambda r: r.filed, reverse=True)[:8]:
            if self._supported(name, last):
                return 1 / _AGREES <= row.val / last.val <= _AGREES
        return False

    def _factor(self, name: str, row: Row, value: float) -> float:
        """By how much splits have divided the shares since the value was stated.

        A balance sheet is restated for a split before it is filed; a cover may or may not be, which its own balance
        sheet shows.
        """
        factor = 1.0
        for split in self._splits:
            if split.day <= _date(_day(row)):
                continue
            if split.day > _date(row.filed) or (name == COVER and not self._restated(row, value, split.ratio)):
                factor *= split.ratio
        return factor

    def _restated(self, row: Row, value: float, ratio: float) -> bool:
        beside = [r for _, r in self._of(*BALANCE) if r.accn == row.accn and r.val > 0]
        if not beside:
            return True
        count = max(beside, key=_day).val
        return abs(value / count - 1) <= abs(value / ratio / count - 1)

    def public_float(self) -> FactCount | None:
        """The newest market value of the shares that non-affiliates hold, in US dollars, as annual reports state it.

        It is of the last day of the second quarter, so often a year old; zero ("no market then") is unknown.
        """
        found = self._newest((FLOAT,))
        if found is None or found[1].val <= 0 or self.today - _date(_day(found[1])) > FLOAT_STALE:
            return None
        return _count(*found, found[1].val)

    # ---- money ----

    def money(self) -> Money | None:
        """Cash of the newest balance sheet; None when that is too old or not in US dollars."""
        plain, wide = self._newest(CASH), self._newest(WITH_RESTRICTED)
        if plain is not None and (wide is None or _day(plain[1]) >= _day(wide[1])):
            row, cash, note = plain[1], plain[1].val, ""
        elif wide is not None:
            row = wide[1]
            locked = max((v for n in RESTRICTED if (v := self._on(n, row)) is not None), default=0.0)
            cash = max(0.0, row.val - locked)
            note = "without restricted cash" if locked else "restricted cash included"
        else:
            return None
        if self.today - _date(_day(row)) > STALE:
            return None
        short = max((v for n in SHORT_TERM if (v := self._on(n, row)) is not None), default=0.0)
        both = max((v for n in TOGETHER if (v := self._on(n, row)) is not None), default=0.0)
        liquid = max(cash + short, both)
        return Money(cash=cash, liquid=liquid, day=_date(_day(row)), filed=_date(row.filed), note=note)

    def _on(self, name: str, row: Row) -> float | None:
        """What a concept states for the day of another row, by the newest filing."""
        same = [r for _, r in self._of(name) if r.end == row.end and not r.start and r.val >= 0]
        return max(same, key=lambda r: r.filed).val if same else None

    def flows(self) -> list[Flow]:
        """Operating cash flow in the shortest periods that can be told apart, oldest first, without overlaps."""
        for name in sorted(OPERATIONS, key=self._last_end, reverse=True):
            stated = {(r.start, r.end): r for _, r in sorted(self._of(name), key=lambda f: f[1].filed) if r.start}
            if stated:
                return _told_apart({span: r.val for span, r in stated.items()})
        return []

    def _last_end(self, name: str) -> str:
        return max((r.end for _, r in self._of(name)), default="")

    def burn(self) -> Burn | None:
        """What operations took a month, over the last two quarters (a single one swings with its bills)."""
        days, usd = 0, 0.0
        flows = self.flows()[::-1]
        for i, flow in enumerate(flows):
            if i and (flows[i - 1].start - flow.end).days > 5:
                break
            days, usd = days + (flow.end - flow.start).days + 1, usd + flow.usd
            if days >= _TWO_QUARTERS:
                break
        if not days or self.today - flows[0].end > STALE:
            return None
        months = days / _MONTH
        return Burn(usd_a_month=-usd / months, months=round(months, 1), end=flows[0].end)


def _told_apart(stated: Mapping[tuple[str, str], float]) -> list[Flow]:
    """Periods from values that each run from a start to an end: those of one start differ by what lies between."""
    spans: list[Flow] = []
    for start in {s for s, _ in stated}:
        ends = sorted(e for s, e in stated if s == start)
        spans.append(Flow(_date(start), _date(ends[0]), stated[start, ends[0]]))
        spans += [
            Flow(_date(a) + dt.timedelta(days=1), _date(b), stated[start, b] - stated[start, a])
            for a, b in pairwise(ends)
        ]
    spans = [s for s in spans if 45 <= (s.end - s.start).days <= 380]
    chosen: list[Flow] = []
    before: dt.date | None = None
    # From the newest end back, the shortest that ends there: a quarter before the half year that holds it.
    for span in sorted(spans, key=lambda s: (s.end, s.start), reverse=True):
        if before is None or span.end < before:
            chosen.append(span)
            before = span.start
    return chosen[::-1]


def months_of_cash(money: Money | None, burn: Burn | None, today: dt.date, raised_since: float = 0.0) -> float | None:
    """Months that liquid money lasts from ``today``, the months since its balance sheet taken off and raises since added.

    None when either is unknown, and when operations bring money.
    """
    if money is None or burn is None or burn.usd_a_month <= 0:
        return None
    gone = max(0, (today - money.day).days) / _MONTH
    return max(0.0, (money.liquid + raised_since) / burn.usd_a_month - gone)


def _day(row: Row) -> str:
    """The day a value is of; a day after its own filing is a slip of the pen."""
    return min(row.end, row.filed)


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _times(scale: float) -> str:
    return f"{scale:,.0f} times too large" if scale > 1 else f"{1 / scale:,.0f} times too small"


def _count(name: str, row: Row, value: float, note: str = "") -> FactCount:
    return FactCount(
        value=value, day=_date(_day(row)), filed=_date(row.filed), concept=name, accession=row.accn, form=row.form,
        note=note,
    )  # fmt: skip


def _periodic(form: str) -> bool:
    return forms.of_family(form, "annual", "quarterly") and not forms.is_amendment(form)
