"""The names under which releases and feeds write stock exchanges, and the one name we keep for each.

Every spelling is a regular expression without unbounded repeats. Short capital names (``CSE``, ``AIM``) are words of
ordinary text in lower case, so those match in capitals only; the long and unmistakable ones match in any case.
"""

from __future__ import annotations

import re

_GAP = r"[\s.\-/]?"

# (canonical name, United States, any case, spelling); the first that fits wins, so the longer stands before the shorter
VENUES: tuple[tuple[str, bool, bool, str], ...] = (
    (
        "Nordic",
        False,
        True,
        r"nasdaq\s?(?:omx\s?)?(?:first\s?north|nordic|stockholm|copenhagen|helsinki|iceland|baltic)",
    ),
    ("Nasdaq Other", False, True, r"nasdaq\s?(?:dubai|riga|tallinn|vilnius|canada)"),
    ("Nordic", False, True, r"first\s?north(?:\s?growth)?(?:\s?market)?|omx[a-z]{0,3}"),
    (
        "Nasdaq",
        True,
        True,
        r"(?:the\s)?nasdaq(?:"
        r"[\s\-]?(?:global\sselect|global|capital|stock|national)(?:\smarkets?|\sexchange)?"
        r"|[\s\-:]?(?:gsm?|gm|cm|ncm|ngm|ngs|nms?|sc)(?![a-z])"
        r"|\sstock\s(?:market|exchange))?(?:,?\s?(?:llc|inc)\.?(?![a-z]))?|nasd(?=\s?[:：])",
    ),
    (
        "NYSE American",
        True,
        True,
        r"nyse[\s\-–:/]{0,3}(?:american|amer\.?|mkt|amex|am)(?![a-z])(?:\s(?:stock\s)?exchange)?(?:,?\s?(?:llc|inc)\.?(?![a-z]))?"
        r"|nyse\s?[\-–]\s?a(?=\s?[:：])|nyse\smarket|amex|american\sstock\sexchange",
    ),
    ("NYSE Arca", True, True, r"nyse[\s\-]?arca|arca(?=\s?[:：])"),
    ("NYSE Texas", True, True, r"nyse[\s\-]?(?:texas|chicago|national)"),
    ("Euronext", False, True, r"nyse[\s\-]?euronext"),
    ("NYSE", True, True, r"nyse|(?:the\s)?new\syork\sstock\sexchange"),
    ("LTSE", True, True, r"ltse|long[\s\-]term\sstock\sexchange"),
    (
        "Cboe Canada",
        False,
        True,
        r"cboe[\s\-]?(?:ca|canada|neo)(?![a-z])|neo\sexchange|aequitas(?:\sneo)?(?:\sexchange)?",
    ),
    ("Cboe Europe", False, True, r"cboe[\s\-]?(?:europe|uk|australia)"),
    ("Cboe", True, True, r"cboe(?:[\s\-]?(?:bzx|us|global\smarkets))?|bats(?=\s?[:：])"),
    (
        "OTC",
        True,
        True,
        r"(?:other\s)?otc" + _GAP + r"(?:qb|qx|id|pk|bb|mkts?|markets?|pinks?|us|other|grey|expert)(?![a-z])"
        r"(?:[\s\-]{1,2}(?:pinks?|best|venture|current|limited|basic|expert|group|sheets?|no\sinformation|"
        r"tier|us|u\.s\.|international|premier|markets?|open)(?![a-z])){0,3}(?:\s?:\s?otc(?:qb|qx|pk|id)(?=\s?:))?",
    ),
    (
        "OTC",
        True,
        True,
        r"(?:other\s)?otc(?![a-z])|pink\s?sheets?|pink\s?open\smarket|otcpk|otcqb|otcqx|u\.?s\.?\s?otc",
    ),
    (
        "OTC",
        True,
        True,
        r"(?:otc\s)?(?:pinks?|grey|expert)\s(?:current|limited|market|open|no\sinformation)(?:\s(?:information|market))?"
        r"|pinks?(?=\s?[:：])|grey\smarkets?|expert\smarket|otcbb|bulletin\sboard(?=\s?[:：])",
    ),
    (
        "TSXV",
        False,
        True,
        r"tsx"
        + _GAP
        + r"v(?![a-z])(?:enture)?|tsx[\s\-]?venture(?:\sexchange)?|tsxv|tsx[\s\-]?ven|cvse|cve(?=\s?[:：])"
        r"|(?:toronto\s)?venture\sexchange|nex\sboard",
    ),
    ("TSX", False, True, r"tsx|toronto\sstock\sexchange|tse(?=\s?[:：])"),
    ("CSE", False, True, r"canadian\s(?:securities|national\sstock)\sexchange|cnsx|cnq"),
    ("CSE", False, False, r"CSE"),
    ("Cboe Canada", False, False, r"NEO"),
    (
        "Frankfurt",
        False,
        True,
        r"(?:the\s)?frankfurt(?:er)?(?:\sstock\sexchange|\sprime\sstandard|\swertpapierbörse)?|xetra",
    ),
    ("Frankfurt", False, False, r"FSE|FRA|FWB|GR|ETR|XTRA"),
    ("Germany", False, True, r"börse\s(?:stuttgart|münchen|berlin)|tradegate|stuttgart|berlin(?=\s?[:：])"),
    (
        "London",
        False,
        True,
        r"london(?:\sstock\sexchange)?(?:[\s:\-]?aim)?|lse(?:[\s:\-]?aim)?|aim\smarket|lon(?=\s?[:：])",
    ),
    ("London", False, False, r"AIM|AQSE|AQUIS"),
    ("Australia", False, True, r"asx|australian\s(?:securities|stock)\sexchange"),
    (
        "Euronext",
        False,
        True,
        r"euronext(?:[\s\-]?(?:growth|access|expert))?(?:[\s\-]?(?:paris|amsterdam|brussels|lisbon|oslo|dublin|milan))?"
        r"|alternext|ebr(?=\s?[:：])|epa(?=\s?[:：])|ams(?=\s?[:：])",
    ),
    ("Nordic", False, True, r"oslo\s(?:børs|bors|stock\sexchange)|ose(?=\s?[:：])|osebx|stockholm|copenhagen|helsinki"),
    ("Switzerland", False, True, r"six\s(?:swiss\sexchange)|swx"),
    ("Switzerland", False, False, r"SIX"),
    (
        "Hong Kong",
        False,
        True,
        r"hkex|sehk|hkse|hkg(?=\s?[:：])|(?:the\s)?(?:stock\sexchange\sof\s)?hong\skong(?:\sstock\sexchange)?",
    ),
    (
        "Asia",
        False,
        True,
        r"kosdaq|kospi|krx|twse|taiwan\sstock\sexchange|tokyo(?:\sstock\sexchange)?|shanghai|shenzhen|sse",
    ),
    ("Asia", False, False, r"TPEX|TYO|SGX|SZSE|NSE|BSE|KLSE|IDX|PSE|NZX|NZE"),
    ("Middle East", False, True, r"tase|tel[\s\-]aviv(?:\sstock\sexchange)?|tadawul|adx"),
    ("Latin America", False, False, r"BMV|B3|BVC|BVL|BOVESPA|JSE|BIVA"),
    ("Europe", False, True, r"borsa\sitaliana|gpw|wse|bolsa\sde\smadrid|vienna\sstock\sexchange"),
    ("Europe", False, False, r"BIT|BME|STO|CPH|HEL|MIL|WAR|VIE|NGM|STU|MUN|SWB"),
)

