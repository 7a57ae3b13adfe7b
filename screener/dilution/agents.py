"""Who sells: sales agents, placement agents, underwriters, and the buyer of an equity line.

A name is what stands after "with", "through", "engaged" or before "is acting as", up to the words that say what for. The
lines at the foot of a cover carry bare names; there, only houses that are known by name are taken.
"""

from __future__ import annotations

import re

HOUSES = (
    "A.G.P.", "AC Sunshine", "Academy Securities", "Aegis", "Alliance Global", "American Capital Partners", "Arcadia",
    "B. Riley", "Baird", "Bancroft", "Barclays", "Benchmark", "Berenberg", "BMO", "BNP Paribas", "BNY", "BofA", "Boustead",
    "Brookline", "BTIG", "Canaccord", "Cantor", "Capital One", "Cathay Securities", "Chardan", "CIBC", "Citigroup",
    "Citizens", "Clear Street", "Cohen & Company", "Cormark", "Cowen", "Craft Capital", "Craig-Hallum", "Credit Agricole",
    "Curvature", "D. Boral", "D.A. Davidson", "Desjardins", "Deutsche Bank", "Dominari", "Eddid", "EF Hutton",
    "Eight Capital", "Evercore", "Freedom Capital", "Goldman Sachs", "Guggenheim", "H.C. Wainwright", "Haywood", "HSBC",
    "Huntington", "Janney", "Jefferies", "JMP", "JonesTrading", "Joseph Gunnar", "J.P. Morgan", "Keefe, Bruyette",
    "KeyBanc", "Kingswood", "Konik", "Ladenburg", "Laidlaw", "Lake Street", "LifeSci", "Loop Capital", "Lucid", "Macquarie",
    "Maxim", "Mizuho", "Morgan Stanley", "National Bank Financial", "National Securities", "Needham", "Network 1",
    "Newbridge", "Noble Capital", "Nomura", "Northland", "Oppenheimer", "Pacific Century", "Paulson", "Piper Sandler",
    "Prime Number", "R.F. Lafferty", "Raymond James", "RBC", "Revere Securities", "Roth", "Roberts", "Rodman", "Santander",
    "Scotia", "SG Americas", "SMBC", "Spartan", "Stifel", "StockBlock", "SVB", "Leerink", "TD Securities", "TD Cowen",
    "ThinkEquity", "Titan Partners", "Truist", "Tuohy", "UBS", "Univest", "US Tiger", "Virtu", "WallachBeth", "Webull",
    "Wedbush", "WestPark", "Wells Fargo", "William Blair",
)  # fmt: skip
_SAME = {"Alliance Global": "A.G.P."}
_HOUSE = re.compile(rf"(?<![A-Za-z])(?=[A-Z])(?:{'|'.join(map(re.escape, HOUSES))})(?![a-z])")
_BRACKETS = re.compile(r"\s?\((?:[^()]|\([^()]{0,80}\)){0,300}\)")
_DIVISION = re.compile(
    r",?\s(?:which is )?an? (?:[\w-]+ )?(?:division|affiliate|subsidiary|unit|trade name) of [^,;.]{3,60}"
    r"(?:,\s(?:LLC|L\.L\.C\.|Inc\.|Inc|Ltd\.?|L\.?P\.?)(?![\w.]))?,?"
)
_AFTER = re.compile(
    r"\b(?:[Aa]greement\b[^.;]{0,160}?\bwith|by and (?:between|among) (?:us|the Company"
    r"|[A-Z][\w ,.]{2,60}?) and"
    r"|through|engaged|retained|appointed|to or through|offered by|facility with)\s(?:each of )?(?=[A-Z])"
)
_JOB = (
    r"(?:(?:the|our|an?|its|joint|sole|exclusive|lead|active|passive|only|co)[\s-]){0,4}"
    r"(?:placement|sales|selling|solicitation)\s(?:placement )?agents?\b"
)
_OF_DEAL = (
    rf"{_JOB}|(?:(?:the|our|an?|its|joint|sole|lead|active|passive|co)[\s-]){{0,4}}(?:book[\s-]?(?:run\w*(?:\smanagers?)?|managers?)|underwriters?\b"
    r"|(?:lead|co-?)\s?-?managers?\b|managers?\b(?! of| and))"
)
_BEFORE = re.compile(
    r"(?P<names>[A-Z][^;:]{0,240}?),?\s(?:is|are|was|were|has|have|acted|acts|will|served"
    r"|serves|acting|serving)"
    r"\s?(?:acting|acted|serving|served|act|agreed to (?:act|serve)|serve)?"
    rf"(?:\sas\s(?:the |our |a |its |joint |sole |exclusive |lead |co-)*|\s?(?={_OF_DEAL}))"
)
_AND_AS = re.compile(
    rf"(?:,\s|\band\s)(?P<names>[A-Z][^,;:]{{1,60}}?(?:,\s(?:LLC|Inc\.|L\.?P\.|Ltd\.))?),?\s(?:acted |served |acting |is |was )?"
    rf"as\s(?:{_OF_DEAL})"
)
_JOB_FIRST = re.compile(
    rf"\b(?:{_OF_DEAL})(?:\sfor (?:the|this) [\w\s]{{3,40}}?)?(?:\s(?:is|are|was|were)|:)\s(?=[A-Z])", re.I
)
_OTHER_AGENT = re.compile(
    r"\b(?:transfer|warrant|exchange|escrow|rights|information|paying|collateral|administrative|subscription|tabulation"
    r"|calculation|depositary|conversion|stock)\s(?:and [\w\s]{1,20})?agents?\b|\bagents? for service\b",
    re.I,
)
_ROLE = re.compile(
    r"\b(?:placement|sales|selling|exclusive|lead|financial|solicitation)\s(?:placement )?(?:agents?|advisor)\b"
    r"|\bunderwriters?\b|\bbook[\s-]?(?:runn|manag)|\b(?:lead|co)[\s-]managers?\b"
    r"|\bagents?\b",
    re.I,
)
_HEADING = re.compile(rf"^\s*(?:{_OF_DEAL})s?\s*:?\s*$", re.I)
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
_SENTENCE = re.compile(r"(?<![A-Z]\.)(?<!\bCo\.)(?<!\bInc\.)(?<!\bCorp\.)(?<!\bLtd\.)(?<=\.)\s+(?=[A-Z])")
_LEADS_IN = re.compile(r"^(?:In|On|For|Pursuant|Under|As|At|With|After|Following|Additionally|Also|Further|By)\b")
_SPLIT = re.compile(r",\s(?:and\s)?|\s(?:and|or)\s(?:each of )?(?=[A-Z])")
_NO_NAME = re.compile(
    r"^(?:the|certain|each|such|an?|our|its|one|several|certain|company|investors?|purchasers?|agents?|we|us|securities|common"
    r"|controlled|sales|equity|nasdaq|nyse|form|rule|item|section|january|february|march|april|may|june|july|august|september"
    r"|october|november|december|selling|holders?|pre-funded|warrants?)\b|^(?:Agent|Company|Registrant|Corporation)s?$",
    re.I,
)
_SECOND = ("Nicolaus", "Bruyette")  # of "Stifel, Nicolaus" and "Keefe, Bruyette": one house
LONGEST = 70  # characters of a name
_LISTED = 6  # lines of names below a heading


