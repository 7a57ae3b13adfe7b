"""Who else is in the news: the public body (``agency``) and the other company (``counterparty``)."""

from __future__ import annotations

import re

from screener.classify.details.reading import Hit, Notes, Reading

AGENCIES = (
    ("FDA", r"\bFDA\b|food (?:and|&) drug administration"),
    ("EMA", r"\bEMA\b|european medicines agency|\bCHMP\b|\bCOMP\b(?= opinion| positive)"),
    ("European Commission", r"european commission|\bEC (?:approv\w+|grants?|decision)"),
    ("MHRA", r"\bMHRA\b|medicines and healthcare products"),
    ("Health Canada", r"health canada"),
    ("PMDA", r"\bPMDA\b|\bMHLW\b"),
    ("NMPA", r"\bNMPA\b|\bCDE of china\b"),
    ("TGA", r"\bTGA\b|therapeutic goods administration"),
    ("ANVISA", r"\bANVISA\b"),
    ("ANSM", r"\bANSM\b"),
    ("Swissmedic", r"swissmedic"),
    ("BARDA", r"\bBARDA\b|biomedical advanced research and development authority"),
    (
        "NIH",
        r"\bNIH\b|national institutes? of health|\bNI(?:DA|AID|NDS|A|MH|DDK|GMS|AMS|CHD)\b|\bNHLBI\b|national (?:cancer institute|institute (?:on|of) \w+)",
    ),
    ("CDC", r"\bCDC\b|centers for disease control"),
    ("CMS", r"\bCMS\b|centers for medicare"),
    ("DARPA", r"\bDARPA\b"),
    ("Defense Logistics Agency", r"\bDLA\b|defense logistics agency"),
    ("Missile Defense Agency", r"missile defense agency"),
    ("National Security Agency", r"national security agency|\bNSA\b"),
    ("AFRL", r"\bAFRL\b|air force research lab\w*"),
    ("AFWERX", r"\bafwerx\b"),
    ("U.S. Space Force", r"space force|space systems command|space development agency"),
    ("U.S. Air Force", r"(?:u\.?s\.? )?air force|\bUSAF\b"),
    ("U.S. Army", r"(?:u\.?s\.? |\b)army\b(?! depot| corps)|\bDEVCOM\b"),
    ("U.S. Army Corps of Engineers", r"army corps of engineers"),
    (
        "U.S. Navy",
        r"(?:u\.?s\.? |\b)navy\b|naval (?:sea|air|information|surface|undersea|research)|\bNAVSEA\b|\bNAVAIR\b",
    ),
    ("U.S. Marine Corps", r"marine corps"),
    ("U.S. Coast Guard", r"coast guard"),
    ("U.S. Customs & Border Protection", r"customs (?:and|&) border protection|\bCBP\b"),
    ("DHS", r"\bDHS\b|homeland security"),
    ("Department of Veterans Affairs", r"veterans (?:affairs|administration|health)"),
    ("U.S. Department of War", r"department of war\b"),
    ("U.S. Department of Defense", r"department of defen[sc]e|\bDoD\b|defen[sc]e department"),
    ("Pentagon", r"\bpentagon\b"),
    ("U.S. Department of Energy", r"department of energy|\bDOE\b|\bARPA-E\b"),
    ("U.S. Department of the Interior", r"department of the interior"),
    ("NASA", r"\bNASA\b"),
    ("NOAA", r"\bNOAA\b"),
    ("FAA", r"\bFAA\b|federal aviation administration"),
    ("FCC", r"\bFCC\b|federal communications commission"),
    ("FBI", r"\bFBI\b"),
    ("BOEM", r"\bBOEM\b|bureau of ocean energy"),
    ("EPA", r"\bEPA\b|environmental protection agency"),
    ("NRC", r"\bNRC\b|nuclear regulatory commission"),
    ("USDA", r"\bUSDA\b|department of agriculture"),
    ("GSA", r"\bGSA\b|general services administration"),
    ("SBA", r"small business administration"),
    ("NSF", r"national science foundation|\bNSF\b"),
    ("NATO", r"\bNATO\b"),
    ("SEC", r"\bSEC\b|securities and exchange commission"),
    ("DOJ", r"\bDOJ\b|department of justice"),
    ("FTC", r"\bFTC\b|federal trade commission"),
    ("USPTO", r"\bUSPTO\b|(?:u\.?s\.?|united states) patent (?:and|&|office)"),
    ("European Patent Office", r"european patent office|\bEPO\b"),
    ("Japan Patent Office", r"japan(?:ese)? patent office|\bJPO\b"),
    ("Chinese Patent Office", r"chin(?:a|ese) (?:national )?(?:patent office|intellectual property)|\bCNIPA\b"),
    ("Australian Patent Office", r"(?:ip australia|australian patent office)"),
    ("Canadian Intellectual Property Office", r"canadian (?:intellectual property|patent) office"),
)
_AGENCY = re.compile("|".join(f"(?P<a{i}>{body})" for i, (_, body) in enumerate(AGENCIES)), re.I)
_UPPER = re.compile(r"^[A-Z-]{2,6}$")
BODY = re.compile(
    r"\b(?P<b>(?:the )?(?:City|County|State|Province|Government|Ministry|Kingdom|Port|Town|Commonwealth) of (?:the )?"
    r"[A-Z][\w.'’-]+(?: (?:of |and |& )?[A-Z][\w.'’-]+){0,3}"
    r"|(?:[A-Z][\w.'’-]+ ){1,3}(?:County|Department of [A-Z]\w+(?: [A-Z]\w+)?|DOT|Government|Authority|Agency|School District|"
    r"Army Depot|Police Department|Sheriff[’']s Office|Ministry of [A-Z]\w+|Transit Authority|Public Schools|Air Force Base))\b"
)
FDA_WORDS = re.compile(
    r"\b(?:IND|s?NDA|s?BLA|PDUFA|510\(k\)|PMA|De Novo|New Drug Application|Biologics License|NDAs)\b"
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
_PATENT_AT = re.compile("|".join(f"(?P<a{i}>{body})" for i, (_, body) in enumerate(PATENT_AT)), re.I)
_MORE = re.compile(
    r"^(?:'s)?\s?(?:and|&|,|/)\s?(?:the )?(?P<next>EMA|MHRA|FDA|PMDA|Health Canada|European Medicines Agency)\b"
)

_WORD = r"(?:[A-Z][\w.’'®™/+&-]*|[0-9]+[A-Z][\w-]*|[a-z]{1,2}[A-Z][\w®™-]*)"
NAME = rf"(?P<n>{_WORD}(?:,? (?:Inc\.?|LLC|Ltd\.?|L\.?P\.?|Corp\.?|PLC|plc|S\.A\.|AG|GmbH|A/S)(?=[\s,;.)]|$)|\s(?:(?:of|and|&|the|de|for the)\s)?{_WORD}){{0,7}})"
_CUE = {
    "with": rf"\b(?:with|With|WITH)\s(?:(?:the|The|global leader|leading \w+|its|new|U\.S\.|[a-z]+-based)\s){{0,2}}{NAME}",
    "to": rf"\b(?:to|To|for|from|From)\s(?:(?:the|its)\s)?{NAME}",
    "by": rf"\b(?:by|By|BY|from|From)\s(?:(?:the|an affiliate of|affiliates of|funds managed by)\s)?{NAME}",
    "acquire": (
        rf"\b(?:[Aa]cquires?|[Aa]cquired|[Aa]cquiring|ACQUIRES?|[Aa]cquisition of|ACQUISITION OF|[Pp]urchase of|[Bb]uys?|[Mm]erger with|"
        rf"[Ss]take in|[Cc]ombine with|[Ii]nvest(?:ment|s)? in|Acquisition Of)\s(?:(?:a|an|the|The|[0-9.]+%|all|remaining|majority|"
        rf"controlling|interest|stake|shares|stock|of|in|assets|outstanding|certain|substantially)\s){{0,7}}{NAME}"
    ),
    "and": rf"(?:^|\s)(?:and|And|AND|&)\s{NAME}\s(?:[Aa]nnounce|[Ss]ign|[Ee]nter|[Pp]artner|[Cc]ollaborat|[Ll]aunch|[Tt]eam|[Ee]xpand|[Jj]oin|[Ff]orm|[Aa]gree|to\b|TO\b|[Ii]nitiate|[Ee]xecute|[Cc]omplete|[Uu]nveil|Strengthen|Report)",
    "partners": rf"\b(?:[Jj]oins|[Pp]artner(?:s|ed)?(?: with)?|[Ss]elects|[Ee]ngages|[Ii]ntegrates|[Aa]cross|[Tt]aps|[Aa]ppoints)\s{NAME}",
    "first": rf"^{NAME}\s(?:Agrees to Acquire|to Acquire|Enters? into a definitive merger agreement to acquire|Selects|Chooses|Awards|Completes Acquisition|Orders|Approves)",
}
_ORDER = {
    "takeover_target": ("by", "first", "with", "and"),
    "acquisition": ("acquire", "with", "by", "and"),
    "divestiture": ("to", "with", "by"),
    "private_placement": ("by", "with"),
    "equity_line_convertible": ("with", "by"),
    "debt_financing": ("with", "by"),
    "spac_reverse_merger": ("with", "and"),
    "commercial_contract": ("with", "to", "by", "first", "and"),
    "partnership": ("with", "and", "partners", "by", "to"),
    "licensing": ("with", "and", "to", "by"),
    "litigation": ("with", "against", "by"),
    "crypto_ai_treasury": ("with", "partners", "by"),
    "government_contract": ("with", "by"),
}
_CUE["against"] = rf"\b(?:[Aa]gainst|AGAINST)\s{NAME}"
_PATTERNS = {name: re.compile(body) for name, body in _CUE.items()}
_TAIL = re.compile(
    r"\s(?:Announces?|Enters?|Signs?|To|In|For|As|On|At|With|By|Under|Through|Over|During|Into|Via|Following|Valued|Worth|Agree\w*|"
    r"Partner(?:s|ship)?|Collaborat\w+|Strategic|Definitive|Agreement|Expand\w*|Launch\w*|Unlocking|and (?:[A-Z]\w+(?:s|ing))(?=\s)).*$"
)
_NOT_NAMES = frozenset(
    "the a an new first its multi us u.s. our nasdaq nyse fda phase q1 q2 q3 q4 total gross approximately up one two three "
    "leading global strategic major multiple january february march april may june july august september october november "
    "december data positive patients immediate full additional additionally company shareholders stockholders rule section common "
    "stock shares offering public ai cash investors institutional market advance accelerate develop support strengthen drive "
    "deliver provide expand power".split()
)


def find_agency(kind: str, reading: Reading, notes: Notes) -> None:
    """Put ``agency`` in its usual short form; two regulators side by side are joined with "; "."""
    hit = _agency(reading, _AGENCY)
    if hit and hit.match.lastgroup and (hit.field == "title" or kind not in ("government_contract", "patent")):
        name = AGENCIES[int(hit.match.lastgroup[1:])][0]
        more = _MORE.match(hit.match.string[hit.match.end() :])
        if more:
            end = hit.match.end() + more.end()
            other = "EMA" if more["next"].startswith("Eur") else more["next"]
            notes.put("agency", f"{name}; {other}", hit.place()._replace(end=end))
            return
        notes.put("agency", name, hit.place())
        return
    if kind == "government_contract":
        body = reading.find(BODY)
        if body:
            notes.put("agency", body.match["b"].removeprefix("the "), body.place("b"))
    if kind == "patent":
        at = reading.find(_PATENT_AT)
        if at and at.match.lastgroup:
            notes.put("agency", PATENT_AT[int(at.match.lastgroup[1:])][0], at.place())
    elif hit and hit.match.lastgroup:
        notes.put("agency", AGENCIES[int(hit.match.lastgroup[1:])][0], hit.place())
    elif kind in ("regulatory_submission", "regulatory_approval", "trial_progress", "clinical_hold"):
        words = reading.find(FDA_WORDS)
        if words:
            notes.put("agency", "FDA", words.place())


def _agency(reading: Reading, pattern: re.Pattern[str]) -> Hit | None:
    """The first agency; an acronym must stand in capitals ("dod", "comp" and "sec" are words)."""
    for hit in reading.all(pattern, 10):
        text = hit.match.group()
        if len(text) > 6 or _UPPER.match(text) or text in ("DoD", "Navy", "Army", "army", "navy", "NAVY"):
            return hit
    return None


def find_counterparty(kind: str, reading: Reading, notes: Notes) -> None:
    """Put ``counterparty`` (``acquirer`` too for a takeover) from the title's prepositions."""
    for cue in _ORDER.get(kind, ()):
        for match in _PATTERNS[cue].finditer(reading.title):
            name = _clean(match["n"])
            if name:
                start = match.start("n")
                place = Hit("title", match).place("n")._replace(end=start + len(name))
                notes.put("counterparty", name, place)
                if kind == "takeover_target":
                    notes.put("acquirer", name, place)
                return


def _clean(raw: str) -> str:
    name = _TAIL.sub("", raw).rstrip(" ,-&’'")
    for ending in ("’s", "'s"):
        name = name.removesuffix(ending)
    first = name.split(" ")[0].lower().rstrip(",.")
    return "" if first in _NOT_NAMES or len(name) < 2 or first.startswith(("$", "us$")) else name