# ISO 10383 market codes, as some wires and data services write them.
_CODES = {
    "Nasdaq": "XNAS XNGS XNMS XNCM",
    "NYSE": "XNYS",
    "NYSE American": "XASE",
    "NYSE Arca": "ARCX",
    "NYSE Texas": "XCHI",
    "Cboe": "BATS XCBO",
    "LTSE": "LTSE",
    "OTC": "XOTC OTCM OOTC PINX PSGM OTCB OTCQ",
    "TSX": "XTSE",
    "TSXV": "XTSX XTNX",
    "CSE": "XCNQ",
    "Cboe Canada": "NEOE NEOD",
    "London": "XLON AIMX",
    "Frankfurt": "XFRA XETR",
    "Australia": "XASX",
    "Euronext": "XPAR XAMS XBRU XLIS XOSL XDUB XMIL",
    "Nordic": "XSTO XCSE XHEL XICE",
    "Switzerland": "XSWX",
    "Hong Kong": "XHKG",
    "Asia": "XTKS XKRX XKOS XTAI XSES XSHG XSHE XNSE XBOM",
    "Middle East": "XTAE",
}
_US = frozenset(name for name, us, _, _ in VENUES if us)
VENUES += tuple((name, name in _US, False, codes.replace(" ", "|")) for name, codes in _CODES.items())


def _name(i: int) -> str:
    return f"v{i}"


VENUE = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    + "|".join(
        f"(?P<{_name(i)}>" + (f"(?i:{s})" if any_case else s) + ")" for i, (_, _, any_case, s) in enumerate(VENUES)
    )
    + r")(?![A-Za-z0-9])"
)


def venue_of(match: re.Match[str]) -> tuple[str, bool]:
    """The canonical name of a ``VENUE`` match and whether it lies in the United States."""
    name, us, _, _ = VENUES[int(str(match.lastgroup)[1:])]
    return name, us
