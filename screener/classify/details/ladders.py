"""The words that decide a stage, by type: the tables behind :mod:`screener.classify.details.stage`."""

from __future__ import annotations

import re


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.I)


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
    r"\bLOI\b",
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
    r"\bletters? of intent\b|\bLOI\b|\bMOU\b|\bmemorandum of understanding\b",
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

Ladder = tuple[tuple[str, re.Pattern[str]], ...]
#: "Termination of merger agreement" beside a placement is not the placement's end.
_RAISE_OVER = re.compile(rf"(?:{TERMINATED.pattern})(?!.{{0,20}}\b(?:merger|acquisition)\b)", re.I)
_RAISE: Ladder = (
    ("terminated", _RAISE_OVER),
    ("closed", CLOSED),
    ("priced", PRICED),
    ("proposed", OFFERED),
    ("upsized", UPSIZED),
)
_DEAL: Ladder = (("terminated", TERMINATED), ("closed", CLOSED), ("proposed", PLANNED))
_SPLIT: Ladder = (("terminated", TERMINATED), ("effective", EFFECTED), ("proposed", VOTED))
LADDERS: dict[str, Ladder] = {
    "reverse_split": _SPLIT,
    "forward_split": _SPLIT,
    "equity_offering": _RAISE,
    "private_placement": _RAISE,
    "equity_line_convertible": (("priced", _any(r"\bsuccessful placement\b|\bconversion price\b")), *_RAISE),
    "warrant_exercise": (("terminated", TERMINATED), ("closed", CLOSED)),
    "shelf_or_atm": (("terminated", TERMINATED), ("closed", _any(CLOSED.pattern, r"\braised\b"))),
    "debt_financing": (
        ("terminated", TERMINATED),
        ("closed", _any(CLOSED.pattern, r"\brecei(?:ves|ved|pt of)\b(?!.*\bthrough a\b)", r"\brepa(?:ys|id)\b")),
        ("priced", PRICED),
        ("proposed", OFFERED),
    ),
    "buyback": (
        ("terminated", TERMINATED),
        ("closed", re.compile(r"^(?!.*\b(?:authori[sz]\w+|new)\b).*?\b(?P<w>complet(?:es|ed|ion))\b", re.I)),
        (
            "proposed",
            _any(r"\bplans? to (?:seek|repurchase|buy)", r"\bconsider(?:s|ing)\b", r"\bintends? to\b", r"\bproposes\b"),
        ),
    ),
    "dividend": (("terminated", _any(r"\bsuspen(?:ds|ded|sion)\b", r"\bcancel\w*", r"\beliminat\w+")),),
    "delisting": (
        (
            "terminated",
            _any(r"\b(?:withdraw\w*|rescind\w*|revers(?:es|ed)|overturn\w*)\b.{0,40}(?:delist|determination)"),
        ),
    ),
    "uplisting": (
        (
            "effective",
            _any(
                r"\bbegins? trading\b",
                r"\btrading today\b",
                r"\bnow (?:trading|listed)\b",
                r"\bcommences? trading\b(?=.*\btoday\b)",
                r"\brings? (?:the )?(?:opening )?bell\b",
            ),
        ),
        (
            "proposed",
            _any(
                r"\bappl(?:ies|ied|ication)\b",
                r"\binitiates (?:the )?process\b",
                r"\bintends? to\b",
                r"\bintention\b",
                r"\bproposed\b",
                r"\bfiles? (?:form|registration)",
            ),
        ),
    ),
    "index_change": (
        ("effective", _any(r"^(?!.*\bto (?:be added|join)\b).*\b(?:joins|joined|added to|addition to|included in)\b")),
    ),
    "trading_halt": (("effective", _any(r"\bhalt\w*", r"\bresum\w+")),),
    "government_contract": _DEAL[:1],
    "commercial_contract": (
        *_DEAL[:1],
        (
            "proposed",
            _any(
                r"\bletters? of intent\b|\bLOI\b",
                r"\bnon-?binding\b",
                r"\bterm sheets?\b",
                r"\bguidance\b(?=.*\banticipated\b)",
            ),
        ),
    ),
    "partnership": (
        ("terminated", TERMINATED),
        (
            "proposed",
            _any(
                r"\bletters? of intent\b|\bLOI\b",
                r"\bterm sheets?\b",
                r"\bnon-?binding\b",
                r"\bintent to\b",
                r"\bplans? to pursue\b",
                r"\b(?:in|enters?|exploratory) (?:talks|discussions|negotiations)\b",
                r"\bexplor(?:es|ing)\b",
            ),
        ),
    ),
    "licensing": (
        ("terminated", _any(TERMINATED.pattern, r"\bregains?\b", r"\breturns?\b.{0,30}\brights")),
        ("closed", _any(r"\bclos(?:es|ed|ing)\b", r"\bcomplet(?:es|ed|ion of)\b")),
        ("proposed", PLANNED),
    ),
    "takeover_target": (("terminated", TERMINATED), ("closed", CLOSED), ("proposed", PLANNED)),
    "acquisition": (*_DEAL, ("proposed", _any(r"\boffers? to\b", r"\bsubmits?\b.{0,20}\boffer\b", r"\bbid for\b"))),
    "divestiture": (
        ("terminated", TERMINATED),
        ("proposed", PLANNED),
        ("closed", _any(CLOSED.pattern, r"\bproceeds from\b")),
        ("proposed", _any(r"\breceives? (?:an )?offer\b")),
    ),
    "strategic_review": (
        (
            "terminated",
            _any(
                r"\bconclu(?:des|ded|sion)\b.{0,40}\breview\b",
                r"\bterminat(?:es|ed|ion)\b.{0,30}\b(?:review|process)\b",
            ),
        ),
    ),
    "spac_reverse_merger": (
        ("terminated", TERMINATED),
        ("closed", CLOSED),
        ("proposed", _any(r"\bletters? of intent\b|\bLOI\b", r"\bnon-?binding\b", r"\bterm sheets?\b")),
    ),
    "crypto_ai_treasury": (
        ("terminated", TERMINATED),
        ("closed", _any(r"\bcomplet(?:es|ed|ion of)\b", r"^(?:\S+ ){1,5}closes\b")),
        ("proposed", PLANNED),
        (
            "",
            _any(
                r"\bpurchases\b",
                r"\badds\b",
                r"\bbolsters\b",
                r"\bholdings?\b(?! (?:launch|announc|establish|company|corp|plc|limited|ltd|inc))(?=.*\b(?:increase"
                r"|include|update|worth|climb))",
                r"\btreasury (?:update|climbs)\b",
                r"\bmoves all\b",
                r"\bconsolidates\b",
                r"\bfollowing additional purchase\b",
                r"\bselects\b",
                r"\bengages\b",
                r"\breports\b",
            ),
        ),
    ),
    "shareholder_rights": (
        ("terminated", TERMINATED),
        ("closed", _any(CLOSED.pattern, r"\bfinal results\b", r"\bfull(?:y)? subscri\w+", r"\boversubscri\w+")),
        ("priced", _any(r"\bpricing\b")),
        ("effective", _any(r"\bcommenc(?:es|ement|ed)\b", r"\bbegins?\b", r"\bdeclared effective\b")),
    ),
    "bankruptcy": (
        ("terminated", _any(r"\bdismiss\w*", r"\bwithdraw\w*")),
        ("closed", _any(r"\bemerge[sd]?\b|\bemergence\b|\bexit(?:s|ed)\b")),
    ),
    "debt_default": (),
    "management_change": (),
    "product_launch": (
        ("terminated", _any(r"\bdiscontinu\w+", r"\brecall\w*")),
        (
            "effective",
            _any(
                r"\bnow available\b",
                r"\bavailability\b",
                r"\bshipments?\b",
                r"\bships\b",
                r"\bcommercial(?:ly)? launch(?:es|ed)?\b",
                r"\bfirst (?:sale|delivery)\b",
                r"\bapp launch\b",
            ),
        ),
    ),
    "trial_progress": (("terminated", _any(r"\bdiscontinu(?:es|ed|ation)\b", r"\bterminat(?:es|ed|ion)\b")),),
    "regulatory_submission": (
        ("terminated", _any(r"\bwithdraw(?:s|al|n)?\b")),
        (
            "proposed",
            _any(
                r"\bplans? to (?:re)?(?:file|submit)\b",
                r"\bexpects to (?:re)?(?:file|submit)\b",
                r"\bto request\b",
                r"\bon track to (?:re)?(?:file|submit)\b",
                r"\bintends to (?:re)?(?:file|submit)\b",
            ),
        ),
    ),
}
#: Types whose events have a stage when the words say nothing else: they are announced.
TOLD = frozenset(LADDERS) - {"trial_progress", "regulatory_submission", "trading_halt"}
