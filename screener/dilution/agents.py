"""Who sells: sales agents, placement agents, underwriters, and the buyer of an equity line.

A name is what stands after "with", "through", "engaged" or before "is acting as", up to the words that say what for. The
lines at the foot of a cover carry bare names; there, only houses that are known by name are taken.
"""

from __future__ import annotations

import re

HOUSES = (
    "A.G.P.", "Aegis", "Alliance Global", "B. Riley", "Baird", "Barclays", "BMO", "BNP Paribas", "BofA", "Boustead",
    "Brookline", "BTIG", "Canaccord", "Cantor", "Chardan", "Citigroup", "Citizens", "Clear Street", "Cohen & Company",
    "Cowen", "Craig-Hallum", "D. Boral", "D.A. Davidson", "Deutsche Bank", "Dominari", "EF Hutton", "Evercore",
    "Goldman Sachs", "Guggenheim", "H.C. Wainwright", "Huntington", "Janney", "Jefferies", "JMP", "JonesTrading",
    "J.P. Morgan", "KeyBanc", "Kingswood", "Ladenburg", "Lake Street", "LifeSci", "Lucid", "Maxim", "Mizuho",
    "Morgan Stanley", "Needham", "Northland", "Oppenheimer", "Piper Sandler", "Raymond James", "RBC", "Roth", "Roberts",
    "Rodman", "Santander", "Spartan", "Stifel", "SVB", "Leerink", "TD Securities", "TD Cowen", "The Benchmark",
    "ThinkEquity", "Titan Partners", "Tuohy", "UBS", "Univest", "US Tiger", "Virtu", "WallachBeth", "WestPark",
    "Wells Fargo", "William Blair",
)  # fmt: skip
_SAME = {"Alliance Global": "A.G.P."}
_HOUSE = re.compile("|".join(rf"(?<![A-Za-z]){re.escape(h)}(?![a-z])" for h in HOUSES))
_BRACKETS = re.compile(r"\s?\((?:[^()]|\([^()]{0,80}\)){0,300}\)")
_AFTER = re.compile(
    r"\b(?:[Aa]greement\b[^.;]{0,160}?\bwith|by and (?:between|among) (?:us|the Company"
    r"|[A-Z][\w ,.]{2,60}?) and"
    r"|through|engaged|retained|appointed|to or through|offered by|facility with)\s(?:each of )?(?=[A-Z])"
)
_BEFORE = re.compile(
    r"(?P<names>[A-Z][^.;:]{0,20}?(?:[.&][^;:]{0,220}?|[^.;:]{0,220}?))\s(?:is|are|was|were|has|have|acted|acts|will|served"
    r"|serves)"
    r"\s?(?:acting|acted|serving|served|act|agreed to (?:act|serve)|serve)?\sas\s(?:the |our |a |its |joint |sole |exclusive "
    r"|lead |co-|book)*"
)
_ROLE = re.compile(
    r"\b(?:placement|sales|selling|exclusive|lead|financial|solicitation)\s(?:placement )?(?:agents?|advisor)\b"
    r"|\bunderwriters?\b|\bbook[\s-]?runn"
    r"|\bagents?\b",
    re.I,
)
_STOP = re.compile(
    r"\s(?:as\b|pursuant|relating|under\b|with respect|in (?:their|its|connection)|for (?:the|an?)\b|to (?:act|sell|serve"
    r"|use|offer"
    r"|solicit|purchase|issue)|dated|\bon\b|providing|whereby|covering|establishing|the representatives?|acting|at a"
    r"|by which|that\b"
    r"|which\b|who\b|from time)|,\s(?:as\b|pursuant|under|relating|dated|the\s|each\s|acting|an?\s|our\b|its\b|which\b"
    r"|with\b|to\s)"
    r"|\.\s(?=[A-Z][a-z]+\s[a-z])|[;:]"
)
_SUFFIX = re.compile(
    r"^(?:LLC|L\.L\.C\.?|Inc\.?|Incorporated|L\.?P\.?|LLP|Ltd\.?|Limited|Corp\.?|N\.A\.|S\.A\.?|Co\.?|PLC|plc|Ltd)\.?$"
)
_SPLIT = re.compile(r",\s(?:and\s)?|\s(?:and|or)\s(?:each of )?(?=[A-Z])")
_NO_NAME = re.compile(
    r"^(?:the|certain|each|such|an?|our|its|one|several|certain|company|investors?|purchasers?|agents?|we|us|securities|common"
    r"|controlled|sales|equity|nasdaq|nyse|form|rule|item|section|january|february|march|april|may|june|july|august|september"
    r"|october|november|december|selling|holders?|pre-funded|warrants?)\b|^(?:Agent|Company|Registrant|Corporation)s?$",
    re.I,
)
LONGEST = 70  # characters of a name


def after(text: str) -> list[str]:
    """The names behind "agreement with", "through", "engaged"."""
    plain = _BRACKETS.sub("", text)
    for found in _AFTER.finditer(plain):
        names = _names(plain[found.end() : found.end() + 600])
        if names:
            return names
    return []


def acting(text: str) -> list[str]:
    """The names before "is acting as placement agent"."""
    plain = _BRACKETS.sub("", text)
    for found in _BEFORE.finditer(plain):
        if not _ROLE.search(plain[found.end() : found.end() + 60]):
            continue
        names = _names(found["names"])
        if names:
            return names
    return []


def houses(text: str) -> list[str]:
    """The known houses that a text names, each once."""
    out = list[str]()
    for name in _HOUSE.findall(text):
        found = _SAME.get(name, name)
        if found not in out:
            out.append(found)
    return out


def sellers(text: str, *, known: bool = True) -> str:
    """Who sells by the words of a sentence, joined by "; "; empty when it names nobody."""
    return "; ".join(names(text, known=known))


def names(text: str, *, known: bool = True) -> list[str]:
    """The names that a sentence gives; the known houses in it when those are more."""
    found = max(acting(text), after(text), key=len)
    listed = houses(text) if known else []
    return listed if len(listed) > len(found) else found


def has_role(text: str) -> bool:
    """Whether words speak of an agent or underwriter."""
    return bool(_ROLE.search(text))


def _names(window: str) -> list[str]:
    stop = _STOP.search(window)
    window = window[: stop.start()] if stop else window
    out = list[str]()
    for piece in _SPLIT.split(window):
        piece = piece.strip(" ,.").removeprefix("each of ")
        if out and _SUFFIX.match(piece):
            continue
        if not piece[:1].isupper() or _NO_NAME.match(piece) or len(piece) > LONGEST or len(piece) < 3:
            break
        out.append(piece)
    return out
