"""Whether two pieces of news of one company are one event: the decision table of ``stories``, pair by pair."""

from __future__ import annotations

import datetime as dt

from screener.entities.features import FILING, RECORD, RELEASE, Features, stem, weight
from screener.sec.forms import Family, is_amendment, of_family, plain

HOUR = dt.timedelta(hours=1)
LEAST = 0.2  # the lowest overlap of telling words that any rule accepts
WINDOW = dt.timedelta(days=5)
OFFERING_WORDS = (
    "offering",
    "registered direct",
    "at-the-market",
    "private placement",
    "warrant",
    "common stock financing",
    "equity financing",
)
SPLIT_WORDS = ("reverse split", "reverse stock split", "reverse share split")
DEAL_WORDS = (
    "acqui",
    "merge",
    "definitive",
    "purchase agreement",
    "business combination",
    "sale of",
    "sells",
    "divest",
)
DEBT_WORDS = ("loan", "credit facility", "notes", "convertible", "debenture", "term loan", "equity line", "refinanc")
# 8-K items by what their release is about; 7.01 and 8.01 can be about anything.
ITEM_WORDS: dict[str, tuple[str, ...]] = {
    "1.01": (*OFFERING_WORDS, *DEAL_WORDS, *DEBT_WORDS, "licens", "supply agreement", "collaboration", "joint venture"),
    "1.02": ("terminat",),
    "1.03": ("bankruptcy", "chapter 11", "chapter 7"),
    "2.01": ("acqui", "merger", "closing", "sale of", "divest"),
    "2.02": ("results", "revenue", "earnings", "preliminary"),
    "2.03": DEBT_WORDS,
    "3.01": (
        "delist",
        "deficien",
        "non-compliance",
        "noncompliance",
        "listing",
        "minimum bid",
        "regain",
        "nasdaq notif",
    ),
    "3.02": (*OFFERING_WORDS, "convertible", "notes"),
    "3.03": (*SPLIT_WORDS, "rights plan"),
    "4.01": ("auditor", "accounting firm"),
    "4.02": ("restate", "non-reliance"),
    "5.02": (
        "appoint",
        "resign",
        "names",
        "chief executive",
        "chief financial",
        "ceo",
        "cfo",
        "director",
        "retire",
        "board",
    ),
    "5.03": (*SPLIT_WORDS, "name change"),
}
PROSPECTUS: tuple[Family, ...] = ("prospectus", "free_writing")
REPORT: tuple[Family, ...] = ("current_report", "foreign_report")
CARRIERS: tuple[Family, ...] = (*REPORT, *PROSPECTUS, "merger_communication", "tender", "annual", "quarterly")
APPROVED = ("approv", "clear", "authoriz", "de novo")
REJECTED = ("complete response", "crl", "reject", "declin")
AWARDED = ("contract", "award", "order", "selected", "grant")


def same_event(a: Features, b: Features) -> float:
    """How surely two pieces of news of one company are one event: 0 for two events, up to 1; symmetric."""
    if abs(a.at - b.at) > WINDOW:
        return 0.0
    kinds = {a.kind, b.kind}
    if kinds == {RELEASE}:
        return same_release(a, b)
    if kinds == {RELEASE, FILING}:
        return confirms(*((a, b) if a.kind == FILING else (b, a)))
    if kinds == {FILING}:
        return same_filing(a, b)
    if kinds == {RELEASE, RECORD}:
        return _recorded(*((a, b) if a.kind == RECORD else (b, a)))
    return 0.0


# ---- release and release -----------------------------------------------------------------------------------------


def same_release(a: Features, b: Features) -> float:
    """One release twice, under one headline or several."""
    gap = abs(a.at - b.at)
    marked = a.corrected or b.corrected
    if a.bare == b.bare:
        return 1.0 if gap <= 24 * HOUR or marked or same_text(a, b) == 1.0 else 0.0
    if a.language != b.language:
        return _translation(a, b, gap)
    if _fragment(a, b, gap):
        return 0.95
    alike, jaccard = overlap(a, b)
    if marked and alike >= 0.8 and not _other_stage(a, b):
        return 0.9
    if gap > 24 * HOUR or _contradict(a, b) or _slot_differs(a, b):
        return 0.0
    text = same_text(a, b) if alike >= LEAST else None
    if _same_desk(a, b) and (jaccard < 0.75 or a.facts["code"] != b.facts["code"] or (text is not None and text < 0.1)):
        return 0.0
    if text is not None and text >= 0.6 and alike >= 0.5:
        return 0.9
    return alike if alike >= LEAST and alike >= _needed(a, b, gap) else 0.0


