"""Which currency a sign, code or word stands for, and what a plain "$" is in a document.

Codes are ISO 4217. A plain dollar sign is US dollars, unless the document says otherwise ("all amounts are in Canadian
dollars"), marks its US dollars ("US$") beside it, or comes from a company that is listed in another dollar country and
on no senior US exchange.
"""

from __future__ import annotations

import re

_CODES = (
    "USD CAD AUD NZD HKD SGD TWD EUR GBP CHF CNY RMB JPY KRW INR ILS NIS SEK NOK DKK PLN CZK HUF RON TRY ZAR BRL MXN "
    "ARS CLP COP PEN MYR THB IDR PHP VND AED SAR QAR KWD EGP NGN KES USDT USDC"
)  # fmt: skip
CODES = tuple(_CODES.split())
_OTHER_NAMES = {"RMB": "CNY", "NIS": "ILS", "USDT": "USD", "USDC": "USD"}
#: Signs in capitals as written; letters before "$" name the country.
_DOLLARS = {
    "US": "USD", "U.S.": "USD", "USD": "USD", "C": "CAD", "CA": "CAD", "CAN": "CAD", "CDN": "CAD", "CAD": "CAD",
    "A": "AUD", "AU": "AUD", "AUD": "AUD", "AUS": "AUD", "NZ": "NZD", "NZD": "NZD", "HK": "HKD", "HKD": "HKD",
    "S": "SGD", "SG": "SGD", "SGD": "SGD", "NT": "TWD", "TW": "TWD", "R": "BRL", "MX": "MXN", "MEX": "MXN",
}  # fmt: skip
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "￥": "JPY", "₪": "ILS", "₩": "KRW", "₹": "INR", "₽": "RUB",
          "zł": "PLN", "rs": "INR", "rm": "MYR"}  # fmt: skip
_WORDS = {
    "dollar": "", "canadian dollar": "CAD", "us dollar": "USD", "u.s. dollar": "USD", "united states dollar": "USD",
    "american dollar": "USD", "australian dollar": "AUD", "hong kong dollar": "HKD", "singapore dollar": "SGD",
    "new zealand dollar": "NZD", "taiwan dollar": "TWD", "new taiwan dollar": "TWD", "euro": "EUR",
    "pound sterling": "GBP", "pounds sterling": "GBP", "british pound": "GBP", "swiss franc": "CHF", "yuan": "CNY",
    "renminbi": "CNY", "yen": "JPY", "japanese yen": "JPY", "korean won": "KRW", "rupee": "INR", "indian rupee": "INR",
    "shekel": "ILS", "new israeli shekel": "ILS", "zloty": "PLN", "swedish krona": "SEK", "swedish kronor": "SEK",
    "norwegian krone": "NOK", "norwegian kroner": "NOK", "danish krone": "DKK", "danish kroner": "DKK",
    "mexican peso": "MXN", "brazilian real": "BRL", "brazilian reais": "BRL", "reais": "BRL", "rand": "ZAR",
    "ringgit": "MYR", "baht": "THB", "dirham": "AED",
}  # fmt: skip
_LETTERS = "|".join(sorted((re.escape(k) for k in _DOLLARS), key=len, reverse=True))
_CODE = "|".join(CODES)
# Letters before "$" stand in capitals (or as Cdn, Can) and touch it, or "a $5 million order" would be Australian; only
# US is written with a space.
SIGN = (
    rf"(?:(?-i:(?<![A-Za-z.])(?:{_LETTERS}|Cdn|Can|Mex|Aus))\$|(?<![A-Za-z.])(?:US|U\.S\.|USD|CAD|CDN|AUD|HKD|SGD)\s?\$"
    rf"|(?<![A-Za-z])(?:{_CODE}|RM|Rs\.?)(?=\s?[0-9.]|\s?[€£¥￥₪₩₹])\s?[€£¥￥₪₩₹]?"
    r"|(?:R(?=MB))?[$€£¥￥₪₩₹₽]|zł)"
)
_NAMES = "|".join(sorted((re.escape(word).replace(r"\ ", r"[\s-]") for word in _WORDS), key=len, reverse=True))
#: Words and codes behind a number.
WORD = rf"(?:(?:{_NAMES})s?|{_CODE}|€|zł)(?![A-Za-z$])"
# "Canadian" alone is a currency at the end of the phrase or before the noun of a financing; else it says whose contract
# it is.
_RAISE = (
    r"(?:non-?brokered|brokered|private|financing|offering|bought|equity|loan|term|credit|debt|investment|unit|flow|funds"
    r"|currency)"
)
TAIL = (
    rf"(?:[\s-]?\(\s?(?:in )?(?P<tail>{_CODE}|CDN|Cdn|Canadian|Australian|US|U\.S\.)(?:\s(?:dollars?|currency|funds))?\s?\)"
    rf"|[\s-](?:in |of )?(?P<tail2>{_CODE}|CDN)(?![A-Za-z$])"
    r"|[\s-](?:in |of )?(?P<tail3>Canadian|Australian|Singapore|Hong Kong|New Zealand|US|U\.S\.|American|Cdn\.?)[\s-]dollars?"
    rf"|\s(?P<tail4>Canadian|Cdn\.?|Australian)(?=\s{_RAISE}|\s?[.,;:)]|\s(?:for|to|from|in|at)\b|\s?$))"
)
_TAILS = {
    "cdn": "CAD", "cdn.": "CAD", "canadian": "CAD", "australian": "AUD", "singapore": "SGD", "hong kong": "HKD",
    "new zealand": "NZD", "us": "USD", "u.s.": "USD", "american": "USD",
}  # fmt: skip
_LANDS = r"Canadian|Australian|New Zealand|Singapore|Hong Kong|U\.?S\.?|United States"
_END = rf"(?P<{{0}}>Cdn|{_LANDS})(?:\s(?:dollars?|currency|funds)|\s?\$)"
_NOUN = r"(?:amounts?|figures?|funds|currency|currencies|references?|dollars?|\$[\"”’')]?)"
_STATED = re.compile(
    # "All dollar amounts are in ...", "unless otherwise noted, amounts in ..."
    rf"\b(?:all|unless|except)\b[^.;\n]{{0,80}}?{_NOUN}(?=\W)[^.;\n]{{0,60}}?\b(?:in|to|are|is|means?)\s(?:\w+\s){{0,2}}?"
    + _END.format("a")
    # "Dollar amounts are expressed in ...", "references to $ are to ..."
    + r"|\b(?:amounts?|figures?|currency|references?|dollars?)\b[^.;\n]{0,50}?"
    r"\b(?:are|is|expressed|stated|reported|presented|denominated|shown|refers?|means?)\s(?:(?:in|to|as|all|the|expressed|lawful)\s){0,3}"
    + _END.format("b")
    + rf"|\((?:all )?(?:amounts? )?(?:expressed |stated |reported )?in (?P<c>{_LANDS}) (?:dollars|currency|funds)",
    re.I,
)
_STATED_CODES = {
    "canadian": "CAD", "cdn": "CAD", "australian": "AUD", "new zealand": "NZD", "singapore": "SGD", "hong kong": "HKD",
    "us": "USD", "united states": "USD",
}  # fmt: skip
_ABROAD = (
    r"TSX(?:[\s-]?V(?:enture)?)?(?: Venture)?(?: Exchange)?|CSE|CNSX|NEO|Cboe Canada"
    r"|ASX|NZX|NZSX|SGX(?:-ST)?|HKEX|SEHK|HKSE"
)
_US = r"Nasdaq(?:CM|GM|GS)?|NYSE(?:[\s-](?:American|Arca|MKT|AMER))?|AMEX"
_VENUES = re.compile(
    rf"\(\s?(?:[^()]{{0,60}}[;,/&|]\s?|and )??(?P<v>{_ABROAD}|{_US})\s?(?:[:;]|American:|Capital Market:)"
    rf"|[;,/&|)]\s?\(?(?P<w>{_ABROAD}|{_US})\s?:",
    re.I,
)
_HOMES = {"tsx": "CAD", "cse": "CAD", "cns": "CAD", "neo": "CAD", "cbo": "CAD", "asx": "AUD", "nzx": "NZD",
          "nzs": "NZD", "sgx": "SGD", "hke": "HKD", "seh": "HKD", "hks": "HKD"}  # fmt: skip
