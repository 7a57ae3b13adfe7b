"""The tone of results: good and bad words counted, negation turned round.

For the types where the event itself says nothing (results, outlook, readouts). Words of the headline count three
times those of the opening of the text. It is a lexicon and nothing more: every counted word can be shown.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from screener.classify.details.reading import PatternMatch, Place, Reading

NEGATED = re.compile(
    r"\b(?:not|no|n[’']t|never|without|lack of|absence of|fail(?:s|ed|ing|ure)? to|unable to|neither"
    r"|less than|yet to|despite)"
    r"(?:\s[\w-]+){0,2}\s$",
)
_AMOUNT = r"(?:[$€£]?[0-9][0-9.,]*\s?(?:%|percent|million|billion|x|fold|-fold)?\s?)"
_GOOD_LINE = (
    r"(?:revenues?|sales|profits?|income|earnings|ebitda|eps|margins?|bookings|backlog|orders|production"
    r"|cash(?: position| flow)?|"
    r"deposits|subscribers|customers|results|arr|volumes?|loans|assets under management|enrol?lments?)"
)
_BAD_LINE = r"(?:net |operating |adjusted ){0,4}(?:loss(?:es)?|expenses|costs|debt|cash burn|charge-offs)"
_UP = (
    r"(?:increas(?:es?|ed|ing)|grew|grows?|growing|growth|ris(?:es?|ing)|rose|up|climb(?:s|ed)?"
    r"|jump(?:s|ed)?|surg(?:es?|ed|ing)|"
    r"soar(?:s|ed)?|gain(?:s|ed)?|expand(?:s|ed)?|improv(?:es?|ed|ement|ing)|doubl(?:es?|ed|ing)"
    r"|tripl(?:es?|ed|ing)|accelerat\w+|"
    r"exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|higher|rebound(?:s|ed)?|skyrocket\w*)"
)
_DOWN = (
    r"(?:decreas(?:es?|ed|ing)|declin(?:es?|ed|ing)|fell|falls?|falling|drop(?:s|ped)?|down|lower"
    r"|shrank|shrinks?|slump(?:s|ed)?|"
    r"plung(?:es?|ed)|slid(?:es?)?|tumbl(?:es?|ed|ing)|sinks?|sank|slip(?:s|ped)?|dip(?:s|ped)?|"
    r"crater(?:s|ed)?|contract(?:s|ed|ion)|weak(?:er|ens|ened|ness)?|soft(?:er|ness)?"
    r"|reduc(?:es?|ed|tion)|narrow(?:s|ed|ing)?)"
)
_GAP = r"(?:\s[\w$€£.,%()’'/&-]+){0,6}?\s"
RESULTS = re.compile(
    r"(?<!\w)(?:"
    rf"(?P<good>\b{_GOOD_LINE}{_GAP}(?:to )?{_UP}\b|\b{_UP}(?:\s[\w$€£.,%()’'/&-]+){{0,5}}?\s{_GOOD_LINE}\b"
    rf"|\b{_BAD_LINE}{_GAP}(?:{_DOWN}|improv\w+)\b|\b(?:{_DOWN}|improv\w+)(?:\s[\w$€£.,%()’'/&-]+){{0,4}}?\s{_BAD_LINE}\b"
    r"|\brecord(?:-breaking|-setting)?\b(?! date| holder|s? of )|\bstrong(?:er|est)?\b|\brobust\b"
    r"|\boutstanding\b(?! shares| common| debt)|\bexceptional\b|\bsolid\b(?! tumou?r)"
    r"|\bbeats?\b|\bexceed(?:s|ed|ing)? (?:\w+ ){0,3}(?:expectations|guidance|estimates|consensus"
    r"|forecasts?)|\bshatter(?:s|ed)?\b"
    r"|\b(?:achiev|return|reach|post|deliver)\w* (?:\w+ ){0,3}profit(?:ability)?|\bprofitab(?:le"
    r"|ility)\b|\bpositive (?:\w+ ){0,2}(?:results|data|topline|"
    r"net earnings|ebitda|cash flow|net income|earnings|operating|free cash)|\braise[sd]? (?:[\w-]+ ){0,5}(?:guidance"
    r"|outlook|forecast)|\bincreases? (?:[\w-]+ ){0,4}(?:guidance|outlook)"
    r"|\bdouble-digit (?:\w+ )?growth|\byear-over-year (?:\w+ )?growth|\brevenue growth\b|\b[0-9.]+% (?:\w+ ){0,2}(?:growth"
    r"|increase)\b|\bgrowth of [0-9]|\brecord-high\b|\b[0-9]+x increase\b"
    r"|\bmilestone\b|\bnet income of\b|\breports? net income\b|\b(?:\d+|more than) .{0,15}\bsold within\b"
    r"|\bup (?:approximately )?[0-9.]+%"
    r"|\breached agreement\b|\bgranted priority review\b|\bcommercial launch\b|\bachieved [$€]?[0-9]"
    r"|\bapproach pre-pandemic|\b(?:swings?|swung|turns?|moves?|back) (?:in)?to (?:an? )?(?:\w+ )?profit\w*"
    r"|\b(?:above|ahead of|tops?|topped) (?:\w+ ){0,3}(?:expectations|estimates|consensus|forecasts?|guidance))"
    rf"|(?P<bad>\b{_GOOD_LINE}{_GAP}(?:to )?{_DOWN}\b|\b{_DOWN}(?:\s[\w$€£.,%()’'/&-]+){{0,4}}?\s{_GOOD_LINE}\b"
    rf"|\b{_BAD_LINE}{_GAP}(?:{_UP}|widen\w*)\b|\bwid(?:er|ens?|ened|ening)(?:\s\w+){{0,2}}\sloss\w*"
    r"|\bmiss(?:es|ed)?\b (?:\w+ ){0,3}(?:expectations|estimates|guidance|consensus)|\bbelow (?:\w+ ){0,3}(?:expectations"
    r"|estimates|guidance|consensus|prior)"
    r"|\bdisappoint\w+|\bshortfall\b|\bimpairment\b|\b(?:lower|cut|reduce|withdraw|suspend|trim|slash)(?:s"
    r"|ed|ing)? (?:[\w-]+ ){0,5}(?:guidance|outlook|forecast)"
    r"|\bprofit warning\b|\bheadwinds?\b"
    r"|\b(?:swings?|swung|slips?|slipped|turns?|falls?|fell) (?:back )?(?:in)?to (?:an? )?(?:\w+ )?loss\w*"
    r"|\b(?:short of|under) (?:\w+ ){0,2}(?:expectations|estimates|forecasts?|consensus)|\bloss(?:es)? (?:deepens?|balloons?))"
    r")",
    re.I,
)
READOUT = re.compile(
    r"(?<!\w)(?:"
    r"(?P<good>\bpositive(?! for\b|ly)|\bmet\b|\bmeets?\b|\bachiev\w+|\bsignificant(?:ly)?\b|\bdemonstrat\w+"
    r"|\bimprov\w+|\bencouraging\b|\bpromising\b|"
    r"\bpromise\b|\bdurable\b|\bfavou?rabl\w+|\bwell[- ]tolerated\b|\brobust\b|\bsuperior\w*|\bsuccess\w*"
    r"|\breduc(?:es|ed|tion|tions|ing)\b|"
    r"\befficacy of\b|\bbenefits?\b|\bsurvival\b|\bresponses?\b|\bremissions?\b|\blandmark\b|\bcompelling\b"
    r"|\bstrong\b|\bconfirm(?:s|ed|ing)?\b|"
    r"\beffective(?:ness)?\b|\bpotential\b|\bsafe\b|\bsafety and\b|\bshow(?:s|ed|ing|n)? (?:\w+ ){0,4}(?:activity"
    r"|benefit|efficacy|improvement|best)|"
    r"\bbest-in-class\b|\bprotect\w*|\bmatch(?:es|ed)\b|\bhighest\b|\b(?:[0-9]{2,3})% (?:survival"
    r"|remission|response|reduction|improvement|of patients)|"
    r"\brapid\b|\bdeep\b|\bsupport(?:s|ing)?\b|\bencourag\w+|\bprevent(?:s|ed|ion)\b|\bclear(?:s"
    r"|ed)? (?:a )?path|\bno serious adverse|\bno dose[- ]limiting|\bgreater\b|\bincreas\w+|\bactivity\b"
    r"|\bfindings\b|"
    r"\bbreakthrough\b|\bvalidat\w+|\bnew data\b|\bhighlights?\b|\benhanc\w+|\belimina\w+|\bcomplete responses?\b"
    r"|\bpresents\b|\bunveils\b|\b(?:cut|cuts|slow(?:s|ed)|shr[aiu]nks?|halv(?:es|ed)|lower(?:s|ed)|outperform\w*|beats?) "
    r"|\b(?:mean|average|median) weight loss\b)"
    r"|(?P<bad>(?<!who )(?<!have )(?<!had )(?<!-)\bfail(?:s|ed|ure to)\b(?! (?:prior|previous|standard"
    r"|at least|one|two|first|hma))|\bmiss(?:es|ed)\b|\bfutil\w+|\bdiscontinu\w+|\bterminat\w+"
    r"|\bhalt\w*|\binsufficient\b|\bdisappoint\w+|\bworse\w*|"
    r"\bdeaths?\b(?! or progression)|\bserious adverse events?\b|\bnot statistically\b|\bsetback\b"
    r"|\b(?:falls?|fell) short\b|\bunmet\b|\bno (?:significant|difference|benefit)|\bunexpected(?:ly)? high placebo)"
    r")",
    re.I,
)


_NOT = r"(?:not|n[’']t|no longer|never|fail(?:s|ed|ure|ing)? to|unable to|without)"
TRIAL_BAD = re.compile(
    rf"\b{_NOT}\s(?!yet)(?:\w+ ){{0,2}}(?:achiev\w+|meet|met|show\w*|demonstrat\w+|improve|separate"
    rf"|differ\w*|support\w*|"
    r"statistical\w* significan\w+|significan\w+)|"
    r"\bno (?:statistically |clinically )?(?:significant|meaningful|difference|benefit|improvement"
    r"|effect|efficacy|clear)|"
    r"\b(?:lack of|insufficient) (?:efficacy|benefit|effect)|\bfutil\w+|\bdisappoint\w+|\binferior\b(?<!non-inferior)"
    r"|"
    r"\b(?:trial|study|drug|program) fail(?:s|ed|ure)\b|\bfailed (?:trial|study|phase)|\bfails in\b|"
    r"\bmiss(?:es|ed)\b|\bsetback\b|\bstatistical significance was not|\bnot statistically significant"
    r"|\bdid not separate",
    re.I,
)
LEXICONS = {"results": RESULTS, "readout": READOUT}


class ToneScore(NamedTuple):
    """``score`` above 0 is good; ``place`` is the first word on the winning side."""

    score: int
    place: Place | None


def tone(reading: Reading, pattern: re.Pattern[str], depth: int) -> ToneScore:
    """The tone of the headline and of the first ``depth`` characters of the text."""
    score = 0
    first: dict[bool, Place] = {}
    for field, text, weight in (("title", reading.title, 3), ("text", reading.text[:depth], 1)):
        for match in pattern.finditer(text):
            hit = PatternMatch(field, match)
            good = match.lastgroup == "good"
            if NEGATED.search(hit.before(40)):
                good = not good
            score += weight if good else -weight
            first.setdefault(good, hit.place())
    return ToneScore(score, first.get(score > 0) if score else None)
