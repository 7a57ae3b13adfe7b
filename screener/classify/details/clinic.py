"""Facts of drugs and trials: phase, endpoint, p-value, participants, indication, drug, designation.

Phases are written "1", "1/2", "1b/2a", "2b", "3": Roman numerals become digits and "pivotal" is no phase.
"""

from __future__ import annotations

import re

from screener.classify.details.reading import Notes, PatternMatch, Place, Reading

PHASE = re.compile(
    r"\bphase[\s -]{0,2}(?P<a>iv|i{1,3}|[1-4])(?P<as>[ab])?"
    r"(?:\s?[/–&-]\s?(?:phase\s)?(?P<b>iv|i{1,3}|[1-4])(?P<bs>[ab])?)?(?![a-z0-9])",
    re.I,
)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_TRIAL = re.compile(
    r"trial|study|studies|clinical|patient|data|result|dos(?:ed|ing)|enrol|placebo|efficacy|drug|therap|program|"
    r"evaluat|treat|cohort|cancer",
)
_NOT_TRIAL = re.compile(
    r"sbir|sttr|small business innovation|construction|drill|feasibility|environmental|expansion of"
)
_END_OF = re.compile(r"(?:end[\s-]of[\s-]|post-|completed )$")

_ENDPOINT = (
    r"(?:(?:co-?|key )?(?:primary|main)(?: and (?:key )?secondary)?(?: \w+){0,2} )(?:end ?points?"
    r"|objectives?|outcomes?(?: measures?)?)"
)
MISSED = re.compile(
    rf"\b(?:(?:did|does|do|has|have|had|was|were) ?(?:not|n[’']t)(?: \w+)?|not|failed to|fail(?:s"
    rf"|ed|ing)? to|failure to|"
    rf"narrowly|without|unable to)\s(?:\w+ )?(?:meet|met|meeting|achiev\w+|reach\w*|attain\w*|hit|satisf\w+)\s"
    rf"(?:\w+ ){{0,5}}?(?P<e>{_ENDPOINT})"
    rf"|\b(?:miss(?:es|ed|ing)?|fail(?:s|ed) on|fails?)\s(?:\w+ ){{0,3}}?{_ENDPOINT}"
    rf"|{_ENDPOINT}\s(?:\([^)]{{0,60}}\)\s)?(?:of [^.;]{{0,120}}? )?(?:(?:was|were|has|have|did)(?: been)? ?)?(?:not"
    rf"|n[’']t) "
    rf"(?:been )?(?:met|meet|achieved?|reach\w*|statistically|significant)"
    rf"|{_ENDPOINT}\s(?:(?:was|were|is) )?(?:missed|unmet)\b",
    re.I,
)
MET = re.compile(
    rf"\b(?:meets?|met|meeting|achiev(?:es|ed|ing|ement of)|reach(?:es|ed)|hits?|satisf(?:ies|ied)"
    rf"|success(?:ful)? (?:in|on))\s"
    rf"(?:\w+ ){{0,5}}?{_ENDPOINT}"
    rf"|{_ENDPOINT}\s(?:\([^)]{{0,60}}\)\s)?(?:of [^.;]{{0,120}}? )?(?:(?:was|were|has been|have been|being) )?"
    rf"(?:successfully )?(?:met|achieved|reached)\b",
    re.I,
)
_ENDPOINT_DEPTH = 6_000
_HOPED = re.compile(r"\b(?:if|should|whether|would|could|may|expect(?:s|ed)? to|aims? to|designed to|likely to|to)\s$")
P_VALUE = re.compile(r"\bp[\s -]?(?:values?)?\s?(?:of\s)?(?P<op>[<>=≤≥]{1,2})?\s?(?P<p>0?\.[0-9]{1,8})\b", re.I)
N = re.compile(
    r"\b[nN]\s?=\s?(?P<a>[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,6})\b"
    r"|\b(?:enrolled|randomized|randomised|included|treated|dosed|in)\s"
    r"(?:a total of |approximately )?(?P<b>[0-9]{1,3}(?:,[0-9]{3}){1,3}"
    r"|[0-9]{2,5})\s"
    r"(?:\w+ ){0,2}?(?:patients|participants|subjects|adults|children|volunteers)\b"
    r"|\b(?P<c>[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{2,5})[\s-](?:patient|participant|subject)s?\b",
)
DESIGNATIONS = (
    ("Breakthrough Therapy", r"breakthrough therapy(?! drug candidates)"),
    ("Breakthrough Device", r"breakthrough devices?"),
    ("Fast Track", r"fast[\s-]track"),
    ("RMAT", r"regenerative medicine advanced therapy|\bRMAT\b"),
    ("Rare Pediatric Disease", r"rare p(?:a)?ediatric(?: disease)?"),
    ("Orphan Drug", r"orphan(?: drug| medicinal product| designation| status)"),
    ("Priority Review", r"priority review(?! voucher)"),
    ("Priority Review Voucher", r"priority review voucher"),
    ("PRIME", r"\bPRIME (?:designation|status|scheme)|priority medicines"),
    ("Accelerated Approval", r"accelerated approval (?:pathway|designation)"),
    ("Innovation Passport", r"innovation passport"),
    ("QIDP", r"qualified infectious disease product|\bQIDP\b"),
    ("Sakigake", r"sakigake"),
    ("Humanitarian Use Device", r"humanitarian use device"),
    ("UKCA", r"\bUKCA\b"),
    ("National Priority Voucher", r"national priority voucher"),
)
_DESIGNATION = re.compile(
    r"(?<!\w)(?:" + "|".join(f"(?P<d{i}>{body})" for i, (_, body) in enumerate(DESIGNATIONS)) + ")", re.I
)
INDICATION = re.compile(
    r"\b(?i:for (?:the )?(?:[\w-]+ ){0,3}?(?:treatment|prevention|management|therapy) of|(?:to|for) treat(?:ing)?|"
    r"in (?:adult |pediatric )?(?:patients|participants|adults|children|subjects|people|women|men) "
    r"(?:with|who have|living with|undergoing)|"
    r"trial (?:of [\w-]+ )?in|study (?:of [\w-]+ )?in|indicated for|"
    r"designation (?:for [\w-]+ )?in|(?:data|results|activity|trial|study) in)\s"
    r"(?i:(?:adult |pediatric )?(?:patients|participants|adults|children|subjects|people|women|men) "
    r"(?:with|who have|living with|undergoing)\s)?"
    r"(?!(?i:combination|part|support)\b)(?P<i>(?:[A-Za-z][\w’'/+-]*(?: \([A-Z][A-Za-z0-9-]{1,11}\))?[ ]?){1,7})",
)
_STOP = re.compile(
    r"\s(?:at|in|and (?:reports?|announces?|provides?|initiat\w+|plans?|expects?|completes?)|by"
    r"|from|with(?! (?!severe|"
    r"moderate)\w+)|following|as|who|that|which|to|for|on|under|after|during|is|was|were|are|has"
    r"|have|based|including|"
    r"presented|today|using|demonstrat\w+|show\w+|announced|met|did|the)\b.*$",
    re.I,
)
CODE = re.compile(
    r"\b(?!COVID|PD-|IL-|CD[0-9]|HER2|SARS|HPV|GLP|KRAS|EGFR|FORM|GAAP|TNF|TYPE|PHASE)[A-Z]{2,6}-?[0-9]{2,6}[A-Z]{0,2}\b"
)
GENERIC = re.compile(
    r"(?:\b(?P<brand>[A-Za-z][\w-]{2,20})[®™]{1,2}\s?\(|[(\s])(?P<g>[a-z]{3,18}(?:mab|tinib|ciclib"
    r"|parib|gliptin|glutide|"
    r"lisib|rafenib|degib|sertib|stat|vir|virine|cept|kinra|limus|oxetine|azole|prazole|sartan"
    r"|pril|olol|dipine|setron|"
    r"triptan|caine|mycin|cillin|floxacin|cycline|gene [a-z]{3,20}(?:vec|cel)|leucel|nersen|siran|tide|rsen|fenib|"
    r"tegrast|lukast|flurane|barbital|azepam|racetam|peridone|piprazole|afil|zumab|nib|citabine"
    r"|platin|taxel|rubicin))\b"
)


