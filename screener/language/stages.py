"""The words of the stages of an event, by name: what catalyst files write as ``<closed>`` or ``<terminated>``.

Each is an expression over folded text (lower case, plain quotes and dashes) that begins at a word. They are kept here
and not in the files because many types share them and because they tell near misses apart ("closing price" is no
closing), which phrases cannot.
"""

from __future__ import annotations


def _any(*words: str) -> str:
    return "(?:" + "|".join(words) + ")"


TERMINATED = _any(
    r"\bterminat(?:es?|ed|ion|ing)\b",
    r"\bwithdr(?:aws?|ew|awal|awn|awing)\b",
    r"\bcancel(?:s|led|ed|lation)?\b",
    r"\bcall(?:s|ed) off\b",
    r"\brescind\w*",
    r"\babandon\w*",
    r"\bceases? (?:engagement|discussions|talks)",
    r"\bends? (?:\w+ ){0,2}(?:deal|talks|agreement)",
)
CLOSED = _any(
    r"\bclos(?:es|ed|ing)(?= (?:of|on|its|the|previously|[$€£]|up to|additional|second|first|final"
    r"|initial|\d|[a-z]+ (?:offering|placement|acquisition|sale|merger)))",
    r"\band closing\b",
    r"\bclos(?:es|ed)\b(?! (?:bid|price|in on|above|below|at \$))",
    r"\bclosing$",
    r"\bcomplet(?:es|ed|ion)\b",
    r"\bconsummat\w+",
    r"\bsuccessful closing\b",
)
PRICED = _any(
    r"\bpric(?:es|ed|ing)\b(?! (?:power|pressure))",
    r"\bat (?:a )?(?:purchase |offering |public offering )?price\b",
    r"[$]\s?[0-9.]+ (?:per|a) (?:share|unit|ads)\b",
)
PLANNED = _any(
    r"\bletters? of intent\b",
    r"\bloi\b",
    r"\bterm sheets?\b",
    r"\bnon-?binding\b",
    r"\bproposals?\b(?! (?:for|at) (?:the )?(?:annual|special) meeting)",
    r"\bproposes\b",
    r"\bintends? to (?:acquire|sell|buy|purchase|enter|merge|divest|launch|offer|adopt)",
    r"\bintent(?:ion)? to\b",
    r"\bplans? to (?:acquire|sell|buy|purchase|enter|merge|divest|pursue|subscribe|spin)",
    r"\b(?:in|enters?|begins?|exclusive|advanced) (?:\w+ )?(?:talks|negotiations|discussions)\b",
    r"\btalks with\b",
    r"\bmakes (?:\w+ )?(?:bid|offer)\b",
    r"\bunsolicited\b",
    r"\bpotential (?:acquisition|sale|merger|transaction)",
    r"\bpursues?\b",
    r"\b(?:explor|evaluat|consider)(?:es|s|ing|ation of)\b",
)
_BOMB = r"(?! (?:business combination|merger|exchange|acquisition|transaction|use))"
OFFERED = _any(
    rf"\bpropos(?:es|ed|al|ing)\b{_BOMB}",
    r"\bcommenc(?:es|ed|ement|ing)\b",
    r"\blaunch(?:es|ed|ing)\b(?!.*\bsecondary\b)(?=.*\b(?:offering|placing|notes|bonds)\b)",
    r"\bintends? to (?:offer|raise|issue|sell|subscribe)",
    r"\bplans? to (?:offer|raise|issue|sell|subscribe|launch)",
    r"\bconsider(?:s|ing)\b",
    r"\bterm sheets?\b",
    r"\bnon-?binding\b",
    r"\bletters? of intent\b|\bloi\b|\bmou\b|\bmemorandum of understanding\b",
    r"\bintent to\b",
    r"\bfiles? (?:a )?registration statement\b(?=.*\boffering\b)",
)
UPSIZED = _any(
    r"\bupsiz(?:es|ed|ing)\b(?! \$| pricing)",
    r"\bincreas(?:es|ed) (?:the )?size\b",
    r"\bto provide for additional\b",
    r"\bincreases (?:its )?(?:previously announced )?(?:offering|private placement)\b",
)
VOTED = _any(
    r"\bproposals? (?:for|to)\b",
    r"\bseeks? (?:\w+ )?approval",
    r"\bproxy\b",
    r"\bauthority to\b",
    r"\bto vote on\b",
    r"\brange of\b",
    r"\bboard (?:to )?consider",
    r"\bspecial meeting\b",
)
EFFECTED = _any(
    r"\bimplements\b",
    r"\bexecution of\b",
    r"\beffect(?:s|ed|uates?)\b",
    r"\bcomplet(?:es|ed|ion)\b",
    r"\b(?:is|now|becomes?|became|goes|declared) effective\b",
    r"\beffective$",
    r"\btak(?:es|en) effect\b",
    r"\bbegins? trading on a split-adjusted",
)
# An event that will not be, in whatever noun: the sign of nearly every type turns on it.
CALLED_OFF = (
    r"\bterminat(?:es?|ed|ion|ing)\b|\bcancel(?:s|led|ed|ling|lation)?\b|\bcall(?:s|ed|ing) off\b"
    r"|\brescind\w*|\babandon\w*|"
    r"\bwithdr(?:aw|ew|awal|awn|aws|awing)\b|\bscrap(?:s|ped)?\b|\bends? (?:its |the )?(?:merger"
    r"|deal|agreement|talks|discussions|"
    r"negotiations|collaboration|partnership|contract)|\b(?:merger|deal|agreement|talks|contract) (?:collapse"
    r"|fall through|ended)|"
    r"\bwalks? away\b|\bnot (?:to )?proceed\w*"
)
STOPPED = (
    r"\bdiscontinu(?:es?|ed|ing|ation)\b|\bterminat(?:es?|ed|ion|ing)\b|\bhalt(?:s|ed|ing)?\b|\bpaus(?:es?|ed|ing)\b|"
    r"\bsuspend(?:s|ed|ing)?\b|\bsuspension of\b|\b(?:stops|stopped|stopping)\b|\bwithdraw(?:s"
    r"|n|al|ing)?\b|"
    r"\b(?:delays|delayed|delaying|delay (?:in|of|to)) (?:the |its |our )?(?:start|initiation|enrol|trial|study|dosing|data"
    r"|topline|readout|phase|completion)|\b(?:trial|study|enrol\w*|data|readout) delay\w*|"
    r"\bdeprioriti[sz]\w+|\bcease[sd]?\b|\bcancel\w*"
)
RESUMED = (
    r"\b(?:lift(?:s|ed|ing)?|remov(?:es?|ed|al)|resum(?:es?|ed|ption|ing)|restart\w*|without (?:modification"
    r"|interruption|change)|"
    r"no (?:delay|pause|discontinuation)s?|releas(?:es|ed)|recommend\w* (?:to )?continu\w+|continu\w+ (?:as planned"
    r"|unmodified)|pass(?:es|ed)? (?:\w+ ){0,4}futility|not (?:to be )?(?:halted|paused|delayed"
    r"|discontinued)|early (?:for|due to) "
    r"(?:overwhelming |superior )?efficacy|stopped early for)\b"
)
FINANCING = (
    r"\b(?:financings?|fundings?|fund-?rais\w+|rais(?:e|es|ed|ing)|private placements?|offerings?|registered direct|bought deal"
    r"|loans?|credit (?:facility|facilities|line|agreement)|debentures?|(?:senior|convertible|promissory) notes|equity line"
    r"|pipe|equity investment|(?:seed|series [a-f]|investment|funding) round)\b"
)

NAMED: dict[str, str] = {
    "terminated": TERMINATED,
    "closed": CLOSED,
    "priced": PRICED,
    "planned": PLANNED,
    "offered": OFFERED,
    "upsized": UPSIZED,
    "voted": VOTED,
    "effected": EFFECTED,
    "called-off": CALLED_OFF,
    "stopped": STOPPED,
    "resumed": RESUMED,
    "financing": FINANCING,
}
