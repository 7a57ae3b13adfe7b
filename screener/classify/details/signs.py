"""The words that decide polarity, by type: the table behind :mod:`screener.classify.details.polarity`.

A rule is a sign, a pattern and how far to look: 0 is the headline alone, a number the first characters of the text
too. The first rule that matches decides; a type without a match has its prior.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Sign(NamedTuple):
    """``sign`` when ``pattern`` is found in the headline or in the first ``depth`` characters of the text."""

    sign: str
    pattern: re.Pattern[str]
    depth: int = 0


def _sign(sign: str, pattern: str, depth: int = 0) -> Sign:
    return Sign(sign, re.compile(pattern, re.I), depth)


PRIOR: dict[str, str] = {
    kind: sign
    for sign, kinds in {
        "+": "forward_split buyback dividend insider_buying compliance_regained uplisting index_change "
        "clinical_readout "
        "regulatory_approval regulatory_designation regulatory_submission trial_progress preclinical_data "
        "government_contract commercial_contract partnership licensing product_launch patent takeover_target "
        "acquisition "
        "divestiture spac_reverse_merger mining_result energy_result crypto_ai_treasury debt_financing litigation",
        "-": "reverse_split equity_offering shelf_or_atm equity_line_convertible warrant_exercise listing_deficiency "
        "delisting regulatory_rejection clinical_hold bankruptcy going_concern debt_default restatement late_filing "
        "investigation cyber_incident shareholder_rights",
        "±": "private_placement",
        "0": "earnings guidance management_change auditor_change analyst_action strategic_review trading_halt",
    }.items()
    for kind in kinds.split()
}

OVER = (
    r"\bterminat(?:es?|ed|ion|ing)\b|\bcancel(?:s|led|ed|ling|lation)?\b|\bcall(?:s|ed|ing) off\b"
    r"|\brescind\w*|\babandon\w*|"
    r"\bwithdr(?:aw|ew|awal|awn|aws|awing)\b|\bscrap(?:s|ped)?\b|\bends? (?:its |the )?(?:merger"
    r"|deal|agreement|talks|discussions|"
    r"negotiations|collaboration|partnership|contract)|\b(?:merger|deal|agreement|talks|contract) (?:collapse"
    r"|fall through|ended)|"
    r"\bwalks? away\b|\bnot (?:to )?proceed\w*"
)
_SUPPORT = r"(?:upward|higher|strong\w*|robust|record)"
_NOT = r"(?:not|n[’']t|no longer|never|fail(?:s|ed|ure|ing)? to|unable to|without)"

TRIAL_BAD = (
    rf"\b{_NOT}\s(?!yet)(?:\w+ ){{0,2}}(?:achiev\w+|meet|met|show\w*|demonstrat\w+|improve|separate"
    rf"|differ\w*|support\w*|"
    r"statistical\w* significan\w+|significan\w+)|"
    r"\bno (?:statistically |clinically )?(?:significant|meaningful|difference|benefit|improvement"
    r"|effect|efficacy|clear)|"
    r"\b(?:lack of|insufficient) (?:efficacy|benefit|effect)|\bfutil\w+|\bdisappoint\w+|\binferior\b(?<!non-inferior)"
    r"|"
    r"\b(?:trial|study|drug|program) fail(?:s|ed|ure)\b|\bfailed (?:trial|study|phase)|\bfails in\b|"
    r"\bmiss(?:es|ed)\b|\bsetback\b|\bstatistical significance was not|\bnot statistically significant"
    r"|\bdid not separate"
)
STOPPED = (
    r"\bdiscontinu(?:es?|ed|ing|ation)\b|\bterminat(?:es?|ed|ion|ing)\b|\bhalt(?:s|ed|ing)?\b|\bpaus(?:es?|ed|ing)\b|"
    r"\bsuspend(?:s|ed|ing)?\b|\bsuspension of\b|\b(?:stops|stopped|stopping)\b|\bwithdraw(?:s"
    r"|n|al|ing)?\b|"
    r"\b(?:delays|delayed|delaying|delay (?:in|of|to)) (?:the |its |our )?(?:start|initiation|enrol|trial|study|dosing|data"
    r"|topline|readout|phase|completion)|\b(?:trial|study|enrol\w*|data|readout) delay\w*|"
    r"\bdeprioriti[sz]\w+|\bcease[sd]?\b|\bcancel\w*"
)
NOT_STOPPED = (
    r"\b(?:lift(?:s|ed|ing)?|remov(?:es?|ed|al)|resum(?:es?|ed|ption|ing)|restart\w*|without (?:modification"
    r"|interruption|change)|"
    r"no (?:delay|pause|discontinuation)s?|releas(?:es|ed)|recommend\w* (?:to )?continu\w+|continu\w+ (?:as planned"
    r"|unmodified)|pass(?:es|ed)? (?:\w+ ){0,4}futility|not (?:to be )?(?:halted|paused|delayed"
    r"|discontinued)|early (?:for|due to) "
    r"(?:overwhelming |superior )?efficacy|stopped early for)\b"
)

RULES: dict[str, tuple[Sign, ...]] = {
    "reverse_split": (_sign("+", OVER + r"|\bnot (?:to )?(?:implement|effect|pursue)"),),
    "forward_split": (_sign("-", OVER),),
    "equity_offering": (
        _sign("+", rf"(?:{OVER}|\bpostpon\w+)(?!.*private placement)"),
        _sign(
            "0",
            r"^(?!.*\b(?:common|ordinary)\b).*?\b(?P<w>depositary shares|preferred (?:stock|shares)|perpetual preferred)",
        ),
    ),
    "private_placement": (
        _sign("-", r"\bterminat|\bpric(?:ed|ing|es)\b|\bdiscount\b"),
        _sign(
            "+",
            r"strategic (?:\w+ )?investment|equity investment|\bpremium\b|\bto subscribe\b"
            r"|invests? (?:up to )?(?:an additional )?(?:US)?\$",
        ),
    ),
    "shelf_or_atm": (
        _sign(
            "+",
            rf"(?:{OVER}|\b(?:suspend|reduc|decreas)\w+\b(?=.{{0,40}}(?:at-the-market|\batm\b|program|facility"
            rf"|offering)))",
        ),
        _sign("0", r"\brenew\w*|\btransition|\bbase shelf|\bexpir"),
    ),
    "equity_line_convertible": (
        _sign(
            "+",
            rf"(?:{OVER}|\bextinguish\w*|\bretir(?:es?|ed|ement|ing)\b|\brepa(?:ys?|id|yment)\b|\bredeem\w*"
            rf"|\bredemption\b|\bpa(?:ys|id|ying) off\b|"
            r"\bpayoff\b|\brepurchas\w+|\bclos(?:e|es|ed) ?-?out\b|\bfully satisf\w+|\beliminat\w+|\bdebt-free\b)",
        ),
        _sign("0", r"\bamend\w*|\bconversion rate\b|\binterest payment"),
    ),
    "warrant_exercise": (_sign("0", r"\bredemption\b|\bredeem\w*|\bextend\w*|\bextension\b|\bexpir\w+"),),
    "debt_financing": (
        _sign("-", r"\bdefaults?\b|\bforbearance|\bdownsiz\w+"),
        _sign(
            "+",
            r"\bnon-?dilutive|\bgrant\b|\breduc\w+|\brepa(?:ys?|id|yment)\b|\bdebt-free|\bextend\w*|\brefinanc\w+"
            r"|\bredeem\w*|\bretir\w+",
        ),
        _sign("0", r"\bnotes\b|\bbonds?\b|\bdebentures?\b|\bentry into\b"),
    ),
    "buyback": (_sign("-", rf"(?:{OVER}|\bsuspen\w+|\bpaus\w+)"),),
    "dividend": (
        _sign(
            "-",
            r"\bsuspen\w+|\b(?:cuts?|slash\w*|halv\w+|trim\w*|skip\w*|scrap\w*|paus\w+|halt\w*|reduc\w+|decreas\w+"
            r"|lower\w*|omit\w*|eliminat\w+|discontinu\w+|defer\w*) .{0,40}(?:dividend"
            r"|distribution)|\bdividend (?:cut|reduction|suspen\w+)",
        ),
        _sign(
            "+",
            r"\bspecial\b|\binitiat\w+|\bincreas\w+|\brais\w+|\bboost\w*|\bhik\w+|\bfirst\b|\binaugural"
            r"|\breinstat\w+|\bresum\w+|\bwarrants?\b|\bhigher\b|\bsupplemental\b|\bdoubl\w+|\btripl\w+",
        ),
        _sign("0", r"\b(?:regular|quarterly|monthly|semi-annual|annual)\b|\bpreferred\b"),
    ),
    "insider_buying": (_sign("-", r"\bs(?:ell|ells|old|elling|ale)\b|\bdispos\w+"),),
    "listing_deficiency": (
        _sign(
            "+",
            r"\bcontinued listing (?:has been |was )?(?:granted|approved)|\bgranted continued listing"
            r"|\bgrants? (?:[\w’\']+ ){0,6}continued listing"
            r"|\brequest for continued listing\b.{0,30}\bgranted|\bmaintain\w* (?:its )?listing",
            0,
        ),
        _sign("-", r"\bden(?:y|ies|ied)\b|\bnot (?:been )?granted|\breject(?:s|ed)\b|\bnot eligible"),
        _sign(
            "±",
            r"\bextension|\bextend(?:s|ed)\b|\badditional (?:\w+[- ])?(?:\w+ )?(?:compliance |cure |grace )?(?:period"
            r"|time|days)|\bgrant(?:s|ed)\b|\baccept(?:s|ed|ance)\b.{0,30}\bplan|\bplan\b.{0,40}\baccept"
            r"|\bsubmit(?:s|ted)?\b.{0,20}\bplan|\bpositive\b|\bsecond (?:180|compliance)|\bexception\b",
        ),
        _sign("±", r"\bgranted (?:\w+ ){0,6}(?:extension|additional|exception)|\bextension (?:\w+ ){0,6}granted", 500),
    ),
    "compliance_regained": (_sign("±", r"\bplans? to regain|\bintends? to regain|\bto regain\b|\bseek\w* to\b"),),
    "delisting": (
        _sign(
            "+",
            r"\b(?:withdraw\w*|rescind\w*|revers\w+|overturn\w*|stay(?:s|ed)?|moot)\b.{0,50}(?:delist|determination"
            r"|suspension)|\bdelisting\b.{0,40}\b(?:withdrawn|rescinded|reversed|overturned|stayed)|\bwill not be delisted",
        ),
        _sign(
            "0",
            r"\b(?:warrants?|notes|units?)\b.{0,40}\bdelist"
            r"|\btransfer(?:s|red|ring)? (?:its )?(?:stock exchange )?listing (?:from"
            r"|to) (?:the )?(?:nasdaq|nyse)",
        ),
    ),
    "uplisting": (
        _sign("-", r"\bwithdraw\w*|\bpostpon\w+|\bden(?:y|ies|ied)\b"),
        _sign("+", r"\bapprov\w+|\buplist\w*|\bcommenc\w+|\bbegins?\b"),
        _sign("0", r"\btransfer\w*\b|\bswitch\w*|\bmoves? (?:its )?listing"),
    ),
    "trading_halt": (
        _sign("+", r"\bresum\w+|\blift(?:s|ed)\b"),
        _sign("-", r"\bSEC\b.{0,30}\bsuspen|\badditional information requested|\bT12\b|\bH10\b"),
    ),
    "index_change": (_sign("-", r"\bremov\w+|\bdelet\w+|\bdropp?\w*|\bexclu\w+|\bexit(?:s|ed)?\b"),),
    "regulatory_approval": (
        _sign(
            "-",
            r"\bnegative\b|\bnot (?:approve|recommend|cleared)|\bwithdraw\w*|\brevok\w+|\bsuspen\w+|\bden(?:y"
            r"|ies|ied)\b|\bdelay\w*|\breject\w*",
        ),
        _sign("±", r"\bcomplete response\b"),
    ),
    "regulatory_rejection": (
        _sign("+", r"\bresol\w+|\baddress\w*\b|\bresubmi\w+|\boverturn\w*|\bappeal\b.{0,20}\bgrant|\bpath forward\b"),
    ),
    "clinical_hold": (
        _sign(
            "+",
            r"\b(?:lift(?:s|ed|ing)?|remov(?:es?|ed|al|ing)|releas(?:es?|ed|ing)|clear(?:s|ed|ance)|resolv\w+"
            r"|end(?:s|ed)|resum\w+)\b.{0,80}\bhold\b|\bhold\b.{0,60}\b(?:lifted|removed|released|cleared"
            r"|resolved)|\boff (?:clinical )?hold|\b(?:un)?lift\w*\b|\bmay proceed\b",
        ),
        _sign("+", r"\b(?:has |have |had |been )(?:lifted|removed|released)\b", 700),
    ),
    "regulatory_designation": (
        _sign(
            "-",
            r"\bdenie[sd]|\bden(?:y|ial)\b|\bwithdraw\w*|\brescind\w*|\brevok\w+|\bnot (?:granted|grant)"
            r"|\bdeclin(?:es|ed)\b|\breject(?:s|ed)\b",
        ),
    ),
    "regulatory_submission": (
        _sign(
            "+",
            r"\bearl(?:y|ier) (?:action|approval|decision)|\bahead of\b|\bpdufa (?:fee )?waiver|\bresubmi\w+"
            r"|\bresponse to\b",
        ),
        _sign(
            "-",
            r"\bpdufa (?:\w+ ){0,3}(?:extension|extended|delay\w*|miss\w*|pushed)|\bextends? (?:the )?(?:pdufa"
            r"|review|goal)|\bextension of (?:the )?(?:pdufa|review|goal|target|prescription)|\breview (?:period )?extended"
            r"|\bthree[- ]month extension|\b(?:delays?|delayed|delay in|delaying)\b(?=.{0,40}\b(?:nda|bla"
            r"|pma|510|pdufa|submission|filing|review|decision|approval)\b)|\b(?:decision|review|pdufa"
            r"|submission|filing|approval)\b.{0,20}\bdelay\w*|\brefus\w+|\bwithdr[ae]w\w*|\bdeficienc\w+"
            r"|\bmajor amendment|\b(?:requires?|requests?|require) (?:an? )?(?:additional|new|another) (?:clinical "
            r"|phase \S+ )?(?:trial|study|data)|\bpostpon\w+|\bnot accept\w*|\bshutdown\b.{0,60}\b(?:miss"
            r"|delay)",
        ),
        _sign("-", r"\bextended (?:the )?(?:pdufa|review|goal|target)|\bpdufa (?:\w+ ){0,4}extended", 600),
    ),
    "trial_progress": (
        _sign("+", NOT_STOPPED),
        _sign(
            "-",
            STOPPED + r"|\bvot(?:es|ed) (?:\d+ ?(?:to|-) ?\d+ )?against|\bdoes not recommend|\bnegative (?:vote|opinion"
            r"|recommendation)|\bfutil\w+|\bslower\b|\bclinical hold\b",
        ),
    ),
    "government_contract": (
        _sign(
            "-", rf"(?:{OVER}|\bstop[- ]work|\blos(?:es|t|s of)\b|\bsuspen\w+|\bnot (?:selected|renewed)|\bprotest\b)"
        ),
    ),
    "commercial_contract": (
        _sign("-", rf"(?:{OVER}|\blos(?:es|t|s of)\b|\bsuspen\w+|\bnot renew\w*|\bnon-renewal|\bdelay\w*)"),
    ),
    "partnership": (_sign("-", rf"(?:{OVER}|\bsuspen\w+|\bdissol\w+|\bconclu(?:des|sion) of\b)"),),
    "licensing": (
        _sign("±", r"\bregain\w*\b|\breacquir\w+|\breturn of\b.{0,30}rights"),
        _sign("-", rf"(?:{OVER}|\breturns?\b.{{0,30}}\brights)"),
    ),
    "product_launch": (_sign("-", r"\brecall\w*|\bdiscontinu\w+|\bdelay\w*|\bpostpon\w+|\bhalt\w*|\bsuspen\w+"),),
    "patent": (
        _sign(
            "-", r"\binvalid\w*|\brevok\w+|\bunpatentable|\bexpir\w+|\bdenie[sd]|\breject\w*|\bloses?\b|\bchalleng\w+"
        ),
    ),
    "takeover_target": (
        _sign(
            "-",
            rf"(?:{OVER}|\bceas\w+|\breject(?:s|ed)\b|\bvot(?:e|es|ed) (?:against|down)|\bwithdraw\w*|\blowers? (?:its )?(?:offer"
            rf"|bid)|\bfails? to\b|\bexpir\w+ without|\bblock(?:s|ed)\b)",
        ),
        _sign(
            "0",
            r"\bextend(?:s|ed)?\b.{0,30}\b(?:offer|deadline|outside date)|\bextension\b|\bspecial meeting\b"
            r"|\bdenie[sd]\b",
        ),
    ),
    "acquisition": (
        _sign("-", rf"(?:{OVER})"),
        _sign("0", r"\bbid for\b|\boffer to acquire\b|\boffers? to (?:buy|purchase)\b|\bpotential acquisition\b"),
    ),
    "divestiture": (
        _sign("-", rf"(?:{OVER}|\bat a loss\b|\bdistress\w*|\bpostpon\w+)"),
        _sign("+", r"[$€£]|\bproceeds\b|\bspin-?\s?offs?\b|\bspinout\b|\bup to\b"),
        _sign(
            "0",
            r"\bannounc\w+ (?:the )?(?:sale|agreements? to sell)|\bcloses? (?:the )?sale of (?:its )?|\bletter of intent\b"
            r"|\bLOI\b",
        ),
    ),
    "spac_reverse_merger": (
        _sign("-", rf"(?:{OVER}|\bliquidat\w+|\bredemptions? exceed|\bpostpon\w+)"),
        _sign("0", r"\bextension\b|\beffectiveness of\b|\bspecial meeting\b|\bregistration statement\b|\badjourn\w*"),
    ),
    "strategic_review": (
        _sign(
            "-",
            r"\bworkforce\b|\blay-?offs?\b|\bjob cuts\b|\bheadcount\b|\brestructur\w+|\bwind(?:ing)?[ -]?down"
            r"|\bliquidat\w+|\bdissol\w+|\bclos(?:e|es|ing|ure) (?:of )?(?:its )?(?:plant|facilit|stores?)"
            r"|\bdiscontinu\w+|\breduction in force|\bcease operations|\bconclu\w+ (?:of )?(?:its )?(?:strategic )?review"
            r"|\brejects?\b",
        ),
        _sign(
            "+",
            r"\bunsolicited\b|\bexpressions? of interest|\bsale of the company|\burges?\b|\bincluding a (?:potential )?sale"
            r"|\boffer\b|\bactivist\b|\b13D\b|\bstake\b|\breview of strategic (?:alternatives|options)"
            r"|\bmaximi[sz]e\b|\bstreamlin\w+|\bcost (?:savings|reduction)|\breducing costs|\bspin-?off\b"
            r"|\bpremium\b",
        ),
        _sign(
            "-",
            r"\bworkforce reduction|\breduc\w+ (?:its|the|our) workforce|\breduction in force|\bwind(?:ing)?[ -]down",
            700,
        ),
    ),
    "bankruptcy": (
        _sign(
            "+",
            r"\bdismiss\w*|\bemerge[sd]?\b|\bemergence\b|\bexit(?:s|ed|ing)?\b|\bconfirm(?:s|ed|ation)\b"
            r"|\bavoid\w*|\bwithdraw\w*|\bnot (?:filing|file)|\bdenie[sd]\b",
        ),
    ),
    "going_concern": (_sign("+", r"\b(?:remov|alleviat|eliminat|resolv|lift)\w+|\bno longer\b"),),
    "debt_default": (
        _sign("+", r"\bcur(?:es|ed)\b|\bwaive[rsd]*\b|\bresolv\w+|\bregain\w*"),
        _sign("-", r"\bforbear\w+|\bstandstill"),
    ),
    "restatement": (_sign("0", r"\bno material|\bcomplet\w+"),),
    "auditor_change": (_sign("-", r"\bresign\w*|\bwithdr[ae]w\w*|\bdisagreement|\badverse\b|\bdismiss\w*"),),
    "late_filing": (
        _sign(
            "+", r"\bfil(?:es|ed)\b.{0,30}\b(?:delayed|overdue|late)\b|\bbecomes? current|\bcurrent in\b|\bcomplet\w+"
        ),
    ),
    "management_change": (
        _sign(
            "-",
            r"\babrupt\w*|\bousts?\b|\bousted\b|\bfir(?:es|ed)\b|\bfor cause\b|\bamid\b|\bmass resign"
            r"|\bimmediate(?:ly)? (?:resign"
            r"|depart|step)\w*|\bresign\w*.{0,40}\bdisagree|\bunexpected\w*|\bplaced on (?:administrative )?leave"
            r"|\bmisconduct",
        ),
        _sign("+", r"\bfounder returns|\breturns as ceo|\bprepares for\b.{0,60}\bexpansion"),
    ),
    "litigation": (
        _sign(
            "-",
            r"\bloses?\b|\blost\b|\badverse\b|\bagainst the company|\bfound liable|\bordered to pay|\bsued\b"
            r"|\b(?:complaint|lawsuit|suit) (?:filed )?against (?:the company|it\b)|\bdenie[sd]\b|\bfails?\b"
            r"|\bunfavorable|\bindict\w*|\bplead\w* guilty|\bto pay\b",
        ),
        _sign("0", r"\bdemand (?:notice|letter)s?\b|\bupdate\b"),
    ),
    "investigation": (
        _sign(
            "+",
            r"\bconclud\w+|\bcleared?\b|\bno (?:evidence|wrongdoing|findings|enforcement|action)|\bclos(?:es"
            r"|ed)\b|\bclosure\b|\bdrop(?:s|ped)\b|\bwithout (?:action|findings)",
        ),
    ),
    "mining_result": (
        _sign(
            "-",
            r"\bsuspen\w+|\bdenie[sd]\b|\bhalt\w*|\bfail\w*|\bno significant|\bappeal\b|\bshutdown|\blower(?:s"
            r"|ed)?\b|\breject\w*|\bimpair\w*",
        ),
    ),
    "energy_result": (
        _sign(
            "-",
            r"\bdry (?:hole|well)|\bsuspen\w+|\bhalt\w*|\bfail\w*|\bnon-commercial|\bplug\w* and abandon"
            r"|\blower(?:s|ed)?\b|\bshut-?in\b|\bunsuccessful",
        ),
    ),
    "crypto_ai_treasury": (
        _sign(
            "-",
            rf"(?:{OVER}|\bs(?:ells?|old|elling)\b (?:all |its |\d)|\bimpair\w*|\bunrealized loss|\bliquidat\w+"
            rf"|\bhack\w*|\btheft\b)",
        ),
        _sign(
            "0",
            r"\bexplor(?:es|ation|ing)\b(?!.*\binitiatives)|\bevaluat\w+|\bconsolidates?\b|\bmoves all\b"
            r"|\bcustody\b|\bpolicy\b|\bconsider(?:s|ing)\b",
        ),
    ),
    "analyst_action": (
        _sign("-", r"\bdowngrad\w*|\bcuts?\b|\blower(?:s|ed)?\b|\bsell rating|\bunderperform|\bunderweight|\breduc\w+"),
        _sign(
            "+",
            r"\bupgrad\w*|\braise[sd]?\b|\bboost\w*|\bincreas\w+|\bbuy\b|\boutperform|\boverweight|\bstrong buy"
            r"|\bhigher\b",
        ),
    ),
    "shareholder_rights": (
        _sign(
            "+",
            r"\bfull(?:y)? subscri\w+|\boversubscri\w+|\bfully[- ]subscribed|\bterminat\w+ (?:its )?(?:rights plan"
            r"|poison pill|rights agreement)|\brelease\b",
        ),
        _sign(
            "0",
            r"\bresults\b|\brecord date\b|\bmodif\w+|\bmini-tender|\brights (?:plan|agreement)\b|\bpoison pill"
            r"|\breject\b|\bNOLs?\b|\btax benefit",
        ),
    ),
}