def _needed(a: Features, b: Features, gap: dt.timedelta) -> float:
    """The overlap asked for, less when something else speaks for one event: nearness, a relay, an amount, both names."""
    amount = _same_amount(a, b) or bool(a.facts["ratio"] & b.facts["ratio"])
    if gap <= 2 * HOUR and (a.relayed or b.relayed):
        return 0.2 if amount else 0.45
    if gap <= 12 * HOUR and amount:
        return 0.45
    if gap <= 12 * HOUR and _crossed(a, b):
        return 0.3
    return 0.72 if gap <= 12 * HOUR else 0.85


def _same_desk(a: Features, b: Features) -> bool:
    """One company twice in its own words on one wire: that is two releases, unless they are all but the same."""
    if a.wire != b.wire or a.relayed or b.relayed or _crossed(a, b):
        return False
    return bool(_begin(a, b)) or bool(a.name & a.words & b.words)


def _crossed(a: Features, b: Features) -> bool:
    """Two parties to one deal: each title begins with its own company and names the other."""
    mine, theirs = stem(a.bare.split(" ", 1)[0]), stem(b.bare.split(" ", 1)[0])
    return mine != theirs and mine in b.words and theirs in a.words


def _slot_differs(a: Features, b: Features) -> bool:
    """One sentence with another name in it ("collaboration with X", "with Y"): sister news of one wire."""
    if a.wire != b.wire:
        return False
    mine, theirs = a.bare.split(), b.bare.split()
    if len(mine) != len(theirs):
        return False
    other = [(x, y) for x, y in zip(mine, theirs, strict=True) if x != y]
    return len(other) <= 2 and len(mine) >= 5 and any(stem(x)[:4] != stem(y)[:4] for x, y in other)


def overlap(a: Features, b: Features) -> tuple[float, float]:
    """Weight of the shared words over that of the lesser title, and over that of both; 0 to 1.

    The words of the company's name, with which both titles begin, are left out.
    """
    first = _company(a, b)
    mine, theirs = a.words - first, b.words - first
    x, y, shared = (sum(map(weight, w)) for w in (mine, theirs, mine & theirs))
    if min(x, y) < 2.0:
        return 0.0, 0.0
    return shared / min(x, y), shared / (x + y - shared)


def _company(a: Features, b: Features) -> frozenset[str]:
    """The words of the company's name, which every title of it shares."""
    return _begin(a, b) | a.name | b.name


def _begin(a: Features, b: Features) -> frozenset[str]:
    """The words both titles begin with, up to three: a name even where the table has none."""
    out = []
    for x, y in zip(a.bare.split()[:3], b.bare.split()[:3], strict=False):
        if x != y:
            break
        out.append(stem(x))
    return frozenset(out)


def _fragment(a: Features, b: Features, gap: dt.timedelta) -> bool:
    """A headline that a feed cut: at a hyphen, so that one is the other's end, or with dots after its beginning."""
    short, long = sorted((a, b), key=lambda f: len(f.bare))
    if len(short.bare) < 12:
        return False
    if short.title.rstrip().endswith(("...", "…")):
        return gap <= 24 * HOUR and len(short.bare) >= 30 and long.bare.startswith(short.bare.rsplit(" ", 1)[0])
    return gap <= HOUR / 4 and long.bare.replace("-", " ").endswith(short.bare.replace("-", " "))


def _other_stage(a: Features, b: Features) -> bool:
    """Two stages of one deal. Titles that state the same amount may leave "priced" out."""
    stages = {a.stage, b.stage}
    return len(stages) == 2 and not (stages == {"", "proposed"} or (stages == {"", "priced"} and _same_amount(a, b)))


def _contradict(a: Features, b: Features) -> bool:
    """Two stages of one deal, or two values where there can be one, are two pieces of news."""
    if _other_stage(a, b):
        return True
    if a.facts["amount"] and b.facts["amount"] and not _same_amount(a, b):
        return True
    return any(a.facts[k] and b.facts[k] and not a.facts[k] & b.facts[k] for k in ("ratio", "phase", "period", "code"))


def _same_amount(a: Features, b: Features) -> bool:
    """An amount in common, one of them perhaps rounded: 1.145 and 1.1 million."""
    return _near(*([float(x) for x in f.facts["amount"]] for f in (a, b)))