def _plain(text: str) -> str:
    """A text without brackets and without the parents of the houses it names."""
    return _DIVISION.sub(",", _BRACKETS.sub("", text))


def after(text: str) -> list[str]:
    """The names behind "agreement with", "through", "engaged"."""
    plain = _plain(text)
    for found in _AFTER.finditer(plain):
        names = _names(plain[found.end() : found.end() + 600])
        if names:
            return names
    return []


def acting(text: str) -> list[str]:
    """The names before "is acting as placement agent", and behind "Joint book-running managers:"."""
    plain = _plain(text)
    out = list[str]()
    for found in _BEFORE.finditer(plain):
        behind = plain[found.end() : found.end() + 60]
        if _ROLE.search(behind) and not _OTHER_AGENT.match(behind):
            out = together(out, _names(_SENTENCE.split(found["names"])[-1]))
    for found in _AND_AS.finditer(plain) if out else ():
        out = together(out, _names(found["names"]))
    for found in _JOB_FIRST.finditer(plain) if not out else ():
        out = together(out, _names(plain[found.end() : found.end() + 400]))
    return out


def houses(text: str) -> list[str]:
    """The known houses that a text names, each once."""
    out = list[str]()
    for name in _HOUSE.findall(text):
        found = _SAME.get(name, name)
        if found not in out:
            out.append(found)
    return out


def headed(text: str) -> list[str]:
    """The names on the lines below (else above) a line that is a role alone: "Sole Placement Agent" at a cover's foot."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    out = list[str]()
    for i, line in enumerate(lines):
        if not _HEADING.match(line):
            continue
        below = list[str]()
        for other in lines[i + 1 : i + 1 + _LISTED]:
            if _HEADING.match(other) or not (named := _bare(other)):
                break
            below = together(below, named)
        out = together(out, below or (_bare(lines[i - 1]) if i else []))
    return out


def _bare(line: str) -> list[str]:
    """The names of a line that holds nothing else."""
    if (
        len(line) > LONGEST
        or (line.endswith(".") and not _SUFFIX.match(line.split()[-1]))
        or re.search(r"[\d$:]", line)
    ):
        return []
    return _names(line)


def together(first: list[str], more: list[str]) -> list[str]:
    """Two lists of names as one, each house once."""
    known = {_key(n) for n in first}
    return [*first, *(n for n in more if _key(n) not in known)]


def _key(name: str) -> str:
    house = _HOUSE.search(name)
    found = _SAME.get(house.group(), house.group()) if house else name
    return re.sub(r"[^a-z]", "", found.lower().removeprefix("the "))[:6]


def sellers(text: str, *, known: bool = True) -> str:
    """Who sells by the words of a sentence, joined by "; "; empty when it names nobody."""
    return "; ".join(names(text, known=known))


def names(text: str, *, known: bool = True) -> list[str]:
    """The names that a sentence gives; the known houses in it when those are more."""
    found = max(acting(text), after(text), key=len)
    listed = houses(_OTHER_AGENT.sub("", _plain(text))) if known else []
    return listed if len(listed) > len(found) else found


def has_role(text: str) -> bool:
    """Whether words speak of an agent or underwriter."""
    return bool(_ROLE.search(text))


def _names(window: str) -> list[str]:
    stop = _STOP.search(window)
    window = window[: stop.start()] if stop else window
    out = list[str]()
    for piece in _SPLIT.split(window):
        piece = re.sub(r"^(?:each of )?(?:[Tt]he (?=[A-Z](?!ompany\b|gents?\b)\w+\s[A-Z&]))?", "", piece.strip(" ,."))
        if _SUFFIX.match(piece) or (out and piece.startswith(_SECOND)) or (not out and _LEADS_IN.match(piece)):
            continue
        if not piece[:1].isupper() or _NO_NAME.match(piece) or len(piece) > LONGEST or len(piece) < 3:
            break
        out.append(next((same for house, same in _SAME.items() if house in piece), piece))
    return out
