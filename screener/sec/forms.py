"""SEC forms: what each is, which belong together, and which of them are news.

A form is named as EDGAR names it ("8-K", "424B5", "SC TO-T/A"). ``/A`` marks an amendment and never changes the family.
Schedules 13D and 13G were filed as SC 13D and SC 13G until 18 December 2024: both names are one form here. A name that
is no SEC form ("PR" of a release, "HALT") has no family.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

Family = Literal[
    "current_report",
    "foreign_report",
    "registration",
    "shelf",
    "merger_registration",
    "plan",
    "exempt_offering",
    "prospectus",
    "free_writing",
    "effective",
    "stake",
    "passive_stake",
    "insider",
    "insider_notice",
    "tender",
    "tender_answer",
    "going_private",
    "merger_proxy",
    "proxy_contest",
    "proxy",
    "merger_communication",
    "delisting",
    "deregistration",
    "late_notice",
    "listing",
    "annual",
    "quarterly",
]
FAMILIES: tuple[Family, ...] = get_args(Family)


class FormKind(NamedTuple):
    """Forms of one meaning: names or patterns ("424B*") without ``/A``, and what they are in plain words."""

    family: Family
    names: tuple[str, ...]
    title: str


# The first kind that fits decides, so exact names stand before the patterns that would take them too.
KINDS = (
    FormKind("current_report", ("8-K12B", "8-K12G3", "8-K15D5"), "Current report of a successor issuer"),
    FormKind("current_report", ("8-K*",), "Current report"),
    FormKind("foreign_report", ("6-K*",), "Report of a foreign issuer"),
    FormKind("plan", ("S-3D*", "F-3D*", "S-8*"), "Registration statement of a plan"),
    FormKind("registration", ("F-1*",), "Registration statement of a foreign issuer"),
    FormKind("registration", ("S-11*",), "Registration statement of a real estate company"),
    FormKind("registration", ("S-1*", "SB-2*"), "Registration statement"),
    FormKind("shelf", ("F-3*",), "Shelf registration statement of a foreign issuer"),
    FormKind("shelf", ("S-3*",), "Shelf registration statement"),
    FormKind("merger_registration", ("S-4*", "F-4*"), "Registration statement for a merger"),
    FormKind("exempt_offering", ("1-A", "1-A POS"), "Offering statement"),
    FormKind("exempt_offering", ("D",), "Notice of an exempt offering"),
    FormKind("prospectus", ("424B*",), "Prospectus"),
    FormKind("prospectus", ("SUPPL",), "Prospectus supplement of a foreign issuer"),
    FormKind("free_writing", ("FWP",), "Free writing prospectus"),
    FormKind("effective", ("EFFECT",), "Registration statement declared effective"),
    FormKind("stake", ("SCHEDULE 13D", "SC 13D"), "Beneficial ownership report of an active holder"),
    FormKind("passive_stake", ("SCHEDULE 13G", "SC 13G"), "Beneficial ownership report of a passive holder"),
    FormKind("insider", ("3",), "First statement of an insider's ownership"),
    FormKind("insider", ("4",), "Change in beneficial ownership of an insider"),
    FormKind("insider", ("5",), "Annual statement of an insider's ownership"),
    FormKind("insider_notice", ("144",), "Notice of a proposed sale by an insider"),
    FormKind("tender_answer", ("SC 14D9*", "SC14D9*"), "Answer of the target to a tender offer"),
    FormKind("going_private", ("SC 13E3",), "Going-private transaction"),
    FormKind("tender", ("SC TO*", "SC 14D1*", "SC 13E4*"), "Tender offer statement"),
    FormKind("merger_proxy", ("DEFM14*", "PREM14*"), "Proxy statement for a merger"),
    FormKind("proxy_contest", ("DFAN14A", "PREC14A", "DEFC14A", "PREN14A", "DEFN14A", "PRRN14A"), "Proxy contest"),
    FormKind("proxy", ("DEF*14*", "PRE*14*", "PRER14*", "DFRN14A", "PX14A6G"), "Proxy statement"),
    FormKind("merger_communication", ("425",), "Communication about a merger"),
    FormKind("delisting", ("25-NSE",), "Removal from listing by the exchange"),
    FormKind("delisting", ("25",), "Removal from listing on an exchange"),
    FormKind("deregistration", ("15", "15-*", "15F*"), "End or suspension of reporting duties"),
    FormKind("late_notice", ("NT *", "NTN *"), "Notice of late filing"),
    FormKind("listing", ("8-A12B*", "8-A12G*", "CERT*"), "Listing of a class of securities"),
    FormKind("annual", ("10-K*", "20-F*", "40-F*"), "Annual report"),
    FormKind("quarterly", ("10-Q*",), "Quarterly report"),
)
_NOW_CALLED = {"SC 13D": "SCHEDULE 13D", "SC 13G": "SCHEDULE 13G"}
AMENDED = "/A"

# Of everything filed, what becomes a story. 424B2 are notes of banks, five hundred a day; annual and quarterly reports
# come by the thousand after the results they hold were told.
NEWS: tuple[str, ...] = (
    *("current_report", "foreign_report", "registration", "shelf", "merger_registration", "prospectus"),
    *("free_writing", "effective", "stake", "tender", "tender_answer", "going_private", "merger_proxy"),
    *("proxy_contest", "merger_communication", "delisting", "deregistration", "late_notice", "listing"),
    *("4", "!424B2"),
)
# Of the stories, those whose text is worth a request of its own.
WHOLE: tuple[str, ...] = (
    *("current_report", "foreign_report", "registration", "shelf", "prospectus", "free_writing", "effective"),
    *("stake", "tender", "tender_answer", "going_private", "merger_proxy", "proxy_contest", "delisting"),
    *("deregistration", "late_notice", "4", "!424B2"),
)
FIRST: tuple[str, ...] = (
    *("foreign_report", "delisting", "tender", "tender_answer", "going_private", "merger_proxy", "stake"),
    *("prospectus", "free_writing"),
)
"""Of the forms fetched whole, those that are news by themselves."""
LATER: tuple[str, ...] = ("registration", "shelf", "effective", "late_notice", "proxy_contest")
"""And those that are read after them."""
DILUTIVE: tuple[Family, ...] = ("registration", "shelf", "exempt_offering", "prospectus", "free_writing", "effective")
"""What sells shares or prepares it."""
LEDGER: tuple[str, ...] = (
    *("registration", "shelf", "exempt_offering", "prospectus", "free_writing", "effective", "foreign_report"),
    *("current_report", "RW", "POS AM"),
)
"""What is read for the dilution ledger: what registers, prices, sells and ends; of current reports some items only."""
PERIODIC: tuple[Family, ...] = ("annual", "quarterly", "foreign_report")
"""What brings new company facts."""
SIDE_BY_SIDE: tuple[str, ...] = ("424B5", "424B7")
"""Prospectuses of which several stand beside each other under one file number."""
TAKEDOWN: tuple[str, ...] = ("424B4", "424B5")
"""Prospectuses of a deal that is done: the price is set."""


def plain(form: str) -> str:
    """The form without the mark of an amendment."""
    return form.strip().removesuffix(AMENDED)


def is_amendment(form: str) -> bool:
    """Whether a form amends one filed before."""
    return form.strip().endswith(AMENDED)


def current_name(form: str) -> str:
    """The form under the name it has now: SC 13D/A is SCHEDULE 13D/A."""
    base = plain(form)
    return _NOW_CALLED.get(base, base) + (AMENDED if is_amendment(form) else "")


def is_automatic(form: str) -> bool:
    """Whether a shelf is effective on filing: that of a well-known seasoned issuer."""
    return plain(form).endswith("ASR")


@lru_cache(maxsize=4096)
def _kind(form: str) -> FormKind | None:
    base = plain(form)
    return next((k for k in KINDS if any(fnmatchcase(base, name) for name in k.names)), None)


def family(form: str) -> Family | None:
    """What sort of form it is; None for a form of no family here, and for what is no SEC form."""
    found = _kind(form)
    return found.family if found else None


def form_title(form: str) -> str:
    """What a form is, in a few words; empty for a form of no family."""
    found = _kind(form)
    return found.title if found else ""


def of_family(form: str, *families: Family) -> bool:
    """Whether a form is of one of the families."""
    return family(form) in families


class Choice:
    """A choice of forms: families, names, or patterns ("424B*"); ``!`` in front leaves out.

    Amendments go with their form, and the old name of a form with the new one.
    """

    def __init__(self, names: Iterable[str] = NEWS) -> None:
        texts = [str(n).strip() for n in names]
        self._yes = tuple(n for n in texts if not n.startswith("!"))
        self._no = tuple(n[1:].strip() for n in texts if n.startswith("!"))

    def has(self, form: str) -> bool:
        """True when the form is chosen."""
        return _fits(form, self._yes) and not _fits(form, self._no)

    __contains__ = has


def _fits(form: str, names: Sequence[str]) -> bool:
    base, sort = plain(form), family(form)
    spelled = {form.strip(), base, current_name(form), current_name(base)}
    return any(n == sort or any(fnmatchcase(s, current_name(n)) for s in spelled) for n in names)


def first_of(forms: Sequence[str], wanted: Iterable[str] = FIRST) -> str:
    """Of the forms of one submission, the one that says most: a tender offer before the stake reported with it."""
    order = list(wanted)
    return min(forms, key=lambda f: next((i for i, n in enumerate(order) if _fits(f, (n,))), len(order)))
