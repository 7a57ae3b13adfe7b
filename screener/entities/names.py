"""Company names as people, registries and agencies write them, brought to one form for comparison."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


def word_set(text: str) -> frozenset[str]:
    """The words of a text as a set: long lists stay readable that way."""
    return frozenset(text.split())


# Words that say what kind of legal body it is, not which one.
LEGAL = word_set(
    "inc incorporated corp corporation co company cos companies ltd limited plc llc lp llp lllp pllc sa nv bv ag se ab "
    "asa oyj as spa srl sarl gmbh kgaa kk pte pty trust de cv sab sae jsc pjsc ulc unlimited holdings holding hldgs hldg "
    "new adr ads adrs fi"
)
# Places and org-chart words that a subsidiary or division adds to its parent's name.
PLACES = word_set(
    "usa us uk america americas american north south international global ireland canada europe group division div "
    "operations industries worldwide national enterprises associates partners"
)
# What a company does; two companies that share the rest of the name but differ here are two companies.
FIELDS = word_set(
    "systems services solutions technologies laboratories pharma pharmaceuticals biotech biologics biosciences "
    "therapeutics medical health healthcare sciences research development government federal defense aerospace "
    "manufacturing products energy resources mining gold financial bank capital acquisition"
)
_ALIKE = {
    "incorporated": "inc",
    "corporation": "corp",
    "company": "co",
    "limited": "ltd",
    "pharms": "pharmaceuticals",
    "pharm": "pharma",
    "pharmaceutical": "pharmaceuticals",
    "pharmaceuticles": "pharmaceuticals",
    "labs": "laboratories",
    "lab": "laboratories",
    "laboratory": "laboratories",
    "intl": "international",
    "tech": "technologies",
    "technology": "technologies",
    "theraps": "therapeutics",
    "biosci": "biosciences",
    "bioscis": "biosciences",
    "bioscience": "biosciences",
    "sci": "sciences",
    "hlth": "health",
    "hlthcare": "healthcare",
    "grp": "group",
    "mfg": "manufacturing",
    "svcs": "services",
    "sys": "systems",
    "solns": "solutions",
    "solution": "solutions",
    "industry": "industries",
}
_ANYWHERE = word_set("inc corp ltd plc llc")
# A second fund or shell of the same sponsor differs in these alone.
NUMERALS = word_set("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xx")

_STATE = re.compile(r"[/\\]\s?[A-Za-z.&]{2}[A-Za-z .&]{0,10}[/\\]?\s*$")
_ASIDE = re.compile(r"\([^()]{0,60}\)|,?\s(?:d/?b/?a|doing business as|f/?k/?a|formerly)\s.{0,80}$", re.IGNORECASE)
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,6}")
_INITIALS = re.compile(r"\b[a-z](?: [a-z]){1,3}\b")
_WORD = re.compile(r"[a-z0-9]+")


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """A name's words without case, accents, punctuation, state marks ("/DE/") and asides in brackets."""
    text = _ASIDE.sub(" ", _STATE.sub("", name))
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        text = text.replace("ß", "ss").replace("ø", "o").replace("Ø", "O").replace("’", "'")
    text = text.casefold().replace("&", " and ").replace("'s ", "s ").replace("'", "")
    text = _DOTTED.sub(lambda m: m.group().replace(".", ""), text)
    text = _INITIALS.sub(lambda m: m.group().replace(" ", ""), " ".join(_WORD.findall(text)))
    found = [_ALIKE.get(w, w) for w in text.split()]
    return tuple(found[1:] if len(found) > 1 and found[0] == "the" else found)


def key(name: str) -> str:
    """The name without its legal form: "The Example Holdings, Inc." and "EXAMPLE CORP" both give "example".

    Legal words are taken from the end only, and never all of them.
    """
    parts = list(words(name))
    while len(parts) > 1 and (parts[-1] in LEGAL or parts[-1] == "and"):
        parts.pop()
    return " ".join(parts[:1] + [p for p in parts[1:] if p not in _ANYWHERE])


def core(key: str) -> tuple[str, frozenset[str]]:
    """A key without the words of places and fields at its end, and the fields that were taken off.

    "example pharmaceuticals usa" gives ("example", {"pharmaceuticals"}).
    """
    parts, fields = key.split(), set()
    while len(parts) > 1 and (parts[-1] in PLACES or parts[-1] in FIELDS or parts[-1] in ("and", "of")):
        word = parts.pop()
        if word in FIELDS:
            fields.add(word)
    return " ".join(parts), frozenset(fields)


def numbers(parts: tuple[str, ...] | list[str]) -> frozenset[str]:
    """The numerals, roman or arabic, and single letters that tell sister companies apart."""
    return frozenset(p for p in parts if p in NUMERALS or p.isdigit() or len(p) == 1)