_ELSEWHERE = re.compile(
    r"Canad|Cdn|CDN|Austral|Zealand|Singap|Hong K|(?:U\.?S\.?|States) (?:dollar|curr|fund)|\bUS\s?\$", re.I
)
_REACH = 6_000
_LISTING_REACH = 1_500


def iso(sign: str, plain: str = "USD") -> str:
    """The ISO code of a sign, code or word as written; ``plain`` is what a bare dollar means here."""
    sign = sign.strip()
    low = re.sub(r"\s+", "", sign).rstrip("¥￥€£₪₩₹") or sign
    code = low.upper().rstrip(".")
    if code in _OTHER_NAMES:
        return _OTHER_NAMES[code]
    if code in CODES:
        return code
    if low.endswith("$"):
        letters = low[:-1].upper()
        return _DOLLARS.get(letters, _DOLLARS.get(letters.rstrip("."), plain)) if letters else plain
    if sign.lower().rstrip(".") in _SIGNS:
        return _SIGNS[sign.lower().rstrip(".")]
    word = re.sub(r"[\s-]+", " ", sign.lower())
    return (_WORDS.get(word) if word in _WORDS else _WORDS.get(word.removesuffix("s"))) or plain


def tail(text: str) -> str | None:
    """The ISO code of a country or code that follows an amount ("Canadian", "CAD"); None when it is none."""
    low = text.lower()
    code = _OTHER_NAMES.get(text.upper(), text.upper())
    return _TAILS.get(low) or _TAILS.get(low.rstrip(".")) or (code if code in CODES else None)


def plain_dollar(title: str, text: str) -> str:
    """What a bare "$" is in this document: an ISO code, "USD" when nothing says otherwise."""
    opening = text[:_REACH]
    if not ("$" in title or "$" in opening or "ollar" in title or "ollar" in opening):
        return "USD"
    stated = (_STATED.search(opening) or _STATED.search(title)) if _ELSEWHERE.search(opening) else None
    if stated:
        word = (stated["a"] or stated["b"] or stated["c"]).lower().replace(".", "")
        return _STATED_CODES[word]
    home = _home(title + "\n" + text[:_LISTING_REACH])
    return home or "USD"


def _home(opening: str) -> str | None:
    """The dollar of the exchange that a company is listed on; None with a senior US listing or none at all."""
    homes = list[str]()
    for match in _VENUES.finditer(opening):
        venue = (match["v"] or match["w"]).lower()
        if venue.startswith(("nasdaq", "nyse", "amex")):
            return None
        homes.append(_HOMES.get(venue[:3], ""))
    return next((home for home in homes if home), None)
