"""The public body in the news (``agency``): regulator, buyer, patent office, in its usual short form."""

from __future__ import annotations

import re

from screener.classify.details.reading import Notes, Place, Reading

#: Usual short form -> how it is written. Acronyms stand in capitals; phrases in any case.
AGENCIES: dict[str, tuple[str, ...]] = {
    "FDA": ("FDA", "food and drug administration", "food & drug administration"),
    "EMA": ("EMA", "CHMP", "european medicines agency"),
    "European Commission": ("european commission",),
    "MHRA": ("MHRA", "medicines and healthcare products regulatory"),
    "Health Canada": ("health canada",),
    "PMDA": ("PMDA", "MHLW", "pharmaceuticals and medical devices agency"),
    "NMPA": ("NMPA", "national medical products administration"),
    "TGA": ("TGA", "therapeutic goods administration"),
    "ANVISA": ("ANVISA",),
    "ANSM": ("ANSM",),
    "Swissmedic": ("swissmedic",),
    "BARDA": ("BARDA", "biomedical advanced research and development authority"),
    "NIH": (
        "NIH", "NIDA", "NIAID", "NINDS", "NIA", "NIMH", "NIDDK", "NIGMS", "NIAMS", "NICHD", "NHLBI", "NCI",
        "national institutes of health", "national institute of health", "national cancer institute",
        "national institute on", "national institute of neurological", "national institute of allergy",
        "national heart, lung",
    ),
    "CDC": ("CDC", "centers for disease control"),
    "CMS": ("CMS", "centers for medicare"),
    "DARPA": ("DARPA", "defense advanced research projects"),
    "Defense Logistics Agency": ("DLA", "defense logistics agency"),
    "Missile Defense Agency": ("missile defense agency",),
    "National Security Agency": ("NSA", "national security agency"),
    "AFRL": ("AFRL", "air force research laboratory"),
    "AFWERX": ("AFWERX",),
    "U.S. Space Force": (
        "u.s. space force", "us space force", "space force", "space systems command", "space development agency"),
    "U.S. Air Force": ("u.s. air force", "us air force", "air force", "USAF"),
    "U.S. Army Corps of Engineers": ("u.s. army corps of engineers", "army corps of engineers"),
    "U.S. Army": ("u.s. army", "us army", "army", "DEVCOM"),
    "U.S. Navy": (
        "u.s. navy", "us navy", "navy", "NAVSEA", "NAVAIR", "naval sea systems", "naval air", "naval research", "naval surface"),
    "U.S. Marine Corps": ("u.s. marine corps", "marine corps"),
    "U.S. Coast Guard": ("u.s. coast guard", "coast guard"),
    "U.S. Customs & Border Protection": ("CBP", "u.s. customs", "customs and border protection", "customs & border protection"),
    "DHS": ("DHS", "department of homeland security", "homeland security"),
    "Department of Veterans Affairs": ("department of veterans affairs", "veterans affairs", "veterans health administration"),
    "U.S. Department of War": ("u.s. department of war", "department of war"),
    "U.S. Department of Defense": ("u.s. department of defense", "department of defense", "department of defence", "DoD", "DOD"),
    "Pentagon": ("pentagon",),
    "U.S. Department of Energy": ("u.s. department of energy", "department of energy", "DOE", "ARPA-E"),
    "U.S. Department of the Interior": ("department of the interior",),
    "NASA": ("NASA",),
    "NOAA": ("NOAA",),
    "FAA": ("FAA", "federal aviation administration"),
    "FCC": ("FCC", "federal communications commission"),
    "FBI": ("FBI", "federal bureau of investigation"),
    "BOEM": ("BOEM", "bureau of ocean energy"),
    "EPA": ("EPA", "environmental protection agency"),
    "NRC": ("NRC", "nuclear regulatory commission"),
    "USDA": ("USDA", "department of agriculture"),
    "GSA": ("GSA", "general services administration"),
    "NSF": ("NSF", "national science foundation"),
    "NATO": ("NATO",),
    "SEC": ("SEC", "securities and exchange commission"),
    "DOJ": ("DOJ", "department of justice"),
    "FTC": ("FTC", "federal trade commission"),
    "USPTO": (
        "USPTO", "u.s. patent and trademark office", "us patent and trademark office", "us patent & trademark office",
        "u.s. patent & trademark office", "united states patent and trademark office", "u.s. patent office",
    ),
    "European Patent Office": ("EPO", "european patent office"),
    "Japan Patent Office": ("JPO", "japan patent office", "japanese patent office"),
    "Chinese Patent Office": ("CNIPA", "chinese patent office", "china national intellectual property"),
    "Australian Patent Office": ("australian patent office", "ip australia"),
    "Canadian Intellectual Property Office": ("canadian intellectual property office", "canadian patent office"),
}  # fmt: skip
_BY_WORD: dict[str, list[tuple[str, str]]] = {}
for _name, _written in AGENCIES.items():
    for _phrase in _written:
        _BY_WORD.setdefault(re.split(r"[^\w]", _phrase)[0].lower(), []).append((_phrase, _name))
