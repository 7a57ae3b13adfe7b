"""Who buys whom: whether the company of a story is the buyer, the target or the seller in a headline.

Without a table of names there is still the ticker: KVNE is made of letters of Kelvane in their order, and not of those
of Kimber-Lark.
"""

from __future__ import annotations

import re

from screener.language.symbols import spells

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
# First words that many companies share: with one of these the second word decides.
_COMMON_FIRST_TEXT = """
    american first united national global general new international advanced applied royal western eastern northern
    southern pacific atlantic great blue red green gold silver bank capital energy universal standard digital
"""
_COMMON_FIRST = frozenset(_COMMON_FIRST_TEXT.split())


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
    return any(spells(ticker.lower().partition(".")[0], names) for ticker in tickers)


def is_own(name: str, headline: str, tickers: tuple[str, ...], company: str) -> bool:
    """Whether a name in a headline is that of the story's own company, known by name, by ticker or as the headline's
    opening: "Kelvane" beside "Kelvane Sensors, Inc.", beside KVNE, or in "Kelvane Sensors Signs ..." under KVNE."""
    if company and _begin_alike(name, company):
        return True
    listed = rf"{re.escape(name)}(?:,? [A-Z][a-z]{{1,4}}\.?)?\s?\([^()]{{0,40}}\b"
    if any(re.search(rf"{listed}{re.escape(t)}\b", headline) for t in tickers):
        return True
    if (company and _begin_alike(company, headline)) or fits(headline, tickers, ""):
        return _begin_alike(name, headline)
    return not company and fits(name, tickers, "")


def _begin_alike(name: str, other: str) -> bool:
    """Whether two names begin with the same word, and with the same two where the first is one that many share."""
    mine, theirs = (
        [w for w in _WORD.findall(n.lower().replace("'s", "").replace("’s", "")) if w not in _FORMS]
        for n in (name, other)
    )
    if not mine or not theirs or mine[0] != theirs[0]:
        return False
    return mine[0] not in _COMMON_FIRST or mine[1:2] == theirs[1:2]