def phase_of(hit: PatternMatch) -> str:
    """The normal form of a match of ``PHASE``: "Phase Ib / IIa" is "1b/2a"."""
    group = hit.match.groupdict()
    parts = []
    for number, letter in (("a", "as"), ("b", "bs")):
        if group[number]:
            digit = _ROMAN.get(group[number].lower(), group[number])
            parts.append(digit + (group[letter] or "").lower())
    return "/".join(dict.fromkeys(parts))


def find_phase(reading: Reading, notes: Notes, *, sure: bool) -> None:
    """Put ``phase``. Outside the trial types (``sure`` false) only words about a trial make it one."""
    if not reading.has("phase"):
        return
    for hit in reading.all(PHASE, 8):
        near = hit.before(30) + hit.after(70)
        if _END_OF.search(hit.before(12)) or _NOT_TRIAL.search(near):
            continue
        if sure or _TRIAL.search(hit.after(70)) or _TRIAL.search(hit.before(60)):
            notes.put("phase", phase_of(hit), hit.place())
            return


def find_endpoint(reading: Reading, notes: Notes) -> tuple[bool, Place] | None:
    """Put ``endpoint_met`` and return it with its place.

    The headline speaks before the text, whose later part may tell of an older trial; in each a miss weighs more than a
    success.
    """
    if not reading.has("endpoint", "end point", "objective", "outcome"):
        return None
    for field, text in (("title", reading.title), ("text", reading.text[:_ENDPOINT_DEPTH])):
        for pattern, met in ((MISSED, False), (MET, True)):
            match = pattern.search(text)
            if match and not (met and _HOPED.search(PatternMatch(field, match).before(24))):
                place = PatternMatch(field, match).place()
                notes.put("endpoint_met", met, place)
                return met, place
    return None


