"""What is compared when two pieces of news may be one event: words, stage, facts, language and kind of source."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import cached_property, lru_cache

from screener.entities import names
from screener.entities.names import word_set
from screener.language import money, ratios

RELEASE, FILING, HALT, RECORD = "release", "filing", "halt", "record"
# Forms of items that are an agency's own record of an event; EDGAR knows none of these names.
AGENCY_FORMS = frozenset({"FDA", "DOD", "USASPENDING", "CTGOV"})
ACCESSION = re.compile(r"\d{10}-\d{2}-\d{6}")

_CORRECTED = re.compile(
    r"^\W*(?:(?:update[ds]?|correct(?:ion|ed|ing)(?: and replacing)?|retransmission|re-?issue[d]?|repeat|replaced?|"
    r"clarification|addendum|amended|c o r r e c t i o n)\b[^:–—\-/]{0,40}(?:[:–—/]|\s-{1,2}\s|\.{3}|$)\W*)+",
    re.IGNORECASE,
)
_RELAY = re.compile(r"^(?:BZ|BRIEF|Exclusive|Joint Press Release)\s?[:\-]\s?", re.IGNORECASE)
_TICKER_ASIDE = re.compile(r"\([^()]{0,60}\b(?:nasdaq|nyse|otc|tsx|cse|asx)[^()]{0,60}\)", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+(?:[.\-][^\W_]+)*")
_TELLS = re.compile(r"\btells benzinga\b(?: (?:co|company)\b\.?)?", re.IGNORECASE)

STOP = word_set(
    "a an the of for to in on at by with from and or as its it is are be will that this their our s inc corp ltd llc plc "
    "co company announces announce announced announcing reports report reported today press release new holdings group "
    "says said tells has have been further into than over up provides und der die das für mit von zur zum ein eine de la "
    "los del para en y el con las por una et le les du des pour avec sur une au dans og af til van een het voor aan"
)
_PLAIN = word_set(
    "public offering common stock share shares ordinary registered direct underwritten private placement warrant "
    "warrants pre-funded financing results quarter year financial business update data phase trial study patient "
    "patients treatment clinical presentation conference annual meeting patent agreement contract partnership strategic "
    "first second third fourth fiscal positive therapeutics pharmaceuticals biosciences investor million billion"
)
_SUFFIX = re.compile(r"(?:ations?|ements?|ings?|ed|ers?|ions?|es|s|e)$")

_STAGES = (
    ("closed", re.compile(r"\b(?:clos(?:es?|ed|ing)|complet(?:es?|ed|ion)|consummat\w+)\b", re.I)),
    (
        "priced",
        re.compile(
            r"\b(?:pric(?:es|ing)(?: of)?|upsized pricing|priced(?! (?:at|above|below))|successful(?:ly)? plac\w+)\b",
            re.I,
        ),
    ),
    (
        "scheduled",
        re.compile(
            r"\bto (?:present|host|report|announce|participate|attend|showcase|be presented|discuss|webcast|release)\b|"
            r"\b(?:upcoming|schedules?|sets? date|date for the release)\b",
            re.I,
        ),
    ),
    (
        "proposed",
        re.compile(r"\b(?:propos(?:es|ed|al)|launch(?:es)?(?: of)?|intends|plans to|commences|initiation)\b", re.I),
    ),
)

_PHASE = re.compile(r"\bphase[\s\-]?(i{1,3}|iv|[1-4])\s?([ab])?\b", re.I)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_PERIOD = re.compile(
    r"\b(first|second|third|fourth|full|q[1-4]|[1-4]q|half|january|february|march|april|may|june|july|august|september|"
    r"october|november|december)[\s\-]{1,2}(?:quarter|half|year|(?=20\d\d))",
    re.I,
)
_CODE = re.compile(r"\b(?:[A-Z]{1,6}-?\d{2,6}[A-Z]?|[A-Za-z]{2,6}-\d{1,5}[A-Za-z]?)\b")

_NO_CODES = word_set("PHASE1 PHASE2 PHASE3 PHASE4 COVID19")

_LANGUAGES = {
    "de": word_set(
        "und der die das den dem des für mit von zur zum ein eine einer auf im als um "
        "neue neuer neues gibt bekannt erhält erweitert führt stellt werden bei über nach"
    ),
    "es": word_set("de la los del para en y su el con las por una sobre anuncia presenta"),
    "fr": word_set("et de la le les du des pour avec sur une au aux dans d’un son sa annonce"),
    "nl": word_set("van een het voor met aan om de op gaat bij"),
    "da": word_set("og af til med om et en den på for aktier"),
}
# Small English words that are none in the languages above ("in", "an" and "on" are).
_ENGLISH = word_set("of the for to and with from its at by new will announces reports provides receives presents")


class Features:
    """The comparable side of one title and text.

    Everything is worked out on first use and kept: most items never meet a candidate. ``at`` is the time of
    publication, or of receipt where the source gave none.
    """

    def __init__(
        self,
        *,
        title: str,
        text: str,
        at: dt.datetime,
        kind: str,
        form: str,
        source: str,
        items: tuple[str, ...] = (),
        company: str = "",
    ) -> None:
        self.title, self.text, self.at, self.kind = title, text, at, kind
        self.form, self.source, self.items, self.company = form, source, items, company

    @cached_property
    def name(self) -> frozenset[str]:
        """The telling words of the company's own name, which all its titles share."""
        return (
            frozenset(stem(w) for w in names.core(names.key(self.company))[0].split()) if self.company else frozenset()
        )

    @cached_property
    def corrected(self) -> bool:
        """True when the title says that it corrects, updates or repeats an earlier one."""
        return bool(_CORRECTED.match(self.title))

    @cached_property
    def relayed(self) -> bool:
        """True when the title is a newsroom's wording of somebody's release."""
        return bool(_RELAY.match(self.title))

    @cached_property
    def bare(self) -> str:
        """The title without markers, tickers in brackets, marks and accents, in lower case."""
        title = _RELAY.sub("", _CORRECTED.sub("", self.title))
        title = _TELLS.sub(" ", _TICKER_ASIDE.sub(" ", title)).replace("’", "'")
        if not title.isascii():
            title = "".join(c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c))
        return " ".join(WORD.findall(title.replace("'s", "").casefold()))

    @cached_property
    def words(self) -> frozenset[str]:
        """The telling words of the title, cut to a rough stem."""
        return frozenset(stem(w) for w in self.bare.split() if w not in STOP)

    @cached_property
    def stage(self) -> str:
        """closed, priced, scheduled, proposed or empty, as the title words it."""
        return next((name for name, pattern in _STAGES if pattern.search(self.title)), "")

    @cached_property
    def facts(self) -> dict[str, frozenset[str]]:
        """What the title states, by kind: amount, ratio, phase, period, code."""
        return facts(self.title)

    @cached_property
    def text_facts(self) -> frozenset[str]:
        """Amounts, ratios and codes of title and text, for what two differently worded items have in common."""
        found = facts(self.title + " \n " + self.text[:20_000])
        return found["amount"] | found["ratio"] | found["code"]

    @cached_property
    def stated_amounts(self) -> list[float]:
        """The amounts of title and opening, in dollars or the currency stated."""
        return sorted(float(x) for x in facts(self.title + " \n " + self.text[:1500])["amount"])

    @cached_property
    def wire(self) -> str:
        """The wire a feed belongs to: the feeds of one wire are named WIRE_SUBJECT and overlap."""
        return self.source.split("_", 1)[0]

    @cached_property
    def language(self) -> str:
        """The title's language, guessed from its small words; English when in doubt."""
        words = self.title.casefold().split()
        english = sum(w in _ENGLISH for w in words)
        best, hits = max(
            ((name, sum(w in small for w in words)) for name, small in _LANGUAGES.items()), key=lambda x: x[1]
        )
        return best if hits > english and (hits >= 2 or not english) else "en"

    @cached_property
    def cognates(self) -> frozenset[str]:
        """Beginnings of words that survive translation: learned words and names; years say too little."""
        parts = (w for part in self.bare.split() for w in part.split("-"))
        return frozenset(w[:5] for w in parts if len(w) >= 4 and w not in STOP and not w.startswith("20"))

    @cached_property
    def shingles(self) -> frozenset[int]:
        """Runs of five words of the text's opening, hashed to keep a long watch small."""
        words = self.opening
        return frozenset(hash(tuple(words[i : i + 5])) for i in range(len(words) - 4))

    @cached_property
    def opening(self) -> list[str]:
        """The words of the text's first part, after "(WIRE) --" when it begins with a dateline."""
        text = self.text[:2500]
        cut = text.find("-- ", 0, 250)
        return WORD.findall(text[cut + 3 if cut >= 0 else 0 :].casefold())

    @cached_property
    def phrases(self) -> list[str]:
        """Up to ten runs of seven words, spread over the opening, to look for in another's text."""
        words = self.opening[:-1]  # the last word may be cut
        last = len(words) - 7
        return [" ".join(words[i : i + 7]) for i in range(0, last + 1, max(1, last // 9))][:10] if last >= 9 else []

    @cached_property
    def squeezed_title(self) -> str:
        """The title as bare words, markers left out, in the spelling of ``squeezed``."""
        return " ".join(WORD.findall(_RELAY.sub("", _CORRECTED.sub("", self.title)).casefold()))

    @cached_property
    def squeezed(self) -> str:
        """The whole text as bare words, to look for another's title in it."""
        return " ".join(WORD.findall(self.text[:60_000].casefold()))


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A word without its commonest English endings; short words and words with digits stay."""
    return word if len(word) < 5 or not word.isalpha() else _SUFFIX.sub("", word)


@lru_cache(maxsize=8192)
def weight(word: str) -> float:
    """How much a shared word says: numbers and codes most, the wording of every offering or trial least."""
    if any(c.isdigit() for c in word):
        return 2.0
    return 0.5 if word in PLAIN_STEMS else 1.0


PLAIN_STEMS = frozenset(stem(w) for w in _PLAIN)


def facts(text: str) -> dict[str, frozenset[str]]:
    """Stated facts of a text as comparable words, by kind."""
    return {
        "amount": frozenset(f"{amount.value:.3g}" for amount in money.find(text)),
        "ratio": frozenset(ratios.form(r.a, r.b, forward=False) for r in ratios.find(text)),
        "phase": frozenset(
            _ROMAN.get(m.group(1).lower(), m.group(1)) + (m.group(2) or "").lower() for m in _PHASE.finditer(text)
        ),
        "period": frozenset(m.group(1).lower() for m in _PERIOD.finditer(text)),
        "code": frozenset(m.group().upper().replace("-", "") for m in _CODE.finditer(text)) - _NO_CODES,
    }


def kind_of(form: str) -> str:
    """release, filing, halt or record (an agency's own list), from an item's form."""
    if form == "HALT":
        return HALT
    if form in AGENCY_FORMS:
        return RECORD
    return RELEASE if form in ("PR", "") else FILING
