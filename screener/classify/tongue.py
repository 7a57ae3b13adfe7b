"""Which language a headline is in, as far as it matters: English, or another that is left alone.

Function words decide: they are the most frequent words of any text and few of them are shared. A headline that may be
English is English, for a name or a place ("Los Angeles", "La Jolla") is no language. Other scripts are told by letters.
"""

from __future__ import annotations

import re

from screener.language import gloss

READ = 500  # characters of headline and text together
SHORT, LONG = 5, 10  # words of a short headline, and letters of a word that no English headline holds by chance
ENOUGH = 3  # function words of another language, two where not one is English
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
ENGLISH_WORDS = """
the of and to for with its from by at as is in on that this has will be are it an or into announces announced reports
receives company results first new inc corp today
"""
OTHER_WORDS = """
de: der das und für mit von dem ein eine einer ist auf im zur zum gibt über nach bei wird aus des sich
fr: le les des et pour une dans sur avec du au aux son ses est annonce dont par ce cette à société
es: el los las del para con una por y en que su sus anuncia ha se al como más compañía según
pt: os da das dos para com uma em não na nos nas que seu sua anuncia ao pela pelo são companhia
it: il gli di per della del con una nel dei alla annuncia che sono delle dal le società al
nl: het een van voor met op bij zijn aan kondigt wordt naar uit aankoop
sv: och för på med av att som ett till är i en det från har den bolaget
da: og til på med af at som et er fra har den selskabet for en det i om ændring
no: og til på med av at som et er fra har den selskapet for en det i om
pl: w z na i do że się o spółka przez oraz dla nie
tr: ve bir için ile bu olarak şirket da de
id: dan di untuk dengan yang pada dari dalam ini akan
"""
ENGLISH = frozenset(ENGLISH_WORDS.split())
OTHERS = {
    code: frozenset(words.split()) for code, _, words in (row.partition(":") for row in OTHER_WORDS.strip().split("\n"))
}
_TELLING = frozenset[str]().union(*OTHERS.values()) - ENGLISH
_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)


def foreign(title: str, text: str = "") -> str:
    """ISO 639-1 code of the language of a headline with its text, empty when it is English or may be."""
    start = f"{title[:READ]} {text[: READ - min(READ, len(title))]}"
    if script := _script(start):
        return script
    words = [word.group().lower() for word in _WORD.finditer(start)]
    if len(_TELLING.intersection(words)) < 2:  # nearly every headline: no language has two words of its own here
        return _termed(title[:READ], words)
    english = sum(word in ENGLISH for word in words)
    told = set(gloss.folded(title[:READ]))
    counts = {code: sum(w in known for w in words) for code, known in OTHERS.items()}
    code = max(counts, key=lambda code: (counts[code] + _terms(told, code), counts[code]))
    count = counts[code]
    kinds = len({w for w in words if w in OTHERS[code]} - ENGLISH)
    if kinds >= 2 and count > 2 * english and count >= (ENOUGH if english else 2):
        return code
    return _termed(title[:READ], words)


def _terms(told: set[str], code: str) -> int:
    """How many words of a headline stand in a language's glossary; related languages share their function words."""
    return len(told & gloss.vocabulary(code)) if code in gloss.LANGUAGES else 0


def _termed(title: str, words: list[str]) -> str:
    """A short headline has few function words: a term of a glossary with one of them or another term, or a long term alone.

    The words of news that English has too speak against it.
    """
    told = set(gloss.folded(title))
    if told.isdisjoint(gloss.vocabulary()):
        return ""
    english = len((told & gloss.english()) | (ENGLISH & set(words)))
    code = max(sorted(gloss.LANGUAGES), key=lambda code: len(told & gloss.vocabulary(code)))
    terms = told & gloss.vocabulary(code)
    others = {word for word in words if len(word) > 2 and word in OTHERS[code]} - ENGLISH - terms
    alone = len(told) <= SHORT and not english and any(len(term) >= LONG for term in terms)
    return code if alone or (len(terms) + len(others) >= 2 and len(terms) + len(others) > english) else ""


def _script(text: str) -> str:
    if text.isascii():
        return ""
    letters = sum(char.isalpha() for char in text)
    for code, pattern in _SCRIPTS:
        if letters and len(pattern.findall(text)) > 0.3 * letters:
            return code
    return ""
