"""8-K items: numbers, titles, and the split of a report's text into its items.

Item numbers are those of Form 8-K since 23 August 2004 ("3.01"); reports filed before carry the numbers 1 to 12 of the
old form. Titles are the SEC's own, as the header of a submission spells them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

NEW_NUMBERS = dt.date(2004, 8, 23)

ITEMS = {
    "1.01": "Entry into a Material Definitive Agreement",
    "1.02": "Termination of a Material Definitive Agreement",
    "1.03": "Bankruptcy or Receivership",
    "1.04": "Mine Safety - Reporting of Shutdowns and Patterns of Violations",
    "1.05": "Material Cybersecurity Incidents",
    "2.01": "Completion of Acquisition or Disposition of Assets",
    "2.02": "Results of Operations and Financial Condition",
    "2.03": "Creation of a Direct Financial Obligation or an Obligation under an Off-Balance Sheet Arrangement of a Registrant",
    "2.04": "Triggering Events That Accelerate or Increase a Direct Financial Obligation or an Obligation under an "
    "Off-Balance Sheet Arrangement",
    "2.05": "Costs Associated with Exit or Disposal Activities",
    "2.06": "Material Impairments",
    "3.01": "Notice of Delisting or Failure to Satisfy a Continued Listing Rule or Standard; Transfer of Listing",
    "3.02": "Unregistered Sales of Equity Securities",
    "3.03": "Material Modification to Rights of Security Holders",
    "4.01": "Changes in Registrant's Certifying Accountant",
    "4.02": "Non-Reliance on Previously Issued Financial Statements or a Related Audit Report or Completed Interim Review",
    "5.01": "Changes in Control of Registrant",
    "5.02": "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers: "
    "Compensatory Arrangements of Certain Officers",
    "5.03": "Amendments to Articles of Incorporation or Bylaws; Change in Fiscal Year",
    "5.04": "Temporary Suspension of Trading Under Registrant's Employee Benefit Plans",
    "5.05": "Amendments to the Registrant's Code of Ethics, or Waiver of a Provision of the Code of Ethics",
    "5.06": "Change in Shell Company Status",
    "5.07": "Submission of Matters to a Vote of Security Holders",
    "5.08": "Shareholder Director Nominations",
    "6.01": "ABS Informational and Computational Material",
    "6.02": "Change of Servicer or Trustee",
    "6.03": "Change in Credit Enhancement or Other External Support",
    "6.04": "Failure to Make a Required Distribution",
    "6.05": "Securities Act Updating Disclosure",
    "7.01": "Regulation FD Disclosure",
    "8.01": "Other Events",
    "9.01": "Financial Statements and Exhibits",
}
# headings that were reworded over the years, by their first words in plain letters
_ALSO = {
    "departureofdirectorsorprincipalofficers": "5.02",
    "creationofadirectfinancialobligation": "2.03",
    "triggeringevents": "2.04",
    "noticeofdelisting": "3.01",
    "materialmodification": "3.03",
    "nonreliance": "4.02",
    "changesincontrol": "5.01",
    "amendmentstoarticles": "5.03",
    "amendmentstotheregistrantscode": "5.05",
    "costsassociatedwithexit": "2.05",
    "minesafety": "1.04",
}
OLD_ITEMS = {
    "1": "Changes in control of registrant",
    "2": "Acquisition or disposition of assets",
    "3": "Bankruptcy or receivership",
    "4": "Changes in registrant's certifying accountant",
    "5": "Other events",
    "6": "Resignations of registrant's directors",
    "7": "Financial statements and exhibits",
    "8": "Change in fiscal year",
    "9": "Regulation FD Disclosure",
    "10": "Amendments to the Registrant's Code of Ethics",
    "11": "Temporary Suspension of Trading Under Registrant's Employee Benefit Plans",
    "12": "Results of Operations and Financial Condition",
}


# What the items are to a reader of news.
EXHIBITS = ("9.01", "7")
ROUTINE = ("5.04", "5.05", "5.07", "5.08")
"""Votes, and what else is no event."""
OTHER_EVENTS = "8.01"
DECISIVE = frozenset(("1.01", "1.02", "1.03", "2.01", "2.02", "3.01", "3.02", "3.03", "5.01", "7.01", "8.01"))
DILUTIVE = ("3.02", "2.03")
"""Shares sold without registration, new debt."""
LEDGER = ("1.01", "1.02", "2.03", "3.02", "3.03", "5.03", "8.01")
"""Agreements and their end, debt, shares sold, splits and other changes of the charter, other events."""
TERMINATED, COMPLETED = "1.02", "2.01"


def title(number: str) -> str:
    """The SEC's title of an item, of the old form too; the number itself when it is none."""
    return ITEMS.get(number) or OLD_ITEMS.get(number) or number


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalpha())


_NEW = {_letters(title): number for number, title in ITEMS.items()}
_OLD = {_letters(title): number for number, title in OLD_ITEMS.items()}
_NUMBER = re.compile(r"\d{1,2}\.\d{2}$")
_HEADING = re.compile(
    r"^[ \t\xa0>*|]{0,40}item(?:s(?=[\s\xa0]{1,10}\d\.\d\d))?[\s\xa0|]{0,10}(\d{1,2}(?:\.\d{2})?)\b(?!\()[ \t\xa0.:)|–—-]{0,20}",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNATURE = re.compile(r"^[ \t\xa0*]{0,40}signatures?[ \t\xa0:*]{0,40}$", re.IGNORECASE | re.MULTILINE)


def item_numbers(info: Iterable[str], filed: dt.date | None) -> tuple[str, ...]:
    """The numbers of a header's item lines, in order and once each; a line that is no known title is left out."""
    old = filed is not None and filed < NEW_NUMBERS
    out: dict[str, None] = {}
    for line in info:
        number = line if _NUMBER.match(line) else _by_title(_letters(line), old)
        if number:
            out.setdefault(number)
    return tuple(out)


def _by_title(letters: str, old: bool) -> str:
    if not letters:
        return ""
    if old:
        return _OLD.get(letters, "")
    return _NEW.get(letters) or next((n for start, n in _ALSO.items() if letters.startswith(start)), "")


def split_items(text: str) -> dict[str, str]:
    """The text of each item by number ("3.01", or "5" on the old form), without its heading's number.

    Only headings that begin a line count; an item that appears twice is joined. What follows the last item's
    signature line is left out.
    """
    marks = [m for m in _HEADING.finditer(text) if m.group(1) in ITEMS or m.group(1) in OLD_ITEMS]
    modern = [m for m in marks if "." in m.group(1)]
    marks = modern or marks
    signature = _SIGNATURE.search(text, marks[-1].end()) if marks else None
    out: dict[str, str] = {}
    last = signature.start() if signature else len(text)
    for mark, end in zip(marks, [*(m.start() for m in marks[1:]), last], strict=False):
        body = text[mark.end() : end].strip()
        number = mark.group(1)
        out[number] = f"{out[number]}\n\n{body}" if number in out else body
    return out