for _choices in _BY_WORD.values():
    _choices.sort(key=lambda choice: -len(choice[0]))
_WORD_START = re.compile(r"(?<![\w-])\w+")
_AGENCY_DEPTH = 3_000
BODY = re.compile(
    r"\b(?P<b>(?:the )?(?:City|County|State|Province|Government|Ministry|Kingdom|Port|Town|Commonwealth) of (?:the )?"
    r"[A-Z][\w.'’-]{1,30}(?: (?:of |and |& )?[A-Z][\w.'’-]{1,30}){0,3}"
    r"|(?:[A-Z][\w.'’-]{1,30} ){1,3}(?:County|Department of [A-Z]\w+(?: [A-Z]\w+)?|DOT|Government|Authority"
    r"|Agency|School District|"
    r"Army Depot|Police Department|Sheriff[’']s Office|Ministry of [A-Z]\w+|Transit Authority|Public Schools"
    r"|Air Force Base))\b"
)
FDA_WORDS = re.compile(
    r"\b(?:IND|s?NDA|s?BLA|PDUFA|510\(k\)|PMA|De Novo|New Drug Application|Biologics License|NDAs)(?!\w)"
)
PATENT_AT = (
    (
        "European Patent Office",
        r"\b(?:in|for|by) (?:the )?(?:europe|eu)\b|\beuropean (?:union )?patent|intention to grant|decision to grant",
    ),
    ("Japan Patent Office", r"\b(?:in|for) japan\b|\bjapan(?:ese)? patent"),
    ("Chinese Patent Office", r"\b(?:in|for) china\b|\bchinese patent"),
    ("Canadian Intellectual Property Office", r"\b(?:in|for) canada\b|\bcanadian patent"),
    ("Australian Patent Office", r"\b(?:in|for) australia\b|\baustralian? patent"),
    ("USPTO", r"\b(?:in the )?(?:u\.?s\.?|united states)(?: \w+)? patent|notice of allowance|patent number|patent no"),
)
_PATENT_AT = re.compile(
    r"(?<!\w)(?:" + "|".join(f"(?P<a{i}>{body})" for i, (_, body) in enumerate(PATENT_AT)) + ")", re.I
)
_MORE = re.compile(
    r"^(?:'s)?\s?(?:and|&|,|/)\s?(?:the )?(?P<next>EMA|MHRA|FDA|PMDA|Health Canada|European Medicines Agency)\b"
)


def find_agency(mode: str, reading: Reading, notes: Notes) -> None:
    """Put ``agency`` in its usual short form; two regulators side by side are joined with "; ".

    ``mode`` says whose news it is: a ``public_body`` may be any city or ministry, a ``patent_office`` goes by the country,
    a ``regulator`` by its applications; ``named`` takes only a body that is named.
    """
    found = _agency(reading)
    office = mode == "patent_office" and found is not None and "atent" not in found[0] and found[0] not in _OFFICES
    if found and not office and (found[1].field == "title" or mode != "public_body"):
        _put_agency(found, reading, notes)
        return
    if mode == "public_body":
        body = reading.find(BODY)
        if body:
            notes.put("agency", body.match["b"].removeprefix("the "), body.place("b"))
        elif found:
            notes.put("agency", *found)
    elif mode == "patent_office":
        at = reading.find(_PATENT_AT)
        if at and at.match.lastgroup:
            notes.put("agency", PATENT_AT[int(at.match.lastgroup[1:])][0], at.place())
    elif mode == "regulator":
        words = reading.find(FDA_WORDS)
        if words:
            notes.put("agency", "FDA", words.place())


_OFFICES = ("USPTO", "Canadian Intellectual Property Office")


def _put_agency(found: tuple[str, Place], reading: Reading, notes: Notes) -> None:
    name, place = found
    text = reading.title if place.field == "title" else reading.text
    more = _MORE.match(text[place.end : place.end + 60])
    if more:
        other = "EMA" if more["next"].startswith("Eur") else more["next"]
        name, place = f"{name}; {other}", place._replace(end=place.end + more.end())
    notes.put("agency", name, place)


def _agency(reading: Reading) -> tuple[str, Place] | None:
    """The first agency of the title, else of the text's opening, looked up by its first word; no "army of fans"."""
    for field, text in (("title", reading.title), ("text", reading.text[:_AGENCY_DEPTH])):
        for match in _WORD_START.finditer(text):
            choices = _BY_WORD.get(match.group().lower())
            for phrase, name in choices or ():
                end = match.start() + len(phrase)
                words = text[match.start() : end]
                same = words == phrase if phrase[:2].isupper() or phrase == "DoD" else words.lower() == phrase
                if same and not text[end : end + 1].isalnum() and text[end : end + 4].lower() != " of ":
                    return name, Place(field, match.start(), end)
    return None