def find_numbers(reading: Reading, notes: Notes) -> None:
    """Put ``p_value`` (the first stated, with ``p_value_is_max`` for "p<") and ``n``."""
    hit = reading.find(P_VALUE) if reading.has("p=", "p =", "p<", "p <", "p-v", "p v", "p≤", "p ≤", "p of") else None
    if hit:
        notes.put("p_value", float(hit.match["p"]), hit.place())
        if "<" in (hit.match["op"] or "") or "≤" in (hit.match["op"] or ""):
            notes.put("p_value_is_max", True, hit.place())
    for hit in reading.all(N, 3):
        digits = next(value for value in hit.match.groups() if value)
        notes.put("n", int(digits.replace(",", "")), hit.place())
        return


def find_designation(reading: Reading, notes: Notes) -> None:
    hit = reading.find(_DESIGNATION)
    if hit and hit.match.lastgroup:
        notes.put("designation", DESIGNATIONS[int(hit.match.lastgroup[1:])][0], hit.place())


def find_drug(reading: Reading, notes: Notes) -> None:
    """Put ``drug``: a development code (ABC-123) or a generic name; and ``indication``."""
    hit = reading.find(CODE)
    if hit and hit.field == "title":
        notes.put("drug", hit.match.group(), hit.place())
    generic = reading.find(GENERIC)
    if generic:
        notes.put("drug", generic.match["g"], generic.place("g"))
    if hit:
        notes.put("drug", hit.match.group(), hit.place())
    where = reading.find(INDICATION)
    if where:
        raw = where.match["i"]
        words = _STOP.sub("", raw).rstrip(" ,.-")
        start = where.match.start("i")
        if len(words) > 3:
            place = where.place("i")._replace(end=start + len(words))
            notes.put("indication", words, place)
