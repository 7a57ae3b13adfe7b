"""Facts of results and outlook: revenue and its change."""

from __future__ import annotations

import re

from screener.classify.details.money import StatedAmount
from screener.classify.details.reading import Notes, Reading
from screener.language.numbers import tidy

_LINE = r"(?:net |total |quarterly |record |product |consolidated |preliminary |unaudited ){0,5}(?:revenues?|net sales|sales)"
_BEFORE = re.compile(
    rf"\b{_LINE}(?:\s[\w’'-]{{1,40}}){{0,7}}?\s(?:of|was|were|at|to|reached|totall?ed|amounted to|exceed(?:s"
    rf"|ed)?)\s?(?:approximately |about |over |a record ){{0,3}}[~(]?$"
)
_AFTER = re.compile(rf"^\s(?:in |of )?(?:[\w’'-]{{1,40}} ){{0,3}}{_LINE}\b")
_NOT_DOLLARS = re.compile(r"^\s(?:in |of )?(?:deferred|cost of)")
CHANGE = re.compile(
    rf"\b{_LINE}(?:\s[\w’'$.-]{{1,40}}){{0,8}}?,?\s(?P<a>up|increas\w+|grew|rose|climb\w*|jump\w*|surg\w+"
    rf"|growth of|down|decreas\w+|declin\w+|fell|dropp?\w*)"
    r"\s(?:by |of |approximately |about |over |~|more than |nearly ){0,3}(?P<p>[0-9][0-9,]{0,6}(?:\.[0-9]{1,2})?)\s?%"
    rf"|\b(?P<q>[0-9][0-9,]{{0,6}}(?:\.[0-9]{{1,2}})?)\s?%\s(?:[\w/-]{{1,40}}\s){{0,4}}?(?P<b>increase in"
    rf"|growth in|decrease in|decline in|drop in)\s(?:[\w-]{{1,40}}\s){{0,2}}?{_LINE}"
    rf"|\b(?P<r>[0-9][0-9,]{{0,6}}(?:\.[0-9]{{1,2}})?)\s?%\s(?:[\w/-]{{1,40}}\s){{0,3}}?{_LINE}\s(?P<c>growth"
    rf"|increase|decline|decrease)",
    re.I,
)
_DOWN = re.compile(r"down|decreas|declin|fell|drop", re.I)


def find_results(found: list[StatedAmount], reading: Reading, notes: Notes) -> None:
    """Put ``revenue_usd`` and ``revenue_change_pct`` (negative for a fall)."""
    for money in found:
        stated = _BEFORE.search(money.before) or (_AFTER.match(money.after) and not _NOT_DOLLARS.match(money.after))
        if money.currency == "USD" and not money.per_unit and money.value >= 1000 and stated:
            notes.put("revenue_usd", tidy(money.value), money.place)
            break
    hit = reading.find(CHANGE) if reading.has("%") else None
    if hit:
        size = float((hit.match["p"] or hit.match["q"] or hit.match["r"]).replace(",", ""))
        word = hit.match["a"] or hit.match["b"] or hit.match["c"]
        notes.put("revenue_change_pct", tidy(-size if _DOWN.search(word) else size), hit.place())
