"""Who buys whom: whether the company of a story is the buyer, the target or the seller in a headline.

Without a table of names there is still the ticker: KVNE is made of letters of Kelvane in their order, and not of those
of Kimber-Lark.
"""

from __future__ import annotations

import re

_DEAL = re.compile(
    r"^(?P<buyer>.{2,90}?)\s"
    r"(?:(?:to|will|agrees? to|completes?|closes?|announces?|signs?|enters?|extends?|proposes? to|offers? to)\b.{0,60}?\s)?"
    r"(?:acquires?|acquisition of|buys?|buy|purchase|merge with|take private|tender offer for)\s(?P<rest>.{2,200})",
    re.IGNORECASE,
)
_FROM = re.compile(r"\b(?i:from)\s(?P<seller>[A-Z][^,;]{1,60})")
_WORD = re.compile(r"[a-z0-9]+")
_FORMS = frozenset({"inc", "corp", "co", "ltd", "plc", "llc", "company", "group", "holdings", "the", "and", "of", "a"})
_NAME_WORDS = 4


def role(headline: str, tickers: tuple[str, ...], company: str) -> str:
    """``target``, ``seller`` or ``buyer`` as the headline casts the story's company; empty when it cannot be told."""
    deal = _DEAL.match(headline)
    if not deal or not (tickers or company):
        return ""
    if fits(deal["buyer"], tickers, company):
        return "buyer"
    seller = _FROM.search(deal["rest"])
    if seller and fits(seller["seller"], tickers, company):
        return "seller"
    target = deal["rest"][: seller.start()] if seller else deal["rest"]
    return "target" if fits(target, tickers, company) else ""


def fits(words: str, tickers: tuple[str, ...], company: str) -> bool:
    """Whether the beginning of ``words`` may name the company: its own name, or one that spells its ticker."""
    names = _WORD.findall(words.lower().replace("'s", ""))[:_NAME_WORDS]
    own = [w for w in _WORD.findall(company.lower()) if w not in _FORMS]
    if own and own[0] in names:
        return True
    return any(_spells(ticker.lower().partition(".")[0], names) for ticker in tickers)


def _spells(ticker: str, names: list[str]) -> bool:
    """The ticker's letters stand in the name in their order, beginning with the first letter of its first words."""
    if len(ticker) < 2:
        return False
    for at, name in enumerate(names[:2]):
        if name[0] == ticker[0]:
            letters = iter("".join(names[at:]))
            if all(letter in letters for letter in ticker):
                return True
    return False