def _near(mine: list[float], theirs: list[float]) -> bool:
    return any(abs(x - y) <= 0.06 * max(x, y) for x in mine for y in theirs)


def _translation(a: Features, b: Features, gap: dt.timedelta) -> float:
    """A copy in another language: names, codes, numbers and learned words stay."""
    if gap > 36 * HOUR:
        return 0.0
    if any(a.facts[k] and b.facts[k] and not a.facts[k] & b.facts[k] for k in ("amount", "phase", "code")):
        return 0.0
    own = {w[:5] for w in _company(a, b)}
    shared = (a.cognates & b.cognates) - own
    needed = 1 if gap <= HOUR / 4 else 2
    return min(0.9, 0.5 + 0.1 * len(shared)) if len(shared) >= needed else 0.0


def same_text(a: Features, b: Features) -> float | None:
    """How much of the shorter opening is held in the other, 0 to 1; None when one is missing."""
    least = min(len(a.shingles), len(b.shingles))
    return None if least < 20 else len(a.shingles & b.shingles) / least


# ---- filings and agency records ----------------------------------------------------------------------------------


def confirms(filing: Features, release: Features) -> float:
    """The filing carries the release, or is the legal side of the event its title names."""
    form = filing.form.upper()
    if not of_family(form, *CARRIERS):
        return 0.0
    if filing.text and _carries(filing, release):
        return 1.0
    gap = filing.at - release.at
    if of_family(form, *PROSPECTUS):
        return _offered(filing, release, gap)
    if of_family(form, "current_report") and -12 * HOUR <= gap <= 96 * HOUR and _subject(filing, release):
        return 0.6
    # what a company files within two hours of its release and cannot be read is that release
    return 0.3 if not filing.text and of_family(form, *REPORT) and -HOUR / 2 <= gap <= 2 * HOUR else 0.0


def _carries(filing: Features, release: Features) -> bool:
    """The release's title stands in the filing's text, or its opening does."""
    text = filing.squeezed
    if len(release.bare.split()) >= 5 and release.squeezed_title in text:
        return True
    phrases = release.phrases
    return bool(phrases) and sum(p in text for p in phrases) >= 0.6 * len(phrases)


def _subject(filing: Features, release: Features) -> bool:
    """An item number speaks of the title's subject; where text is there, a stated fact must stand in it too."""
    if not any(_about(release, ITEM_WORDS.get(i, ())) for i in filing.items):
        return False
    stated = release.facts["amount"] | release.facts["ratio"] | release.facts["code"]
    return not (filing.text and stated) or bool(stated & filing.text_facts)


def _offered(filing: Features, release: Features, gap: dt.timedelta) -> float:
    """A prospectus and an offering's release: with text an amount in common, without it nearness."""
    if not _about(release, OFFERING_WORDS) or not -12 * HOUR <= gap <= 72 * HOUR:
        return 0.0
    if filing.text:
        return 0.8 if filing.text_facts & release.text_facts else 0.0
    return 0.6 if release.stage != "closed" else 0.0


def _about(release: Features, words: tuple[str, ...]) -> bool:
    title = release.title.casefold()
    return any(w in title for w in words)


def same_filing(a: Features, b: Features) -> float:
    """An amendment of a filing; without text two filings of one company are two filings."""
    if not a.text or not b.text or not (is_amendment(a.form) or is_amendment(b.form)):
        return 0.0
    if plain(a.form) != plain(b.form):
        return 0.0
    text = same_text(a, b)
    return text if text is not None and text >= 0.6 else 0.0


def _recorded(record: Features, release: Features) -> float:
    """An agency's record and the release about it: an FDA decision of that kind, or an award of that amount."""
    if abs(record.at - release.at) > 72 * HOUR:
        return 0.0
    if record.form == "FDA":
        rejected = "complete response" in record.title.casefold()
        if not _about(release, REJECTED if rejected else APPROVED):
            return 0.0
        named = (record.words & release.words) - _company(record, release) - _FDA_WORDS
        return 0.8 if named else 0.5
    if record.form in ("DOD", "USASPENDING") and _about(release, AWARDED):
        return 0.7 if _near(record.stated_amounts, release.stated_amounts) else 0.0
    return 0.0


_FDA_WORDS = frozenset(stem(w) for w in ("fda", "approves", "approval", "approved", "letter", "complete", "response"))
